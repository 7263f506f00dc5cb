"""The log's chunks grouped into the rows a person reads. Display only: the log is never changed."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from typing import NamedTuple

from .chunk import Direction
from .log import Slab, TrafficLog

SILENCE_NS = 20_000_000
"""Chosen: longer than FTDI's 16 ms latency timer, so that one answer is not torn in two by the adapter."""

MAX_ROW_BYTES = 256
"""Chosen: 768 characters of hex, more than a screen is wide (one 200 KB line froze a text widget 28 s)."""

_EVENT = int(Direction.EVENT)  # plain ints: the loop below runs for each chunk


class Row(NamedTuple):
    """What one line of the log shows."""

    number: int
    """Counts from 0 over the log's life and stays with the row."""
    time_ns: int
    """When the row's first chunk was seen, in ns since the epoch."""
    direction: int
    client: int
    data: bytes
    continued: bool
    """The row goes on where the row before it was full."""
    since_previous_ns: int
    """Since the row before; 0 for the first row ever."""
    since_turn_ns: int
    """Since the first chunk of this run of one direction; 0 for an event before any traffic."""


class Place(NamedTuple):
    """Where a row's bytes are, for as long as the log has them."""

    slab: int
    start: int
    """In the slab's data."""
    end: int


class _SlabRows:
    """The segments of one slab: chunks of one group that lie end to end. A column for each fact.

    A segment is cut into rows by arithmetic, so a chunk costs the same whatever its length.
    """

    __slots__ = ("continued", "first_row", "indexed", "previous_ns", "record", "row", "slab", "turn_ns")

    def __init__(self, slab: Slab, first_row: int, previous_ns: int) -> None:
        self.slab = slab
        self.first_row = first_row
        self.previous_ns = previous_ns
        """The time of the row before this slab's first."""
        self.indexed = 0
        """How many of the slab's chunks are in segments."""
        self.record = array("I")
        """The segment's first chunk."""
        self.row = array("I")
        """The segment's first row, counted from `first_row`."""
        self.continued = array("B")
        self.turn_ns = array("q")


