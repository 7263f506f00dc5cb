"""When a capture begins its next file, what that is called, and which old ones leave."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from serialbridge_gui.words import tr as _tr

_UNITS: Final = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
_SPANS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400}

MIN_BYTES: Final = 4096
"""Chosen: a file's head and some packets."""


@dataclass(frozen=True)
class Rotation:
    """Files NAME-0001.pcapng, NAME-0002.pcapng, …; the numbers go on after those that are there already.

    One of the two limits is set, or both. A file is larger than `max_bytes` by its last write.
    """

    max_bytes: int | None = None
    max_s: float | None = None
    keep: int | None = None
    """How many files of this name stay, the newest; None: all."""

    @staticmethod
    def parse(text: str, keep: int | None = None) -> Rotation:
        """From `10M` (K, M, G: units of 1024 bytes) or `1h` (s, m, h, d). Raises ValueError."""
        match = re.fullmatch(r"([1-9][0-9]{0,8})([KMGsmhd])", text, re.ASCII)
        if match is None:
            raise ValueError(_tr("{text!r} is neither a size such as 10M nor a time such as 1h").format(text=text))
        count, unit = int(match[1]), match[2]
        if unit in _SPANS:
            return Rotation(max_s=count * _SPANS[unit], keep=keep)
        if count * _UNITS[unit] < MIN_BYTES:
            raise ValueError(_tr("{text!r} is too small: give 4K or more").format(text=text))
        return Rotation(max_bytes=count * _UNITS[unit], keep=keep)

    def is_due(self, size: int, age_s: float) -> bool:
        """Whether what comes goes into a further file than the one of `size` bytes that was begun `age_s` ago."""
        if self.max_bytes is not None and size >= self.max_bytes:
            return True
        return self.max_s is not None and age_s >= self.max_s

    def next_path(self, base: Path) -> Path:
        """The first free name after all of `base`'s files. Raises OSError."""
        numbers = [number for number, _ in _files(base)]
        return base.with_name(f"{base.stem}-{max(numbers, default=0) + 1:04d}{base.suffix}")

    def remove_oldest(self, base: Path) -> None:
        """Remove all but the newest `keep` of `base`'s files; one that is in use goes another time."""
        if self.keep is not None:
            with contextlib.suppress(OSError):
                for _, path in _files(base)[: -self.keep]:
                    path.unlink()


def _files(base: Path) -> list[tuple[int, Path]]:
    """The files that a rotation of `base` has made, by number."""
    name = re.compile(re.escape(base.stem) + r"-([0-9]{4,9})" + re.escape(base.suffix), re.ASCII)
    found = [(int(match[1]), path) for path in base.parent.iterdir() if (match := name.fullmatch(path.name))]
    return sorted(found)
