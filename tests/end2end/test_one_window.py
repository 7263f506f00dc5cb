"""Several starts of the window program on one folder of profiles: one window, and nobody locked out. Real processes."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from serialbridge_gui.profile_store import ProfileStore
from serialbridge_gui.request import server_name
from tests.end2end.test_window_program import connect, end, needs_sigterm, program, save_profile, wait_for_window
from tests.engine.sharing import runtime_folder
from tests.processes import run_console

pytestmark = needs_sigterm
DEADLINE_S = 120.0


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Locks in a folder of the test's own."""
    with runtime_folder(monkeypatch) as folder:
        yield folder / "serialbridge"


def until(condition: Callable[[], object], what: str) -> None:
    expires = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < expires, what
        time.sleep(0.02)  # nothing to wait on in another process


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_for_requests(config_dir: Path, other_than: int = 0) -> int:
    """Until a window listens for those who start later; the inode of its socket, by which another is told from it."""
    until(lambda: socket_of_window(config_dir) not in (0, other_than), "a window takes requests")
    return socket_of_window(config_dir)


def socket_of_window(config_dir: Path) -> int:
    try:
        return Path(tempfile.gettempdir(), server_name(config_dir)).stat().st_ino
    except FileNotFoundError:
        return 0


def handed_over(process: subprocess.Popen[str]) -> None:
    """It ends by itself, well, and without a word."""
    out, said = process.communicate(timeout=DEADLINE_S)
    assert (process.returncode, out, said) == (0, "", "")


def test_second_start_hands_all_it_asks_for_to_the_first_and_ends(tmp_path: Path) -> None:
    port = save_profile(tmp_path, "Scale", "sim://echo")
    with program(tmp_path) as first:
        wait_for_window(first)
        with program(tmp_path) as second:
            handed_over(second)
        with program(tmp_path, "--profile", "Scale", "--start", "--minimized") as second:
            handed_over(second)
        with connect(first, port) as client:
            client.sendall(b"hello")
            assert client.recv(100) == b"hello"
        file = tmp_path / "Plc.serialbridge"
        ProfileStore(tmp_path).export(ProfileStore(tmp_path).load().profiles[0].changed(name="Plc"), file)
        assert run_console("profiles", "import", str(file), "--config-dir", str(tmp_path)).returncode == 0
        with program(tmp_path, "--profile", "Plc") as second:  # added while the window was open
            handed_over(second)
        with program(tmp_path / "others", "--minimized") as other:  # other profiles, another window
            wait_for_window(other)
            assert end(other) == (0, "")
        assert end(first) == (0, "")
    assert [profile.name for profile in ProfileStore(tmp_path).load().profiles] == ["Plc", "Scale"]


def test_starts_at_the_same_moment_make_one_window(tmp_path: Path, alone: Path) -> None:
    port = save_profile(tmp_path, "Demo")
    with program(tmp_path, "--demo") as one, program(tmp_path, "--demo") as two, program(tmp_path, "--demo") as three:
        until(lambda: sum(each.poll() is None for each in (one, two, three)) == 1, "two of them hand over")
        (window,) = (each for each in (one, two, three) if each.poll() is None)
        assert all(each.returncode == 0 for each in (one, two, three) if each is not window)
        connect(window, port).close()
        assert end(window) == (0, "")
    assert len(ProfileStore(tmp_path).load().profiles) == 1
    assert not list(alone.glob("*.lock"))


def test_killed_window_locks_nobody_out(tmp_path: Path, alone: Path) -> None:
    port = save_profile(tmp_path, "Demo")
    with program(tmp_path) as first:
        wait_for_window(first)
        first.kill()
    with program(tmp_path, "--demo") as second:
        connect(second, port).close()
        (lock,) = alone.glob("*.lock")
        assert int(lock.read_text().split()[0]) == second.pid  # it has taken the dead one's place
        assert end(second) == (0, "")


def test_window_that_hangs_locks_nobody_out_and_later_starts_find_the_living_one(tmp_path: Path) -> None:
    port = save_profile(tmp_path, "Scale", "sim://echo")
    with program(tmp_path) as hung:
        asked_at = wait_for_requests(tmp_path)
        hung.send_signal(signal.SIGSTOP)
        with program(tmp_path, hasty=["handover"]) as second:
            wait_for_requests(tmp_path, other_than=asked_at)
            with program(tmp_path, "--profile", "Scale", "--start") as third:
                handed_over(third)
            connect(second, port).close()
            assert end(second) == (0, "")
        hung.send_signal(signal.SIGCONT)
        assert end(hung) == (0, "")


def test_start_while_the_first_ends_opens_the_next_window(tmp_path: Path) -> None:
    port = save_profile(tmp_path, "Scale", "sim://echo")
    save_profile(tmp_path, "Demo")  # else its port would be one that anybody may have
    with program(tmp_path, "--demo") as first:
        wait_for_window(first)
        first.send_signal(signal.SIGTERM)
        with program(tmp_path, "--profile", "Scale", "--start") as second:
            connect(second, port).close()
            assert first.wait(DEADLINE_S) == 0
            assert second.poll() is None
            assert end(second) == (0, "")


def test_no_place_for_a_lock_is_no_obstacle(tmp_path: Path, alone: Path) -> None:
    alone.parent.joinpath("serialbridge").write_text("a file in its place")
    script = (
        "from pathlib import Path; from serialbridge_gui.one_instance import claim\n"
        "from serialbridge_gui.engine import running_programs; from serialbridge_gui.request import Request\n"
        f"running_programs.folders = lambda: [Path({str(alone)!r})]\n"
        f"print(claim(Request(), Path({str(tmp_path)!r})) is not None)"
    )
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE_S, check=True)
    assert done.stdout == "True\n"
