"""The log's chunks grouped into the rows a person reads. Display only: the log is never changed."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from time import perf_counter
from typing import NamedTuple

from .chunk import Direction
from .grouping import MAX_ROW_BYTES, GroupBy, Grouping
from .log import TrafficLog
from .slab_rows import SlabRows
from .text import CONTEXT_BYTES

MAX_ROWS = 8_000_000
"""Chosen: 64 MiB in lines of 8 bytes. One byte a row would make 64 million, for each of which a table of Qt's
before 6.9 keeps a record."""

_BATCH_RECORDS = 512
_BATCH_BYTES = 16_384
"""Between two looks at the clock: 0.3 ms of chunks, or of lines that are not all shorter than 4 bytes."""

_EVER = 1 << 62
_EVENT = int(Direction.EVENT)  # plain ints: the loops below run for each chunk


class Row(NamedTuple):
    """What one line of the log shows."""

    number: int
    """Counts from 0 over the index's life and stays with the row."""
    time_ns: int
    """When the chunk with the row's first byte was seen, in ns since the epoch."""
    direction: int
    client: int
    data: bytes
    continued: bool
    """The row goes on where the row before it was full."""
    since_previous_ns: int
    """Since the row before; 0 for the first row ever."""
    since_turn_ns: int
    """Since the first chunk of this run of one direction; 0 for an event before any traffic."""
    before: bytes = b""
    """What came before in this direction from or to this client, as far as it lies there: for text.to_text."""


class Place(NamedTuple):
    """Where a row's bytes are, for as long as the log has them."""

    slab: int
    start: int
    """In the slab's data."""
    end: int


