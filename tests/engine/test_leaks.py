"""Starting and stopping again and again leaves nothing behind."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import sys
from time import monotonic

import pytest
import qasync
from PySide6.QtCore import QCoreApplication

from serialbridge_gui.engine.bridge import Bridge
from serialbridge_gui.traffic.chunk import Tap
from tests.devices import PtyDevice
from tests.engine.running import profile_on
from tests.figures import descriptors, resident_bytes, tell, threads

pytestmark = [
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="counts in /proc"),
    pytest.mark.usefixtures("_no_names"),  # who looks takes some MB, on a busy machine only
]

WARM_UP = 10
COLLECT_AFTER = 10
"""Bridges started."""
ENDED_WITHIN_S = 30.0
MAX_GROWTH_KIB = 4096
"""Of resident memory over all the cycles after the warm-up: a leak of one bridge is some 100 KiB a cycle."""


async def cycle(bridge: Bridge) -> None:
    address = await bridge.start()
    reader, writer = await asyncio.open_connection(address.host, address.port)
    writer.write(b"x")
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    await bridge.stop()
    del reader


def measured() -> tuple[int, int, int]:
    """Descriptors, threads and KiB of memory of this process."""
    return descriptors(os.getpid()), threads(os.getpid()), resident_bytes(os.getpid()) // 1024


def run_cycles(app: QCoreApplication, devices: list[str], count: int) -> None:
    """Start, use and stop a bridge of each device, all at once, `count` times after the warm-up."""
    loop = qasync.QEventLoop(app)
    asyncio.set_event_loop(loop)

    async def work() -> tuple[tuple[int, int, int], tuple[int, int, int]]:
        before, started = measured(), 0
        for number in range(count + WARM_UP):
            if number == WARM_UP:
                gc.collect()
                before = measured()
            bridges = [Bridge(profile_on(device)) for device in devices]
            for bridge in bridges:
                bridge.tap = Tap()
            await asyncio.gather(*map(cycle, bridges))
            for bridge in bridges:
                bridge.deleteLater()
            started += len(bridges)
            if started >= COLLECT_AFTER:
                started = 0
                gc.collect()  # as the program does: what waits for it until the end would fragment the heap
        gc.collect()
        expires = monotonic() + ENDED_WITHIN_S
        while True:  # a thread of the system's that has ended is counted for a moment longer
            after = measured()
            if (after[0] <= before[0] and after[1] <= before[1]) or monotonic() > expires:
                return before, after
            await asyncio.sleep(0.01)

    before, after = loop.run_until_complete(work())
    loop.close()
    asyncio.set_event_loop(None)
    tell(f"memory grew by {after[2] - before[2]} KiB")
    assert after[0] <= before[0], "descriptors"  # what was open from before may have been closed meanwhile
    assert after[1] <= before[1], "threads"  # one that had just ended may have been counted before
    assert after[2] - before[2] < MAX_GROWTH_KIB, "memory"


def test_fifty_starts_and_stops_of_a_tty_leave_nothing(qapp: QCoreApplication) -> None:
    with PtyDevice() as device:
        run_cycles(qapp, [device.path], 50)


def test_fifty_starts_and_stops_of_a_port_with_threads_leave_nothing(qapp: QCoreApplication) -> None:
    run_cycles(qapp, ["sim://talker"], 50)


@pytest.mark.soak
@pytest.mark.parametrize("kind", ["tty", "sim"])
def test_five_hundred_starts_and_stops_leave_nothing(qapp: QCoreApplication, kind: str) -> None:
    with PtyDevice() as device:
        run_cycles(qapp, [device.path if kind == "tty" else "sim://talker"], 500)


@pytest.mark.parametrize("cycles", [5, pytest.param(200, marks=pytest.mark.soak)])
def test_thirty_two_bridges_at_once_in_one_process_leave_nothing(qapp: QCoreApplication, cycles: int) -> None:
    with contextlib.ExitStack() as stack:
        devices = [stack.enter_context(PtyDevice()).path for _ in range(24)]
        run_cycles(qapp, devices + ["sim://talker"] * 8, cycles)
