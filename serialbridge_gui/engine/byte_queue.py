"""A first-in, first-out queue of byte blocks that knows its size."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable


class ByteQueue:
    """Blocks wait here for a descriptor to take them. One thread. The owner enforces the bound."""

    __slots__ = ("_blocks", "size")

    def __init__(self) -> None:
        self._blocks: deque[memoryview] = deque()
        self.size = 0
        """Bytes waiting."""

    def put(self, data: bytes | memoryview) -> None:
        """Append `data`, which is kept, not copied."""
        self._blocks.append(memoryview(data))
        self.size += len(data)

    def write_to(self, write: Callable[[memoryview], int]) -> int:
        """Hand blocks to the non-blocking `write` until it takes no more; returns how many bytes it took.

        Raises whatever `write` raises, except BlockingIOError.
        """
        taken = 0
        blocks = self._blocks
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
        """Throw the newest block away; returns its size."""
        size = len(self._blocks.pop())
        self.size -= size
        return size

    def clear(self) -> int:
        """Throw everything away; returns how many bytes that was."""
        size, self.size = self.size, 0
        self._blocks.clear()
        return size