class RowIndex:
    """Finds the rows of a log by number. For the log's own thread.

    A row begins at a change of direction or client, after `silence_ns` without a chunk, and where a
    row has `max_row_bytes`; events and gaps have a row each. `update` takes in what was appended.
    Where the log begins a new slab (each MiB or so) a row may end early and be continued.
    """

    def __init__(
        self, log: TrafficLog, silence_ns: int = SILENCE_NS, max_row_bytes: int = MAX_ROW_BYTES
    ) -> None:
        self.silence_ns = silence_ns
        self.max_row_bytes = max_row_bytes
        self.first_row = 0
        """The number of the oldest row; moves up as the log drops its oldest chunks."""
        self.end_row = 0
        """One past the number of the newest row."""
        self.first_time_ns = 0
        """The time of row 0; 0 before there is one."""
        self._log = log
        self._slabs: list[_SlabRows] = []
        self._first_rows: list[int] = []
        self._next_slab = log.first_slab
        self._last_time_ns = 0
        self._last_direction = -1
        self._last_client = -1
        self._last_row_time_ns = 0
        self._turn_direction = -1
        self._turn_ns = 0

    def update(self) -> None:
        """Take in what the log gained and dropped since the last call. The newest row may grow."""
        log = self._log
        first_slab = log.first_slab
        while self._slabs and self._slabs[0].slab.number < first_slab:
            del self._slabs[0], self._first_rows[0]
        if self._slabs:
            self._take_in(self._slabs[-1])
        for number in range(max(self._next_slab, first_slab), log.end_slab):
            rows = _SlabRows(log.slab(number), self.end_row, self._last_row_time_ns)
            self._slabs.append(rows)
            self._first_rows.append(self.end_row)
            self._take_in(rows)
        self._next_slab = log.end_slab
        self.first_row = self._first_rows[0] if self._first_rows else self.end_row

    def start_new_row(self) -> None:
        """Let the next chunk begin a row of its own, so that the newest row of now stays as it is."""
        self._last_direction = -1

    def row(self, number: int) -> Row:
        """The row `number`, from `first_row` to below `end_row`; IndexError otherwise."""
        if not self.first_row <= number < self.end_row:
            raise IndexError(f"row {number} is not in the log")
        rows = self._slabs[bisect_right(self._first_rows, number) - 1]
        slab = rows.slab
        in_slab = number - rows.first_row
        segment = bisect_right(rows.row, in_slab) - 1
        record = rows.record[segment]
        in_segment = in_slab - rows.row[segment]
        following = segment + 1
        last_record = (rows.record[following] if following < len(rows.record) else rows.indexed) - 1
        end = slab.end_of(last_record)
        start = slab.start[record]
        direction = slab.direction[record]
        time_ns = slab.time_ns[record]
        if direction < _EVENT:
            start += in_segment * self.max_row_bytes
            end = min(end, start + self.max_row_bytes)
        if in_segment:
            previous_ns = time_ns
        elif segment:
            previous_ns = slab.time_ns[rows.record[segment - 1]]
        else:
            previous_ns = rows.previous_ns if number else time_ns
        return Row(
            number,
            time_ns,
            direction,
            slab.client[record],
            bytes(slab.data[start:end]),
            bool(in_segment or rows.continued[segment]),
            time_ns - previous_ns,
            time_ns - rows.turn_ns[segment],
        )

    def _take_in(self, rows: _SlabRows) -> None:
        """Put the slab's new chunks into segments."""
        slab = rows.slab
        end = len(slab)
        if rows.indexed == end:
            return
        max_row_bytes, silence_ns = self.max_row_bytes, self.silence_ns
        last_time_ns, last_direction = self._last_time_ns, self._last_direction
        last_client = self._last_client
        length = row = 0  # of the newest segment: its bytes, and its first row in this slab
        if rows.indexed:
            row = rows.row[-1]
            length = slab.end_of(rows.indexed - 1) - slab.start[rows.record[-1]]
        for record in range(rows.indexed, end):
            time_ns, direction, client = slab.time_ns[record], slab.direction[record], slab.client[record]
            size = slab.end_of(record) - slab.start[record]
            joins = (
                direction == last_direction
                and client == last_client
                and direction < _EVENT
                and time_ns - last_time_ns < silence_ns
            )
            if joins and 0 < length < max_row_bytes:
                length += size
            else:
                if length:
                    row += self._rows_of(length, slab.direction[rows.record[-1]])
                if not self.end_row and not rows.record:
                    self.first_time_ns = time_ns
                if direction < _EVENT and direction != self._turn_direction:
                    self._turn_direction = direction
                    self._turn_ns = time_ns
                rows.record.append(record)
                rows.row.append(row)
                rows.continued.append(joins)
                rows.turn_ns.append(self._turn_ns or time_ns)
                self._last_row_time_ns = time_ns
                length = size
            last_time_ns, last_direction, last_client = time_ns, direction, client
        rows.indexed = end
        self._last_time_ns, self._last_direction = last_time_ns, last_direction
        self._last_client = last_client
        self.end_row = rows.first_row + row + self._rows_of(length, slab.direction[rows.record[-1]])

    def _rows_of(self, length: int, direction: int) -> int:
        """How many rows a segment of `length` bytes makes."""
        return 1 if direction >= _EVENT else -(-length // self.max_row_bytes)

    def place(self, number: int) -> Place:
        """Where the bytes of the row `number` are; IndexError if it is not here."""
        if not self.first_row <= number < self.end_row:
            raise IndexError(f"row {number} is not in the log")
        rows = self._slabs[bisect_right(self._first_rows, number) - 1]
        slab = rows.slab
        in_slab = number - rows.first_row
        segment = bisect_right(rows.row, in_slab) - 1
        start = slab.start[rows.record[segment]]
        following = segment + 1
        last_record = (rows.record[following] if following < len(rows.record) else rows.indexed) - 1
        end = slab.end_of(last_record)
        if slab.direction[rows.record[segment]] < _EVENT:
            start += (in_slab - rows.row[segment]) * self.max_row_bytes
            end = min(end, start + self.max_row_bytes)
        return Place(slab.number, start, end)

    def number_at(self, slab: int, offset: int) -> int:
        """The number of the row with the byte at `offset` of the slab's data; IndexError if there is none."""
        position = slab - self._slabs[0].slab.number if self._slabs else -1
        if not 0 <= position < len(self._slabs):
            raise IndexError(f"slab {slab} has no rows")
        rows = self._slabs[position]
        record = bisect_right(rows.slab.start, offset) - 1
        if not 0 <= record < rows.indexed or offset >= rows.slab.end_of(rows.indexed - 1):
            raise IndexError(f"byte {offset} of slab {slab} is in no row")
        segment = bisect_right(rows.record, record) - 1
        begin = rows.record[segment]
        number = rows.first_row + rows.row[segment]
        if rows.slab.direction[begin] < _EVENT:
            number += (offset - rows.slab.start[begin]) // self.max_row_bytes
        return number
