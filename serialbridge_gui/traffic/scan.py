"""Looks for a pattern in the slabs of a log, in slices.

Bytes are searched where they lie, many chunks at a time; only what is found is looked at more closely. A match
lies within one run: chunks one after another with the same direction and client, through the ends of chunks,
rows and slabs. An event is a run of its own, and a gap is none: bytes are missing there.

Matches do not overlap and are looked for from the left, afresh in each slab: so any slab can be searched first,
and where one ends two matches may overlap.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from time import perf_counter
from typing import Final, NamedTuple

from .chunk import Direction
from .log import Slab, TrafficLog
from .pattern import Pattern, TooSlowError
from .route import EVERYTHING, Position, Route, SlabScan

_PIECE_BYTES: Final = 128 << 10
"""Chosen: searched between two looks at the clock, in 0.1 ms by most patterns."""

_CONTEXT_BYTES: Final = 64
"""So far back sees what looks back in a regular expression: `^`, `(?<=…)` and others."""

_WINDOW_BYTES: Final = 4 << 10
"""Chosen: where a regular expression's matches may begin in one look."""

_LEAST_WINDOW_BYTES: Final = 64
"""An expression that takes too long on this, and what its matches may have more, takes too long."""

_HITS_PER_LOOK: Final = 128
_EVENT = int(Direction.EVENT)


class _Window(NamedTuple):
    data: bytes
    base: int
    """Where in the slab `data` begins; below 0 if in an earlier one."""
    end: int
    """Matches begin before this."""
    known: int
    more: bool


