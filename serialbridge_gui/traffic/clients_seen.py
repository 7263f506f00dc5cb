"""Which clients have chunks in a log."""

from __future__ import annotations

from typing import Final

from .chunk import LOCAL, NO_CLIENT
from .log import TrafficLog

_CHUNKS_A_LOOK: Final = 32_768
"""Chosen: looked at in 0.5 ms."""


class ClientsSeen:
    """The client numbers in a log, taken in bit by bit. For the log's own thread."""

    def __init__(self, log: TrafficLog) -> None:
        self._log = log
        self._last_slab: dict[int, int] = {}
        self._slab = 0
        self._record = 0

    def update(self) -> bool:
        """Take in some of what the log gained; whether that was all."""
        log, left = self._log, _CHUNKS_A_LOOK
        if self._slab < log.first_slab:
            self._slab, self._record = log.first_slab, 0
        while left > 0 and self._slab < log.end_slab:
            clients = log.slab(self._slab).client
            new = clients[self._record : self._record + left]
            for client in set(new):
                self._last_slab[client & ~LOCAL] = self._slab
            left -= len(new)
            self._record += len(new)
            if self._record >= len(clients):
                if self._slab + 1 == log.end_slab:
                    return True
                self._slab, self._record = self._slab + 1, 0
        return self._slab >= log.end_slab

    def numbers(self) -> list[int]:
        """The clients with a chunk that has not left, in order."""
        first = self._log.first_slab
        for client in [client for client, slab in self._last_slab.items() if slab < first]:
            del self._last_slab[client]
        return sorted(client for client in self._last_slab if client != NO_CLIENT)
