"""What a live capture is written into: a pipe that another program reads."""

from __future__ import annotations

import contextlib
import errno
import os
import select
import stat
import subprocess
import sys
from collections.abc import Callable, Sequence
from time import monotonic, sleep
from typing import Final, Protocol

from serialbridge_gui.words import tr as _tr

READER_S: Final = 10.0
"""How long a pipe's reader may take to open it (chosen: Wireshark opens its own first)."""
POLL_S: Final = 0.05

WINDOWS_PIPE: Final = "\\\\.\\pipe\\"


class Pipe(Protocol):
    """The writing end. The capture's thread only; all raise OSError."""

    def write(self, data: bytes, stopping: Callable[[], bool]) -> bool:
        """Write all of `data`; False: `stopping` said so while nobody took it, and only a part is written."""

    def check(self) -> None:
        """Raises BrokenPipeError once nobody reads any more, as far as the system tells without a write."""

    def close(self) -> None:
        """May be called twice. Never raises."""


class PosixPipe:
    """A descriptor that never blocks for longer than POLL_S."""

    def __init__(self, fd: int) -> None:
        """Takes `fd`, and closes it."""
        self._fd = fd
        os.set_blocking(fd, False)

    def write(self, data: bytes, stopping: Callable[[], bool]) -> bool:
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[os.write(self._fd, rest) :]
            except BlockingIOError:
                if stopping():
                    return False
                self._poll(POLL_S, for_room=True)
        return True

    def check(self) -> None:
        if self._poll(0):
            raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))

    def _poll(self, timeout_s: float, *, for_room: bool = False) -> bool:
        """Whether the reader is gone or, `for_room`, more can be written. Not select(): it ends at descriptor 1023."""
        if sys.platform == "win32":
            return False
        poll = select.poll()
        poll.register(self._fd, select.POLLOUT if for_room else 0)
        return bool(poll.poll(timeout_s * 1000))

    def close(self) -> None:
        if self._fd >= 0:
            with contextlib.suppress(OSError):
                os.close(self._fd)
            self._fd = -1


class BlockingPipe:
    """As Windows has them: a write waits for the reader, and only a write tells that he is gone."""

    def __init__(self, fd: int) -> None:
        """Takes `fd`, and closes it."""
        self._fd = fd

    def write(self, data: bytes, stopping: Callable[[], bool]) -> bool:
        """Cannot be stopped."""
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[os.write(self._fd, rest) :]
            except OSError as error:
                if error.errno == errno.EINVAL:  # what Windows' C library makes of ERROR_NO_DATA
                    raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE)) from error
                raise
        return True

    def check(self) -> None:
        """Nothing is known before the next write."""

    def close(self) -> None:
        if self._fd >= 0:
            with contextlib.suppress(OSError):
                os.close(self._fd)
            self._fd = -1


def is_pipe(path: str) -> bool:
    """Whether this is the name of a pipe that is there: never a file, a link or a device. Any thread."""
    if sys.platform == "win32":
        return path.startswith(WINDOWS_PIPE) and len(path) > len(WINDOWS_PIPE)
    try:
        return os.path.isabs(path) and stat.S_ISFIFO(os.lstat(path).st_mode)
    except (OSError, ValueError):
        return False


def open_named_pipe(path: str, stopping: Callable[[], bool]) -> Pipe:
    """Waits READER_S for its reader. Raises OSError, also where `path` is no pipe."""
    if not is_pipe(path):
        raise OSError(errno.EINVAL, _tr("it is no pipe"))
    if sys.platform == "win32":
        return BlockingPipe(os.open(path, os.O_WRONLY | os.O_BINARY))
    deadline = monotonic() + READER_S
    while True:
        try:
            fd = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW)
            break
        except OSError as error:
            if error.errno != errno.ENXIO or stopping() or monotonic() >= deadline:
                raise
            sleep(POLL_S)  # nobody reads yet; this thread has nothing else to do
    if not stat.S_ISFIFO(os.fstat(fd).st_mode):  # it was another file a moment ago
        os.close(fd)
        raise OSError(errno.EINVAL, _tr("it is no pipe"))
    return PosixPipe(fd)


class ProgramPipe:
    """The standard input of a program that is started for it, and goes on without us."""

    def __init__(self, command: Sequence[str]) -> None:
        """Start it. Raises OSError."""
        nowhere = subprocess.DEVNULL
        self._program = subprocess.Popen[bytes](  # a session of its own: Ctrl+C here is not meant for it
            command, stdin=subprocess.PIPE, stdout=nowhere, stderr=nowhere, bufsize=0, start_new_session=True
        )
        assert self._program.stdin is not None
        self._stdin = self._program.stdin
        fd = os.dup(self._stdin.fileno())
        os.set_inheritable(fd, False)
        self._stdin.close()
        self._pipe: Pipe = BlockingPipe(fd) if sys.platform == "win32" else PosixPipe(fd)

    def write(self, data: bytes, stopping: Callable[[], bool]) -> bool:
        return self._pipe.write(data, stopping)

    def check(self) -> None:
        if self._program.poll() is not None:
            raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))
        self._pipe.check()

    def close(self) -> None:
        self._pipe.close()

    def exit_code(self, wait_s: float) -> int | None:
        """None while it runs, after `wait_s` seconds at most."""
        try:
            return self._program.wait(wait_s)
        except subprocess.TimeoutExpired:
            return None

    def wait(self) -> None:
        """Until the program has ended: somebody has to take its exit code."""
        self._program.wait()
