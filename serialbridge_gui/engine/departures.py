"""Departures: which client has to leave, when and why: time-outs, failures, a device that is gone, room for another."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable
from time import monotonic, sleep
from typing import TYPE_CHECKING, Final, Protocol

from serialbridge_gui.engine import events as ev
from serialbridge_gui.engine.client import Client
from serialbridge_gui.engine.counters import Counters
from serialbridge_gui.engine.port import Port
from serialbridge_gui.engine.readiness import READ
from serialbridge_gui.engine.timed import ANSWERS_TICK_S, AWAY_TICK_S, LINES_TICK_S, TICK_S
from serialbridge_gui.profile import Access, ClientRules, SlowClient
from serialbridge_gui.traffic.clock import time_ns

if TYPE_CHECKING:
    from serialbridge_gui.engine.remote_control import RemoteControl

SLOW_CLIENT_S: Final = 0.5
"""How long a client may hold the device up, or take nothing, while its queue is full: of the time that this program
has run, see `_forgive`."""
SEE_OFF_S: Final = 1.0
"""Where clients are disconnected because the device is gone: how long they may take what is queued for them, of the
time that this program has run."""


class Owner(Protocol):
    """What Departures needs of its relay, which has the docstrings."""

    clients: tuple[Client, ...]
    counters: Counters
    last_serial_at: float
    stopping: bool

    @property
    def port(self) -> Port | None: ...
    @property
    def to_device_bytes(self) -> int: ...
    @property
    def taken_bytes(self) -> int: ...
    def is_held_by(self, client: Client) -> bool: ...
    def let_write(self, client: Client) -> None: ...
    def remove(self, client: Client) -> None: ...


class Departures:
    """Ends clients, and tells of it. Bridge thread only. The relay calls `tick`, no later than `tick_s` says."""

    def __init__(
        self, rules: ClientRules, owner: Owner, remote: RemoteControl | None, tell: Callable[[ev.Event], None]
    ) -> None:
        self.client_left: Callable[[], None] = lambda: None
        """Called once a client is gone: who dials out dials again."""
        self._rules = rules
        self._drop_slow = rules.slow_client_in_force is SlowClient.DROP
        self._owner = owner
        self._remote = remote
        self._tell = tell
        self._seen_off: tuple[Client, ...] = ()
        """Clients that are disconnected as soon as they have what is queued for them."""
        self._see_off_until = 0.0
        self._answers_at = 0.0
        self._ticked_at = 0.0

    def end(self, client: Client, reason: ev.LeaveReason) -> None:
        """Disconnect this client, unless it is gone already. In `monitor` another may write then."""
        if client not in self._owner.clients:
            return
        self._owner.remove(client)
        self._tell(ev.ClientDisconnected(time_ns(), client.number, client.address, reason, client.program))
        others = self._owner.clients
        if self._rules.access is Access.MONITOR and client.may_write and others:
            heir = next((other for other in others if not other.finished_sending), others[0])
            self._owner.let_write(heir)
            self._tell(ev.WriterChanged(time_ns(), heir.number))
        if self._remote is not None:
            self._remote.left(client, stopping=self._owner.stopping)
        if not self._owner.stopping:
            self.client_left()

    def failed(self, client: Client, error: OSError) -> None:
        """Its connection is broken."""
        if error.errno in (errno.ETIMEDOUT, errno.EHOSTUNREACH, errno.ENETUNREACH):
            reason = ev.LeaveReason.VANISHED
        elif client.finished_sending:
            reason = ev.LeaveReason.CLOSED
        else:
            reason = ev.LeaveReason.RESET
        self.end(client, reason)

    def disconnect(self, number: int) -> None:
        """Let the client with this number go, if it is still there."""
        for client in self._owner.clients:
            if client.number == number:
                self.end(client, ev.LeaveReason.KICKED)

    def take_leave(self, deadline: float) -> None:
        """End the sending sides and throw away what clients still send, until `deadline` (monotonic) at most.

        A socket that is closed with bytes unread resets its connection, and the last bytes to the client
        would be gone with it.
        """
        leaving = [client for client in self._owner.clients if client.finish()]
        while leaving:
            for client in leaving:
                self._owner.counters.lost += client.discard_input()
            leaving = [client for client in leaving if client.still_matters()]
            if monotonic() >= deadline:
                return
            if leaving:
                sleep(0.005)  # the last moments of a bridge: nothing else is left to do in this thread

    # ---- room for another

    def leaving(self) -> Client | None:
        """A client that has finished sending gives its place to a new one."""
        for client in self._owner.clients:
            if client.finished_sending or (not client.watched & READ and client.peer_has_finished()):
                return client
        return None

    def make_room(self) -> None:
        """End who is leaving, else who came first."""
        leaving = self.leaving()
        if leaving is not None:
            self.end(leaving, ev.LeaveReason.DEVICE_LOST if self.is_seen_off(leaving) else ev.LeaveReason.CLOSED)
        else:
            self.end(self._owner.clients[0], ev.LeaveReason.REPLACED)

    # ---- the device is gone, and they go with it

    @property
    def seeing_off(self) -> bool:
        """Whether some of those who were there when the device went are not gone yet, as far as `tick` knows."""
        return bool(self._seen_off)

    def is_seen_off(self, client: Client) -> bool:
        """Whether this one is disconnected as soon as it has what is queued for it."""
        return client in self._seen_off

    def see_off_all(self, now: float) -> None:
        """Disconnect all who are there now, once they have what is queued for them."""
        self._seen_off, self._see_off_until = self._owner.clients, now + SEE_OFF_S

    def _see_off(self, now: float) -> None:
        """Disconnect those who were there when the device went, as far as they have everything it sent."""
        for client in self._seen_off:
            if client not in self._owner.clients:
                continue
            self._owner.counters.lost += client.discard_input()
            in_time = now < self._see_off_until
            if in_time and (client.queue.size or (client.finish() and client.still_matters())):
                continue
            self.end(client, ev.LeaveReason.DEVICE_LOST)
        self._seen_off = tuple(client for client in self._seen_off if client in self._owner.clients)

    # ---- time

    @property
    def tick_s(self) -> float | None:
        """How long `tick` may be put off, in s; None: there is nothing to look at."""
        clients = self._owner.clients
        if self._seen_off or any(client.full_since for client in clients):
            return TICK_S
        if any(client.finished_sending for client in clients):
            return TICK_S if self._rules.half_closed_silence_s <= 1 else LINES_TICK_S
        if not clients:
            return None
        return AWAY_TICK_S if self._rules.idle_timeout_s else ANSWERS_TICK_S

    def tick(self, now: float) -> None:
        """End those whose time is over. `now`: monotonic seconds."""
        self._forgive(now - self._ticked_at - 2 * TICK_S, now)
        self._ticked_at = now
        self._end_failed()
        if self._seen_off:
            self._see_off(now)
        if now >= self._answers_at:
            self._answers_at = now + ANSWERS_TICK_S
            self._end_vanished()
        self._end_overdue(now)

    def _forgive(self, held_up_s: float, now: float) -> None:
        """A machine that slept, or gave its time to others, held this program up: that is not its clients' slowness."""
        if held_up_s > 0:
            self._see_off_until = min(now + SEE_OFF_S, self._see_off_until + held_up_s)
            for client in self._owner.clients:
                if client.full_since:
                    client.full_since = min(now, client.full_since + held_up_s)
                    client.last_taken_at = min(now, client.last_taken_at + held_up_s)
                if client.finished_sending:
                    silent_since = max(client.finished_sending, self._owner.last_serial_at)
                    client.finished_sending = min(now, silent_since + held_up_s)

    def _end_failed(self) -> None:
        """A client that is not read is not watched either: ask whether its connection is still there."""
        for client in self._owner.clients:
            if not client.watched & READ:
                number = client.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                if number:
                    self.failed(client, OSError(number, os.strerror(number)))

    def _end_vanished(self) -> None:
        for client in self._owner.clients:
            if client.has_vanished():
                self.end(client, ev.LeaveReason.VANISHED)

    def _end_overdue(self, now: float) -> None:
        for client in self._owner.clients:
            if self._has_its_answer(client, now):
                self.end(client, ev.LeaveReason.CLOSED)
            elif self._is_too_slow(client, now):
                self.end(client, ev.LeaveReason.SLOW)
            elif self._is_idle(client, now):
                self.end(client, ev.LeaveReason.IDLE)

    def _has_its_answer(self, client: Client, now: float) -> bool:
        """Whether it has shut its sending side, and the device has been silent for long enough since."""
        if not client.finished_sending:
            return False
        if client.queue.size or (self._owner.to_device_bytes and self._owner.taken_bytes < client.request_ends_at):
            client.finished_sending = now  # its request waits here, or the device for it: the silence begins later
            return False
        if now - max(client.finished_sending, self._owner.last_serial_at) < self._rules.half_closed_silence_s:
            return False
        if self._owner.port is not None and self._owner.port.output_waiting():
            client.finished_sending = now  # its request is still on the line: the silence begins later
            return False
        return True

    def _is_too_slow(self, client: Client, now: float) -> bool:
        if not client.full_since or not self._drop_slow:
            return False
        others_wait = self._owner.is_held_by(client) and len(self._owner.clients) > 1
        return now - (client.full_since if others_wait else client.last_taken_at) >= SLOW_CLIENT_S

    def _is_idle(self, client: Client, now: float) -> bool:
        idle_s = self._rules.idle_timeout_s
        last_at = max(client.last_byte_at, client.last_taken_at, self._owner.last_serial_at)
        return idle_s > 0 and now - last_at >= idle_s
