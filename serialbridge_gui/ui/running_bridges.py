"""Which bridges run is kept in the settings, so that they can be started again: also after a crash or a power cut."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject

from serialbridge_gui.engine.bridge import BridgeState
from serialbridge_gui.ui.session import Session
from serialbridge_gui.ui.settings_file import SettingsFile
from serialbridge_gui.ui.workspace import Workspace

_KEY: Final = "window/running"


class RunningBridges(QObject):
    """Follows every session of the workspace until `hold`. GUI thread only."""

    def __init__(self, workspace: Workspace, settings: SettingsFile, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._settings = settings
        self._held = False
        stored = settings.value(_KEY)
        self._before = stored if isinstance(stored, list) else []
        """What ran when the program ended last."""
        self._kept = self._before
        for session in workspace:
            self._follow(session)
        workspace.session_added.connect(self._follow)
        workspace.session_removed.connect(self._keep)

    def resume(self) -> None:
        """Start what ran when the program ended last. Once: what was stopped since is stopped on purpose."""
        before, self._before = self._before, []
        for session in self._workspace:
            if session.profile.id in before:
                session.start()

    def hold(self) -> None:
        """The bridges are about to be stopped with the program: what runs now is what is kept."""
        self._keep()
        self._held = True

    def _follow(self, session: Session) -> None:
        session.bridge.state_changed.connect(self._keep)

    def _keep(self, *_: object) -> None:
        # One that failed counts as well: it was meant to run.
        wanted = [each.profile.id for each in self._workspace if each.bridge.state is not BridgeState.STOPPED]
        if not self._held and wanted != self._kept:
            self._kept = wanted
            self._before = [each for each in self._before if each not in wanted]
            self._settings.setValue(_KEY, wanted)
