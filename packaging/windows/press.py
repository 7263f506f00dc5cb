"""In Windows: presses the default button of the installer's dialog that is in front; prints its title."""

from __future__ import annotations

import ctypes
import sys
import time
from typing import Any

WM_COMMAND = 0x111
IDOK = 1
DIALOG = "#32770"
"""The window class of all dialogs."""


def main() -> int:
    user: Any = vars(ctypes)["WinDLL"]("user32")
    found: list[tuple[int, str]] = []

    def look(window: int, _: object) -> int:
        handle = ctypes.c_void_p(window)
        kind, title = ctypes.create_unicode_buffer(64), ctypes.create_unicode_buffer(256)
        user.GetClassNameW(handle, kind, 64)
        user.GetWindowTextW(handle, title, 256)
        ours = kind.value == DIALOG and "SerialBridge" in title.value
        if ours and user.IsWindowVisible(handle) and user.IsWindowEnabled(handle):
            found.append((window, title.value))  # the wizard is not enabled while its question is there
        return 1

    callback = vars(ctypes)["WINFUNCTYPE"](ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)(look)
    deadline = time.monotonic() + 20
    while not found and time.monotonic() < deadline:
        user.EnumWindows(callback, None)
        time.sleep(0.1)
    if not found:
        raise SystemExit("no dialog came")
    window, title = found[0]
    user.PostMessageW(ctypes.c_void_p(window), WM_COMMAND, IDOK, None)
    print(ascii(title))
    return 0


if __name__ == "__main__":
    sys.exit(main())
