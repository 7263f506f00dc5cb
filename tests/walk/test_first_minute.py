"""The tasks of a new user, walked with mouse and keyboard in both languages, each with the clicks it may take.

`docs/first-minute.md` has the table, which WALK_PICTURES=DIR writes anew, with a picture of each step.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.devices import PtyDevice
from tests.processes import DEADLINE_S, run_console
from tests.walk.desktop import LOOK_AGAIN_S, Desktop, User, what_is_missing

pytestmark = pytest.mark.soak

FIRST_TRAFFIC_S = 60.0
LANGUAGES = ("en_US.UTF-8", "zh_CN.UTF-8")
PCAPNG = b"\x0a\x0d\x0d\x0a"

HOLDER = (
    "import fcntl, os, sys, termios\n"
    "port = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)\n"
    "fcntl.flock(port, fcntl.LOCK_EX)\n"
    "fcntl.ioctl(port, termios.TIOCEXCL)\n"
    "print('held', flush=True)\n"
    "sys.stdin.read()\n"
)
"""Another program that has the port open, as pyserial's exclusive=True and most others' TIOCEXCL do it."""


@dataclass
class Walk:
    """One language's: the desktop, the user, and a folder for each thing that is made."""

    desktop: Desktop
    user: User
    folder: Path

    @contextmanager
    def program(self, name: str) -> Iterator[Path]:
        """The program, never started before; yields its folder of profiles."""
        config_dir = self.folder / name
        running = self.desktop.start_program(config_dir)
        try:
            yield config_dir
        finally:
            self.desktop.end(running)

    def done(self, task: str, most_clicks: int, most_seconds: float | None = None) -> None:
        """The task is done: count, and compare with the bar."""
        user = self.user
        clicks, keys, seconds = user.clicks, user.keys, user.seconds()
        user.picture(task.replace(" ", "-"))
        language = self.desktop.environment["LANG"].partition(".")[0]
        with (user.pictures / "table.md").open("a", encoding="utf-8") as table:
            table.write(f"| {task} | {language} | {clicks} | {keys} | {seconds:.1f} |\n")
        assert clicks <= most_clicks, f"{task}: {clicks} clicks"
        assert most_seconds is None or seconds <= most_seconds, f"{task}: {seconds:.1f} s"

    def wait_file(self, file: Path) -> bytes:
        """What is in it, once it is there."""
        deadline = time.monotonic() + DEADLINE_S
        while not (file.exists() and file.stat().st_size):
            assert time.monotonic() < deadline, f"{file.name} was not written"
            time.sleep(LOOK_AGAIN_S)
        return file.read_bytes()

    def connect(self) -> socket.socket:
        """As the program the device is for: to the address that the window offers, as soon as it is open."""
        copy = self.user.find("push button", "Copy tcp://{address}")
        found = re.search(r"tcp://([\d.]+):(\d+)", copy.name)
        assert found is not None, copy.name
        deadline = time.monotonic() + DEADLINE_S
        while True:
            try:
                return socket.create_connection((found[1], int(found[2])), DEADLINE_S)
            except ConnectionRefusedError:
                assert time.monotonic() < deadline, f"{copy.name}: nobody listens"
                time.sleep(LOOK_AGAIN_S)

    def pass_bytes(self, device: PtyDevice) -> None:
        """Through the bridge, both ways."""
        with self.connect() as client:
            self.user.find("label", "State: {state}", lambda state: bool(re.search(r"\d", state.name)))
            device.write(b"31.5 kg\r\n")
            assert client.recv(9, socket.MSG_WAITALL) == b"31.5 kg\r\n"
            client.sendall(b"TARE\r")
            assert device.read(5) == b"TARE\r"


@pytest.fixture(params=LANGUAGES)
def walk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Walk]:
    if missing := what_is_missing():
        pytest.skip(missing)
    kept = os.environ.get("WALK_PICTURES")
    pictures = Path(kept) / request.param if kept else tmp_path / "pictures"
    with Desktop(tmp_path / "home", request.param) as desktop:
        yield Walk(desktop, User(desktop, pictures), tmp_path)


