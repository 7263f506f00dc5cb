"""What a profile accepts, and what it says no to."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError, asdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serialbridge_gui.profile import (
    MAX_CLIENTS,
    MAX_NETWORKS,
    Access,
    ClientRules,
    InvalidSetting,
    LinePolicy,
    ListenAddress,
    Mode,
    Parity,
    PeerAddress,
    Profile,
    SerialSettings,
    SlowClient,
    TlsFiles,
    is_network,
    join_address,
    parse_format,
)
from tests.settings import from_plain


def profile(**fields: Any) -> Profile:
    return from_plain(Profile, **{"name": "Scale", "serial": {"device": "/dev/ttyUSB0"}, **fields})


@pytest.mark.parametrize("baud", [1, 300, 74880, 12_000_000, 2**31 - 1])
def test_any_positive_baud_rate_will_do(baud: int) -> None:
    assert SerialSettings(device="x", baud_rate=baud).baud_rate == baud


@pytest.mark.parametrize("baud", [0, -1, 2**31, 9600.5, "fast", None])
def test_other_baud_rates_are_refused(baud: Any) -> None:
    with pytest.raises(InvalidSetting):
        SerialSettings(device="x", baud_rate=baud)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("8N1", (8, Parity.NONE, 1)),
        ("7E2", (7, Parity.EVEN, 2)),
        ("5n1.5", (5, Parity.NONE, 1.5)),
        (" 6o1 ", (6, Parity.ODD, 1)),
        ("8M1", (8, Parity.MARK, 1)),
        ("8s2", (8, Parity.SPACE, 2)),
    ],
)
def test_format_is_read_as_it_is_written_everywhere(text: str, expected: tuple[int, Parity, float]) -> None:
    assert parse_format(text) == expected


@pytest.mark.parametrize("text", ["", "8N", "9N1", "4N1", "8X1", "8N3", "8N1.0", "8N1 5", "81N", "８N1", "8N1\n8N1"])
def test_other_formats_are_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - its text is the input, for no one to read
        parse_format(text)


@given(st.integers(5, 8), st.sampled_from(Parity), st.sampled_from([1.0, 1.5, 2.0]))
def test_format_of_settings_reads_back(bits: int, parity: Parity, stop: float) -> None:
    settings = SerialSettings(device="x", data_bits=bits, parity=parity, stop_bits=stop)
    assert parse_format(settings.format) == (bits, parity, stop)


@pytest.mark.parametrize("stop_bits", [0, 0.5, 3, float("nan"), float("inf")])
def test_other_stop_bits_are_refused(stop_bits: float) -> None:
    with pytest.raises(InvalidSetting):
        SerialSettings(device="x", stop_bits=stop_bits)


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("127.0.0.1:4001", "127.0.0.1", 4001),
        ("0.0.0.0:0", "0.0.0.0", 0),
        ("localhost:65535", "localhost", 65535),
        ("[::1]:4001", "::1", 4001),
        ("[::]:4001", "::", 4001),
        ("[fe80::1%eth0]:1", "fe80::1%eth0", 1),
        ("plant-7.example:4001", "plant-7.example", 4001),
    ],
)
def test_address_is_parsed_and_written_back(text: str, host: str, port: int) -> None:
    address = ListenAddress.parse(text)
    assert (address.host, address.port) == (host, port)
    assert str(address) == text == join_address(host, port)


@pytest.mark.parametrize(
    "text",
    ["", ":", ":4001", "4001", "localhost", "localhost:", "::1:4001", "[::1]", "[]:1", "a b:1", "h:65536", "h:-1",
     "h:1x", "h:1:2", "h:１", "h:999999", "127.0.0.1:4001\n"],
)  # fmt: skip
def test_other_addresses_are_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - its text is the input, for no one to read
        ListenAddress.parse(text)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.3.2.1", "::1", "localhost"])
def test_address_of_this_machine_alone_is_known_as_such(host: str) -> None:
    assert ListenAddress(host=host).loopback_only


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "127.example.com", "127.0.0.1.example", "fe80::1"])
def test_address_that_others_may_reach_is_never_taken_for_loopback(host: str) -> None:
    assert not ListenAddress(host=host).loopback_only


@pytest.mark.parametrize("access", [Access.EXCLUSIVE, Access.REPLACE])
def test_one_client_and_more_than_one_contradict_each_other(access: Access) -> None:
    assert ClientRules(access=access).limit == 1
    assert ClientRules(access=access, max_clients=1).limit == 1
    with pytest.raises(InvalidSetting, match="one client, not 5"):
        ClientRules(access=access, max_clients=5)


@pytest.mark.parametrize("access", [Access.SHARED, Access.MONITOR])
def test_many_clients_have_a_limit(access: Access) -> None:
    assert ClientRules(access=access).limit == 64
    assert ClientRules(access=access, max_clients=MAX_CLIENTS).limit == MAX_CLIENTS == 500
    for wrong in (0, -1, 501):
        with pytest.raises(InvalidSetting):
            ClientRules(access=access, max_clients=wrong)


def test_slow_client_waits_where_there_is_one_and_is_dropped_where_there_are_more() -> None:
    assert ClientRules().slow_client_in_force is SlowClient.WAIT
    assert ClientRules(access=Access.SHARED, max_clients=1).slow_client_in_force is SlowClient.WAIT
    assert ClientRules(access=Access.SHARED).slow_client_in_force is SlowClient.DROP
    assert ClientRules(slow_client=SlowClient.DROP).slow_client_in_force is SlowClient.DROP


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf"), 1e12])
def test_other_idle_timeouts_are_refused(seconds: float) -> None:
    with pytest.raises(InvalidSetting):
        ClientRules(idle_timeout_s=seconds)


def test_nothing_in_a_profile_can_be_changed() -> None:
    fixed = profile()
    with pytest.raises(FrozenInstanceError):
        fixed.name = "other"  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        fixed.serial.baud_rate = 9600  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        fixed.clients.max_clients = 9  # type: ignore[misc]


def test_changed_gives_a_checked_copy_and_keeps_the_id() -> None:
    first = profile()
    second = first.changed(name="Oven")
    assert (first.name, second.name, second.id) == ("Scale", "Oven", first.id)
    with pytest.raises(InvalidSetting):
        first.changed(name="")
    with pytest.raises(TypeError):
        first.changed(colour="red")


@pytest.mark.parametrize("name", ["", "a\nb", "a\x1b[31m", "a\u2028b", "x" * 201, "\ud800"])
def test_name_is_one_line_of_text_without_control_characters(name: str) -> None:
    with pytest.raises(ValueError, match=r"^name: "):
        profile(name=name)


@pytest.mark.parametrize("wrong", ["../../etc/passwd", "", "A" * 32, "0" * 31, "0" * 32 + "\n"])
def test_id_can_never_be_a_path(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"^id: "):
        profile(id=wrong)


def test_unknown_fields_are_refused_at_every_level() -> None:
    for where, fields in (
        ("colour", {"colour": "red"}),
        ("serial.speed", {"serial": {"device": "x", "speed": 1}}),
        ("clients.tls", {"clients": {"tls": True}}),
    ):
        with pytest.raises(ValueError, match=f"^no such field: {where}$"):
            profile(**fields)


def test_defaults_are_those_of_the_command_line() -> None:
    made = profile()
    assert (made.serial.baud_rate, made.serial.format, made.serial.flow_control) == (115200, "8N1", "none")
    assert (made.serial.dtr, made.serial.rts, made.while_away) == ("on", "on", "hold")
    assert (str(made.listen), made.clients.access, made.clients.idle_timeout_s) == ("127.0.0.1:4001", "exclusive", 0)


def test_profile_survives_json() -> None:
    dialling = profile(connect={"host": "plant", "port": 4009})
    assert from_plain(Profile, **json.loads(json.dumps(asdict(dialling)))) == dialling
    made = profile(
        serial={"device": "COM12", "baud_rate": 9600, "data_bits": 7, "parity": "E", "stop_bits": 1.5, "rts": "keep"},
        listen={"host": "::", "port": 0},
        clients={
            "access": "monitor", "max_clients": 7, "slow_client": "wait", "idle_timeout_s": 2.5,
            "allow": ["10.0.0.5/8", "::1"], "refuse_http": False,
        },
        while_away="discard",
        mode="rfc2217",
        tls={"certificate": "/c.pem", "key": "/k.pem", "client_ca": "/ca.pem"},
        announce=True,
    )  # fmt: skip
    assert from_plain(Profile, **json.loads(json.dumps(asdict(made)))) == made


@pytest.mark.parametrize("silence_s", [0.05, 1, 3600])
def test_silence_after_a_half_close_can_be_set(silence_s: float) -> None:
    assert ClientRules(half_closed_silence_s=silence_s).half_closed_silence_s == silence_s


@pytest.mark.parametrize("silence_s", [0, 0.049, 3600.1, -1, float("nan"), float("inf"), "long"])
def test_other_silences_are_refused(silence_s: Any) -> None:
    with pytest.raises(InvalidSetting):
        ClientRules(half_closed_silence_s=silence_s)


def test_profile_of_before_these_settings_drops_the_lines_at_the_close_as_it_did() -> None:
    old = profile(serial={"device": "x", "dtr": "off", "rts": "keep"}, clients={"access": "shared"})
    assert (old.serial.dtr_at_close, old.serial.rts_at_close) == (LinePolicy.OFF, LinePolicy.OFF)
    assert old.clients.half_closed_silence_s == 1


def test_profile_of_before_these_settings_is_raw_and_listens_for_anyone() -> None:
    old = profile()
    assert (old.mode, old.connect, old.tls, old.announce) == (Mode.RAW, None, None, False)
    assert (old.clients.allow, old.clients.refuse_http) == ((), True)


@pytest.mark.parametrize("network", ["10.0.0.1", "10.0.0.0/8", "10.0.0.5/8", "::1", "fe80::/10", "0.0.0.0/0"])
def test_address_or_network_may_be_allowed_with_host_bits_or_without(network: str) -> None:
    assert is_network(network)
    assert ClientRules(allow=(network,)).allow == (network,)


@pytest.mark.parametrize("wrong", ["300.1.1.1", "example.com", "10.0.0.0/33", "10.0.0", "", " 10.0.0.1", "1", 7, None])
def test_other_networks_are_refused_by_their_name(wrong: Any) -> None:
    assert not is_network(wrong)
    with pytest.raises(InvalidSetting) as caught:
        ClientRules(allow=("10.0.0.1", wrong))
    assert caught.value.field == "allow"
    assert repr(wrong) in caught.value.reason


def test_more_networks_than_the_bound_are_refused() -> None:
    assert len(ClientRules(allow=("::1",) * MAX_NETWORKS).allow) == MAX_NETWORKS
    with pytest.raises(InvalidSetting, match=f"^allow: must be at most {MAX_NETWORKS}"):
        ClientRules(allow=("::1",) * (MAX_NETWORKS + 1))
    with pytest.raises(InvalidSetting):
        ClientRules(allow="10.0.0.1")  # type: ignore[arg-type]


@pytest.mark.parametrize(("text", "host", "port"), [("plant:4001", "plant", 4001), ("[::1]:1", "::1", 1)])
def test_address_to_dial_is_parsed_and_written_back(text: str, host: str, port: int) -> None:
    address = PeerAddress.parse(text)
    assert (address.host, address.port, str(address)) == (host, port, text)


@pytest.mark.parametrize("text", ["plant:0", "plant", ":4001", "plant:65536", "::1:4001"])
def test_other_addresses_to_dial_are_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - its text is the input, for no one to read
        PeerAddress.parse(text)


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("mode", {"mode": "telnet"}),
        ("announce", {"announce": "yes"}),
        ("connect", {"connect": {"host": "plant", "port": 4001}, "tls": {"certificate": "c", "key": "k"}}),
        ("connect", {"connect": {"host": "plant", "port": 4001}, "clients": {"access": "shared"}}),
        ("connect", {"connect": {"host": "plant", "port": 4001}, "clients": {"allow": ["::1"]}}),
        ("port", {"connect": {"host": "plant", "port": 0}}),
        ("host", {"connect": {"host": "", "port": 1}}),
        ("certificate", {"tls": {"certificate": "", "key": "k"}}),
        ("key", {"tls": {"certificate": "c", "key": "a\nb"}}),
        ("client_ca", {"tls": {"certificate": "c", "key": "k", "client_ca": ""}}),
        ("refuse_http", {"clients": {"refuse_http": 1}}),
    ],
)
def test_wrong_network_setting_is_named(field: str, fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=field):
        profile(**fields)


def test_files_of_tls_may_be_used_without_a_client_ca() -> None:
    assert profile(tls={"certificate": "c", "key": "k"}).tls == TlsFiles("c", "k")
