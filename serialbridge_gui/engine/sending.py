"""The terms of sending by hand: to whom, how fast, how far it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from serialbridge_gui.traffic.chunk import NO_CLIENT

TO_DEVICE: Final = -1
TO_ALL: Final = NO_CLIENT
"""Targets; any other is a client's number."""

MAX_BYTE_GAP_US: Final = 1_000_000
MAX_LINE_GAP_MS: Final = 60_000


@dataclass(frozen=True)
class Pacing:
    """How a file is slowed down. A gap begins when the byte before it should have left the device's line.

    That is computed from the baud rate and the moment at which the byte was handed over: what the driver, or the
    adapter, does with it is out of sight. On Linux a gap is up to 1 ms longer than asked; where timers are coarser,
    more.
    """

    byte_gap_us: int = 0
    """After each byte, 0 to MAX_BYTE_GAP_US. Below 1000 a group of bytes goes each ms, so that the average is kept."""
    line_gap_ms: int = 0
    """After each LF, 0 to MAX_LINE_GAP_MS."""

    def __post_init__(self) -> None:
        if not 0 <= self.byte_gap_us <= MAX_BYTE_GAP_US or not 0 <= self.line_gap_ms <= MAX_LINE_GAP_MS:
            raise ValueError("a gap is at most 1 s after a byte, 60 s after a line")


class SendState(Enum):
    """What becomes of a file, or of a message that is repeated."""

    IDLE = "idle"
    RUNNING = "running"
    HELD = "held"
    """It waits for the device, or for who does not read."""


class SendProgress:
    """How far it is. Written by the bridge thread alone; any thread may read."""

    __slots__ = (
        "done_bytes",
        "done_messages",
        "file_sent",
        "file_size",
        "file_state",
        "repeat_state",
        "repeats",
        "skipped",
    )

    def __init__(self) -> None:
        self.done_bytes = 0
        """Of the messages that were accepted: handed over, or given up and counted as lost."""
        self.done_messages = 0
        self.file_state = SendState.IDLE
        self.file_sent = 0
        """Bytes of the file handed over."""
        self.file_size = 0
        self.repeat_state = SendState.IDLE
        self.repeats = 0
        """How often the message went out as a whole."""
        self.skipped = 0
        """Turns at which the one before was not out yet."""
