"""Carries bytes between a pty and a TCP client, both ways, and sees that each arrives as it was."""

from __future__ import annotations

import os
import select
import socket
import time
from typing import Any

import serial

SECONDS = 120
"""Longer than any machine takes for 1 MB."""


def carry(mode: str, port: int, device: int, data: bytes) -> tuple[float, float]:
    """`data` from a client to the pty `device`, and back; how many seconds each took."""
    os.set_blocking(device, False)
    client: Any = _Raw(port) if mode == "raw" else _Rfc2217(port)
    try:
        times = []
        for send, receive in ((client.send, _reader(device)), (_writer(device), client.receive)):
            started = time.monotonic()
            _carry_one_way(send, receive, data)
            times.append(time.monotonic() - started)
        return times[0], times[1]
    finally:
        client.close()


def _carry_one_way(send: Any, receive: Any, data: bytes) -> None:
    sent, got, deadline = 0, bytearray(), time.monotonic() + SECONDS
    while len(got) < len(data):
        if sent < len(data):
            sent += send(data[sent : sent + 4096])
        got += receive()
        if data[len(got) - 256 : len(got)] != got[-256:] and len(got) >= 256:
            raise SystemExit(f"what came differs from what was sent, near byte {len(got)}")
        if time.monotonic() > deadline:
            raise SystemExit(f"{len(got)} of {len(data)} bytes came within {SECONDS} s")
    if got != data:
        raise SystemExit("what came differs from what was sent")


def _reader(device: int) -> Any:
    def receive() -> bytes:
        return os.read(device, 65536) if select.select([device], [], [], 0.005)[0] else b""

    return receive


def _writer(device: int) -> Any:
    def send(data: bytes) -> int:
        return os.write(device, data) if select.select([], [device], [], 0.005)[1] else 0

    return send


class _Raw:
    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), 5)
        self._socket.setblocking(False)

    def send(self, data: bytes) -> int:
        return self._socket.send(data) if select.select([], [self._socket], [], 0.005)[1] else 0

    def receive(self) -> bytes:
        return self._socket.recv(65536) if select.select([self._socket], [], [], 0.005)[0] else b""

    def close(self) -> None:
        self._socket.close()


class _Rfc2217:
    """pyserial's client."""

    def __init__(self, port: int) -> None:
        self._serial: Any = serial.serial_for_url(f"rfc2217://127.0.0.1:{port}", baudrate=115200, timeout=0.005)

    def send(self, data: bytes) -> int:
        return int(self._serial.write(data))

    def receive(self) -> bytes:
        return bytes(self._serial.read(max(1, self._serial.in_waiting)))

    def close(self) -> None:
        self._serial.close()
