"""Rows grouped anew, read in another encoding, and selected many at once: through the pane."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QDialogButtonBox, QLabel
from pytestqt.qtbot import QtBot

from serialbridge_gui.traffic.chunk import Direction
from serialbridge_gui.traffic.grouping import GroupBy, Grouping
from serialbridge_gui.traffic.log import TrafficLog
from serialbridge_gui.traffic.text import Encoding
from serialbridge_gui.ui.grouping_dialog import GroupingDialog
from serialbridge_gui.ui.log_cells import Column, ViewMode
from serialbridge_gui.ui.log_pane import LogPane
from serialbridge_gui.ui.log_time import TimeMode
from serialbridge_gui.ui.log_view_state import LogView
from serialbridge_gui.ui.selected_bytes import MAX_BYTES
from serialbridge_gui.ui.settings_file import SettingsFile
from tests.ui.windows import Lab

S, N, EVENT, GAP = Direction
MS = 1_000_000
LINES = Grouping(GroupBy.DELIMITER)

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")


@pytest.fixture
def pane(qtbot: QtBot) -> LogPane:
    """A pane in sight on an empty log."""
    pane = LogPane(TrafficLog())
    qtbot.addWidget(pane)
    pane.resize(900, 400)
    pane.show()
    qtbot.waitExposed(pane)
    return pane


def log_of(pane: LogPane) -> TrafficLog:
    """What it shows."""
    return pane.model.rows.log


def add(pane: LogPane, *chunks: tuple[int, int, int, bytes]) -> None:
    """Chunks, and a refresh."""
    for chunk in chunks:
        log_of(pane).append(*chunk)
    pane.refresh()


def rows(pane: LogPane) -> list[bytes]:
    """The bytes of every row."""
    found = [pane.model.row_at(position) for position in range(pane.model.rowCount())]
    return [row.data for row in found if row is not None]


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small logs are grouped before anything else happens, on a busy machine too."""
    monkeypatch.setattr("serialbridge_gui.ui.regrouping.SLICE_S", 3600.0)


def choose(pane: LogPane, grouping: Grouping) -> None:
    """As the menu does."""
    pane.toolbar.grouping_menu._choose(grouping)


def test_grouping_is_chosen_from_the_menu_and_rows_count_anew(pane: LogPane) -> None:
    add(pane, (0, S, 0, b"a\nb"), (50 * MS, S, 0, b"c\nd"))
    actions = pane.toolbar.grouping_menu.actions_by
    actions[GroupBy.DELIMITER].trigger()
    assert rows(pane) == [b"a\n", b"bc\n", b"d"]
    assert [pane.model.index(row, Column.NUMBER).data() for row in range(3)] == ["1", "2", "3"]
    actions[GroupBy.LENGTH].trigger()
    assert rows(pane) == [b"a\nbc\nd"]
    actions[GroupBy.CHUNK].trigger()
    assert rows(pane) == [b"a\nb", b"c\nd"]
    add(pane, (51 * MS, S, 0, b"e"))
    assert rows(pane) == [b"a\nb", b"c\nd", b"e"]
    actions[GroupBy.SILENCE].trigger()
    assert rows(pane) == [b"a\nb", b"c\nde"]


def test_dialog_says_what_a_delimiter_means_and_refuses_what_means_nothing(pane: LogPane) -> None:
    add(pane, (0, S, 0, b"a\x03b\x03"))
    pane.toolbar.grouping_menu.open_dialog()
    dialog = pane.findChild(GroupingDialog)
    assert isinstance(dialog, GroupingDialog)
    ok = dialog.buttons.button(QDialogButtonBox.StandardButton.Ok)
    dialog.delimiter.clear()
    QTest.keyClicks(dialog.delimiter, r"\x0")
    assert not ok.isEnabled()
    QTest.keyClicks(dialog.delimiter, "3")
    assert dialog.meaning.text() == "that is 03"
    assert dialog.choices[GroupBy.DELIMITER].isChecked()
    ok.click()
    assert rows(pane) == [b"a\x03", b"b\x03"]
    menu = pane.toolbar.grouping_menu
    assert menu.grouping == Grouping(GroupBy.DELIMITER, delimiter=b"\x03")
    assert menu.actions_by[GroupBy.DELIMITER].text() == r"Lines ending in \x03"


