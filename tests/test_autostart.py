"""Starting with the system: the entry runs this very program, and shows as what it is."""

from __future__ import annotations

import contextlib
import json
import os
import plistlib
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import serialbridge_gui
from identity import HOMEPAGE, IDENTIFIER
from serialbridge_gui import autostart
from serialbridge_gui.autostart import (
    NAME,
    Autostart,
    AutostartError,
    AutostartFault,
    DesktopEntry,
    LaunchAgent,
    RunKey,
    own_command,
    system_autostart,
)
from tests.engine.running import until

HARD = ["/opt/串口 桥/serial bridge's", "--config-dir", 'a "b" $HOME `id` \\ %f 100%% \\n ü\t;&|', "", "--minimized"]
"""Arguments with all that a shell, a desktop file or Windows could mistake."""


def test_names_are_those_of_the_packages() -> None:
    assert autostart.IDENTIFIER == IDENTIFIER
    assert serialbridge_gui.HOMEPAGE == HOMEPAGE


@pytest.mark.skipif(shutil.which("gio") is None, reason="starts the entry by GLib's own reader")
def test_desktop_entry_starts_what_was_meant_with_every_argument_as_it_was(tmp_path: Path) -> None:
    told = tmp_path / "told.json"
    program = tmp_path / "串口 桥's $HOME `x` \"q\" \\"
    program.write_text(
        f"#!{sys.executable}\nimport json, os, sys\n"
        f"open({str(told)!r} + '.tmp', 'w').write(json.dumps([sys.argv, os.getcwd()]))\n"
        f"os.rename({str(told)!r} + '.tmp', {str(told)!r})\n",
        encoding="utf-8",
    )
    program.chmod(0o755)
    folder = tmp_path / "自 启"
    folder.mkdir()
    entry = DesktopEntry([str(program), *HARD[1:]], tmp_path, folder)
    entry.turn_on()
    subprocess.run(["gio", "launch", str(tmp_path / "serialbridge.desktop")], check=True, timeout=60)
    until(told.exists, "the entry's program has told how it was started", 60)
    argv, directory = json.loads(told.read_text(encoding="utf-8"))
    assert argv == [str(program), *HARD[1:]]
    assert directory == str(folder)


