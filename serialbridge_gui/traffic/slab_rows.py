"""The rows of one slab of the log: where each begins, in a fraction of a byte a row."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from itertools import accumulate
from typing import Final

from .chunk import Direction
from .log import Slab

MAX_SEGMENT_LINES: Final = 16
"""Chosen: a row of lines is found by some 16 calls of bytes.find (2 µs), and costs about a byte of memory."""

MAX_SEARCHED_ROWS: Final = 16
"""Chosen: a segment begins within a line that has more rows, so that no row is sought through more than 4 KiB."""

_WITHIN_LINE = 2
"""In `continued`: the segment begins within a line whose beginning is in this slab, too."""

_EVENT = int(Direction.EVENT)


class SlabRows:
    """The segments of one slab: bytes of one direction and client that lie end to end. A column for each fact.

    A segment is cut into rows of `width` bytes by arithmetic, so a chunk costs the same whatever its length;
    with a delimiter, it holds some whole lines (the newest may be open), which are looked for again when asked
    for, and each of which is cut by arithmetic. An event is one row, however long.
    """

    __slots__ = (
        "_delimiter", "_lines", "_searched", "_self_overlapping", "_width", "continued", "end", "first_row",
        "indexed", "line_open_before", "line_row", "line_start", "previous_ns", "row", "row_count", "slab", "start",
        "tail", "turn_ns",
    )  # fmt: skip

    def __init__(
        self, slab: Slab, first_row: int, previous_ns: int, width: int, delimiter: bytes = b""
    ) -> None:
        """`previous_ns` is the time of the row before this slab's first."""
        self.slab = slab
        self.first_row = first_row
        self.previous_ns = previous_ns
        self.indexed = 0
        """How many of the slab's chunks are in segments."""
        self.end = 0
        """Where in the slab's data the last segment ends."""
        self.row_count = 0
        self.start = array("I")
        """Where in the slab's data each segment begins."""
        self.row = array("I")
        """Each segment's first row, counted from `first_row`."""
        self.continued = array("B")
        """Whether a segment's first row goes on where the row before it was cut: 0, 1, or _WITHIN_LINE."""
        self.turn_ns = array("q")
        """When the segment's direction became what it is."""
        self.line_start = 0
        """Where the newest line begins; it may be empty so far."""
        self.line_row = 0
        self.line_open_before = False
        """Whether the slab begins within a line."""
        self.tail = b""
        """The end of that line, one byte shorter than the delimiter at most: the rest of one may be here."""
        self._width = width
        self._delimiter = delimiter
        self._self_overlapping = any(
            delimiter[:size] == delimiter[-size:] for size in range(1, len(delimiter))
        )
        self._lines = 0
        self._searched = 0

    def follow(self, before: SlabRows) -> None:
        """Take over the line that is open at the end of the slab before."""
        if self._delimiter:
            self.line_open_before = before.line_start < before.end
            tail_start = max(before.line_start, before.end + 1 - len(self._delimiter))
            self.tail = bytes(before.slab.data[tail_start : before.end])

    # ---- finding a row

    def span(self, in_slab: int) -> tuple[int, int, int, bool]:
        """(segment, where in the slab's data the row begins, where it ends, whether it continues one).

        `in_slab` counts from `first_row`, and is below `row_count`.
        """
        segment = bisect_right(self.row, in_slab) - 1
        start, end = self.start[segment], self._segment_end(segment)
        within = in_slab - self.row[segment]
        if self._direction_at(start) >= _EVENT:
            return segment, start, end, False
        width = self._width
        if not self._delimiter:
            start += within * width
            return segment, start, min(end, start + width), within > 0 or bool(self.continued[segment])
        continued = bool(self.continued[segment])
        sought = self._first_sought(segment)
        while True:
            line_end = self._line_end(sought, end)
            rows = -(-(line_end - start) // width)
            if within < rows:
                start += within * width
                return segment, start, min(line_end, start + width), within > 0 or continued
            within -= rows
            start = sought = line_end
            continued = False

    def number_at(self, offset: int) -> int:
        """The row, counted from `first_row`, with the byte at `offset` of the slab's data, which is below `end`."""
        segment = bisect_right(self.start, offset) - 1
        start, row = self.start[segment], self.row[segment]
        if self._direction_at(start) >= _EVENT:
            return row
        if self._delimiter:
            end = self._segment_end(segment)
            sought = self._first_sought(segment)
            while (line_end := self._line_end(sought, end)) <= offset:
                row += -(-(line_end - start) // self._width)
                start = sought = line_end
        return row + (offset - start) // self._width

    def record_at(self, offset: int) -> int:
        """The chunk that has the byte at `offset` of the slab's data."""
        return bisect_right(self.slab.start, offset) - 1

    def _direction_at(self, offset: int) -> int:
        return self.slab.direction[bisect_right(self.slab.start, offset) - 1]

    def _segment_end(self, segment: int) -> int:
        following = segment + 1
        return self.start[following] if following < len(self.start) else self.end

    def _first_sought(self, segment: int) -> int:
        """Where to look for the segment's first delimiter, which may begin before the segment."""
        start = self.start[segment]
        return start + 1 - len(self._delimiter) if self.continued[segment] == _WITHIN_LINE else start

    def _line_end(self, start: int, end: int) -> int:
        found = self.slab.data.find(self._delimiter, start, end)
        return end if found < 0 else found + len(self._delimiter)

    # ---- lines

    def begin_lines(self, start: int, continued: bool, turn_ns: int) -> None:
        """Begin a segment of lines at `start`, which is `end`."""
        self._begin_segment(start, self.row_count, int(continued), turn_ns)
        self.line_start = self._searched = start
        self.line_row = self.row_count

    def _begin_segment(self, start: int, row: int, continued: int, turn_ns: int) -> None:
        self.start.append(start)
        self.row.append(row)
        self.continued.append(continued)
        self.turn_ns.append(turn_ns)
        self._lines = 0

    def extend_lines(self, end: int) -> None:
        """Let the newest segment's bytes go on until `end`, and find the lines that end there."""
        data, delimiter, width = self.slab.data, self._delimiter, self._width
        size = len(delimiter)
        if self.tail:
            self._end_line_begun_before(end)
        if self._lines >= MAX_SEGMENT_LINES and self.line_start < end:
            self._begin_segment(self.line_start, self.line_row, 0, self.turn_ns[-1])
        sought = max(self.line_start, self._searched - size + 1)
        short = end - self.line_start <= width and not self._self_overlapping  # each of its lines has one row
        lines = data.count(delimiter, sought, end) if short else -1
        if 0 < lines <= MAX_SEGMENT_LINES:
            self.tail = b""
            self._lines += lines
            self.line_row += lines
            self.line_start = data.rfind(delimiter, sought, end) + size
        elif lines:
            first = data.find(delimiter, sought, end)
            if first >= 0:
                self.tail = b""
                self._end_line(first + size)
                self._add_lines(end)
            self._cut_line(end)
        self._searched = self.end = end
        self.row_count = self.line_row - (self.line_start - end) // width

    def _end_line_begun_before(self, end: int) -> None:
        """See whether the open line ends by a delimiter that begins in the slab before."""
        size = len(self._delimiter)
        head_end = self.line_start + size - 1
        found = (self.tail + self.slab.data[self.line_start : min(end, head_end)]).find(self._delimiter)
        if found >= 0:
            self._end_line(self.line_start + found + size - len(self.tail))
            self._lines = MAX_SEGMENT_LINES  # what follows is a segment of its own
        if found >= 0 or end >= head_end:
            self.tail = b""

    def _end_line(self, line_end: int) -> None:
        """The newest line ends at `line_end`."""
        self._cut_line(line_end)
        self.line_row -= (self.line_start - line_end) // self._width
        self.line_start = self._searched = line_end
        self._lines += 1

    def _cut_line(self, line_end: int) -> None:
        """Begin segments within the newest line, which goes on until `line_end` at least, if it is long."""
        step = MAX_SEARCHED_ROWS * self._width
        start, row = self.start[-1], self.row[-1]
        if start < self.line_start:
            start, row = self.line_start, self.line_row
        while line_end - start > step:
            start += step
            row += MAX_SEARCHED_ROWS
            self._begin_segment(start, row, _WITHIN_LINE, self.turn_ns[-1])

    def _add_lines(self, end: int) -> None:
        """Find the lines that end between `line_start` and `end`."""
        pieces = bytes(self.slab.data[self.line_start : end]).split(self._delimiter)
        size, width = len(self._delimiter), self._width
        sizes = [len(piece) + size for piece in pieces]
        del sizes[-1]  # the line that is still open
        if sizes and max(sizes) > MAX_SEARCHED_ROWS * width:
            for line in sizes:
                if self._lines >= MAX_SEGMENT_LINES:
                    self._begin_segment(self.line_start, self.line_row, 0, self.turn_ns[-1])
                self._end_line(self.line_start + line)
            return
        starts = list(accumulate(sizes, initial=self.line_start))
        if not sizes or max(sizes) <= width:
            rows = list(range(self.line_row, self.line_row + len(starts)))
        else:
            rows = list(accumulate((-(-line // width) for line in sizes), initial=self.line_row))
        self.line_start, self.line_row = starts[-1], rows[-1]
        if self._lines + len(sizes) <= MAX_SEGMENT_LINES:
            self._lines += len(sizes)
            return
        if starts[-1] == end:  # a segment is never empty
            del starts[-1], rows[-1]
        self.start.extend(starts[::MAX_SEGMENT_LINES])
        self.row.extend(rows[::MAX_SEGMENT_LINES])
        added = len(range(0, len(starts), MAX_SEGMENT_LINES))
        self.continued.extend([0] * added)
        self.turn_ns.extend([self.turn_ns[-1]] * added)
        self._lines = len(sizes) - (added - 1) * MAX_SEGMENT_LINES
