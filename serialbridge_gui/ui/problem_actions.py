"""What the window offers to do about a problem: one action each."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QGuiApplication

from serialbridge_gui.engine.errors import Cause, Problem
from serialbridge_gui.profile import LOOPBACK, Profile
from serialbridge_gui.traffic.text import make_visible
from serialbridge_gui.ui.sentences import problem_sentence
from serialbridge_gui.ui.session import Session
from serialbridge_gui.ui.workspace import Workspace


@dataclass(frozen=True)
class Offer:
    """A sentence, and a button that does one thing about it."""

    sentence: str
    button: str
    do: Callable[[], None]


def offer_for(problem: Problem, session: Session, workspace: Workspace) -> Offer:
    """What to say and to offer. GUI thread; the action too."""
    translate = QCoreApplication.translate
    profile = session.profile
    sentence = problem_sentence(problem)

    def start_with(changed: Profile) -> None:
        session.edit(changed)
        session.start()

    if problem.cause in (Cause.ADDRESS_IN_USE, Cause.ADDRESS_NO_PERMISSION):
        port = workspace.next_free_port(profile.listen.port + 1)
        other = workspace.listening_on(profile.listen)
        if other is not None and other is not session:
            sentence = translate("Offer", "The bridge “{name}” listens on {address} already.").format(
                name=make_visible(other.profile.name), address=profile.listen
            )
        changed = profile.changed(listen=profile.listen.changed(port=port))
        return Offer(sentence, translate("Offer", "Use {port}").format(port=port), lambda: start_with(changed))
    if problem.cause is Cause.ADDRESS_NOT_OURS or problem.cause is Cause.ADDRESS_UNKNOWN_NAME:
        changed = profile.changed(listen=profile.listen.changed(host=LOOPBACK))
        return Offer(sentence, translate("Offer", "Use this computer only"), lambda: start_with(changed))
    if problem.cause is Cause.BAUD_RATE_REFUSED and problem.hint:
        changed = profile.changed(serial=profile.serial.changed(baud_rate=int(problem.hint)))
        return Offer(sentence, translate("Offer", "Use {baud}").format(baud=problem.hint), lambda: start_with(changed))
    if problem.cause is Cause.DEVICE_DIFFERENT:
        changed = profile.changed(serial=profile.serial.changed(identity=problem.found))
        return Offer(sentence, translate("Offer", "Use this one"), lambda: start_with(changed))
    if problem.cause is Cause.DEVICE_NO_PERMISSION:
        group = f"sudo usermod -aG {problem.hint} $USER"
        command = group if problem.hint else f"sudo chown $USER {shlex.quote(problem.subject)}"
        return Offer(
            sentence,
            translate("Offer", "Copy the command"),
            lambda: QGuiApplication.clipboard().setText(command),
        )
    return Offer(sentence, translate("Offer", "Try again"), session.start)
