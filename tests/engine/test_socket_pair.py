"""A pair that is TCP, as on Windows, neither delays what is written nor holds much of it."""

from __future__ import annotations

import contextlib
import socket

import pytest

from serialbridge_gui.engine.socket_pair import socket_pair
from tests.sockets import tcp_pair


@pytest.fixture(autouse=True)
def pairs_are_tcp(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "socketpair", tcp_pair)


def test_nothing_waits_for_an_acknowledgement() -> None:
    one, other = socket_pair()
    with one, other:
        for end in (one, other):
            assert end.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_pair_that_nobody_reads_takes_little() -> None:
    one, other = socket_pair()
    with one, other:
        one.setblocking(False)
        taken = 0
        with contextlib.suppress(BlockingIOError):
            while taken <= 1 << 20:
                taken += one.send(b"x" * 65536)
        assert 0 < taken <= 1 << 20  # Linux takes twice what it is told, at each end; untold, some MB
