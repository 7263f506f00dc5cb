"""Which colour is behind a row: that of a hit, else that of the first highlight rule that matches."""

from __future__ import annotations

from typing import Final

from PySide6.QtGui import QBrush, QColor

from serialbridge_gui.traffic.rows import Row

from .finder import Finder
from .highlight_rules import HighlightRules
from .row_colors import current_hit_color, hit_color, rule_brushes

_CACHED_ROWS: Final = 1024
"""Chosen: many screens of rows; what is out of sight is worked out again."""


class RowMarker:
    """Answers the model's RowMarks. GUI thread only. Call `forget` when the hits or the rules changed."""

    def __init__(self, finder: Finder, rules: HighlightRules) -> None:
        self._finder = finder
        self._rules = rules
        self._brushes: dict[tuple[int, int], QBrush | None] = {}
        """By a row's number and size: the newest grows."""
        self.set_base_color(QColor("white"))

    def set_base_color(self, base: QColor) -> None:
        """Tell the colour that the rows are drawn on."""
        self._hit, self._current = QBrush(hit_color(base)), QBrush(current_hit_color(base))
        self._of_rules = rule_brushes(base)
        self.forget()

    def forget(self) -> None:
        """Work the colours out again."""
        self._brushes.clear()

    def brush(self, row: Row) -> QBrush | None:
        """See RowMarks."""
        key = row.number, len(row.data)
        if key in self._brushes:
            return self._brushes[key]
        if len(self._brushes) >= _CACHED_ROWS:
            self._brushes.clear()
        brush = self._brushes[key] = self._work_out(row)
        return brush

    def _work_out(self, row: Row) -> QBrush | None:
        finder = self._finder
        if row.number == finder.current_row:
            return self._current
        if finder.is_hit(row):
            return self._hit
        color = self._rules.matcher.color_of(row)
        return None if color is None else self._of_rules.get(color)
