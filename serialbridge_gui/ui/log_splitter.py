"""How the log's table and the bytes under it share the height."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

from .byte_pane import BytePane
from .log_table import LogTable

_FEWEST_ROWS = 6
"""Of the table, that stay in sight where the window has the room, whatever is unfolded."""
_LEAST_LINES = 5
"""Of the table, its titles among them, that stay in sight in the smallest window."""


class LogSplitter(QSplitter):
    """The table over the bytes. The user moves what is between; until then the table has its rows and the bytes
    what they want of the rest. GUI thread only.
    """

    def __init__(self, table: LogTable, bytes_pane: BytePane, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self._table, self._bytes_pane = table, bytes_pane
        self._moved = False
        self.setChildrenCollapsible(False)
        self.setHandleWidth(3)
        self.addWidget(table)
        self.addWidget(bytes_pane)
        self.setStretchFactor(0, 1)
        table.setMinimumHeight(table.fontMetrics().height() * _LEAST_LINES)
        bytes_pane.unfolded_changed.connect(self._share_anew)
        self.splitterMoved.connect(self._note_moved)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Something else was unfolded, or the window resized."""
        super().resizeEvent(event)
        if not self._moved or event.size().height() < event.oldSize().height():
            self._share()

    def _note_moved(self) -> None:
        self._moved = True

    def _share_anew(self) -> None:
        self._moved = False
        self._share()

    def _share(self) -> None:
        pane, table = self._bytes_pane, self._table
        room = self.height() - self.handleWidth()
        rest = table.height() - table.viewport().height()
        fewest = rest + table.verticalHeader().defaultSectionSize() * _FEWEST_ROWS
        wanted = pane.height() if self._moved else pane.height_wanted
        wanted = max(pane.minimumSizeHint().height(), min(wanted, room - fewest))
        self.setSizes([max(0, room - wanted), wanted])
