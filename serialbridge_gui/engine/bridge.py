"""Bridge: one running profile as the rest of the program sees it.

The window awaits `start` and `stop`; the console calls `launch` and `request_stop` and listens to the signals, so
asyncio, which takes a quarter of the console's start, is imported only by those who await.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QThread, Signal, Slot

from serialbridge_gui.engine import events as ev
from serialbridge_gui.engine.by_hand import ByHand
from serialbridge_gui.engine.control_lines import Line
from serialbridge_gui.engine.counters import Counters
from serialbridge_gui.engine.errors import BridgeError, Cause, Problem
from serialbridge_gui.profile import ListenAddress, Profile
from serialbridge_gui.traffic.chunk import Tap
from serialbridge_gui.traffic.taps import sink_of

if TYPE_CHECKING:
    from asyncio import Future

    from serialbridge_gui.engine.bridge_thread import BridgeThread

STOP_S: Final = 8.0
"""When `stop` gives up waiting. The loop ends within 2 s; only opening a URL (pyserial: 5 s) can be longer."""
DEFAULT_BREAK_S: Final = 0.25
"""Within the 0.25 to 0.5 s that POSIX gives tcsendbreak."""
MAX_BREAK_S: Final = 10.0
"""Chosen: a long break of telegraph days is 3.5 s."""


class BridgeState(Enum):
    """What a bridge is doing."""

    STOPPED = "stopped"
    OPENING = "opening"
    WAITING_FOR_CLIENT = "waiting_for_client"
    RUNNING = "running"
    WAITING_FOR_DEVICE = "waiting_for_device"
    ERROR = "error"

    @property
    def active(self) -> bool:
        """Whether the bridge holds, or is taking, its device and address."""
        return self not in (BridgeState.STOPPED, BridgeState.ERROR)


@dataclass(frozen=True)
class ClientStatus:
    """One connected client at one moment. Byte counts since it connected; `connected_at` in s since the epoch."""

    number: int
    address: str
    connected_at: float
    received: int
    sent: int
    queued: int
    may_write: bool
    program: ev.ClientProgram | None = None
    """Who it is, where that is known."""


class Bridge(QObject):
    """Starts and stops a BridgeThread and tells what happens. All methods: the thread that made it (main)."""

    state_changed = Signal()
    """`state`, `problem`, `address` or the clients are not what they were."""
    event_occurred = Signal(object)
    """An engine.events.Event, in order; may be connected to any slot of the same thread."""
    ended = Signal()
    """The thread has ended, everything is closed: after a stop, or with `problem` set."""

    def __init__(self, profile: Profile, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._profile = profile
        self._thread: BridgeThread | None = None
        self._state = BridgeState.STOPPED
        self._awaiting_start: list[Future[None]] = []
        self._awaiting_end: list[Future[None]] = []
        self._stopping = False
        self._device_away = False
        self.tap: Tap | None = None
        """Set it before `start` to see the traffic; None: nobody watches, and the byte path does less."""
        self._watchers: tuple[Tap, ...] = ()
        self.problem: Problem | None = None
        """Why the state is ERROR, or will be once all is closed."""
        self.address: ListenAddress | None = None
        """The address really bound, while the bridge runs; of a bridge that dials out, where it dials."""
        self.device = profile.serial.device
        """The name of the device now, or where it was last: it may come back under another one."""
        self.lines: ev.ModemLines | None = None
        """The modem lines, where the port has any."""
        self.refused_controls: frozenset[str] = frozenset()
        """Of `break`, `dtr` and `rts`: what the device was asked for and cannot do."""
        self.counters = Counters()
        """Of this run, or of the last one."""
        self.by_hand = ByHand(lambda: None if self._stopping else self._thread)
        """Sends bytes from this program, to the device or to clients."""

    @property
    def profile(self) -> Profile:
        """What it runs, or will run."""
        return self._profile

    @profile.setter
    def profile(self, profile: Profile) -> None:
        """For the next start; a running bridge goes on with what it was started with."""
        self._profile = profile

    @property
    def state(self) -> BridgeState:
        """What it is doing."""
        return self._state

    def clients(self) -> list[ClientStatus]:
        """Who is connected now."""
        thread = self._thread
        if thread is None:
            return []
        return [
            ClientStatus(
                client.number,
                client.address,
                client.connected_at,
                client.received,
                client.sent,
                client.queue.size,
                client.may_write,
                client.program,
            )
            for client in thread.clients
        ]

    @property
    def to_device_bytes(self) -> int:
        """What waits for the device now."""
        return 0 if self._thread is None else self._thread.to_device_bytes

    def launch(self) -> None:
        """Begin to open device and address; signals tell how it went. Nothing if it runs already."""
        if self._thread is not None:
            return
        self._stopping = False
        self._device_away = False
        self.problem = None
        self.device = self._profile.serial.device
        from serialbridge_gui.engine.bridge_thread import BridgeThread  # the window is there before it is needed

        self._thread = BridgeThread(self._profile, sink_of(self._taps()))
        self.counters = self._thread.counters
        self.by_hand.begin(self._thread)
        self._thread.events_waiting.connect(self._fetch_events)
        self._thread.finished.connect(self._thread_finished)
        self._set_state(BridgeState.OPENING)
        self._thread.start(QThread.Priority.InheritPriority)

    def request_stop(self) -> None:
        """Begin to hand on what is held and to close everything; `ended` follows. May be called twice."""
        if self._thread is not None:
            self._stopping = True
            self._thread.request_stop()
        elif self._state is BridgeState.ERROR:
            self.problem = None
            self._set_state(BridgeState.STOPPED)

    async def start(self) -> ListenAddress:
        """Open device and address; returns the address once clients can connect. Raises BridgeError.

        A bridge that runs already just tells its address. Cancelling stops the bridge again.
        """
        from asyncio import CancelledError

        if self._stopping and self._thread is not None:
            await _one_more(self._awaiting_end)
        if self.address is None:
            self.launch()
            try:
                await _one_more(self._awaiting_start)
            except CancelledError:
                self.request_stop()
                raise
        if self.address is None:  # it ended before this coroutine had its turn
            raise BridgeError(self.problem or Problem(Cause.STOPPED, self._profile.name))
        return self.address

    async def stop(self) -> None:
        """Hand on what is held, close everything, end the thread. May be called twice, and at any time."""
        from asyncio import wait_for

        self.request_stop()
        if self._thread is not None:
            await wait_for(_one_more(self._awaiting_end), STOP_S)

    def disconnect_client(self, number: int) -> None:
        """Disconnect the client with this number, if it is still there."""
        if self._thread is not None:
            self._thread.disconnect_client(number)

    def set_line(self, line: Line, on: bool) -> None:
        """Set `dtr` or `rts` of a running bridge's device; nothing happens without one.

        `lines` then tells the new state, or a ControlRefused event that the device cannot. It stays so until
        it is set again, the device is opened anew, or flow control, which has its own will, moves it.
        """
        if self._thread is not None:
            self._thread.set_line(line, on)

    def send_break(self, duration_s: float = DEFAULT_BREAK_S) -> None:
        """Hold the line at space for `duration_s` seconds, above 0 and at most MAX_BREAK_S. Raises ValueError.

        It begins once everything written has left; what clients send meanwhile waits for its end. BreakSent
        or ControlRefused tells how it ended. While one lasts another is ignored; without a device nothing
        happens. Stopping the bridge cuts it short.
        """
        if not 0 < duration_s <= MAX_BREAK_S:
            raise ValueError(f"a break lasts up to {MAX_BREAK_S:g} s, not {duration_s!r}")
        if self._thread is not None:
            self._thread.send_break(duration_s)

    def attach(self, tap: Tap) -> None:
        """Let one more tap have the traffic, from soon on, or from the next start on, until `detach`."""
        self._watchers = (*self._watchers, tap)
        self._tell_watchers()

    def detach(self, tap: Tap) -> None:
        """Let this tap have no more, soon; what is in it stays there. Nothing if it was not attached."""
        self._watchers = tuple(other for other in self._watchers if other is not tap)
        self._tell_watchers()

    def _taps(self) -> tuple[Tap, ...]:
        return self._watchers if self.tap is None else (self.tap, *self._watchers)

    def _tell_watchers(self) -> None:
        if self._thread is not None:
            self._thread.watch(sink_of(self._taps()))

    # ---- the thread's life

    @Slot()
    def _fetch_events(self) -> None:
        thread = self._thread
        if thread is None:
            return
        for event in thread.take_events():
            self._note(event)
            self.event_occurred.emit(event)
        self._set_state(self._current_state())

    @Slot()
    def _thread_finished(self) -> None:
        self._fetch_events()
        thread, self._thread = self._thread, None
        if thread is None:
            return
        thread.wait()  # `finished` is emitted a moment before the thread has ended
        self.by_hand.end(thread)
        thread.deleteLater()
        self.address = None
        self.lines = None
        self.refused_controls = frozenset()
        self._set_state(BridgeState.ERROR if self.problem is not None else BridgeState.STOPPED)
        problem = self.problem or Problem(Cause.STOPPED, self._profile.name)  # stopped before it had started
        for future in _taken(self._awaiting_start):
            future.set_exception(BridgeError(problem))
        for future in _taken(self._awaiting_end):
            future.set_result(None)
        self.ended.emit()

    def _note(self, event: ev.Event) -> None:
        match event:
            case ev.Listening(host=host, port=port):
                self.address = ListenAddress(host=host, port=port)
                for future in _taken(self._awaiting_start):
                    future.set_result(None)
            case ev.Dialing(host=host, port=port):
                self.address = ListenAddress(host=host, port=port)
                for future in _taken(self._awaiting_start):
                    future.set_result(None)
            case ev.Failed(problem=problem):
                self.problem = problem
            case ev.DeviceLost():
                self._device_away = True
            case ev.DeviceBack():
                self._device_away = False
            case ev.DeviceMoved(device=device):
                self.device = device
            case ev.LinesChanged(lines=lines):
                self.lines = lines
                if lines is None:
                    self.refused_controls = frozenset()
            case ev.ControlRefused(control=control):
                self.refused_controls |= {control}
            case _:
                pass

    def _current_state(self) -> BridgeState:
        if self._thread is None:
            return self._state
        if self.problem is not None:
            return self._state  # ERROR once all is closed: what is done about it before that would be lost
        if self.address is None:
            return BridgeState.OPENING
        if self._device_away:
            return BridgeState.WAITING_FOR_DEVICE
        return BridgeState.RUNNING if self._thread.clients else BridgeState.WAITING_FOR_CLIENT

    def _set_state(self, state: BridgeState) -> None:
        self._state = state
        self.state_changed.emit()


def _one_more(waiting: list[Future[None]]) -> Future[None]:
    """A new future of the running loop, added to `waiting`."""
    from asyncio import get_running_loop

    future = get_running_loop().create_future()
    waiting.append(future)
    return future


def _taken(waiting: list[Future[None]]) -> list[Future[None]]:
    """All that still wait; `waiting` is empty afterwards."""
    taken = [future for future in waiting if not future.done()]
    waiting.clear()
    return taken
