"""What can be read or written is told, to whom it should be, in both implementations."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from serialbridge_gui.engine import readiness
from serialbridge_gui.engine.readiness import READ, WRITE, Readiness, dispatch, make_readiness

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture(params=["the system's best", "selectors"])
def watched(request: pytest.FixtureRequest) -> Iterator[Readiness]:
    made = make_readiness() if request.param != "selectors" else readiness._Selector()
    yield made
    made.close()


@pytest.fixture
def pair() -> Iterator[Pair]:
    ends = socket.socketpair()
    for end in ends:
        end.setblocking(False)
    yield ends
    for end in ends:
        end.close()


def masks(watched: Readiness, fd: int, mask: int) -> list[int]:
    """With which masks the callback is called, for what is ready now."""
    called: list[int] = []
    watched.register(fd, mask, called.append)
    dispatch(watched, watched.select(0))
    watched.unregister(fd)
    return called


def test_what_is_asked_for_is_told(watched: Readiness, pair: Pair) -> None:
    one, other = pair
    assert masks(watched, one.fileno(), READ) == []
    assert masks(watched, one.fileno(), READ | WRITE) == [WRITE]
    other.send(b"x")
    assert masks(watched, one.fileno(), READ) == [READ]
    assert masks(watched, one.fileno(), WRITE) == [WRITE]
    assert masks(watched, one.fileno(), READ | WRITE) == [READ | WRITE]


def test_mask_can_be_changed(watched: Readiness, pair: Pair) -> None:
    called: list[int] = []
    watched.register(pair[0].fileno(), READ, called.append)
    watched.modify(pair[0].fileno(), WRITE)
    dispatch(watched, watched.select(0))
    assert called == [WRITE]


def test_hang_up_is_told_to_who_only_writes(watched: Readiness, pair: Pair) -> None:
    one, other = pair
    other.close()
    (mask,) = masks(watched, one.fileno(), WRITE)
    assert mask & WRITE


def test_callback_that_was_unregistered_by_another_one_is_not_called(watched: Readiness, pair: Pair) -> None:
    called: list[str] = []

    def end_both(name: str) -> None:
        called.append(name)
        for end in pair:
            watched.unregister(end.fileno())
            watched.unregister(end.fileno())  # may be called twice

    watched.register(pair[0].fileno(), WRITE, lambda _mask: end_both("one"))
    watched.register(pair[1].fileno(), WRITE, lambda _mask: end_both("other"))
    dispatch(watched, watched.select(0))
    assert len(called) == 1
    assert watched.select(0) == []
