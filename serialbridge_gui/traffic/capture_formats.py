"""What traffic looks like in a file: pcapng, csv, txt and bin. Entries in, bytes out; no I/O.

    writer = make_writer(format_of(path) or Format.PCAPNG, Source("Scale", "/dev/ttyUSB0", "9600 8N1"))
    file.write(writer.begin()); file.write(writer.encode(entries)); file.write(writer.end())

Each call's result ends with a whole block (pcapng) or a whole line (csv, txt), so a file is readable after each write.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from serialbridge_gui.traffic.chunk import LOCAL, Direction, TapEntry

if TYPE_CHECKING:
    from serialbridge_gui.profile import Profile

BOTH: Final = frozenset({Direction.SERIAL_TO_TCP, Direction.TCP_TO_SERIAL})


class Format(Enum):
    """A capture's format, by the ending of its file's name."""

    PCAPNG = ".pcapng"
    CSV = ".csv"
    TXT = ".txt"
    BIN = ".bin"


@dataclass(frozen=True)
class Source:
    """The bridge that is captured, for the file's head."""

    name: str
    """The profile's."""
    device: str
    settings: str = ""
    """Such as `115200 8N1`."""

    @staticmethod
    def of(profile: Profile) -> Source:
        """What this profile's bridge captures."""
        serial = profile.serial
        return Source(profile.name, serial.device, f"{serial.baud_rate} {serial.format}")


class Writer(Protocol):
    """Makes one file. One thread at a time."""

    def begin(self) -> bytes:
        """The file's head."""

    def encode(self, entries: Iterable[TapEntry]) -> bytes:
        """What these entries become, in their order."""

    def end(self) -> bytes:
        """What closes the file. It is readable without."""


class BinWriter:
    """The bytes that were on the serial line, and nothing else."""

    def __init__(self, directions: frozenset[Direction] = BOTH) -> None:
        self._directions = frozenset(int(direction) for direction in directions & BOTH)

    def begin(self) -> bytes:
        """Nothing."""
        return b""

    def encode(self, entries: Iterable[TapEntry]) -> bytes:
        """The entries' bytes end to end. What was sent by hand to clients was not on the line."""
        chosen = self._directions
        return b"".join(
            [data for _, direction, client, data in entries if direction in chosen and (direction or client < LOCAL)]
        )

    def end(self) -> bytes:
        """Nothing."""
        return b""


def format_of(path: Path) -> Format | None:
    """By the name's ending, upper or lower case; None where it is none of ours."""
    try:
        return Format(path.suffix.lower())
    except ValueError:
        return None


def make_writer(format: Format, source: Source, directions: frozenset[Direction] = BOTH) -> Writer:  # noqa: A002
    """A writer for one file. `directions`: which ones a bin has, the others have both."""
    if format is Format.BIN:
        return BinWriter(directions)
    if format is Format.PCAPNG:
        from serialbridge_gui.traffic.pcapng import PcapngWriter

        return PcapngWriter(source)
    from serialbridge_gui.traffic import text_formats

    return text_formats.CsvWriter() if format is Format.CSV else text_formats.TxtWriter(source)


def whole_size(format: Format, data: bytes, size: int) -> int:  # noqa: A002
    """How many of the first `size` bytes of `data`, one result of a writer, are whole blocks or lines.

    For a disk that was full in the middle of a write: the file is cut there.
    """
    if format is Format.BIN:
        return size
    if format is Format.PCAPNG:
        from serialbridge_gui.traffic.pcapng import whole_blocks

        return whole_blocks(data, size)
    return data.rfind(b"\n", 0, size) + 1
