"""Who is connected, and the strip of lines and counters."""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel, QPushButton

from serialbridge_gui.engine.bridge import BridgeState
from serialbridge_gui.engine.events import ModemLines
from serialbridge_gui.engine.simulated import SimulatedSerial
from serialbridge_gui.profile import Access, ClientRules, FlowControl, LinePolicy, SerialSettings
from serialbridge_gui.traffic.chunk import Direction
from serialbridge_gui.ui.clients_panel import ClientsPanel
from serialbridge_gui.ui.line_controls import lines_text
from serialbridge_gui.ui.quantities import bytes_text
from serialbridge_gui.ui.state_look import warning_color
from serialbridge_gui.ui.statistics_panel import StatisticsPanel
from tests.guest import StandIn
from tests.ui.windows import Lab, click, log_rows, soon, until


def open_panel(lab: Lab) -> ClientsPanel:
    """Opened by the button in the strip."""
    click(lab.page().status.clients)
    panel = lab.page().findChild(ClientsPanel)
    assert isinstance(panel, ClientsPanel)
    return panel


def cell(panel: ClientsPanel, row: int, column: int) -> str:
    item = panel.table.item(row, column)
    return item.text() if item is not None else ""


async def test_panel_shows_address_and_bytes_and_disconnects_the_right_client(lab: Lab) -> None:
    lab.open()
    session = lab.add("sim://echo", clients=ClientRules(access=Access.SHARED))
    await lab.start(session)
    assert lab.page().status.clients.isHidden()
    first = await lab.connect(session)
    second = await lab.connect(session)
    first[1].write(b"12345")
    assert await soon(second[0].readexactly(5)) == b"12345"

    assert lab.page().status.clients.text() == "2 clients ▾"
    panel = open_panel(lab)
    assert not panel.isModal()
    assert panel.table.rowCount() == 2
    host, port = first[1].get_extra_info("sockname")[:2]
    assert cell(panel, 0, 0) == "#1"
    assert cell(panel, 0, 1) == f"{host}:{port}"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", cell(panel, 0, 3))
    await until(lambda: (cell(panel, 0, 4), cell(panel, 0, 5)) == ("5", "5"), "the first one's counts")
    await until(lambda: (cell(panel, 1, 4), cell(panel, 1, 5)) == ("5", "0"), "the second one's counts")
    assert cell(panel, 0, 6) == "0"

    button = panel.table.cellWidget(1, 7)
    assert isinstance(button, QPushButton)
    click(button)
    assert await soon(second[0].read()) == b""
    await until(lambda: panel.table.rowCount() == 1, "its row goes")
    assert cell(panel, 0, 0) == "#1"
    assert session.bridge.state is BridgeState.RUNNING


async def test_stop_can_be_clicked_while_the_panel_is_open_and_it_opens_once(lab: Lab) -> None:
    lab.open()
    session = lab.add("sim://echo", clients=ClientRules(access=Access.SHARED))
    await lab.start(session)
    await lab.connect(session)
    panel = open_panel(lab)
    assert open_panel(lab) is panel
    click(lab.page().start_stop)
    await until(lambda: session.bridge.state is BridgeState.STOPPED, "it stops")
    await until(lambda: panel.table.rowCount() == 0, "nobody is left")


async def test_reader_in_monitor_is_called_one(lab: Lab) -> None:
    lab.open()
    session = lab.add("sim://echo", clients=ClientRules(access=Access.MONITOR))
    await lab.start(session)
    await lab.connect(session)
    await lab.connect(session)
    panel = open_panel(lab)
    assert cell(panel, 0, 0) == "#1"
    assert cell(panel, 1, 0) == "#2 (reads only)"


async def test_strip_shows_lines_rates_and_what_nobody_read(lab: Lab) -> None:
    lab.open()
    session = lab.add("sim://talker")
    strip = lab.page(session).status
    lines = strip.lines
    assert (lines.dtr.text(), lines.rts.text()) == ("DTR –", "RTS –")
    assert lines.inputs.text() == "CTS –   DSR –   DCD –   RI –"
    assert strip.unread.isHidden()
    await lab.start(session)
    await until(lambda: lines.inputs.text() == "CTS on   DSR on   DCD on   RI off", "the lines")
    assert (lines.dtr.text(), lines.rts.text()) == ("DTR on", "RTS on")
    await until(strip.unread.isVisible, "what came while nobody was connected")
    await lab.connect(session)
    await until(lambda: re.search(r"  [1-9]\d*/s$", strip.to_net.text()), "a rate")
    session.stop()
    await until(lambda: lines.dtr.text() == "DTR –", "no port, no lines")


