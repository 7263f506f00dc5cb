"""DTR, RTS, the modem's lines and the break of a POSIX tty, by its descriptor; and the thread that holds a break.

No pyserial here: these are the kernel's own requests. They raise OSError or termios.error, see
`serial_port.PORT_ERRORS`.
"""

from __future__ import annotations

import os
import struct
import sys
import threading
from collections.abc import Callable
from time import monotonic
from typing import Any, Final, Literal

from serialbridge_gui.engine.events import ModemLines
from serialbridge_gui.profile import LinePolicy, SerialSettings

if sys.platform != "win32":
    import fcntl
    import termios

    _MASKS: Final = {"dtr": termios.TIOCM_DTR, "rts": termios.TIOCM_RTS}
    # Not in the termios module before Python 3.13; the numbers are pyserial's (3.5).
    _START_BREAK: Final = 0x2000747B if sys.platform == "darwin" else getattr(termios, "TIOCSBRK", 0x5427)
    _END_BREAK: Final = 0x2000747A if sys.platform == "darwin" else getattr(termios, "TIOCCBRK", 0x5428)

Line = Literal["dtr", "rts"]
"""A control line that is ours to set."""

CUT_S: Final = 0.2
"""How long the end of a break that is cut short may take (chosen: one USB request takes some ms)."""


def read_lines(fd: int) -> ModemLines:
    """The lines as they are now. Raises OSError where the tty has none (a pty)."""
    (bits,) = struct.unpack("I", fcntl.ioctl(fd, termios.TIOCMGET, b"\0\0\0\0"))
    return ModemLines(
        cts=bool(bits & termios.TIOCM_CTS),
        dsr=bool(bits & termios.TIOCM_DSR),
        ri=bool(bits & termios.TIOCM_RI),
        cd=bool(bits & termios.TIOCM_CD),
        dtr=bool(bits & termios.TIOCM_DTR),
        rts=bool(bits & termios.TIOCM_RTS),
    )


def set_line(fd: int, line: Line, on: bool) -> None:
    """Set DTR or RTS."""
    fcntl.ioctl(fd, termios.TIOCMBIS if on else termios.TIOCMBIC, struct.pack("I", _MASKS[line]))


def hang_up_flag(settings: SerialSettings) -> int:
    """HUPCL, or 0: whether the kernel is to drop DTR and RTS at the last close. It can only do both."""
    both_drop = settings.dtr_at_close is settings.rts_at_close is LinePolicy.OFF
    return termios.HUPCL if both_drop else 0


def leave_lines(fd: int, settings: SerialSettings) -> None:
    """Set the lines as the policies at the close say, just before it. With HUPCL set the kernel does it itself."""
    if hang_up_flag(settings):
        return
    policies: tuple[tuple[Line, LinePolicy], ...] = (("dtr", settings.dtr_at_close), ("rts", settings.rts_at_close))
    for line, policy in policies:
        if policy is not LinePolicy.KEEP:
            set_line(fd, line, policy is LinePolicy.ON)


class Break(threading.Thread):
    """One break, held by a thread of its own. Made, and cut short, in the bridge thread.

    Why a thread: Linux starts a break only once everything written has left the chip, and waits for that inside
    the request, for as long as the device holds back (measured: FTDI, CTS off). The bridge's loop never waits.
    """

    def __init__(
        self, start: Callable[[bool], object], duration_s: float, ended: Callable[[str, float], object]
    ) -> None:
        """`start(True)` begins the break, `start(False)` ends it; `ended(why, held_s)` is called from the thread,
        with the system's words where it could not be done, else with '', and how long it was held, in s."""
        super().__init__(name="break", daemon=True)
        self._switch = start
        self._duration_s = duration_s
        self._ended = ended
        self._cut = threading.Event()
        self.start()

    def run(self) -> None:
        """The thread's body."""
        failure, held_s = "", 0.0
        try:
            self._switch(True)
            began = monotonic()
            self._cut.wait(self._duration_s)
            self._switch(False)
            held_s = monotonic() - began
        except Exception as error:  # noqa: BLE001 - a URL handler may raise anything
            failure = getattr(error, "strerror", None) or str(error) or type(error).__name__
        self._ended(failure, held_s)

    def cut_short(self) -> None:
        """End it now. Waits CUT_S at most: a device that holds back may keep the thread inside the kernel; it
        then ends, and lets go of the port, once the device takes the bytes or is gone."""
        self._cut.set()
        self.join(CUT_S)


class TtyBreak:
    """`start` of a Break on a tty. A descriptor of its own: the port's number may mean another file by then."""

    def __init__(self, fd: int) -> None:
        self._fd = os.dup(fd)

    def __call__(self, on: bool) -> None:
        if on:
            try:
                fcntl.ioctl(self._fd, _START_BREAK)
            except BaseException:
                os.close(self._fd)
                raise
        else:
            try:
                fcntl.ioctl(self._fd, _END_BREAK)
            finally:
                os.close(self._fd)


class PyserialBreak:
    """`start` of a Break on a port without a descriptor."""

    def __init__(self, port: Any) -> None:
        self._port = port

    def __call__(self, on: bool) -> None:
        self._port.break_condition = on
