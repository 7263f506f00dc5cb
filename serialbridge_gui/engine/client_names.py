"""ClientNames: which programs of this machine are connected, found out beside the bridge's thread."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from serialbridge_gui.engine import events as ev
from serialbridge_gui.traffic.clock import time_ns

if TYPE_CHECKING:
    from serialbridge_gui.engine.relay import Relay

logger = logging.getLogger(__name__)

End = tuple[str, int]
"""Host and port."""
Ends = tuple[End, End]
"""Of a connection: ours, and the client's."""

SETTLE_S: Final = 0.1
"""A client that has finished within it is not looked for (chosen: who connects for each question costs nothing)."""
REST_S: Final = 0.05
"""So long no byte must have passed (chosen). A look takes the interpreter 20 to 60 ms, in which bytes wait up to 6 ms
(measured: it was most of what a round trip's p99.9 had over socat's)."""
LATEST_S: Final = 3.0
"""Who never rests for so long is looked for all the same (chosen)."""
HOLD_S: Final = 0.3
"""How long telling of a refused client waits for the name of the one that has the place."""
TICK_S: Final = 0.05
IDLE_SHARE: Final = 20
"""After a look there is none for so many times what it took: all of them are 5 % of a CPU at most."""


class ClientNames:
    """Stands between a Relay and those who are told of its events. Bridge thread only, but for `_look`."""

    def __init__(self, tell: Callable[[ev.Event], None], post: Callable[[Callable[[], None]], None]) -> None:
        """`post` runs a call in the bridge's thread, soon; any thread may call it."""
        self._tell = tell
        self._post = post
        self._relay: Relay | None = None
        self._waiting: dict[int, Ends] = {}
        """Numbers of clients that nobody has looked for yet."""
        self._asked: dict[int, Ends] = {}
        """Of those that are looked for now, and are still there."""
        self._looking = False
        self._look_at = 0.0
        self._look_until = 0.0
        self._held: list[ev.ClientRefused] = []
        """At most what the Door tells of in HOLD_S."""
        self._held_until = 0.0

    def join(self, relay: Relay) -> None:
        """Know this relay's clients, and have its time."""
        self._relay = relay
        relay.timed = (*relay.timed, self)

    @property
    def tick_s(self) -> float | None:
        """How long `tick` may be put off, in s; None: there is nothing to look at."""
        return TICK_S if self._waiting or self._held else None

    def tell(self, event: ev.Event) -> None:
        """Hand the event on, with the program's name where it is known, or known soon."""
        if isinstance(event, ev.ClientConnected):
            self._note(event.client)
        elif isinstance(event, ev.ClientDisconnected):
            self._tell_held()
            self._waiting.pop(event.client, None)
            self._asked.pop(event.client, None)
        elif isinstance(event, ev.ClientRefused) and event.reason is ev.RefuseReason.IN_USE:
            if self._may_be_named_soon():
                self._hold(event)
                return
            event = replace(event, holder=self._holder())
        self._tell(event)

    def tick(self, now: float) -> None:
        """Begin to look, where it is time to; wait no longer for names. `now`: monotonic seconds."""
        if self._held and now >= self._held_until:
            self._tell_held()
        if self._waiting and not self._looking and now >= self._look_at and self._may_look(now):
            self._begin_to_look()

    def _may_look(self, now: float) -> bool:
        """Whether no byte is likely to wait for it, or somebody waits for the name."""
        if self._held or now >= self._look_until or self._relay is None:
            return True
        last_at = max((client.last_byte_at for client in self._relay.clients), default=0.0)
        return now - max(last_at, self._relay.last_serial_at) >= REST_S

    def _begin_to_look(self) -> None:
        waiting, self._waiting = self._waiting, {}
        clients = () if self._relay is None else self._relay.clients
        there = {client.number for client in clients if not client.finished_sending}
        self._asked = {number: ends for number, ends in waiting.items() if number in there}
        if self._asked:
            looker = threading.Thread(target=self._look, args=(self._asked.copy(),), name="name clients", daemon=True)
            self._looking = True
            try:
                looker.start()
            except RuntimeError:  # the system has no thread left for it
                logger.info("clients stay without names: no thread can be started")
                self._found({}, SETTLE_S)

    def _note(self, number: int) -> None:
        if self._relay is None:
            return
        client = next(each for each in self._relay.clients if each.number == number)
        with contextlib.suppress(OSError):  # gone already
            own, peer = end_of(client.socket.getsockname()), end_of(client.socket.getpeername())
            if own[0] == peer[0] or peer[0].startswith("127."):  # a program of this machine
                if not self._waiting:
                    now = monotonic()
                    self._look_at = max(self._look_at, now + SETTLE_S)
                    self._look_until = now + LATEST_S
                self._waiting[number] = own, peer
                self._relay.reconsider()

    # ---- the refused

    def _holder(self) -> ev.ClientProgram | None:
        clients = () if self._relay is None else self._relay.clients
        return next((client.program for client in clients), None)

    def _may_be_named_soon(self) -> bool:
        return self._holder() is None and bool(self._waiting or self._asked)

    def _hold(self, event: ev.ClientRefused) -> None:
        if not self._held:
            self._held_until = monotonic() + HOLD_S
        self._held.append(event)
        if self._relay is not None:
            self._relay.reconsider()

    def _tell_held(self) -> None:
        held, self._held = self._held, []
        for event in held:
            self._tell(replace(event, holder=self._holder()))

    # ---- looking

    def _look(self, asked: dict[int, Ends]) -> None:
        """In the thread "name clients"."""
        began = monotonic()
        found: dict[int, ev.ClientProgram] = {}
        try:
            from serialbridge_gui.engine.client_program import programs_at

            found = programs_at(asked)
        except Exception as error:  # noqa: BLE001 - names are a courtesy, and systems differ in what they hide
            logger.info("clients stay without names: %r", error)
        finally:
            self._post(partial(self._found, found, monotonic() - began))

    def _found(self, found: dict[int, ev.ClientProgram], took_s: float) -> None:
        """`found` may have clients that are gone."""
        self._asked, self._looking = {}, False
        self._look_at = max(self._look_at, monotonic() + IDLE_SHARE * took_s)
        if self._relay is None:
            return
        for client in self._relay.clients:
            if client.number in found:
                client.program = found[client.number]
                self._tell(ev.ClientNamed(time_ns(), client.number, client.program))
        self._tell_held()
        self._relay.reconsider()


def end_of(address: Sequence[Any]) -> End:
    """As sockets give it; IPv4 in an IPv6 socket is IPv4."""
    return str(address[0]).removeprefix("::ffff:").partition("%")[0], int(address[1])
