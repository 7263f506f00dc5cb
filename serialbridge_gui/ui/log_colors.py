"""The colours of the log, one set for a light base and one for a dark base."""

from __future__ import annotations

from PySide6.QtGui import QBrush, QColor

from serialbridge_gui.traffic.chunk import Direction

_LIGHT = {
    Direction.SERIAL_TO_TCP: "#0b57a4",
    Direction.TCP_TO_SERIAL: "#8a4300",
    Direction.EVENT: "#5b6168",
    Direction.GAP: "#b3261e",
}
_DARK = {
    Direction.SERIAL_TO_TCP: "#8cc2ff",
    Direction.TCP_TO_SERIAL: "#f5b56b",
    Direction.EVENT: "#a9b0b8",
    Direction.GAP: "#ff9a90",
}
"""Chosen: each 4.5:1 or better (WCAG 1.4.3) on its base and alternate base; a test measures it."""


def direction_brushes(base: QColor) -> dict[int, QBrush]:
    """The text colour of each Direction on the background `base`."""
    names = _DARK if base.lightness() < 128 else _LIGHT
    return {int(direction): QBrush(QColor(name)) for direction, name in names.items()}
