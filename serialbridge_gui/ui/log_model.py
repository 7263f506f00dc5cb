"""The rows of the traffic log as a table model that formats only what it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from time import perf_counter
from typing import Any, Final, Protocol

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QModelRoleDataSpan,
    QObject,
    QPersistentModelIndex,
    Qt,
)
from PySide6.QtGui import QBrush, QColor

from serialbridge_gui.traffic.grouping import Grouping
from serialbridge_gui.traffic.log import TrafficLog
from serialbridge_gui.traffic.row_filter import AllRows, RowFilter, ShownRows
from serialbridge_gui.traffic.rows import Place, Row, RowIndex
from serialbridge_gui.traffic.text import Encoding

from .log_cells import MAX_CELL_CHARACTERS, Column, LogCells, ViewMode
from .log_colors import direction_brushes
from .log_time import TimeMode

AnyIndex = QModelIndex | QPersistentModelIndex

# Plain ints: data() is called some 2000 times a repaint, and comparing enum members takes longer.
_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
_BACKGROUND = int(Qt.ItemDataRole.BackgroundRole)
_FOREGROUND = int(Qt.ItemDataRole.ForegroundRole)
_ALIGNMENT = int(Qt.ItemDataRole.TextAlignmentRole)
_TOOL_TIP = int(Qt.ItemDataRole.ToolTipRole)
_ACCESSIBLE = int(Qt.ItemDataRole.AccessibleTextRole)
_DELEGATE_ROLES = 7
"""QStyledItemDelegate::initStyleOption of Qt 6 asks for font, alignment, foreground, check state, decoration,
display, background, in this order. Those not answered here nobody ever sets. Another order is only slower."""
_SPANS_CAN_BE_READ = hasattr(QModelRoleDataSpan, "__getitem__")
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_RIGHT_COLUMNS = frozenset({int(Column.NUMBER), int(Column.SIZE)})
class RowMarks(Protocol):
    """What is painted behind rows."""

    def brush(self, row: Row) -> QBrush | None:
        """The colour behind this row; None for the base. Called for each cell of a repaint."""

    def set_base_color(self, base: QColor) -> None:
        """Tell the colour that the rows are drawn on."""


_FILTER_S: Final = 0.001
"""Of Python at each refresh: 5 MB/s need a fifth of it. What is left over, a next refresh looks at."""


class LogModel(QAbstractTableModel):
    """What the log pane's table shows. GUI thread only, as the log that it reads.

    Rows are the RowIndex's rows from a first to an end number: pausing holds the end back, clearing
    moves the first up, and no byte is copied for either. A filter leaves some of them. The view's positions
    count from the first row that is shown; ranks (see ShownRows) stay with their rows while the oldest leave.
    """

    def __init__(self, log: TrafficLog, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._log = log
        self._rows = RowIndex(log)
        self.first_record = 0
        """The log's chunks from this one on, counted over its life, are not cleared away."""
        self._first = 0
        self._end = 0
        self._shown: ShownRows = AllRows()
        self._filter_lags = False
        self._first_rank = 0
        self._end_rank = 0
        self._pause_end = 0
        self._clear_mark = 0
        self._clear_end = self._pause_end_at = (0, 0)
        """Where the log ended then: RowIndex.end."""
        self._paused = False
        self._cells = LogCells(self)
        self._base = QColor("white")
        self._brushes = direction_brushes(self._base)
        self._marks: RowMarks | None = None
        self._cached: Row | None = None
        self._last_row_bytes = 0

    # ---- growing and shrinking

    def take_in(self) -> None:
        """Group what the log gained into rows, and show nothing yet: `refresh` has the less to do."""
        self._rows.update()

    def refresh(self) -> int:
        """Show what the log gained and dropped since the last call; how many rows left at the top.

        Emits at most one removal, one change (of the last row) and one insertion.
        """
        rows = self._rows
        rows.update()
        self._cells.time.first_time_ns = rows.first_time_ns
        self._cached = None
        removed = self._drop_rows_before(max(rows.first_row, self._clear_mark))
        if not self._paused or self._end < self._pause_end or self._filter_lags:
            self._show_rows_until(self.end_limit)
        return removed

    def _drop_rows_before(self, first: int) -> int:
        rank = min(self._shown.rank(first), self._end_rank)
        removed = rank - self._first_rank
        if removed > 0:
            self.beginRemoveRows(QModelIndex(), 0, removed - 1)
            self._first_rank = rank
            self.endRemoveRows()
        self._first = max(self._first, first)
        self._end = max(self._end, self._first)  # if nothing is shown any more, and rows left that never were
        return max(removed, 0)

    def _show_rows_until(self, end: int) -> None:
        changed = self._end_rank
        if isinstance(self._shown, RowFilter):
            searched, changed = self._shown.run(perf_counter() + _FILTER_S, end)
            self._filter_lags = not searched
            end = self._shown.end_row
        kept = max(min(changed, self._end_rank), self._first_rank)
        if kept < self._end_rank:  # bytes that came made another match of what was the last one
            self.beginRemoveRows(QModelIndex(), kept - self._first_rank, self._end_rank - self._first_rank - 1)
            self._end_rank = kept
            self.endRemoveRows()
        elif self._end_rank > self._first_rank and self._size_of_last() != self._last_row_bytes:
            last = self._end_rank - 1 - self._first_rank
            self.dataChanged.emit(self.index(last, 0), self.index(last, self.columnCount() - 1))
        self._end = max(self._first, end)
        if self._first_rank == self._end_rank:  # a filter may have found rows before the first since
            self._first_rank = self._end_rank = self._shown.rank(self._first)
        end_rank = self._shown.end_rank if isinstance(self._shown, RowFilter) else end
        if end_rank > self._end_rank:
            first = self._end_rank - self._first_rank
            self.beginInsertRows(QModelIndex(), first, end_rank - self._first_rank - 1)
            self._end_rank = end_rank
            self.endInsertRows()
        if self._end_rank > self._first_rank:
            self._last_row_bytes = self._size_of_last()

    def _size_of_last(self) -> int:
        row = self.row_at(self._end_rank - 1 - self._first_rank)
        return 0 if row is None else len(row.data)

    @property
    def held_back(self) -> int:
        """How many rows wait for the end of the pause."""
        return self._rows.end_row - max(self._pause_end, self._first) if self._paused else 0

    @property
    def end_limit(self) -> int:
        """One past the number of the newest row that may be shown now: in a pause, from before it."""
        return self._pause_end if self._paused else self._rows.end_row

    def set_paused(self, paused: bool) -> None:
        """Hold new rows back from the view, or show those held back. The log goes on collecting."""
        if paused == self._paused:
            return
        self.refresh()
        self._paused = paused
        self._pause_end_at = self._rows.end
        if paused:
            self._pause_end = self._rows.end_row  # a filter that lags goes on up to there
            self._rows.start_new_row()  # else the last row shown would grow
        else:
            self.refresh()

    def clear(self) -> None:
        """Hide every row there is now. `undo_clear` brings back those that are still in the log."""
        self._rows.update()
        self._clear_mark = self._rows.end_row
        self.first_record = self._log.left_records + self._log.record_count
        self._clear_end = self._rows.end
        self._rows.start_new_row()  # else bytes to come would join a row that is hidden
        self.refresh()

    def undo_clear(self) -> int:
        """Show again what `clear` hid; how many rows came back at the top."""
        self.refresh()
        self._clear_mark = self.first_record = 0
        first = self._rows.first_row
        rank = min(self._shown.rank(first), self._first_rank)
        returned = self._first_rank - rank
        if returned > 0:
            self.beginInsertRows(QModelIndex(), 0, returned - 1)
            self._first_rank = rank
            self.endInsertRows()
        self._first = min(self._first, first)
        if self._paused:
            self._end = max(self._first, self._pause_end)  # clearing hid what is held back, too
        return max(returned, 0)

    @property
    def clear_mark(self) -> int:
        """The number of the first row that `clear` did not hide; 0: none is hidden."""
        return self._clear_mark

    @property
    def can_undo_clear(self) -> bool:
        """Whether `undo_clear` would bring anything back."""
        return self._clear_mark > self._rows.first_row

    # ---- which rows are shown

    @property
    def rows(self) -> RowIndex:
        """All rows, to look up their places."""
        return self._rows

    @property
    def row_filter(self) -> RowFilter | None:
        """What hides rows, if something does."""
        return self._shown if isinstance(self._shown, RowFilter) else None

    @property
    def filter_lags(self) -> bool:
        """Whether the last refresh left rows that the filter has not looked at."""
        return self._filter_lags and self.row_filter is not None

    def set_filter(self, row_filter: RowFilter | None) -> None:
        """Show the rows that a filter leaves (which has run over most of them), or all. Resets the model."""
        self.refresh()
        self.beginResetModel()
        self._cached = None
        self._shown = AllRows() if row_filter is None else row_filter
        self._filter_lags = False
        looked_at = self.end_limit if row_filter is None else min(self.end_limit, row_filter.end_row)
        self._end = max(self._first, looked_at)
        self._end_rank = self._shown.rank(looked_at)  # before the first where all was cleared in a pause
        self._first_rank = min(self._shown.rank(self._first), self._end_rank)
        self._last_row_bytes = self._size_of_last() if self._end_rank > self._first_rank else 0
        self.endResetModel()
        self.refresh()

    @property
    def first_rank(self) -> int:
        """The rank of the row that the view has at position 0."""
        return self._first_rank

    @property
    def end_rank(self) -> int:
        """One past the rank of the last row that the view has."""
        return self._end_rank

    def number_of(self, rank: int) -> int:
        """The number of the row with this rank; -1 if it left."""
        try:
            return self._shown.number(rank) if rank >= self._first_rank else -1
        except IndexError:
            return -1

    def position_of(self, number: int) -> int:
        """Where the view has the row `number`, or the next one that is shown; its end if there is none."""
        rank = max(self._first_rank, min(self._shown.rank(number), self._end_rank))
        return rank - self._first_rank

    def shows(self, number: int) -> bool:
        """Whether the view has the row `number`."""
        rank = self._shown.rank(number)
        return self._first_rank <= rank < self._end_rank and self.number_of(rank) == number

    def shown_rows(self) -> Iterator[int]:
        """The numbers of the rows that the view has now, in order; of those that leave meanwhile, none."""
        numbers = self.numbers_of_now(((self._first_rank, self._end_rank - 1),))
        return (number for number in numbers if number >= 0)

    def numbers_of_now(self, ranges: Sequence[tuple[int, int]]) -> Iterator[int]:
        """The numbers of the rows with these ranks (the last of each pair included); -1 for one that left.

        They are those of now, whatever grouping or filter comes meanwhile: `rows_by_number` finds their rows.
        """
        shown = self._shown

        def number(rank: int) -> int:
            if shown is self._shown and rank < self._first_rank:
                return -1
            try:
                return shown.number(rank)
            except IndexError:
                return -1

        return (number(rank) for first, last in ranges for rank in range(first, last + 1))

    def rows_by_number(self) -> Callable[[int], Row | None]:
        """A function that finds rows by the numbers they have now, also after another grouping gave them others."""
        rows = self._rows

        def row_of_now(number: int) -> Row | None:
            try:
                return rows.row(number)
            except IndexError:
                return None

        return row_of_now

    def position_at(self, place: Place) -> int | None:
        """Where the view has the row with the first byte of `place`; None if it has not."""
        try:
            number = self._rows.number_at(place.slab, place.start)
        except IndexError:
            return None
        return self.position_of(number) if self.shows(number) else None

    # ---- other rows

    def regrouped(self, grouping: Grouping) -> RowIndex:
        """An index of the same log in another grouping, still empty, for `use_rows`."""
        return RowIndex(self._rows.log, grouping, breaks=(self._clear_end, self._pause_end_at))

    def use_rows(self, rows: RowIndex) -> None:
        """Show all rows of another index, which has taken in all of the log. Resets the model; a filter is over."""
        self.refresh()
        rows.update()
        self.beginResetModel()
        rows.first_time_ns = self._rows.first_time_ns
        self._rows = rows
        self._shown = AllRows()
        self._cached = None
        self._clear_mark = rows.number_from(*self._clear_end) if self._clear_mark else 0
        self._first = max(rows.first_row, self._clear_mark)
        self._pause_end = rows.number_from(*self._pause_end_at)
        self._end = max(self._first, self.end_limit)
        self._end_rank = self.end_limit
        self._first_rank = min(self._first, self._end_rank)
        self._last_row_bytes = self._size_of_last() if self._end_rank > self._first_rank else 0
        self.endResetModel()

    # ---- how it looks

    def set_marks(self, marks: RowMarks | None) -> None:
        """Let this say the colour behind each row."""
        self._marks = marks
        if marks is not None:
            marks.set_base_color(self._base)
        self.marks_changed()

    def marks_changed(self) -> None:
        """What `set_marks` was given has other answers now."""
        self._all_changed()

    @property
    def view_mode(self) -> ViewMode:
        """How the bytes are shown."""
        return self._cells.view_mode

    def set_view_mode(self, mode: ViewMode) -> None:
        """Which columns to show is the view's part: see `shows_column`."""
        self._cells.view_mode = mode
        self.retranslate()

    def shows_column(self, column: int) -> bool:
        """Whether the view mode has this column."""
        return self._cells.shows_column(column)

    @property
    def time_mode(self) -> TimeMode:
        """What the time column counts."""
        return self._cells.time.mode

    def set_time_mode(self, mode: TimeMode) -> None:
        """Show every row's time in another way."""
        self._cells.time.mode = mode
        self.retranslate()

    @property
    def encoding(self) -> Encoding:
        """How the text column reads the bytes."""
        return self._cells.encoding

    def set_encoding(self, encoding: Encoding) -> None:
        """Read every row's text in another way."""
        self._cells.encoding = encoding
        self._all_changed()

    def set_fitting_characters(self, column: int, count: int) -> None:
        """Tell how many characters of Column.HEX or Column.TEXT can be seen: longer cells are cut there."""
        self._cells.fits[column] = max(1, min(count, MAX_CELL_CHARACTERS))

    def set_control_pictures(self, pictures: bool) -> None:
        """Tell whether the view's fonts have ␍ and its like; without, ← and ↓ stand for them."""
        self._cells.pictures = pictures
        self._all_changed()

    def set_base_color(self, base: QColor) -> None:
        """Tell the colour that the rows are drawn on."""
        self._base = base
        self._brushes = direction_brushes(base)
        if self._marks is not None:
            self._marks.set_base_color(base)
        self._all_changed()

    def retranslate(self) -> None:
        """Make the words again: after a change of language, and of what a title says."""
        self._cells.retranslate()
        self._all_changed()
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(Column) - 1)

    def _all_changed(self) -> None:
        if self._end_rank > self._first_rank:
            last = self.index(self._end_rank - 1 - self._first_rank, len(Column) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    # ---- what a view asks

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:
        """How many rows are shown; no row has children."""
        return 0 if parent.isValid() else self._end_rank - self._first_rank

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:
        """Always all of Column: the view hides those that `shows_column` denies."""
        return 0 if parent.isValid() else len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _DISPLAY) -> object:
        """The columns' titles; rows have none."""
        if role == _DISPLAY and orientation == Qt.Orientation.Horizontal and 0 <= section < len(Column):
            return self._cells.titles[section]
        if role == _ALIGNMENT and orientation == Qt.Orientation.Horizontal:
            return _RIGHT if section in _RIGHT_COLUMNS else int(Qt.AlignmentFlag.AlignLeft)
        return None

    def row_at(self, position: int) -> Row | None:
        """The row that the view has at `position` (from 0); None if it left the log meanwhile."""
        cached = self._cached
        number = self.number_of(self._first_rank + position)
        if cached is not None and cached.number == number:
            return cached
        try:
            self._cached = row = self._rows.row(number)  # -1 is never there
        except IndexError:
            return None
        return row

    def data(self, index: AnyIndex, role: int = _DISPLAY) -> object:
        """A cell as text cut to what fits, its colour and its words. Nothing is kept."""
        if role == _DISPLAY:
            row = self.row_at(index.row())
            return "" if row is None else self._cells.cell(row, index.column())
        if role == _FOREGROUND:
            row = self.row_at(index.row())
            return None if row is None else self._brushes[row.direction]
        if role == _BACKGROUND:
            row = self.row_at(index.row())
            return None if row is None or self._marks is None else self._marks.brush(row)
        if role == _ALIGNMENT:
            return _RIGHT if index.column() in _RIGHT_COLUMNS else None
        if role in (_TOOL_TIP, _ACCESSIBLE):
            row = self.row_at(index.row())
            return None if row is None else self._cells.words(row, index.column(), role == _TOOL_TIP)
        return None

    def multiData(self, index: AnyIndex, roleDataSpan: Any) -> None:
        """What a delegate asks to draw a cell, its seven roles in one call: a sixth of a repaint less."""
        row = self.row_at(index.row())
        if row is not None and _SPANS_CAN_BE_READ and len(roleDataSpan) == _DELEGATE_ROLES:
            alignment, foreground, display = roleDataSpan[1], roleDataSpan[2], roleDataSpan[5]
            background = roleDataSpan[6]
            roles = (alignment.role(), foreground.role(), display.role(), background.role())
            if roles == (_ALIGNMENT, _FOREGROUND, _DISPLAY, _BACKGROUND):
                column = index.column()
                display.setData(self._cells.cell(row, column))
                foreground.setData(self._brushes[row.direction])
                brush = None if self._marks is None else self._marks.brush(row)
                if brush is not None:
                    background.setData(brush)
                else:
                    background.clearData()
                if column in _RIGHT_COLUMNS:
                    alignment.setData(_RIGHT)
                else:
                    alignment.clearData()  # the delegate hands in what the cell before left there
                return
        super().multiData(index, roleDataSpan)

    @property
    def first_number(self) -> int:
        """The number of the row that the view has at position 0, or of the first that it may have."""
        return self._shown.number(self._first_rank) if self._end_rank > self._first_rank else self._first

    def row_numbered(self, number: int) -> Row | None:
        """The row `number`, shown or not; None if it left the log, or is not in it yet."""
        cached = self._cached
        if cached is not None and cached.number == number:
            return cached
        try:
            return self._rows.row(number)
        except IndexError:
            return None

    def line(self, number: int) -> str:
        """The row `number` in full, the columns of the view mode with a tab between; "" if it left."""
        if not self._first <= number < self._end:
            return ""
        try:
            return self._cells.line(self._rows.row(number))
        except IndexError:
            return ""
