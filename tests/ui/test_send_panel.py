"""Sending by hand as a person does it: keys, clicks, and what the device and the clients then have."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from serialbridge_gui.engine.bridge import BridgeState
from serialbridge_gui.engine.sending import TO_ALL, TO_DEVICE, SendState
from serialbridge_gui.profile import Access, ClientRules, Mode
from serialbridge_gui.traffic.chunk import Direction
from serialbridge_gui.traffic.message import Checksum, LineEnding, Message, MessageKind
from serialbridge_gui.ui.bridge_page import BridgePage
from serialbridge_gui.ui.log_cells import Column
from serialbridge_gui.ui.messages_dialog import MessagesDialog
from serialbridge_gui.ui.send_memory import MAX_HISTORY, MAX_MESSAGES, NamedMessage, SendMemory
from serialbridge_gui.ui.send_panel import SendPanel
from serialbridge_gui.ui.session import Session
from tests.devices import PtyDevice
from tests.ui.windows import Lab, Streams, application, click, log_rows, press, press_shortcut, soon, type_into, until

ALT = Qt.KeyboardModifier.AltModifier
CTRL = Qt.KeyboardModifier.ControlModifier
NONE = Qt.KeyboardModifier.NoModifier
SHARED = ClientRules(access=Access.SHARED)


async def running(lab: Lab, device: str = "sim://echo", **fields: Any) -> tuple[Session, BridgePage, SendPanel]:
    """A bridge that runs, with its panel unfolded."""
    if not lab.__dict__.get("window"):
        lab.open()
    session = lab.add(device, **fields)
    page = lab.page(session)
    await lab.start(session)
    page.send.set_unfolded(True)
    return session, page, page.send


def choose_target(panel: SendPanel, target: int) -> None:
    row = panel.form.target.findData(target)
    assert row >= 0, "this target is not offered"
    panel.form.target.setCurrentIndex(row)


def clients_column(page: BridgePage) -> list[str]:
    """The Client column of the rows with traffic."""
    model = page.log.model
    rows = [(row, model.row_at(row)) for row in range(model.rowCount())]
    return [
        str(model.index(row, Column.CLIENT).data())
        for row, shown in rows
        if shown is not None and shown.direction < Direction.EVENT
    ]


def sent(page: BridgePage) -> list[bytes]:
    return [data for direction, data in log_rows(page) if direction is Direction.TCP_TO_SERIAL]


# ---- a message


async def test_panel_is_folded_until_ctrl_enter_leads_to_its_field_and_ctrl_enter_sends(lab: Lab) -> None:
    window = lab.open()
    session = lab.add("sim://echo")
    page = lab.page(session)
    await lab.start(session)
    panel = page.send
    assert not panel.unfolded
    assert panel._form is None
    await press_shortcut(window, Qt.Key.Key_Return)
    assert panel.form.isVisible()
    assert panel.form.controls.field.hasFocus()
    type_into(panel.form.controls.field, r"AT\r")
    await press_shortcut(window, Qt.Key.Key_Return)
    await until(lambda: sent(page) == [b"AT\r"], "the log shows what was sent")
    await until(lambda: clients_column(page) == ["local", "all"], "as local, and the echo")
    press(panel.form.controls.field, Qt.Key.Key_Return)
    await until(lambda: session.bridge.counters.by_hand_to_serial == 6, "Enter sends, too")
    assert session.bridge.counters.tcp_to_serial == 0


async def test_client_and_all_clients_get_what_is_sent_to_them(lab: Lab) -> None:
    session, page, panel = await running(lab, clients=SHARED)
    streams: list[Streams] = [await lab.connect(session) for _ in range(2)]
    for target, text in ((2, "for two"), (TO_ALL, "for all")):
        choose_target(panel, target)
        type_into(panel.form.controls.field, text)
        click(panel.form.send)
    assert await soon(streams[0][0].readexactly(7)) == b"for all"
    assert await soon(streams[1][0].readexactly(14)) == b"for twofor all"
    await until(lambda: clients_column(page) == ["local→#2", "local→all"], "the log says to whom")
    assert session.bridge.counters.serial_to_tcp == 0


async def test_target_that_is_gone_stays_chosen_and_nothing_can_be_sent_to_it(lab: Lab) -> None:
    session, _, panel = await running(lab, clients=SHARED)
    streams = [await lab.connect(session) for _ in range(2)]
    choose_target(panel, 1)
    type_into(panel.form.controls.field, "x")
    assert panel.form.send.isEnabled()
    streams[0][1].close()
    await until(lambda: not panel.form.send.isEnabled(), "it is gone")
    assert panel.form.send.toolTip() == "Client #1 is not connected"
    assert panel.form.target.currentText() == "To #1 (gone)"
    choose_target(panel, TO_DEVICE)
    assert panel.form.send.isEnabled()
    assert panel.form.target.findData(1) == -1


async def test_bad_hex_is_marked_at_its_place_and_cannot_be_sent(lab: Lab) -> None:
    _, _, panel = await running(lab)
    field = panel.form.controls.field
    click(panel.form.controls.hex)
    type_into(field, "01 02 G3")
    assert panel.form.note.label.text() == "'G' at 7 is not hex"
    assert panel.form.note.isVisible()
    assert field.error_at == 6
    assert field.mark() is not None
    assert not panel.form.send.isEnabled()
    assert panel.form.send.toolTip() == "'G' at 7 is not hex"
    assert not panel.form.repeat.isEnabled()
    press(field, Qt.Key.Key_Return)
    type_into(field, "01,0x02 FF")
    assert panel.form.note.isHidden()
    assert field.mark() is None
    assert panel.form.send.isEnabled()


async def test_mark_is_painted_in_the_warning_colour(lab: Lab) -> None:
    _, _, panel = await running(lab)
    field = panel.form.controls.field
    click(panel.form.controls.hex)
    type_into(field, "0G")
    mark = field.mark()
    assert mark is not None
    image = field.grab().toImage()
    x, y = (round(value * image.devicePixelRatio()) for value in (mark.center().x(), mark.center().y()))
    color = QColor(image.pixel(x, y))
    assert color.red() > color.green() + 40


async def test_checksum_and_line_ending_are_appended(lab: Lab) -> None:
    _, page, panel = await running(lab)
    panel.form.controls.show_message(Message("01 03 00 00 00 0A", MessageKind.HEX, checksum=Checksum.CRC16_MODBUS))
    click(panel.form.send)
    panel.form.controls.show_message(Message("温", encoding="gb18030", ending=LineEnding.CRLF))
    click(panel.form.send)
    wanted = [bytes.fromhex("01030000000AC5CD") + b"\xce\xc2\r\n"]
    await until(lambda: b"".join(sent(page)) == b"".join(wanted), "the bytes")


async def test_send_says_why_it_cannot(lab: Lab) -> None:
    lab.open()
    panel = lab.page(lab.add("sim://echo")).send
    panel.set_unfolded(True)
    assert not panel.form.send.isEnabled()
    assert panel.form.send.toolTip() == "The bridge is not running"
    assert panel.form.file.choose.toolTip() == "The bridge is not running"
    await lab.start(lab.page().session)
    assert panel.form.send.toolTip() == "There is nothing to send"
    type_into(panel.form.controls.field, "x")
    assert "Ctrl+Return" in panel.form.send.toolTip()
    choose_target(panel, TO_ALL)
    assert panel.form.send.toolTip() == "No client is connected"


async def test_history_is_gone_through_with_the_arrows_and_kept(lab: Lab) -> None:
    _, _, panel = await running(lab)
    field = panel.form.controls.field
    for text in ("one", "two", "one"):
        type_into(field, text)
        press(field, Qt.Key.Key_Return)
    click(panel.form.controls.hex)
    type_into(field, "31")
    press(field, Qt.Key.Key_Return)
    type_into(field, "unfin")
    seen = []
    for _ in range(4):
        press(field, Qt.Key.Key_Up)
        seen.append((field.text(), panel.form.controls.hex.isChecked()))
    assert seen == [("31", True), ("one", False), ("two", False), ("two", False)]
    for _ in range(4):
        press(field, Qt.Key.Key_Down)
    assert (field.text(), panel.form.controls.hex.isChecked()) == ("unfin", True)
    await lab.close()
    lab.open()
    panel = lab.page().send
    assert panel.unfolded
    assert panel.form.controls.hex.isChecked()  # what was used last is offered again
    panel.form.controls.field.setFocus()
    press(panel.form.controls.field, Qt.Key.Key_Up)
    assert panel.form.controls.field.text() == "31"


async def test_pasted_line_ends_are_shown_as_escapes(lab: Lab) -> None:
    _, page, panel = await running(lab)
    field = panel.form.controls.field
    application().clipboard().setText("a\r\nb\tc")
    field.setFocus()
    press(field, Qt.Key.Key_V, CTRL)
    assert field.text() == r"a\r\nb\tc"
    press(field, Qt.Key.Key_Return)
    await until(lambda: sent(page) == [b"a\r\nb\tc"], "the bytes are what was pasted")


async def test_rfc2217_bridge_sends_ff_as_it_is(lab: Lab) -> None:
    session, page, panel = await running(lab, mode=Mode.RFC2217)
    click(panel.form.controls.hex)
    type_into(panel.form.controls.field, "FF 00")
    click(panel.form.send)
    await until(lambda: sent(page) == [b"\xff\x00"], "it is sent")
    assert session.bridge.counters.by_hand_to_serial == 2


async def test_keys_are_those_of_the_bridge_in_front(lab: Lab) -> None:
    first, first_page, _ = await running(lab)
    lab.window.workspace.sending.set_messages((NamedMessage("One", Message("1")),))
    second, second_page, panel = await running(lab)
    for session, page in ((first, first_page), (second, second_page)):
        lab.page(session)
        await press_shortcut(lab.window, Qt.Key.Key_1, ALT)
        await until(lambda page=page: sent(page) == [b"1"], "the one in front sends")  # type: ignore[misc]
    assert sent(first_page) == [b"1"]
    panel.fold.setFocus()
    await press_shortcut(lab.window, Qt.Key.Key_Return)
    assert panel.form.controls.field.hasFocus()


async def test_reader_and_writer_of_monitor_can_be_sent_to(lab: Lab) -> None:
    session, page, panel = await running(lab, clients=ClientRules(access=Access.MONITOR))
    streams = [await lab.connect(session) for _ in range(2)]
    type_into(panel.form.controls.field, "x")
    for target in (1, 2, TO_ALL):
        choose_target(panel, target)
        click(panel.form.send)
    for reader, _ in streams:
        assert await soon(reader.readexactly(2)) == b"xx"
    await until(lambda: clients_column(page) == ["local→#1", "local→#2", "local→all"], "the log says to whom")


# ---- again and again


async def test_message_is_repeated_until_it_is_stopped_also_while_the_panel_is_folded(lab: Lab) -> None:
    session, page, panel = await running(lab)
    type_into(panel.form.controls.field, "ping")
    panel.form.interval.setValue(10)
    click(panel.form.repeat)
    assert panel.form.repeat.isChecked()
    assert not panel.form.target.isEnabled()
    await until(lambda: "times" in panel.form.told.text(), "it says how often")
    panel.set_unfolded(False)
    await until(lambda: panel.fold.text().startswith("Send · repeated "), "the title says so")
    panel.set_unfolded(True)
    progress = session.bridge.by_hand.progress
    await until(lambda: progress.repeats >= 3, "it is repeated")
    click(panel.form.repeat)
    await until(lambda: progress.repeat_state is SendState.IDLE, "it is stopped")
    count = progress.repeats
    await until(lambda: b"".join(sent(page)) == b"ping" * count, "all of them are in the log")
    await until(lambda: panel.fold.text() == "Send", "the title no longer says so")


async def test_repeating_ends_with_the_bridge_and_with_its_client(lab: Lab) -> None:
    session, page, panel = await running(lab)
    _, writer = await lab.connect(session)
    type_into(panel.form.controls.field, "x")
    choose_target(panel, 1)
    click(panel.form.repeat)
    panel.form.interval.setValue(10)
    assert panel.form.repeat.isChecked()
    writer.close()
    await until(lambda: not panel.form.repeat.isChecked(), "its client is gone")
    choose_target(panel, TO_DEVICE)
    click(panel.form.repeat)
    assert panel.form.repeat.isChecked()
    click(page.start_stop)
    await until(lambda: session.bridge.state is BridgeState.STOPPED, "it stops")
    assert not panel.form.repeat.isChecked()
    assert not panel.form.repeat.isEnabled()


# ---- files


async def test_file_is_sent_with_progress_and_told(lab: Lab, tmp_path: Path) -> None:
    file = tmp_path / "program.hex"
    file.write_bytes(bytes(range(256)) * 40)
    session, page, panel = await running(lab)
    panel.form.file.send(file)
    await until(lambda: panel.form.file.target is None, "it is sent")
    assert session.bridge.counters.by_hand_to_serial == 10_240
    await until(
        lambda: b"File program.hex sent (10240 B)" in [data for _, data in log_rows(page)], "the log tells it"
    )


async def test_file_that_cannot_be_read_is_told_in_the_panel(lab: Lab, tmp_path: Path) -> None:
    _, _, panel = await running(lab)
    panel.form.file.send(tmp_path / "gone.hex")
    await until(lambda: "gone.hex" in panel.form.note.label.text(), "it is told")


async def test_file_is_cancelled_by_its_button_and_the_message_waits_meanwhile(lab: Lab, tmp_path: Path) -> None:
    file = tmp_path / "large"
    file.write_bytes(bytes(1_000_000))
    with PtyDevice() as device:
        session, page, panel = await running(lab, device.path)
        type_into(panel.form.controls.field, "x")
        panel.form.file.choose.setFocus()
        panel.form.file.send(file)
        assert panel.form.file.cancel.isVisible()
        assert panel.form.file.cancel.hasFocus()
        assert panel.form.send.toolTip() == "A file is being sent there"
        await until(lambda: panel.form.file.told.text().endswith("waiting"), "the device does not read")
        assert 0 < panel.form.file.progress.value() < 1000
        panel.set_unfolded(False)
        assert "sending a file" in panel.fold.text()
        panel.set_unfolded(True)
        click(panel.form.file.cancel)
        await until(lambda: panel.form.file.target is None, "it is cancelled")
        assert panel.form.send.isEnabled()
        await until(lambda: any(b"cancelled" in data for _, data in log_rows(page)), "the log tells it")
        assert session.bridge.counters.lost == 0
        device.read_available()


async def test_gaps_of_the_panel_are_those_of_the_file(lab: Lab, tmp_path: Path) -> None:
    file = tmp_path / "lines"
    file.write_bytes(b"a\nb\nc")
    _, page, panel = await running(lab)
    panel.form.file.line_gap.setValue(30)
    panel.form.file.send(file)
    await until(lambda: sent(page) == [b"a\n", b"b\n", b"c"], "a row for each line")


# ---- named messages


async def test_message_is_kept_sent_by_click_and_by_alt_1(lab: Lab) -> None:
    session, page, panel = await running(lab)
    window = lab.window
    panel.form.controls.show_message(Message("*IDN?", ending=LineEnding.LF))
    click(panel.form.messages.keep)
    type_into(panel.form.controls.field, "something else")
    button = panel.form.messages.buttons[0]
    assert button.text() == "*IDN?"
    assert "Alt+1" in button.toolTip()
    click(button)
    await until(lambda: sent(page) == [b"*IDN?\n"], "one click sends it")
    await press_shortcut(window, Qt.Key.Key_1, ALT)
    await until(lambda: session.bridge.counters.by_hand_to_serial == 12, "and a key")
    panel.set_unfolded(False)
    await press_shortcut(window, Qt.Key.Key_1, ALT)  # what is out of sight sends nothing
    panel.set_unfolded(True)
    type_into(panel.form.controls.field, ".")
    click(panel.form.send)
    await until(lambda: session.bridge.counters.by_hand_to_serial == 14, "only the dot and its LF")


async def test_messages_are_added_changed_moved_and_removed_and_come_back(lab: Lab) -> None:
    _, _, panel = await running(lab)
    click(panel.form.messages.edit)
    dialog = panel.findChild(MessagesDialog)
    assert isinstance(dialog, MessagesDialog)
    assert not dialog.name.isEnabled()
    for name, content in (("First", "1"), ("Second", "2"), ("Third", "3")):
        click(dialog.add)
        type_into(dialog.name, name)
        type_into(dialog.controls.field, content)
    click(dialog.up)
    assert [button.text() for button in panel.form.messages.buttons] == ["First", "Third", "Second"]
    assert dialog.name.text() == "Third"
    click(dialog.down)
    dialog.list.setCurrentRow(0)
    click(dialog.remove)
    assert dialog.name.text() == "Second"
    click(dialog.controls.hex)
    type_into(dialog.controls.field, "0G")
    assert dialog.note.label.text() == "'G' at 2 is not hex"
    assert not panel.form.messages.buttons[0].isEnabled()
    dialog.controls.checksum.setCurrentIndex(1)
    click(dialog.close_button)
    assert not dialog.isVisible()
    wanted = (
        NamedMessage("Second", Message("0G", MessageKind.HEX, checksum=Checksum.SUM8)),
        NamedMessage("Third", Message("3")),
    )
    assert lab.window.workspace.sending.messages == wanted
    await lab.close()
    lab.open()
    assert lab.window.workspace.sending.messages == wanted
    assert [button.text() for button in lab.page().send.form.messages.buttons] == ["Second", "Third"]


async def test_buttons_are_whole_however_many_there_are(lab: Lab) -> None:
    _, _, panel = await running(lab)
    for count in (3, 40, 2):
        lab.window.workspace.sending.set_messages(
            tuple(NamedMessage(f"Message {number}", Message("x")) for number in range(count))
        )
        await asyncio.sleep(0)
        button = panel.form.messages.buttons[0]
        await until(button.isVisible, "it is shown")
        await until(lambda button=button: whole(button), f"the first of {count} is whole")  # type: ignore[misc]


def whole(widget: QWidget) -> bool:
    """Whether all of it can be seen."""
    return widget.visibleRegion().boundingRect() == widget.rect()


async def test_names_of_messages_are_shown_as_typed(lab: Lab) -> None:
    _, _, panel = await running(lab)
    lab.window.workspace.sending.set_messages((NamedMessage("<b>a&b</b>\u202e", Message("x")),))
    button = panel.form.messages.buttons[0]
    assert button.text() == "<b>a&&b</b>U+202E"
    assert "&lt;b&gt;" in button.toolTip()


async def test_memory_is_bounded(lab: Lab, tmp_path: Path) -> None:
    memory = SendMemory(tmp_path / "sending.json")
    for number in range(MAX_HISTORY + 20):
        memory.note_sent(Message(str(number)))
    assert len(memory.history) == MAX_HISTORY
    assert memory.history[0] == memory.last == Message(str(MAX_HISTORY + 19))
    memory.set_messages(tuple(NamedMessage(str(number), Message("x")) for number in range(MAX_MESSAGES + 1)))
    assert len(memory.messages) == MAX_MESSAGES
    await memory.finish()
    assert SendMemory(tmp_path / "sending.json").history == memory.history


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe",
        b"[1]",
        b"{",
        b'{"format_version": 2}',
        b'{"history": [{"content": 5}]}',
        b'{"history": [{"content": "x", "encoding": "utf-7"}]}',
        b'{"history": [{"content": "' + b"x" * 5000 + b'"}]}',
    ],
)
async def test_broken_file_is_set_aside_and_told(lab: Lab, content: bytes) -> None:
    lab.config_dir.mkdir()
    (lab.config_dir / "sending.json").write_bytes(content)
    _, _, panel = await running(lab)
    assert "set aside as" in panel.form.note.label.text()
    assert (lab.config_dir / "sending.broken").read_bytes() == content
    assert panel.form.messages.buttons == []


async def test_file_that_cannot_be_written_is_told_and_the_messages_stay(lab: Lab) -> None:
    _, _, panel = await running(lab)
    (lab.config_dir / "sending.json").mkdir()
    type_into(panel.form.controls.field, "x")
    click(panel.form.messages.keep)
    await until(lambda: "cannot be written" in panel.form.note.label.text(), "it is said")
    assert len(panel.form.messages.buttons) == 1


async def test_what_is_saved_is_plain_json(lab: Lab) -> None:
    _, _, panel = await running(lab)
    type_into(panel.form.controls.field, "x")
    click(panel.form.send)
    await lab.close()
    saved = json.loads((lab.config_dir / "sending.json").read_text())
    assert saved["last"] == {
        "content": "x", "kind": "text", "ending": "none", "checksum": "none", "encoding": "utf-8",
    }  # fmt: skip


# ---- looks


async def test_disabled_words_can_be_read_in_light_and_dark(lab: Lab) -> None:
    _, _, panel = await running(lab)
    before = application().palette()
    try:
        for color in ("#efefef", "#2b2d30"):
            application().setPalette(QPalette(QColor(color)))
            await asyncio.sleep(0)
            palette = panel.form.send.palette()
            text = palette.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.ButtonText)
            assert contrast(text, palette.color(QPalette.ColorRole.Window)) >= 4.5
    finally:
        application().setPalette(before)


def contrast(one: QColor, other: QColor) -> float:
    """WCAG 2.1's ratio."""

    def luminance(color: QColor) -> float:
        parts = (color.redF(), color.greenF(), color.blueF())
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return float(0.2126 * red + 0.7152 * green + 0.0722 * blue)

    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


async def test_panel_can_be_used_by_keyboard_alone(lab: Lab) -> None:
    _, _, panel = await running(lab)
    lab.window.workspace.sending.set_messages((NamedMessage("One", Message("1")),))
    type_into(panel.form.controls.field, "x")
    form = panel.form
    controls, file = form.controls, form.file
    wanted = [
        panel.fold, form.target, controls.text, controls.field, form.send, controls.encoding, controls.ending,
        controls.checksum, form.repeat, form.interval, file.choose, file.byte_gap, file.line_gap,
        form.messages.buttons[0], form.messages.keep, form.messages.edit,
    ]  # fmt: skip
    panel.fold.setFocus()
    reached = []
    for _ in range(30):
        reached.append(QApplication.focusWidget())
        lab.window.focusNextChild()
    missing = [widget.accessibleName() for widget in wanted if widget not in reached]
    assert missing == []
