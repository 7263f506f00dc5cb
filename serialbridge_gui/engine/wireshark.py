"""Where Wireshark is, and where it looks for programs that bring it interfaces (extcap)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ASK_S: Final = 20.0
"""How long tshark may take to tell its folders: it loads Wireshark's libraries, on a cold disk for seconds."""

PERSONAL: Final = "Personal Extcap path"
GLOBAL: Final = ("Extcap path", "Global Extcap path")
"""As `tshark -G folders` names them: there is no personal one before Wireshark 4.2."""


@dataclass(frozen=True)
class ExtcapFolders:
    """What tshark tells; None where it does not."""

    personal: Path | None = None
    common: Path | None = None


def find_wireshark() -> str | None:
    """The path of Wireshark's window program; None: it is not installed. Looks at some files: any thread."""
    return _found("wireshark", "Wireshark")


def find_tshark() -> str | None:
    """The path of Wireshark's console program."""
    return _found("tshark", "tshark")


def live_command(wireshark: str) -> list[str]:
    """Starts Wireshark on what comes on its standard input, at once."""
    return [wireshark, "-k", "-i", "-"]


def ask_for_folders() -> ExtcapFolders:
    """Those of the Wireshark that is installed. Takes up to ASK_S: never in the GUI's thread."""
    tshark = find_tshark()
    if tshark is None:
        return ExtcapFolders()
    try:
        told = subprocess.run(
            [tshark, "-G", "folders"], stdin=subprocess.DEVNULL, capture_output=True, timeout=ASK_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ExtcapFolders()
    return parse_folders(os.fsdecode(told.stdout))


def parse_folders(text: str) -> ExtcapFolders:
    """Lines of a name, a colon, spaces or tabs, and a path."""
    paths = {}
    for line in text.splitlines():
        name, _, path = line.partition(":")
        if path.strip():
            paths[name.strip()] = Path(path.strip())
    common = next((paths[name] for name in GLOBAL if name in paths), None)
    return ExtcapFolders(paths.get(PERSONAL), common)


def usual_personal_folder() -> Path:
    """Where Wireshark 4.2 and later look, if nobody says otherwise."""
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA", Path.home())) / "Wireshark" / "extcap"
    return Path.home() / ".local" / "lib" / "wireshark" / "extcap"


def _found(program: str, windows_name: str) -> str | None:
    found = shutil.which(program)
    if found is not None:
        return found
    places: list[Path] = []
    if sys.platform == "win32":
        bases = (os.environ.get(name) for name in ("ProgramFiles", "ProgramW6432", "ProgramFiles(x86)"))
        places = [Path(base) / "Wireshark" / f"{windows_name}.exe" for base in bases if base]
    elif sys.platform == "darwin":
        bundle = Path("Applications/Wireshark.app/Contents/MacOS")
        places = [base / bundle / name for base in (Path("/"), Path.home()) for name in (windows_name, program)]
    return next((str(place) for place in places if os.access(place, os.X_OK)), None)
