"""The named messages as a row of buttons: one click, or Alt and a digit, sends one."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QToolButton, QWidget

from serialbridge_gui.traffic.text import make_visible
from serialbridge_gui.ui.plain_tooltip import plain_tooltip
from serialbridge_gui.ui.send_memory import MAX_MESSAGES, SendMemory
from serialbridge_gui.ui.send_words import message_refusal

KEYS: Final = 9
"""Alt+1 to Alt+9: one for each of the first messages."""
MAX_SHOWN_CHARACTERS: Final = 24


class MessageRow(QWidget):
    """Shows a SendMemory's messages. GUI thread only."""

    chosen = Signal(object)
    """The NamedMessage to send."""
    edit_wanted = Signal()
    keep_wanted = Signal()
    """What is typed is to become a named message."""

    def __init__(self, memory: SendMemory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._memory = memory
        self._refusal = ""
        self.buttons: list[QToolButton] = []
        self.keep, self.edit = QToolButton(self), QToolButton(self)
        self._area = QScrollArea(self)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.horizontalScrollBar().rangeChanged.connect(self._make_room)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._area, 1)
        layout.addWidget(self.keep)
        layout.addWidget(self.edit)
        self.keep.clicked.connect(self.keep_wanted)
        self.edit.clicked.connect(self.edit_wanted)
        self._keys = [self._key(number) for number in range(1, KEYS + 1)]
        memory.messages_changed.connect(self._rebuild)
        self.retranslate()

    def refuse(self, refusal: str) -> None:
        """Why nothing can be sent now, in words; empty: something can."""
        if refusal != self._refusal:
            self._refusal = refusal
            self._show_refusals()

    def _key(self, number: int) -> QAction:
        action = QAction(self)
        action.setShortcut(QKeySequence(f"Alt+{number}"))
        action.setAutoRepeat(False)
        action.triggered.connect(lambda: self._press(number - 1))
        self.addAction(action)
        return action

    def _press(self, position: int) -> None:
        if position < len(self.buttons):
            self.buttons[position].click()

    def _rebuild(self) -> None:
        inside = QWidget()
        row = QHBoxLayout(inside)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        self.buttons = []
        for named in self._memory.messages:
            button = QToolButton(inside)
            button.setText(_shown(named.name))
            button.clicked.connect(lambda _=False, named=named: self.chosen.emit(named))
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)  # where a scroll bar comes and goes
            self.buttons.append(button)
        row.addStretch(1)
        self._area.setWidget(inside)  # and deletes the one before
        self._make_room()
        for action, number in zip(self._keys, range(1, KEYS + 1), strict=True):
            action.setEnabled(number <= len(self.buttons))
        self._show_refusals()

    def _make_room(self) -> None:
        """A scroll bar that has to be there takes nothing from the buttons."""
        inside, bar = self._area.widget(), self._area.horizontalScrollBar()
        height = max(inside.sizeHint().height() if inside else 0, self.edit.sizeHint().height())
        self._area.setFixedHeight(height + (bar.sizeHint().height() if bar.maximum() > 0 else 0))

    def _show_refusals(self) -> None:
        full = len(self.buttons) >= MAX_MESSAGES
        self.keep.setEnabled(not full)
        refusal = self.tr("There are {count} messages already: remove one first").format(count=MAX_MESSAGES)
        tip = self.tr("Put what is typed into this row, to send it again with one click")
        self.keep.setToolTip(refusal if full else tip)
        for position, (button, named) in enumerate(zip(self.buttons, self._memory.messages, strict=True)):
            refusal = self._refusal or message_refusal(named.message)
            button.setEnabled(not refusal)
            key = ""
            if position < KEYS:
                key = f" ({self._keys[position].shortcut().toString(QKeySequence.SequenceFormat.NativeText)})"
            name = self.tr("Send “{name}”").format(name=named.name) + key
            button.setToolTip(plain_tooltip(name, refusal or named.message.content[:200]))
            button.setAccessibleName(make_visible(name))

    def retranslate(self) -> None:
        """Make the words again."""
        self.keep.setText(self.tr("Keep"))
        self.keep.setAccessibleName(self.tr("Keep the message"))
        self.edit.setText(self.tr("Edit…"))
        self.edit.setToolTip(self.tr("Name, change, sort and remove the messages in this row"))
        self.edit.setAccessibleName(self.tr("Edit the messages"))
        self._rebuild()


def _shown(name: str) -> str:
    """The name as a button shows it: plain, and not too long."""
    text = make_visible(name)
    if len(text) > MAX_SHOWN_CHARACTERS:
        text = text[: MAX_SHOWN_CHARACTERS - 1] + "…"
    return text.replace("&", "&&")
