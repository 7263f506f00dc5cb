"""A chunk of traffic as it leaves the byte path, and the tap that carries it to whoever watches."""

from __future__ import annotations

from collections import deque
from enum import IntEnum

from serialbridge_gui.traffic.clock import time_ns


class Direction(IntEnum):
    """Which way a chunk went, or what stands in its place in the log."""

    SERIAL_TO_TCP = 0
    TCP_TO_SERIAL = 1
    EVENT = 2
    """Not traffic: a sentence (UTF-8) about something that happened between two chunks."""
    GAP = 3
    """Not traffic: the display missed bytes here; the text (ASCII digits) is how many."""


NO_CLIENT = 0
"""The client number of a chunk that belongs to no single client (clients count from 1)."""

LOCAL = 1 << 31
"""Added to the client number of a chunk that was sent by hand, from this program: `LOCAL | 2` went to, `LOCAL`
alone to nobody or everybody in particular. Client numbers stay below it."""

TapEntry = tuple[int, int, int, bytes]
"""(time in ns since the epoch, Direction, client number, the bytes). A plain tuple: it is made per chunk."""

MAX_TAP_BYTES = 8 << 20
"""Bound of a tap (chosen: 1.6 s of 5 MB/s, longer than any pause of a window that is alive)."""

ENTRY_OVERHEAD_BYTES = 128
"""What an entry costs beside its bytes: tuple, int and bytes headers, 64-bit CPython 3.11 (sys.getsizeof)."""


class Tap:
    """A bounded queue from one bridge thread (`put`) to one reader in another thread (`drain`).

    Without a lock: each counter has one writer, and the deque's ends are atomic in CPython.
    When full the oldest entries leave and are counted; forwarding is never held back.
    """

    __slots__ = ("_entries", "_put_bytes", "_read_bytes", "_skipped_cost", "max_bytes", "skipped_bytes")

    def __init__(self, max_bytes: int = MAX_TAP_BYTES) -> None:
        self.max_bytes = max_bytes
        self.skipped_bytes = 0
        """Traffic bytes that left unread since the start; written by the putting thread alone."""
        self._entries: deque[TapEntry] = deque()
        self._put_bytes = 0
        self._read_bytes = 0
        self._skipped_cost = 0

    def put(self, direction: int, client: int, data: bytes) -> None:
        """Append a chunk. Bridge thread only. Never waits."""
        self._entries.append((time_ns(), direction, client, data))
        self._put_bytes += len(data) + ENTRY_OVERHEAD_BYTES
        if self._put_bytes - self._read_bytes - self._skipped_cost > self.max_bytes:
            self._skip_oldest()

    def put_entry(self, entry: TapEntry) -> None:
        """As `put`, of an entry that others have too. Bridge thread only. Never waits."""
        self._entries.append(entry)
        self._put_bytes += len(entry[3]) + ENTRY_OVERHEAD_BYTES
        if self._put_bytes - self._read_bytes - self._skipped_cost > self.max_bytes:
            self._skip_oldest()

    def _skip_oldest(self) -> None:
        while self._put_bytes - self._read_bytes - self._skipped_cost > self.max_bytes // 2:
            try:
                data = self._entries.popleft()[3]
            except IndexError:
                return  # the reader took them meanwhile
            self._skipped_cost += len(data) + ENTRY_OVERHEAD_BYTES
            self.skipped_bytes += len(data)

    @property
    def fill_bytes(self) -> int:
        """What waits in it, of `max_bytes`: the chunks with what each costs beside its bytes. Any thread; a moment."""
        return max(0, self._put_bytes - self._read_bytes - self._skipped_cost)

    def drain(self, max_entries: int = 1_000_000) -> list[TapEntry]:
        """The entries since the last call, oldest first, at most `max_entries`. Reader's thread only."""
        entries: list[TapEntry] = []
        take, append = self._entries.popleft, entries.append
        try:
            for _ in range(max_entries):
                entry = take()
                self._read_bytes += len(entry[3]) + ENTRY_OVERHEAD_BYTES
                append(entry)
        except IndexError:
            pass
        return entries
