"""Profiles on disk: whole or not at all, and a broken one never takes others along."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from serialbridge_gui.profile import Profile
from serialbridge_gui.profile_error import ProfileError, ProfileFault
from serialbridge_gui.profile_store import MAX_PROFILE_BYTES, ProfileStore, find_by_name
from tests.processes import console_environment
from tests.settings import from_plain

ID = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def store(tmp_path: Path) -> ProfileStore:
    return ProfileStore(tmp_path)


def made(name: str = "Scale", **fields: Any) -> Profile:
    return from_plain(Profile, name=name, **{"serial": {"device": "/dev/ttyUSB0"}, **fields})


def written(store: ProfileStore, document: object, name: str = ID) -> Path:
    store.directory.mkdir(parents=True, exist_ok=True)
    path = store.directory / f"{name}.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return path


def faults(store: ProfileStore) -> list[ProfileFault]:
    return [problem.fault for problem in store.load().problems]


# ---- one profile


def test_saved_profile_loads_as_it_was_under_a_name_that_is_not_the_users(store: ProfileStore) -> None:
    profile = made("秤 ../x")
    store.save(profile)
    assert store.load().profiles == (profile,)
    assert store.load().problems == ()
    assert [path.name for path in store.directory.iterdir()] == [f"{profile.id}.json"]


def test_nothing_there_is_nothing_wrong(store: ProfileStore) -> None:
    assert store.load().profiles == ()
    assert store.load().problems == ()


def test_profiles_are_sorted_by_name(store: ProfileStore) -> None:
    for name in ("b", "C", "a"):
        store.save(made(name))
    assert [profile.name for profile in store.load().profiles] == ["a", "b", "C"]


def test_deleted_profile_is_gone_and_may_be_deleted_again(store: ProfileStore) -> None:
    profile = made()
    store.save(profile)
    store.delete(profile)
    store.delete(profile)
    assert store.load().profiles == ()


def test_profile_is_found_by_name_or_id_and_two_of_a_name_are_ambiguous(store: ProfileStore) -> None:
    first, second = made("same"), made("same")
    for profile in (first, second):
        store.save(profile)
    saved = store.load().profiles
    assert find_by_name(saved, first.id) == first
    with pytest.raises(ProfileError) as caught:
        find_by_name(saved, "same")
    assert caught.value.fault is ProfileFault.AMBIGUOUS_NAME
    with pytest.raises(ProfileError) as caught:
        find_by_name(saved, "other")
    assert (caught.value.fault, caught.value.subject) == (ProfileFault.UNKNOWN_NAME, "other")
    assert find_by_name((first,), "same") == first


SAVE_FOR_EVER = """
import sys
from pathlib import Path
from serialbridge_gui.profile import Profile, SerialSettings
from serialbridge_gui.profile_store import ProfileStore
store = ProfileStore(Path(sys.argv[1]))
profile = Profile(id=sys.argv[2], name="x" * 200, serial=SerialSettings(device="d" * 1000))
store.save(profile)
print("saved", flush=True)
while True:
    store.save(profile)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9")
def test_file_is_whole_whenever_the_program_is_killed(store: ProfileStore, tmp_path: Path) -> None:
    path = store.directory / f"{ID}.json"
    for _ in range(5):
        with subprocess.Popen(
            [sys.executable, "-c", SAVE_FOR_EVER, str(tmp_path), ID],
            env=console_environment(), stdout=subprocess.PIPE, text=True,
        ) as program:  # fmt: skip
            assert program.stdout is not None
            assert program.stdout.readline() == "saved\n"
            try:
                for _ in range(200):  # whoever looks at any moment sees one version or the other, never a part
                    assert json.loads(path.read_bytes())["name"] == "x" * 200
            finally:
                program.send_signal(signal.SIGKILL)
        loaded = store.load()
        assert loaded.problems == ()
        assert [profile.name for profile in loaded.profiles] == ["x" * 200]


def test_failing_write_leaves_the_old_file_and_no_other(store: ProfileStore, monkeypatch: pytest.MonkeyPatch) -> None:
    profile = made()
    store.save(profile)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ProfileError) as caught:
        store.save(profile.changed(name="new"))
    assert (caught.value.fault, caught.value.detail) == (ProfileFault.NOT_WRITABLE, "No space left on device")
    assert store.load().profiles == (profile,)
    assert len(list(store.directory.iterdir())) == 1


def test_directory_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "profiles").write_text("a file in its place")
    store = ProfileStore(tmp_path)
    with pytest.raises(ProfileError) as caught:
        store.save(made())
    assert caught.value.fault is ProfileFault.NOT_WRITABLE
    assert store.load().profiles == ()


