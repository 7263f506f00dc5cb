"""Bytes as a person reads them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serialbridge_gui.traffic.text import (
    hex_dump,
    make_visible,
    to_hex,
    to_mixed,
    to_text,
    without_pictures,
)


def test_hex_has_two_digits_a_byte() -> None:
    assert to_hex(b"12\r\n\xff") == "31 32 0D 0A FF"
    assert to_hex(b"") == ""


@given(st.binary())
def test_hex_reads_back_as_the_bytes(data: bytes) -> None:
    assert bytes.fromhex(to_hex(data)) == data


def test_control_characters_are_pictures() -> None:
    assert to_text(b"12\r\n\x00\x1b\x7f") == "12␍␊␀␛␡"


def test_utf_8_is_shown_where_the_row_is_utf_8() -> None:
    assert to_text("称重 12 °C\r".encode()) == "称重 12 °C␍"


def test_bytes_that_are_no_utf_8_are_dots() -> None:
    assert to_text(b"a\xe9b\xff") == "a·b·"
    assert to_text("é".encode() + b"\xff!") == "···!"


@pytest.mark.parametrize("cut", [1, 2])
def test_character_cut_at_the_edge_of_a_row_does_not_spoil_the_rest(cut: int) -> None:
    data = "重 é".encode()
    assert to_text(data[cut:]) == "·" * (3 - cut) + " é"
    assert to_text("é ".encode() + data[:cut]) == "é " + "·" * cut


@pytest.mark.parametrize(
    "code", [0x202E, 0x2066, 0x200B, 0xFEFF, 0x85, 0x9F, 0x2028, 0xE0001, 0x3164, 0xFE0F]
)
def test_invisible_characters_are_named(code: int) -> None:
    assert to_text(f"a{chr(code)}b".encode()) == f"aU+{code:04X}b"


@given(st.binary(max_size=300))
def test_text_of_any_bytes_has_nothing_invisible(data: bytes) -> None:
    for character in to_text(data) + to_mixed(data) + "".join(hex_dump(data)):
        assert unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


@given(st.text())
def test_visible_text_of_any_text_has_nothing_invisible(text: str) -> None:
    for character in make_visible(text):
        assert unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


@given(st.one_of(st.binary(max_size=60), st.text(max_size=40).map(str.encode)), st.integers(1, 70))
def test_text_with_a_limit_begins_like_the_whole_text(data: bytes, limit: int) -> None:
    assert to_text(data, limit)[:limit] == to_text(data)[:limit]


def test_mixed_names_every_byte_that_is_not_printable() -> None:
    assert to_mixed(b"12\r\n") == "12<0D><0A>"
    assert to_mixed(b"<0D>\x80") == "<3C>0D><80>"


@given(st.binary(max_size=100))
def test_mixed_reads_back_as_the_bytes(data: bytes) -> None:
    parts = to_mixed(data).split("<")
    back = parts[0].encode() + b"".join(
        bytes.fromhex(part[:2]) + part[3:].encode() for part in parts[1:]
    )
    assert back == data


def test_font_without_pictures_gets_arrows() -> None:
    for data in (b"a\tb\x01\r\n", b"\t\xff\r", "é\r\n".encode()):
        assert without_pictures(to_text(data)) == to_text(data, pictures=False)
    assert to_text(b"a\tb\x01\r\n", pictures=False) == "a→b·←↓"


def test_dump_shows_offset_hex_and_characters() -> None:
    assert hex_dump(b"0123456789abcdef\r\n\xff") == [
        "00000000  30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66  0123456789abcdef",
        "00000010  0D 0A FF                                         ␍␊·",
    ]
    assert hex_dump(b"") == []


@given(st.binary(max_size=600))
def test_dump_has_every_byte_once(data: bytes) -> None:
    assert b"".join(bytes.fromhex(line[10:57]) for line in hex_dump(data)) == data
