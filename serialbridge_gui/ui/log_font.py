"""The font of the log, and what it can show."""

from __future__ import annotations

from PySide6.QtGui import QFont, QFontDatabase, QTextLayout


def log_font() -> QFont:
    """The system's fixed font, without the shaping that ASCII does not need: a quarter of a repaint."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setKerning(False)
    font.setStyleStrategy(QFont.StyleStrategy.PreferNoShaping)
    return font


def shows_all(font: QFont, characters: str) -> bool:
    """Whether `font`, or one that stands in for it, has a glyph for each character."""
    layout = QTextLayout(characters, font)
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    return all(all(run.glyphIndexes()) for run in layout.glyphRuns())
