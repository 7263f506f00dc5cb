"""Which program a text is for, and its report."""

from __future__ import annotations

import re
from enum import Enum
from pathlib import Path
from typing import Final

from serialbridge_gui.importing.report import Left, Note, Remark, Report
from serialbridge_gui.whole_file import read_bounded

MAX_TEXT_BYTES: Final = 1 << 20
"""Bound of a file that is read (chosen: as of a profile's)."""

_YAML: Final = re.compile(r"^(connection[ \t]*:|%YAML[ \t])", re.MULTILINE)
_SOCAT: Final = re.compile(r"(?:^|[\s/='\"])socat[\d.]*[ \t]", re.MULTILINE)


class Origin(Enum):
    """Whose configuration a text is."""

    PROFILE = "profile"
    """Ours, or nothing that is known."""
    SER2NET = "ser2net"
    SER2NET_CONF = "ser2net_conf"
    SOCAT = "socat"


def origin_of(text: str) -> Origin:
    """By what stands in it. Never raises."""
    from serialbridge_gui.importing.ser2net_conf import LINE

    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        return Origin.PROFILE
    if _YAML.search(text):
        return Origin.SER2NET
    if _SOCAT.search(text):
        return Origin.SOCAT
    if any(LINE.fullmatch(line.strip()) for line in text.splitlines()):
        return Origin.SER2NET_CONF
    return Origin.PROFILE


def read_foreign(content: bytes) -> Report | None:
    """What the file of another program has; None: it is none that is known. Any thread; never raises."""
    if len(content) > MAX_TEXT_BYTES:
        return None
    text = content.decode("utf-8-sig", errors="replace")
    match origin_of(text):
        case Origin.SER2NET:
            from serialbridge_gui.importing.ser2net import read_ser2net

            report = read_ser2net(text)
        case Origin.SER2NET_CONF:
            from serialbridge_gui.importing.ser2net_conf import read_ser2net_conf

            report = read_ser2net_conf(text)
        case Origin.SOCAT:
            from serialbridge_gui.importing.socat import read_socat

            report = read_socat(text)
        case Origin.PROFILE:
            return None
    if not report.found and not report.left:
        return Report(left=(Left(1, Note(Remark.NO_BRIDGE)),))
    return report


def read_foreign_file(file: Path) -> Report | None:
    """What another program's file has; None: it is a profile, or nothing that is known, or cannot be read.

    Any thread; who reads it as a profile says why it cannot be read.
    """
    try:
        return read_foreign(read_bounded(file, MAX_TEXT_BYTES))
    except OSError:
        return None
