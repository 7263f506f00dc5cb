"""The simulated devices, as pyserial URL handlers: no pty, so they work on every system.

`sim://talker` sends a line of readings once a second and echoes; `sim://echo` only echoes. `sim://replay?file=PATH`
plays a saved capture (`replayed.py`); what is written to it is counted, and goes nowhere. They behave like a device
with all modem lines: CTS follows RTS, DSR follows DTR, CD is on.
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from serial import PortNotOpenError, SerialBase, SerialException, SerialTimeoutException

from serialbridge_gui.traffic.capture_error import CaptureError
from serialbridge_gui.words import tr as _tr

if TYPE_CHECKING:
    from serialbridge_gui.engine.replayed import Player

DEVICES: Final = ("talker", "echo")
READING_INTERVAL_S: Final = 1.0
LET_IN_S: Final = 0.0005
"""How long a reader that would go on at once lets others in: a lock that is taken again at once goes to nobody else."""
MAX_BUFFER_BYTES: Final = 64 << 10
"""What the device holds for its reader before a writer has to wait (chosen: the bridge's own bound)."""


class SimulatedSerial(SerialBase):
    """A pyserial port without a device behind it. Reader and writer may be two threads."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._changed = threading.Condition()
        self._dtr_state: bool
        self._rts_state: bool
        self._break_state: bool
        self.break_changes: deque[tuple[float, bool]] = deque(maxlen=64)
        """When a break began (True) and ended (False), in s of the monotonic clock; the last 64."""
        self._timeout: float | None
        self._write_timeout: float | None
        self._buffer = bytearray()
        self._readings = 0
        self._next_reading_s = math.inf
        self._player: Player | None = None
        self._cancelled_reads = 0
        self._cancelled_writes = 0
        super().__init__(*args, **kwargs)

    def open(self) -> None:
        """Raises SerialException for a name that is not a simulated device, or a capture that cannot be played."""
        player = None
        name = (self.portstr or "").lower().removeprefix("sim://").partition("?")[0].strip("/")
        if name == "replay":
            player = _player(self.portstr or "")
        else:
            url = urlsplit(self.portstr or "")
            name = url.netloc
            if name not in DEVICES or url.path.strip("/") or url.query:
                there = f"{', '.join(DEVICES)}, replay?file=FILE"
                text = _tr("unknown simulated device {name!r}: there are {there}")
                raise SerialException(text.format(name=name, there=there))
        with self._changed:
            self._buffer.clear()
            self._player = player
            self._next_reading_s = time.monotonic() + READING_INTERVAL_S if name == "talker" else math.inf
            self.is_open = True

    def close(self) -> None:
        if self._player is not None:
            self._player.closing = True  # before the lock, which a reader holds while it reads the file
        with self._changed:
            self.is_open = False
            if self._player is not None:
                self._player.close()
            self._changed.notify_all()

    def _reconfigure_port(self) -> None:
        """Any settings will do."""

    def _update_dtr_state(self) -> None:
        """DSR follows."""

    def _update_rts_state(self) -> None:
        """CTS follows."""

    def _update_break_state(self) -> None:
        self.break_changes.append((time.monotonic(), bool(self._break_state)))

    # ---- data

    @property
    def in_waiting(self) -> int:
        with self._changed:
            self._speak()
            return len(self._buffer)

    def read(self, size: int = 1) -> bytes:
        """Up to `size` bytes; fewer after the timeout or `cancel_read`."""
        deadline = None if self._timeout is None else time.monotonic() + self._timeout
        with self._changed:
            cancelled = self._cancelled_reads
            while True:
                if not self.is_open:
                    raise PortNotOpenError
                self._speak()
                now = time.monotonic()
                over = deadline is not None and now >= deadline
                if len(self._buffer) >= size or over or self._cancelled_reads != cancelled:
                    data = bytes(self._buffer[:size])
                    del self._buffer[:size]
                    self._changed.notify_all()
                    return data
                until = min(self._due_s(), math.inf if deadline is None else deadline)
                self._changed.wait(None if until == math.inf else max(LET_IN_S, until - now))

    def write(self, data: Any, /) -> int:
        """Hand `data` to the device, which echoes it (a replay hears it). Waits while the device's buffer is full."""
        rest = memoryview(bytes(data))
        length = len(rest)
        deadline = None if self._write_timeout is None else time.monotonic() + self._write_timeout
        with self._changed:
            cancelled = self._cancelled_writes
            while True:
                if not self.is_open:
                    raise PortNotOpenError
                if self._player is not None:
                    self._player.hear(length, time.monotonic())
                    self._changed.notify_all()
                    return length
                room = MAX_BUFFER_BYTES - len(self._buffer)
                self._buffer += rest[:room]
                rest = rest[room:]
                self._changed.notify_all()
                if not rest or self._cancelled_writes != cancelled:
                    return length - len(rest)
                left = None if deadline is None else deadline - time.monotonic()
                if left is not None and left <= 0:
                    raise SerialTimeoutException("Write timeout")
                self._changed.wait(left)

    def cancel_read(self) -> None:
        with self._changed:
            self._cancelled_reads += 1
            self._changed.notify_all()

    def cancel_write(self) -> None:
        with self._changed:
            self._cancelled_writes += 1
            self._changed.notify_all()

    def reset_input_buffer(self) -> None:
        with self._changed:
            self._buffer.clear()
            if self._player is not None:
                self._player.rewind(time.monotonic())
            self._changed.notify_all()

    def reset_output_buffer(self) -> None:
        """What was written has been echoed already."""

    def flush(self) -> None:
        """What was written has arrived."""

    def _speak(self) -> None:
        """Add the reading that is due. Its moment is counted from the last one, not from now: no drift."""
        now = time.monotonic()
        if self._player is not None:
            try:
                self._buffer += self._player.speak(now, MAX_BUFFER_BYTES - len(self._buffer))
            except CaptureError as error:
                raise SerialException(capture_words(error)) from error
            return
        if now < self._next_reading_s:
            return
        self._next_reading_s += READING_INTERVAL_S * max(1, int(now - self._next_reading_s))
        self._readings += 1
        celsius = 21.5 + 2 * math.sin(self._readings / 20)
        line = f"n={self._readings:06d} T={celsius:.2f}C RH={45 + self._readings % 7:d}%\r\n".encode()
        if len(self._buffer) + len(line) <= MAX_BUFFER_BYTES:
            self._buffer += line

    def _due_s(self) -> float:
        """When it has something to say; not before somebody has made room for it."""
        if self._player is None:
            return self._next_reading_s
        return self._player.due_s if len(self._buffer) < MAX_BUFFER_BYTES else math.inf

    # ---- modem lines

    @property
    def cts(self) -> bool:
        return bool(self._rts_state)

    @property
    def dsr(self) -> bool:
        return bool(self._dtr_state)

    @property
    def ri(self) -> bool:
        return False

    @property
    def cd(self) -> bool:
        return True


def capture_words(error: CaptureError) -> str:
    """What is wrong with the capture, for where pyserial's exceptions have words only."""
    if error.position:
        return f"the capture is {error.fault.value} at {error.position}: {error.detail}"
    return f"the capture is {error.fault.value}" + (f": {error.detail}" if error.detail else "")


def _player(device: str) -> Player:
    from serialbridge_gui.engine.replayed import Player, ReplayOrder

    try:
        return Player(ReplayOrder.parse(device), time.monotonic())
    except ValueError as error:
        raise SerialException(_tr("unknown simulated device: {error}").format(error=error)) from error
    except CaptureError as error:
        raise SerialException(capture_words(error)) from error
