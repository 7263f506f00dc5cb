"""Parts of a profile from plain data, as a file holds them."""

from __future__ import annotations

from typing import Any

from serialbridge_gui import profile_store
from serialbridge_gui.profile_store import Part


def from_plain(kind: type[Part], **fields: Any) -> Part:
    """A Profile, SerialSettings, ClientRules… Raises ValueError."""
    return profile_store.from_plain(kind, fields)