async def test_dtr_and_rts_are_turned_by_a_click_and_the_device_sees_it(lab: Lab) -> None:
    lab.open()
    session = lab.add("sim://echo", serial=SerialSettings(device="sim://echo", rts=LinePolicy.OFF))
    lines = lab.page(session).status.lines
    assert not lines.dtr.isEnabled()
    assert lines.dtr.toolTip() == "The bridge is not running"
    await lab.start(session)
    await until(lambda: (lines.dtr.text(), lines.rts.text()) == ("DTR on", "RTS off"), "the lines")
    assert (lines.dtr.isChecked(), lines.rts.isChecked()) == (True, False)
    click(lines.dtr)
    await until(lambda: lines.inputs.text().startswith("CTS off   DSR off"), "the device sees DTR go")
    assert (lines.dtr.text(), lines.dtr.isChecked()) == ("DTR off", False)
    click(lines.rts)
    await until(lambda: lines.inputs.text().startswith("CTS on   DSR off"), "and RTS come")
    click(lines.dtr)
    await until(lambda: lines.inputs.text().startswith("CTS on   DSR on"), "and DTR come back")


async def test_break_is_sent_by_its_button_and_told_in_the_log(lab: Lab) -> None:
    lab.open()
    session = lab.add("sim://echo")
    page = lab.page(session)
    button = page.status.lines.send_break
    assert not button.isEnabled()
    await lab.start(session)
    await until(button.isEnabled, "the lines are known")
    assert "0.25 s" in button.toolTip()
    click(button)
    told = re.compile(rb"Break of (\d(?:\.\d+)?) s sent")  # the length it had: a busy machine ends it a little late
    await until(lambda: any(told.fullmatch(data) for _, data in log_rows(page)), "the log tells it")
    (length,) = [match[1] for _, data in log_rows(page) if (match := told.fullmatch(data))]
    assert float(length) >= 0.25
    click(page.start_stop)
    await until(lambda: not button.isEnabled(), "no bridge, no break")


async def test_break_that_the_device_refuses_is_said_and_cannot_be_asked_again(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_self: SimulatedSerial) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(SimulatedSerial, "_update_break_state", refuse)
    lab.open()
    session = lab.add("sim://echo")
    page = lab.page(session)
    lines = page.status.lines
    await lab.start(session)
    await until(lines.send_break.isEnabled, "the lines are known")
    click(lines.send_break)
    await until(page.message.isVisible, "it is said")
    assert page.message.label.text() == "sim://echo cannot send a break (Operation not supported)"
    assert not lines.send_break.isEnabled()
    assert lines.send_break.toolTip() == "This device cannot do that"
    assert lines.dtr.isEnabled()
    click(page.start_stop)
    await until(lambda: session.bridge.state is BridgeState.STOPPED, "it stops")
    await lab.start(session)
    await until(lines.send_break.isEnabled, "another start, another try")


async def test_line_of_the_flow_control_and_a_port_without_lines_cannot_be_clicked(lab: Lab) -> None:
    lab.open()
    flowing = lab.add("sim://echo", serial=SerialSettings(device="sim://echo", flow_control=FlowControl.RTS_CTS))
    await lab.start(flowing)
    lines = lab.page(flowing).status.lines
    await until(lines.dtr.isEnabled, "the lines are known")
    assert not lines.rts.isEnabled()
    assert lines.rts.toolTip() == "The flow control sets this line"
    lineless = lab.add("loop://")
    await lab.start(lineless)
    lines = lab.page(lineless).status.lines
    for button in (lines.dtr, lines.rts, lines.send_break):
        assert not button.isEnabled()
        assert "no control lines" in button.toolTip()


async def test_lost_bytes_are_red_and_none_are_not(lab: Lab) -> None:
    lab.open()
    session = lab.add("sim://echo")
    strip = lab.page(session).status
    red = warning_color(strip.palette())
    assert strip.lost.text() == "Lost 0"
    assert strip.lost.palette().color(QPalette.ColorRole.WindowText) != red
    session.bridge.counters.lost = 1234
    strip.refresh()
    assert strip.lost.text() == "Lost 1.2K"
    assert strip.lost.palette().color(QPalette.ColorRole.WindowText) == red
    session.bridge.counters.lost = 0
    strip.refresh()
    assert strip.lost.palette().color(QPalette.ColorRole.WindowText) != red


