"""A scroll bar that shows where in the whole something was found."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QScrollBar, QStyle, QStyleOptionSlider, QWidget

from .row_colors import current_mark_color, mark_color

BUCKETS: Final = 200
"""Chosen: one for two to four points of a window's height. The marks cost as much whatever is found."""

_LEAST_HEIGHT: Final = 2


class MarkedScrollBar(QScrollBar):
    """A vertical bar, marked in its right half. GUI thread only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self._marked = bytes(BUCKETS)
        self._current = -1.0

    def set_marks(self, marked: bytes, current: float = -1.0) -> None:
        """Mark the buckets that are not 0, of BUCKETS from top to bottom; `current` is a place from 0 to 1, or -1."""
        if marked != self._marked or current != self._current:
            self._marked, self._current = marked, current
            self.update()

    @property
    def marked(self) -> bytes:
        """What was marked last."""
        return self._marked

    def paintEvent(self, event: QPaintEvent) -> None:
        """The marks over what the style paints."""
        super().paintEvent(event)
        if not any(self._marked) and self._current < 0:
            return
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        groove = self.style().subControlRect(
            QStyle.ComplexControl.CC_ScrollBar, option, QStyle.SubControl.SC_ScrollBarGroove, self
        )
        painter = QPainter(self)
        color = mark_color(self.palette())
        left, width = groove.left() + groove.width() // 2, groove.width() // 2 - 1
        for bucket, marked in enumerate(self._marked):
            if marked:
                top = groove.top() + bucket * groove.height() // BUCKETS
                height = max(_LEAST_HEIGHT, groove.height() // BUCKETS)
                painter.fillRect(QRect(left, top, width, height), color)
        if self._current >= 0:
            top = groove.top() + round(self._current * (groove.height() - _LEAST_HEIGHT))
            color = current_mark_color(self.palette())
            painter.fillRect(QRect(groove.left() + 1, top, groove.width() - 2, _LEAST_HEIGHT), color)
        painter.end()
