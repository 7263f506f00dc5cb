"""What was seen, chunk by chunk, within a fixed budget of bytes and of records."""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Iterator

from .chunk import TapEntry

MAX_LOG_BYTES = 64 << 20
"""Chosen: an hour and a half of 115200 baud, and small beside a desktop program's own 100 MB."""

MAX_LOG_RECORDS = 1_000_000
"""Chosen: with one byte a record the log then takes some 20 MB (measured)."""

SLAB_BYTES = 1 << 20
SLAB_RECORDS = 16_384
"""Chosen: a slab is what leaves at once, about a 64th of the log by either measure."""

SLABS_PER_BUDGET = 16
"""A small budget is cut into at least so many slabs, so that a full log never loses much at once."""


class Slab:
    """Consecutive chunks: their bytes end to end, and a column for each of their other facts."""

    __slots__ = ("client", "data", "direction", "number", "start", "time_ns")

    def __init__(self, number: int) -> None:
        self.number = number
        """Counts up from 0 over the log's life."""
        self.data = bytearray()
        self.time_ns = array("q")
        self.start = array("I")
        """Where in `data` each chunk begins; it ends where the next one begins."""
        self.direction = array("B")
        self.client = array("I")

    def __len__(self) -> int:
        """How many chunks are here."""
        return len(self.time_ns)

    def end_of(self, record: int) -> int:
        """Where in `data` the chunk `record` (from 0) ends."""
        following = record + 1
        return self.start[following] if following < len(self.start) else len(self.data)


class TrafficLog:
    """The newest chunks seen; the oldest slab leaves when either budget would be passed.

    For one thread alone: nothing here is locked.
    """

    def __init__(self, max_bytes: int = MAX_LOG_BYTES, max_records: int = MAX_LOG_RECORDS) -> None:
        """`max_bytes` counts the chunks' own bytes; both budgets are at least 1."""
        self.record_count = 0
        self.byte_count = 0
        self.left_records = 0
        """Chunks that were appended once and are here no more."""
        self.left_bytes = 0
        self._slabs: deque[Slab] = deque()
        self._end_slab = 0
        self.set_budget(max_bytes, max_records)

    def set_budget(self, max_bytes: int, max_records: int) -> None:
        """Hold so much from now on, each at least 1; what is beyond that leaves at once. Raises ValueError."""
        if max_bytes < 1 or max_records < 1:
            raise ValueError("a log holds at least one byte and one record")
        self.max_bytes = max_bytes
        self.max_records = max_records
        self._slab_bytes = min(SLAB_BYTES, max(1, max_bytes // SLABS_PER_BUDGET))
        self._slab_records = min(SLAB_RECORDS, max(1, max_records // SLABS_PER_BUDGET))
        while self.byte_count > max_bytes or self.record_count > max_records:
            self._drop_oldest()

    @property
    def first_slab(self) -> int:
        """The number of the oldest slab still here; equals `end_slab` when the log is empty."""
        return self._end_slab - len(self._slabs)

    @property
    def end_slab(self) -> int:
        """One past the number of the newest slab."""
        return self._end_slab

    def slab(self, number: int) -> Slab:
        """The slab `number`, from `first_slab` to below `end_slab`; to be read, never changed."""
        position = number - self.first_slab
        if not 0 <= position < len(self._slabs):
            raise IndexError(f"slab {number} is not in the log")
        return self._slabs[position]

    def entries_from(self, first_record: int = 0) -> tuple[int, Iterator[TapEntry]]:
        """How many chunks the log has now from `first_record` on (counted over its life), and those, one by one.

        What leaves the log meanwhile is held until it was given: at most `max_bytes` more in memory.
        """
        slabs = deque((slab, len(slab)) for slab in self._slabs)
        skip = max(0, first_record - self.left_records)
        while slabs and skip >= slabs[0][1]:
            skip -= slabs.popleft()[1]
        return sum(length for _, length in slabs) - skip, _entries(slabs, skip)

    def append(self, time_ns: int, direction: int, client: int, data: bytes) -> None:
        """Add a chunk at the end. `time_ns` is since the epoch; an empty chunk leaves no record.

        Of a chunk larger than the whole budget the end is kept; its beginning counts as left.
        """
        size = len(data)
        if not size:
            return
        if size > self.max_bytes:
            self.left_bytes += size - self.max_bytes
            data = data[-self.max_bytes :]
            size = self.max_bytes
        while self.byte_count + size > self.max_bytes or self.record_count >= self.max_records:
            self._drop_oldest()
        slab = self._slabs[-1] if self._slabs else self._open_slab()
        filled = len(slab.data)
        if filled and (filled + size > self._slab_bytes or len(slab.time_ns) >= self._slab_records):
            slab = self._open_slab()
            filled = 0
        slab.start.append(filled)
        slab.data += data
        slab.time_ns.append(time_ns)
        slab.direction.append(direction)
        slab.client.append(client)
        self.byte_count += size
        self.record_count += 1

    def _open_slab(self) -> Slab:
        slab = Slab(self._end_slab)
        self._slabs.append(slab)
        self._end_slab += 1
        return slab

    def _drop_oldest(self) -> None:
        slab = self._slabs.popleft()
        self.byte_count -= len(slab.data)
        self.record_count -= len(slab)
        self.left_bytes += len(slab.data)
        self.left_records += len(slab)


def _entries(slabs: deque[tuple[Slab, int]], first: int) -> Iterator[TapEntry]:
    """The chunks of these slabs, of each so many, from the `first` of the first slab on."""
    while slabs:
        slab, length = slabs.popleft()
        data, time_ns, direction, client = slab.data, slab.time_ns, slab.direction, slab.client
        for record in range(first, length):
            chunk = bytes(data[slab.start[record] : slab.end_of(record)])
            yield time_ns[record], direction[record], client[record], chunk
        first = 0
