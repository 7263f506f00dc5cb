"""What a start of the program asks for, done in the window that is there: its own start, and each later one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from serialbridge_gui.profile_error import ProfileError
from serialbridge_gui.profile_store import find_by_name
from serialbridge_gui.request import Request
from serialbridge_gui.ui.sentences import profile_error_sentence

if TYPE_CHECKING:
    from serialbridge_gui.ui.main_window import MainWindow


def carry_out(request: Request, window: MainWindow) -> list[str]:
    """Show and start what is asked for; returns a sentence for each thing that cannot be. GUI thread only."""
    if request.resume:
        window.running.resume()
    if request.demo:
        window.start_demo()
    elif request.profile:
        try:
            found = find_by_name(tuple(session.profile for session in window.workspace), request.profile)
        except ProfileError as error:
            return [profile_error_sentence(error)]
        chosen = next(session for session in window.workspace if session.profile is found)
        window.sidebar.choose(chosen)
        if request.start:
            window.start_profile(chosen)
    elif request.start and (session := window.sidebar.chosen()) is not None:
        window.start_profile(session)
    if request.file:
        window.open_file(Path(request.file))
    return []


def second_window_sentence() -> str:
    """Another window has the same profiles, and could not be reached."""
    return QCoreApplication.translate(
        "Requests",
        "SerialBridge is open already, and that window does not answer. Close it before you edit a bridge here: "
        "of what both change, the last one stays.",
    )
