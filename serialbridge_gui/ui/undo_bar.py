"""The bar that offers to undo the last delete."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QToolButton, QWidget

from serialbridge_gui.engine.bridge import BridgeState
from serialbridge_gui.traffic.text import make_visible
from serialbridge_gui.ui.message_bar import MessageBar


class UndoBar(MessageBar):
    """Stays until it is undone, closed, or something else is deleted. GUI thread only."""

    undo_requested = Signal()
    dismissed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("undoBar")
        self._name = ""
        self.close_button = QToolButton(self)
        self.close_button.setAutoRaise(True)
        self.close_button.setText("×")
        self.close_button.clicked.connect(self.dismissed)
        layout = self.layout()
        if layout is not None:
            layout.addWidget(self.close_button)
        self.retranslate()

    def offer(self, name: str) -> None:
        """A bridge of this name was deleted; empty: nothing can be undone."""
        self._name = name
        if not name:
            self.clear()
            return
        self.say(
            self.tr("Deleted “{name}”.").format(name=make_visible(name)),
            look=BridgeState.STOPPED, action=self.tr("&Undo"), do=self.undo_requested.emit,
        )  # fmt: skip

    def retranslate(self) -> None:
        """Put every word anew."""
        self.close_button.setToolTip(self.tr("Delete it for good"))
        self.close_button.setAccessibleName(self.tr("Delete it for good"))
        self.offer(self._name)
