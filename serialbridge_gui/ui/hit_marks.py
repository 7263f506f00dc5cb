"""Where in the log hits are, for the marks beside it."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer

from serialbridge_gui.traffic.log import TrafficLog
from serialbridge_gui.traffic.route import Position
from serialbridge_gui.traffic.rows import Place, RowIndex

from .log_table import LogTable
from .marked_scroll_bar import BUCKETS

if TYPE_CHECKING:
    from .finder import Finder

MARK_S: Final = 0.5
"""How often the marks are worked out, in 1 ms."""


def place_of(rows: RowIndex, number: int) -> Place | None:
    """Where the bytes of the row `number` are; None if it is not there."""
    try:
        return rows.place(number)
    except IndexError:
        return None


def position_before(log: TrafficLog, rows: RowIndex, number: int) -> Position:
    """Where the row `number` begins, or will."""
    if number <= rows.first_row:
        return log.first_slab, 0
    place = place_of(rows, number - 1)
    return (log.end_slab, 0) if place is None else (place.slab, place.end)


class HitMarks(QObject):
    """Marks the table's scroll bar: one look a bucket, however many hits there are. GUI thread only."""

    def __init__(self, finder: Finder, table: LogTable) -> None:
        super().__init__(finder)
        self._finder = finder
        self._table = table
        self._model = table.log_model
        self._marked_s = 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._mark)

    def mark_soon(self) -> None:
        """The hits, or the rows, are not what they were."""
        wait_s = self._marked_s + MARK_S - perf_counter()
        if self._finder.find is None or wait_s <= 0:
            self._mark()
        elif not self._timer.isActive():
            self._timer.start(int(wait_s * 1000) + 1)

    def _mark(self) -> None:
        self._marked_s = perf_counter()
        finder, model = self._finder, self._model
        find = finder.find
        count = model.rowCount()
        if find is None or not find.count or not count or finder.shows_hits_only:
            self._table.marks.set_marks(bytes(BUCKETS))
            return
        marked = bytearray(BUCKETS)
        steps = min(BUCKETS, count)
        edges = [self._edge(step * count // steps) for step in range(steps)]
        edges.append(position_before(model.rows.log, model.rows, model.end_limit))
        for step in range(steps):
            if find.touches(edges[step], edges[step + 1]):
                marked[step * BUCKETS // steps] = 1
        current = -1.0
        if finder.current_row >= 0 and model.shows(finder.current_row):
            current = model.position_of(finder.current_row) / count
        self._table.marks.set_marks(bytes(marked), current)

    def _edge(self, position: int) -> Position:
        place = place_of(self._model.rows, self._model.number_of(self._model.first_rank + position))
        return (self._model.rows.log.first_slab, 0) if place is None else (place.slab, place.start)
