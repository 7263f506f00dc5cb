"""The font of the log, and what it can show."""

from __future__ import annotations

from typing import Final, Protocol, cast, runtime_checkable

from PySide6.QtGui import QFont, QFontDatabase, QTextLayout
from PySide6.QtWidgets import QApplication

_FAMILY: Final = "logFontFamily"
_POINTS: Final = "logFontPoints"
"""Properties of the application, as its other fonts are the application's."""


@runtime_checkable
class ShowsLogFont(Protocol):
    """A widget that is written in the log's font."""

    def take_log_font(self) -> None:
        """It may be another one now."""


def log_font() -> QFont:
    """The chosen one or the system's fixed one, without shaping, which ASCII does not need: a quarter of a repaint."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    app = QApplication.instance()
    if family := app and app.property(_FAMILY):
        font.setFamilies([family, *font.families()])
        font.setStyleHint(QFont.StyleHint.Monospace)
    if points := app and app.property(_POINTS):
        font.setPointSize(points)
    font.setKerning(False)
    font.setStyleStrategy(QFont.StyleStrategy.PreferNoShaping)
    return font


def use_log_font(app: QApplication, family: str, points: int) -> None:
    """Write everything in this font from now on; an empty family and 0 points are as the system has it."""
    if (app.property(_FAMILY) or "", app.property(_POINTS) or 0) == (family, points):
        return
    app.setProperty(_FAMILY, family)
    app.setProperty(_POINTS, points)
    for widget in app.allWidgets():
        if isinstance(widget, ShowsLogFont):
            cast(ShowsLogFont, widget).take_log_font()


def shows_all(font: QFont, characters: str) -> bool:
    """Whether `font`, or one that stands in for it, has a glyph for each character."""
    layout = QTextLayout(characters, font)
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    return all(all(run.glyphIndexes()) for run in layout.glyphRuns())
