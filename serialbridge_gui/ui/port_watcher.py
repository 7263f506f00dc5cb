"""Keeps the list of serial ports fresh without ever listing them in the GUI's thread."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from PySide6.QtCore import QObject, Signal

from serialbridge_gui.engine.ports import PortInfo, ports_signature, present_ports

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
        self._wake = asyncio.Event()
        self._again = False

    def rescan(self) -> None:
        """Look now, and list everything."""
        self._again = True
        self._wake.set()

    async def run(self) -> None:
        """Look until cancelled."""
        signature: object = None
        while True:
            seen = await asyncio.to_thread(ports_signature)
            if seen != signature or self._again:
                self._again = False
                try:
                    ports = await asyncio.to_thread(present_ports)
                except OSError as error:  # a port went while the system was being asked about it
                    logger.info("listing the ports failed: %s", error)
                    signature, ports = None, self.ports
                else:
                    signature = seen
                if ports != self.ports:
                    self.ports = ports
                    self.ports_changed.emit()
            self._wake.clear()
            try:
                await asyncio.wait_for(self._wake.wait(), INTERVAL_S)
            except TimeoutError:
                continue
