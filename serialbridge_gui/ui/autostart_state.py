"""Whether the program starts with the system, for the window: asked and changed in other threads."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QObject, Signal

from serialbridge_gui.autostart import Autostart, AutostartError, AutostartFault
from serialbridge_gui.traffic.text import make_visible
from serialbridge_gui.ui.tasks import Tasks


class AutostartState(QObject):
    """One thing at a time; the last wish counts. GUI thread only."""

    known = Signal(bool)
    """What the system has now."""
    failed = Signal(str)
    """A sentence: the wish could not be carried out."""

    def __init__(self, system: Autostart, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.system = system
        self._tasks = Tasks()
        self._wish: bool | None = None
        self._busy = False

    def look(self) -> None:
        """Tell `known` soon."""
        self._begin()

    def change(self, on: bool) -> None:
        """Carry this out soon; `known` tells what came of it."""
        self._wish = on
        self._begin()

    async def finish(self) -> None:
        """Wait for what was begun, 1 s at most."""
        await self._tasks.finish()

    def _begin(self) -> None:
        if not self._busy:
            self._busy = True
            self._tasks.start(self._work(), "start with the system")

    async def _work(self) -> None:
        from asyncio import to_thread

        try:
            while True:
                wish, self._wish = self._wish, None
                if wish is not None:
                    try:
                        await to_thread(self.system.turn_on if wish else self.system.turn_off)
                    except AutostartError as error:
                        self.failed.emit(autostart_sentence(error))
                on = await to_thread(self.system.is_on)
                if self._wish is None:
                    self.known.emit(on)
                    return
        finally:
            self._busy = False


def autostart_sentence(error: AutostartError) -> str:
    """What happened, and what to do."""
    translate = QCoreApplication.translate
    if error.fault is AutostartFault.TOO_LONG:
        return translate(
            "Autostart",
            "Windows takes no command of more than 260 characters at its start. Put SerialBridge into a folder with a "
            "shorter path.",
        )
    return translate(
        "Autostart", "{where} could not be written: {detail}. Make it yours to write, then try again."
    ).format(where=make_visible(error.where), detail=make_visible(error.detail).rstrip("."))
