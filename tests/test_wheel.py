"""The wheel, installed and started elsewhere: what a package forgets to ship shows only there."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

import serialbridge_gui

ROOT = Path(__file__).resolve().parent.parent


def run(*command: str, cwd: Path, environment: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, encoding="utf-8", timeout=300, check=False
    )
    assert done.returncode == 0, f"{command} exited with {done.returncode}:\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the wheel of this checkout was installed, built without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    run(
        *(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)),
        cwd=folder,
    )
    (wheel,) = folder.glob("*.whl")
    target = folder / "installed"
    offline = ["--no-deps", "--no-index", "--disable-pip-version-check", "--target", str(target)]
    run(sys.executable, "-m", "pip", "install", *offline, str(wheel), cwd=folder)
    return target


def run_installed(installed: Path, cwd: Path, *args: str) -> str:
    """Python with the installed package and the running environment's dependencies, but not the checkout.

    -S leaves site-packages' .pth files unread: an editable install is one, and would bring the checkout.
    """
    paths = os.pathsep.join([str(installed), sysconfig.get_path("purelib"), sysconfig.get_path("platlib")])
    environment = {**os.environ, "PYTHONPATH": paths, "QT_QPA_PLATFORM": "offscreen", "PYTHONUTF8": "1"}
    return run(sys.executable, "-S", *args, cwd=cwd, environment=environment)


def test_package_runs_from_the_wheel_and_not_from_the_checkout(installed: Path, tmp_path: Path) -> None:
    origin = run_installed(
        installed, tmp_path, "-c", "import serialbridge_gui as package; print(package.__file__)"
    )
    assert Path(origin.strip()).is_relative_to(installed)


@pytest.mark.parametrize("module", ["serialbridge_gui.cli", "serialbridge_gui"])
def test_program_from_the_wheel_tells_its_version(installed: Path, tmp_path: Path, module: str) -> None:
    assert serialbridge_gui.__version__ in run_installed(installed, tmp_path, "-m", module, "--version")


def test_icon_in_the_wheel_can_be_drawn(installed: Path, tmp_path: Path) -> None:
    draw = (
        "from PySide6.QtGui import QGuiApplication, QIcon\n"
        "import serialbridge_gui.resources_rc\n"
        "app = QGuiApplication([])\n"
        "image = QIcon(':/icons/serialbridge.svg').pixmap(32).toImage()\n"
        "print(image.width(), image.height(), image.pixelColor(16, 5).alpha())\n"
    )
    assert run_installed(installed, tmp_path, "-c", draw).split() == ["32", "32", "255"]


def test_both_programs_are_declared_by_the_wheel(installed: Path) -> None:
    (entry_points,) = installed.glob("serialbridge-*.dist-info/entry_points.txt")
    text = entry_points.read_text(encoding="utf-8")
    assert "serialbridge = serialbridge_gui.cli:main" in text
    assert "serialbridge-gui = serialbridge_gui.app:main" in text
