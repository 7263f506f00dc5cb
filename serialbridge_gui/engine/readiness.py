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
from functools import partial
from typing import Final, Protocol

READ: Final = 1
WRITE: Final = 2

Callback = Callable[[int], None]
"""Called with READ, WRITE or both. An error or a hang-up is both: the next read or write tells it."""

MAX_EVENTS: Final = 64
"""Taken from the system at once; more come with the next call."""


class Readiness(Protocol):
    """One thread. Descriptors are unregistered before they are closed. `dispatch` makes the calls."""

    @property
    def callbacks(self) -> dict[int, Callback]:
        """By descriptor: those that are registered now."""

    @property
    def masks(self) -> tuple[int, ...]:
        """READ and WRITE by the five lowest bits of what `select` gives."""

    def register(self, fd: int, mask: int, callback: Callback) -> None:
        """Watch `fd` for `mask`, which is not 0."""

    def modify(self, fd: int, mask: int) -> None:
        """Watch `fd` for another `mask`, which is not 0."""

    def unregister(self, fd: int) -> None:
        """Watch `fd` no more. May be called twice."""

    @property
    def select(self) -> Callable[[float | None], list[tuple[int, int]]]:
        """Gives (fd, what is ready of it, see `masks`), after so many seconds at most; None: however long it takes."""

    def close(self) -> None:
        """Give the system's object back."""


class _Selector:
    """Through `selectors`, on every system."""

    masks = tuple(range(32))  # READ and WRITE are the selectors' own numbers

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self.callbacks: dict[int, Callback] = {}

    def register(self, fd: int, mask: int, callback: Callback) -> None:
        self._selector.register(fd, mask)
        self.callbacks[fd] = callback

    def modify(self, fd: int, mask: int) -> None:
        self._selector.modify(fd, mask)

    def unregister(self, fd: int) -> None:
        if self.callbacks.pop(fd, None) is not None:
            self._selector.unregister(fd)

    def select(self, timeout_s: float | None) -> list[tuple[int, int]]:
        return [(key.fd, mask) for key, mask in self._selector.select(timeout_s)]

    def close(self) -> None:
        self._selector.close()


if sys.platform.startswith("linux"):
    _EVENTS: Final = (0, select.EPOLLIN, select.EPOLLOUT, select.EPOLLIN | select.EPOLLOUT)
    # By epoll's bits IN 1, PRI 2, OUT 4, ERR 8, HUP 16; others are not asked for.
    _MASKS: Final = tuple(
        (READ if event & ~select.EPOLLOUT else 0) | (WRITE if event & ~select.EPOLLIN else 0) for event in range(32)
    )

    class _Epoll:
        masks = _MASKS

        def __init__(self) -> None:
            self._epoll = select.epoll()
            self.select = partial(self._epoll.poll, maxevents=MAX_EVENTS)
            self.callbacks: dict[int, Callback] = {}

        def register(self, fd: int, mask: int, callback: Callback) -> None:
            self._epoll.register(fd, _EVENTS[mask])
            self.callbacks[fd] = callback

        def modify(self, fd: int, mask: int) -> None:
            self._epoll.modify(fd, _EVENTS[mask])

        def unregister(self, fd: int) -> None:
            if self.callbacks.pop(fd, None) is not None:
                with contextlib.suppress(OSError):  # a tty that is gone may have left by itself
                    self._epoll.unregister(fd)

        def close(self) -> None:
            self._epoll.close()


def dispatch(readiness: Readiness, ready: list[tuple[int, int]]) -> None:
    """Call the callbacks for what `select` gave, except what a callback has unregistered meanwhile."""
    for fd, event in ready:
        callback = readiness.callbacks.get(fd)
        if callback is not None:
            callback(readiness.masks[event & 31])


def make_readiness() -> Readiness:
    """The best that this system has."""
    return _Epoll() if sys.platform.startswith("linux") else _Selector()
