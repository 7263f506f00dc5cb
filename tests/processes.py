"""The console program as other people's scripts see it: a real process, its output, its exit code.

    with ConsoleBridge("run", device.path, "--listen", "127.0.0.1:0", "--json") as bridge:
        host, port = bridge.wait_listening()
        ...
        bridge.wait_event("client_connected")
        assert bridge.stop() == 0

Every wait has a deadline and raises an AssertionError with what the program has said so far.
"""

from __future__ import annotations

import atexit
import functools
import itertools
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

ROOT = Path(__file__).resolve().parent.parent

DEADLINE_S = 60.0
"""How long a test waits for the program (chosen: importing PySide6 takes seconds on a busy machine, and a machine that
stands still takes some more)."""

KILL_WAIT_S = 30.0

PATIENCE = ROOT / "tests" / "patience"
"""On the path of a program it makes that wait for long where else it would give up; see sitecustomize.py there."""

SESSION = os.environ.get("XDG_RUNTIME_DIR")

PORTS = range(20_000, 32_000)
"""For listeners of tests. None of those that systems give to clients (from 32768 on): another test's client would have
it before long."""
PORTS_OF_ONE = 1000
"""So many of them are one test worker's own."""


def console_command(*args: str) -> list[str]:
    return [sys.executable, "-m", "serialbridge_gui.cli", *args]


@functools.cache
def _runtime_folder() -> str:
    """Where the programs of this worker's tests find each other, and neither others' nor those that the user runs."""
    folder = tempfile.mkdtemp(prefix="sb", dir="/tmp" if os.name == "posix" else None)  # a socket's name is short
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def console_environment(*, hasty: Sequence[str] = ()) -> dict[str, str]:
    """This environment, with the checkout's package found from any folder, and English on any system.

    The program waits for others much longer than it does for users; not so its modules that are `hasty`, without the
    package's name: where a test is about such a wait.
    """
    paths = [str(PATIENCE), str(ROOT), os.environ.get("PYTHONPATH", "")]
    language = {"LC_ALL": os.environ.get("TEST_LANGUAGE", "C.UTF-8")}
    if os.environ.get("XDG_RUNTIME_DIR") == SESSION:  # else a test has chosen one
        language["XDG_RUNTIME_DIR"] = _runtime_folder()
    own = {"PYTHONPATH": os.pathsep.join(filter(None, paths)), "PYTHONUTF8": "1", "TEST_HASTY": " ".join(hasty)}
    return {**os.environ, **language, **own}


def run_console(*args: str, deadline_s: float = DEADLINE_S) -> subprocess.CompletedProcess[str]:
    """The finished program, for verbs and mistakes that end by themselves: `.returncode .stdout .stderr`."""
    return subprocess.run(
        console_command(*args),
        env=console_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=deadline_s,
        check=False,
    )


def start_hand_over(file: Path, config_dir: Path) -> subprocess.Popen[bytes]:
    """A program that hands a profile's file to the window of `config_dir`; it ends with 0 if there is one, with
    3 if not, with 4 if it is silent.

    Not a thread: Qt's waiting calls hold the interpreter.
    """
    script = (
        "import sys; from pathlib import Path\n"
        "from serialbridge_gui.handover import Outcome, hand_over; from serialbridge_gui.request import Request\n"
        "outcome = hand_over(Request(file=sys.argv[1]), Path(sys.argv[2]))\n"
        "sys.exit({Outcome.TAKEN: 0, Outcome.NOBODY: 3, Outcome.SILENT: 4}[outcome])"
    )
    command = [sys.executable, "-c", script, str(file.absolute()), str(config_dir)]
    return subprocess.Popen(command, env=console_environment(), stdin=subprocess.DEVNULL)


def ports_of_this_worker() -> range:
    """Where pytest-xdist runs several: those that no other gives to its tests."""
    number = int("".join(filter(str.isdigit, os.environ.get("PYTEST_XDIST_WORKER", ""))) or 0)
    first = PORTS.start + number * PORTS_OF_ONE % len(PORTS)
    return range(first, first + PORTS_OF_ONE)


_next_ports = itertools.cycle(ports_of_this_worker())
for _ in range(random.randrange(PORTS_OF_ONE)):  # another run of the tests at the same time begins elsewhere
    next(_next_ports)


def free_port(host: str = "127.0.0.1") -> int:
    """A port that nobody listens on now, and that was not given before. Where the program can choose,
    `--listen HOST:0` is safer.
    """
    for port in _next_ports:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe, suppress(OSError):
            probe.bind((host, port))
            return port
    raise AssertionError("they go round")


def parse_address(text: str) -> tuple[str, int]:
    """`HOST:PORT` or `[IPv6]:PORT`, taken apart."""
    host, _, port = text.rpartition(":")
    return host.strip("[]"), int(port)


