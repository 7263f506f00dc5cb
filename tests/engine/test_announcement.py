"""A bridge is found by mDNS. On the loopback interface only: nothing of it leaves this machine."""

from __future__ import annotations

import errno
import logging
import os
import socket
import sys
import threading
import time
from collections.abc import Iterator

import pytest
from zeroconf import ServiceBrowser, ServiceInfo, ServiceStateChange, Zeroconf

from serialbridge_gui.engine import announcement
from serialbridge_gui.engine.announcement import (
    SERVICE_TYPE,
    Announcement,
    gensio_stack,
    instance_name,
    reachable_addresses,
)
from serialbridge_gui.profile import ListenAddress, Mode
from tests.conftest import ExpectLog
from tests.engine.running import DEADLINE_S, until

SOCKETS_LEFT_OPEN = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
"""zeroconf 0.154 leaves those to the collector that it had opened when it failed."""

LOOK_UP_MS = 10_000
"""zeroconf's own is 3 s, and a name that was not looked up in time is told of no more."""

LOOPBACK = "127.0.0.1"
ANYWHERE = ListenAddress("0.0.0.0", 4001)


class Browser:
    """Another machine that looks for bridges."""

    def __init__(self) -> None:
        self.found: dict[str, ServiceInfo] = {}
        self._zeroconf = Zeroconf(interfaces=[LOOPBACK])
        self._browser = ServiceBrowser(self._zeroconf, SERVICE_TYPE, handlers=[self._changed])

    def _changed(self, zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange) -> None:
        own_name = name.removesuffix(f".{SERVICE_TYPE}")
        if state_change is ServiceStateChange.Removed:
            self.found.pop(own_name, None)
        elif info := zeroconf.get_service_info(service_type, name, timeout=LOOK_UP_MS):
            self.found[own_name] = info

    def wait_for(self, name: str) -> ServiceInfo:
        until(lambda: name in self.found, f"{name} is found, not only {list(self.found)}")
        return self.found[name]

    def addresses(self, name: str) -> list[str]:
        """Those that are told of it now."""
        info = self._zeroconf.get_service_info(SERVICE_TYPE, f"{name}.{SERVICE_TYPE}")
        return sorted(info.parsed_addresses()) if info else []

    def close(self) -> None:
        self._browser.cancel()
        self._zeroconf.close()


@pytest.fixture
def browser() -> Iterator[Browser]:
    made = Browser()
    yield made
    made.close()


def announced(name: str, *, address: ListenAddress = ANYWHERE, mode: Mode = Mode.RAW) -> Announcement:
    """Announced on loopback. A failure would be seen by not being found, and is told on standard error."""
    made = Announcement(name, address, mode, False, sys.stderr.write, addresses=lambda _address: [LOOPBACK])
    made.start()
    return made


def test_bridge_is_found_with_address_port_and_what_it_speaks_and_goes_with_its_end(browser: Browser) -> None:
    bridge = announced("Scale in hall 3", mode=Mode.RFC2217)
    info = browser.wait_for("Scale in hall 3")
    assert info.type == "_iostream._tcp.local."
    assert info.port == 4001
    assert info.parsed_addresses() == [LOOPBACK]
    assert info.decoded_properties == {"provider": "serialbridge", "gensiostack": "telnet(rfc2217),tcp"}
    bridge.close()
    bridge.close()
    until(lambda: not browser.found, "it is gone")


def test_two_bridges_of_one_name_are_both_found(browser: Browser) -> None:
    bridges = [announced("Scale", address=ListenAddress("0.0.0.0", 4001))]
    assert browser.wait_for("Scale").port == 4001
    bridges.append(announced("Scale", address=ListenAddress("0.0.0.0", 4002)))
    assert browser.wait_for("Scale-2").port == 4002
    for bridge in bridges:
        bridge.withdraw()
    for bridge in bridges:
        bridge.close()


def test_name_of_any_length_and_kind_is_announced(browser: Browser) -> None:
    names = ["/dev/ttyUSB0", "v1.2 at the door…", "天平" * 60]
    bridges = [announced(name) for name in names]
    for name in names:
        browser.wait_for(instance_name(name))
    for bridge in bridges:
        bridge.withdraw()
    for bridge in bridges:
        bridge.close()


def test_name_is_one_label() -> None:
    assert instance_name("v1.2") == "v1-2"
    longest = instance_name("天平" * 60)
    assert longest == "天平" * 9 + "天"
    assert len(longest.encode()) <= 59


