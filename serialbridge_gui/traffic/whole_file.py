"""A file that is there whole, or not at all, written by a thread of its own."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from collections import deque
from pathlib import Path
from threading import Condition, Thread
from typing import Final

from serialbridge_gui.words import tr as _tr

MAX_WAITING_BYTES: Final = 4 << 20
"""What may wait for the disk (chosen: a tenth of a second of a slow one)."""

_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


class WholeFile:
    """Takes what is to be written and never blocks who hands it over. One thread hands over.

    The bytes go to a temporary file beside `path`, which takes its place at the end: until then a file that was
    there before is as it was. Neither an error nor `cancel` leaves anything behind.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.error: OSError | None = None
        """Why nothing was written; set once `ended`."""
        self.done = False
        """Whether the file is there; set once `ended`."""
        self._waiting: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._changed = Condition()
        self._closed = False
        self._cancelled = False
        self._thread = Thread(target=self._run, name=f"save {path.name}", daemon=True)
        self._thread.start()

    @property
    def full(self) -> bool:
        """Whether the disk is behind: hand over nothing now."""
        return self._waiting_bytes >= MAX_WAITING_BYTES

    @property
    def ended(self) -> bool:
        """Whether the file is there, or `error` says why not, or it was cancelled."""
        return not self._thread.is_alive()

    def write(self, data: bytes) -> None:
        """Hand over the next bytes. They are taken even where it is `full`: that is the caller's to see."""
        with self._changed:
            self._waiting.append(data)
            self._waiting_bytes += len(data)
            self._changed.notify()

    def close(self) -> None:
        """That was all: let the file take its place. Nothing after `cancel`."""
        with self._changed:
            self._closed = True
            self._changed.notify()

    def cancel(self) -> None:
        """Leave nothing behind. May be called twice; too late once the file has taken its place."""
        with self._changed:
            self._cancelled = True
            self._changed.notify()

    def join(self, timeout_s: float) -> bool:
        """Wait for `ended`, at most so long; whether it has."""
        self._thread.join(timeout_s)
        return self.ended

    # ---- its thread

    def _run(self) -> None:
        try:
            target = self.path.resolve()  # a link stays one
            if target.is_symlink():
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))  # Python 3.13 and later resolve what leads round
            if target.exists() and not target.is_file():
                raise OSError(errno.EINVAL, _tr("it is not a file"))
            temporary = target.with_name(f".{secrets.token_hex(8)}.tmp")  # however long the name is
            try:
                with os.fdopen(os.open(temporary, _NEW, 0o666), "wb", buffering=0) as stream:
                    while (data := self._take()) is not None:
                        rest = memoryview(data)
                        while rest:
                            rest = rest[stream.write(rest) :]
                    if self._cancelled:
                        return
                    os.fsync(stream.fileno())
                with contextlib.suppress(OSError):  # there is none before, or the disk knows no permissions
                    temporary.chmod(target.stat().st_mode & 0o777)
                with self._changed:  # from here on it is too late to cancel
                    if not self._cancelled:
                        os.replace(temporary, target)
                        self.done = True
            finally:
                with contextlib.suppress(OSError):  # a disk that is gone keeps it
                    temporary.unlink(missing_ok=True)
        except OSError as error:
            self.error = error
        except (RuntimeError, ValueError) as error:  # links that lead round, in Python before 3.13; a NUL in the name
            self.error = OSError(errno.EINVAL, str(error))

    def _take(self) -> bytes | None:
        """The next bytes; None at the end, or where it was cancelled."""
        with self._changed:
            while not (self._waiting or self._closed or self._cancelled):
                self._changed.wait()
            if self._cancelled or not self._waiting:
                self._waiting.clear()
                return None
            data = self._waiting.popleft()
            self._waiting_bytes -= len(data)
            return data
