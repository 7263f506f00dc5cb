"""What a start of the window program asks for, as its command line says it, and of whom. Plain data, no Qt."""

from __future__ import annotations

import getpass
import hashlib
import os
from argparse import Namespace
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

VERSION = 1
"""Of the JSON form. Fields are only ever added: a program that does not know one passes it over."""


@dataclass(frozen=True)
class Request:
    """What to show and to start."""

    profile: str = ""
    """The name or id of the profile to choose; empty: none."""
    start: bool = False
    resume: bool = False
    minimized: bool = False
    demo: bool = False
    file: str = ""
    """The absolute path of an exported profile; empty: none."""

    @classmethod
    def of(cls, options: Namespace) -> Request:
        """What the parsed command line says."""
        file = options.file
        return cls(
            profile=options.profile or "", start=options.start, resume=options.resume, minimized=options.minimized,
            demo=options.demo, file="" if file is None else str(Path(file).absolute()),
        )  # fmt: skip

    def to_plain(self) -> str | dict[str, Any]:
        """What JSON can hold: a path by itself, which every version understands, else an object."""
        if self == Request(file=self.file) and self.file:
            return self.file
        return {"version": VERSION, **asdict(self)}

    @classmethod
    def from_plain(cls, plain: object) -> Request:
        """Raises ValueError for what is no request."""
        if isinstance(plain, str) and plain:
            return cls(file=plain)
        if not isinstance(plain, dict) or "version" not in plain:
            raise ValueError("no request")
        given = {field.name: plain[field.name] for field in fields(cls) if field.name in plain}
        for name, value in given.items():
            if type(value) is not type(getattr(cls, name)):
                raise ValueError(name)
        return cls(**given)


def server_name(config_dir: Path) -> str:
    """What the window of this user with these profiles goes by."""
    whose = f"{_user()} {os.path.normcase(os.path.realpath(config_dir))}"
    return "SerialBridge-" + hashlib.sha256(whose.encode(errors="surrogatepass")).hexdigest()[:24]


def _user() -> str:
    try:
        return getpass.getuser()
    except (ImportError, KeyError, OSError):  # an account without a name, as in a container
        return str(os.getuid()) if hasattr(os, "getuid") else ""
