"""What the log's chunks say about the conversation: how many, how large, and how soon the answer comes."""

from __future__ import annotations

import re
from collections import deque
from itertools import compress
from operator import sub
from typing import Final, NamedTuple

from .chunk import LOCAL, Direction
from .log import Slab, TrafficLog

MAX_TURNS: Final = 1000
"""How many round trips are kept (chosen: enough for a p95 that holds still)."""

MAX_TURN_NS: Final = 10_000_000_000
"""What comes later than that is no answer (chosen: few wait longer before they ask again)."""

_TURN: Final = re.compile(rb"\x01\x02*\x00")
"""Of a column of directions: the last chunk of a request, what happened meanwhile, the answer's first chunk."""
_IS_TO_NET: Final = bytes([1, 0, 0, 0]) + bytes(252)
_IS_TO_SERIAL: Final = bytes([0, 1, 0, 0]) + bytes(252)
_IS_WAY: Final = (_IS_TO_NET, _IS_TO_SERIAL)


class RoundTrips(NamedTuple):
    """Times from a request to the first byte of its answer, in ns; `counted`: how many, at most MAX_TURNS."""

    counted: int
    last_ns: int
    median_ns: int
    p95_ns: int
    longest_ns: int


class TrafficFigures:
    """Counts what a log takes in. For the log's own thread; some 0.1 µs a chunk, 0.7 µs a round trip (measured).

    A round trip is the time from the last chunk Net→Serial to the next one Serial→Net. What the display missed
    makes none, and neither does what was sent to clients by hand.
    """

    def __init__(self, log: TrafficLog) -> None:
        self._log = log
        self._slab = log.end_slab
        self._record = 0
        self._request_ns = 0
        self.reset()

    def reset(self) -> None:
        """Forget all that was counted. What is still to be taken in is not."""
        self.chunks = [0, 0]
        """Chunks each way (a Direction)."""
        self.chunk_bytes = [0, 0]
        """The bytes in them."""
        self._turns: deque[int] = deque(maxlen=MAX_TURNS)

    def take_in(self) -> None:
        """Count what the log gained since the last call. What it gained and dropped between is not counted."""
        log = self._log
        if self._slab < log.first_slab:
            self._slab, self._record, self._request_ns = log.first_slab, 0, 0
        while self._slab < log.end_slab:
            slab = log.slab(self._slab)
            end = len(slab)
            if self._record < end:
                self._count(slab, self._record, end)
                self._record = end
            if self._slab + 1 == log.end_slab:
                return
            self._slab += 1
            self._record = 0

    def round_trips(self) -> RoundTrips:
        """Of the last MAX_TURNS; all 0 before there was one."""
        ordered = sorted(self._turns)
        if not ordered:
            return RoundTrips(0, 0, 0, 0, 0)
        count = len(ordered)
        p95 = ordered[-(-count * 95 // 100) - 1]  # nearest rank
        return RoundTrips(count, self._turns[-1], ordered[(count - 1) // 2], p95, ordered[-1])

    def _count(self, slab: Slab, begin: int, end: int) -> None:
        """Everything but the round trips without a line of Python a chunk."""
        directions = slab.direction[begin:end].tobytes()
        starts = slab.start[begin:end]
        ends = starts[1:]
        ends.append(slab.end_of(end - 1))
        for way, is_way in enumerate(_IS_WAY):
            count = directions.count(way)
            if count:
                self.chunks[way] += count
                self.chunk_bytes[way] += sum(compress(map(sub, ends, starts), directions.translate(is_way)))
        waiting = 1 if self._request_ns else 0  # a request from before stands at the front
        if waiting:
            directions = b"\x01" + directions
        first = begin - waiting
        time_ns, client = slab.time_ns, slab.client
        for turn in _TURN.finditer(directions):
            request, answer = turn.start(), first + turn.end() - 1
            if client[answer] < LOCAL:
                asked_ns = self._request_ns if request < waiting else time_ns[first + request]
                taken_ns = time_ns[answer] - asked_ns
                if 0 <= taken_ns <= MAX_TURN_NS:  # the clock may be set back
                    self._turns.append(taken_ns)
        asked = len(directions.rstrip(b"\x02"))
        if not asked or directions[asked - 1] != Direction.TCP_TO_SERIAL:
            self._request_ns = 0
        elif asked > waiting:
            self._request_ns = time_ns[first + asked - 1]
