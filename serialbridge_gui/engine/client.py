"""Client: one TCP peer with its bounded outgoing queue. It knows no other client."""

from __future__ import annotations

import contextlib
import select
import socket
import struct
import sys
from collections.abc import Callable
from time import time
from typing import TYPE_CHECKING, Final

from serialbridge_gui.engine.byte_queue import ByteQueue
from serialbridge_gui.profile import join_address

if sys.platform.startswith("linux"):
    import fcntl
    import termios

if TYPE_CHECKING:
    from serialbridge_gui.engine.events import ClientProgram
    from serialbridge_gui.engine.remote_control import Conversation

MAX_QUEUE_BYTES: Final = 1 << 20
"""Bound of a client's outgoing queue."""

KEEPALIVE_IDLE_S: Final = 30
KEEPALIVE_INTERVAL_S: Final = 10
KEEPALIVE_TRIES: Final = 3
UNANSWERED_MS: Final = 60_000
"""A peer that vanished without a FIN is noticed within about a minute (the design's measurement of ser2net:
minutes). Not by TCP_USER_TIMEOUT: that also ends a peer which is there and merely does not read for as long."""
UNANSWERED_TRIES: Final = 2
LONGEST_RETRY_MS: Final = 10_000
"""How long Linux may wait between two tries (chosen: a few within UNANSWERED_MS; its own bound is 120 s)."""
TCP_RTO_MAX_MS: Final = 44
"""linux/tcp.h, since Linux 6.15; Python has no name for it."""

_TCP_INFO: Final = struct.Struct("2x 2B 52x I")
"""Of struct tcp_info (linux/tcp.h): tcpi_retransmits, tcpi_probes, tcpi_last_ack_recv."""


