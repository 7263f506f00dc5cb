"""Programs in which a person types to the device: telnet, and pyserial's miniterm over both of its schemes."""

from __future__ import annotations

import sys

import pytest

from tests.devices import PtyDevice
from tests.end2end.programs import InTerminal, needs
from tests.processes import ConsoleBridge

ANY = ("--listen", "127.0.0.1:0", "--json")
EVERY_BYTE = bytes(range(256))


@needs("telnet", "inetutils-telnet")
def test_telnet_types_and_shows_every_byte_in_mode_rfc2217() -> None:
    with PtyDevice() as device, ConsoleBridge("run", device.path, *ANY, "--mode", "rfc2217") as bridge:
        host, port = bridge.wait_listening()
        with InTerminal("telnet", "-E", host, str(port)) as telnet:  # -E: no character is telnet's own
            telnet.screen.read_until(b"Escape character is 'off'.\n")
            bridge.wait_event("client_connected")
            device.write(b"ready>")
            telnet.screen.read_until(b"ready>")  # before that the bridge has sent what it asks of telnet
            telnet.screen.write(b"measure\r")
            assert device.read_until(b"\r") == b"measure\r"
            device.write(b"23.5 \xc2\xb0C\r\n")
            telnet.screen.read_until(b"23.5 \xc2\xb0C\r\n")
            device.write(EVERY_BYTE)
            telnet.screen.read_until(EVERY_BYTE)
            telnet.screen.write(EVERY_BYTE)
            assert device.read(len(EVERY_BYTE)) == EVERY_BYTE, "or the NUL of telnet's CR NUL came before"
            assert bridge.stop() == 0
            telnet.screen.read_until(b"Connection closed by foreign host.\n")
            telnet.wait_exit()


@pytest.mark.parametrize(("mode", "scheme"), [("raw", "socket"), ("rfc2217", "rfc2217")])
def test_miniterm_types_and_shows(mode: str, scheme: str) -> None:
    with PtyDevice() as device, ConsoleBridge("run", device.path, *ANY, "--mode", mode) as bridge:
        host, port = bridge.wait_listening()
        url = f"{scheme}://{host}:{port}"
        with InTerminal(sys.executable, "-m", "serial.tools.miniterm", "--raw", url, "57600") as miniterm:
            miniterm.screen.read_until(b"followed by Ctrl+H ---\n")
            miniterm.screen.write("wägen\r".encode())
            assert device.read_until(b"\r") == "wägen\r".encode()
            device.write("wägt 12 µg\r\n".encode())
            miniterm.screen.read_until("wägt 12 µg\r\n".encode())
            if mode == "rfc2217":
                bridge.wait_stderr("has set baud rate to 57600")
            miniterm.screen.write(b"\x1d")  # Ctrl+]
            bridge.wait_event("client_disconnected")
            assert miniterm.wait_exit() == 0
