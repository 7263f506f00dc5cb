"""A saved capture as a schedule: what is to be said, and when. Pure: whoever plays it has the clock.

`steps` is the way of one capture from its beginning to its end. A device that answers waits for what it is asked
(`Step.heard`); who plays to a device or to a client goes by the clock alone (`Step.due_s`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from serialbridge_gui.traffic.chunk import LOCAL, Direction, TapEntry

MIN_SPEED: Final = 0.001
MAX_SPEED: Final = 1_000_000.0
"""Chosen: a second's pause is then 1 µs, and no float is near its end. 0 is faster yet."""


class Step(NamedTuple):
    """Bytes to be said."""

    due_s: float
    """Since the first step, at the speed asked for. Never less than the step before."""
    pause_s: float
    """Since whatever came before it in the capture, of either direction."""
    heard: int
    """How many bytes of the other direction came before it in the capture."""
    data: bytes


class Schedule:
    """One capture, from its beginning to its end: entries in, steps out."""

    def __init__(self, direction: Direction, speed: float = 1.0) -> None:
        """As of `steps`."""
        self._direction = direction
        self._factor = 1e-9 / speed if speed else 0.0
        self._started = False
        self._due_s = 0.0
        self._last_ns: int | None = None
        self._heard = 0
        self._waited_s = 0.0

    def take(self, entry: TapEntry) -> Step | None:
        """The next entry of the capture; gives the step that it is, if it is one."""
        time_ns, way, client, data = entry
        if way > Direction.TCP_TO_SERIAL or (client >= LOCAL and way == Direction.SERIAL_TO_TCP):
            return None
        pause_s = 0.0 if self._last_ns is None else max(0, time_ns - self._last_ns) * self._factor
        self._last_ns = time_ns
        if way != self._direction:
            self._heard += len(data)
            self._waited_s += pause_s
            return None
        if self._started:
            self._due_s += self._waited_s + pause_s
        self._started = True
        self._waited_s = 0.0
        return Step(self._due_s, pause_s, self._heard, data)


def steps(entries: Iterable[TapEntry], direction: Direction, speed: float = 1.0) -> Iterator[Step]:
    """What of `entries` went in `direction`, at `speed` times its own pace; 0: without pauses.

    As lazy as `entries`, and raises what they raise. What was sent to clients by hand was not the device's, and is
    left out. A clock that was set back in the middle of the capture makes no pause.
    """
    schedule = Schedule(direction, speed)
    for entry in entries:
        step = schedule.take(entry)
        if step is not None:
            yield step