class Client:
    """A connected peer. Bridge thread only, except for the counters, which any thread may read."""

    __slots__ = (
        "address",
        "connected_at",
        "conversation",
        "finished_sending",
        "full_since",
        "gap",
        "last_byte_at",
        "last_taken_at",
        "may_write",
        "number",
        "peer_left",
        "program",
        "queue",
        "receive",
        "received",
        "request_ends_at",
        "sends_on",
        "sent",
        "socket",
        "watched",
        "write",
    )

    def __init__(self, number: int, sock: socket.socket, *, may_write: bool, now: float) -> None:
        """`now`: the loop's monotonic time in seconds. Raises OSError if the peer is gone already."""
        self.number = number
        self.socket = sock
        self.receive: Callable[[int], bytes] = sock.recv
        """Read what it has sent, up to as many bytes; b"": it has shut its sending side. Raises as socket.recv."""
        self.write: Callable[[bytes | memoryview], int] = sock.send
        """Hand it bytes past the queue: for `send` and `flush`. Returns and raises as socket.send."""
        self.address = peer_address(sock)
        self.may_write = may_write
        """False: what it sends is read and thrown away (a reader in `monitor`)."""
        self.queue = ByteQueue()
        self.connected_at = time()
        self.received = 0
        """Bytes it sent to us."""
        self.sent = 0
        """Bytes its socket has taken."""
        self.finished_sending = 0.0
        """Monotonic time at which it shut its sending side, or later: since when the device may be called silent;
        0: it has not."""
        self.request_ends_at = 0
        """Once it has finished sending: how many bytes the device has taken, of all, when it has this client's last."""
        self.full_since = 0.0
        """Monotonic time since which everybody waits for its full queue; 0: nobody does."""
        self.gap = 0
        """Bytes that a reader in `monitor` missed because it was too slow."""
        self.last_byte_at = now
        """Monotonic time of the last byte it sent."""
        self.last_taken_at = now
        """Monotonic time of the last byte it took from its queue, or directly where time-outs need it."""
        self.sends_on = False
        """It sent while we were taking leave."""
        self.peer_left = False
        """It ended the connection while we were taking leave."""
        self.conversation: Conversation | None = None
        """Its Telnet, in mode RFC 2217."""
        self.program: ClientProgram | None = None
        """Who it is, once that is known (ClientNames)."""
        self.watched = 0
        """What the selector watches it for; 0: it is not registered."""
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _keep_alive(sock)

    def send(self, data: bytes) -> bool:
        """Send or queue `data`; True if something is queued now. Raises OSError: the peer is gone."""
        if self.queue.size:
            self.queue.put(data)
            return True
        write = self.write  # Python 3.11 calls what stands in a local quicker than what stands in an attribute
        try:
            count = write(data)
        except BlockingIOError:
            count = 0
        self.sent += count
        if count == len(data):
            return False
        self.queue.put(memoryview(data)[count:])
        return True

    def flush(self) -> int:
        """Send what is queued, as far as the socket takes it. Raises OSError: the peer is gone."""
        count = self.queue.write_to(self.write)
        self.sent += count
        return count

    def finish(self) -> bool:
        """Shut our sending side; False if the connection is gone already."""
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            return False
        return True

    def discard_input(self) -> int:
        """Throw away what it has sent and nobody has read; returns how many bytes that was."""
        count = 0
        try:
            while data := self.receive(1 << 16):
                count += len(data)
                if count > MAX_QUEUE_BYTES:
                    break  # it sends as fast as this reads: ask `still_matters` between
            else:
                self.peer_left = True
        except BlockingIOError:
            pass
        except OSError:
            self.peer_left = True
        self.sends_on = self.sends_on or count > 0
        return count

    def still_matters(self) -> bool:
        """After `finish`: whether closing now, while it sends, could cost it bytes on their way to it."""
        return self.sends_on and not self.peer_left and _unsent(self.socket) != 0

    def peer_has_finished(self) -> bool:
        """Whether it has shut its sending side, or all, behind bytes that nobody has read. Linux only."""
        if not sys.platform.startswith("linux"):
            return False
        poll = select.poll()
        poll.register(self.socket, select.POLLRDHUP)
        return bool(poll.poll(0))

    def has_vanished(self) -> bool:
        """Whether its system has left what we sent, or asked about its full window, unanswered for too long.

        Linux only. A peer that does not read answers: its system says that the window is full.
        """
        if not sys.platform.startswith("linux"):
            return False
        info = _TCP_INFO.unpack(self.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO.size))
        retransmits, probes, last_answer_ms = info
        return bool(retransmits + probes >= UNANSWERED_TRIES and last_answer_ms >= UNANSWERED_MS)

    def close(self) -> int:
        """Close the connection in good order; returns how many bytes were still queued and are lost."""
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_WR)
        self.socket.close()
        return self.queue.clear()


def peer_address(sock: socket.socket) -> str:
    """HOST:PORT of the peer. Raises OSError if it is gone already."""
    name = sock.getpeername()
    return join_address(str(name[0]).removeprefix("::ffff:"), int(name[1]))


def _unsent(sock: socket.socket) -> int | None:
    """Bytes its peer has not acknowledged; None where the system does not tell."""
    if not sys.platform.startswith("linux"):
        return None
    (count,) = struct.unpack("i", fcntl.ioctl(sock, termios.TIOCOUTQ, b"\0\0\0\0"))  # SIOCOUTQ, tcp(7)
    return int(count)


def _keep_alive(sock: socket.socket) -> None:
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    # Names differ by system, and an old Windows 10 knows fewer: keep-alive then runs at the system's own pace.
    idle = "TCP_KEEPALIVE" if sys.platform == "darwin" else "TCP_KEEPIDLE"
    for name, value in (
        (idle, KEEPALIVE_IDLE_S),
        ("TCP_KEEPINTVL", KEEPALIVE_INTERVAL_S),
        ("TCP_KEEPCNT", KEEPALIVE_TRIES),
    ):
        option = getattr(socket, name, None)
        if option is not None:
            with contextlib.suppress(OSError):
                sock.setsockopt(socket.IPPROTO_TCP, option, value)
    if sys.platform.startswith("linux"):
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.IPPROTO_TCP, TCP_RTO_MAX_MS, LONGEST_RETRY_MS)
