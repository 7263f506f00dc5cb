"""The foldable pane under the log: the bytes of one row as a hex dump."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QToolButton, QVBoxLayout, QWidget

from serialbridge_gui.traffic.text import SAMPLE_PICTURES, hex_dump, without_pictures

from .log_font import log_font, shows_all

_VISIBLE_LINES = 8
"""Chosen: half of the longest row, so that the log keeps the room."""


class BytePane(QWidget):
    """Shows bytes while it is unfolded, and works nothing out while it is folded. GUI thread only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._data = b""
        self._fold = QToolButton(self)
        self._fold.setCheckable(True)
        self._fold.setAutoRaise(True)
        self._fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._fold.toggled.connect(self.set_unfolded)
        self._dump = QPlainTextEdit(self)
        self._dump.setReadOnly(True)
        self._dump.setTabChangesFocus(True)
        self._dump.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._dump.setFont(log_font())
        self._pictures = shows_all(self._dump.font(), SAMPLE_PICTURES)
        self._dump.setFixedHeight(self._dump.fontMetrics().lineSpacing() * _VISIBLE_LINES + 12)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        self._head = QHBoxLayout()
        self._head.addWidget(self._fold)
        self._head.addStretch(1)
        layout.addLayout(self._head)
        layout.addWidget(self._dump)
        self.set_unfolded(False)
        self.retranslate()

    @property
    def unfolded(self) -> bool:
        """Whether the bytes are in sight."""
        return self._fold.isChecked()

    def set_unfolded(self, unfolded: bool) -> None:
        """Show the bytes, or only the pane's title."""
        self._fold.setChecked(unfolded)
        self._fold.setArrowType(Qt.ArrowType.DownArrow if unfolded else Qt.ArrowType.RightArrow)
        self._dump.setVisible(unfolded)
        self._show_dump()

    def add_to_head(self, widget: QWidget) -> None:
        """Put `widget` at the right end of the title's line, which is always in sight."""
        self._head.addWidget(widget)

    def show_bytes(self, data: bytes) -> None:
        """Show `data`, from a row of the log; b"" when no row is selected."""
        if data != self._data:
            self._data = data
            self._show_dump()

    def dump(self) -> str:
        """The dump as it stands in the pane."""
        return self._dump.toPlainText()

    def _show_dump(self) -> None:
        if self.unfolded:
            dump = "\n".join(hex_dump(self._data))
            self._dump.setPlainText(dump if self._pictures else without_pictures(dump))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Make the words again."""
        title = self.tr("Bytes of the selected row")
        self._fold.setText(title)
        self._fold.setToolTip(self.tr("Show or hide offset, hex and text of the selected row"))
        self._fold.setAccessibleName(title)
        self._dump.setAccessibleName(title)
        self._dump.setPlaceholderText(self.tr("Select a row to see its bytes."))
