"""PtyLink: the name under which programs find a pty. Nothing that is not ours is ever replaced or removed."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import stat
from typing import Final

from serialbridge_gui.engine.errors import BridgeError, Cause, Problem
from serialbridge_gui.engine.ports import holder

_MARK: Final = b"SerialBridge "
"""What a lock file begins with; behind it stands where the link points to."""
_PTY_NAME: Final = re.compile(r"/dev/(pts/\d+|ttys\d+)", re.ASCII)
"""Linux and macOS."""
_MAX_LOCK_BYTES: Final = 4096


class PtyLink:
    """A symbolic link to a pty. Bridge thread only. The caller removes it.

    Beside it stands a lock file, `.NAME.lock`: locked as long as a bridge keeps the link, however that bridge
    ends, and telling where the link points. So a second bridge is refused, a link that a killed bridge left is
    known as ours, and so is a dead one to any pty. Everything else stays untouched: a file, a link to something
    else, such as an adapter that is unplugged, and a link that another program made to a pty that is there.
    """

    def __init__(self, path: str) -> None:
        """Take `path`, absolute, for this bridge; `point_to` makes the link. Raises BridgeError."""
        self.path = path
        folder, name = os.path.split(path)
        self._lock_path = os.path.join(folder, f".{name}.lock")
        self._target = ""
        try:
            self._lock = _locked(self._lock_path)
        except BlockingIOError as error:
            raise BridgeError(Problem(Cause.DEVICE_BUSY, path, hint=holder(self._lock_path))) from error
        except OSError as error:
            raise BridgeError(_link_problem(path, error)) from error
        try:
            self._target = self._recorded()
        except BaseException:
            os.close(self._lock)
            raise

    def point_to(self, target: str) -> None:
        """Make the link, or have it point to another pty. Raises BridgeError."""
        try:
            self._remove_stale()
            os.ftruncate(self._lock, 0)
            os.pwrite(self._lock, _MARK + os.fsencode(target), 0)
            self._target = target  # first: who is killed between the two has left no link
            os.symlink(target, self.path)  # fails where there is something
        except OSError as error:
            raise BridgeError(_link_problem(self.path, error)) from error

    def remove(self) -> None:
        """Remove the link, as far as it is still ours, and let go of its name. Never raises. Once."""
        with contextlib.suppress(OSError):
            if self._target and os.readlink(self.path) == self._target:
                os.unlink(self.path)
        with contextlib.suppress(OSError):
            if _is_at(self._lock, self._lock_path):
                os.unlink(self._lock_path)
        os.close(self._lock)

    def _recorded(self) -> str:
        """Where the bridge before had its link point to; empty: there was none. Raises BridgeError: not a lock file."""
        text = os.pread(self._lock, _MAX_LOCK_BYTES, 0)
        if text and not text.startswith(_MARK):
            raise BridgeError(Problem(Cause.LINK_TAKEN, self._lock_path))
        return os.fsdecode(text.removeprefix(_MARK))

    def _remove_stale(self) -> None:
        try:
            target = os.readlink(self.path)
        except OSError:
            return  # nothing there, or no link: making ours will tell
        if target == self._target or (_PTY_NAME.fullmatch(target) and not os.path.exists(target)):
            os.unlink(self.path)


def _locked(path: str) -> int:
    """A descriptor of the lock file, locked. Raises BlockingIOError: another bridge has it. Raises OSError."""
    while True:
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK, 0o600)
        try:
            if not stat.S_ISREG(os.fstat(fd).st_mode):
                raise FileExistsError(path)
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_at(fd, path):
                return fd
        except BaseException:
            os.close(fd)
            raise
        os.close(fd)  # who had it has removed it between our two steps


def _is_at(fd: int, path: str) -> bool:
    try:
        return os.path.samestat(os.fstat(fd), os.lstat(path))
    except FileNotFoundError:
        return False


def _link_problem(path: str, error: OSError) -> Problem:
    if isinstance(error, FileExistsError):
        return Problem(Cause.LINK_TAKEN, path)
    return Problem(Cause.LINK_FAILED, path, error.strerror or str(error))
