"""Rows copied in other programs' forms, and the log saved to a file."""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMessageBox, QPushButton

from serialbridge_gui.traffic.capture_formats import BOTH, Format
from serialbridge_gui.traffic.chunk import LOCAL, Direction, TapEntry
from serialbridge_gui.traffic.copy_formats import CopyFormat
from serialbridge_gui.traffic.log import TrafficLog
from serialbridge_gui.traffic.whole_file import WholeFile
from serialbridge_gui.ui import log_saver
from serialbridge_gui.ui.bridge_page import BridgePage
from serialbridge_gui.ui.log_saver import LogSaver, Save
from tests.ui.windows import Lab, click, press_shortcut, soon, until

S, N, EVENT, GAP = Direction
MS = 1_000_000
TIME_NS = 1_750_000_000_000_000_000
ENTRIES: list[TapEntry] = [
    (TIME_NS, EVENT, 0, b"Client #1 connected"),
    (TIME_NS + 1, N, 1, b"R\r"),
    (TIME_NS + 2 * MS, S, 0, b"=12.5 kg\r\n"),
    (TIME_NS + 3 * MS, S, 0, bytes(range(256)) * 2),
    (TIME_NS + 4 * MS, N, LOCAL, b"by hand"),
    (TIME_NS + 90 * MS, GAP, 0, b"17"),
    (TIME_NS + 95 * MS, S, 0, "温度\u202e".encode()),
]


def page_with(lab: Lab, entries: list[TapEntry]) -> BridgePage:
    """A page that shows these."""
    lab.open()
    session = lab.add("sim://echo", name="Weigh: scale")
    for entry in entries:
        session.log.append(*entry)
    page = lab.page(session)
    page.log.refresh()
    return page


def select(page: BridgePage, *positions: int) -> None:
    """Select the rows at these positions, and no other."""
    model, selection = page.log.model, QItemSelection()
    for position in positions:
        selection.select(model.index(position, 0), model.index(position, model.columnCount() - 1))
    page.log.table.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)


async def saved(
    page: BridgePage, path: Path, form: Format, directions: frozenset[Direction] = BOTH
) -> tuple[bytes, Save]:
    """What a save left at `path`."""
    saves: list[Save] = []
    page.session.saver.ended.connect(saves.append)
    page.save_menu.save_to(path, form, directions)
    await until(lambda: saves, "the save ends")
    return path.read_bytes() if path.exists() else b"", saves[0]



# ---- copying


async def test_selected_rows_are_copied_in_the_form_that_the_menu_offers(lab: Lab) -> None:
    page = page_with(lab, ENTRIES)
    clipboard, menu = QGuiApplication.clipboard(), page.log.copy_menu
    select(page, 1, 2)
    for form, text in (
        (CopyFormat.HEX, "52 0D\n3D 31 32 2E 35 20 6B 67 0D 0A 00 01"),
        (CopyFormat.TEXT, "R␍\n=12.5 kg\n␀␁"),
        (CopyFormat.PYTHON, "[\n    # Net to serial, from row 2\n    b'R\\r',\n"),
        (CopyFormat.C_ARRAY, "/* Net to serial, from row 2 */\nconst unsigned char data1[2] = {\n    0x52, 0x0D\n};"),
        (CopyFormat.HEX_DUMP, "Net to serial, from row 2\n00000000  52 0D"),
    ):
        clipboard.clear()
        menu.format_actions[form].trigger()
        await until(clipboard.text, f"{form} is copied")
        assert clipboard.text().startswith(text)
        assert page.log.toolbar.notice.text() == "Copied 2 rows"


async def test_rows_without_bytes_are_not_counted_and_leave_the_clipboard(lab: Lab) -> None:
    page = page_with(lab, ENTRIES)
    clipboard, menu = QGuiApplication.clipboard(), page.log.copy_menu
    clipboard.setText("precious")
    select(page, 0)
    menu.format_actions[CopyFormat.HEX].trigger()
    await until(lambda: page.log.toolbar.notice.text() == "Select rows with bytes to copy them", "it is said")
    assert clipboard.text() == "precious"
    select(page)
    page.log.tell("")
    menu.format_actions[CopyFormat.HEX].trigger()
    await until(lambda: page.log.toolbar.notice.text() == "Select rows with bytes to copy them", "it is said again")


