"""Door: who may come in. The list of networks, the places, the TLS handshake; and telling of who may not."""

from __future__ import annotations

import socket
from collections.abc import Callable
from functools import partial
from time import time_ns
from typing import TYPE_CHECKING, Final

from serialbridge_gui.engine import events as ev
from serialbridge_gui.engine.client import peer_address
from serialbridge_gui.engine.readiness import Readiness
from serialbridge_gui.profile import ClientRules

if TYPE_CHECKING:
    from ipaddress import IPv4Network, IPv6Network

    from serialbridge_gui.engine.tls import Handshake, ServerTls

MAX_HANDSHAKES: Final = 64
"""At once (chosen); further peers are refused as when all places are taken."""
HANDSHAKES_TICK_S: Final = 0.25
"""How often handshakes are looked at for having taken too long."""
TOLD_A_SECOND: Final = 100
"""Refusals told one by one within a second (chosen: nobody reads more, and a flood must not fill the log)."""


class Door:
    """Decides on each connection the listener accepted. Bridge thread only.

    `place()` gives None where there is a place, or why there is none; `let_in(sock)` takes the socket over;
    `reconsider()` has `tick` called soon.
    """

    def __init__(
        self,
        rules: ClientRules,
        selector: Readiness,
        tell: Callable[[ev.Event], None],
        place: Callable[[], ev.RefuseReason | None],
        let_in: Callable[[socket.socket], None],
        reconsider: Callable[[], None],
    ) -> None:
        self.tls: ServerTls | None = None
        """With it, peers must speak TLS."""
        self._networks = _networks(rules.allow)
        self._selector = selector
        self._tell = tell
        self._place = place
        self._let_in = let_in
        self._reconsider = reconsider
        self._handshakes: dict[int, Handshake] = {}
        """By descriptor."""
        self._second = 0
        self._told = 0
        self._untold = 0

    @property
    def tick_s(self) -> float | None:
        """How long `tick` may be put off, in s; None: there is nothing to look at."""
        return HANDSHAKES_TICK_S if self._handshakes or self._untold else None

    def knock(self, sock: socket.socket) -> None:
        """A peer has connected: let it in, begin its handshake, or close it at once, without a byte."""
        try:
            address = peer_address(sock)
        except OSError:
            sock.close()  # gone before it was here
            return
        if self._networks and not _is_in(sock, self._networks):
            self.refuse(sock, address, ev.RefuseReason.NOT_ALLOWED)
        elif (reason := self._place()) is not None:
            self.refuse(sock, address, reason)
        elif self.tls is None:
            self._let_in(sock)
        elif len(self._handshakes) >= MAX_HANDSHAKES:
            self.refuse(sock, address, ev.RefuseReason.FULL)
        else:
            self._begin_handshake(sock, address, self.tls)

    def refuse(self, sock: socket.socket, address: str, reason: ev.RefuseReason, detail: str = "") -> None:
        """Close it, and tell of it, unless a flood of them is told of already."""
        sock.close()
        now_ns = time_ns()
        if now_ns // 1_000_000_000 != self._second:
            self._tell_of_untold()
            self._second, self._told = now_ns // 1_000_000_000, 0
        if self._told < TOLD_A_SECOND:
            self._told += 1
            self._tell(ev.ClientRefused(now_ns, address, reason, detail))
        else:
            self._untold += 1
            self._reconsider()

    def tick(self, now: float) -> None:
        """End handshakes that take too long; tell of refusals that were not. `now`: monotonic seconds."""
        for handshake in [each for each in self._handshakes.values() if now >= each.deadline]:
            self._end_handshake(handshake)
            self.refuse(handshake.socket, handshake.address, ev.RefuseReason.TLS, handshake.silence)
        if self._untold and time_ns() // 1_000_000_000 != self._second:
            self._tell_of_untold()

    def close(self) -> None:
        """Let go of everybody who is not in yet. May be called twice."""
        for handshake in list(self._handshakes.values()):
            self._end_handshake(handshake)
            handshake.socket.close()
        self._tell_of_untold()

    def _tell_of_untold(self) -> None:
        count, self._untold = self._untold, 0
        if count:
            self._tell(ev.RefusalsUntold(time_ns(), count))

    # ---- TLS

    def _begin_handshake(self, sock: socket.socket, address: str, tls: ServerTls) -> None:
        from serialbridge_gui.engine.tls import Handshake

        handshake = Handshake(tls.wrap(sock), address)
        if tls.failure:
            self._tell(ev.TlsFilesRefused(time_ns(), tls.failure))
        self._handshakes[handshake.socket.fileno()] = handshake
        self._reconsider()
        self._step(handshake, 0, 0)

    def _step(self, handshake: Handshake, watched: int, _mask: int) -> None:
        try:
            wanted = handshake.step()
        except OSError as error:
            self._end_handshake(handshake, watched)
            self.refuse(handshake.socket, handshake.address, ev.RefuseReason.TLS, handshake.why(error))
            return
        fd = handshake.socket.fileno()
        if wanted == watched and wanted:
            return
        if watched:
            self._selector.unregister(fd)
        if wanted:
            self._selector.register(fd, wanted, partial(self._step, handshake, wanted))
            return
        del self._handshakes[fd]
        reason = self._place()  # it may have been taken meanwhile
        if reason is None:
            self._let_in(handshake.socket)
        else:
            self.refuse(handshake.socket, handshake.address, reason)

    def _end_handshake(self, handshake: Handshake, watched: int = 1) -> None:
        fd = handshake.socket.fileno()
        self._handshakes.pop(fd, None)
        if watched:
            self._selector.unregister(fd)


def _networks(texts: tuple[str, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
    if not texts:
        return ()
    from ipaddress import ip_network

    return tuple(ip_network(text, strict=False) for text in texts)


def _is_in(sock: socket.socket, networks: tuple[IPv4Network | IPv6Network, ...]) -> bool:
    """Whether the peer is in one of them. An IPv4 peer of an IPv6 socket counts as IPv4 (RFC 4291, 2.5.5.2)."""
    from ipaddress import IPv6Address, ip_address

    try:
        peer = ip_address(str(sock.getpeername()[0]).partition("%")[0])
    except (OSError, ValueError):
        return False
    if isinstance(peer, IPv6Address) and peer.ipv4_mapped is not None:
        peer = peer.ipv4_mapped
    return any(peer in network for network in networks)
