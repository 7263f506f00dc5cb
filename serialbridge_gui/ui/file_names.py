"""Names of files, made of a profile's name."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from serialbridge_gui.traffic.text import make_visible

ENDING: Final = ".serialbridge"
_REFUSED: Final = re.compile(r'[\x00-\x1f<>:"/\\|?*]+')
"""What Windows refuses in a file's name."""
_RESERVED: Final = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
"""Names of Windows' devices, whatever ending a file has."""
_LONGEST: Final = 80
_LOCAL: Final = re.compile(r"[a-z]:|com[0-9]+$", re.IGNORECASE)
"""What is of this computer though two backslashes stand before it."""


def file_name(name: str) -> str:
    """A profile's name as every system takes it for a file, without an ending."""
    plain = " ".join(_REFUSED.sub(" ", make_visible(name)).split())[:_LONGEST].strip(" .") or "profile"
    return f"{plain}_" if _RESERVED.fullmatch(plain) else plain


def free_file(folder: Path, name: str) -> Path:
    """`NAME.serialbridge` in `folder`, or with the first number that no file has."""
    file, number = folder / f"{name}{ENDING}", 1
    while file.exists():
        number += 1
        file = folder / f"{name} ({number}){ENDING}"
    return file


def is_on_a_share(path: str) -> bool:
    r"""Whether Windows asks another computer for the file and logs in there: `\\HOST\SHARE\FILE`, however written."""
    plain = path.strip().replace("/", "\\")
    if plain[:4] in ("\\\\?\\", "\\\\.\\", "\\??\\"):
        return _LOCAL.match(plain[4:]) is None
    return plain.startswith("\\\\")
