"""The program's icon in the sizes that desktops ask for, drawn from its SVG."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Final

SIZES: Final = (16, 24, 32, 48, 64, 128, 256)


def draw_icons(svg: Path, hicolor: Path, name: str) -> None:
    """Fill an icon theme's folder: `48x48/apps/NAME.png` and so on, and the SVG itself."""
    for size in SIZES:
        draw(svg, hicolor / f"{size}x{size}/apps/{name}.png", size)
    scalable = hicolor / f"scalable/apps/{name}.svg"
    scalable.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(svg, scalable)


def draw(svg: Path, png: Path, size: int) -> None:
    """A square PNG of so many pixels; folders are made."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QGuiApplication, QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    _app = QGuiApplication.instance() or QGuiApplication([])
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(svg)).render(painter)
    painter.end()
    png.parent.mkdir(parents=True, exist_ok=True)
    if not image.save(str(png)):
        raise SystemExit(f"cannot write {png}")
