"""What Wireshark is told of the running bridges, and how it comes to ask."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import types
from pathlib import Path

import pytest

from serialbridge_gui import extcap
from serialbridge_gui.console_errors import Failed
from serialbridge_gui.engine.running_programs import RunningBridge
from serialbridge_gui.engine.wireshark import find_wireshark, parse_folders
from tests.processes import run_console

NEW = """Temp:\t\t/tmp
Personal Extcap path:\t{personal}
Global Extcap path:\t{common}
"""
OLD = "Extcap path:         \t{common}\n"

posix = pytest.mark.skipif(os.name != "posix", reason="a shell script")


def bridge(name: str, port: int = 4001, device: str = "COM5") -> RunningBridge:
    return RunningBridge(f"{port:032x}", name, device, f"127.0.0.1:{port}", "server")


def program(folder: Path, name: str, prints: str = "") -> None:
    """A program of this name, first on the PATH, that prints this."""
    folder.mkdir(exist_ok=True)
    (folder / "said").write_text(prints)
    file = folder / name
    file.write_text(f"#!/bin/sh\ncat '{folder}/said'\n")
    file.chmod(0o755)


@pytest.fixture
def wireshark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Wireshark with a personal folder, which is not there yet; returns that."""
    personal = tmp_path / "home" / "extcap"
    program(tmp_path / "bin", "tshark", NEW.format(personal=personal, common="/nowhere"))
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    return personal


def test_each_bridge_is_an_interface_named_for_a_person() -> None:
    lines = extcap.list_interfaces([bridge("Weigh scale"), bridge("{PLC}\u202e", 4002, "/dev/ttyUSB0")])
    assert lines[0].startswith("extcap {version=")
    assert lines[1].startswith("interface {value=serialbridge-Weigh-scale}")
    assert lines[1].endswith("{display=SerialBridge: Weigh scale (COM5, 127.0.0.1:4001)}")
    assert lines[2].startswith("interface {value=serialbridge-PLC}{display=SerialBridge: (PLC)")
    assert "\u202e" not in lines[2]


def test_bridges_of_one_name_are_told_apart_by_their_port_and_one_without_letters_too() -> None:
    bridges = [bridge("Scale", 4001), bridge("Scale", 4002), bridge("秤", 4003), bridge("Scale", 4001)]
    names = list(extcap.named(bridges))
    assert names[:3] == ["serialbridge-Scale-4001", "serialbridge-Scale-4002", "serialbridge-4003"]
    assert len(set(names)) == 4


def test_folders_are_found_in_what_old_and_new_wiresharks_say() -> None:
    new = parse_folders(NEW.format(personal="/home/me/.local/lib/wireshark/extcap", common="C:\\Program Files\\x"))
    assert (str(new.personal), str(new.common)) == ("/home/me/.local/lib/wireshark/extcap", "C:\\Program Files\\x")
    old = parse_folders(OLD.format(common="/usr/lib/wireshark/extcap"))
    assert (old.personal, str(old.common)) == (None, "/usr/lib/wireshark/extcap")
    assert parse_folders("gibberish").common is None


@posix
def test_launcher_is_written_into_the_personal_folder_twice_without_harm_and_removed(wireshark: Path) -> None:
    for _ in range(2):
        assert str(wireshark / "serialbridge") in extcap.register(["/opt/a b/python", "extcap"])
    launcher = wireshark / "serialbridge"
    assert "exec '/opt/a b/python' extcap \"$@\"" in launcher.read_text()
    assert os.access(launcher, os.X_OK)
    assert str(launcher) in extcap.unregister()
    assert not launcher.exists()
    assert "nothing was removed" in extcap.unregister()


@posix
def test_debian_package_is_started_by_its_own_program(monkeypatch: pytest.MonkeyPatch) -> None:
    flags = types.SimpleNamespace(no_site=1)
    monkeypatch.setattr(extcap, "sys", types.SimpleNamespace(flags=flags, argv=["/usr/bin/serialbridge-gui"]))
    assert extcap.own_command() == ["/usr/bin/serialbridge", "extcap"]


