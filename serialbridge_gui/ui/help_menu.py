"""The Help menu: the help page, what helps others to help, and what the last start of the program left to tell."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QMenu

from serialbridge_gui.engine.bridge import BridgeState
from serialbridge_gui.ui.tasks import Tasks

if TYPE_CHECKING:
    from serialbridge_gui.program_log import ProgramLog
    from serialbridge_gui.ui.main_window import MainWindow


class HelpMenu(QMenu):
    """GUI thread only. The window's tasks run what waits for files."""

    def __init__(self, window: MainWindow, tasks: Tasks) -> None:
        super().__init__(window)
        self._window = window
        self._tasks = tasks
        self._log_file: Path | None = None
        self._report = ""
        """Of a crash, until the user has taken it or does not want it."""
        window.message.cleared.connect(self._offer_report)
        self.help_action, self.diagnostics_action = QAction(self), QAction(self)
        self.help_action.setShortcut(QKeySequence("F1"))
        self.help_action.triggered.connect(lambda: self.show_help())
        self.diagnostics_action.triggered.connect(self.copy_diagnostics)
        self.addActions([self.help_action, self.diagnostics_action])
        self.addSeparator()
        window.addAction(self.help_action)
        self.retranslate()

    def begin(self, log: ProgramLog) -> None:
        """Write the log of this run, and tell of what an earlier one left. Where asyncio runs."""
        from serialbridge_gui.ui.event_log import log_events

        self._log_file = log.file
        log.write()
        log_events(self._window.workspace)
        self._tasks.start(self._tell_crashes(log), "look for reports")

    def show_help(self, part: str = "") -> None:
        """Open the help page at this part, or bring it to the front."""
        from serialbridge_gui.ui.help_page import HelpPage

        page = self._window.findChild(HelpPage)
        if not isinstance(page, HelpPage):
            page = HelpPage(self._window)
            page.action_requested.connect(self._do)
        page.show()
        page.raise_()
        page.activateWindow()
        if part:
            page.show_part(part)

    def _do(self, name: str) -> None:
        """What a link of the help page asks for; an action that makes no sense now is disabled."""
        window = self._window
        if name == "demo":
            window.start_demo()
        for known, action in (
            ("rescan", window.rescan_action),
            ("toggle", window.toggle_action),
            ("test-client", window.test_client_action),
            ("virtual-machine", window.vm_action),
        ):
            if name == known:
                action.trigger()

    def copy_diagnostics(self) -> None:
        """Put on the clipboard what somebody who is to help needs to know."""
        self._tasks.start(self._copy_diagnostics(), "copy diagnostics")

    async def _copy_diagnostics(self) -> None:
        from asyncio import to_thread

        from serialbridge_gui.ui.diagnostics import BridgeSeen, report

        bridges = [BridgeSeen.of(session) for session in self._window.workspace]
        text = await to_thread(report, self._window.ports.ports, bridges, self._log_file)
        QGuiApplication.clipboard().setText(text)
        self._window.say(
            self.tr("Diagnostics are on the clipboard: versions, ports, settings, counters, the end of the log. "
                    "Read them before you pass them on."),
            look=BridgeState.STOPPED,
        )  # fmt: skip

    async def _tell_crashes(self, log: ProgramLog) -> None:
        from asyncio import to_thread

        self._tell_crash(await to_thread(log.reports.untold))

    def _tell_crash(self, report: str) -> None:
        self._report = report
        self._offer_report()

    def _offer_report(self) -> None:
        """Once there is nothing else to be read; what is said meanwhile puts it off."""
        bar = self._window.message
        if not self._report or not bar.isHidden():
            return

        def copy() -> None:
            from serialbridge_gui.ui.diagnostics import without_names

            QGuiApplication.clipboard().setText(without_names(self._report))
            dismiss()

        def dismiss() -> None:
            self._report = ""
            bar.clear()

        bar.say(
            self.tr("SerialBridge met an error of its own the last time. Your bridges are all here. "
                    "A report helps to mend it."),
            look=BridgeState.WAITING_FOR_DEVICE,
            action=self.tr("Copy report"),
            do=copy,
            beside=(self.tr("Dismiss"), dismiss),
        )  # fmt: skip

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Put every word anew; About is the window's."""
        self.setTitle(self.tr("&Help"))
        self.help_action.setText(self.tr("&Help"))
        self.diagnostics_action.setText(self.tr("Copy &diagnostics"))
