"""Keys that a field would swallow reach the window."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from serialbridge_gui.ui.field_keys import leave_to_window


class GreedyField(QLineEdit):
    """Wants every key, as Qt's fields want Ctrl+E on Linux and macOS."""

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)


def wants(field: QWidget, key: Qt.Key) -> bool:
    event = QKeyEvent(QEvent.Type.ShortcutOverride, key, Qt.KeyboardModifier.ControlModifier)
    event.ignore()
    QApplication.sendEvent(field, event)
    return event.isAccepted()


def test_the_key_is_left_to_the_window_and_others_stay_with_the_field(qapp: QApplication) -> None:
    page = QWidget()
    field = GreedyField(page)
    assert wants(field, Qt.Key.Key_E)
    leave_to_window(page, QKeySequence("Ctrl+E"))
    assert not wants(field, Qt.Key.Key_E)
    assert wants(field, Qt.Key.Key_A)
