"""Several watchers of one bridge: each has a tap of its own, all get the same entries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from serialbridge_gui.traffic.chunk import Tap
from serialbridge_gui.traffic.clock import time_ns


class Sink(Protocol):
    """Where the byte path leaves its chunks: a Tap, or Taps."""

    def put(self, direction: int, client: int, data: bytes) -> None:
        """Append a chunk. Bridge thread only. Never waits."""


class Taps:
    """Gives each of its taps the same entry, with one time stamp."""

    __slots__ = ("_taps",)

    def __init__(self, taps: Sequence[Tap]) -> None:
        self._taps = tuple(taps)

    def put(self, direction: int, client: int, data: bytes) -> None:
        """Append a chunk to each. Bridge thread only. Never waits."""
        entry = (time_ns(), direction, client, data)
        for tap in self._taps:
            tap.put_entry(entry)


def sink_of(taps: Sequence[Tap]) -> Sink | None:
    """What to put chunks into, so that these have them; None where nobody watches."""
    if not taps:
        return None
    return taps[0] if len(taps) == 1 else Taps(taps)
