"""A running BridgeThread for tests that need no event loop: its methods may be called from any thread.

    with PtyDevice() as device, RunningBridge(device.path) as bridge:
        client = bridge.connect()
        device.write(b"hello")
        assert receive(client, 5) == b"hello"
"""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self, TypeVar

from serialbridge_gui.engine import events as ev
from serialbridge_gui.engine.bridge_thread import BridgeThread
from serialbridge_gui.engine.timed import TICK_S
from serialbridge_gui.profile import ClientRules, ListenAddress, Profile, SerialSettings
from serialbridge_gui.traffic.chunk import Tap

DEADLINE_S = 30.0
"""How long a test waits for what should come at once (chosen: a busy machine stands still for seconds)."""

E = TypeVar("E", bound=ev.Event)


def until(condition: Callable[[], Any], what: str, deadline_s: float = DEADLINE_S) -> None:
    """Wait for a condition; `what` names it in the failure."""
    expires = time.monotonic() + deadline_s
    while not condition():
        assert time.monotonic() < expires, f"not within {deadline_s:g} s: {what}"
        time.sleep(0.002)


def profile_on(device: str, *, clients: ClientRules | None = None, **fields: Any) -> Profile:
    """A profile on any free port of this machine; `fields` are SerialSettings' and Profile's."""
    profiles = ("while_away", "on_device_loss", "listen", "mode", "connect", "tls", "announce")
    own = {name: fields.pop(name) for name in profiles if name in fields}
    return Profile(
        name="test",
        serial=SerialSettings(device=device, **fields),
        clients=clients or ClientRules(),
        **{"listen": ListenAddress(port=0), **own},
    )


class RunningBridge:
    """Starts with the `with` block, ends with it, and fails if it does not end in time."""

    def __init__(self, device: str, *, tap: Tap | None = None, **fields: Any) -> None:
        self.profile = profile_on(device, **fields)
        self.thread = BridgeThread(self.profile, tap)
        self.events: list[ev.Event] = []
        self._sockets: list[socket.socket] = []

    def __enter__(self) -> Self:
        self.thread.start()
        try:
            begun = (ev.Listening, ev.Dialing, ev.Failed)
            until(lambda: any(self.seen(kind) for kind in begun), "the bridge starts or fails")
            assert not self.seen(ev.Failed), self.seen(ev.Failed)
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for sock in self._sockets:
            sock.close()
        self.stop()

    def stop(self, deadline_s: float = DEADLINE_S) -> None:
        """Stop it; fails if that takes too long."""
        self.thread.request_stop()
        assert self.thread.wait(int(deadline_s * 1000)), f"the bridge did not stop within {deadline_s:g} s"

    def connect(self) -> socket.socket:
        """A client whose calls wait for DEADLINE_S at most; closed at the end."""
        listening = self.seen(ev.Listening)[0]
        sock = socket.create_connection((listening.host, listening.port), timeout=DEADLINE_S)
        self._sockets.append(sock)
        return sock

    def client(self) -> socket.socket:
        """A client that is connected and let in."""
        before = len(self.seen(ev.ClientConnected))
        sock = self.connect()
        self.wait_for(ev.ClientConnected, before + 1)
        return sock

    def seen(self, kind: type[E]) -> list[E]:
        """The events of a kind so far."""
        self.events += self.thread.take_events()
        return [event for event in self.events if isinstance(event, kind)]

    def wait_for(self, kind: type[E], count: int = 1, deadline_s: float = DEADLINE_S) -> E:
        """The event number `count` of its kind."""
        until(lambda: len(self.seen(kind)) >= count, f"{count} {kind.__name__}: {self.events}", deadline_s)
        return self.seen(kind)[count - 1]


class Clock:
    """The system's monotonic clock, and the time that a test lets pass on top: `clock` in conftest.py.

    With it a test gives a time-out that no busy machine reaches, and need not wait for it.
    """

    def __init__(self) -> None:
        self._ahead_s = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self._ahead_s

    def let_pass(self, bridge: RunningBridge, seconds: float) -> None:
        """Have the bridge turn as in so many seconds in which nothing stops it, though it takes much less."""
        turned = threading.Event()
        until_s = self._ahead_s + seconds
        while self._ahead_s < until_s:
            self._ahead_s += TICK_S  # at once it would be a program that stood still
            turned.clear()
            bridge.thread.post(turned.set)
            assert turned.wait(DEADLINE_S), "the bridge does not turn"


def _with_deadline(sock: socket.socket) -> None:
    """What `accept` gives has none, whatever its listener has."""
    if sock.gettimeout() is None:
        sock.settimeout(DEADLINE_S)


def fill_up(client: socket.socket) -> int:
    """Send until nothing is taken any more, at sixty looks in a row; how many bytes were."""
    client.setblocking(False)
    sent = refused = 0
    while refused < 60:
        try:
            sent += client.send(bytes(65536))
            refused = 0
        except BlockingIOError:
            refused += 1
            time.sleep(0.005)
    client.settimeout(DEADLINE_S)
    return sent


def receive(sock: socket.socket, count: int) -> bytes:
    """Exactly `count` bytes, each wait within the deadline."""
    _with_deadline(sock)
    data = bytearray()
    while len(data) < count:
        part = sock.recv(min(65536, count - len(data)))
        assert part, f"closed after {len(data)} of {count} bytes"
        data += part
    return bytes(data)


def receive_all(sock: socket.socket) -> bytes:
    """Everything until the peer closes, each wait within the deadline."""
    _with_deadline(sock)
    data = bytearray()
    while part := sock.recv(65536):
        data += part
    return bytes(data)


def reset(sock: socket.socket) -> None:
    """End the connection the hard way."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()
