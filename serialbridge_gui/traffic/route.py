"""Which chunks of a log are meant, by where they went and whose they are; and how far a slab has been looked at."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Final

from .chunk import LOCAL, NO_CLIENT, Direction
from .log import TrafficLog

_SERIAL_TO_TCP, _EVENT = int(Direction.SERIAL_TO_TCP), int(Direction.EVENT)

_CHUNKS_PER_LOOK: Final = 512
"""Chosen: looked at between two looks at the clock, in 0.1 ms."""

Position = tuple[int, int]
"""A byte of the log: its slab's number, and where in the slab's data it is."""


@dataclass(frozen=True)
class Route:
    """Which chunks are meant, by where they went."""

    directions: frozenset[Direction] = frozenset(Direction)
    """With Direction.EVENT: gaps too."""
    client: int | None = None
    """What this client sent, and what was sent to it or to all. Events are no client's: they are meant, too."""

    def takes(self, direction: int, client: int) -> bool:
        """Whether a chunk like this is meant."""
        if direction >= _EVENT:
            return Direction.EVENT in self.directions
        if direction not in self.directions:
            return False
        client &= ~LOCAL
        return self.client is None or client == self.client or (direction == _SERIAL_TO_TCP and client == NO_CLIENT)


EVERYTHING: Final = Route()


class SlabScan:
    """How far one slab has been searched."""

    __slots__ = ("after", "done", "number", "position")

    def __init__(self, number: int, position: int = 0) -> None:
        self.number = number
        self.position = position
        """Where the search goes on: matches that begin before are known for good."""
        self.after = position
        """No match begins before this: the one before it ends here, maybe beyond the slab."""
        self.done = False
        """Nothing that comes can add a match that begins in this slab."""


class RouteScanner:
    """Takes all bytes of the chunks that are meant, in stretches; else as a Scanner (`scan.py`)."""

    def __init__(self, log: TrafficLog, route: Route) -> None:
        self.end: Position = (log.end_slab, 0)
        """What lies here and after is not there yet."""
        self._log = log
        self._route = route

    def scan(
        self,
        scan: SlabScan,
        take: Callable[[int, int], int],
        deadline: float,
        provisional: Callable[[], None] = lambda: None,
    ) -> bool:
        """See Scanner."""
        slab = self._log.slab(scan.number)
        end_slab, end_offset = self.end
        there = scan.number < min(end_slab, self._log.end_slab)
        filled = end_offset if scan.number == end_slab else len(slab.data) if there else 0
        end_record = bisect_left(slab.start, filled)
        takes: dict[tuple[int, int], bool] = {}
        while scan.position < filled:
            record = bisect_right(slab.start, scan.position) - 1
            stop = min(record + _CHUNKS_PER_LOOK, end_record)
            keys = zip(slab.direction[record:stop], slab.client[record:stop], strict=True)
            begin = -1
            for key in keys:
                taken = takes.get(key)
                if taken is None:
                    taken = takes[key] = self._route.takes(*key)
                if taken:
                    if begin < 0:
                        begin = max(scan.position, slab.start[record])
                elif begin >= 0:
                    take(begin, slab.start[record])
                    begin = -1
                record += 1
            scan.position = min(filled, slab.end_of(record - 1))
            if 0 <= begin < scan.position:
                take(begin, scan.position)
            if perf_counter() >= deadline and scan.position < filled:
                return False
        scan.done = scan.number + 1 < end_slab or (scan.number + 1 == end_slab and end_offset > 0)
        scan.done = scan.done and scan.number + 1 < self._log.end_slab
        return True
