"""Programs that write a chip's flash: avrdude and esptool, each with a simulated bootloader behind the bridge."""

from __future__ import annotations

import random
import re
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.avr_bootloader import AvrBootloader
from tests.devices import PtyDevice
from tests.end2end.programs import in_background, needs, needs_module, path_of, said_by
from tests.engine.running import until
from tests.esp_bootloader import EspBootloader
from tests.figures import tell
from tests.processes import ConsoleBridge, free_port

ANY = ("--listen", "127.0.0.1:0", "--json")
ADDRESS = 0x10000
"""Where an ESP32's program begins."""

needs_esptool = needs_module("esptool", "python3 dev.py soak does that")


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """A program to be written: all values of a byte, those that SLIP and Telnet escape included."""
    file = tmp_path / "program.bin"
    file.write_bytes(bytes(range(256)) + random.Random(7).randbytes(20_000) + b"\xff\xff\xc0\xdb")
    return file


@needs("avrdude")
def test_avrdude_writes_and_verifies(image: Path) -> None:
    bootloader = AvrBootloader()
    with PtyDevice() as device, ConsoleBridge("run", device.path, *ANY) as bridge:
        device.answer(bootloader.respond)
        host, port = bridge.wait_listening()
        arduino = ("-c", "arduino", "-p", "m328p", "-P", f"net:{host}:{port}", "-D")
        said = said_by("avrdude", *arduino, "-U", f"flash:w:{image}:r")
    assert f"{image.stat().st_size} bytes of flash verified" in said
    assert bootloader.flash.startswith(image.read_bytes())


@needs_esptool
def test_esptool_writes_and_verifies_over_tcp(image: Path) -> None:
    with esp_behind_bridge("raw") as (bootloader, address):
        write_flash(bootloader, f"socket://{address}", image)


@needs_esptool
@pytest.mark.soak
def test_esptool_writes_resets_and_verifies_through_rfc2217(image: Path) -> None:
    with esp_behind_bridge("rfc2217") as (bootloader, address):
        took_s = write_flash(bootloader, f"rfc2217://{address}", image, "default-reset", "hard-reset")
    tell(f"esptool through RFC 2217: {took_s} s")


@needs_esptool
@needs("ser2net")
@pytest.mark.soak
def test_esptool_is_no_slower_through_our_rfc2217_than_through_ser2nets(image: Path, tmp_path: Path) -> None:
    # ser2net 4.3 never answers SET_CONTROL for a device without modem lines, as a pty is: pyserial is not to wait.
    option = "?ign_set_control"
    with esp_behind_bridge("rfc2217") as (bootloader, address):
        ours_s = write_flash(bootloader, f"rfc2217://{address}{option}", image)
    with esp_behind_ser2net(tmp_path) as (bootloader, address):
        theirs_s = write_flash(bootloader, f"rfc2217://{address}{option}", image)
    tell(f"esptool through RFC 2217: {ours_s} s; through ser2net's: {theirs_s} s")
    assert ours_s <= 1.1 * theirs_s


@contextmanager
def esp_behind_bridge(mode: str) -> Iterator[tuple[EspBootloader, str]]:
    """An ESP32, and where it is reached."""
    bootloader = EspBootloader()
    with PtyDevice() as device, ConsoleBridge("run", device.path, *ANY, "--mode", mode) as bridge:
        device.answer(bootloader.respond)
        host, port = bridge.wait_listening()
        yield bootloader, f"{host}:{port}"


@contextmanager
def esp_behind_ser2net(folder: Path) -> Iterator[tuple[EspBootloader, str]]:
    """The same behind ser2net's RFC 2217."""
    bootloader = EspBootloader()
    port = free_port()
    with PtyDevice() as device:
        device.answer(bootloader.respond)
        config = folder / "ser2net.yaml"
        config.write_text(
            f"connection: &esp\n  accepter: telnet(rfc2217),tcp,127.0.0.1,{port}\n"
            f"  connector: serialdev,{device.path},115200n81,local\n"
        )
        with in_background(str(path_of("ser2net")), "-n", "-u", "-c", str(config)):
            until(lambda: listens(port), "ser2net listens")
            yield bootloader, f"127.0.0.1:{port}"


def listens(port: int) -> bool:
    """Whether somebody does; the connection that asks is over at once."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def write_flash(
    bootloader: EspBootloader, url: str, image: Path, before: str = "no-reset", after: str = "no-reset"
) -> float:
    """Have esptool write `image` and ask the chip for its MD5; how long the writing took, in s, by esptool's clock.

    Without its own loader, which would have to run on the chip.
    """
    chip = ("--chip", "esp32", "--no-stub", "--before", before, "--after", after)
    began = time.monotonic()
    said = said_by(
        sys.executable,
        "-m",
        "esptool",
        *chip,
        "--port",
        url,
        "write-flash",
        "--flash-size",
        "4MB",
        hex(ADDRESS),
        str(image),
        deadline_s=120,
    )
    tell(f"{url}: {time.monotonic() - began:.1f} s with connecting")
    assert "Hash of data verified." in said
    data = image.read_bytes()
    assert bootloader.flash[ADDRESS : ADDRESS + len(data)] == data
    wrote = re.search(r"Wrote \d+ bytes at 0x\w+ in ([\d.]+) seconds", said)
    assert wrote is not None, said
    return float(wrote[1])
