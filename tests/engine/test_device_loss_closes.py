"""`on_device_loss: close`: who was there when the device went is disconnected, with every byte it had sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from serialbridge_gui.engine import departures
from serialbridge_gui.engine import events as ev
from serialbridge_gui.profile import Access, ClientRules, OnDeviceLoss
from tests.devices import PtyDevice
from tests.engine.running import DEADLINE_S, Clock, RunningBridge, receive, receive_all, until

CLOSE = OnDeviceLoss.CLOSE


@pytest.fixture
def link(tmp_path: Path) -> Path:
    return tmp_path / "ttyUSB0"


def test_client_gets_every_byte_then_the_end(link: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(departures, "SEE_OFF_S", DEADLINE_S)  # a busy machine holds the client up
    data = bytes(range(256)) * 2000
    with PtyDevice(link) as device, RunningBridge(device.path, on_device_loss=CLOSE) as bridge:
        client = bridge.client()
        device.pump([data])
        device.wait_pumped()
        until(lambda: bridge.thread.counters.serial_to_tcp == len(data), "all is read")
        device.unplug()
        assert receive_all(client) == data
        gone = bridge.wait_for(ev.ClientDisconnected)
        assert gone.reason is ev.LeaveReason.DEVICE_LOST
        assert bridge.thread.counters.lost == 0


def test_client_that_goes_on_sending_gets_its_last_bytes_too(link: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(departures, "SEE_OFF_S", DEADLINE_S)  # as above
    with PtyDevice(link) as device, RunningBridge(device.path, on_device_loss=CLOSE) as bridge:
        client = bridge.client()
        device.write(b"x" * 1000)
        until(lambda: bridge.thread.counters.serial_to_tcp == 1000, "it is read")
        client.sendall(b"unread " * 1000)
        device.unplug()
        client.sendall(b"unread " * 1000)
        assert receive_all(client) == b"x" * 1000
        assert bridge.wait_for(ev.ClientDisconnected).reason is ev.LeaveReason.DEVICE_LOST


def test_client_that_takes_nothing_is_waited_for_no_longer_than_a_second(
    link: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert departures.SEE_OFF_S == 1
    monkeypatch.setattr(departures, "SEE_OFF_S", 600.0)
    with PtyDevice(link) as device, RunningBridge(device.path, on_device_loss=CLOSE) as bridge:
        bridge.client()
        device.pump([bytes(16 << 20)])
        until(lambda: bridge.thread.clients[0].full_since, "the device is held back")
        device.unplug()
        bridge.wait_for(ev.DeviceLost)
        clock.let_pass(bridge, 500)
        assert not bridge.seen(ev.ClientDisconnected)
        clock.let_pass(bridge, 101)
        assert bridge.wait_for(ev.ClientDisconnected).reason is ev.LeaveReason.DEVICE_LOST
        assert bridge.thread.counters.lost > 0


def test_device_that_is_back_at_once_speaks_only_when_those_it_left_are_gone(link: Path) -> None:
    with PtyDevice(link) as device, RunningBridge(device.path, on_device_loss=CLOSE) as bridge:
        bridge.client()
        device.pump([bytes(16 << 20)])
        until(lambda: bridge.thread.clients[0].full_since, "the device is held back")
        device.unplug()
        bridge.wait_for(ev.DeviceLost)
        device.plug()
        bridge.wait_for(ev.DeviceBack)
        ends = [type(event) for event in bridge.events if isinstance(event, ev.ClientDisconnected | ev.DeviceBack)]
        assert ends == [ev.ClientDisconnected, ev.DeviceBack]


def test_client_that_comes_while_the_device_is_away_is_let_in_and_waits_for_it(link: Path) -> None:
    with PtyDevice(link) as device, RunningBridge(device.path, on_device_loss=CLOSE) as bridge:
        first = bridge.client()
        first.sendall(b"old")
        assert device.read(3) == b"old"
        device.unplug()
        assert receive_all(first) == b""
        bridge.wait_for(ev.ClientDisconnected)
        second = bridge.client()
        second.sendall(b"new")
        until(lambda: bridge.thread.clients[0].received == 3, "the bytes are taken")
        device.plug()
        bridge.wait_for(ev.DeviceBack)
        assert device.read(3) == b"new"
        device.write(b"hello")
        assert receive(second, 5) == b"hello"
        assert len(bridge.seen(ev.ClientDisconnected)) == 1


def test_all_who_were_there_go_and_nothing_of_theirs_reaches_the_device_later(link: Path) -> None:
    with PtyDevice(link) as device, RunningBridge(
        device.path, on_device_loss=CLOSE, clients=ClientRules(access=Access.SHARED)
    ) as bridge:
        clients = [bridge.client() for _ in range(3)]
        device.unplug()
        assert [receive_all(client) for client in clients] == [b""] * 3
        bridge.wait_for(ev.ClientDisconnected, 3)
        assert {event.reason for event in bridge.seen(ev.ClientDisconnected)} == {ev.LeaveReason.DEVICE_LOST}
        device.plug()
        bridge.wait_for(ev.DeviceBack)
        bridge.client().sendall(b"fresh")
        assert device.read(5) == b"fresh"


def test_bytes_that_wait_for_the_device_go_with_their_client_and_are_counted_as_lost(link: Path) -> None:
    with PtyDevice(link) as device, RunningBridge(device.path, on_device_loss=CLOSE) as bridge:
        bridge.client().sendall(bytes(24 << 10))  # more than the tty takes
        until(lambda: bridge.thread.clients[0].received == 24 << 10, "the bytes are taken")
        device.unplug()
        bridge.wait_for(ev.ClientDisconnected)
        lost = bridge.thread.counters.lost
        assert lost > 0
        device.plug()
        bridge.wait_for(ev.DeviceBack)
        bridge.client().sendall(b"fresh")
        assert device.read(5) == b"fresh"
        assert bridge.thread.counters.lost == lost


def test_rest_of_what_a_client_sent_is_lost_with_the_device_that_would_not_take_it(link: Path) -> None:
    with PtyDevice(link) as device, RunningBridge(device.path, on_device_loss=CLOSE) as bridge:
        bridge.client()
        relay, client = bridge.thread._relay, bridge.thread.clients[0]

        def lose_between() -> None:
            relay._device_lost(None)
            relay.from_client(client, b"rest")  # as of a Telnet client, whose bytes come in pieces

        bridge.thread.post(lose_between)
        bridge.wait_for(ev.ClientDisconnected)
        assert bridge.thread.counters.lost == 4
        assert bridge.thread.to_device_bytes == 0
