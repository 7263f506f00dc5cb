"""What PyInstaller finds and the program does not use. Sizes: docs/decisions/0011-packaging.md."""

from __future__ import annotations

import fnmatch
from typing import Final

UNUSED_MODULES: Final = [
    *("tkinter", "unittest", "doctest", "pydoc", "pdb", "lib2to3", "xmlrpc", "curses", "sqlite3", "ensurepip", "venv"),
    *("setuptools", "pkg_resources", "pip", "pycparser", "numpy"),
    *("serial.serialcli", "serial.serialjava"),
    *("yaml._yaml", "_yaml"),  # PyYAML's C part: what is read with it is small
]

UNUSED_ON: Final = {
    "win32": [
        *("serial.tools.list_ports_osx", "serial.tools.list_ports_posix", "serial.tools.list_ports_linux"),
        "serial.serialposix",
    ],
    "darwin": [
        *("serial.tools.list_ports_windows", "serial.tools.list_ports_linux"),
        *("serial.serialwin32", "serial.win32"),
    ],
}
"""By `sys.platform`."""

UNUSED_FILES: Final = [
    # Drawing by OpenGL and Direct2D: Qt paints widgets by itself
    "PySide6/opengl32sw.dll",
    "PySide6/d3dcompiler_*.dll",
    "PySide6/plugins/platforms/qdirect2d.dll",
    "PySide6/plugins/platforms/qminimal.dll",
    "PySide6/plugins/platforms/qoffscreen.dll",
    "PySide6/plugins/generic/*",
    # Pictures: the program's are SVG, drawn by iconengines/qsvgicon.dll
    "PySide6/plugins/imageformats/*",
    # Qt's own TLS and its notion of networks: TLS is Python's here
    "PySide6/plugins/tls/*",
    "PySide6/plugins/networkinformation/*",
    "PySide6/plugins/networkaccess/*",
]
"""Of what PyInstaller puts beside the programs."""

LANGUAGES: Final = ("zh_CN",)
"""Of Qt's own translations; English needs none."""


def is_unused(destination: str) -> bool:
    """Whether the file at this place, below the folder of libraries, is left out."""
    name = destination.replace("\\", "/")
    if fnmatch.fnmatch(name, "PySide6/translations/*"):
        return not any(name.endswith(f"/qtbase_{language}.qm") for language in LANGUAGES)
    return any(fnmatch.fnmatch(name, pattern) for pattern in UNUSED_FILES)
