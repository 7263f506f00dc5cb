"""Which rows of a log are shown: all, or those that a route and a pattern leave."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable
from itertools import takewhile
from typing import Final, Protocol

from .log import TrafficLog
from .pattern import Pattern, TooSlowError
from .route import EVERYTHING, Route, RouteScanner, SlabScan
from .rows import RowIndex
from .scan import Scanner

_PRUNED_AT_ONCE: Final = 4096
"""Chosen: fewer numbers of rows that left are not worth moving the rest."""


class ShownRows(Protocol):
    """Row numbers in order. A row's rank is how many rows before it are shown, counting those that left the log."""

    def rank(self, number: int) -> int:
        """How many rows before the row `number` are shown, of those looked at; the row may be hidden."""

    def number(self, rank: int) -> int:
        """The number of the row with this rank; IndexError if there is none, or no more."""


class AllRows:
    """Shows all rows: a rank is a number."""

    def rank(self, number: int) -> int:
        """See ShownRows."""
        return number

    def number(self, rank: int) -> int:
        """See ShownRows."""
        return rank


class RowFilter:
    """The rows of chunks that `route` means, and that have a byte of a match of `pattern`, if there is one.

    Eight bytes a row that is shown. For the log's own thread.
    """

    def __init__(
        self, log: TrafficLog, rows: RowIndex, route: Route = EVERYTHING, pattern: Pattern | None = None
    ) -> None:
        self.route = route
        self.pattern = pattern
        self.too_slow = False
        """The expression takes too long: the rows stay as they are."""
        self.end_row = rows.first_row
        """The rows before this one have been looked at."""
        self._log = log
        self._rows = rows
        self._scanner = RouteScanner(log, route) if pattern is None else Scanner(log, pattern, route)
        self._skipped = pattern.max_length - 1 if pattern is not None and pattern.fixed else -1
        self._numbers = array("q")
        self._left = 0
        """So many were here once, and left with the log's oldest rows."""
        first = rows.place(rows.first_row) if rows.end_row > rows.first_row else None
        self._scan = SlabScan(log.first_slab) if first is None else SlabScan(first.slab, first.start)
        self._settled = 0
        """So many of `_numbers` are known for good."""

    def rank(self, number: int) -> int:
        """See ShownRows."""
        return self._left + bisect_left(self._numbers, number)

    def number(self, rank: int) -> int:
        """See ShownRows."""
        if rank < self._left:
            raise IndexError(f"the row of rank {rank} left")
        return self._numbers[rank - self._left]

    @property
    def end_rank(self) -> int:
        """One past the rank of the last row that is shown."""
        return self._left + len(self._numbers)

    @property
    def progress(self) -> float:
        """The part of the log's slabs that has been looked at, from 0 to 1."""
        first, end = self._log.first_slab, self._log.end_slab
        return min(1.0, max(0.0, (self._scan.number - first) / max(1, end - first)))

    def run(self, deadline: float, end_row: int) -> tuple[bool, int]:
        """Look at rows until `deadline` (of perf_counter) or until before `end_row`.

        Whether all have been looked at, and the lowest rank at which another row, or none, may stand than before.
        """
        self._prune()
        log, rows = self._log, self._rows
        first_slab = log.first_slab
        if rows.end_row > rows.first_row:  # of too many rows the oldest have left, and the log still has the bytes
            first_slab = max(first_slab, rows.place(rows.first_row).slab)
        if self._scan.number < first_slab:
            self._scan = SlabScan(first_slab)
            self._settled = len(self._numbers)
        if end_row <= rows.first_row or self.too_slow:
            self.end_row = max(self.end_row, min(rows.first_row, end_row))
            return True, self.end_rank
        place = rows.place(end_row - 1)
        self._scanner.end = place.slab, place.end
        old = self._numbers[self._settled :]
        before = self._left + self._settled
        del self._numbers[self._settled :]
        searched = True
        try:
            searched = self._search(deadline, place.slab)
        except TooSlowError:
            self.too_slow = True
        new = self._numbers[before - self._left :]
        same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))
        if searched:
            self.end_row = end_row
        else:
            self.end_row = max(self.end_row, rows.number_at(self._scan.number, max(0, self._scan.position - 1)))
        return searched, before + same

    def _search(self, deadline: float, last_slab: int) -> bool:
        """Look at the slabs from where it is known; False: the time was over."""
        scan, settled = self._scan, True

        def unsettle() -> None:
            nonlocal settled
            if settled:
                settled = False
                self._settled = len(self._numbers)

        while True:
            if not self._scanner.scan(scan, self._taker(scan), deadline, unsettle):
                self._settled = len(self._numbers)
                return False
            if not scan.done:
                unsettle()
            if scan.number >= last_slab:
                break
            scan = SlabScan(scan.number + 1)
            if settled:
                self._scan = scan
        if settled:
            self._settled = len(self._numbers)
        return True

    def _taker(self, scan: SlabScan) -> Callable[[int, int], int]:
        """What is done with a stretch or a match: the rows that it touches are shown."""
        rows, slab = self._rows, scan.number
        numbers, filled = self._numbers, len(self._log.slab(slab).data)
        number_at, skipped = rows.number_at, self._skipped
        last = numbers[-1] if numbers else -1
        in_slab = rows.of_slab(slab)
        span, first_row = in_slab.span, in_slab.first_row
        end_row = first_row + in_slab.row_count
        row_end = -1  # of the row that the match before was in

        def show(first: int, final: int) -> None:
            nonlocal last
            if first == final > last:
                numbers.append(first)
            else:
                numbers.extend(range(max(first, last + 1), final + 1))
            last = max(last, final)

        def take_stretch(begin: int, end: int) -> int:
            first = number_at(slab, begin)
            show(first, number_at(slab, end - 1) if end - begin > 1 else first)
            return end

        def take_match(begin: int, end: int) -> int:
            nonlocal last, row_end
            if begin >= row_end:
                number = last + 1  # where matches are many it is often the next one, which is found in half the time
                row_begin = -1
                if first_row <= number < end_row:
                    _, row_begin, row_end, _ = span(number - first_row)
                if not row_begin <= begin < row_end:
                    number = number_at(slab, begin)
                    row_end = span(number - first_row)[2]
                if number > last:
                    numbers.append(number)
                    last = number
            if end > row_end:
                final = number_at(slab, end - 1) if end <= filled else self._row_after(slab, end - 1)
                show(last + 1, final)
            return end if skipped < 0 else max(end, row_end - skipped)

        return take_stretch if self.pattern is None else take_match

    def _row_after(self, slab: int, offset: int) -> int:
        """The row with a byte that lies so far from the beginning of the slab, in a later one."""
        while offset >= (size := len(self._log.slab(slab).data)):
            offset -= size
            slab += 1
        return self._rows.number_at(slab, offset)

    def _prune(self) -> None:
        """Forget the rows that left the log, many at a time: each is moved over once or twice in all."""
        left = bisect_left(self._numbers, self._rows.first_row)
        if left >= _PRUNED_AT_ONCE and left * 2 >= len(self._numbers):
            del self._numbers[:left]
            self._left += left
            self._settled = max(0, self._settled - left)
