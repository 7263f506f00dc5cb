"""Profiles that come from elsewhere: exported files, older ones, and files that are none."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serialbridge_gui.profile_error import ProfileError, ProfileFault
from serialbridge_gui.profile_store import MAX_PROFILE_BYTES, ProfileStore, free_name
from tests.test_profile_store import ID, converting, made, old_document


@pytest.fixture
def store(tmp_path: Path) -> ProfileStore:
    return ProfileStore(tmp_path)


def test_exported_profile_has_no_id_and_comes_back_under_a_new_one_and_a_free_name(
    store: ProfileStore, tmp_path: Path
) -> None:
    profile = made(clients={"access": "shared"})
    store.save(profile)
    file = tmp_path / "scale.serialbridge"
    store.export(profile, file)
    assert "id" not in json.loads(file.read_text(encoding="utf-8"))
    first, second = store.import_file(file), store.import_file(file)
    assert [first.name, second.name] == ["Scale (2)", "Scale (3)"]
    assert len({profile.id, first.id, second.id}) == 3
    assert first.clients == profile.clients
    assert len(store.load().profiles) == 3


def test_import_of_an_older_version_converts_it_and_leaves_the_file_alone(tmp_path: Path) -> None:
    store = converting(tmp_path)
    file = tmp_path / "old.serialbridge"
    file.write_text(json.dumps(old_document()))
    before = file.read_bytes()
    assert store.import_file(file).name == "Old!"
    assert file.read_bytes() == before
    assert not list(tmp_path.glob("*.bak"))


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"\xff\xfe", ProfileFault.BROKEN),
        (b"[" * 100_000, ProfileFault.BROKEN),
        (b" " * (MAX_PROFILE_BYTES + 1), ProfileFault.TOO_LARGE),
        (b'{"format_version": 99}', ProfileFault.NEWER),
        (None, ProfileFault.NOT_READABLE),
    ],
)
def test_import_of_what_is_no_profile_is_refused_and_adds_nothing(
    store: ProfileStore, tmp_path: Path, content: bytes | None, fault: ProfileFault
) -> None:
    file = tmp_path / "file"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ProfileError) as caught:
        store.import_file(file)
    assert caught.value.fault is fault
    assert caught.value.subject == str(file)
    assert store.load().profiles == ()


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text() | st.characters(categories=["Cs"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
PROFILE_LIKE = st.fixed_dictionaries(
    {"format_version": st.just(1) | JSON, "name": st.text() | JSON, "serial": JSON | st.just({"device": "x"})},
    optional={"id": st.just(ID) | JSON, "listen": JSON, "clients": JSON, "while_away": JSON},
)


@settings(max_examples=300)
@given(st.binary() | st.text().map(str.encode) | JSON.map(json.dumps).map(str.encode)
       | PROFILE_LIKE.map(json.dumps).map(str.encode))  # fmt: skip
def test_no_file_can_do_more_than_be_refused(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as directory:
        store = ProfileStore(Path(directory))
        store.directory.mkdir()
        (store.directory / f"{ID}.json").write_bytes(content)
        loaded = store.load()
        assert len(loaded.profiles) + len(loaded.problems) == 1
        file = Path(directory) / "file"
        file.write_bytes(content)
        try:
            imported = store.import_file(file)
        except ProfileError:
            return
        assert imported in store.load().profiles


def test_half_a_character_in_a_name_is_a_broken_file_not_a_crash(store: ProfileStore, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text('{"format_version": 1, "name": "\\ud800", "serial": {"device": "x"}}')
    with pytest.raises(ProfileError) as caught:
        store.import_file(file)
    assert caught.value.fault is ProfileFault.BROKEN


def test_free_name_is_never_longer_than_a_name_may_be() -> None:
    name = "x" * 200
    assert free_name("a", {"b"}) == "a"
    assert free_name("a", {"a", "a (2)"}) == "a (3)"
    assert len(free_name(name, {name})) <= 200
