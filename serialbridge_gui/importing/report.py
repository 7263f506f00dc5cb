"""What was found in another program's configuration: profiles, and what of it has no place in them."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from pathlib import PurePath
from typing import Any, Final

from serialbridge_gui.profile import (
    ClientRules,
    InvalidSetting,
    ListenAddress,
    Mode,
    PeerAddress,
    Profile,
    SerialSettings,
    TlsFiles,
)

MAX_FOUND: Final = 256
"""Bridges of one file (chosen: four times the largest console server)."""
MAX_REMARKS: Final = 32
"""Of one bridge (chosen: more than it can have options)."""
MAX_LEFT: Final = 64
"""Lines that are told as not understood (chosen: more than anybody reads)."""
MAX_LINE: Final = 4096
"""Characters of a line where a line is a bridge (chosen: as of a path); a longer one is not read."""
MAX_QUOTED: Final = 120
"""Characters of the file that a remark repeats."""


class Remark(Enum):
    """What a person should know about a bridge that was found, or about a line that became none."""

    UNKNOWN = "unknown"
    """An option that is not known."""
    NO_COUNTERPART = "no_counterpart"
    """An option that is known, and for which there is nothing here."""
    WRONG_VALUE = "wrong_value"
    OPEN_TO_NETWORK = "open_to_network"
    OFF = "off"
    """Switched off in the file."""
    TELNET = "telnet"
    """Telnet without RFC 2217 there, with it here."""
    ONE_AFTER_ANOTHER = "one_after_another"
    """It ended with its first client there."""
    SEVERAL_AT_ONCE = "several_at_once"
    """Its clients took each other's bytes there."""
    SPEED_ASSUMED = "speed_assumed"
    FIRST_ADDRESS = "first_address"
    """Of several addresses only the first."""
    NO_LOGIN = "no_login"
    """Clients had to log in there."""
    CLIENTS_UNPROVEN = "clients_unproven"
    """Clients had to show a certificate there; who signed it is not in the file."""
    NO_BRIDGE = "no_bridge"
    """No connection between a serial port and TCP."""
    TLS_OUTWARD = "tls_outward"
    """A bridge that dials out speaks no TLS here."""
    BROKEN = "broken"
    """The rest of the file is not in its form."""
    TOO_MANY = "too_many"
    """More than is read."""


@dataclass(frozen=True)
class Note:
    """A remark, and the words of the file that it is about."""

    remark: Remark
    subject: str = ""


@dataclass(frozen=True)
class Found:
    """A bridge that was found, as a profile under a new id, and what should be known about it."""

    profile: Profile
    line: int
    """Where it begins, from 1."""
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class Left:
    """What became no profile."""

    line: int
    note: Note


@dataclass(frozen=True)
class Report:
    """All that was in a file, in its order."""

    found: tuple[Found, ...] = ()
    left: tuple[Left, ...] = ()


class Collector:
    """Gathers a Report within its bounds."""

    def __init__(self) -> None:
        self._found: list[Found] = []
        self._left: list[Left] = []

    @property
    def full(self) -> bool:
        """Whether no more is taken."""
        return len(self._found) >= MAX_FOUND

    def add(self, draft: Draft) -> None:
        """Take a bridge. Raises InvalidSetting."""
        if self.full:
            self.leave(draft.line, Remark.TOO_MANY, str(MAX_FOUND))
            return
        self._found.append(draft.built())

    @contextmanager
    def guarded(self, line: int) -> Iterator[None]:
        """While a bridge is read: one with a value that no profile takes is left, and told."""
        try:
            yield
        except InvalidSetting as error:
            self.leave(line, Remark.WRONG_VALUE, f"{error.field}: {error.reason}")

    def leave(self, line: int, remark: Remark, subject: str = "") -> None:
        """Something that became no profile."""
        left = Left(line, Note(remark, quoted(subject)))
        if len(self._left) < MAX_LEFT and left not in self._left[-1:]:
            self._left.append(left)

    def report(self) -> Report:
        """What was gathered."""
        return Report(tuple(self._found), tuple(self._left))


@dataclass
class Draft:
    """A bridge while its lines are read."""

    line: int
    name: str = ""
    device: str = ""
    serial: dict[str, Any] = field(default_factory=dict)
    listen: ListenAddress | None = None
    connect: PeerAddress | None = None
    rules: dict[str, Any] = field(default_factory=dict)
    mode: Mode = Mode.RAW
    tls: TlsFiles | None = None
    announce: bool = False
    notes: list[Note] = field(default_factory=list)

    def note(self, remark: Remark, subject: str = "") -> None:
        """Something to tell, once."""
        note = Note(remark, quoted(subject))
        if note not in self.notes and len(self.notes) < MAX_REMARKS:
            self.notes.append(note)

    def built(self) -> Found:
        """The profile. Raises InvalidSetting."""
        listen = self.listen or ListenAddress()
        if self.connect is None and not listen.loopback_only:
            self.note(Remark.OPEN_TO_NETWORK, listen.host)
        profile = Profile(
            name=_name(self.name, self.device),
            serial=SerialSettings(device=self.device, **self.serial),
            listen=listen,
            clients=ClientRules(**self.rules),
            connect=self.connect,
            mode=self.mode,
            tls=self.tls,
            announce=self.announce,
        )
        return Found(profile, self.line, tuple(self.notes))


def quoted(text: str) -> str:
    """What stood in the file, in one line that is not too long."""
    text = " ".join(text.split())
    return text if len(text) <= MAX_QUOTED else text[: MAX_QUOTED - 1] + "…"


def _name(wanted: str, device: str) -> str:
    """A name that a profile may have, from the file's or the device's."""
    plain = "".join(" " if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") else char for char in wanted)
    plain = " ".join(plain.split())[:200]
    return plain or PurePath(re.sub(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]", "", device)).name[:200] or os.path.sep


def port_number(text: str) -> int | None:
    """A TCP port's number, or None."""
    text = text.strip()
    if not text.isascii() or not text.isdecimal() or len(text) > 5 or int(text) > 65535:
        return None
    return int(text)


def seconds(text: str) -> float | None:
    """A number of seconds up to a year, or None."""
    text = text.strip()
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", text, re.ASCII) or float(text) > 31_536_000:
        return None
    return float(text)


def is_on(text: str) -> bool | None:
    """What a word for a switch means; None: it is no such word."""
    word = text.strip().lower()
    if word in ("", "1", "true", "on", "yes"):
        return True
    return False if word in ("0", "false", "off", "no") else None
