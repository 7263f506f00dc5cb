"""The table of the log pane: follows the newest row, keeps its place otherwise, copies rows."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from time import perf_counter

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QItemSelectionRange,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QFontMetricsF, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QPushButton,
    QStyle,
    QTableView,
    QWidget,
)

from serialbridge_gui.traffic.capture_formats import BOTH
from serialbridge_gui.traffic.chunk import Direction
from serialbridge_gui.traffic.copy_formats import Copier, CopyFormat, make_copier
from serialbridge_gui.traffic.row_filter import RowFilter
from serialbridge_gui.traffic.rows import Row, RowIndex
from serialbridge_gui.traffic.text import SAMPLE_PICTURES

from .log_cells import Column
from .log_font import log_font, shows_all
from .log_model import LogModel
from .marked_scroll_bar import MarkedScrollBar

_WIDTHS = {
    Column.NUMBER: 8,
    Column.TIME: 14,
    Column.ROUTE: 7,
    Column.CLIENT: 10,
    Column.SIZE: 6,
    Column.HEX: 48,
}
"""In characters, chosen: 16 bytes of hex, and the rest as wide as what it usually holds, or its title."""

MAX_COPIED_ROWS = 10_000
"""Chosen: some 20 MB of text at most, more than any editor likes."""

MAX_KEPT_RANGES = 500
"""Chosen: so many separate parts of a selection outlive the filter that cut it up, in some ms."""

_COPY_SLICE_S = 0.0015
_COPY_SLICE_ROWS = 32
_BUTTON_MARGIN = 12


class _ShownCopier:
    """The rows' lines in the columns of the view mode."""

    def __init__(self, model: LogModel) -> None:
        self._model = model
        self._lines: list[str] = []

    def add(self, row: Row) -> None:
        """The next line."""
        self._lines.append(self._model.line(row.number))

    def text(self) -> str:
        """All lines."""
        return "".join(f"{line}\n" for line in self._lines)


