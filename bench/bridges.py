"""The programs that are compared: each bridges one tty to one TCP port, as a process of its own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HOST = "127.0.0.1"
START_S = 15.0

SER2NET = """
connection: &bridge
  accepter: tcp,{host},{port}
  connector: serialdev,{tty},115200n81,local
  options:
    max-connections: {clients}
{options}
"""
TUNED = "    chardelay: false\n    dev-to-net-bufsize: 65536\n    net-to-dev-bufsize: 65536"


@dataclass(frozen=True)
class Kind:
    """One bridge program, or one way to set it. `command(tty, port, clients, folder)` is what to run."""

    name: str
    command: Callable[[str, int, int, Path], list[str]]
    many_clients: bool = True


def ours(tty: str, port: int, clients: int, _folder: Path) -> list[str]:
    """`serialbridge run` as it comes; without a limit on slow clients where there are many, so that all get all."""
    rules = ["--clients", "shared", "--max-clients", str(clients), "--slow-client", "wait"] if clients > 1 else []
    return [sys.executable, "-m", "serialbridge_gui.cli", "run", tty, "--listen", f"{HOST}:{port}", *rules]


def ours_tapped(tty: str, port: int, _clients: int, _folder: Path) -> list[str]:
    """The same engine with a tap that a log empties thirty times a second, as in the window."""
    return [sys.executable, "-m", "bench.tapped", tty, str(port)]


def ours_capturing(tty: str, port: int, clients: int, folder: Path) -> list[str]:
    """With a pcapng capture, on this machine's temporary folder."""
    return [*ours(tty, port, clients, folder), "--capture", str(folder / "bench.pcapng")]


def socat(tty: str, port: int, _clients: int, _folder: Path) -> list[str]:
    return ["socat", "-b", "65536", f"TCP-LISTEN:{port},bind={HOST},reuseaddr,nodelay", f"{tty},raw,echo=0"]


def _ser2net(options: str) -> Callable[[str, int, int, Path], list[str]]:
    def command(tty: str, port: int, clients: int, folder: Path) -> list[str]:
        config = folder / "ser2net.yaml"
        config.write_text(SER2NET.format(host=HOST, port=port, tty=tty, clients=clients, options=options))
        return [str(shutil.which("ser2net", path=f"{os.environ['PATH']}:/usr/sbin")), "-n", "-u", "-c", str(config)]

    return command


def _redirect(tty: str, port: int, _clients: int, _folder: Path) -> list[str]:
    return [sys.executable, str(redirect_script()), "-P", str(port), tty, "115200"]


def redirect_script() -> Path:
    """pyserial's example server, taken from its source archive, which pip fetches once."""
    folder = Path(tempfile.gettempdir()) / "serialbridge-bench"
    script = folder / "tcp_serial_redirect.py"
    if not script.is_file():
        folder.mkdir(exist_ok=True)
        fetch = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"]
        subprocess.run([*fetch, "--dest", str(folder), "pyserial==3.5"], check=True, stderr=subprocess.DEVNULL)
        with tarfile.open(folder / "pyserial-3.5.tar.gz") as archive:
            member = archive.extractfile("pyserial-3.5/examples/tcp_serial_redirect.py")
            assert member is not None
            source = member.read().decode()
            script.write_text(source, encoding="utf-8")
    return script


OURS = Kind("SerialBridge", ours)
OURS_TAPPED = Kind("SerialBridge, tapped", ours_tapped, many_clients=False)
OURS_CAPTURING = Kind("SerialBridge, --capture", ours_capturing, many_clients=False)
OURS_DROPPING = Kind("SerialBridge", lambda tty, port, clients, folder: ours(tty, port, clients, folder)[:-2])
"""With many clients: slow ones are dropped, which is the default there."""
SOCAT = Kind("socat", socat, many_clients=False)
SER2NET_PLAIN = Kind("ser2net", _ser2net(""))
SER2NET_TUNED = Kind("ser2net, tuned", _ser2net(TUNED))
REDIRECT = Kind("tcp_serial_redirect", _redirect, many_clients=False)


class Running:
    """A started bridge and what it costs."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process = process
        self.port = port

    def cpu_s(self) -> float:
        """CPU seconds of all its threads since they began (schedstat: ns, where utime has ticks of 10 ms)."""
        total = 0
        for task in Path(f"/proc/{self.process.pid}/task").iterdir():
            total += int((task / "schedstat").read_text().split()[0])
        return total / 1e9

    def memory_mb(self) -> float:
        """Resident memory, MB."""
        with open(f"/proc/{self.process.pid}/statm") as stream:
            return int(stream.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6

    def connect(self) -> socket.socket:
        """A client with TCP_NODELAY; tries until the bridge listens."""
        deadline = time.monotonic() + START_S
        while True:
            try:
                client = socket.create_connection((HOST, self.port), timeout=30)
            except ConnectionRefusedError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise
                time.sleep(0.005)
            else:
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return client


def as_installed() -> dict[str, str]:
    """The environment for a start that is measured: Python may keep what it has compiled, as it does for users."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(kind: Kind, tty: str, *, clients: int = 1, cpu: int | None = None) -> Iterator[Running]:
    """The bridge as a process, on one CPU if told so; ended where the block ends."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        command = kind.command(tty, port, clients, Path(folder))
        pin = ["taskset", "-c", str(cpu)] if cpu is not None else []
        process = subprocess.Popen(
            [*pin, *command], env=as_installed(),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            yield Running(process, port)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(3)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
