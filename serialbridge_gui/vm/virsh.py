"""libvirt's guests, by its own program `virsh`: listed, and given a device or relieved of it.

Each call starts one or two processes and blocks until they have ended: never in the GUI's thread. What libvirt says
is handed on in its words.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from serialbridge_gui.words import tr as _tr

from .versions import program_path

DEFAULT_URI: Final = "qemu:///system"
USUAL_URIS: Final = (DEFAULT_URI, "qemu:///session", "qemu+ssh://root@HOST/system", "xen:///system")
ANSWER_S: Final = 15.0
"""How long virsh may take (chosen: an ssh connection takes some seconds)."""
MAX_GUESTS: Final = 1000
"""More are not listed (chosen)."""
ISA_PORTS: Final = 4
"""COM1 to COM4."""


_LIKE_ANOTHER = re.compile(r"\s*[+-]?[0-9]+|[0-9A-Fa-f-]{36}")
"""What virsh takes for a running guest's number, or for an id, before it looks for a guest of that name."""


class VirshFailed(Exception):  # noqa: N818 - it is libvirt's answer
    """What virsh, or the system about virsh, said, in one or a few lines."""


@dataclass(frozen=True)
class Guest:
    """A guest that libvirt knows."""

    name: str
    running: bool


def virsh_path() -> str | None:
    """Where virsh is; None: it is not installed."""
    return program_path("virsh")


class Virsh:
    """libvirt at one connection URI. One call at a time; any thread but the GUI's."""

    def __init__(self, uri: str = DEFAULT_URI, program: str | None = None) -> None:
        self.uri = uri
        self._program = program or virsh_path()
        self._process: subprocess.Popen[bytes] | None = None
        self._cancelled = False

    def guests(self) -> list[Guest]:
        """All guests, by name. Raises VirshFailed."""
        running = set(self._run("list", "--state-running", "--name").split("\n"))
        names = [name for name in self._run("list", "--all", "--name").split("\n") if name]
        return [Guest(name, name in running) for name in sorted(names, key=str.casefold)[:MAX_GUESTS]]

    def definition(self, guest: str, *, live: bool = False) -> str:
        """The guest's XML as it will be at its next start; `live`: as it is while it runs. Raises VirshFailed."""
        return self._run("dumpxml", *([] if live else ["--inactive"]), self._domain(guest))

    def attach(self, guest: str, element: str, *, live: bool = False) -> str:
        """Add the device to the guest's definition, and with `live` to the running guest as well.

        What libvirt said. Raises VirshFailed.
        """
        return self._change("attach-device", guest, element, live)

    def detach(self, guest: str, element: str, *, live: bool = False) -> str:
        """Take the device out again. What libvirt said. Raises VirshFailed."""
        return self._change("detach-device", guest, element, live)

    def _domain(self, guest: str) -> str:
        """The argument that means the guest of this name and no other one. Raises VirshFailed."""
        if _LIKE_ANOTHER.fullmatch(guest):
            for line in self._run("list", "--all", "--uuid", "--name").split("\n"):
                uuid, _, name = line.partition(" ")
                if name == guest:
                    return f"--domain={uuid}"
        return f"--domain={guest}"

    def _change(self, verb: str, guest: str, element: str, live: bool) -> str:
        with _file(element) as path:
            words = [verb, self._domain(guest), f"--file={path}", "--config", *(["--live"] if live else [])]
            try:
                return self._run(*words).strip()
            except VirshFailed as failed:
                raise VirshFailed(str(failed).replace(f" from {path}", "")) from failed  # our file says nothing

    def cancel(self) -> None:
        """End what runs now, and let nothing more begin. Any thread."""
        self._cancelled = True
        process = self._process
        if process is not None:
            _end(process)

    def _run(self, *words: str) -> str:
        if self._program is None:
            raise VirshFailed(_tr("virsh is not installed"))
        try:
            process = subprocess.Popen(
                [self._program, f"--connect={self.uri}", *words],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=sys.platform != "win32",  # ssh would ask for a password where nobody sees it
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except (OSError, ValueError) as error:
            raise VirshFailed(str(error)) from error
        self._process = process
        with process:
            try:
                if self._cancelled:
                    _end(process)
                out, err = process.communicate(timeout=ANSWER_S)
            except subprocess.TimeoutExpired:
                _end(process)
                text = _tr("no answer from {uri} within {seconds:.0f} s")
                raise VirshFailed(text.format(uri=self.uri, seconds=ANSWER_S)) from None
            finally:
                self._process = None
        if process.returncode != 0:
            said = err.decode(errors="replace").strip() or out.decode(errors="replace").strip()
            raise VirshFailed(_without_prefixes(said) or _tr("virsh ended with {code}").format(code=process.returncode))
        return out.decode(errors="replace")


def _end(process: subprocess.Popen[bytes]) -> None:
    """With what it has started itself, ssh most likely, which holds our pipes as well."""
    if sys.platform == "win32":
        process.kill()
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def free_port(definition: str) -> int:
    """The number of the first serial port that a guest's XML leaves free; ISA_PORTS: none is."""
    taken = set()
    for target in _devices(definition, "./serial/target"):
        number = target.get("port", "")
        if number.isdecimal():
            taken.add(int(number))
    return next((number for number in range(ISA_PORTS) if number not in taken), ISA_PORTS)


def attached(definition: str, element: str) -> str | None:
    """The element in a guest's XML that has the same source as ours, as libvirt wrote it; None: there is none."""
    ours = ET.fromstring(element)
    for candidate in _devices(definition, f"./{ours.tag}"):
        if candidate.get("type") == ours.get("type") and _source(candidate) == _source(ours):
            return ET.tostring(candidate, encoding="unicode")
    return None


def _devices(definition: str, path: str) -> list[ET.Element]:
    try:
        devices = ET.fromstring(definition).find("devices")
    except ET.ParseError as error:
        raise VirshFailed(str(error)) from error
    return [] if devices is None else devices.findall(path)


def _source(element: ET.Element) -> list[tuple[str, str, str]]:
    """What is behind the device: where it connects, its path, or whose ids it has."""
    source = element.find("source")
    if source is None:
        return []
    told = [(part.tag, name, _plain(value)) for part in source.iter() for name, value in sorted(part.items())]
    return sorted(one for one in told if one[0] != "reconnect" and one[1] not in ("startupPolicy", "missing"))


def _plain(value: str) -> str:
    """Numbers as libvirt may write them anew: 0x0403, 0x403."""
    try:
        return str(int(value, 16)) if value.startswith("0x") else value
    except ValueError:
        return value


def _without_prefixes(said: str) -> str:
    return "\n".join(line.removeprefix("error: ") for line in said.splitlines() if line.strip())[:2000]


@contextmanager
def _file(text: str) -> Iterator[str]:
    """A file of this user's with the text, for as long as virsh reads it."""
    handle, path = tempfile.mkstemp(prefix="serialbridge-", suffix=".xml")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        yield path
    finally:
        Path(path).unlink(missing_ok=True)
