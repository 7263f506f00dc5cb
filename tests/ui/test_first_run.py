"""The first run, and a bridge's whole life by click and key."""

from __future__ import annotations

import asyncio
import os

from PySide6.QtCore import Qt

from serialbridge_gui.engine.bridge import BridgeState
from serialbridge_gui.traffic.chunk import Direction
from tests.devices import PtyDevice
from tests.ui.windows import (
    CH340,
    FTDI,
    ON_BOARD,
    WHO,
    Lab,
    click,
    log_rows,
    press,
    press_shortcut,
    soon,
    type_into,
    until,
)


async def test_demo_button_gives_a_client_a_reading_and_the_log_its_row(lab: Lab) -> None:
    window = lab.open()
    assert window.stack.currentWidget() is window.first_run
    assert window.sidebar.isHidden()

    click(window.first_run.demo)
    page = lab.page()
    await until(lambda: page.session.bridge.state is BridgeState.WAITING_FOR_CLIENT, "the demo listens")
    reader, _ = await lab.connect(page.session)
    reading = await soon(reader.readline())

    assert reading.startswith(b"n=")
    assert page.badge.isVisible()
    assert page.badge.text() == "Simulated"
    assert page.state_label.text() == "Running · 1 client"
    await until(
        lambda: any(way is Direction.SERIAL_TO_TCP and data.startswith(b"n=") for way, data in log_rows(page)),
        "the reading is in the log",
    )
    assert any(way is Direction.EVENT and b"connected" in data for way, data in log_rows(page))


async def test_demo_by_the_space_bar_leads_on_to_the_test_client(lab: Lab) -> None:
    window = lab.open()
    press(window.first_run.demo, Qt.Key.Key_Space)
    page = lab.page()
    await until(page.other_end.hasFocus, "the next step has the focus")


async def test_first_bridge_from_a_file_can_be_started_and_is_not_renamed_by_the_next_key(lab: Lab) -> None:
    window = lab.open()
    page = lab.page(lab.add("sim://echo"))
    window.sidebar.choose(page.session)
    await until(page.start_stop.hasFocus, "Start has the focus")


async def test_demo_button_pressed_again_shows_the_same_bridge(lab: Lab) -> None:
    window = lab.open()
    first = window.start_demo()
    await until(lambda: first.bridge.address is not None, "the demo listens")
    assert window.start_demo() is first
    assert len(window.workspace) == 1


async def test_use_my_device_makes_a_bridge_on_the_newest_usb_adapter(lab: Lab) -> None:
    window = lab.open()
    lab.plug(FTDI, CH340, ON_BOARD)
    assert "/dev/ttyUSB3" in window.first_run.found.text()
    assert "1A86:7523" in window.first_run.found.text()

    click(window.first_run.device)

    page = lab.page()
    assert page.session.profile.serial.device == "/dev/ttyUSB3"
    assert page.start_stop.isEnabled()
    assert page.badge.isHidden()
    await until(page.start_stop.hasFocus, "Start has the focus")


async def test_device_that_is_found_for_the_user_is_remembered_by_who_it_is(lab: Lab) -> None:
    window = lab.open()
    lab.plug(CH340, ON_BOARD)
    click(window.first_run.device)
    (session,) = window.workspace
    assert (session.profile.serial.device, session.profile.serial.identity) == (CH340.device, WHO)


async def test_first_run_without_any_port_says_what_to_do(lab: Lab) -> None:
    window = lab.open()
    lab.plug()
    assert "Plug in the adapter" in window.first_run.found.text()


async def test_typed_path_bridges_64_kb_both_ways_exactly_and_stops_by_click_and_key(lab: Lab) -> None:
    with PtyDevice() as device:
        window = lab.open()
        session = lab.add("/dev/nothing")
        page = lab.page(session)
        assert page.state_label.text() == "Stopped"
        type_into(page.form.port.lineEdit(), device.path)
        press(page.form.port, Qt.Key.Key_Return)
        assert session.profile.serial.device == device.path

        await lab.start(session)
        assert page.state_label.text() == "Waiting for a client"
        assert page.start_stop.text() == "■ Stop"
        reader, writer = await lab.connect(session)
        assert page.state_label.text() == "Running · 1 client"

        there, back = os.urandom(64 << 10), os.urandom(64 << 10)
        device.pump([back])
        writer.write(there)
        arrived, returned = await soon(
            asyncio.gather(asyncio.to_thread(device.read, len(there)), reader.readexactly(len(back)))
        )
        assert arrived == there
        assert returned == back
        await until(lambda: page.status.to_net.text().startswith("Serial→Net 65.5K"), "the counter to the net")
        await until(lambda: page.status.to_serial.text().startswith("Net→Serial 65.5K"), "the counter to the device")

        click(page.start_stop)
        await until(lambda: session.bridge.state is BridgeState.STOPPED, "stopped by click")
        assert await soon(reader.read()) == b""
        assert page.state_label.text() == "Stopped"
        assert page.start_stop.text() == "▶ Start"
        device.wait_closed()

        await press_shortcut(window, Qt.Key.Key_E)
        await until(lambda: session.bridge.state is BridgeState.WAITING_FOR_CLIENT, "started by key")
        await press_shortcut(window, Qt.Key.Key_E)
        await until(lambda: session.bridge.state is BridgeState.STOPPED, "stopped by key")


async def test_start_key_takes_the_path_and_the_number_that_are_still_being_typed(lab: Lab) -> None:
    with PtyDevice() as device:
        window = lab.open()
        session = lab.add("/dev/nothing")
        page = lab.page(session)
        wanted = lab.free_port()
        type_into(page.form.listen_port.lineEdit(), str(wanted))
        type_into(page.form.port.lineEdit(), device.path)
        await press_shortcut(window, Qt.Key.Key_E)
        await until(lambda: session.bridge.address or session.bridge.problem, "it starts")
        assert session.bridge.problem is None
        assert session.profile.serial.device == device.path
        assert session.bridge.address is not None
        assert session.bridge.address.port == wanted


async def test_start_can_be_pressed_as_soon_as_a_port_has_been_typed(lab: Lab) -> None:
    with PtyDevice() as device:
        lab.open()
        session = lab.add("/dev/nothing")
        page = lab.page(session)
        type_into(page.form.port.lineEdit(), "")
        press(page.form.port, Qt.Key.Key_Return)
        assert not page.start_stop.isEnabled()
        type_into(page.form.port.lineEdit(), device.path)  # and no Enter
        assert page.start_stop.isEnabled()
        await lab.start(session)
        assert session.profile.serial.device == device.path
