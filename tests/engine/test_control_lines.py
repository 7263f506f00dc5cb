"""DTR, RTS and the break, where there is no hardware: sim:// has lines, a pty has none."""

from __future__ import annotations

import selectors
import socket
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from serialbridge_gui.engine import bridge_thread, control_lines, departures
from serialbridge_gui.engine import events as ev
from serialbridge_gui.engine.bridge import MAX_BREAK_S, Bridge
from serialbridge_gui.engine.serial_port import SerialPort
from serialbridge_gui.engine.simulated import SimulatedSerial
from serialbridge_gui.profile import ClientRules, LinePolicy, SerialSettings
from tests.devices import PtyDevice
from tests.engine.running import DEADLINE_S, RunningBridge, profile_on, receive, until

fcntl: Any = pytest.importorskip("fcntl")
termios: Any = pytest.importorskip("termios")


def simulated(bridge: RunningBridge) -> SimulatedSerial:
    """The device behind a bridge on sim://."""
    port = bridge.thread._relay._port
    assert isinstance(port, SerialPort)
    device = port._port
    assert isinstance(device, SimulatedSerial)
    return device


def lines(bridge: RunningBridge) -> ev.ModemLines | None:
    """The lines as they were last told."""
    changes = bridge.seen(ev.LinesChanged)
    return changes[-1].lines if changes else None


# ---- DTR and RTS


@pytest.mark.parametrize("policy", [LinePolicy.ON, LinePolicy.OFF, LinePolicy.KEEP])
def test_line_can_be_set_by_hand_whatever_it_was_at_the_opening(policy: LinePolicy) -> None:
    with RunningBridge("sim://echo", dtr=policy, rts=policy) as bridge:
        for on in (False, True):
            bridge.thread.set_line("dtr", on)
            bridge.thread.set_line("rts", not on)
            until(lambda on=on: getattr(lines(bridge), "dtr", None) is on, f"DTR is {on}")  # type: ignore[misc]
            until(lambda on=on: getattr(lines(bridge), "rts", None) is not on, f"RTS is {not on}")  # type: ignore[misc]
            assert (simulated(bridge).dsr, simulated(bridge).cts) == (on, not on)


def test_line_left_alone_at_the_opening_reaches_the_device_when_set_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[bool] = []
    monkeypatch.setattr(SimulatedSerial, "_update_dtr_state", lambda self: told.append(self._dtr_state))
    with RunningBridge("sim://echo", dtr=LinePolicy.KEEP) as bridge:
        assert told == []
        bridge.thread.set_line("dtr", False)
        until(lambda: told == [False], "the device is told")


@pytest.mark.parametrize("device", ["pty", "loop://"])
def test_port_without_lines_says_once_that_it_cannot_and_goes_on(device: str) -> None:
    with PtyDevice() as pty, RunningBridge(pty.path if device == "pty" else device) as bridge:
        client = bridge.client()
        for _ in range(2):
            bridge.thread.send_break(0.01)
            bridge.thread.set_line("dtr", False)
            bridge.thread.set_line("rts", False)
        bridge.wait_for(ev.ControlRefused, 3)
        client.sendall(b"and on")
        if device == "pty":
            assert pty.read(6) == b"and on"
        else:
            assert receive(client, 6) == b"and on"
        told = bridge.seen(ev.ControlRefused)
        assert [event.control for event in told] == ["break", "dtr", "rts"]
        assert all(event.detail for event in told)


@pytest.mark.parametrize(
    ("dtr", "rts", "dropped_by_the_kernel"),
    [
        (LinePolicy.OFF, LinePolicy.OFF, True),
        (LinePolicy.KEEP, LinePolicy.OFF, False),
        (LinePolicy.OFF, LinePolicy.ON, False),
        (LinePolicy.ON, LinePolicy.KEEP, False),
    ],
)
def test_kernel_drops_the_lines_at_the_close_only_where_both_shall(
    dtr: LinePolicy, rts: LinePolicy, dropped_by_the_kernel: bool
) -> None:
    with PtyDevice() as device:
        for _ in range(2):  # and whatever it was before
            settings = SerialSettings(device=device.path, dtr_at_close=dtr, rts_at_close=rts)
            port = SerialPort(settings)
            flags = termios.tcgetattr(port.fileno())[2]
            port.close()
            assert bool(flags & termios.HUPCL) is dropped_by_the_kernel
            SerialPort(settings.changed(dtr_at_close=LinePolicy.KEEP)).close()


