"""What of the libraries the program uses: the rest is not shipped.

PySide6-Essentials holds Designer, QML, SQL drivers and much else; a third of it is used.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

QT_MODULES: Final = ("QtCore", "QtGui", "QtNetwork", "QtWidgets")
QT_PLUGINS: Final = (
    "platforms/libqxcb.so",
    "platforms/libqwayland.so",
    "platforms/libqoffscreen.so",
    "wayland-shell-integration/libxdg-shell.so",
    "wayland-decoration-client/*.so",
    "platformthemes/*.so",
    "platforminputcontexts/libcompose*.so",
    "platforminputcontexts/libibus*.so",
    "iconengines/libqsvgicon.so",
    "imageformats/libqsvg.so",
)
"""No OpenGL (xcbglintegrations, wayland-graphics-integration-client): widgets are painted without."""

QT_TRANSLATIONS: Final = ("qtbase_zh_CN.qm",)
"""Of Qt's own words, in the languages that the program is translated to."""

PYSIDE_FILES: Final = ("__init__.py", "_config.py", "_git_pyside_version.py")
NEVER: Final = re.compile(
    r"\.pyi$|\.pyx$|\.pxd$|\.h$|\.c$|\.typed$|/tests?/|^bin/|^serial/tools/(?!__init__|list_ports|hexlify)"
    r"|^yaml/_yaml\.|^_yaml/"  # its C part, 2.7 MB for each Python: what is read with it is small
    r"|^shiboken6/(lib|include)/|\.dist-info/(?!METADATA$|licenses/|LICEN|COPYING|NOTICE)"
)


def trim(folder: Path) -> None:
    """Remove what isn't used from an unpacked site-packages folder."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and NEVER.search(path.relative_to(folder).as_posix()):
            path.unlink()
    trim_pyside(folder / "PySide6")
    remove_empty_folders(folder)


def trim_pyside(pyside: Path) -> None:
    qt = pyside / "Qt"
    roots = [pyside / f"{module}.abi3.so" for module in QT_MODULES]
    roots += [path for pattern in QT_PLUGINS for path in matches(qt / "plugins", pattern)]
    kept = {*roots, *needed(roots, pyside), *(pyside / name for name in PYSIDE_FILES)}
    kept |= {qt / "translations" / name for name in QT_TRANSLATIONS}
    for path in pyside.rglob("*"):
        if path.is_file() and path not in kept:
            path.unlink()


def strip(folder: Path) -> None:
    """Remove the symbols that only a debugger reads, as every package of Debian's does."""
    libraries = [str(path) for path in sorted(folder.rglob("*.so*"))]
    subprocess.run(["strip", "--strip-unneeded", *libraries], check=True)


def matches(folder: Path, pattern: str) -> list[Path]:
    found = sorted(folder.glob(pattern))
    if not found:
        raise SystemExit(f"{folder} has no {pattern}: does this version of Qt call it otherwise?")
    return found


def needed(roots: list[Path], folder: Path) -> set[Path]:
    """The libraries of `folder` that `roots` load, those that they load, and so on."""
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "LD_LIBRARY_PATH": str(folder.parent / "shiboken6")}
    said = subprocess.run(
        ["ldd", *map(str, roots)], env=environment, check=True, stdout=subprocess.PIPE, text=True
    ).stdout  # fmt: skip
    paths = (Path(match[1]) for match in re.finditer(r"=> (/\S+)", said))
    return {path.resolve() for path in paths if path.resolve().is_relative_to(folder)}


def remove_empty_folders(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()


def size(folder: Path) -> int:
    """In bytes, as the files' lengths add up."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def copy_program(package: Path, target: Path) -> None:
    shutil.copytree(package, target / package.name, ignore=shutil.ignore_patterns("__pycache__"))
