"""A first-in, first-out queue of byte blocks that knows its size."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Final

JOIN_BELOW_BYTES: Final = 4096
"""A block smaller than this is copied behind its neighbour: by itself it costs some 250 bytes more than it holds
(measured: a client's 1 MiB of single bytes grew the process by 32 MB)."""
MAX_JOINED_BYTES: Final = 64 << 10
"""Joined blocks are closed at this size (chosen: what is read at once)."""


class ByteQueue:
    """Blocks wait here for a descriptor to take them. One thread. The owner enforces the bound."""

    __slots__ = ("_blocks", "_last_size", "_tail", "size")

    def __init__(self) -> None:
        self._blocks: deque[memoryview] = deque()
        self._tail = bytearray()  # small blocks behind all others, joined; empty where `_blocks` is
        self._last_size = 0
        self.size = 0
        """Bytes waiting."""

    def put(self, data: bytes | memoryview) -> None:
        """Append `data`, which is kept, not copied, unless it is small."""
        size = len(data)
        if size < JOIN_BELOW_BYTES and self._blocks:
            self._tail += data
            if len(self._tail) >= MAX_JOINED_BYTES:
                self._close_tail()
        else:
            self._close_tail()
            self._blocks.append(memoryview(data))
        self._last_size = size
        self.size += size

    def write_to(self, write: Callable[[memoryview], int]) -> int:
        """Hand blocks to the non-blocking `write` until it takes no more; returns how many bytes it took.

        Raises whatever `write` raises, except BlockingIOError.
        """
        taken = 0
        blocks = self._blocks
        self._close_tail()
        try:
            while blocks:
                block = blocks[0]
                count = write(block)
                taken += count
                if count < len(block):
                    blocks[0] = block[count:]
                    break
                blocks.popleft()
        except BlockingIOError:
            pass
        finally:
            self.size -= taken
        return taken

    def drop_last(self) -> int:
        """Throw away what the last `put` appended, right after it; returns how many bytes that was."""
        size, self._last_size = self._last_size, 0
        self._close_tail()
        block = self._blocks.pop()
        if len(block) > size:
            self._blocks.append(block[: len(block) - size])
        self.size -= size
        return size

    def clear(self) -> int:
        """Throw everything away; returns how many bytes that was."""
        size, self.size = self.size, 0
        self._blocks.clear()
        self._tail = bytearray()
        return size

    def _close_tail(self) -> None:
        if self._tail:
            self._blocks.append(memoryview(self._tail))
            self._tail = bytearray()
