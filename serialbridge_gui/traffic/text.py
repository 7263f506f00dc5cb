"""Bytes as a person reads them: hex, text with nothing hidden, and both mixed. Never raises."""

from __future__ import annotations

import codecs
import unicodedata
from codecs import charmap_decode, utf_8_decode
from enum import Enum
from typing import Final

NOT_TEXT = "·"
"""Stands for a byte that is no character."""

DUMP_LINE_BYTES = 16

_MAX_CACHED_CHARACTERS = 4096
"""Chosen: the characters of a language in use; a stream of noise must not fill the memory."""

_INVISIBLE_CATEGORIES = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})

_INVISIBLE_RANGES = (
    (0x034F, 0x034F),  # combining grapheme joiner
    (0x115F, 0x1160),  # Hangul fillers
    (0x17B4, 0x17B5),  # Khmer inherent vowels
    (0x180B, 0x180F),  # Mongolian variation selectors
    (0x2800, 0x2800),  # blank Braille
    (0x3164, 0x3164),  # Hangul filler
    (0xFE00, 0xFE0F),  # variation selectors
    (0xFFA0, 0xFFA0),  # halfwidth Hangul filler
    (0xE0100, 0xE01EF),  # variation selectors
)
"""Default_Ignorable_Code_Point of Unicode 15 (and U+2800) outside the categories above."""



class Encoding(Enum):
    """How bytes are read as text. Each value is Python's name of the codec."""

    UTF_8 = "utf-8"
    GB18030 = "gb18030"
    BIG5 = "cp950"
    """As Windows has it: with the euro sign, and what ETEN added."""
    LATIN_1 = "latin-1"
    ASCII = "ascii"


CONTEXT_BYTES: Final = 512
"""How far before a text it is looked for where its characters begin. Chosen: twice the longest row, and even, as
text of two-byte characters alone needs."""

_NEVER_WITHIN_CHARACTER: Final = 0x30
"""Bytes below are characters by themselves in GB18030 (2022) and Big5, wherever they stand."""


_MAX_CHARACTER_BYTES: Final = 4

_BAD_BYTE: Final = "\udfff"  # no codec makes one
_BAD_BYTES: Final = "serialbridge.bad_bytes"
codecs.register_error(_BAD_BYTES, lambda error: (_BAD_BYTE * (error.end - error.start), error.end))  # type: ignore[attr-defined]


def _shown(code: int) -> str:
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    character = chr(code)
    if unicodedata.category(character) in _INVISIBLE_CATEGORIES or any(
        first <= code <= last for first, last in _INVISIBLE_RANGES
    ):
        return f"U+{code:04X}"
    return character


class _VisibleCharacters(dict[int, str]):
    """A table for str.translate that works out each character when it is first met."""

    def __missing__(self, code: int) -> str:
        shown = _shown(code)
        if len(self) < _MAX_CACHED_CHARACTERS:
            self[code] = shown
        return shown


_VISIBLE = _VisibleCharacters()
_ASCII_VISIBLE = "".join(_shown(code) if code < 0x80 else NOT_TEXT for code in range(256))
"""A charmap: ten times as fast as str.translate where the result is not ASCII (measured)."""
_MIXED = {
    code: chr(code) if 0x20 <= code < 0x7F and code != ord("<") else f"<{code:02X}>" for code in range(256)
}
_DUMP = {code: chr(code) if 0x20 <= code < 0x7F else NOT_TEXT for code in range(256)}
_DUMP |= {code: chr(0x2400 + code) for code in range(0x20)} | {0x7F: "␡"}

_ARROWS = {0x2400 + code: NOT_TEXT for code in range(0x20)}
_ARROWS |= {0x240D: "←", 0x240A: "↓", 0x2409: "→", 0x2421: NOT_TEXT}
_ASCII_ARROWS = _ASCII_VISIBLE.translate(_ARROWS)
_DUMP_ARROWS = {code: character.translate(_ARROWS) for code, character in _DUMP.items()}

SAMPLE_PICTURES = "␀␉␊␍␡"
"""What a font must have for the control pictures to be of use."""


def without_pictures(text: str) -> str:
    """For fonts without ␍ and its like: carriage return ←, line feed ↓, tab → as on a typewriter, else ·."""
    return text.translate(_ARROWS)


def to_hex(data: bytes) -> str:
    """Two upper-case digits a byte, a space between: `31 32 0D 0A`."""
    return data.hex(" ").upper()


def make_visible(text: str) -> str:
    """The text with control characters as their pictures (␍) and other invisible ones as `U+202E`."""
    return text.translate(_VISIBLE)


