"""Traffic as csv for a spreadsheet and as txt for a person. Nothing that a device sends is raw in either."""

from __future__ import annotations

from codecs import charmap_decode
from collections.abc import Iterable
from time import gmtime, strftime
from typing import Final

from serialbridge_gui.traffic.capture_formats import Source
from serialbridge_gui.traffic.chunk import LOCAL, Direction, TapEntry
from serialbridge_gui.traffic.line_codes import line_words
from serialbridge_gui.traffic.text import NOT_TEXT, make_visible, to_text

WORDS: Final = ("serial_to_tcp", "tcp_to_serial", "event", "gap")
"""By Direction: as the console's `traffic` lines name them."""

MAX_CELL_BYTES: Final = 8192
"""Of one csv row: in hex 24,575 characters, where a spreadsheet's cell has room for 32,767 and Python's csv module
for 131,072. A longer chunk takes several rows with one time."""

LINE_BYTES: Final = 16

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the beginning of a formula (OWASP, "CSV Injection")."""

_DUMP: Final = "".join(chr(code) if 0x20 <= code < 0x7F else NOT_TEXT for code in range(256))


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
        rows: list[str] = []
        clock = self._clock.text
        for time_ns, direction, client, data in entries:
            head = f"{clock(time_ns)},{WORDS[direction]},"
            if direction == Direction.EVENT:
                rows.append(f"{head},,,{_cell(_sentence(client, data))}\r\n")
            elif direction == Direction.GAP:
                rows.append(f"{head},{_missing(data)},,{_missing(data)} bytes are missing here\r\n")
            else:
                head += _who(client)
                for start in range(0, len(data), MAX_CELL_BYTES):
                    part = data[start : start + MAX_CELL_BYTES]
                    rows.append(f"{head},{len(part)},{part.hex(' ')},{_cell(to_text(part))}\r\n")
        return "".join(rows).encode("utf-8", "replace")

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
        lines: list[str] = []
        clock = self._clock.text
        for time_ns, direction, client, data in entries:
            if direction == Direction.EVENT:
                lines.append(f"# {clock(time_ns)} event: {_sentence(client, data)}\n")
            elif direction == Direction.GAP:
                lines.append(f"# {clock(time_ns)} gap: {_missing(data)} bytes are missing here\n")
            else:
                by_hand = client >= LOCAL
                mark = "N>S" if direction else "H>N" if by_hand else "S>N"
                who = _who(client)
                lines.append(f"# {clock(time_ns)} {WORDS[direction]}{who and f' {who}'} {len(data)}\n")
                self._dump(lines, mark, data)
        return "".join(lines).encode("utf-8", "replace")

    def end(self) -> bytes:
        """Nothing."""
        return b""

    def _dump(self, lines: list[str], mark: str, data: bytes) -> None:
        offset = self._offsets[mark]
        self._offsets[mark] = offset + len(data)
        digits = data.hex(" ")
        text = charmap_decode(data, "strict", _DUMP)[0]
        whole = len(data) - len(data) % LINE_BYTES
        lines += [
            f"{mark} {offset + at:08x}: {digits[3 * at : 3 * at + 47]}  {text[at : at + 16]}\n"
            for at in range(0, whole, LINE_BYTES)
        ]
        if whole < len(data):
            lines.append(f"{mark} {offset + whole:08x}: {digits[3 * whole :]:<47}  {text[whole:]}\n")


def _who(client: int) -> str:
    """Whose chunk it is: nothing, the client's number, `local` for what was sent by hand, `local 2`."""
    if client < LOCAL:
        return str(client) if client else ""
    return f"local {client - LOCAL}" if client > LOCAL else "local"


def _sentence(client: int, data: bytes) -> str:
    return make_visible(data.decode("utf-8", "replace")) or line_words(client)


def _cell(text: str) -> str:
    """A csv cell that stays text in a spreadsheet."""
    if text.startswith(_FORMULA):
        text = "'" + text
    return '"' + text.replace('"', '""') + '"'


def _missing(data: bytes) -> str:
    """A gap's count, ASCII digits."""
    return make_visible(data.decode("ascii", "replace"))
