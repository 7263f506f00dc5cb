"""A guest of QEMU that echoes its first serial port, without KVM; and processes that only look like guests.

    with EchoGuest(tmp_path, arguments, name="win10") as guest:   # booted after a tenth of a second
        device.write(b"?")
        assert device.read(1) == b"?"
        guest.monitor("chardev-change com0 null")
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, NamedTuple, Self

import pytest

from serialbridge_gui.profile import join_address
from tests.processes import run_console

DEADLINE_S = 60.0
QEMU = shutil.which("qemu-system-x86_64")
needs_qemu = pytest.mark.skipif(QEMU is None, reason="QEMU is missing; on Debian: apt-get install qemu-system-x86")

ECHO = bytes.fromhex(
    "BAFD03 EC A801 74FB"  # wait: is there a byte? (line status register, 3FD)
    "BAF803 EC 88C3"  # read it (3F8)
    "BAFD03 EC A820 74FB"  # wait: can one be sent?
    "BAF803 88D8 EE EBE2"  # write it, begin again
)
BOOT_SECTOR_BYTES: Final = 512
MACHINE = ("-machine", "pc,accel=tcg", "-m", "16", "-display", "none", "-monitor", "none", "-nodefaults")


def boot_sector(path: Path) -> Path:
    """A disk whose only program echoes COM1."""
    path.write_bytes(ECHO.ljust(BOOT_SECTOR_BYTES - 2, b"\0") + b"\x55\xaa")
    return path


class Printed(NamedTuple):
    """What `serialbridge vm` prints for the QEMU that is installed and a bridge at this port of this machine."""

    port: int
    lines: list[str]


def printed(address: tuple[str, int]) -> Printed:
    """Ask the program."""
    done = run_console("vm", join_address(*address), "--for", "qemu")
    assert done.returncode == 0, done.stderr
    return Printed(address[1], done.stdout.splitlines())


def printed_arguments(printed: Printed) -> list[str]:
    """Those of a new guest: the whole line, as a shell takes it."""
    (line,) = [line for line in printed.lines if not line.startswith("#")]
    return shlex.split(line)


def printed_command(printed: Printed) -> str:
    """The line for the monitor of a running guest."""
    (line,) = [line for line in printed.lines if line.startswith("# chardev-change ")]
    return line.removeprefix("# ")


class Guest:
    """A running QEMU with these arguments; ended where the block ends."""

    def __init__(self, folder: Path, arguments: Sequence[str], *, name: str = "") -> None:
        """`folder` gets its monitor's socket, whose path may have 107 bytes."""
        assert QEMU is not None
        self._socket_path = folder / "qmp"
        naming = ("-name", name) if name else ()
        monitor = ("-qmp", f"unix:{self._socket_path},server=on,wait=off")
        self.command = [QEMU, *naming, *monitor, *arguments]
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            self.command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, encoding="utf-8"
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process is not None
        if self._process.poll() is None:
            self._process.kill()
        self._process.communicate(timeout=DEADLINE_S)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def running(self) -> bool:
        """Whether it has not ended."""
        return self._process is not None and self._process.poll() is None

    def pause(self) -> None:
        """Let it do nothing more until it is killed; its connections stay."""
        os.kill(self.pid, signal.SIGSTOP)

    def wait_ended(self) -> str:
        """What it said when it ended by itself."""
        assert self._process is not None
        return self._process.communicate(timeout=DEADLINE_S)[1]

    def monitor(self, line: str) -> str:
        """The answer to a line of QEMU's human monitor."""
        expires = time.monotonic() + DEADLINE_S
        with socket.socket(socket.AF_UNIX) as sock:
            sock.settimeout(DEADLINE_S)
            while True:
                try:
                    sock.connect(str(self._socket_path))
                    break
                except (FileNotFoundError, ConnectionRefusedError):
                    assert self.running(), "QEMU has ended"
                    assert time.monotonic() < expires, "QEMU has no monitor"
                    time.sleep(0.005)
            with sock.makefile("rw", encoding="utf-8") as stream:
                json.loads(stream.readline())  # its greeting
                _ask(stream, "qmp_capabilities")
                return str(_ask(stream, "human-monitor-command", **{"command-line": line}))


def _ask(stream: Any, command: str, **arguments: str) -> Any:
    stream.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
    stream.flush()
    while True:
        answer = json.loads(stream.readline())
        assert "error" not in answer, answer
        if "return" in answer:
            return answer["return"]


class EchoGuest(Guest):
    """A guest that sends back each byte of its first serial port, once it has booted."""

    def __init__(self, folder: Path, arguments: Sequence[str], *, name: str = "") -> None:
        disk = boot_sector(folder / "echo.img")
        super().__init__(folder, [*MACHINE, "-drive", f"file={disk},format=raw", *arguments], name=name)


class StandIn:
    """A process that is called like a hypervisor's and connects, or listens; it echoes until the block ends."""

    CODE = (
        "import socket, sys\n"
        "address = sys.argv[1], int(sys.argv[2])\n"
        "if '--listen' in sys.argv: sock, _ = socket.create_server(address).accept()\n"
        "else: sock = socket.create_connection(address)\n"
        "while data := sock.recv(4096): sock.sendall(data)\n"
    )

    def __init__(self, folder: Path, address: tuple[str, int], *arguments: str, name: str = "qemu-kvm") -> None:
        self._program = folder / name
        if not self._program.is_symlink():
            self._program.symlink_to(os.path.realpath(sys.executable))
        self._arguments = [*("-I", "-S", "-c", self.CODE), address[0], str(address[1]), *arguments]

    def __enter__(self) -> Self:
        self.process = subprocess.Popen([str(self._program), *self._arguments], stdin=subprocess.DEVNULL)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.wait(DEADLINE_S)
