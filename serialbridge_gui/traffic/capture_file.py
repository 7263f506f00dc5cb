"""The file of a capture: whole blocks only, also on a disk that is full."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from serialbridge_gui.words import tr as _tr

if sys.platform != "win32":
    import fcntl

_ENDING_S: Final = 1.0
"""Chosen: so long is waited for a recording of this program to the same file, which may be ending."""

_open_files: set[tuple[int, int]] = set()
"""Device and inode of all files that this program captures to; for any thread that has `_changed`."""
_changed = threading.Condition()


class FileGone(OSError):  # noqa: N818 - it is what happened
    """Somebody has removed the file, or its folder: what is written goes nowhere."""


class FileInUse(OSError):  # noqa: N818 - it is what happened
    """Another capture writes to the file."""


class CaptureFile:
    """Written from its beginning; what it held stays until `begin`. One thread at a time. All raise OSError.

    No two captures write to one file: of this program nowhere, of several programs where files can be locked.
    """

    def __init__(self, path: Path) -> None:
        """Raises FileInUse, after _ENDING_S if it is this program that writes to the file."""
        self.size = 0
        """In whole blocks."""
        self._path = path
        self._made = not path.exists()
        flags = os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
        self._file = open(os.open(path, flags, 0o666), "wb", buffering=0)  # noqa: SIM115 - closed by `close`
        self._has_links = os.name == "posix" and os.fstat(self._file.fileno()).st_nlink > 0
        self._key: tuple[int, int] | None = None
        try:
            self._lock()
        except OSError:
            self.close()
            raise

    def _lock(self) -> None:
        status = os.fstat(self._file.fileno())
        key = status.st_dev, status.st_ino
        with _changed:
            if not _changed.wait_for(lambda: key not in _open_files, _ENDING_S):
                raise FileInUse(errno.EBUSY, _tr("it is being written already"))
            _open_files.add(key)
            self._key = key
        if sys.platform != "win32":
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise FileInUse(errno.EBUSY, _tr("it is being written already")) from error
            except OSError:
                pass  # a disk that knows no locks

    def begin(self) -> None:
        """Empty the file."""
        with contextlib.suppress(OSError):  # a pipe
            self._file.truncate(0)

    def append(self, data: bytes, whole: Callable[[int], int]) -> None:
        """Write all of `data`; where that fails, leave the file as long as `whole(how much went in)` says."""
        done = 0
        rest = memoryview(data)
        try:
            while done < len(data):
                count = self._file.write(rest[done:])
                if not count:
                    raise OSError(errno.EIO, os.strerror(errno.EIO))
                done += count
        except OSError:
            with contextlib.suppress(OSError):
                self._file.truncate(self.size + whole(done))
            raise
        self.size += len(data)

    def check(self) -> None:
        """Raises FileGone if the file is in no folder any more."""
        if self._has_links and os.fstat(self._file.fileno()).st_nlink == 0:
            raise FileGone(errno.ENOENT, _tr("the file was removed"))

    def close(self) -> None:
        """May be called twice."""
        try:
            self._file.close()
        finally:
            with _changed:
                if self._key is not None:
                    _open_files.discard(self._key)
                    self._key = None
                    _changed.notify_all()

    def give_up(self) -> None:
        """Close it without having written; if it was not there before, it is not there now."""
        self.close()
        if self._made:
            with contextlib.suppress(OSError):
                self._path.unlink()
