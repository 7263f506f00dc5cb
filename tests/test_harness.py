"""The tests' own tools: the devices, the processes and the watches of conftest.py."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import serial
from PySide6.QtCore import QObject, QThread, Signal

from tests import processes
from tests.devices import EchoDevice, PtyDevice
from tests.processes import ConsoleBridge, free_port, parse_address, run_console

pytest_plugins = ["pytester"]


@contextmanager
def opened(path: str) -> Iterator[serial.Serial]:
    """A program under test: pyserial, as the bridge uses it."""
    with serial.Serial(path, 115200, exclusive=True, timeout=10, write_timeout=10) as port:
        yield port


# --- Devices ----------------------------------------------------------------------------------------------


def test_bytes_of_every_value_pass_both_ways_unchanged() -> None:
    everything = bytes(range(256)) * 4
    with PtyDevice() as device, opened(device.path) as port:
        device.write(everything)
        assert port.read(len(everything)) == everything
        port.write(everything)
        assert device.read(len(everything)) == everything
        assert device.read_available() == b""


def test_device_knows_when_it_is_opened_and_closed_and_can_be_opened_again() -> None:
    with PtyDevice() as device:
        assert not device.is_open
        for _ in range(2):
            with opened(device.path):
                device.wait_opened()
            device.wait_closed()


def test_what_was_written_to_the_device_is_readable_after_the_program_closed_it() -> None:
    with PtyDevice() as device:
        with opened(device.path) as port:
            port.write(b"last words\n")
        assert device.read_until(b"\n") == b"last words\n"


def test_unplugged_device_hangs_up_and_comes_back_behind_the_same_link(tmp_path: Path) -> None:
    link = tmp_path / "ttyUSB0"
    with PtyDevice(link) as device:
        assert device.path == str(link)
        with opened(device.path) as port:
            device.unplug()
            device.unplug()
            assert not link.is_symlink()
            with pytest.raises(serial.SerialException, match="returned no data"):
                port.read(1)
        device.plug()
        with opened(device.path) as port:
            device.write(b"back")
            assert port.read(4) == b"back"
    assert not link.is_symlink()


def test_echo_device_echoes_again_after_a_replug(tmp_path: Path) -> None:
    with EchoDevice(tmp_path / "ttyUSB0") as device:
        for _ in range(2):
            with opened(device.path) as port:
                port.write(b"ping")
                assert port.read(4) == b"ping"
            device.unplug()
            device.plug()


def test_pump_sends_more_than_the_tty_holds() -> None:
    chunks = [bytes([number]) * 50_000 for number in range(8)]
    with PtyDevice() as device, opened(device.path) as port:
        device.pump(chunks)
        assert port.read(400_000) == b"".join(chunks)
        device.wait_pumped()


def test_pump_that_nobody_reads_ends_with_the_device() -> None:
    with PtyDevice() as device, opened(device.path):
        device.pump(iter(lambda: bytes(4096), b""))
        device.wait_opened()


def test_error_in_the_background_reaches_the_test() -> None:
    def chunks() -> Iterator[bytes]:
        yield b"one"
        raise ValueError("no more")

    with PtyDevice() as device:
        device.pump(chunks())
        with pytest.raises(ValueError, match="no more"):
            device.wait_pumped()


@pytest.mark.parametrize("is_open", [False, True])
def test_read_that_gets_too_little_says_what_it_got(is_open: bool) -> None:
    with PtyDevice() as device, opened(device.path) as port:
        port.write(b"only this")
        if not is_open:
            port.close()
        with pytest.raises(AssertionError, match="9 of 20 bytes; the last: b'only this'"):
            device.read(20, deadline_s=1)


def test_write_that_nobody_reads_says_how_far_it_came() -> None:
    with PtyDevice() as device, pytest.raises(AssertionError, match=r"took \d+ of 1000000 bytes"):
        device.write(bytes(1_000_000), deadline_s=0.05)


# --- Processes --------------------------------------------------------------------------------------------

STAND_IN = """
import json, signal, sys
signal.signal(signal.SIGTERM, lambda *_: (print('{"event": "stopped", "time": 3}', flush=True), sys.exit(0)))
print('{"event": "listening", "time": 1, "host": "::1", "port": 4001}', flush=True)
print('{"event": "device_lost", "time": 2, "device": "x", "reason": "unplugged"}', flush=True)
print("for a person", file=sys.stderr, flush=True)
signal.pause()
"""


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Puts a small script in the console program's place; the script is its first argument."""
    monkeypatch.setattr(processes, "console_command", lambda script, *_: [sys.executable, "-c", script])


@pytest.mark.usefixtures("stand_in")
def test_console_bridge_gives_address_events_messages_and_exit_code() -> None:
    with ConsoleBridge(STAND_IN, "--json") as bridge:
        assert bridge.wait_listening() == ("::1", 4001)
        assert bridge.wait_event("device_lost")["reason"] == "unplugged"
        assert bridge.wait_stderr("person") == "for a person"
        assert bridge.stop(signal.SIGTERM) == 0
        assert [event["event"] for event in bridge.events()] == ["listening", "device_lost", "stopped"]


@pytest.mark.usefixtures("stand_in")
def test_console_bridge_reads_the_address_of_the_first_line() -> None:
    with ConsoleBridge("print('listening on [::1]:4001')") as bridge:
        assert bridge.wait_listening() == ("::1", 4001)
        assert bridge.wait_exit() == 0


