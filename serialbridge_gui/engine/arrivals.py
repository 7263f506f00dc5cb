"""Arrivals: a peer becomes a client. Which place it gets, whether it may write, and what its first words give away."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from serialbridge_gui.engine import events as ev
from serialbridge_gui.engine.client import Client
from serialbridge_gui.engine.departures import Departures
from serialbridge_gui.engine.door import Door
from serialbridge_gui.engine.first_words import looks_like_http, looks_like_telnet
from serialbridge_gui.engine.readiness import Readiness
from serialbridge_gui.profile import Access, Mode, Profile
from serialbridge_gui.traffic.clock import time_ns

if TYPE_CHECKING:
    from serialbridge_gui.engine.remote_control import RemoteControl
    from serialbridge_gui.engine.tls import ServerTls
    from serialbridge_gui.engine.tls_stream import TlsStream


class Owner(Protocol):
    """What Arrivals needs of its relay, which has the docstrings."""

    clients: tuple[Client, ...]
    now: float

    def begin_session(self) -> None: ...
    def add(self, client: Client) -> None: ...
    def reconsider(self) -> None: ...


class Arrivals:
    """Lets peers in, from the door or from who dials out. Bridge thread only."""

    def __init__(
        self,
        profile: Profile,
        owner: Owner,
        selector: Readiness,
        departures: Departures,
        remote: RemoteControl | None,
        tell: Callable[[ev.Event], None],
    ) -> None:
        self.door = Door(profile.clients, selector, tell, self._place, self.let_in, owner.reconsider)
        self._rules = profile.clients
        self._refuse_http = profile.mode is Mode.RAW and profile.clients.refuse_http and profile.connect is None
        self._owner = owner
        self._departures = departures
        self._remote = remote
        self._tell = tell
        self._make_client: Callable[..., Client] = Client
        self._next_number = 1

    def use_tls(self, tls: ServerTls) -> None:
        """From now on peers must speak TLS."""
        from serialbridge_gui.engine.tls_client import TlsClient

        self.door.tls = tls
        self._make_client = TlsClient

    def let_in(self, peer: socket.socket | TlsStream) -> None:
        """This peer is a client from now on."""
        if len(self._owner.clients) >= self._rules.limit:
            self._departures.make_room()
        if not self._owner.clients:
            self._owner.begin_session()
        may_write = self._rules.access is not Access.MONITOR or not self._owner.clients
        try:
            client = self._make_client(self._next_number, peer, may_write=may_write, now=self._owner.now)
        except OSError:
            peer.close()
            self._departures.client_left()
            return
        self._next_number += 1
        self._owner.add(client)
        self._tell(ev.ClientConnected(time_ns(), client.number, client.address))
        if self._remote is not None:
            self._remote.begin(client)
        if self._rules.idle_timeout_s or len(self._owner.clients) == 1:
            self._owner.reconsider()

    def turn_away(self, client: Client, first_words: bytes) -> bool:
        """Whether this raw client was none of ours, a web page, and is gone. One that speaks Telnet is told of."""
        if self._refuse_http and looks_like_http(first_words):
            self.door.tell_of_refused(client.address, ev.RefuseReason.HTTP)
            self._departures.end(client, ev.LeaveReason.KICKED)
            return True
        if looks_like_telnet(first_words):
            self._tell(ev.LooksLikeTelnet(time_ns(), client.number))
        return False

    def _place(self) -> ev.RefuseReason | None:
        """Why there is no place for another client; None: there is."""
        free = len(self._owner.clients) < self._rules.limit
        if free or self._rules.access is Access.REPLACE or self._departures.leaving():
            return None
        single = self._rules.access is Access.EXCLUSIVE
        return ev.RefuseReason.IN_USE if single else ev.RefuseReason.FULL