async def test_copy_menu_is_in_the_context_menu_and_in_the_tool_bar(lab: Lab) -> None:
    page = page_with(lab, ENTRIES)
    action = page.log.copy_menu.menuAction()
    assert action in page.log.table.actions()
    assert page.log.copy_rows in page.log.table.actions()
    for form_action in page.log.copy_menu.format_actions.values():
        assert form_action.toolTip() != form_action.text()


# ---- what is saved


async def test_csv_holds_what_the_log_does(lab: Lab, tmp_path: Path) -> None:
    page = page_with(lab, ENTRIES)
    data, save = await saved(page, tmp_path / "a.csv", Format.CSV)
    assert (save.done, save.total, save.missed, save.error, save.cancelled) == (7, 7, 0, None, False)
    rows = list(csv.DictReader(data.decode().splitlines(keepends=True)))
    traffic = [(row["direction"], bytes.fromhex(row["hex"])) for row in rows if row["hex"]]
    words = {S: "serial_to_tcp", N: "tcp_to_serial"}
    assert traffic == [(words[Direction(way)], octets) for _, way, _, octets in ENTRIES if way < EVENT]
    assert rows[0]["text"] == "Client #1 connected"
    assert page.log.toolbar.notice.text() == "Saved a.csv"


@pytest.mark.parametrize("directions", [frozenset({S}), frozenset({N}), BOTH])
async def test_bin_holds_the_bytes_of_the_direction_that_was_chosen(
    lab: Lab, tmp_path: Path, directions: frozenset[Direction]
) -> None:
    page = page_with(lab, ENTRIES)
    data, _ = await saved(page, tmp_path / "a.bin", Format.BIN, directions)
    assert data == b"".join(octets for _, way, _, octets in ENTRIES if way in directions)


async def test_txt_and_pcapng_begin_with_their_heads_and_name_the_bridge(lab: Lab, tmp_path: Path) -> None:
    page = page_with(lab, ENTRIES)
    text, _ = await saved(page, tmp_path / "a.txt", Format.TXT)
    assert text.startswith(b"# SerialBridge: Weigh: scale, sim://echo, 115200 8N1\n")
    dump = re.findall(r"^S>N [0-9a-f]{8}: ((?:[0-9a-f]{2} ?)+)", text.decode(), re.MULTILINE)
    assert bytes.fromhex(" ".join(dump)) == b"".join(octets for _, way, _, octets in ENTRIES if way == S)
    packets, _ = await saved(page, tmp_path / "a.pcapng", Format.PCAPNG)
    assert packets.startswith(bytes.fromhex("0a0d0d0a"))
    assert b"=12.5 kg\r\n" in packets


async def test_what_was_cleared_is_not_saved_until_the_clearing_is_undone(lab: Lab, tmp_path: Path) -> None:
    page = page_with(lab, ENTRIES)
    page.log.toolbar.clear.trigger()
    page.session.log.append(TIME_NS + 99 * MS, S, 0, b"after")
    page.log.refresh()
    data, save = await saved(page, tmp_path / "a.bin", Format.BIN)
    assert (data, save.total) == (b"after", 1)
    page.log.toolbar.undo_clear.trigger()
    data, save = await saved(page, tmp_path / "a.bin", Format.BIN)
    assert data == b"".join(octets for _, way, _, octets in ENTRIES if way < EVENT) + b"after"


async def test_selection_saves_its_rows_and_the_filter_those_that_it_leaves(lab: Lab, tmp_path: Path) -> None:
    page = page_with(lab, ENTRIES)
    menu = page.save_menu
    select(page, 1, 2)
    menu._entries = menu._selection
    data, save = await saved(page, tmp_path / "a.bin", Format.BIN)
    row = page.log.model.row_at(2)
    assert row is not None
    assert data == b"R\r" + row.data
    assert save.total == 2
    menu.filtered = lambda: (3, iter([1, 2, 12345]))
    menu._entries = menu._left_by_filter
    again, save = await saved(page, tmp_path / "a.bin", Format.BIN)
    assert again == data
    assert save.missed == 1
    assert page.log.toolbar.notice.text() == "Saved a.bin; rows that had left the log: 1"


