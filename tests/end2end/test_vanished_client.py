"""A client that is gone without a word: its cable is pulled, no FIN comes. Its place becomes free all the same."""

from __future__ import annotations

import contextlib
import socket
import sys
import time

import pytest

if sys.platform == "win32":
    pytest.skip("Windows has no ptys and no network namespaces", allow_module_level=True)

from tests.devices import PtyDevice
from tests.end2end.peers import connect, receive
from tests.engine.running import until
from tests.figures import tell
from tests.flow import Flow, FlowProcess
from tests.namespaces import CablePair
from tests.processes import ConsoleBridge

pytestmark = pytest.mark.soak

WITHIN_S = 90.0
"""How long a vanished client may keep its place: keep-alive takes 60 s, and so does the user time-out."""


class Place:
    """An exclusive bridge of its own for each way to be gone."""

    def __init__(self, name: str, cable: CablePair, stack: contextlib.ExitStack) -> None:
        self.name = name
        self.device = stack.enter_context(PtyDevice())
        listen = ("--listen", f"{cable.BRIDGE_HOST}:0", "--json")
        self.bridge = stack.enter_context(ConsoleBridge("run", self.device.path, *listen, within=cable.at_bridge))
        self.address = self.bridge.wait_listening()
        self.client: socket.socket = stack.enter_context(cable.connect(self.address, 65536))
        self.bridge.wait_event("client_connected")


def test_place_of_a_client_that_is_gone_without_a_word_is_free_within_ninety_seconds() -> None:
    with CablePair() as cable, contextlib.ExitStack() as stack:
        idle = Place("idle", cable, stack)
        answered = Place("has bytes to acknowledge", cable, stack)
        stuck = Place("had stopped reading", cable, stack)
        held = Place("was held back", cable, stack)
        places = [idle, answered, stuck, held]
        stuck.device.pump([bytes(16 << 20)])
        flow = Flow(1, 16 << 20)
        stack.enter_context(FlowProcess(held.client.fileno(), sends=flow, receives=0))  # its device takes nothing
        for place in (idle, answered):
            place.device.write(b"hello")
            assert receive(place.client, 5) == b"hello"
        until(lambda: not moves(stuck.bridge), "the device is held back")

        cable.unplug()
        began = time.monotonic()
        answered.device.write(b"are you there?")
        for place in places:
            gone = place.bridge.wait_event("client_disconnected", deadline_s=began + WITHIN_S - time.monotonic())
            tell(f"{place.name}: {gone['time'] - time.time() + time.monotonic() - began:.1f} s")
            assert gone["reason"] == "vanished", place.name

        cable.plug()
        for place in places:
            newcomer = stack.enter_context(cable.connect(place.address))
            place.bridge.wait_event("client_connected", 2)
            newcomer.sendall(b"new")
            place.device.read_until(b"new")


def moves(bridge: ConsoleBridge) -> bool:
    """Whether the counters still change, which are told once a second."""
    count = len(bridge.events("stats"))
    time.sleep(1.5)  # it is the passing of time that is tested: stats come once a second while something moves
    return count == 0 or len(bridge.events("stats")) != count


def test_client_that_does_not_read_for_minutes_but_is_there_keeps_its_place_and_loses_nothing() -> None:
    flow = Flow(2, 16 << 20)
    with (
        PtyDevice() as device, ConsoleBridge("run", device.path, "--listen", "127.0.0.1:0", "--json") as bridge,
        connect(bridge.wait_listening(), 65536) as client,
    ):  # fmt: skip
        bridge.wait_event("client_connected")
        with FlowProcess(device.fileno(), sends=flow, receives=0) as device_end:
            time.sleep(150)  # it is the passing of time that is tested
            assert device_end.is_running, "nobody held the device back"
            assert not bridge.events("client_disconnected")
            assert receive(client, flow.size) == b"".join(flow)
            device_end.wait(10)
        assert bridge.stop() == 0
        assert bridge.events("stats")[-1]["lost"] == 0
