"""Editing the named messages: names, contents, order. What is changed is in force at once."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from serialbridge_gui.engine.bridge import BridgeState
from serialbridge_gui.traffic.message import Message
from serialbridge_gui.traffic.text import make_visible
from serialbridge_gui.ui.field_group import blocked
from serialbridge_gui.ui.message_controls import MessageControls
from serialbridge_gui.ui.note import Note
from serialbridge_gui.ui.send_memory import MAX_MESSAGES, MAX_NAME_CHARACTERS, NamedMessage, SendMemory
from serialbridge_gui.ui.state_look import keep_grey_readable


class MessagesDialog(QDialog):
    """Not modal: what is sent can be tried meanwhile. GUI thread only."""

    def __init__(self, memory: SendMemory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._memory = memory
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.list = QListWidget(self)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.add, self.remove, self.up, self.down = (QPushButton(self) for _ in range(4))
        self.close_button = QPushButton(self)
        self.name = QLineEdit(self)
        self.name.setMaxLength(MAX_NAME_CHARACTERS)
        self.controls = MessageControls(self)
        self.note = Note(self)
        self._labels: list[QLabel] = []
        self._lay_out()
        self.retranslate()
        self.list.currentRowChanged.connect(self._show_message)
        self.close_button.clicked.connect(self.close)
        self.add.clicked.connect(self._add)
        self.remove.clicked.connect(self._remove)
        self.up.clicked.connect(lambda: self._move(-1))
        self.down.clicked.connect(lambda: self._move(1))
        self.name.textEdited.connect(self._take)
        self.controls.edited.connect(self._take)
        memory.messages_changed.connect(self._show_list)
        self._show_list()
        self.choose(0)

    def _lay_out(self) -> None:
        tools = QHBoxLayout()
        for button in (self.add, self.remove, self.up, self.down):
            button.setAutoDefault(False)
            tools.addWidget(button)
        left = QVBoxLayout()
        left.addWidget(self.list, 1)
        left.addLayout(tools)
        content = QHBoxLayout()
        content.addWidget(self.controls.kinds)
        content.addWidget(self.controls.field, 1)
        form = QFormLayout()
        controls = self.controls
        for field, buddy in (
            (self.name, self.name),
            (content, controls.field),
            (controls.encoding, controls.encoding),
            (controls.ending, controls.ending),
            (controls.checksum, controls.checksum),
        ):
            label = QLabel(self)
            self._labels.append(label)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setBuddy(buddy)
            form.addRow(label, field)
        right = QVBoxLayout()
        right.addLayout(form)
        right.addWidget(self.note)
        right.addStretch(1)
        right.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignRight)
        self.close_button.setAutoDefault(False)
        layout = QHBoxLayout(self)
        layout.addLayout(left, 1)
        layout.addLayout(right, 2)
        self.resize(760, 320)
        keep_grey_readable(self)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            keep_grey_readable(self)
        elif event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
            self._show_message(self.list.currentRow())

    def retranslate(self) -> None:
        """Put every word anew."""
        self.setWindowTitle(self.tr("Messages"))
        self.list.setAccessibleName(self.tr("Messages"))
        for button, words, tip in (
            (self.add, self.tr("Add"), self.tr("Add a message")),
            (self.remove, self.tr("Remove"), self.tr("Remove this message")),
            (self.up, self.tr("Up"), self.tr("Move this message up; the first nine have Alt+1 to Alt+9")),
            (self.down, self.tr("Down"), self.tr("Move this message down")),
        ):
            button.setText(words)
            button.setToolTip(tip)
            button.setAccessibleName(tip)
        self.controls.retranslate()
        words_of_labels = (
            *(self.tr("Name"), self.tr("Message"), self.tr("Encoding"), self.tr("Line ending"), self.tr("Checksum")),
        )
        for label, words in zip(self._labels, words_of_labels, strict=True):
            label.setText(words)
        self.name.setAccessibleName(self.tr("Name of the message"))
        self.close_button.setText(self.tr("Close"))
        self.close_button.setToolTip(self.tr("Close (Esc)"))
        self.close_button.setAccessibleName(self.tr("Close"))

    def choose(self, position: int) -> None:
        """Show this message for editing."""
        self.list.setCurrentRow(position)
        self._show_message(self.list.currentRow())

    # ---- what the user does

    def _add(self) -> None:
        messages = self._memory.messages
        named = NamedMessage(self.tr("Message {number}").format(number=len(messages) + 1), Message())
        self._memory.set_messages((*messages, named))
        self.choose(len(messages))
        self.name.setFocus()
        self.name.selectAll()

    def _remove(self) -> None:
        position, messages = self.list.currentRow(), self._memory.messages
        self._memory.set_messages(messages[:position] + messages[position + 1 :])
        self.choose(min(position, len(messages) - 2))

    def _move(self, step: int) -> None:
        position, messages = self.list.currentRow(), list(self._memory.messages)
        messages[position], messages[position + step] = messages[position + step], messages[position]
        self._memory.set_messages(tuple(messages))
        self.choose(position + step)

    def _take(self) -> None:
        """What was typed is in force."""
        _, problem = self.controls.read()
        self.note.say(problem, BridgeState.ERROR)
        position, messages = self.list.currentRow(), list(self._memory.messages)
        if 0 <= position < len(messages):
            name = self.name.text().strip() or messages[position].name
            messages[position] = NamedMessage(name, self.controls.message)
            self._memory.set_messages(tuple(messages))

    # ---- what is shown

    def _show_list(self) -> None:
        messages = self._memory.messages
        position = self.list.currentRow()
        with blocked((self.list,)):
            if self.list.count() != len(messages):
                self.list.clear()
                self.list.addItems([""] * len(messages))
                self.list.setCurrentRow(min(position, len(messages) - 1))
            for row, named in enumerate(messages):
                item, text = self.list.item(row), make_visible(named.name)
                if item is not None and item.text() != text:
                    item.setText(text)
        self._enable()

    def _show_message(self, position: int) -> None:
        messages = self._memory.messages
        there = 0 <= position < len(messages)
        named = messages[position] if there else NamedMessage("", Message())
        self.name.setText(named.name)  # tells no edit: only typing does
        with QSignalBlocker(self.controls):
            self.controls.show_message(named.message)
        _, problem = self.controls.read()
        self.note.say(problem, BridgeState.ERROR)
        self._enable()

    def _enable(self) -> None:
        position, count = self.list.currentRow(), len(self._memory.messages)
        there = 0 <= position < count
        controls = self.controls
        for widget in (self.remove, self.name, controls.kinds, controls.field, controls.ending, controls.checksum):
            widget.setEnabled(there)
        controls.encoding.setEnabled(there and controls.text.isChecked())
        self.up.setEnabled(there and position > 0)
        self.down.setEnabled(there and position < count - 1)
        self.add.setEnabled(count < MAX_MESSAGES)
