"""Ctrl+C, SIGTERM, SIGHUP and the Windows installer end a Qt program that spends its life inside Qt's event loop."""

from __future__ import annotations

import contextlib
import signal
import socket
from collections.abc import Callable

from PySide6.QtCore import QObject, QSocketNotifier

from serialbridge_gui.close_event import installed_close_event
from serialbridge_gui.stop_numbers import stop_numbers


class StopSignals(QObject):
    """Has Qt's event loop call `stop` when such signals came. Main thread only; undo it with `close`.

    Python writes each signal's number to the wake-up descriptor, whatever it is doing
    (https://docs.python.org/3/library/signal.html); the event loop finds it there. `stop` is not called by the
    signal's handler, which may run between any two steps of what it would meddle with: an `asyncio.Event` that is
    set in the midst of its own `wait` wakes nobody, then or later.
    """

    def __init__(self, stop: Callable[[], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stop = stop
        self._read, self._write = socket.socketpair()
        self._read.setblocking(False)
        self._write.setblocking(False)
        self._old_fd = signal.set_wakeup_fd(self._write.fileno(), warn_on_full_buffer=False)
        self._notifier = QSocketNotifier(self._read.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._drain)
        self._old = {number: signal.signal(number, _noted) for number in stop_numbers()}
        self._close_event = installed_close_event(self._as_signal)

    def close(self) -> None:
        """Put everything back as it was."""
        if self._close_event is not None:
            self._close_event.close()
        for number, handler in self._old.items():
            signal.signal(number, handler)
        self._old = {}
        signal.set_wakeup_fd(self._old_fd)
        self._notifier.setEnabled(False)
        self._read.close()
        self._write.close()

    def pending(self) -> bool:
        """Whether such a signal came and `stop` is not called yet."""
        with contextlib.suppress(BlockingIOError):
            return not set(self._read.recv(64, socket.MSG_PEEK)).isdisjoint(self._old)
        return False

    def _as_signal(self) -> None:
        """What the installer asks is the same as SIGTERM. Any thread."""
        self._write.send(bytes([signal.SIGTERM]))

    def _drain(self) -> None:
        with contextlib.suppress(BlockingIOError):
            if set(self._read.recv(64)) & set(self._old):
                self._stop()


def _noted(_number: int, _frame: object) -> None:
    """A handler of Python's there must be, else no number is written."""