class Scanner:
    """Searches slabs for one pattern. For the log's own thread."""

    def __init__(self, log: TrafficLog, pattern: Pattern, route: Route = EVERYTHING) -> None:
        self.pattern = pattern
        self.end: Position = (log.end_slab, 0)
        """What lies here and after is not there yet."""
        self._log = log
        self._route = route
        self._taken: dict[tuple[int, int], bool] = {}
        self._width = _WINDOW_BYTES

    def scan(
        self,
        scan: SlabScan,
        take: Callable[[int, int], int],
        deadline: float,
        provisional: Callable[[], None] = lambda: None,
    ) -> bool:
        """Search the slab until `deadline` (of perf_counter); whether all that is there has been searched.

        `take` gets begin and end of each match, where the end may lie beyond this slab's, and says where to look on,
        not before the begin. `provisional` is called before the first match that bytes to come may change: such a
        match comes again, or does not, with the next call after the end has moved. Raises TooSlowError.
        """
        if self.pattern.fixed:
            return self._scan_fixed(scan, take, deadline)
        return self._scan_expression(scan, take, deadline, provisional)

    # ---- runs

    def _filled(self, number: int) -> int:
        """How many bytes of the slab are there."""
        end_slab, end_offset = self.end
        if number == end_slab:
            return end_offset
        return len(self._log.slab(number).data) if number < min(end_slab, self._log.end_slab) else 0

    def _takes(self, slab: Slab, record: int) -> bool:
        """Whether the run of this chunk is searched."""
        key = slab.direction[record], slab.client[record]
        taken = self._taken.get(key)
        if taken is None:
            direction, client = key
            if direction >= _EVENT:
                taken = direction == _EVENT and self.pattern.in_events and self._route.takes(direction, client)
            else:
                taken = self._route.takes(direction, client)
            self._taken[key] = taken
        return taken

    @staticmethod
    def _run_end(slab: Slab, record: int, limit: int) -> int:
        """Where the run of this chunk ends in the slab, looked for up to `limit` at most."""
        direction, client = slab.direction[record], slab.client[record]
        end = slab.end_of(record)
        if direction >= _EVENT:
            return min(end, limit)
        while end < limit and slab.direction[record + 1] == direction and slab.client[record + 1] == client:
            record += 1
            end = slab.end_of(record)
        return min(end, limit)

    @staticmethod
    def _run_begin(slab: Slab, record: int, limit: int) -> int:
        """Where the run of this chunk begins in the slab, looked for down to `limit` at least."""
        direction, client = slab.direction[record], slab.client[record]
        if direction < _EVENT:
            while (
                slab.start[record] > limit
                and slab.direction[record - 1] == direction
                and slab.client[record - 1] == client
            ):
                record -= 1
        return max(slab.start[record], limit)

    def _following(self, number: int, direction: int, client: int, count: int) -> tuple[bytes, bool]:
        """Up to `count` bytes with which a run goes on after the slab, and whether more of it may come."""
        parts: list[bytes] = []
        missing = count
        while missing:
            number += 1
            filled = self._filled(number)
            if not filled:
                return b"".join(parts), True
            slab = self._log.slab(number)
            if slab.direction[0] != direction or slab.client[0] != client:
                break
            part = bytes(slab.data[: self._run_end(slab, 0, min(missing, filled))])
            parts.append(part)
            missing -= len(part)
            if len(part) < filled:
                break
        return b"".join(parts), False

    def _preceding(self, number: int, direction: int, client: int) -> bytes:
        """The last bytes of a run before the slab, _CONTEXT_BYTES at most."""
        if number <= self._log.first_slab:
            return b""
        slab = self._log.slab(number - 1)
        record = len(slab) - 1
        if slab.direction[record] != direction or slab.client[record] != client:
            return b""
        size = len(slab.data)
        return bytes(slab.data[self._run_begin(slab, record, max(0, size - _CONTEXT_BYTES)) :])

    # ---- patterns that depend on their own bytes alone

    def _scan_fixed(self, scan: SlabScan, take: Callable[[int, int], int], deadline: float) -> bool:
        slab = self._log.slab(scan.number)
        filled = self._filled(scan.number)
        longest = self.pattern.max_length
        while scan.position < filled:
            piece_end = min(filled, scan.position + _PIECE_BYTES)
            if not self._search_piece(scan, slab, piece_end, min(filled, piece_end + longest - 1), take, deadline):
                return False
            if perf_counter() >= deadline and scan.position < filled:
                return False
        if filled and not scan.done:
            self._search_border(scan, slab, filled, take)
        return True

    def _search_piece(
        self,
        scan: SlabScan,
        slab: Slab,
        piece_end: int,
        window_end: int,
        take: Callable[[int, int], int],
        deadline: float,
    ) -> bool:
        """Take the matches that begin before `piece_end` and end within the slab; False: the time was over."""
        search = self.pattern.search
        data: bytes | bytearray = slab.data
        base, at = 0, scan.position
        if self.pattern.folded:
            base = at
            data = data[at:window_end].lower()
        begins, ends = slab.start, slab.end_of
        run_begin = run_end = record = 0
        taken = False
        looks = 0
        while (found := search(data, at - base, window_end - base)) is not None:
            begin, end = found[0] + base, found[1] + base
            if begin >= piece_end:
                break
            looks += 1
            if not looks % _HITS_PER_LOOK and perf_counter() >= deadline:
                scan.position = at
                return False
            if not run_begin <= begin < run_end:
                record += 1  # where matches are many it is often the next one
                if not (record + 1 < len(begins) and begins[record] <= begin < begins[record + 1]):
                    record = bisect_right(begins, begin) - 1
                run_begin, run_end = begins[record], ends(record)
                taken = self._takes(slab, record)
            if not taken:
                at = run_end
                continue
            if end > run_end:
                run_end = self._run_end(slab, record, end)
                if end > run_end:
                    at = begin + 1
                    continue
            scan.after = at = take(begin, end)
        scan.position = max(at, piece_end)
        return True

    def _search_border(self, scan: SlabScan, slab: Slab, filled: int, take: Callable[[int, int], int]) -> None:
        """Take the matches that begin in the slab and end after it. What cannot be known yet is left for later."""
        longest = self.pattern.max_length
        record = bisect_right(slab.start, filled - 1) - 1
        direction, client = slab.direction[record], slab.client[record]
        begin = max(self._run_begin(slab, record, max(0, filled - longest + 1)), scan.after)
        following, more = b"", not self._filled(scan.number + 1)
        if direction < _EVENT and begin < filled and self._takes(slab, record):
            following, more = self._following(scan.number, direction, client, longest - 1)
            buffer = bytes(slab.data[begin:filled]) + following
            if self.pattern.folded:
                buffer = buffer.lower()
            at, size = 0, filled - begin
            while at < size and (found := self.pattern.search(buffer, at, len(buffer))) and found[0] < size:
                if found[1] <= size:
                    at = found[0] + 1
                else:
                    scan.after = take(begin + found[0], begin + found[1])
                    at = scan.after - begin
        known = filled + len(following) - longest + 1 if more else filled
        scan.position = max(scan.after, min(filled, known))
        scan.done = not more

    # ---- patterns that depend on what is around

    def _scan_expression(
        self, scan: SlabScan, take: Callable[[int, int], int], deadline: float, provisional: Callable[[], None]
    ) -> bool:
        slab = self._log.slab(scan.number)
        filled = self._filled(scan.number)
        at = scan.position
        known = filled
        """Matches that begin from here on may change."""
        more = not self._filled(scan.number + 1)
        resume = -1
        while at < filled:
            record = bisect_right(slab.start, at) - 1
            if not self._takes(slab, record):
                at = slab.end_of(record)
            else:
                window = self._window(scan.number, slab, record, at, self._width, filled)
                more, known = window.more, window.known
                try:
                    while at < window.end:
                        found = self.pattern.search(window.data, at - window.base, len(window.data))
                        if found is None or found[0] + window.base >= window.end:
                            at = window.end
                            break
                        if found[0] + window.base >= known and resume < 0:
                            resume = max(scan.after, known)
                            provisional()
                        at = take(found[0] + window.base, found[1] + window.base)
                        if resume < 0:
                            scan.after = at
                    self._width = min(_WINDOW_BYTES, self._width * 2)
                except TooSlowError:
                    if self._width <= _LEAST_WINDOW_BYTES:
                        raise
                    self._width //= 4
            if resume < 0 and at < min(filled, known) and perf_counter() >= deadline:
                scan.position = at
                return False
        scan.position = resume if resume >= 0 else max(scan.after, min(filled, known), scan.position)
        scan.done = bool(filled) and not more
        return True

    def _window(self, number: int, slab: Slab, record: int, at: int, width: int, filled: int) -> _Window:
        """What a regular expression sees of the run of `record` where its matches begin from `at` on."""
        longest = self.pattern.max_length
        direction, client = slab.direction[record], slab.client[record]
        run_end = self._run_end(slab, record, min(filled, at + width + longest))
        base = self._run_begin(slab, record, max(0, at - _CONTEXT_BYTES))
        before, following = b"", b""
        more = not self._filled(number + 1)
        known = filled
        if direction < _EVENT:
            if not base:
                before = self._preceding(number, direction, client)
            if run_end == filled:
                following, more = self._following(number, direction, client, longest)
                if more:
                    known = filled + len(following) - longest
        return _Window(
            before + bytes(slab.data[base:run_end]) + following,
            base - len(before),
            min(run_end, at + width),
            known,
            more,
        )
