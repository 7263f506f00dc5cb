"""In which order and groups a person has put the bridges, and the file that keeps it.

Beside the profiles and not in them: where a bridge stands is this person's affair, not that of whoever gets an exported
profile, and a move writes one small file instead of many. docs/decisions/0017-profiles-as-files.md
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QObject, Signal

from serialbridge_gui.ui.tasks import Tasks
from serialbridge_gui.whole_file import read_bounded, set_aside, write_whole

FILE_VERSION: Final = 1
MAX_FILE_BYTES: Final = 1 << 20
"""Chosen: twenty thousand bridges take less."""
MAX_GROUPS: Final = 1000
MAX_NAME: Final = 100
"""Characters of a group's name (chosen: more than a sidebar shows)."""


@dataclass(frozen=True)
class Group:
    """Some bridges under a header. The first one has no name and no header: what is in no group."""

    name: str = ""
    profiles: tuple[str, ...] = ()
    """Ids, in their order; also of profiles that are not there any more, since a delete can be undone."""
    folded: bool = False


class Arrangement(QObject):
    """Main thread only."""

    changed = Signal()

    def __init__(self, path: Path | None = None, parent: QObject | None = None) -> None:
        """`path` is its file; without one it is not kept."""
        super().__init__(parent)
        self.groups: tuple[Group, ...] = (Group(),)
        self._path = path
        self._unusable = False
        self._tasks = Tasks()
        self._saving = False

    def load(self) -> None:
        """Read the file, if there is one. One that cannot be used is renamed `….broken` before the next is written."""
        if self._path is None or not self._path.exists():
            return
        try:
            self.groups = _read(read_bounded(self._path, MAX_FILE_BYTES))
        except (OSError, ValueError, RecursionError):
            self._unusable = True

    # ---- what it says

    def names(self) -> list[str]:
        """Of the groups that have one, in their order."""
        return [group.name for group in self.groups[1:]]

    def group_of(self, profile: str) -> str:
        """The name of the profile's group; empty: it is in none."""
        return next((group.name for group in self.groups if profile in group.profiles), "")

    def ordered(self, present: Iterable[str]) -> list[tuple[Group, list[str]]]:
        """The groups with those of their profiles that are there; who was never moved ends the first."""
        there = dict.fromkeys(present)
        known = {profile for group in self.groups for profile in group.profiles}
        rows = [(group, [each for each in group.profiles if each in there]) for group in self.groups]
        rows[0][1].extend(each for each in there if each not in known)
        return rows

    # ---- what a person does

    def move(self, profile: str, group: str, before: str | None, present: Iterable[str]) -> None:
        """Put it into the group, a new one if there is none of that name, in front of `before`, or at its end."""
        groups = self._with_all(present)
        groups = [replace(each, profiles=tuple(p for p in each.profiles if p != profile)) for each in groups]
        at = next((n for n, each in enumerate(groups) if each.name == group), None)
        if at is None:
            if len(groups) > MAX_GROUPS or not _is_name(group):
                return
            groups.append(Group(group))
            at = len(groups) - 1
        ids = list(groups[at].profiles)
        ids.insert(ids.index(before) if before in ids else len(ids), profile)
        groups[at] = replace(groups[at], profiles=tuple(ids), folded=False)
        self._put(groups)

    def step(self, profile: str, rows: int, present: Iterable[str]) -> None:
        """Up (-1) or down (1) by a row; over the edge of its group into the next one."""
        shown = [(group.name, ids) for group, ids in self.ordered(present) if ids or not group.name]
        at = next(n for n, (_, ids) in enumerate(shown) if profile in ids)
        name, ids = shown[at]
        place = ids.index(profile)
        others = [each for each in ids if each != profile]
        if 0 <= place + rows < len(ids):
            following = others[place + rows :]
            self.move(profile, name, following[0] if following else None, present)
        elif rows < 0 and at > 0:
            self.move(profile, shown[at - 1][0], None, present)
        elif rows > 0 and at + 1 < len(shown):
            self.move(profile, shown[at + 1][0], shown[at + 1][1][0], present)

    def step_group(self, name: str, rows: int, present: Iterable[str]) -> None:
        """Up (-1) or down (1) among the groups."""
        groups = self._with_all(present)
        at = next((n for n, each in enumerate(groups) if n and each.name == name), 0)
        if at and 1 <= at + rows < len(groups):
            groups[at], groups[at + rows] = groups[at + rows], groups[at]
            self._put(groups)

    def rename_group(self, name: str, wanted: str, present: Iterable[str]) -> None:
        """Give it another name; that of another group joins the two, and none at all dissolves it."""
        wanted = wanted.strip()
        if wanted == name or (wanted and not _is_name(wanted)):
            return
        groups = self._with_all(present)
        at = next((n for n, each in enumerate(groups) if n and each.name == name), 0)
        into = next((n for n, each in enumerate(groups) if each.name == wanted), None)
        if not at:
            return
        if into is None:
            groups[at] = replace(groups[at], name=wanted)
        else:
            groups[into] = replace(groups[into], profiles=groups[into].profiles + groups[at].profiles)
            del groups[at]
        self._put(groups)

    def fold(self, name: str, folded: bool) -> None:
        """Show the group's header alone, or all of it."""
        self._put([replace(each, folded=folded) if name and each.name == name else each for each in self.groups])

    def free_group_name(self, wanted: str) -> str:
        """`wanted`, or with the first number that no group has."""
        taken, name, number = set(self.names()), wanted, 1
        while name in taken:
            number += 1
            name = f"{wanted} {number}"
        return name

    def forget(self, profile: str) -> None:
        """It is gone for good."""
        if any(profile in group.profiles for group in self.groups):
            self._put(
                [replace(each, profiles=tuple(p for p in each.profiles if p != profile)) for each in self.groups]
            )

    # ---- its file

    async def finish(self) -> None:
        """Wait until what was changed is saved; 1 s at most."""
        await self._tasks.finish()

    def _with_all(self, present: Iterable[str]) -> list[Group]:
        """The groups, those who were never moved among them."""
        groups = list(self.groups)
        known = {profile for group in groups for profile in group.profiles}
        new = tuple(each for each in present if each not in known)
        groups[0] = replace(groups[0], profiles=groups[0].profiles + new)
        return groups

    def _put(self, groups: list[Group]) -> None:
        kept = (groups[0], *(group for group in groups[1:] if group.profiles))
        if kept != self.groups:
            self.groups = kept
            self.changed.emit()
            if self._path is not None and not self._saving:
                self._saving = True
                self._tasks.start(self._save(self._path), "save arrangement")

    async def _save(self, path: Path) -> None:
        from asyncio import to_thread

        saved: tuple[Group, ...] | None = None
        try:
            if self._unusable:
                await to_thread(set_aside, path)
                self._unusable = False
            while saved != self.groups:
                saved = self.groups
                await to_thread(write_whole, path, _as_text(saved))
        except OSError:
            return  # the order of the rows: the profiles themselves say that nothing can be written
        finally:
            self._saving = False


