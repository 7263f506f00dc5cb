"""The Meter of a session: reads its counters twice a second, whether its page is looked at or not. No widget."""

from __future__ import annotations

from time import monotonic
from typing import Final, NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal

from serialbridge_gui.engine.bridge import Bridge
from serialbridge_gui.traffic.figures import TrafficFigures
from serialbridge_gui.traffic.log import TrafficLog
from serialbridge_gui.traffic.rates import RateHistory
from serialbridge_gui.ui.log_feed import LogFeed

INTERVAL_MS: Final = 500
"""Between two readings (chosen: a rate that can still be read). One takes some 10 µs."""


class Totals(NamedTuple):
    """Bytes since the start of the run, or since `Meter.reset`."""

    to_net: int
    to_serial: int
    unread: int
    lost: int
    skipped: int
    """By the display only. Of all runs, since it is one display."""

    def since(self, baseline: Totals) -> Totals:
        """What came on top of `baseline`."""
        return Totals(*(max(0, now - then) for now, then in zip(self, baseline, strict=True)))


class Meter(QObject):
    """Main thread only. Rests while the bridge does and there is nothing to show of the last minutes."""

    noted = Signal()
    """A reading was taken."""

    def __init__(self, bridge: Bridge, feed: LogFeed, log: TrafficLog, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.history = RateHistory(monotonic())
        self.figures = TrafficFigures(log)
        self._bridge = bridge
        self._feed = feed
        self._counters = bridge.counters
        self._baseline = Totals(0, 0, 0, 0, 0)
        self._running_since_s: float | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self.read)
        feed.slice_appended.connect(self.figures.take_in)
        bridge.state_changed.connect(self._follow_state)

    def totals(self) -> Totals:
        """What the bridge has carried and lost, since the start or the last `reset`."""
        return self._all_totals().since(self._baseline)

    def reset(self) -> None:
        """Let all that is counted begin at 0. Display only: the bridge's own counters stay; the rates too."""
        self._baseline = self._all_totals()
        self.figures.reset()
        self._feed.longest_slice_s = 0.0
        self.read()

    @property
    def running_s(self) -> float | None:
        """Seconds since the bridge was started; None while it does not run."""
        return None if self._running_since_s is None else monotonic() - self._running_since_s

    def read(self) -> None:
        """Take in the counters as they are now."""
        now, counters = monotonic(), self._bridge.counters
        if counters is not self._counters:  # another run
            self._counters = counters
            self.history.begin_run(now)
            skipped = self._baseline.skipped
            self._baseline = Totals(0, 0, 0, 0, skipped)
            self.figures.reset()
        self.history.note(now, counters.serial_to_tcp, counters.tcp_to_serial)
        self.noted.emit()
        if not self._bridge.state.active and self.history.silent:
            self._timer.stop()

    def stop(self) -> None:
        """Read no more. May be called twice."""
        self._timer.stop()

    def _all_totals(self) -> Totals:
        counters, tap = self._bridge.counters, self._bridge.tap
        return Totals(
            counters.serial_to_tcp,
            counters.tcp_to_serial,
            counters.unread,
            counters.lost,
            0 if tap is None else tap.skipped_bytes,
        )

    def _follow_state(self) -> None:
        active = self._bridge.state.active
        if active and self._running_since_s is None:
            self._running_since_s = monotonic()
            self.read()  # now, before anything of this run has passed
            self._timer.start()
        elif not active and self._running_since_s is not None:
            self._running_since_s = None
            self.read()
