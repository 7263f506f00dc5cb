"""A virtual screen, and pictures of it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

SIZE: Final = "1280x800x24"
GRAB: Final = """
import sys
from PySide6.QtGui import QGuiApplication
app = QGuiApplication(sys.argv)
image = app.primaryScreen().grabWindow(0).toImage()
image.save(sys.argv[1])
small = image.scaled(320, 200)
print(len({small.pixel(x, y) for x in range(320) for y in range(200)}))
"""


def start_screen() -> tuple[subprocess.Popen[bytes], str]:
    """The server, to be ended by the caller, and its name for DISPLAY."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", SIZE, "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[writing], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(writing)
    with os.fdopen(reading) as told:
        number = told.readline().strip()  # ends where the server ends, too
    if not number:
        raise SystemExit("check: Xvfb did not start")
    return server, f":{number}"


def shoot(display: str, picture: Path) -> int:
    """Write what the screen shows; returns the number of its colours: 1 is blank."""
    environment = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
    command = [sys.executable, "-c", GRAB, str(picture)]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, timeout=60, check=True)
    return int(done.stdout)


def shoot_window(display: str, picture: Path, *, within_s: float = 30, settles_s: float = 4) -> int:
    """Wait for a window, give it time for some lines of its log, and take the picture."""
    expires = time.monotonic() + within_s
    while (colours := shoot(display, picture)) < 50:
        if time.monotonic() > expires:
            raise SystemExit(f"check: no window within {within_s:.0f} s: the screen has {colours} colours")
        time.sleep(0.3)
    time.sleep(settles_s)
    return shoot(display, picture)
