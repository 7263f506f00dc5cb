"""Starting and stopping again and again leaves nothing behind."""

from __future__ import annotations

import asyncio
import gc
import os
import sys

import pytest
import qasync
from PySide6.QtCore import QCoreApplication

from serialbridge_gui.engine.bridge import Bridge
from serialbridge_gui.traffic.chunk import Tap
from tests.devices import PtyDevice
from tests.engine.running import profile_on

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="counts in /proc")

WARM_UP = 10
MAX_GROWTH_KIB = 4096
"""Of resident memory over all the cycles after the warm-up: a leak of one bridge is some 100 KiB a cycle."""


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


def threads() -> int:
    return len(os.listdir("/proc/self/task"))


def resident_kib() -> int:
    with open("/proc/self/statm") as stream:
        return int(stream.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024


async def cycle(bridge: Bridge) -> None:
    address = await bridge.start()
    reader, writer = await asyncio.open_connection(address.host, address.port)
    writer.write(b"x")
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    await bridge.stop()
    del reader


def run_cycles(app: QCoreApplication, device: str, count: int) -> None:
    loop = qasync.QEventLoop(app)
    asyncio.set_event_loop(loop)

    async def work() -> tuple[list[int], list[int]]:
        before: list[int] = []
        for number in range(count + WARM_UP):
            if number == WARM_UP:
                gc.collect()
                before = [descriptors(), threads(), resident_kib()]
            bridge = Bridge(profile_on(device))
            bridge.tap = Tap()
            await cycle(bridge)
            bridge.deleteLater()
        gc.collect()
        await asyncio.sleep(0.05)
        return before, [descriptors(), threads(), resident_kib()]

    before, after = loop.run_until_complete(work())
    loop.close()
    asyncio.set_event_loop(None)
    assert after[0] == before[0], "descriptors"
    assert after[1] <= before[1], "threads"  # one that had just ended may have been counted before
    assert after[2] - before[2] < MAX_GROWTH_KIB, "memory"


def test_fifty_starts_and_stops_of_a_tty_leave_nothing(qapp: QCoreApplication) -> None:
    with PtyDevice() as device:
        run_cycles(qapp, device.path, 50)


def test_fifty_starts_and_stops_of_a_port_with_threads_leave_nothing(qapp: QCoreApplication) -> None:
    run_cycles(qapp, "sim://talker", 50)


@pytest.mark.soak
@pytest.mark.parametrize("kind", ["tty", "sim"])
def test_five_hundred_starts_and_stops_leave_nothing(qapp: QCoreApplication, kind: str) -> None:
    with PtyDevice() as device:
        run_cycles(qapp, device.path if kind == "tty" else "sim://talker", 500)
