"""What closing the window does: it may go to the tray while bridges run, and it asks once."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QDialog, QMainWindow, QMessageBox

from serialbridge_gui.ui.kept_words import keep_words
from serialbridge_gui.ui.preferences import Closing, Preferences
from serialbridge_gui.ui.workspace import Workspace


class ClosingRules(QObject):
    """Decides for one window. GUI thread only."""

    quit_wanted = Signal()
    """The bridges are to be stopped, and the program is to end."""

    def __init__(
        self, window: QMainWindow, workspace: Workspace, preferences: Preferences, has_tray: Callable[[], bool]
    ) -> None:
        super().__init__(window)
        self._window = window
        self._workspace = workspace
        self._preferences = preferences
        self._has_tray = has_tray
        self._question: QMessageBox | None = None
        self._hidden: list[QDialog] = []
        """Dialogs that went with the window."""

    def close(self) -> None:
        """The user closes the window. Where no bridge runs there is nothing to keep: the program ends."""
        running = sum(session.bridge.state.active for session in self._workspace)
        closing, has_tray = self._preferences.closing, self._has_tray()
        if not running or closing is Closing.STOP:
            self.quit_wanted.emit()
        elif closing is Closing.KEEP and has_tray:
            self.hide()
        elif closing is Closing.ASK and not has_tray and self._preferences.closing_without_tray_told:
            self.quit_wanted.emit()
        else:
            self._ask(running, has_tray)

    def hide(self) -> None:
        """Leave the screen to the tray's icon."""
        dialogs = self._window.findChildren(QDialog)
        self._hidden = [dialog for dialog in dialogs if dialog.isVisible() and dialog is not self._question]
        for dialog in self._hidden:
            dialog.hide()
        self._window.hide()

    def come_to_front(self) -> None:
        """Show the window, from wherever it is, with the dialogs that went with it."""
        window = self._window
        window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
        window.show()
        hidden, self._hidden = self._hidden, []
        still_there = window.findChildren(QDialog)
        for dialog in hidden:
            if dialog in still_there:
                dialog.show()
        window.raise_()
        window.activateWindow()

    def _ask(self, running: int, has_tray: bool) -> None:
        if self._question is not None:
            self._question.raise_()
            self._question.activateWindow()
            return
        self.come_to_front()  # closed from the task bar, it may be minimized
        box = self._question = QMessageBox(self._window)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Question)
        box.setTextFormat(Qt.TextFormat.PlainText)
        stop = box.addButton("", QMessageBox.ButtonRole.DestructiveRole)
        cancel = box.addButton(QMessageBox.StandardButton.Cancel)
        keep = box.addButton("", QMessageBox.ButtonRole.AcceptRole) if has_tray else None
        if keep is not None:
            keep.clicked.connect(self._keep)
        box.setDefaultButton(keep or cancel)
        box.setEscapeButton(cancel)

        def put_words() -> None:
            box.setText(self.tr("%n bridges are running.", "", running))
            box.setInformativeText(self._explanation(has_tray))
            stop.setText(self.tr("&Stop and quit"))
            if keep is not None:
                keep.setText(self.tr("&Keep running"))

        keep_words(box, put_words)
        stop.clicked.connect(lambda: self._stop(has_tray))
        box.finished.connect(self._answered)
        box.open()

    def _explanation(self, has_tray: bool) -> str:
        if has_tray:
            return self.tr(
                "They can go on without the window: an icon in the tray shows their state and brings it back. "
                "What you choose is remembered; Settings has it."
            )
        return self.tr(
            "This desktop has no tray from which the window could be brought back. "
            "Closing it stops the bridges, disconnects their clients and quits. "
            "Minimize the window to let them go on."
        )

    def _answered(self) -> None:
        self._question = None

    def _keep(self) -> None:
        self._preferences.closing = Closing.KEEP
        self.hide()

    def _stop(self, has_tray: bool) -> None:
        if has_tray:
            self._preferences.closing = Closing.STOP
        elif self._preferences.closing is Closing.ASK:
            self._preferences.closing_without_tray_told = True
        self.quit_wanted.emit()
