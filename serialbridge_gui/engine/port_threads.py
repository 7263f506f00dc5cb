"""Two threads that make a blocking pyserial port look like one non-blocking descriptor.

Used where a port has none of its own: Windows, `loop://`, `socket://`, `rfc2217://`, `sim://`. The reader
and the writer thread work on one end of a socketpair; the selector sees the other. Back-pressure comes
from the pair's own buffers: a full pair blocks the reader thread, and TCP blocks in turn.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from time import sleep
from typing import Any, Final, Protocol

from serialbridge_gui.engine.socket_pair import socket_pair
from serialbridge_gui.engine.timed import turns

MAX_CHUNK_BYTES: Final = 64 << 10
FREED_BYTES: Final = 4 << 10
"""What pyserial's loop:// takes at once after a reset (its queue's length, pyserial 3.5)."""
POLL_S: Final = 0.2
"""How often a read that cannot be cancelled looks whether it should end (chosen: well below the 2 s to stop)."""
JOIN_S: Final = 0.6
"""How long `close` waits for both threads. A thread that is stuck inside a driver is left behind, as a daemon."""
JOIN_TURN_S: Final = 0.02
"""How often it then asks them to end again."""
PURGE_S: Final = 0.05
"""How long a purge waits for the reader to come back from a cancelled read (chosen: measured are 0.1 to 2 ms)."""
ABANDON_S: Final = 0.3
"""How long the reader, purging, waits for a write that cannot be cancelled (a socket:// device that takes nothing)."""
LOOK_S: Final = 0.0002
"""How often who waits for the other thread looks, and cancels its call again."""


class BlockingPort(Protocol):
    """The part of pyserial's interface that the threads use."""

    timeout: float | None

    @property
    def in_waiting(self) -> int: ...
    def read(self, size: int, /) -> bytes: ...
    def write(self, data: Any, /) -> int | None: ...
    def reset_input_buffer(self) -> None: ...
    def reset_output_buffer(self) -> None: ...


class PortThreads:
    """Owns the socketpair and both threads, not the port. All methods: bridge thread only."""

    def __init__(
        self, port: BlockingPort, name: str, *, drain_by_timeout: bool = False, reset_frees_writer: bool = False
    ) -> None:
        """`drain_by_timeout`: `in_waiting` only says "some" (socket://); read on with a timeout of 0 instead.

        `reset_frees_writer`: its full queue blocks a write that cannot be cancelled, until it is emptied (loop://).
        """
        self._port = port
        self._drain_by_timeout = drain_by_timeout
        self._cancel_write = "reset_output_buffer" if reset_frees_writer else "cancel_write"
        self._max_write_bytes = FREED_BYTES if reset_frees_writer else MAX_CHUNK_BYTES
        self._cancellable = hasattr(port, "cancel_read")
        port.timeout = None if self._cancellable else POLL_S
        self._outer, self._inner = socket_pair()
        self._outer.setblocking(False)
        self._stopping = False
        self.failure = ""
        """The system's words for why reading or writing ended, once it has."""
        # Each counter has one writer: the thread named in its comment.
        self._read_total = 0  # reader: bytes taken from the port
        self._pulled_total = 0  # bridge: bytes taken from the pair
        self._pushed_total = 0  # bridge: bytes put into the pair
        self._written_total = 0  # writer: bytes the port took, or that were discarded
        self._discard_until = 0  # bridge: of _pushed_total: older bytes are not written any more
        self._purges = 0  # bridge: how often `purge` was called
        self._purges_done = 0  # reader: how many of them it has carried out (bridge: where there is nothing to do)
        self._purged_total = 0  # as _purges_done; of _read_total: older bytes are disowned
        self._purging = False  # bridge: disowned bytes may still be in the pair
        self._in_read = False  # reader: it waits for the device, or takes what is there
        self._reader = threading.Thread(target=self._read, name=f"{name} reader", daemon=True)
        self._writer = threading.Thread(target=self._write, name=f"{name} writer", daemon=True)
        self._reader.start()
        self._writer.start()

    def fileno(self) -> int:
        """What the selector watches."""
        return self._outer.fileno()

    def read(self, limit: int) -> bytes:
        """As recv on a non-blocking socket: b'' once the port has failed. Raises BlockingIOError, OSError."""
        data = self._outer.recv(limit)
        self._pulled_total += len(data)
        return self._without_disowned(data) if self._purging and data else data

    def _without_disowned(self, data: bytes) -> bytes:
        """What is left of `data`, just received. Until the reader has purged, whatever it sent is disowned."""
        fresh = self._pulled_total - self._purged_total if self._is_purged() else -1
        self._purging = fresh < 0
        if fresh <= 0:
            raise BlockingIOError
        return data[-fresh:]

    def write(self, data: bytes | memoryview) -> int:
        """As send on a non-blocking socket. Raises BlockingIOError, OSError."""
        count = self._outer.send(data)
        self._pushed_total += count
        return count

    def output_waiting(self) -> int:
        """Bytes handed over that the port has not taken yet."""
        return max(0, self._pushed_total - self._written_total)

    def purge(self, *, received: bool = True, waiting: bool = True) -> None:
        """Disown every byte on its way: `received` from the device, `waiting` for it.

        Waits up to PURGE_S for the reader, which usually takes < 1 ms.

        Only the reader knows where the old bytes end: it may hold some in its hand. The writer writes none of
        the new ones before, so no answer to them is disowned.
        """
        if waiting:
            self._discard_until = self._pushed_total
        if not received:
            self._cancel(self._cancel_write)
            return
        self._purging = True
        self._purges += 1
        if not self._cancellable and self._in_read and not self.output_waiting() and not self._input_waiting():
            self._purged_total = self._read_total  # it is not worth the wait until the read times out
            self._purges_done = self._purges
        # A reader that is not in a read is about to look, or sends, and looks once `read` has made room.
        for _ in turns(PURGE_S, PURGE_S / 4):
            if not self._cancellable or not self._in_read or self._is_purged():
                break
            self._cancel("cancel_read")  # again and again: see `close`
            sleep(LOOK_S)

    def _is_purged(self) -> bool:
        return self._purges_done == self._purges

    def _input_waiting(self) -> bool:
        try:
            return bool(self._port.in_waiting)
        except Exception:  # noqa: BLE001 - a URL handler may raise anything; the reader will tell
            return False

    def close(self) -> None:
        """End both threads. The caller closes the port afterwards. May be called twice."""
        self._stopping = True
        self._discard_until = self._pushed_total
        for end, how in ((self._outer, socket.SHUT_WR), (self._inner, socket.SHUT_RDWR)):
            with contextlib.suppress(OSError):
                end.shutdown(how)
        cancels = ((self._reader, "cancel_read"), (self._writer, self._cancel_write))
        # A cancel that comes before the call it should cancel is lost: ask again until the threads end.
        for _ in turns(JOIN_S, 2 * JOIN_TURN_S):
            left = [each for each in cancels if each[0].is_alive()]
            if not left:
                break
            for _, cancel in left:
                self._cancel(cancel)
            self._make_room()
            left[0][0].join(JOIN_TURN_S)
        self._outer.close()
        self._inner.close()

    def _make_room(self) -> None:
        """Throw away what the reader has sent. It may wait in a send, which no shutdown ends on Windows (Wine 10)."""
        with contextlib.suppress(OSError):
            while self._outer.recv(MAX_CHUNK_BYTES):
                pass

    def _cancel(self, how: str) -> None:
        cancel = getattr(self._port, how, None)
        if cancel is not None:
            with contextlib.suppress(Exception):  # a URL handler may raise anything (loop://: queue.Full)
                cancel()

    # ---- reader thread

    def _read(self) -> None:
        try:
            while not self._stopping:
                self._in_read = True  # before it looks for a purge: `purge` looks in the other order
                if not self._is_purged():
                    self._carry_out_purge()
                data = self._read_chunk()
                self._in_read = False
                if data:
                    self._read_total += len(data)
                    self._inner.sendall(data)
        except Exception as error:  # noqa: BLE001 - a URL handler may raise anything; any of it means: gone
            self._end(error)
        with contextlib.suppress(OSError):
            self._inner.shutdown(socket.SHUT_WR)  # the bridge reads what is left, then b''

    def _carry_out_purge(self) -> None:
        number = self._purges
        # The writer first: an old write that goes on would be answered, or echoed, after the reset.
        for _ in turns(ABANDON_S, ABANDON_S / 10):
            if self._written_total >= self._discard_until or self._stopping:
                break
            self._cancel(self._cancel_write)
            sleep(LOOK_S)
        self._port.reset_input_buffer()
        self._purged_total = self._read_total
        self._purges_done = number

    def _read_chunk(self) -> bytes:
        port = self._port
        first = port.read(1)
        if not first:
            return b""
        if self._drain_by_timeout:
            port.timeout = 0
            rest = port.read(MAX_CHUNK_BYTES)
            port.timeout = POLL_S
            return first + rest
        waiting = port.in_waiting
        return first + port.read(min(waiting, MAX_CHUNK_BYTES)) if waiting else first

    # ---- writer thread

    def _write(self) -> None:
        try:
            received = 0
            while data := self._inner.recv(MAX_CHUNK_BYTES):
                received += len(data)
                self._write_chunk(memoryview(data), received)
                self._written_total = received
        except Exception as error:  # noqa: BLE001 - as above
            self._end(error)
            with contextlib.suppress(OSError):
                self._inner.shutdown(socket.SHUT_RDWR)
            self._cancel("cancel_read")

    def _write_chunk(self, rest: memoryview, end: int) -> None:
        """Write `rest`, the last byte of which is number `end`, except what a purge has disowned."""
        while rest and not self._stopping:
            rest = rest[max(0, self._discard_until - (end - len(rest))) :]
            self._written_total = end - len(rest)
            if not rest:
                return
            if not self._is_purged():
                self._cancel("cancel_read")
                sleep(LOOK_S)
                continue
            piece = bytes(rest[: self._max_write_bytes])
            count = self._port.write(piece)
            rest = rest[len(piece) if count is None else count :]
            if count == 0:
                sleep(0.001)  # cancelled, or a driver that says 0: never spin

    def _end(self, error: Exception) -> None:
        if not self._stopping and not self.failure:
            self.failure = str(error) or type(error).__name__
