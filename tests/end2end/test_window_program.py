"""The window program as a person or a service manager starts it: a real process, ended by SIGTERM."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from serialbridge_gui import __version__
from serialbridge_gui.engine.running_programs import running_bridges
from serialbridge_gui.profile import ListenAddress, Profile, SerialSettings
from serialbridge_gui.profile_store import ProfileStore
from tests.engine.sharing import runtime_folder
from tests.processes import console_environment, free_port

START_S = 120.0
"""Importing PySide6 on a busy machine takes seconds, and a machine that stands still takes some more."""
READING_S = 60.0
ENDS_WITHIN_S = 60.0
"""An idle machine takes 0.1 to 0.3 s (measured); on a busy one only a hang is told from slowness."""


@contextmanager
def program(config_dir: Path, *arguments: str, hasty: Sequence[str] = ()) -> Iterator[subprocess.Popen[str]]:
    """The running program; killed, this process alone, where the block ends. `hasty`: as in `console_environment`."""
    with subprocess.Popen(
        [sys.executable, "-m", "serialbridge_gui", "--config-dir", str(config_dir), *arguments],
        env={**console_environment(hasty=hasty), "QT_QPA_PLATFORM": "offscreen"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def save_profile(config_dir: Path, name: str, device: str = "sim://talker") -> int:
    """A profile on disk, and the port it listens on."""
    port = free_port()
    serial = SerialSettings(device=device)
    ProfileStore(config_dir).save(Profile(name=name, serial=serial, listen=ListenAddress(port=port)))
    return port


def connect(process: subprocess.Popen[str], port: int) -> socket.socket:
    """A client, as soon as the program listens."""
    expires = time.monotonic() + START_S
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=READING_S)
        except ConnectionRefusedError:
            assert process.poll() is None, f"it ended with {process.returncode}"
            assert time.monotonic() < expires, "nothing listens"
            time.sleep(0.02)  # nothing to wait on in another process


def end(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Its exit code after SIGTERM, and what it wrote on standard error."""
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=ENDS_WITHIN_S)
    harmless = "This plugin does not support "  # of the offscreen platform, as in pyproject.toml
    return process.returncode, "\n".join(line for line in said.splitlines() if not line.startswith(harmless))


needs_sigterm = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to send")


@needs_sigterm
def test_demo_gives_a_reading_and_ends_at_sigterm(tmp_path: Path) -> None:
    port = save_profile(tmp_path, "Demo")  # its device is that of the demo: --demo takes it
    with program(tmp_path, "--demo") as process, connect(process, port) as client:
        assert client.recv(100).startswith(b"n=")
        assert end(process) == (0, "")
        while client.recv(65536):
            pass  # up to the end of the stream


@needs_sigterm
def test_demo_on_an_empty_folder_makes_its_profile(tmp_path: Path) -> None:
    with program(tmp_path, "--demo") as process:
        expires = time.monotonic() + START_S
        while not (found := list((tmp_path / "profiles").glob("*.json"))):
            assert process.poll() is None
            assert time.monotonic() < expires, "no profile is saved"
            time.sleep(0.02)
        profile = ProfileStore(tmp_path).load().profiles[0]
        with connect(process, profile.listen.port) as client:
            assert client.recv(100).startswith(b"n=")
        assert end(process) == (0, "")
    assert len(found) == 1
    assert profile.serial.device == "sim://talker"


@needs_sigterm
def test_profile_by_name_is_started(tmp_path: Path) -> None:
    save_profile(tmp_path, "Another")
    port = save_profile(tmp_path, "Weigh scale 秤", "sim://echo")
    with program(tmp_path, "--profile", "Weigh scale 秤", "--start") as process:
        with connect(process, port) as client:
            client.sendall(b"hello")
            assert client.recv(100) == b"hello"
        assert end(process) == (0, "")


@needs_sigterm
@pytest.mark.skipif(not Path("/proc/self/net/unix").exists(), reason="only Linux tells what a process holds")
def test_unknown_profile_is_not_fatal(tmp_path: Path) -> None:
    save_profile(tmp_path, "Another")
    with program(tmp_path, "--profile", "nobody", "--start") as process:
        wait_for_window(process)
        assert end(process) == (0, "")


def wait_for_window(process: subprocess.Popen[str]) -> None:
    """Until SIGTERM no longer kills it, which is when it has put its own handler in."""
    expires = time.monotonic() + START_S
    while True:
        assert process.poll() is None
        status = Path(f"/proc/{process.pid}/status").read_text()
        caught = re.search(r"^SigCgt:\s*([0-9a-f]+)$", status, re.MULTILINE)
        if caught and int(caught[1], 16) & (1 << (signal.SIGTERM - 1)):
            return
        assert time.monotonic() < expires, "no handler for SIGTERM"
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("argument", "expected"), [("--version", f"SerialBridge {__version__}"), ("--help", "--config-dir DIR")]
)
def test_version_and_help_need_no_display(tmp_path: Path, argument: str, expected: str) -> None:
    environment = {**console_environment(), "QT_QPA_PLATFORM": "no-such-platform"}
    done = subprocess.run(
        [sys.executable, "-m", "serialbridge_gui", argument],
        env=environment, capture_output=True, encoding="utf-8", timeout=START_S, check=False, cwd=os.fspath(tmp_path),
    )  # fmt: skip
    assert done.returncode == 0
    assert expected in done.stdout
    assert done.stderr == ""


def test_unknown_option_is_refused(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "serialbridge_gui", "--no-such-option"],
        env=console_environment(), capture_output=True, encoding="utf-8", timeout=START_S, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "--no-such-option" in done.stderr


@needs_sigterm
def test_wireshark_finds_the_bridges_that_run_and_nothing_is_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with runtime_folder(monkeypatch) as folder:
        save_profile(tmp_path, "Scale")
        with program(tmp_path, "--profile", "Scale", "--start") as process:
            expires = time.monotonic() + START_S
            while [bridge.name for bridge in running_bridges()] != ["Scale"]:
                assert time.monotonic() < expires, "the bridge is not found"
                time.sleep(0.02)  # nothing to wait on in another process
            assert end(process) == (0, "")
        assert list((folder / "serialbridge").iterdir()) == []


@needs_sigterm
def test_crash_leaves_a_report_for_the_next_start_and_a_good_end_none(tmp_path: Path) -> None:
    port = save_profile(tmp_path, "Demo")
    with program(tmp_path, "--demo") as process, connect(process, port):
        process.send_signal(signal.SIGSEGV)
        assert process.wait(ENDS_WITHIN_S) == -signal.SIGSEGV
    assert "Fatal Python error" in (tmp_path / "log" / "fatal-1.txt").read_text("utf-8")
    with program(tmp_path, "--demo") as process, connect(process, port):
        expires = time.monotonic() + START_S
        while not (told := list((tmp_path / "log").glob("seen-*.txt"))):
            assert time.monotonic() < expires, "nobody is told"
            time.sleep(0.02)
        assert end(process) == (0, "")
    assert "Segmentation fault" in told[0].read_text("utf-8")
    assert not (tmp_path / "log" / "fatal-1.txt").exists()
    log = (tmp_path / "log" / "program-1.log").read_text("utf-8")
    assert log.count("begins: SerialBridge") == 2
    assert log.count("] ends\n") == 1
    assert "Demo: Listening(" in log
