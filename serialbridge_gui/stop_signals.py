"""Ctrl+C, SIGTERM and SIGHUP end a Qt program that spends its life inside Qt's event loop."""

from __future__ import annotations

import contextlib
import signal
import socket
from collections.abc import Callable

from PySide6.QtCore import QObject, QSocketNotifier

from serialbridge_gui.stop_numbers import stop_numbers


class StopSignals(QObject):
    """Calls `stop` in the main thread for each such signal. Main thread only; undo it with `close`.

    Python runs a signal's handler only once the interpreter gets to run: the wake-up descriptor makes Qt
    call into Python, and the handler runs then (https://docs.python.org/3/library/signal.html).
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
        self._old = {number: signal.signal(number, self._handle) for number in stop_numbers()}

    def close(self) -> None:
        """Put everything back as it was."""
        for number, handler in self._old.items():
            signal.signal(number, handler)
        self._old = {}
        signal.set_wakeup_fd(self._old_fd)
        self._notifier.setEnabled(False)
        self._read.close()
        self._write.close()

    def _handle(self, _number: int, _frame: object) -> None:
        self._stop()

    def _drain(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._read.recv(64)
