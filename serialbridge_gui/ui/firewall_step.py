"""The one step that lets other computers through Windows' firewall: offered once somebody wants to be reached by them.

On other systems nothing of this is there.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from enum import Enum, auto
from functools import partial
from threading import Thread
from typing import Final, TypeVar

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QPushButton, QWidget

from serialbridge_gui.engine.bridge import BridgeState
from serialbridge_gui.firewall import Firewall, Outcome, Result, own_firewall
from serialbridge_gui.traffic.text import make_visible
from serialbridge_gui.ui.exposure import is_exposed
from serialbridge_gui.ui.message_bar import MessageBar
from serialbridge_gui.ui.session import Session
from serialbridge_gui.ui.settings_file import SettingsFile
from serialbridge_gui.ui.tasks import Tasks
from serialbridge_gui.ui.workspace import Workspace

NOT_NOW: Final = "firewall/not_now"
"""In the window's settings: there once the user did not want it."""

T = TypeVar("T")


class Stage(Enum):
    """What the bar is about."""

    OFFER = auto()
    SOURCE = auto()
    """There is nothing to offer, which is said once."""
    WAITING = auto()
    ENDED = auto()


class FirewallBar(MessageBar):
    """Explains, and has one button more than other messages: the one that puts it off. GUI thread only."""

    put_off = Signal()
    allow_wanted = Signal()
    language_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("firewallBar")
        self.later = QPushButton(self)
        self.later.clicked.connect(self.put_off)
        layout = self.layout()
        assert layout is not None
        layout.addWidget(self.later)
        self.stage: Stage | None = None
        self.outcome = Outcome(Result.ALLOWED)

    def show_stage(self, stage: Stage | None, outcome: Outcome | None = None) -> None:
        """Say what this stage is about, with the outcome where it has ended; None: nothing."""
        self.stage, self.outcome = stage, outcome or self.outcome
        if stage is None:
            self.clear()
            return
        done = stage is Stage.SOURCE or (stage is Stage.ENDED and self.outcome.result is Result.ALLOWED)
        look = BridgeState.RUNNING if stage is Stage.ENDED and done else BridgeState.WAITING_FOR_DEVICE
        allow = self.tr("Try again") if stage is Stage.ENDED else self.tr("&Allow on private networks…")
        self.say(self._words(), look=look, action="" if done else allow, do=self.allow_wanted.emit)
        self.later.setText(self.tr("OK") if done else self.tr("Not now"))
        for button in (self.button, self.later):
            button.setEnabled(stage is not Stage.WAITING)

    def _words(self) -> str:
        if self.stage is Stage.OFFER:
            return self.tr(
                "Windows' firewall keeps other computers away from SerialBridge. You can allow both of its programs on"
                " the networks that Windows calls private; an administrator has to agree. Bridges start meanwhile."
            )
        if self.stage is Stage.SOURCE:
            return self.tr(
                "Windows' firewall may keep other computers away. SerialBridge runs from its source, where a rule would"
                " let them reach every Python program: install it, or make a rule for the port yourself."
            )
        if self.stage is Stage.WAITING:
            return self.tr("Windows asks for an administrator's consent…")
        if self.outcome.result is Result.ALLOWED:
            return self.tr("Windows' firewall lets computers on private networks connect to SerialBridge.")
        if self.outcome.result is Result.REFUSED:
            return self.tr("The consent was not given, and the firewall stays as it was. The Bridge menu asks again.")
        reason = make_visible(self.outcome.words) or self.tr("it has no such rule")
        if self.outcome.code:
            reason = self.tr("exit code {code}").format(code=self.outcome.code)
        elif self.outcome.odd_path:
            reason = self.tr("there is a % in {path}").format(path=make_visible(self.outcome.odd_path))
        return self.tr(
            "Windows' firewall did not take the rule ({reason}). Allow SerialBridge in Windows' settings, under"
            " “Allow an app through firewall”."
        ).format(reason=reason)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.show_stage(self.stage)
            self.language_changed.emit()


