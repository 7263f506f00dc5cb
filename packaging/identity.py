"""What every package says of SerialBridge, from one place. The version is read, never typed again."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
DIST: Final = ROOT / "dist"

NAME: Final = "SerialBridge"
PACKAGE: Final = "serialbridge"
"""Of the .deb, of the wheel, of the console program."""
PUBLISHER: Final = "The SerialBridge authors"
MAIL: Final = "serialbridge@users.noreply.github.com"
HOMEPAGE: Final = "https://github.com/serialbridge/serialbridge"
"""Chosen, as is `IDENTIFIER`: until the project has a home of its own."""
IDENTIFIER: Final = "io.github.serialbridge.SerialBridge"
"""For AppStream and macOS, which want a name in the order of a reversed domain."""
SUMMARY: Final = "Puts a serial port on TCP, byte for byte, and shows what passes"
COPYRIGHT: Final = "© 2026 The SerialBridge authors"


def version() -> str:
    """As `serialbridge --version` tells it. Read from the text, so that nothing need be installed."""
    text = (ROOT / "serialbridge_gui" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "([^"]+)"$', text, re.MULTILINE)
    assert found is not None, "serialbridge_gui/__init__.py has no __version__"
    return found[1]
