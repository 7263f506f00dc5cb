"""Wireshark's own console program lists the running bridges, captures their traffic, and reads what was captured."""

from __future__ import annotations

import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end2end.programs import DEADLINE_S, in_background, needs, path_of
from tests.processes import ConsoleBridge, console_environment, run_console

AS_A_USER = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
"""Root's Wireshark takes no folder from its environment; in a user namespace of its own it is not root's."""


def runs_as_a_user() -> bool:
    if os.name != "posix" or os.geteuid() != 0:
        return os.name == "posix"
    if path_of("unshare") is None:
        return False
    return subprocess.run([*AS_A_USER, "true"], capture_output=True, check=False).returncode == 0


pytestmark = [
    needs("tshark"),
    pytest.mark.skipif(not runs_as_a_user(), reason="tshark reads no extcap folder of ours as root"),
]


class Home:
    """Where programs find each other, and Wireshark its extcaps: none but ours."""

    def __init__(self, folder: Path) -> None:
        self.environment = {
            **console_environment(),
            "XDG_RUNTIME_DIR": str(folder),
            "WIRESHARK_EXTCAP_DIR": str(folder / "extcap"),
            "HOME": str(folder),
        }
        self._others: list[str] = []
        """Interfaces of bridges that the person at this machine runs."""

    def run(self, *command: str) -> str:
        """What it said on standard output, once it has ended well."""
        within = AS_A_USER if os.geteuid() == 0 else []
        done = subprocess.run(
            [*within, *command], env=self.environment, stdin=subprocess.DEVNULL, capture_output=True,
            encoding="utf-8", timeout=DEADLINE_S, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{' '.join(command)} exited with {done.returncode}:\n{done.stderr}"
        return done.stdout

    def listed(self) -> list[str]:
        """The interfaces of the test's bridges that tshark lists, without their numbers."""
        lines = [line.partition(". ")[2] for line in self.run("tshark", "-D").splitlines()]
        return [line for line in lines if line.startswith("serialbridge-") and line not in self._others]

    def forget_others(self) -> None:
        """What is listed by now is none of the test's."""
        self._others = self.listed()

    def wait_listed(self, name: str) -> None:
        """A bridge is found a moment after it listens."""
        deadline = time.monotonic() + DEADLINE_S
        while not any(name in line for line in self.listed()):
            assert time.monotonic() < deadline, f"tshark does not list {name}: {self.listed()}"


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    folder = Path(tempfile.mkdtemp(prefix="sb", dir="/tmp"))  # short enough for the name of a socket
    try:
        made = Home(folder)
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
        monkeypatch.setenv("WIRESHARK_EXTCAP_DIR", str(folder / "extcap"))
        (folder / "extcap").mkdir()
        made.run(sys.executable, "-m", "serialbridge_gui.cli", "extcap", "--register")
        made.forget_others()
        yield made
    finally:
        shutil.rmtree(folder)


def payload(capture: Path, event: str) -> bytes:
    """The bytes of the serial frames with this event, in order, as tshark reads them."""
    command = ["tshark", "-r", str(capture), "-Y", f"rtacser.eventtype == {event}", "-T", "fields", "-e", "data.data"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=DEADLINE_S)
    return b"".join(bytes.fromhex(line.replace(":", "")) for line in done.stdout.split())


TX, RX = "0x01", "0x02"


def test_tshark_lists_running_bridges_and_no_others(home: Home) -> None:
    assert home.listed() == []
    with ConsoleBridge("run", "sim://echo", "--listen", "127.0.0.1:0", "--json") as bridge:
        bridge.wait_listening()
        home.wait_listed("serialbridge-sim-echo")
        assert "SerialBridge: sim://echo" in home.listed()[0]
        assert bridge.stop() == 0
    assert home.listed() == []


def test_tshark_captures_a_running_bridge_with_every_byte_and_its_direction(home: Home, tmp_path: Path) -> None:
    file = Path(home.environment["HOME"]) / "live.pcapng"
    data = os.urandom(3000)
    with ConsoleBridge("run", "sim://echo", "--listen", "127.0.0.1:0", "--json") as bridge:
        address = bridge.wait_listening()
        home.wait_listed("serialbridge-sim-echo")
        within = AS_A_USER if os.geteuid() == 0 else []
        capture = ("tshark", "-i", "serialbridge-sim-echo", "-w", str(file), "-a", "duration:120")
        with in_background(*within, *capture, environment=home.environment) as tshark:
            wait_for_capture(file)
            with socket.create_connection(address, timeout=DEADLINE_S) as client:
                client.sendall(data)
                left = len(data)
                while left:
                    left -= len(client.recv(left))
            wait_for_size(file, 2 * len(data))
            assert bridge.stop() == 0
            tshark.wait(DEADLINE_S)  # which ends with the bridge
    assert payload(file, TX) == data
    assert payload(file, RX) == data


def test_tshark_that_has_enough_leaves_the_bridge_running(home: Home) -> None:
    with ConsoleBridge("run", "sim://talker", "--listen", "127.0.0.1:0", "--json") as bridge:
        bridge.wait_listening()
        home.wait_listed("serialbridge-sim-talker")
        file = Path(home.environment["HOME"]) / "two.pcapng"
        home.run("tshark", "-i", "serialbridge-sim-talker", "-c", "2", "-w", str(file))
        assert payload(file, RX).startswith(b"n=0000")
        home.wait_listed("serialbridge-sim-talker")
        assert bridge.stop() == 0


def test_what_tshark_captured_becomes_a_device_again(home: Home) -> None:
    file = Path(home.environment["HOME"]) / "trace.pcapng"
    with ConsoleBridge("run", "sim://talker", "--listen", "127.0.0.1:0", "--json") as bridge:
        bridge.wait_listening()
        home.wait_listed("serialbridge-sim-talker")
        home.run("tshark", "-i", "serialbridge-sim-talker", "-c", "2", "-w", str(file))
        assert bridge.stop() == 0
    said = payload(file, RX)
    url = f"sim://replay?file={file}&start=client&speed=0"
    with ConsoleBridge("run", url, "--listen", "127.0.0.1:0", "--json") as bridge:
        with socket.create_connection(bridge.wait_listening(), timeout=DEADLINE_S) as client:
            assert client.makefile("rb").read(len(said)) == said
        assert bridge.stop() == 0


def test_replay_of_a_file_that_is_not_there_is_one_sentence_and_exit_1() -> None:
    done = run_console("run", "sim://replay?file=/nowhere/x.pcapng", "--listen", "127.0.0.1:0")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("serialbridge: The capture /nowhere/x.pcapng cannot be read: ")
    assert len(done.stderr.splitlines()) == 1


def wait_for_capture(file: Path) -> None:
    """Until the capture has begun: the head is in the file."""
    wait_for_size(file, 1)


def wait_for_size(file: Path, size: int) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not file.exists() or file.stat().st_size < size:
        assert time.monotonic() < deadline, f"{file.name} has no {size} bytes within {DEADLINE_S:g} s"
        time.sleep(0.01)


def test_capture_into_a_pipe_beside_us_ends_without_a_complaint_when_the_bridge_stops(home: Home) -> None:
    folder = Path(home.environment["HOME"])
    os.mkfifo(folder / "pipe")
    extcap = [sys.executable, "-m", "serialbridge_gui.cli", "extcap", "--extcap-interface", "serialbridge-sim-echo"]
    with ConsoleBridge("run", "sim://echo", "--listen", "127.0.0.1:0", "--json") as bridge:
        bridge.wait_listening()
        home.wait_listed("serialbridge-sim-echo")
        asker = subprocess.Popen(
            [*extcap, "--capture", "--fifo", "pipe"], cwd=folder, stderr=subprocess.PIPE, text=True,
            env=home.environment,
        )  # fmt: skip
        pipe = os.open(folder / "pipe", os.O_RDONLY | os.O_NONBLOCK)
        try:
            assert select.select([pipe], [], [], DEADLINE_S)[0]
            assert os.read(pipe, 4) == b"\n\r\r\n"
            assert bridge.stop() == 0
        finally:
            os.close(pipe)
        complaint = asker.communicate(timeout=DEADLINE_S)[1]
    assert (asker.returncode, complaint) == (0, "")
