"""What somebody who is to help needs to know, as text: versions, ports, profiles, bridges, the end of the log.

Written to be pasted where everybody can read it. Not in it: whom the bridges connect to, who may connect and who did,
paths (file names are), user names, and traffic. English, whatever the window speaks.
"""

from __future__ import annotations

import platform
import re
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from serialbridge_gui import __version__
from serialbridge_gui.engine.bridge import BridgeState
from serialbridge_gui.engine.counters import Counters
from serialbridge_gui.engine.errors import Problem
from serialbridge_gui.engine.ports import PortInfo
from serialbridge_gui.profile import LOOPBACK, Profile
from serialbridge_gui.program_log import last_lines
from serialbridge_gui.traffic.text import make_visible
from serialbridge_gui.ui.session import Session

LOG_LINES: Final = 50
MAX_BRIDGES: Final = 100
_EVERYWHERE: Final = ("0.0.0.0", "::")
_URLS: Final = re.compile(r"\b(\w+)://([^\s\"'<>]+)")
_QUOTED: Final = re.compile(r"([\"'])(?:[A-Za-z]:)?[\\/][^\"'\n]*[\\/]([^\"'\\/\n]+)\1")
"""A path that may have spaces in it."""
_FOLDERS: Final = re.compile(r"(?:[A-Za-z]:|[\\/])?(?:[\\/][^\\/\s\"':]+)+[\\/]")
_ADDRESSES: Final = re.compile(
    r"\b\d{1,3}(?:\.\d{1,3}){3}\b|\[[0-9A-Fa-f:.%]*:[0-9A-Fa-f:.%\w]*\]"
    r"|(?<![\w:.])(?:(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}|[0-9A-Fa-f:]{0,30}::[0-9A-Fa-f:.]{0,40})(?:%\w+)?"
)
_DEVICE_FOLDERS: Final = ("/dev/", "\\\\.\\")


@dataclass(frozen=True)
class BridgeSeen:
    """A bridge as it was, in the GUI's thread."""

    profile: Profile
    state: BridgeState
    problem: Problem | None
    clients: int
    counters: dict[str, int]

    @classmethod
    def of(cls, session: Session) -> BridgeSeen:
        """Of a session, now."""
        bridge = session.bridge
        counters = {name: getattr(bridge.counters, name) for name in Counters.__slots__}
        return cls(bridge.profile, bridge.state, bridge.problem, len(bridge.clients()), counters)


def report(ports: tuple[PortInfo, ...], bridges: list[BridgeSeen], log: Path | None) -> str:
    """All of it. Reads files: not in the GUI's thread."""
    parts = [
        ("Program", _program()),
        ("Serial ports", [_port(port) for port in ports] or ["none"]),
        ("Bridges", [line for bridge in bridges[:MAX_BRIDGES] for line in _bridge(bridge)] or ["none"]),
        ("Log", [without_names(line) for line in (last_lines(log, LOG_LINES) if log else [])] or ["empty"]),
    ]
    if len(bridges) > MAX_BRIDGES:
        parts[2][1].append(f"and {len(bridges) - MAX_BRIDGES} more")
    return "\n\n".join(f"## {title}\n" + "\n".join(map(make_visible, lines)) for title, lines in parts) + "\n"


def without_names(text: str) -> str:
    """Without folders, which name people, and without addresses of other machines."""

    def shortened(found: re.Match[str]) -> str:
        return found[0] if found[0].startswith(_DEVICE_FOLDERS) else "…/"

    def hidden(found: re.Match[str]) -> str:
        ours = found[0].startswith("127.") or found[0].strip("[]") in (*_EVERYWHERE, "::1")
        return found[0] if ours else "(address)"

    def named(found: re.Match[str]) -> str:
        return found[0] if "/dev/" in found[0] else f"{found[1]}…/{found[2]}{found[1]}"

    text = _URLS.sub(lambda found: device_words(found[0]), text.replace(str(Path.home()), "~"))
    text = _QUOTED.sub(named, text)
    return _ADDRESSES.sub(hidden, _FOLDERS.sub(shortened, text))


def _program() -> list[str]:
    return [
        f"SerialBridge {__version__}, {installed_as()}",
        f"Python {platform.python_version()}, {', '.join(_libraries())}",
        f"{platform.platform()}, {platform.machine()}",
    ]


def _libraries() -> list[str]:
    from PySide6.QtCore import qVersion

    found = [f"Qt {qVersion()}"]
    for name in ("PySide6-Essentials", "pyserial", "qasync"):
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:  # in a package that leaves it out
            found.append(f"{name} ?")
    return found


def installed_as() -> str:
    """How the program came here, in a few words."""
    package = Path(__file__).resolve().parent.parent
    if getattr(sys, "frozen", False):
        return "a program of its own (frozen)"
    if package.is_relative_to("/usr/lib"):
        return "the system's package"
    if (package.parent / "pyproject.toml").is_file():
        return "run from its source"
    return "a wheel"


def _port(port: PortInfo) -> str:
    parts = [port.device, port.description, port.vid_pid, port.serial_number, port.location, port.manufacturer]
    return ", ".join(part for part in parts if part)


def device_words(device: str) -> str:
    """A port name as it is; of a URL its kind, whole only where it is a simulated device."""
    scheme, found, rest = device.partition("://")
    if not found:
        return without_names(device)
    return device if scheme == "sim" and "?" not in rest else f"{scheme}://…"


def _bridge(seen: BridgeSeen) -> list[str]:
    profile, serial, clients = seen.profile, seen.profile.serial, seen.profile.clients
    host = profile.listen.host
    where = host if host in (LOOPBACK, "localhost", "::1", *_EVERYWHERE) else "(address)"
    link = f"listens on {where}:{profile.listen.port}"
    if profile.connect is not None:
        link = f"connects to (address):{profile.connect.port}"
    settings = [
        f"{device_words(serial.device)}, {serial.baud_rate} baud, {serial.format}, flow {serial.flow_control.value}",
        f"DTR {serial.dtr.value}, then {serial.dtr_at_close.value}, RTS {serial.rts.value}, then "
        f"{serial.rts_at_close.value}",
        f"{link}, {profile.mode.value}, {clients.access.value}, at most {clients.limit}",
        f"{len(clients.allow)} networks allowed" if clients.allow else "anybody allowed",
    ]
    if serial.identity is not None:
        identity = serial.identity
        settings.append(f"is {identity.vid:04X}:{identity.pid:04X} {identity.serial_number or '-'} {identity.location}")
    if profile.tls is not None:
        settings.append(f"TLS, certificate {Path(profile.tls.certificate).name}, key {Path(profile.tls.key).name}")
    counters = ", ".join(f"{name} {value}" for name, value in seen.counters.items() if value)
    lines = [profile.name, *("  " + setting for setting in settings)]
    lines.append(f"  {seen.state.name.lower()}, {seen.clients} clients; {counters or 'nothing counted'}")
    if seen.problem is not None:
        lines.append(f"  problem: {seen.problem.cause.name} {without_names(seen.problem.detail)}")
    return lines