@pytest.mark.parametrize(
    ("mode", "tls", "stack"),
    [
        (Mode.RAW, False, "tcp"),
        (Mode.RAW, True, "ssl,tcp"),
        (Mode.RFC2217, False, "telnet(rfc2217),tcp"),
        (Mode.RFC2217, True, "telnet(rfc2217),ssl,tcp"),
    ],
)
def test_stack_is_what_a_gensio_needs_to_connect(mode: Mode, tls: bool, stack: str) -> None:
    assert gensio_stack(mode, tls=tls) == stack


@pytest.mark.parametrize("host", [LOOPBACK, "127.0.0.7", "::1", "localhost"])
def test_bridge_for_this_machine_only_is_not_announced(host: str) -> None:
    bridge = announced("mine", address=ListenAddress(host, 4001))
    assert not any(thread.name == "mdns" for thread in threading.enumerate())
    bridge.close()


def test_loopback_is_none_of_the_addresses_of_a_bridge_that_listens_everywhere() -> None:
    assert LOOPBACK not in reachable_addresses(ANYWHERE)
    assert "::1" not in reachable_addresses(ListenAddress("::", 4001))
    assert all(":" in address for address in reachable_addresses(ListenAddress("::", 4001)))
    assert reachable_addresses(ListenAddress("192.0.2.7", 4001)) == ["192.0.2.7"]


def test_end_comes_at_once_also_while_it_begins(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(announcement, "CLOSE_S", DEADLINE_S)
    for delay_ms in (0, 0, 0, 1, 2, 4, 8, 16, 32, 300):
        bridge = announced("never mind")
        time.sleep(delay_ms / 1000)  # wherever it is then
        bridge.close()
        assert not any(thread.name == "mdns" for thread in threading.enumerate())
    until(lambda: not browser.found, "none is left")


def test_failure_is_told_once_and_the_announcement_comes_when_there_is_a_network(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcement, "LOOK_S", 0.05)
    told: list[str] = []
    looks = 0

    def addresses(_address: ListenAddress) -> list[str]:
        nonlocal looks
        looks += 1
        return [] if looks < 5 else [LOOPBACK]

    bridge = Announcement("late", ANYWHERE, Mode.RAW, False, told.append, addresses=addresses)
    bridge.start()
    browser.wait_for("late")
    bridge.close()
    assert told == ["this machine has no address that others could reach"]


def test_other_addresses_are_announced_when_the_machine_has_got_them(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcement, "LOOK_S", 0.05)
    own, told = [LOOPBACK], list[str]()
    bridge = Announcement("mover", ANYWHERE, Mode.RAW, False, told.append, addresses=lambda _address: [*own])
    bridge.start()
    browser.wait_for("mover")
    own.append("127.0.0.2")
    until(lambda: browser.addresses("mover") == own, "both addresses are told")
    bridge.close()
    assert not told


@SOCKETS_LEFT_OPEN
def test_address_that_is_not_there_is_a_failure_and_no_more() -> None:
    told: list[str] = []
    bridge = Announcement("nowhere", ANYWHERE, Mode.RAW, False, told.append, addresses=lambda _address: ["192.0.2.99"])
    bridge.start()
    until(lambda: told, "it is told")
    bridge.close()
    assert len(told) == 1


@SOCKETS_LEFT_OPEN
def test_port_that_another_program_keeps_for_itself_is_a_failure_and_no_more(expect_log: ExpectLog) -> None:
    told: list[str] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        try:
            other.bind(("", 5353))
        except OSError:
            pytest.skip("something on this machine has mDNS' port")
        with expect_log("Address in use", logging.ERROR, "zeroconf"):
            bridge = Announcement("late", ANYWHERE, Mode.RAW, False, told.append, addresses=lambda _address: [LOOPBACK])
            bridge.start()
            until(lambda: told, "it is told")
        bridge.close()
    assert os.strerror(errno.EADDRINUSE) in told[0]


def test_library_that_is_missing_is_a_failure_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "zeroconf", None)
    told: list[str] = []
    bridge = Announcement("poor", ANYWHERE, Mode.RAW, False, told.append, addresses=lambda _address: [LOOPBACK])
    bridge.start()
    until(lambda: told, "it is told")
    assert "zeroconf" in told[0]
    bridge.close()
