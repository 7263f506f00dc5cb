"""Highlight rules: what they colour, how they are edited, and that they are kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from serialbridge_gui.traffic.chunk import Direction
from serialbridge_gui.traffic.log import TrafficLog
from serialbridge_gui.traffic.pattern import PatternKind
from serialbridge_gui.traffic.rows import Row
from serialbridge_gui.ui.highlight_dialog import HighlightDialog
from serialbridge_gui.ui.highlight_rules import MAX_RULES, HighlightRule, HighlightRules, RuleMatcher
from serialbridge_gui.ui.log_colors import direction_brushes
from serialbridge_gui.ui.log_pane import LogPane
from serialbridge_gui.ui.row_colors import (
    RULE_COLORS,
    current_hit_color,
    current_mark_color,
    hit_color,
    mark_color,
    rule_color,
)
from tests.ui.test_words_and_looks import contrast
from tests.ui.windows import Lab, until

S, N, EVENT, GAP = Direction
TEXT, HEX, REGEX = PatternKind


def row(data: bytes, direction: Direction = S) -> Row:
    """A row with these bytes."""
    return Row(0, 0, direction, 0, data, False, 0, 0, b"")


def color_of(row: Row, *rules: HighlightRule) -> str | None:
    """The colour that these rules give it."""
    return RuleMatcher(rules).color_of(row)


@pytest.mark.parametrize(
    ("rule", "matches", "other"),
    [
        (HighlightRule("error"), row(b"An ERROR"), row(b"fine")),
        (HighlightRule("Error", match_case=True), row(b"Error"), row(b"error")),
        (HighlightRule("0D ?? 0A", HEX), row(b"\rx\n"), row(b"\r\n")),
        (HighlightRule(r"^\d+$", REGEX), row(b"123"), row(b"12a")),
        (HighlightRule("a", direction=N), row(b"a", N), row(b"a", S)),
        (HighlightRule("left"), row(b"Client #1 left", EVENT), row(b"9", GAP)),
        (HighlightRule("x"), row(b"." * 255 + b"x"), row(b"." * 256 + b"x")),
    ],
)
def test_rule_colours_the_rows_it_matches(rule: HighlightRule, matches: Row, other: Row) -> None:
    assert color_of(matches, rule) == "yellow"
    assert color_of(other, rule) is None
    assert color_of(matches, rule.changed(enabled=False)) is None


def test_first_rule_that_matches_wins() -> None:
    red, blue = HighlightRule("a", color="red"), HighlightRule("ab", color="blue")
    assert color_of(row(b"ab"), red, blue) == "red"
    assert color_of(row(b"ab"), blue, red) == "blue"
    assert color_of(row(b"ab"), blue.changed(enabled=False), red) == "red"


def test_rule_that_cannot_be_read_or_takes_too_long_is_passed_over() -> None:
    slow = HighlightRule("(x+x+)+y", REGEX, color="red")
    matcher = RuleMatcher((HighlightRule("(", REGEX), slow, HighlightRule("x", color="blue")))
    assert matcher.color_of(row(b"x" * 250)) == "blue"
    assert matcher.too_slow == {slow}


@pytest.mark.parametrize("base", ["#ffffff", "#fdfdfd", "#1e1e1e", "#191919", "#000000"])
def test_log_can_be_read_on_every_colour_behind_it(qapp: QApplication, base: str) -> None:
    backgrounds = [rule_color(name, QColor(base)) for name in RULE_COLORS]
    backgrounds += [hit_color(QColor(base)), current_hit_color(QColor(base))]
    assert len({background.name() for background in backgrounds}) == len(backgrounds)
    for background in backgrounds:
        for brush in direction_brushes(QColor(base)).values():
            assert contrast(brush.color(), background) >= 4.5, (background.name(), brush.color().name())


@pytest.mark.parametrize("window", ["#ffffff", "#efefef", "#2b2d30", "#191919"])
def test_marks_are_seen_on_the_scroll_bar(qapp: QApplication, window: str) -> None:
    palette = QPalette(QColor(window))
    palette.setColor(QPalette.ColorRole.Window, QColor(window))
    assert contrast(mark_color(palette), QColor(window)) >= 3
    assert contrast(current_mark_color(palette), QColor(window)) >= 3


async def test_rules_are_kept_and_shown_in_every_log(lab: Lab) -> None:
    window = lab.open()
    rules = (HighlightRule("ä", color="red"), HighlightRule("0D", HEX, direction=N, enabled=False))
    window.workspace.highlights.set_rules(rules)
    assert lab.page(lab.add("sim://echo")).log.highlights.rules == rules
    path = lab.config_dir / "highlights.json"
    await until(path.exists, "the rules are written")
    await lab.close()
    assert lab.open().workspace.highlights.rules == rules


async def test_edits_made_while_rules_are_being_written_are_written_too(lab: Lab) -> None:
    highlights = lab.open().workspace.highlights
    path = lab.config_dir / "highlights.json"

    def written() -> str:
        return str(json.loads(path.read_text("utf-8"))["rules"][0]["pattern"])

    for count in range(1, 6):
        highlights.set_rules((HighlightRule("x" * count),))
    await until(lambda: path.exists() and written() == "xxxxx", "the last edit is written")


async def test_file_that_cannot_be_used_is_told_of_and_kept_beside_the_next(lab: Lab) -> None:
    path = lab.config_dir / "highlights.json"
    path.parent.mkdir(parents=True)
    path.write_text("{")
    path.with_suffix(".broken").write_text("an earlier one")
    highlights = lab.open().workspace.highlights
    assert [said for said in lab.complaints if said.startswith("The highlight rules cannot be read")]
    highlights.set_rules((HighlightRule("a"),))
    aside = path.with_suffix(".2.broken")  # there before the new file is: between the two there is none
    await until(lambda: aside.exists() and path.exists(), "the rules are written")
    assert aside.read_text() == "{"
    assert '"a"' in path.read_text()
    assert path.with_suffix(".broken").read_text() == "an earlier one"


async def test_rules_that_cannot_be_saved_hold_and_the_window_says_so(lab: Lab) -> None:
    (lab.config_dir / "highlights.json").mkdir(parents=True)
    window = lab.open()
    window.workspace.highlights.problem = ""
    window.workspace.highlights.set_rules((HighlightRule("a"),))
    await until(lambda: "could not be saved" in window.message.label.text(), "the window says so")
    assert window.workspace.highlights.rules == (HighlightRule("a"),)


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "[" * 100_000, '{"version": 2, "rules": []}', '{"version": 1, "rules": [{"kind": "no"}]}'],
)
def test_file_that_cannot_be_used_is_left_alone(tmp_path: Path, qapp: QApplication, content: str) -> None:
    path = tmp_path / "highlights.json"
    path.write_text(content)
    rules = HighlightRules(path)
    rules.load()
    assert rules.rules == ()
    assert rules.problem
    assert path.read_text() == content


def test_values_that_nobody_can_have_chosen_become_ordinary_ones(tmp_path: Path, qapp: QApplication) -> None:
    path = tmp_path / "highlights.json"
    odd = {"pattern": "a", "color": "plaid", "direction": 77, "later": True}
    path.write_text(json.dumps({"version": 1, "rules": [odd] * (MAX_RULES + 9)}))
    rules = HighlightRules(path)
    rules.load()
    assert rules.rules == (HighlightRule("a", color="grey"),) * MAX_RULES


class Bench:
    """The dialog over a pane with some rows."""

    def __init__(self, qtbot: QtBot) -> None:
        self.log = TrafficLog()
        for number in range(9):
            self.log.append(number * 30_000_000, S, 0, b"row %d" % number)
        self.pane = LogPane(self.log)
        qtbot.addWidget(self.pane)
        self.pane.resize(900, 500)
        self.pane.show()
        self.pane.activateWindow()
        qtbot.waitExposed(self.pane)
        qtbot.waitUntil(self.pane.isActiveWindow)
        self.pane.refresh()
        keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        QTest.keyClick(self.pane.table, Qt.Key.Key_H, keys)
        QTest.keyRelease(self.pane, Qt.Key.Key_Control)  # else Qt takes the modifiers to be held in later tests, too
        dialog = self.pane.findChild(HighlightDialog)
        assert isinstance(dialog, HighlightDialog)
        self.dialog = dialog

    def color(self, row: int) -> str | None:
        """Behind a row of the log."""
        brush = self.pane.model.index(row, 1).data(Qt.ItemDataRole.BackgroundRole)
        return None if brush is None else str(brush.color().name())

    def add(self, typed: str) -> None:
        """A rule, by button and keys."""
        click(self.dialog.add)
        QTest.keyClicks(self.dialog.pattern, typed)


def click(button: QPushButton) -> None:
    """As the mouse does it."""
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    """A dialog in sight."""
    return Bench(qtbot)


def test_dialog_has_a_button_that_closes_it(bench: Bench) -> None:
    click(bench.dialog.close_button)
    assert not bench.dialog.isVisible()


def test_log_shows_a_rule_while_it_is_typed(bench: Bench) -> None:
    bench.add("row")
    base = bench.pane.table.palette().base().color()
    assert {bench.color(at) for at in range(9)} == {rule_color("yellow", base).name()}
    QTest.keyClicks(bench.dialog.pattern, " 3")
    assert bench.color(3) == rule_color("yellow", base).name()
    assert bench.color(4) is None
    bench.dialog.color.setCurrentIndex(0)
    bench.dialog.color.activated.emit(0)
    assert bench.color(3) == rule_color("red", base).name()


def test_rules_are_moved_switched_off_and_removed(bench: Bench) -> None:
    bench.add("row")
    bench.add("row 3")
    first, second = bench.pane.highlights.rules
    assert (first.pattern, second.pattern) == ("row", "row 3")
    assert bench.color(3) == bench.color(4)
    click(bench.dialog.up)
    assert bench.pane.highlights.rules == (second, first)
    assert bench.color(3) != bench.color(4)
    bench.dialog.list.item(0).setCheckState(Qt.CheckState.Unchecked)
    assert bench.color(3) == bench.color(4)
    click(bench.dialog.remove)
    assert bench.pane.highlights.rules[0] == first
    assert len(bench.pane.highlights.rules) == 1
    click(bench.dialog.remove)
    assert bench.color(3) is None
    assert not bench.dialog.pattern.isEnabled()
    assert not bench.dialog.remove.isEnabled()


def test_rule_that_cannot_be_read_says_where(bench: Bench) -> None:
    click(bench.dialog.add)
    bench.dialog.kind.setCurrentIndex(1)
    bench.dialog.kind.activated.emit(1)
    QTest.keyClicks(bench.dialog.pattern, "0G")
    assert bench.dialog.note.label.text() == "'G' at 2 is not hex. Type bytes such as 0D ?? 0A."
    assert not bench.dialog.match_case.isEnabled()


def test_no_more_rules_than_are_cheap(bench: Bench) -> None:
    for _ in range(MAX_RULES):
        click(bench.dialog.add)
    assert not bench.dialog.add.isEnabled()


def test_everything_in_the_dialog_has_a_name(bench: Bench) -> None:
    dialog = bench.dialog
    for widget in (dialog.list, dialog.pattern, dialog.kind, dialog.direction, dialog.color):
        assert widget.accessibleName()
    for button in (dialog.add, dialog.remove, dialog.up, dialog.down):
        assert button.accessibleName()
        assert button.toolTip()