class LogTable(QTableView):
    """Shows a LogModel. GUI thread only."""

    follow_changed = Signal(bool)
    copied = Signal(int, int)
    """So many rows are on the clipboard, of so many selected."""

    def __init__(self, model: LogModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.marks = MarkedScrollBar(self)
        self.setVerticalScrollBar(self.marks)
        self._follow = True
        self._arranging = False
        """The scroll bar moves by our own hand: that is no wish of the user's."""
        self._shrinking = False
        """The scroll bar is about to move because there is less to scroll over: neither is that."""
        self._seen_end = 0
        self._copy_numbers: Iterator[int] = iter(())
        self._copier: Copier = _ShownCopier(model)
        self._copied_directions = BOTH
        self._copied = 0
        self._copy_selected = 0
        self._copy_timer = QTimer(self)
        self._copy_timer.timeout.connect(self._copy_slice)
        self.setModel(model)
        self._set_up_looks()

        self._newer_button = QPushButton(self)
        self._newer_button.setFont(QApplication.font())
        self._newer_button.hide()
        self._newer_button.clicked.connect(lambda: self.set_follow(True))
        bar = self.verticalScrollBar()
        bar.valueChanged.connect(self._follow_scroll)
        bar.rangeChanged.connect(self._keep_at_end)
        self.horizontalHeader().sectionResized.connect(self._measure_columns)
        self.horizontalHeader().geometriesChanged.connect(self._measure_columns)  # the last column stretches
        self.show_columns()
        self.retranslate()

    def _set_up_looks(self) -> None:
        self._model.set_base_color(self.palette().base().color())
        self.setTextElideMode(Qt.TextElideMode.ElideNone)  # the model cuts: a third of a repaint less
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setAlternatingRowColors(False)  # stripes cost a seventh of a repaint
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(1)
        columns = self.horizontalHeader()
        columns.setStretchLastSection(True)
        columns.setHighlightSections(False)
        columns.setFont(QApplication.font())  # words, in no monospaced font
        self._measure_font()
        for column, characters in _WIDTHS.items():
            width = round(self._character_width() * characters)
            self.setColumnWidth(column, max(width, columns.sectionSizeHint(column)))

    def _measure_font(self) -> None:
        self.setFont(log_font())
        metrics = self.fontMetrics()
        self._model.set_control_pictures(shows_all(self.font(), SAMPLE_PICTURES))
        self.verticalHeader().setDefaultSectionSize(metrics.height() + 4)
        self.horizontalHeader().setMinimumSectionSize(metrics.horizontalAdvance("0") * 3)

    def take_log_font(self) -> None:
        """Write the rows in the font that `log_font` tells now; the columns stay as wide in characters."""
        before = self._character_width()
        for column in _WIDTHS:
            self.setColumnHidden(column, False)  # one that is hidden tells no width
        widths = {column: self.columnWidth(column) for column in _WIDTHS}
        self._measure_font()
        for column, width in widths.items():
            self.setColumnWidth(column, round(width * self._character_width() / before))
        self.show_columns()

    # ---- the newest rows

    def refresh(self) -> None:
        """Show what the log gained; the rows in sight stay where they are unless the table follows."""
        bar = self.verticalScrollBar()
        value = bar.value()
        self._arranging = True
        try:
            removed = self._model.refresh()
            if self._follow:
                self.scrollToBottom()
            elif removed:
                bar.setValue(max(0, value - removed))
        finally:
            self._arranging = False
        self._show_newer_button()

    @property
    def log_model(self) -> LogModel:
        """What it shows."""
        return self._model

    @property
    def copying(self) -> bool:
        """Whether rows are being copied, by the numbers that they have now."""
        return self._copy_timer.isActive()

    def use_rows(self, rows: RowIndex) -> None:
        """Show the rows of another index of the same log; the bytes in sight and the current row's stay there."""
        top = self._model.row_at(max(0, self.rowAt(0)))
        current = self._model.row_at(self.currentIndex().row()) if self.currentIndex().isValid() else None
        places = [None if row is None else self._model.rows.place(row.number) for row in (top, current)]
        self._arranging = True
        try:
            self._model.use_rows(rows)
            positions = [None if place is None else self._model.position_at(place) for place in places]
            if positions[1] is not None:
                self.selectRow(positions[1])
            if self._follow:
                self.scrollToBottom()
            elif positions[0] is not None:
                index = self._model.index(positions[0], 0)
                self.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtTop)
        finally:
            self._arranging = False
        self._seen_end = self._model.end_rank
        self._show_newer_button()

    def shift_down(self, rows: int) -> None:
        """Keep the rows in sight where they are after `rows` came in above them."""
        if rows and not self._follow:
            bar = self.verticalScrollBar()
            value = bar.value()
            self._arranging = True
            self.doItemsLayout()  # the bar's range must hold the new rows first
            bar.setValue(value + rows)
            self._arranging = False

    @property
    def follow(self) -> bool:
        """Whether the newest row stays in sight."""
        return self._follow

    def set_follow(self, follow: bool) -> None:
        """Go to the newest row and stay with it, or stay here."""
        if follow:
            self._arranging = True
            self.scrollToBottom()
            self._arranging = False
        if follow != self._follow:
            self._follow = follow
            self._seen_end = self._model.end_rank
            self.follow_changed.emit(follow)
        self._show_newer_button()

    def _follow_scroll(self, value: int) -> None:
        if self._shrinking:
            self._shrinking = False
        elif not self._arranging:
            self.set_follow(value >= self.verticalScrollBar().maximum())

    def _keep_at_end(self, _minimum: int, maximum: int) -> None:
        if self._follow:
            was_arranging, self._arranging = self._arranging, True
            self.verticalScrollBar().setValue(maximum)
            self._arranging = was_arranging
        else:
            self._shrinking = self.verticalScrollBar().value() > maximum

    def _show_newer_button(self) -> None:
        button = self._newer_button
        newer = self._model.end_rank - self._seen_end
        button.setVisible(not self._follow and self._model.rowCount() > 0)
        if not self._follow:
            button.setText(self.tr("▼ %n new", "", newer) if newer > 0 else self.tr("▼ Newest"))
            self._place_newer_button()

    def _place_newer_button(self) -> None:
        button, area = self._newer_button, self.viewport().geometry()
        button.adjustSize()
        button.move(
            area.right() - button.width() - _BUTTON_MARGIN, area.bottom() - button.height() - _BUTTON_MARGIN
        )

    # ---- places

    def go_to(self, number: int) -> None:
        """Make the row `number`, or the next one that is shown, the current one and bring it in sight."""
        position = min(self._model.position_of(number), self._model.rowCount() - 1)
        if position < 0:
            return
        self.set_follow(False)
        self._arranging = True
        index = self._model.index(position, 0)
        self.setCurrentIndex(index)
        rect = self.visualRect(index)
        if not self.viewport().rect().contains(rect.left() + 1, rect.center().y()) or not rect.isValid():
            self.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtCenter)
        self._arranging = False

    def show_filter(self, row_filter: RowFilter | None) -> None:
        """Show the rows that a filter leaves, or all; the place, the selection and following stay."""
        model = self._model
        self._copy_timer.stop()
        top = model.number_of(model.first_rank + max(0, self.rowAt(0)))
        current = self.currentIndex()
        current_number = model.number_of(model.first_rank + current.row()) if current.isValid() else -1
        column = self.horizontalScrollBar().value()
        selected = self._selected_numbers()
        seen = self._seen_end - model.end_rank
        self._arranging = True
        try:
            model.set_filter(row_filter)
            self._seen_end = model.end_rank + min(0, seen)
            if model.shows(current_number):
                self.selectionModel().setCurrentIndex(
                    model.index(model.position_of(current_number), 0),
                    QItemSelectionModel.SelectionFlag.NoUpdate,
                )
            self._select_numbers(selected)
            self.doItemsLayout()
            self.updateGeometries()  # now: a bar that gets shorter later looks as if the user had scrolled
            self.horizontalScrollBar().setValue(column)
            if self._follow:
                self.scrollToBottom()
            elif top >= 0:
                self.verticalScrollBar().setValue(model.position_of(top))
        finally:
            self._arranging = False
        self._show_newer_button()

    def _selected_numbers(self) -> list[tuple[int, int]]:
        """The first and last numbers of selected rows with nothing that is shown between."""
        model, ranges = self._model, list[tuple[int, int]]()
        parts: list[QItemSelectionRange] = list(self.selectionModel().selection())  # type: ignore[call-overload]
        for part in parts:
            top, bottom = model.first_rank + part.top(), model.first_rank + part.bottom()
            if model.row_filter is None:
                ranges.append((top, bottom))
                continue
            for rank in range(top, min(bottom + 1, top + MAX_KEPT_RANGES)):
                number = model.number_of(rank)
                if ranges and ranges[-1][1] == number - 1:
                    ranges[-1] = ranges[-1][0], number
                else:
                    ranges.append((number, number))
        return ranges[:MAX_KEPT_RANGES]

    def _select_numbers(self, ranges: list[tuple[int, int]]) -> None:
        model, selection = self._model, QItemSelection()
        last_column = model.columnCount() - 1
        for first, last in ranges:
            top, bottom = model.position_of(first), model.position_of(last + 1) - 1
            if top <= bottom:
                selection.select(model.index(top, 0), model.index(bottom, last_column))
        self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def come_after(self, widget: QWidget) -> None:
        """Let Tab lead here from `widget`."""
        self.setTabOrder(widget, self)
        self.setTabOrder(self, self._newer_button)

    # ---- columns

    def show_columns(self) -> None:
        """Show the columns of the model's view mode."""
        for column in Column:
            self.setColumnHidden(column, not self._model.shows_column(column))
        self._measure_columns()

    def _measure_columns(self) -> None:
        character = self._character_width()
        margin = 2 * (self.style().pixelMetric(QStyle.PixelMetric.PM_FocusFrameHMargin, None, self) + 1)
        for column in (Column.HEX, Column.TEXT):
            self._model.set_fitting_characters(column, int((self.columnWidth(column) - margin) / character))

    def _character_width(self) -> float:
        return max(1.0, QFontMetricsF(self.font()).horizontalAdvance("0"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the button in its corner."""
        super().resizeEvent(event)
        self._place_newer_button()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette and the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._model.set_base_color(self.palette().base().color())
        elif event.type() == QEvent.Type.LanguageChange:
            self._model.retranslate()
            self.retranslate()

    def retranslate(self) -> None:
        """Make the words again."""
        self.setAccessibleName(self.tr("Traffic log"))
        self._newer_button.setToolTip(self.tr("Go to the newest row and follow (Ctrl+End)"))
        self._newer_button.setAccessibleName(self.tr("Go to the newest row"))
        self._show_newer_button()

    # ---- copying

    def selected_numbers(self) -> tuple[int, Iterator[int]]:
        """How many rows are selected, and their numbers in order: those that they have now."""
        first = self._model.first_rank
        parts: list[QItemSelectionRange] = list(self.selectionModel().selection())  # type: ignore[call-overload]
        ranges = sorted((part.top() + first, part.bottom() + first) for part in parts)
        count = sum(bottom - top + 1 for top, bottom in ranges)
        return count, self._model.numbers_of_now(ranges)

    def copy_selection(self, form: CopyFormat | None = None) -> None:
        """Put the selected rows on the clipboard, as shown or in a form; `copied` says when it is done."""
        self._copy_selected, numbers = self.selected_numbers()
        self._copy_numbers = islice(numbers, MAX_COPIED_ROWS)
        self._copier = _ShownCopier(self._model) if form is None else make_copier(form, self._model.encoding.value)
        self._copied_directions = frozenset(Direction) if form is None else BOTH
        self._copied = 0
        self._copy_timer.start(0)

    def _copy_slice(self) -> None:
        deadline = perf_counter() + _COPY_SLICE_S
        while numbers := list(islice(self._copy_numbers, _COPY_SLICE_ROWS)):
            for row in map(self._model.row_numbered, numbers):
                if row is not None and row.direction in self._copied_directions:
                    self._copier.add(row)
                    self._copied += 1
            if perf_counter() >= deadline:
                return
        self._copy_timer.stop()
        text = self._copier.text()
        self._copier = _ShownCopier(self._model)
        if text:  # else only events were selected: what was copied before stays
            QGuiApplication.clipboard().setText(text)
        self.copied.emit(self._copied, self._copy_selected)
