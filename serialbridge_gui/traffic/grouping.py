"""What makes a row of the log: a setting of the display, and how a person types its delimiter."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

MAX_ROW_BYTES: Final = 256
"""Chosen: 768 characters of hex, more than a screen is wide (one 200 KB line froze a text widget 28 s)."""

MIN_SILENCE_MS: Final = 1
MAX_SILENCE_MS: Final = 10_000
MAX_DELIMITER_BYTES: Final = 16
"""Chosen: longer than any that a protocol has, such as CR LF or a CAN adapter's sync bytes."""


class GroupBy(Enum):
    """What begins a row, beside a change of direction or client, and 256 bytes."""

    SILENCE = "silence"
    CHUNK = "chunk"
    """Each chunk is a row, as it was read."""
    DELIMITER = "delimiter"
    """A row ends after each delimiter, however the bytes were cut into chunks."""
    LENGTH = "length"
    """So many bytes a row."""


@dataclass(frozen=True)
class Grouping:
    """How chunks become rows. What `by` does not name is kept for when it is chosen again."""

    by: GroupBy = GroupBy.SILENCE
    silence_ms: int = 20
    """Chosen: longer than FTDI's 16 ms latency timer, so that one answer is not torn in two by the adapter."""
    delimiter: bytes = b"\n"
    length: int = 16

    def __post_init__(self) -> None:
        """Raises ValueError for what is out of range."""
        if not MIN_SILENCE_MS <= self.silence_ms <= MAX_SILENCE_MS:
            raise ValueError(f"silence of {self.silence_ms} ms is not within 1–10000")
        if not 1 <= len(self.delimiter) <= MAX_DELIMITER_BYTES:
            raise ValueError(f"a delimiter has 1–16 bytes, not {len(self.delimiter)}")
        if not 1 <= self.length <= MAX_ROW_BYTES:
            raise ValueError(f"a row of {self.length} bytes is not within 1–256")


_ESCAPES: Final = {"r": 13, "n": 10, "t": 9, "0": 0, "e": 27, "\\": 92}
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|(.?))", re.DOTALL)
_HEX = re.compile(r"(?:0x)?[0-9a-f]{2}(?:[\s,]*(?:0x)?[0-9a-f]{2})*", re.IGNORECASE)


def parse_delimiter(text: str) -> bytes:
    r"""The bytes that a person means by `\r\n`, `\x03`, `0D 0A`, `0x03` or `;`.

    With a backslash in it, it is text with escapes; else pairs of hex digits are hex, and all the rest is
    text in UTF-8. Raises ValueError for an escape that is none and for 0 or more than 16 bytes.
    """
    if "\\" not in text and _HEX.fullmatch(text.strip()):
        data = bytes.fromhex(re.sub(r"0x|[\s,]", "", text, flags=re.IGNORECASE))
    else:
        data, at = b"", 0
        for match in _ESCAPE.finditer(text):
            data += text[at : match.start()].encode("utf-8", "replace")
            digits, letter = match.groups()
            if digits is None and letter not in _ESCAPES:
                raise ValueError(f"{match.group()!r} is no escape")
            data += bytes([int(digits, 16) if digits else _ESCAPES[letter]])
            at = match.end()
        data += text[at:].encode("utf-8", "replace")
    if not 1 <= len(data) <= MAX_DELIMITER_BYTES:
        raise ValueError(f"a delimiter has 1–16 bytes, not {len(data)}")
    return data


def format_delimiter(delimiter: bytes) -> str:
    r"""What `parse_delimiter` reads back as these bytes: `\r\n`, `\x03`, `;`."""
    names = {13: r"\r", 10: r"\n", 9: r"\t", 92: r"\\"}
    text = "".join(
        names.get(byte) or (chr(byte) if 0x20 < byte < 0x7F else f"\\x{byte:02X}") for byte in delimiter
    )
    return "".join(f"\\x{byte:02X}" for byte in delimiter) if _HEX.fullmatch(text) else text
