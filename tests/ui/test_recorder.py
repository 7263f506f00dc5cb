"""Record to file: the button, its dialog, the line while it lasts, and the end, good or bad."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from serialbridge_gui.engine.bridge import BridgeState
from serialbridge_gui.ui.bridge_page import BridgePage
from tests.captures import RX, TX, data_of, packets_of
from tests.ui.windows import Lab, click, press_shortcut, soon, until


async def choose(lab: Lab, path: Path, name_filter: str = "") -> BridgePage:
    """Press Record and choose this file."""
    page = lab.page()
    await press_shortcut(
        lab.window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    dialog = page.recorder.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    assert not page.recorder.action.isChecked()
    if name_filter:
        dialog.selectNameFilter(next(each for each in dialog.nameFilters() if name_filter in each))
    dialog.fileSelected.emit(str(path))
    dialog.reject()
    return page


async def test_a_recording_goes_on_while_the_bridge_stops_and_starts_and_has_every_byte(
    lab: Lab, tmp_path: Path
) -> None:
    lab.open()
    session = lab.add("sim://echo")
    path = tmp_path / "echo.pcapng"
    page = await choose(lab, path)
    assert page.recorder.action.isChecked()
    assert page.recorder.isVisible()
    assert page.recorder.label.text().startswith("Recording to echo.pcapng · ")
    for _ in range(2):
        await lab.start(session)
        reader, writer = await lab.connect(session)
        writer.write(b"hello")
        assert await soon(reader.readexactly(5)) == b"hello"
        session.stop()
        await until(lambda: session.bridge.state is BridgeState.STOPPED, "it stops")
    page.recorder.action.trigger()
    assert page.recorder.isHidden()
    assert not page.recorder.action.isChecked()
    await session.recording.finish()
    packets = packets_of(path.read_bytes())
    assert data_of(packets, RX) == data_of(packets, TX) == b"hellohello"
    assert any("connected" in packet.comment for packet in packets)
    assert page.message.isHidden()


async def test_recording_can_begin_and_end_while_bytes_pass_and_the_log_has_them_all(lab: Lab, tmp_path: Path) -> None:
    lab.open()
    session = lab.add("sim://echo")
    await lab.start(session)
    reader, writer = await lab.connect(session)
    path = tmp_path / "middle.bin"
    for part in (b"before", b"while", b"after"):
        if part == b"while":
            await choose(lab, path)
        writer.write(part)
        assert await soon(reader.readexactly(len(part))) == part
        if part == b"while":
            session.recording.stop()
            await session.recording.finish()
    assert path.read_bytes() == b"whilewhile"
    log = session.log
    await until(lambda: log.byte_count >= 2 * len(b"beforewhileafter"), "the log has them")


async def test_name_without_an_ending_gets_that_of_the_chosen_kind_and_overwrites_nothing(
    lab: Lab, tmp_path: Path
) -> None:
    lab.open()
    lab.add("sim://echo")
    page = await choose(lab, tmp_path / "v2.0", "*.csv")
    assert page.session.recording.capture is not None
    assert page.session.recording.capture.path == tmp_path / "v2.0.csv"
    await until((tmp_path / "v2.0.csv").exists, "the file is there")
    page = await choose_again(lab, tmp_path / "v2.0")
    assert page.session.recording.capture is not None
    assert page.session.recording.capture.path == tmp_path / "v2.0 2.csv"


async def choose_again(lab: Lab, path: Path) -> BridgePage:
    lab.page().recorder.action.trigger()
    return await choose(lab, path, "*.csv")


async def test_folder_that_is_gone_is_told_with_one_action_and_traffic_goes_on(lab: Lab, tmp_path: Path) -> None:
    lab.open()
    session = lab.add("sim://echo")
    await lab.start(session)
    reader, writer = await lab.connect(session)
    page = await choose(lab, tmp_path / "nowhere" / "a.csv")
    await until(page.message.isVisible, "the message")
    assert "nowhere" in page.message.label.text()
    assert page.recorder.isHidden()
    assert not page.recorder.action.isChecked()
    writer.write(b"hello")
    assert await soon(reader.readexactly(5)) == b"hello"
    click(page.message.button)
    assert page.message.isHidden()
    dialog = page.recorder.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    dialog.fileSelected.emit(str(tmp_path / "a.csv"))
    dialog.reject()
    await until((tmp_path / "a.csv").exists, "it records there")


async def test_file_that_is_played_is_not_overwritten_and_another_can_be_chosen(lab: Lab, tmp_path: Path) -> None:
    played = tmp_path / "a.csv"
    played.write_bytes(b"time,direction,hex\r\n2026-11-25T14:00:00Z,serial_to_tcp,61\r\n")
    before = played.read_bytes()
    lab.open()
    session = lab.add(f"sim://replay?file={played}")
    await lab.start(session)
    page = await choose(lab, tmp_path / "." / "a.csv")
    assert session.recording.capture is None
    assert page.message.isVisible()
    assert "a.csv is what is played" in page.message.label.text()
    assert page.recorder.isHidden()
    await session.recording.finish()
    assert played.read_bytes() == before
    await choose_again(lab, tmp_path / "b.csv")
    await until((tmp_path / "b.csv").exists, "it records there")
    assert page.message.isHidden()


async def test_closing_the_session_ends_its_recording_with_the_last_bytes(lab: Lab, tmp_path: Path) -> None:
    lab.open()
    session = lab.add("sim://echo")
    await lab.start(session)
    path = tmp_path / "a.bin"
    await choose(lab, path)
    reader, writer = await lab.connect(session)
    writer.write(b"the last bytes")
    assert await soon(reader.readexactly(14)) == b"the last bytes"
    await session.close()
    assert path.read_bytes() == b"the last bytes" * 2


async def test_the_button_says_its_key_and_screen_readers_have_its_name(lab: Lab) -> None:
    lab.open()
    lab.add("sim://echo")
    action = lab.page().recorder.action
    assert action.text() == "● Record to file"
    assert action.toolTip().endswith("(Ctrl+Shift+R)")
