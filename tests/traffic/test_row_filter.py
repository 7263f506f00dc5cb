"""Which rows a filter leaves, beside all rows looked at one by one."""

from __future__ import annotations

from math import inf
from time import perf_counter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from serialbridge_gui.traffic.chunk import LOCAL, Direction
from serialbridge_gui.traffic.find import Find
from serialbridge_gui.traffic.log import TrafficLog
from serialbridge_gui.traffic.pattern import Pattern, PatternKind, parse_pattern
from serialbridge_gui.traffic.route import EVERYTHING, Route
from serialbridge_gui.traffic.row_filter import RowFilter
from serialbridge_gui.traffic.rows import RowIndex

S, N, EVENT, GAP = Direction
MS = 1_000_000


def run_all(filtered: RowFilter, end_row: int) -> None:
    """Run slices without any time until all rows were looked at."""
    for _ in range(100_000):
        if filtered.run(perf_counter(), end_row)[0]:
            return
    raise AssertionError("the filter does not end")


def shown(filtered: RowFilter, rows: RowIndex) -> list[int]:
    """The numbers of the rows that are in the log and shown."""
    ranks = range(filtered.rank(rows.first_row), filtered.end_rank)
    return [filtered.number(rank) for rank in ranks]


def expected(log: TrafficLog, rows: RowIndex, route: Route, pattern: Pattern | None) -> list[int]:
    """The same by looking at each row."""
    find = None
    if pattern is not None:
        find = Find(log, pattern, route)
        while not find.run(perf_counter() + 1):
            pass
    numbers = []
    for number in range(rows.first_row, rows.end_row):
        row, place = rows.row(number), rows.place(number)
        touched = find is None or find.touches((place.slab, place.start), (place.slab, place.end))
        if route.takes(row.direction, row.client) and touched:
            numbers.append(number)
    return numbers


Look = tuple[bool, int]
"""Whether the rows take in what came, and how many of the newest are left out."""

STEPS = st.lists(
    st.tuples(
        st.sampled_from([1, 60 * MS]),
        st.sampled_from([S, S, N, EVENT, GAP]),
        st.sampled_from([0, 1, 2, LOCAL, LOCAL | 1]),
        st.text("ab", min_size=1, max_size=14).map(str.encode),
        st.sampled_from([None, None, (True, 0), (True, 1), (True, 3), (False, 0), (False, 2)]),
    ),
    max_size=60,
)
ROUTES = st.sampled_from(
    [EVERYTHING, Route(frozenset({S})), Route(frozenset({N, EVENT})), Route(client=1), Route(frozenset({N}), 2)]
)
PATTERNS = st.sampled_from(  # none of whose matches can overlap: of such the filter may take others than the find
    [
        None,
        ("ab", PatternKind.TEXT),
        ("aaabab", PatternKind.TEXT),
        ("?1 62", PatternKind.HEX),
        ("ab+", PatternKind.REGEX),
        ("a.{5}b", PatternKind.REGEX),
        ("b$", PatternKind.REGEX),
    ]
)