async def test_save_that_is_slower_than_the_traffic_still_holds_what_there_was(lab: Lab, tmp_path: Path) -> None:
    page = page_with(lab, [])
    log = TrafficLog(max_bytes=64_000)
    page.session.log = log
    for number in range(6000):
        log.append(TIME_NS + number, S, 0, b"%09d\n" % number)
    expected = b"".join(entry[3] for entry in log.entries_from()[1])
    page.save_menu.save_to(tmp_path / "a.bin", Format.BIN)
    for number in range(9000):
        log.append(TIME_NS + number, S, 0, b"%09d!" % number)
    await until(lambda: (tmp_path / "a.bin").exists(), "it is saved")
    assert (tmp_path / "a.bin").read_bytes() == expected


# ---- a file whole, or none


@pytest.fixture
def slow_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    """One chunk a slice."""
    monkeypatch.setattr(log_saver, "BATCH_ENTRIES", 1)
    monkeypatch.setattr(log_saver, "SLICE_S", 1e-9)


@pytest.mark.usefixtures("slow_slices")
async def test_cancelled_save_leaves_no_file_and_the_old_one_as_it_was(lab: Lab, tmp_path: Path) -> None:
    page = page_with(lab, [(TIME_NS + number, S, 0, b"x") for number in range(20_000)])
    path = tmp_path / "kept" / "a.txt"
    path.parent.mkdir()
    path.write_bytes(b"old")
    page.save_menu.save_to(path, Format.TXT)
    progress = page.save_progress
    await until(progress.isVisible, "progress is shown")
    assert progress.label.text() == "Saving a.txt"
    await until(lambda: progress.bar.value() > 0, "it goes on")
    assert not page.save_menu.save_all.isEnabled(), "one at a time"
    assert path.read_bytes() == b"old"
    click(progress.cancel)
    await until(lambda: not progress.isVisible(), "it ends")
    assert page.session.saver.current is None
    assert path.read_bytes() == b"old"
    assert os.listdir(path.parent) == ["a.txt"]
    assert page.log.toolbar.notice.text() == "a.txt was not saved"
    assert page.save_menu.save_all.isEnabled()


@pytest.mark.usefixtures("slow_slices")
async def test_window_that_closes_while_saving_leaves_no_half_file(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("serialbridge_gui.ui.session.LAST_SAVE_S", 0.05)
    page = page_with(lab, [(TIME_NS + number, S, 0, b"x") for number in range(100_000)])
    folder = tmp_path / "kept"
    folder.mkdir()
    page.save_menu.save_to(folder / "a.txt", Format.TXT)
    await until(lambda: os.listdir(folder), "it writes")
    await soon(lab.close())
    await until(lambda: not os.listdir(folder), "it is removed")


async def test_window_that_closes_while_the_last_bytes_are_written_leaves_the_file(lab: Lab, tmp_path: Path) -> None:
    page = page_with(lab, ENTRIES)
    page.save_menu.save_to(tmp_path / "a.bin", Format.BIN)
    await soon(lab.close())
    assert (tmp_path / "a.bin").stat().st_size == sum(len(octets) for _, way, _, octets in ENTRIES if way < EVENT)


async def test_file_that_cannot_be_written_is_told_with_one_action_that_asks_again(lab: Lab, tmp_path: Path) -> None:
    page = page_with(lab, ENTRIES)
    page.save_menu.save_to(tmp_path / "no" / "a.csv", Format.CSV)
    await until(page.message.isVisible, "it is said")
    assert page.message.label.text() == "a.csv was not saved: No such file or directory. Save it elsewhere."
    assert page.message.button.text() == "Save elsewhere…"
    click(page.message.button)
    dialog = page.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    assert not page.message.isVisible()
    dialog.reject()
    page.save_menu.save_to(tmp_path / "no" / "a.csv", Format.CSV)
    await until(page.message.isVisible, "it is said again")
    await saved(page, tmp_path / "a.csv", Format.CSV)
    assert not page.message.isVisible(), "it is saved now"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 KiB."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("mounting needs root on Linux")
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)]
    if subprocess.run(command, check=False, capture_output=True, timeout=30).returncode:
        pytest.skip("this machine lets nobody mount")
    yield place
    subprocess.run(["umount", place], check=True, timeout=30)