@posix
def test_launcher_hands_on_what_wireshark_says(wireshark: Path) -> None:
    extcap.register(["printf", "<%s>"])
    command = [str(wireshark / "serialbridge"), "--fifo", "a b", "$x"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "<--fifo><a b><$x>"


@posix
def test_program_of_that_name_that_is_not_ours_stays(wireshark: Path) -> None:
    wireshark.mkdir(parents=True)
    (wireshark / "serialbridge").write_text("somebody else's")
    with pytest.raises(Failed, match="not ours"):
        extcap.register()
    extcap.unregister()
    assert (wireshark / "serialbridge").read_text() == "somebody else's"


@posix
def test_wireshark_without_a_personal_folder_gets_it_in_everybodys(
    wireshark: Path, tmp_path: Path
) -> None:
    program(tmp_path / "bin", "tshark", OLD.format(common=tmp_path / "common"))
    assert str(tmp_path / "common") in extcap.register()
    program(tmp_path / "bin", "tshark", OLD.format(common="/proc/extcap"))
    with pytest.raises(Failed, match="may write to /proc/extcap"):
        extcap.register()
    assert not wireshark.exists()


@posix
def test_wireshark_is_found_on_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "bin", "wireshark")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert find_wireshark() == str(tmp_path / "bin" / "wireshark")


def test_windows_launcher_is_a_batch_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "win32")
    text = extcap.launcher_text(["C:\\Program Files\\100%\\python.exe", "-m", "x"])
    assert text.splitlines()[2] == '"C:\\Program Files\\100%%\\python.exe" "-m" "x" %*'


def test_windows_launcher_is_ascii_for_a_chinese_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", "C:\\Users\\张三\\AppData\\Local")
    monkeypatch.setenv("USERPROFILE", "C:\\Users\\张三")
    text = extcap.launcher_text(["c:\\users\\张三\\appdata\\local\\Programs\\serialbridge.exe", "extcap"])
    assert text.splitlines()[2:] == ['"%LOCALAPPDATA%\\Programs\\serialbridge.exe" "extcap" %*']
    text = extcap.launcher_text(["C:\\Users\\张三\\100%\\serialbridge.exe", "extcap"])
    assert text.splitlines()[2:] == ['"%USERPROFILE%\\100%%\\serialbridge.exe" "extcap" %*']
    text = extcap.launcher_text(["D:\\程序\\serialbridge.exe", "extcap"])
    assert text.splitlines()[2:] == ["chcp 65001 >nul", '"D:\\程序\\serialbridge.exe" "extcap" %*']


def options(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    extcap.add_arguments(parser)
    return parser.parse_args(words)


def test_link_type_is_that_of_serial_lines_and_there_are_no_options() -> None:
    assert extcap.answer(options("--extcap-interface", "x", "--extcap-dlts")) == [
        "dlt {number=250}{name=RTAC_SERIAL}{display=Serial line (RTAC serial)}"
    ]
    assert extcap.answer(options("--extcap-interface", "x", "--extcap-config")) == []
    (refused,) = extcap.answer(options("--extcap-interface", "x", "--extcap-capture-filter", "tcp"))
    assert refused.startswith("There are no capture filters")


def test_console_program_says_what_is_missing() -> None:
    for words, sentence in (
        ((), "Give --register"),
        (("--capture", "--extcap-interface", "serialbridge-no", "--fifo", "/tmp/x"), "serialbridge-no does not run"),
        (("--capture", "--extcap-interface", "x", "--extcap-capture-filter", "tcp"), "no capture filters"),
    ):
        done = run_console("extcap", *words)
        assert (done.returncode, done.stdout) == (1, "")
        assert sentence in done.stderr
        assert len(done.stderr.splitlines()) == 1


def test_wireshark_waits_for_no_library_it_does_not_need() -> None:
    script = (
        "import sys; from serialbridge_gui import cli; code = cli.main(['extcap', '--extcap-interfaces']);"
        "print(*{'PySide6', 'serial', 'asyncio', 'msgspec', 'qasync'} & set(sys.modules), code)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.splitlines()[-1] == "0"
