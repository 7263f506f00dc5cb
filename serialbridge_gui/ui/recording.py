"""A Recording: the capture of one session's traffic while the user wants one. No widget."""

from __future__ import annotations

import contextlib
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal

from serialbridge_gui.engine import events as ev
from serialbridge_gui.engine.bridge import Bridge
from serialbridge_gui.engine.ports import REPLAY
from serialbridge_gui.traffic.capture import Capture
from serialbridge_gui.traffic.capture_formats import Source
from serialbridge_gui.traffic.clock import time_ns
from serialbridge_gui.traffic.text import make_visible
from serialbridge_gui.ui.capture_notes import capture_sentence, line_bits, note_event

FINISH_S: Final = 1.5
"""At the end of the program: how long the disk may take for the last bytes. The whole end has 2 s."""


class Recording(QObject):
    """Goes on while the bridge stops and starts, until `stop`. Main thread only."""

    changed = Signal()
    """It has begun, or ended, by itself or not."""
    _capture_ended = Signal(object)
    """From the capture's thread."""

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.capture: Capture | None = None
        """The one that runs."""
        self.problem = ""
        """A sentence: why the last one ended by itself."""
        self._bridge = bridge
        self._ending: list[Capture] = []
        bridge.event_occurred.connect(self._note)
        self._capture_ended.connect(self._take_end, Qt.ConnectionType.QueuedConnection)

    @property
    def bridge_name(self) -> str:
        """The name of the bridge that is recorded."""
        return self._bridge.profile.name

    def start(self, path: Path) -> None:
        """Record to this file, in the format that its ending says; a recording that runs ends.

        Raises ValueError: the ending is none. What is wrong with the file shows in `problem`, soon. The file that
        the bridge plays is refused there, at once.
        """
        capture = Capture(path, Source.of(self._bridge.profile))
        device = self._bridge.profile.serial.device
        if device.lower().startswith(REPLAY):
            from serialbridge_gui.engine.replayed import plays  # with the reader of captures

            if plays(device, path):
                self.problem = self.tr(
                    "{file} is what is played, and recording would destroy it. Choose another file."
                ).format(file=make_visible(str(path)))
                self.changed.emit()
                return
        self.stop()
        self.problem = ""
        capture.ended = partial(self._tell_end, capture)
        if self._bridge.lines is not None:
            capture.note_lines(time_ns(), line_bits(self._bridge.lines))
        self.capture = capture
        capture.start()
        self._bridge.attach(capture.tap)
        self.changed.emit()

    def stop(self) -> None:
        """Write what has come, and end; the file is whole soon. May be called twice."""
        capture, self.capture = self.capture, None
        if capture is not None:
            self._bridge.detach(capture.tap)
            self._ending.append(capture)
            capture.request_stop()
            self.changed.emit()

    def forget_problem(self) -> None:
        """The user has read it."""
        if self.problem:
            self.problem = ""
            self.changed.emit()

    async def finish(self) -> None:
        """End, and wait for the disk: FINISH_S at most."""
        from asyncio import to_thread

        self.stop()
        for capture in tuple(self._ending):
            await to_thread(capture.stop, FINISH_S)

    def _note(self, event: ev.Event) -> None:
        if self.capture is not None:
            note_event(self.capture, event)

    def _tell_end(self, capture: Capture) -> None:
        """In the capture's thread."""
        with contextlib.suppress(RuntimeError):  # the window is gone already
            self._capture_ended.emit(capture)

    def _take_end(self, capture: Capture) -> None:
        if capture in self._ending:
            self._ending.remove(capture)
        if capture is self.capture:
            self._bridge.detach(capture.tap)
            self.capture = None
        if capture.failure is not None:
            self.problem = capture_sentence(capture)
        self.changed.emit()
