"""A client of this machine gets its program's name beside the bytes, and a refused one hears it."""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from serialbridge_gui.engine import client_names, client_program
from serialbridge_gui.engine import events as ev
from serialbridge_gui.engine.client import Client
from serialbridge_gui.engine.client_names import HOLD_S, LATEST_S, REST_S, TICK_S, ClientNames, Ends
from serialbridge_gui.profile import Access, ClientRules, PeerAddress
from tests.engine.running import DEADLINE_S, Clock, RunningBridge, receive, receive_all, reset, until
from tests.guest import StandIn
from tests.sockets import tcp_pair

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no links to programs for everybody")

NAME = ("-name", "guest=win10,debug-threads=on")


@contextmanager
def guest_of(bridge: RunningBridge, folder: Path, *arguments: str) -> Iterator[StandIn]:
    """A stand-in of a guest has connected."""
    listening = bridge.seen(ev.Listening)[0]
    before = len(bridge.seen(ev.ClientConnected))
    with StandIn(folder, (listening.host, listening.port), *(arguments or NAME)) as guest:
        bridge.wait_for(ev.ClientConnected, before + 1)
        yield guest


def refuse_one(bridge: RunningBridge) -> ev.ClientRefused:
    """Somebody comes and is sent away; what is told of it."""
    before = len(bridge.seen(ev.ClientRefused))
    assert receive_all(bridge.connect()) == b""
    return bridge.wait_for(ev.ClientRefused, before + 1)


class Looking:
    """In the place of `programs_at`: takes until `go_on`, and remembers what it was asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[int] = []
        self.go_on = threading.Event()
        monkeypatch.setattr(client_program, "programs_at", self._look)

    def _look(self, asked: dict[int, Ends]) -> dict[int, ev.ClientProgram]:
        self.asked += asked
        assert self.go_on.wait(2 * DEADLINE_S)
        return {number: ev.ClientProgram("win10", "QEMU") for number in asked}


def test_guest_is_named_to_whom_it_keeps_out_before_and_after_it_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_names, "HOLD_S", DEADLINE_S)  # a busy machine may take longer than a person should wait
    with RunningBridge("loop://") as bridge, guest_of(bridge, tmp_path):
        early = refuse_one(bridge)
        named = bridge.wait_for(ev.ClientNamed)
        late = refuse_one(bridge)
        client = bridge.thread.clients[0]
        for program in (early.holder, late.holder, named.program, client.program):
            assert program is not None
            assert (program.name, program.hypervisor) == ("win10", "QEMU")
        bridge.thread.disconnect_client(named.client)
        assert bridge.wait_for(ev.ClientDisconnected).program is client.program


def test_with_replace_the_guest_hands_over_and_is_named_as_it_goes(tmp_path: Path) -> None:
    with RunningBridge("loop://", clients=ClientRules(access=Access.REPLACE)) as bridge, guest_of(bridge, tmp_path):
        bridge.wait_for(ev.ClientNamed)
        after = bridge.client()
        gone = bridge.wait_for(ev.ClientDisconnected)
        assert gone.reason is ev.LeaveReason.REPLACED
        assert gone.program is not None
        assert gone.program.name == "win10"
        after.sendall(b"mine")
        assert receive(after, 4) == b"mine"


def test_bytes_pass_and_a_refused_one_is_told_of_while_a_look_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    looking = Looking(monkeypatch)
    with RunningBridge("loop://") as bridge:
        client = bridge.client()
        began = time.monotonic()
        assert refuse_one(bridge).holder is None
        assert time.monotonic() - began >= HOLD_S
        until(lambda: looking.asked == [1], "the look begins")
        client.sendall(b"on")
        assert receive(client, 2) == b"on"
        assert refuse_one(bridge).holder is None
        looking.go_on.set()
        bridge.wait_for(ev.ClientNamed)


def test_refused_one_is_told_of_before_the_client_that_kept_it_out_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    looking = Looking(monkeypatch)
    with RunningBridge("loop://") as bridge:
        client = bridge.client()
        assert receive_all(bridge.connect()) == b""
        reset(client)
        bridge.wait_for(ev.ClientDisconnected)
        kinds = [type(event) for event in bridge.events if isinstance(event, (ev.ClientRefused, ev.ClientDisconnected))]
        assert kinds == [ev.ClientRefused, ev.ClientDisconnected]
        looking.go_on.set()


@contextmanager
def traffic(client: socket.socket) -> Iterator[list[int]]:
    """Bytes go round without a rest; how many have, in a list that grows."""
    rounds: list[int] = []
    over = threading.Event()

    def go_round() -> None:
        while not over.is_set():
            client.sendall(b"round")
            receive(client, 5)
            rounds.append(len(rounds))

    going = threading.Thread(target=go_round)
    going.start()
    try:
        until(lambda: rounds, "bytes go round")
        yield rounds
    finally:
        over.set()
        going.join()


@pytest.mark.parametrize("reason", ["rest", "refused", "late"])
def test_client_is_looked_for_while_bytes_go_round_if_somebody_waits_for_it_or_it_is_late(
    monkeypatch: pytest.MonkeyPatch, reason: str
) -> None:
    monkeypatch.setattr(client_names, "REST_S", 0.05 if reason == "rest" else 600.0)
    monkeypatch.setattr(client_names, "LATEST_S", 0.5 if reason == "late" else 600.0)
    monkeypatch.setattr(client_names, "HOLD_S", DEADLINE_S)
    looking = Looking(monkeypatch)
    looking.go_on.set()
    with RunningBridge("loop://") as bridge:
        with traffic(bridge.client()) as rounds:
            if reason == "late":
                bridge.wait_for(ev.ClientNamed)
            elif reason == "refused":
                holder = refuse_one(bridge).holder
                assert holder is not None
                assert holder.name == "win10"
            before = len(rounds)
            until(lambda: len(rounds) > before, "bytes have gone round all the while")
        bridge.wait_for(ev.ClientNamed)
        assert looking.asked == [1]


class Relay:
    """One client of this machine, whose bytes are the test's."""

    last_serial_at = 0.0
    timed = ()

    def __init__(self, client: Client) -> None:
        self.clients = (client,)

    def reconsider(self) -> None: ...