def test_first_traffic_without_hardware_then_a_byte_pattern_is_found_and_the_capture_saved(walk: Walk) -> None:
    user = walk.user
    user.begin()
    with walk.program("simulated"):
        user.click("push button", "Try with a simulated device")
        user.click("push button", "Open test client")
        user.find("text", "What arrived", lambda view: "n=" in view.text)
        walk.done("first traffic without hardware", most_clicks=3, most_seconds=FIRST_TRAFFIC_S)

        user.type("hello")
        user.press("Return")
        user.find("text", "What arrived", lambda view: "hello" in view.text)
        user.press("Escape")

        user.begin()
        user.click("push button", "Find")
        user.find("text", "What to find", lambda field: field.focused)
        user.type("52 48 3D ?? ?? 25")
        user.click("push button", "Find as hex")
        user.find("label", "{ordinal} of {count}")
        walk.done("find a byte pattern", most_clicks=3)

        user.begin()
        capture = walk.folder / "capture.pcapng"
        user.click("push button", "Save")
        user.press("Down", "Return")  # Save all…: Qt shows a screen reader no menu of a tool button
        user.type_into_dialog("Save traffic", str(capture))
        assert walk.wait_file(capture).startswith(PCAPNG)
        user.find("label", "Saved {name}")
        walk.done("save a capture", most_clicks=3)


def test_first_traffic_without_hardware_by_the_keyboard_alone(walk: Walk) -> None:
    user = walk.user
    user.begin()
    with walk.program("keyboard"):
        user.find("push button", "Try with a simulated device", lambda button: button.focused)
        user.press("space")
        user.find("push button", "Open test client", lambda button: button.focused)
        user.press("space")
        user.find("text", "What arrived", lambda view: "n=" in view.text)
        walk.done("first traffic by the keyboard alone", most_clicks=0, most_seconds=FIRST_TRAFFIC_S)


def test_traffic_of_a_device_and_recovery_from_device_in_use(walk: Walk, tmp_path: Path) -> None:
    user = walk.user
    with walk.program("device"), PtyDevice(link=tmp_path / "ttyUSB9") as device:
        user.find("push button", "Use my device")
        user.begin()
        user.click("push button", "Use my device")
        user.find("push button", "▶ Start", lambda start: start.focused)
        user.press("alt+p")
        user.find("text", "", lambda field: field.focused)
        user.press("ctrl+a")
        user.type(device.path)
        user.click("push button", "▶ Start")
        walk.pass_bytes(device)
        walk.done("traffic of a device", most_clicks=3)

        user.click("push button", "■ Stop")
        user.find("push button", "▶ Start")
        other = subprocess.Popen(
            [sys.executable, "-c", HOLDER, device.path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        user.begin()
        user.click("push button", "▶ Start")
        said = user.find("label", "{subject} is in use by {hint}. Close it, then start again.")
        assert f"({other.pid})" in said.name
        user.picture("device-in-use")
        other.communicate()
        user.click("push button", "Try again")
        walk.pass_bytes(device)
        walk.done("recover from device in use", most_clicks=3)


def test_a_profile_is_shared_with_another_machine(walk: Walk) -> None:
    user = walk.user
    shared = walk.folder / "shared.serialbridge"
    with walk.program("here"):
        user.click("push button", "Try with a simulated device")
        user.find("push button", "■ Stop")
        user.begin()
        user.click("menu item", "File")
        user.click("menu item", "Export…")
        user.type_into_dialog("Export profile", str(shared))
        walk.wait_file(shared)
        user.find("label", "Exported to {file}.")
        walk.done("export the profile", most_clicks=3)
    with walk.program("there") as config_dir:
        user.find("push button", "Use my device")
        user.begin()
        user.click("menu item", "File")
        user.click("menu item", "Import…")
        user.type_into_dialog("Import", str(shared))
        user.find("list item", "{bridge}", lambda row: "sim://talker" in row.name)
        walk.done("import it there", most_clicks=3)
        listed = run_console("--config-dir", str(config_dir), "profiles", "list")
        assert "sim://talker" in listed.stdout
    console = str(walk.folder / "console")
    assert run_console("--config-dir", console, "profiles", "import", str(shared)).returncode == 0
    assert "sim://talker" in run_console("--config-dir", console, "profiles", "list").stdout
