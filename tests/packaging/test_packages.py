"""What packaging/ says and writes, without building anything: `dev.py package … check` tries the packages."""

from __future__ import annotations

import hashlib
import plistlib
import re
import runpy
import shlex
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

import identity
import release
import serialbridge_gui
import winget
from linux import control, manual, trim
from macos.plist import info
from serialbridge_gui import app, cli

ROOT = Path(__file__).resolve().parents[2]
PACKAGING = ROOT / "packaging"
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def run(*command: str, timeout_s: float = 300) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, capture_output=True, encoding="utf-8", timeout=timeout_s, check=False
    )


class TestIdentity:
    def test_version_is_the_programs(self) -> None:
        assert identity.version() == serialbridge_gui.__version__

    def test_copyright_names_the_publisher(self) -> None:
        assert identity.PUBLISHER in identity.copyright_line()


class TestSmoke:
    def test_program_from_source_passes(self) -> None:
        done = run(str(PACKAGING / "smoke.py"), shlex.join([sys.executable, "-m", "serialbridge_gui.cli"]))
        assert done.returncode == 0, done.stderr
        assert "1048576 bytes each way are exact" in done.stdout

    def test_other_version_than_expected_fails(self) -> None:
        program = shlex.join([sys.executable, "-m", "serialbridge_gui.cli"])
        done = run(str(PACKAGING / "smoke.py"), program, "--version-is", "99.9")
        assert done.returncode == 1
        assert "instead of 'SerialBridge 99.9'" in done.stderr

    def test_byte_that_came_back_different_fails(self, tmp_path: Path) -> None:
        liar = tmp_path / "liar.py"
        liar.write_text(
            "import socket, sys\n"
            "if '--version' in sys.argv:\n"
            "    sys.exit(print('SerialBridge 1'))\n"
            "host, port = sys.argv[-1].split(':')\n"
            "peer, _ = socket.create_server((host, int(port))).accept()\n"
            "count = 0\n"
            "while data := bytearray(peer.recv(65536)):\n"
            "    if count <= 1000 < count + len(data):\n"
            "        data[1000 - count] ^= 1\n"
            "    count += len(data)\n"
            "    peer.sendall(data)\n",
            encoding="utf-8",
        )
        done = run(str(PACKAGING / "smoke.py"), shlex.join([sys.executable, str(liar)]))
        assert done.returncode == 1
        assert "byte 999 of 1048576 came back different" in done.stderr  # the first was one by itself


class TestDebianControl:
    def test_fields_are_one_line_each_and_tell_the_version(self) -> None:
        fields, _, description = control.control(installed_kib=1).partition("Description: ")
        assert f"Version: {serialbridge_gui.__version__}\n" in fields
        assert all(re.fullmatch(r"[A-Z][A-Za-z-]+: \S.*", line) for line in fields.splitlines())
        assert all(line.startswith(" ") and len(line) <= 80 for line in description.splitlines()[1:])

    @pytest.mark.parametrize(
        ("told", "sorted_before_the_release"), [("1.2.3", "1.2.3"), ("1.2.0rc1", "1.2.0~rc1"), ("1.2.dev4", "1.2~dev4")]
    )
    def test_version_before_a_release_sorts_before_it(
        self, monkeypatch: pytest.MonkeyPatch, told: str, sorted_before_the_release: str
    ) -> None:
        monkeypatch.setattr(control, "version", lambda: told)
        assert control.debian_version() == sorted_before_the_release


class TestTrim:
    def test_every_qt_module_that_the_program_imports_is_shipped(self) -> None:
        sources = [path.read_text(encoding="utf-8") for path in (ROOT / "serialbridge_gui").rglob("*.py")]
        imported = {name for source in sources for name in re.findall(r"PySide6(?:\.| import )(Qt\w+)", source)}
        assert {"QtCore", "QtWidgets"} < imported <= set(trim.QT_MODULES)


