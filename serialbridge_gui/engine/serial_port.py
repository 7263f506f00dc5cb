"""SerialPort: a pyserial port as ONE non-blocking descriptor. Here, and nowhere else, pyserial's errors end.

Facts about pyserial that this file is built on (3.5, read and measured) stand beside the lines they explain.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import os
import re
import struct
import sys
from collections.abc import Callable
from time import sleep
from typing import Any, Final
from urllib.parse import urlsplit

import serial

from serialbridge_gui.engine import control_lines, port_settings
from serialbridge_gui.engine.errors import BridgeError, Cause, Problem
from serialbridge_gui.engine.events import ModemLines
from serialbridge_gui.engine.port_settings import PORT_ERRORS, TERMIOS_ERRORS
from serialbridge_gui.engine.port_threads import PortThreads
from serialbridge_gui.engine.ports import USUAL_BAUD_RATES, holder, modem_manager, owning_group
from serialbridge_gui.engine.readiness import READ, WRITE
from serialbridge_gui.engine.timed import DRAIN_TURN_S, turns
from serialbridge_gui.profile import FlowControl, LinePolicy, SerialSettings
from serialbridge_gui.traffic.capture_error import CaptureError
from serialbridge_gui.words import tr as _tr

if sys.platform != "win32":
    import fcntl
    import termios

_HANDLERS: Final = "serialbridge_gui.engine"
if _HANDLERS not in serial.protocol_handler_packages:
    serial.protocol_handler_packages.append(_HANDLERS)

OPEN_ERRORS: Final[tuple[type[Exception], ...]] = (OSError, *TERMIOS_ERRORS, ValueError, KeyError)
"""What opening one may raise: a setting out of range, or a URL that is none, is a ValueError. pyserial 3.5 fails
with a KeyError over its own message about a wrong `loop://` or `socket://` URL."""

DRIVER_READ_BYTES: Final = 64 << 10
"""Asked of a Windows driver for what it has received (chosen: 0.2 s at 3 Mbit/s). pyserial asks for 4096 (3.5):
13 ms, and what comes while no thread of ours may run would be lost."""
DRIVER_WRITE_BYTES: Final = 4096
"""As pyserial has it: what lies there can only be purged."""

BUSY_RETRIES: Final = 3
BUSY_RETRY_S: Final = 0.1
"""Listing ports elsewhere opens them for a moment: a busy port is tried again before it is called busy."""

_NUMBERS: Final = {
    errno.ENOENT: Cause.DEVICE_MISSING,
    errno.ENXIO: Cause.DEVICE_MISSING,
    errno.ENODEV: Cause.DEVICE_MISSING,
    errno.EACCES: Cause.DEVICE_NO_PERMISSION,
    errno.EPERM: Cause.DEVICE_NO_PERMISSION,
    errno.EBUSY: Cause.DEVICE_BUSY,
    errno.EAGAIN: Cause.DEVICE_BUSY,  # flock says so
    errno.ENOTTY: Cause.DEVICE_NOT_SERIAL,
    errno.EISDIR: Cause.DEVICE_NOT_SERIAL,
}

_LINE_UPDATES: Final = ("_update_dtr_state", "_update_rts_state")
"""pyserial's methods that set the lines (3.5); overridden while a port is opened whose line is to be left alone."""

_WORDS: Final = (
    # Windows: pyserial keeps the cause only in its text; the last number is the system's own.
    ("PermissionError(13", Cause.DEVICE_BUSY),
    ("FileNotFoundError", Cause.DEVICE_MISSING),
    (", None, 87)", Cause.BAUD_RATE_REFUSED),
    ("no ports found matching", Cause.DEVICE_MISSING),
    ("unknown simulated device", Cause.DEVICE_URL),
    ("expected a string in the form", Cause.DEVICE_URL),
    (f"({errno.ENOTTY},", Cause.DEVICE_NOT_SERIAL),
    (f"({errno.EIO},", Cause.DEVICE_MISSING),  # a /dev file of a port that is not there (ttyS9)
)


