"""Relay: what happens between one serial port and its TCP clients. The loop around it is BridgeThread's."""

from __future__ import annotations

import errno
import os
import selectors
import socket
from collections.abc import Callable
from functools import partial
from math import inf
from time import monotonic, sleep, time_ns
from typing import Final

from serialbridge_gui.engine import events as ev
from serialbridge_gui.engine.byte_queue import ByteQueue
from serialbridge_gui.engine.client import MAX_QUEUE_BYTES, Client, peer_address
from serialbridge_gui.engine.errors import BridgeError
from serialbridge_gui.engine.serial_port import SerialPort
from serialbridge_gui.profile import Access, Profile, SlowClient, WhileAway
from serialbridge_gui.traffic.chunk import NO_CLIENT, Direction, Tap

MAX_CHUNK_BYTES: Final = 64 << 10
"""The most that is read at once, from either side."""
READ_ON_FROM_BYTES: Final = 2048
"""A first read this large is followed by others: a pty gives at most 4095 bytes a read (measured: 1.2-1.3 x)."""
MAX_TO_DEVICE_BYTES: Final = 64 << 10
"""Bound of what waits for the device; then the clients' sockets are not read, and TCP slows the senders."""

TICK_S: Final = 0.05
"""How often time-outs of a second or less are looked at, while there is one."""
LINES_TICK_S: Final = 0.1
AWAY_TICK_S: Final = 0.25
ANSWERS_TICK_S: Final = 5.0
"""How often clients are looked at for being still there, as far as keep-alive does not tell."""
SLOW_CLIENT_S: Final = 0.5
HALF_CLOSED_SILENCE_S: Final = 1.0
"""How long the device must have been silent before a client that shut its sending side is let go."""
REOPEN_S: Final = 0.5
PORT_DRAIN_S: Final = 0.3
"""At the end: how long the port's own buffers may take to empty."""

_READ, _WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE


class Counters:
    """Bytes since the start. Written by the bridge thread alone; any thread may read."""

    __slots__ = ("events_untold", "lost", "serial_to_tcp", "tcp_to_serial", "unread")

    def __init__(self) -> None:
        self.serial_to_tcp = 0
        """From the device, with at least one client there."""
        self.tcp_to_serial = 0
        """Taken by the device's driver."""
        self.unread = 0
        """From the device while no client was there."""
        self.lost = 0
        """Taken from one side and never handed to the other."""
        self.events_untold = 0
        """Comings and goings of clients that the main thread did not fetch in time."""


