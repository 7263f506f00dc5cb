"""The log pane's actions and the row of buttons that offers them."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QToolBar, QToolButton, QWidget

from serialbridge_gui.traffic.text import Encoding

from .grouping_menu import GroupingMenu
from .log_cells import ViewMode
from .log_time import TimeMode
from .tool_buttons import OverflowButton, order_tabs, show_checked


class LogToolbar(QWidget):
    """Says what the user wants; the pane does it. GUI thread only.

    The actions are public, so that a menu can offer them too. Who adds something to the log offers it by
    `add_action`. What has no room is in the menu of the button » at the right end.
    """

    view_mode_chosen = Signal(ViewMode)
    time_mode_chosen = Signal(TimeMode)
    encoding_chosen = Signal(Encoding)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view_actions = {mode: QAction(self) for mode in ViewMode}
        self.time_actions = {mode: QAction(self) for mode in TimeMode}
        self.pause = QAction(self)
        self.follow = QAction(self)
        self.clear = QAction(self)
        self.undo_clear = QAction(self)
        self.notice = QLabel(self)
        """The words of `show_notice`; the pane finds a place for it where it pushes no button away."""
        self.notice.setTextFormat(Qt.TextFormat.PlainText)
        self._clear_or_undo = QAction(self)
        """What the button does; the two actions proper keep their keys, whichever it offers."""
        self._undo_offered = False
        self._bar = QToolBar(self)
        self._bar.setMovable(False)
        self._bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self._overflow = OverflowButton(self._bar)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._bar)
        self.encoding_actions = {encoding: QAction(self) for encoding in Encoding}
        self.time_menu = self._add_modes()
        self.grouping_menu = GroupingMenu(self)
        self.add_action(self.grouping_menu.menuAction())
        self.encoding_menu = self._add_encodings()
        self._bar.addSeparator()
        self.pause.setCheckable(True)
        self.pause.setShortcut(QKeySequence("Ctrl+Shift+P"))
        self.follow.setCheckable(True)
        self.follow.setChecked(True)
        self.follow.setShortcut(QKeySequence("Ctrl+End"))
        self.clear.setShortcut(QKeySequence("Ctrl+L"))
        self.undo_clear.setShortcut(QKeySequence("Ctrl+Shift+L"))
        self.add_action(self.pause)
        self.add_action(self.follow)
        self._clear_or_undo.triggered.connect(lambda: self._offered.trigger())
        self.add_action(self._clear_or_undo)
        self._bar.addSeparator()
        self.retranslate()

    def add_action(self, action: QAction) -> QToolButton:
        """Offer `action` as a button at the right end; the button. Call in the order of use, the most used first.

        The button is reached by Tab and shows the action's text, which screen readers get too, and its tooltip:
        `say` makes both, with the action's key. An action with a menu (`QMenu.menuAction()`) opens it at a click.
        The action's owner keeps its words in the user's language.
        """
        self._bar.addAction(action)
        button = self._bar.widgetForAction(action)
        assert isinstance(button, QToolButton)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a tool bar's own buttons are not reached by keys
        if action.menu() is not None:
            button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setAccessibleName(action.text())
        action.changed.connect(lambda: button.setAccessibleName(action.text()))
        if action.isCheckable():
            show_checked(button)
            action.changed.connect(lambda: show_checked(button))
        order_tabs(self._bar)
        return button

    def _add_modes(self) -> QMenu:
        views = QActionGroup(self)
        for key, (view_mode, action) in enumerate(self.view_actions.items(), start=1):
            action.setCheckable(True)
            action.setShortcut(QKeySequence(f"Ctrl+{key}"))
            action.triggered.connect(lambda _=False, mode=view_mode: self.view_mode_chosen.emit(mode))
            views.addAction(action)
            self.add_action(action)
        menu = QMenu(self)
        times = QActionGroup(self)
        for time_mode, action in self.time_actions.items():
            action.setCheckable(True)
            action.triggered.connect(lambda _=False, mode=time_mode: self._choose_time(mode))
            times.addAction(action)
            menu.addAction(action)
        self.view_actions[ViewMode.BOTH].setChecked(True)
        self.time_actions[TimeMode.ABSOLUTE].setChecked(True)
        self._bar.addSeparator()
        self.add_action(menu.menuAction())
        return menu

    def _add_encodings(self) -> QMenu:
        menu = QMenu(self)
        encodings = QActionGroup(self)
        for encoding, action in self.encoding_actions.items():
            action.setCheckable(True)
            action.triggered.connect(lambda _=False, encoding=encoding: self._choose_encoding(encoding))
            encodings.addAction(action)
            menu.addAction(action)
        self.encoding_actions[Encoding.UTF_8].setChecked(True)
        self.add_action(menu.menuAction())
        return menu

    def _choose_encoding(self, encoding: Encoding) -> None:
        self._name_menus()
        self.encoding_chosen.emit(encoding)

    def _choose_time(self, mode: TimeMode) -> None:
        self._name_menus()
        self.time_mode_chosen.emit(mode)

    def offer_undo(self, offered: bool) -> None:
        """Let the Clear button undo the last clearing, or clear again."""
        self._undo_offered = offered
        self._clear_or_undo.setText(self._offered.text())
        self._clear_or_undo.setToolTip(self._offered.toolTip())

    @property
    def _offered(self) -> QAction:
        return self.undo_clear if self._undo_offered else self.clear

    def show_notice(self, text: str) -> None:
        """A few words at the end of the row; "" for none."""
        if text != self.notice.text():
            self.notice.setText(text)

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
            say(self.view_actions[mode], text, tip)
        times = {
            TimeMode.ABSOLUTE: self.tr("Time of day"),
            TimeMode.RELATIVE: self.tr("Since the first row"),
            TimeMode.SINCE_PREVIOUS: self.tr("Since the previous row"),
            TimeMode.SINCE_TURN: self.tr("Since the direction changed"),
        }
        for time_mode, text in times.items():
            self.time_actions[time_mode].setText(text)
        encodings = {
            Encoding.UTF_8: self.tr("UTF-8"),
            Encoding.GB18030: self.tr("GB18030 (simplified Chinese)"),
            Encoding.BIG5: self.tr("Big5 (traditional Chinese)"),
            Encoding.LATIN_1: self.tr("Latin-1 (Western European)"),
            Encoding.ASCII: self.tr("ASCII"),
        }
        for encoding, text in encodings.items():
            self.encoding_actions[encoding].setText(text)
        self.grouping_menu.retranslate()
        say(
            self.pause,
            self.tr("Pause"),
            self.tr("Hold new rows back; bytes go on passing and being logged"),
        )
        say(self.follow, self.tr("Follow"), self.tr("Keep the newest row in sight"))
        say(self.clear, self.tr("Clear"), self.tr("Empty the display; can be undone"))
        say(self.undo_clear, self.tr("Undo clear"), self.tr("Show again what was cleared"))
        self.offer_undo(self._undo_offered)
        self._name_menus()
        self._overflow.retranslate()

    def _name_menus(self) -> None:
        self.time_menu.setTitle(self.tr("Time"))
        tip = self.tr("What the time column counts: {mode}").format(mode=_checked(self.time_actions.values()))
        self.time_menu.menuAction().setToolTip(tip)
        encoding = _checked(self.encoding_actions.values())
        self.encoding_menu.setTitle(self.tr("Encoding"))
        tip = self.tr("How bytes are read as text: {encoding}").format(encoding=encoding)
        self.encoding_menu.menuAction().setToolTip(tip)


def _checked(actions: Iterable[QAction]) -> str:
    return next(action.text() for action in actions if action.isChecked())


def say(action: QAction, text: str, tip: str) -> None:
    """Name an action; its tooltip ends with its key, if it has one."""
    key = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    action.setText(text)
    action.setToolTip(f"{tip} ({key})" if key else tip)
