#!/usr/bin/env python3
"""Makes a folder of packages fit to be published. Needs Python 3.11 or newer and nothing else.

release.py TAG FOLDER

TAG has to be v and the version. Writes into FOLDER: SHA256SUMS over all that is there, and NOTES.md, the version's
section of CHANGELOG.md. Exits with 0, or with a sentence and 1 where a package is missing or of another version.
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
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        prepare(arguments[0], Path(arguments[1]))
    except Unfit as error:
        print(f"release: {error}", file=sys.stderr)
        return 1
    return 0


def prepare(tag: str, folder: Path) -> None:
    """Raises Unfit."""
    if tag != f"v{version()}":
        raise Unfit(f"the tag is {tag}, but serialbridge_gui/__init__.py says {version()}")
    notes = section((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), version())
    missing = [pattern for pattern in expected(version()) if not list(folder.glob(pattern))]
    if missing:
        raise Unfit(f"{folder} lacks {', '.join(missing)}")
    (folder / NOTES).write_text(notes, encoding="utf-8", newline="\n")
    files = sorted(path for path in folder.iterdir() if path.is_file() and path.name not in (SUMS, NOTES))
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files]
    (folder / SUMS).write_text("".join(lines), encoding="utf-8", newline="\n")


def section(changelog: str, of: str) -> str:
    """What stands below the version's heading. Raises Unfit if there is none."""
    found = re.search(rf"^## \[{re.escape(of)}\].*\n((?:(?!## ).*\n?)*)", changelog, re.MULTILINE)
    if found is None or not found[1].strip():
        raise Unfit(f"CHANGELOG.md has no section [{of}]")
    return found[1].strip() + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
