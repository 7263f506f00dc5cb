"""LiveCapture: a bridge's traffic as pcapng into a pipe while it passes, for Wireshark."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from serialbridge_gui.engine import events as ev
from serialbridge_gui.engine.bridge import Bridge
from serialbridge_gui.engine.pipes import Pipe, ProgramPipe
from serialbridge_gui.traffic.capture_formats import Format, Source, make_writer
from serialbridge_gui.traffic.chunk import NO_CLIENT, Direction, Tap, TapEntry
from serialbridge_gui.traffic.clock import time_ns
from serialbridge_gui.traffic.line_codes import LINE_EVENT, LINE_STATES

logger = logging.getLogger(__name__)

WRITE_INTERVAL_S: Final = 0.05
"""How often what has come is written (chosen: a tenth of what Wireshark takes to show it)."""
LOOK_MS: Final = 50
"""How often its end is looked for."""
EXIT_S: Final = 0.3
"""How long after its pipe broke a program is waited for, in order to tell a failure from a capture that was stopped."""
MAX_WAITING_EVENTS: Final = 10_000
SLICE_ENTRIES: Final = 32
"""What is made into bytes at once, below 1 ms of Python: then the write lets other threads run."""


Note = Callable[["LiveCapture", ev.Event], None]


class LiveCapture(QObject):
    """One reader. `start` once. Main thread, like the bridge. Begins with what passes from then on.

    It ends when the reader is gone, when the bridge stops, or by `request_stop`; its tap is detached then. A reader
    that is too slow gets a gap, counted, in its capture; the bytes of the bridge are never held up.
    """

    ended = Signal(object)
    """This one is over: `failure` says why, if it did not end as it should."""

    def __init__(
        self,
        bridge: Bridge,
        open_pipe: Callable[[Callable[[], bool]], Pipe],
        note: Note,
        parent: QObject | None = None,
    ) -> None:
        """`open_pipe` is called in the capture's thread, and may wait while what it is given says False.

        `note` gives the capture what it shall say of an event: the sentences are not the engine's.
        """
        super().__init__(parent)
        self.tap = Tap()
        self.failure = ""
        """The system's words; "" where the reader or the bridge ended it."""
        self._bridge = bridge
        self._open_pipe = open_pipe
        self._note = note
        profile = bridge.profile
        serial = profile.serial
        settings = f"{serial.baud_rate} {serial.data_bits}{serial.parity.value}{serial.stop_bits:g}"
        self._writer = make_writer(Format.PCAPNG, Source(profile.name, bridge.device, settings))
        self._events: deque[TapEntry] = deque(maxlen=MAX_WAITING_EVENTS)
        self._gap_noted_bytes = 0
        self._stop = threading.Event()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"live capture {profile.name}", daemon=True)
        self._look = QTimer(self, interval=LOOK_MS)  # the thread has nothing of Qt, which may be gone before it
        self._look.timeout.connect(self._look_whether_over)

    def start(self) -> None:
        """Begin."""
        if self._bridge.lines is not None:
            self._note_event(ev.LinesChanged(time_ns(), self._bridge.lines))
        self._bridge.event_occurred.connect(self._note_event)
        self._bridge.ended.connect(self.request_stop)
        self._bridge.attach(self.tap)
        self._thread.start()
        self._look.start()

    def note(self, time_ns: int, sentence: str) -> None:
        """Something happened beside the traffic, at `time_ns` since the epoch: a comment in the capture."""
        self._events.append((time_ns, Direction.EVENT, NO_CLIENT, sentence.encode("utf-8", "replace")))

    def note_lines(self, time_ns: int, lines: int) -> None:
        """The modem lines are this from now on: bits of traffic.line_codes."""
        self._events.append((time_ns, Direction.EVENT, LINE_STATES | lines, b""))

    def note_line_event(self, time_ns: int, event: int) -> None:
        """A break or an error on the line: BREAK, PARITY_ERROR, … of traffic.line_codes."""
        self._events.append((time_ns, Direction.EVENT, LINE_EVENT | event, b""))

    def _note_event(self, event: ev.Event) -> None:
        if not self._stop.is_set():
            self._note(self, event)

    @Slot()
    def request_stop(self) -> None:
        """Write what waits, if it is taken at once, then close the pipe; `ended` follows. May be called twice."""
        self._bridge.detach(self.tap)
        self._stop.set()

    def stop(self, timeout_s: float = 0.5) -> bool:
        """End it; False if something holds the thread for longer than that. May be called twice."""
        self.request_stop()
        return self._thread.ident is None or self._over.wait(timeout_s)

    def _look_whether_over(self) -> None:
        if self._over.is_set():
            self._look.stop()
            self.request_stop()  # a reader that goes ends it, too
            self.ended.emit(self)

    # ---- its own thread

    def _run(self) -> None:
        pipe: Pipe | None = None
        try:
            pipe = self._open_pipe(self._stop.is_set)
            going_on = pipe.write(self._writer.begin(), self._stop.is_set)
            while going_on:
                going_on = not self._stop.wait(WRITE_INTERVAL_S)
                pipe.check()
                going_on &= self._write_waiting(pipe)
        except BrokenPipeError:
            if isinstance(pipe, ProgramPipe) and (code := pipe.exit_code(EXIT_S)):  # else it has seen enough
                self.failure = f"exit code {code}"
        except OSError as error:
            self.failure = error.strerror or str(error)
        except Exception as error:
            logger.exception("live capture of %s failed", self._bridge.profile.name)
            self.failure = repr(error)
        if pipe is not None:
            pipe.close()
        self._over.set()
        if isinstance(pipe, ProgramPipe):
            pipe.wait()

    def _write_waiting(self, pipe: Pipe) -> bool:
        """Everything that has come; False: only a part was taken, and nothing may follow it."""
        more = True
        while more:
            entries = self.tap.drain(SLICE_ENTRIES)
            more = len(entries) == SLICE_ENTRIES
            gap_bytes = self.tap.skipped_bytes - self._gap_noted_bytes
            if gap_bytes:
                self._gap_noted_bytes += gap_bytes
                gap_time_ns = entries[0][0] if entries else time_ns()
                entries.insert(0, (gap_time_ns, Direction.GAP, NO_CLIENT, b"%d" % gap_bytes))
            while self._events:
                entries.append(self._events.popleft())
            if entries:
                entries.sort(key=lambda entry: entry[0])  # events come from another thread, some ms later
                if not pipe.write(self._writer.encode(entries), self._stop.is_set):
                    return False
        return True
