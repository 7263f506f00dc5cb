"""Listener: a QTcpServer that accepts and hands the descriptor over. It never makes a QTcpSocket."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject
from PySide6.QtNetwork import QAbstractSocket, QHostAddress, QTcpServer

from serialbridge_gui.engine.errors import BridgeError, Cause, Problem
from serialbridge_gui.profile import ListenAddress

BACKLOG: Final = 512
"""Connections the system holds while the loop is busy (chosen: all the clients a profile can have come at once,
as after a restart). Beyond it Linux drops the SYN, and the client tries again only after a second (measured)."""


class Listener(QTcpServer):
    """Listens in the thread that made it; a selector watches `descriptor` and calls `accept_waiting`."""

    def __init__(self, accepted: Callable[[socket.socket], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._accepted = accepted
        self._exhausted = False
        self.setListenBacklogSize(BACKLOG)
        self.acceptError.connect(self._note_exhaustion)

    def open(self, address: ListenAddress) -> ListenAddress:
        """Bind and listen; returns the address really bound. Raises BridgeError. Resolving a name may block."""
        if not self.listen(_host(address), address.port):
            raise BridgeError(self._problem(address))
        return ListenAddress(host=self.serverAddress().toString(), port=self.serverPort())

    def descriptor(self) -> int:
        """The listening socket, for a selector."""
        return int(self.socketDescriptor())

    def accept_waiting(self) -> bool:
        """Accept all that wait, without waiting. False: the system would not (say, out of descriptors)."""
        self._exhausted = False
        self.waitForNewConnection(0)
        if self._exhausted:
            self.resumeAccepting()  # Qt pauses itself at an error (qtcpserver.cpp, 6.11)
        return not self._exhausted

    def incomingConnection(self, handle: int) -> None:
        """Qt calls this for each accepted connection; the handle is ours from here on."""
        self._accepted(socket.socket(fileno=handle))

    def _note_exhaustion(self) -> None:
        self._exhausted = True

    def _problem(self, address: ListenAddress) -> Problem:
        error = self.serverError()
        cause = {
            QAbstractSocket.SocketError.AddressInUseError: Cause.ADDRESS_IN_USE,
            QAbstractSocket.SocketError.SocketAddressNotAvailableError: Cause.ADDRESS_NOT_OURS,
            QAbstractSocket.SocketError.SocketAccessError: Cause.ADDRESS_NO_PERMISSION,
        }.get(error, Cause.ADDRESS_FAILED)
        return Problem(cause, str(address), self.errorString())


def _host(address: ListenAddress) -> QHostAddress:
    host = QHostAddress(address.host)
    if not host.isNull():
        return host
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise BridgeError(Problem(Cause.ADDRESS_UNKNOWN_NAME, str(address), str(error))) from error
    found.sort(key=lambda entry: entry[0] != socket.AF_INET)  # localhost: 127.0.0.1 before ::1
    return QHostAddress(str(found[0][4][0]))
