"""The order and the groups of the sidebar, and their file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serialbridge_gui.ui.arrangement import MAX_FILE_BYTES, Arrangement, Group, _as_text, _read
from tests.ui.windows import Lab, until

ALL = ["a", "b", "c", "d"]


def rows(arrangement: Arrangement, present: list[str] = ALL) -> list[tuple[str, str]]:
    return [(group.name, "".join(ids)) for group, ids in arrangement.ordered(present)]


def test_nothing_arranged_is_the_order_in_which_they_come() -> None:
    assert rows(Arrangement()) == [("", "abcd")]
    assert rows(Arrangement(), []) == [("", "")]


def test_moves_within_and_between_groups_and_empty_groups_go() -> None:
    arrangement = Arrangement()
    arrangement.move("c", "", "a", ALL)
    assert rows(arrangement) == [("", "cabd")]
    arrangement.move("a", "Hall", None, ALL)
    arrangement.move("d", "Hall", "a", ALL)
    assert rows(arrangement) == [("", "cb"), ("Hall", "da")]
    assert arrangement.group_of("d") == "Hall"
    for each in "da":
        arrangement.move(each, "", None, ALL)
    assert rows(arrangement) == [("", "cbda")]


def test_steps_go_over_the_edges_of_groups_and_stop_at_both_ends() -> None:
    arrangement = Arrangement()
    arrangement.move("c", "Hall", None, ALL)
    seen = []
    for _ in range(5):
        arrangement.step("a", 1, ALL)
        seen.append(rows(arrangement))
    assert seen[:2] == [[("", "bad"), ("Hall", "c")], [("", "bda"), ("Hall", "c")]]
    assert seen[2:] == [[("", "bd"), ("Hall", "ac")], [("", "bd"), ("Hall", "ca")], [("", "bd"), ("Hall", "ca")]]
    for _ in range(6):
        arrangement.step("a", -1, ALL)
    assert rows(arrangement) == [("", "abd"), ("Hall", "c")]


def test_groups_are_renamed_joined_dissolved_folded_and_moved() -> None:
    arrangement = Arrangement()
    for each, group in zip("abc", ("One", "Two", "Three"), strict=True):
        arrangement.move(each, group, None, ALL)
    arrangement.step_group("Three", -1, ALL)
    assert arrangement.names() == ["One", "Three", "Two"]
    arrangement.step_group("One", -1, ALL)
    assert arrangement.names() == ["One", "Three", "Two"]
    arrangement.rename_group("One", "Hall 3", ALL)
    arrangement.fold("Hall 3", True)
    assert [group.folded for group in arrangement.groups] == [False, True, False, False]
    arrangement.rename_group("Two", "Hall 3", ALL)
    assert rows(arrangement) == [("", "d"), ("Hall 3", "ab"), ("Three", "c")]
    arrangement.rename_group("Three", "", ALL)
    arrangement.rename_group("Hall 3", "\x1b", ALL)
    assert rows(arrangement) == [("", "dc"), ("Hall 3", "ab")]
    assert arrangement.free_group_name("Hall 3") == "Hall 3 2"


async def test_arrangement_is_there_after_the_next_start_and_keeps_the_place_of_who_is_away(lab: Lab) -> None:
    path = lab.config_dir / "sidebar.json"
    arrangement = Arrangement(path)
    arrangement.move("b", "Hall", None, ALL)
    arrangement.fold("Hall", True)
    await arrangement.finish()
    again = Arrangement(path)
    again.load()
    assert again.groups == (Group("", ("a", "c", "d")), Group("Hall", ("b",), folded=True))
    assert rows(again, ["a", "d"]) == [("", "ad"), ("Hall", "")]
    again.move("d", "", "a", ["a", "d"])
    assert rows(again) == [("", "dac"), ("Hall", "b")]
    again.forget("b")
    assert rows(again, ["a", "c", "d"]) == [("", "dac")]
    await again.finish()


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'{"version": 2, "groups": []}', b"[" * 100_000, b"\xff", b'{"version": 1, "groups": [1]}',
     b" " * (MAX_FILE_BYTES + 1)],
)  # fmt: skip
async def test_file_that_cannot_be_used_is_set_aside_when_the_next_is_written(lab: Lab, content: bytes) -> None:
    lab.config_dir.mkdir()
    path = lab.config_dir / "sidebar.json"
    path.write_bytes(content)
    arrangement = Arrangement(path)
    arrangement.load()
    assert rows(arrangement) == [("", "abcd")]
    assert path.read_bytes() == content
    arrangement.move("b", "", "a", ALL)
    await until(lambda: path.with_suffix(".broken").exists() and path.exists(), "both are there")
    await arrangement.finish()
    assert path.with_suffix(".broken").read_bytes() == content
    assert json.loads(path.read_bytes())["groups"][0]["profiles"] == ["b", "a", "c", "d"]


IDS = st.sampled_from("abcd")
ROW = st.fixed_dictionaries({}, optional={
    "name": st.text(max_size=3) | st.none(), "profiles": st.lists(IDS | st.integers() | st.none(), max_size=5),
    "folded": st.booleans() | st.none(),
})  # fmt: skip


@settings(max_examples=100)
@given(st.lists(ROW, max_size=4))
def test_no_file_loses_or_doubles_a_bridge(groups: list[object]) -> None:
    arrangement = Arrangement()
    try:
        arrangement.groups = _read(json.dumps({"version": 1, "groups": groups}).encode())
    except ValueError:
        return
    assert sorted("".join(ids for _, ids in rows(arrangement))) == ALL
    assert _read(_as_text(arrangement.groups).encode()) == arrangement.groups


@settings(max_examples=100)
@given(st.lists(st.tuples(st.sampled_from(["move", "step", "rename", "fold", "group"]), IDS, st.sampled_from(
    ["", "One", "Two"]), IDS, st.sampled_from([-1, 1])), max_size=20))  # fmt: skip
def test_no_order_of_actions_loses_or_doubles_a_bridge(actions: list[tuple[str, str, str, str, int]]) -> None:
    arrangement = Arrangement()
    for what, profile, group, other, rows_by in actions:
        if what == "move":
            arrangement.move(profile, group, other, ALL)
        elif what == "step":
            arrangement.step(profile, rows_by, ALL)
        elif what == "rename":
            arrangement.rename_group(group, other, ALL)
        elif what == "group":
            arrangement.step_group(group, rows_by, ALL)
        else:
            arrangement.fold(group, rows_by > 0)
        assert sorted("".join(ids for _, ids in rows(arrangement))) == ALL


def test_an_arrangement_without_a_path_writes_nothing(tmp_path: Path) -> None:
    Arrangement().move("a", "Hall", None, ALL)
    assert list(tmp_path.iterdir()) == []
