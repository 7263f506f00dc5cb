"""What the device saw is what the profile says: settings, lines, holding back, break. On the lab's simulated chip."""

from __future__ import annotations

import contextlib
import os
import random
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import serial

from serialbridge_gui.engine import events as ev
from serialbridge_gui.engine.bridge_thread import DRAIN_S, LEAVE_S
from serialbridge_gui.engine.relay import MAX_TO_DEVICE_BYTES, PORT_DRAIN_S, Relay
from serialbridge_gui.profile import FlowControl, LinePolicy, Parity
from tests.engine.running import RunningBridge, receive, until
from tests.hw.conftest import Chip, hw

SIZE = 150_000
"""More than the driver and the bridge hold together, and some seconds for the lab."""
DEVICE_SIDE = "/dev/ttySIM"
DEADLINE_S = 30.0
"""The lab's machine is emulated: some 16 times slower than a real one."""


@contextlib.contextmanager
def device_side() -> Iterator[int]:
    """The other end of the chip's wires, not blocking, without what an earlier test has left there."""
    fd = os.open(DEVICE_SIDE, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY)
    arrived(fd, bytearray())
    try:
        yield fd
    finally:
        os.close(fd)


def arrived(fd: int, into: bytearray) -> int:
    """How many bytes the device has got so far."""
    with contextlib.suppress(BlockingIOError):
        while part := os.read(fd, 65536):
            into += part
    return len(into)


def seen(chip: Callable[[], dict[str, Any]], **wanted: Any) -> None:
    """Wait until the chip has been told these settings."""
    until(lambda: {name: chip()[name] for name in wanted} == wanted, f"the chip has {wanted}: {chip()}", DEADLINE_S)


# ---- settings


@pytest.mark.parametrize(
    ("baud", "of_the_chip"),
    [
        (300, 300), (9600, 9600), (57600, 57554), (115200, 115385), (921600, 923077), (3_000_000, 3_000_000),
        # no usual rate, and none that termios has a name for
        (12345, 12346), (74880, 74766), (250_000, 250_000), (1_234_567, 1_263_158),
    ],
)  # fmt: skip
def test_baud_rate_is_the_nearest_the_chip_can_do(simulated_chip: Chip, baud: int, of_the_chip: int) -> None:
    device, chip = simulated_chip
    with RunningBridge(device, baud_rate=baud) as bridge:
        seen(chip, baud=of_the_chip)
        assert not bridge.seen(ev.SettingsRefused)


@pytest.mark.parametrize("parity", Parity)
@pytest.mark.parametrize(("data_bits", "stop_bits"), [(8, 1), (7, 2)])
def test_format_is_the_profiles(simulated_chip: Chip, parity: Parity, data_bits: int, stop_bits: float) -> None:
    device, chip = simulated_chip
    with RunningBridge(device, data_bits=data_bits, parity=parity, stop_bits=stop_bits) as bridge:
        seen(chip, bits=data_bits, parity=parity.value, stop=f"{stop_bits:g}")
        assert not bridge.seen(ev.SettingsRefused)


@pytest.mark.parametrize(("low_latency", "latency_ms"), [(True, 1), (False, 16)])
def test_latency_timer_is_short_where_asked(simulated_chip: Chip, low_latency: bool, latency_ms: int) -> None:
    device, chip = simulated_chip
    with serial.Serial(device) as port:
        port.set_low_latency_mode(False)  # it outlives a close
    with RunningBridge(device, low_latency=low_latency):
        seen(chip, latency=latency_ms)


@pytest.mark.parametrize("device", ["/dev/ttyS1", "/dev/ttyACM0"])
def test_driver_without_a_latency_timer_opens_all_the_same(device: str) -> None:
    with RunningBridge(device, low_latency=True) as bridge:
        assert not bridge.seen(ev.SettingsRefused)


# ---- holding back


def test_device_that_drops_cts_holds_the_client_and_loses_nothing(simulated_chip: Chip) -> None:
    hold_and_go(simulated_chip, FlowControl.RTS_CTS, lambda _fd: hw("sim", "cts=0"), lambda _fd: hw("sim", "cts=1"))


def test_device_that_sends_xoff_holds_the_client_and_loses_nothing(simulated_chip: Chip) -> None:
    hold_and_go(
        simulated_chip, FlowControl.XON_XOFF, lambda fd: os.write(fd, b"\x13"), lambda fd: os.write(fd, b"\x11")
    )


