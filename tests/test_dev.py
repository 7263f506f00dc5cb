"""dev.py, without pip and without apt: small scripts stand in for them."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import dev

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are shell scripts")


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """`stand_in(name, script)` puts a shell script first on the PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    def make(name: str, script: str) -> None:
        (folder / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        (folder / name).chmod(0o755)

    return make


StandIn = Callable[[str, str], None]


@pytest.fixture(autouse=True)
def _nothing_is_installed(stand_in: StandIn, tmp_path: Path) -> Iterator[None]:
    """Fails a test that would have installed packages; one that means to puts another apt-get in this one's place."""
    called = tmp_path / "apt-get-was-called"
    stand_in("apt-get", f'echo "$*" >> {called}; exit 1')
    yield
    assert not called.exists(), called.read_text()


@pytest.fixture
def _signals_stay() -> Iterator[None]:
    """What follows a program to its end leaves the signals to it: this process goes on."""
    before = [(number, signal.getsignal(number)) for number in (signal.SIGINT, signal.SIGTERM)]
    yield
    for number, handler in before:
        signal.signal(number, handler)


def test_package_of_either_name_counts_as_installed(stand_in: StandIn) -> None:
    stand_in("dpkg-query", "echo 'ii  libglib2.0-0t64'; echo 'ii  libgl1'; echo 'rc  libegl1'; exit 1")
    assert dev.missing_packages(["libglib2.0-0", "libgl1", "libegl1", "socat"]) == ["libegl1", "socat"]


@pytest.mark.skipif(sys.platform != "linux", reason="apt is Linux's")
class TestInstallSystemPackages:
    @pytest.fixture(autouse=True)
    def apt(self, stand_in: StandIn, tmp_path: Path) -> None:
        """An apt-get that writes down how it is called, and installs only after an update."""
        self.calls = tmp_path / "calls"
        self.calls.touch()
        stand_in("dpkg-query", f"test -e {tmp_path}/installed && echo 'ii  socat'; exit 1")
        stand_in(
            "apt-get",
            f"""echo "$*" >> {self.calls}
            case $1 in update) touch {tmp_path}/updated;;
            install) test -e {tmp_path}/updated && touch {tmp_path}/installed;; esac""",
        )

    def test_user_is_told_the_line_to_run(
        self, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(os, "geteuid", lambda: 1000)
        dev.install_system_packages(["socat"])
        assert self.calls.read_text() == ""
        out, err = capfd.readouterr()
        assert out == ""
        assert "sudo apt-get install socat\n" in err

    def test_root_updates_only_when_the_first_attempt_failed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(os, "geteuid", lambda: 0)
        dev.install_system_packages(["socat"])
        verbs = [line.split()[0] for line in self.calls.read_text().splitlines()]
        assert verbs == ["install", "update", "install"]
        dev.install_system_packages(["socat"])
        assert len(self.calls.read_text().splitlines()) == 3


def test_soak_goes_on_without_programs_that_pip_cannot_get(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(subprocess, "run", lambda command, **_: subprocess.CompletedProcess(command, 1))
    dev.add_soak_programs()
    assert "pip could not install esptool" in capfd.readouterr().err


class TestSetUp:
    @pytest.fixture(autouse=True)
    def checkout(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A checkout of its own, with a `venv` and a `pip` that only make empty packages."""
        self.root = tmp_path / "checkout"
        (self.root / "serialbridge_gui").mkdir(parents=True)
        (self.root / "serialbridge_gui" / "__init__.py").touch()
        for name in ("pyproject.toml", "constraints.txt"):
            (self.root / name).write_text("first", encoding="utf-8")
        self.made: list[str] = []
        self.pip_works = True
        venv = self.root / ".venv"
        for name, path in {
            "ROOT": self.root,
            "VENV": venv,
            "VENV_PYTHON": venv / "bin" / "python",
            "STAMP": venv / "serialbridge-setup",
            "CONSTRAINTS": self.root / "constraints.txt",
        }.items():
            monkeypatch.setattr(dev, name, path)
        real_run = subprocess.run

        def run(command: list[str], **options: object) -> subprocess.CompletedProcess[str]:
            if "venv" in command:
                self.made.append("venv")
                return real_run([*command, "--without-pip"], check=True, text=True)
            if "pip" in command:
                self.made.append(command[command.index("-e") + 1])
                (packages,) = venv.glob("lib/python*/site-packages")
                for name in ("PySide6", "shiboken6", "serial", "qasync", "msgspec", "cryptography"):
                    (packages / f"{name}.py").touch()
                (packages / "checkout.pth").write_text(str(self.root), encoding="utf-8")
                return subprocess.CompletedProcess(command, 0 if self.pip_works else 1)
            return real_run(command, **options)  # type: ignore[call-overload, no-any-return]

        monkeypatch.setattr(subprocess, "run", run)

    def set_up(self, *, tests: bool) -> list[str]:
        """What `set_up` had to make."""
        self.made.clear()
        dev.set_up(dev=tests)
        return list(self.made)

    def test_second_start_makes_nothing(self) -> None:
        assert self.set_up(tests=False) == ["venv", "."]
        assert self.set_up(tests=False) == []

    def test_tests_add_the_tools_and_run_keeps_them(self) -> None:
        assert self.set_up(tests=False) == ["venv", "."]
        assert self.set_up(tests=True) == [".[dev]"]
        assert self.set_up(tests=False) == []
        (self.root / "constraints.txt").write_text("second", encoding="utf-8")
        assert self.set_up(tests=False) == [".[dev]"]

    def test_set_up_that_broke_off_is_made_anew(self) -> None:
        self.pip_works = False
        with pytest.raises(SystemExit):
            self.set_up(tests=False)
        self.pip_works = True
        assert self.set_up(tests=False) == ["venv", "."]

    def test_environment_that_lost_a_package_is_made_anew(self) -> None:
        self.set_up(tests=False)
        (package,) = dev.VENV.glob("lib/python*/site-packages/serial.py")
        package.unlink()
        assert self.set_up(tests=False) == ["venv", "."]

    def test_environment_without_its_python_is_made_anew(self) -> None:
        self.set_up(tests=False)
        dev.VENV_PYTHON.unlink()
        dev.VENV_PYTHON.symlink_to("/nowhere/python")
        assert self.set_up(tests=False) == ["venv", "."]

    def test_environment_of_a_checkout_that_was_copied_is_made_anew(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.set_up(tests=False)
        copy = tmp_path / "copy"
        shutil.copytree(self.root / "serialbridge_gui", copy / "serialbridge_gui")
        monkeypatch.setattr(dev, "ROOT", copy)
        assert not dev.venv_works()


def test_unknown_verb_is_named_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert dev.main(["tset"]) == 2
    assert "no verb 'tset'; there are: run, test" in capsys.readouterr().err


def test_resources_compile_to_the_committed_bytes_in_another_clone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # copyfile gives the files new times, as a clone does
    shutil.copytree(dev.ROOT / "resources", tmp_path / "resources", copy_function=shutil.copyfile)
    monkeypatch.setattr(dev, "VENV_PYTHON", Path(sys.executable))
    monkeypatch.setattr(dev, "RESOURCES_QRC", tmp_path / "resources" / dev.RESOURCES_QRC.name)
    monkeypatch.setattr(dev, "TRANSLATIONS", tmp_path / "resources" / dev.TRANSLATIONS.name)
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    for compiled in (tmp_path / "resources" / dev.TRANSLATIONS.name).glob("*.qm"):
        compiled.unlink()  # as in a clone
    assert dev.compiled_resources() == dev.text_of(dev.RESOURCES_PY)


@pytest.mark.usefixtures("_signals_stay")
@pytest.mark.parametrize("args", [[], ["atari"]])
def test_package_says_what_there_is_to_package(
    args: list[str], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    set_up: list[object] = []
    monkeypatch.setattr(dev, "install_system_packages", set_up.append)
    monkeypatch.setattr(dev, "set_up", lambda *, dev: set_up.append(dev))
    monkeypatch.setattr(dev, "VENV_PYTHON", Path(sys.executable))
    assert dev.package(args) == 2
    assert "windows, linux, macos, wheel" in capfd.readouterr().err
    assert set_up == [dev.CONSOLE_PACKAGES + dev.WINDOW_PACKAGES + dev.LAB_PACKAGES, True]
