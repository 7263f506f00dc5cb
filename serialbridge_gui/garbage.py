"""Cyclic garbage is collected in the main thread only.

Python collects in whichever thread happens to allocate. A QObject that is part of a cycle would then be
destroyed in a bridge's thread, which Qt forbids ("Timers cannot be stopped from another thread": seen with
PySide6 6.11.3); and the byte path would stop for the collection.
"""

from __future__ import annotations

import gc
from typing import Final

from PySide6.QtCore import QObject, QTimer

INTERVAL_MS: Final = 1000
FULL_EVERY: Final = 30
"""Every so many young collections, all generations (chosen: half a minute; some ms once start-up is frozen)."""
YOUNG_FROM: Final = 500
"""Fewer new containers than this are not worth a collection (CPython's own threshold is 700)."""


class MainThreadGarbage(QObject):
    """Takes over from the automatic collector until `close`. Main thread only."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.freeze()  # what start-up made stays: later collections need not look at it
        gc.disable()
        self._turns = 0
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self._collect)
        self._timer.start()

    def close(self) -> None:
        """Give the work back to the automatic collector."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()

    def _collect(self) -> None:
        self._turns += 1
        if self._turns % FULL_EVERY == 0:
            gc.collect()
        elif gc.get_count()[0] >= YOUNG_FROM:
            gc.collect(1)