def test_dialog_takes_silence_and_length(pane: LogPane) -> None:
    for field, value, by in (("silence", 500, GroupBy.SILENCE), ("length", 7, GroupBy.LENGTH)):
        pane.toolbar.grouping_menu.open_dialog()
        dialog = pane.findChildren(GroupingDialog)[-1]
        getattr(dialog, field).setValue(value)
        assert dialog.choices[by].isChecked()
        dialog.accept()
    assert pane.toolbar.grouping_menu.grouping == Grouping(GroupBy.LENGTH, 500, b"\n", 7)
    assert pane.model.rows.grouping == pane.toolbar.grouping_menu.grouping


def test_large_log_is_grouped_in_slices_while_traffic_goes_on(
    pane: LogPane, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("serialbridge_gui.ui.regrouping.SLICE_S", 0.001)
    for number in range(60_000):
        log_of(pane).append(number * 30 * MS, number & 1, number & 1, b"a\nb")
    pane.refresh()
    assert pane.model.rowCount() == 60_000
    told: list[int] = []
    pane.regrouping.progressed.connect(lambda: told.append(pane.regrouping.percent))
    choose(pane, LINES)
    assert pane.regrouping.percent < 100
    assert any(label.text().startswith("Grouping rows:") for label in pane.findChildren(QLabel))
    add(pane, (60_001 * 30 * MS, S, 0, b"new"))
    assert pane.model.rowCount() == 60_001
    qtbot.waitUntil(lambda: pane.regrouping.percent == 100)
    assert pane.model.rowCount() == 120_001
    assert told == sorted(told)
    assert not any(label.text().startswith("Grouping") for label in pane.findChildren(QLabel))
    assert pane.table.follow


def test_rows_that_are_being_copied_are_those_that_were_selected(pane: LogPane, qtbot: QtBot) -> None:
    for number in range(3000):
        log_of(pane).append(number * 30 * MS, S, 0, b"%06d\n.\n" % number)
    pane.refresh()
    pane.table.selectAll()
    with qtbot.waitSignal(pane.table.copied):
        pane.copy_rows.trigger()
        choose(pane, LINES)
    lines = QGuiApplication.clipboard().text().split("\n")
    assert [line.split("\t")[-1][:6] for line in lines[:3000]] == [f"{number:06d}" for number in range(3000)]
    qtbot.waitUntil(lambda: pane.model.rowCount() == 6000)


def test_rows_that_are_being_saved_are_those_of_the_beginning(pane: LogPane) -> None:
    add(pane, *((number * 30 * MS, S, 0, b"%02d\n.\n" % number) for number in range(40)))
    before = rows(pane)
    pane.table.selectAll()
    row_of_then = pane.model.rows_by_number()
    for numbers in (pane.model.shown_rows(), pane.table.selected_numbers()[1]):
        saved = [row_of_then(next(numbers))]
        choose(pane, LINES)
        add(pane, (5000 * MS, S, 0, b"more"))
        saved += [row_of_then(number) for number in numbers]
        assert [row.data for row in saved if row is not None] == before


def test_grouping_by_a_delimiter_that_looks_like_html_is_told_as_hex(pane: LogPane) -> None:
    choose(pane, Grouping(GroupBy.DELIMITER, delimiter=b"<b>"))
    assert "<" not in pane.toolbar.grouping_menu.menuAction().toolTip()


def test_second_choice_takes_the_place_of_one_under_way(
    pane: LogPane, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("serialbridge_gui.ui.regrouping.SLICE_S", 0.001)
    for number in range(60_000):
        log_of(pane).append(number * 30 * MS, number & 1, number & 1, b"a\nb")
    pane.refresh()
    choose(pane, LINES)
    assert pane.regrouping.percent < 100
    choose(pane, Grouping())
    assert pane.regrouping.percent == 100
    choose(pane, LINES)
    choose(pane, Grouping(GroupBy.LENGTH, length=1))
    qtbot.waitUntil(lambda: pane.regrouping.percent == 100)
    assert pane.model.rowCount() == 180_000


def test_bytes_in_sight_and_the_selected_row_stay(pane: LogPane) -> None:
    for number in range(300):
        log_of(pane).append(number * 30 * MS, S, 0, b"row %03d\nand a second line\n" % number)
    pane.refresh()
    pane.table.verticalScrollBar().setValue(100)
    pane.table.selectRow(105)
    choose(pane, LINES)
    assert rows(pane)[pane.table.rowAt(0)] == b"row 100\n"
    assert rows(pane)[pane.table.currentIndex().row()] == b"row 105\n"
    choose(pane, Grouping())
    assert pane.table.rowAt(0) == 100
    assert not pane.table.follow


def test_what_was_cleared_stays_hidden_in_another_grouping(pane: LogPane) -> None:
    add(pane, (0, S, 0, b"hidden\nhid"))
    pane.toolbar.clear.trigger()
    add(pane, (MS, S, 0, b"den?\nshown"))
    choose(pane, LINES)
    assert rows(pane) == [b"den?\n", b"shown"]
    pane.toolbar.undo_clear.trigger()
    assert rows(pane) == [b"hidden\n", b"hid", b"den?\n", b"shown"]


def test_pause_holds_in_another_grouping(pane: LogPane) -> None:
    add(pane, (0, S, 0, b"a\nb"))
    pane.toolbar.pause.trigger()
    add(pane, (MS, S, 0, b"c\nd"))
    choose(pane, LINES)
    assert rows(pane) == [b"a\n", b"b"]
    assert pane.model.held_back == 2
    pane.toolbar.pause.trigger()
    assert rows(pane) == [b"a\n", b"b", b"c\n", b"d"]


@pytest.mark.parametrize("grouping", [Grouping(), LINES, Grouping(GroupBy.CHUNK), Grouping(GroupBy.LENGTH, length=3)])
def test_times_are_those_of_the_rows_bytes_in_every_grouping(pane: LogPane, grouping: Grouping) -> None:
    data = ((MS, S, 0, b"ab\n"), (31 * MS, S, 0, b"cd\n"), (32 * MS, N, 1, b"ef\n"), (62 * MS, N, 1, b"gh\n"))
    add(pane, *data)
    choose(pane, grouping)
    expected = {
        TimeMode.RELATIVE: ["0.000", "0.030", "0.031", "0.061"],
        TimeMode.SINCE_PREVIOUS: ["+0.000000", "+0.030000", "+0.001000", "+0.030000"],
        TimeMode.SINCE_TURN: ["+0.000000", "+0.030000", "+0.000000", "+0.030000"],
    }
    for mode, times in expected.items():
        pane.set_time_mode(mode)
        assert [pane.model.index(row, Column.TIME).data() for row in range(4)] == times


def test_relative_time_counts_from_the_same_moment_after_the_first_rows_left(qtbot: QtBot) -> None:
    pane = LogPane(TrafficLog(max_bytes=160))
    qtbot.addWidget(pane)
    for number in range(100):
        add(pane, (number * 1000 * MS, S, 0, b"0123456789"))
    pane.set_time_mode(TimeMode.RELATIVE)
    last = pane.model.rowCount() - 1
    before = pane.model.index(last, Column.TIME).data()
    choose(pane, LINES)
    assert pane.model.index(pane.model.rowCount() - 1, Column.TIME).data() == before == "99.000"


def test_encoding_is_chosen_for_column_byte_pane_and_copy(pane: LogPane, qtbot: QtBot) -> None:
    add(pane, (0, S, 0, "称重 12".encode("gb18030")))
    pane.toolbar.encoding_actions[Encoding.GB18030].trigger()
    assert pane.model.index(0, Column.TEXT).data() == "称重 12"
    pane.bytes_pane.set_unfolded(True)
    pane.table.selectRow(0)
    assert pane.bytes_pane.dump().endswith("称 重  12")
    with qtbot.waitSignal(pane.table.copied):
        pane.copy_rows.trigger()
    assert QGuiApplication.clipboard().text().strip().endswith("称重 12")


def test_chinese_text_is_cut_where_its_column_ends(pane: LogPane) -> None:
    add(pane, (0, S, 0, "重量".encode() * 40))
    pane.table.setColumnWidth(Column.HEX, 560)
    text = str(pane.model.index(0, Column.TEXT).data())
    assert text.endswith("…")
    assert 2 * (len(text) - 1) * pane.table._character_width() <= pane.table.columnWidth(Column.TEXT)


def test_bytes_of_several_rows_are_shown_end_to_end_without_events(pane: LogPane) -> None:
    add(pane, (0, S, 0, b"ab"), (MS, EVENT, 0, b"event"), (2 * MS, N, 1, b"cd"), (3 * MS, S, 0, b"ef"))
    pane.bytes_pane.set_unfolded(True)
    pane.table.selectAll()
    assert pane.bytes_pane.view.data == b"abcdef"
    assert pane.bytes_pane.view.accessibleName() == "Bytes of 3 selected rows"
    add(pane, (4 * MS, S, 0, b"gh"))
    assert pane.bytes_pane.view.data == b"abcdefgh"


def test_bytes_of_very_many_rows_are_bounded_and_say_so(pane: LogPane, qtbot: QtBot) -> None:
    for number in range(9000):
        log_of(pane).append(number * 30 * MS, S, 0, b"0123456789")
    pane.refresh()
    pane.bytes_pane.set_unfolded(True)
    pane.table.selectAll()
    qtbot.waitUntil(lambda: len(pane.bytes_pane.view.data) == MAX_BYTES)
    assert pane.bytes_pane.view.accessibleName() == "First 65536 bytes of the selected rows"


def test_buttons_fit_a_window_of_900_pixels(pane: LogPane) -> None:
    assert pane.toolbar._bar.sizeHint().width() <= 778  # beside the sidebar
    more = [child for child in pane.toolbar._bar.children() if child.objectName() == "qt_toolbar_ext_button"]
    assert not more[0].isVisible()  # type: ignore[attr-defined]
    pane.resize(300, 400)
    QGuiApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
    assert more[0].isVisible()  # type: ignore[attr-defined]
    assert more[0].accessibleName() == "More"  # type: ignore[attr-defined]


VIEW = LogView(
    ViewMode.MIXED, TimeMode.SINCE_TURN, Grouping(GroupBy.DELIMITER, 70, b"\r\n", 9), Encoding.GB18030, True
)


def test_view_is_remembered_as_it_was() -> None:
    assert LogView.from_json(VIEW.to_json()) == VIEW
    assert LogView.from_json(LogView().to_json()) == LogView()


@pytest.mark.parametrize(
    "text",
    [None, "", "{", "[]", "7", '{"view": 3, "group": [], "unfolded": "yes"}', "[" * 100_000,
     '{"silence_ms": 1e400, "delimiter": "0a", "length": 4}', '{"silence_ms": 0, "delimiter": "", "length": 4}'],
)  # fmt: skip
def test_view_that_makes_no_sense_is_as_for_a_new_log(text: object) -> None:
    assert LogView.from_json(text) == LogView()


def test_pane_takes_a_view_and_tells_of_each_change(pane: LogPane, qtbot: QtBot) -> None:
    pane.set_view(VIEW)
    assert pane.view == VIEW
    assert pane.model.rows.grouping == VIEW.grouping
    for change in (
        pane.toolbar.view_actions[ViewMode.HEX].trigger,
        pane.toolbar.time_actions[TimeMode.ABSOLUTE].trigger,
        pane.toolbar.encoding_actions[Encoding.BIG5].trigger,
        pane.toolbar.grouping_menu.actions_by[GroupBy.CHUNK].trigger,
        lambda: pane.bytes_pane.set_unfolded(False),
    ):
        before = pane.view
        with qtbot.waitSignal(pane.view_changed, timeout=0):
            change()
        assert pane.view != before


async def test_window_remembers_the_view_of_each_bridge(lab: Lab) -> None:
    window = lab.open()
    session = lab.add("sim://echo")
    page = lab.page(session)
    page.log.toolbar.encoding_actions[Encoding.GB18030].trigger()
    stored = window._settings
    assert isinstance(stored, SettingsFile)
    key = f"log/{session.profile.id}"
    assert LogView.from_json(stored.value(key)).encoding is Encoding.GB18030
    other = lab.page(lab.add("sim://echo"))
    assert other.log.view == LogView()
    await window.workspace.remove(session)
    await window.workspace.forget_away()
    assert stored.value(key) is None


def test_keys_of_the_byte_pane_do_not_move_the_log(pane: LogPane) -> None:
    for number in range(300):
        log_of(pane).append(number * 30 * MS, S, 0, b"row %03d" % number)
    pane.refresh()
    pane.bytes_pane.set_unfolded(True)
    pane.table.verticalScrollBar().setValue(10)
    pane.table.selectRow(12)
    pane.bytes_pane.view.setFocus()
    QTest.keyClick(pane.bytes_pane.view, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    assert pane.bytes_pane.view.selection == (6, 1)
    assert pane.table.verticalScrollBar().value() == 10


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(1, 12), st.sampled_from([S, S, N, EVENT]), st.text("ab\n", max_size=40)),
        st.sampled_from(["pause", "clear", "undo", "refresh", "end", "top"]).map(lambda what: (what, 0, S, "")),
        st.tuples(st.just("group"), st.integers(0, 3), st.just(S), st.just("")),
    ),
    max_size=40,
)