class SerialPort:
    """An open port. Bridge thread only. The caller closes it.

    `read(limit)` and `write(data)` never wait: they raise BlockingIOError instead. `read` gives b'' once the
    device is gone. Both raise OSError.
    """

    read: Callable[[int], bytes]
    write: Callable[[bytes | memoryview], int]

    def __init__(self, settings: SerialSettings, *, busy_retries: int = BUSY_RETRIES) -> None:
        """Open the port. Blocks: a tty for ms, a URL up to pyserial's 5 s. Raises BridgeError."""
        self.device = settings.device
        self._port, self.refused = _open(settings, busy_retries)
        """`refused`: fields of the settings that the device would not take; it runs without them."""
        self.is_device = isinstance(self._port, serial.Serial)
        """A port of the system's own, not a URL: any failure of it means that the device is gone (on Windows
        the wording depends on the driver, and pyserial keeps only the wording)."""
        self.refused_controls: set[str] = set()
        """What was asked of it by hand and it cannot do, as its relay has found."""
        self._settings = settings
        self._threads: PortThreads | None = None
        self._break: control_lines.Break | None = None
        self._lineless = False
        try:
            if _has_descriptor(self._port):
                self._fd = int(self._port.fileno())
                _make_transparent(self._fd, settings)
                self.read = functools.partial(os.read, self._fd)
                self.write = functools.partial(os.write, self._fd)
            else:
                scheme = settings.device.lower().partition("://")[0]
                self._lineless = scheme in ("socket", "loop")  # they answer, but there is no line behind the answer
                self._threads = PortThreads(
                    self._port,
                    settings.device,
                    drain_by_timeout=scheme == "socket",
                    reset_frees_writer=scheme == "loop",
                )
                self._fd = self._threads.fileno()
                self.read = self._threads.read
                self.write = self._threads.write
        except PORT_ERRORS as error:
            self._port.close()
            raise BridgeError(_problem(settings, error)) from error
        self._plain_write = self.write
        self.has_lines = self.lines() is not None

    def fileno(self) -> int:
        """What the selector watches, for reading and for writing."""
        return self._fd

    @property
    def watchable(self) -> int:
        """What the selector may watch it for: nothing is written while a break lasts."""
        return READ | WRITE if self._break is None else READ

    @property
    def failure(self) -> str:
        """Why the port ended, where the system said so outside of `read` and `write`."""
        return self._threads.failure if self._threads else ""

    def lines(self) -> ModemLines | None:
        """The modem lines as they are now; None where the port has none or cannot tell."""
        port = self._port
        try:
            if self._threads is None:
                return control_lines.read_lines(self._fd)
            if self._lineless:
                return None
            return ModemLines(port.cts, port.dsr, port.ri, port.cd, port.dtr, port.rts)
        except PORT_ERRORS:
            return None

    def set_line(self, line: control_lines.Line, on: bool) -> None:
        """Set DTR or RTS. Raises OSError. Some ms on USB; `rfc2217://` waits for its far end (pyserial: 3 s)."""
        if self._lineless:
            raise OSError(errno.ENOTTY, os.strerror(errno.ENOTTY))
        if self._threads is None:
            control_lines.set_line(self._fd, line, on)
        else:
            setattr(self._port, line, on)

    @property
    def breaking(self) -> bool:
        """Whether a break lasts, from `send_break` to `break_over`."""
        return self._break is not None

    def send_break(self, duration_s: float, ended: Callable[[str, float], object]) -> None:
        """Begin a break once everything written has left, and end it `duration_s` seconds later. Raises OSError.

        Does not wait. `ended(why, held_s)` is called from another thread, with the system's words where the port
        could not do it, and how long the break lasted; then call `break_over`. Until then `write` takes nothing,
        as bytes would be lost in the break. One at a time: the caller looks at `breaking`.
        """
        if self._lineless or (self._threads is None and not self.has_lines):
            raise OSError(errno.ENOTTY, os.strerror(errno.ENOTTY))  # Linux' ptys say yes and do nothing
        switch = control_lines.PyserialBreak(self._port) if self._threads else control_lines.TtyBreak(self._fd)
        self.write = _take_nothing
        self._break = control_lines.Break(switch, duration_s, ended)

    def cut_break(self) -> None:
        """End a break that lasts, now. Waits for at most CUT_S."""
        if self._break is not None:
            self._break.cut_short()

    def break_over(self) -> None:
        """Let `write` write again."""
        self._break = None
        self.write = self._plain_write

    @property
    def virtual(self) -> bool:
        """Whether there is no line behind it (a pty, `loop://`, `socket://`): its settings mean nothing."""
        return self._lineless or (self._threads is None and not self.has_lines)

    def change(self, field: str, value: Any) -> Any:
        """Have the device take another value of a SerialSettings field, at once; returns the one in force then.

        Nothing is waited for: what is on its way to the line may leave it with the new setting, as with any
        program that sets a tty. `rfc2217://` waits for its far end (pyserial: 3 s).
        """
        return value if self.virtual else port_settings.change(self._port, self._tty_fd(), field, value)

    def _tty_fd(self) -> int | None:
        return self._fd if self._threads is None else None

    def purge(self, *, received: bool = True, waiting: bool = True) -> None:
        """Throw away what the port holds: `received` from the device, `waiting` for it."""
        if self._threads is not None:
            self._threads.purge(received=received, waiting=waiting)
            return
        with contextlib.suppress(*PORT_ERRORS):  # a device that is gone is noticed by the next read
            if received:
                termios.tcflush(self._fd, termios.TCIFLUSH)
            if waiting:
                termios.tcflush(self._fd, termios.TCOFLUSH)

    def output_waiting(self) -> int:
        """Bytes handed over that have not left yet, as far as the system can tell."""
        if self._threads is not None:
            return self._threads.output_waiting()
        try:
            (count,) = struct.unpack("I", fcntl.ioctl(self._fd, termios.TIOCOUTQ, b"\0\0\0\0"))
        except PORT_ERRORS:
            return 0
        return int(count)

    def alive(self) -> bool:
        """Whether the device is there, without reading: for a port whose reading is held back."""
        if self._threads is not None:
            return not self._threads.failure
        try:
            termios.tcgetattr(self._fd)
        except PORT_ERRORS:
            return False
        return True

    def close(self, drain_s: float = 0.0) -> int:
        """Close the port, after waiting up to `drain_s` seconds for the last bytes to leave. Never raises.

        Returns how many did not leave, as far as the system can tell. May be called twice.

        Without the wait a tty's close() would itself wait, up to 30 s (Linux' closing_wait).
        """
        for _ in turns(drain_s, drain_s / 4):
            if not self.output_waiting() or not self.alive():
                break
            sleep(DRAIN_TURN_S)  # the last moments of a bridge: nothing else is left to do in this thread
        left = self.output_waiting()
        if self._threads is not None:
            self.cut_break()
            self._threads.close()
        elif self._port.is_open:
            with contextlib.suppress(*PORT_ERRORS):
                if left:
                    termios.tcflush(self._fd, termios.TCOFLUSH)
            self.cut_break()  # after the flush, which may be what it waits for
            with contextlib.suppress(*PORT_ERRORS):
                control_lines.leave_lines(self._fd, self._settings)
        with contextlib.suppress(*PORT_ERRORS):
            self._port.close()
        return left