def to_text(
    data: bytes,
    limit: int | None = None,
    pictures: bool = True,
    encoding: Encoding = Encoding.UTF_8,
    before: bytes = b"",
) -> str:
    """The text, with control characters as pictures, other invisible ones named, and other bytes as `·`.

    UTF-8 is read where the whole is valid, else only its ASCII. A character that was cut at the beginning or
    the end does not spoil the rest: UTF-8 tells by itself, for GB18030 and Big5 `before` is what came before,
    CONTEXT_BYTES at most. With `limit` the work stops at so many characters of `data`; what they become may be
    longer. Without `pictures` the result is as `without_pictures` would make it.
    """
    visible = _ASCII_VISIBLE if pictures else _ASCII_ARROWS
    if (data.isascii() and not before) or encoding is Encoding.ASCII:
        return charmap_decode(data[:limit], "strict", visible)[0]
    if encoding is Encoding.UTF_8:
        if data.isascii():
            return charmap_decode(data[:limit], "strict", visible)[0]
        cut = 0
        while cut < min(3, len(data)) and 0x80 <= data[cut] < 0xC0:
            cut += 1
        try:
            text, used = utf_8_decode(data[cut:], "strict", False)
        except UnicodeDecodeError:
            return charmap_decode(data[:limit], "strict", visible)[0]
        shown = NOT_TEXT * cut + text[:limit].translate(_VISIBLE) + NOT_TEXT * (len(data) - cut - used)
    elif encoding is Encoding.LATIN_1:
        shown = data[:limit].decode("latin-1").translate(_VISIBLE)
    else:
        cut = _rest_of_character(before, data, encoding.value) if before else 0
        end = len(data) if limit is None else cut + limit * _MAX_CHARACTER_BYTES
        text = data[cut:end].decode(encoding.value, "replace")  # a handler of ours takes 20 times as long (measured)
        shown = NOT_TEXT * cut + text[:limit].translate(_VISIBLE).replace("\ufffd", NOT_TEXT)
    return shown if pictures else without_pictures(shown)


def _rest_of_character(before: bytes, data: bytes, codec: str) -> int:
    """How many bytes of `data` end a character that began in `before`."""
    start = len(before)
    while start and before[start - 1] >= _NEVER_WITHIN_CHARACTER:
        start -= 1
    decoder = codecs.getincrementaldecoder(codec)("replace")
    decoder.decode(before[start:])
    pending = decoder.getstate()[0]
    for size in range(1, min(len(data), 3) + 1) if pending else ():
        try:
            if len((pending + data[:size]).decode(codec)) == 1:
                return size
        except UnicodeDecodeError:
            continue
    return 0


def byte_cells(data: bytes, encoding: Encoding, pictures: bool = True, before: bytes = b"") -> list[str]:
    """For each byte what stands for it in a dump: its character, or "" where one goes on that began before it.

    One character each, `·` for what can't be shown. `before` is as in `to_text`.
    """
    control = _DUMP if pictures else _DUMP_ARROWS
    if data.isascii() or encoding is Encoding.ASCII:
        return [control[byte] for byte in data]
    codec = encoding.value
    cut = _rest_of_character(before, data, codec) if before and encoding is not Encoding.LATIN_1 else 0
    cells = [""] * cut
    for character in data[cut:].decode(codec, _BAD_BYTES):
        if character == _BAD_BYTE:
            cells.append(NOT_TEXT)
        elif character.isascii():
            cells.append(control[ord(character)])
        else:
            shown = _VISIBLE[ord(character)]
            cells.append(shown if len(shown) == 1 else NOT_TEXT)
            cells += [""] * (len(character.encode(codec)) - 1)
    return cells


def cut_to_width(text: str, cells: int) -> str:
    """The text, with … at its end where it takes more than `cells` (at least 1)."""
    if len(text) * 2 <= cells or (text.isascii() and len(text) <= cells):
        return text
    padded = text if text.isascii() else text.translate(_PADDED)
    if len(padded) <= cells:
        return text
    end = cells - 1
    if padded[end : end + 1] == _PAD:
        end -= 1
    return padded[:end].replace(_PAD, "") + "…"


def split_at_width(text: str, cells: int) -> tuple[str, str]:
    """What of the text takes at most `cells` (at least 2), and the rest; a word of ASCII stays whole if it can."""
    padded = text if text.isascii() else text.translate(_PADDED)
    if len(padded) <= cells:
        return text, ""
    begin = padded[: cells - (padded[cells] == _PAD)].replace(_PAD, "")
    if "!" <= text[len(begin)] <= "~":
        begin = begin.rstrip(_PRINTED) or begin
    return begin.rstrip(" "), text[len(begin) :].lstrip(" ")


_PRINTED: Final = "".join(map(chr, range(0x21, 0x7F)))
_PAD: Final = "\0"  # never in a visible text


class _PaddedCharacters(dict[int, str]):
    """A table for str.translate that puts _PAD after each character that is two cells wide."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        padded = character + _PAD if unicodedata.east_asian_width(character) in "WF" else character
        if len(self) < _MAX_CACHED_CHARACTERS:
            self[code] = padded
        return padded


_PADDED = _PaddedCharacters()


def to_mixed(data: bytes) -> str:
    """Printable ASCII as it is, every other byte as `<0D>`, and `<` as `<3C>` so that it means one thing."""
    return data.decode("latin-1").translate(_MIXED)


def hex_dump(data: bytes) -> list[str]:
    """Lines of offset, 16 bytes in hex and the same as characters: `00000010  31 32 0D …  12␍…`."""
    return [
        hex_dump_line(offset, data[offset : offset + DUMP_LINE_BYTES])
        for offset in range(0, len(data), DUMP_LINE_BYTES)
    ]


def hex_dump_line(offset: int, line: bytes) -> str:
    """One line of `hex_dump`: up to 16 bytes that stand at `offset`."""
    return f"{offset:08X}  {to_hex(line):<{DUMP_LINE_BYTES * 3 - 1}}  {line.decode('latin-1').translate(_DUMP)}"
