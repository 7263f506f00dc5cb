"""WiresharkViews: opens Wireshark on the live traffic of one bridge. No widget."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from serialbridge_gui.engine.bridge import Bridge
from serialbridge_gui.engine.live_capture import LiveCapture
from serialbridge_gui.engine.pipes import Pipe, ProgramPipe
from serialbridge_gui.engine.wireshark import find_wireshark, live_command
from serialbridge_gui.traffic.text import make_visible
from serialbridge_gui.ui.capture_notes import note_event


class WiresharkViews(QObject):
    """Each `open` is one more Wireshark, which stays when the bridge stops. Main thread only."""

    failed = Signal(str)
    """A sentence: Wireshark could not be opened."""

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._captures: set[LiveCapture] = set()

    @property
    def count(self) -> int:
        """How many are being fed."""
        return len(self._captures)

    def open(self) -> None:
        """Start Wireshark on what passes from now on. What goes wrong is told by `failed`."""
        program = find_wireshark()
        if program is None:
            self.failed.emit(
                self.tr("Wireshark was not found. Install it, or record to a file: pcapng is opened by Wireshark too.")
            )
            return
        if not self._bridge.state.active:
            self.failed.emit(self.tr("The bridge does not run. Start it, then open Wireshark."))
            return

        def start(_stopping: Callable[[], bool]) -> Pipe:
            return ProgramPipe(live_command(program))

        capture = LiveCapture(self._bridge, start, note_event, self)
        self._captures.add(capture)
        capture.ended.connect(lambda: self._ended(capture))
        capture.start()

    def _ended(self, capture: LiveCapture) -> None:
        self._captures.discard(capture)
        if capture.failure:
            self.failed.emit(
                self.tr("Wireshark ended at once ({detail}). Start it by itself to see why.").format(
                    detail=make_visible(capture.failure)
                )
            )
        capture.deleteLater()
