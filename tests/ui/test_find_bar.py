"""Finding and filtering in the log, as a person does it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from serialbridge_gui.traffic.chunk import Direction
from serialbridge_gui.traffic.grouping import GroupBy, Grouping
from serialbridge_gui.traffic.log import TrafficLog
from serialbridge_gui.traffic.pattern import PatternKind
from serialbridge_gui.traffic.route import Route
from serialbridge_gui.ui.log_cells import Column
from serialbridge_gui.ui.log_pane import LogPane
from serialbridge_gui.ui.row_colors import current_hit_color, hit_color

S, N, EVENT, GAP = Direction
MS = 1_000_000
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


class Bench:
    """A pane on a log of sixteen slabs of ten rows each."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.log = TrafficLog(max_bytes=1600)
        self.pane = LogPane(self.log)
        self.table, self.bar, self.finder = self.pane.table, self.pane.find_bar, self.pane.finder
        self.hits: list[tuple[int, int, int]] = []
        self.finder.current_hit_changed.connect(lambda *hit: self.hits.append(hit))
        self.count = 0
        qtbot.addWidget(self.pane)
        self.pane.resize(1000, 400)
        self.pane.show()
        self.pane.activateWindow()
        qtbot.waitExposed(self.pane)
        qtbot.waitUntil(self.pane.isActiveWindow)

    def add(self, count: int) -> None:
        """Rows of ten bytes, 30 ms apart: each tenth one from a client, and a refresh."""
        for number in range(self.count, self.count + count):
            direction, client = (N, 2) if number % 10 == 9 else (S, 0)
            self.log.append(number * 30 * MS, direction, client, b"row %06d" % number)
        self.count += count
        self.pane.refresh()

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Where the focus is."""
        QTest.keyClick(QApplication.focusWidget() or self.pane, key, modifier)
        QTest.keyRelease(self.pane, Qt.Key.Key_Control)  # else Qt takes the modifier to be held in later tests, too

    def find(self, text: str, kind: PatternKind = PatternKind.TEXT) -> None:
        """Open the bar by its key, choose the kind, type, and wait until all is searched."""
        self.press(Qt.Key.Key_F, CTRL)
        self.qtbot.waitUntil(self.bar.field.hasFocus)
        self.bar.kind.setCurrentIndex(list(PatternKind).index(kind))
        QTest.keyClicks(self.bar.field, text)
        self.wait()

    def wait(self) -> None:
        """Until nothing is being searched or filtered."""
        self.qtbot.waitUntil(lambda: not self.finder.busy)

    @property
    def words(self) -> str:
        """What the bar says was found."""
        return self.bar.count.text()

    @property
    def current(self) -> str:
        """The text of the current row."""
        return self.text_of(self.table.currentIndex().row())

    @property
    def top(self) -> str:
        """The text of the first row in sight."""
        return self.text_of(self.table.rowAt(0))

    @property
    def texts(self) -> list[str]:
        """Of all rows that are shown."""
        return [self.text_of(row) for row in range(self.pane.model.rowCount())]

    def text_of(self, row: int) -> str:
        """The Text column of a row."""
        return str(self.pane.model.index(row, Column.TEXT).data())


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[Bench]:
    """A pane in sight, whose model Qt's tester watches."""
    made = Bench(qtbot)
    tester = QAbstractItemModelTester(made.pane.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    yield made
    del tester


def test_find_opens_by_its_key_and_esc_closes_it(bench: Bench) -> None:
    bench.add(20)
    assert bench.bar.isHidden()
    bench.find("000007")
    assert bench.words == "1 of 1"
    bench.press(Qt.Key.Key_Escape)
    assert bench.bar.isHidden()
    assert bench.finder.find is None
    bench.qtbot.waitUntil(bench.table.hasFocus)


def test_bytes_typed_as_text_are_offered_to_be_found_as_hex(bench: Bench) -> None:
    bench.add(20)
    bench.find("72 6F ?? 20")
    assert (bench.words, bench.bar.as_hex.isVisible()) == ("Not found", True)
    QTest.mouseClick(bench.bar.as_hex, Qt.MouseButton.LeftButton)
    bench.wait()
    assert bench.bar.kind.currentData() is PatternKind.HEX
    assert bench.words.endswith(" of 20")
    assert bench.bar.as_hex.isHidden()
    assert bench.bar.field.hasFocus()


@pytest.mark.parametrize("typed", ["row", "no such", "A", "00"])
def test_what_is_found_or_can_be_no_bytes_is_not_offered_as_hex(bench: Bench, typed: str) -> None:
    bench.add(20)
    bench.find(typed)
    assert bench.bar.as_hex.isHidden()


def test_keys_go_from_hit_to_hit_and_round(bench: Bench) -> None:
    bench.add(100)
    bench.table.setCurrentIndex(bench.pane.model.index(15, 0))
    bench.find("5")
    bench.find("")
    assert (bench.current, bench.words) == ("row 000015", "2 of 20")
    bench.press(Qt.Key.Key_Return)
    assert (bench.current, bench.words) == ("row 000025", "3 of 20")
    bench.press(Qt.Key.Key_F3)
    assert bench.current == "row 000035"
    bench.press(Qt.Key.Key_F3, SHIFT)
    bench.press(Qt.Key.Key_Return, SHIFT)
    bench.press(Qt.Key.Key_Return, SHIFT)
    assert bench.current == "row 000005"
    bench.press(Qt.Key.Key_Return, SHIFT)
    assert (bench.current, bench.words) == ("row 000095", "20 of 20, from the bottom again")
    bench.press(Qt.Key.Key_F3)
    assert (bench.current, bench.words) == ("row 000005", "1 of 20, from the top again")
    assert not bench.table.follow


def test_find_begins_at_the_first_row_in_sight_and_goes_round(bench: Bench) -> None:
    bench.add(100)
    bench.table.verticalScrollBar().setValue(50)
    bench.find("row 00000")
    assert bench.current == "row 000000"
    bench.press(Qt.Key.Key_Escape)
    bench.table.setCurrentIndex(bench.table.model().index(-1, -1))
    bench.table.verticalScrollBar().setValue(50)
    bench.bar.field.clear()
    bench.find("0000")
    assert bench.current == bench.text_of(50)


def test_hit_tells_its_row_and_its_bytes(bench: Bench) -> None:
    bench.add(30)
    bench.find("0012")
    assert bench.hits[-1] == (12, 6, 4)
    bench.press(Qt.Key.Key_Escape)
    assert bench.hits[-1] == (-1, 0, 0)


def test_hit_rows_have_a_background_and_the_current_one_a_stronger(bench: Bench) -> None:
    bench.add(30)
    bench.table.setCurrentIndex(bench.pane.model.index(0, 0))
    bench.find("row 00001")
    model, base = bench.pane.model, bench.table.palette().base().color()

    def color(row: int) -> str | None:
        brush = model.index(row, 1).data(Qt.ItemDataRole.BackgroundRole)
        return None if brush is None else str(brush.color().name())

    assert color(10) == current_hit_color(base).name()
    assert {color(row) for row in range(11, 20)} == {hit_color(base).name()}
    assert {color(row) for row in (*range(10), *range(20, 30))} == {None}
    bench.qtbot.waitUntil(lambda: sum(bench.table.marks.marked) == 10)
    marked = bench.table.marks.marked
    assert marked.index(1) == 10 * len(marked) // 30
    bench.press(Qt.Key.Key_Escape)
    assert color(11) is None
    bench.qtbot.waitUntil(lambda: not any(bench.table.marks.marked))


@pytest.mark.parametrize(
    ("kind", "typed", "words"),
    [
        (PatternKind.HEX, "0D 3G", "'G' at 5 is not hex. Type bytes such as 0D ?? 0A."),
        (PatternKind.HEX, "0D 3", "'3' at 4 is half a byte: a second digit or ? is missing."),
        (PatternKind.HEX, "??", "?? alone would be found everywhere. Type at least one digit."),
        (PatternKind.REGEX, "row [", "At 5: unterminated character set."),
        (PatternKind.REGEX, "x*", "This matches no bytes at all, so it would be found everywhere."),
        (
            PatternKind.REGEX,
            "(x+x+)+y",
            "This expression takes too long. Avoid a repeat inside a repeat, such as (a+)+.",
        ),
    ],
)
def test_what_cannot_be_found_is_said_with_its_place(
    bench: Bench, kind: PatternKind, typed: str, words: str
) -> None:
    bench.log.append(0, S, 0, b"x" * 1000)
    bench.add(10)
    bench.find(typed, kind)
    assert bench.bar.note.isVisible()
    assert bench.bar.note.label.text() == words
    bench.bar.field.clear()
    assert not bench.bar.note.isVisible()


def test_match_case_is_a_choice(bench: Bench) -> None:
    bench.add(10)
    bench.find("ROW")
    assert bench.words == "1 of 10"
    bench.bar.actions_of_find.match_case.trigger()
    bench.wait()
    assert bench.words == "Not found"
    assert not bench.bar.actions_of_find.next.isEnabled()


def test_count_grows_with_what_comes_and_falls_with_what_leaves(bench: Bench) -> None:
    bench.add(100)
    bench.find("5")
    bench.add(50)
    bench.wait()
    bench.qtbot.waitUntil(lambda: "of 25" in bench.words)
    bench.add(1000)
    bench.wait()
    found = sum(text.count("5") for text in bench.texts)
    bench.qtbot.waitUntil(lambda: str(found) in bench.words)


def test_cleared_and_held_back_rows_are_not_found(bench: Bench) -> None:
    bench.add(50)
    bench.pane.toolbar.clear.trigger()
    bench.add(10)
    bench.find("row")
    assert bench.words == "1 of 10"
    assert bench.current == "row 000050"
    bench.pane.toolbar.pause.trigger()
    bench.add(10)
    bench.wait()
    assert bench.words == "1 of 10"
    bench.pane.toolbar.pause.trigger()
    bench.wait()
    bench.qtbot.waitUntil(lambda: bench.words == "1 of 20")
    bench.pane.toolbar.undo_clear.trigger()
    bench.wait()
    bench.qtbot.waitUntil(lambda: bench.words == "51 of 70")


def test_only_matching_rows_are_shown_and_new_ones_join(bench: Bench) -> None:
    bench.add(100)
    bench.find("5")
    bench.press(Qt.Key.Key_F, CTRL | SHIFT)
    bench.wait()
    assert bench.texts == [f"row {number:06d}" for number in range(100) if "5" in str(number)]
    assert bench.words.endswith("19 rows")
    bench.add(30)
    bench.wait()
    assert bench.texts[-3:] == ["row 000105", "row 000115", "row 000125"]
    bench.press(Qt.Key.Key_F, CTRL | SHIFT)
    assert len(bench.texts) == 130


def test_rows_come_and_leave_while_a_filter_is_on(bench: Bench) -> None:
    bench.add(100)
    bench.find("5")
    bench.press(Qt.Key.Key_F, CTRL | SHIFT)
    bench.wait()
    for _ in range(60):
        bench.add(13)
        bench.wait()
        first = bench.pane.model.rows.first_row
        assert bench.texts == [f"row {n:06d}" for n in range(first, bench.count) if "5" in str(n)]
        assert list(bench.pane.model.shown_rows()) == [n for n in range(first, bench.count) if "5" in str(n)]


def test_filter_by_direction_and_client(bench: Bench) -> None:
    bench.add(100)
    bench.log.append(bench.count * 30 * MS, N, 3, b"of another")
    bench.log.append(bench.count * 30 * MS, EVENT, 0, b"an event")
    bench.pane.refresh()
    bench.find("")
    bench.bar.routes.direction_action(S).trigger()
    bench.wait()
    assert len(bench.texts) == 12
    bench.bar.routes.direction_action(EVENT).trigger()
    bench.wait()
    assert bench.texts[-2:] == ["row 000099", "of another"]
    menu = bench.bar.routes.menus[1]
    menu.aboutToShow.emit()
    assert [action.text() for action in menu.actions()] == ["All clients", "Client #2", "Client #3"]
    menu.actions()[1].trigger()
    bench.wait()
    assert len(bench.texts) == 10
    bench.find("row 00000")
    assert bench.words.startswith("1 of 1 ")  # what is hidden is not found
    bench.press(Qt.Key.Key_Escape)
    assert len(bench.texts) == 102


def test_place_selection_and_following_stay_when_a_filter_comes_and_goes(bench: Bench) -> None:
    bench.add(150)
    bench.find("")
    bench.table.verticalScrollBar().setValue(79)
    bench.table.selectRow(89)
    bench.bar.routes.direction_action(S).trigger()
    bench.wait()
    assert bench.current == "row 000089"
    bench.bar.routes.direction_action(S).trigger()
    bench.wait()
    rows = [bench.text_of(index.row()) for index in bench.table.selectionModel().selectedRows()]
    assert rows == ["row 000089"]
    assert bench.current == "row 000089"
    bench.table.set_follow(True)
    bench.bar.routes.direction_action(N).trigger()
    bench.wait()
    assert bench.table.follow
    bar = bench.table.verticalScrollBar()
    assert bar.value() == bar.maximum()


def test_nothing_follows_because_there_is_less_to_scroll_over(bench: Bench) -> None:
    bench.add(150)
    bench.find("0014")
    assert bench.current == "row 000140"
    bench.press(Qt.Key.Key_F, CTRL | SHIFT)
    bench.wait()
    bench.pane.resize(1000, 600)
    QApplication.sendPostedEvents()
    assert not bench.table.follow
    bench.press(Qt.Key.Key_Escape)
    assert not bench.table.follow
    assert bench.current == "row 000140"


def test_rows_in_sight_stay_while_old_ones_leave_a_filter(bench: Bench) -> None:
    bench.add(150)
    bench.find("")
    bench.bar.routes.direction_action(N).trigger()
    bench.wait()
    bench.table.verticalScrollBar().setValue(100)
    top = bench.top
    for _ in range(6):
        bench.add(13)
        bench.wait()
        assert bench.top == top


def test_pause_clear_and_undo_work_with_a_filter_on(bench: Bench) -> None:
    bench.add(50)
    bench.find("5")
    bench.press(Qt.Key.Key_F, CTRL | SHIFT)
    bench.wait()
    assert len(bench.texts) == 5
    bench.pane.toolbar.pause.trigger()
    bench.add(10)
    bench.wait()
    assert len(bench.texts) == 5
    bench.pane.toolbar.pause.trigger()
    bench.wait()
    assert len(bench.texts) == 15
    bench.pane.toolbar.clear.trigger()
    bench.wait()
    assert bench.texts == []
    bench.add(10)
    bench.wait()
    assert bench.texts == ["row 000065"]
    bench.pane.toolbar.undo_clear.trigger()
    bench.wait()
    assert len(bench.texts) == 16


def test_filter_put_on_during_a_pause_shows_nothing_that_is_held_back(bench: Bench) -> None:
    bench.add(50)
    bench.pane.toolbar.pause.trigger()
    bench.add(50)
    bench.find("5")
    bench.press(Qt.Key.Key_F, CTRL | SHIFT)
    bench.wait()
    assert len(bench.texts) == 5
    bench.press(Qt.Key.Key_F, CTRL | SHIFT)
    assert len(bench.texts) == 50
    bench.press(Qt.Key.Key_F, CTRL | SHIFT)
    bench.wait()
    bench.pane.toolbar.pause.trigger()
    bench.wait()
    assert len(bench.texts) == 19


def test_copied_rows_are_those_that_the_filter_leaves(bench: Bench) -> None:
    bench.add(50)
    bench.find("7")
    bench.press(Qt.Key.Key_F, CTRL | SHIFT)
    bench.wait()
    bench.table.setFocus()
    bench.table.selectAll()
    with bench.qtbot.waitSignal(bench.table.copied):
        bench.table.copy_selection()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert [line.rsplit("\t", 1)[1] for line in lines] == [f"row 0000{tens}7" for tens in range(5)]


def test_filter_that_nothing_passes_says_so(bench: Bench) -> None:
    bench.add(10)
    bench.find("absent")
    bench.press(Qt.Key.Key_F, CTRL | SHIFT)
    bench.wait()
    assert bench.texts == []
    assert bench.words == "Not found · 0 rows"
    assert bench.pane._empty.label.text() == "No row passes the filter."
    bench.press(Qt.Key.Key_Escape)
    assert len(bench.texts) == 10


def test_everything_in_the_bar_has_a_name_a_tooltip_and_the_keyboard(bench: Bench) -> None:
    bench.find("")
    for kind in (QAbstractButton, QComboBox, QLineEdit):
        for widget in bench.bar.findChildren(kind):
            if widget.isVisible() and not isinstance(widget.parent(), (QComboBox, QLineEdit)):
                assert widget.accessibleName(), widget
                assert widget.toolTip(), widget.accessibleName()
                assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus, widget.accessibleName()
    assert "F3" in bench.bar.actions_of_find.next.toolTip()
    assert bench.bar.minimumSizeHint().width() < 700  # no wider than a small window


def test_bytes_of_the_hit_are_selected_in_the_byte_pane(bench: Bench) -> None:
    bench.add(30)
    bench.pane.bytes_pane.set_unfolded(True)
    bench.find("0012")
    assert bench.pane.bytes_pane.view.selected_bytes() == b"0012"


def test_colours_of_hits_follow_the_palette(bench: Bench) -> None:
    bench.add(30)
    bench.find("row")
    dark = QPalette(QColor("#202020"))
    dark.setColor(QPalette.ColorRole.Base, QColor("#1e1e1e"))
    bench.pane.setPalette(dark)
    brush = bench.pane.model.index(29, 1).data(Qt.ItemDataRole.BackgroundRole)
    assert brush.color() in (hit_color(QColor("#1e1e1e")), current_hit_color(QColor("#1e1e1e")))


def test_filter_and_find_stay_when_the_rows_are_grouped_otherwise(bench: Bench) -> None:
    bench.add(30)
    bench.find("0001")
    bench.press(Qt.Key.Key_F3)
    bench.press(Qt.Key.Key_F, CTRL | SHIFT)
    bench.wait()
    assert len(bench.texts) == 11
    current, said = bench.current, bench.words
    bench.pane.toolbar.grouping_menu.grouping_chosen.emit(Grouping(GroupBy.LENGTH, length=5))
    bench.qtbot.waitUntil(lambda: bench.pane.model.row_filter is not None and not bench.finder.busy)
    assert bench.texts == ["00001", *(f"000{number}" for number in range(10, 20))]
    assert bench.words == said
    assert current.endswith(bench.pane.model.rows.row(bench.finder.current_row).data.decode())
    bench.press(Qt.Key.Key_Escape)
    assert len(bench.texts) > 20


def test_what_the_filter_leaves_can_be_saved(bench: Bench) -> None:
    bench.add(30)
    assert bench.pane.filtered_rows() is None
    bench.find("2")
    bench.press(Qt.Key.Key_F, CTRL | SHIFT)
    bench.wait()
    filtered = bench.pane.filtered_rows()
    assert filtered is not None
    assert (filtered[0], list(filtered[1])) == (12, [2, 12, *range(20, 30)])


def test_step_begins_at_the_row_that_was_chosen_since(bench: Bench) -> None:
    bench.add(60)
    bench.find("row 00")
    bench.table.selectRow(30)
    bench.press(Qt.Key.Key_F3)
    assert bench.hits[-1][0] == 31
    bench.table.selectRow(20)
    bench.press(Qt.Key.Key_F3, SHIFT)
    assert bench.hits[-1][0] == 19


def test_hit_is_gone_to_although_news_came_before_the_search_had_its_turn(bench: Bench) -> None:
    bench.add(60)
    bench.press(Qt.Key.Key_F, CTRL)
    bench.bar.field.setText("row 000042")
    bench.pane.refresh()
    bench.wait()
    assert bench.hits[-1] == (42, 0, 10)


def test_count_of_filtered_rows_follows_traffic_and_clear(bench: Bench) -> None:
    bench.add(60)
    bench.press(Qt.Key.Key_F, CTRL)
    bench.finder.filter(None, Route(frozenset({S})))
    bench.wait()
    bench.add(10)
    bench.qtbot.waitUntil(lambda: bench.words == "63 rows")
    bench.pane.toolbar.clear.trigger()
    bench.qtbot.waitUntil(lambda: bench.words == "0 rows")


def test_esc_closes_the_bar_from_the_log_too(bench: Bench) -> None:
    bench.add(10)
    bench.find("row")
    bench.table.setFocus()
    bench.press(Qt.Key.Key_Escape)
    assert bench.bar.isHidden()