def test_lines_are_set_just_before_the_close_as_the_policies_say(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, bool]] = []
    monkeypatch.setattr(control_lines, "set_line", lambda _fd, line, on: asked.append((line, on)))
    for dtr, rts, expected in (
        ("off", "off", []),
        ("keep", "keep", []),
        ("on", "off", [("dtr", True), ("rts", False)]),
        ("keep", "off", [("rts", False)]),
        ("off", "keep", [("dtr", False)]),
    ):
        with PtyDevice() as device:
            port = SerialPort(
                SerialSettings(device=device.path, dtr_at_close=LinePolicy(dtr), rts_at_close=LinePolicy(rts))
            )
            asked.clear()
            port.close()
            port.close()
            assert asked == expected, (dtr, rts)


# ---- break


def cut_break(bridge: RunningBridge) -> None:
    """End the break that lasts then, soon."""
    port = bridge.thread._relay._port
    assert port is not None
    bridge.thread.post(port.cut_break)


def test_break_lasts_as_long_as_asked_and_is_told() -> None:
    with RunningBridge("sim://echo") as bridge:
        asked = time.monotonic()
        bridge.thread.send_break(0.3)
        told_s = bridge.wait_for(ev.BreakSent).duration_s
        (began, on), (ended, off) = simulated(bridge).break_changes
        assert (on, off) == (True, False)
        assert ended - began >= 0.3
        assert 0.3 <= told_s <= time.monotonic() - asked + 0.01
        bridge.thread.send_break(0.01)  # the next one can come
        bridge.wait_for(ev.BreakSent, 2)


def test_loop_goes_on_during_a_break_and_what_clients_send_waits_for_its_end() -> None:
    with RunningBridge("sim://echo") as bridge:
        client = bridge.client()
        device = simulated(bridge)
        bridge.thread.send_break(60)
        until(lambda: len(device.break_changes) == 1, "the break begins")
        client.sendall(b"x" * 30_000)
        until(lambda: bridge.thread._relay._to_device.size == 30_000, "all of it is queued")
        assert bridge.thread.counters.tcp_to_serial == 0
        assert not bridge.thread._relay._port_watched & selectors.EVENT_WRITE  # or the loop would spin
        bridge.thread.disconnect_client(99)
        cut_break(bridge)
        assert receive(client, 30_000) == b"x" * 30_000
        assert bridge.thread.counters.lost == 0


def test_break_during_a_break_is_ignored() -> None:
    with RunningBridge("sim://echo") as bridge:
        for _ in range(3):
            bridge.thread.send_break(60)
        cut_break(bridge)
        bridge.wait_for(ev.BreakSent)
        bridge.thread.send_break(0.01)
        bridge.wait_for(ev.BreakSent, 2)
        assert [on for _, on in simulated(bridge).break_changes] == [True, False] * 2


def test_stop_cuts_a_break_short_hands_on_what_waited_and_leaves_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge_thread, "DRAIN_S", DEADLINE_S)  # a busy machine takes its time to end the break
    with RunningBridge("sim://echo") as bridge:
        client = bridge.client()
        device = simulated(bridge)
        bridge.thread.send_break(60)
        until(lambda: len(device.break_changes) == 1, "the break begins")
        client.sendall(b"last words")
        until(lambda: bridge.thread._relay._to_device.size == 10, "it is queued")
        bridge.stop()
        assert [on for _, on in device.break_changes] == [True, False]
        assert bridge.thread.counters.tcp_to_serial == 10
    until(lambda: "break" not in {thread.name for thread in threading.enumerate()}, "the break's thread ends")


