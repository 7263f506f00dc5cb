"""One line that matters: a shape, words and a colour."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from serialbridge_gui.engine.bridge import BridgeState
from serialbridge_gui.ui.state_look import state_color, state_icon


class Note(QWidget):
    """Hidden until it has something to say. GUI thread only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.shape, self.label = QLabel(self), QLabel(self)
        self.look: BridgeState | None = None
        """Whose shape and colour it has: ERROR for danger, WAITING_FOR_DEVICE for a warning; None: neither."""
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setWordWrap(True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.shape, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self.label, 1)
        self.hide()

    def say(self, text: str, look: BridgeState | None) -> None:
        """Show this text, plain; nothing where it is empty."""
        self.look = look
        if self.label.text() != text:
            self.label.setText(text)
            self.label.setAccessibleName(text)
        self._paint()
        self.setVisible(bool(text))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._paint()

    def _paint(self) -> None:
        self.shape.setVisible(self.look is not None)
        palette = self.label.palette()
        color = self.palette().color(QPalette.ColorRole.WindowText)
        if self.look is not None:
            self.shape.setPixmap(state_icon(self.look, self.palette()).pixmap(16, 16))
            color = state_color(self.look, self.palette())
        if palette.color(QPalette.ColorRole.WindowText) != color:
            palette.setColor(QPalette.ColorRole.WindowText, color)
            self.label.setPalette(palette)
