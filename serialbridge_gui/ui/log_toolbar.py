"""The log pane's actions and the row of buttons that offers them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QToolButton, QWidget

from .log_cells import ViewMode
from .log_time import TimeMode


class LogToolbar(QWidget):
    """Says what the user wants; the pane does it. GUI thread only.

    The actions are public, so that a menu can offer them too.
    """

    view_mode_chosen = Signal(ViewMode)
    time_mode_chosen = Signal(TimeMode)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view_actions = {mode: QAction(self) for mode in ViewMode}
        self.time_actions = {mode: QAction(self) for mode in TimeMode}
        self.pause = QAction(self)
        self.follow = QAction(self)
        self.clear = QAction(self)
        self.undo_clear = QAction(self)
        self.wireshark = QAction(self)
        self._wireshark_button = QToolButton(self)
        self._notice = QLabel(self)
        self._notice.setTextFormat(Qt.TextFormat.PlainText)
        self._time_button = QToolButton(self)
        self._clear_button = QToolButton(self)
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(4, 4, 4, 4)
        self._layout.setSpacing(4)
        self._add_modes()
        self._layout.addSpacing(8)
        self.pause.setCheckable(True)
        self.pause.setShortcut(QKeySequence("Ctrl+Shift+P"))
        self.follow.setCheckable(True)
        self.follow.setChecked(True)
        self.follow.setShortcut(QKeySequence("Ctrl+End"))
        self.clear.setShortcut(QKeySequence("Ctrl+L"))
        self.undo_clear.setShortcut(QKeySequence("Ctrl+Shift+L"))
        for action in (self.pause, self.follow):
            button = QToolButton(self)
            button.setDefaultAction(action)
            self._layout.addWidget(button)
        self._clear_button.setDefaultAction(self.clear)
        self._layout.addWidget(self._clear_button)
        self._wireshark_button.setDefaultAction(self.wireshark)
        self._layout.addWidget(self._wireshark_button)
        self._layout.addSpacing(8)
        self._layout.addWidget(self._notice)
        self._layout.addStretch(1)
        self.addActions([self.clear, self.undo_clear])  # each has its key, whichever the button offers
        self.retranslate()

    def _add_modes(self) -> None:
        views = QActionGroup(self)
        for key, (view_mode, action) in enumerate(self.view_actions.items(), start=1):
            action.setCheckable(True)
            action.setShortcut(QKeySequence(f"Ctrl+{key}"))
            action.triggered.connect(lambda _=False, mode=view_mode: self.view_mode_chosen.emit(mode))
            views.addAction(action)
            button = QToolButton(self)
            button.setDefaultAction(action)
            self._layout.addWidget(button)
        menu = QMenu(self)
        times = QActionGroup(self)
        for time_mode, action in self.time_actions.items():
            action.setCheckable(True)
            action.triggered.connect(lambda _=False, mode=time_mode: self._choose_time(mode))
            times.addAction(action)
            menu.addAction(action)
        self.view_actions[ViewMode.BOTH].setChecked(True)
        self.time_actions[TimeMode.ABSOLUTE].setChecked(True)
        self._time_button.setMenu(menu)
        self._time_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._layout.addSpacing(8)
        self._layout.addWidget(self._time_button)

    def _choose_time(self, mode: TimeMode) -> None:
        self._name_time_button()
        self.time_mode_chosen.emit(mode)

    def offer_undo(self, offered: bool) -> None:
        """Let the Clear button undo the last clearing, or clear again."""
        action, other = (self.undo_clear, self.clear) if offered else (self.clear, self.undo_clear)
        self._clear_button.removeAction(other)  # a button with two actions shows a menu's arrow
        self._clear_button.setDefaultAction(action)
        self._clear_button.setAccessibleName(self._clear_button.text())

    def offer_wireshark(self, *, installed: bool, running: bool) -> None:
        """Let the button be there where Wireshark is, and work while the bridge runs."""
        self._wireshark_button.setVisible(installed)
        self.wireshark.setEnabled(running)
        tip = self.tr("See the traffic in Wireshark, live") if running else self.tr("Start the bridge first")
        self.wireshark.setToolTip(f"{tip} (Ctrl+Shift+W)")

    def show_notice(self, text: str) -> None:
        """A few words at the end of the row; "" for none."""
        if text != self._notice.text():
            self._notice.setText(text)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Make the words again."""
        views = {
            ViewMode.HEX: (self.tr("Hex"), self.tr("Show the bytes in hex")),
            ViewMode.TEXT: (self.tr("Text"), self.tr("Show the bytes as text")),
            ViewMode.BOTH: (self.tr("Both"), self.tr("Show hex and text side by side")),
            ViewMode.MIXED: (self.tr("Mixed"), self.tr("Show text, and other bytes as hex in brackets")),
        }
        for mode, (text, tip) in views.items():
            _say(self.view_actions[mode], text, tip)
        times = {
            TimeMode.ABSOLUTE: self.tr("Time of day"),
            TimeMode.RELATIVE: self.tr("Since the first row"),
            TimeMode.SINCE_PREVIOUS: self.tr("Since the previous row"),
            TimeMode.SINCE_TURN: self.tr("Since the direction changed"),
        }
        for time_mode, text in times.items():
            self.time_actions[time_mode].setText(text)
        _say(
            self.pause,
            self.tr("Pause display"),
            self.tr("Hold new rows back; bytes go on passing and being logged"),
        )
        _say(self.follow, self.tr("Follow"), self.tr("Keep the newest row in sight"))
        _say(self.clear, self.tr("Clear"), self.tr("Empty the display; can be undone"))
        _say(self.undo_clear, self.tr("Undo clear"), self.tr("Show again what was cleared"))
        self.wireshark.setText(self.tr("Wireshark"))
        self._name_time_button()
        for button in self.findChildren(QToolButton):
            button.setAccessibleName(button.text())

    def _name_time_button(self) -> None:
        checked = next(action for action in self.time_actions.values() if action.isChecked())
        self._time_button.setText(self.tr("Time: {mode}").format(mode=checked.text()))
        self._time_button.setToolTip(self.tr("What the time column counts"))
        self._time_button.setAccessibleName(self._time_button.text())


def _say(action: QAction, text: str, tip: str) -> None:
    """Name an action; its tooltip ends with its key."""
    key = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    action.setText(text)
    action.setToolTip(f"{tip} ({key})")
