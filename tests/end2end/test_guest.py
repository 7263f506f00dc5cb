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

from tests.devices import PtyDevice
from tests.engine.running import receive
from tests.guest import EchoGuest, Printed, needs_qemu, printed, printed_arguments, printed_command
from tests.linux_guest import PROMPT, LinuxGuest, needs_apt
from tests.processes import ConsoleBridge

SIZE = 64 << 10
LONG_S = 120.0
IN_USE = {"event", "time", "address", "reason"}


@contextmanager
def bridge_on(device: PtyDevice, *options: str, port: int = 0) -> Iterator[tuple[ConsoleBridge, tuple[str, int]]]:
    """A bridge and the address it listens at."""
    with ConsoleBridge("run", device.path, "--listen", f"127.0.0.1:{port}", "--json", *options) as bridge:
        yield bridge, bridge.wait_listening()


@pytest.fixture(scope="module")
def lines() -> Iterator[Printed]:
    """What `serialbridge vm` prints for an address at which nobody listens yet, and which no other test is given."""
    with socket.socket() as kept:
        kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a bridge may listen there all the same
        kept.bind(("127.0.0.1", 0))
        yield printed(kept.getsockname())


def answers(device: PtyDevice, question: bytes = b"?") -> None:
    """The guest has the port, and echoes."""
    device.write(question)
    assert device.read(len(question)) == question


def refuse_one(bridge: ConsoleBridge, address: tuple[str, int]) -> str:
    """A second client comes; its address as the bridge writes it."""
    before = len(bridge.events("client_refused"))
    with socket.create_connection(address, timeout=30) as sock:
        assert sock.recv(1) == b""
    event = bridge.wait_event("client_refused", before + 1)
    assert set(event) == IN_USE
    assert event["reason"] == "in_use"
    return str(event["address"])


@needs_qemu
def test_guest_has_the_device_for_itself_as_long_as_it_runs(tmp_path: Path, lines: Printed) -> None:
    data = random.Random(7).randbytes(SIZE)
    with PtyDevice() as device, EchoGuest(tmp_path, printed_arguments(lines), name="win10") as guest:
        with bridge_on(device, port=lines.port) as (bridge, address):  # later than the guest
            bridge.wait_event("client_connected")
            answers(device)
            device.pump([data])
            assert device.read(SIZE, deadline_s=LONG_S) == data
            device.wait_pumped()
            bridge.wait_stderr('Client #1 is guest "win10" (QEMU)')
            second = refuse_one(bridge, address)
            bridge.wait_stderr(f'Client {second} was refused: guest "win10" (QEMU) is connected')
            answers(device)
            assert bridge.stop() == 0
            assert {event["event"] for event in bridge.events()} <= {
                "listening", "client_connected", "client_refused", "client_disconnected", "stats", "stopped",
            }  # fmt: skip
            assert any('guest "win10" (QEMU)) is gone: ' in line for line in bridge.stderr_lines)
        with bridge_on(device, "--clients", "replace", port=lines.port) as (bridge, address):
            bridge.wait_stderr('Client #1 is guest "win10" (QEMU)')
            answers(device, b"hello")  # without a reboot
            guest.pause()  # or it would take the port back within a second
            with socket.create_connection(address, timeout=30) as sock:
                assert bridge.wait_event("client_disconnected")["reason"] == "replaced"
                bridge.wait_event("client_connected", 2)  # what the device says before is nobody's
                device.write(b"yours")
                assert receive(sock, 5) == b"yours"
        assert guest.running()


@needs_qemu
def test_running_guest_is_moved_from_another_port_to_the_bridge(tmp_path: Path, lines: Printed) -> None:
    elsewhere = ["-serial", "null"]
    with (
        PtyDevice() as device,
        bridge_on(device, port=lines.port) as (bridge, _),
        EchoGuest(tmp_path, elsewhere) as guest,
    ):
        assert guest.monitor(printed_command(lines)) == ""
        bridge.wait_event("client_connected")
        answers(device)
        assert guest.monitor("chardev-change serial0 null") == ""
        bridge.wait_event("client_disconnected")


@needs_qemu
@needs_apt
@pytest.mark.soak
def test_linux_guest_s_boot_log_and_shell_are_at_the_device(tmp_path: Path) -> None:
    with PtyDevice() as device, bridge_on(device) as (bridge, address):
        with LinuxGuest(tmp_path, printed_arguments(printed(address))):
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
