"""One window for the profiles of one folder: a second start hands over what it asks for, and ends.

A lock says who is first, from the beginning of the start, so that two at the same moment make one window; the window
takes requests once it is there (`handover.py`). Nobody is ever locked out: the lock of a program that is gone is
taken, and where the first one does not answer within its time another window is opened, which says so.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final

from PySide6.QtCore import QLockFile, QTimer

from serialbridge_gui.request import Request, server_name

WAIT_S: Final = 20.0
"""How long the first one may take to start, or to end, before another window is opened. Chosen: 3 s on a slow disk, a
multiple where a virus scanner reads each file first, and 3 s for bridges that end."""
AGAIN_S: Final = 0.05
SUCCEED_MS: Final = 2000
"""How often a window beside another one looks whether that one is gone (chosen)."""


class Instance:
    """This program's right to be the window of these profiles."""

    def __init__(self, lock: QLockFile | None, *, beside_another: bool = False) -> None:
        self._lock = lock
        self.beside_another = beside_another
        """Another program is the window of these profiles, and does not answer."""
        self._timer: QTimer | None = None

    def succeed(self) -> None:
        """Beside another one, become the window once that is gone: else who starts then would open one more.

        Where Qt's event loop will run.
        """
        if self.beside_another and self._lock is not None:
            self._timer = QTimer()
            self._timer.timeout.connect(self._try)
            self._timer.start(SUCCEED_MS)

    def _try(self) -> None:
        if self._lock is not None and self._timer is not None and self._lock.tryLock(0):
            self._timer.stop()

    def close(self) -> None:
        """Leave it to others. May be called twice."""
        if self._timer is not None:
            self._timer.stop()
        if self._lock is not None:
            self._lock.unlock()


def claim(request: Request, config_dir: Path) -> Instance | None:
    """Become the window; None: another one is, and has taken the request. Blocks for WAIT_S at most, and a bit."""
    if request.file:  # to the window, be it of a version that knows no lock
        from serialbridge_gui.handover import Outcome, hand_over

        outcome = hand_over(request, config_dir)
        if outcome is not Outcome.NOBODY:
            return None if outcome is Outcome.TAKEN else Instance(_lock(config_dir), beside_another=True)
    lock = _lock(config_dir)
    if lock is None:
        return Instance(None)
    expires = time.monotonic() + WAIT_S
    while not lock.tryLock(0):
        if lock.error() is not QLockFile.LockError.LockFailedError:
            return Instance(None)  # no place for a lock: the window is worth more than being the only one
        from serialbridge_gui.handover import Outcome, hand_over

        outcome = hand_over(request, config_dir)
        if outcome is Outcome.TAKEN:
            return None
        if outcome is Outcome.SILENT or time.monotonic() > expires:
            return Instance(lock, beside_another=True)
        time.sleep(AGAIN_S)  # it has no window yet, or no more
    return Instance(lock)


def _lock(config_dir: Path) -> QLockFile | None:
    """In the folder of this machine and user: a home may be on several machines."""
    from serialbridge_gui.engine.running_programs import own_folder
    folder = own_folder()
    if folder is None:
        return None
    lock = QLockFile(str(folder / f"{server_name(config_dir)}.lock"))
    lock.setStaleLockTime(0)  # however old: only that of a program which is gone is taken
    return lock
