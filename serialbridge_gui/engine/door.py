"""Door: who may come in. The list of networks, the places, the TLS handshake; and telling of who may not."""

from __future__ import annotations

import socket
from collections.abc import Callable
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Final

from serialbridge_gui.engine import events as ev
from serialbridge_gui.engine.client import peer_address
from serialbridge_gui.engine.readiness import Readiness
from serialbridge_gui.profile import ClientRules
from serialbridge_gui.traffic.clock import time_ns

if TYPE_CHECKING:
    from ipaddress import IPv4Network, IPv6Network

    from serialbridge_gui.engine.tls import Handshake, ServerTls
    from serialbridge_gui.engine.tls_stream import TlsStream

MAX_HANDSHAKES: Final = 64
"""At once (chosen); further peers are refused as when all places are taken."""
HANDSHAKES_TICK_S: Final = 0.25
"""How often handshakes are looked at for having taken too long."""
TOLD_A_SECOND: Final = 100
"""Refusals told one by one within a second (chosen: nobody reads more, and a flood must not fill the log)."""


class Door:
    """Decides on each connection the listener accepted. Bridge thread only.

    `place()` gives None where there is a place, or why there is none; `let_in(peer)` takes the connection over;
    `reconsider()` has `tick` called soon.
    """

    def __init__(
        self,
        rules: ClientRules,
        selector: Readiness,
        tell: Callable[[ev.Event], None],
        place: Callable[[], ev.RefuseReason | None],
        let_in: Callable[[socket.socket | TlsStream], None],
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
        self._handshakes: dict[Handshake, int] = {}
        """And what the selector watches them for; 0: nothing yet."""
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
            reason: ev.RefuseReason | None = ev.RefuseReason.NOT_ALLOWED
        elif self.tls is not None and len(self._handshakes) >= MAX_HANDSHAKES:
            reason = ev.RefuseReason.FULL
        else:
            reason = self._place()
        if reason is not None:
            sock.close()
            self.tell_of_refused(address, reason)
        elif self.tls is None:
            self._let_in(sock)
        else:
            self._begin_handshake(sock, self.tls)

    def tell_of_refused(self, address: str, reason: ev.RefuseReason, detail: str = "") -> None:
        """Tell of a peer that was closed, unless a flood of them is told of already."""
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
        for handshake in [each for each in self._handshakes if now >= each.deadline]:
            self._fail(handshake)
        if self._untold and time_ns() // 1_000_000_000 != self._second:
            self._tell_of_untold()

    def close(self) -> None:
        """Let go of everybody who is not in yet. May be called twice."""
        for handshake in list(self._handshakes):
            self._forget(handshake)
            handshake.close()
        self._tell_of_untold()

    def _tell_of_untold(self) -> None:
        count, self._untold = self._untold, 0
        if count:
            self._tell(ev.RefusalsUntold(time_ns(), count))

    # ---- TLS

    def _begin_handshake(self, sock: socket.socket, tls: ServerTls) -> None:
        from serialbridge_gui.engine.tls import Handshake

        stream = tls.wrap(sock)
        if (problem := tls.take_failure()) is not None:
            self._tell(ev.TlsFilesRefused(time_ns(), problem))
        try:
            handshake = Handshake(stream, monotonic())
        except OSError:
            stream.close()  # gone before it was here
            return
        self._handshakes[handshake] = 0
        self._reconsider()
        self._step(handshake, 0)

    def _step(self, handshake: Handshake, _mask: int) -> None:
        try:
            wanted = handshake.step()
        except OSError:
            self._fail(handshake)
            return
        if wanted:
            self._watch(handshake, wanted)
            return
        self._forget(handshake)
        reason = self._place()  # it may have been taken meanwhile
        if reason is None:
            self._let_in(handshake.stream)
        else:
            handshake.close()
            self.tell_of_refused(handshake.address, reason)

    def _watch(self, handshake: Handshake, mask: int) -> None:
        watched, self._handshakes[handshake] = self._handshakes[handshake], mask
        fd = handshake.stream.socket.fileno()
        if not watched:
            self._selector.register(fd, mask, partial(self._step, handshake))
        elif watched != mask:
            self._selector.modify(fd, mask)

    def _fail(self, handshake: Handshake) -> None:
        self._forget(handshake)
        handshake.close()
        self.tell_of_refused(handshake.address, ev.RefuseReason.TLS, handshake.reason)

    def _forget(self, handshake: Handshake) -> None:
        if self._handshakes.pop(handshake, 0):
            self._selector.unregister(handshake.stream.socket.fileno())


def _networks(texts: tuple[str, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
    if not texts:
        return ()
    from ipaddress import IPv6Network, ip_network

    found = []
    for text in texts:
        network = ip_network(text, strict=False)
        mapped = network.network_address.ipv4_mapped if isinstance(network, IPv6Network) else None
        if mapped is not None and network.prefixlen >= 96:  # IPv4 peers count as IPv4, however the list writes them
            network = ip_network(f"{mapped}/{network.prefixlen - 96}")
        found.append(network)
    return tuple(found)


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
