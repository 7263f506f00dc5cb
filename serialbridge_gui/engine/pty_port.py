"""PtyPort: a virtual serial port for the programs of this machine, `pty:LINK`. Linux and macOS.

A pty, raw, and a symbolic link to it. Programs (minicom, picocom, anything) open LINK as a serial port; the bridge
reads and writes the pty's other side, the master, which is what the selector watches. So two bridges make a serial
port of one machine appear on another.

It behaves as the socket of a null-modem cable with hardware handshake:

* **No program has LINK open**: nothing is written. What TCP sends waits, first in the relay's queue, then in TCP;
  with `while_away: discard` it is thrown away and counted as lost, and who opens LINK gets only what comes then.
* **A program closes LINK**: what it has not read is gone, as with any serial port. The next one does not get it.
  Of what it has written every byte is handed on.
* **How this is known**: a master whose last program has left reports a hang-up until the next one opens it. An
  epoll would report it without end, and Linux takes bytes for nobody (measured: 13.8 KB, echoed if a program has
  left it so). So the master is taken out of the selector at the hang-up, and looked at ten times a second, 0.4 µs
  each. A descriptor of our own on the program's side would keep the hang-up away, and all knowledge with it.
* **Settings**: what a program sets (baud rate, echo, line mode) is its own affair and stays for the next program,
  as with a serial port. It starts raw, so that a program that sets nothing gets every byte as it is: 0xFF, NUL,
  ^C, ^S. The profile's baud rate and format are accepted and mean nothing. There are no modem lines and no break.
* **TIOCEXCL** ends with the program that asked for it. A pty would keep it while the master is open, and refuse
  everybody but root: it is cleared, or where that is refused to us, too, LINK gets a new pty.
* **Who may open it**: the bridge's own user, and root.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import select
import struct
import sys
import termios
import tty
from collections.abc import Callable
from time import monotonic, sleep
from typing import Any, Final

from serialbridge_gui.engine.control_lines import Line
from serialbridge_gui.engine.errors import BridgeError, Cause, Problem
from serialbridge_gui.engine.events import ModemLines
from serialbridge_gui.engine.port import NobodyThere
from serialbridge_gui.engine.ports import PTY
from serialbridge_gui.engine.pty_link import PtyLink
from serialbridge_gui.engine.readiness import READ, WRITE
from serialbridge_gui.engine.timed import DRAIN_TURN_S, turns
from serialbridge_gui.profile import SerialSettings
from serialbridge_gui.words import tr as _tr

_PTY_ERRORS: Final = (OSError, termios.error)

SETTLE_S: Final = 0.1
"""How long after its opening a program that says nothing is not written to. Chosen: programs throw their input away
once they have opened a port (pyserial within 1 ms), and with it what has waited for them."""

_TELLS_LEFT_BYTES: Final = sys.platform.startswith("linux")
"""Whether POLLIN beside POLLHUP means that there is something to read. macOS sets it at every hang-up."""


class PtyPort:
    """A Port, see there. Bridge thread only. The caller closes it."""

    refused: tuple[str, ...] = ()
    is_device = False
    has_lines = False
    failure = ""
    breaking = False
    virtual = True

    def __init__(self, settings: SerialSettings) -> None:
        """Make pty and link. Takes under 1 ms. Raises BridgeError."""
        self.device = settings.device
        self.refused_controls: set[str] = set()
        self._attended = False
        """Whether a program has it open, or had and its bytes are not read yet, as far as is known."""
        self._writable_at = 0.0
        """Monotonic time at which that program has settled; 0: it has."""
        self._link = PtyLink(_link_path(settings.device))
        try:
            self._fd, self._tty_name = _make_pty()
        except _PTY_ERRORS as error:
            self._link.remove()
            detail = getattr(error, "strerror", None) or str(error)
            raise BridgeError(Problem(Cause.DEVICE_FAILED, settings.device, detail)) from error
        self._poll = select.poll()
        self._poll.register(self._fd, select.POLLIN)
        try:
            self._link.point_to(self._tty_name)
        except BridgeError:
            self.close()
            raise

    def fileno(self) -> int:
        """What the selector watches; the same number for ever, also when there is another pty behind it."""
        return self._fd

    @property
    def watchable(self) -> int:
        """READ and, once it has settled, WRITE while a program has it open, or has left something to read; else 0."""
        if not self._attended:
            state = self._state()
            self._attended = not state & select.POLLHUP or (_TELLS_LEFT_BYTES and bool(state & select.POLLIN))
            self._writable_at = monotonic() + SETTLE_S
        if not self._attended:
            return 0
        return READ | WRITE if self._is_settled() else READ

    def read(self, limit: int) -> bytes:
        """What the program has written, never b''. Raises BlockingIOError; NobodyThere once it has left."""
        if not self._attended:
            raise NobodyThere
        try:
            data = os.read(self._fd, limit)
        except OSError as error:
            if error.errno != errno.EIO:  # Linux' way to say that nobody is there; macOS reads b''
                raise
            data = b""
        if data:
            self._writable_at = 0.0
            return data
        self._attended = False
        self._make_ready()
        raise NobodyThere

    def write(self, data: bytes | memoryview) -> int:
        """As `os.write`, but takes nothing for nobody. Raises BlockingIOError, OSError."""
        if not self._attended or not self._is_settled() or self._state() & select.POLLHUP:
            raise BlockingIOError
        return os.write(self._fd, data)

    def _is_settled(self) -> bool:
        if self._writable_at and monotonic() >= self._writable_at:
            self._writable_at = 0.0
        return not self._writable_at

    def _state(self) -> int:
        """POLLHUP: no program has it open; POLLIN: there is something to read."""
        ready = self._poll.poll(0)
        return ready[0][1] if ready else 0

    def _make_ready(self) -> None:
        """The program has left: what it has not read goes, and its lock. What the next one does is left alone."""
        try:
            program_side = os.open(self._tty_name, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        except OSError:  # EBUSY: its TIOCEXCL holds for us, too
            self._take_another_pty()
            return
        with contextlib.suppress(*_PTY_ERRORS):
            fcntl.ioctl(program_side, termios.TIOCNXCL)
            termios.tcflush(self._fd, termios.TCOFLUSH)  # on the way to it
            termios.tcflush(program_side, termios.TCIFLUSH)  # arrived
        os.close(program_side)

    def _take_another_pty(self) -> None:
        try:
            fd, self._tty_name = _make_pty()
        except _PTY_ERRORS:
            return  # out of ptys: the next program that leaves is another chance
        os.dup2(fd, self._fd, inheritable=False)
        os.close(fd)
        with contextlib.suppress(BridgeError):  # somebody has taken the link away: then it is theirs
            self._link.point_to(self._tty_name)

    def purge(self, *, received: bool = True, waiting: bool = True) -> None:
        """Throw away what is on its way: `received` from the program, `waiting` for it."""
        with contextlib.suppress(*_PTY_ERRORS):
            if received:
                termios.tcflush(self._fd, termios.TCIFLUSH)
            if waiting:
                termios.tcflush(self._fd, termios.TCOFLUSH)

    def close(self, drain_s: float = 0.0) -> int:
        """Remove link and pty, after waiting up to `drain_s` seconds for the program to read what it has. Never raises.

        Returns how many bytes it has not read, as far as the system can tell: with the master they are gone.
        May be called twice.
        """
        if self._fd < 0:
            return 0
        left = self._drain(drain_s) if self._attended else 0
        self._link.remove()
        os.close(self._fd)
        self._fd = -1
        return left

    def _drain(self, drain_s: float) -> int:
        try:
            program_side = os.open(self._tty_name, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        except OSError:
            return 0
        try:
            looks_empty = 0  # once more: elsewhere than in Linux what is on its way is not counted
            for _ in turns(drain_s, drain_s / 4):
                left = _unread(program_side)
                looks_empty = 0 if left else looks_empty + 1
                if looks_empty == 2:
                    break
                sleep(DRAIN_TURN_S)  # the last moments of a bridge: nothing else is left to do in this thread
            return _unread(program_side)
        finally:
            os.close(program_side)

    def output_waiting(self) -> int:
        """Nothing ever waits here: what is written has arrived."""
        return 0

    def alive(self) -> bool:
        """It is there as long as the bridge."""
        return True

    def lines(self) -> ModemLines | None:
        """A pty has none."""
        return None

    def change(self, _field: str, value: Any) -> Any:
        """Any value of a SerialSettings field is accepted, and means nothing."""
        return value

    def set_line(self, line: Line, on: bool) -> None:
        """Raises OSError."""
        raise OSError(errno.ENOTTY, os.strerror(errno.ENOTTY))

    def send_break(self, duration_s: float, ended: Callable[[str, float], object]) -> None:
        """Raises OSError."""
        raise OSError(errno.ENOTTY, os.strerror(errno.ENOTTY))

    def cut_break(self) -> None:
        """There is none."""

    def break_over(self) -> None:
        """There was none."""


def _link_path(device: str) -> str:
    """LINK, absolute. Raises BridgeError where there is none."""
    link = device[len(PTY) :]
    if not link:
        detail = _tr("give the path of a link, as in {example}").format(example=f"{PTY}/tmp/ttyBridge")
        raise BridgeError(Problem(Cause.DEVICE_URL, device, detail))
    return os.path.abspath(os.path.expanduser(link))


def _make_pty() -> tuple[int, str]:
    """A master, non-blocking, and the name of its other side, raw and closed. Raises OSError, termios.error."""
    master, program_side = os.openpty()
    try:
        tty.setraw(program_side)
        os.set_blocking(master, False)
        return master, os.ttyname(program_side)
    except BaseException:
        os.close(master)
        raise
    finally:
        os.close(program_side)  # so that the master reports the hang-up from the beginning


def _unread(fd: int) -> int:
    """Bytes that have come and are not read. What is on its way Linux brings here when it is asked whether any is."""
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    poll.poll(0)
    try:
        (count,) = struct.unpack("i", fcntl.ioctl(fd, termios.FIONREAD, b"\0\0\0\0"))
    except OSError:
        return 0
    return int(count)