class ConsoleBridge:
    """A running `python -m serialbridge_gui.cli ARGS`; killed, this process alone, where the block ends."""

    def __init__(
        self, *args: str, deadline_s: float = DEADLINE_S, within: Sequence[str] = (), hasty: Sequence[str] = ()
    ) -> None:
        """`within`: a command that becomes the one after it, such as `ip netns exec NAME`. `hasty`: as in
        `console_environment`.
        """
        self.args = args
        self.within = within
        self.hasty = hasty
        self.deadline_s = deadline_s
        self.stdout_lines: list[str] = []
        self.stderr_lines: list[str] = []
        self._changed = threading.Condition()
        self._events: list[dict[str, Any]] = []  # of the stdout_lines that `events` has parsed
        self._process: subprocess.Popen[str] | None = None
        self._readers: list[threading.Thread] = []

    def __enter__(self) -> Self:
        flags = 0
        if sys.platform == "win32":
            flags = subprocess.CREATE_NEW_PROCESS_GROUP  # else the interrupt of `stop` reaches the tests too
        self._process = subprocess.Popen(
            [*self.within, *console_command(*self.args)],
            env=console_environment(hasty=self.hasty),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            creationflags=flags,
        )
        self._read(self._process.stdout, self.stdout_lines, "console-stdout")
        self._read(self._process.stderr, self.stderr_lines, "console-stderr")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(KILL_WAIT_S)
        self._join_readers()

    @property
    def process(self) -> subprocess.Popen[str]:
        assert self._process is not None, "use ConsoleBridge in a with statement"
        return self._process

    @property
    def pid(self) -> int:
        return self.process.pid

    # --- What it says ------------------------------------------------------------------------------------

    def wait_listening(self, deadline_s: float | None = None) -> tuple[str, int]:
        """The address really bound, from the first line or, with --json, the `listening` event."""
        if "--json" in self.args:
            event = self.wait_event("listening", deadline_s=deadline_s)
            return event["host"], event["port"]
        line = self.wait_line("", deadline_s=deadline_s)
        assert line.startswith("listening on "), f"the first line is {line!r}.{self.said()}"
        return parse_address(line.removeprefix("listening on "))

    def wait_line(self, start: str, n: int = 1, deadline_s: float | None = None) -> str:
        """The n-th line on standard output (from 1) that starts so."""

        def found() -> list[str]:
            return [line for line in self.stdout_lines if line.startswith(start)]

        self._wait(lambda: len(found()) >= n, f"line {n} that starts with {start!r}", deadline_s)
        return found()[n - 1]

    def events(self, name: str = "") -> list[dict[str, Any]]:
        """The events so far (--json), all or those of one name. Every line must be an object."""
        with self._changed:
            for line in self.stdout_lines[len(self._events) :]:
                self._events.append(json.loads(line))
            return [each for each in self._events if not name or each["event"] == name]

    def wait_event(self, name: str, n: int = 1, deadline_s: float | None = None) -> dict[str, Any]:
        """The n-th event of that name (from 1)."""
        self._wait(lambda: len(self.events(name)) >= n, f"event {name!r} number {n}", deadline_s)
        return self.events(name)[n - 1]

    def wait_stderr(self, text: str, deadline_s: float | None = None) -> str:
        """The first line on standard error with `text` in it."""

        def found() -> list[str]:
            return [line for line in self.stderr_lines if text in line]

        self._wait(lambda: bool(found()), f"{text!r} on standard error", deadline_s)
        return found()[0]

    def said(self) -> str:
        """What the program has said and whether it still runs: the second half of an assertion's message."""
        code = self.process.poll()
        state = "it still runs" if code is None else f"it exited with {code}"
        out, err = "\n".join(self.stdout_lines[-40:]), "\n".join(self.stderr_lines[-40:])
        return f" The program: {' '.join(self.args)}; {state}.\n--- stdout\n{out}\n--- stderr\n{err}"

    # --- How it ends -------------------------------------------------------------------------------------

    def stop(self, number: int = signal.SIGTERM, deadline_s: float | None = None) -> int:
        """Send the signal (on Windows always Ctrl+Break) and return the exit code."""
        if self.process.poll() is None:
            if sys.platform == "win32":
                number = signal.CTRL_BREAK_EVENT
            self.process.send_signal(number)
        return self.wait_exit(deadline_s)

    def wait_exit(self, deadline_s: float | None = None) -> int:
        """The exit code; all output has been read by then."""
        deadline_s = self.deadline_s if deadline_s is None else deadline_s
        try:
            code = self.process.wait(deadline_s)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"no exit within {deadline_s:g} s.{self.said()}") from None
        self._join_readers()
        return code

    # --- Below -------------------------------------------------------------------------------------------

    def _wait(self, condition: Callable[[], bool], what: str, deadline_s: float | None) -> None:
        expires = time.monotonic() + (self.deadline_s if deadline_s is None else deadline_s)
        with self._changed:
            while not condition():
                left_s = expires - time.monotonic()
                # Without readers no more lines can come: don't wait out the deadline of a dead program.
                ended = not any(thread.is_alive() for thread in self._readers)
                if (ended and not condition()) or left_s <= 0:
                    if ended:  # its pipes are closed, so it is about to exit: the message wants the code
                        with suppress(subprocess.TimeoutExpired):
                            self.process.wait(KILL_WAIT_S)
                    raise AssertionError(f"no {what}.{self.said()}")
                self._changed.wait(min(left_s, 0.5))

    def _read(self, pipe: IO[str] | None, lines: list[str], name: str) -> None:
        assert pipe is not None

        def read() -> None:
            with pipe:
                for line in pipe:
                    with self._changed:
                        lines.append(line.rstrip("\r\n"))
                        self._changed.notify_all()
            with self._changed:
                self._changed.notify_all()

        thread = threading.Thread(target=read, name=name, daemon=True)
        self._readers.append(thread)
        thread.start()

    def _join_readers(self) -> None:
        for thread in self._readers:
            thread.join(KILL_WAIT_S)