class RowIndex:
    """Finds the rows of a log by number. For the log's own thread.

    A row begins at a change of direction or client, where the grouping says, and where a row has
    `max_row_bytes`; events and gaps have a row each. `update` takes in what was appended.
    Where the log begins a new slab (each MiB or so) a row may end early and be continued.
    Of more than MAX_ROWS the oldest leave, a slab's at a time.
    """

    def __init__(
        self,
        log: TrafficLog,
        grouping: Grouping = Grouping(),
        max_row_bytes: int = MAX_ROW_BYTES,
        max_rows: int = MAX_ROWS,
        breaks: tuple[tuple[int, int], ...] = (),
    ) -> None:
        """`breaks` are ends that another index of this log had (`end`): a row begins there, too."""
        self.grouping = grouping
        self.max_row_bytes = max_row_bytes
        self.end_row = 0
        """One past the number of the newest row."""
        self.first_time_ns = 0
        """The time of row 0; 0 before there is one."""
        self.log = log
        self._max_rows = max_rows
        self._breaks = breaks
        self._slabs: list[SlabRows] = []
        self._first_rows: list[int] = []
        self._next_slab = log.first_slab
        self._last_time_ns = 0
        self._last_direction = -1
        self._last_client = -1
        self._last_row_time_ns = 0
        self._turn_direction = -1
        self._turn_ns = 0
        by = grouping.by
        self._silence_ns = grouping.silence_ms * 1_000_000
        if by is not GroupBy.SILENCE:
            self._silence_ns = -_EVER if by is GroupBy.CHUNK else _EVER
        self._width = grouping.length if by is GroupBy.LENGTH else max_row_bytes
        self._full = _EVER if by is GroupBy.LENGTH else max_row_bytes
        self._delimiter = grouping.delimiter if by is GroupBy.DELIMITER else b""

    # ---- taking in

    def update(self, deadline_s: float | None = None) -> bool:
        """Take in what the log gained and dropped since the last call. The newest row may grow.

        False: `deadline_s` (of time.perf_counter) came, and there is more to take in.
        """
        first_slab = self.log.first_slab
        while self._slabs and self._slabs[0].slab.number < first_slab:
            del self._slabs[0], self._first_rows[0]
        self._next_slab = max(self._next_slab, first_slab)
        while True:
            if self._slabs and not self._take_in(self._slabs[-1], deadline_s):
                return False
            while len(self._slabs) > 1 and self.end_row - self.first_row > self._max_rows:
                del self._slabs[0], self._first_rows[0]
            if self._next_slab >= self.log.end_slab:
                return True
            self._open_slab()

    def start_new_row(self) -> None:
        """Let the next chunk begin a row of its own, so that the newest row of now stays as it is."""
        self._last_direction = -1

    def _open_slab(self) -> None:
        slab = self.log.slab(self._next_slab)
        rows = SlabRows(slab, self.end_row, self._last_row_time_ns, self._width, self._delimiter)
        if self._slabs:
            rows.follow(self._slabs[-1])
        self._slabs.append(rows)
        self._first_rows.append(self.end_row)
        self._next_slab += 1

    def _take_in(self, rows: SlabRows, deadline_s: float | None) -> bool:
        """Put the slab's new chunks into segments; False when the deadline came first."""
        slab = rows.slab
        end = len(slab)
        group = self._group_lines if self._delimiter else self._group_chunks
        stops = [record for number, record in self._breaks if number == slab.number and record > rows.indexed]
        while rows.indexed < end:
            begin = rows.indexed
            if (slab.number, begin) in self._breaks:
                self.start_new_row()
            stop = min(begin + _BATCH_RECORDS, end, *stops) if stops else min(begin + _BATCH_RECORDS, end)
            stops = [record for record in stops if record > stop]
            if self._delimiter:
                stop = max(begin + 1, bisect_left(slab.start, slab.start[begin] + _BATCH_BYTES, begin, stop))
            group(rows, begin, stop)
            rows.indexed = stop
            self.end_row = rows.first_row + rows.row_count
            if deadline_s is not None and perf_counter() >= deadline_s:
                break
        if rows.row_count:
            _, start, _, _ = rows.span(rows.row_count - 1)
            self._last_row_time_ns = slab.time_ns[rows.record_at(start)]
        return rows.indexed == end

    def _group_chunks(self, rows: SlabRows, begin: int, stop: int) -> None:
        """The chunks from `begin` to before `stop`, where chunks alone and arithmetic make the rows."""
        slab = rows.slab
        width, full, silence_ns = self._width, self._full, self._silence_ns
        last_time_ns, last_direction = self._last_time_ns, self._last_direction
        last_client = self._last_client
        row = rows.row_count
        length, is_event = 0, False  # of the newest segment
        if rows.start:
            length, row = rows.end - rows.start[-1], rows.row[-1]
            is_event = slab.direction[begin - 1] >= _EVENT  # last_direction is -1 where a new row was asked for
        ends = slab.start[begin + 1 : stop + 1]
        if len(ends) < stop - begin:
            ends.append(len(slab.data))
        start = slab.start[begin]
        facts = zip(
            slab.time_ns[begin:stop], slab.direction[begin:stop], slab.client[begin:stop], ends, strict=True
        )
        for time_ns, direction, client, end in facts:
            joins = (
                direction == last_direction
                and client == last_client
                and direction < _EVENT
                and time_ns - last_time_ns < silence_ns
            )
            if joins and 0 < length < full:
                length += end - start
            else:
                if length:
                    row += 1 if is_event else -(-length // width)
                self._note_turn(time_ns, direction, row)
                rows.start.append(start)
                rows.row.append(row)
                rows.continued.append(joins)
                rows.turn_ns.append(self._turn_ns or time_ns)
                length, is_event = end - start, direction >= _EVENT
            last_time_ns, last_direction, last_client = time_ns, direction, client
            start = end
        rows.end = start
        rows.row_count = row + (1 if is_event else -(-length // width))
        self._last_time_ns, self._last_direction, self._last_client = last_time_ns, last_direction, last_client

    def _group_lines(self, rows: SlabRows, begin: int, stop: int) -> None:
        """The chunks from `begin` to before `stop`, where a delimiter makes the rows: run by run."""
        slab = rows.slab
        record = begin
        while record < stop:
            direction, client = slab.direction[record], slab.client[record]
            following = record + 1
            if direction >= _EVENT:
                self._note_turn(slab.time_ns[record], direction, rows.row_count)
                rows.begin_lines(slab.start[record], False, self._turn_ns or slab.time_ns[record])
                rows.end = slab.end_of(record)
                rows.row_count += 1
            else:
                while (
                    following < stop
                    and slab.direction[following] == direction
                    and slab.client[following] == client
                ):
                    following += 1
                joins = direction == self._last_direction and client == self._last_client
                if not joins or not rows.start:
                    if not joins:
                        rows.tail = b""
                    self._note_turn(slab.time_ns[record], direction, rows.row_count)
                    continued = joins and rows.line_open_before
                    rows.begin_lines(slab.start[record], continued, self._turn_ns)
                rows.extend_lines(slab.end_of(following - 1))
            self._last_direction, self._last_client = direction, client
            record = following

    def _note_turn(self, time_ns: int, direction: int, row: int) -> None:
        if not self.end_row and not row and not self.first_time_ns:
            self.first_time_ns = time_ns
        if direction < _EVENT and direction != self._turn_direction:
            self._turn_direction = direction
            self._turn_ns = time_ns

    # ---- finding rows

    @property
    def first_row(self) -> int:
        """The number of the oldest row; moves up as the log drops its oldest chunks."""
        return self._first_rows[0] if self._first_rows else self.end_row

    @property
    def end(self) -> tuple[int, int]:
        """(slab, chunk in it): one past what was taken in, for another index's `breaks`."""
        if not self._slabs:
            return self._next_slab, 0
        return self._slabs[-1].slab.number, self._slabs[-1].indexed

    @property
    def left_out_bytes(self) -> int:
        """How many of the log's oldest bytes have no row, because there are too many rows."""
        if not self._slabs:
            return 0
        slabs = range(self.log.first_slab, self._slabs[0].slab.number)
        return sum(len(self.log.slab(number).data) for number in slabs)

    def row(self, number: int) -> Row:
        """The row `number`, from `first_row` to below `end_row`; IndexError otherwise."""
        rows = self._rows_with(number)
        slab = rows.slab
        in_slab = number - rows.first_row
        segment, start, end, continued = rows.span(in_slab)
        record = rows.record_at(start)
        time_ns = slab.time_ns[record]
        if in_slab:
            previous_ns = slab.time_ns[rows.record_at(rows.span(in_slab - 1)[1])]
        else:
            previous_ns = rows.previous_ns if number else time_ns
        direction, client = slab.direction[record], slab.client[record]
        stream_start = rows.start[segment]
        if record and start - stream_start < CONTEXT_BYTES:
            before = rows.record_at(stream_start) - 1
            if before >= 0 and slab.direction[before] == direction and slab.client[before] == client:
                stream_start = slab.start[before]
        return Row(
            number,
            time_ns,
            direction,
            client,
            bytes(slab.data[start:end]),
            continued,
            time_ns - previous_ns,
            time_ns - rows.turn_ns[segment],
            bytes(slab.data[max(stream_start, start - CONTEXT_BYTES) : start]),
        )

    def place(self, number: int) -> Place:
        """Where the bytes of the row `number` are; IndexError if it is not here."""
        rows = self._rows_with(number)
        _, start, end, _ = rows.span(number - rows.first_row)
        return Place(rows.slab.number, start, end)

    def of_slab(self, slab: int) -> SlabRows:
        """The rows of one slab, which are found quicker there than by `place`; IndexError if it has none here."""
        position = slab - self._slabs[0].slab.number if self._slabs else -1
        if not 0 <= position < len(self._slabs):
            raise IndexError(f"slab {slab} has no rows")
        return self._slabs[position]

    def number_at(self, slab: int, offset: int) -> int:
        """The number of the row with the byte at `offset` of the slab's data; IndexError if there is none."""
        position = slab - self._slabs[0].slab.number if self._slabs else -1
        if 0 <= position < len(self._slabs) and 0 <= offset < self._slabs[position].end:
            rows = self._slabs[position]
            return rows.first_row + rows.number_at(offset)
        raise IndexError(f"byte {offset} of slab {slab} is in no row")

    def number_from(self, slab: int, record: int) -> int:
        """The number of the first row whose bytes begin with or after the chunk `record`; the slab may have left."""
        for rows in self._slabs:
            if rows.slab.number == slab and record < rows.indexed:
                return rows.first_row + rows.number_at(rows.slab.start[record])
            if rows.slab.number > slab and rows.row_count:
                return rows.first_row
        return self.end_row

    def _rows_with(self, number: int) -> SlabRows:
        if not self.first_row <= number < self.end_row:
            raise IndexError(f"row {number} is not in the log")
        return self._slabs[bisect_right(self._first_rows, number) - 1]
