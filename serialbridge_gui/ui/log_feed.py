"""Carries what the tap holds into the log, in slices so short that nobody waits for them."""

from __future__ import annotations

from collections import deque
from time import perf_counter, thread_time, time_ns

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from serialbridge_gui.traffic.chunk import NO_CLIENT, Direction, Tap, TapEntry
from serialbridge_gui.traffic.log import TrafficLog

SLICE_S = 0.001
"""Python at a stretch; grouping into rows then takes about half as much again (measured), under 2 ms."""

SLICE_ENTRIES = 64
"""How many chunks are taken between two looks at the clock (some 0.1 ms)."""

MIN_INTERVAL_MS = 33
MAX_INTERVAL_MS = 100
"""Thirty times a second, and ten under load: slower reads as stuttering."""

CATCH_UP_MS = 10
"""The pause before the next slice when one left work."""

REST_FACTOR = 12
"""The interval is so many times the CPU time the last one took: at most a twelfth of a core, 8 %."""


class LogFeed(QObject):
    """Drains a tap, and events beside it, into a log by a timer. Everything in the GUI thread."""

    batch_appended = Signal()
    """The log gained something: once a tick at most."""

    def __init__(
        self,
        tap: Tap,
        log: TrafficLog,
        events: deque[TapEntry] | None = None,
        parent: QObject | None = None,
    ) -> None:
        """`events` holds entries with Direction.EVENT, oldest first; the feed takes them out."""
        super().__init__(parent)
        self.longest_slice_s = 0.0
        """The longest stretch of Python in one tick so far, with what `batch_appended` called."""
        self._tap = tap
        self._log = log
        self._events: deque[TapEntry] = deque() if events is None else events
        self._gap_noted_bytes = tap.skipped_bytes
        self._cpu_s = 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        """Begin to drain. May be called twice."""
        if not self._timer.isActive():
            self._cpu_s = thread_time()
            self._timer.start(MIN_INTERVAL_MS)

    def stop(self) -> None:
        """Stop draining; what waits in the tap stays there. May be called twice."""
        self._timer.stop()

    def _tick(self) -> None:
        used_ms = (thread_time() - self._cpu_s) * 1000  # since the last tick: painting is in it
        self._cpu_s = thread_time()
        began = perf_counter()
        came, left_work = self._drain_slice(began + SLICE_S)
        interval = max(MIN_INTERVAL_MS, min(MAX_INTERVAL_MS, int(used_ms * REST_FACTOR)))
        self._timer.start(CATCH_UP_MS if left_work else interval)
        if came:
            self.batch_appended.emit()
        self.longest_slice_s = max(self.longest_slice_s, perf_counter() - began)

    def _drain_slice(self, deadline: float) -> tuple[bool, bool]:
        """Move entries until `deadline` (of perf_counter): whether any came, whether some may be left."""
        append, events = self._log.append, self._events
        came = False
        while True:
            gap_bytes = self._tap.skipped_bytes - self._gap_noted_bytes
            entries = self._tap.drain(SLICE_ENTRIES)
            if gap_bytes:
                # What was skipped was older than all that is in the tap now.
                self._gap_noted_bytes += gap_bytes
                gap_time_ns = entries[0][0] if entries else time_ns()
                append(gap_time_ns, Direction.GAP, NO_CLIENT, b"%d" % gap_bytes)
                came = True
            for entry in entries:
                while events and events[0][0] <= entry[0]:
                    append(*events.popleft())
                append(*entry)
            came = came or bool(entries)
            if len(entries) < SLICE_ENTRIES:
                break
            if perf_counter() >= deadline:
                return came, True
        while events:  # the tap is empty: nothing older can come
            append(*events.popleft())
            came = True
        return came, False
