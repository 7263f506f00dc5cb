"""Traffic as csv for a spreadsheet and as txt for a person. Nothing that a device sends is raw in either."""

from __future__ import annotations

import sys
from array import array
from binascii import hexlify
from collections.abc import Iterable
from time import gmtime, strftime
from typing import Final

from serialbridge_gui.traffic.capture_formats import Source
from serialbridge_gui.traffic.chunk import LOCAL, Direction, TapEntry
from serialbridge_gui.traffic.line_codes import line_words
from serialbridge_gui.traffic.text import make_visible, to_text

WORDS: Final = ("serial_to_tcp", "tcp_to_serial", "event", "gap")
"""By Direction: as the console's `traffic` lines name them."""

MAX_CELL_BYTES: Final = 8192
"""Of one csv row: in hex 24,575 characters, where a spreadsheet's cell has room for 32,767 and Python's csv module
for 131,072. A longer chunk takes several rows with one time."""

LINE_BYTES: Final = 16

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the beginning of a formula (OWASP, "CSV Injection")."""

_ASCII: Final = bytes(code if 0x20 <= code < 0x7F else ord(".") for code in range(256))

BY_COLUMNS_FROM_BYTES: Final = 1024
"""From this size on a dump is faster made by columns than by lines (measured: 2.7 times at 4 KiB)."""


class _Clock:
    """ISO 8601 in UTC with ns: `2026-11-25T13:58:12.000000123Z`. The second's text is made once."""

    def __init__(self) -> None:
        self._second = -1
        self._text = ""

    def text(self, time_ns: int) -> str:
        second, rest = divmod(time_ns, 1_000_000_000)
        if second != self._second:
            self._second = second
            self._text = strftime("%Y-%m-%dT%H:%M:%S", gmtime(second))
        return f"{self._text}.{rest:09d}Z"


class CsvWriter:
    """Rows as Python's csv module reads and writes them (RFC 4180). The bytes stand in `hex`, unchanged.

    `text` is for reading: control and bidi characters are visible, a leading apostrophe stands before what a
    spreadsheet would take for a formula.
    """

    def __init__(self) -> None:
        self._clock = _Clock()

    def begin(self) -> bytes:
        """The row of the columns' names."""
        return b"time,direction,client,length,hex,text\r\n"

    def encode(self, entries: Iterable[TapEntry]) -> bytes:
        """A row each, or several for a long chunk."""
        parts: list[bytes] = []
        append, clock = parts.append, self._clock.text
        for time_ns, direction, client, data in entries:
            head = f"{clock(time_ns)},{WORDS[direction]},"
            if direction == Direction.EVENT:
                append(f"{head},,,{_cell(_sentence(client, data))}\r\n".encode("utf-8", "replace"))
            elif direction == Direction.GAP:
                append(f"{head},{_missing(data)},,{_missing(data)} bytes are missing here\r\n".encode())
            else:
                head += _who(client)
                for start in range(0, len(data), MAX_CELL_BYTES):
                    part = data[start : start + MAX_CELL_BYTES]
                    append(f"{head},{len(part)},".encode())
                    append(hexlify(part, b" "))  # apart from the text, which is no ASCII and would widen it
                    append(f",{_cell(to_text(part))}\r\n".encode())
        return b"".join(parts)

    def end(self) -> bytes:
        """Nothing."""
        return b""


