"""A profile's file that is opened goes to the window that is there already, if one is.

The window listens under a name made of the user and the folder of its profiles; only the same user's programs may
connect. One line comes in, the file's path; one answer goes out when it has been taken.
"""

from __future__ import annotations

import getpass
import hashlib
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject
from PySide6.QtNetwork import QLocalServer, QLocalSocket

MAX_MESSAGE_BYTES: Final = 256 * 1024
"""More than any path; who sends more is cut off."""
ANSWER: Final = b"taken\n"
WAIT_MS: Final = 2000
"""How long a running window may take to answer, before another one is opened (chosen: it answers in 20 ms)."""


def hand_over(file: Path, config_dir: Path) -> bool:
    """Have the running window open `file`; False if there is none. Blocks for 2 s at most at each step."""
    socket = QLocalSocket()
    socket.connectToServer(_server_name(config_dir))
    if not socket.waitForConnected(WAIT_MS):
        return False
    _let_come_to_front()
    socket.write(json.dumps(str(file.absolute())).encode() + b"\n")
    while not socket.canReadLine() and socket.waitForReadyRead(WAIT_MS):
        pass
    return bytes(socket.readLine().data()) == ANSWER


class Handover(QObject):
    """Listens for files while the window is there; `open_file` is called with each. Main thread only."""

    def __init__(self, config_dir: Path, open_file: Callable[[Path], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._open_file = open_file
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._welcome)
        name = _server_name(config_dir)
        if not self._answers(name):  # else another window has these profiles, and takes the files
            QLocalServer.removeServer(name)  # what a killed one left
            self._server.listen(name)

    def close(self) -> None:
        """Take no more files. May be called twice."""
        self._server.close()

    @staticmethod
    def _answers(name: str) -> bool:
        socket = QLocalSocket()
        socket.connectToServer(name)
        return socket.waitForConnected(WAIT_MS)

    def _welcome(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.disconnected.connect(socket.deleteLater)
            socket.readyRead.connect(lambda socket=socket: self._read(socket))
            self._read(socket)

    def _read(self, socket: QLocalSocket) -> None:
        if not socket.canReadLine():
            if socket.bytesAvailable() > MAX_MESSAGE_BYTES:
                socket.abort()
            return
        try:
            path = json.loads(bytes(socket.readLine().data()))
        except ValueError:
            path = None
        if not isinstance(path, str) or not path:
            socket.abort()
            return
        socket.write(ANSWER)  # who asked reads it and goes
        self._open_file(Path(path))


def _server_name(config_dir: Path) -> str:
    whose = f"{getpass.getuser()} {config_dir.absolute()}"
    return "SerialBridge-" + hashlib.sha256(whose.encode()).hexdigest()[:24]


def _let_come_to_front() -> None:
    """Windows lets a program come to the front only if the one in front agrees: this one, which the user started."""
    if sys.platform == "win32":
        import ctypes

        any_process = 0xFFFFFFFF  # ASFW_ANY
        ctypes.WinDLL("user32").AllowSetForegroundWindow(any_process)
