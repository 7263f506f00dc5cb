"""A start of the program goes to the window that is there already, if one is.

The window listens under a name made of the user and the folder of its profiles; only the same user's programs may
connect. One line comes in, a Request as JSON; one answer goes out when it has been taken.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from serialbridge_gui.request import Request, server_name

MAX_MESSAGE_BYTES: Final = 256 * 1024
"""More than any path; who sends more is cut off."""
ANSWER: Final = b"taken\n"
WAIT_MS: Final = 2000
"""How long a running window may take to answer, before another one is opened (chosen: it answers in 20 ms)."""


class Outcome(Enum):
    """What became of a request."""

    TAKEN = "taken"
    NOBODY = "nobody"
    """No window is there, or it ended just now."""
    SILENT = "silent"
    """One is there, and does not answer."""


def hand_over(request: Request, config_dir: Path) -> Outcome:
    """Have the running window carry it out. Blocks for 2 s at most at each step."""
    socket = QLocalSocket()
    socket.connectToServer(server_name(config_dir))
    if not socket.waitForConnected(WAIT_MS):
        return Outcome.NOBODY
    if not request.minimized:
        _let_come_to_front()
    socket.write(json.dumps(request.to_plain()).encode() + b"\n")
    while not socket.canReadLine() and socket.waitForReadyRead(WAIT_MS):
        pass
    if bytes(socket.readLine().data()) == ANSWER:
        return Outcome.TAKEN
    return Outcome.SILENT if socket.state() is QLocalSocket.LocalSocketState.ConnectedState else Outcome.NOBODY


class Handover(QObject):
    """Listens for requests while the window is there; `carry_out` is called with each. Main thread only.

    `takes_over`: the window that listens does not answer any more, and this one listens in its place. `is_ending`:
    whether the window is about to end; it takes no request then, which it would not carry out any more.
    """

    def __init__(
        self, config_dir: Path, carry_out: Callable[[Request], None], parent: QObject | None = None,
        *, takes_over: bool = False, is_ending: Callable[[], bool] = lambda: False,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._carry_out = carry_out
        self._is_ending = is_ending
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._welcome)
        name = server_name(config_dir)
        if takes_over or not self._answers(name):  # else another window has these profiles, and takes the requests
            QLocalServer.removeServer(name)  # what a killed one left
            self._server.listen(name)

    def close(self) -> None:
        """Take no more requests. May be called twice."""
        self._server.close()
        for socket in self._server.findChildren(QLocalSocket):
            socket.abort()  # who asks is to wait for the end of this one, not to believe that it was heard

    @staticmethod
    def _answers(name: str) -> bool:
        socket = QLocalSocket()
        socket.connectToServer(name)
        return socket.waitForConnected(WAIT_MS)

    def _welcome(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.disconnected.connect(socket.deleteLater)
            socket.readyRead.connect(self._read_sender)
            self._read(socket)

    def _read_sender(self) -> None:
        socket = self.sender()
        if isinstance(socket, QLocalSocket):
            self._read(socket)

    def _read(self, socket: QLocalSocket) -> None:
        if not socket.canReadLine():
            if socket.bytesAvailable() > MAX_MESSAGE_BYTES:
                socket.abort()
            return
        if self._is_ending():
            socket.abort()  # as in `close`, which comes in a moment
            return
        try:
            request = Request.from_plain(json.loads(bytes(socket.readLine().data())))
        except (ValueError, RecursionError):
            socket.abort()
            return
        socket.write(ANSWER)  # who asked reads it and goes
        self._carry_out(request)


def _let_come_to_front() -> None:
    """Windows lets a program come to the front only if the one in front agrees: this one, which the user started."""
    if sys.platform == "win32":
        import ctypes

        any_process = 0xFFFFFFFF  # ASFW_ANY
        ctypes.WinDLL("user32").AllowSetForegroundWindow(any_process)
