"""Several bridges at once: the list, its keys, a new one, and deleting."""

from __future__ import annotations

import asyncio

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QPushButton

from serialbridge_gui.engine.bridge import BridgeState
from serialbridge_gui.engine.ports import PortInfo
from serialbridge_gui.profile import ListenAddress
from serialbridge_gui.ui import port_watcher
from serialbridge_gui.ui.bridge_page import BridgePage
from tests.ui.windows import CH340, FTDI, Lab, click, fonts, press, press_shortcut, soon, until

CTRL = Qt.KeyboardModifier.ControlModifier
PLAIN = Qt.KeyboardModifier.NoModifier


def row_texts(lab: Lab, row: int) -> tuple[str, str, str]:
    """What a row shows, its tooltip, and what a screen reader says."""
    item = lab.window.sidebar.list.item(row)
    return item.text(), item.toolTip(), str(item.data(Qt.ItemDataRole.AccessibleTextRole))


async def answer(lab: Lab, button_text: str) -> None:
    """Press a button of the question that is open."""
    await until(lambda: lab.window.findChild(QMessageBox), "the question")
    box = lab.window.findChild(QMessageBox)
    assert isinstance(box, QMessageBox)
    click(next(each for each in box.findChildren(QPushButton) if each.text().replace("&", "") == button_text))


async def test_sidebar_tells_the_state_of_each_bridge_in_text_tooltip_and_to_screen_readers(lab: Lab) -> None:
    lab.open()
    scale, plc, demo = lab.add("sim://echo", "Scale"), lab.add("/dev/ttyNONE", "PLC"), lab.add("sim://talker", "Demo")
    await lab.start(scale)
    await lab.connect(scale)
    click(lab.page(plc).start_stop)
    await until(lambda: plc.bridge.state is BridgeState.ERROR, "it fails")

    text, tip, spoken = row_texts(lab, 0)
    assert text == f"Scale\nsim://echo ⇄ :{scale.profile.listen.port}"
    assert "Running · 1 client" in tip
    assert "Running · 1 client" in spoken
    text, tip, spoken = row_texts(lab, 1)
    assert text == "PLC\nError"
    assert "ttyNONE" in tip
    assert "Error" in spoken
    text, tip, spoken = row_texts(lab, 2)
    assert text.startswith("Demo\n")
    assert "Stopped" in tip
    assert "Stopped" in spoken

    scale.stop()
    await until(lambda: "Stopped" in row_texts(lab, 0)[1], "the row follows")
    assert demo.bridge.state is BridgeState.STOPPED


async def test_bridges_run_at_once_and_keep_their_bytes_apart(lab: Lab) -> None:
    lab.open()
    sessions = [lab.add("sim://echo", f"Bridge {number}") for number in range(3)]
    for session in sessions:
        await lab.start(session)
    streams = [await lab.connect(session) for session in sessions]
    for number, (_, writer) in enumerate(streams):
        writer.write(b"this is %d" % number)
    echoes = await soon(asyncio.gather(*(reader.readexactly(9) for reader, _ in streams)))
    assert echoes == [b"this is 0", b"this is 1", b"this is 2"]


async def test_keys_step_through_bridges_and_make_a_new_one(lab: Lab) -> None:
    window = lab.open()
    lab.plug(FTDI, CH340)
    first, second = lab.add("sim://echo", "One"), lab.add("sim://echo", "Two")
    await press_shortcut(window, Qt.Key.Key_PageUp)
    assert window.sidebar.chosen() is first
    await press_shortcut(window, Qt.Key.Key_PageUp)
    assert window.sidebar.chosen() is second
    await press_shortcut(window, Qt.Key.Key_PageDown)
    assert window.sidebar.chosen() is first
    assert lab.page().session is first

    await press_shortcut(window, Qt.Key.Key_N)
    third = lab.page().session
    assert third.profile.serial.device == CH340.device
    await press_shortcut(window, Qt.Key.Key_N)
    fourth = lab.page().session
    assert fourth.profile.serial.device == FTDI.device
    numbers = [session.profile.listen.port for session in window.workspace]
    names = [session.profile.name for session in window.workspace]
    assert len(set(numbers)) == 4
    assert len(set(names)) == 4