def _is_name(text: str) -> bool:
    strange = any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in text[:MAX_NAME])
    return 1 <= len(text) <= MAX_NAME and not strange


def _read(content: bytes) -> tuple[Group, ...]:
    """The groups in a file. Raises ValueError."""
    if len(content) > MAX_FILE_BYTES:
        raise ValueError("too large")
    document = json.loads(content)
    if not isinstance(document, dict) or document.get("version") != FILE_VERSION:
        raise ValueError(f"not version {FILE_VERSION}")
    rows: Any = document.get("groups")
    groups, names, seen = [Group()], {""}, set[str]()
    for number, row in enumerate(rows if isinstance(rows, list) else []):
        if not isinstance(row, dict) or not isinstance(row.get("profiles"), list):
            raise ValueError(f"group {number}")
        ids = tuple(dict.fromkeys(each for each in row["profiles"] if isinstance(each, str) and each not in seen))
        seen |= set(ids)
        name = row.get("name")
        if number == 0 and name == "":
            groups[0] = Group(profiles=ids)
        elif isinstance(name, str) and _is_name(name) and name not in names and len(groups) <= MAX_GROUPS:
            names.add(name)
            groups.append(Group(name, ids, row.get("folded") is True))
    return tuple(groups)


def _as_text(groups: tuple[Group, ...]) -> str:
    document = {"version": FILE_VERSION, "groups": [asdict(group) for group in groups]}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
