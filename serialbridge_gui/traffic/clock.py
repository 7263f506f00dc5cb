"""The time of day for what is shown with milliseconds.

Python's own is that on most systems. On Windows before Python 3.13 it goes in steps of up to 15.6 ms
(https://docs.python.org/3.13/whatsnew/3.13.html, "time"): an answer would come at the time of its request.
"""

from __future__ import annotations

import sys
from typing import Final

UNIX_EPOCH_TICKS: Final = 116_444_736_000_000_000
"""1970-01-01 as Windows counts: in steps of 100 ns since 1601-01-01 (FILETIME, minwinbase.h)."""


def from_filetime(ticks: int) -> int:
    """Nanoseconds since the epoch."""
    return (ticks - UNIX_EPOCH_TICKS) * 100


if sys.platform == "win32" and sys.version_info < (3, 13):
    import ctypes

    # PyDLL keeps the interpreter's lock: giving it away, on the byte path, costs more than the call (0.5 µs).
    _read_filetime = ctypes.PyDLL("kernel32").GetSystemTimePreciseAsFileTime
    _read_filetime.restype = None

    def time_ns() -> int:
        """Nanoseconds since the epoch, in steps of 100. Any thread."""
        ticks = ctypes.c_ulonglong()
        _read_filetime(ctypes.byref(ticks))
        return from_filetime(ticks.value)
else:
    from time import time_ns as time_ns
