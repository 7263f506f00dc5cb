"""The four ways in which the log shows a row's time."""

from __future__ import annotations

import time
from enum import Enum, auto

from serialbridge_gui.traffic.rows import Row


class TimeMode(Enum):
    """What the log's time column counts."""

    ABSOLUTE = auto()
    """Local time of day."""
    RELATIVE = auto()
    """Since the log's first row."""
    SINCE_PREVIOUS = auto()
    SINCE_TURN = auto()
    """Since the direction changed."""


class TimeFormatter:
    """Writes rows' times in one mode. Remembers the last second it wrote; for one thread."""

    def __init__(self) -> None:
        self.mode = TimeMode.ABSOLUTE
        self.first_time_ns = 0
        """What RELATIVE counts from, in ns since the epoch."""
        self._second = -1
        self._clock = ""

    def format(self, row: Row) -> str:
        """`14:02:11.083`, or seconds: `12.345` since the first row, `+0.000120` since something nearer."""
        if self.mode is TimeMode.ABSOLUTE:
            second, rest_ns = divmod(row.time_ns, 1_000_000_000)
            if second != self._second:
                self._second = second
                self._clock = time.strftime("%H:%M:%S", time.localtime(second))
            return f"{self._clock}.{rest_ns // 1_000_000:03d}"
        if self.mode is TimeMode.RELATIVE:
            return f"{(row.time_ns - self.first_time_ns) / 1e9:.3f}"
        since_ns = row.since_previous_ns if self.mode is TimeMode.SINCE_PREVIOUS else row.since_turn_ns
        return f"{since_ns / 1e9:+.6f}"
