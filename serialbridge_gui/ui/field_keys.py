"""Keys that a text field would take for itself, and that are the window's all the same."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QLineEdit, QWidget


def leave_to_window(page: QWidget, key: QKeySequence) -> None:
    """Let `key` be a shortcut in every field on the page. GUI thread only.

    Ctrl+E is "end of the line" to Qt's fields on Linux and macOS (QKeySequence::MoveToEndOfLine), which take
    it before the shortcut sees it.
    """
    leaver = _KeyLeaver(key, page)
    for kind in (QLineEdit, QComboBox, QAbstractSpinBox):
        for field in page.findChildren(kind):
            field.installEventFilter(leaver)


class _KeyLeaver(QObject):
    """Says no for a field that is asked whether it wants the key."""

    def __init__(self, key: QKeySequence, parent: QObject) -> None:
        super().__init__(parent)
        self._key = key

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.ShortcutOverride:
            return False
        if QKeySequence(event.keyCombination()) != self._key:
            return False
        event.ignore()
        return True
