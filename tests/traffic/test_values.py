"""Bytes as numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serialbridge_gui.traffic.values import describe_value


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"A", "u8 65, 0b01000001"),
        (b"\xff", "u8 255, i8 -1, 0b11111111"),
        (b"\x01\x02", "u16 LE 513, BE 258"),
        (b"\xfe\xff", "u16 LE 65534, BE 65279, i16 LE -2, BE -257"),
        (b"\x78\x56\x34\x12", "u32 LE 305419896, BE 2018915346, float LE 5.690457e-28, BE 1.737824e+34"),
        (b"\x00\x00\x80\x3f", "u32 LE 1065353216, BE 32831, float LE 1, BE 4.600603e-41"),
        (b"", ""),
        (b"abc", ""),
    ],
)
def test_value_is_told_in_one_line(data: bytes, text: str) -> None:
    assert describe_value(data) == text


@given(st.binary(max_size=9))
def test_any_bytes_have_a_description(data: bytes) -> None:
    assert bool(describe_value(data)) == (len(data) in (1, 2, 4, 8))
