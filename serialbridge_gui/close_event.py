"""How an installed program on Windows is asked to close by its installer: the window, and a console program as well.

The installer sets an event whose name is the folder it installs to, and waits until the programs' files can be
written. Other copies, a portable one or another version's, have other names and go on.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

MANUAL_RESET = 1
"""Every program of the folder sees it."""
FOREVER = 0xFFFFFFFF


class CloseEvent:
    """A thread that waits for the installer and calls `asked` once. Undo it with `close`. Windows only."""

    def __init__(self, folder: Path, asked: Callable[[], None]) -> None:
        import ctypes
        import threading

        self._kernel: Any = vars(ctypes)["WinDLL"]("kernel32")
        self._kernel.CreateEventW.restype = ctypes.c_void_p
        self._kernel.SetEvent.argtypes = self._kernel.CloseHandle.argtypes = [ctypes.c_void_p]
        names = (close_event_name(folder), None)
        handles = [self._kernel.CreateEventW(None, MANUAL_RESET, 0, name) for name in names]
        # One that is 0 could not be made: the wait fails, and the installer will say that nobody closes.
        self._handles = (ctypes.c_void_p * 2)(*handles)
        self._asked = asked
        self._closed = False
        self._thread = threading.Thread(target=self._wait, name="close event", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread. May be called twice."""
        if not self._closed:
            self._closed = True
            self._kernel.SetEvent(self._handles[1])
            self._thread.join()
            for handle in self._handles:
                self._kernel.CloseHandle(handle)

    def _wait(self) -> None:
        wait_for_all = 0
        if self._kernel.WaitForMultipleObjects(2, self._handles, wait_for_all, FOREVER) == 0:
            self._asked()


def installed_close_event(asked: Callable[[], None]) -> CloseEvent | None:
    """The event of this program's folder; None where there is no installer: on other systems, and from source."""
    if sys.platform != "win32" or not getattr(sys, "frozen", False):
        return None
    return CloseEvent(Path(sys.executable).parent, asked)


def close_event_name(folder: Path) -> str:
    """As packaging/windows/installer.nsi makes it: no backslash may be in it, and letters are Windows' lower ones."""
    name = str(folder)
    if sys.platform == "win32":
        import ctypes

        buffer = ctypes.create_unicode_buffer(name)
        ctypes.WinDLL("user32").CharLowerW(buffer)
        name = buffer.value
    return "Local\\SerialBridge close " + name.replace("\\", "/")