async def test_f9_folds_the_sidebar_and_f5_lists_the_ports_anew(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[PortInfo] = []
    monkeypatch.setattr(port_watcher, "ports_signature", lambda: 0)
    monkeypatch.setattr(port_watcher, "present_ports", lambda: tuple(found))
    monkeypatch.setattr(port_watcher, "INTERVAL_S", 3600.0)
    window = lab.open()
    lab.add("sim://echo")
    lab.watch_ports()
    await press_shortcut(window, Qt.Key.Key_F9, PLAIN)
    assert window.sidebar.isHidden()
    await press_shortcut(window, Qt.Key.Key_F9, PLAIN)
    assert window.sidebar.isVisible()
    await asyncio.sleep(0.05)  # lets the watcher fall asleep; the test holds without it too
    found.append(CH340)
    await press_shortcut(window, Qt.Key.Key_F5, PLAIN)
    await until(lambda: lab.page().form.port.findData(CH340.device) >= 0, "the picker offers it")


async def test_port_watcher_lives_on_when_a_listing_fails(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([OSError("gone while it was read")])

    def present() -> tuple[PortInfo, ...]:
        for answer in answers:
            raise answer
        return (FTDI,)

    monkeypatch.setattr(port_watcher, "ports_signature", lambda: 0)
    monkeypatch.setattr(port_watcher, "present_ports", present)
    monkeypatch.setattr(port_watcher, "INTERVAL_S", 0.02)
    lab.open()
    lab.watch_ports()
    await until(lambda: lab.ports.ports == (FTDI,), "the next look lists them")


async def test_new_bridge_takes_a_number_that_nobody_has(lab: Lab) -> None:
    window = lab.open()
    first = window.workspace.add("One", "sim://echo")
    second = window.workspace.add("One", "sim://echo")
    assert second.profile.listen.port > first.profile.listen.port
    assert second.profile.name == "One (2)"
    await lab.start(first)
    await lab.start(second)


async def test_running_bridge_is_deleted_after_a_question_with_its_file(lab: Lab) -> None:
    window = lab.open()
    kept, doomed = lab.add("sim://echo", "Kept"), lab.add("sim://echo", "Doomed")
    file = lab.config_dir / "profiles" / f"{doomed.profile.id}.json"
    await until(file.exists, "the profile is saved")
    await lab.start(doomed)
    reader, _ = await lab.connect(doomed)

    window.delete_action.trigger()
    await answer(lab, "Cancel")
    await until(lambda: not window.findChildren(QMessageBox), "the question goes")
    assert len(window.workspace) == 2

    window.delete_action.trigger()
    await answer(lab, "Delete")
    await until(lambda: len(window.workspace) == 1, "the bridge goes")
    assert not file.exists()
    assert window.sidebar.chosen() is kept
    assert lab.page().session is kept
    assert window.stack.currentWidget() is lab.page()
    assert await soon(reader.read()) == b""


@pytest.mark.parametrize("row", [0, 1, 2])
async def test_after_a_deletion_the_page_is_that_of_the_chosen_row(lab: Lab, row: int) -> None:
    window = lab.open()
    sessions = [lab.add("sim://echo", name) for name in ("A", "B", "C")]
    window.sidebar.choose(sessions[row])
    await window.workspace.remove(sessions[row])
    chosen = window.sidebar.chosen()
    assert chosen is not None
    assert window.sidebar.list.currentItem().text().startswith(chosen.profile.name)
    assert window.stack.currentWidget() is lab.page()
    assert lab.page().session is chosen


async def test_deleting_the_last_bridge_leads_back_to_the_first_page(lab: Lab) -> None:
    window = lab.open()
    await window.workspace.remove(lab.add("sim://echo"))
    assert window.stack.currentWidget() is window.first_run
    assert window.sidebar.isHidden()
    assert not window.toggle_action.isEnabled()


async def test_session_closed_right_after_start_leaves_nothing_running(lab: Lab) -> None:
    lab.open()
    session = lab.add("sim://echo")
    session.start()
    await session.close()
    assert session.bridge.state is BridgeState.STOPPED


async def test_a_page_is_made_when_it_is_looked_at_first(lab: Lab) -> None:
    window = lab.open()
    for _ in range(3):
        lab.add("sim://echo")
    await lab.close()
    window = lab.open()
    await until(lambda: len(window.findChildren(BridgePage)) == 1, "the page of the chosen bridge")
    press(window.sidebar.list, Qt.Key.Key_Up)
    assert len(window.findChildren(BridgePage)) == 2
    assert window.stack.currentWidget() is lab.page()


@pytest.mark.parametrize("factor", [1.0, 1.5])
async def test_usual_rows_are_not_cut_however_narrow_the_list_is_made(lab: Lab, factor: float) -> None:
    with fonts(factor):
        window = lab.open()
        lab.add("/dev/ttyUSB0", "Scale", listen=ListenAddress("127.0.0.1", 40001))
        window.splitter.setSizes([1, 2000])
        sidebar, rows = window.sidebar, window.sidebar.list
        await until(lambda: sidebar.width() == sidebar.minimumSizeHint().width(), "it is as narrow as it can be")
        room = rows.viewport().width() - rows.iconSize().width()
        for words in (*rows.item(0).text().splitlines(), "Waiting for device"):
            assert rows.fontMetrics().horizontalAdvance(words) + 13 <= room, words  # 13: spacing and Fusion's margins
        await lab.close()
