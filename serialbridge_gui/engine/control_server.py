"""ControlServer: tells other programs of the same user which bridges run here, and sends them their traffic.

The asking side, and where they find it, is `running_programs.py`.
"""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from serialbridge_gui.engine import running_programs
from serialbridge_gui.engine.bridge import Bridge
from serialbridge_gui.engine.live_capture import LiveCapture, Note
from serialbridge_gui.engine.pipes import is_pipe, open_named_pipe
from serialbridge_gui.profile import join_address

logger = logging.getLogger(__name__)

MAX_QUESTION_BYTES: Final = 64 << 10
MAX_UNREAD_BYTES: Final = 64 << 10
"""Of answers that the asker does not read (chosen: a few hundred; beside them the system's buffer holds some)."""
STOP_S: Final = 0.5
MAX_CONNECTIONS: Final = 32
"""Chosen: some captures, and somebody who looks; more are closed at once."""


class ControlServer(QObject):
    """Main thread only. Costs nothing while nobody asks.

    Only programs of the same user reach it: its folder and its socket are the user's alone. What they may have is
    written into pipes that they made; the path of anything else is refused.
    """

    def __init__(self, bridges: Callable[[], Iterable[Bridge]], note: Note, parent: QObject | None = None) -> None:
        """`bridges`: those of this program, running or not. `note`: as a LiveCapture takes it."""
        super().__init__(parent)
        self._bridges = bridges
        self._note = note
        self._server: QLocalServer | None = None
        self._file: Path | None = None
        self._captures: dict[QLocalSocket, LiveCapture] = {}
        self._connections: set[QLocalSocket] = set()
        self._asking: dict[QLocalSocket, None] = {}
        """Those that have asked more than once: in each turn of the main loop one question has its answer."""
        self._next_turn = QTimer(self, singleShot=True, interval=0)
        self._next_turn.timeout.connect(self._hear_next)

    @property
    def listening(self) -> bool:
        """Whether others can ask."""
        return self._server is not None

    def start(self) -> None:
        """Begin, if it has not begun. Where that cannot be, nobody asks: a bridge needs none of it. Some ms."""
        if self._server is not None:
            return
        folder = running_programs.own_folder()
        if folder is None:
            return
        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        server.setMaxPendingConnections(MAX_CONNECTIONS)
        name = running_programs.server_name(folder)
        if not server.listen(name):
            logger.info("no control socket: %s", server.errorString())
            server.deleteLater()
            return
        server.newConnection.connect(self._take_connections)
        self._server = server
        try:
            self._file = running_programs.register(folder, name)
        except OSError as error:
            logger.info("no control socket: %s", error)
            self.close()

    def close(self, timeout_s: float = STOP_S) -> bool:
        """End every capture, and be gone; False if a reader that takes nothing holds a capture's thread. Twice is fine.

        Waits for such readers `timeout_s`, and STOP_S at most.
        """
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.unlink()
            self._file = None
        captures = list(self._captures.values())
        for capture in captures:
            capture.request_stop()
        deadline = monotonic() + min(timeout_s, STOP_S)
        ended = [capture.stop(max(0.0, deadline - monotonic())) for capture in captures]
        for connection in list(self._connections):
            connection.abort()
        if self._server is not None:
            self._server.close()
            self._server.deleteLater()
            self._server = None
        return all(ended)

    # ---- connections

    def _take_connections(self) -> None:
        while self._server is not None and self._server.hasPendingConnections():
            connection = self._server.nextPendingConnection()
            connection.setReadBufferSize(MAX_QUESTION_BYTES)
            connection.disconnected.connect(partial(self._hung_up, connection))
            self._connections.add(connection)
            if len(self._connections) > MAX_CONNECTIONS:
                connection.abort()
                continue
            connection.readyRead.connect(partial(self._hear, connection))
            self._hear(connection)

    def _hear(self, connection: QLocalSocket) -> None:
        if connection in self._asking:
            return  # it has its turn
        if connection.canReadLine():
            if connection in self._captures or connection.bytesToWrite() > MAX_UNREAD_BYTES:
                connection.abort()  # who has a capture has nothing to ask
                return
            _answer(connection, self._reply(connection, bytes(connection.readLine().data())))
        if connection.canReadLine():
            self._asking[connection] = None
            self._next_turn.start()
        elif connection.bytesAvailable() >= MAX_QUESTION_BYTES:
            connection.abort()

    def _hear_next(self) -> None:
        if self._asking:
            connection = next(iter(self._asking))
            del self._asking[connection]
            self._hear(connection)
        if self._asking:
            self._next_turn.start()

    def _hung_up(self, connection: QLocalSocket) -> None:
        self._connections.discard(connection)
        self._asking.pop(connection, None)
        capture = self._captures.pop(connection, None)
        if capture is not None:
            capture.request_stop()
        connection.deleteLater()

    def _reply(self, connection: QLocalSocket, line: bytes) -> dict[str, Any]:
        try:
            question = json.loads(line)
            ask = question["ask"]
        except (ValueError, TypeError, KeyError, RecursionError):
            return {"refused": "this is no question"}
        if ask == "bridges":
            return {"bridges": [_described(bridge) for bridge in self._running()]}
        if ask != "capture":
            return {"refused": "this program does not know that question"}
        pipe = question.get("pipe")
        if not isinstance(pipe, str) or not is_pipe(pipe):
            return {"refused": "what is to be written to is no pipe"}
        for bridge in self._running():
            if bridge.profile.id == question.get("bridge"):
                self._begin_capture(connection, bridge, pipe)
                return {"capture": "begun"}
        return {"refused": "the bridge does not run any more"}

    def _running(self) -> list[Bridge]:
        return [bridge for bridge in self._bridges() if bridge.state.active]

    def _begin_capture(self, connection: QLocalSocket, bridge: Bridge, pipe: str) -> None:
        capture = LiveCapture(bridge, partial(open_named_pipe, pipe), self._note, self)
        self._captures[connection] = capture
        capture.ended.connect(self._capture_ended)
        capture.start()

    @Slot(object)
    def _capture_ended(self, capture: LiveCapture) -> None:
        for connection in [each for each, its in self._captures.items() if its is capture]:
            del self._captures[connection]
            _answer(connection, {"refused": capture.failure} if capture.failure else {"capture": "ended"})
            connection.disconnectFromServer()
        capture.deleteLater()


def _answer(connection: QLocalSocket, answer: dict[str, Any]) -> None:
    connection.write(json.dumps(answer).encode() + b"\n")
    connection.flush()


def _described(bridge: Bridge) -> dict[str, str]:
    address = bridge.address
    return {
        "id": bridge.profile.id,
        "name": bridge.profile.name,
        "device": bridge.device,
        "address": "" if address is None else join_address(address.host, address.port),
    }
