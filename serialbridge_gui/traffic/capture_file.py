"""The file of a capture: whole blocks only, also on a disk that is full."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Callable
from pathlib import Path


class FileGone(OSError):  # noqa: N818 - it is what happened
    """Somebody has removed the file, or its folder: what is written goes nowhere."""


class CaptureFile:
    """Written from its beginning; what it held stays until `begin`. One thread at a time. All raise OSError."""

    def __init__(self, path: Path) -> None:
        self.size = 0
        """In whole blocks."""
        self._path = path
        self._made = not path.exists()
        flags = os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
        self._file = open(os.open(path, flags, 0o666), "wb", buffering=0)  # noqa: SIM115 - closed by `close`
        self._has_links = os.name == "posix" and os.fstat(self._file.fileno()).st_nlink > 0

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
            raise FileGone(errno.ENOENT, "the file was removed")

    def close(self) -> None:
        """May be called twice."""
        self._file.close()

    def give_up(self) -> None:
        """Close it without having written; if it was not there before, it is not there now."""
        self.close()
        if self._made:
            with contextlib.suppress(OSError):
                self._path.unlink()
