"""TLS peers and a small loop that lets them in as the relay does, one turn at a time in the test's own thread.

with Entrance(ServerTls(certificate, key)) as entrance, OpensslClient(entrance, folder) as peer:
    client = entrance.wait_client()
    peer.type("hello\\n")
    entrance.until(lambda: entrance.received[client] == b"hello\\n", "it comes")
"""

from __future__ import annotations

import contextlib
import select
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

import pytest

from serialbridge_gui.engine.client import Client
from serialbridge_gui.engine.readiness import READ, WRITE, dispatch, make_readiness
from serialbridge_gui.engine.tls import Handshake, ServerTls
from serialbridge_gui.engine.tls_client import TlsClient
from serialbridge_gui.engine.tls_stream import DONE, TlsStream
from tests.engine.running import DEADLINE_S

needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="the program openssl is not installed")

TURN_S = 0.05
"""How long one turn of the loop waits for something to happen."""


class Entrance:
    """A listening socket, the handshakes, the clients. Each client is sent what is put with `send`."""

    def __init__(self, tls: ServerTls, *, room: int = 64 << 10) -> None:
        self.tls = tls
        self.room = room
        self.refused: list[str] = []
        """The reasons, in order."""
        self.clients: list[TlsClient] = []
        """Who is or was there, in order."""
        self.received: dict[Client, bytearray] = {}
        self.longest = 0
        """What one `receive` gave at most."""
        self.failures: dict[Client, OSError] = {}
        self._told = 0
        self._handshakes: dict[Handshake, int] = {}  # and what each is watched for
        self._readiness = make_readiness()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listening.setblocking(False)
        self.port = int(self._listening.getsockname()[1])
        self._readiness.register(self._listening.fileno(), READ, self._accept)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for client in self.clients:
            self._watch(client, 0)
            client.close()
        for handshake in self._handshakes:
            self._readiness.unregister(handshake.stream.socket.fileno())
            handshake.close()
        self._readiness.unregister(self._listening.fileno())
        self._listening.close()
        self._readiness.close()

    def turn(self) -> None:
        dispatch(self._readiness, self._readiness.select(TURN_S))

    def until(self, condition: Callable[[], Any], what: str, deadline_s: float = DEADLINE_S) -> None:
        expires = time.monotonic() + deadline_s
        while not condition():
            assert time.monotonic() < expires, f"not within {deadline_s:g} s: {what}; refused: {self.refused}"
            self.turn()

    def wait_client(self) -> TlsClient:
        """Who is through the handshake, each one once, in order."""
        self.until(lambda: len(self.clients) > self._told, "a client is let in")
        self._told += 1
        return self.clients[self._told - 1]

    def wait_refused(self) -> str:
        """Why the first one was refused; nobody was let in who was not waited for."""
        self.until(lambda: self.refused, "a peer is refused")
        assert len(self.clients) == self._told
        return self.refused[0]

    def send(self, client: TlsClient, data: bytes) -> None:
        client.send(data)
        self._watch(client, client.watched | WRITE if client.queue.size else client.watched)

    def hold(self, client: TlsClient, *, held: bool) -> None:
        """Stop, or go on, reading what it sends."""
        self._watch(client, client.watched & ~READ if held else client.watched | READ)

    def stop_watching(self, client: TlsClient) -> None:
        self._watch(client, 0)

    def _accept(self, _mask: int) -> None:
        sock, _ = self._listening.accept()
        handshake = Handshake(self.tls.wrap(sock), time.monotonic())
        self._handshakes[handshake] = 0
        self._step(handshake, 0)

    def _step(self, handshake: Handshake, _mask: int) -> None:
        descriptor = handshake.stream.socket.fileno()
        try:
            wanted = handshake.step()
        except OSError:
            self._readiness.unregister(descriptor)
            del self._handshakes[handshake]
            self.refused.append(handshake.reason)
            handshake.close()
            return
        if wanted == DONE:
            self._readiness.unregister(descriptor)
            del self._handshakes[handshake]
            client = TlsClient(len(self.clients) + 1, handshake.stream, may_write=True, now=time.monotonic())
            self.clients.append(client)
            self.received[client] = bytearray()
            self._watch(client, READ)
            return
        if self._handshakes[handshake]:
            self._readiness.modify(descriptor, wanted)
        else:
            self._readiness.register(descriptor, wanted, partial(self._step, handshake))
        self._handshakes[handshake] = wanted

    def _watch(self, client: TlsClient, mask: int) -> None:
        if mask == client.watched:
            return
        if not mask:
            self._readiness.unregister(client.socket.fileno())
        elif client.watched:
            self._readiness.modify(client.socket.fileno(), mask)
        else:
            self._readiness.register(client.socket.fileno(), mask, partial(self._ready, client))
        client.watched = mask

    def _ready(self, client: TlsClient, mask: int) -> None:
        try:
            if mask & client.watched & WRITE:
                client.flush()
                if not client.queue.size:
                    self._watch(client, client.watched & ~WRITE)
            if mask & client.watched & READ:
                self._read(client)
        except OSError as error:
            self.failures[client] = error
            self._watch(client, 0)

    def _read(self, client: TlsClient) -> None:
        try:
            data = client.receive(self.room)
        except BlockingIOError:
            return
        if not data:
            client.finished_sending = time.monotonic()
            self._watch(client, client.watched & ~READ)
        self.longest = max(self.longest, len(data))
        self.received[client] += data


