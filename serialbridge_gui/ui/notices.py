"""What the desktop is told while nobody looks at the window: grouped, and never more than once in ten seconds."""

from __future__ import annotations

import time
from enum import Enum
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from serialbridge_gui.traffic.text import make_visible

INTERVAL_MS: Final = 10_000
"""At least so much between two notifications; what happens meanwhile is counted in the next."""
GATHER_MS: Final = 300
"""How long the first one waits for more of its kind, such as a hub with four adapters (chosen)."""
MAX_NAME: Final = 40
"""Characters of a bridge's name that are shown."""


class Notice(Enum):
    """What is told."""

    DEVICE_LOST = "device_lost"
    DEVICE_BACK = "device_back"
    CLIENT_REFUSED = "client_refused"


class Notices(QObject):
    """Counts what is noted, and tells it together. GUI thread only."""

    told = Signal(str)
    """A line for each kind of thing that happened."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._counts: dict[Notice, int] = {}
        self._names: dict[Notice, str] = {}
        """The bridge of the first of each kind; empty once it was not the only one."""
        self._told_at: float | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)  # the others may come a twentieth too early
        self._timer.timeout.connect(self._tell)

    def note(self, notice: Notice, name: str, count: int = 1) -> None:
        """This happened `count` times to the bridge of this name."""
        if self._names.setdefault(notice, name) != name:
            self._names[notice] = ""
        self._counts[notice] = self._counts.get(notice, 0) + count
        if not self._timer.isActive():
            wait_ms = GATHER_MS
            if self._told_at is not None:
                wait_ms = max(wait_ms, INTERVAL_MS - int((time.monotonic() - self._told_at) * 1000))
            self._timer.start(wait_ms)

    def forget(self) -> None:
        """What waits to be told is told no more."""
        self._timer.stop()
        self._counts.clear()
        self._names.clear()

    def _tell(self) -> None:
        lines = [self._line(notice, self._counts[notice]) for notice in Notice if notice in self._counts]
        self.forget()
        self._told_at = time.monotonic()
        self.told.emit("\n".join(lines))

    def _line(self, notice: Notice, count: int) -> str:
        line = {
            Notice.DEVICE_LOST: self.tr("Device lost"),
            Notice.DEVICE_BACK: self.tr("Device is back"),
            Notice.CLIENT_REFUSED: self.tr("Client refused"),
        }[notice] if count == 1 else {
            Notice.DEVICE_LOST: self.tr("Devices lost, %n times", "", count),
            Notice.DEVICE_BACK: self.tr("Devices came back, %n times", "", count),
            Notice.CLIENT_REFUSED: self.tr("%n clients refused", "", count),
        }[notice]  # fmt: skip
        name = self._names[notice]
        if not name:
            return line
        return self.tr("{bridge}: {what}").format(bridge=short(make_visible(name), MAX_NAME), what=line)


def short(text: str, most: int) -> str:
    """`text`, cut with an ellipsis where it has more than `most` characters."""
    return text if len(text) <= most else text[: most - 1] + "…"
