"""A client of this machine gets its program's name beside the bytes, and a refused one hears it."""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from serialbridge_gui.engine import client_names, client_program
from serialbridge_gui.engine import events as ev
from serialbridge_gui.engine.client_names import HOLD_S, SETTLE_S, Ends
from serialbridge_gui.profile import Access, ClientRules, PeerAddress
from tests.engine.running import RunningBridge, receive, receive_all, reset, until
from tests.guest import StandIn
from tests.processes import free_port

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
        assert self.go_on.wait(10)
        return {number: ev.ClientProgram("win10", "QEMU") for number in asked}


def test_guest_is_named_to_whom_it_keeps_out_before_and_after_it_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_names, "HOLD_S", 10.0)  # a busy machine may take longer than a person should wait
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
def test_client_is_looked_for_once_its_bytes_rest_or_somebody_waits_for_it_or_it_is_late(
    monkeypatch: pytest.MonkeyPatch, reason: str
) -> None:
    monkeypatch.setattr(client_names, "REST_S", 1.0)  # a busy machine pauses, too
    monkeypatch.setattr(client_names, "LATEST_S", 0.5 if reason == "late" else 60.0)
    monkeypatch.setattr(client_names, "HOLD_S", 10.0)
    looking = Looking(monkeypatch)
    looking.go_on.set()
    with RunningBridge("loop://") as bridge:
        with traffic(bridge.client()) as rounds:
            if reason == "late":
                bridge.wait_for(ev.ClientNamed)
            else:
                time.sleep(SETTLE_S * 3)  # in which one at rest would have been looked for
                assert looking.asked == []
            if reason == "refused":
                holder = refuse_one(bridge).holder
                assert holder is not None
                assert holder.name == "win10"
            before = len(rounds)
            until(lambda: len(rounds) > before, "bytes have gone round all the while")
        bridge.wait_for(ev.ClientNamed)
        assert looking.asked == [1]


@pytest.mark.parametrize("leave", [reset, socket.socket.close])
def test_client_that_leaves_at_once_is_not_looked_for(
    monkeypatch: pytest.MonkeyPatch, leave: Callable[[socket.socket], None]
) -> None:
    looking = Looking(monkeypatch)
    looking.go_on.set()
    with RunningBridge("loop://", clients=ClientRules(access=Access.SHARED)) as bridge:
        for _ in range(19):
            leave(bridge.client())
        bridge.client()
        until(lambda: any(event.client == 20 for event in bridge.seen(ev.ClientNamed)), "the one that stays is named")
        assert len(looking.asked) < 20


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


def test_guest_that_the_bridge_dials_is_named(tmp_path: Path) -> None:
    port = free_port()
    with (
        StandIn(tmp_path, ("127.0.0.1", port), "--listen", *NAME),
        RunningBridge("loop://", connect=PeerAddress("127.0.0.1", port)) as bridge,
    ):
        assert bridge.wait_for(ev.ClientNamed).program.name == "win10"
