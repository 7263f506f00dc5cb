"""Playback: a saved capture, sent by hand at its own pace. No widget."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from serialbridge_gui.engine import events as ev
from serialbridge_gui.engine.bridge import Bridge
from serialbridge_gui.engine.errors import Cause, Problem
from serialbridge_gui.engine.sending import TO_DEVICE
from serialbridge_gui.traffic.capture_error import CaptureError, CaptureFault
from serialbridge_gui.traffic.capture_reader import CaptureReader, open_capture
from serialbridge_gui.traffic.chunk import Direction, TapEntry
from serialbridge_gui.traffic.replay import Step, steps
from serialbridge_gui.ui.sentences import problem_sentence

MAX_WAITING_STEPS: Final = 64
"""Read ahead of their time: 4 MiB of the largest chunks that this program captures."""
MAX_MESSAGE_BYTES: Final = 64 << 10
"""Sent at once: what the bridge takes from a client, too."""
SLICE_S: Final = 0.001
"""How long one turn may take of the window's thread."""
FULL_MS: Final = 20
"""When the bridge takes no more: how soon it is asked again."""
LOOK_MS: Final = 10
"""Where the disk is slower than the pace: how soon it is looked at again."""
MAX_WAIT_MS: Final = 3_600_000


class _Reading:
    """Reads a capture ahead, in a thread of its own: the window never waits for a disk."""

    def __init__(self, path: Path, direction: Direction, speed: float) -> None:
        self.steps: queue.Queue[Step | CaptureError | None] = queue.Queue(MAX_WAITING_STEPS)
        """None: the end."""
        self._path = path
        self._direction = direction
        self._speed = speed
        self._stopping = threading.Event()
        threading.Thread(target=self._run, name=f"read {path.name}", daemon=True).start()

    def stop(self) -> None:
        """Have the thread end, soon."""
        self._stopping.set()

    def _run(self) -> None:
        try:
            if self._read(self._direction) or self._read(Direction(1 - self._direction)):
                self._put(None)
            else:
                self._put(CaptureError(CaptureFault.SILENT))
        except CaptureError as error:
            self._put(error)

    def _read(self, direction: Direction) -> bool:
        """Whether there was anything in this direction."""
        found = False
        with open_capture(self._path) as file:
            for step in steps(self._until_stopped(CaptureReader(file)), direction, self._speed):
                found = True
                if not self._put(step):
                    break
        return found

    def _until_stopped(self, reader: CaptureReader) -> Iterator[TapEntry]:
        for entry in reader.in_slices():
            if self._stopping.is_set():
                return
            if entry is not None:
                yield entry

    def _put(self, step: Step | CaptureError | None) -> bool:
        while not self._stopping.is_set():
            try:
                self.steps.put(step, timeout=0.1)
            except queue.Full:
                continue
            return True
        return False


class Playback(QObject):
    """One capture at a time into a running bridge. GUI thread only.

    To the device goes what the capture's device was sent, to clients what it said; where there is none of that, the
    other direction. What the bridge does not take at once comes later, and nothing is left out.
    """

    changed = Signal()
    """It has begun, or ended."""
    failed = Signal(str)
    """A sentence: the capture cannot be played, or not to its end."""

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.target: int | None = None
        """Where to, as of `sending.py`; None: nothing is played."""
        self.sent_bytes = 0
        """Of this capture, or of the last one."""
        self._bridge = bridge
        self._path = Path()
        self._reading: _Reading | None = None
        self._step: Step | None = None
        self._at = 0
        self._began = 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._turn)
        bridge.ended.connect(self.stop)
        bridge.event_occurred.connect(self._note_event)

    @property
    def due_in_s(self) -> float:
        """How long until it goes on."""
        return 0.0 if self._step is None else max(0.0, self._began + self._step.due_s - monotonic())

    def play(self, path: Path, target: int, speed: float = 1.0) -> None:
        """Begin, in place of what is being played. `speed`: as of `replay.steps`."""
        self.stop()
        self._path = path
        self.target = target
        self.sent_bytes = 0
        direction = Direction.TCP_TO_SERIAL if target == TO_DEVICE else Direction.SERIAL_TO_TCP
        self._reading = _Reading(path, direction, speed)
        self._began = 0.0
        self._timer.start(0)
        self.changed.emit()

    def stop(self) -> None:
        """Play no more; what the bridge has taken still goes. May be called twice."""
        self._timer.stop()
        if self._reading is not None:
            self._reading.stop()
            self._reading = None
            self._step = None
            self.target = None
            self.changed.emit()

    def _turn(self) -> None:
        until = monotonic() + SLICE_S
        while self._reading is not None:
            wait_ms = self._wait_ms()
            if wait_ms == 0 and self._step is not None and not self._send_part(self._step):
                wait_ms = FULL_MS
            if self._reading is not None and (wait_ms > 0 or monotonic() >= until):
                self._timer.start(wait_ms)
                return

    def _wait_ms(self) -> int:
        """How long until something can be sent; 0: now. Fetches the next step."""
        if self._step is None and not self._fetch():
            return LOOK_MS
        step = self._step
        if step is None:
            return 0  # it is over
        now = monotonic()
        if not self._began:
            self._began = now
        left_s = self._began + step.due_s - now
        if left_s > 0:
            return min(MAX_WAIT_MS, max(1, round(left_s * 1000)))
        return 0 if self._bridge.by_hand.waiting < MAX_MESSAGE_BYTES else FULL_MS

    def _fetch(self) -> bool:
        """False: nothing has been read yet."""
        assert self._reading is not None
        try:
            step = self._reading.steps.get_nowait()
        except queue.Empty:
            return False
        if isinstance(step, Step):
            self._step, self._at = step, 0
            return True
        self.stop()
        if step is not None:
            cause = Cause(f"capture_{step.fault.value}")
            self.failed.emit(problem_sentence(Problem(cause, str(self._path), step.detail)))
        return True

    def _send_part(self, step: Step) -> bool:
        """Whether the bridge took some of it."""
        assert self.target is not None
        part = step.data[self._at : self._at + MAX_MESSAGE_BYTES]
        if not self._bridge.by_hand.send(part, self.target):
            return False
        self._at += len(part)
        self.sent_bytes += len(part)
        if self._at >= len(step.data):
            self._step = None
        return True

    def _note_event(self, event: ev.Event) -> None:
        if isinstance(event, ev.NotSent) and event.client == self.target:
            self.stop()
