"""Adapters are listed with who they are, soon after they are plugged in."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable

import qasync
from PySide6.QtWidgets import QApplication

from serialbridge_gui.ui.port_picker import PortPicker
from serialbridge_gui.ui.port_watcher import PortWatcher
from tests.hw.conftest import hw
from tests.processes import run_console

PLUGGED_WITHIN_S = 2.0


def listed(serial_number: str) -> dict[str, object] | None:
    """The port with this serial number, as the console lists it."""
    done = run_console("ports", "--json", deadline_s=60)
    assert done.returncode == 0, done.stderr
    return next((port for port in json.loads(done.stdout) if port["serial_number"] == serial_number), None)


def test_adapters_are_listed_with_their_identity() -> None:
    adapter, gadget = listed("GLFTDIA"), listed("GLACM0001")
    assert adapter is not None
    assert gadget is not None
    assert (adapter["vid"], adapter["pid"], adapter["manufacturer"]) == (0x0403, 0x6001, "QEMU")
    assert (gadget["vid"], gadget["pid"]) == (0x1D6B, 0x0104)
    assert str(adapter["device"]).startswith("/dev/ttyUSB")
    assert adapter["location"]


def test_console_lists_a_pulled_adapter_no_more_and_a_plugged_one_again() -> None:
    hw("ftdi-unplug", "A")
    try:
        assert listed("GLFTDIA") is None
    finally:
        hw("ftdi-plug", "A")
    assert listed("GLFTDIA") is not None


def test_picker_follows_plugging_within_two_seconds(qapp: QApplication) -> None:
    loop = qasync.QEventLoop(qapp)
    asyncio.set_event_loop(loop)
    watcher = PortWatcher()
    picker = PortPicker()
    watcher.ports_changed.connect(lambda: picker.set_ports(watcher.ports))
    times: list[float] = []

    def offered() -> bool:
        row = picker.findData(device)
        return row >= 0 and "0403:6001" in picker.itemText(row)

    async def within(condition: Callable[[], bool], what: str) -> None:
        began = time.monotonic()
        while not condition():
            assert time.monotonic() - began < 15, what
            await asyncio.sleep(0.02)
        times.append(time.monotonic() - began)

    async def follow() -> None:
        watching = asyncio.ensure_future(watcher.run())
        await within(offered, "the first list")
        times.clear()
        for _ in range(3):
            await asyncio.to_thread(hw, "ftdi-unplug", "B")
            await within(lambda: not offered(), "it goes")
            await asyncio.to_thread(hw, "ftdi-plug", "B")
            await within(offered, "it comes")
        watching.cancel()

    device = hw("port", "GLFTDIB")
    loop.run_until_complete(follow())
    loop.close()
    asyncio.set_event_loop(None)
    print("seconds until the picker showed it:", [round(seconds, 2) for seconds in times])  # noqa: T201
    assert max(times) < PLUGGED_WITHIN_S