def _has_descriptor(port: Any) -> bool:
    """Whether this is the system's own tty class, not one that does something of its own on the way."""
    return sys.platform != "win32" and type(port).read is serial.Serial.read


def _take_nothing(_data: bytes | memoryview) -> int:
    raise BlockingIOError


def _make_transparent(fd: int, settings: SerialSettings) -> None:
    """Clear what pyserial leaves set and what would eat bytes or flush queues (a break, with BRKINT).

    And say what the kernel does with the lines at the last close, also if this program is killed.
    """
    attributes = termios.tcgetattr(fd)
    unwanted = termios.BRKINT | termios.IXANY | termios.IMAXBEL | getattr(termios, "IUTF8", 0)
    hang_up = control_lines.hang_up_flag(settings)
    if attributes[0] & unwanted or attributes[2] & termios.HUPCL != hang_up:
        attributes[0] &= ~unwanted
        attributes[2] = attributes[2] & ~termios.HUPCL | hang_up
        termios.tcsetattr(fd, termios.TCSANOW, attributes)
    with contextlib.suppress(OSError):
        fcntl.ioctl(fd, termios.TIOCEXCL)  # pyserial's exclusive=True is an advisory flock only


def _open(settings: SerialSettings, busy_retries: int) -> tuple[Any, tuple[str, ...]]:
    while True:
        try:
            return _open_once(settings)
        except OPEN_ERRORS as error:
            if busy_retries == 0 or _cause(error) is not Cause.DEVICE_BUSY:
                raise BridgeError(_problem(settings, error)) from error
            busy_retries -= 1
            sleep(BUSY_RETRY_S)


