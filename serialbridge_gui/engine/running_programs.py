"""How a program of the same user finds the running bridges of this machine, and asks for their traffic.

Each program with a running bridge keeps a `ControlServer` and beside it a file, `PID-….json`, in a folder that only its
user may enter. Here are the folder, the files, and the asking side: plain Python, since Wireshark starts a program
that asks at each look for interfaces, and Qt would take most of its time.

A question is a line of JSON, and so is each answer: {"ask": "bridges"}, {"ask": "capture", "bridge": id, "pipe": path}.
A capture lasts until either side hangs up.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import stat
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

from serialbridge_gui.words import tr as _tr

ASK_S: Final = 1.0
"""How long a program may take to answer (chosen: a window that is alive needs some ms; others wait behind it)."""
MAX_LINE_BYTES: Final = 1 << 20
MAX_PROGRAMS: Final = 100
"""That are asked (chosen: each may take ASK_S)."""
ODD: Final = (AttributeError, KeyError, RecursionError, TypeError, ValueError)
"""What JSON that is not as it should be can raise, or a server's name that is none."""
MAX_SOCKET_NAME_BYTES: Final = 100
"""Of a socket's path: the system's own bound is 104 on macOS and 108 on Linux, its end included."""


class NotTold(Exception):  # noqa: N818 - what it means is the caller's
    """A program did not answer, or said no; the text says why."""


class HungUp(NotTold):
    """The program is gone, or has closed the connection."""


@dataclass(frozen=True)
class RunningBridge:
    """A bridge that runs now in some program of this user's."""

    id: str
    """The profile's."""
    name: str
    device: str
    address: str
    """Where clients connect, or where the bridge does; "" before it knows."""
    server: str = ""
    """Where its program is asked; set by who lists them."""


def folders() -> list[Path]:
    """Where the files may be, the best first: programs may have been started with and without a session."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA")
        return [Path(base) / "SerialBridge" / "running"] if base else []
    user = os.getuid()
    session = os.environ.get("XDG_RUNTIME_DIR")
    found = [Path(session) / "serialbridge"] if session else []
    if Path(f"/run/user/{user}") not in [folder.parent for folder in found] and os.path.isdir(f"/run/user/{user}"):
        found.append(Path(f"/run/user/{user}/serialbridge"))
    return [*found, Path(tempfile.gettempdir()) / f"serialbridge-{user}"]


def own_folder() -> Path | None:
    """The first of `folders` that is, or can be made, this user's alone; None: there is none."""
    for folder in folders():
        with contextlib.suppress(OSError):
            folder.mkdir(mode=0o700, parents=sys.platform == "win32", exist_ok=True)
            if _is_ours(folder) and len(os.fsencode(folder)) < MAX_SOCKET_NAME_BYTES - 20:
                return folder
    return None


def server_name(folder: Path) -> str:
    """For a server of this program: a socket's path, on Windows a pipe's name. No other program has the same, ever.

    The process id is for people; containers that share a folder may have the same ones.
    """
    name = f"{os.getpid()}-{os.urandom(6).hex()}"
    return f"serialbridge-{name}" if sys.platform == "win32" else str(folder / f"{name}.socket")


def register(folder: Path, server: str) -> Path:
    """Write the file that leads to this server, whole. Raises OSError."""
    name = os.path.basename(server).removesuffix(".socket")
    file = folder / f"{name}.json"
    new = folder / f".{name}.new"
    new.write_text(json.dumps({"version": 1, "pid": os.getpid(), "server": server}), encoding="utf-8")
    new.replace(file)
    return file


def running_bridges() -> list[RunningBridge]:
    """Every running bridge of this user's. Takes ms; ASK_S for each program that hangs. Any thread.

    Files of programs that are gone are removed. A program that answers with something else has no bridges.
    """
    found = []
    for server in islice(_servers(), MAX_PROGRAMS):
        with contextlib.suppress(NotTold, OSError, *ODD):
            with Conversation(server) as conversation:
                answer = conversation.ask({"ask": "bridges"})
            found += [_bridge(each, server) for each in answer["bridges"]]
    return found


class Conversation:
    """With one program. One thread. Raises OSError and NotTold; ValueError if no server can have that name."""

    def __init__(self, server: str) -> None:
        self._socket: socket.socket | None = None
        if sys.platform == "win32":
            self._file: Any = open(f"\\\\.\\pipe\\{server}", "r+b", buffering=0)  # noqa: SIM115 - closed by __exit__
            return
        self._socket = socket.socket(socket.AF_UNIX)
        try:
            self._socket.settimeout(ASK_S)
            self._socket.connect(server)
        except (OSError, ValueError):
            self._socket.close()
            raise
        self._file = self._socket.makefile("rwb", buffering=0)

    def __enter__(self) -> Conversation:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        if self._socket is not None:
            self._socket.close()

    def ask(self, question: dict[str, str]) -> dict[str, Any]:
        """The answer."""
        self._file.write(json.dumps(question).encode() + b"\n")
        return self.listen()

    def be_patient(self) -> None:
        """From now on an answer may take as long as it likes."""
        if self._socket is not None:
            self._socket.settimeout(None)

    def listen(self) -> dict[str, Any]:
        """The next answer."""
        try:
            line = self._file.readline(MAX_LINE_BYTES)
        except ConnectionError:
            line = b""
        if not line:
            raise HungUp(_tr("the program does not answer"))
        try:
            answer = json.loads(line)
        except (ValueError, RecursionError):
            raise NotTold(_tr("the program does not answer")) from None
        if not isinstance(answer, dict):
            raise NotTold(_tr("the program answers something else"))
        if "refused" in answer:
            raise NotTold(str(answer["refused"]))
        return answer


def _servers() -> Iterator[str]:
    """Of the programs that have left a file and are there."""
    for folder in folders():
        if not _is_ours(folder):
            continue
        for file in sorted(folder.glob("*.json")):
            try:
                server = json.loads(file.read_bytes())["server"]
            except (OSError, *ODD):
                continue
            if isinstance(server, str) and not _is_gone(file, server):
                yield server


def _is_gone(file: Path, server: str) -> bool:
    """Whether nobody answers there; if the program is gone for good, its files are removed."""
    try:
        Conversation(server).__exit__()
    except ConnectionRefusedError:
        if _may_run(file.name.partition("-")[0]):
            return True
    except FileNotFoundError:
        pass
    except ValueError:
        return True  # no server can have that name
    except OSError:
        return False  # it is busy; who asks it will see
    else:
        return False
    with contextlib.suppress(OSError):
        file.unlink()
    if sys.platform != "win32" and Path(server).parent == file.parent:
        with contextlib.suppress(OSError, ValueError):
            os.unlink(server)
    return True


def _may_run(pid: str) -> bool:
    """Whether a process with this number is there: BSD and macOS refuse a connection to a busy server, too."""
    if sys.platform == "win32":
        return True  # signal 0 is Ctrl+C there; and it refuses none
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except (OSError, ValueError, OverflowError):
        return True  # another user's, or no number
    return True


def _is_ours(folder: Path) -> bool:
    """Whether it is a folder of this user's that nobody else may enter: /tmp is everybody's."""
    try:
        status = folder.lstat()
    except OSError:
        return False
    if not stat.S_ISDIR(status.st_mode):
        return False
    return sys.platform == "win32" or (status.st_uid == os.getuid() and not status.st_mode & 0o077)


def _bridge(answer: dict[str, Any], server: str) -> RunningBridge:
    words = {name: str(answer.get(name, "")) for name in ("id", "name", "device", "address")}
    return RunningBridge(**words, server=server)
