"""A device that says who it is comes back under another name, and nobody else is taken for it."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from serialbridge_gui.engine import events as ev
from serialbridge_gui.engine import ports
from serialbridge_gui.engine.errors import Cause
from serialbridge_gui.profile import Access, ClientRules, DeviceIdentity
from tests.devices import PtyDevice
from tests.engine.running import RunningBridge, receive, until


class Machine:
    """A folder that stands in for /dev, and who the ttys in it are. `quick` False: listing them may take long."""

    def __init__(self, dev: Path, monkeypatch: pytest.MonkeyPatch, *, quick: bool) -> None:
        self.dev = dev
        self.who: dict[str, str] = {}
        """Serial numbers by port name."""
        self.listed: frozenset[str] = frozenset()
        """The names in the last listing."""
        self.answers = threading.Event()
        self.answers.set()
        self.listings = 0
        monkeypatch.setattr(ports, "device_identities", self._identities)
        monkeypatch.setattr(ports, "ports_signature", lambda: sorted(entry.name for entry in dev.iterdir()))
        monkeypatch.setattr(ports, "IDENTIFYING_IS_QUICK", quick)

    def device(self, name: str, serial_number: str) -> PtyDevice:
        """A device that is plugged in with its `with` block."""
        self.who[name] = serial_number
        return PtyDevice(self.dev / name)

    def _identities(self) -> dict[str, DeviceIdentity]:
        self.listings += 1
        assert self.answers.wait(120)
        there = {name: number for name, number in list(self.who.items()) if (self.dev / name).exists()}
        self.listed = frozenset(there)
        return {
            str(self.dev / name): DeviceIdentity(vid=1, pid=2, serial_number=number, location=name)
            for name, number in there.items()
        }


def wait_known(bridge: RunningBridge) -> None:
    """Until the bridge knows who its device is."""
    finder = bridge.thread._relay.opener._finder
    until(lambda: finder._identity is not None, "it knows who its device is")


@pytest.fixture(params=[True, False], ids=["quick listing", "slow listing"])
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Machine:
    return Machine(tmp_path, monkeypatch, quick=request.param)


def test_device_is_followed_to_another_name_and_the_client_stays(machine: Machine) -> None:
    with machine.device("ttyUSB0", "A1") as before, RunningBridge(before.path) as bridge:
        client = bridge.client()
        wait_known(bridge)
        before.unplug()
        bridge.wait_for(ev.DeviceLost)
        with machine.device("ttyUSB1", "A1") as after:
            back = bridge.wait_for(ev.DeviceBack)
            moved = bridge.wait_for(ev.DeviceMoved)
            assert (back.device, moved.device, moved.was) == (after.path, after.path, before.path)
            after.write(b"here I am")
            assert receive(client, 9) == b"here I am"
            client.sendall(b"good")
            assert after.read(4) == b"good"
            after.unplug()
            assert bridge.wait_for(ev.DeviceLost, 2).device == after.path
        assert not bridge.seen(ev.ClientDisconnected)


def test_another_one_under_the_old_name_is_not_opened_and_named_once(machine: Machine) -> None:
    with machine.device("ttyUSB0", "A1") as device, RunningBridge(device.path) as bridge:
        client = bridge.client()
        wait_known(bridge)
        device.unplug()
        bridge.wait_for(ev.DeviceLost)
        with machine.device("ttyUSB0", "B2") as other:
            refused = bridge.wait_for(ev.LookAlikeRefused)
            assert (refused.device, refused.expected.serial_number, refused.found.serial_number) == (
                other.path, "A1", "B2",
            )  # fmt: skip
            with machine.device("ttyUSB5", "C3"):  # the machine's ports change: they are listed once more
                until(lambda: "ttyUSB5" in machine.listed, "they are")
                client.sendall(b"for A1")
                assert not other.is_open
            with machine.device("ttyUSB1", "A1") as own:
                assert bridge.wait_for(ev.DeviceBack).device == own.path
                assert own.read(6) == b"for A1"
            assert not other.is_open
        assert len(bridge.seen(ev.LookAlikeRefused)) == 1


def test_profile_that_knows_its_device_starts_on_its_new_name(machine: Machine) -> None:
    identity = DeviceIdentity(vid=1, pid=2, serial_number="A1", location="elsewhere")
    with machine.device("ttyUSB0", "B2") as other, machine.device("ttyUSB3", "A1") as own, RunningBridge(
        other.path, identity=identity
    ) as bridge:
        client = bridge.client()
        own.write(b"A1 speaking")
        assert receive(client, 11) == b"A1 speaking"
        assert bridge.seen(ev.DeviceMoved)[0].was == other.path
        assert not other.is_open


def test_profile_that_knows_its_device_does_not_start_on_another(machine: Machine) -> None:
    identity = DeviceIdentity(vid=1, pid=2, serial_number="A1", location="ttyUSB0")
    with machine.device("ttyUSB0", "B2") as other:
        bridge = RunningBridge(other.path, identity=identity)
        bridge.thread.start()
        try:
            problem = bridge.wait_for(ev.Failed).problem
        finally:
            bridge.stop()
        assert problem.cause is Cause.DEVICE_DIFFERENT
        assert not other.is_open


def test_clients_are_served_while_the_ports_are_being_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(tmp_path, monkeypatch, quick=False)
    with machine.device("ttyUSB0", "A1") as device, RunningBridge(
        device.path, clients=ClientRules(access=Access.SHARED)
    ) as bridge:
        wait_known(bridge)
        bridge.client()
        machine.answers.clear()
        listings = machine.listings
        device.unplug()
        bridge.wait_for(ev.DeviceLost)
        until(lambda: machine.listings > listings, "a listing is under way")
        bridge.client().sendall(b"while you list")
        until(lambda: bridge.thread.clients[1].received == 14, "the bytes are taken")
        device.plug()
        machine.answers.set()
        bridge.wait_for(ev.DeviceBack)
        assert device.read(14) == b"while you list"


def test_stop_does_not_wait_for_a_listing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(tmp_path, monkeypatch, quick=False)
    machine.answers.clear()
    try:
        with machine.device("ttyUSB0", "A1") as device, RunningBridge(device.path) as bridge:
            until(lambda: machine.listings, "a listing is under way")
            bridge.stop()
    finally:
        machine.answers.set()