def _open_once(settings: SerialSettings) -> tuple[Any, tuple[str, ...]]:
    wanted = {"bytesize": settings.data_bits, "parity": settings.parity.value, "stopbits": settings.stop_bits}
    port = _configured(settings)
    try:
        for name, value in wanted.items():
            setattr(port, name, value)
        port.open()
    except TERMIOS_ERRORS as error:
        if error.args[0] != errno.EINVAL:
            raise
        # The device cannot do this format (a pty knows only 8 bits and no parity). It is still a device:
        # open it plain, and set what it takes.
        port = _configured(settings)
        port.open()
        for name, value in wanted.items():
            previous = getattr(port, name)
            try:
                setattr(port, name, value)
            except TERMIOS_ERRORS:
                setattr(port, name, previous)
    for update in _LINE_UPDATES:
        vars(port).pop(update, None)  # from here on the lines can be set
    with contextlib.suppress(AttributeError):  # Windows only, and a wish: a driver may have a size of its own
        port.set_buffer_size(DRIVER_READ_BYTES, DRIVER_WRITE_BYTES)
    if settings.low_latency:
        with contextlib.suppress(AttributeError, NotImplementedError, ValueError):  # where there is such a thing
            port.set_low_latency_mode(True)
    return port, port_settings.refused(port.fileno(), settings) if _has_descriptor(port) else ()


def _configured(settings: SerialSettings) -> Any:
    """A closed port with everything set but the character format."""
    if settings.device.lower().startswith(("socket://", "rfc2217://")) and not _has_port_number(settings.device):
        raise BridgeError(Problem(Cause.DEVICE_URL, settings.device, _tr("HOST:PORT is missing")))
    try:
        port: Any = serial.serial_for_url(settings.device, do_not_open=True)
    except (ValueError, re.error) as error:  # hwgrep:// takes a regular expression
        raise BridgeError(Problem(Cause.DEVICE_URL, settings.device, str(error))) from error
    port.baudrate = settings.baud_rate
    port.rtscts = settings.flow_control is FlowControl.RTS_CTS
    port.xonxoff = settings.flow_control is FlowControl.XON_XOFF
    port.dsrdtr = settings.flow_control is FlowControl.DSR_DTR
    port.exclusive = True
    if sys.platform != "win32":
        port.inter_byte_timeout = 0  # pyserial then sets VMIN=1: "nothing there" is EAGAIN, b'' is a hang-up
    for policy, line, update in zip((settings.dtr, settings.rts), ("dtr", "rts"), _LINE_UPDATES, strict=True):
        if policy is LinePolicy.KEEP:
            setattr(port, update, lambda: None)  # pyserial has no other way to leave a line alone (3.5)
        else:
            setattr(port, line, policy is LinePolicy.ON)
    return port


def _has_port_number(url: str) -> bool:
    try:
        return urlsplit(url).port is not None
    except ValueError:
        return False


def _problem(settings: SerialSettings, error: Exception) -> Problem:
    """What pyserial's exception at opening means."""
    if isinstance(error, BridgeError):
        return error.problem
    if isinstance(error.__cause__, CaptureError):
        from serialbridge_gui.engine.replayed import ReplayOrder

        return Problem(
            Cause(f"capture_{error.__cause__.fault.value}"),
            str(ReplayOrder.parse(settings.device).file),
            error.__cause__.detail,
        )
    cause = _cause(error)
    text = str(error)
    number = getattr(error, "errno", None)
    device = settings.device
    if cause is Cause.BAUD_RATE_REFUSED:
        nearest = min(USUAL_BAUD_RATES, key=lambda rate: abs(rate - settings.baud_rate))
        return Problem(cause, str(settings.baud_rate), text, str(nearest))
    hint = ""
    if cause is Cause.DEVICE_NO_PERMISSION:
        hint = owning_group(device)
    elif cause is Cause.DEVICE_BUSY:
        hint = holder(device) or modem_manager()
    return Problem(cause, device, os.strerror(number) if number else text, hint)


def _cause(error: Exception) -> Cause:
    number, text = getattr(error, "errno", None), str(error)
    if number in _NUMBERS:
        return _NUMBERS[number]
    if "baud" in text.lower():
        return Cause.BAUD_RATE_REFUSED
    if isinstance(error, (ValueError, KeyError)):
        return Cause.DEVICE_URL
    for words, cause in _WORDS:
        if words in text:
            return cause
    return Cause.DEVICE_FAILED
