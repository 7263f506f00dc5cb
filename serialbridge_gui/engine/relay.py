"""Relay: what happens between one serial port and its TCP clients. The loop around it is BridgeLoop's."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import inf
from time import monotonic
from typing import TYPE_CHECKING, Final

from serialbridge_gui.engine import events as ev
from serialbridge_gui.engine.arrivals import Arrivals
from serialbridge_gui.engine.client import MAX_QUEUE_BYTES, Client
from serialbridge_gui.engine.control_lines import Line
from serialbridge_gui.engine.counters import Counters
from serialbridge_gui.engine.departures import Departures
from serialbridge_gui.engine.device_finder import DeviceFinder
from serialbridge_gui.engine.device_opener import DeviceOpener
from serialbridge_gui.engine.device_queue import DeviceQueue
from serialbridge_gui.engine.port import NobodyThere, Port
from serialbridge_gui.engine.port_controls import PortControls
from serialbridge_gui.engine.readiness import READ, WRITE, Readiness
from serialbridge_gui.engine.timed import AWAY_TICK_S, LINES_TICK_S, Timed
from serialbridge_gui.profile import Mode, OnDeviceLoss, Parity, Profile, WhileAway
from serialbridge_gui.traffic.chunk import LOCAL, NO_CLIENT, Direction
from serialbridge_gui.traffic.taps import Sink

if TYPE_CHECKING:
    from serialbridge_gui.engine.remote_control import RemoteControl

MAX_CHUNK_BYTES: Final = 64 << 10
"""The most that is read at once, from either side."""
READ_ON_FROM_BYTES: Final = 2048
"""A first read this large is followed by others: a pty gives at most 4095 bytes a read (measured: 1.2-1.3 x)."""
MAX_TO_DEVICE_BYTES: Final = 64 << 10
"""Bound of what waits for the device; then the clients' sockets are not read, and TCP slows the senders."""

MAX_TELNET_BYTES: Final = 16 << 10
"""Read at once from a client that speaks Telnet: so much of nothing but requests takes 8 ms (measured)."""

PORT_DRAIN_S: Final = 0.3
"""At the end: how long the port's own buffers may take to empty."""


