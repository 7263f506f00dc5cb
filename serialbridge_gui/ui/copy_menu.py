"""The menu that copies the selected rows in one of the forms that other programs take."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from serialbridge_gui.traffic.copy_formats import CopyFormat

from .log_toolbar import say


class CopyMenu(QMenu):
    """Says what the user wants; the table does it. GUI thread only."""

    chosen = Signal(CopyFormat)

    def __init__(self, as_shown: QAction, parent: QWidget | None = None) -> None:
        """`as_shown` is the pane's own action, which the menu offers first."""
        super().__init__(parent)
        self.format_actions = {form: QAction(self) for form in CopyFormat}
        self.setToolTipsVisible(True)
        self.addAction(as_shown)
        self.addSeparator()
        for form, action in self.format_actions.items():
            action.triggered.connect(lambda _=False, form=form: self.chosen.emit(form))
            self.addAction(action)
        self.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Make the words again."""
        self.setTitle(self.tr("Copy"))
        self.menuAction().setToolTip(self.tr("Copy the selected rows"))
        words = {
            CopyFormat.HEX: (self.tr("As hex"), self.tr("31 32 0D 0A, a line for each row")),
            CopyFormat.TEXT: (self.tr("As text"), self.tr("The characters, with their own line ends")),
            CopyFormat.C_ARRAY: (self.tr("As C array"), self.tr("const unsigned char data[4] = …")),
            CopyFormat.PYTHON: (self.tr("As Python bytes"), self.tr("b'12\\r\\n', or a list of them")),
            CopyFormat.HEX_DUMP: (self.tr("As hex dump"), self.tr("Offset, hex and characters")),
        }
        for form, (text, tip) in words.items():
            say(self.format_actions[form], text, tip)