def hold_and_go(
    simulated_chip: Chip, flow: FlowControl, hold: Callable[[int], object], go: Callable[[int], object]
) -> None:
    device, chip = simulated_chip
    data = random.Random(1).randbytes(SIZE).replace(b"\x11", b"-").replace(b"\x13", b"-")
    got = bytearray()
    with device_side() as far, RunningBridge(device, baud_rate=3_000_000, flow_control=flow) as bridge:
        seen(chip, flow=flow.value)
        client = bridge.client()
        client.sendall(b"first ")
        until(lambda: arrived(far, got) == 6, "bytes pass", DEADLINE_S)
        hold(far)
        time.sleep(0.5)  # the chip is told by a wire, which nobody can ask whether it has been looked at
        client.sendall(data)  # TCP's own buffers take what the bridge does not
        relay, told = bridge.thread._relay, bridge.thread.clients[0]
        until(lambda: relay._clients_held, "the client is held", DEADLINE_S)
        taken = told.received
        assert relay._to_device.size <= MAX_TO_DEVICE_BYTES
        os.write(far, b"and the way back is open")
        assert receive(client, 24) == b"and the way back is open"
        held_at = arrived(far, got)
        assert held_at < 6 + 1024, "more than the chip's own buffer came through"
        assert told.received == taken < len(data)
        began = time.monotonic()
        go(far)
        until(lambda: arrived(far, got) > held_at, "it resumes", DEADLINE_S)
        print(f"{flow.value}: held with {taken} bytes taken, resumed in {(time.monotonic() - began) * 1000:.0f} ms")  # noqa: T201
        until(lambda: arrived(far, got) >= 6 + len(data), "all arrives", 60)
        print(f"{len(data)} bytes in {time.monotonic() - began:.1f} s")  # noqa: T201
        assert bytes(got) == b"first " + data
        assert bridge.thread.counters.lost == 0


def test_stop_is_quick_though_the_device_holds_back_and_counts_what_is_lost(simulated_chip: Chip) -> None:
    device, chip = simulated_chip
    with RunningBridge(device, flow_control=FlowControl.RTS_CTS) as bridge:
        seen(chip, flow="rtscts")
        hw("sim", "cts=0")
        client = bridge.client()
        client.sendall(b"x" * 20_000)
        until(lambda: bridge.thread._relay._to_device.size > 0, "the bytes wait", DEADLINE_S)
        bridge.thread.send_break(1)  # the kernel waits for the bytes: nobody else may
        client.sendall(b"still read")
        until(lambda: bridge.thread.clients[0].received == 20_010, "the loop goes on", DEADLINE_S)
        began = time.monotonic()
        bridge.stop(10)
        took = time.monotonic() - began
        print(f"stopped in {took:.2f} s, {bridge.thread.counters.lost} bytes lost")  # noqa: T201
        assert took < 2 * (DRAIN_S + LEAVE_S + PORT_DRAIN_S)
        assert bridge.thread.counters.lost > 15_000
        assert not bridge.seen(ev.BreakSent)
    hw("sim", "cts=1")


# ---- DTR and RTS


@pytest.mark.parametrize("dtr", LinePolicy)
@pytest.mark.parametrize("rts", LinePolicy)
def test_lines_at_the_opening_are_the_profiles(simulated_chip: Chip, dtr: LinePolicy, rts: LinePolicy) -> None:
    device, chip = simulated_chip
    with RunningBridge(device, dtr=dtr, rts=rts):  # what is kept is what the kernel's own opening has made: on
        seen(chip, dtr=int(dtr is not LinePolicy.OFF), rts=int(rts is not LinePolicy.OFF))


@pytest.mark.parametrize("at_open", [LinePolicy.ON, LinePolicy.OFF])
@pytest.mark.parametrize(
    ("dtr_at_close", "rts_at_close"),
    [("off", "off"), ("keep", "keep"), ("on", "off"), ("off", "on"), ("keep", "off"), ("on", "on")],
)
def test_lines_after_the_close_are_the_profiles(
    simulated_chip: Chip, at_open: LinePolicy, dtr_at_close: str, rts_at_close: str
) -> None:
    device, chip = simulated_chip
    with RunningBridge(
        device, dtr=at_open, rts=at_open,
        dtr_at_close=LinePolicy(dtr_at_close), rts_at_close=LinePolicy(rts_at_close),
    ):  # fmt: skip
        on = int(at_open is LinePolicy.ON)
        seen(chip, dtr=on, rts=on)
    left = {"on": 1, "off": 0, "keep": on}
    seen(chip, dtr=left[dtr_at_close], rts=left[rts_at_close])