# ---- broken, newer, older


def test_broken_file_is_set_aside_and_named_while_the_others_load(store: ProfileStore) -> None:
    good = made()
    store.save(good)
    path = written(store, "{ not json")
    loaded = store.load()
    assert loaded.profiles == (good,)
    (problem,) = loaded.problems
    assert (problem.fault, problem.subject) == (ProfileFault.BROKEN, str(path))
    assert problem.set_aside == path.with_suffix(".broken")
    assert problem.set_aside.read_text() == "{ not json"
    assert not path.exists()
    assert store.load().problems == ()


def test_second_broken_file_of_a_name_does_not_overwrite_the_first(store: ProfileStore) -> None:
    for text in ("first", "second", "third"):
        written(store, text)
        store.load()
    assert sorted(path.read_text() for path in store.directory.glob("*.broken")) == ["first", "second", "third"]


@pytest.mark.parametrize(
    "document",
    [[], None, 7, {}, {"format_version": 1}, {"format_version": True}, {"format_version": 0}, {"format_version": "1"}],
)
def test_json_that_is_no_profile_is_broken(store: ProfileStore, document: object) -> None:
    written(store, document)
    assert faults(store) == [ProfileFault.BROKEN]


def test_profile_under_another_ones_file_name_is_broken(store: ProfileStore) -> None:
    store.save(made())
    (path,) = store.directory.iterdir()
    path.rename(path.with_name(f"{ID}.json"))
    assert faults(store) == [ProfileFault.BROKEN]


def test_newer_version_is_refused_and_left_in_place(store: ProfileStore) -> None:
    path = written(store, {"format_version": 2, "anything": "else"})
    before = path.read_bytes()
    assert faults(store) == faults(store) == [ProfileFault.NEWER]
    assert path.read_bytes() == before


def test_file_that_is_too_large_is_refused_and_left_in_place(store: ProfileStore) -> None:
    path = written(store, " " * (MAX_PROFILE_BYTES + 1))
    assert faults(store) == [ProfileFault.TOO_LARGE]
    assert path.exists()


def test_directory_with_the_name_of_a_profile_is_reported(store: ProfileStore) -> None:
    (store.directory / f"{ID}.json").mkdir(parents=True)
    assert faults(store) == [ProfileFault.NOT_READABLE]


def converting(tmp_path: Path, **steps: Any) -> ProfileStore:
    def first(document: dict[str, Any]) -> dict[str, Any]:
        document["name"] = document.pop("title")
        return document

    def second(document: dict[str, Any]) -> dict[str, Any]:
        return {**document, "name": document["name"] + "!"}

    return ProfileStore(tmp_path, {1: steps.get("first", first), 2: steps.get("second", second)}, version=3)


def old_document() -> dict[str, Any]:
    return {"format_version": 1, "id": ID, "title": "Old", "serial": {"device": "COM1"}}


def test_older_version_is_backed_up_then_converted_step_by_step(tmp_path: Path) -> None:
    store = converting(tmp_path)
    path = written(store, old_document())
    before = path.read_bytes()
    assert [profile.name for profile in store.load().profiles] == ["Old!"]
    assert path.with_suffix(".v1.bak").read_bytes() == before
    assert json.loads(path.read_text())["format_version"] == 3
    assert [profile.name for profile in store.load().profiles] == ["Old!"]  # and not converted again


@pytest.mark.parametrize("error", [KeyError, TypeError, ValueError, AttributeError, IndexError])
def test_older_file_that_a_converter_stumbles_over_is_broken_and_its_backup_stays(
    tmp_path: Path, error: type[Exception]
) -> None:
    def stumble(_document: dict[str, Any]) -> dict[str, Any]:
        raise error("stumbled")

    store = converting(tmp_path, second=stumble)
    path = written(store, old_document())
    loaded = store.load()
    assert [problem.fault for problem in loaded.problems] == [ProfileFault.BROKEN]
    assert "version 2" in loaded.problems[0].detail
    assert path.with_suffix(".v1.bak").exists()


def test_older_file_that_cannot_be_backed_up_is_reported_and_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = converting(tmp_path)
    path = written(store, old_document())
    before = path.read_bytes()

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("shutil.copy2", refuse)
    loaded = store.load()
    assert [(each.fault, each.detail) for each in loaded.problems] == [
        (ProfileFault.NOT_WRITABLE, "Permission denied")
    ]
    assert path.read_bytes() == before