class FirewallStep(QObject):
    """Looks, once a bridge that others can reach starts or is set up, and offers in its bar. GUI thread only.

    No bridge waits for any of it.
    """

    def __init__(self, workspace: Workspace, settings: SettingsFile, tasks: Tasks, parent: QWidget) -> None:
        super().__init__(parent)
        self.bar = FirewallBar(parent)
        self.actions: tuple[QAction, ...] = ()
        """For a menu: offers it again."""
        self._settings = settings
        self._tasks = tasks
        self._looked = False
        self._firewall: Firewall | None = own_firewall()
        if self._firewall is None:
            return
        self.actions = (QAction(self),)
        self.actions[0].triggered.connect(self._ask_again)
        self.bar.language_changed.connect(self.retranslate)
        self.bar.put_off.connect(self._put_off)
        self.bar.allow_wanted.connect(self._allow)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.applicationStateChanged.connect(self._look_again)
        workspace.session_added.connect(self._watch)
        for session in workspace:
            self._watch(session)
        self.retranslate()

    def retranslate(self) -> None:
        """Put every word anew."""
        self.actions[0].setText(self.tr("Allow in Windows' &firewall…"))

    def _watch(self, session: Session) -> None:
        session.changed.connect(partial(self._consider, session))

    def _consider(self, session: Session) -> None:
        """A file that is opened changes nothing: nobody is asked for what somebody else's profile wants."""
        if self._looked or not is_exposed(session.profile):
            return
        self._looked = True
        if self._settings.value(NOT_NOW) is None:
            self._tasks.start(self._look(), "look at the firewall")

    def _ask_again(self) -> None:
        self._looked = True
        self._tasks.start(self._look(asked=True), "look at the firewall")

    def _look_again(self, state: Qt.ApplicationState) -> None:
        """Windows asks about a program that listens, too; the user may just have answered that."""
        if state is Qt.ApplicationState.ApplicationActive and self.bar.stage is Stage.OFFER:
            self._tasks.start(self._look(), "look at the firewall")

    async def _look(self, *, asked: bool = False) -> None:
        assert self._firewall is not None
        if not self._firewall.programs:
            self.bar.show_stage(Stage.SOURCE)
            return
        try:
            allowed = await _in_thread(self._firewall.allowed, "look at the firewall")
        except OSError:
            allowed = False  # it cannot be seen; whoever allows what is allowed does no harm
        if self.bar.stage is Stage.WAITING:
            return
        if not allowed:
            self.bar.show_stage(Stage.OFFER)
        elif asked:
            self.bar.show_stage(Stage.ENDED, Outcome(Result.ALLOWED))
        elif self.bar.stage is Stage.OFFER:
            self.bar.show_stage(None)

    def _allow(self) -> None:
        self.bar.show_stage(Stage.WAITING)
        self._tasks.start(self._ask_administrator(), "ask for the firewall")

    async def _ask_administrator(self) -> None:
        assert self._firewall is not None
        window = int(self.bar.window().winId())
        outcome = await _in_thread(partial(self._firewall.allow, window), "ask for the firewall")
        if outcome.result is Result.ALLOWED:
            self._settings.remove(NOT_NOW)
        self.bar.show_stage(Stage.ENDED, outcome)

    def _put_off(self) -> None:
        if not (self.bar.stage is Stage.ENDED and self.bar.outcome.result is Result.ALLOWED):
            self._settings.setValue(NOT_NOW, "yes")
        self.bar.show_stage(None)


async def _in_thread(work: Callable[[], T], name: str) -> T:
    """What `work` returns or raises. By a daemon: the end of the program waits for no administrator."""
    from asyncio import get_running_loop

    loop = get_running_loop()
    future = loop.create_future()

    def finish(deliver: Callable[[object], None], result: object) -> None:
        if not future.done():
            deliver(result)

    def run() -> None:
        deliver: Callable[[object], None] = future.set_result
        result: object
        try:
            result = work()
        except OSError as error:
            deliver, result = future.set_exception, error  # type: ignore[assignment]
        with contextlib.suppress(RuntimeError):  # the loop has ended, and with it who waited
            loop.call_soon_threadsafe(finish, deliver, result)

    Thread(target=run, name=name, daemon=True).start()
    result: T = await future
    return result
