"""Programs that speak a device's own protocol over TCP: pymodbus (Modbus RTU) and gpsd (NMEA 0183)."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.devices import PtyDevice
from tests.end2end.programs import DEADLINE_S, in_background, needs_module, said_by
from tests.gps_receiver import ALTITUDE, LATITUDE, LONGITUDE, reports
from tests.modbus_slave import ModbusSlave
from tests.processes import ConsoleBridge, free_port

ANY = ("--listen", "127.0.0.1:0", "--json")
READS = 1000
MOST_REGISTERS = 125
"""That one request may ask for (MODBUS Application Protocol V1.1b3, 6.3)."""

MASTER = """
import json, sys
from pymodbus import FramerType
from pymodbus.client import ModbusTcpClient

host, port, unit, reads, most = sys.argv[1], *map(int, sys.argv[2:])
with ModbusTcpClient(host, port=port, framer=FramerType.RTU, retries=0, timeout=60) as client:
    for start in range(reads):
        answer = client.read_holding_registers(start, count=1 + start % most, device_id=unit)
        print(json.dumps(str(answer) if answer.isError() else answer.registers))
"""


@needs_module("pymodbus", "python3 dev.py check does that")
def test_pymodbus_reads_rtu_frames_over_tcp_1000_times_out_of_1000() -> None:
    source = random.Random(3)
    registers = [source.randrange(1 << 16) for _ in range(READS + MOST_REGISTERS)]
    slave = ModbusSlave(unit=17, registers=registers)
    with PtyDevice() as device, ConsoleBridge("run", device.path, *ANY, "--baud", "19200", "--format", "8E1") as bridge:
        device.answer(slave.respond)
        host, port = bridge.wait_listening()
        arguments = (host, str(port), str(slave.unit), str(READS), str(MOST_REGISTERS))
        said = said_by(sys.executable, "-c", MASTER, *arguments, deadline_s=300)
    answers = [json.loads(line) for line in said.splitlines()]
    expected = [registers[start : start + 1 + start % MOST_REGISTERS] for start in range(READS)]
    assert [start for start in range(READS) if answers[start] != expected[start]] == []
    assert len(answers) == READS


@pytest.fixture
def gpsd_folder(tmp_path: Path) -> Path:
    """gpsd and its clients, unpacked: nothing if they are installed, the rest is then the system's.

    Installed, Debian's gpsd would take every new USB serial adapter of some kinds for itself, CP210x among them.
    """
    names = ("gpsd", "gpsd-clients")
    try:
        listed = run_in(tmp_path, "apt-get", "install", "--print-uris", "-qq", "--no-install-recommends", *names)
        missing = [line.split()[1].partition("_")[0] for line in listed.splitlines()]
        if missing:
            run_in(tmp_path, "apt-get", "download", "-qq", *missing)
    except (OSError, subprocess.SubprocessError) as error:
        pytest.skip(f"gpsd is not installed and apt-get cannot fetch it: {error}")
    for package in tmp_path.glob("*.deb"):
        run_in(tmp_path, "dpkg", "-x", package.name, ".")
    return tmp_path


def run_in(folder: Path, *command: str) -> str:
    """What it wrote on standard output. Raises OSError and SubprocessError."""
    done = subprocess.run(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, timeout=120, check=True
    )
    return done.stdout


@pytest.mark.soak
def test_gpsd_finds_its_place_in_three_dimensions(gpsd_folder: Path) -> None:
    libraries = os.pathsep.join(map(str, gpsd_folder.glob("usr/lib/*-linux-gnu")))
    paths = os.pathsep.join((f"{gpsd_folder}/usr/sbin", f"{gpsd_folder}/usr/bin", os.environ["PATH"], "/usr/sbin"))
    here = {"PATH": paths, "LD_LIBRARY_PATH": libraries}
    with PtyDevice() as device, ConsoleBridge("run", device.path, *ANY) as bridge:
        device.pump(reports())
        host, port = bridge.wait_listening()
        own_port = free_port()
        daemon = ("gpsd", "-N", "-n", "-S", str(own_port), f"tcp://{host}:{port}")
        with in_background(*daemon, environment=here):
            bridge.wait_event("client_connected")
            pipe = ("gpspipe", "-w", "-x", f"{DEADLINE_S:g}", f"127.0.0.1:{own_port}")
            with in_background(*pipe, environment=here) as gpspipe:
                assert gpspipe.stdout is not None
                fix = first_fix(gpspipe.stdout)
    assert (fix["lat"], fix["lon"]) == pytest.approx((LATITUDE, LONGITUDE), abs=1e-5)
    assert fix["altMSL"] == pytest.approx(ALTITUDE)
    assert fix["device"] == f"tcp://{host}:{port}"


def first_fix(lines: Iterator[str]) -> dict[str, Any]:
    """The first report of a place with an altitude, which gpsd calls mode 3."""
    for line in lines:
        report: dict[str, Any] = json.loads(line)
        if report["class"] == "TPV" and report["mode"] == 3:
            return report
    raise AssertionError(f"gpsd has found no place in {DEADLINE_S:g} s")