@pytest.mark.skipif(shutil.which("desktop-file-validate") is None, reason="asks desktop-file-validate")
def test_desktop_entry_is_valid(tmp_path: Path) -> None:
    DesktopEntry([sys.executable, *HARD[1:]], tmp_path).turn_on()
    done = subprocess.run(
        ["desktop-file-validate", str(tmp_path / "serialbridge.desktop")], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


def file_entries(tmp_path: Path) -> list[tuple[Autostart, Path]]:
    return [
        (DesktopEntry(HARD, tmp_path / "a" / "b"), tmp_path / "a" / "b" / "serialbridge.desktop"),
        (LaunchAgent(HARD, tmp_path / "Library"), tmp_path / "Library" / f"{IDENTIFIER}.plist"),
    ]


@pytest.mark.parametrize("which", [0, 1])
def test_file_is_the_truth(tmp_path: Path, which: int) -> None:
    entry, file = file_entries(tmp_path)[which]
    assert not entry.is_on()
    entry.turn_off()
    entry.turn_on()
    entry.turn_on()
    assert entry.is_on()
    assert [each.name for each in file.parent.iterdir()] == [file.name]
    file.unlink()
    assert not entry.is_on()
    entry.turn_on()
    entry.turn_off()
    assert not file.exists()
    for broken in (b"", b"\xff\x00", b"[" * 70_000, b"<plist><dict>", b"bplist00" + b"\xff" * 40):
        file.write_bytes(broken)
        assert not entry.is_on()
    entry.turn_on()
    assert entry.is_on()


@pytest.mark.parametrize("line", ["Hidden=true", "X-GNOME-Autostart-enabled=false", "Hidden = true"])
def test_entry_that_the_desktop_turned_off_is_off(tmp_path: Path, line: str) -> None:
    entry, file = file_entries(tmp_path)[0]
    entry.turn_on()
    file.write_text(file.read_text(encoding="utf-8") + line + "\n", encoding="utf-8")
    assert not entry.is_on()


def test_agent_starts_with_every_argument_as_it_was(tmp_path: Path) -> None:
    LaunchAgent(HARD, tmp_path, Path("/src")).turn_on()
    entry = plistlib.loads((tmp_path / f"{IDENTIFIER}.plist").read_bytes())
    assert (entry["ProgramArguments"], entry["RunAtLoad"], entry["WorkingDirectory"]) == (HARD, True, "/src")


@pytest.mark.parametrize("which", [0, 1])
def test_refusal_names_the_file(tmp_path: Path, which: int) -> None:
    entry, file = file_entries(tmp_path)[which]
    tmp_path.joinpath("a").write_text("no folder")
    tmp_path.joinpath("Library").write_text("no folder")
    with pytest.raises(AutostartError) as refused:
        entry.turn_on()
    assert refused.value.fault is AutostartFault.REFUSED
    assert refused.value.where == str(file)
    assert refused.value.detail


class FakeRegistry:
    """What RunKey uses of winreg, over a dict."""

    HKEY_CURRENT_USER = "HKCU"
    KEY_SET_VALUE = 2
    REG_SZ = 1

    def __init__(self) -> None:
        self.keys: dict[str, dict[str, object]] = {}
        self.refuses = False

    @contextlib.contextmanager
    def OpenKey(self, root: str, path: str, _reserved: int = 0, access: int = 0) -> Iterator[dict[str, object]]:
        assert root == "HKCU"
        if self.refuses and access:
            raise PermissionError(13, "Access is denied")
        if path not in self.keys:
            raise FileNotFoundError(2, "no such key")
        yield self.keys[path]

    def CreateKeyEx(
        self, root: str, path: str, reserved: int, access: int
    ) -> contextlib.AbstractContextManager[dict[str, object]]:
        self.keys.setdefault(path, {})
        return self.OpenKey(root, path, reserved, access)

    @staticmethod
    def QueryValueEx(key: dict[str, object], name: str) -> tuple[object, int]:
        if name not in key:
            raise FileNotFoundError(2, "no such value")
        return key[name], 1

    @staticmethod
    def SetValueEx(key: dict[str, object], name: str, _reserved: int, kind: int, value: str) -> None:
        assert kind == FakeRegistry.REG_SZ
        key[name] = value

    @staticmethod
    def DeleteValue(key: dict[str, object], name: str) -> None:
        if name not in key:
            raise FileNotFoundError(2, "no such value")
        del key[name]


WINDOWS = ["C:\\Programme 串口\\SerialBridge\\serialbridge-gui.exe", "--config-dir", 'D:\\a "b\\', "--minimized"]


def split_as_windows(line: str) -> list[str]:
    """CommandLineToArgvW's rules, as Microsoft's page on parsing C arguments has them."""
    arguments, current, quoted, slashes, begun = [], "", False, 0, False
    for char in line + " ":
        if char == "\\":
            slashes, begun = slashes + 1, True
            continue
        if char == '"':
            current += "\\" * (slashes // 2)
            if slashes % 2:
                current += '"'
            else:
                quoted = not quoted
            slashes, begun = 0, True
            continue
        current, slashes = current + "\\" * slashes, 0
        if char == " " and not quoted:
            if begun:
                arguments.append(current)
            current, begun = "", False
        else:
            current, begun = current + char, True
    return arguments


@pytest.mark.parametrize("command", [WINDOWS, ["C:\\SerialBridge\\serialbridge-gui.exe", "--minimized", "--resume"]])
def test_run_key_holds_the_command_in_windows_quotes(command: list[str]) -> None:
    registry = FakeRegistry()
    entry = RunKey(command, registry)
    assert not entry.is_on()
    entry.turn_off()
    entry.turn_on()
    assert entry.is_on()
    line = registry.keys[RunKey.KEY][NAME]
    assert isinstance(line, str)
    assert line.startswith(f'"{command[0]}" ')
    assert split_as_windows(line) == command
    entry.turn_off()
    assert not entry.is_on()
    assert registry.keys[RunKey.KEY] == {}


def test_run_key_that_the_task_manager_turned_off_is_off_and_can_be_turned_on_again() -> None:
    registry = FakeRegistry()
    entry = RunKey(WINDOWS, registry)
    entry.turn_on()
    registry.keys[RunKey.APPROVED] = {NAME: b"\x03\x00\x00\x00" + bytes(8), "Other": b"\x03"}
    assert not entry.is_on()
    entry.turn_on()
    assert entry.is_on()
    registry.keys[RunKey.APPROVED][NAME] = b"\x02" + bytes(11)
    assert entry.is_on()
    assert "Other" in registry.keys[RunKey.APPROVED]


def test_run_key_that_is_refused_or_too_long_is_told() -> None:
    registry = FakeRegistry()
    with pytest.raises(AutostartError) as too_long:
        RunKey([*WINDOWS, "x" * 260], registry).turn_on()
    assert too_long.value.fault is AutostartFault.TOO_LONG
    entry = RunKey(WINDOWS, registry)
    entry.turn_on()
    registry.refuses = True
    calls: list[Callable[[], None]] = [entry.turn_on, entry.turn_off]
    for refused in calls:
        with pytest.raises(AutostartError, match="Access is denied"):
            refused()
    assert entry.is_on()


def test_command_is_that_of_this_very_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rest = ["--minimized", "--resume"]
    script = tmp_path / "bin" / "serialbridge-gui"
    script.parent.mkdir()
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    monkeypatch.setattr(sys, "argv", [str(script), "--demo"])
    assert own_command(None) == [str(script), *rest]
    assert own_command(tmp_path / "配置") == [str(script), "--config-dir", str(tmp_path / "配置"), *rest]
    monkeypatch.setattr(sys, "argv", [str(Path(serialbridge_gui.__file__).with_name("__main__.py"))])
    assert own_command(None) == [sys.executable, "-m", "serialbridge_gui", *rest]
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert own_command(None) == [sys.executable, *rest]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="XDG")
@pytest.mark.parametrize("relative", [False, True])
def test_entry_is_in_the_users_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, relative: bool) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", "here" if relative else str(tmp_path / "配 置"))
    entry = system_autostart()
    entry.turn_on()
    base = tmp_path / "home" / ".config" if relative else tmp_path / "配 置"
    assert (base / "autostart" / "serialbridge.desktop").is_file()
    assert oct(os.stat(base / "autostart" / "serialbridge.desktop").st_mode & 0o777) == "0o644"
    assert entry.is_on()
