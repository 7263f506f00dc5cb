"""The foldable pane under the log: the bytes of the selected rows, and what those selected there mean."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from serialbridge_gui.traffic.text import Encoding
from serialbridge_gui.traffic.values import describe_value

from .byte_view import ByteView

_LINES = 6
"""At first. Chosen: a row of 96 bytes, and the log keeps the room."""
_FEWEST_LINES = 2
_ANY_HEIGHT = (1 << 24) - 1
"""QWIDGETSIZE_MAX."""


class BytePane(QWidget):
    """Shows bytes while it is unfolded, and works nothing out while it is folded. GUI thread only."""

    unfolded_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._data = b""
        self._rows = 0
        self._cut = False
        self._fold = QToolButton(self)
        self._fold.setCheckable(True)
        self._fold.setAutoRaise(True)
        self._fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._fold.toggled.connect(self.set_unfolded)
        self._meaning = QLabel(self)
        self._meaning.setTextFormat(Qt.TextFormat.PlainText)
        self._meaning.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._meaning.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._meaning.setContentsMargins(6, 0, 6, 2)
        self.view = ByteView(self)
        self.view.setMinimumHeight(self.view.height_for(_FEWEST_LINES))
        self.view.selection_changed.connect(self._show_meaning)
        self.copy = QAction(self)
        self.copy.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        self.copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.copy_hex = QAction(self)
        self.copy_text = QAction(self)
        self._copies = (self.copy, self.copy_hex, self.copy_text)
        for action, do in zip(self._copies, (self.view.copy, self.view.copy_hex, self.view.copy_text), strict=True):
            action.triggered.connect(do)
        self.view.addActions(self._copies)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        self._head = QHBoxLayout()
        self._head.setContentsMargins(0, 0, 8, 0)
        self._head.addWidget(self._fold)
        self._head.addStretch(1)
        layout.addLayout(self._head)
        layout.addWidget(self.view, 1)
        layout.addWidget(self._meaning)
        self.set_unfolded(False)
        self.retranslate()

    @property
    def unfolded(self) -> bool:
        """Whether the bytes are in sight."""
        return self._fold.isChecked()

    @property
    def height_wanted(self) -> int:
        """In px, at first; more is of use for rows that are longer."""
        rest = self.minimumSizeHint().height()
        return rest + self.view.height_for(_LINES) - self.view.height_for(_FEWEST_LINES) if self.unfolded else rest

    def set_unfolded(self, unfolded: bool) -> None:
        """Show the bytes, or only the pane's title."""
        changed = self.view.isHidden() is unfolded
        self._fold.setChecked(unfolded)
        self._fold.setArrowType(Qt.ArrowType.DownArrow if unfolded else Qt.ArrowType.RightArrow)
        self.view.setVisible(unfolded)
        self._meaning.setVisible(unfolded)
        self.setMaximumHeight(_ANY_HEIGHT if unfolded else self.minimumSizeHint().height())
        self._show()
        if changed:
            self.unfolded_changed.emit(unfolded)

    def add_to_head(self, widget: QWidget) -> None:
        """Put `widget` at the right end of the title's line, which is always in sight."""
        self._head.addWidget(widget)

    def show_bytes(self, data: bytes, rows: int = 1, cut: bool = False) -> None:
        """Show `data`, of so many rows of the log end to end; b"" when none is selected.

        `cut`: the rows have more bytes than are handed in.
        """
        if (data, rows, cut) != (self._data, self._rows, self._cut):
            self._data, self._rows, self._cut = data, rows, cut
            self._name()
            self._show()

    def mark(self, start: int, length: int) -> None:
        """Select `length` of the bytes shown from `start` on, in hex and text, and bring them in sight."""
        if self.view.data != self._data:
            self.view.show_bytes(self._data)  # folded, it was not told
        self.view.select(start, length)

    def set_encoding(self, encoding: Encoding) -> None:
        """Read the text in another way."""
        self.view.set_encoding(encoding)

    def dump(self) -> str:
        """The dump as it stands in the pane."""
        return "\n".join(map(self.view.line, range(self.view.line_count)))

    def meaning(self) -> str:
        """The line that says what is selected."""
        return self._meaning.text()

    def _show(self) -> None:
        if self.unfolded and self.view.data != self._data:
            self.view.show_bytes(self._data)
            self._show_meaning()

    def _show_meaning(self) -> None:
        start, length = self.view.selection
        text = ""
        if length:
            text = self.tr("%n bytes at {offset}", "", length).format(offset=f"0x{start:X}")
            value = describe_value(self.view.selected_bytes())
            text += f": {value}" if value else ""
        elif self._data:
            text = self.tr("%n bytes. Select some to see their value.", "", len(self._data))
        if text != self._meaning.text():
            self._meaning.setText(text)
            self._meaning.setToolTip(text)
            for action in self._copies:
                action.setEnabled(length > 0)
            self.view.setAccessibleDescription(text)

    def _name(self) -> None:
        title = self.tr("Bytes of the selected row")
        if self._rows > 1:
            title = self.tr("Bytes of %n selected rows", "", self._rows)
        if self._cut:
            title = self.tr("First %n bytes of the selected rows", "", len(self._data))
        self._fold.setText(title)
        self._fold.setAccessibleName(title)
        self.view.setAccessibleName(title)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Make the words again."""
        self._name()
        self._fold.setToolTip(self.tr("Show or hide offset, hex and text of the selected row"))
        self.view.placeholder = self.tr("Select a row to see its bytes.")
        self.view.viewport().update()
        self.copy.setText(self.tr("Copy"))
        self.copy_hex.setText(self.tr("Copy as hex"))
        self.copy_text.setText(self.tr("Copy as text"))
        self._show_meaning()
