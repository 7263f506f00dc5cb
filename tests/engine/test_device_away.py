"""The device goes and comes back; the clients stay."""

from __future__ import annotations

import time
from pathlib import Path
from statistics import median

import pytest

from serialbridge_gui.engine import bridge_thread
from serialbridge_gui.engine import events as ev
from serialbridge_gui.profile import WhileAway
from serialbridge_gui.traffic.chunk import Tap
from tests.devices import PtyDevice
from tests.engine.running import RunningBridge, receive, until


@pytest.fixture
def link(tmp_path: Path) -> Path:
    return tmp_path / "ttyUSB0"


def test_unplugged_device_is_told_of_and_comes_back_to_the_same_client(link: Path) -> None:
    with PtyDevice(link) as device, RunningBridge(device.path) as bridge:
        client = bridge.client()
        device.unplug()
        lost = bridge.wait_for(ev.DeviceLost)
        assert (lost.device, lost.reason) == (str(link), ev.LossReason.UNPLUGGED)
        device.plug()
        bridge.wait_for(ev.DeviceBack)
        device.write(b"hello again")
        assert receive(client, 11) == b"hello again"
        client.sendall(b"and you")
        assert device.read(7) == b"and you"
        assert len(bridge.seen(ev.DeviceLost)) == len(bridge.seen(ev.DeviceBack)) == 1
        assert not bridge.seen(ev.ClientDisconnected)


@pytest.mark.usefixtures("_no_names")
@pytest.mark.parametrize("cycles", [10, pytest.param(200, marks=pytest.mark.soak)])
def test_each_unplug_gives_one_pair_of_events_and_bytes_flow_again_soon(link: Path, cycles: int) -> None:
    busy_s = away_s = 0.0
    took_s: list[float] = []
    with PtyDevice(link) as device, RunningBridge(device.path) as bridge:
        client = bridge.client()
        for number in range(1, cycles + 1):
            device.unplug()
            bridge.wait_for(ev.DeviceLost, number)
            began, busy = time.monotonic(), time.process_time()
            time.sleep(0.3)  # it is the passing of time that is tested
            away_s += time.monotonic() - began
            busy_s += time.process_time() - busy
            device.plug()
            began = time.monotonic()
            bridge.wait_for(ev.DeviceBack, number)
            device.write(b"%09d" % number)
            assert receive(client, 9) == b"%09d" % number
            client.sendall(b"and you")
            assert device.read(7) == b"and you"
            took_s.append(time.monotonic() - began)
        assert len(bridge.seen(ev.DeviceLost)) == len(bridge.seen(ev.DeviceBack)) == cycles
        assert not bridge.seen(ev.ClientDisconnected)
        assert bridge.thread.counters.lost == 0
    print(  # noqa: T201
        f"{cycles} cycles: bytes {max(took_s):.2f} s at most after the plug; "
        f"{100 * busy_s / away_s:.1f} % of a core while away"
    )
    assert median(took_s) <= 3  # a busy machine makes some of them slow
    assert busy_s / away_s < 0.05


def test_bytes_sent_while_the_device_is_away_are_held_for_it(link: Path) -> None:
    with PtyDevice(link) as device, RunningBridge(device.path) as bridge:
        client = bridge.client()
        device.unplug()
        bridge.wait_for(ev.DeviceLost)
        client.sendall(b"are you there?")
        until(lambda: bridge.thread.clients[0].received == 14, "the bytes are taken")
        device.plug()
        assert device.read(14) == b"are you there?"
        assert bridge.thread.counters.lost == 0


def test_bytes_sent_while_the_device_is_away_are_discarded_and_counted_where_the_profile_says_so(link: Path) -> None:
    tap = Tap()
    with PtyDevice(link) as device, RunningBridge(device.path, tap=tap, while_away=WhileAway.DISCARD) as bridge:
        client = bridge.client()
        device.unplug()
        bridge.wait_for(ev.DeviceLost)
        client.sendall(b"are you there?")
        until(lambda: bridge.thread.counters.lost == 14, "the loss is counted")
        device.plug()
        bridge.wait_for(ev.DeviceBack)
        client.sendall(b"hello")
        assert device.read(5) == b"hello"
        assert [entry[3] for entry in tap.drain()] == [b"hello"]  # the rest never was on its way to the device


def test_held_bytes_have_a_bound_and_then_the_client_waits(link: Path) -> None:
    with PtyDevice(link) as device, RunningBridge(device.path) as bridge:
        client = bridge.client()
        device.unplug()
        bridge.wait_for(ev.DeviceLost)
        client.settimeout(0.3)
        with pytest.raises(TimeoutError):
            client.sendall(bytes(64 << 20))
        assert bridge.thread.clients[0].received <= 64 << 10
        device.plug()
        bridge.wait_for(ev.DeviceBack)
        device.read(64 << 10)


def test_device_that_goes_while_a_stuck_client_holds_it_back_is_noticed(link: Path) -> None:
    with PtyDevice(link) as device, RunningBridge(device.path) as bridge:
        bridge.client()
        device.pump([bytes(16 << 20)])
        until(lambda: bridge.thread.clients[0].full_since, "the device is held back")
        device.unplug()
        bridge.wait_for(ev.DeviceLost)


@pytest.mark.usefixtures("_no_names")
def test_waiting_for_the_device_takes_no_noticeable_time_of_the_processor(link: Path) -> None:
    with PtyDevice(link) as device, RunningBridge(device.path) as bridge:
        bridge.client()
        device.unplug()
        bridge.wait_for(ev.DeviceLost)
        began, before = time.monotonic(), time.process_time()
        time.sleep(1)  # it is the passing of time that is tested
        assert time.process_time() - before < 0.05 * (time.monotonic() - began)


def test_stop_while_the_device_is_away_waits_for_nothing(link: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge_thread, "DRAIN_S", 600.0)
    with PtyDevice(link) as device, RunningBridge(device.path) as bridge:
        client = bridge.client()
        device.unplug()
        bridge.wait_for(ev.DeviceLost)
        client.sendall(b"are you there?")
        until(lambda: bridge.thread.to_device_bytes == 14, "the bytes wait for the device")
        bridge.stop()
        assert bridge.thread.counters.lost == 14
