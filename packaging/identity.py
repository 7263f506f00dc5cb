"""What the packages say of SerialBridge. What stands elsewhere is read from there, never typed again."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
DIST: Final = ROOT / "dist"

PROJECT: Final[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PACKAGE: Final[str] = PROJECT["name"]
"""Of the wheel, of the .deb, and the console program's name."""
SUMMARY: Final[str] = PROJECT["description"]
PUBLISHER: Final[str] = PROJECT["authors"][0]["name"]
DEPENDENCIES: Final[list[str]] = PROJECT["dependencies"]
"""What the program needs, as pip reads it."""

NAME: Final = "SerialBridge"
HOMEPAGE: Final = "https://github.com/serialbridge/serialbridge"
"""Chosen, as are the next two, until the project has a home of its own."""
MAIL: Final = "serialbridge@users.noreply.github.com"
IDENTIFIER: Final = "io.github.serialbridge.SerialBridge"
"""For AppStream and macOS, which want a name in the order of a reversed domain."""


def version() -> str:
    """As `serialbridge --version` tells it. Read from the text, so that nothing need be installed."""
    return _found("serialbridge_gui/__init__.py", r'^__version__ = "([^"]+)"$')


def copyright_line() -> str:
    return _found("LICENSE", r"^(Copyright .+)$")


def app_user_model_id() -> str:
    """Windows' name for the program and its shortcut, which must be the same."""
    return _found("serialbridge_gui/app.py", r'^APP_USER_MODEL_ID\b[^=]*= "([^"]+)"$')


def _found(file: str, pattern: str) -> str:
    found = re.search(pattern, (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE)
    if found is None:
        raise ValueError(f"{file} has nothing like {pattern}")
    return found[1]
