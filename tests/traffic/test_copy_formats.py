"""Rows as other programs take them."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serialbridge_gui.traffic.chunk import Direction
from serialbridge_gui.traffic.copy_formats import CopyFormat, make_copier
from serialbridge_gui.traffic.rows import Row

TO_NET, TO_SERIAL = Direction.SERIAL_TO_TCP, Direction.TCP_TO_SERIAL


def rows_of(*data: bytes | tuple[Direction, bytes], continued: frozenset[int] = frozenset()) -> list[Row]:
    """Rows Serial→Net, or as told; of the numbers in `continued` each goes on with the one before."""
    rows = []
    for number, entry in enumerate(data):
        direction, octets = entry if isinstance(entry, tuple) else (TO_NET, entry)
        rows.append(Row(number, number, direction, 0, octets, number in continued, 0, 0, b""))
    return rows


def copied(form: CopyFormat, rows: list[Row]) -> str:
    copier = make_copier(form)
    for row in rows:
        copier.add(row)
    return copier.text()


some_rows = st.lists(
    st.one_of(
        st.tuples(st.sampled_from((TO_NET, TO_SERIAL)), st.binary(min_size=1, max_size=70)),
        st.just((Direction.EVENT, b"Client #1 connected")),
        st.just((Direction.GAP, b"17")),
    ),
    max_size=12,
).map(lambda entries: rows_of(*entries))


def pieces_of(rows: list[Row]) -> list[bytes]:
    """The bytes of what lies together and goes one way."""
    pieces: list[bytes] = []
    last = None
    for row in rows:
        if row.direction < Direction.EVENT:
            if row.direction == last:
                pieces[-1] += row.data
            else:
                pieces.append(row.data)
            last = row.direction
    return pieces


@given(some_rows)
def test_hex_has_a_line_for_each_row_and_reads_back(rows: list[Row]) -> None:
    lines = copied(CopyFormat.HEX, rows).splitlines()
    assert [bytes.fromhex(line) for line in lines] == [row.data for row in rows if row.direction < Direction.EVENT]


def test_row_that_goes_on_is_one_line_of_hex() -> None:
    rows = rows_of(b"\x01", b"\x02", b"\x03", continued=frozenset({1}))
    assert copied(CopyFormat.HEX, rows) == "01 02\n03\n"


@given(some_rows)
def test_python_bytes_read_back(rows: list[Row]) -> None:
    text, pieces = copied(CopyFormat.PYTHON, rows), pieces_of(rows)
    if not pieces:
        assert text == ""
    elif len(pieces) == 1:
        assert ast.literal_eval(text) == pieces[0]
    else:
        assert ast.literal_eval(text) == pieces


@given(some_rows)
def test_c_arrays_say_their_size_and_hold_the_bytes(rows: list[Row]) -> None:
    text = copied(CopyFormat.C_ARRAY, rows)
    lines = r"(?: {4}(?:0x[0-9A-F]{2},? ?)+\n)+"
    declaration = rf"/\* [\w ,]+ \*/\nconst unsigned char (data\d*)\[(\d+)\] = \{{\n({lines})\}};\n"
    arrays = re.findall(declaration, text)
    assert re.sub(declaration, "", text).strip() == "", "nothing else stands there"
    values = [bytes(int(value, 16) for value in re.findall(r"0x..", body)) for _, _, body in arrays]
    assert values == pieces_of(rows)
    assert [int(size) for _, size, _ in arrays] == [len(value) for value in values]
    assert len({name for name, _, _ in arrays}) == len(arrays)


@pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler here")
def test_c_arrays_compile_and_print_the_bytes(tmp_path: Path) -> None:
    text = copied(CopyFormat.C_ARRAY, rows_of(bytes(range(256)), (TO_SERIAL, b"R\r")))
    program = (
        f"#include <stdio.h>\n{text}\nint main(void)\n"
        "{ fwrite(data1, 1, sizeof data1, stdout); fwrite(data2, 1, sizeof data2, stdout); return 0; }\n"
    )
    (tmp_path / "a.c").write_text(program, encoding="ascii")
    options = ["-std=c89", "-pedantic-errors", "-Wall", "-Werror"]
    subprocess.run(["cc", *options, "-o", str(tmp_path / "a"), str(tmp_path / "a.c")], check=True, timeout=300)
    assert subprocess.run([tmp_path / "a"], check=True, capture_output=True, timeout=300).stdout == (
        bytes(range(256)) + b"R\r"
    )


def test_text_keeps_line_ends_and_tabs_and_shows_every_other_control() -> None:
    answer = (b"a\tb\r\nc\rd\ne", b"\x1b[31m\x00\x7f", "\u202egnp".encode())
    rows = rows_of(*answer, (TO_SERIAL, b"R\r"), (TO_SERIAL, b"\n"))
    assert copied(CopyFormat.TEXT, rows) == "a\tb\nc␍d\ne␛[31m␀␡U+202Egnp\nR\n"


def test_text_of_a_character_that_two_rows_share_and_of_one_that_is_none() -> None:
    whole = "温度".encode()
    assert copied(CopyFormat.TEXT, rows_of(whole[:2], whole[2:], b"\xff!")) == "温度\ufffd!\n"
    assert copied(CopyFormat.TEXT, rows_of(whole[:2], (TO_SERIAL, b"x"))) == "\ufffd\nx\n"


def test_text_is_read_in_the_encoding_that_was_asked_for() -> None:
    copier = make_copier(CopyFormat.TEXT, "gb18030")
    for row in rows_of("温".encode("gb18030"), "度".encode("gb18030")):
        copier.add(row)
    assert copier.text() == "温度\n"


@given(some_rows)
def test_hex_dump_has_every_byte_at_its_offset(rows: list[Row]) -> None:
    text, pieces = copied(CopyFormat.HEX_DUMP, rows), pieces_of(rows)
    dumps = text.split("\n\n") if len(pieces) > 1 else [f"\n{text}"]
    found = []
    for dump in dumps if pieces else []:
        octets = b""
        for line in dump.splitlines()[1:]:
            assert int(line[:8], 16) == len(octets)
            octets += bytes.fromhex(line[10:57])
        found.append(octets)
    assert found == pieces


@pytest.mark.parametrize("form", CopyFormat)
def test_events_alone_are_nothing_to_copy(form: CopyFormat) -> None:
    assert copied(form, rows_of((Direction.EVENT, b"Stopped"), (Direction.GAP, b"3"))) == ""
