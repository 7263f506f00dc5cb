"""How an installed program on Windows is asked to close by its installer: the window, and a console program as well.

The installer sets an event whose name is the folder it installs to, and waits until the programs' files can be
written. Other copies, a portable one or another version's, have other names and go on.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject


def watch_close_event(closing: Callable[[], None], parent: QObject) -> None:
    """Have Qt's event loop call `closing` when the installer asks; does nothing for a program that is not installed.

    Main thread only. Ends with `parent`.
    """
    if sys.platform != "win32" or not getattr(sys, "frozen", False):
        return
    import ctypes

    from PySide6 import QtCore

    kernel: Any = ctypes.WinDLL("kernel32", use_last_error=True)
    kernel.CreateEventW.restype = ctypes.c_void_p
    manual_reset, initial = 1, 0  # manual: every program of the folder sees it
    handle = kernel.CreateEventW(None, manual_reset, initial, close_event_name(Path(sys.executable).parent))
    if not handle:
        return  # the installer will say that it cannot close this program
    notifier: Any = vars(QtCore)["QWinEventNotifier"](handle, parent)  # the type stubs are Linux's

    def ask() -> None:
        notifier.setEnabled(False)  # it stays set, and would be told of again and again
        closing()

    notifier.activated.connect(ask)
    notifier.setEnabled(True)


def close_event_name(folder: Path) -> str:
    """As packaging/windows/installer.nsi makes it: no backslash may be in it, and letters are Windows' lower ones."""
    name = str(folder).replace("\\", "/")
    if sys.platform == "win32":
        import ctypes

        buffer = ctypes.create_unicode_buffer(name)
        ctypes.WinDLL("user32").CharLowerW(buffer)
        name = buffer.value
    return f"Local\\SerialBridge close {name}"