@pytest.mark.usefixtures("stand_in")
def test_program_that_dies_early_shows_its_exit_code_and_error_at_once() -> None:
    start = time.monotonic()
    with ConsoleBridge("import sys; sys.exit('no such port')") as bridge:
        with pytest.raises(AssertionError, match=r"exited with 1(.|\n)*no such port"):
            bridge.wait_listening(deadline_s=60)
        assert time.monotonic() - start < 30


@pytest.mark.usefixtures("stand_in")
def test_program_that_does_not_stop_fails_its_test_and_is_killed() -> None:
    deaf = "from signal import *; signal(SIGTERM, SIG_IGN); print('up', flush=True); pause()"
    with ConsoleBridge(deaf) as bridge:
        bridge.wait_line("up")
        with pytest.raises(AssertionError, match=r"no exit within 0\.1 s"):
            bridge.stop(deadline_s=0.1)
    assert bridge.process.returncode < 0, "ended by a signal"


@pytest.mark.usefixtures("stand_in")
def test_finished_program_is_returned_with_its_output() -> None:
    done = run_console("import sys; print('out'); sys.exit('bad')")
    assert (done.returncode, done.stdout, done.stderr) == (1, "out\n", "bad\n")


def test_free_port_can_be_listened_on() -> None:
    with socket.create_server(("127.0.0.1", free_port())) as server:
        assert parse_address(f"127.0.0.1:{server.getsockname()[1]}") == server.getsockname()


# --- The watches of conftest.py ---------------------------------------------------------------------------


def run_inner_tests(pytester: pytest.Pytester, source: str) -> pytest.RunResult:
    """`source` run by a pytest of its own, with this project's conftest.py and settings."""
    root = Path(__file__).resolve().parent.parent
    pytester.makeconftest((root / "tests" / "conftest.py").read_text(encoding="utf-8"))
    pytester.makepyprojecttoml((root / "pyproject.toml").read_text(encoding="utf-8"))
    return pytester.runpytest_subprocess(pytester.makepyfile(source))


def test_stray_warning_fails_a_test_and_an_expected_one_does_not(pytester: pytest.Pytester) -> None:
    result = run_inner_tests(
        pytester,
        """
        import logging
        import pytest

        def test_stray():
            logging.getLogger("a.b").warning("surprise %d", 1)

        def test_expected(expect_log):
            with expect_log("^surprise", logging.WARNING, "a") as records:
                logging.getLogger("a.b").warning("surprise %d", 2)
            assert len(records) == 1

        def test_harmless():
            logging.getLogger("a.b").info("nothing")

        def test_other_than_expected(expect_log):
            with expect_log("right"):
                logging.error("right, but worse")
                logging.warning("right")

        def test_expected_but_absent(expect_log):
            with expect_log("never"):
                pass
        """,
    )
    result.assert_outcomes(passed=4, errors=2, failed=1)
    result.stdout.fnmatch_lines(["*WARNING a.b: surprise 1", "*ERROR root: right, but worse"])
    result.stdout.fnmatch_lines(["*no WARNING record matching 'never' was logged"])


def test_thread_left_over_fails_a_test_and_one_that_ends_does_not(pytester: pytest.Pytester) -> None:
    result = run_inner_tests(
        pytester,
        """
        import threading
        from PySide6.QtCore import QThread

        release = threading.Event()
        running = threading.Event()

        class Waiting(QThread):
            def run(self):
                running.set()
                release.wait()

        def test_thread():
            threading.Thread(target=release.wait, name="forgotten", daemon=True).start()

        def test_qthread():
            global thread
            thread = Waiting()
            thread.start()
            running.wait()

        def test_ending_ones():
            release.set()
            thread.wait()
            threading.Thread(target=threading.Event().wait, args=[0.2]).start()
        """,
    )
    result.assert_outcomes(passed=3, errors=2)
    result.stdout.fnmatch_lines(["*left over: forgotten at", "*left over: *QThread at"])


def test_qt_warning_fails_a_test_and_harmless_ones_do_not(pytester: pytest.Pytester) -> None:
    result = run_inner_tests(
        pytester,
        """
        from PySide6.QtCore import QTimer, qDebug, qWarning
        from PySide6.QtWidgets import QWidget

        def test_warning(qtbot):
            qWarning("trouble")

        def test_debug(qtbot):
            qDebug("left in")

        def test_offscreen_windows_say_nothing_that_fails(qtbot):
            window = QWidget()
            qtbot.addWidget(window)
            window.resize(300, 200)
            window.show()
            qtbot.waitExposed(window)
            window.resize(400, 300)
            window.raise_()
            window.activateWindow()
            window.setMinimumSize(100, 100)
            window.grab()
        """,
    )
    result.assert_outcomes(passed=1, failed=2)


class Worker(QThread):
    started_running = Signal(int)

    def __init__(self, release: threading.Event, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._release = release

    def run(self) -> None:
        self.started_running.emit(threading.get_native_id())
        self._release.wait(10)


def test_qthread_that_was_waited_for_is_not_left_over() -> None:
    release = threading.Event()
    worker = Worker(release)
    worker.start()
    release.set()
    assert worker.wait(10_000)


def test_name_of_an_unplugged_device_is_given_to_no_other_while_the_test_lasts() -> None:
    with PtyDevice() as device:
        name = device.tty_name
        device.unplug()
        others = [os.openpty() for _ in range(3)]
        assert name not in [os.ttyname(tty_fd) for _, tty_fd in others]
        for pair in others:
            for fd in pair:
                os.close(fd)
