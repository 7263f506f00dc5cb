"""Keeps the list of serial ports fresh without ever listing them in the GUI's thread."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from serialbridge_gui.engine.ports import PortInfo, ports_signature, present_ports

if TYPE_CHECKING:
    from asyncio import Event

logger = logging.getLogger(__name__)

INTERVAL_S: Final = 0.7
"""Between two looks (chosen: a plugged adapter is to be listed within 2 s)."""


class PortWatcher(QObject):
    """Main thread. `run` is a coroutine that its owner cancels."""

    ports_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.ports: tuple[PortInfo, ...] = ()
        """What was there at the last look."""
        self._wake: Event | None = None
        self._again = False

    def rescan(self) -> None:
        """Look now, and list everything."""
        self._again = True
        if self._wake is not None:
            self._wake.set()

    async def run(self) -> None:
        """Look until cancelled."""
        from asyncio import Event, to_thread, wait_for

        wake = self._wake = Event()
        signature: object = None
        while True:
            wake.clear()  # before the look: who asks while it lasts is answered by the next one at once
            seen = await to_thread(ports_signature)
            if seen != signature or self._again:
                self._again = False
                try:
                    ports = await to_thread(present_ports)
                except OSError as error:  # a port went while the system was being asked about it
                    logger.info("listing the ports failed: %s", error)
                    signature, ports = None, self.ports
                else:
                    signature = seen
                if ports != self.ports:
                    self.ports = ports
                    self.ports_changed.emit()
            try:
                await wait_for(wake.wait(), INTERVAL_S)
            except TimeoutError:
                continue
