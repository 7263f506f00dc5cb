"""The menu of how chunks become rows, and the dialog with its numbers."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QMenu,
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


class GroupingMenu(QMenu):
    """Says which grouping the user wants. GUI thread only."""

    grouping_chosen = Signal(Grouping)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.grouping = Grouping()
        self.setToolTipsVisible(True)
        self.actions_by = {by: QAction(self) for by in GroupBy}
        self.change = QAction(self)
        group = QActionGroup(self)
        for by, action in self.actions_by.items():
            action.setCheckable(True)
            action.triggered.connect(lambda _=False, by=by: self._choose(replace(self.grouping, by=by)))
            group.addAction(action)
            self.addAction(action)
        self.addSeparator()
        self.addAction(self.change)
        self.change.triggered.connect(self.open_dialog)
        self.show_grouping(self.grouping)

    def show_grouping(self, grouping: Grouping) -> None:
        """This is in force."""
        self.grouping = grouping
        self.actions_by[grouping.by].setChecked(True)
        self.retranslate()

    def _choose(self, grouping: Grouping) -> None:
        self.show_grouping(grouping)
        self.grouping_chosen.emit(grouping)

    def open_dialog(self) -> None:
        """Let the user change the numbers."""
        dialog = GroupingDialog(self.grouping, self.parentWidget() or self)
        dialog.grouping_chosen.connect(self._choose)
        dialog.open()

    def retranslate(self) -> None:
        """Make the words again."""
        grouping = self.grouping
        words = {
            GroupBy.SILENCE: (
                self.tr("%n ms of silence", "", grouping.silence_ms),
                self.tr("A row ends where nothing came for so long"),
            ),
            GroupBy.CHUNK: (self.tr("Each chunk"), self.tr("A row is what was read at once")),
            GroupBy.DELIMITER: (
                self.tr("Lines ending in {delimiter}").format(delimiter=format_delimiter(grouping.delimiter)),
                self.tr("A row ends after these bytes"),
            ),
            GroupBy.LENGTH: (self.tr("%n bytes a row", "", grouping.length), self.tr("Rows of one length")),
        }
        for by, (text, tip) in words.items():
            self.actions_by[by].setText(text.replace("&", "&&"))
            self.actions_by[by].setToolTip(tip)
        self.change.setText(self.tr("Change…"))
        self.setTitle(self.tr("Group"))
        begins = self.tr("What begins a row, beside a change of direction or client: {what}")
        self.menuAction().setToolTip(begins.format(what=words[grouping.by][0]))


class GroupingDialog(QDialog):
    """Asks for the silence, the delimiter and the length. Opened without blocking."""

    grouping_chosen = Signal(Grouping)

    def __init__(self, grouping: Grouping, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Group rows"))
        self._grouping = grouping
        self.silence = QSpinBox(self)
        self.silence.setRange(MIN_SILENCE_MS, MAX_SILENCE_MS)
        self.silence.setSuffix(self.tr(" ms"))
        self.silence.setValue(grouping.silence_ms)
        self.delimiter = QLineEdit(format_delimiter(grouping.delimiter), self)
        self.delimiter.setMaxLength(80)
        self.meaning = QLabel(self)
        self.meaning.setTextFormat(Qt.TextFormat.PlainText)
        self.meaning.setWordWrap(True)
        self.length = QSpinBox(self)
        self.length.setRange(1, MAX_ROW_BYTES)
        self.length.setValue(grouping.length)
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, self
        )
        for label, field, tip in (
            (self.tr("&Silence"), self.silence, self.tr("A row ends where nothing came for so long")),
            (self.tr("&Delimiter"), self.delimiter, self.tr(r"Text with \r \n \t \0 \x03, or hex: 0D 0A")),
            (self.tr("&Length in bytes"), self.length, self.tr("Rows of one length, 1 to 256 bytes")),
        ):
            field.setToolTip(tip)
            field.setAccessibleName(label.replace("&", ""))
        form = QFormLayout()
        form.addRow(self.tr("&Silence"), self.silence)
        form.addRow(self.tr("&Delimiter"), self.delimiter)
        form.addRow("", self.meaning)
        form.addRow(self.tr("&Length in bytes"), self.length)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(self.buttons)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        # What is changed is what the user means to use.
        self._by = grouping.by
        self.silence.valueChanged.connect(lambda: self._mean(GroupBy.SILENCE))
        self.delimiter.textEdited.connect(lambda: self._mean(GroupBy.DELIMITER))
        self.length.valueChanged.connect(lambda: self._mean(GroupBy.LENGTH))
        self._say_meaning()

    def _mean(self, by: GroupBy) -> None:
        self._by = by
        self._say_meaning()

    def _say_meaning(self) -> None:
        try:
            text = self.tr("A row ends after {bytes}").format(bytes=to_hex(parse_delimiter(self.delimiter.text())))
            good = True
        except ValueError:
            text = self.tr(r"1 to 16 bytes, as text with \r \n \t \0 \x03, or as hex: 0D 0A")
            good = False
        self.meaning.setText(text)
        self.delimiter.setAccessibleDescription(text)
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(good)

    def accept(self) -> None:
        """Hand the grouping on."""
        delimiter = parse_delimiter(self.delimiter.text())  # else OK is disabled
        self.grouping_chosen.emit(Grouping(self._by, self.silence.value(), delimiter, self.length.value()))
        super().accept()
