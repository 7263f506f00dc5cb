"""Two bridges make a serial port of one machine appear on another: device → TCP → `pty:LINK`."""

from __future__ import annotations

import random
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import serial

from tests.devices import PtyDevice
from tests.processes import ConsoleBridge, free_port

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no ptys")

LONG_S = 120.0


@contextmanager
def near(device: PtyDevice, port: int) -> Iterator[ConsoleBridge]:
    """The bridge at the device."""
    with ConsoleBridge("run", device.path, "--listen", f"127.0.0.1:{port}", "--json") as bridge:
        bridge.wait_listening()
        yield bridge


@contextmanager
def far(link: Path, port: int) -> Iterator[ConsoleBridge]:
    """The bridge at the programs."""
    with ConsoleBridge("run", f"pty:{link}", "--connect", f"127.0.0.1:{port}", "--json") as bridge:
        bridge.wait_event("dialing")
        yield bridge


def exchange(device: PtyDevice, link: Path, size: int) -> None:
    """A program opens the link; `size` bytes each way, at once and exactly."""
    down, up = random.Random(1).randbytes(size), random.Random(2).randbytes(size)
    with serial.Serial(str(link), timeout=LONG_S) as program:
        program.write(b"?")
        assert device.read(1) == b"?"  # it is joined through
        got: list[bytes] = []
        reader = threading.Thread(target=lambda: got.append(program.read(size)))
        writer = threading.Thread(target=program.write, args=(up,))
        reader.start()
        writer.start()
        device.pump([down])
        arrived = device.read(size, deadline_s=LONG_S)
        writer.join(LONG_S)
        reader.join(LONG_S)
        device.wait_pumped()
        assert got == [down]
        assert arrived == up


def through_restarts(tmp_path: Path, size: int) -> None:
    link, port = tmp_path / "ttyFAR", free_port()
    with PtyDevice() as device, far(link, port) as programs_side:
        with near(device, port) as devices_side:
            programs_side.wait_event("client_connected")
            exchange(device, link, size)
            assert devices_side.stop() == 0
        programs_side.wait_event("client_disconnected")
        with near(device, port):
            programs_side.wait_event("client_connected", 2)
            exchange(device, link, size)
            assert programs_side.stop() == 0
            assert not link.is_symlink()
            with far(link, port) as again:
                again.wait_event("client_connected")
                exchange(device, link, size)


def test_program_at_the_link_talks_to_the_device_through_restarts_of_either_bridge(tmp_path: Path) -> None:
    through_restarts(tmp_path, 1_000_000)


@pytest.mark.soak
def test_10_mb_each_way_through_restarts_of_either_bridge(tmp_path: Path) -> None:
    through_restarts(tmp_path, 10_000_000)