class TestManual:
    def test_every_option_of_both_programs_is_there(self) -> None:
        for program, page in (
            (cli, manual.page(cli._parser(), date="2026-01-31", other="serialbridge-gui")),
            (app, manual.page(app._parser(), date="2026-01-31", other="serialbridge")),
        ):
            help_text = program._parser().format_help()
            if program is cli:
                parsers = {words: sub for words, sub, _help in manual.commands(cli._parser())}
                help_text += parsers["run"].format_help() + parsers["extcap"].format_help()
                assert "--register" in help_text
            told = set(re.findall(r"--[a-z][a-z-]+", help_text))
            assert told
            assert told <= set(re.findall(r"--[a-z][a-z-]+", page.replace("\\-", "-")))

    def test_no_line_is_a_request_by_mistake(self) -> None:
        page = manual.page(cli._parser(), date="2026-01-31", other="serialbridge-gui", text=manual.CONSOLE_TEXT)
        requests = {line.split()[0] for line in page.splitlines() if line.startswith((".", "'"))}
        assert requests <= {".TH", ".SH", ".B", ".BR", ".I", ".RI", ".br", ".TP", ".PP", ".RS", ".RE"}


class TestDesktopFiles:
    def test_xml_can_be_read(self) -> None:
        for file in (ROOT / "resources" / "linux").glob("*.xml"):
            ElementTree.parse(file)

    def test_profile_files_have_one_type_everywhere(self) -> None:
        folder = ROOT / "resources" / "linux"
        (kind,) = re.findall(r"^MimeType=(.+);$", (folder / "serialbridge.desktop").read_text("utf-8"), re.MULTILINE)
        assert f'type="{kind}"' in (folder / "mime.xml").read_text("utf-8")
        assert f"<mediatype>{kind}</mediatype>" in (folder / "metainfo.xml").read_text("utf-8")

    def test_window_and_desktop_file_have_one_name(self) -> None:
        source = (ROOT / "serialbridge_gui" / "app.py").read_text("utf-8")
        (name,) = re.findall(r'setDesktopFileName\("(.+)"\)', source)
        assert (ROOT / "resources" / "linux" / f"{name}.desktop").is_file()


class TestMac:
    def test_info_can_be_written_and_starts_the_window(self) -> None:
        again = plistlib.loads(plistlib.dumps(info()))
        assert again["CFBundleExecutable"] == "serialbridge-gui"
        assert again["CFBundleShortVersionString"] == serialbridge_gui.__version__
        assert again["LSBackgroundOnly"] is False