class Relay:
    """Reads, queues, writes, and looks after the device. Everything in the bridge thread.

    The loop calls the selector's callbacks, keeps `now` up to date, waits `wait_s` at most, and calls `tick`
    once `tick_at` is over.
    """

    __slots__ = (
        "_clients_held",
        "_controls",
        "_discards_while_away",
        "_first_in_turn",
        "_holding",
        "_port",
        "_port_watched",
        "_profile",
        "_remote",
        "_selector",
        "_tap",
        "_tell",
        "_to_device",
        "arrivals",
        "clients",
        "counters",
        "departures",
        "device_purged",
        "last_serial_at",
        "now",
        "opener",
        "stopping",
        "tick_at",
        "timed",
        "wait_s",
    )

    def __init__(
        self,
        profile: Profile,
        tap: Sink | None,
        selector: Readiness,
        tell: Callable[[ev.Event], None],
        finder: DeviceFinder,
        post: Callable[[Callable[[], None]], None],
    ) -> None:
        """`post` runs a call in this thread, soon; any thread may call it."""
        self.counters = Counters()
        self.clients: tuple[Client, ...] = ()
        """Who is connected, replaced as a whole at each change: any thread may read it."""
        self.now = monotonic()
        """The loop's time, in s."""
        self.wait_s: float | None = None
        """How long the loop may wait; None: until something happens."""
        self.tick_at = inf
        self.stopping = False
        """Nothing is read any more, and nobody comes in."""
        self.last_serial_at = 0.0
        """When something was last sent to clients; monotonic, in s."""
        self._profile = profile
        self._discards_while_away = profile.while_away is WhileAway.DISCARD
        self._tap = tap
        self._selector = selector
        self._tell = tell
        self._controls = PortControls(tell, post, self._lines_changed, self._break_ended)
        self._remote: RemoteControl | None = None
        if profile.mode is Mode.RFC2217:
            from serialbridge_gui.engine.remote_control import RemoteControl

            self._remote = RemoteControl(profile.serial, self, tell)
        self.departures = Departures(profile.clients, self, self._remote, tell)
        self.arrivals = Arrivals(profile, self, selector, self.departures, self._remote, tell)
        self.opener = DeviceOpener(profile.serial, self, finder, self._remote, tell)
        self.timed: tuple[Timed, ...] = (self.arrivals.door,)
        """What else has time-outs."""
        self.device_purged: Callable[[ev.NotSentReason], None] = lambda _reason: None
        """Called once what waits for the device was thrown away, whether there was any or not."""
        self._port: Port | None = None
        self._port_watched = 0
        self._to_device = DeviceQueue(self.counters)
        self._clients_held = False
        self._first_in_turn = 0
        """Of the clients that wait to be read: so that each is the first one at times."""
        self._holding: set[Client] = set()

    # ---- life

    def watch(self, tap: Sink | None) -> None:
        """From now on this gets the traffic; None: nobody."""
        self._tap = tap

    def stop_reading(self) -> None:
        """From now on only hand on what is already here."""
        self.stopping = True
        self.arrivals.door.close()
        if self._port is not None:
            self._port.cut_break()
        self._clients_held = True
        for client in self.clients:
            self._watch_client(client, WRITE if client.queue.size else 0)
        self._watch_port(WRITE if self._to_device.size else 0)

    @property
    def to_device_bytes(self) -> int:
        """What waits for the device. Any thread may read it."""
        return self._to_device.size

    @property
    def taken_bytes(self) -> int:
        """What the device has taken since the start, whoever sent it."""
        return self.counters.tcp_to_serial + self.counters.by_hand_to_serial

    def waiting_bytes(self) -> int:
        """What has been read and can still be handed on."""
        device = self._to_device.size if self._port is not None else 0
        return device + sum(client.queue.size for client in self.clients)

    def close(self) -> None:
        """Let every client go and close the port; what is left is counted as lost."""
        self.stopping = True
        self.arrivals.door.close()
        for client in self.clients:
            self.departures.end(client, ev.LeaveReason.STOPPED)
        self.counters.lost += self._to_device.clear()
        port = self._port
        if port is not None:
            self._watch_port(0)
            self._port = None
            self.counters.lost += port.close(PORT_DRAIN_S)

    # ---- lines

    def set_line(self, line: Line, on: bool) -> None:
        """Set DTR or RTS; a device that cannot is told of, once."""
        if self._port is not None:
            self._controls.set_line(self._port, line, on)

    def begin_break(self, duration_s: float) -> None:
        """Begin a break of `duration_s` seconds; ignored while one lasts."""
        port = self._port
        if port is not None and not self.stopping and self._controls.begin_break(port, duration_s):
            self._watch_port(self._port_watched)  # what is to be written waits for its end

    def _break_ended(self, port: Port) -> None:
        if port is not self._port:
            return
        if self._to_device.size:
            self._write_to_device()  # before a break that follows
        if self._remote is not None:
            self._remote.break_ended()
        if self._to_device.size:
            self._watch_port(self._port_watched | WRITE)

    def _lines_changed(self) -> None:
        if self._remote is not None:
            self._remote.lines_changed()

    # ---- device to clients

    def _watch_port(self, mask: int) -> None:
        port = self._port
        if port is not None:
            mask &= port.watchable
        if port is None or mask == self._port_watched:
            return
        if not mask:
            self._selector.unregister(port.fileno())
        elif self._port_watched:
            self._selector.modify(port.fileno(), mask)
        else:
            self._selector.register(port.fileno(), mask, self._port_ready)
        self._port_watched = mask

    def _port_ready(self, mask: int) -> None:
        """Read and hand on. After a large read there is mostly more: it is read without asking the selector.

        The byte path: a call costs more here than a line (docs/decisions/0006-byte-path.md).
        """
        if mask & WRITE:
            self._write_to_device()
        port = self._port
        if not mask & READ or port is None:
            return
        left = MAX_CHUNK_BYTES
        read = port.read
        while True:
            try:
                data = read(left)
            except NobodyThere:
                self._nobody_there()
                return
            except BlockingIOError:
                return
            except OSError as error:
                self._device_lost(error)
                return
            size = len(data)
            if size >= READ_ON_FROM_BYTES and len(self.clients) > 1:
                data = _read_on(port, data)  # handing on to many costs more than joining
                size = len(data)
            if not size:
                self._device_lost(None)
                return
            if self._tap is not None:
                self._tap.put(Direction.SERIAL_TO_TCP, NO_CLIENT, data)
            if self.clients:
                self.counters.serial_to_tcp += size
                self._send_to(self.clients, data)
            else:
                self.counters.unread += size
            left -= size
            if size < READ_ON_FROM_BYTES or left <= 0 or not self._port_watched & READ:
                return

    def _nobody_there(self) -> None:
        """No program has the virtual port open any more. `tick` looks for the next one."""
        self._watch_port(0)
        if self._discards_while_away:
            self._purge_waiting(ev.NotSentReason.DEVICE_LOST)
            self._hold_clients(held=False)
        if self.wait_s is None or self.wait_s > LINES_TICK_S:
            self.wait_s = LINES_TICK_S
            self.tick_at = self.now + LINES_TICK_S

    def _send_to(self, clients: tuple[Client, ...], data: bytes) -> None:
        self.last_serial_at = self.now
        if self._remote is not None:
            data = self._remote.escape(data)
        for client in clients:
            try:
                if client.send(data):
                    self._queued(client, len(data))
            except OSError as error:
                self.departures.failed(client, error)

    def _queued(self, client: Client, added: int) -> None:
        """The client did not take everything at once."""
        if client.watched and not client.watched & WRITE:
            self._watch_client(client, client.watched | WRITE)
        elif not client.watched:
            self._watch_client(client, WRITE)
        if client.queue.size <= MAX_QUEUE_BYTES - MAX_CHUNK_BYTES:
            return
        if not client.full_since:
            client.full_since = self.now
            client.last_taken_at = self.now
            self.reconsider()
        if client.may_write:
            self._holding.add(client)
            self._watch_port(self._port_watched & ~READ)
        elif client.queue.size > MAX_QUEUE_BYTES:
            # A reader in `monitor` holds nobody back: it gets a gap of its own, counted.
            client.gap += client.queue.drop_last()
            self.counters.lost += added

    def _flush_client(self, client: Client) -> None:
        try:
            taken = client.flush()
        except OSError as error:
            self.departures.failed(client, error)
            return
        if taken:
            client.last_taken_at = client.last_byte_at = self.now
        if client.full_since and client.queue.size <= MAX_QUEUE_BYTES - 2 * MAX_CHUNK_BYTES:
            self._release(client)
        if not client.queue.size:
            self._watch_client(client, client.watched & ~WRITE)

    def _release(self, client: Client) -> None:
        """Nobody has to wait for this client any more."""
        client.full_since = 0.0
        if client.conversation is None or not client.conversation.suspended:
            self._holding.discard(client)
        if not self._holding and self._port is not None and not self.stopping:
            self._watch_port(self._port_watched | READ)

    def is_held_by(self, client: Client) -> bool:
        """Whether the device would have to wait for this client now."""
        return client in self._holding

    # ---- clients to device

    def _read_client(self, client: Client) -> None:
        try:
            room = MAX_TO_DEVICE_BYTES - self._to_device.size if client.may_write else MAX_CHUNK_BYTES
            if client.conversation is not None:
                room = min(room, MAX_TELNET_BYTES)
            receive = client.receive
            data = receive(room)  # never 0: who may write is not read while the queue is full
        except BlockingIOError:
            return
        except OSError as error:
            self.departures.failed(client, error)
            return
        if not data:
            self._finished_sending(client)
            return
        if not client.received and self._remote is None and self.arrivals.turn_away(client, data):
            return
        client.received += len(data)
        client.last_byte_at = self.now
        if client.conversation is not None and self._remote is not None:
            self._remote.read(client, data)
        else:
            self.from_client(client, data)

    def from_client(self, client: Client, data: bytes) -> None:
        """Hand on what this client sent, if it may write: at once what the device takes, the rest is queued."""
        if not client.may_write:
            return
        port = self._port
        size = len(data)
        if self._discards_while_away and (port is None or not port.watchable):
            self.counters.lost += size  # and not shown: it never was on its way to the device
            return
        if self._tap is not None:
            self._tap.put(Direction.TCP_TO_SERIAL, client.number, data)
        if port is None or self._to_device.size:
            if port is None and self.departures.is_seen_off(client):
                self.counters.lost += size  # behind what the device would not take
                return
            self._to_device.put(data)
        else:
            count, failed = 0, None
            write = port.write
            try:
                count = write(data)
            except BlockingIOError:
                pass
            except OSError as error:
                failed = error
            self.counters.tcp_to_serial += count
            if count == size:
                return
            self._to_device.put(memoryview(data)[count:])
            self._watch_port(self._port_watched | WRITE)
            if failed is not None:
                self._device_lost(failed)
        if self._to_device.size >= MAX_TO_DEVICE_BYTES // 2:
            self._hold_clients(held=True)

    def _write_to_device(self) -> None:
        if self._port is None:
            return
        try:
            self.counters.tcp_to_serial += self._to_device.write_to(self._port.write)
        except OSError as error:
            self._device_lost(error)
            return
        if self._clients_held and self._to_device.size <= MAX_TO_DEVICE_BYTES // 4:
            self._read_on_from_clients()
        if not self._to_device.size:
            self._watch_port(self._port_watched & ~WRITE)

    def _read_on_from_clients(self) -> None:
        """Who sends as fast as it can has more ready: read that at once, without asking the selector in between."""
        if not self.stopping and self._port is not None:
            self._first_in_turn += 1
            start = self._first_in_turn % max(1, len(self.clients))
            for client in (*self.clients[start:], *self.clients[:start]):
                if client.may_write and not client.finished_sending:
                    self._read_client(client)
                    if self._to_device.size >= MAX_TO_DEVICE_BYTES // 2:
                        return  # they go on being held
        self._hold_clients(held=False)

    def _hold_clients(self, *, held: bool) -> None:
        """Stop, or go on, reading what clients send. Readers in `monitor` are read on: it goes nowhere."""
        if held == self._clients_held or self.stopping:
            return
        self._clients_held = held
        if held and (self.wait_s is None or self.wait_s > AWAY_TICK_S):
            self.wait_s = AWAY_TICK_S
            self.tick_at = self.now + AWAY_TICK_S
        for client in self.clients:
            if client.may_write and not client.finished_sending:
                self._watch_client(client, client.watched & ~READ if held else client.watched | READ)

    # ---- clients

    def _watch_client(self, client: Client, mask: int) -> None:
        if mask == client.watched:
            return
        if not mask:
            self._selector.unregister(client.socket.fileno())
        elif client.watched:
            self._selector.modify(client.socket.fileno(), mask)
        else:
            self._selector.register(client.socket.fileno(), mask, partial(self._client_ready, client))
        client.watched = mask

    def _client_ready(self, client: Client, mask: int) -> None:
        if mask & client.watched & WRITE:
            self._flush_client(client)
        if mask & client.watched & READ:
            self._read_client(client)

    def add(self, client: Client) -> None:
        """It gets what the device sends from now on, and is read."""
        self.clients = (*self.clients, client)
        self._watch_client(client, 0 if client.may_write and self._clients_held else READ)

    def remove(self, client: Client) -> None:
        """Close it; what it has not taken is counted as lost."""
        self._watch_client(client, 0)
        self.counters.lost += client.close()
        self.clients = tuple(other for other in self.clients if other is not client)
        client.conversation = None
        self._release(client)

    def let_write(self, client: Client) -> None:
        """A reader in `monitor` may write from now on."""
        client.may_write = True
        if self._clients_held:
            self._watch_client(client, client.watched & ~READ)

    def begin_session(self) -> None:
        """Nobody reads, and no device gets, a byte of the session before."""
        self._purge_waiting(ev.NotSentReason.SESSION_BEGAN)
        port = self._port
        if port is not None:
            self._watch_port(READ)
            for _ in range(16):  # what came before this client is still shown; a device that never stops is purged
                if self._port is not port or not self._read_unread(port):
                    break
            if self._port is port:
                port.purge()
                self._watch_port(READ)
        self._hold_clients(held=False)

    def _read_unread(self, port: Port) -> bool:
        try:
            data = port.read(MAX_CHUNK_BYTES)
        except NobodyThere:
            self._nobody_there()
            return False
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
        client.request_ends_at = self.taken_bytes + self._to_device.size
        self._watch_client(client, client.watched & ~READ)
        self.reconsider()

    # ---- what a RemoteControl asks for

    @property
    def port(self) -> Port | None:
        """The open port, if the device is there."""
        return self._port

    def to_client(self, client: Client, data: bytes) -> None:
        """Bytes for this client alone."""
        try:
            if client.send(data):
                self._queued(client, len(data))
        except OSError as error:
            self.departures.failed(client, error)

    def purge(self, *, received: bool, waiting: bool) -> None:
        """Throw away what the device sent and nobody has, what clients sent and it has not."""
        if waiting:
            self._purge_waiting(ev.NotSentReason.PURGED)
            self._hold_clients(held=False)
        if self._port is not None:
            self._port.purge(received=received, waiting=waiting)

    def _purge_waiting(self, reason: ev.NotSentReason) -> None:
        self.counters.lost += self._to_device.clear()
        self.device_purged(reason)

    def hold_device(self, client: Client, *, held: bool) -> None:
        """Stop, or go on, reading the device on this client's behalf."""
        if client.conversation is not None:
            client.conversation.suspended = held
        if held:
            self._holding.add(client)
            self._watch_port(self._port_watched & ~READ)
            self.reconsider()  # a device that is not read is looked at for being there
        elif not client.full_since:
            self._release(client)

    # ---- sent by hand: LocalSender's

    @property
    def device_away(self) -> bool:
        """Whether nothing can be handed to the device now: it is unplugged, or no program has the virtual port open."""
        return self._port is None or not self._port.watchable

    @property
    def waits_by_hand(self) -> int:
        """Bytes sent by hand that wait for the device."""
        return self._to_device.by_hand

    @property
    def character_s(self) -> float:
        """How long a byte takes on the device's line, with the settings in force."""
        serial = self._profile.serial if self._remote is None else self._remote.settings
        return (1 + serial.data_bits + (serial.parity is not Parity.NONE) + serial.stop_bits) / serial.baud_rate

    def send_by_hand(self, data: bytes) -> None:
        """To the device, behind what waits for it. Its caller bounds `waits_by_hand`."""
        if self._tap is not None:
            self._tap.put(Direction.TCP_TO_SERIAL, LOCAL, data)
        self._to_device.put_by_hand(data)
        self._write_to_device()
        if self._to_device.size:
            self._watch_port(self._port_watched | WRITE)
            if self._to_device.size >= MAX_TO_DEVICE_BYTES // 2:
                self._hold_clients(held=True)

    def send_by_hand_to(self, clients: tuple[Client, ...], number: int, data: bytes) -> None:
        """To these clients, as if the device had sent it. `number`: the client's, or NO_CLIENT for all."""
        if self._tap is not None:
            self._tap.put(Direction.SERIAL_TO_TCP, LOCAL | number, data)
        self.counters.by_hand_to_clients += len(data)
        self._send_to(clients, data)

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
        closing = self._profile.on_device_loss is OnDeviceLoss.CLOSE
        if closing or self._discards_while_away:
            self._purge_waiting(ev.NotSentReason.DEVICE_LOST)
            self._hold_clients(held=False)
        self._controls.device_lost()
        self.opener.lost(port, detail)
        if closing:
            self.departures.see_off_all(self.now)
            for client in self.clients:
                self._watch_client(client, client.watched & ~READ)
        self.reconsider()

    @property
    def may_reopen(self) -> bool:
        """Whether the device is away and may speak once it is back: the last ones it left have to go before."""
        return self._port is None and not self.stopping and not self.departures.seeing_off

    def attach(self, port: Port) -> None:
        """This is the device from now on."""
        self._port = port
        self._watch_port(self._wanted_of_port())

    def _wanted_of_port(self) -> int:
        return (0 if self._holding else READ) | (WRITE if self._to_device.size else 0)

    # ---- time

    def reconsider(self) -> None:
        """Look at the time-outs at the end of this turn, and decide when to look again."""
        self.tick_at = 0.0
        self.wait_s = 0.0

    def tick(self, now: float) -> None:
        """Look at every time-out."""
        for each in self.timed:
            each.tick(now)
        self.departures.tick(now)
        self.opener.tick(now)
        port = self._port
        if port is not None:
            if port.has_lines:
                self._controls.poll_lines(port)
            self._watch_port(self._wanted_of_port())  # a program may have opened a virtual port
            if self._holding and not port.alive():
                self._device_lost(None)
        if self._remote is not None and self._port is not None:
            self._remote.look_for_errors(self._port)
        self.wait_s = self._device_tick_s()
        for each in (self.departures, *self.timed):
            if each.tick_s is not None and (self.wait_s is None or self.wait_s > each.tick_s):
                self.wait_s = each.tick_s
        self.tick_at = inf if self.wait_s is None else now + self.wait_s

    def _device_tick_s(self) -> float | None:
        if self._port is not None and (self._port.has_lines or self._port.watchable != READ | WRITE):
            return LINES_TICK_S
        return AWAY_TICK_S if self._port is None or self._holding or self._clients_held else None


def _read_on(port: Port, first: bytes) -> bytes:
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