@pytest.mark.parametrize("reason", ["rest", "refused", "late"])
def test_client_is_not_looked_for_before_its_bytes_rest_or_somebody_waits_for_it_or_it_is_late(
    monkeypatch: pytest.MonkeyPatch, reason: str
) -> None:
    now = 100.0
    monkeypatch.setattr(client_names, "monotonic", lambda: now)
    looking = Looking(monkeypatch)
    looking.go_on.set()
    told: list[ev.Event] = []
    posted: list[Callable[[], None]] = []
    ours, theirs = tcp_pair()
    with ours, theirs:
        client = Client(1, ours, may_write=True, now=now)
        relay: Any = Relay(client)
        names = ClientNames(told.append, posted.append)
        names.join(relay)
        names.tell(ev.ClientConnected(0, 1, client.address))
        while now < 100.0 + LATEST_S - 2 * TICK_S:
            now += TICK_S
            client.last_byte_at = now - REST_S / 2
            names.tick(now)
        assert not names._looking
        assert names.tick_s == TICK_S  # it goes on being asked
        if reason == "refused":
            names.tell(ev.ClientRefused(0, "127.0.0.1:1", ev.RefuseReason.IN_USE))
        elif reason == "late":
            now = 100.0 + LATEST_S
            client.last_byte_at = now
        else:
            now = client.last_byte_at + 1.01 * REST_S
        names.tick(now)
        until(lambda: posted, "it is looked for")
        posted.pop()()
    assert looking.asked == [1]
    named = [event for event in told if isinstance(event, ev.ClientNamed)]
    assert [(each.client, each.program.name) for each in named] == [(1, "win10")]


@pytest.mark.parametrize("leave", [reset, socket.socket.close])
def test_client_that_leaves_at_once_is_not_looked_for(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, leave: Callable[[socket.socket], None]
) -> None:
    looking = Looking(monkeypatch)
    looking.go_on.set()
    monkeypatch.setattr(client_names, "SETTLE_S", 60.0)
    with RunningBridge("loop://", clients=ClientRules(access=Access.SHARED, half_closed_silence_s=600)) as bridge:
        for _ in range(19):
            leave(bridge.client())
        until(lambda: all(client.finished_sending for client in bridge.thread.clients), "their end is seen")
        bridge.client()
        assert looking.asked == []
        clock.let_pass(bridge, 61)
        assert bridge.wait_for(ev.ClientNamed).client == 20
        assert looking.asked == [20]


def test_bridge_goes_on_where_nobody_can_be_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []

    def fails(*_arguments: object) -> None:
        tried.append("fails")
        raise RuntimeError("can't start new thread")

    for where in ("threading.Thread.start", "serialbridge_gui.engine.client_program.programs_at"):
        with RunningBridge("loop://", clients=ClientRules(access=Access.SHARED)) as bridge:
            with monkeypatch.context() as patch:
                patch.setattr(where, fails)
                bridge.client()
                until(lambda: tried, "a look is tried")
            tried.clear()
            client = bridge.client()
            client.sendall(b"on")
            assert receive(client, 2) == b"on"


def test_client_of_another_machine_is_not_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    looking = Looking(monkeypatch)
    looking.go_on.set()
    monkeypatch.setattr("serialbridge_gui.engine.client_names.end_of", lambda address: (f"host {address[1]}", 1))
    with RunningBridge("loop://") as bridge:
        bridge.client()
        assert refuse_one(bridge).holder is None
        assert looking.asked == []


def test_guest_that_the_bridge_dials_is_named(silent: socket.socket, tmp_path: Path) -> None:
    host, port = silent.getsockname()
    with (
        StandIn(tmp_path, (host, port), "--listen", *NAME),
        RunningBridge("loop://", connect=PeerAddress(host, port)) as bridge,
    ):
        assert bridge.wait_for(ev.ClientNamed).program.name == "win10"
