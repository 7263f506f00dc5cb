"""Parity, framing and overrun errors and breaks that a tty's driver has counted."""

from __future__ import annotations

import struct
import sys
from typing import TYPE_CHECKING, Final

if sys.platform.startswith("linux"):
    import fcntl

if TYPE_CHECKING:
    from serialbridge_gui.engine.port import Port

_TIOCGICOUNT: Final = 0x545D
"""asm-generic/ioctls.h; Python has no name for it."""
_COUNTS: Final = struct.Struct("20i")
"""struct serial_icounter_struct (linux/serial.h): cts, dsr, rng, dcd, rx, tx, frame, overrun, parity, brk,
buf_overrun, and nine that are reserved."""
_BITS: Final = ((6, 0x08), (7, 0x02), (8, 0x04), (9, 0x10), (10, 0x02))
"""Place in the struct, and the bit of RFC 2217's NOTIFY-LINESTATE: overrun 2, parity 4, framing 8, break 16."""


class LineErrors:
    """Counts since it was made. Bridge thread only. Linux only: elsewhere there are never news."""

    def __init__(self) -> None:
        self._before: tuple[int, ...] | None = None

    def news(self, port: Port) -> int:
        """The bits of NOTIFY-LINESTATE for what has happened since the last call. Some µs."""
        if not sys.platform.startswith("linux") or port.virtual:
            return 0
        try:
            counts = _COUNTS.unpack(fcntl.ioctl(port.fileno(), _TIOCGICOUNT, bytes(_COUNTS.size)))
        except OSError:
            return 0
        before, self._before = self._before or counts, counts
        bits = 0
        for place, bit in _BITS:
            if counts[place] != before[place]:
                bits |= bit
        return bits
