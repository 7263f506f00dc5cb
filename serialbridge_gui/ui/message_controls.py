"""The controls that say what a message is: text or hex, its content, encoding, line ending, checksum."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QComboBox, QHBoxLayout, QLineEdit, QToolButton, QWidget

from serialbridge_gui.traffic.message import (
    ENCODINGS,
    MAX_CONTENT_CHARACTERS,
    Checksum,
    LineEnding,
    Message,
    MessageError,
    MessageKind,
)
from serialbridge_gui.ui.field_group import blocked, choices, choose, name_choices
from serialbridge_gui.ui.log_font import log_font
from serialbridge_gui.ui.send_words import ENCODING_NAMES, checksum_names, ending_names, message_error_sentence
from serialbridge_gui.ui.state_look import warning_color
from serialbridge_gui.ui.tool_buttons import show_checked

_ESCAPED: Final = str.maketrans({"\r": r"\r", "\n": r"\n", "\t": r"\t", "\0": r"\0"})
_MARK_HEIGHT: Final = 2.0


class ContentField(QLineEdit):
    """Where the content is typed; the place of an error is underlined. GUI thread only."""

    earlier_wanted = Signal(int)
    """The key ↑ (1) or ↓ (-1)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMaxLength(MAX_CONTENT_CHARACTERS)
        self.take_log_font()
        self.error_at: int | None = None
        """The index of the character that is wrong; None: none is."""

    def take_log_font(self) -> None:
        """Write in the font that `log_font` tells now."""
        self.setFont(log_font())

    def mark_error(self, position: int | None) -> None:
        """Underline the character at this index, or nothing."""
        if position != self.error_at:
            self.error_at = position
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """↑ and ↓ go through what was sent."""
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down) and not event.modifiers() & ~(
            Qt.KeyboardModifier.KeypadModifier
        ):
            self.earlier_wanted.emit(1 if event.key() == Qt.Key.Key_Up else -1)
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The field, and the mark under what is wrong."""
        super().paintEvent(event)
        mark = self.mark()
        if mark is not None:
            painter = QPainter(self)
            painter.fillRect(mark, warning_color(self.palette()))
            painter.end()

    def mark(self) -> QRectF | None:
        """Where the mark is, within the field; None: there is nothing to mark, or it is out of sight."""
        if self.error_at is None or self.error_at >= len(self.text()):
            return None
        metrics, text, cursor = self.fontMetrics(), self.text(), self.cursorRect()
        x = cursor.center().x() + metrics.horizontalAdvance(text[: self.error_at])
        x -= metrics.horizontalAdvance(text[: self.cursorPosition()])
        width = max(4, metrics.horizontalAdvance(text[self.error_at]))
        if x < 0 or x > self.width():
            return None
        return QRectF(x, cursor.bottom() - _MARK_HEIGHT + 1, width, _MARK_HEIGHT)


class MessageControls(QObject):
    """Makes the controls, which its owner lays out, and reads them as a Message. GUI thread only."""

    edited = Signal()
    """The message is another one."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._read_message = Message()
        self._read_data = b""
        self._error: MessageError | None = None
        self.field = ContentField(parent)
        self.kinds = QWidget(parent)
        self.text, self.hex = QToolButton(self.kinds), QToolButton(self.kinds)
        group = QButtonGroup(self)
        row = QHBoxLayout(self.kinds)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for button in (self.text, self.hex):
            button.setCheckable(True)
            group.addButton(button)
            row.addWidget(button)
        self.text.setChecked(True)
        self.encoding = choices(parent, ENCODINGS)
        self.ending = choices(parent, tuple(LineEnding))
        self.checksum = choices(parent, tuple(Checksum))
        self.field.textEdited.connect(self._show_controls)
        self.field.textChanged.connect(self._note_edit)
        group.buttonToggled.connect(self._note_edit)
        for combo in (self.encoding, self.ending, self.checksum):
            combo.currentIndexChanged.connect(self._note_edit)
        self.retranslate()

    @property
    def message(self) -> Message:
        """What stands there."""
        return Message(
            self.field.text(),
            MessageKind.HEX if self.hex.isChecked() else MessageKind.TEXT,
            LineEnding(self.ending.currentData()),  # Qt makes plain strings of them
            Checksum(self.checksum.currentData()),
            self.encoding.currentData(),
        )

    def show_message(self, message: Message) -> None:
        """Put a message there; tells one edit."""
        with blocked((self.field, self.text, self.hex, self.encoding, self.ending, self.checksum)):
            (self.hex if message.kind is MessageKind.HEX else self.text).setChecked(True)
            self.field.setText(message.content)
            for combo, value in self._choices(message):
                choose(combo, value)
        self.field.update()
        self._note_edit()

    def read(self) -> tuple[bytes, str]:
        """The bytes, or why there are none: a sentence. Marks the place of an error."""
        message = self.message
        if message != self._read_message:
            self._read_message = message
            try:
                self._read_data, self._error = message.to_bytes(), None
            except MessageError as error:
                self._read_data, self._error = b"", error
            self.field.mark_error(None if self._error is None else self._error.position)
        return self._read_data, "" if self._error is None else message_error_sentence(self._error, message.encoding)

    def _choices(self, message: Message) -> tuple[tuple[QComboBox, object], ...]:
        return (self.encoding, message.encoding), (self.ending, message.ending), (self.checksum, message.checksum)

    def _show_controls(self, text: str) -> None:
        """What is pasted may have line ends in it, which a line edit would show as spaces."""
        shown = text.translate(_ESCAPED)
        if shown != text and self.text.isChecked():
            self.field.setText(shown)

    def _note_edit(self) -> None:
        self._show_kind()
        self.encoding.setEnabled(self.text.isChecked())
        self._hint()
        self.edited.emit()

    def _show_kind(self) -> None:
        for button in (self.text, self.hex):
            show_checked(button)

    def _hint(self) -> None:
        hint = self.tr("Text; \\r \\n \\t \\0 \\\\ \\xNN stand for bytes") if self.text.isChecked() else "31 32 0D 0A"
        if self.field.placeholderText() != hint:
            self.field.setPlaceholderText(hint)

    def retranslate(self) -> None:
        """Make the words again."""
        self.text.setText(self.tr("Text"))
        self.text.setToolTip(self.tr("Text, with \\r \\n \\t \\0 \\\\ \\xNN for bytes that cannot be typed"))
        self.text.setAccessibleName(self.tr("The message is text"))
        self.hex.setText(self.tr("Hex"))
        self.hex.setToolTip(self.tr("Bytes in hex; spaces, commas and 0x may stand between them"))
        self.hex.setAccessibleName(self.tr("The message is hex"))
        self.field.setAccessibleName(self.tr("Message to send"))
        name_choices(self.encoding, ENCODING_NAMES)
        name_choices(self.ending, ending_names())
        name_choices(self.checksum, checksum_names())
        for combo, name, tip in (
            (self.encoding, self.tr("Encoding"), self.tr("How characters become bytes; hex has no use for it")),
            (self.ending, self.tr("Line ending"), self.tr("What is sent behind the message and its checksum")),
            (
                self.checksum,
                self.tr("Checksum"),
                self.tr("Of the message's bytes, sent behind them; Modbus and CRC-32 low byte first"),
            ),
        ):
            combo.setAccessibleName(name)
            combo.setToolTip(tip)
        self._show_kind()
        self._hint()
