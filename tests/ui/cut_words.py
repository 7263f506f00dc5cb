"""Finds words that do not fit where they stand."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QComboBox,
    QGroupBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QWidget,
)

ARROW_PX = 16
"""Of a combo box, at least."""


def cut_words(shown: QWidget) -> list[str]:
    """What is cut off in this window, and where; words that are elided or scrolled on purpose are not among it."""
    found = []
    for widget in [shown, *shown.findChildren(QWidget)]:
        if widget.isVisible() and (words := _cut(widget)):
            place = type(widget.parentWidget()).__name__
            found.append(f"“{words}” of {type(widget).__name__} in {place}, {widget.width()} × {widget.height()}")
    return found


def _cut(widget: QWidget) -> str:
    metrics = widget.fontMetrics()

    def wide(text: str) -> int:
        return metrics.size(Qt.TextFlag.TextShowMnemonic, text).width()

    if _leaves_its_parent(widget):
        return getattr(widget, "text", lambda: widget.accessibleName() or "everything")()
    if isinstance(widget, QLabel) and widget.text():
        room = widget.contentsRect()
        if widget.wordWrap():
            return widget.text() if widget.heightForWidth(widget.width()) > widget.height() else ""
        return widget.text() if wide(widget.text()) > room.width() + 2 or metrics.height() > room.height() + 1 else ""
    if isinstance(widget, (QPushButton, QToolButton)) and widget.text():
        needed = wide(widget.text() if isinstance(widget, QPushButton) else widget.text().replace("&", ""))
        if isinstance(widget, QToolButton) and widget.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonIconOnly:
            return ""
        return widget.text() if needed > widget.width() - 4 or metrics.height() > widget.height() else ""
    if isinstance(widget, QAbstractButton) and widget.text():
        return widget.text() if widget.sizeHint().width() > widget.width() else ""
    if isinstance(widget, QComboBox) and not widget.isEditable():
        return widget.currentText() if wide(widget.currentText()) > widget.width() - ARROW_PX else ""
    if isinstance(widget, QLineEdit) and not widget.text():
        return widget.placeholderText() if wide(widget.placeholderText()) > widget.width() - 4 else ""
    if isinstance(widget, QGroupBox):
        return widget.title() if wide(widget.title()) > widget.width() else ""
    if isinstance(widget, QHeaderView):
        return _cut_title(widget)
    return ""


def _leaves_its_parent(widget: QWidget) -> bool:
    """Whether a part of it is outside, where nothing scrolls it into sight."""
    parent = widget.parentWidget()
    if parent is None or widget.isWindow() or widget.objectName().startswith("qt_"):
        return False
    if isinstance(parent.parentWidget(), QAbstractScrollArea) or isinstance(parent, QAbstractScrollArea):
        return False
    room: QRect = parent.rect().adjusted(-2, -2, 2, 2)
    return not room.contains(widget.geometry())


def _cut_title(header: QHeaderView) -> str:
    model = header.model()
    if model is None or header.orientation() is not Qt.Orientation.Horizontal:
        return ""
    for section in range(header.count()):
        title = str(model.headerData(section, Qt.Orientation.Horizontal) or "")
        if not header.isSectionHidden(section) and header.fontMetrics().horizontalAdvance(title) > header.sectionSize(
            section
        ):
            return title
    return ""
