"""Carries what the tap holds into the log, in slices so short that nobody waits for them."""

from __future__ import annotations

from collections import deque
from time import perf_counter, thread_time

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from serialbridge_gui.traffic.chunk import NO_CLIENT, Direction, Tap, TapEntry
from serialbridge_gui.traffic.clock import time_ns
from serialbridge_gui.traffic.log import TrafficLog

SLICE_S = 0.001
"""Python at a stretch; what listens to `slice_appended` then takes half as much again (measured)."""

SLICE_ENTRIES = 64
"""How many chunks are taken between two looks at the clock (some 0.05 ms)."""

TICK_MS = 33
"""Thirty times a second: what the eye takes for at once."""

CATCH_UP_MS = 10
"""The pause before the next slice when one left work."""

MAX_SHOW_INTERVAL_S = 0.2
"""Chosen: at five times a second it is alive; a slow machine under a flood needs as long (measured)."""

REST_FACTOR = 16
"""A showing is followed by so many times the CPU time that it took: a sixteenth of a core, 6 %."""


class LogFeed(QObject):
    """Drains a tap, and events beside it, into a log by a timer. Everything in the GUI thread."""

    slice_appended = Signal()
    """The log gained something: after each slice. For what is cheap, such as LogPane.take_in."""
    batch_appended = Signal()
    """The log gained something: once a tick at most, and so rarely that showing it takes little of a core."""

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
        """The longest tick so far in CPU time of this thread, with what the signals called."""
        self.last_slice_s = 0.0
        """The last one."""
        self._tap = tap
        self._log = log
        self._events: deque[TapEntry] = deque() if events is None else events
        self._gap_noted_bytes = 0
        self._ending = False
        self._unshown = False
        self._showed = False
        self._showed_at_s = 0.0
        self._show_at_s = 0.0
        self._cpu_s = 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    @property
    def running(self) -> bool:
        """Whether it drains."""
        return self._timer.isActive()

    def start(self) -> None:
        """Begin to drain. May be called twice."""
        self._ending = False
        if not self._timer.isActive():
            self._timer.start(TICK_MS)

    def stop_when_empty(self) -> None:
        """Drain and show what there is, then stop. For when nothing more will come."""
        self._ending = True

    def stop(self) -> None:
        """Stop draining; what waits in the tap stays there. May be called twice."""
        self._timer.stop()

    def _tick(self) -> None:
        cpu_s = thread_time()
        if self._showed:  # the CPU time since then has the repaint in it
            self._showed = False
            rest_s = min(MAX_SHOW_INTERVAL_S, (cpu_s - self._cpu_s) * REST_FACTOR)
            self._show_at_s = self._showed_at_s + rest_s
        began_s = perf_counter()
        came, left_work = self._drain_slice(began_s + SLICE_S)
        if came or left_work or self._unshown or not self._ending:
            self._timer.start(CATCH_UP_MS if left_work else TICK_MS)
        if came:
            self._unshown = True
            self.slice_appended.emit()
        if self._unshown and began_s >= self._show_at_s - TICK_MS / 2000:  # the tick that is nearest
            self._unshown = False
            self._showed = True
            self._showed_at_s = began_s
            self._cpu_s = cpu_s
            self.batch_appended.emit()
        self.last_slice_s = thread_time() - cpu_s
        self.longest_slice_s = max(self.longest_slice_s, self.last_slice_s)

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
