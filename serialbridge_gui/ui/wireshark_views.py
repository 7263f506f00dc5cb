"""WiresharkViews: the action that opens Wireshark on the live traffic of one bridge. No widget."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence

from serialbridge_gui.engine.bridge import Bridge
from serialbridge_gui.engine.live_capture import LiveCapture
from serialbridge_gui.engine.pipes import Pipe, ProgramPipe
from serialbridge_gui.engine.wireshark import find_wireshark, live_command
from serialbridge_gui.traffic.text import make_visible
from serialbridge_gui.ui.capture_notes import note_event
from serialbridge_gui.ui.log_toolbar import say


class WiresharkViews(QObject):
    """Each `open` is one more Wireshark, which stays when the bridge stops. GUI thread only.

    The owner offers `action`, and calls `refresh` when the bridge's state has changed.
    """

    failed = Signal(str)
    """A sentence: Wireshark could not be opened."""

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.action = QAction(self)
        self.action.setShortcut(QKeySequence("Ctrl+Shift+W"))
        self.installed = find_wireshark() is not None
        """Whether there is a Wireshark to be opened; as it was when this was made."""
        self._bridge = bridge
        self._captures: set[LiveCapture] = set()
        self.action.triggered.connect(self.open)
        self.retranslate()

    @property
    def count(self) -> int:
        """How many are being fed."""
        return len(self._captures)

    def refresh(self) -> None:
        """Let the action work while the bridge runs, and say why it does not."""
        active = self._bridge.state.active
        if active != self.action.isEnabled():
            self.action.setEnabled(active)
            self.retranslate()

    def retranslate(self) -> None:
        """Make the words again."""
        if self.action.isEnabled():
            tip = self.tr("See the traffic in Wireshark while it passes, from now on")
        else:
            tip = self.tr("Start the bridge first: Wireshark shows what passes from then on")
        say(self.action, self.tr("Wireshark"), tip)

    def open(self) -> None:
        """Start Wireshark on what passes from now on. What goes wrong is told by `failed`."""
        program = find_wireshark()
        if program is None:
            self.failed.emit(
                self.tr("Wireshark is not there any more. Install it, or record to a file, which it opens as well.")
            )
            return

        def start(_stopping: Callable[[], bool]) -> Pipe:
            return ProgramPipe(live_command(program))

        capture = LiveCapture(self._bridge, start, note_event, self)
        self._captures.add(capture)
        capture.ended.connect(self._ended)
        capture.start()

    @Slot(object)
    def _ended(self, capture: LiveCapture) -> None:
        self._captures.discard(capture)
        if capture.failure:
            self.failed.emit(
                self.tr("Wireshark ended at once ({detail}). Start it by itself to see why.").format(
                    detail=make_visible(capture.failure)
                )
            )
        capture.deleteLater()
