"""The bytes of the rows that are selected in the log, end to end."""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter
from typing import Final

from PySide6.QtCore import QItemSelectionRange, QObject, QTimer

from serialbridge_gui.traffic.chunk import Direction
from serialbridge_gui.traffic.rows import Row

from .byte_pane import BytePane
from .log_model import LogModel
from .log_table import LogTable

MAX_BYTES: Final = 65_536
"""Chosen: 4096 lines, more than anybody scrolls through; for more there is the file."""

_SLICE_S: Final = 0.001
_SLICE_ROWS: Final = 16


class SelectedBytes(QObject):
    """Hands the bytes of a table's selected rows to a BytePane, those of many rows in slices. GUI thread only."""

    def __init__(self, table: LogTable, model: LogModel, pane: BytePane) -> None:
        super().__init__(table)
        self._table = table
        self._model = model
        self._pane = pane
        self._numbers: Iterator[int] = iter(())
        self._data = bytearray()
        self._rows = 0
        self._newest: Row | None = None
        """The newest row that is in the data: it may have grown since."""
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._gather)
        table.selectionModel().selectionChanged.connect(self.gather)
        model.modelReset.connect(self.gather)

    def refresh(self) -> None:
        """Gather again if what is selected has changed by what came or left. Cheap otherwise."""
        newest = self._newest
        if newest is not None and self._model.row_numbered(newest.number) != newest:
            self.gather()

    def gather(self) -> None:
        """Begin anew with what is selected now."""
        parts: list[QItemSelectionRange] = list(self._table.selectionModel().selection())  # type: ignore[call-overload]
        ranges = sorted((part.top(), part.bottom()) for part in parts)
        first = self._model.first_rank  # positions shift while it is gathered
        ranks = (first + position for top, bottom in ranges for position in range(top, bottom + 1))
        self._numbers = map(self._model.number_of, ranks)
        self._data = bytearray()
        self._rows = 0
        self._newest = None
        self._timer.stop()
        self._gather()

    def _gather(self) -> None:
        deadline = perf_counter() + _SLICE_S
        while len(self._data) <= MAX_BYTES:
            for _ in range(_SLICE_ROWS):
                number = next(self._numbers, None)
                if number is None:
                    self._show(cut=False)
                    return
                row = self._model.row_numbered(number)
                if row is not None and row.direction < Direction.EVENT:
                    self._data += row.data
                    self._rows += 1
                    self._newest = row
            if perf_counter() >= deadline:
                self._timer.start(0)
                return
        self._show(cut=True)

    def _show(self, cut: bool) -> None:
        self._timer.stop()
        self._pane.show_bytes(bytes(self._data[:MAX_BYTES]), max(1, self._rows), cut)