async def test_full_disk_is_told_and_nothing_lies_on_it(lab: Lab, small_disk: Path) -> None:
    page = page_with(lab, [(TIME_NS + number, S, 0, bytes(1000)) for number in range(100)])
    page.save_menu.save_to(small_disk / "a.bin", Format.BIN)
    await until(page.message.isVisible, "it is said")
    assert page.message.label.text() == "a.bin was not saved: its disk is full. Make room, or save it elsewhere."
    assert os.listdir(small_disk) == []


# ---- asking


def dialog_of(page: BridgePage) -> QFileDialog:
    dialog = page.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    return dialog


@pytest.fixture
def plain_dialogs() -> Iterator[None]:
    """Qt's own, wherever the tests run."""
    QGuiApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs, True)
    yield
    QGuiApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs, False)


@pytest.mark.usefixtures("plain_dialogs")
async def test_key_asks_for_a_file_and_folder_and_format_are_remembered(lab: Lab, tmp_path: Path) -> None:
    page = page_with(lab, ENTRIES)
    page.log.table.setFocus()
    await press_shortcut(lab.window, Qt.Key.Key_S)
    dialog = dialog_of(page)
    name = Path(dialog.selectedFiles()[0]).name
    assert re.fullmatch(r"Weigh  scale \d{4}-\d\d-\d\d \d\d-\d\d-\d\d\.pcapng", name)
    dialog.setDirectory(str(tmp_path))
    dialog.selectNameFilter("Table for spreadsheets (*.csv)")
    dialog.filterSelected.emit("Table for spreadsheets (*.csv)")
    dialog.selectFile(str(tmp_path / "mine"))
    dialog.accept()
    await until(lambda: page.log.toolbar.notice.text() == "Saved mine.csv", "it is saved, with its ending")
    assert (tmp_path / "mine.csv").exists()
    page.save_menu.ask(page.save_menu._all)
    again = page.findChildren(QFileDialog)[-1]
    assert Path(again.directory().path()) == tmp_path
    assert again.selectedNameFilter() == "Table for spreadsheets (*.csv)"
    again.reject()


@pytest.mark.usefixtures("plain_dialogs")
async def test_bin_asks_which_direction(lab: Lab, tmp_path: Path) -> None:
    page = page_with(lab, ENTRIES)
    page.save_menu.save_all.trigger()
    dialog = dialog_of(page)
    dialog.selectFile(str(tmp_path / "only.bin"))
    dialog.accept()
    box = page.findChild(QMessageBox)
    assert isinstance(box, QMessageBox)
    assert not (tmp_path / "only.bin").exists()
    button = next(button for button in box.findChildren(QPushButton) if button.text() == "Net→Serial")
    click(button)
    await until((tmp_path / "only.bin").exists, "it is saved")
    assert (tmp_path / "only.bin").read_bytes() == b"R\rby hand"


async def test_selection_and_filter_are_offered_where_there_is_one(lab: Lab) -> None:
    page = page_with(lab, ENTRIES)
    menu = page.save_menu
    menu.aboutToShow.emit()
    assert (menu.save_selection.isEnabled(), menu.save_filtered.isEnabled()) == (False, False)
    select(page, 1)
    menu.filtered = lambda: (0, ())
    menu.aboutToShow.emit()
    assert (menu.save_selection.isEnabled(), menu.save_filtered.isEnabled()) == (True, True)


async def test_slices_are_short_and_a_second_save_waits_for_its_turn(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    encode = LogSaver._encode_slice

    def counted(saver: LogSaver, save: Save, file: WholeFile) -> None:
        before = save.done
        encode(saver, save, file)
        sizes.append(save.done - before)

    monkeypatch.setattr(LogSaver, "_encode_slice", counted)
    page = page_with(lab, [(TIME_NS + number, number % 2, 1, b"some bytes\r\n" * 4) for number in range(30_000)])
    saver: LogSaver = page.session.saver
    page.save_menu.save_to(tmp_path / "a.txt", Format.TXT)
    page.save_menu.save_to(tmp_path / "b.txt", Format.TXT)
    await until(lambda: saver.current is None, "it ends")
    assert not (tmp_path / "b.txt").exists()
    assert sum(sizes) == 30_000
    assert max(sizes) < 3000, "some hundred in a millisecond"
