"""gensio's RFC 2217 client, the one in C: it dials the bridge, and is dialled by it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from serialbridge_gui import __version__
from tests.devices import PtyDevice
from tests.end2end.programs import SYSTEM_PYTHON, needs_system_module, said_by
from tests.processes import ConsoleBridge, free_port

CLIENT = str(Path(__file__).with_name("gensio_client.py"))
SENT = b"every \xff is two\r"
ANSWER = b"so is \xff\xff\n"
CTS_DSR_CD = 0xB0
"""What a client is told of a device without modem lines (RFC 2217, NOTIFY-MODEMSTATE)."""


@needs_system_module("gensio", "python3-gensio")
@pytest.mark.parametrize("verb", ["connect", "accept"])
def test_gensio_is_told_of_each_setting_that_it_is_in_force(verb: str) -> None:
    at_device = bytearray()

    def answer(data: bytes) -> bytes:
        at_device.extend(data)
        return ANSWER if at_device.endswith(b"\r") else b""

    far_port = str(free_port())
    address = ("--listen", "127.0.0.1:0") if verb == "connect" else ("--connect", f"127.0.0.1:{far_port}")
    with (
        PtyDevice() as device,
        ConsoleBridge("run", device.path, *address, "--mode", "rfc2217", "--json", "--dtr", "off") as bridge,
    ):
        device.answer(answer)
        where = map(str, bridge.wait_listening()) if verb == "connect" else (far_port,)
        told = json.loads(said_by(SYSTEM_PYTHON, CLIENT, verb, *where, deadline_s=180))
        assert bridge.stop() == 0
    assert at_device == SENT
    assert [each for each in told["in_force"] if not each[1] == each[2] == each[3]] == []
    assert bytes.fromhex(told["received"]) == ANSWER
    assert told["signature"] == f"SerialBridge {__version__}"
    if verb == "connect":  # who is dialled may be told before gensio has let the caller in, and then tells nobody
        assert told["modem_state"] == CTS_DSR_CD
    changed = [line for line in bridge.stderr_lines if "Client #1 has set" in line]
    assert [line.partition("has set ")[2] for line in changed] == [
        "baud rate to 57600", "data bits to 7", "parity to E", "parity to O", "stop bits to 2",
        "flow control to rtscts", "flow control to xonxoff", "flow control to none",
    ]  # fmt: skip