class OpensslClient:
    """`openssl s_client`, killed, this process alone, where the block ends. What it says goes into files."""

    def __init__(
        self, entrance: Entrance, folder: Path, *options: str, quiet: bool = True, sends: Path | None = None
    ) -> None:
        """`sends`: a file that is its standard input. Not `quiet`: it takes commands, such as K for new keys."""
        self.output = folder / "s_client.out"
        self.messages = folder / "s_client.err"
        self.command = ["openssl", "s_client", "-connect", f"127.0.0.1:{entrance.port}", *options]
        if quiet:
            self.command.append("-quiet")
        self._sends = sends

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as files:
            self.process = subprocess.Popen(
                self.command,
                stdin=files.enter_context(self._sends.open("rb")) if self._sends else subprocess.PIPE,
                stdout=files.enter_context(self.output.open("wb")),
                stderr=files.enter_context(self.messages.open("wb")),
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.wait(DEADLINE_S)
        if self.process.stdin is not None:
            with contextlib.suppress(OSError):
                self.process.stdin.close()

    def type(self, text: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(text.encode())
        self.process.stdin.flush()

    def ask_for_new_keys(self, entrance: Entrance) -> None:
        """Send a KeyUpdate that wants another one. Not `quiet`, and nothing typed and not yet sent."""
        asked = self.messages.read_bytes().count(b"KEYUPDATE")
        self.type("K\n")
        entrance.until(lambda: self.messages.read_bytes().count(b"KEYUPDATE") > asked, "the peer asks for new keys")

    def said(self) -> bytes:
        return self.output.read_bytes()

    def ended(self) -> bool:
        return self.process.poll() is not None


class PythonClient:
    """A TLS client that does only what it is told."""

    def __init__(self, port: int, context: ssl.SSLContext | None = None) -> None:
        """Without a `context` it trusts anybody."""
        if context is None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=DEADLINE_S)
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.incoming, self.outgoing, server_hostname="127.0.0.1")
        self.received = bytearray()
        self.told_goodbye = False
        """It has read the server's close_notify."""
        self.at_end = False
        """It has read the server's FIN."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.socket.close()

    def begin(self) -> None:
        """Send the first message of the handshake."""
        with contextlib.suppress(ssl.SSLWantReadError):
            self.tls.do_handshake()
        self.socket.sendall(self.outgoing.read())

    def shake(self, turn: Callable[[], None], piece: int = 1 << 20) -> None:
        """The whole handshake, sent `piece` bytes at a time with a `turn` of the server's loop after each."""
        while True:
            try:
                self.tls.do_handshake()
                return
            except ssl.SSLWantReadError:
                pass
            finally:
                while data := self.outgoing.read(piece):
                    self.socket.sendall(data)
                    turn()
            turn()
            self.take()

    def send(self, data: bytes) -> None:
        """As long as the server's side takes it: it must not be more than the system's buffers hold."""
        self.tls.write(data)
        self.socket.sendall(self.outgoing.read())

    def say_goodbye(self) -> None:
        """close_notify; no FIN."""
        with contextlib.suppress(ssl.SSLWantReadError):
            self.tls.unwrap()
        self.socket.sendall(self.outgoing.read())

    def take(self) -> None:
        """What is there now, as ciphertext."""
        while not self.at_end and select.select([self.socket], [], [], 0)[0]:
            data = self.socket.recv(1 << 20)
            self.at_end = not data
            self.incoming.write(data)

    def read(self) -> bytes:
        """All that has come, up to now."""
        self.take()
        try:
            while data := self.tls.read(1 << 20):
                self.received += data
            self.told_goodbye = True
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLZeroReturnError:
            self.told_goodbye = True
        return bytes(self.received)


class FullSocket:
    """Stands for a stream's socket that takes nothing more, until `relent`."""

    def __init__(self, stream: TlsStream) -> None:
        self._socket = stream.socket
        self._stream = stream
        self._stream.socket = cast(socket.socket, self)

    def recv(self, size: int) -> bytes:
        return self._socket.recv(size)

    def send(self, _data: memoryview) -> int:
        raise BlockingIOError

    def relent(self) -> None:
        """From here on the socket is itself again."""
        self._stream.socket = self._socket
