"""Rows of the log in the forms that other programs take: hex, text, C, Python, hex dump. Rows in, text out.

    copier = make_copier(CopyFormat.PYTHON)
    for row in rows:
        copier.add(row)
    clipboard.setText(copier.text())

Events and gaps are left out. Rows of one direction and client, one after the other, make a piece: what is grouped
into rows for the eye is one array, one literal, one dump.
"""

from __future__ import annotations

from codecs import getincrementaldecoder
from enum import Enum, auto
from typing import Final, Protocol

from .chunk import Direction
from .rows import Row
from .text import DUMP_LINE_BYTES, hex_dump_line, make_visible, to_hex

LINE_BYTES: Final = DUMP_LINE_BYTES
"""Of C and Python, too: in C a line then has 99 characters."""

_IN_C: Final = [f"0x{byte:02X}" for byte in range(256)]
_EVENT = int(Direction.EVENT)
_WAYS: Final = {int(Direction.SERIAL_TO_TCP): "Serial to net", int(Direction.TCP_TO_SERIAL): "Net to serial"}


class CopyFormat(Enum):
    """In which form rows are copied; "as shown" is the log's own."""

    HEX = auto()
    TEXT = auto()
    C_ARRAY = auto()
    PYTHON = auto()
    HEX_DUMP = auto()


class Copier(Protocol):
    """Makes one text. One thread at a time."""

    def add(self, row: Row) -> None:
        """The next row, in the order of the log."""

    def text(self) -> str:
        """All of it; "" where no row had bytes. Ends the work."""


class HexCopier:
    """A line for each row, `31 32 0D 0A`; a row that goes on is one line. For bytes.fromhex."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._last = -1

    def add(self, row: Row) -> None:
        """A line, or more of the last one."""
        if row.direction >= _EVENT:
            return
        line = to_hex(row.data)
        if row.continued and row.number == self._last + 1:
            self._lines[-1] += f" {line}"
        else:
            self._lines.append(line)
        self._last = row.number

    def text(self) -> str:
        """The lines."""
        return _lines(self._lines)


class TextCopier:
    """The bytes as characters with their own line ends; other control characters, and such as turn the
    direction of writing, are visible. A piece begins on a new line."""

    def __init__(self, encoding: str = "utf-8") -> None:
        self._new_decoder = getincrementaldecoder(encoding)
        self._decoder = self._new_decoder("replace")
        self._parts: list[str] = []
        self._piece = (-1, 0)
        self._at_line_end = True
        self._pending = ""

    def add(self, row: Row) -> None:
        """What the row's bytes complete."""
        if row.direction >= _EVENT:
            return
        if (row.direction, row.client) != self._piece:
            self._end_piece()
            self._piece = (row.direction, row.client)
        self._put(self._decoder.decode(row.data))

    def text(self) -> str:
        """All of it, ending with a line end."""
        self._end_piece()
        return "".join(self._parts)

    def _end_piece(self) -> None:
        self._put(self._decoder.decode(b"", True), final=True)
        self._decoder = self._new_decoder("replace")
        if not self._at_line_end:
            self._parts.append("\n")
            self._at_line_end = True

    def _put(self, text: str, final: bool = False) -> None:
        text = self._pending + text
        self._pending = ""
        if text.endswith("\r") and not final:  # its line feed may come with the next row
            text, self._pending = text[:-1], "\r"
        if not text:
            return
        lines = text.replace("\r\n", "\n").split("\n")
        shown = "\n".join("\t".join(map(make_visible, line.split("\t"))) for line in lines)
        self._parts.append(shown)
        self._at_line_end = shown.endswith("\n")


class _PieceCopier:
    """What is written in lines of LINE_BYTES bytes, piece by piece."""

    def __init__(self) -> None:
        self._pieces: list[tuple[str, int, list[str]]] = []
        """The first row's words, how many bytes, the lines."""
        self._piece = (-1, 0)
        self._words = ""
        self._size = 0
        self._rest = b""
        self._lines: list[str] = []

    def add(self, row: Row) -> None:
        """The lines that the row's bytes complete."""
        if row.direction >= _EVENT:
            return
        if (row.direction, row.client) != self._piece:
            self._end_piece()
            self._piece = (row.direction, row.client)
            self._words = f"{_WAYS[row.direction]}, from row {row.number + 1}"
        data = self._rest + row.data
        whole = len(data) - len(data) % LINE_BYTES
        self._write(data[:whole])
        self._rest = data[whole:]

    def _write(self, data: bytes) -> None:
        for at in range(0, len(data), LINE_BYTES):
            line = data[at : at + LINE_BYTES]
            self._lines.append(self._line(self._size, line))
            self._size += len(line)

    def _end_piece(self) -> None:
        self._write(self._rest)
        if self._size:
            self._pieces.append((self._words, self._size, self._lines))
        self._rest, self._size, self._lines = b"", 0, []

    def _line(self, offset: int, data: bytes) -> str:
        raise NotImplementedError


class CArrayCopier(_PieceCopier):
    """`const unsigned char data1[4] = {…};`, an array for each piece. C89 and C++."""

    def _line(self, _offset: int, data: bytes) -> str:
        return "    " + ", ".join(map(_IN_C.__getitem__, data)) + ","

    def text(self) -> str:
        """The arrays, each under a comment."""
        self._end_piece()
        parts = []
        for number, (words, size, lines) in enumerate(self._pieces, start=1):
            lines[-1] = lines[-1].rstrip(",")
            name = f"data{number}" if len(self._pieces) > 1 else "data"
            body = "\n".join(lines)
            parts.append(f"/* {words} */\nconst unsigned char {name}[{size}] = {{\n{body}\n}};\n")
        return "\n".join(parts)


class PythonCopier(_PieceCopier):
    """A bytes literal; of several pieces a list of them. For ast.literal_eval, too."""

    def _line(self, _offset: int, data: bytes) -> str:
        return repr(data)

    def text(self) -> str:
        """The literal, or the list."""
        self._end_piece()
        if not self._pieces:
            return ""
        if len(self._pieces) == 1:
            return self._literal(self._pieces[0][2], "") + "\n"
        parts = [f"    # {words}\n    {self._literal(lines, '    ')},\n" for words, _, lines in self._pieces]
        return "[\n" + "".join(parts) + "]\n"

    @staticmethod
    def _literal(lines: list[str], indent: str) -> str:
        if len(lines) == 1:
            return lines[0]
        return "(\n" + "".join(f"{indent}    {line}\n" for line in lines) + f"{indent})"


class HexDumpCopier(_PieceCopier):
    """Offset, hex and characters, counted anew in each piece."""

    def _line(self, offset: int, data: bytes) -> str:
        return hex_dump_line(offset, data)

    def text(self) -> str:
        """The dumps, each under a line that says what it is."""
        self._end_piece()
        if len(self._pieces) == 1:
            return _lines(self._pieces[0][2])
        return "\n".join(f"{words}\n{_lines(lines)}" for words, _, lines in self._pieces)


_COPIERS: Final[dict[CopyFormat, type[Copier]]] = {
    CopyFormat.HEX: HexCopier,
    CopyFormat.C_ARRAY: CArrayCopier,
    CopyFormat.PYTHON: PythonCopier,
    CopyFormat.HEX_DUMP: HexDumpCopier,
}


def make_copier(format: CopyFormat, encoding: str = "utf-8") -> Copier:  # noqa: A002
    """One for one text; `encoding`, of those that Python knows, is how text is read."""
    return TextCopier(encoding) if format is CopyFormat.TEXT else _COPIERS[format]()


def _lines(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
