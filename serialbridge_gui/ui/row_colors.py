"""What is painted behind the log's rows, and beside them in the scroll bar."""

from __future__ import annotations

from typing import Final

from PySide6.QtGui import QBrush, QColor, QPalette

_HIT: Final = ("#fff0a8", "#35310f")
_CURRENT_HIT: Final = ("#ffdd75", "#473c00")
_MARK: Final = ("#a87900", "#d9b23a")
_CURRENT_MARK: Final = ("#c62828", "#ff8a80")

RULE_COLORS: Final = {
    "red": ("#ffdcd8", "#4a2020"),
    "orange": ("#ffe3c4", "#452a08"),
    "yellow": ("#fbf3bf", "#36320c"),
    "green": ("#d5f2d8", "#12391c"),
    "teal": ("#cdf0ee", "#0b3838"),
    "blue": ("#d9e9ff", "#16304f"),
    "purple": ("#ecdfff", "#35264f"),
    "grey": ("#e6e8ea", "#35383c"),
}
"""By what profiles and files call them: (on a light base, on a dark one). Chosen so that the log's text colours
have 4.5:1 on each (WCAG 1.4.3), and marks 3:1 on the bar; a test measures it."""


def _pick(pair: tuple[str, str], dark: bool) -> QColor:
    return QColor(pair[dark])


def is_dark_base(base: QColor) -> bool:
    """Whether colours for a dark base are needed."""
    return base.lightness() < 128


def hit_color(base: QColor) -> QColor:
    """Behind a row that was found."""
    return _pick(_HIT, is_dark_base(base))


def current_hit_color(base: QColor) -> QColor:
    """Behind the row that was gone to last."""
    return _pick(_CURRENT_HIT, is_dark_base(base))


def rule_color(name: str, base: QColor) -> QColor:
    """Behind a row that a highlight rule chose; an unknown name is grey."""
    return _pick(RULE_COLORS.get(name, RULE_COLORS["grey"]), is_dark_base(base))


def rule_brushes(base: QColor) -> dict[str, QBrush]:
    """All of them, ready to paint."""
    return {name: QBrush(rule_color(name, base)) for name in RULE_COLORS}


def mark_color(palette: QPalette) -> QColor:
    """Of a mark in the scroll bar."""
    return _pick(_MARK, is_dark_base(palette.color(QPalette.ColorRole.Window)))


def current_mark_color(palette: QPalette) -> QColor:
    """Of the mark of the row that was gone to last."""
    return _pick(_CURRENT_MARK, is_dark_base(palette.color(QPalette.ColorRole.Window)))
