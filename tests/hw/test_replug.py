"""Adapters that are pulled come back under another name; another one under their old name is refused."""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import serial

from serialbridge_gui.engine import events as ev
from tests.engine.running import RunningBridge, receive
from tests.hw.conftest import hw
from tests.processes import ConsoleBridge

FOUND_WITHIN_S = 3.0
"""From the moment the system has the port again to the bytes of a client that stayed."""


@dataclass(frozen=True)
class Cable:
    """How the lab pulls an adapter and plugs it in again, and where its bytes come out."""

    serial_number: str
    unplug: tuple[str, ...]
    plug: tuple[str, ...]
    far_end: str


FTDI = Cable("GLFTDIA", ("ftdi-unplug", "A"), ("ftdi-plug", "A"), "/dev/ttyS4")
ACM = Cable("GLACM0001", ("usb-unplug",), ("usb-plug",), "/dev/ttyGS0")


@contextlib.contextmanager
def held(device: str) -> Iterator[None]:
    """A port that some program still has open keeps its number while its adapter is gone."""
    fd = os.open(device, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    try:
        yield
    finally:
        os.close(fd)


def exchange(client: socket.socket, far_end: str, number: int) -> None:
    """Some bytes each way."""
    with serial.Serial(far_end, 115200, timeout=20, write_timeout=20) as far:
        question, answer = b"question %03d" % number, b"answer %03d" % number
        client.sendall(question)
        assert far.read(len(question)) == question
        far.write(answer)
        assert receive(client, len(answer)) == answer


@pytest.mark.parametrize("cycles", [2, pytest.param(12, marks=pytest.mark.soak)])
@pytest.mark.parametrize("cable", [FTDI, ACM], ids=["FTDI", "ACM"])
def test_adapter_is_followed_to_its_new_name_and_the_client_stays(cable: Cable, cycles: int) -> None:
    device = hw("port", cable.serial_number)
    lost_s, back_s, bytes_s = [], [], []
    names = []
    with RunningBridge(device) as bridge:
        client = bridge.client()
        exchange(client, cable.far_end, 0)
        for number in range(1, cycles + 1):
            with held(device):
                began = time.monotonic()
                hw(*cable.unplug)
                lost = bridge.wait_for(ev.DeviceLost, number)
                lost_s.append(time.monotonic() - began)
                assert (lost.device, lost.reason) == (device, ev.LossReason.UNPLUGGED)
                fresh = hw(*cable.plug)
                assert fresh != device
                began = time.monotonic()
                back = bridge.wait_for(ev.DeviceBack, number)
                back_s.append(time.monotonic() - began)
                exchange(client, cable.far_end, number)
                bytes_s.append(time.monotonic() - began)
            assert back.device == fresh
            moved = bridge.wait_for(ev.DeviceMoved, number)
            assert (moved.device, moved.was) == (fresh, device)
            device = fresh
            names.append(os.path.basename(device))
        assert len(bridge.seen(ev.DeviceLost)) == len(bridge.seen(ev.DeviceBack)) == cycles
        assert not bridge.seen(ev.ClientDisconnected)
        assert not bridge.seen(ev.LookAlikeRefused)
    print(  # noqa: T201
        f"{cable.serial_number}, {cycles} cycles: lost {max(lost_s):.2f} s at most after the request to unplug; "
        f"back {max(back_s):.2f}, bytes {max(bytes_s):.2f} s at most after it was there again; {names}"
    )
    assert max(bytes_s) <= FOUND_WITHIN_S


@pytest.mark.parametrize("cycles", [1, pytest.param(6, marks=pytest.mark.soak)])
def test_adapter_of_the_same_kind_under_the_old_name_is_refused_and_named_once(cycles: int) -> None:
    device = hw("port", "GLFTDIA")
    bytes_s = []
    with RunningBridge(device) as bridge:
        client = bridge.client()
        for number in range(1, cycles + 1):
            hw("ftdi-unplug", "A")
            bridge.wait_for(ev.DeviceLost, number)
            with held(hw("port", "GLFTDIB")):
                hw("ftdi-unplug", "B")
                assert hw("ftdi-plug", "B") == device
            refused = bridge.wait_for(ev.LookAlikeRefused, number)
            assert refused.device == device
            assert refused.expected.serial_number == "GLFTDIA"
            assert refused.found.serial_number == "GLFTDIB"
            before = os.times()
            time.sleep(1.2)  # the subject: two more looks, and nothing more is said
            assert len(bridge.seen(ev.LookAlikeRefused)) == number
            assert len(bridge.seen(ev.DeviceBack)) == number - 1
            after = os.times()
            busy = (after.user + after.system - before.user - before.system) / (after.elapsed - before.elapsed)
            print(f"{100 * busy:.1f} % of a core while away")  # noqa: T201
            fresh = hw("ftdi-plug", "A")
            began = time.monotonic()
            assert bridge.wait_for(ev.DeviceBack, number).device == fresh != device
            exchange(client, FTDI.far_end, number)
            bytes_s.append(time.monotonic() - began)
            device = fresh
        assert not bridge.seen(ev.ClientDisconnected)
    print(f"look-alike, {cycles} cycles: bytes {max(bytes_s):.2f} s at most after the right one was there")  # noqa: T201
    assert max(bytes_s) <= FOUND_WITHIN_S


def test_console_gives_the_new_name_and_names_the_look_alike_to_a_person() -> None:
    device = hw("port", "GLFTDIA")
    with ConsoleBridge("run", device, "--listen", "127.0.0.1:0", "--json", deadline_s=60) as bridge:
        with socket.create_connection(bridge.wait_listening(), timeout=30) as client:
            bridge.wait_event("client_connected")
            hw("ftdi-unplug", "A")
            assert bridge.wait_event("device_lost")["device"] == device
            with held(hw("port", "GLFTDIB")):
                hw("ftdi-unplug", "B")
                assert hw("ftdi-plug", "B") == device
            refused = f"{device} is another adapter (serial number GLFTDIB, expected GLFTDIA); it is not used"
            bridge.wait_stderr(refused, deadline_s=20)
            fresh = hw("ftdi-plug", "A")
            assert bridge.wait_event("device_back")["device"] == fresh != device
            exchange(client, FTDI.far_end, 1)
        assert bridge.stop() == 0
    said = "\n".join(bridge.stderr_lines)
    assert said.count(refused) == 1
    assert f"The device has another name now: {fresh}, no longer {device}" in said
    assert [event["event"] for event in bridge.events()].count("device_back") == 1
