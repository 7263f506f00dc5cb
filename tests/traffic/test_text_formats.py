"""csv through Python's csv module, txt through the real xxd, bin; and nothing of a device's raw in any text."""

from __future__ import annotations

import csv
import io
import subprocess
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serialbridge_gui.traffic.capture_formats import BOTH, BinWriter, Format, Source, format_of, make_writer, whole_size
from serialbridge_gui.traffic.chunk import LOCAL, Direction, TapEntry
from serialbridge_gui.traffic.line_codes import BREAK, LINE_EVENT, LINE_STATES, LINES
from serialbridge_gui.traffic.text_formats import BY_COLUMNS_FROM_BYTES, MAX_CELL_BYTES, dump
from tests.end2end.programs import DEADLINE_S, needs

SOURCE = Source("Scale\n\x1b[31m", "/dev/ttyUSB0", "9600 8N1")

clients = st.sampled_from([0, 1, 2, 4711, LOCAL, LOCAL | 3])
chunks = st.one_of(
    st.binary(min_size=1, max_size=60),
    st.text(min_size=1, max_size=30).map(lambda text: text.encode("utf-8", "replace")),
    st.sampled_from([b"=1+1", b"+1", b"-1", b"@x", b"\t=1", b"\r=1", b'"', b'",\n"', "＝1".encode(), bytes(5000)]),
)
times = st.integers(0, 4_000_000_000 * 10**9)
traffic = st.lists(st.tuples(times, st.sampled_from([0, 1]), clients, chunks), max_size=20)
sentences = st.text(max_size=30).map(lambda text: text.encode("utf-8", "replace"))
events = st.tuples(times, st.just(2), st.just(0), sentences)
gaps = st.tuples(times, st.just(3), st.just(0), st.integers(1, 10**12).map(lambda count: b"%d" % count))
everything = st.lists(st.one_of(st.tuples(times, st.sampled_from([0, 1]), clients, chunks), events, gaps), max_size=20)


def text_of(format_: Format, *entries: TapEntry) -> str:
    writer = make_writer(format_, SOURCE)
    return (writer.begin() + writer.encode(entries) + writer.end()).decode()


def rows_of(*entries: TapEntry) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text_of(Format.CSV, *entries), newline=""), strict=True))


@given(traffic)
def test_csv_gives_every_chunk_back_through_pythons_csv_module(entries: list[TapEntry]) -> None:
    rows = rows_of(*entries)
    assert [(row["direction"], row["client"], bytes.fromhex(row["hex"])) for row in rows] == [
        (
            "tcp_to_serial" if direction else "serial_to_tcp",
            {0: "", LOCAL: "local", LOCAL | 3: "local 3"}.get(client, str(client)),
            data,
        )
        for _, direction, client, data in entries
    ]
    for row, (time_ns, _, _, data) in zip(rows, entries, strict=True):
        assert int(row["length"]) == len(data)
        assert row["time"].endswith(f".{time_ns % 10**9:09d}Z")


@given(everything)
def test_no_cell_is_a_formula_and_nothing_invisible_is_raw_in_it(entries: list[TapEntry]) -> None:
    for row in rows_of(*entries):
        for name, cell in row.items():
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")), name
            assert_visible(cell)


@given(everything)
def test_nothing_invisible_is_raw_in_a_txt(entries: list[TapEntry]) -> None:
    for line in text_of(Format.TXT, *entries).split("\n"):
        assert_visible(line)


