"""Parts of a profile from plain data, as a file holds them."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import TypeAdapter

Part = TypeVar("Part")


def from_plain(kind: type[Part], **fields: Any) -> Part:
    """A Profile, SerialSettings, ClientRules… Raises pydantic.ValidationError, which is a ValueError."""
    return TypeAdapter(kind).validate_python(fields)
