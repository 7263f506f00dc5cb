"""Selected text that can be read: Fusion's white on light blue has 3.7:1, and 4.5:1 is the least (WCAG 1.4.3)."""

from __future__ import annotations

from typing import Final

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

LEAST_CONTRAST: Final = 4.5


def keep_selection_readable(app: QApplication) -> None:
    """Darken what is behind selected text as far as it needs; nothing else of the palette is set, it follows the
    system as before. Call once, after the style was chosen."""
    palette = app.palette()
    color = readable_selection(palette)
    if color != palette.color(QPalette.ColorRole.Highlight):
        only = QPalette()
        for group in (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive):
            only.setColor(group, QPalette.ColorRole.Highlight, color)
        app.setPalette(only)


def readable_selection(palette: QPalette) -> QColor:
    """The palette's colour for what is selected, or a darker one that its text stands out from."""
    color = palette.color(QPalette.ColorRole.Highlight)
    text = palette.color(QPalette.ColorRole.HighlightedText)
    if _luminance(text) > _luminance(color):  # a dark text is on a light colour of the system's choice
        while contrast(text, color) < LEAST_CONTRAST:
            color = color.darker(103)
    return color


def contrast(one: QColor, other: QColor) -> float:
    """From 1 to 21, as WCAG 2 defines it."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: QColor) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)

    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF())
