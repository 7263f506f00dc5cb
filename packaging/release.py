#!/usr/bin/env python3
"""Makes a folder of packages fit to be published. Needs Python 3.11 or newer and nothing else.

release.py TAG [FOLDER]

TAG has to be v and the version, and CHANGELOG.md to have a section of that version; without FOLDER that is all that is
looked at, before anything is built. Writes into FOLDER: SHA256SUMS over all that is there, and NOTES.md, the section.
Exits with 0, or with a sentence and 1 where something is missing or of another version.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from identity import NAME, PACKAGE, ROOT, version

SUMS: Final = "SHA256SUMS"
NOTES: Final = "NOTES.md"


class Unfit(Exception):  # noqa: N818 - it is not an error of this script
    """The sentence to end with."""


def expected(of: str) -> list[str]:
    """The files that a release has, as patterns."""
    return [
        f"{NAME}-{of}-Setup.exe", f"{NAME}-{of}-Portable.zip", f"{NAME}-{of}*.dmg", f"{PACKAGE}_*_amd64.deb",
        f"{PACKAGE}-{of}-py3-none-any.whl", f"{PACKAGE}-{of}.tar.gz",
    ]  # fmt: skip


def main(arguments: Sequence[str]) -> int:
    if len(arguments) not in (1, 2):
        print(__doc__, file=sys.stderr)
        return 2
    try:
        notes = notes_for(arguments[0])
        if len(arguments) == 2:
            prepare(Path(arguments[1]), notes)
    except Unfit as error:
        print(f"release: {error}", file=sys.stderr)
        return 1
    return 0


def notes_for(tag: str) -> str:
    """What is new in the version of this tag. Raises Unfit."""
    if tag != f"v{version()}":
        raise Unfit(f"the tag is {tag}, but serialbridge_gui/__init__.py says {version()}")
    return section((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), version())


def prepare(folder: Path, notes: str) -> None:
    """Raises Unfit."""
    missing = [pattern for pattern in expected(version()) if not list(folder.glob(pattern))]
    if missing:
        raise Unfit(f"{folder} lacks {', '.join(missing)}")
    (folder / NOTES).write_text(notes, encoding="utf-8", newline="\n")
    files = sorted(path for path in folder.iterdir() if path.is_file() and path.name not in (SUMS, NOTES))
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files]
    (folder / SUMS).write_text("".join(lines), encoding="utf-8", newline="\n")


def section(changelog: str, of: str) -> str:
    """What stands below the version's heading. Raises Unfit if that is nothing."""
    found = re.search(rf"^## \[{re.escape(of)}\].*\n((?:(?!## ).*\n?)*)", changelog, re.MULTILINE)
    if found is None:
        raise Unfit(
            f"CHANGELOG.md has no section [{of}]. Rename its section [Unreleased] to `## [{of}] - YYYY-MM-DD`, begin"
            " a new [Unreleased] above it, commit, and set the tag on that commit"
        )
    if not found[1].strip():
        raise Unfit(f"the section [{of}] of CHANGELOG.md is empty. Write there what is new for those who use it")
    return found[1].strip() + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
