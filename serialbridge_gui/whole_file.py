"""Writing a small file so that it is there whole, or as it was before."""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from pathlib import Path
from typing import Final

LEFT_S: Final = 3600.0
"""A temporary file that old is nobody's any more (chosen: no disk takes that long for a small file)."""


def write_whole(path: Path, data: str | bytes, mode: int = 0o600) -> None:
    """Replace the file, text as UTF-8, making its folder. Blocks for a disk's flush. Any thread. Raises OSError.

    `mode`: who may read it, where the system knows that; it is nobody else's before.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")  # 0600
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data.encode() if isinstance(data, str) else data)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def remove_left(folder: Path) -> None:
    """Delete the temporary files that killed programs left in `folder`. Blocks for a listing; never raises."""
    with contextlib.suppress(OSError):
        for left in folder.glob(".*.tmp"):
            if time.time() - left.stat().st_mtime > LEFT_S:
                left.unlink()


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
