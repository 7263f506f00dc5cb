"""BridgeSharing: lets Wireshark find the bridges that run in this window. No widget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer

from serialbridge_gui.ui.session import Session
from serialbridge_gui.ui.workspace import Workspace

if TYPE_CHECKING:
    from serialbridge_gui.engine.control_server import ControlServer

BE_FOUND_MS: Final = 200
"""How long after its start the first bridge can be found (chosen: its client comes first)."""


class BridgeSharing(QObject):
    """Begins with the first bridge that runs, and lasts until `close`. Main thread only."""

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._server: ControlServer | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(BE_FOUND_MS)
        self._timer.timeout.connect(self._begin)
        workspace.session_added.connect(self._watch)
        for session in workspace:
            self._watch(session)

    def close(self) -> None:
        """Be found no more, and end what is being captured. May be called twice."""
        self._timer.stop()
        if self._server is not None:
            self._server.close()

    def _watch(self, session: Session) -> None:
        session.bridge.state_changed.connect(self._look)

    def _look(self) -> None:
        if self._server is None and any(session.bridge.state.active for session in self._workspace):
            self._timer.start()

    def _begin(self) -> None:
        from serialbridge_gui.engine.control_server import ControlServer  # with QtNetwork: not at the start
        from serialbridge_gui.ui.capture_notes import note_event

        self._server = ControlServer(lambda: (session.bridge for session in self._workspace), note_event, self)
        self._server.start()
