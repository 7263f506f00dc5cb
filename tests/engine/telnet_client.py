"""Clients that speak RFC 2217, pyserial's and by hand, and a bridge that speaks it with them."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import serial

from serialbridge_gui.engine import events as ev
from serialbridge_gui.engine.telnet import ComPort
from serialbridge_gui.profile import Mode
from tests.devices import PtyDevice
from tests.engine.running import RunningBridge

IAC, SB, SE, WILL, DO = 255, 250, 240, 251, 253
COM_PORT = 44
LONG_S = 60
"""How long pyserial's client waits for what should come at once."""


@contextmanager
def bridged(**fields: Any) -> Iterator[tuple[PtyDevice, RunningBridge]]:
    with PtyDevice() as device, RunningBridge(device.path, mode=Mode.RFC2217, **fields) as bridge:
        yield device, bridge


@contextmanager
def pyserial_client(bridge: RunningBridge, **options: Any) -> Iterator[Any]:
    port = bridge.seen(ev.Listening)[0].port
    client = serial.serial_for_url(f"rfc2217://127.0.0.1:{port}?timeout={LONG_S}", timeout=LONG_S, **options)
    try:
        yield client
    finally:
        client.close()


class TelnetClient:
    """Speaks by hand: knows what it sent, and reads what comes, answers apart from data."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.data = b""
        self.answers: list[tuple[int, bytes]] = []
        self._raw = b""
        sock.sendall(bytes((IAC, WILL, COM_PORT, IAC, DO, COM_PORT, IAC, WILL, 0, IAC, DO, 0)))

    def ask(self, command: ComPort, value: bytes) -> bytes:
        """Send a request; returns the value in force."""
        inside = value.replace(b"\xff", b"\xff\xff")
        self.sock.sendall(bytes((IAC, SB, COM_PORT, command)) + inside + bytes((IAC, SE)))
        return self.answer(command)

    def answer(self, command: ComPort) -> bytes:
        """The next answer, or notification, of this kind."""
        while True:
            for index, (code, value) in enumerate(self.answers):
                if code == command + 100:
                    del self.answers[index]
                    return value
            self.read_on()

    def read_on(self) -> None:
        part = self.sock.recv(65536)
        assert part, "the bridge has closed the connection"
        self._raw += part
        while self._raw:
            if self._raw[0] != IAC:
                end = self._raw.find(b"\xff")
                end = len(self._raw) if end < 0 else end
                self.data, self._raw = self.data + self._raw[:end], self._raw[end:]
            elif len(self._raw) > 1 and self._raw[1] == IAC:
                self.data, self._raw = self.data + b"\xff", self._raw[2:]
            elif len(self._raw) > 1 and self._raw[1] == SB and (end := self._raw.find(b"\xff\xf0")) > 0:
                self.answers.append((self._raw[3], self._raw[4:end].replace(b"\xff\xff", b"\xff")))
                self._raw = self._raw[end + 2 :]
            elif len(self._raw) > 2 and WILL <= self._raw[1] <= 254:
                self._raw = self._raw[3:]
            else:
                return


def talk(bridge: RunningBridge) -> TelnetClient:
    """A client that is in and has said what it speaks."""
    client = TelnetClient(bridge.client())
    client.answer(ComPort.NOTIFY_MODEMSTATE)
    return client


def baud(rate: int) -> bytes:
    return rate.to_bytes(4, "big")


def request(command: ComPort, *value: int) -> bytes:
    return bytes((IAC, SB, COM_PORT, command, *value, IAC, SE))