def assert_visible(text: str) -> None:
    assert not [c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")], repr(text)


def test_long_chunk_takes_several_csv_rows_that_a_spreadsheet_has_room_for() -> None:
    chunk = "🐂".encode() * 16384
    rows = rows_of((5, Direction.SERIAL_TO_TCP, 0, chunk))
    assert len(rows) == len(chunk) // MAX_CELL_BYTES
    assert len({row["time"] for row in rows}) == 1
    assert all(len(cell) <= 32_767 for row in rows for cell in row.values())
    assert bytes.fromhex("".join(row["hex"] for row in rows)) == chunk


def test_events_gaps_and_lines_have_rows_and_lines_of_their_own() -> None:
    entries: list[TapEntry] = [
        (1_700_000_000_000_000_007, Direction.EVENT, 0, b'Client #2 "left", \x1b'),
        (1_700_000_000_000_000_008, Direction.GAP, 0, b"99"),
        (1_700_000_000_000_000_009, Direction.EVENT, LINE_STATES | LINES["cts"] | LINES["ri"], b""),
        (1_700_000_000_000_000_010, Direction.EVENT, LINE_EVENT | BREAK, b""),
    ]
    assert [(row["direction"], row["length"], row["hex"], row["text"]) for row in rows_of(*entries)] == [
        ("event", "", "", 'Client #2 "left", ␛'),
        ("gap", "99", "", "99 bytes are missing here"),
        ("event", "", "", "lines: CTS RI"),
        ("event", "", "", "break"),
    ]
    assert text_of(Format.TXT, *entries).splitlines()[3:] == [
        '# 2023-11-14T22:13:20.000000007Z event: Client #2 "left", ␛',
        "# 2023-11-14T22:13:20.000000008Z gap: 99 bytes are missing here",
        "# 2023-11-14T22:13:20.000000009Z event: lines: CTS RI",
        "# 2023-11-14T22:13:20.000000010Z event: break",
    ]


@needs("xxd")
@settings(max_examples=40)
@given(everything, st.integers(0, 20))
def test_txt_gives_each_directions_bytes_back_through_grep_and_xxd(entries: list[TapEntry], cut: int) -> None:
    writer = make_writer(Format.TXT, SOURCE)
    text = writer.begin() + writer.encode(entries[:cut]) + writer.encode(entries[cut:])
    for mark, direction, by_hand in ((b"S>N", 0, False), (b"N>S", 1, None), (b"H>N", 0, True)):
        lines = b"".join(line for line in text.splitlines(keepends=True) if line.startswith(mark))
        done = subprocess.run(["xxd", "-r"], input=lines, capture_output=True, timeout=6 * DEADLINE_S, check=True)
        assert done.stdout == b"".join(
            data
            for _, way, client, data in entries
            if way == direction and (by_hand is None or by_hand is (client >= LOCAL))
        )


@given(st.integers(0, 2**33), st.binary(min_size=1, max_size=70))
def test_dump_by_columns_is_the_dump_by_lines(offset: int, data: bytes) -> None:
    data *= BY_COLUMNS_FROM_BYTES // len(data) + 1
    by_line = b"".join(bytes(dump("N>S", offset + at, data[at : at + 16])) for at in range(0, len(data), 16))
    assert bytes(dump("N>S", offset, data)) == by_line


@given(everything)
def test_bin_is_the_bytes_of_the_chosen_direction_end_to_end(entries: list[TapEntry]) -> None:
    for directions in (BOTH, frozenset({Direction.SERIAL_TO_TCP}), frozenset({Direction.TCP_TO_SERIAL})):
        assert BinWriter(directions).encode(entries) == b"".join(
            data
            for _, direction, client, data in entries
            if direction in directions and not (client >= LOCAL and direction == Direction.SERIAL_TO_TCP)
        )


@given(everything, st.sampled_from([Format.CSV, Format.TXT]), st.data())
def test_cut_anywhere_whole_lines_stay(entries: list[TapEntry], format_: Format, data: st.DataObject) -> None:
    encoded = make_writer(format_, SOURCE).encode(entries)
    size = data.draw(st.integers(0, len(encoded)))
    whole = whole_size(format_, encoded, size)
    assert whole <= size
    assert not whole or encoded[whole - 1 : whole] == b"\n"
    assert b"\n" not in encoded[whole:size]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a.pcapng", Format.PCAPNG), ("A.CSV", Format.CSV), ("x.y.txt", Format.TXT), ("d/a.bin", Format.BIN)],
)
def test_ending_chooses_the_format(name: str, expected: Format) -> None:
    assert format_of(Path(name)) is expected


@pytest.mark.parametrize("name", ["a", "a.pcap", "pcapng", ".csv", "a.txt.gz"])
def test_other_endings_are_no_format(name: str) -> None:
    assert format_of(Path(name)) is None
