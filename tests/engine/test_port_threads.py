"""Both threads of a port without a descriptor end at its close, whatever they wait for."""

from __future__ import annotations

import contextlib
import select
import socket
import threading
from collections.abc import Iterator
from itertools import count
from typing import Any, ClassVar

import pytest
from serial.urlhandler import protocol_loop

from serialbridge_gui.engine import port_threads, timed
from serialbridge_gui.engine.port_threads import FREED_BYTES, PortThreads
from serialbridge_gui.engine.simulated import SimulatedSerial
from tests.engine.running import until
from tests.sockets import tcp_pair


class TalkingPort:
    """It always has more to say, and takes nothing until `cancel_write`."""

    timeout: float | None = None
    in_waiting = 65536

    def __init__(self) -> None:
        self.writes = 0
        self.write_over = threading.Event()

    def read(self, size: int, /) -> bytes:
        return b"x" * size

    def cancel_read(self) -> None:
        """It never waits in a read."""

    def write(self, _data: Any, /) -> int:
        self.writes += 1
        self.write_over.wait()
        return 0

    def cancel_write(self) -> None:
        self.write_over.set()

    def reset_input_buffer(self) -> None:
        """Nothing is kept."""

    def reset_output_buffer(self) -> None:
        """Nothing is kept."""


class DeafPort(TalkingPort):
    """A driver in which a read hangs."""

    def __init__(self) -> None:
        super().__init__()
        self.read_over = threading.Event()

    def read(self, _size: int, /) -> bytes:
        self.read_over.wait()
        return b""


class WindowsSocket(socket.socket):
    """A shutdown ends no send that waits; who still waits when it is closed is noted."""

    waiting_at_close: ClassVar[list[str]] = []

    def shutdown(self, how: int, /) -> None:
        if how == socket.SHUT_WR:
            super().shutdown(how)

    def close(self) -> None:
        self.waiting_at_close.extend(alive())
        super().close()


@pytest.fixture
def windows_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    def pair() -> tuple[socket.socket, socket.socket]:
        outer, inner = (WindowsSocket(fileno=end.detach()) for end in tcp_pair())
        return outer, inner

    monkeypatch.setattr(port_threads, "socket_pair", pair)
    monkeypatch.setattr(WindowsSocket, "waiting_at_close", [])


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The threads have all the time that a busy machine takes to end them."""
    monkeypatch.setattr(port_threads, "JOIN_S", 30.0)


@contextlib.contextmanager
def threads_of(port: TalkingPort) -> Iterator[PortThreads]:
    """Threads on this port of which the writer is in a write that waits."""
    threads = PortThreads(port, "it")
    try:
        threads.write(b"something")
        until(lambda: port.writes > 0, "the writer writes")
        yield threads
    finally:
        threads.close()


def alive() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("it ")]


@pytest.mark.usefixtures("windows_pairs", "patient")
def test_reader_whose_bytes_nobody_takes_ends_where_no_shutdown_ends_a_send() -> None:
    with threads_of(TalkingPort()) as threads:
        until(lambda: not select.select([], [threads._inner], [], 0)[1], "the pair is full")
        threads.close()
        assert WindowsSocket.waiting_at_close == []


def test_writer_ends_although_the_reader_hangs_in_the_driver() -> None:
    port = DeafPort()
    with threads_of(port) as threads:
        threads.close()
        until(lambda: alive() == ["it reader"], "the writer ends")
        port.read_over.set()
        until(lambda: alive() == [], "the reader ends")


class FullLoop(protocol_loop.Serial):  # type: ignore[misc]  # pyserial has no types for it
    """A loop:// that nobody reads, and that can be reset once."""

    def __init__(self) -> None:
        self.read_over = threading.Event()
        self.resets = -1  # one is made in opening it
        super().__init__("loop://")

    def read(self, _size: int = 1) -> bytes:
        self.read_over.wait()
        return b""

    def cancel_read(self) -> None:
        self.read_over.set()

    def reset_output_buffer(self) -> None:
        self.resets += 1
        if self.resets <= 1:
            super().reset_output_buffer()


def test_one_reset_frees_the_writer_of_a_loop_that_is_full() -> None:
    port = FullLoop()
    threads = PortThreads(port, "it", reset_frees_writer=True)
    try:
        threads.write(bytes(40_000))
        until(lambda: port.in_waiting == FREED_BYTES, "it is full")
    finally:
        threads.close()  # asks for one at least, however little time it has
    until(lambda: alive() == [], "both end")


def test_threads_are_asked_to_end_however_little_time_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    port = FullLoop()
    threads = PortThreads(port, "it", reset_frees_writer=True)
    until(lambda: threads._in_read, "the reader reads")
    now = count()  # a machine that stands still for a second each time that somebody asks how late it is
    monkeypatch.setattr(timed, "monotonic", lambda: float(next(now)))
    threads.close()
    assert port.read_over.is_set()
    until(lambda: alive() == [], "both end")


def test_machine_that_stands_still_takes_no_time_from_a_purge(monkeypatch: pytest.MonkeyPatch) -> None:
    port = SimulatedSerial("sim://echo")
    threads = PortThreads(port, "it")
    try:
        until(lambda: threads._in_read, "the reader reads")
        cancel_read, cancels = port.cancel_read, count(1)

        def is_lost_at_first() -> None:
            if next(cancels) > 3:
                cancel_read()

        port.cancel_read = is_lost_at_first  # type: ignore[method-assign]
        now = count()
        monkeypatch.setattr(timed, "monotonic", lambda: float(next(now)))
        threads.purge()
        monkeypatch.undo()
        until(threads._is_purged, "the reader has purged")
    finally:
        threads.close()
        port.close()
