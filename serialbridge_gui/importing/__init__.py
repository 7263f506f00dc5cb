"""Other programs' ways to say which serial port is on which TCP port, read as profiles. No Qt, no device, no network.

`read_foreign` tells by the text which program it is for. What it returns names everything that was not understood,
line by line, so that a person sees it before any profile is kept. Nothing here raises for a text, whatever it is.
"""

from __future__ import annotations

from serialbridge_gui.importing.report import Found, Left, Remark, Report
from serialbridge_gui.importing.sniff import MAX_TEXT_BYTES, Origin, origin_of, read_foreign, read_foreign_file

__all__ = [
    "MAX_TEXT_BYTES", "Found", "Left", "Origin", "Remark", "Report", "origin_of", "read_foreign", "read_foreign_file",
]  # fmt: skip
