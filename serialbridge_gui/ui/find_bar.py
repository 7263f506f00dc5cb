"""The bar under the log's buttons: what to find, where it is, and which rows to show."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QLocale, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from serialbridge_gui.engine.bridge import BridgeState
from serialbridge_gui.traffic.clients_seen import ClientsSeen
from serialbridge_gui.traffic.pattern import (
    MAX_TYPED_CHARACTERS,
    Pattern,
    PatternError,
    PatternKind,
    parse_pattern,
)

from .find_actions import FindActions
from .finder import Finder
from .note import Note
from .pattern_words import pattern_sentence, too_slow_sentence
from .route_menus import RouteMenus
from .tool_buttons import OverflowButton, order_tabs, show_checked

_COUNT_CHARACTERS: Final = 32
"""Chosen: "12,345 of 123,456 · 123,456 rows"; what is longer is cut where there is no room, and in the tooltip."""


class FindBar(QWidget):
    """Says what the user wants to the Finder, and what it found. Hidden until `open`. GUI thread only.

    While it is closed nothing is found, and no row is hidden: what hides rows is in sight.
    """

    closed = Signal()

    def __init__(self, finder: Finder, clients: ClientsSeen, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._finder = finder
        self._encoding = "utf-8"
        self._pattern: Pattern | None = None
        self.actions_of_find = FindActions(self)
        self.field = QLineEdit(self)
        self.kind = QComboBox(self)
        self.count = QLabel(self)
        self.as_hex = QPushButton(self)
        """Offered where what was typed is not found as text and may be meant as bytes."""
        self._may_be_hex = False
        self.note = Note(self)
        self.routes = RouteMenus(clients, self)
        self._filters = QToolBar(self)
        """What has no room goes into its menu."""
        self._overflow = OverflowButton(self._filters)
        self._make()
        self._connect()
        self.hide()
        self.retranslate()

    def _make(self) -> None:
        self.field.setMaxLength(MAX_TYPED_CHARACTERS)
        self.field.setClearButtonEnabled(True)
        self.field.setMinimumWidth(180)
        for kind in PatternKind:
            self.kind.addItem("", kind)
        self.count.setTextFormat(Qt.TextFormat.PlainText)
        self.as_hex.setAutoDefault(False)
        self.as_hex.hide()
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.field, 1)
        row.addWidget(self.kind)
        actions = self.actions_of_find
        for action in (actions.match_case, actions.previous, actions.next):
            row.addWidget(self._button(action))
        row.addWidget(self.count)
        row.addWidget(self.as_hex)
        for action in (actions.only_matching, *(menu.menuAction() for menu in self.routes.menus)):
            self.add_action(action)
        row.addWidget(self._filters)
        self.close_button = self._button(actions.close)
        row.addWidget(self.close_button)
        self._order_tabs()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 2, 4, 4)
        layout.setSpacing(2)
        layout.addLayout(row)
        layout.addWidget(self.note)
        self.addAction(actions.close)

    def add_action(self, action: QAction) -> None:
        """Offer `action` at the right end, or in the menu for what has no room."""
        self._filters.addAction(action)
        button = self._filters.widgetForAction(action)
        assert isinstance(button, QToolButton)
        self._dress(button, action)
        self._order_tabs()

    def _order_tabs(self) -> None:
        last = order_tabs(self._filters)
        if last is not None and hasattr(self, "close_button"):
            self.setTabOrder(last, self.close_button)

    def _button(self, action: QAction) -> QToolButton:
        button = QToolButton(self)
        button.setDefaultAction(action)
        button.setAutoRaise(True)
        self._dress(button, action)
        return button

    @staticmethod
    def _dress(button: QToolButton, action: QAction) -> None:
        if action.menu() is not None:
            button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        button.setAccessibleName(action.text())
        action.changed.connect(lambda: button.setAccessibleName(action.text()))
        if action.isCheckable():
            show_checked(button)
            action.changed.connect(lambda: show_checked(button))

    def _connect(self) -> None:
        actions, finder = self.actions_of_find, self._finder
        self.field.textChanged.connect(self._search)
        self.kind.currentIndexChanged.connect(self._search)
        self.as_hex.clicked.connect(self._find_as_hex)
        actions.match_case.toggled.connect(self._search)
        actions.only_matching.toggled.connect(self._filter)
        actions.open.triggered.connect(self.open)
        actions.open_filter.triggered.connect(self._toggle_filter)
        actions.next.triggered.connect(lambda: self._step(1))
        actions.previous.triggered.connect(lambda: self._step(-1))
        actions.close.triggered.connect(self.close_bar)
        self.routes.changed.connect(self._filter)
        finder.changed.connect(self.show_state)

    # ---- what the user does

    def open(self) -> None:
        """Show the bar and let the user type; what was typed last is found again."""
        was_hidden = self.isHidden()
        self.show()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()
        if was_hidden and self.field.text():
            self._search()

    def close_bar(self) -> None:
        """Forget the find, show all rows again, and hide."""
        if self.isHidden():
            return
        self.hide()
        self._pattern = None
        self.actions_of_find.only_matching.setChecked(False)
        self.routes.reset()
        self._finder.search(None)
        self.closed.emit()

    def set_encoding(self, encoding: str) -> None:
        """Tell the encoding of text in the log, by Python's name of it."""
        if encoding != self._encoding:
            self._encoding = encoding
            if self.isVisible():
                self._search()

    def _step(self, direction: int) -> None:
        if self.isHidden():
            self.open()
        elif direction > 0:
            self._finder.go_next()
        else:
            self._finder.go_previous()

    def _toggle_filter(self) -> None:
        if self.isHidden():
            self.open()
        self.actions_of_find.only_matching.toggle()

    def _search(self) -> None:
        kind = self.kind.currentData()
        self.actions_of_find.match_case.setEnabled(kind is not PatternKind.HEX)
        self._pattern = None
        self._may_be_hex = kind is PatternKind.TEXT and _may_be_hex(self.field.text())
        sentence = ""
        try:
            self._pattern = parse_pattern(
                self.field.text(),
                kind,
                match_case=self.actions_of_find.match_case.isChecked(),
                encoding=self._encoding,
            )
        except PatternError as error:
            sentence = pattern_sentence(error)
        self.note.say(sentence, BridgeState.ERROR if sentence else None)
        self._finder.search(self._pattern)
        if self.actions_of_find.only_matching.isChecked() and not sentence:  # half an expression: wait
            self._filter()

    def _find_as_hex(self) -> None:
        self.field.setFocus()
        self.kind.setCurrentIndex(self.kind.findData(PatternKind.HEX))

    def _filter(self) -> None:
        only_matching = self.actions_of_find.only_matching.isChecked()
        self._finder.filter(self._pattern if only_matching else None, self.routes.route)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Shift+Enter in the field."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.field.hasFocus():
            backwards = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._step(-1 if backwards else 1)
            return
        super().keyPressEvent(event)

    # ---- what is said

    def show_state(self) -> None:
        """Bring the count and what is beside it up to date."""
        finder = self._finder
        find = finder.find
        if (find is not None and find.too_slow) or finder.filter_failed:
            self.note.say(too_slow_sentence(), BridgeState.ERROR)
        words = [word for word in (self._found_words(), self._shown_words()) if word]
        text = " · ".join(words)
        if text != self.count.text():
            self.count.setText(text)
            self.count.setToolTip(text)
            width = self.count.fontMetrics().horizontalAdvance
            self.count.setMinimumWidth(min(width(text), width("0") * _COUNT_CHARACTERS))
            self.count.setAccessibleName(text)
        found = find is not None and find.count > 0
        self.as_hex.setVisible(self._may_be_hex and find is not None and find.complete and not found)
        self.actions_of_find.next.setEnabled(found or self.isHidden())
        self.actions_of_find.previous.setEnabled(found or self.isHidden())

    def _found_words(self) -> str:
        finder, number = self._finder, QLocale().toString
        find = finder.find
        if find is None:
            return ""
        if not find.complete and not find.full and not find.too_slow:
            percent = int(find.progress * 100)
            return self.tr("{count} found, {percent} % searched").format(count=number(find.count), percent=percent)
        if not find.count:
            return self.tr("Not found")
        if find.full:
            return self.tr("More than {count}").format(count=number(find.count))
        if not finder.ordinal:
            return self.tr("{count} found").format(count=number(find.count))
        words = self.tr("{ordinal} of {count}").format(ordinal=number(finder.ordinal), count=number(find.count))
        if finder.wrapped:
            went_on = self.tr("from the top again") if finder.wrapped > 0 else self.tr("from the bottom again")
            return f"{words}, {went_on}"
        return words

    def _shown_words(self) -> str:
        filtering = self._finder.filtering
        if filtering is not None:
            return self.tr("filtering, {percent} %").format(percent=int(filtering * 100))
        shown = self._finder.shown_count
        return "" if shown is None else self.tr("%n rows", "", shown)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Make the words again."""
        self.setAccessibleName(self.tr("Find and filter"))
        key = QKeySequence("Ctrl+F").toString(QKeySequence.SequenceFormat.NativeText)
        self.field.setPlaceholderText(self.tr("Find"))
        self.field.setAccessibleName(self.tr("What to find"))
        tip = self.tr("What to find ({key}); Enter for the next, Shift+Enter for the one before")
        self.field.setToolTip(tip.format(key=key))
        kinds = {
            PatternKind.TEXT: self.tr("Text"),
            PatternKind.HEX: self.tr("Hex"),
            PatternKind.REGEX: self.tr("Regex"),
        }
        for index, kind in enumerate(PatternKind):
            self.kind.setItemText(index, kinds[kind])
        self.kind.setAccessibleName(self.tr("How it is read"))
        self.kind.setToolTip(self.tr("Text, hex such as 0D ?? 0A, or a regular expression on the bytes"))
        self.as_hex.setText(self.tr("Find as hex"))
        self.as_hex.setToolTip(self.tr("Look for these bytes instead of for this text"))
        self._overflow.retranslate()
        self.actions_of_find.retranslate()
        self.routes.retranslate()
        self.show_state()


def _may_be_hex(text: str) -> bool:
    """Whether `text` can be read as two bytes or more, such as `0D 0A`."""
    try:
        return parse_pattern(text, PatternKind.HEX).max_length >= 2
    except PatternError:
        return False
