"""The ways to group chunks into rows, each against the same written the slow way."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serialbridge_gui.traffic.chunk import Direction
from serialbridge_gui.traffic.grouping import GroupBy, Grouping, format_delimiter, parse_delimiter
from serialbridge_gui.traffic.log import TrafficLog
from serialbridge_gui.traffic.rows import Row, RowIndex

S, N, EVENT, GAP = Direction
MS = 1_000_000
WIDTH = 4
Chunk = tuple[int, int, int, bytes]
LINES = Grouping(GroupBy.DELIMITER)
LINES_CRLF = Grouping(GroupBy.DELIMITER, delimiter=b"\r\n")
CHUNKS = Grouping(GroupBy.CHUNK)


def rows_of(index: RowIndex) -> list[Row]:
    """All rows there are."""
    return [index.row(number) for number in range(index.first_row, index.end_row)]


def rows_after(grouping: Grouping, *chunks: Chunk) -> list[Row]:
    """The rows of a log with these chunks."""
    log = TrafficLog()
    for chunk in chunks:
        log.append(*chunk)
    index = RowIndex(log, grouping)
    index.update()
    return rows_of(index)


def data_of(rows: list[Row]) -> list[bytes]:
    """The bytes of each row."""
    return [row.data for row in rows]


def test_each_chunk_is_a_row_as_it_was_read() -> None:
    rows = rows_after(CHUNKS, (0, S, 0, b"ab"), (0, S, 0, b"cd"), (0, S, 0, b"x" * 300), (0, N, 1, b"e"))
    assert [len(row.data) for row in rows] == [2, 2, 256, 44, 1]


def test_row_ends_after_its_delimiter_however_the_chunks_were_cut() -> None:
    rows = rows_after(
        LINES_CRLF,
        (0, S, 0, b"ab\r"),
        (90 * MS, S, 0, b"\ncd\r\n\r\ne"),
        (91 * MS, N, 1, b"f\n"),
        (92 * MS, S, 0, b"\r\n"),
    )
    assert data_of(rows) == [b"ab\r\n", b"cd\r\n", b"\r\n", b"e", b"f\n", b"\r\n"]
    assert not any(row.continued for row in rows)


def test_line_of_more_than_256_bytes_is_cut_there() -> None:
    rows = rows_after(LINES, (0, S, 0, b"x" * 600 + b"\ny\n" + b"z" * 256))
    assert [len(row.data) for row in rows] == [256, 256, 89, 2, 256]
    assert [row.continued for row in rows] == [False, True, True, False, False]


def test_delimiter_across_the_cut_at_256_bytes_ends_the_row_after_it() -> None:
    assert [len(row.data) for row in rows_after(LINES_CRLF, (0, S, 0, b"x" * 255 + b"\r\ny"))] == [256, 1, 1]


@pytest.mark.parametrize("look", [False, True])
def test_delimiter_across_two_slabs_ends_the_row_after_it(look: bool) -> None:
    log = TrafficLog(max_bytes=160)
    index = RowIndex(log, Grouping(GroupBy.DELIMITER, delimiter=b"abc"))
    for data in (b"xxxxxxxxa", b"b", b"cyy", b"abab", b"abab", b"c"):
        log.append(0, S, 0, data)
        if look:
            index.update()
    index.update()
    assert [bytes(log.slab(number).data) for number in range(log.end_slab)] == [b"xxxxxxxxab", b"cyyabab", b"ababc"]
    assert data_of(rows_of(index)) == [b"xxxxxxxxab", b"c", b"yyabab", b"ababc"]


def test_rows_of_a_length_go_over_chunks_and_silence() -> None:
    grouping = Grouping(GroupBy.LENGTH, length=4)
    rows = rows_after(
        grouping, (0, S, 0, b"ab"), (50 * MS, S, 0, b"cdefg"), (51 * MS, N, 1, b"h"), (52 * MS, N, 2, b"i")
    )
    assert data_of(rows) == [b"abcd", b"efg", b"h", b"i"]


def test_times_are_of_the_first_byte_of_the_row_in_every_grouping() -> None:
    chunks = (
        (100, S, 0, b"ab\nc"),
        (100 + 30 * MS, S, 0, b"d\ne"),
        (100 + 31 * MS, EVENT, 0, b"event"),
        (100 + 60 * MS, S, 0, b"f\n"),
        (100 + 61 * MS, N, 1, b"g"),
    )
    facts = {
        by: [
            (row.data, row.since_previous_ns // MS, row.since_turn_ns // MS)
            for row in rows_after(Grouping(by, length=3), *chunks)
        ]
        for by in GroupBy
    }
    assert facts[GroupBy.DELIMITER] == [
        (b"ab\n", 0, 0), (b"cd\n", 0, 0), (b"e", 30, 30), (b"event", 1, 31), (b"f\n", 29, 60), (b"g", 1, 0)
    ]  # fmt: skip
    assert facts[GroupBy.LENGTH] == [
        (b"ab\n", 0, 0), (b"cd\n", 0, 0), (b"e", 30, 30), (b"event", 1, 31), (b"f\n", 29, 60), (b"g", 1, 0)
    ]  # fmt: skip
    assert facts[GroupBy.SILENCE] == facts[GroupBy.CHUNK]
    assert facts[GroupBy.CHUNK] == [
        (b"ab\nc", 0, 0), (b"d\ne", 30, 30), (b"event", 1, 31), (b"f\n", 29, 60), (b"g", 1, 0)
    ]  # fmt: skip


def cut_lines(data: bytes, delimiter: bytes) -> list[bytes]:
    """The data in lines, each with its delimiter."""
    pieces = [piece + delimiter for piece in data.split(delimiter)]
    pieces[-1] = pieces[-1][: -len(delimiter)]
    return [piece for piece in pieces if piece]


def expected_rows(log: TrafficLog, grouping: Grouping) -> list[Chunk]:
    """The grouping, written the slow way: time, direction, client and bytes of each row."""
    runs: list[list[tuple[int, Chunk]]] = []
    for number in range(log.first_slab, log.end_slab):
        slab = log.slab(number)
        for record in range(len(slab)):
            data = bytes(slab.data[slab.start[record] : slab.end_of(record)])
            chunk = (slab.time_ns[record], slab.direction[record], slab.client[record], data)
            last = runs[-1][-1][1] if runs else None
            if not last or chunk[1:3] != last[1:3] or chunk[1] >= EVENT:
                runs.append([])
            runs[-1].append((number, chunk))
    rows: list[Chunk] = []
    for run in runs:
        rows += expected_of_run(run, grouping)
    return rows


def expected_of_run(run: list[tuple[int, Chunk]], grouping: Grouping) -> list[Chunk]:
    """The rows of one run of one direction and client; each chunk with the number of its slab."""
    _, direction, client, data = run[0][1]
    if direction >= EVENT:
        return [run[0][1]]
    data = b"".join(chunk[3] for _, chunk in run)
    owner = [part for part in run for _ in part[1][3]]
    ends: set[int] = {len(data)}
    at = 0
    if grouping.by is GroupBy.DELIMITER:
        for line in cut_lines(data, grouping.delimiter):
            at += len(line)
            ends.add(at)
    at = 0
    for (slab, chunk), (next_slab, next_chunk) in pairwise(run):
        at += len(chunk[3])
        silent = grouping.by is GroupBy.SILENCE and next_chunk[0] - chunk[0] >= grouping.silence_ms * MS
        if slab != next_slab or silent or grouping.by is GroupBy.CHUNK:
            ends.add(at)
    width = grouping.length if grouping.by is GroupBy.LENGTH else WIDTH
    rows = []
    begin = 0
    for end in sorted(ends):
        rows += [
            (owner[at][1][0], direction, client, data[at : min(at + width, end)]) for at in range(begin, end, width)
        ]
        begin = end
    return rows


STEPS = st.lists(
    st.tuples(
        st.sampled_from([1, 5 * MS, 25 * MS]),
        st.sampled_from([S, S, S, S, S, S, N, EVENT]),
        st.integers(0, 1),
        st.one_of(
            st.text("ab", min_size=1, max_size=30).map(str.encode),
            st.text("aab", min_size=1, max_size=600).map(str.encode),
            st.sampled_from([b"a", b"b", b"c" * 300, b"a" * 40]),
        ),
        st.booleans(),
    ),
    max_size=60,
)
GROUPINGS = st.one_of(
    st.text("ab", min_size=1, max_size=4).map(lambda text: Grouping(GroupBy.DELIMITER, delimiter=text.encode())),
    st.integers(1, 40).map(lambda length: Grouping(GroupBy.LENGTH, length=length)),
    st.just(CHUNKS),
)


@settings(max_examples=400)
@given(STEPS, GROUPINGS, st.sampled_from([100_000, 3000, 800]))
def test_rows_are_the_same_whenever_they_are_asked_for(
    steps: list[tuple[int, Direction, int, bytes, bool]], grouping: Grouping, max_bytes: int
) -> None:
    log = TrafficLog(max_bytes)
    log.max_bytes = 1 << 20  # small slabs, of which none leaves
    index = RowIndex(log, grouping, WIDTH)
    now = 0
    known: dict[int, bytes] = {}
    for wait, direction, client, data, look in steps:
        now += wait
        log.append(now, direction, client, data)
        if look:
            index.update()
            for row in rows_of(index)[-40:]:
                assert row.data.startswith(known.get(row.number, b""))
                known[row.number] = row.data
    index.update()
    rows = rows_of(index)
    assert [(row.time_ns, row.direction, row.client, row.data) for row in rows] == expected_rows(log, grouping)
    for before, row in pairwise(rows):
        assert row.since_previous_ns == row.time_ns - before.time_ns
    for row in rows:
        place = index.place(row.number)
        for offset in {place.start, (place.start + place.end) // 2, place.end - 1}:
            assert index.number_at(place.slab, offset) == row.number


PIECES = st.lists(
    st.one_of(st.sampled_from([b"c" * 45, b"a", b"b", b"ab"]), st.text("ab", min_size=1, max_size=9).map(str.encode)),
    min_size=30,
    max_size=60,
)


@settings(max_examples=300)
@given(PIECES, GROUPINGS, st.sampled_from([100_000, 1600]))
def test_rows_of_one_long_run_are_the_same_however_it_was_cut(
    pieces: list[bytes], grouping: Grouping, max_bytes: int
) -> None:
    log = TrafficLog(max_bytes)
    log.max_bytes = 1 << 20  # small slabs, of which none leaves
    index = RowIndex(log, grouping, WIDTH)
    for time_ns, data in enumerate(pieces):
        log.append(time_ns, S, 0, data)
        if len(data) == 1:
            index.update()
    index.update()
    rows = rows_of(index)
    assert [(row.time_ns, row.direction, row.client, row.data) for row in rows] == expected_rows(log, grouping)
    for row in rows:
        place = index.place(row.number)
        assert index.number_at(place.slab, place.start) == index.number_at(place.slab, place.end - 1) == row.number


@given(STEPS, GROUPINGS)
def test_rows_hold_the_bytes_of_the_log_while_the_oldest_leave(
    steps: list[tuple[int, Direction, int, bytes, bool]], grouping: Grouping
) -> None:
    log = TrafficLog(max_bytes=900, max_records=40)
    index = RowIndex(log, grouping, WIDTH)
    now = 0
    for wait, direction, client, data, look in steps:
        now += wait
        log.append(now, direction, client, data)
        if look:
            index.update()
    index.update()
    kept = b"".join(bytes(log.slab(number).data) for number in range(log.first_slab, log.end_slab))
    assert b"".join(data_of(rows_of(index))) == kept


@given(STEPS, GROUPINGS)
def test_index_built_in_slices_is_as_one_built_at_once(
    steps: list[tuple[int, Direction, int, bytes, bool]], grouping: Grouping
) -> None:
    log = TrafficLog(4000)
    for number, (_, direction, client, data, _) in enumerate(steps):
        log.append(number * 5 * MS, direction, client, data)
    whole, sliced = RowIndex(log, grouping, WIDTH), RowIndex(log, grouping, WIDTH)
    assert whole.update()
    while not sliced.update(0.0):
        pass
    assert rows_of(sliced) == rows_of(whole)


def test_break_of_another_index_begins_a_row() -> None:
    log = TrafficLog()
    log.append(0, S, 0, b"ab")
    old = RowIndex(log)
    old.update()
    mark = old.end
    log.append(1, S, 0, b"cd\nef")
    index = RowIndex(log, LINES, breaks=(mark,))
    index.update()
    assert data_of(rows_of(index)) == [b"ab", b"cd\n", b"ef"]
    assert index.number_from(*mark) == 1
    assert RowIndex(log, LINES).number_from(*mark) == 0


def test_of_too_many_rows_the_oldest_leave_and_are_counted() -> None:
    log = TrafficLog(max_bytes=16 * 1000)
    for number in range(16):
        log.append(number, S, 0, b"\n" * 1000)
    index = RowIndex(log, LINES, max_rows=4500)
    index.update()
    assert (index.first_row, index.end_row) == (12_000, 16_000)
    assert index.left_out_bytes == 12_000
    log.append(16, S, 0, b"\n" * 1000)
    index.update()
    assert (index.end_row - index.first_row, index.left_out_bytes) == (4000, 12_000)


def test_row_deep_in_a_line_without_end_is_found_without_looking_through_the_line() -> None:
    class CountingBytes(bytearray):
        sought = 0

        def find(self, sub: bytes, start: int = 0, end: int = 1 << 40) -> int:  # type: ignore[override]
            CountingBytes.sought += min(end, len(self)) - start
            return super().find(sub, start, end)

    log = TrafficLog()
    log.append(0, S, 0, b"x" * 1_000_000)
    slab = log.slab(0)
    slab.data = CountingBytes(slab.data)
    index = RowIndex(log, LINES_CRLF)
    index.update()
    CountingBytes.sought = 0
    assert len(index.row(3900).data) == 256
    assert CountingBytes.sought <= 2 * 4096 + 2


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (r"\r\n", b"\r\n"),
        (r"\x03", b"\x03"),
        ("03", b"\x03"),
        ("0D 0A", b"\r\n"),
        ("0x0d, 0x0a", b"\r\n"),
        (";", b";"),
        ("END", b"END"),
        (r"a\\b", b"a\\b"),
        (r"\0", b"\0"),
        ("。", "。".encode()),
        ("abc", b"abc"),
    ],
)
def test_delimiter_is_read_as_it_is_meant(typed: str, meant: bytes) -> None:
    assert parse_delimiter(typed) == meant


@pytest.mark.parametrize("typed", ["", r"\q", "\\", r"\x0", "x" * 17, r"\x"])
def test_delimiter_that_is_none_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r"escape|bytes"):
        parse_delimiter(typed)


@given(st.binary(min_size=1, max_size=16))
def test_delimiter_shown_reads_back_as_its_bytes(delimiter: bytes) -> None:
    assert parse_delimiter(format_delimiter(delimiter)) == delimiter


@pytest.mark.parametrize("wrong", [{"silence_ms": 0}, {"silence_ms": 10_001}, {"delimiter": b""}, {"length": 257}])
def test_grouping_out_of_range_is_refused(wrong: dict[str, int | bytes]) -> None:
    with pytest.raises(ValueError, match=r"1–|not within"):
        Grouping(**wrong)  # type: ignore[arg-type]
