"""What an open port's settings are, and how one is changed while it is open."""

from __future__ import annotations

import contextlib
import sys
from typing import Any, Final

from serialbridge_gui.profile import FlowControl, Parity, SerialSettings

if sys.platform != "win32":
    import termios

    TERMIOS_ERRORS: tuple[type[Exception], ...] = (termios.error,)
else:
    TERMIOS_ERRORS = ()

PORT_ERRORS: Final[tuple[type[Exception], ...]] = (OSError, *TERMIOS_ERRORS)
"""What an open port raises once its device is gone. SerialException is an OSError, termios.error is not."""

_SET_ERRORS: Final[tuple[type[Exception], ...]] = (ValueError, *PORT_ERRORS)

_NAMES: Final = {"baud_rate": "baudrate", "data_bits": "bytesize", "parity": "parity", "stop_bits": "stopbits"}
"""SerialSettings' fields by pyserial's names."""
_FLOW_NAMES: Final = {
    "rtscts": FlowControl.RTS_CTS, "xonxoff": FlowControl.XON_XOFF, "dsrdtr": FlowControl.DSR_DTR
}  # fmt: skip


def change(port: Any, fd: int | None, field: str, value: Any) -> Any:
    """Set one field of pyserial's open `port`; returns the value in force afterwards, the old one if it refuses.

    `fd`: of a tty, to be asked what it took; None for other ports.
    """
    wanted: dict[str, Any]
    if field == "flow_control":
        wanted = {name: meaning is value for name, meaning in _FLOW_NAMES.items()}
    else:
        wanted = {_NAMES[field]: value.value if isinstance(value, Parity) else value}
    before = {name: getattr(port, name) for name in wanted}
    taken = _set(port, wanted)
    if taken and fd is not None:
        with contextlib.suppress(*PORT_ERRORS):
            taken = field not in _not_taken(fd, field, value)
    if not taken:
        _set(port, before)
        return _meaning(field, before)
    return value


def _set(port: Any, values: dict[str, Any]) -> bool:
    try:
        for name, value in values.items():
            setattr(port, name, value)
    except _SET_ERRORS:
        return False
    return True


def _meaning(field: str, values: dict[str, Any]) -> Any:
    if field == "flow_control":
        return next((_FLOW_NAMES[name] for name, on in values.items() if on), FlowControl.NONE)
    (value,) = values.values()
    return Parity(value) if field == "parity" else value


def refused(fd: int, settings: SerialSettings) -> tuple[str, ...]:
    """Which fields the tty did not take. Read back: tcsetattr succeeds if it could do any of what was asked."""
    wanted = (("data_bits", settings.data_bits), ("parity", settings.parity), ("stop_bits", settings.stop_bits))
    return tuple(name for field, value in wanted for name in _not_taken(fd, field, value))


def _not_taken(fd: int, field: str, value: Any) -> tuple[str, ...]:
    if sys.platform == "win32":
        raise NotImplementedError
    flags = termios.tcgetattr(fd)[2]
    taken = True
    if field == "data_bits":
        sizes = {5: termios.CS5, 6: termios.CS6, 7: termios.CS7, 8: termios.CS8}
        taken = flags & termios.CSIZE == sizes[value]
    elif field == "parity":
        taken = _parity(flags) is value
    elif field == "stop_bits":
        taken = bool(flags & termios.CSTOPB) == (value > 1)
    return () if taken else (field,)


def _parity(flags: int) -> Parity:
    if sys.platform == "win32":
        raise NotImplementedError
    mark_or_space = getattr(termios, "CMSPAR", 0o10000000000)  # not in the termios module before Python 3.13
    if not flags & termios.PARENB:
        return Parity.NONE
    if flags & mark_or_space:
        return Parity.MARK if flags & termios.PARODD else Parity.SPACE
    return Parity.ODD if flags & termios.PARODD else Parity.EVEN
