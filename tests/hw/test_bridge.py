"""Bytes, settings, lines and unplugging on real UARTs and adapters."""

from __future__ import annotations

import hashlib
import random
import socket
import threading
import time
from collections.abc import Callable

import pytest
import serial

from serialbridge_gui.engine import events as ev
from serialbridge_gui.profile import FlowControl, LinePolicy, Parity
from tests.engine.running import RunningBridge, receive, until
from tests.hw.conftest import Chip, hw
from tests.processes import ConsoleBridge, run_console

SIZE = 200_000
BLOCK = 4096
WINDOW = 16_384


def digest(data: bytes | bytearray) -> str:
    return hashlib.sha256(data).hexdigest()


def random_bytes(seed: int) -> bytes:
    return bytes(range(256)) + random.Random(seed).randbytes(SIZE - 256)


class Way:
    """One direction of an exchange: at most WINDOW bytes on their way, then the sender waits.

    The guest lab's USB adapters are joined to their far ends inside one thread of the emulator, which
    stands still for good once a few hundred kilobytes lie between the two.
    """

    def __init__(self, data: bytes, send: Callable[[bytes], object], receive: Callable[[], bytes]) -> None:
        self.data, self.received = data, bytearray()
        self._send, self._receive = send, receive
        self.threads = [threading.Thread(target=self._sending), threading.Thread(target=self._receiving)]

    def _sending(self) -> None:
        for start in range(0, len(self.data), BLOCK):
            until(lambda sent=start: sent - len(self.received) < WINDOW, "the far end takes it", 60)  # type: ignore[misc]
            self._send(self.data[start : start + BLOCK])

    def _receiving(self) -> None:
        while len(self.received) < len(self.data):
            part = self._receive()
            if not part:
                return
            self.received += part


@pytest.mark.parametrize(
    ("device", "far_end"),
    [("/dev/ttyS1", "/dev/ttyS2"), ("/dev/ttyUSB0", "/dev/ttyS4"), ("/dev/ttyACM0", "/dev/ttyGS0")],
    ids=["16550", "FTDI", "ACM"],
)
def test_two_hundred_kilobytes_each_way_at_once_arrive_exactly(device: str, far_end: str) -> None:
    with serial.Serial(far_end, 115200, timeout=30, write_timeout=30) as far, ConsoleBridge(
        "run", device, "--listen", "127.0.0.1:0", "--json", deadline_s=60
    ) as bridge:
        with socket.create_connection(bridge.wait_listening(), timeout=30) as client:
            bridge.wait_event("client_connected")  # what the device says before belongs to nobody
            down = Way(random_bytes(1), far.write, lambda: client.recv(BLOCK))
            up = Way(random_bytes(2), client.sendall, lambda: far.read(far.in_waiting or 1))
            began = time.monotonic()
            for thread in (*down.threads, *up.threads):
                thread.start()
            for thread in (*down.threads, *up.threads):
                thread.join(120)
                assert not thread.is_alive()
            print(f"{device}: {time.monotonic() - began:.1f} s")  # noqa: T201
        assert bridge.stop() == 0
    assert digest(down.received) == digest(down.data)
    assert digest(up.received) == digest(up.data)


def test_modem_lines_of_the_device_are_told(simulated_chip: Chip) -> None:
    device, _ = simulated_chip
    with RunningBridge(device) as bridge:

        def lines() -> ev.ModemLines | None:
            changes = bridge.seen(ev.LinesChanged)
            return changes[-1].lines if changes else None

        for name, attribute in (("cts", "cts"), ("dsr", "dsr"), ("cd", "cd"), ("ri", "ri")):
            for value in ("1", "0") if name == "ri" else ("0", "1"):
                hw("sim", f"{name}={value}")
                until(lambda a=attribute, v=value: getattr(lines(), a, None) == (v == "1"), f"{name}={value}")  # type: ignore[misc]


def test_settings_and_line_policy_arrive_at_the_device(simulated_chip: Chip) -> None:
    device, chip = simulated_chip
    with RunningBridge(
        device, baud_rate=19200, data_bits=7, parity=Parity.EVEN, stop_bits=2, dtr=LinePolicy.OFF, rts=LinePolicy.OFF
    ) as bridge:
        until(lambda: (chip()["dtr"], chip()["rts"]) == (0, 0), "DTR and RTS are off")
        seen = chip()
        assert (seen["baud"], seen["bits"], seen["parity"], str(seen["stop"])) == (19200, 7, "E", "2")
        assert not bridge.seen(ev.SettingsRefused)
    with RunningBridge(device, flow_control=FlowControl.RTS_CTS):
        until(lambda: "rts" in str(chip()["flow"]).lower(), "RTS/CTS is on")
        assert chip()["dtr"] == 1


def test_pulled_adapter_is_told_and_comes_back_to_the_same_client() -> None:
    device = hw("port", "GLFTDIA")
    with RunningBridge(device) as bridge:
        client = bridge.client()
        began = time.monotonic()
        hw("ftdi-unplug", "A")
        lost = bridge.wait_for(ev.DeviceLost)
        print(f"lost {time.monotonic() - began:.2f} s after the request to unplug")  # noqa: T201
        assert lost.reason is ev.LossReason.UNPLUGGED
        assert hw("ftdi-plug", "A") == device
        bridge.wait_for(ev.DeviceBack)
        with serial.Serial("/dev/ttyS4", 115200, timeout=20) as far:
            client.sendall(b"are you there?")
            assert far.read(14) == b"are you there?"
            far.write(b"yes")
            assert receive(client, 3) == b"yes"
        assert not bridge.seen(ev.ClientDisconnected)


def test_second_bridge_on_the_same_port_is_refused_in_one_line() -> None:
    with RunningBridge("/dev/ttyS1"):
        done = run_console("run", "/dev/ttyS1", "--listen", "127.0.0.1:0", deadline_s=60)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "in use" in done.stderr
