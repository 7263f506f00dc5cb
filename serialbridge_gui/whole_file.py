"""Writing a small file so that it is there whole, or as it was before."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Replace the file by `text` in UTF-8, making its folder. Blocks for a disk's flush. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def set_aside(path: Path) -> Path | None:
    """Rename a broken file to `NAME.broken`, or another such name that is free; None: it stays where it is."""
    target = path.with_suffix(".broken")
    number = 1
    while target.exists():
        number += 1
        target = path.with_suffix(f".{number}.broken")
    try:
        path.rename(target)
    except OSError:
        return None
    return target