class Relay:
    """Reads, queues, writes, lets clients in and out. Everything in the bridge thread.

    The loop calls the selector's callbacks, keeps `now` up to date, waits `wait_s` at most, and calls `tick`
    once `tick_at` is over.
    """

    def __init__(
        self, profile: Profile, tap: Tap | None, selector: selectors.BaseSelector, tell: Callable[[ev.Event], None]
    ) -> None:
        self.counters = Counters()
        self.clients: tuple[Client, ...] = ()
        """Who is connected, replaced as a whole at each change: any thread may read it."""
        self.now = monotonic()
        """The loop's time, in s."""
        self.wait_s: float | None = None
        """How long the loop may wait; None: until something happens."""
        self.tick_at = inf
        self._profile = profile
        self._rules = profile.clients
        self._drop_slow = profile.clients.slow_client_in_force is SlowClient.DROP
        self._tap = tap
        self._selector = selector
        self._tell = tell
        self._stopping = False
        self._port: SerialPort | None = None
        self._port_watched = 0
        self._to_device = ByteQueue()
        self._clients_held = False
        self._holding: set[Client] = set()
        self._next_number = 1
        self._lines: ev.ModemLines | None = None
        self._last_serial_at = 0.0
        self._reopen_at = inf
        self._answers_at = 0.0

    # ---- life

    def open_port(self) -> None:
        """Open the profile's device and watch it. Raises BridgeError."""
        self._port = SerialPort(self._profile.serial)
        if self._port.refused:
            self._tell(ev.SettingsRefused(time_ns(), self._port.device, self._port.refused))
        self._watch_port(_READ)
        self.reconsider()

    def stop_reading(self) -> None:
        """From now on only hand on what is already here."""
        self._stopping = True
        self._clients_held = True
        for client in self.clients:
            self._watch_client(client, _WRITE if client.queue.size else 0)
        self._watch_port(_WRITE if self._to_device.size else 0)

    def waiting_bytes(self) -> int:
        """What has been read and can still be handed on."""
        device = self._to_device.size if self._port is not None else 0
        return device + sum(client.queue.size for client in self.clients)

    def take_leave(self, deadline: float) -> None:
        """End the sending sides and throw away what clients still send, until `deadline` (monotonic) at most.

        A socket that is closed with bytes unread resets its connection, and the last bytes to the client
        would be gone with it.
        """
        leaving = [client for client in self.clients if client.finish()]
        while leaving:
            for client in leaving:
                self.counters.lost += client.discard_input()
            leaving = [client for client in leaving if client.still_matters()]
            if monotonic() >= deadline:
                return
            if leaving:
                sleep(0.005)  # the last moments of a bridge: nothing else is left to do in this thread

    def close(self) -> None:
        """Let every client go and close the port; what is left is counted as lost."""
        self._stopping = True
        for client in self.clients:
            self._end_client(client, ev.LeaveReason.STOPPED)
        self.counters.lost += self._to_device.clear()
        port = self._port
        if port is not None:
            self._watch_port(0)
            self._port = None
            self.counters.lost += port.close(PORT_DRAIN_S)

    def disconnect(self, number: int) -> None:
        """Let the client with this number go, if it is still there."""
        for client in self.clients:
            if client.number == number:
                self._end_client(client, ev.LeaveReason.KICKED)

    # ---- device to clients

    def _watch_port(self, mask: int) -> None:
        port = self._port
        if port is None or mask == self._port_watched:
            return
        if not mask:
            self._selector.unregister(port.fileno())
        elif self._port_watched:
            self._selector.modify(port.fileno(), mask, self._port_ready)
        else:
            self._selector.register(port.fileno(), mask, self._port_ready)
        self._port_watched = mask

    def _port_ready(self, mask: int) -> None:
        if mask & _WRITE:
            self._write_to_device()
        if mask & _READ and self._port is not None:
            self._read_port(self._port)

    def _read_port(self, port: SerialPort) -> None:
        try:
            data = port.read(MAX_CHUNK_BYTES)
            if len(data) >= READ_ON_FROM_BYTES:
                data = _read_on(port, data)
        except BlockingIOError:
            return
        except OSError as error:
            self._device_lost(error)
            return
        if not data:
            self._device_lost(None)
            return
        if self._tap is not None:
            self._tap.put(Direction.SERIAL_TO_TCP, NO_CLIENT, data)
        clients = self.clients
        if not clients:
            self.counters.unread += len(data)
            return
        self._last_serial_at = self.now
        self.counters.serial_to_tcp += len(data)
        for client in clients:
            try:
                if client.send(data):
                    self._queued(client, len(data))
            except OSError as error:
                self._client_failed(client, error)

    def _queued(self, client: Client, added: int) -> None:
        """The client did not take everything at once."""
        if client.watched and not client.watched & _WRITE:
            self._watch_client(client, client.watched | _WRITE)
        elif not client.watched:
            self._watch_client(client, _WRITE)
        if client.queue.size <= MAX_QUEUE_BYTES - MAX_CHUNK_BYTES:
            return
        if not client.full_since:
            client.full_since = self.now
            client.last_taken_at = self.now
            self.reconsider()
        if client.may_write:
            self._holding.add(client)
            self._watch_port(self._port_watched & ~_READ)
        elif client.queue.size > MAX_QUEUE_BYTES:
            # A reader in `monitor` holds nobody back: it gets a gap of its own, counted.
            client.gap += client.queue.drop_last()
            self.counters.lost += added

    def _flush_client(self, client: Client) -> None:
        try:
            taken = client.flush()
        except OSError as error:
            self._client_failed(client, error)
            return
        if taken:
            client.last_taken_at = client.last_byte_at = self.now
        if client.full_since and client.queue.size <= MAX_QUEUE_BYTES - 2 * MAX_CHUNK_BYTES:
            self._release(client)
        if not client.queue.size:
            self._watch_client(client, client.watched & ~_WRITE)

    def _release(self, client: Client) -> None:
        """Nobody has to wait for this client any more."""
        client.full_since = 0.0
        self._holding.discard(client)
        if not self._holding and self._port is not None and not self._stopping:
            self._watch_port(self._port_watched | _READ)

    # ---- clients to device

    def _read_client(self, client: Client) -> None:
        try:
            room = MAX_TO_DEVICE_BYTES - self._to_device.size if client.may_write else MAX_CHUNK_BYTES
            data = client.socket.recv(room)  # never 0: who may write is not read while the queue is full
        except BlockingIOError:
            return
        except OSError as error:
            self._client_failed(client, error)
            return
        if not data:
            self._finished_sending(client)
            return
        client.received += len(data)
        client.last_byte_at = self.now
        if not client.may_write:
            return
        if self._tap is not None:
            self._tap.put(Direction.TCP_TO_SERIAL, client.number, data)
        if self._port is None and self._profile.while_away is WhileAway.DISCARD:
            self.counters.lost += len(data)
            return
        if self._to_device.size or self._port is None:
            self._to_device.put(data)
        else:
            self._send_to_device(self._port, data)
        if self._to_device.size >= MAX_TO_DEVICE_BYTES // 2:
            self._hold_clients(held=True)

    def _send_to_device(self, port: SerialPort, data: bytes) -> None:
        """Write at once what the device takes, queue the rest."""
        count, failed = 0, None
        try:
            count = port.write(data)
        except BlockingIOError:
            pass
        except OSError as error:
            failed = error
        self.counters.tcp_to_serial += count
        if count < len(data):
            self._to_device.put(memoryview(data)[count:])
            self._watch_port(self._port_watched | _WRITE)
        if failed is not None:
            self._device_lost(failed)

    def _write_to_device(self) -> None:
        if self._port is None:
            return
        try:
            self.counters.tcp_to_serial += self._to_device.write_to(self._port.write)
        except OSError as error:
            self._device_lost(error)
            return
        if not self._to_device.size:
            self._watch_port(self._port_watched & ~_WRITE)
        if self._clients_held and self._to_device.size <= MAX_TO_DEVICE_BYTES // 4:
            self._hold_clients(held=False)

    def _hold_clients(self, *, held: bool) -> None:
        """Stop, or go on, reading what clients send. Readers in `monitor` are read on: it goes nowhere."""
        if held == self._clients_held or self._stopping:
            return
        self._clients_held = held
        if held:
            self.reconsider()
        for client in self.clients:
            if client.may_write and not client.finished_sending:
                self._watch_client(client, client.watched & ~_READ if held else client.watched | _READ)

    # ---- clients

    def _watch_client(self, client: Client, mask: int) -> None:
        if mask == client.watched:
            return
        if not mask:
            self._selector.unregister(client.socket)
        elif client.watched:
            self._selector.modify(client.socket, mask, self._selector.get_key(client.socket).data)
        else:
            self._selector.register(client.socket, mask, partial(self._client_ready, client))
        client.watched = mask

    def _client_ready(self, client: Client, mask: int) -> None:
        if mask & client.watched & _WRITE:
            self._flush_client(client)
        if mask & client.watched & _READ:
            self._read_client(client)

    def accept(self, sock: socket.socket) -> None:
        """Let this peer in, or refuse it."""
        try:
            address = peer_address(sock)
        except OSError:
            sock.close()  # gone before it was here
            return
        if len(self.clients) >= self._rules.limit and not self._make_room():
            sock.close()
            single = self._rules.access is Access.EXCLUSIVE
            reason = ev.RefuseReason.IN_USE if single else ev.RefuseReason.FULL
            self._tell(ev.ClientRefused(time_ns(), address, reason))
            return
        if not self.clients:
            self._begin_session()
        may_write = self._rules.access is not Access.MONITOR or not self.clients
        try:
            client = Client(self._next_number, sock, may_write=may_write, now=self.now)
        except OSError:
            sock.close()
            return
        self._next_number += 1
        self.clients = (*self.clients, client)
        self._watch_client(client, 0 if may_write and self._clients_held else _READ)
        self._tell(ev.ClientConnected(time_ns(), client.number, client.address))
        if self._rules.idle_timeout_s or len(self.clients) == 1:
            self.reconsider()

    def _make_room(self) -> bool:
        for client in self.clients:
            if client.finished_sending or (not client.watched & _READ and client.peer_has_finished()):
                self._end_client(client, ev.LeaveReason.CLOSED)
                return True
        if self._rules.access is Access.REPLACE:
            self._end_client(self.clients[0], ev.LeaveReason.REPLACED)
            return True
        return False

    def _begin_session(self) -> None:
        """Nobody reads, and no device gets, a byte of the session before."""
        self.counters.lost += self._to_device.clear()
        port = self._port
        if port is not None:
            for _ in range(16):  # what came before this client is still shown; a device that never stops is purged
                if self._port is not port or not self._read_unread(port):
                    break
            if self._port is port:
                port.purge()
                self._watch_port(_READ)
        self._hold_clients(held=False)

    def _read_unread(self, port: SerialPort) -> bool:
        try:
            data = port.read(MAX_CHUNK_BYTES)
        except BlockingIOError:
            return False
        except OSError as error:
            self._device_lost(error)
            return False
        if not data:
            self._device_lost(None)
            return False
        if self._tap is not None:
            self._tap.put(Direction.SERIAL_TO_TCP, NO_CLIENT, data)
        self.counters.unread += len(data)
        return True

    def _finished_sending(self, client: Client) -> None:
        """It shut its sending side: it keeps receiving until the device has been silent for a while."""
        client.finished_sending = self.now
        self._watch_client(client, client.watched & ~_READ)
        self.reconsider()

    def _client_failed(self, client: Client, error: OSError) -> None:
        if error.errno in (errno.ETIMEDOUT, errno.EHOSTUNREACH, errno.ENETUNREACH):
            reason = ev.LeaveReason.VANISHED
        elif client.finished_sending:
            reason = ev.LeaveReason.CLOSED
        else:
            reason = ev.LeaveReason.RESET
        self._end_client(client, reason)

    def _end_client(self, client: Client, reason: ev.LeaveReason) -> None:
        if client not in self.clients:
            return
        self._watch_client(client, 0)
        self.counters.lost += client.close()
        self.clients = tuple(other for other in self.clients if other is not client)
        self._release(client)
        self._tell(ev.ClientDisconnected(time_ns(), client.number, client.address, reason))
        if self._rules.access is Access.MONITOR and client.may_write and self.clients:
            heir = next((client for client in self.clients if not client.finished_sending), self.clients[0])
            heir.may_write = True
            if self._clients_held:
                self._watch_client(heir, heir.watched & ~_READ)
            self._tell(ev.WriterChanged(time_ns(), heir.number))

    # ---- the device goes and comes back

    def _device_lost(self, error: OSError | None) -> None:
        port = self._port
        if port is None:
            return
        detail = port.failure or (str(error) if error else "")
        self._watch_port(0)
        self._port = None
        self._port_watched = 0
        self.counters.lost += port.close()
        if self._profile.while_away is WhileAway.DISCARD:
            self.counters.lost += self._to_device.clear()
            self._hold_clients(held=False)
        self._lines = None
        self._tell(ev.LinesChanged(time_ns(), None))
        reason = ev.LossReason.UNPLUGGED if port.is_device else ev.LossReason.ERROR
        self._tell(ev.DeviceLost(time_ns(), port.device, reason, detail))
        self._reopen_at = self.now + REOPEN_S
        self.reconsider()

    def _try_reopen(self) -> None:
        device = self._profile.serial.device
        self._reopen_at = self.now + REOPEN_S
        if device.startswith("/") and not os.path.exists(device):
            return
        try:
            port = SerialPort(self._profile.serial, busy_retries=0)
        except BridgeError:
            return
        self._reopen_at = inf
        self._port = port
        self._watch_port((0 if self._holding else _READ) | (_WRITE if self._to_device.size else 0))
        self._tell(ev.DeviceBack(time_ns(), device))

    # ---- time

    def reconsider(self) -> None:
        """Look at the time-outs at the end of this turn, and decide when to look again."""
        self.tick_at = 0.0
        self.wait_s = 0.0

    def tick(self, now: float) -> None:
        """Look at every time-out."""
        self._end_failed_clients()
        if now >= self._answers_at:
            self._answers_at = now + ANSWERS_TICK_S
            self._end_vanished_clients()
        self._end_overdue_clients(now)
        if self._reopen_at <= now:
            self._try_reopen()
        port = self._port
        if port is not None:
            if port.has_lines:
                self._poll_lines(port)
            if self._holding and not port.alive():
                self._device_lost(None)
        self.wait_s = self._next_tick_s()
        self.tick_at = inf if self.wait_s is None else now + self.wait_s

    def _next_tick_s(self) -> float | None:
        if any(client.full_since or client.finished_sending for client in self.clients):
            return TICK_S
        if self._port is not None and self._port.has_lines:
            return LINES_TICK_S
        idle_matters = self._rules.idle_timeout_s and self.clients
        if self._port is None or self._clients_held or idle_matters:
            return AWAY_TICK_S
        return ANSWERS_TICK_S if self.clients else None

    def _end_failed_clients(self) -> None:
        """A client that is not read is not watched either: ask whether its connection is still there."""
        for client in self.clients:
            if not client.watched & _READ:
                number = client.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                if number:
                    self._client_failed(client, OSError(number, os.strerror(number)))

    def _end_vanished_clients(self) -> None:
        for client in self.clients:
            if client.has_vanished():
                self._end_client(client, ev.LeaveReason.VANISHED)

    def _end_overdue_clients(self, now: float) -> None:
        idle_s = self._rules.idle_timeout_s
        for client in self.clients:
            if client.finished_sending and not client.queue.size and not self._to_device.size:
                quiet_since = max(client.finished_sending, self._last_serial_at)
                if now - quiet_since >= HALF_CLOSED_SILENCE_S:
                    if self._port is not None and self._port.output_waiting():
                        client.finished_sending = now  # its request is still on the line: the silence begins later
                        continue
                    self._end_client(client, ev.LeaveReason.CLOSED)
                    continue
            if client.full_since and self._drop_slow:
                others_wait = client in self._holding and len(self.clients) > 1
                since = client.full_since if others_wait else client.last_taken_at
                if now - since >= SLOW_CLIENT_S:
                    self._end_client(client, ev.LeaveReason.SLOW)
                    continue
            if idle_s and now - max(client.last_byte_at, client.last_taken_at, self._last_serial_at) >= idle_s:
                self._end_client(client, ev.LeaveReason.IDLE)

    def _poll_lines(self, port: SerialPort) -> None:
        lines = port.lines()
        if lines != self._lines:
            self._lines = lines
            self._tell(ev.LinesChanged(time_ns(), lines))


def _read_on(port: SerialPort, first: bytes) -> bytes:
    """`first` and what follows it at once, up to MAX_CHUNK_BYTES. A failure shows again at the next read."""
    parts = [first]
    size = len(first)
    try:
        while size < MAX_CHUNK_BYTES and (data := port.read(MAX_CHUNK_BYTES - size)):
            parts.append(data)
            size += len(data)
    except OSError:
        pass
    return b"".join(parts)
