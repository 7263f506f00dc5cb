"""All matches of a pattern in a log, found in slices and kept right while the log gains and loses bytes."""

from __future__ import annotations

from array import array
from bisect import bisect_left, insort
from collections import deque
from collections.abc import Iterator
from time import perf_counter
from typing import Final, NamedTuple

from .log import TrafficLog
from .pattern import Pattern, TooSlowError
from .route import EVERYTHING, Position, Route, SlabScan
from .scan import Scanner

MAX_HITS: Final = 1_000_000
"""Chosen: 4 to 8 MB. The search rests there, and says so, until some leave with the log's oldest bytes."""

_PEEK_S: Final = 0.005


class Hit(NamedTuple):
    """A match: where it begins, and how long it is. It may end in a later slab."""

    slab: int
    start: int
    length: int

    @property
    def position(self) -> Position:
        """Where it begins."""
        return self.slab, self.start


class _SlabHits(SlabScan):
    """What was found in one slab."""

    __slots__ = ("lengths", "settled", "starts")

    def __init__(self, number: int, position: int) -> None:
        super().__init__(number, position)
        self.starts = array("I")
        self.lengths = array("H")
        self.settled = 0
        """So many of the hits are known for good."""


class Find:
    """Finds from a position on to the end, then from the beginning. For the log's own thread.

    Call `run` until it says that all is done, and `extend` when what is to be searched has changed.
    """

    def __init__(
        self,
        log: TrafficLog,
        pattern: Pattern,
        route: Route = EVERYTHING,
        *,
        begin: Position = (0, 0),
        end: Position | None = None,
        near: Position = (0, 0),
        max_hits: int = MAX_HITS,
    ) -> None:
        """`begin` and `end`, which is excluded, bound what is searched; `near` is where it starts."""
        self.pattern = pattern
        self.route = route
        self.too_slow = False
        """The expression takes too long: nothing is searched any more."""
        self.count = 0
        self._log = log
        self._max_hits = max_hits
        self._begin = begin
        self._scanner = Scanner(log, pattern, route)
        self._slabs: dict[int, _SlabHits] = {}
        self._numbers: list[int] = []
        """Of `_slabs`, in order."""
        self._todo: deque[int] = deque()
        self._open: set[int] = set()
        """Slabs that are searched as far as is known, and may get more."""
        self._next_slab = max(begin[0], log.first_slab)
        self.extend(end)
        for number in list(self._todo):
            if number >= near[0]:
                break
            self._todo.rotate(-1)

    # ---- searching

    def extend(self, end: Position | None = None) -> None:
        """Take in what the log gained, up to `end` (None: all), and let go of what left."""
        log = self._log
        end = (log.end_slab, 0) if end is None else end
        grew = end != self._scanner.end or end[0] >= log.end_slab
        self._scanner.end = end
        while self._numbers and self._numbers[0] < log.first_slab:
            number = self._numbers.pop(0)
            self.count -= len(self._slabs.pop(number).starts)
            self._open.discard(number)
        while self._todo and self._todo[0] < log.first_slab:
            self._todo.popleft()
        if grew:
            self._todo.extend(sorted(self._open))
            self._open.clear()
        last = min(end[0] + (end[1] > 0), log.end_slab)
        for number in range(max(self._next_slab, log.first_slab), last):
            self._todo.append(number)
        self._next_slab = max(self._next_slab, last)

    @property
    def complete(self) -> bool:
        """Whether all there is has been searched."""
        return not self._todo

    @property
    def full(self) -> bool:
        """Whether the search rests because it found as many as it may."""
        return self.count >= self._max_hits and not self.complete

    @property
    def progress(self) -> float:
        """The part that has been searched, from 0 to 1."""
        known = len(self._todo) + len(self._slabs)
        return 1.0 if not self._todo else min(0.99, max(0.0, 1 - len(self._todo) / max(1, known)))

    def run(self, deadline: float) -> bool:
        """Search until `deadline` (of perf_counter) or the end; whether there is nothing more to do now."""
        while self._todo and not self.too_slow and self.count < self._max_hits:
            number = self._todo[0]
            if number < self._log.first_slab:
                self._todo.popleft()
                continue
            hits = self._slabs.get(number)
            if hits is None:
                start = self._begin[1] if number == self._begin[0] else 0
                hits = self._slabs[number] = _SlabHits(number, start)
                insort(self._numbers, number)
            if self._search(hits, deadline):
                self._todo.popleft()
                if not hits.done:
                    self._open.add(number)
            if perf_counter() >= deadline:
                break
        return self.complete or self.too_slow or self.full

    def _search(self, hits: _SlabHits, deadline: float) -> bool:
        starts, lengths = hits.starts, hits.lengths
        self.count -= len(starts) - hits.settled
        del starts[hits.settled :], lengths[hits.settled :]
        known = len(starts)
        settled = -1
        add_start, add_length = starts.append, lengths.append

        def take(begin: int, end: int) -> int:
            add_start(begin)
            add_length(end - begin)
            return end

        def unsettle() -> None:
            nonlocal settled
            settled = len(starts)

        try:
            searched = self._scanner.scan(hits, take, deadline, unsettle)
        except TooSlowError:
            self.too_slow = True
            searched = False
        self.count += len(starts) - known
        hits.settled = len(starts) if settled < 0 else settled
        return searched

    def peek(self, near: Position) -> Hit | None:
        """The first match from `near` on in its slab, before any of it has been searched; None: not soon found."""
        if not self._log.first_slab <= near[0] < self._log.end_slab:
            return None
        found: list[Hit] = []
        scan = SlabScan(*near)

        def take(begin: int, end: int) -> int:
            found.append(Hit(near[0], begin, end - begin))
            return 1 << 62

        try:
            self._scanner.scan(scan, take, perf_counter() + _PEEK_S)
        except TooSlowError:
            return None
        return found[0] if found else None

    # ---- asking

    def hits(self) -> Iterator[Hit]:
        """All that were found, in their order in the log."""
        for number in self._numbers:
            slab = self._slabs[number]
            for start, length in zip(slab.starts, slab.lengths, strict=True):
                yield Hit(number, start, length)

    def next_hit(self, position: Position) -> Hit | None:
        """The first match that begins at `position` or after it, of those found."""
        for index in range(bisect_left(self._numbers, position[0]), len(self._numbers)):
            number = self._numbers[index]
            slab = self._slabs[number]
            at = bisect_left(slab.starts, position[1]) if number == position[0] else 0
            if at < len(slab.starts):
                return Hit(number, slab.starts[at], slab.lengths[at])
        return None

    def previous_hit(self, position: Position) -> Hit | None:
        """The last match that begins before `position`, of those found."""
        for index in range(bisect_left(self._numbers, position[0] + 1) - 1, -1, -1):
            number = self._numbers[index]
            slab = self._slabs[number]
            at = bisect_left(slab.starts, position[1]) if number == position[0] else len(slab.starts)
            if at:
                return Hit(number, slab.starts[at - 1], slab.lengths[at - 1])
        return None

    def searched_between(self, first: int, last: int) -> bool:
        """Whether the slabs from `first` to `last` have all been searched."""
        return not any(first <= number <= last for number in self._todo)

    def ordinal(self, hit: Hit) -> int:
        """How many matches begin before this one."""
        before = 0
        for number, slab in self._slabs.items():
            if number < hit.slab:
                before += len(slab.starts)
            elif number == hit.slab:
                before += bisect_left(slab.starts, hit.start)
        return before

    def spans(self, begin: Position, end: Position) -> list[Hit]:
        """The matches that have a byte between two positions, `end` excluded."""
        spans = []
        before = self.previous_hit(begin)
        if before is not None and self._reaches(before, begin):
            spans.append(before)
        hit = self.next_hit(begin)
        while hit is not None and hit.position < end:
            spans.append(hit)
            hit = self.next_hit((hit.slab, hit.start + 1))
        return spans

    def touches(self, begin: Position, end: Position) -> bool:
        """Whether a match has a byte between two positions, `end` excluded."""
        hit = self.next_hit(begin)
        if hit is not None and hit.position < end:
            return True
        before = self.previous_hit(begin)
        return before is not None and self._reaches(before, begin)

    def _reaches(self, hit: Hit, position: Position) -> bool:
        """Whether a match that begins before a position has the byte there."""
        end = hit.start + hit.length
        for number in range(hit.slab, position[0]):
            if not self._log.first_slab <= number < self._log.end_slab:
                return False
            end -= len(self._log.slab(number).data)
            if end <= 0:
                return False
        return end > position[1]