@settings(max_examples=60)
@given(STEPS)
def test_whatever_is_done_the_rows_shown_are_what_the_log_has_after_the_mark(
    qtbot: QtBot, steps: list[tuple[str, int, Direction, str]]
) -> None:
    log = TrafficLog(max_bytes=640, max_records=60)
    pane = LogPane(log)
    qtbot.addWidget(pane)
    tester = QAbstractItemModelTester(pane.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    groupings = [Grouping(), LINES, Grouping(GroupBy.CHUNK), Grouping(GroupBy.LENGTH, length=5)]
    time_ns = 1
    for what, number, direction, text in steps:
        if what == "add":
            for _ in range(number):
                time_ns += 15 * MS
                log.append(time_ns, direction, number % 2, text.encode())
            pane.model.take_in()
        elif what == "group":
            choose(pane, groupings[number])
            assert pane.model.rows.grouping == groupings[number]
        elif what == "pause":
            pane.toolbar.pause.trigger()
        elif what == "clear":
            pane.toolbar.clear.trigger()
        elif what == "undo":
            pane.toolbar.undo_clear.trigger()
        elif what == "end":
            pane.table.set_follow(True)
        elif what == "top":
            pane.table.verticalScrollBar().setValue(0)
            pane.table.selectRow(0)
        else:
            pane.refresh()
    pane.toolbar.pause.setChecked(False)
    pane.refresh()
    kept = b"".join(bytes(log.slab(number).data) for number in range(log.first_slab, log.end_slab))
    assert kept.endswith(b"".join(rows(pane)))
    pane.toolbar.undo_clear.trigger()
    assert b"".join(rows(pane)) == kept
    del tester
