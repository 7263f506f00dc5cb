"""In Windows: `front.py [LETTER]` brings the program's window to the front and presses Alt and a letter there.

Prints where the window is: left, top, width, height in pixels.
"""

from __future__ import annotations

import sys
import time
from typing import Any

ALT = 0x12
UP = 2


def main() -> int:
    import ctypes

    user: Any = vars(ctypes)["WinDLL"]("user32")
    user.FindWindowW.restype = ctypes.c_void_p
    window = ctypes.c_void_p(user.FindWindowW(None, "SerialBridge"))
    if not window:
        raise SystemExit("there is no window")
    user.SetForegroundWindow(window)
    place = (ctypes.c_int * 4)()
    user.GetWindowRect(window, ctypes.byref(place))
    left, top, right, bottom = place
    print(left, top, right - left, bottom - top)
    if len(sys.argv) > 1:
        time.sleep(0.5)  # until the window knows that it is in front
        letter = ord(sys.argv[1].upper())
        for key, how in ((ALT, 0), (letter, 0), (letter, UP), (ALT, UP)):
            user.keybd_event(key, 0, how, 0)
    return 0


if __name__ == "__main__":
    sys.exit(main())
