"""Groups a whole log anew while the window goes on."""

from __future__ import annotations

from time import perf_counter
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from serialbridge_gui.traffic.grouping import Grouping
from serialbridge_gui.traffic.rows import RowIndex

from .log_table import LogTable

SLICE_S: Final = 0.0015
"""Of Python at a stretch."""


class Regrouping(QObject):
    """Builds the rows of another grouping in slices, oldest first; then the table shows them instead. GUI thread.

    Until then the table shows, and goes on with, the rows it has.
    """

    progressed = Signal()
    """`percent` is another."""

    def __init__(self, table: LogTable) -> None:
        super().__init__(table)
        self.percent = 100
        """How much of the log is grouped; 100: nothing is being done."""
        self._table = table
        self._rows: RowIndex | None = None
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._slice)

    def start(self, grouping: Grouping) -> None:
        """Begin, instead of what is being done. A log that is small is done at once."""
        self._timer.stop()
        self._rows = None
        if grouping == self._table.log_model.rows.grouping:
            self._note(100)
            return
        self._rows = self._table.log_model.regrouped(grouping)
        self._slice()

    def _slice(self) -> None:
        assert self._rows is not None
        if self._rows.update(perf_counter() + SLICE_S) and not self._table.copying:
            self._timer.stop()
            rows, self._rows = self._rows, None
            self._table.use_rows(rows)
            self._note(100)
        else:
            self._timer.start(0)
            log = self._rows.log
            slabs = log.end_slab - log.first_slab
            self._note(min(99, max(0, self._rows.end[0] - log.first_slab) * 100 // max(1, slabs)))

    def _note(self, percent: int) -> None:
        if percent != self.percent:
            self.percent = percent
            self.progressed.emit()
