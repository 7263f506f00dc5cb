"""RFC 2217 on a real line: what a client asks for arrives at the device, what the line does at the client."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import serial

from serialbridge_gui.engine import events as ev
from serialbridge_gui.engine.telnet import ComPort
from serialbridge_gui.profile import Mode
from tests.end2end.programs import SYSTEM_PYTHON, needs_system_module, said_by
from tests.engine.running import RunningBridge, until
from tests.engine.telnet_client import TelnetClient, pyserial_client
from tests.hw.conftest import Chip, hw
from tests.hw.test_lines import DEADLINE_S, arrived, device_side, seen

pytestmark = pytest.mark.filterwarnings(r"ignore:set(Daemon|Name):DeprecationWarning")  # pyserial 3.5's client

GENSIO_CLIENT = str(Path(__file__).parents[1] / "end2end" / "gensio_client.py")
LONG_S = 60.0

FRAMING, PARITY, OVERRUN, BREAK = 8, 4, 2, 16


@contextmanager
def bridged(device: str, **fields: Any) -> Iterator[RunningBridge]:
    with RunningBridge(device, mode=Mode.RFC2217, **fields) as bridge:
        yield bridge


def test_every_setting_arrives_at_the_device(simulated_chip: Chip) -> None:
    device, chip = simulated_chip
    with bridged(device) as bridge, pyserial_client(bridge) as client:
        for rate, of_the_chip in ((300, 300), (9600, 9600), (57600, 57554), (115200, 115385), (250_000, 250_000)):
            client.baudrate = rate
            seen(chip, baud=of_the_chip)
        for parity in (serial.PARITY_EVEN, serial.PARITY_ODD, serial.PARITY_MARK, serial.PARITY_SPACE, "N"):
            client.parity = parity
            seen(chip, parity=parity)
        for bits in (7, 8):
            client.bytesize = bits
            seen(chip, bits=bits)
        for stop in (2, 1):
            client.stopbits = stop
            seen(chip, stop=str(stop))
        for on in (False, True):
            client.dtr, client.rts = on, not on
            seen(chip, dtr=on, rts=not on)
        for on in (True, False):
            client.break_condition = on
            seen(chip, brk=int(on))


@pytest.mark.parametrize(("line", "attribute"), [("cts", "cts"), ("dsr", "dsr"), ("ri", "ri"), ("cd", "cd")])
def test_modem_lines_are_what_the_client_sees(simulated_chip: Chip, line: str, attribute: str) -> None:
    device, _ = simulated_chip
    with bridged(device) as bridge, pyserial_client(bridge) as client:
        for on in (1, 0, 1):
            hw("sim", f"{line}={on}")
            until(partial(_is, client, attribute, bool(on)), f"{line} is {on}", DEADLINE_S)


def _is(client: Any, attribute: str, wanted: bool) -> bool:
    return bool(getattr(client, attribute)) is wanted


@pytest.mark.parametrize(
    ("sign", "bit"), [("parity=41", PARITY), ("framing=41", FRAMING), ("overrun=41", OVERRUN), ("break", BREAK)]
)
def test_errors_of_the_line_are_notified(simulated_chip: Chip, sign: str, bit: int) -> None:
    device, _ = simulated_chip
    with bridged(device) as bridge:
        client = TelnetClient(bridge.client())
        client.sock.settimeout(DEADLINE_S)
        assert client.ask(ComPort.SET_LINESTATE_MASK, b"\xff") == b"\xff"
        hw("sim", sign)
        assert client.answer(ComPort.NOTIFY_LINESTATE)[0] & bit


def test_lines_and_settings_of_the_profile_come_back(simulated_chip: Chip) -> None:
    device, chip = simulated_chip
    with bridged(device, baud_rate=9600) as bridge:
        with pyserial_client(bridge, baudrate=300, bytesize=7, parity="E") as client:
            client.dtr = client.rts = False
            seen(chip, baud=300, bits=7, parity="E", dtr=False, rts=False)
        bridge.wait_for(ev.ClientDisconnected)
        seen(chip, baud=9600, bits=8, parity="N", dtr=True, rts=True)


@needs_system_module("gensio", "python3-gensio")
def test_what_gensios_client_sets_is_what_the_chip_has(simulated_chip: Chip) -> None:
    device, chip = simulated_chip
    then: dict[str, Any] = {}
    with bridged(device) as bridge, device_side() as fd:

        def answer() -> None:
            got = bytearray()
            until(lambda: arrived(fd, got) and got.endswith(b"\r"), "what the client writes at its end", LONG_S)
            then.update(chip())
            os.write(fd, b"so it is\n")

        device_thread = threading.Thread(target=answer)
        device_thread.start()
        port = str(bridge.seen(ev.Listening)[0].port)
        told = json.loads(said_by(SYSTEM_PYTHON, GENSIO_CLIENT, "connect", "127.0.0.1", port))
        device_thread.join(LONG_S)
    assert [each for each in told["in_force"] if not each[1] == each[2] == each[3]] == []
    assert (then["baud"], then["bits"], then["parity"], then["stop"]) == (57554, 7, "O", "2")
    assert (then["flow"], then["dtr"], then["rts"], then["brk"]) == ("none", 1, 1, 0)
    assert bytes.fromhex(told["received"]) == b"so it is\n"