class TestWinget:
    def test_three_files_tell_version_place_and_sum_of_the_installer(self, tmp_path: Path) -> None:
        setup = tmp_path / "Setup.exe"
        setup.write_bytes(b"installer")
        out = tmp_path / "winget"
        place = ["--url", "https://example.org/v1/", "--setup", str(setup), "--out", str(out)]
        assert winget.main([*place, "--date", "2026-01-31"]) == 0
        texts = {path.name: path.read_text(encoding="utf-8") for path in out.iterdir()}
        assert len(texts) == 3
        for text in texts.values():
            assert f'PackageVersion: "{serialbridge_gui.__version__}"\n' in text
            lines = [line for line in text.splitlines() if line and not line.startswith("#")]
            assert all(re.fullmatch(r'(  )?(- )?( {2})?([A-Z]\w+:)? ?(".*")?', line) for line in lines), lines
        (main,) = (text for name, text in texts.items() if ".installer." in name)
        assert 'InstallerUrl: "https://example.org/v1/Setup.exe"' in main
        assert f'InstallerSha256: "{hashlib.sha256(b"installer").hexdigest().upper()}"' in main

    def test_without_an_installer_it_says_how_to_make_one(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert winget.main(["--setup", str(tmp_path / "none.exe")]) == 1
        assert "dev.py package windows" in capsys.readouterr().err


class TestRelease:
    CHANGELOG = "# Changelog\n\n## [Unreleased]\n\n- later\n\n## [1.2.0] - 2026-01-31\n\n- new\n\n## [1.1.0]\n\n- old\n"

    @pytest.fixture
    def folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        root = tmp_path / "checkout"
        root.mkdir()
        (root / "CHANGELOG.md").write_text(self.CHANGELOG, encoding="utf-8")
        monkeypatch.setattr(release, "ROOT", root)
        monkeypatch.setattr(release, "version", lambda: "1.2.0")
        folder = tmp_path / "release"
        folder.mkdir()
        for pattern in release.expected("1.2.0"):
            (folder / pattern.replace("*", "-x")).write_bytes(pattern.encode())
        return folder

    def test_sums_are_those_of_all_files_and_notes_are_the_versions(self, folder: Path) -> None:
        files = {path.name: path.read_bytes() for path in folder.iterdir()}
        assert release.main(["v1.2.0", str(folder)]) == 0
        assert release.main(["v1.2.0", str(folder)]) == 0  # again changes nothing
        assert (folder / "NOTES.md").read_text(encoding="utf-8") == "- new\n"
        lines = (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
        assert dict(line.split("  ")[::-1] for line in lines) == {
            name: hashlib.sha256(content).hexdigest() for name, content in files.items()
        }

    def test_missing_package_is_named(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        next(folder.glob("*.dmg")).unlink()
        assert release.main(["v1.2.0", str(folder)]) == 1
        assert ".dmg" in capsys.readouterr().err

    def test_tag_of_another_version_is_refused(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert release.main(["v1.3.0", str(folder)]) == 1
        assert "the tag is v1.3.0" in capsys.readouterr().err

    def test_version_without_a_section_is_refused(self) -> None:
        with pytest.raises(release.Unfit, match=r"no section \[1\.3\.0\]. Rename"):
            release.section(self.CHANGELOG, "1.3.0")
        with pytest.raises(release.Unfit, match=r"section \[1\.3\.0\] .* is empty"):
            release.section("## [1.3.0]\n\n## [1.2.0]\n\n- old\n", "1.3.0")

    def test_notes_are_looked_at_before_anything_is_built(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert release.main(["v1.2.0"]) == 0
        monkeypatch.setattr(release, "version", lambda: "1.3.0")
        assert release.main(["v1.3.0"]) == 1
        assert "no section [1.3.0]" in capsys.readouterr().err
        assert not (folder / "NOTES.md").exists()


class TestPackage:
    """packaging/package.py, which finds the step."""

    def test_unknown_system_is_told_those_there_are(self) -> None:
        done = run(str(PACKAGING / "package.py"), "beos")
        assert done.returncode == 2
        assert "windows, linux, macos, wheel" in done.stderr

    def test_unknown_step_is_told_those_there_are(self) -> None:
        done = run(str(PACKAGING / "package.py"), "linux", "fly")
        assert done.returncode == 2
        assert "there are: build, check" in done.stderr

    @pytest.mark.skipif(sys.platform == "darwin", reason="there it would build")
    def test_mac_package_needs_a_mac(self) -> None:
        done = run(str(PACKAGING / "package.py"), "macos")
        assert done.returncode == 2
        assert "needs a Mac" in done.stderr


class TestWorkflows:
    def test_actions_are_pinned_by_commit_with_their_version_beside(self) -> None:
        used = [line for file in WORKFLOWS for line in file.read_text(encoding="utf-8").splitlines() if "uses:" in line]
        assert used
        for line in used:
            assert re.search(r"uses: (\./\S+|[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$", line), line

    def test_commands_name_verbs_steps_and_scripts_that_exist(self) -> None:
        lines = [line for file in WORKFLOWS for line in file.read_text(encoding="utf-8").splitlines() if "run:" in line]
        text = "\n".join(lines)
        verbs = runpy.run_path(str(ROOT / "dev.py"))["VERBS"]
        folders = runpy.run_path(str(PACKAGING / "package.py"))["FOLDERS"]
        commands = re.findall(r"dev\.py (\w+)(?: (\w+))?(?: (\w+))?", text)
        assert len(commands) > 5
        for verb, system, step in commands:
            assert verb in verbs
            if verb == "package":
                assert (PACKAGING / folders[system] / f"{step or 'build'}.py").is_file()
        for script in re.findall(r"packaging/\S+\.py", text):
            assert (ROOT / script).is_file()
