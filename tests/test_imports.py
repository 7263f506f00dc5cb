"""What import-linter cannot say: it sees PySide6 as one module."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "serialbridge_gui"
SCREEN = ("PySide6.QtWidgets", "PySide6.QtGui")


def imported(file: Path) -> set[str]:
    """The modules a file imports, `from PySide6 import QtGui` as PySide6.QtGui."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def files_that_import(folder: str, modules: tuple[str, ...]) -> list[str]:
    return sorted(file.name for file in (PACKAGE / folder).glob("*.py") if imported(file) & set(modules))


@pytest.mark.parametrize("folder", ["engine", "traffic"])
def test_what_moves_or_keeps_bytes_never_draws(folder: str) -> None:
    assert files_that_import(folder, SCREEN) == []


def test_sentences_load_without_widgets_for_the_console() -> None:
    assert not imported(PACKAGE / "ui" / "sentences.py") & set(SCREEN)


def test_only_three_files_of_the_engine_know_pyserial() -> None:
    modules = ("serial", "serial.SerialBase", "serial.tools", "serial.tools.list_ports")
    assert files_that_import("engine", modules) == ["ports.py", "serial_port.py", "simulated.py"]


def test_console_starts_without_what_takes_long_to_import() -> None:
    script = """
import sys
from serialbridge_gui import cli
from serialbridge_gui.console_profile import profile_of
options = cli._parser().parse_args(["run", "sim://echo", "--listen", "127.0.0.1:0", "--format", "8N1"])
profile_of(options)
import serialbridge_gui.console_bridge, serialbridge_gui.console_capture
heavy = {"asyncio", "qasync", "msgspec", "PySide6.QtGui", "PySide6.QtWidgets", "ssl", "cryptography", "zeroconf"}
heavy |= {"psutil"}
print(*heavy & set(sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.split() == []


def test_window_is_shown_before_what_takes_long_to_import() -> None:
    script = """
import sys
from PySide6.QtWidgets import QApplication
from pathlib import Path
from serialbridge_gui import app, resources_rc
qt = QApplication(["test", "-platform", "offscreen"])
window, _ = app._open(Path("."))
window.show()
print(*{"asyncio", "qasync", "msgspec", "PySide6.QtNetwork", "serialbridge_gui.ui.bridge_page"} & set(sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.split() == []


def test_the_scan_sees_an_import() -> None:
    assert "log_model.py" in files_that_import("ui", ("PySide6.QtCore",))
