"""DeviceQueue: what waits for the device, and how much of it was sent by hand."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from serialbridge_gui.engine.byte_queue import ByteQueue
from serialbridge_gui.engine.counters import Counters


class DeviceQueue(ByteQueue):
    """A ByteQueue that counts apart what did not come from a client. Bridge thread only.

    While nothing was sent by hand it is a ByteQueue and one comparison.
    """

    __slots__ = ("_counters", "_known", "_shares", "by_hand")

    def __init__(self, counters: Counters) -> None:
        super().__init__()
        self.by_hand = 0
        """Bytes waiting that were sent by hand."""
        self._counters = counters
        self._shares: deque[tuple[int, int]] = deque()
        """From the front: so many bytes of clients, then so many sent by hand. Of clients' behind those: nothing."""
        self._known = 0
        """Bytes that `_shares` tells of."""

    def put_by_hand(self, data: bytes | memoryview) -> None:
        """Append `data`, which came from no client."""
        self._shares.append((self.size - self._known, len(data)))
        self.put(data)
        self._known = self.size
        self.by_hand += len(data)

    def write_to(self, write: Callable[[memoryview], int]) -> int:
        """As ByteQueue's, but returns only clients' bytes; the others are counted here."""
        if not self._shares:
            return super().write_to(write)
        before, by_hand = self.size, 0
        try:
            super().write_to(write)
        finally:
            by_hand = self._taken(before - self.size)
        return before - self.size - by_hand

    def clear(self) -> int:
        """As ByteQueue's: all bytes, whoever sent them."""
        self._counters.by_hand_lost += self.by_hand
        self._shares.clear()
        self._known = self.by_hand = 0
        return super().clear()

    def _taken(self, count: int) -> int:
        """The device has taken the first `count` bytes: how many of them were sent by hand."""
        total = 0
        while count and self._shares:
            clients, by_hand = self._shares.popleft()
            skipped = min(clients, count)
            count -= skipped
            taken = min(by_hand, count)
            count -= taken
            total += taken
            self._known -= skipped + taken
            if taken < by_hand:
                self._shares.appendleft((clients - skipped, by_hand - taken))
        self.by_hand -= total
        self._counters.by_hand_to_serial += total
        return total
