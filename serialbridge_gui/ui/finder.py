"""Finds and filters in the log that a table shows, in slices so short that nobody waits for them."""

from __future__ import annotations

from time import perf_counter, thread_time
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from serialbridge_gui.traffic.find import Find, Hit
from serialbridge_gui.traffic.log import TrafficLog
from serialbridge_gui.traffic.pattern import Pattern
from serialbridge_gui.traffic.route import EVERYTHING, Position, Route
from serialbridge_gui.traffic.row_filter import RowFilter
from serialbridge_gui.traffic.rows import Row

from .hit_marks import HitMarks, place_of, position_before
from .log_table import LogTable

SLICE_S: Final = 0.001
"""Of Python at a stretch; one look at a regular expression may add as much."""

NEWS_S: Final = 0.0005
"""Of Python for what has just come, before it is painted: 5 MB/s need a fifth of it."""

TELL_S: Final = 0.1
"""How often what is found is told while the search goes on."""

TELL_NEWS_S: Final = 0.5
"""How often it is told when all was found once and more comes: each time all rows in sight are painted."""


class Finder(QObject):
    """One find and one filter at a time. GUI thread only.

    What was found stands until `search` is called again: bytes that come are searched, what leaves is forgotten.
    """

    changed = Signal()
    """What is found, how far the search is, or what is shown, is not what it was."""
    colors_changed = Signal()
    """Other rows are hits than were."""
    current_hit_changed = Signal(int, int, int)
    """The row's number, where in the row the hit begins, and its bytes (it may go on in the next rows); -1, 0, 0: none.
    """

    def __init__(self, log: TrafficLog, table: LogTable, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.longest_slice_s = 0.0
        """The longest slice so far in CPU time of this thread, with what it showed."""
        self.wrapped = 0
        """1: the last step went on from the top; -1: from the bottom."""
        self.filter_failed = False
        """The filter's expression takes too long: the rows are shown as before."""
        self._log = log
        self._table = table
        self._model = table.log_model
        self._pattern: Pattern | None = None
        self._route = EVERYTHING
        self._find: Find | None = None
        self._clear_mark = 0
        self._current: Hit | None = None
        self._current_row = -1
        self._anchor: Position = (0, 0)
        self._wanted = 0
        self._building: RowFilter | None = None
        self._filtered: tuple[Pattern | None, Route] = (None, EVERYTHING)
        self._told_s = 0.0
        self._told_count = 0
        self._told_shown: int | None = None
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._slice)
        self._tell_timer = QTimer(self)
        self._tell_timer.setSingleShot(True)
        self._tell_timer.timeout.connect(self._tell)
        self._first_time = True
        """What was asked for last has not been found in full yet."""
        self._marks = HitMarks(self, table)
        self._rows = self._model.rows
        self._regrouped = QTimer(self)
        self._regrouped.setSingleShot(True)
        self._regrouped.timeout.connect(self.filter_again)
        self._model.modelReset.connect(self._note_reset)

    # ---- what is known

    @property
    def find(self) -> Find | None:
        """The find that stands, to be asked."""
        return self._find

    @property
    def current_row(self) -> int:
        """The number of the row that was gone to last; -1: none."""
        return self._current_row

    @property
    def ordinal(self) -> int:
        """Which of the hits was gone to last, from 1; 0: none, or it is not known yet."""
        if self._find is None or self._current is None or not self._find.complete:
            return 0
        return self._find.ordinal(self._current) + 1

    @property
    def busy(self) -> bool:
        """Whether something is being searched or filtered."""
        return self._timer.isActive()

    @property
    def filtering(self) -> float | None:
        """How far a filter is that is not shown yet, from 0 to 1."""
        return None if self._building is None else self._building.progress

    @property
    def shown_count(self) -> int | None:
        """How many rows the filter leaves in sight; None: there is none."""
        return None if self._model.row_filter is None else self._model.rowCount()

    def is_hit(self, row: Row) -> bool:
        """Whether the row has a byte of a hit, where not every row that is shown has one."""
        if self._find is None or not self._find.count or self.shows_hits_only:
            return False
        place = place_of(self._model.rows, row.number)
        return place is not None and self._find.touches((place.slab, place.start), (place.slab, place.end))

    @property
    def shows_hits_only(self) -> bool:
        """Whether the rows without a hit are hidden: then hits need no mark."""
        row_filter = self._model.row_filter
        return row_filter is not None and row_filter.pattern is not None

    # ---- finding

    def search(self, pattern: Pattern | None) -> None:
        """Find this, beginning at the current row, else at the first in sight; None: forget the find."""
        had = self._current
        self._anchor = had.position if had is not None and pattern is not None else self._begin_near()
        self._pattern = pattern
        self._set_current(None)
        self.wrapped = 0
        self._start_find()
        if self._find is not None:
            self._wanted = 1
            peeked = self._find.peek(self._anchor)
            if peeked is not None:
                self._go_to(peeked)
        self._tell()

    def go_next(self) -> None:
        """Go to the next hit, or from the last one to the first; as soon as it is known."""
        self._step(1)

    def go_previous(self) -> None:
        """Go to the hit before, or from the first one to the last; as soon as it is known."""
        self._step(-1)

    def _step(self, direction: int) -> None:
        if self._find is not None:
            self._wanted = direction
            self.wrapped = 0
            self._leave_current(direction)
            self._go_on()
            self._tell()

    def _leave_current(self, direction: int) -> None:
        """Where the user has chosen another row since, the step begins there: past it, or before it."""
        index = self._table.currentIndex()
        number = self._model.number_of(self._model.first_rank + index.row()) if index.isValid() else -1
        place = place_of(self._model.rows, number)
        if self._current is not None and number != self._current_row and place is not None:
            self._set_current(None)
            self._anchor = place.slab, place.end if direction > 0 else place.start

    def _begin_near(self) -> Position:
        table = self._table
        index = table.currentIndex()
        position = index.row() if index.isValid() else max(0, table.rowAt(0))
        place = place_of(self._model.rows, self._model.number_of(self._model.first_rank + position))
        return (self._log.first_slab, 0) if place is None else (place.slab, place.start)

    def _start_find(self) -> None:
        self._clear_mark = self._model.clear_mark
        self._find = None
        if self._pattern is not None:
            self._find = Find(
                self._log,
                self._pattern,
                self._route,
                begin=position_before(self._log, self._model.rows, self._clear_mark),
                end=position_before(self._log, self._model.rows, self._model.end_limit),
                near=self._anchor,
            )
            self._timer.start(0)
        self._told_count = -1
        self._first_time = True
        self.colors_changed.emit()

    def _go_on(self) -> None:
        """Go where a step wants to, if that is known already."""
        find = self._find
        if find is None or not self._wanted:
            return
        searched = find.complete or find.full or find.too_slow
        top, bottom = (0, 0), (self._log.end_slab, 0)
        wrapped = False
        if self._wanted > 0:
            start = self._anchor if self._current is None else (self._current.slab, self._current.start + 1)
            hit = find.next_hit(start)
            if hit is None and (searched or find.searched_between(start[0], bottom[0])):
                wrapped, start = True, top
                hit = find.next_hit(start)
        else:
            start = self._anchor if self._current is None else self._current.position
            hit = find.previous_hit(start)
            if hit is None and (searched or find.searched_between(0, start[0])):
                wrapped, start = True, bottom
                hit = find.previous_hit(start)
        if hit is not None and (searched or find.searched_between(*sorted((start[0], hit.slab)))):
            self.wrapped = self._wanted if wrapped else 0
            self._go_to(hit)
        elif searched:
            self._wanted = 0

    def _go_to(self, hit: Hit) -> None:
        self._wanted = 0
        try:
            number = self._model.rows.number_at(hit.slab, hit.start)
        except IndexError:
            return
        self._table.go_to(number)
        self._set_current(hit, number)

    def _set_current(self, hit: Hit | None, number: int = -1) -> None:
        if hit == self._current and number == self._current_row:
            return
        self._current, self._current_row = hit, number
        self._tell_current()
        self.colors_changed.emit()
        self._marks.mark_soon()

    def _tell_current(self) -> None:
        hit, place = self._current, place_of(self._model.rows, self._current_row)
        if hit is None or place is None:
            self.current_hit_changed.emit(-1, 0, 0)
        else:
            self.current_hit_changed.emit(self._current_row, hit.start - place.start, hit.length)

    # ---- filtering

    def filter(self, pattern: Pattern | None, route: Route) -> None:
        """Show only the rows of these chunks that a match touches, as soon as they are known; None: any."""
        self._filtered = pattern, route
        self._first_time = True
        self._building = None
        self.filter_failed = False
        if route != self._route:
            self._route = route
            self._start_find()
        if pattern is None and route == EVERYTHING:
            if self._model.row_filter is not None:
                self._table.show_filter(None)
        else:
            self._model.take_in()
            self._building = RowFilter(self._log, self._model.rows, route, pattern)
            self._timer.start(0)
            self._slice()
        self._tell()

    def filter_again(self) -> None:
        """Filter anew: the model groups the log into other rows."""
        self.filter(*self._filtered)

    def _note_reset(self) -> None:
        if self._rows is not self._model.rows:
            self._rows = self._model.rows
            if self._current is not None:
                try:
                    self._current_row = self._rows.number_at(self._current.slab, self._current.start)
                except IndexError:
                    self._current_row = -1
            self._building = None
            self._regrouped.start(0)
        self._marks.mark_soon()

    def _build(self, deadline: float) -> None:
        building = self._building
        assert building is not None
        searched, _ = building.run(deadline, self._model.end_limit)
        if building.too_slow:
            self._building = None
            self.filter_failed = True
        elif searched:
            self._building = None
            self._table.show_filter(building)
            self._tell_current()

    # ---- going on

    def take_in(self) -> None:
        """Take in what the log gained and lost, and what the model hides: call after each refresh of the table."""
        find = self._find
        if find is not None:
            if self._model.clear_mark != self._clear_mark:
                self._start_find()
                find = self._find
                assert find is not None
            else:
                find.extend(position_before(self._log, self._model.rows, self._model.end_limit))
            if self._current is not None and self._current.slab < self._log.first_slab:
                self._set_current(None)
                self._anchor = self._log.first_slab, 0
            find.run(perf_counter() + NEWS_S)
            self._go_on()
            if find.count != self._told_count:
                self._tell_soon()
            self._marks.mark_soon()
        if self.shown_count != self._told_shown:
            self._tell_soon()
        if self._has_work():
            self._timer.start(0)

    def _has_work(self) -> bool:
        find = self._find
        searching = find is not None and not (find.complete or find.full or find.too_slow)
        return searching or self._building is not None or self._model.filter_lags

    def _slice(self) -> None:
        cpu_s, now = thread_time(), perf_counter()
        deadline = now + SLICE_S
        find = self._find
        if self._building is not None:
            self._build(deadline)
        elif find is not None and not (find.complete or find.full or find.too_slow):
            find.run(deadline)
            self._go_on()
        elif self._model.filter_lags:
            self._table.refresh()
        if not self._has_work():
            self._timer.stop()
            if self._first_time:
                self._first_time = False
                self._tell()
            else:
                self._tell_soon()
        elif now - self._told_s >= TELL_S:
            self._tell()
        self.longest_slice_s = max(self.longest_slice_s, thread_time() - cpu_s)

    def _tell_soon(self) -> None:
        wait_s = self._told_s + TELL_NEWS_S - perf_counter()
        if wait_s <= 0:
            self._tell()
        elif not self._tell_timer.isActive():
            self._tell_timer.start(int(wait_s * 1000) + 1)

    def _tell(self) -> None:
        self._told_s = perf_counter()
        count = -1 if self._find is None else self._find.count
        if count != self._told_count:
            self._told_count = count
            self.colors_changed.emit()
        self._marks.mark_soon()
        self._told_shown = self.shown_count
        self.changed.emit()
