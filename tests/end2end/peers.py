"""The TCP side of an end-to-end test: plain sockets with deadlines, and the programs people use."""

from __future__ import annotations

import hashlib
import random
import socket
import threading
from collections.abc import Callable
from typing import Any

from tests.devices import PtyDevice

DEADLINE_S = 60.0


def connect(address: tuple[str, int], receive_buffer: int | None = None) -> socket.socket:
    """A connected socket whose calls wait a minute at most."""
    sock = socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET)
    sock.settimeout(DEADLINE_S)
    if receive_buffer:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    sock.connect(address)
    return sock


def address_of(sock: socket.socket) -> str:
    """As the program writes it."""
    host, port = sock.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def receive(sock: socket.socket, count: int) -> bytes:
    """`count` bytes; fewer if the connection ends before."""
    data = bytearray()
    while len(data) < count and (part := sock.recv(min(65536, count - len(data)))):
        data += part
    return bytes(data)


class Background:
    """Runs `work` in a thread; `result()` waits for it, and raises what it raised."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self._outcome: list[Any] = []
        self._error: list[BaseException] = []
        self._thread = threading.Thread(target=self._run, args=(work,), name="test-background", daemon=True)
        self._thread.start()

    def _run(self, work: Callable[[], Any]) -> None:
        try:
            self._outcome.append(work())
        except BaseException as error:  # noqa: BLE001 - `result` raises it again
            self._error.append(error)

    @property
    def is_running(self) -> bool:
        return self._thread.is_alive()

    def result(self, deadline_s: float = 120.0) -> Any:
        self._thread.join(deadline_s)
        assert not self._thread.is_alive(), f"not done in {deadline_s:g} s"
        if self._error:
            raise self._error[0]
        return self._outcome[0]


def every_byte(size: int, seed: int) -> bytes:
    """`size` bytes in which all 256 values occur."""
    return (bytes(range(256)) + random.Random(seed).randbytes(size))[:size]


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def exchange(device: PtyDevice, sock: socket.socket, size: int, seed: int = 1) -> None:
    """`size` bytes each way at once; fails unless every one arrives, in order."""
    down, up = every_byte(size, seed), every_byte(size, seed + 1)
    device.pump([down])
    sending = Background(lambda: sock.sendall(up))
    receiving = Background(lambda: receive(sock, size))
    at_device = device.read(size, deadline_s=120)
    sending.result()
    assert digest(at_device) == digest(up)
    assert digest(receiving.result()) == digest(down)
    device.wait_pumped()
