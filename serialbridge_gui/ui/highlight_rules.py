"""The rules by which rows of every log get a colour, and their file.

They lie beside the profiles, in a file of their own, and not in the window's settings: they are typed with care,
are worth copying to another machine, and must not be lost with a window's place on the screen.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QObject, Signal

from serialbridge_gui.traffic.chunk import Direction
from serialbridge_gui.traffic.pattern import Pattern, PatternError, PatternKind, TooSlowError, parse_pattern
from serialbridge_gui.traffic.rows import Row
from serialbridge_gui.whole_file import read_bounded, set_aside, write_whole

from .row_colors import RULE_COLORS
from .tasks import Tasks

MAX_RULES: Final = 32
"""Chosen: 0.1 ms for a row that none of them matches; a screen has 40 rows."""

MAX_SEARCHED_BYTES: Final = 256
"""Of a row: what a rule costs must not depend on how long rows are."""

MAX_FILE_BYTES: Final = 1 << 18
"""Chosen: 32 rules of the longest patterns take less."""

FILE_VERSION: Final = 1


@dataclass(frozen=True)
class HighlightRule:
    """Colours the rows that have a match within themselves, in their first MAX_SEARCHED_BYTES."""

    pattern: str = ""
    kind: PatternKind = PatternKind.TEXT
    match_case: bool = False
    direction: int | None = None
    """A Direction; None: any."""
    color: str = "yellow"
    """One of RULE_COLORS."""
    enabled: bool = True

    def parse(self) -> Pattern:
        """Ready to search. Raises PatternError."""
        return parse_pattern(self.pattern, self.kind, match_case=self.match_case)

    def changed(self, **fields: Any) -> HighlightRule:
        """Another one with these fields."""
        return replace(self, **fields)


class RuleMatcher:
    """Rules in order, ready to be asked. For one thread."""

    def __init__(self, rules: tuple[HighlightRule, ...]) -> None:
        self.too_slow: set[HighlightRule] = set()
        """Their expression took too long on some row: they are passed over from then on."""
        self._ready: list[tuple[HighlightRule, Pattern]] = []
        for rule in rules:
            if rule.enabled:
                try:
                    self._ready.append((rule, rule.parse()))
                except PatternError:
                    continue  # the dialog says what is wrong with it

    def color_of(self, row: Row) -> str | None:
        """The colour of the first rule that matches; None: of none."""
        if row.direction == Direction.GAP:
            return None
        data = row.data[:MAX_SEARCHED_BYTES]
        lower = None
        for rule, pattern in self._ready:
            if rule.direction is not None and rule.direction != row.direction:
                continue
            if rule in self.too_slow or (row.direction == Direction.EVENT and not pattern.in_events):
                continue
            if pattern.folded and lower is None:
                lower = data.lower()
            searched = lower if pattern.folded and lower is not None else data
            try:
                if pattern.search(searched, 0, len(searched)) is not None:
                    return rule.color
            except TooSlowError:
                self.too_slow.add(rule)
        return None


class HighlightRules(QObject):
    """The rules in force for all logs. Main thread only."""

    changed = Signal()
    save_failed = Signal(str)
    """The system's words: the rules could not be written; they are still in force."""

    def __init__(self, path: Path | None = None, parent: QObject | None = None) -> None:
        """`path` is their file; without one they are not kept."""
        super().__init__(parent)
        self.rules: tuple[HighlightRule, ...] = ()
        self.matcher = RuleMatcher(())
        self.problem = ""
        """Why the file could not be used, in the system's words; it is left as it is until rules are saved, and then
        renamed `….broken`."""
        self._path = path
        self._tasks = Tasks()
        self._saving = False

    def load(self) -> None:
        """Read the file, if there is one. A file that cannot be used sets `problem`. Blocks for a ms or so."""
        if self._path is None or not self._path.exists():
            return
        try:
            content = read_bounded(self._path, MAX_FILE_BYTES)
            if len(content) > MAX_FILE_BYTES:
                raise ValueError("too large")
            rules = _read(content)
        except (OSError, ValueError, RecursionError) as error:
            self.problem = str(error)
            return
        self._put(tuple(_sound(rule) for rule in rules[:MAX_RULES]))

    def set_rules(self, rules: tuple[HighlightRule, ...]) -> None:
        """Put these in force, MAX_RULES at most, and save them soon."""
        if rules[:MAX_RULES] != self.rules:
            self._put(rules[:MAX_RULES])
            self._save_soon()

    def _put(self, rules: tuple[HighlightRule, ...]) -> None:
        self.rules = rules
        self.matcher = RuleMatcher(rules)
        self.changed.emit()

    def _save_soon(self) -> None:
        if self._path is not None and not self._saving:
            self._saving = True
            self._tasks.start(self._save(self._path), "save highlight rules")

    async def finish(self) -> None:
        """Wait until what was changed is saved; 1 s at most."""
        await self._tasks.finish()

    async def _save(self, path: Path) -> None:
        from asyncio import to_thread

        saved: tuple[HighlightRule, ...] | None = None
        try:
            if self.problem:
                if await to_thread(set_aside, path) is None:
                    raise OSError(self.problem)
                self.problem = ""
            while saved != self.rules:
                saved = self.rules
                await to_thread(write_whole, path, _as_text(saved))
        except OSError as error:
            self.save_failed.emit(error.strerror or str(error))
        finally:
            self._saving = False


def _read(content: bytes) -> list[HighlightRule]:
    """The rules in a file. Raises ValueError."""
    import msgspec  # 10 ms that only who has rules pays

    document = msgspec.json.decode(content)
    if not isinstance(document, dict) or document.get("version") != FILE_VERSION:
        raise ValueError(f"not version {FILE_VERSION}")
    return msgspec.convert(document.get("rules"), list[HighlightRule])  # its errors are ValueErrors


def _sound(rule: HighlightRule) -> HighlightRule:
    """The rule without values that nobody can have chosen."""
    if rule.color not in RULE_COLORS:
        rule = rule.changed(color="grey")
    if rule.direction not in (None, *Direction):
        rule = rule.changed(direction=None)
    return rule


def _as_text(rules: tuple[HighlightRule, ...]) -> str:
    plain = [asdict(rule) | {"kind": rule.kind.value} for rule in rules]
    return json.dumps({"version": FILE_VERSION, "rules": plain}, ensure_ascii=False, indent=2) + "\n"
