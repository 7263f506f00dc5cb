"""A row of the log as the words of its cells."""

from __future__ import annotations

from enum import Enum, IntEnum, auto
from html import escape

from PySide6.QtCore import QObject

from serialbridge_gui.traffic.chunk import LOCAL, NO_CLIENT, Direction
from serialbridge_gui.traffic.rows import Row
from serialbridge_gui.traffic.text import (
    Encoding,
    cut_to_width,
    make_visible,
    split_at_width,
    to_hex,
    to_mixed,
    to_text,
)

from .log_time import TimeFormatter, TimeMode


class Column(IntEnum):
    """The table's columns, from the left."""

    NUMBER = 0
    TIME = 1
    ROUTE = 2
    CLIENT = 3
    SIZE = 4
    HEX = 5
    TEXT = 6
    """In ViewMode.MIXED this one shows the mixture."""


class ViewMode(Enum):
    """How the bytes are shown."""

    HEX = auto()
    TEXT = auto()
    BOTH = auto()
    MIXED = auto()


MAX_CELL_CHARACTERS = 1024
"""Shown when the view has not said how many fit: a whole row in hex has 767."""

_MAX_PLURAL = 2**31 - 1  # Qt's %n is a C int

# Plain ints: these are compared for each cell of a repaint, and enum members take longer.
_NUMBER, _TIME, _ROUTE, _CLIENT, _SIZE, _HEX, _TEXT = (int(column) for column in Column)
_SERIAL_TO_TCP, _TCP_TO_SERIAL = int(Direction.SERIAL_TO_TCP), int(Direction.TCP_TO_SERIAL)
_EVENT, _GAP = int(Direction.EVENT), int(Direction.GAP)


class LogCells(QObject):
    """Writes the cells of rows, cut to what can be seen. GUI thread only; keeps no row."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.view_mode = ViewMode.BOTH
        self.encoding = Encoding.UTF_8
        self.time = TimeFormatter()
        self.pictures = True
        """Whether the view's fonts have ␍ and its like; without, ← and ↓ stand for them."""
        self.fits = {_HEX: MAX_CELL_CHARACTERS, _TEXT: MAX_CELL_CHARACTERS}
        """How many characters of a column can be seen."""
        self.titles: list[str] = []
        self.retranslate()

    def shows_column(self, column: int) -> bool:
        """Whether the view mode has this column."""
        if column == _HEX:
            return self.view_mode in (ViewMode.HEX, ViewMode.BOTH)
        return column != _TEXT or self.view_mode is not ViewMode.HEX

    def cell(self, row: Row, column: int) -> str:
        """What a cell shows."""
        if column == _NUMBER:
            return str(row.number + 1)
        if column == _TIME:
            return self.time.format(row)
        if row.direction >= _EVENT:
            return self._sentence_part(row, column)
        if column == _HEX:
            return self._cut(to_hex(row.data[: self.fits[_HEX] // 3 + 2]), _HEX)
        if column == _TEXT:
            if self.view_mode is ViewMode.MIXED:
                return self._cut(to_mixed(row.data[: self.fits[_TEXT] + 1]), _TEXT)
            fits = self.fits[_TEXT]
            text = to_text(row.data, fits + 1, self.pictures, self.encoding, row.before)
            return cut_to_width(text, fits)
        if column == _ROUTE:
            return self._routes[row.direction]
        if column == _SIZE:
            return str(len(row.data))
        return self._client(row)

    def _sentence_part(self, row: Row, column: int) -> str:
        """In BOTH a sentence begins in the hex column, where it is seen, and goes on in the text column."""
        if column not in (_HEX, _TEXT):
            return ""
        sentence = self.sentence(row)
        if self.view_mode is not ViewMode.BOTH:
            return self._cut(sentence, column)
        begin, rest = split_at_width(sentence, self.fits[_HEX])
        return begin if column == _HEX else self._cut(rest, _TEXT)

    def _cut(self, text: str, column: int) -> str:
        """The text with … where it is cut. The view could do it, by laying out all of it twice more."""
        return cut_to_width(text, self.fits[column])

    def _client(self, row: Row) -> str:
        if row.client & LOCAL:
            number = row.client & ~LOCAL
            if row.direction == _TCP_TO_SERIAL:
                return self._local
            return self._local_to.format(target=f"#{number}" if number else self._all_clients)
        if row.client != NO_CLIENT:
            return f"#{row.client}"
        return self._all_clients if row.direction == _SERIAL_TO_TCP else ""

    def sentence(self, row: Row) -> str:
        """What an event or a gap says, in full; "" for traffic."""
        if row.direction == _EVENT:
            return make_visible(row.data.decode("utf-8", "replace"))
        if row.direction == _GAP:
            count = int(row.data) if row.data.isdigit() else 0
            return self.tr("%n bytes not shown", "", min(count, _MAX_PLURAL))
        return ""

    def words(self, row: Row, column: int, tool_tip: bool) -> str | None:
        """What a cell says in its tooltip, or to a screen reader; None for what it shows anyway."""
        if column == _ROUTE:
            return self._route_words[row.direction]
        if row.direction >= _EVENT:
            if column not in (_HEX, _TEXT):
                return None
            # Qt takes a tooltip for HTML when it looks like it; as HTML in full it is sure to read as typed.
            return f"<p>{escape(self.sentence(row))}</p>" if tool_tip else self.sentence(row)
        return self.cell(row, column) if not tool_tip else None

    def line(self, row: Row) -> str:
        """The row in full: the columns of the view mode with a tab between."""
        fits, self.fits = self.fits, {_HEX: MAX_CELL_CHARACTERS, _TEXT: MAX_CELL_CHARACTERS}
        try:
            return "\t".join(self.cell(row, column) for column in Column if self.shows_column(column))
        finally:
            self.fits = fits

    def retranslate(self) -> None:
        """Make the words again: after a change of language, and of what a title says."""
        time_titles = {
            TimeMode.ABSOLUTE: self.tr("Time"),
            TimeMode.RELATIVE: self.tr("Time (s)"),
            TimeMode.SINCE_PREVIOUS: self.tr("Since row (s)"),
            TimeMode.SINCE_TURN: self.tr("Since turn (s)"),
        }
        mixed = self.view_mode is ViewMode.MIXED
        self.titles = [
            self.tr("#"),
            time_titles[self.time.mode],
            self.tr("Route"),
            self.tr("Client"),
            self.tr("Bytes"),
            self.tr("Hex"),
            self.tr("Mixed") if mixed else self.tr("Text"),
        ]
        self._routes = {_SERIAL_TO_TCP: self.tr("S→N ▶"), _TCP_TO_SERIAL: self.tr("N→S ◀")}
        self._route_words = {
            _SERIAL_TO_TCP: self.tr("Serial→Net"),
            _TCP_TO_SERIAL: self.tr("Net→Serial"),
            _EVENT: self.tr("Event"),
            _GAP: self.tr("Not shown"),
        }
        self._all_clients = self.tr("all")
        self._local = self.tr("local")
        self._local_to = self.tr("local→{target}")
