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
from serialbridge_gui.ui.sentences import profile_error_sentence
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


# ---- hostile, and several programs at once


DEEP = '{"format_version": 1, "name": "x", "serial": ' + '{"device": ' * 5000 + '"x"' + "}" * 5000 + "}"


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (DEEP, ""),
        ('{"format_version": 1, "name": "x", "serial": {"device": "x", "stop_bits": NaN}}', "stop_bits"),
        ('{"format_version": 1, "name": "x", "serial": {"device": "x"}, "clients": {"idle_timeout_s": Infinity}}', ""),
        ('{"format_version": 1, "name": "x", "serial": {"device": "x", "baud_rate": 1e400}}', ""),
        ('{"format_version": 1, "name": "x\\u0000", "serial": {"device": "x"}}', "control characters"),
        ('{"format_version": 1, "name": "a\\u001b[31mb", "serial": {"device": "x"}}', "control characters"),
        ('{"format_version": 1, "name": "a\\u2028b", "serial": {"device": "x"}}', "control characters"),
        ('{"format_version": 1, "name": "' + "x" * 201 + '", "serial": {"device": "x"}}', "200"),
        ('{"format_version": 1, "name": "x", "serial": {"device": "x"}, "\\u202eevil": 1}', "no such field"),
        ('{"format_version": 1, "id": "../../x", "name": "x", "serial": {"device": "x"}}', "hexadecimal"),
        ('{"format_version": 1e400, "name": "x"}', "format_version"),
    ],
)
def test_hostile_file_is_a_sentence_in_plain_text_and_the_others_load(
    store: ProfileStore, document: str, words: str
) -> None:
    good = made("Good")
    store.save(good)
    path = written(store, document.replace("\\\\u", "\\u"))
    loaded = store.load()
    assert loaded.profiles == (good,)
    (problem,) = loaded.problems
    assert problem.fault is ProfileFault.BROKEN
    sentence = profile_error_sentence(problem)
    assert str(path) in sentence
    assert words in sentence
    assert sentence.isprintable()


def test_last_of_two_equal_keys_counts(store: ProfileStore) -> None:
    """As JSON's readers have it: what is checked is what is used."""
    text = f'{{"format_version": 1, "id": "{ID}", "name": "one", "name": "two", "serial": {{"device": "x"}}}}'
    written(store, text)
    assert [profile.name for profile in store.load().profiles] == ["two"]
    text = f'{{"format_version": 1, "format_version": 9, "id": "{ID}", "name": "one", "serial": {{"device": "x"}}}}'
    written(store, text)
    assert faults(store) == [ProfileFault.NEWER]


def test_name_that_turns_letters_round_is_shown_so_that_one_sees_it(store: ProfileStore) -> None:
    store.save(made("a\u202egpj"))
    (profile,) = store.load().profiles
    error = ProfileError(ProfileFault.UNKNOWN_NAME, profile.name)
    assert "aU+202Egpj" in profile_error_sentence(error)


def test_profile_that_vanishes_while_the_folder_is_read_is_nobodys_mistake(
    store: ProfileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, gone = made("Kept"), made("Gone")
    for profile in (kept, gone):
        store.save(profile)
    read = ProfileStore._read

    def delete_first(self: ProfileStore, path: Path) -> dict[str, Any]:
        if path.stem == gone.id:
            path.unlink()
        return read(self, path)

    monkeypatch.setattr(ProfileStore, "_read", delete_first)
    loaded = store.load()
    assert loaded.profiles == (kept,)
    assert loaded.problems == ()


IMPORT_OFTEN = """
import sys
from pathlib import Path
from time import sleep
import msgspec, PySide6.QtCore  # which the first import would wait for
from serialbridge_gui import profile_store
from serialbridge_gui.profile_store import ProfileStore
profile_store.LOCK_MS = 60_000  # a busy machine keeps the other program from ending its import
store = ProfileStore(Path(sys.argv[1]))
save = ProfileStore.save
ProfileStore.save = lambda *profile: (sleep(0.01), save(*profile))  # the name is chosen: now another could take it
print("ready", flush=True)
sys.stdin.readline()
for _ in range(6):
    store.import_file(Path(sys.argv[2]))
"""


def test_programs_that_import_at_the_same_time_lose_no_profile_and_no_name_is_there_twice(
    store: ProfileStore, tmp_path: Path
) -> None:
    file = tmp_path / "scale.serialbridge"
    store.export(made("Scale"), file)
    command = [sys.executable, "-c", IMPORT_OFTEN, str(tmp_path), str(file)]
    programs = [
        subprocess.Popen(command, env=console_environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    try:
        for program in programs:
            assert program.stdout is not None
            assert program.stdout.readline() == "ready\n"
        mine = made("Mine")
        for program in programs:
            assert program.stdin is not None
            program.stdin.write("go\n")
            program.stdin.flush()
        for _ in range(6):  # and the window saves and deletes meanwhile
            store.save(mine)
            store.put_away(mine)
            store.bring_back(mine)
        assert [program.wait(60) for program in programs] == [0, 0]
    finally:
        for program in programs:
            program.kill()
            program.communicate()
    loaded = store.load()
    names = [profile.name for profile in loaded.profiles]
    assert loaded.problems == ()
    assert len(names) == len(set(names)) == 13


# ---- put away


def test_put_away_is_out_of_sight_and_comes_back_as_it_was(store: ProfileStore) -> None:
    one, two = made("One"), made("Two")
    for profile in (one, two):
        store.save(profile)
    store.put_away(one)
    assert store.load().profiles == (two,)
    assert store.away() == one
    store.put_away(two)  # one is gone for good
    assert store.away() == two
    store.bring_back(two)
    assert store.load().profiles == (two,)
    assert store.away() is None
    assert [path.name for path in store.directory.iterdir()] == [f"{two.id}.json"]


def test_killed_while_it_is_put_away_there_is_one_of_it(store: ProfileStore, monkeypatch: pytest.MonkeyPatch) -> None:
    profile = made()
    store.save(profile)
    monkeypatch.setattr(ProfileStore, "delete", lambda *_: None)  # killed before this
    store.put_away(profile)
    assert store.load().profiles == (profile,)
    assert store.away() is None


def test_what_was_put_away_and_is_broken_is_passed_over(store: ProfileStore) -> None:
    store.save(made())
    (store.directory / f"{ID}.deleted").write_text("{")
    assert store.away() is None
    store.forget_away()
    assert not list(store.directory.glob("*.deleted"))
