"""The application object: what asks the program itself to quit ends it, whatever closing the window does."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QApplication


class Application(QApplication):
    """Qt's own answer to Quit is to close the windows, and to stay where one does not let itself be closed."""

    quit_requested = Signal()
    """The session's end, macOS' dock, or `quit`."""

    def event(self, event: QEvent) -> bool:
        """Quit is for `app.py`, which stops the bridges first."""
        if event.type() == QEvent.Type.Quit:
            event.ignore()
            self.quit_requested.emit()
            return True
        return super().event(event)


def ends_with_the_session(stop: Callable[[], None], save: Callable[[], None]) -> None:
    """Have `save` called when the desktop's session is about to end, and `stop` when it does. Main thread.

    The two are apart because another program may still refuse the session's end. Windows ends the process right
    after; what runs is in the settings by then.
    """
    app = QApplication.instance()
    if isinstance(app, Application):
        app.commitDataRequest.connect(lambda _manager: save())
        app.quit_requested.connect(stop)
        app.aboutToQuit.connect(stop)
