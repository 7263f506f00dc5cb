"""Bytes read as text in each encoding, and text cut to the cells it has."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serialbridge_gui.traffic.log import TrafficLog
from serialbridge_gui.traffic.rows import RowIndex
from serialbridge_gui.traffic.text import Encoding, cut_to_width, split_at_width, to_text

CHINESE = "温度:23.5°C,湿度:60%;重量kg"
INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
ENCODINGS = st.sampled_from(Encoding)


@pytest.mark.parametrize(
    ("encoding", "codec", "text"),
    [
        (Encoding.UTF_8, "utf-8", CHINESE),
        (Encoding.GB18030, "gb18030", CHINESE),
        (Encoding.GB18030, "gb2312", "串口透传"),
        (Encoding.GB18030, "gb18030", "𠀀㐂"),
        (Encoding.BIG5, "big5", "溫度 23.5"),
        (Encoding.LATIN_1, "latin-1", "Größe ½ µm"),
        (Encoding.ASCII, "ascii", "plain"),
    ],
)
def test_text_is_read_in_its_encoding(encoding: Encoding, codec: str, text: str) -> None:
    assert to_text(text.encode(codec) + b"\r\n", encoding=encoding) == text + "␍␊"


@given(st.binary(max_size=300), ENCODINGS, st.binary(max_size=20), st.booleans())
def test_text_of_any_bytes_has_nothing_invisible_in_any_encoding(
    data: bytes, encoding: Encoding, before: bytes, pictures: bool
) -> None:
    for character in to_text(data, None, pictures, encoding, before):
        assert unicodedata.category(character) not in INVISIBLE


@given(st.binary(max_size=60), ENCODINGS, st.integers(1, 70))
def test_text_with_a_limit_begins_like_the_whole_text(data: bytes, encoding: Encoding, limit: int) -> None:
    assert to_text(data, limit, encoding=encoding)[:limit] == to_text(data, encoding=encoding)[:limit]


def test_bytes_that_are_no_character_are_dots_and_spoil_nothing() -> None:
    data = "温".encode("gb18030") + b"\xff" + "度".encode("gb18030") + b" \x80!"
    assert to_text(data, encoding=Encoding.GB18030) == "温·度 ·!"
    assert to_text(b"\xff" + "溫".encode("big5") + b"\xa4", encoding=Encoding.BIG5) == "·溫·"
    assert to_text(b"a\xe9", encoding=Encoding.ASCII) == "a·"


@pytest.mark.parametrize("encoding", [Encoding.GB18030, Encoding.BIG5, Encoding.UTF_8])
@pytest.mark.parametrize("cut", range(1, 12))
def test_character_cut_between_two_rows_does_not_spoil_either(encoding: Encoding, cut: int) -> None:
    text = "中文重量 12中"
    data = text.encode(encoding.value)
    shown = to_text(data[:cut], encoding=encoding) + to_text(data[cut:], encoding=encoding, before=data[:cut])
    ends = [len(text[:at].encode(encoding.value)) for at in range(len(text) + 1)]
    whole = [text[at] for at in range(len(text)) if not ends[at] < cut < ends[at + 1]]
    assert shown.replace("·", "") == "".join(whole)


def test_row_knows_what_came_before_it_in_its_direction() -> None:
    log = TrafficLog()
    data = "一二三四五".encode("gb18030") * 60
    log.append(0, 0, 0, data[:255])
    log.append(1, 0, 0, data[255:])
    log.append(50_000_000, 0, 0, data[:1])
    log.append(90_000_000, 0, 0, data[1:4])
    log.append(90_000_001, 1, 1, b"x")
    index = RowIndex(log)
    index.update()
    texts = [
        to_text(row.data, encoding=Encoding.GB18030, before=row.before)
        for row in map(index.row, range(index.end_row))
    ]
    assert texts[0].startswith("一二三四五")
    assert texts[1].startswith("四五一二三")
    assert texts[-3:] == ["·", "·二", "x"]


@given(st.binary(max_size=400), st.lists(st.integers(0, 400), max_size=6), ENCODINGS)
def test_cut_anywhere_text_is_never_refused(data: bytes, cuts: list[int], encoding: Encoding) -> None:
    for cut in cuts:
        to_text(data[cut:], 40, True, encoding, data[:cut][-512:])


@pytest.mark.parametrize(
    ("text", "cells", "shown"),
    [
        ("abcd", 4, "abcd"),
        ("abcde", 4, "abc…"),
        ("中文", 4, "中文"),
        ("中文字", 5, "中文…"),
        ("中文字", 4, "中…"),
        ("a中文", 4, "a中…"),
        ("中", 1, "…"),
    ],
)
def test_text_is_cut_to_the_cells_it_has(text: str, cells: int, shown: str) -> None:
    assert cut_to_width(text, cells) == shown


@given(st.text(), st.integers(1, 40))
def test_cut_text_never_takes_more_than_its_cells(text: str, cells: int) -> None:
    text = text.replace("\0", "")
    shown = cut_to_width(text, cells)
    assert sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in shown) <= cells
    assert shown == text or text.startswith(shown[:-1])


@pytest.mark.parametrize(
    ("text", "cells", "parts"),
    [
        ("as it is", 8, ("as it is", "")),
        ("Plug in the adapter", 12, ("Plug in the", "adapter")),
        ("Plug in the adapter", 13, ("Plug in the", "adapter")),
        ("unbreakable", 5, ("unbre", "akable")),
        ("没有串口。请插入", 9, ("没有串口", "。请插入")),
        ("没有串口。请插入", 10, ("没有串口。", "请插入")),
        ("没有串口 ttyUSB0", 12, ("没有串口", "ttyUSB0")),
        ("串口ttyUSB0", 8, ("串口", "ttyUSB0")),
    ],
)
def test_sentence_is_split_between_words_and_no_character_is_cut(text: str, cells: int, parts: tuple[str, str]) -> None:
    assert split_at_width(text, cells) == parts
