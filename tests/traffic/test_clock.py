"""The time of day, whichever way it is read."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from serialbridge_gui.traffic.clock import from_filetime, time_ns


def test_windows_time_is_counted_from_1970() -> None:
    assert from_filetime(0) == datetime(1601, 1, 1, tzinfo=UTC).timestamp() * 10**9
    assert from_filetime(116_444_736_000_000_001) == 100


def test_time_is_that_of_the_system() -> None:
    before = time.time_ns()
    now = time_ns()
    assert before - 20_000_000 <= now <= time.time_ns() + 20_000_000  # Windows' coarse clock is behind by a step
