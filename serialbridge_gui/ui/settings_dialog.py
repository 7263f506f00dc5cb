"""The settings of the program: pages of fields, each of which counts at once."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QScrollArea, QTabWidget, QVBoxLayout, QWidget

from serialbridge_gui.ui.autostart_state import AutostartState
from serialbridge_gui.ui.message_bar import MessageBar
from serialbridge_gui.ui.preferences import Preferences
from serialbridge_gui.ui.settings_page import SettingsPage
from serialbridge_gui.ui.settings_pages import GeneralPage, LogPage, NewBridgePage, RunningPage
from serialbridge_gui.ui.state_look import keep_grey_readable


class SettingsDialog(QDialog):
    """Not modal: what is changed shows in the window behind it. GUI thread only."""

    def __init__(
        self, preferences: Preferences, autostart: AutostartState, has_tray: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.general = GeneralPage(preferences)
        self.log = LogPage(preferences)
        self.new_bridges = NewBridgePage(preferences)
        self.running = RunningPage(preferences, autostart, has_tray)
        self.message = MessageBar(self)
        self.tabs = QTabWidget(self)
        self._pages: list[SettingsPage] = [self.general, self.log, self.new_bridges, self.running]
        for page in self._pages:
            self.tabs.addTab(_Scrolled(page), "")
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.buttons.rejected.connect(self.close)
        self.buttons.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)  # Enter ends what is typed
        layout = QVBoxLayout(self)
        layout.addWidget(self.message)
        layout.addWidget(self.tabs, 1)
        layout.addWidget(self.buttons)
        autostart.failed.connect(self._complain)
        for page in self._pages:
            page.show_values()
        self.retranslate()
        keep_grey_readable(self)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        elif event.type() == QEvent.Type.PaletteChange:
            keep_grey_readable(self)

    def retranslate(self) -> None:
        """Put every word anew."""
        self.setWindowTitle(self.tr("Settings"))
        self.tabs.setAccessibleName(self.tr("Pages of the settings"))
        for number, page in enumerate(self._pages):
            self.tabs.setTabText(number, page.title())
            page.retranslate()

    def _complain(self, sentence: str) -> None:
        self.message.say(sentence, action=self.tr("OK"), do=self.message.clear)


class _Scrolled(QScrollArea):
    """A page as large as it wants to be where the screen allows it; else it scrolls."""

    def __init__(self, page: SettingsPage) -> None:
        super().__init__()
        self._page = page
        self.setWidget(page)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def sizeHint(self) -> QSize:
        return self._with_bar(self._page.sizeHint())

    def minimumSizeHint(self) -> QSize:
        """As wide as its words; only its height gives way."""
        wide = self._with_bar(self._page.minimumSizeHint())
        return QSize(wide.width(), super().minimumSizeHint().height())

    def _with_bar(self, size: QSize) -> QSize:
        return size + QSize(self.verticalScrollBar().sizeHint().width(), 0)
