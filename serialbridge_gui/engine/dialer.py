"""Dialer: connects to an address, and again whenever the link is lost, with growing pauses."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable
from functools import partial
from math import inf
from time import monotonic
from typing import Any, Final

from serialbridge_gui.engine import events as ev
from serialbridge_gui.engine.readiness import WRITE, Readiness
from serialbridge_gui.profile import PeerAddress
from serialbridge_gui.traffic.clock import time_ns

FIRST_PAUSE_S: Final = 1.0
LONGEST_PAUSE_S: Final = 30.0
CONNECT_S: Final = 10.0
"""When a connection that neither comes about nor fails is given up (chosen: the system itself takes minutes)."""
GOOD_LINK_S: Final = 10.0
"""After a link that lasted so long the pauses begin anew (chosen: a peer that closes at once is not pestered)."""
TICK_S: Final = 0.25

Addresses = list[tuple[Any, ...]]
"""As getaddrinfo gives them."""


class Dialer:
    """One for a bridge that dials out. Bridge thread only; a name is resolved in a thread of its own, "resolve".

    `connected(sock)` takes the connection over; tell `link_lost` once it is gone. `post` runs a call in this thread.
    """

    def __init__(
        self,
        address: PeerAddress,
        selector: Readiness,
        tell: Callable[[ev.Event], None],
        post: Callable[[Callable[[], None]], None],
        connected: Callable[[socket.socket], None],
        reconsider: Callable[[], None],
    ) -> None:
        self._address = address
        self._selector = selector
        self._tell = tell
        self._post = post
        self._connected = connected
        self._reconsider = reconsider
        self._pause_s = FIRST_PAUSE_S
        self._dial_at = inf
        self._linked_at = 0.0
        self._trying: socket.socket | None = None
        self._try_until = inf
        self._left: Addresses = []
        self._attempt = 0
        """Answers of older resolutions are of no use."""
        self._closed = False

    @property
    def tick_s(self) -> float | None:
        """How long `tick` may be put off, in s; None: there is nothing to look at."""
        return TICK_S if self._dial_at < inf or self._trying is not None else None

    def dial(self) -> None:
        """Begin to connect."""
        self._dial_at = inf
        self._attempt += 1
        self._tell(ev.Dialing(time_ns(), self._address.host, self._address.port))
        threading.Thread(target=self._resolve, args=(self._attempt,), name="resolve", daemon=True).start()

    def link_lost(self) -> None:
        """The connection has ended: dial again after a pause."""
        if self._closed:
            return
        if monotonic() - self._linked_at >= GOOD_LINK_S:
            self._pause_s = FIRST_PAUSE_S
        self._dial_later()

    def tick(self, now: float) -> None:
        """Dial when it is time to; give up what takes too long. `now`: monotonic seconds."""
        if now >= self._dial_at:
            self.dial()
        elif self._trying is not None and now >= self._try_until:
            self._next("no answer")

    def close(self) -> None:
        """Dial no more. May be called twice."""
        self._closed = True
        self._dial_at = inf
        self._attempt += 1
        self._left = []
        self._stop_trying()

    # ---- one attempt

    def _resolve(self, attempt: int) -> None:
        """In the thread "resolve"."""
        address, detail, found = self._address, "", []
        try:
            found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            detail = getattr(error, "strerror", None) or str(error)
        self._post(partial(self._resolved, attempt, found, detail))

    def _resolved(self, attempt: int, found: Addresses, detail: str) -> None:
        if attempt == self._attempt:
            self._left = list(found)
            self._next(detail)

    def _next(self, detail: str) -> None:
        """Try the next address; where there is none, wait. `detail`: why the last one failed."""
        self._stop_trying()
        while self._left:
            family, kind, protocol, _, address = self._left.pop(0)
            sock = None
            try:
                sock = socket.socket(family, kind, protocol)
                sock.setblocking(False)
                sock.connect(address)
            except BlockingIOError:
                assert sock is not None
                self._trying = sock
                self._try_until = monotonic() + CONNECT_S
                self._selector.register(sock.fileno(), WRITE, self._decided)
                self._reconsider()
                return
            except OSError as error:
                detail = error.strerror or str(error)
                if sock is not None:
                    sock.close()
            else:
                self._link(sock)
                return
        self._tell(ev.DialFailed(time_ns(), self._address.host, self._address.port, detail, self._pause_s))
        self._dial_later()

    def _decided(self, _mask: int) -> None:
        sock = self._trying
        assert sock is not None
        number = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if number:
            self._next(os.strerror(number))
            return
        self._selector.unregister(sock.fileno())
        self._trying = None
        self._link(sock)

    def _link(self, sock: socket.socket) -> None:
        if _is_own_end(sock):
            sock.close()
            self._next("nobody listens there")
            return
        self._left = []
        self._linked_at = monotonic()
        self._connected(sock)

    def _stop_trying(self) -> None:
        sock, self._trying = self._trying, None
        if sock is not None:
            self._selector.unregister(sock.fileno())
            sock.close()

    def _dial_later(self) -> None:
        self._dial_at = monotonic() + self._pause_s
        self._pause_s = min(2 * self._pause_s, LONGEST_PAUSE_S)
        self._reconsider()


def _is_own_end(sock: socket.socket) -> bool:
    """Whether it is connected to itself, and a device would read what it has sent itself.

    Happens where nobody listens on a port of this machine and the system picks that very port for our end: two
    SYNs that cross are a connection (RFC 9293, section 3.5). Who dials for days meets it.
    """
    try:
        return bool(sock.getsockname() == sock.getpeername())
    except OSError:
        return False  # gone already: its client will find out
