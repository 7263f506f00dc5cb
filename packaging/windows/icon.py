"""Makes serialbridge.ico of the program's SVG: `icon.py TARGET`. Needs Qt, and no display."""

from __future__ import annotations

import os
import struct
import sys
from pathlib import Path
from typing import Final

SIZES: Final = (16, 20, 24, 32, 40, 48, 64, 96, 128, 256)
"""Windows' small, large and jumbo icons at 100, 125, 150 and 200 %."""
SOURCE: Final = Path(__file__).resolve().parents[2] / "resources" / "icons" / "serialbridge.svg"


def drawn(size: int) -> bytes:
    """The icon as a PNG of `size` pixels."""
    from PySide6.QtCore import QBuffer, QIODevice
    from PySide6.QtGui import QIcon

    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not QIcon(str(SOURCE)).pixmap(size, size).toImage().save(buffer, "PNG"):  # type: ignore[call-overload]
        raise RuntimeError(f"{SOURCE} cannot be drawn at {size} pixels")
    return bytes(buffer.data().data())


def icon_file(pictures: dict[int, bytes]) -> bytes:
    """An .ico of PNGs, which Windows has read since Vista. Size 256 is written as 0."""
    header = struct.pack("<3H", 0, 1, len(pictures))
    offset = len(header) + 16 * len(pictures)
    directory = b""
    for size, png in pictures.items():
        directory += struct.pack("<4B2H2I", size % 256, size % 256, 0, 0, 1, 32, len(png), offset)
        offset += len(png)
    return header + directory + b"".join(pictures.values())


def main() -> int:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtGui import QGuiApplication

    application = QGuiApplication(sys.argv[:1])
    application.setApplicationName("icon")
    Path(sys.argv[1]).write_bytes(icon_file({size: drawn(size) for size in SIZES}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
