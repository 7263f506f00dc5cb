"""The inline message: one sentence, one action, at times something beside it; no modal box."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from serialbridge_gui.engine.bridge import BridgeState
from serialbridge_gui.ui.state_look import state_color, state_icon


class MessageBar(QFrame):
    """Hidden while there is nothing to say. GUI thread only."""

    cleared = Signal()
    """There is nothing to say any more."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("messageBar")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self._icon = QLabel(self)
        self.label = QLabel(self)
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setWordWrap(True)
        self.label.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.button, self.beside = QPushButton(self), QPushButton(self)
        self.button.clicked.connect(self._act)
        self.beside.clicked.connect(self._act_beside)
        self.beside.setFlat(True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 6, 10, 6)
        layout.addWidget(self._icon)
        layout.addWidget(self.label, 1)
        layout.addWidget(self.beside)
        layout.addWidget(self.button)
        self._action: Callable[[], None] | None = None
        self._action_beside: Callable[[], None] | None = None
        self.look = BridgeState.ERROR
        """Whose shape and colour it has: STOPPED for good news."""
        self.hide()

    def say(
        self,
        text: str,
        *,
        look: BridgeState = BridgeState.ERROR,
        action: str = "",
        do: Callable[[], None] | None = None,
        beside: tuple[str, Callable[[], None]] | None = None,
    ) -> None:
        """Show a sentence, in a state's colour, with a button that does one thing; `beside`: a lesser one, such as
        Help."""
        self._action = do
        self.beside.setVisible(beside is not None)
        if beside is not None:
            words, self._action_beside = beside
            self.beside.setText(words)
        self.look = look
        if self.label.text() != text:
            self.label.setText(text)
            self.label.setAccessibleName(text)
        self.button.setText(action)
        self.button.setVisible(bool(action))
        self._paint()
        self.show()

    def rename_ok(self, word: str) -> None:
        """Where the button is only to say that it was read: its word in another language. The sentence stays."""
        if self._action == self.clear:
            self.button.setText(word)

    def clear(self) -> None:
        """Nothing to say any more."""
        self._action = self._action_beside = None
        self.hide()
        self.cleared.emit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self.isVisible():
            self._paint()

    def _paint(self) -> None:
        self._icon.setPixmap(state_icon(self.look, self.palette()).pixmap(16, 16))
        palette = self.label.palette()
        color = state_color(self.look, self.palette())
        if palette.color(QPalette.ColorRole.WindowText) != color:
            palette.setColor(QPalette.ColorRole.WindowText, color)
            self.label.setPalette(palette)

    def _act(self) -> None:
        if self._action is not None:
            self._action()

    def _act_beside(self) -> None:
        if self._action_beside is not None:
            self._action_beside()
