"""The log's table model, watched by Qt's own model tester."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QModelRoleData, QModelRoleDataSpan, Qt
from PySide6.QtGui import QBrush, QColor
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from serialbridge_gui.traffic.chunk import Direction
from serialbridge_gui.traffic.log import TrafficLog
from serialbridge_gui.ui.log_cells import Column, ViewMode
from serialbridge_gui.ui.log_colors import direction_brushes
from serialbridge_gui.ui.log_model import LogModel
from serialbridge_gui.ui.log_time import TimeMode

S, N, EVENT, GAP = Direction
MS = 1_000_000
Role = Qt.ItemDataRole


@pytest.fixture
def log() -> TrafficLog:
    """A small log: sixteen slabs of 100 bytes."""
    return TrafficLog(max_bytes=1600)


@pytest.fixture
def model(log: TrafficLog, qtbot: QtBot) -> Iterator[LogModel]:
    """A model of the log under test by Qt."""
    model = LogModel(log)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    yield model
    del tester


def cell(model: LogModel, row: int, column: int, role: int = Role.DisplayRole) -> object:
    """What the view would get."""
    return model.index(row, column).data(role)


def texts(model: LogModel, column: int = Column.TEXT) -> list[object]:
    """One column from top to bottom."""
    return [cell(model, row, column) for row in range(model.rowCount())]


def fill(log: TrafficLog, count: int, start: int = 0) -> None:
    """Rows of ten bytes, 30 ms apart: `row 00000…`."""
    for number in range(start, start + count):
        log.append(number * 30 * MS, S, 0, b"row %06d" % number)


def test_rows_appear_at_refresh_and_not_before(model: LogModel, log: TrafficLog) -> None:
    fill(log, 3)
    assert model.rowCount() == 0
    model.refresh()
    assert texts(model) == ["row 000000", "row 000001", "row 000002"]


def test_traffic_row_shows_all_its_columns(model: LogModel, log: TrafficLog) -> None:
    when = int(time.mktime((2024, 2, 3, 14, 2, 11, 0, 0, -1))) * 1000 * MS + 83 * MS
    log.append(when, N, 2, b"12\r\n")
    log.append(when + MS, S, 0, b"R")
    model.refresh()
    assert [cell(model, 0, column) for column in Column] == [
        "1", "14:02:11.083", "N→S ◀", "#2", "4", "31 32 0D 0A", "12␍␊",
    ]  # fmt: skip
    assert [cell(model, 1, column) for column in (Column.ROUTE, Column.CLIENT)] == ["S→N ▶", "all"]
    assert cell(model, 0, Column.ROUTE, Role.ToolTipRole) == "Net→Serial"
    assert cell(model, 1, Column.ROUTE, Role.AccessibleTextRole) == "Serial→Net"


def test_one_refresh_is_one_removal_one_change_and_one_insertion(
    model: LogModel, log: TrafficLog, qtbot: QtBot
) -> None:
    fill(log, 155)
    model.refresh()
    calls: list[str] = []
    model.rowsInserted.connect(lambda _, first, last: calls.append(f"+{last - first + 1}"))
    model.rowsRemoved.connect(lambda _, first, last: calls.append(f"-{last - first + 1} at {first}"))
    model.dataChanged.connect(lambda first, last: calls.append(f"~{first.row()}..{last.row()}"))
    log.append(154 * 30 * MS + 1, S, 0, b"!")
    fill(log, 15, start=155)
    assert model.refresh() == 20
    assert calls == ["-20 at 0", "~134..134", "+15"]
    assert texts(model)[134:136] == ["row 000154!", "row 000155"]


def test_refresh_without_news_says_nothing(model: LogModel, log: TrafficLog, qtbot: QtBot) -> None:
    fill(log, 3)
    model.refresh()
    with (
        qtbot.assertNotEmitted(model.dataChanged),
        qtbot.assertNotEmitted(model.rowsInserted),
        qtbot.assertNotEmitted(model.rowsRemoved),
    ):
        model.refresh()


def test_rows_that_left_between_two_refreshes_never_appear(model: LogModel, log: TrafficLog) -> None:
    fill(log, 10)
    model.refresh()
    fill(log, 1000, start=10)
    model.refresh()
    assert model.rowCount() == log.record_count
    assert texts(model)[-1] == "row 001009"


def test_numbers_stay_with_their_rows_while_old_ones_leave(model: LogModel, log: TrafficLog) -> None:
    for start in range(0, 500, 7):
        fill(log, 7, start)
        model.refresh()
        for row in (0, model.rowCount() - 1):
            assert cell(model, row, Column.TEXT) == f"row {int(str(cell(model, row, Column.NUMBER))) - 1:06d}"


def test_pause_holds_rows_back_until_resumed(model: LogModel, log: TrafficLog) -> None:
    fill(log, 2)
    model.refresh()
    model.set_paused(True)
    log.append(30 * MS + 1, S, 0, b"grows")
    fill(log, 2, start=2)
    model.refresh()
    assert texts(model) == ["row 000000", "row 000001"]
    assert model.held_back == 3
    model.set_paused(False)
    assert texts(model) == ["row 000000", "row 000001", "grows", "row 000002", "row 000003"]
    assert model.held_back == 0


def test_rows_that_leave_the_log_during_a_pause_leave_the_view(model: LogModel, log: TrafficLog) -> None:
    fill(log, 100)
    model.refresh()
    model.set_paused(True)
    fill(log, 100, start=100)
    model.refresh()
    assert texts(model)[0] == "row 000040"
    assert texts(model)[-1] == "row 000099"
    fill(log, 500, start=200)
    model.refresh()
    assert model.rowCount() == 0
    model.set_paused(False)
    assert texts(model)[-1] == "row 000699"


def test_clear_hides_all_and_undo_brings_back_what_the_log_still_has(
    model: LogModel, log: TrafficLog
) -> None:
    fill(log, 95)
    model.refresh()
    model.clear()
    assert model.rowCount() == 0
    log.append(94 * 30 * MS + 1, S, 0, b"joins no hidden row")
    model.refresh()
    assert texts(model) == ["joins no hidden row"]
    fill(log, 90, start=95)
    model.refresh()
    assert model.can_undo_clear
    assert model.undo_clear() == 94 - int(str(cell(model, 0, Column.NUMBER))) + 2
    assert len(texts(model)) == log.record_count
    assert not model.can_undo_clear


def test_undo_offers_nothing_once_the_hidden_rows_left(model: LogModel, log: TrafficLog) -> None:
    fill(log, 10)
    model.refresh()
    model.clear()
    assert model.can_undo_clear
    fill(log, 1000, start=10)
    model.refresh()
    assert not model.can_undo_clear
    assert model.undo_clear() == 0


def test_clear_during_a_pause_hides_what_is_held_back_too(model: LogModel, log: TrafficLog) -> None:
    fill(log, 3)
    model.refresh()
    model.set_paused(True)
    fill(log, 3, start=3)
    model.clear()
    assert (model.rowCount(), model.held_back) == (0, 0)
    fill(log, 1, start=6)
    model.refresh()
    assert (model.rowCount(), model.held_back) == (0, 1)
    model.set_paused(False)
    assert texts(model) == ["row 000006"]


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        (TimeMode.RELATIVE, ["0.000", "0.030", "0.031"]),
        (TimeMode.SINCE_PREVIOUS, ["+0.000000", "+0.030000", "+0.001000"]),
        (TimeMode.SINCE_TURN, ["+0.000000", "+0.030000", "+0.000000"]),
    ],
)
def test_time_column_counts_what_it_is_told(
    model: LogModel, log: TrafficLog, mode: TimeMode, expected: list[str]
) -> None:
    start = 1_700_000_000 * 1000 * MS
    log.append(start, S, 0, b"a")
    log.append(start + 30 * MS, S, 0, b"b")
    log.append(start + 31 * MS, N, 1, b"c")
    model.refresh()
    model.set_time_mode(mode)
    assert texts(model, Column.TIME) == expected


def test_event_and_gap_are_sentences(model: LogModel, log: TrafficLog) -> None:
    log.append(1, EVENT, 0, "Client #2 <b>came</b> \u202e".encode())
    log.append(2, GAP, 0, b"4096")
    model.refresh()
    assert texts(model, Column.HEX) == ["Client #2 <b>came</b> U+202E", "4096 bytes not shown"]
    assert texts(model) == ["", ""]
    assert cell(model, 0, Column.TEXT, Role.ToolTipRole) == "<p>Client #2 &lt;b&gt;came&lt;/b&gt; U+202E</p>"
    model.set_view_mode(ViewMode.HEX)
    assert texts(model, Column.HEX) == ["Client #2 <b>came</b> U+202E", "4096 bytes not shown"]


def test_gap_larger_than_a_c_int_is_still_a_sentence(model: LogModel, log: TrafficLog) -> None:
    log.append(2, GAP, 0, b"%d" % 10**12)
    model.refresh()
    assert texts(model, Column.HEX) == [f"{2**31 - 1} bytes not shown"]


def test_sentence_longer_than_the_hex_column_goes_on_in_the_text_column(model: LogModel, log: TrafficLog) -> None:
    log.append(1, EVENT, 0, b"Client #1 connected from 127.0.0.1:4001")
    model.refresh()
    model.set_fitting_characters(Column.HEX, 20)
    model.set_fitting_characters(Column.TEXT, 19)
    assert cell(model, 0, Column.HEX) == "Client #1 connected"
    assert cell(model, 0, Column.TEXT) == "from 127.0.0.1:4001"
    model.set_fitting_characters(Column.TEXT, 10)
    assert cell(model, 0, Column.TEXT) == "from 127.…"


def test_long_cells_are_cut_to_what_fits(model: LogModel, log: TrafficLog) -> None:
    log.append(1, S, 0, b"0123456789" * 20)
    model.refresh()
    model.set_fitting_characters(Column.HEX, 8)
    model.set_fitting_characters(Column.TEXT, 6)
    assert cell(model, 0, Column.HEX) == "30 31 3…"
    assert cell(model, 0, Column.TEXT) == "01234…"
    assert model.line(0).split("\t")[-1] == "0123456789" * 20


def test_cell_that_just_fits_is_not_cut(model: LogModel, log: TrafficLog) -> None:
    log.append(1, S, 0, b"0123")
    model.refresh()
    model.set_fitting_characters(Column.HEX, 11)
    model.set_fitting_characters(Column.TEXT, 4)
    assert (cell(model, 0, Column.HEX), cell(model, 0, Column.TEXT)) == ("30 31 32 33", "0123")


@pytest.mark.parametrize(
    ("mode", "shown", "text"),
    [
        (ViewMode.HEX, {Column.HEX}, "1␍"),
        (ViewMode.TEXT, {Column.TEXT}, "1␍"),
        (ViewMode.BOTH, {Column.HEX, Column.TEXT}, "1␍"),
        (ViewMode.MIXED, {Column.TEXT}, "1<0D>"),
    ],
)
def test_view_mode_says_which_columns_show_what(
    model: LogModel, log: TrafficLog, mode: ViewMode, shown: set[Column], text: str
) -> None:
    log.append(1, S, 0, b"1\r")
    model.refresh()
    model.set_view_mode(mode)
    assert {column for column in (Column.HEX, Column.TEXT) if model.shows_column(column)} == shown
    assert cell(model, 0, Column.TEXT) == text


def test_delegate_gets_in_one_call_what_it_would_get_role_by_role(model: LogModel, log: TrafficLog) -> None:
    log.append(1, S, 0, b"12")
    model.refresh()
    for column in Column:
        index = model.index(0, column)
        for role in Role:
            answer = QModelRoleData(int(role))
            answer.setData("of the cell before")
            model.multiData(index, QModelRoleDataSpan(answer))
            assert answer.data() == model.data(index, role), (column, role)


def test_drawing_a_cell_takes_nothing_from_the_cell_before(model: LogModel, log: TrafficLog) -> None:
    log.append(1, S, 0, b"12")
    log.append(2, N, 1, b"34")
    model.refresh()
    delegate = QStyledItemDelegate()
    for row in range(2):
        for column in Column:
            option = QStyleOptionViewItem()
            index = model.index(row, column)
            delegate.initStyleOption(option, index)
            right = bool(option.displayAlignment & Qt.AlignmentFlag.AlignRight)
            assert right == (column in (Column.NUMBER, Column.SIZE))
            assert option.text == index.data()
            assert option.palette.text() == index.data(Role.ForegroundRole)


def luminance(color: QColor) -> float:
    """WCAG's relative luminance."""
    parts = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (color.redF(), color.greenF(), color.blueF())
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@pytest.mark.parametrize("base", ["#ffffff", "#f5f5f5", "#1e1e1e", "#2d2d2d", "#000000"])
def test_colours_have_contrast_on_light_and_dark(model: LogModel, log: TrafficLog, base: str) -> None:
    for direction in Direction:
        log.append(int(direction), direction, 0, b"1")
    model.refresh()
    model.set_base_color(QColor(base))
    for row in range(len(Direction)):
        brush = cell(model, row, Column.TEXT, Role.ForegroundRole)
        assert isinstance(brush, QBrush)
        low, high = sorted((luminance(brush.color()), luminance(QColor(base))))
        assert (high + 0.05) / (low + 0.05) >= 4.5
    assert len({brush.color().name() for brush in direction_brushes(QColor(base)).values()}) == 4


def test_row_that_left_before_the_view_heard_of_it_is_empty(model: LogModel, log: TrafficLog) -> None:
    fill(log, 10)
    model.refresh()
    fill(log, 1000, start=10)
    model.take_in()
    assert cell(model, 0, Column.TEXT) in ("", "row 000000")
    assert cell(model, 0, Column.ROUTE, Role.ToolTipRole) in (None, "Serial→Net")
    model.refresh()


def test_what_is_held_back_is_counted_again_after_a_clearing_is_undone(model: LogModel, log: TrafficLog) -> None:
    fill(log, 5)
    model.refresh()
    model.set_paused(True)
    fill(log, 3)
    model.refresh()
    model.clear()
    model.undo_clear()
    assert (model.rowCount(), model.held_back) == (5, 3)
    model.set_paused(False)
    assert (model.rowCount(), model.held_back) == (8, 0)