def test_close_with_both_lines_off_drops_them_again_after_one_that_kept_them(simulated_chip: Chip) -> None:
    device, chip = simulated_chip
    with RunningBridge(device, dtr_at_close=LinePolicy.KEEP, rts_at_close=LinePolicy.KEEP):
        seen(chip, dtr=1, rts=1)
    seen(chip, dtr=1, rts=1)
    with RunningBridge(device):
        pass
    seen(chip, dtr=0, rts=0)


def test_line_set_by_hand_is_seen_by_the_chip_and_told(simulated_chip: Chip) -> None:
    device, chip = simulated_chip
    with RunningBridge(device) as bridge:
        seen(chip, dtr=1, rts=1)
        bridge.thread.set_line("dtr", False)
        seen(chip, dtr=0, rts=1)
        bridge.thread.set_line("rts", False)
        seen(chip, dtr=0, rts=0)
        told = ev.ModemLines(cts=True, dsr=True, ri=False, cd=True, dtr=False, rts=False)
        until(lambda: bridge.seen(ev.LinesChanged)[-1].lines == told, "the window is told")
        bridge.thread.set_line("dtr", True)
        seen(chip, dtr=1, rts=0)


# ---- break


def test_break_is_seen_by_the_chip_once_after_all_that_was_sent_before_it(simulated_chip: Chip) -> None:
    device, chip = simulated_chip
    got = bytearray()
    with device_side() as far, RunningBridge(device, baud_rate=9600) as bridge:
        client = bridge.client()
        before = chip()["breaks"]
        client.sendall(b"b" * 300)  # 0.3 s on the line
        until(lambda: bridge.thread.counters.tcp_to_serial == 300, "the driver has it", DEADLINE_S)
        bridge.thread.send_break(0.5)
        until(lambda: chip()["brk"] == 1, "the break begins", DEADLINE_S)
        client.sendall(b"after")
        bridge.wait_for(ev.BreakSent, deadline_s=DEADLINE_S)
        seen(chip, brk=0, breaks=before + 1)
        until(lambda: arrived(far, got) >= 305, "all arrives", DEADLINE_S)
        assert bytes(got) == b"b" * 300 + b"after"
        bridge.thread.send_break(0.05)
        bridge.wait_for(ev.BreakSent, 2, DEADLINE_S)
        seen(chip, brk=0, breaks=before + 2)


def test_stop_ends_a_break_that_lasts(simulated_chip: Chip) -> None:
    device, chip = simulated_chip
    with RunningBridge(device, dtr_at_close=LinePolicy.KEEP) as bridge:
        bridge.thread.send_break(10)
        until(lambda: chip()["brk"] == 1, "the break begins", DEADLINE_S)
    seen(chip, brk=0, dtr=1)


def test_device_that_cannot_send_a_break_says_so_once_and_works_on() -> None:
    with serial.Serial("/dev/ttyGS0", timeout=DEADLINE_S) as far, RunningBridge("/dev/ttyACM0") as bridge:
        client = bridge.client()
        bridge.thread.send_break(0.1)
        refused = bridge.wait_for(ev.ControlRefused, deadline_s=DEADLINE_S)
        assert (refused.control, refused.detail) == ("break", "Operation not supported")
        client.sendall(b"on")
        assert far.read(2) == b"on"
        bridge.thread.send_break(0.1)
        far.write(b"and on")
        assert receive(client, 6) == b"and on"
        assert len(bridge.seen(ev.ControlRefused)) == 1


# ---- what lines cost


@pytest.mark.parametrize("device", ["/dev/ttyS1", "chip"])
def test_idle_port_with_lines_costs_little(
    simulated_chip: Chip, device: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = simulated_chip[0] if device == "chip" else device
    with RunningBridge(path) as bridge:
        until(lambda: bridge.seen(ev.LinesChanged), "the lines are known")
        times: list[float] = []
        ticks: list[float] = []
        tick = Relay.tick

        def counted(relay: Relay, now: float) -> None:
            ticks.append(now)
            tick(relay, now)

        monkeypatch.setattr(Relay, "tick", counted)
        began = time.monotonic()
        for _ in range(2):
            bridge.thread.post(lambda: times.append(time.thread_time()))
            until(lambda: times, "the first reading")
            until(lambda: len(ticks) >= 50, "fifty polls", DEADLINE_S)
        until(lambda: len(times) == 2, "the last reading")
        share = (times[1] - times[0]) / (time.monotonic() - began)
        print(f"{device}: {share:.2%} of an emulated core")  # noqa: T201
        assert share < 0.10  # 1 % of a real one, at 16 times slower, with room for the lab
