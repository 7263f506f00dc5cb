"""BridgeThread: the selector loop around a Relay, its listener, and the way to and from other threads."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QThread, Signal

from serialbridge_gui.engine import events as ev
from serialbridge_gui.engine.bridge_loop import BridgeLoop
from serialbridge_gui.engine.client import Client
from serialbridge_gui.engine.client_names import ClientNames
from serialbridge_gui.engine.control_lines import Line
from serialbridge_gui.engine.counters import Counters
from serialbridge_gui.engine.device_finder import DeviceFinder
from serialbridge_gui.engine.errors import BridgeError, Cause, Problem
from serialbridge_gui.engine.listener import Listener
from serialbridge_gui.engine.readiness import READ, make_readiness
from serialbridge_gui.engine.relay import Relay
from serialbridge_gui.engine.sending import SendProgress
from serialbridge_gui.engine.socket_pair import socket_pair
from serialbridge_gui.engine.timed import AWAY_TICK_S
from serialbridge_gui.profile import ListenAddress, PeerAddress, Profile
from serialbridge_gui.traffic.clock import time_ns
from serialbridge_gui.traffic.taps import Sink

if TYPE_CHECKING:
    from serialbridge_gui.engine.announcement import Announcement
    from serialbridge_gui.engine.dialer import Dialer
    from serialbridge_gui.engine.local_sender import LocalSender

logger = logging.getLogger(__name__)

DRAIN_S: Final = 0.6
"""At the end: how long what is queued may take to leave. The whole stop has 2 s."""
LEAVE_S: Final = 0.25
"""Then: how long clients that still send may take to receive their last bytes."""
MAX_WAITING_EVENTS: Final = 10_000
"""Bound of events nobody has fetched; further comings and goings of clients are then counted, not told."""
ABOUT_CLIENTS: Final = (ev.ClientConnected, ev.ClientNamed, ev.ClientDisconnected, ev.ClientRefused)


class BridgeThread(QThread):
    """Runs one profile. Made, started and waited for by its Bridge; methods say which thread may call."""

    events_waiting = Signal()
    """Some events can be fetched with `take_events`: once per batch, not once per event."""

    def __init__(self, profile: Profile, tap: Sink | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"bridge {profile.name}")
        self._profile = profile
        self._events: deque[ev.Event] = deque()
        self._events_announced = False
        self._commands: deque[Callable[[], None]] = deque()
        self._by_hand: deque[Callable[[LocalSender], None]] = deque()
        self._by_hand_ended = False
        self._by_hand_lock = threading.Lock()
        """Nothing is accepted by hand once the last was taken. Held for no longer than that takes."""
        self._wake_read, self._wake_write = socket_pair()
        self._wake_read.setblocking(False)
        self._wake_write.setblocking(False)
        self.progress = SendProgress()
        """How far is what is sent by hand. Any thread may read it."""
        # From here on: the bridge thread's own.
        self._selector = make_readiness()
        finder = DeviceFinder(profile.serial, self._tell, self.post)
        names = ClientNames(self._tell, self.post)
        self._relay = Relay(profile, tap, self._selector, names.tell, finder, self.post)
        names.join(self._relay)
        self._listener: Listener | None = None
        self._dialer: Dialer | None = None
        self._loop = BridgeLoop(self._relay, self._selector, self._resume_listener)
        self._announcement: Announcement | None = None
        self._listener_paused = False
        self._failed = False

    # ---- for other threads

    @property
    def counters(self) -> Counters:
        """Bytes since the start. Any thread may read them."""
        return self._relay.counters

    @property
    def clients(self) -> tuple[Client, ...]:
        """Who is connected now. Any thread may read it, and their counters."""
        return self._relay.clients

    @property
    def to_device_bytes(self) -> int:
        """What waits for the device now. Any thread may read it."""
        return self._relay.to_device_bytes

    def post(self, command: Callable[[], None]) -> None:
        """Have `command` run in the bridge thread, soon. Any thread."""
        self._commands.append(command)
        self._wake()

    def request_stop(self) -> None:
        """Ask the loop to end; the thread has finished within about 2 s. Any thread; may be repeated."""
        self._loop.stopping = True
        self._wake()

    def take_events(self) -> list[ev.Event]:
        """The events since the last call, oldest first. One thread: the Bridge's."""
        self._events_announced = False
        taken = []
        try:
            while True:
                taken.append(self._events.popleft())
        except IndexError:
            return taken

    def disconnect_client(self, number: int) -> None:
        """Disconnect the client with this number, if it is still there. Any thread."""
        self.post(lambda: self._relay.departures.disconnect(number))

    def set_line(self, line: Line, on: bool) -> None:
        """Set DTR or RTS of the device, if it is there. Any thread."""
        self.post(lambda: self._relay.set_line(line, on))

    def send_break(self, duration_s: float) -> None:
        """Send a break to the device, if it is there and no break lasts. Any thread."""
        self.post(lambda: self._relay.begin_break(duration_s))

    def watch(self, tap: Sink | None) -> None:
        """Let this have the traffic from now on. Any thread."""
        self.post(lambda: self._relay.watch(tap))

    def by_hand(self, command: Callable[[LocalSender], None]) -> bool:
        """Have `command` run with the sender of what is sent by hand; False: the thread has ended. Any thread."""
        with self._by_hand_lock:
            if self._by_hand_ended:
                return False
            self._by_hand.append(command)
        self.post(self._do_by_hand)
        return True

    def _do_by_hand(self) -> None:
        self._by_hand.popleft()(self._local_sender())

    def _wake(self) -> None:
        with contextlib.suppress(OSError):  # full: it will wake anyway; closed: the loop has ended
            self._wake_write.send(b"\0")

    # ---- life

    def run(self) -> None:
        """The thread's body."""
        try:
            self._open()
            self._loop.run()
            self._drain()
        except BridgeError as error:
            self._fail(error.problem)
        except Exception as error:
            logger.exception("bridge %s failed", self._profile.name)
            self._fail(Problem(Cause.INTERNAL, self._profile.name, repr(error)))
        finally:
            self._close()

    def _open(self) -> None:
        """The address first: opening a device can reset it, which must not be for nothing."""
        self._selector.register(self._wake_read.fileno(), READ, self._woken)
        if self._profile.tls is not None:
            from serialbridge_gui.engine.tls import ServerTls

            files = self._profile.tls
            self._relay.arrivals.use_tls(ServerTls(files.certificate, files.key, files.client_ca or ""))
        if self._profile.connect is not None:
            self._relay.opener.open()
            self._dial(self._profile.connect)
            return
        self._listener = Listener(self._relay.arrivals.door.knock)
        bound = self._listener.open(self._profile.listen)
        self._relay.opener.open()
        self._selector.register(self._listener.descriptor(), READ, self._accept)
        self._tell(ev.Listening(time_ns(), bound.host, bound.port))
        if self._profile.announce:
            self._announce(bound)

    def _announce(self, bound: ListenAddress) -> None:
        from serialbridge_gui.engine.announcement import Announcement

        def failed(detail: str) -> None:
            self.post(lambda: self._tell(ev.AnnounceFailed(time_ns(), detail)))

        profile = self._profile
        self._announcement = Announcement(profile.name, bound, profile.mode, profile.tls is not None, failed)
        self._announcement.start()

    def _dial(self, address: PeerAddress) -> None:
        from serialbridge_gui.engine.dialer import Dialer

        relay = self._relay
        self._dialer = Dialer(address, self._selector, self._tell, self.post, relay.arrivals.let_in, relay.reconsider)
        relay.timed = (*relay.timed, self._dialer)
        relay.departures.client_left = self._dialer.link_lost
        self._dialer.dial()

    def _local_sender(self) -> LocalSender:
        """Made when something is sent by hand first: until then the loop does nothing for it."""
        if self._loop.sender is None:
            from serialbridge_gui.engine.local_sender import LocalSender

            self._loop.sender = LocalSender(
                self._relay, self.progress, self._profile.while_away, self._tell, self._wake
            )
        return self._loop.sender

    def _drain(self) -> None:
        """Accept and read no more; hand on what is already here."""
        if self._announcement is not None:
            self._announcement.withdraw()
        self._close_listener()
        self._stop_dialing()
        if self._loop.sender is not None:
            self._loop.sender.close()
        self._relay.stop_reading()
        self._loop.drain(monotonic() + DRAIN_S)
        self._relay.departures.take_leave(monotonic() + LEAVE_S)

    def _end_by_hand(self) -> None:
        """What was accepted too late has its end told, too."""
        with self._by_hand_lock:
            self._by_hand_ended = True
        while self._by_hand:
            self._do_by_hand()
        if self._loop.sender is not None:
            self._loop.sender.end()

    def _close(self) -> None:
        self._end_by_hand()
        self._close_listener()
        self._stop_dialing()
        self._relay.close()
        if self._announcement is not None:
            self._announcement.close()
        self._selector.close()
        self._wake_read.close()
        self._wake_write.close()
        if not self._failed:
            self._tell(ev.Stopped(time_ns()))

    def _fail(self, problem: Problem) -> None:
        self._failed = True
        self._tell(ev.Failed(time_ns(), problem))

    def _woken(self, _mask: int) -> None:
        with contextlib.suppress(BlockingIOError):
            self._wake_read.recv(4096)
        while self._commands:
            self._commands.popleft()()

    def _tell(self, event: ev.Event) -> None:
        about_clients = isinstance(event, ABOUT_CLIENTS)
        if about_clients and len(self._events) >= MAX_WAITING_EVENTS:
            self.counters.events_untold += 1
            return
        self._events.append(event)
        if not self._events_announced:
            self._events_announced = True
            self.events_waiting.emit()

    # ---- listener

    def _accept(self, _mask: int) -> None:
        listener = self._listener
        if listener is not None and not listener.accept_waiting():
            self._selector.unregister(listener.descriptor())  # or it would spin; a later tick tries again
            self._listener_paused = True
            self._relay.wait_s = AWAY_TICK_S
            self._relay.tick_at = self._relay.now + AWAY_TICK_S

    def _resume_listener(self) -> None:
        if self._listener_paused and self._listener is not None:
            self._listener_paused = False
            self._selector.register(self._listener.descriptor(), READ, self._accept)

    def _stop_dialing(self) -> None:
        if self._dialer is not None:
            self._dialer.close()

    def _close_listener(self) -> None:
        if self._listener is None:
            return
        if self._listener.isListening():
            self._selector.unregister(self._listener.descriptor())
            self._listener.close()
        self._listener = None
