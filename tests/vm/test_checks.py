"""What is amiss before a text is copied."""

from __future__ import annotations

from typing import Any

import pytest

from serialbridge_gui.profile import (
    Access,
    ClientRules,
    ListenAddress,
    Mode,
    PeerAddress,
    Profile,
    SerialSettings,
    TlsFiles,
)
from serialbridge_gui.vm.checks import Check, CheckKind, Fix, Where, check, is_allowed
from serialbridge_gui.vm.recipe import Recipe, Way

LOCAL, REMOTE, UNKNOWN = Where(), Where(remote=True, address="192.168.1.9"), Where(remote=None)
ANY = ListenAddress("0.0.0.0", 4001)


def checked(
    where: Where = LOCAL, *, way: Way = Way.BRIDGE, running: bool = True, reconnects: bool = True, **fields: Any
) -> list[Check]:
    profile = Profile(name="Scale", serial=SerialSettings("/dev/ttyUSB0"), **fields)
    at = PeerAddress("192.168.1.5", 4001)
    return check(profile, way, running=running, where=where, recipe=Recipe("", reconnects=reconnects), at=at)


def kinds(found: list[Check]) -> list[tuple[CheckKind, Fix | None]]:
    return [(one.kind, one.fix) for one in found]


def test_raw_exclusive_running_bridge_on_this_machine_is_fine() -> None:
    assert checked() == []
    assert checked(REMOTE, listen=ANY) == []


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"mode": Mode.RFC2217}, (CheckKind.TELNET, Fix.SET_RAW)),
        ({"tls": TlsFiles("c", "k")}, (CheckKind.TLS, Fix.TLS_OFF)),
        ({"connect": PeerAddress("h", 1)}, (CheckKind.DIALS_OUT, Fix.LISTEN)),
        ({"clients": ClientRules(access=Access.SHARED)}, (CheckKind.SEVERAL_CLIENTS, Fix.SET_EXCLUSIVE)),
        ({"clients": ClientRules(access=Access.MONITOR)}, (CheckKind.SEVERAL_CLIENTS, Fix.SET_EXCLUSIVE)),
        ({"listen": ListenAddress(port=0)}, (CheckKind.ANY_PORT, None)),
        ({"clients": ClientRules(allow=("10.0.0.0/8",))}, (CheckKind.NOT_ALLOWED, Fix.ALLOW)),
    ],
)
def test_each_setting_that_keeps_a_guest_out_is_told_with_what_helps(
    fields: dict[str, Any], expected: tuple[CheckKind, Fix | None]
) -> None:
    assert kinds(checked(**fields)) == [expected]


def test_replace_is_one_client_too() -> None:
    assert checked(clients=ClientRules(access=Access.REPLACE)) == []


def test_bridge_that_does_not_run_matters_more_where_nothing_connects_again() -> None:
    (waits,) = checked(running=False)
    (fails,) = checked(running=False, reconnects=False)
    assert (waits.kind, waits.fix, waits.fatal) == (CheckKind.NOT_RUNNING, Fix.START, False)
    assert (fails.kind, fails.fix, fails.fatal) == (CheckKind.NEEDED_AT_START, Fix.START, True)


def test_loopback_is_of_no_use_to_another_machine() -> None:
    assert kinds(checked(REMOTE)) == [(CheckKind.LOOPBACK, Fix.LISTEN_ON_NETWORK)]
    (maybe,) = checked(UNKNOWN)
    assert (maybe.kind, maybe.fatal) == (CheckKind.LOOPBACK_KNOWN, False)
    assert checked(UNKNOWN, listen=ANY) == []


def test_list_is_asked_for_the_address_the_hypervisor_comes_from() -> None:
    def allowed(where: Where, *networks: str, listen: ListenAddress = ANY) -> list[str]:
        return [one.subject for one in checked(where, listen=listen, clients=ClientRules(allow=networks))]

    assert allowed(REMOTE, "192.168.1.0/24") == []
    assert allowed(REMOTE, "192.168.2.0/24") == ["192.168.1.9"]
    assert allowed(Where(remote=True), "192.168.2.0/24") == [""]
    assert allowed(LOCAL, "192.168.1.5") == []
    assert allowed(LOCAL, "192.168.1.9") == ["192.168.1.5"]
    assert allowed(LOCAL, "127.0.0.1", listen=ListenAddress()) == []
    assert allowed(LOCAL, "127.0.0.0/8", listen=ListenAddress("localhost")) == []


def test_allowed_as_the_bridge_reads_it() -> None:
    assert is_allowed("192.168.1.5", ("::ffff:192.168.1.0/120",)) is True
    assert is_allowed("fe80::1%eth0", ("fe80::/10",)) is True
    assert is_allowed("vmhost.lan", ("10.0.0.0/8",)) is None


@pytest.mark.parametrize("way", [Way.PORT, Way.ADAPTER])
def test_device_that_the_bridge_holds_is_freed_first(way: Way) -> None:
    assert checked(way=way, running=True, mode=Mode.RFC2217) == [
        Check(CheckKind.HOLDS_DEVICE, "/dev/ttyUSB0", Fix.STOP)
    ]
    assert checked(way=way, running=False) == []