class TxtWriter:
    """A dump for reading, from which `xxd -r` makes the bytes again.

    Lines with `#` tell of chunks, events and gaps. Dump lines begin with the direction, which xxd skips, since no
    letter in it is a hex digit; their offsets run through the file, for each direction by itself. So
    `grep '^S>N' FILE | xxd -r` is what the device sent, `grep '^N>S' FILE | xxd -r` what it was sent.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._clock = _Clock()
        self._offsets = {"S>N": 0, "N>S": 0, "H>N": 0}

    def begin(self) -> bytes:
        """What this is, and how to get the bytes back."""
        source = self._source
        what = ", ".join(filter(None, (source.name, source.device, source.settings)))
        return (
            f"# SerialBridge: {make_visible(what)}\n"
            "# S>N: from the device (grep '^S>N' FILE | xxd -r gives the bytes). N>S: to the device.\n"
            "# H>N: sent by hand to clients; it was not on the serial line.\n"
        ).encode("utf-8", "replace")

    def encode(self, entries: Iterable[TapEntry]) -> bytes:
        """A line about each, and a dump of its bytes."""
        parts: list[bytes | bytearray] = []
        append, clock = parts.append, self._clock.text
        for time_ns, direction, client, data in entries:
            if direction == Direction.EVENT:
                append(f"# {clock(time_ns)} event: {_sentence(client, data)}\n".encode("utf-8", "replace"))
            elif direction == Direction.GAP:
                append(f"# {clock(time_ns)} gap: {_missing(data)} bytes are missing here\n".encode())
            else:
                mark = "N>S" if direction else "H>N" if client >= LOCAL else "S>N"
                who = _who(client)
                append(f"# {clock(time_ns)} {WORDS[direction]}{who and f' {who}'} {len(data)}\n".encode())
                offset = self._offsets[mark]
                self._offsets[mark] = offset + len(data)
                append(dump(mark, offset, data))
        return b"".join(parts)

    def end(self) -> bytes:
        """Nothing."""
        return b""


def dump(mark: str, offset: int, data: bytes) -> bytes | bytearray:
    """Lines such as `S>N 00000010: 31 32 0d 0a   12..`: `mark`, offset, up to 16 bytes in hex and as ASCII."""
    whole = 0
    lines: bytes | bytearray = b""
    if len(data) >= BY_COLUMNS_FROM_BYTES and offset + len(data) <= 0xFFFF_FFFF:
        whole = len(data) // LINE_BYTES * LINE_BYTES
        lines = _dump_by_columns(mark, offset, data[:whole])
    if whole == len(data):
        return lines
    rest = data[whole:]
    offset += whole
    digits = rest.hex(" ")
    text = rest.translate(_ASCII).decode("ascii")
    by_line = [
        f"{mark} {offset + at:08x}: {digits[3 * at : 3 * at + 47]:<47}  {text[at : at + LINE_BYTES]}\n"
        for at in range(0, len(rest), LINE_BYTES)
    ]
    return lines + "".join(by_line).encode()


def _dump_by_columns(mark: str, offset: int, data: bytes) -> bytearray:
    """As `dump`, of whole lines with offsets below 4 GiB: each digit's column over all lines at once."""
    lines = bytearray(f"{mark} {'':8}: {'':47}  {'':{LINE_BYTES}}\n".encode()) * (len(data) // LINE_BYTES)
    start = len(mark) + 1
    width = start + 8 + 2 + 47 + 2 + LINE_BYTES + 1
    offsets = array("I", range(offset, offset + len(data), LINE_BYTES))
    if sys.byteorder == "little":
        offsets.byteswap()
    digits = hexlify(offsets)
    for column in range(8):
        lines[start + column :: width] = digits[column::8]
    start += 10
    digits = hexlify(data)
    for column in range(2 * LINE_BYTES):
        lines[start + column // 2 * 3 + column % 2 :: width] = digits[column :: 2 * LINE_BYTES]
    start += 49
    text = data.translate(_ASCII)
    for column in range(LINE_BYTES):
        lines[start + column :: width] = text[column::LINE_BYTES]
    return lines


def _who(client: int) -> str:
    """Whose chunk it is: nothing, the client's number, `local` for what was sent by hand, `local 2`."""
    if client < LOCAL:
        return str(client) if client else ""
    return f"local {client - LOCAL}" if client > LOCAL else "local"


def _sentence(client: int, data: bytes) -> str:
    return make_visible(data.decode("utf-8", "replace")) or line_words(client)


def _cell(text: str) -> str:
    """A csv cell that stays text in a spreadsheet."""
    if text.lstrip("'").startswith(_FORMULA):  # or the reader would take off one of the text's own
        text = "'" + text
    return '"' + text.replace('"', '""') + '"'


def without_apostrophe(text: str) -> str:
    """The text of a cell that `CsvWriter` has made, without what keeps a spreadsheet from computing it."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(_FORMULA) else text


def _missing(data: bytes) -> str:
    """A gap's count, ASCII digits."""
    return make_visible(data.decode("ascii", "replace"))
