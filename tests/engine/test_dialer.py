"""A bridge that dials out: it finds its peer, waits for one that is not there, and comes back to one that went."""

from __future__ import annotations

import contextlib
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from serialbridge_gui.engine import dialer
from serialbridge_gui.engine import events as ev
from serialbridge_gui.engine.readiness import make_readiness
from serialbridge_gui.profile import ClientRules, PeerAddress
from tests.devices import PtyDevice
from tests.engine.running import DEADLINE_S, Clock, RunningBridge, receive, receive_all, until

HASTY = ClientRules(half_closed_silence_s=0.05)
"""A peer that closes is gone at once."""


@contextmanager
def peer(host: str = "127.0.0.1") -> Iterator[socket.socket]:
    """What listens at the far end."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, 0), family=family) as server:
        server.settimeout(DEADLINE_S)
        yield server


@contextmanager
def dialing(host: str, port: int, **fields: Any) -> Iterator[tuple[PtyDevice, RunningBridge]]:
    with PtyDevice() as device, RunningBridge(device.path, connect=PeerAddress(host, port), **fields) as bridge:
        yield device, bridge


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_bytes_pass_both_ways_as_soon_as_somebody_answers(host: str) -> None:
    with peer(host=host) as server, dialing(host, server.getsockname()[1]) as (device, bridge):
        link, _ = server.accept()
        with link:
            link.sendall(b"to the device")
            assert device.read(13) == b"to the device"
            device.write(b"to the peer")
            assert receive(link, 11) == b"to the peer"
            assert bridge.seen(ev.ClientConnected)[0].address.endswith(f":{server.getsockname()[1]}")


def test_lost_link_is_dialled_again() -> None:
    with peer() as server, dialing("127.0.0.1", server.getsockname()[1], clients=HASTY) as (device, bridge):
        for number in range(2):
            link, _ = server.accept()
            bridge.wait_for(ev.ClientConnected, number + 1)
            device.write(b"%d" % number)
            assert receive(link, 1) == b"%d" % number
            link.close()
            bridge.wait_for(ev.ClientDisconnected, number + 1)


def test_peer_that_comes_later_is_found_and_pauses_grow(silent: socket.socket, clock: Clock) -> None:
    with dialing(*silent.getsockname()) as (device, bridge):
        bridge.wait_for(ev.DialFailed)
        clock.let_pass(bridge, 1.5)
        bridge.wait_for(ev.DialFailed, 2)
        assert [event.retry_s for event in bridge.seen(ev.DialFailed)][:2] == [1.0, 2.0]
        assert bridge.seen(ev.DialFailed)[0].detail == "Connection refused"
        silent.listen()
        clock.let_pass(bridge, 30.5)  # the longest pause
        link, _ = silent.accept()
        with link:
            bridge.wait_for(ev.ClientConnected)  # what the device says before is nobody's
            device.write(b"found")
            assert receive(link, 5) == b"found"


def test_name_that_nobody_knows_is_said_and_tried_again(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_arguments: object, **_named: object) -> None:  # the system's own may take long to say so
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with dialing("no-such-host.invalid", 4001) as (_, bridge):
        failed = bridge.wait_for(ev.DialFailed)
        assert (failed.host, failed.port) == ("no-such-host.invalid", 4001)
        assert failed.detail == "Name or service not known"
        clock.let_pass(bridge, 1.5)
        bridge.wait_for(ev.DialFailed, 2)


def test_nothing_listens_meanwhile_and_stopping_ends_the_dialling(silent: socket.socket) -> None:
    with dialing(*silent.getsockname()) as (_, bridge):
        bridge.wait_for(ev.DialFailed)
        assert not bridge.seen(ev.Listening)
        bridge.stop()
        assert bridge.seen(ev.Stopped)


def test_everything_queued_arrives_when_the_bridge_stops() -> None:
    with peer() as server, dialing("127.0.0.1", server.getsockname()[1]) as (device, bridge):
        link, _ = server.accept()
        with link:
            bridge.wait_for(ev.ClientConnected)
            device.write(b"last words")
            until(lambda: bridge.thread.counters.serial_to_tcp == 10, "the bridge has read them")
            bridge.stop()
            assert receive_all(link) == b"last words"


def test_peer_that_half_closes_gets_the_answer_and_is_dialled_again(clock: Clock) -> None:
    rules = ClientRules(half_closed_silence_s=60)
    with peer() as server, dialing("127.0.0.1", server.getsockname()[1], clients=rules) as (device, bridge):
        link, _ = server.accept()
        with link:
            link.sendall(b"ask")
            link.shutdown(socket.SHUT_WR)
            assert device.read(3) == b"ask"
            device.write(b"answer")
            assert receive(link, 6) == b"answer"
            until(lambda: bridge.thread.clients[0].finished_sending, "the shutdown is seen")
            clock.let_pass(bridge, 90)
            assert receive_all(link) == b""
        again, _ = server.accept()
        again.close()
        assert len(bridge.seen(ev.Dialing)) >= 2


class SelfConnected(socket.socket):
    """One that connects to the very port that the system picked for it, where nobody listens."""

    def connect(self, _address: Any) -> None:
        self.bind(("127.0.0.1", 0))
        super().connect(self.getsockname())


def test_link_to_nobody_but_itself_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    with PtyDevice() as device:
        monkeypatch.setattr(socket, "socket", SelfConnected)
        with RunningBridge(device.path, connect=PeerAddress("127.0.0.1", 4001)) as bridge:
            assert bridge.wait_for(ev.DialFailed).detail == "nobody listens there"
            assert not bridge.seen(ev.ClientConnected)


@pytest.mark.parametrize(("good_link_s", "retry_s"), [(0.0, 0.1), (1000.0, 0.2)])
def test_pauses_begin_anew_only_after_a_link_that_lasted(
    good_link_s: float, retry_s: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialer, "FIRST_PAUSE_S", 0.05)
    monkeypatch.setattr(dialer, "GOOD_LINK_S", good_link_s)
    with peer() as server, dialing("127.0.0.1", server.getsockname()[1], clients=HASTY) as (_, bridge):
        server.accept()[0].close()
        link, _ = server.accept()
        server.close()
        link.close()
        assert bridge.wait_for(ev.DialFailed).retry_s == pytest.approx(retry_s)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a full backlog answers nothing on Linux")
def test_address_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialer, "CONNECT_S", 0.3)
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(socket.socket())
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        for _ in range(3):  # it has no room for more: what comes now stays without an answer
            full = stack.enter_context(socket.socket())
            full.setblocking(False)
            full.connect_ex(server.getsockname())
        _, bridge = stack.enter_context(dialing("127.0.0.1", server.getsockname()[1]))
        assert bridge.wait_for(ev.DialFailed).detail == "no answer"


def test_name_that_is_found_after_the_end_is_not_dialled() -> None:
    posted: list[Callable[[], None]] = []
    linked: list[object] = []
    with peer() as server, contextlib.closing(make_readiness()) as selector:
        address = PeerAddress("127.0.0.1", server.getsockname()[1])
        dial = dialer.Dialer(address, selector, lambda _: None, posted.append, linked.append, lambda: None)
        dial.dial()
        until(lambda: posted, "the name is found")
        dial.close()
        posted[0]()
        assert dial._trying is None
        assert linked == []
