"""FileReader: reads a file ahead, in a thread of its own, so that a slow disk holds no byte of a bridge up."""

from __future__ import annotations

import os
import stat
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Final

from serialbridge_gui.words import tr as _tr

BLOCK_BYTES: Final = 64 << 10
MAX_BLOCKS: Final = 4
"""How many blocks are read ahead; then the thread waits."""


class FileReader(threading.Thread):
    """Reads a regular file block by block. It ends at the file's end, at an error, or soon after `cancel`.

    A read that never returns (a network disk that is gone) is waited for by nobody: it is a daemon.
    """

    def __init__(self, path: Path, wake: Callable[[], None]) -> None:
        """`wake` is called in this thread whenever there is something new to `take`."""
        super().__init__(name="read file", daemon=True)
        self.size = 0
        """The file's size in bytes when it was opened; 0 before."""
        self.ended = False
        """Whether no more blocks come than those that can be taken."""
        self.failure = ""
        """Why it ended, unless at the file's end: the system's words."""
        self._path = path
        self._wake = wake
        self._blocks: deque[bytes] = deque()
        self._room = threading.Semaphore(MAX_BLOCKS)
        self._cancelled = False

    def run(self) -> None:
        """The thread's body."""
        try:
            self._read()
        except OSError as error:
            self.failure = error.strerror or str(error)
        except ValueError as error:  # no file can have this name
            self.failure = str(error)
        self.ended = True
        if not self._cancelled:
            self._wake()

    def _read(self) -> None:
        if not stat.S_ISREG(os.stat(self._path).st_mode):
            raise OSError(_tr("not a regular file"))  # opening a pipe would wait for its other end
        with self._path.open("rb", buffering=0) as stream:
            self.size = os.fstat(stream.fileno()).st_size
            while True:
                self._room.acquire()
                if self._cancelled:
                    return
                block = stream.read(BLOCK_BYTES)
                if not block:
                    return
                self._blocks.append(block)
                self._wake()

    def take(self) -> bytes:
        """The next block; b"": there is none now, and with `ended` there never will be. One thread."""
        try:
            block = self._blocks.popleft()
        except IndexError:
            return b""
        self._room.release()
        return block

    @property
    def exhausted(self) -> bool:
        """Whether everything was taken that will ever come."""
        return self.ended and not self._blocks

    def cancel(self) -> None:
        """Let the thread end; what it has read is dropped. Any thread, at any time."""
        self._cancelled = True
        self._blocks.clear()
        self._room.release()
