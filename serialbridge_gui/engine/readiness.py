"""Readiness: which descriptors can be read or written now, and what to call then.

On Linux epoll itself, without the objects that `selectors` makes for each event: 1 µs less a wake-up, of which a
round trip has two (docs/decisions/0006-byte-path.md). Elsewhere `selectors`.
"""

from __future__ import annotations

import contextlib
import select
import selectors
import sys
from collections.abc import Callable
from typing import Final, Protocol

READ: Final = 1
WRITE: Final = 2

Callback = Callable[[int], None]
"""Called with READ, WRITE or both. An error or a hang-up is both: the next read or write tells it."""

MAX_EVENTS: Final = 64
"""Taken from the system at once; more come with the next call."""


class Readiness(Protocol):
    """One thread. Descriptors are unregistered before they are closed."""

    def register(self, fd: int, mask: int, callback: Callback) -> None:
        """Watch `fd` for `mask`, which is not 0."""

    def modify(self, fd: int, mask: int) -> None:
        """Watch `fd` for another `mask`, which is not 0."""

    def unregister(self, fd: int) -> None:
        """Watch `fd` no more. May be called twice."""

    def select(self, timeout_s: float | None) -> list[tuple[int, int]]:
        """(fd, mask) of what is ready, after `timeout_s` seconds at most; None: after however long it takes."""

    def dispatch(self, ready: list[tuple[int, int]]) -> None:
        """Call the callbacks for what `select` gave, except what a callback has unregistered meanwhile."""

    def close(self) -> None:
        """Give the system's object back."""


class _Selector:
    """Through `selectors`, on every system."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._callbacks: dict[int, Callback] = {}

    def register(self, fd: int, mask: int, callback: Callback) -> None:
        self._selector.register(fd, mask)  # READ and WRITE are the selectors' own numbers
        self._callbacks[fd] = callback

    def modify(self, fd: int, mask: int) -> None:
        self._selector.modify(fd, mask)

    def unregister(self, fd: int) -> None:
        if self._callbacks.pop(fd, None) is not None:
            self._selector.unregister(fd)

    def select(self, timeout_s: float | None) -> list[tuple[int, int]]:
        return [(key.fd, mask) for key, mask in self._selector.select(timeout_s)]

    def dispatch(self, ready: list[tuple[int, int]]) -> None:
        for fd, mask in ready:
            callback = self._callbacks.get(fd)
            if callback is not None:
                callback(mask)

    def close(self) -> None:
        self._selector.close()


if sys.platform.startswith("linux"):
    _EVENTS: Final = (0, select.EPOLLIN, select.EPOLLOUT, select.EPOLLIN | select.EPOLLOUT)
    # By epoll's bits IN 1, PRI 2, OUT 4, ERR 8, HUP 16; others are not asked for.
    _MASKS: Final = tuple(
        (READ if event & ~select.EPOLLOUT else 0) | (WRITE if event & ~select.EPOLLIN else 0) for event in range(32)
    )

    class _Epoll:
        def __init__(self) -> None:
            self._epoll = select.epoll()
            self._callbacks: dict[int, Callback] = {}

        def register(self, fd: int, mask: int, callback: Callback) -> None:
            self._epoll.register(fd, _EVENTS[mask])
            self._callbacks[fd] = callback

        def modify(self, fd: int, mask: int) -> None:
            self._epoll.modify(fd, _EVENTS[mask])

        def unregister(self, fd: int) -> None:
            if self._callbacks.pop(fd, None) is not None:
                with contextlib.suppress(OSError):  # a tty that is gone may have left by itself
                    self._epoll.unregister(fd)

        def select(self, timeout_s: float | None) -> list[tuple[int, int]]:
            return self._epoll.poll(timeout_s, MAX_EVENTS)

        def dispatch(self, ready: list[tuple[int, int]]) -> None:
            callbacks = self._callbacks
            for fd, event in ready:
                callback = callbacks.get(fd)
                if callback is not None:
                    callback(_MASKS[event & 31])

        def close(self) -> None:
            self._epoll.close()


def make_readiness() -> Readiness:
    """The best that this system has."""
    return _Epoll() if sys.platform.startswith("linux") else _Selector()
