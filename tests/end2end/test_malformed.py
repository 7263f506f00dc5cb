"""Malformed Telnet against the running console program: it lives, serves and does not grow."""

from __future__ import annotations

import os
import random
import select
import socket
import sys
import time
from contextlib import suppress

import pytest

from tests.devices import PtyDevice
from tests.figures import memory_bounded, tell, wait_for_first_look
from tests.processes import ConsoleBridge

MALFORMED_S = float(os.environ.get("SERIALBRIDGE_MALFORMED_S", "120"))
"""How long the long form lasts."""
MAX_GROWTH = 4 << 20
DEADLINE_S = 60.0

FRAGMENTS = (
    b"\xff\xfa\x2c\x01\xff\xf0", b"\xff\xfa\x2c\x02\xff\xf0", b"\xff\xfa\x2c\x03\x63\xff\xf0", b"\xff\xf0", b"\xff",
    b"\xff\xfa", b"\xff\xfa\x2c\x05\xc8\xff\xf0", b"\xff\xfd\x18", b"\xff\xfe\x00", b"\xff\xfb\x2c", b"\xff\xf3",
    b"\xff\xf6", b"\xff\xfa" + b"x" * 3000, b"\xff\xfa\x2c\x00\xff\xf0", b"\xff\xfa\x2c\x0c\x03\xff\xf0",
    b"\xff\xfa\x2c\x01\x00\x00\x25\x80\xff\xf0", b"\xff\xfa\x2c\x08\xff\xf0", b"\xff\xfa\x2c\x09\xff\xf0", b"\xf0\xff",
    b"data", b"\r\x00", b"\xff\xff",
)  # fmt: skip


def one_session(port: int, chance: random.Random) -> None:
    """A client that sends some hundred fragments and reads what comes, or not, and goes one way or the other."""
    with socket.create_connection(("127.0.0.1", port), DEADLINE_S) as sock, suppress(ConnectionError):
        sock.setblocking(False)
        reads = chance.random() < 0.8
        for _ in range(chance.randrange(20)):
            block = b"".join(chance.choice((*FRAGMENTS, chance.randbytes(20))) for _ in range(100))
            with suppress(BlockingIOError):
                sock.send(block)
            if reads:
                select.select([sock], [], [], 0.001)
                with suppress(BlockingIOError):
                    sock.recv(1 << 16)
        if chance.random() < 0.5:
            sock.shutdown(socket.SHUT_WR)


def malformed(seconds: float) -> None:
    chance = random.Random(2217)
    rules = ("--mode", "rfc2217", "--clients", "replace")
    with PtyDevice() as device, ConsoleBridge("run", device.path, "--listen", "127.0.0.1:0", *rules) as bridge:
        _, port = bridge.wait_listening()
        device.echo()
        for _ in range(100):
            one_session(port, chance)
        with socket.create_connection(("127.0.0.1", port)):
            wait_for_first_look(bridge.pid)
        sessions = 0
        with memory_bounded(bridge.pid, MAX_GROWTH):
            ends = time.monotonic() + seconds
            while time.monotonic() < ends:
                one_session(port, chance)
                sessions += 1
        tell(f"{sessions} sessions of malformed Telnet in {seconds:g} s")
        assert bridge.process.poll() is None
        with socket.create_connection(("127.0.0.1", port), DEADLINE_S) as sock:
            sock.sendall(b"\xff\xfb\x2c\xff\xfa\x2c\x02\x00\xff\xf0")
            answer = b""
            while b"\xff\xfa\x2c\x66\x08\xff\xf0" not in answer:  # data size: 8
                part = sock.recv(4096)
                assert part
                answer += part


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_malformed_telnet_for_a_while() -> None:
    malformed(3)


@pytest.mark.soak
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_malformed_telnet_for_long() -> None:
    malformed(MALFORMED_S)
