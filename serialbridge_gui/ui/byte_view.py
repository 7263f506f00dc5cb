"""Bytes as offset, hex and text, painted by hand: what is selected in one of the two is selected in the other."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from serialbridge_gui.traffic.text import (
    CONTEXT_BYTES,
    DUMP_LINE_BYTES,
    SAMPLE_PICTURES,
    Encoding,
    byte_cells,
    to_hex,
    to_text,
)

from .log_font import log_font, shows_all

_OFFSET_CELLS: Final = 8
_HEX_CELL: Final = _OFFSET_CELLS + 2
_TEXT_CELL: Final = _HEX_CELL + 3 * DUMP_LINE_BYTES + 1
_END_CELL: Final = _TEXT_CELL + DUMP_LINE_BYTES
_MARGIN: Final = 6

_MOVES: Final = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Up: -DUMP_LINE_BYTES,
    Qt.Key.Key_Down: DUMP_LINE_BYTES,
}


class ByteView(QAbstractScrollArea):
    """Shows bytes and lets some of them be selected, by mouse or keys. Paints what is in sight. GUI thread only.

    A character of several bytes stands over the cells of all of them.
    """

    selection_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.data = b""
        self.placeholder = ""
        """What stands where no bytes are."""
        self._encoding = Encoding.UTF_8
        self._anchor = self._cursor = -1
        """The bytes where the selection began and where it is now; -1: there is none."""
        self._in_text = False
        """The selection was made in the text, so that is what is copied."""
        self.take_log_font()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setCursor(Qt.CursorShape.IBeamCursor)
        self.viewport().setBackgroundRole(QPalette.ColorRole.Base)

    def take_log_font(self) -> None:
        """Write in the font that `log_font` tells now."""
        self.setFont(log_font())
        self._pictures = shows_all(self.font(), SAMPLE_PICTURES)
        self._lay_out()

    # ---- what is shown

    def show_bytes(self, data: bytes) -> None:
        """Show these. The selection stays where they begin with those shown before: a row has grown."""
        grown = bool(self.data) and data.startswith(self.data)
        self.data = data
        if not grown:
            self._anchor = self._cursor = -1
            self.verticalScrollBar().setValue(0)
        self._lay_out()
        if not grown:
            self.selection_changed.emit()

    @property
    def encoding(self) -> Encoding:
        """How the text is read."""
        return self._encoding

    def set_encoding(self, encoding: Encoding) -> None:
        """Read the text in another way."""
        self._encoding = encoding
        self.viewport().update()

    def line(self, number: int) -> str:
        """A line as it is painted; `number` counts from 0."""
        start = number * DUMP_LINE_BYTES
        data = self.data[start : start + DUMP_LINE_BYTES]
        cells = self._cells(start, start + DUMP_LINE_BYTES)
        return f"{start:08X}  {to_hex(data):<{3 * DUMP_LINE_BYTES}} {''.join(cell or ' ' for cell in cells)}".rstrip()

    @property
    def line_count(self) -> int:
        """How many lines there are."""
        return -(-len(self.data) // DUMP_LINE_BYTES)

    def _cells(self, start: int, end: int) -> list[str]:
        before = self.data[max(0, start - CONTEXT_BYTES) : start]
        tail = 3  # a character that begins here may end after
        return byte_cells(self.data[start : end + tail], self._encoding, self._pictures, before)[: end - start]

    # ---- selecting

    @property
    def selection(self) -> tuple[int, int]:
        """(where it starts, how many bytes); a length of 0: nothing is selected."""
        if self._cursor < 0:
            return 0, 0
        start, last = sorted((self._anchor, self._cursor))
        return start, last + 1 - start

    def selected_bytes(self) -> bytes:
        """The bytes that are selected."""
        start, length = self.selection
        return self.data[start : start + length]

    def select(self, start: int, length: int) -> None:
        """Select these bytes as far as they are there, and bring them in sight."""
        end = min(start + length, len(self.data))
        if not 0 <= start < end:
            self._anchor = self._cursor = -1
        else:
            self._anchor, self._cursor = end - 1, start
            self._bring_in_sight(end - 1)
            self._bring_in_sight(start)
        self._selection_moved()

    def _move(self, cursor: int, extend: bool) -> None:
        if not self.data:
            return
        self._cursor = max(0, min(cursor, len(self.data) - 1))
        if not extend or self._anchor < 0:
            self._anchor = self._cursor
        self._bring_in_sight(self._cursor)
        self._selection_moved()

    def _selection_moved(self) -> None:
        self.viewport().update()
        self.selection_changed.emit()

    def _bring_in_sight(self, offset: int) -> None:
        line, bar = offset // DUMP_LINE_BYTES, self.verticalScrollBar()
        bar.setValue(max(min(bar.value(), line), line - max(0, self._lines_in_sight() - 1)))

    def copy(self) -> None:
        """Copy as hex, or as text where the selection was made in the text."""
        if self._in_text:
            self.copy_text()
        else:
            self.copy_hex()

    def copy_hex(self) -> None:
        """Put the selected bytes on the clipboard in hex."""
        self._copy(to_hex(self.selected_bytes()))

    def copy_text(self) -> None:
        """Put the selected bytes on the clipboard as the text that is shown."""
        start, _ = self.selection
        before = self.data[max(0, start - CONTEXT_BYTES) : start]
        self._copy(to_text(self.selected_bytes(), None, self._pictures, self._encoding, before))

    def _copy(self, text: str) -> None:
        if text:
            QGuiApplication.clipboard().setText(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, Page, Home and End move, with Shift they extend; Ctrl+A."""
        if event.matches(QKeySequence.StandardKey.SelectAll):
            self.select(0, len(self.data))
            return
        key = Qt.Key(event.key())
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        cursor, last = max(0, self._cursor), len(self.data) - 1
        page = DUMP_LINE_BYTES * max(1, self._lines_in_sight() - 1)
        if key in _MOVES:
            to = cursor + _MOVES[key] if self._cursor >= 0 else 0
            if not 0 <= to <= last and abs(_MOVES[key]) > 1:
                to = cursor
        elif key == Qt.Key.Key_Home:
            to = 0 if control else cursor - cursor % DUMP_LINE_BYTES
        elif key == Qt.Key.Key_End:
            to = last if control else cursor - cursor % DUMP_LINE_BYTES + DUMP_LINE_BYTES - 1
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            to = cursor + (page if key == Qt.Key.Key_PageDown else -page)
        else:
            super().keyPressEvent(event)
            return
        self._move(to, bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))

    def event(self, event: QEvent) -> bool:
        """Keep the keys that mean something here from the window's actions, such as Ctrl+End."""
        is_override = event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)
        if is_override and event.key() in (*_MOVES, Qt.Key.Key_Home, Qt.Key.Key_End):  # type: ignore[attr-defined]
            event.accept()
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to select, or extend with Shift."""
        if event.button() == Qt.MouseButton.LeftButton:
            offset = self._offset_at(event.position().toPoint(), begin=True)
            if offset >= 0:
                self._move(offset, bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on selecting."""
        if event.buttons() & Qt.MouseButton.LeftButton and self._anchor >= 0:
            self._move(self._offset_at(event.position().toPoint()), extend=True)

    def _offset_at(self, point: QPoint, begin: bool = False) -> int:
        """The byte at a point of the viewport; where a selection begins, -1 beside them, else the nearest."""
        cell = (point.x() - _MARGIN + self.horizontalScrollBar().value()) / self._cell_width()
        line = self.verticalScrollBar().value() + point.y() // self._line_height()
        in_text = cell >= _TEXT_CELL - 0.5 if begin else self._in_text
        column = int(cell - _TEXT_CELL) if in_text else int((cell - _HEX_CELL) / 3)
        offset = line * DUMP_LINE_BYTES + max(0, min(column, DUMP_LINE_BYTES - 1))
        if begin:
            if not _HEX_CELL - 1 <= cell <= _END_CELL or not 0 <= offset < len(self.data):
                return -1
            self._in_text = in_text
        return offset

    # ---- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """The lines in sight."""
        painter = QPainter(self.viewport())
        painter.setFont(self.font())
        if not self.data:
            painter.setPen(self._muted())
            area = self.viewport().rect().adjusted(_MARGIN, 2, 0, 0)
            painter.drawText(area, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop), self.placeholder)
            return
        height = self._line_height()
        painter.translate(_MARGIN - self.horizontalScrollBar().value(), 0)
        first = self.verticalScrollBar().value()
        for number in range(first, min(self.line_count, first + self.viewport().height() // height + 2)):
            self._paint_line(painter, number, (number - first) * height)

    def _paint_line(self, painter: QPainter, number: int, y: int) -> None:
        width, height = self._cell_width(), self._line_height()
        start = number * DUMP_LINE_BYTES
        end = min(start + DUMP_LINE_BYTES, len(self.data))
        baseline = y + QFontMetricsF(self.font()).ascent() + 1
        palette = self.palette()
        begin, length = self.selection
        low, high = max(begin, start) - start, min(begin + length, end) - start
        if low < high:
            color = palette.color(QPalette.ColorRole.Highlight)
            self._fill(painter, color, _HEX_CELL + 3 * low, _HEX_CELL + 3 * high - 1, y, height)
            self._fill(painter, color, _TEXT_CELL + low, _TEXT_CELL + high, y, height)
        plain, chosen = palette.color(QPalette.ColorRole.Text), palette.color(QPalette.ColorRole.HighlightedText)
        painter.setPen(self._muted())
        painter.drawText(QPoint(0, round(baseline)), f"{start:08X}")
        for at, cell in enumerate(self._cells(start, end)):
            painter.setPen(chosen if low <= at < high else plain)
            painter.drawText(
                QPoint(round((_HEX_CELL + 3 * at) * width), round(baseline)), f"{self.data[start + at]:02X}"
            )
            if cell:
                painter.drawText(QPoint(round((_TEXT_CELL + at) * width), round(baseline)), cell)

    def _fill(self, painter: QPainter, color: QColor, first: int, end: int, y: int, height: int) -> None:
        width = self._cell_width()
        painter.fillRect(QRect(round(first * width), y, round((end - first) * width), height), color)

    def _muted(self) -> QColor:
        """The text's colour at two thirds: 5:1 or better on the base, where a placeholder's has 4:1."""
        color = self.palette().color(QPalette.ColorRole.Text)
        color.setAlphaF(0.67)
        return color

    def _cell_width(self) -> float:
        return max(1.0, QFontMetricsF(self.font()).horizontalAdvance("0"))

    def _line_height(self) -> int:
        return max(1, self.fontMetrics().height() + 2)

    def _lines_in_sight(self) -> int:
        return max(1, self.viewport().height() // self._line_height())

    def _lay_out(self) -> None:
        in_sight = self._lines_in_sight()
        self.verticalScrollBar().setRange(0, max(0, self.line_count - in_sight))
        self.verticalScrollBar().setPageStep(in_sight)
        wide = round(_END_CELL * self._cell_width()) + 2 * _MARGIN
        self.horizontalScrollBar().setRange(0, max(0, wide - self.viewport().width()))
        self.horizontalScrollBar().setPageStep(self.viewport().width())
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the scroll bars."""
        super().resizeEvent(event)
        self._lay_out()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Paint anew: there is little to paint."""
        self.viewport().update()

    def height_for(self, lines: int) -> int:
        """How high it must be to show so many lines."""
        return lines * self._line_height() + 2 * self.frameWidth() + 2
