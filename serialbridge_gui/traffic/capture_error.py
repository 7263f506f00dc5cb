"""What can be wrong with a capture that is to be read, as data. Whoever shows it makes the sentence."""

from __future__ import annotations

from enum import Enum


class CaptureFault(Enum):
    """Why a capture gives nothing, or no more."""

    UNREADABLE = "unreadable"
    """The system does not let it be read; the detail is the system's own words."""
    UNKNOWN = "unknown"
    """It is none of the formats that are read here."""
    NO_SERIAL = "no_serial"
    """It holds packets of other kinds only."""
    SILENT = "silent"
    """There is nothing in it to be played."""
    BROKEN = "broken"
    """What stands at `position` cannot be; what came before has been given."""


class CaptureError(Exception):
    """Carries a CaptureFault. `position`: bytes, or in a csv lines, from the beginning of the file."""

    def __init__(self, fault: CaptureFault, detail: str = "", position: int = 0) -> None:
        super().__init__(fault.value, detail, position)
        self.fault = fault
        self.detail = detail
        self.position = position
