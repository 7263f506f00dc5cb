"""The profile that the arguments of `serialbridge run` describe, with and without a saved one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from serialbridge_gui import cli
from serialbridge_gui.console_errors import WrongArguments
from serialbridge_gui.console_profile import profile_of
from serialbridge_gui.profile import Access, ClientRules, Mode, PeerAddress, Profile, SerialSettings, TlsFiles
from serialbridge_gui.profile_store import ProfileStore

PLANT = PeerAddress("plant", 4009)
FILES = TlsFiles("c.pem", "k.pem", "ca.pem")
NETWORKS = ("10.0.0.0/8", "::1")


@pytest.fixture
def described(tmp_path: Path) -> Any:
    """What the arguments describe, beside a profile with these fields where there are any."""

    def describe(*arguments: str, **fields: Any) -> Profile:
        source = ["sim://echo"]
        if fields:
            saved = Profile(id="0" * 32, name="Saved", serial=SerialSettings(device="sim://echo"), **fields)
            ProfileStore(tmp_path).save(saved)
            source = ["--profile", "Saved", "--config-dir", str(tmp_path)]
        return profile_of(cli._parser().parse_args(["run", *source, *arguments]))

    return describe


@pytest.fixture(autouse=True)
def _leave_this_process_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once it is its turn, `run` takes the signals over and turns the collector off."""
    monkeypatch.setattr(cli, "_begin_run", lambda: None)


def test_without_options_a_bridge_is_raw_and_listens_in_the_clear(described: Any) -> None:
    made = described()
    assert (made.mode, made.connect, made.tls, made.announce, made.clients.allow) == (Mode.RAW, None, None, False, ())


def test_each_option_is_in_force(described: Any) -> None:
    made = described(
        "--mode", "rfc2217", "--allow", "10.0.0.0/8", "--allow", "::1", "--announce",
        "--tls-cert", "c.pem", "--tls-key", "k.pem", "--tls-client-ca", "ca.pem",
    )  # fmt: skip
    assert (made.mode, made.clients.allow, made.tls, made.announce) == (Mode.RFC2217, NETWORKS, FILES, True)
    dialling = described("--connect", "plant:4009", "--mode", "rfc2217")
    assert (dialling.connect, dialling.mode) == (PLANT, Mode.RFC2217)


def test_network_with_host_bits_is_taken(described: Any) -> None:
    assert described("--allow", "10.0.0.5/8").clients.allow == ("10.0.0.5/8",)


def test_each_option_overrides_the_saved_profile_and_the_rest_stays(described: Any) -> None:
    saved: dict[str, Any] = {
        "mode": Mode.RFC2217, "tls": FILES, "announce": True, "clients": ClientRules(allow=NETWORKS, refuse_http=False),
    }  # fmt: skip
    same = described(**saved)
    assert {name: getattr(same, name) for name in saved} == saved
    made = described("--mode", "raw", "--no-announce", "--allow", "fe80::/10", "--tls-client-ca", "other.pem", **saved)
    assert (made.mode, made.announce, made.clients.allow) == (Mode.RAW, False, ("fe80::/10",))
    assert made.tls == TlsFiles("c.pem", "k.pem", "other.pem")
    assert not made.clients.refuse_http


def test_other_certificate_leaves_the_saved_client_ca_in_force(described: Any) -> None:
    made = described("--tls-cert", "new.pem", "--tls-key", "new-key.pem", tls=FILES)
    assert made.tls == TlsFiles("new.pem", "new-key.pem", "ca.pem")


def test_profile_that_dials_out_does_so(described: Any) -> None:
    assert described(connect=PLANT).connect == PLANT


def test_profile_that_dials_out_listens_when_told_to(described: Any) -> None:
    made = described("--listen", "127.0.0.1:0", "--clients", "shared", "--allow", "::1", connect=PLANT)
    assert (made.connect, str(made.listen)) == (None, "127.0.0.1:0")
    assert (made.clients.access, made.clients.allow) == (Access.SHARED, ("::1",))


def test_profile_that_listens_dials_out_when_told_to(described: Any) -> None:
    rules = ClientRules(access=Access.SHARED, max_clients=5, allow=NETWORKS)
    made = described("--connect", "plant:4009", tls=FILES, clients=rules)
    assert (made.connect, made.tls, made.clients) == (PLANT, None, ClientRules())
    replacing = described("--connect", "plant:4009", clients=ClientRules(access=Access.REPLACE))
    assert replacing.clients.access is Access.REPLACE


@pytest.mark.parametrize("option", ["--announce", "--tls-client-ca", "--max-clients"])
def test_what_is_for_a_listener_is_refused_beside_a_profile_that_dials_out(described: Any, option: str) -> None:
    value = {"--announce": [], "--tls-client-ca": ["ca.pem"], "--max-clients": ["1"]}[option]
    with pytest.raises(WrongArguments, match=rf"^{option} is for a bridge that listens"):
        described(option, *value, connect=PLANT)
    assert described("--no-announce", connect=PLANT).connect == PLANT
