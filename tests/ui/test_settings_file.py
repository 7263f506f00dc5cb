"""The settings' file: what is set is there at the next start, whole, and what is broken is said."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray
from pytestqt.qtbot import QtBot

from serialbridge_gui.profile_store import ProfileStore
from serialbridge_gui.ui.settings_file import NAME, SettingsFile, Value
from serialbridge_gui.whole_file import write_whole
from tests.ui.test_app import program
from tests.ui.windows import Lab


def test_each_kind_of_value_comes_back_soon_without_being_asked(tmp_path: Path, qtbot: QtBot) -> None:
    file = tmp_path / "配置" / NAME
    settings = SettingsFile(file)
    values: dict[str, Value | QByteArray] = {
        "text": "a, b; \n\x00 秤", "bytes": QByteArray(b"\x00\xff"), "list": ["one, two", ""], "empty": [],
    }  # fmt: skip
    for key, value in values.items():
        settings.setValue(key, value)
    settings.setValue("gone", "x")
    settings.remove("gone")
    settings.remove("never there")
    qtbot.waitUntil(file.exists)
    again = SettingsFile(file)
    assert {key: again.value(key) for key in again.names()} == {**values, "bytes": b"\x00\xff"}
    assert again.value("gone") is None


def test_older_version_never_comes_after_a_newer_one(tmp_path: Path, qtbot: QtBot) -> None:
    settings = SettingsFile(tmp_path / NAME)
    settings.setValue("number", "1")
    older, version = settings._text(), settings._version
    settings.setValue("number", "2")
    settings.sync()
    settings._write(older, version)  # as a thread that was held up
    assert SettingsFile(tmp_path / NAME).value("number") == "2"


def test_value_that_is_none_of_ours_is_left_out_alone(tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / NAME).write_text('{"a": 1, "b": null, "c": {"bytes": "?"}, "d": {}, "e": "good", "f": [1, "x"]}')
    settings = SettingsFile(tmp_path / NAME)
    assert {key: settings.value(key) for key in settings.names()} == {"e": "good", "f": ["x"]}
    assert settings.problem == ""


async def test_broken_file_is_set_aside_and_named(lab: Lab) -> None:
    lab.config_dir.mkdir()
    (lab.config_dir / NAME).write_text("{")
    async with program(lab) as window:
        assert str(lab.config_dir / "settings.broken") in window.message.label.text()


def test_file_that_cannot_be_written_is_told_once_and_nothing_is_lost_meanwhile(
    tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "no folder").write_text("")
    settings = SettingsFile(tmp_path / "no folder" / NAME)
    told: list[str] = []
    settings.failed.connect(told.append)
    for number in range(3):
        settings.setValue("number", str(number))
        settings.sync()
    assert len(told) == 1
    assert told[0].startswith(f"The settings cannot be written to {tmp_path}")
    assert settings.value("number") == "2"


def test_what_could_not_be_written_once_is_written_at_the_end(tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "folder").write_text("")  # as a virus scanner that holds the file
    settings = SettingsFile(tmp_path / "folder" / NAME)
    settings.setValue("a", "1")
    settings.sync()
    (tmp_path / "folder").unlink()
    settings.sync()
    assert SettingsFile(tmp_path / "folder" / NAME).value("a") == "1"


def test_file_that_cannot_be_read_is_kept_beside_the_next_one(tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / NAME).mkdir()
    settings = SettingsFile(tmp_path / NAME)
    assert str(tmp_path / "settings.broken") in settings.problem
    settings.setValue("a", "1")
    settings.sync()
    assert SettingsFile(tmp_path / NAME).value("a") == "1"


def test_what_killed_programs_left_is_removed_and_what_is_being_written_is_not(tmp_path: Path, qtbot: QtBot) -> None:
    profiles = tmp_path / "profiles"
    profiles.mkdir()
    for folder in (tmp_path, profiles):
        for name, age_s in ((".a.json.x1.tmp", 2 * 3600), (".a.json.x2.tmp", 5), ("mine.tmp", 2 * 3600)):
            (folder / name).write_text("")
            os.utime(folder / name, (time.time() - age_s,) * 2)
    SettingsFile(tmp_path / NAME)
    ProfileStore(tmp_path).load()
    for folder in (tmp_path, profiles):
        assert {path.name for path in folder.glob("*.tmp")} == {".a.json.x2.tmp", "mine.tmp"}


def test_file_that_another_program_holds_on_windows_is_replaced_a_little_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[str] = []

    def held(old: str, new: Path) -> None:
        tries.append(old)
        if len(tries) < 3:
            raise PermissionError(13, "Access is denied")
        rename(old, new)

    rename = os.rename
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setattr("os.replace", held)
    write_whole(tmp_path / "a", "new")
    assert (tmp_path / "a").read_text() == "new"
    assert len(tries) == 3
