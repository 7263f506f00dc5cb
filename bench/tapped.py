"""A bridge whose tap is emptied into a TrafficLog thirty times a second, as the window does, without the window.

    python -m bench.tapped TTY PORT
"""

from __future__ import annotations

import asyncio
import sys

import qasync
from PySide6.QtCore import QCoreApplication

from serialbridge_gui.engine.bridge import Bridge
from serialbridge_gui.profile import ListenAddress, Profile, SerialSettings
from serialbridge_gui.stop_signals import StopSignals
from serialbridge_gui.traffic.chunk import Tap
from serialbridge_gui.traffic.log import TrafficLog


async def work(tty: str, port: int, stop: asyncio.Event) -> None:
    profile = Profile(name="bench", serial=SerialSettings(device=tty), listen=ListenAddress(port=port))
    bridge = Bridge(profile)
    tap = bridge.tap = Tap()
    log = TrafficLog()
    await bridge.start()
    while not stop.is_set():
        await asyncio.sleep(1 / 30)
        for entry in tap.drain():
            log.append(*entry)
    await bridge.stop()


def main() -> int:
    app = QCoreApplication(sys.argv[:1])
    loop = qasync.QEventLoop(app)
    asyncio.set_event_loop(loop)
    with loop:
        stop = asyncio.Event()
        signals = StopSignals(stop.set)
        loop.run_until_complete(work(sys.argv[1], int(sys.argv[2]), stop))
        signals.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
