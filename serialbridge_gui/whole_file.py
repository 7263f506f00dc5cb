"""Small files: written so that they are there whole, or as they were before; read so that nothing waits."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

TRIES: Final = 5
TRY_AGAIN_S: Final = 0.05
"""Chosen: who only reads a small file is done by then."""
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
        _replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _replace(temporary: str, path: Path) -> None:
    """Windows refuses it while another program has the file open, such as a virus scanner."""
    for _ in range(TRIES - 1 if sys.platform == "win32" else 0):
        try:
            os.replace(temporary, path)
        except PermissionError:
            time.sleep(TRY_AGAIN_S)
        else:
            return
    os.replace(temporary, path)


def read_bounded(path: Path, most: int) -> bytes:
    """The file, of a longer one `most` + 1 bytes. Any thread. Raises OSError, also for what is no file.

    A pipe would be waited for, and opening a serial port resets what is behind it.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            if path.is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
            raise OSError(errno.EINVAL, "not a file", str(path))
        with path.open("rb") as stream:
            return stream.read(most + 1)
    except ValueError as error:  # a name that no system takes
        raise OSError(errno.EINVAL, str(error), str(path)) from error


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
