"""A guest of a real QEMU has the bridged device as its own COM port, with the arguments that `serialbridge vm` prints.

The guest is thirty bytes of machine code that echo the port; without KVM it boots in a tenth of a second.
"""

from __future__ import annotations

import random
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from serialbridge_gui.profile import join_address
from tests.devices import PtyDevice
from tests.guest import EchoGuest, needs_qemu, printed_arguments, printed_command
from tests.linux_guest import PROMPT, LinuxGuest, needs_apt
from tests.processes import ConsoleBridge, free_port

SIZE = 64 << 10
LONG_S = 60.0
IN_USE = {"event", "time", "address", "reason"}


@contextmanager
def bridge_on(device: PtyDevice, *options: str, port: int = 0) -> Iterator[tuple[ConsoleBridge, tuple[str, int]]]:
    """A bridge and the address it listens at."""
    with ConsoleBridge("run", device.path, "--listen", f"127.0.0.1:{port}", "--json", *options) as bridge:
        yield bridge, bridge.wait_listening()


def once_only(address: tuple[str, int]) -> list[str]:
    """Arguments with which a guest does not take the port back when another client has it."""
    return ["-serial", f"tcp:{join_address(*address)}"]


def answers(device: PtyDevice, question: bytes = b"?") -> None:
    """The guest has the port, and echoes."""
    device.write(question)
    assert device.read(len(question)) == question


def refuse_one(bridge: ConsoleBridge, address: tuple[str, int]) -> str:
    """A second client comes; its address as the bridge writes it."""
    before = len(bridge.events("client_refused"))
    with socket.create_connection(address, timeout=10) as sock:
        assert sock.recv(1) == b""
    event = bridge.wait_event("client_refused", before + 1)
    assert set(event) == IN_USE
    assert event["reason"] == "in_use"
    return str(event["address"])


@needs_qemu
def test_guest_booted_with_the_printed_arguments_returns_64_kib_exactly(tmp_path: Path) -> None:
    data = random.Random(7).randbytes(SIZE)
    with PtyDevice() as device, bridge_on(device) as (bridge, address):
        with EchoGuest(tmp_path, printed_arguments(address)):
            bridge.wait_event("client_connected")
            answers(device)
            device.pump([data])
            assert device.read(SIZE, deadline_s=LONG_S) == data
            device.wait_pumped()
        assert bridge.stop() == 0


@needs_qemu
def test_port_of_a_running_guest_works_again_after_the_bridge_was_stopped_and_started(tmp_path: Path) -> None:
    port = free_port()
    with PtyDevice() as device, EchoGuest(tmp_path, printed_arguments(("127.0.0.1", port))) as guest:
        for _ in range(2):  # the first time the guest is there before the bridge
            with bridge_on(device, port=port) as (bridge, _):
                bridge.wait_event("client_connected")
                answers(device, b"hello")
                assert bridge.stop() == 0
        assert guest.running()


@needs_qemu
def test_running_guest_is_moved_from_another_port_to_the_bridge(tmp_path: Path) -> None:
    elsewhere = ["-serial", "null"]
    with PtyDevice() as device, bridge_on(device) as (bridge, address), EchoGuest(tmp_path, elsewhere) as guest:
        assert guest.monitor(printed_command(address)) == ""
        bridge.wait_event("client_connected")
        answers(device)
        assert guest.monitor("chardev-change serial0 null") == ""
        bridge.wait_event("client_disconnected")


@needs_qemu
def test_second_client_is_refused_and_told_which_guest_has_the_port(tmp_path: Path) -> None:
    with PtyDevice() as device, bridge_on(device) as (bridge, address):
        with EchoGuest(tmp_path, once_only(address), name="win10"):
            bridge.wait_event("client_connected")
            early = refuse_one(bridge, address)
            bridge.wait_stderr(f"Client {early} was refused: ")  # on a busy machine the name comes too late for it
            bridge.wait_stderr('Client #1 is guest "win10" (QEMU)')
            late = refuse_one(bridge, address)
            bridge.wait_stderr(f'Client {late} was refused: guest "win10" (QEMU) is connected')
            answers(device)
        bridge.wait_stderr('guest "win10" (QEMU)) is gone: ')
        assert {event["event"] for event in bridge.events()} <= {
            "listening", "client_connected", "client_refused", "client_disconnected", "stats",
        }  # fmt: skip


@needs_qemu
def test_with_replace_a_second_client_takes_the_port_over_from_the_guest(tmp_path: Path) -> None:
    with (
        PtyDevice() as device,
        bridge_on(device, "--clients", "replace") as (bridge, address),
        EchoGuest(tmp_path, once_only(address), name="win10"),
    ):
        bridge.wait_stderr('Client #1 is guest "win10" (QEMU)')
        with socket.create_connection(address, timeout=10) as sock:
            assert bridge.wait_event("client_disconnected")["reason"] == "replaced"
            device.write(b"yours")
            assert sock.recv(5, socket.MSG_WAITALL) == b"yours"


@needs_qemu
@needs_apt
@pytest.mark.soak
def test_linux_guest_s_boot_log_and_shell_are_at_the_device(tmp_path: Path) -> None:
    with PtyDevice() as device, bridge_on(device) as (bridge, address):
        with LinuxGuest(tmp_path, printed_arguments(address)):
            log = device.read_until(PROMPT, deadline_s=LONG_S)
            assert b"Linux version 6" in log
            assert b"console [ttyS0] enabled" in log
            assert len(log) > 10_000
            device.write(b"expr 6 '*' 7; cat /proc/sys/kernel/ostype\n")
            assert device.read_until(PROMPT).splitlines()[1:] == [b"42", b"Linux", PROMPT]
            device.write(b"seq 1 5000 | cksum; seq 1 5000\n")
            numbers = device.read_until(PROMPT, deadline_s=LONG_S).splitlines()[2:-1]
            assert numbers == [b"%d" % number for number in range(1, 5001)]
        assert bridge.stop() == 0
