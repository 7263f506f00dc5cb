"""How chunks become rows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serialbridge_gui.traffic.chunk import Direction
from serialbridge_gui.traffic.grouping import GroupBy, Grouping
from serialbridge_gui.traffic.log import TrafficLog
from serialbridge_gui.traffic.rows import Row, RowIndex

S, N, EVENT, GAP = Direction
MS = 1_000_000


def rows_of(index: RowIndex) -> list[Row]:
    """All rows there are."""
    return [index.row(number) for number in range(index.first_row, index.end_row)]


def rows_after(*chunks: tuple[int, int, int, bytes]) -> list[Row]:
    """The rows of a log with these chunks."""
    log = TrafficLog()
    for chunk in chunks:
        log.append(*chunk)
    index = RowIndex(log)
    index.update()
    return rows_of(index)


def data_of(rows: list[Row]) -> list[bytes]:
    """The bytes of each row."""
    return [row.data for row in rows]


def test_chunks_close_together_share_a_row() -> None:
    rows = rows_after((0, S, 0, b"ab"), (19 * MS, S, 0, b"cd"), (38 * MS, S, 0, b"ef"))
    assert data_of(rows) == [b"abcdef"]
    assert rows[0].time_ns == 0


def test_twenty_milliseconds_of_silence_begin_a_row() -> None:
    rows = rows_after((0, S, 0, b"ab"), (20 * MS, S, 0, b"cd"))
    assert data_of(rows) == [b"ab", b"cd"]
    assert not rows[1].continued


def test_change_of_direction_or_client_begins_a_row() -> None:
    rows = rows_after((0, S, 0, b"a"), (1, N, 1, b"b"), (2, N, 2, b"c"), (3, S, 0, b"d"))
    assert [(row.direction, row.client, row.data) for row in rows] == [
        (S, 0, b"a"),
        (N, 1, b"b"),
        (N, 2, b"c"),
        (S, 0, b"d"),
    ]


def test_events_and_gaps_have_a_row_each_however_long() -> None:
    rows = rows_after(
        (0, S, 0, b"a"), (1, EVENT, 0, b"e" * 300), (2, EVENT, 0, b"f"), (3, GAP, 0, b"12"), (4, S, 0, b"b")
    )
    assert data_of(rows) == [b"a", b"e" * 300, b"f", b"12", b"b"]
    assert not any(row.continued for row in rows)


def test_row_holds_256_bytes_and_is_continued() -> None:
    rows = rows_after((0, S, 0, b"x" * 600), (1, N, 1, b"y"))
    assert [len(row.data) for row in rows] == [256, 256, 88, 1]
    assert [row.continued for row in rows] == [False, True, True, False]


def test_row_of_exactly_256_bytes_is_continued_by_the_next_chunk_at_its_own_time() -> None:
    rows = rows_after((0, S, 0, b"x" * 200), (1, S, 0, b"y" * 56), (2, S, 0, b"z"))
    assert [(row.time_ns, len(row.data), row.continued) for row in rows] == [(0, 256, False), (2, 1, True)]


def test_last_row_grows_and_keeps_its_number_and_time() -> None:
    log = TrafficLog()
    index = RowIndex(log)
    log.append(5, S, 0, b"ab")
    index.update()
    first = index.row(0)
    log.append(6, S, 0, b"cd")
    index.update()
    assert index.end_row == 1
    assert index.row(0) == first._replace(data=b"abcd")


def test_asking_for_a_new_row_leaves_the_last_one_as_it_is() -> None:
    log = TrafficLog()
    index = RowIndex(log)
    log.append(5, S, 0, b"ab")
    index.update()
    index.start_new_row()
    log.append(6, S, 0, b"cd")
    index.update()
    assert data_of(rows_of(index)) == [b"ab", b"cd"]


def test_times_since_the_row_before_and_since_the_turn() -> None:
    rows = rows_after(
        (100, S, 0, b"a"),
        (100 + 30 * MS, S, 0, b"b" * 257),
        (100 + 40 * MS, EVENT, 0, b"e"),
        (100 + 70 * MS, S, 0, b"c"),
        (100 + 71 * MS, N, 1, b"d"),
    )
    assert [row.since_previous_ns for row in rows] == [0, 30 * MS, 0, 10 * MS, 30 * MS, MS]
    assert [row.since_turn_ns for row in rows] == [0, 30 * MS, 30 * MS, 40 * MS, 70 * MS, 0]


def test_row_that_left_or_is_not_there_yet_is_refused() -> None:
    log = TrafficLog(max_bytes=160)
    index = RowIndex(log)
    for number in range(100):
        log.append(number * 30 * MS, S, 0, b"0123456789")
        index.update()
    assert index.end_row == 100
    assert index.first_row == 100 - log.record_count
    for number in (index.first_row - 1, index.end_row):
        with pytest.raises(IndexError):
            index.row(number)


def test_first_row_left_in_the_log_still_knows_the_time_before_it() -> None:
    log = TrafficLog(max_bytes=160)
    index = RowIndex(log)
    for number in range(100):
        log.append(number * 30 * MS, S, 0, b"0123456789")
        index.update()
    assert index.row(index.first_row).since_previous_ns == 30 * MS
    assert index.first_time_ns == 0


CHUNKS = st.lists(
    st.tuples(
        st.sampled_from([1, 5 * MS, 20 * MS, 60 * MS]),
        st.sampled_from([S, S, S, N, EVENT, GAP]),
        st.integers(0, 2),
        st.binary(min_size=1, max_size=40),
        st.booleans(),
    ),
    max_size=120,
)


def expected_rows(chunks: list[tuple[int, int, int, bytes]], width: int) -> list[tuple[int, int, int, bytes]]:
    """The grouping, written the slow way."""
    groups: list[list[tuple[int, int, int, bytes]]] = []
    for chunk in chunks:
        last = groups[-1][-1] if groups else None
        joins = last and chunk[1:3] == last[1:3] and chunk[0] - last[0] < 20 * MS and chunk[1] < EVENT
        if not joins or sum(len(part[3]) for part in groups[-1]) >= width:
            groups.append([])
        groups[-1].append(chunk)
    rows = []
    for group in groups:
        _, direction, client, _ = group[0]
        data = b"".join(part[3] for part in group)
        step = width if direction < EVENT else len(data)
        times = [part[0] for part in group for _ in part[3]]
        rows += [
            (times[at], direction, client, data[at : at + step]) for at in range(0, len(data), step)
        ]
    return rows


@given(CHUNKS)
def test_rows_are_the_same_whenever_they_are_asked_for(
    steps: list[tuple[int, Direction, int, bytes, bool]],
) -> None:
    log = TrafficLog(max_records=1_000_000)
    index = RowIndex(log, max_row_bytes=16)
    now, chunks = 0, []
    for wait, direction, client, data, look in steps:
        now += wait
        chunks.append((now, int(direction), client, data))
        log.append(*chunks[-1])
        if look:
            index.update()
    index.update()
    rows = rows_of(index)
    assert [(row.time_ns, row.direction, row.client, row.data) for row in rows] == expected_rows(chunks, 16)
    assert [row.number for row in rows] == list(range(len(rows)))


@given(CHUNKS)
def test_rows_hold_the_bytes_of_the_log_and_keep_their_numbers_while_the_oldest_leave(
    steps: list[tuple[int, Direction, int, bytes, bool]],
) -> None:
    log = TrafficLog(max_bytes=200, max_records=40)
    index = RowIndex(log, max_row_bytes=16)
    now = 0
    known: dict[int, bytes] = {}
    for wait, direction, client, data, look in steps:
        now += wait
        log.append(now, direction, client, data)
        if not look:
            continue
        index.update()
        for row in rows_of(index):
            assert row.data.startswith(known.get(row.number, b""))
            known[row.number] = row.data
    index.update()
    kept = b"".join(bytes(log.slab(number).data) for number in range(log.first_slab, log.end_slab))
    assert b"".join(data_of(rows_of(index))) == kept


def test_long_event_before_a_row_that_was_asked_for_is_one_row() -> None:
    log = TrafficLog()
    log.append(1, Direction.EVENT, 0, b"a sentence")
    rows = RowIndex(log, Grouping(GroupBy.LENGTH, length=5))
    rows.update()
    rows.start_new_row()
    log.append(2, Direction.SERIAL_TO_TCP, 0, b"abcdef")
    rows.update()
    assert [rows.row(number).data for number in range(rows.end_row)] == [b"a sentence", b"abcde", b"f"]
