"""Writes what happens to the bridges into the program's log: starts, ends, failures, devices; never a client."""

from __future__ import annotations

import logging
from typing import Final

from serialbridge_gui.engine import events as ev
from serialbridge_gui.ui.session import Session
from serialbridge_gui.ui.workspace import Workspace

logger = logging.getLogger(__name__)

_LOGGED: Final = (
    ev.Listening, ev.Failed, ev.SettingsRefused, ev.DeviceLost, ev.DeviceBack, ev.DeviceMoved, ev.LookAlikeRefused,
    ev.ControlRefused, ev.AnnounceFailed, ev.TlsFilesRefused, ev.Stopped,
)  # fmt: skip


def log_events(workspace: Workspace) -> None:
    """From now on, of the bridges there are and of those to come. GUI thread."""

    def watch(session: Session) -> None:
        session.bridge.event_occurred.connect(lambda event: _log(session.profile.name, event))

    for session in workspace:
        watch(session)
    workspace.session_added.connect(watch)


def _log(name: str, event: ev.Event) -> None:
    if isinstance(event, _LOGGED):
        logger.info("%s: %r", name, event)
