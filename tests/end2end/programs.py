"""Other people's programs, which know nothing of this one: found, run to their end, or used in a terminal.

    @needs("telnet", "inetutils-telnet")
    def test_...() -> None:
        with InTerminal("telnet", host, str(port)) as telnet:
            telnet.screen.write(b"hello\\r")             # typed
            telnet.screen.read_until(b"hello to you\\n")  # shown

A test whose program is missing is skipped with the line that installs it.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

from tests.devices import PtyDevice

DEADLINE_S = 60.0
"""How long a program may take for what a test asks of it (chosen: far above what a busy CI machine needs)."""

END_WAIT_S = 30.0

SYSTEM_PYTHON = "/usr/bin/python3"
"""The one that finds what Debian's python3-… packages hold."""


def path_of(program: str) -> str | None:
    """Where it is; daemons are not on everybody's PATH."""
    return shutil.which(program, path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")


def needs(program: str, package: str = "") -> pytest.MarkDecorator:
    """Skips a test where `program` is missing; `package` is Debian's, if its name is another."""
    how = f"apt-get install {package or program}"
    return pytest.mark.skipif(path_of(program) is None, reason=f"{program} is not installed: {how}")


def needs_module(module: str, how: str) -> pytest.MarkDecorator:
    """Skips a test where this Python has no such module; `how` installs it."""
    missing = importlib.util.find_spec(module) is None
    return pytest.mark.skipif(missing, reason=f"{module} is not installed: {how}")


def needs_system_module(module: str, package: str) -> pytest.MarkDecorator:
    """Skips a test where the system's Python has no such module."""
    probe = [SYSTEM_PYTHON, "-c", f"import importlib.util as u; raise SystemExit(u.find_spec({module!r}) is None)"]
    there = sys.platform == "linux" and Path(SYSTEM_PYTHON).exists()
    missing = not there or subprocess.run(probe, check=False, timeout=DEADLINE_S).returncode != 0
    return pytest.mark.skipif(missing, reason=f"{module} is not installed: apt-get install {package}")


def said_by(*command: str, deadline_s: float = DEADLINE_S) -> str:
    """All that the program said, once it has ended well. Raises AssertionError: it has not."""
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            encoding="utf-8", errors="replace", timeout=deadline_s, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        said = (error.stdout or b"").decode(errors="replace")
        raise AssertionError(f"{command[0]} did not end within {deadline_s:g} s. It said:\n{said[-4000:]}") from None
    assert done.returncode == 0, f"{' '.join(command)} exited with {done.returncode}:\n{done.stdout[-4000:]}"
    return done.stdout


@contextmanager
def in_background(*command: str, environment: Mapping[str, str] | None = None) -> Iterator[subprocess.Popen[str]]:
    """The running program; its standard output is a pipe. Ended, this process alone, where the block ends."""
    with subprocess.Popen(
        command, env={**os.environ, **(environment or {})}, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            end(process)


def end(process: subprocess.Popen[str]) -> None:
    """Ask it to end, and if it does not, make it."""
    process.terminate()
    try:
        process.wait(END_WAIT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(END_WAIT_S)


class InTerminal:
    """A program that a person uses, with a terminal of its own, `screen`: write what is typed, read what is shown."""

    def __init__(self, *command: str) -> None:
        self.command = command
        self.screen = PtyDevice(deadline_s=DEADLINE_S)
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self.screen.plug()
        terminal = os.open(self.screen.path, os.O_RDWR | os.O_NOCTTY)
        try:
            self._process = subprocess.Popen(
                self.command, stdin=terminal, stdout=terminal, stderr=terminal, text=True,
                env={**os.environ, "PYTHONUTF8": "1"},
            )  # fmt: skip
        finally:
            os.close(terminal)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process is not None
        end(self._process)
        self.screen.unplug()

    def wait_exit(self) -> int:
        """Its exit code, once it has ended by itself."""
        assert self._process is not None
        return self._process.wait(DEADLINE_S)
