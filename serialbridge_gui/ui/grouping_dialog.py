"""Asks how chunks become rows: for how long a silence, which delimiter, how many bytes."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from serialbridge_gui.traffic.grouping import (
    MAX_ROW_BYTES,
    MAX_SILENCE_MS,
    MIN_SILENCE_MS,
    GroupBy,
    Grouping,
    format_delimiter,
    parse_delimiter,
)
from serialbridge_gui.traffic.text import to_hex


class GroupingDialog(QDialog):
    """Opened without blocking; what is changed is what is chosen. GUI thread only."""

    grouping_chosen = Signal(Grouping)

    def __init__(self, grouping: Grouping, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        by = (GroupBy.SILENCE, GroupBy.CHUNK, GroupBy.DELIMITER, GroupBy.LENGTH)
        self.choices = {each: QRadioButton(self) for each in by}
        self.choices[grouping.by].setChecked(True)
        self.silence = QSpinBox(self)
        self.silence.setRange(MIN_SILENCE_MS, MAX_SILENCE_MS)
        self.silence.setValue(grouping.silence_ms)
        self.delimiter = QLineEdit(format_delimiter(grouping.delimiter), self)
        self.delimiter.setMaxLength(80)
        self.meaning = QLabel(self)
        self.meaning.setTextFormat(Qt.TextFormat.PlainText)
        self.length = QSpinBox(self)
        self.length.setRange(1, MAX_ROW_BYTES)
        self.length.setValue(grouping.length)
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, self
        )
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._lay_out()
        self.silence.valueChanged.connect(self.choices[GroupBy.SILENCE].click)
        self.length.valueChanged.connect(self.choices[GroupBy.LENGTH].click)
        self.delimiter.textEdited.connect(self.choices[GroupBy.DELIMITER].click)
        self.delimiter.textEdited.connect(self._say_meaning)
        self.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Put every word anew."""
        self.setWindowTitle(self.tr("Group rows"))
        for by, text in (
            (GroupBy.SILENCE, self.tr("After a &silence of")),
            (GroupBy.CHUNK, self.tr("Each &chunk, as it was read")),
            (GroupBy.DELIMITER, self.tr("After the &delimiter")),
            (GroupBy.LENGTH, self.tr("After so many &bytes")),
        ):
            self.choices[by].setText(text)
        self.silence.setSuffix(self.tr(" ms"))
        tip = self.tr(r"As text with \r \n \t \0 \x03, or as hex: 0D 0A")
        for field, name, explained in (
            (self.silence, self.tr("Silence"), self.tr("A row ends where nothing came for so long")),
            (self.delimiter, self.tr("Delimiter"), tip),
            (self.length, self.tr("Bytes a row"), self.tr("1 to 256")),
        ):
            field.setAccessibleName(name)
            field.setToolTip(explained)
        self.note.setText(self.tr("A change of direction or client always begins a row."))
        self._say_meaning()

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setColumnStretch(1, 1)
        fields = {GroupBy.SILENCE: self.silence, GroupBy.DELIMITER: self.delimiter, GroupBy.LENGTH: self.length}
        line = 0
        for by, choice in self.choices.items():
            grid.addWidget(choice, line, 0)
            if by in fields:
                grid.addWidget(fields[by], line, 1)
            if by is GroupBy.DELIMITER:
                line += 1
                grid.addWidget(self.meaning, line, 1)
            line += 1
        self.note = QLabel(self)
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        layout = QVBoxLayout(self)
        layout.addLayout(grid)
        layout.addWidget(self.note)
        layout.addWidget(self.buttons)

    def _say_meaning(self) -> None:
        try:
            text = self.tr("that is {bytes}").format(bytes=to_hex(parse_delimiter(self.delimiter.text())))
            good = True
        except ValueError:
            text = self.tr(r"1 to 16 bytes: \r\n, \x03, or 0D 0A")
            good = False
        self.meaning.setText(text)
        self.delimiter.setAccessibleDescription(text)
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(good)

    def accept(self) -> None:
        """Hand the grouping on."""
        by = next(by for by, choice in self.choices.items() if choice.isChecked())
        delimiter = parse_delimiter(self.delimiter.text())  # else OK is disabled
        self.grouping_chosen.emit(Grouping(by, self.silence.value(), delimiter, self.length.value()))
        super().accept()