@given(STEPS, ROUTES, PATTERNS, st.integers(0, 9), st.sampled_from([(200, 60), (2000, 1000)]))
@example(
    [(1, S, 0, b"aaaa", None), (1, N, 0, b"bb", None), (1, S, 0, b"cc", (False, 0))],
    Route(frozenset({N})),
    None,
    0,
    (2000, 1000),
)  # chunks that the rows have not taken in
def test_filter_leaves_the_right_rows_while_they_come_and_leave(
    steps: list[tuple[int, Direction, int, bytes, Look | None]],
    route: Route,
    wanted: tuple[str, PatternKind] | None,
    begun: int,
    budget: tuple[int, int],
) -> None:
    pattern = None if wanted is None else parse_pattern(*wanted)
    log = TrafficLog(*budget)
    rows = RowIndex(log, max_row_bytes=5)
    filtered: RowFilter | None = None
    known: list[int] = []
    now = end_row = 0
    for step, (wait, direction, client, data, look) in enumerate(steps):
        now += wait
        log.append(now, direction, client, data)
        if step == begun:
            rows.update()
            filtered = RowFilter(log, rows, route, pattern)
        if look and filtered is not None:
            taken_in, left_out = look
            if taken_in:
                rows.update()
            end_row = max(end_row, rows.end_row - left_out)
            before = known
            done, changed = filtered.run(inf, end_row)
            assert done
            known = [filtered.number(rank) for rank in range(filtered.end_rank)]
            assert before[:changed] == known[:changed]
            if pattern is None:
                right = [number for number in expected(log, rows, route, None) if number < end_row]
                assert known[filtered.rank(rows.first_row) :] == right
            assert all(number < end_row for number in known)
    rows.update()
    filtered = filtered or RowFilter(log, rows, route, pattern)
    run_all(filtered, rows.end_row)
    assert shown(filtered, rows) == expected(log, rows, route, pattern)


def test_rows_after_the_end_are_not_looked_at() -> None:
    log = TrafficLog()
    rows = RowIndex(log)
    log.append(1, S, 0, b"aaaa")
    rows.update()
    log.append(2, N, 1, b"bbbb")
    log.append(3, S, 0, b"cccc")
    filtered = RowFilter(log, rows, Route(frozenset({N})))
    assert filtered.run(inf, rows.end_row) == (True, 0)
    assert shown(filtered, rows) == []
    rows.update()
    assert filtered.run(inf, rows.end_row) == (True, 0)
    assert shown(filtered, rows) == [1]


def test_slice_does_little_more_once_its_time_is_over() -> None:
    log = TrafficLog()
    for number in range(20_000):
        log.append(number * 60 * MS, number & 1, 0, b"abc")
    rows = RowIndex(log)
    rows.update()
    for route, pattern in ((Route(frozenset({S})), None), (EVERYTHING, parse_pattern("b", PatternKind.TEXT))):
        filtered = RowFilter(log, rows, route, pattern)
        done, _ = filtered.run(perf_counter(), rows.end_row)
        assert not done
        assert filtered.end_rank <= 512


def test_rows_that_left_are_forgotten_many_at_a_time_and_ranks_stay() -> None:
    log = TrafficLog(max_records=16_384 * 2)
    rows = RowIndex(log)
    filtered: RowFilter | None = None
    for number in range(120_000):
        log.append(number * 60 * MS, number & 1, 0, b"abc")
        if number % 5_000 == 4_999:
            rows.update()
            filtered = filtered or RowFilter(log, rows, Route(frozenset({S})))
            run_all(filtered, rows.end_row)
            for row in (rows.first_row, rows.end_row - 2):
                assert filtered.rank(row) == (row + 1) // 2
                assert filtered.number(filtered.rank(row)) == row + row % 2
            with pytest.raises(IndexError):
                filtered.number(filtered.end_rank)
    assert filtered is not None
    with pytest.raises(IndexError):
        filtered.number(0)


@pytest.mark.parametrize("pattern", [None, parse_pattern("b", PatternKind.TEXT)])
def test_rows_that_left_because_they_were_too_many_are_passed_over(pattern: Pattern | None) -> None:
    log = TrafficLog()
    rows = RowIndex(log, max_rows=20_000)
    for number in range(20_000):
        log.append(number * 60 * MS, number & 1, 0, b"abc")
    rows.update()
    filtered = RowFilter(log, rows, Route(frozenset({S})), pattern)
    assert not filtered.run(perf_counter(), rows.end_row)[0]
    for number in range(20_000, 60_000):
        log.append(number * 60 * MS, number & 1, 0, b"abc")
    rows.update()
    assert rows.left_out_bytes
    run_all(filtered, rows.end_row)
    assert shown(filtered, rows) == list(range(rows.first_row + rows.first_row % 2, rows.end_row, 2))
