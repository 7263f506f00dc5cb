"""This program's csv captures as the traffic they hold. Columns may stand in any order, and others between them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Final

from serialbridge_gui.traffic.capture_error import CaptureError, CaptureFault
from serialbridge_gui.traffic.chunk import LOCAL, NO_CLIENT, Direction, TapEntry
from serialbridge_gui.traffic.text_formats import without_apostrophe
from serialbridge_gui.words import tr as _tr

_DIRECTIONS: Final = {
    "serial_to_tcp": Direction.SERIAL_TO_TCP, "tcp_to_serial": Direction.TCP_TO_SERIAL,
    "event": Direction.EVENT, "gap": Direction.GAP,
}  # fmt: skip
_TIME: Final = re.compile(r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(?:\.(\d{1,9})\d*)?(Z|[+-]\d\d:\d\d)?", re.ASCII)
_CLIENT: Final = re.compile(r"(local)? ?(\d{0,9})", re.ASCII)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NEEDED: Final = ("time", "direction", "hex")


class CsvReader:
    """Iterate it once: lines in, entries out. Raises CaptureError. Rows of one chunk are given one by one."""

    MAX_LINE_BYTES: Final = 256 << 10
    """The writer's longest row has 8192 bytes: 25 KB of hex, and 50 KB of text where all of it is quotes."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        """`lines` are no longer than MAX_LINE_BYTES each."""
        self._lines = lines
        self._line = 0
        self.cut = False
        """Whether the last row was not whole; known at the end."""

    def __iter__(self) -> Iterator[TapEntry]:
        lines = iter(self._lines)
        self._line = 1
        first = next(lines, b"")
        delimiter = ";" if b";" in first else ","  # a spreadsheet may have saved it again
        names = [name.strip().lower() for name in self._cells(first.removeprefix(b"\xef\xbb\xbf"), delimiter)]
        if not set(_NEEDED) <= set(names):
            raise CaptureError(CaptureFault.UNKNOWN)
        for line in lines:
            self._line += 1
            whole = line.endswith(b"\n")
            if not line.strip():
                continue
            try:
                cells = dict(zip(names, self._cells(line, delimiter), strict=False))
                entry = self._entry(cells)
            except CaptureError:
                if whole or len(line) >= self.MAX_LINE_BYTES:
                    raise
                self.cut = True
                return
            if not whole and (entry is None or entry[1] > Direction.TCP_TO_SERIAL or "length" not in cells):
                self.cut = True  # who knows what is missing; a row of bytes has their number
            elif entry is not None:
                yield entry

    def _cells(self, line: bytes, delimiter: str) -> list[str]:
        if len(line) >= self.MAX_LINE_BYTES:
            raise self._broken(_tr("a line without an end")) if self._line > 1 else CaptureError(CaptureFault.UNKNOWN)
        try:
            rows = list(csv.reader([line.decode("utf-8", "replace")], delimiter=delimiter))
        except csv.Error as error:
            raise self._broken(str(error)) from error
        return rows[0] if rows else []

    def _entry(self, cells: dict[str, str]) -> TapEntry | None:
        direction = _DIRECTIONS.get(cells.get("direction", ""))
        if direction is None:
            raise self._broken(_tr("a direction that is none"))
        time_ns = self._time_ns(cells.get("time", ""))
        if direction is Direction.EVENT:
            return time_ns, direction, NO_CLIENT, without_apostrophe(cells.get("text", "")).encode("utf-8", "replace")
        if direction is Direction.GAP:
            count = cells.get("length", "")
            return time_ns, direction, NO_CLIENT, count.encode() if count.isascii() and count.isdecimal() else b"0"
        try:
            data = bytes.fromhex(cells.get("hex", ""))
        except ValueError:
            raise self._broken(_tr("a byte that is not hex")) from None
        if str(len(data)) != cells.get("length", str(len(data))):
            raise self._broken(_tr("a length that is not that of its bytes"))
        who = _CLIENT.fullmatch(cells.get("client", ""))
        client = NO_CLIENT if who is None else int(who[2] or 0) + (LOCAL if who[1] else 0)
        return (time_ns, direction, client, data) if data else None

    def _time_ns(self, text: str) -> int:
        parts = _TIME.fullmatch(text)
        try:
            moment = datetime.fromisoformat("" if parts is None else parts[1] + (parts[3] or "Z"))
        except ValueError:
            raise self._broken(_tr("a time that is none")) from None
        assert parts is not None
        since = moment - _EPOCH
        seconds = since.days * 86_400 + since.seconds
        return max(0, min(seconds * 1_000_000_000 + int((parts[2] or "0").ljust(9, "0")), (1 << 63) - 1))

    def _broken(self, what: str) -> CaptureError:
        return CaptureError(CaptureFault.BROKEN, what, self._line)