@pytest.mark.parametrize("on", [True, False])
def test_break_that_the_device_refuses_is_told_once_and_bytes_flow_on(
    on: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: SimulatedSerial) -> None:
        if self._break_state is on:
            raise OSError(95, "Operation not supported")

    monkeypatch.setattr(SimulatedSerial, "_update_break_state", refuse)
    with RunningBridge("sim://echo") as bridge:
        client = bridge.client()
        bridge.thread.send_break(0.01)
        refused = bridge.wait_for(ev.ControlRefused)
        assert (refused.device, refused.control, refused.detail) == ("sim://echo", "break", "Operation not supported")
        client.sendall(b"go on")
        assert receive(client, 5) == b"go on"
        assert not bridge.seen(ev.BreakSent)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the requests' numbers are Linux'")
@pytest.mark.parametrize("stuck", [False, True])
def test_break_of_a_tty_never_blocks_the_loop_though_the_kernel_waits(
    stuck: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As measured on an FTDI with CTS off: the request waits inside the kernel until the device takes the bytes."""
    released = threading.Event()
    requests: list[tuple[int, int]] = []
    real: Callable[..., Any] = fcntl.ioctl

    def ioctl(fd: int, request: int, *rest: Any) -> Any:
        if request in (0x5427, 0x5428):
            requests.append((fd, request))
            if request == 0x5427:
                released.wait(2 * DEADLINE_S)
            return 0
        return real(fd, request, *rest)

    monkeypatch.setattr(fcntl, "ioctl", ioctl)
    with PtyDevice() as device, RunningBridge(device.path) as bridge:
        client = bridge.client()
        port = bridge.thread._relay._port
        assert port is not None
        port.has_lines = True
        bridge.thread.send_break(0.05)
        until(lambda: requests, "the break is asked for")
        device.write(b"still read")
        assert receive(client, 10) == b"still read"
        client.sendall(b"later")
        if not stuck:
            time.sleep(0.2)  # the device holds back, which is not the break's length
            let_go = time.monotonic()
            released.set()
            assert device.read(5) == b"later"
            told_s = bridge.wait_for(ev.BreakSent).duration_s
            assert 0.05 <= told_s <= time.monotonic() - let_go + 0.01
        assert requests[0][0] != port.fileno()  # a number of its own: the port's may be another file's by then
        bridge.stop()
        released.set()
        until(lambda: len(requests) == 2, "the break is ended")
        assert bridge.thread.counters.lost == (5 if stuck else 0)


def test_break_of_no_length_or_a_very_long_one_is_a_mistake() -> None:
    bridge = Bridge(profile_on("sim://echo"))
    for duration_s in (0, -1, MAX_BREAK_S + 1, float("nan")):
        with pytest.raises(ValueError, match="a break lasts"):
            bridge.send_break(duration_s)
    bridge.send_break(MAX_BREAK_S)  # not running: nothing happens
    bridge.set_line("dtr", False)


# ---- what lines cost


@pytest.mark.usefixtures("_no_names")
def test_idle_bridge_on_a_port_without_lines_sleeps_until_something_happens(
    turns: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(departures, "ANSWERS_TICK_S", 600.0)
    with PtyDevice() as device, RunningBridge(device.path) as bridge:
        bridge.client()
        relay = bridge.thread._relay
        until(lambda: relay.wait_s == 600.0, "it only looks whether the client is still there")
        asleep = len(turns)
        time.sleep(0.5)  # not a wait: the time in which it should not wake up
        assert len(turns) == asleep


def test_polling_the_lines_costs_less_than_one_percent_of_a_core() -> None:
    polls = 200
    cost: list[float] = []

    def measure() -> None:
        relay = bridge.thread._relay
        began = time.thread_time()
        for _ in range(polls):
            relay.tick(relay.now)
        cost.append((time.thread_time() - began) / polls)

    with RunningBridge("sim://echo") as bridge:
        until(lambda: lines(bridge) is not None, "the lines are known")
        bridge.thread.post(measure)
        until(lambda: cost, "the polls are measured")
        assert bridge.thread._relay.wait_s == pytest.approx(0.1)
    assert cost[0] * 10 < 0.01


def test_silence_of_a_client_that_has_finished_sending_is_the_profiles() -> None:
    with RunningBridge("sim://echo", clients=ClientRules(half_closed_silence_s=1.5)) as bridge:
        client = bridge.client()
        began = time.monotonic()
        client.shutdown(socket.SHUT_WR)
        assert client.recv(10) == b""
        assert time.monotonic() - began >= 1.5
