"""The help page: ten questions and their answers, a part of the program, so that it is there without a network."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication, QEvent, QFile, QIODevice, Qt, QUrl, Signal
from PySide6.QtGui import QKeySequence, QPalette, QShortcut, QTextCursor
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QLineEdit, QPushButton, QTextBrowser, QVBoxLayout, QWidget

from serialbridge_gui.engine.bridge import BridgeState
from serialbridge_gui.ui.state_look import keep_grey_readable, state_color

ENGLISH: Final = "en"


def help_text(language: str) -> str:
    """The page in this language, as HTML of our own; empty where there is none."""
    file = QFile(f":/help/{language}.html")
    if not file.open(QIODevice.OpenModeFlag.ReadOnly):
        return ""
    return bytes(file.readAll().data()).decode()


class HelpPage(QDialog):
    """Not modal. GUI thread only."""

    action_requested = Signal(str)
    """A link that does something was chosen; its name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.search, self.search_label, self.found = QLineEdit(self), QLabel(self), QLabel(self)
        self.search_label.setBuddy(self.search)
        self.search.setClearButtonEnabled(True)
        self.search.setMaxLength(200)
        self.top = QPushButton(self)
        self.top.setAutoDefault(False)
        self.text = QTextBrowser(self)
        self.text.setOpenLinks(False)
        self.text.setTabChangesFocus(False)  # Tab goes from link to link
        head = QHBoxLayout()
        for widget in (self.search_label, self.search, self.found, self.top):
            head.addWidget(widget, 1 if widget is self.search else 0)
        layout = QVBoxLayout(self)
        layout.addLayout(head)
        layout.addWidget(self.text, 1)
        self.resize(760, 640)
        self.search.returnPressed.connect(self.find_next)
        self.search.textEdited.connect(self._find_from_top)
        self.top.clicked.connect(lambda: self.show_part(""))
        self.text.anchorClicked.connect(self._follow)
        for keys, do in (("Ctrl+F", self._go_to_search), ("F3", self.find_next), ("Shift+F3", self.find_previous)):
            QShortcut(QKeySequence(keys), self, do)
        keep_grey_readable(self)
        self.retranslate()
        self.search.setFocus()

    def show_part(self, part: str) -> None:
        """Scroll to an anchor; empty: to the beginning."""
        if part:
            self.text.scrollToAnchor(part)
        else:
            self.text.moveCursor(QTextCursor.MoveOperation.Start)
            self.text.verticalScrollBar().setValue(0)

    def find_next(self) -> None:
        """Select the next place with what is searched, from the top again after the last one."""
        self._find(QTextCursor.MoveOperation.Start)

    def find_previous(self) -> None:
        """As `find_next`, the other way."""
        self._find(QTextCursor.MoveOperation.End)

    def _find_from_top(self) -> None:
        self.text.moveCursor(QTextCursor.MoveOperation.Start)
        self.find_next()

    def _find(self, begin: QTextCursor.MoveOperation) -> None:
        from PySide6.QtGui import QTextDocument

        wanted, flags = self.search.text().strip(), QTextDocument.FindFlag(0)
        if begin is QTextCursor.MoveOperation.End:
            flags = QTextDocument.FindFlag.FindBackward
        found = not wanted or self.text.find(wanted, flags)
        if not found:
            self.text.moveCursor(begin)
            found = self.text.find(wanted, flags)
        self.found.setText("" if found else self.tr("not found"))

    def _go_to_search(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def _follow(self, link: QUrl) -> None:
        if link.scheme() == "action":
            self.action_requested.emit(link.path())
        else:
            self.show_part(link.fragment())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        elif event.type() == QEvent.Type.PaletteChange:
            keep_grey_readable(self)
            self._show_text()

    def _show_text(self) -> None:
        """With links whose colour can be read: those of the palette are for a light base."""
        color = state_color(BridgeState.OPENING, self.palette())
        palette = self.text.palette()
        if palette.color(QPalette.ColorRole.Link) != color or not self.text.document().characterCount() > 1:
            for role in (QPalette.ColorRole.Link, QPalette.ColorRole.LinkVisited):
                palette.setColor(role, color)
            self.text.setPalette(palette)
        self.text.document().setDefaultStyleSheet(f"a[href] {{ color: {color.name()}; }} h2 {{ margin-top: 22px; }}")
        position = self.text.verticalScrollBar().value()
        self.text.setHtml(help_text(help_language()) or help_text(ENGLISH))
        self.text.verticalScrollBar().setValue(position)

    def retranslate(self) -> None:
        """Put every word anew, the page in the language of the window."""
        self.setWindowTitle(self.tr("Help of SerialBridge"))
        self.search_label.setText(self.tr("&Find"))
        self.search.setAccessibleName(self.tr("Find in the help"))
        self.search.setPlaceholderText(self.tr("A word, then Enter"))
        self.top.setText(self.tr("Questions"))
        self.top.setToolTip(self.tr("Back to the list of questions"))
        self.text.setAccessibleName(self.tr("Help"))
        self.found.setText("")
        self._show_text()


def help_language() -> str:
    """Which page goes with the words in force: a translation has `zh_CN` or such for this "en"."""
    return QCoreApplication.translate("HelpPage", "en")
