"""In Windows: `start_time.py COMMAND…` prints how many ms the window of a program took to be there, and closes it."""

from __future__ import annotations

import ctypes
import subprocess
import sys
import time
from typing import Any

WM_CLOSE = 0x10


def main() -> int:
    user: Any = ctypes.WinDLL("user32")  # type: ignore[attr-defined, unused-ignore]
    user.FindWindowW.restype = ctypes.c_void_p
    started = time.perf_counter()
    program = subprocess.Popen(sys.argv[1:])
    while True:
        window = user.FindWindowW(None, "SerialBridge")
        if window and user.IsWindowVisible(ctypes.c_void_p(window)):
            break
        if program.poll() is not None or time.perf_counter() - started > 60:
            raise SystemExit("no window came")
        time.sleep(0.002)
    print((time.perf_counter() - started) * 1000)
    time.sleep(1)  # it still makes the page
    user.PostMessageW(ctypes.c_void_p(window), WM_CLOSE, None, None)
    return program.wait(20)


if __name__ == "__main__":
    sys.exit(main())
