"""The log's model with filters, in every order of what can happen to it, watched by Qt's own model tester."""

from __future__ import annotations

from time import perf_counter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication

from serialbridge_gui.traffic.chunk import Direction
from serialbridge_gui.traffic.find import Find
from serialbridge_gui.traffic.grouping import GroupBy, Grouping
from serialbridge_gui.traffic.log import TrafficLog
from serialbridge_gui.traffic.pattern import PatternKind, parse_pattern
from serialbridge_gui.traffic.route import EVERYTHING, Route
from serialbridge_gui.traffic.row_filter import RowFilter
from serialbridge_gui.ui.log_model import LogModel

S, N, EVENT, GAP = Direction

FILTERS = [
    None,
    (Route(frozenset({S})), None),
    (Route(frozenset({N, EVENT}), 1), None),
    (EVERYTHING, parse_pattern("ab", PatternKind.TEXT)),
    (EVERYTHING, parse_pattern("aabab", PatternKind.TEXT)),
    (Route(frozenset({S})), parse_pattern("ab*a", PatternKind.REGEX)),
    (EVERYTHING, parse_pattern("a{2}$", PatternKind.REGEX)),
]
CHUNK = st.tuples(
    st.sampled_from([1, 60_000_000]),
    st.sampled_from([S, S, N, EVENT, GAP]),
    st.sampled_from([0, 1, 2]),
    st.text("ab", min_size=1, max_size=9).map(str.encode),
)
STEPS = st.lists(
    st.one_of(
        st.lists(CHUNK, min_size=1, max_size=12),
        st.lists(CHUNK, min_size=1, max_size=12),
        st.sampled_from(["pause", "clear", "undo", "group"]),
        st.sampled_from(range(len(FILTERS))),
    ),
    max_size=25,
)


@pytest.fixture(params=[True, False], ids=["time enough", "no time"])
def _time(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refresh looks at all rows; or at so few that it has to come again, as on a busy machine."""
    monkeypatch.setattr("serialbridge_gui.ui.log_model._FILTER_S", 9.0 if request.param else 0.0)
    if not request.param:
        monkeypatch.setattr("serialbridge_gui.traffic.scan._PIECE_BYTES", 3)
        monkeypatch.setattr("serialbridge_gui.traffic.scan._WINDOW_BYTES", 3)
        monkeypatch.setattr("serialbridge_gui.traffic.route._CHUNKS_PER_LOOK", 1)


class Watched:
    """A model on a log of sixteen slabs of 20 bytes, and what it should show."""

    def __init__(self) -> None:
        self.log = TrafficLog(max_bytes=320)
        self.model = LogModel(self.log)
        self.tester = QAbstractItemModelTester(self.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
        self.filter = 0
        self.paused = False
        self.now = 0

    def do(self, step: object) -> None:
        """One thing that happens."""
        model = self.model
        if step == "pause":
            self.paused = not self.paused
            model.set_paused(self.paused)
        elif step == "clear":
            model.clear()
        elif step == "undo":
            model.undo_clear()
        elif step == "group":
            by = GroupBy.CHUNK if model.rows.grouping.by is GroupBy.SILENCE else GroupBy.SILENCE
            rows = model.regrouped(Grouping(by))
            rows.update()
            model.use_rows(rows)
            self.filter = 0
        elif isinstance(step, int):
            self.put_filter(step)
        else:
            assert isinstance(step, list)
            for wait, direction, client, data in step:
                self.now += wait
                self.log.append(self.now, direction, client, data)
        self.catch_up()

    def catch_up(self) -> None:
        """As the Finder does it, until the filter has looked at everything."""
        self.model.refresh()
        for _ in range(1000):
            if not self.model.filter_lags:
                return
            self.model.refresh()
        raise AssertionError("the filter never ends")

    def put_filter(self, number: int) -> None:
        """As the Finder does it."""
        chosen = FILTERS[number]
        self.filter = number
        if chosen is None:
            self.model.set_filter(None)
            return
        self.model.take_in()
        row_filter = RowFilter(self.log, self.model.rows, *chosen)
        while not row_filter.run(perf_counter() + 9, self.model.end_limit)[0]:
            pass
        self.model.set_filter(row_filter)

    def expected(self) -> list[int]:
        """The numbers of the rows that should be shown, looked at one by one."""
        model, rows = self.model, self.model.rows
        first, end = max(rows.first_row, model.clear_mark), model.end_limit
        chosen = FILTERS[self.filter]
        if chosen is None:
            return list(range(first, end))
        route, pattern = chosen
        find = None
        if pattern is not None and end > rows.first_row:
            last = rows.place(end - 1)
            find = Find(self.log, pattern, route, end=(last.slab, last.end))
            while not find.run(perf_counter() + 9):
                pass
        numbers = []
        for number in range(first, end):
            row, place = rows.row(number), rows.place(number)
            if route.takes(row.direction, row.client) and (
                find is None or find.touches((place.slab, place.start), (place.slab, place.end))
            ):
                numbers.append(number)
        return numbers


@pytest.mark.usefixtures("_time")
@given(STEPS)
@example([[(1, S, 0, b"a")] * 4, 4, "pause"])
def test_model_shows_the_right_rows_whatever_happens(qapp: QApplication, steps: list[object]) -> None:
    watched = Watched()
    for step in steps:
        watched.do(step)
        expected = watched.expected()
        model = watched.model
        assert list(model.shown_rows()) == expected
        assert model.rowCount() == len(expected)
        shown = [model.row_at(position) for position in range(model.rowCount())]
        assert [row.number for row in shown if row is not None] == expected
        for position, number in enumerate(expected):
            assert model.position_of(number) == position


@pytest.mark.usefixtures("_time")
@pytest.mark.parametrize("number", [number for number, chosen in enumerate(FILTERS) if chosen is not None])
def test_pause_while_the_filter_lags_shows_all_rows_from_before_it_and_none_after(
    qapp: QApplication, number: int
) -> None:
    watched = Watched()
    model = watched.model
    watched.do(number)
    for direction in (S, N, S):
        watched.log.append(watched.now, direction, 1, b"aabab aa")
        watched.now += 60_000_000
    model.set_paused(True)
    watched.log.append(watched.now, S, 1, b"aabab aa")
    watched.catch_up()
    assert list(model.shown_rows()) == watched.expected() != []
    assert model.held_back == 1
    model.set_paused(False)
    watched.catch_up()
    assert list(model.shown_rows()) == watched.expected()
