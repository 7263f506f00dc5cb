"""What can be wrong with a profile's file, as data."""

from __future__ import annotations

from enum import Enum
from pathlib import Path


class ProfileFault(Enum):
    """What can be wrong with a profile's file."""

    BROKEN = "broken"
    NEWER = "newer"
    TOO_LARGE = "too_large"
    NOT_READABLE = "not_readable"
    NOT_WRITABLE = "not_writable"
    UNKNOWN_NAME = "unknown_name"
    AMBIGUOUS_NAME = "ambiguous_name"
    NO_BRIDGE = "no_bridge"
    """Another program's file, with nothing in it that is a bridge."""


class ProfileError(Exception):
    """A profile could not be loaded, saved or found. `subject` is the file or the name; `detail` says more."""

    def __init__(self, fault: ProfileFault, subject: str, detail: str = "", set_aside: Path | None = None):
        super().__init__(fault, subject, detail)
        self.fault = fault
        self.subject = subject
        self.detail = detail
        self.set_aside = set_aside
        """Where a broken file was moved, if it was."""