def test_line_that_cannot_be_told_is_a_dash() -> None:
    lines = ModemLines(cts=True, dsr=False, ri=False, cd=True)
    assert lines_text(lines) == ["DTR –", "RTS –", "CTS on", "DSR off", "DCD on", "RI off"]


def test_quantities_read_well_at_every_edge() -> None:
    told = {0: "0", 999: "999", 1000: "1.0K", 12_400: "12.4K", 99_960: "100K", 999_500: "1.0M", 3_100_000: "3.1M"}
    assert {count: bytes_text(count) for count in told} == told


async def test_panels_follow_a_new_name(lab: Lab) -> None:
    lab.open()
    session = lab.add("sim://echo")
    await lab.start(session)
    await lab.connect(session)
    clients = open_panel(lab)
    lab.page().show_statistics()
    statistics = lab.page().findChild(StatisticsPanel)
    assert isinstance(statistics, StatisticsPanel)
    session.edit(session.profile.changed(name="Scale 2"))
    assert statistics.windowTitle() == "Statistics of Scale 2"
    await until(lambda: clients.windowTitle() == "Clients of Scale 2", "the name")


async def test_empty_log_asks_for_no_program_that_is_there(lab: Lab) -> None:
    lab.open()
    session = lab.add("sim://echo")
    await lab.start(session)
    log = lab.page().log

    def words() -> list[str]:
        return [label.text() for label in log.table.findChildren(QLabel) if label.isVisible()]

    log.toolbar.clear.trigger()
    await until(lambda: any("Connect a program to" in text for text in words()), "the address")
    await lab.connect(session)
    await until(lambda: session.bridge.state is BridgeState.RUNNING, "the client is there")
    await until(lambda: log.model.rowCount() > 0, "its row")
    log.toolbar.clear.trigger()
    assert words() == ["Waiting for data."]


async def refused_by(address: tuple[str, int]) -> None:
    """Somebody comes and is sent away."""
    reader, writer = await soon(asyncio.open_connection(*address))
    assert await soon(reader.read()) == b""
    writer.close()


def event_rows(lab: Lab) -> list[str]:
    return [data.decode() for direction, data in log_rows(lab.page()) if direction is Direction.EVENT]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no links to programs for everybody")
async def test_guest_is_named_in_the_list_the_state_and_the_log(lab: Lab, tmp_path: Path) -> None:
    window = lab.open()
    session = lab.add("sim://echo")
    await lab.start(session)
    assert session.bridge.address is not None
    address = (session.bridge.address.host, session.bridge.address.port)
    with StandIn(tmp_path, address, "-name", "guest=<b>win\u202e10</b>,debug-threads=on"):
        guest = 'guest "<b>winU+202E10</b>" (QEMU)'
        await until(lambda: lab.page().state_label.text() == f"Running · {guest}", "the state names it")
        panel = open_panel(lab)
        assert cell(panel, 0, 2) == guest
        assert "&lt;b&gt;winU+202E10" in lab.page().status.clients.toolTip()
        assert f"Running · {guest}" in str(window.sidebar.list.item(0).data(Qt.ItemDataRole.AccessibleTextRole))
        await refused_by(address)
        refused = f"was refused: {guest} is connected"
        await until(lambda: any(refused in row for row in event_rows(lab)), "the refused one's row")
        assert any(row.endswith(f"Client #1 is {guest}") for row in event_rows(lab))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no links to programs for everybody")
async def test_other_program_is_named_in_the_list_and_where_it_keeps_somebody_out(lab: Lab, tmp_path: Path) -> None:
    lab.open()
    session = lab.add("sim://echo")
    await lab.start(session)
    assert session.bridge.address is not None
    address = (session.bridge.address.host, session.bridge.address.port)
    with StandIn(tmp_path, address, name="scada"):
        await until(lambda: any(each.program is not None for each in session.bridge.clients()), "it is known")
        await until(lambda: lab.page().state_label.text() == "Running · 1 client", "the window knows it, too")
        assert cell(open_panel(lab), 0, 2) == "scada"
        await refused_by(address)
        refused = "was refused: another client is connected (scada)"
        await until(lambda: any(refused in row for row in event_rows(lab)), "the refused one's row")
        assert not any("Client #1 is" in row for row in event_rows(lab))
