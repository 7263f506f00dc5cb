"""The window program left alone on a desktop with a tray: bridges under traffic, adapters that come and go.

    SERIALBRIDGE_ENDURANCE_S=300 python -m pytest -s -m soak tests/end2end/test_desktop_endurance.py

Needs Xvfb, trayer and xdotool. Memory, descriptors and threads are those of the program alone.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

if not sys.platform.startswith("linux") or not all(map(shutil.which, ("Xvfb", "trayer", "xdotool"))):
    pytest.skip("needs Linux with Xvfb, trayer and xdotool", allow_module_level=True)

from serialbridge_gui.profile import ListenAddress, OnDeviceLoss, Profile, SerialSettings
from serialbridge_gui.profile_store import ProfileStore
from serialbridge_gui.ui.settings_file import NAME
from serialbridge_gui.whole_file import write_whole
from tests.devices import EchoDevice
from tests.figures import descriptors, resident_bytes, tell, threads
from tests.processes import console_environment, free_port

ENDURANCE_S = float(os.environ.get("SERIALBRIDGE_ENDURANCE_S", "1800"))
BRIDGES = 4
UNPLUG_EVERY_S = 10.0
AWAY_S = 2.0
MAX_GROWTH = 4 << 20
"""Between the second and the last quarter: room for the heap's own ways."""


class Figures(NamedTuple):
    memory: int
    descriptors: int
    threads: int


@contextlib.contextmanager
def running(*command: str, **options: object) -> Iterator[subprocess.Popen[bytes]]:
    """A process that ends with the block."""
    process = subprocess.Popen(command, **options)  # type: ignore[call-overload]
    try:
        yield process
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        if process.poll() is None:
            process.kill()


@contextlib.contextmanager
def desktop() -> Iterator[dict[str, str]]:
    """The environment of programs on a virtual screen with a tray."""
    reading, writing = os.pipe()
    screen = ("Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x800x24", "-nolisten", "tcp")
    with running(*screen, pass_fds=(writing,), stderr=subprocess.DEVNULL):
        os.close(writing)
        with os.fdopen(reading) as numbers:
            environment = {**console_environment(), "DISPLAY": f":{numbers.readline().strip()}"}
        environment.pop("QT_QPA_PLATFORM", None)
        environment.pop("DBUS_SESSION_BUS_ADDRESS", None)
        with running("trayer", "--widthtype", "request", env=environment, stderr=subprocess.DEVNULL):
            yield environment


class Talker:
    """A client that says a line, waits for its echo, and comes again when it is thrown out."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.lines = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"talker {port}")
        self._thread.start()

    def _run(self) -> None:
        while not self._stop.is_set():
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1) as connection:
                connection.settimeout(1)
                while not self._stop.is_set():
                    line = b"%08d %s\n" % (self.lines, b"x" * 200)
                    connection.sendall(line)
                    if self._hears(connection, len(line)):
                        self.lines += 1
                    self._stop.wait(0.005)
            self._stop.wait(0.1)

    @staticmethod
    def _hears(connection: socket.socket, left: int) -> bool:
        """Whether the echo came; an unplug may have swallowed it."""
        while left > 0:
            try:
                got = connection.recv(left)
            except TimeoutError:
                return False
            if not got:
                raise ConnectionResetError
            left -= len(got)
        return True

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(10)


def prepare(config: Path, devices: list[EchoDevice]) -> list[int]:
    """Four profiles that are resumed, settings that begin in the tray and keep a small log; the ports."""
    store, ports, ids = ProfileStore(config), [], []
    for number, device in enumerate(devices):
        ports.append(free_port())
        profile = Profile(
            name=f"Bridge {number}", serial=SerialSettings(device=str(device.link)),
            listen=ListenAddress(port=ports[-1]),
            on_device_loss=OnDeviceLoss.CLOSE if number % 2 else OnDeviceLoss.KEEP,
        )  # fmt: skip
        store.save(profile)
        ids.append(profile.id)
    wanted = ", ".join(f'"{each}"' for each in ids)
    settings = f'{{"preferences/closing": "keep", "preferences/log_budget": "1 1000", "window/running": [{wanted}]}}'
    write_whole(config / NAME, settings)
    return ports


def visible_windows(environment: dict[str, str]) -> list[str]:
    done = subprocess.run(
        ["xdotool", "search", "--onlyvisible", "--name", "^SerialBridge$"],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stdout.split()


@pytest.mark.soak
@pytest.mark.parametrize("arguments", [("--minimized",), ()], ids=["in the tray", "with its window"])
def test_nothing_grows_with_the_tray_bridges_under_traffic_and_adapters_that_come_and_go(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    with contextlib.ExitStack() as stack:
        environment = stack.enter_context(desktop())
        devices = [stack.enter_context(EchoDevice(tmp_path / f"tty{number}")) for number in range(BRIDGES)]
        ports = prepare(tmp_path / "config", devices)
        program = stack.enter_context(
            running(
                sys.executable, "-m", "serialbridge_gui", "--config-dir", str(tmp_path / "config"), "--resume",
                *arguments, env=environment,
            )
        )  # fmt: skip
        talkers = [Talker(port) for port in ports]
        for talker in talkers:
            stack.callback(talker.stop)
        expires = time.monotonic() + 20
        while not all(talker.lines for talker in talkers):
            assert time.monotonic() < expires, "no traffic"
            time.sleep(0.1)
        assert bool(visible_windows(environment)) is not bool(arguments)
        seen = endure(program, devices, talkers)
        quarter = len(seen) // 4
        early, late = seen[quarter : 2 * quarter], seen[-quarter:]
        for what, name in ((0, "memory"), (1, "descriptors"), (2, "threads")):
            tell(f"{name}: {[figures[what] for figures in seen][:: max(1, len(seen) // 12)]}")
        tell(f"lines echoed: {[talker.lines for talker in talkers]}")
        assert max(each.descriptors for each in late) <= max(each.descriptors for each in early)
        assert max(each.threads for each in late) <= max(each.threads for each in early)
        assert min(each.memory for each in late) - min(each.memory for each in early) <= MAX_GROWTH
        program.send_signal(signal.SIGTERM)
        assert program.wait(4) == 0


def endure(
    program: subprocess.Popen[bytes], devices: list[EchoDevice], talkers: list[Talker]
) -> list[Figures]:
    """Unplug one after the other; what the program costs each time before that."""
    seen: list[Figures] = []
    ends, turn = time.monotonic() + ENDURANCE_S, 0
    while time.monotonic() < ends:
        before = [talker.lines for talker in talkers]
        time.sleep(UNPLUG_EVERY_S - AWAY_S)  # it is the passing of time that is tested
        assert program.poll() is None
        assert all(talker.lines > lines for talker, lines in zip(talkers, before, strict=True)), "one is silent"
        seen.append(Figures(resident_bytes(program.pid), descriptors(program.pid), threads(program.pid)))
        device = devices[turn % len(devices)]
        device.unplug()
        time.sleep(AWAY_S)
        device.plug()
        turn += 1
    return seen
