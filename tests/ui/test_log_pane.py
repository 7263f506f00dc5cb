"""The log pane as a person uses it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QColor, QFont, QGuiApplication, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from serialbridge_gui.traffic.chunk import Direction
from serialbridge_gui.traffic.log import TrafficLog
from serialbridge_gui.traffic.route import Route
from serialbridge_gui.ui.log_cells import Column, ViewMode
from serialbridge_gui.ui.log_pane import LogPane
from serialbridge_gui.ui.log_time import TimeMode

S, N, EVENT, GAP = Direction
MS = 1_000_000
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier

# The offscreen platform says so of each window that has a minimum size.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")


class Bench:
    """A pane on a log of sixteen slabs of ten rows each."""

    def __init__(self, qtbot: QtBot) -> None:
        self.log = TrafficLog(max_bytes=1600)
        self.pane = LogPane(self.log)
        self.count = 0
        qtbot.addWidget(self.pane)
        self.pane.resize(1000, 400)
        self.pane.show()
        qtbot.waitExposed(self.pane)

    def add(self, count: int) -> None:
        """Rows of ten bytes, 30 ms apart, and a refresh."""
        for number in range(self.count, self.count + count):
            self.log.append(number * 30 * MS, S, 0, b"row %06d" % number)
        self.count += count
        self.pane.refresh()

    @property
    def top(self) -> str:
        """The text of the first row in sight."""
        return self.text_of(self.pane.table.rowAt(0))

    @property
    def bottom(self) -> str:
        """The text of the last row in sight."""
        table = self.pane.table
        row = table.rowAt(table.viewport().height() - 2)
        return self.text_of(row if row >= 0 else self.pane.model.rowCount() - 1)

    def text_of(self, row: int) -> str:
        """The Text column of a row."""
        return str(self.pane.model.index(row, Column.TEXT).data())

    def button(self, text: str) -> QAbstractButton | None:
        """The button in sight that says `text`."""
        for button in self.pane.findChildren(QAbstractButton):
            if button.isVisible() and button.text() == text:
                return button
        return None

    def label(self, text: str) -> bool:
        """Whether `text` is in sight."""
        return any(label.isVisible() and label.text() == text for label in self.pane.findChildren(QLabel))


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    """A pane in sight."""
    return Bench(qtbot)


def test_empty_log_says_where_to_connect_until_the_first_row(bench: Bench, qtbot: QtBot) -> None:
    text = "Waiting for data. Connect a program to 127.0.0.1:4001"
    bench.pane.set_empty_text(text)
    assert bench.label(text)
    copy = bench.button("Copy address")
    assert copy is not None
    with qtbot.waitSignal(bench.pane.copy_address_requested):
        QTest.mouseClick(copy, Qt.MouseButton.LeftButton)
    bench.add(1)
    assert not bench.label(text)
    assert bench.button("Copy address") is None


def test_empty_text_is_shown_as_typed(bench: Bench) -> None:
    bench.pane.set_empty_text("<b>x</b>")
    label = next(label for label in bench.pane.findChildren(QLabel) if label.text() == "<b>x</b>")
    assert label.textFormat() == Qt.TextFormat.PlainText


def test_newest_row_stays_in_sight(bench: Bench) -> None:
    for _ in range(50):
        bench.add(13)
        assert bench.bottom == f"row {bench.count - 1:06d}"


def test_newest_row_stays_in_sight_when_the_window_changes(bench: Bench) -> None:
    bench.add(100)
    for height in (200, 600, 300):
        bench.pane.resize(1000, height)
        QApplication.sendPostedEvents()
        assert bench.bottom == "row 000099"
    assert bench.pane.table.follow


def test_scrolling_up_stays_there_and_counts_what_is_new(bench: Bench) -> None:
    bench.add(100)
    bench.pane.table.verticalScrollBar().setValue(60)
    assert not bench.pane.toolbar.follow.isChecked()
    assert bench.button("▼ Newest") is not None
    bench.add(14)
    assert bench.top == "row 000060"
    button = bench.button("▼ 14 new")
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert bench.bottom == "row 000113"
    assert bench.pane.toolbar.follow.isChecked()
    assert not button.isVisible()


def test_rows_in_sight_stay_while_old_ones_leave(bench: Bench) -> None:
    bench.add(150)
    bench.pane.table.verticalScrollBar().setValue(100)
    for _ in range(9):
        bench.add(10)
        assert bench.top == "row 000100"
    bench.add(300)
    assert bench.top == f"row {bench.count - bench.log.record_count:06d}"


def test_scrolling_back_to_the_end_follows_again(bench: Bench) -> None:
    bench.add(100)
    bar = bench.pane.table.verticalScrollBar()
    bar.setValue(10)
    bar.setValue(bar.maximum())
    assert bench.pane.toolbar.follow.isChecked()
    bench.add(5)
    assert bench.bottom == "row 000104"


def test_selection_stays_on_its_row_while_old_ones_leave(bench: Bench) -> None:
    bench.add(160)
    bench.pane.table.selectRow(100)
    bench.add(60)
    rows = bench.pane.table.selectionModel().selectedRows()
    assert [bench.text_of(index.row()) for index in rows] == ["row 000100"]
    bench.add(300)
    assert not bench.pane.table.selectionModel().hasSelection()


@pytest.mark.parametrize(
    ("key", "mode", "text", "hex_shown"),
    [
        (Qt.Key.Key_1, ViewMode.HEX, False, True),
        (Qt.Key.Key_2, ViewMode.TEXT, True, False),
        (Qt.Key.Key_3, ViewMode.BOTH, True, True),
        (Qt.Key.Key_4, ViewMode.MIXED, True, False),
    ],
)
def test_view_modes_have_keys(
    bench: Bench, key: Qt.Key, mode: ViewMode, text: bool, hex_shown: bool
) -> None:
    bench.pane.set_view_mode(ViewMode.HEX if mode is not ViewMode.HEX else ViewMode.TEXT)
    QTest.keyClick(bench.pane.table, key, CTRL)
    table = bench.pane.table
    assert bench.pane.model.view_mode is mode
    assert bench.pane.toolbar.view_actions[mode].isChecked()
    assert (not table.isColumnHidden(Column.TEXT), not table.isColumnHidden(Column.HEX)) == (text, hex_shown)


def test_pause_and_clear_and_follow_have_keys(bench: Bench) -> None:
    bench.add(100)
    QTest.keyClick(bench.pane.table, Qt.Key.Key_P, CTRL | SHIFT)
    bench.add(7)
    assert bench.bottom == "row 000099"
    assert bench.label("Paused: 7 new")
    QTest.keyClick(bench.pane.table, Qt.Key.Key_P, CTRL | SHIFT)
    assert bench.bottom == "row 000106"
    assert not bench.label("Paused: 7 new")
    bench.pane.table.verticalScrollBar().setValue(3)
    QTest.keyClick(bench.pane.table, Qt.Key.Key_End, CTRL)
    assert bench.bottom == "row 000106"
    assert bench.pane.table.follow
    QTest.keyClick(bench.pane.table, Qt.Key.Key_L, CTRL)
    assert bench.pane.model.rowCount() == 0


def test_clear_offers_its_undo_in_the_same_place(bench: Bench) -> None:
    bench.add(100)
    clear = bench.button("Clear")
    assert clear is not None
    QTest.mouseClick(clear, Qt.MouseButton.LeftButton)
    assert bench.pane.model.rowCount() == 0
    assert bench.button("Clear") is None
    assert bench.button("Undo clear") is clear
    bench.add(1)
    assert bench.pane.model.rowCount() == 1
    QTest.mouseClick(clear, Qt.MouseButton.LeftButton)
    assert bench.pane.model.rowCount() == 101
    assert bench.bottom == "row 000100"
    assert bench.button("Clear") is clear


def test_undo_leaves_the_rows_in_sight_where_they_are(bench: Bench) -> None:
    bench.add(50)
    bench.pane.toolbar.clear.trigger()
    bench.add(80)
    bench.pane.table.verticalScrollBar().setValue(20)
    assert bench.top == "row 000070"
    bench.pane.toolbar.undo_clear.trigger()
    assert bench.top == "row 000070"


def test_clearing_nothing_offers_no_undo(bench: Bench) -> None:
    bench.pane.toolbar.clear.trigger()
    assert bench.button("Undo clear") is None


def test_selected_rows_are_copied_in_full_as_lines(bench: Bench, qtbot: QtBot) -> None:
    bench.log.append(0, S, 0, b"0123456789" * 20)
    bench.log.append(MS, N, 3, b"ok\r\n")
    bench.pane.refresh()
    bench.pane.set_time_mode(TimeMode.RELATIVE)
    bench.pane.table.selectAll()
    bench.pane.table.setFocus()
    qtbot.waitUntil(bench.pane.table.hasFocus)
    with qtbot.waitSignal(bench.pane.table.copied) as copied:
        QTest.keyClick(bench.pane.table, Qt.Key.Key_C, CTRL)
    assert copied.args == [2, 2]
    first, second, end = QGuiApplication.clipboard().text().split("\n")
    assert first.endswith("\t" + "0123456789" * 20)
    assert second == "2\t0.001\tN→S ◀\t#3\t4\t6F 6B 0D 0A\t" + bench.text_of(1)
    assert end == ""
    assert bench.label("Copied 2 rows")


def test_dump_follows_the_selected_row_while_it_grows(bench: Bench) -> None:
    fold = bench.button("Bytes of the selected row")
    assert fold is not None
    bench.log.append(0, S, 0, b"ab")
    bench.pane.refresh()
    bench.pane.table.selectRow(0)
    assert not bench.pane.bytes_pane.unfolded
    QTest.mouseClick(fold, Qt.MouseButton.LeftButton)
    assert bench.pane.bytes_pane.dump().startswith("00000000  61 62 ")
    bench.log.append(1, S, 0, b"c")
    bench.pane.refresh()
    assert bench.pane.bytes_pane.dump().startswith("00000000  61 62 63 ")
    bench.add(300)
    bench.pane.toolbar.clear.trigger()
    assert bench.pane.bytes_pane.dump() == ""


def test_every_button_has_a_name_and_says_its_key(bench: Bench) -> None:
    buttons = bench.pane.toolbar.findChildren(QToolButton)
    assert len(buttons) == 13  # with the one for what has no room
    for button in buttons:
        assert button.accessibleName()
        action = button.defaultAction()
        if action is not None:
            assert action.shortcut().toString() in button.toolTip()
            assert "<" not in button.toolTip()  # Qt would take it for HTML
    assert bench.pane.table.accessibleName() == "Traffic log"


def test_colours_follow_the_palette(bench: Bench) -> None:
    bench.add(1)

    def colour() -> str:
        return str(bench.pane.model.index(0, 0).data(Qt.ItemDataRole.ForegroundRole).color().name())

    light = colour()
    dark = QPalette(QColor("#202020"))
    dark.setColor(QPalette.ColorRole.Base, QColor("#1e1e1e"))
    bench.pane.setPalette(dark)
    assert colour() != light


def test_hex_is_cut_where_the_column_ends(bench: Bench) -> None:
    bench.log.append(0, S, 0, b"x" * 200)
    bench.pane.refresh()
    table = bench.pane.table
    table.setColumnWidth(Column.HEX, 150)
    narrow = str(bench.pane.model.index(0, Column.HEX).data())
    table.setColumnWidth(Column.HEX, 300)
    wide = str(bench.pane.model.index(0, Column.HEX).data())
    assert narrow.endswith("…")
    assert wide.endswith("…")
    width = table.fontMetrics().horizontalAdvance
    assert width(narrow) <= 150 < width(wide) <= 300


def words(bench: Bench) -> str:
    """What stands over the empty table."""
    return next(label.text() for label in bench.pane.table.findChildren(QLabel) if label.isVisible())


def test_pause_on_an_empty_log_is_said_where_the_rows_would_be(bench: Bench) -> None:
    bench.pane.toolbar.pause.trigger()
    assert words(bench) == "Waiting for data."
    bench.add(3)
    assert words(bench) == "Paused. New rows are held back until Pause is pressed again."
    bench.pane.toolbar.clear.trigger()
    assert words(bench) == "Waiting for data."


def test_cleared_log_blames_no_filter(bench: Bench, qtbot: QtBot) -> None:
    bench.add(3)
    bench.pane.find_bar.open()
    bench.pane.finder.filter(None, Route(frozenset({N})))
    qtbot.waitUntil(lambda: bench.pane.model.row_filter is not None)
    bench.pane.refresh()
    assert words(bench) == "No row passes the filter."
    bench.pane.toolbar.clear.trigger()
    assert words(bench) == "Waiting for data."
    bench.add(1)
    assert words(bench) == "No row passes the filter."


def test_titles_of_columns_have_room_in_a_larger_font(qapp: QApplication, qtbot: QtBot) -> None:
    before = QFont(qapp.font())
    larger = QFont(before)
    larger.setPointSizeF(before.pointSizeF() * 1.7)
    qapp.setFont(larger)
    try:
        made = Bench(qtbot)
        header = made.pane.table.horizontalHeader()
        for column in list(Column)[:-1]:
            assert header.sectionSize(column) >= header.sectionSizeHint(column)
    finally:
        qapp.setFont(before)


def test_bytes_leave_the_table_its_rows_also_when_there_is_less_room_later(bench: Bench) -> None:
    table, pane = bench.pane.table, bench.pane.bytes_pane
    bench.add(30)

    def rows_in_sight() -> float:
        return table.viewport().height() / table.rowHeight(0)

    pane.set_unfolded(True)
    wanted = pane.height()
    assert wanted == pane.height_wanted
    spare = table.viewport().height() - 6 * table.rowHeight(0)
    bench.pane.resize(1000, bench.pane.height() - spare - (wanted - pane.minimumSizeHint().height()) // 2)
    assert rows_in_sight() >= 6
    assert pane.minimumSizeHint().height() <= pane.height() < wanted
    bench.pane.resize(1000, 600)
    assert pane.height() == wanted


def test_tab_goes_through_the_buttons_as_they_stand(bench: Bench) -> None:
    bench.pane.toolbar.add_action(QAction("Late", bench.pane))
    bench.pane.resize(1600, 400)
    buttons = [button for button in bench.pane.toolbar.findChildren(QToolButton)
               if button.focusPolicy() & Qt.FocusPolicy.TabFocus and button.accessibleName() != "More"]  # fmt: skip
    buttons.sort(key=lambda button: button.x())
    more = bench.pane.toolbar.findChild(QToolButton, "qt_toolbar_ext_button")
    chain: list[object] = []
    widget: QWidget | None = bench.pane.toolbar
    while widget is not None and widget not in chain:
        chain.append(widget)
        widget = widget.nextInFocusChain()
    wanted = [*buttons, more, bench.pane.find_bar.field, bench.pane.table]
    assert [widget for widget in chain if widget in wanted] == wanted
