"""The Windows package, as far as it can be judged without building it: `dev.py package windows check` does the rest."""

from __future__ import annotations

import re
import struct
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import build
import icon
import identity
import serialbridge_gui
import trim
import version_resource
from serialbridge_gui import app, extcap
from serialbridge_gui.close_event import close_event_name

FOLDER = Path(__file__).resolve().parents[2] / "packaging" / "windows"
SCRIPT = (FOLDER / "installer.nsi").read_text(encoding="utf-8")


def test_shortcut_and_program_have_one_name() -> None:
    assert identity.app_user_model_id() == app.APP_USER_MODEL_ID


@pytest.mark.parametrize(
    ("version", "numbers"),
    [("1.2.3", (1, 2, 3, 0)), ("0.10", (0, 10, 0, 0)), ("2.0.0.dev4+local9", (2, 0, 0, 0)), ("1.2rc1", (1, 2, 0, 0))],
)
def test_version_is_four_numbers_on_windows(version: str, numbers: tuple[int, ...]) -> None:
    assert version_resource.four_numbers(version) == numbers


@pytest.mark.parametrize("program", build.PROGRAMS)
def test_version_resource_is_what_pyinstaller_evaluates(program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(version_resource, "version", lambda: "1.2.3rc1")

    def record(*args: object, **fields: object) -> tuple[tuple[object, ...], dict[str, object]]:
        return args, fields

    kinds = ("VSVersionInfo", "FixedFileInfo", "StringFileInfo", "StringTable", "VarFileInfo", "VarStruct")
    strings: dict[str, str] = {}
    names: dict[str, Any] = {**dict.fromkeys(kinds, record), "StringStruct": strings.__setitem__}
    _, fields = eval(version_resource.version_resource(program), {"__builtins__": {}}, names)
    assert fields["ffi"][1]["filevers"] == (1, 2, 3, 0)
    assert strings["ProductVersion"] == "1.2.3rc1"
    assert strings["CompanyName"] == identity.PUBLISHER
    assert strings["OriginalFilename"] == f"{program}.exe"


def test_nothing_needed_is_trimmed() -> None:
    for name in build.MUST_BE_THERE:
        assert not trim.is_unused(name.removeprefix("_internal/")), name


@pytest.mark.parametrize(
    "name",
    [
        r"PySide6\opengl32sw.dll", r"PySide6\plugins\imageformats\qjpeg.dll",
        "PySide6/plugins/tls/qschannelbackend.dll", r"PySide6\translations\qtbase_de.qm",
        "PySide6/translations/qt_zh_CN.qm",
    ],
)  # fmt: skip
def test_unused_files_are_known_with_either_slash(name: str) -> None:
    assert trim.is_unused(name)


def test_modules_of_the_program_are_not_excluded() -> None:
    ours = {path.stem for path in Path(serialbridge_gui.__file__).parent.rglob("*.py")}
    others = {"serial", "serial.serialwin32", "serial.tools.list_ports_windows", "cryptography", "zeroconf", "PySide6"}
    assert not (ours | others) & set(trim.UNUSED_MODULES)


def test_freezing_python_gets_what_the_program_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "BUILD", tmp_path / "build")
    lines = build.requirements().read_text(encoding="utf-8").splitlines()
    assert {"pyinstaller", "pefile", "pywin32-ctypes"} < set(lines)
    assert set(identity.DEPENDENCIES) < set(lines)
    assert any(line.startswith("pyserial") for line in lines)


def test_launcher_for_wireshark_starts_the_console_program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.frozen", True, raising=False)
    monkeypatch.setattr("sys.executable", str(tmp_path / "serialbridge-gui"))
    console = "serialbridge.exe" if sys.platform == "win32" else "serialbridge"
    assert extcap.own_command() == [str(tmp_path / console), "extcap"]


def test_installer_is_told_all_it_asks_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "FROZEN", tmp_path)
    monkeypatch.setattr(build, "version", lambda: "1.2.3rc1")
    (tmp_path / "file").write_bytes(bytes(2048))
    given = build.defines("source", "icon", "out", "amd64-unicode")
    own = set(re.findall(r"!define ([A-Z_]+)\b", SCRIPT))
    of_nsis = re.compile(r"LANG_|VT_|PKEY_|CLSID_|IID_|STGM_|SYSSTRUCT_|NSIS")
    used = {name for name in re.findall(r"\$\{([A-Z_]+)\}", SCRIPT) if not of_nsis.match(name)}
    assert used - own == {*given, "SIGN"}  # which is given where there is a certificate
    assert given["SIZE_KB"] == "2"
    assert given["FOUR_NUMBERS"] == "1.2.3.0"


def test_installer_speaks_both_languages() -> None:
    sentences = re.findall(r"^LangString (\w+) \$\{LANG_(\w+)\}", SCRIPT, re.MULTILINE)
    assert Counter(language for _, language in sentences).keys() == {"ENGLISH", "SIMPCHINESE"}
    assert set(Counter(name for name, _ in sentences).values()) == {2}


def test_installer_and_program_agree_on_the_name_of_the_event() -> None:
    assert r'"Local\${NAME} close $1"' in SCRIPT
    assert close_event_name(Path("c:/a b/serialbridge")) in (r"Local\SerialBridge close c:/a b/serialbridge",)


def test_sizes_of_the_icon_are_in_its_directory() -> None:
    file = icon.icon_file({16: b"small", 256: b"large one"})
    assert struct.unpack_from("<3H", file) == (0, 1, 2)
    entries = [struct.unpack_from("<4B2H2I", file, 6 + 16 * number) for number in (0, 1)]
    assert [entry[0] for entry in entries] == [16, 0]  # 0: 256
    assert [file[entry[7] : entry[7] + entry[6]] for entry in entries] == [b"small", b"large one"]


def test_libraries_of_wine_are_known(tmp_path: Path) -> None:
    wines, ours, stub = tmp_path / "a.dll", tmp_path / "b.dll", tmp_path / "ICUUC.dll"
    wines.write_bytes(b"MZ".ljust(0x40, b"\0") + b"Wine builtin DLL\0")
    ours.write_bytes(b"MZ".ljust(0x100, b"\0") + b"Wine builtin DLL\0")
    stub.write_bytes(b"MZ")
    assert [build.is_wines(file) for file in (wines, ours, stub)] == [True, False, True]


def test_sums_are_as_sha256sum_reads_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "DIST", tmp_path)
    (tmp_path / "a.exe").write_bytes(b"")
    build.write_sums([tmp_path / "a.exe"])
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert (tmp_path / "SHA256SUMS").read_bytes() == f"{empty}  a.exe\n".encode()
