"""What some bytes mean as numbers, in one line."""

from __future__ import annotations

import struct
from typing import Final

_INTEGERS: Final = {1: "B", 2: "H", 4: "I", 8: "Q"}
_FLOATS: Final = {4: ("f", "float", 7), 8: ("d", "double", 15)}
"""Letter of struct, name, and how many digits it is good for."""


def describe_value(data: bytes) -> str:
    """`u32 LE 305419896, BE 2018915346, float LE 5.69e-28 …` of 1, 2, 4 or 8 bytes; "" of any other number.

    Signed numbers are named only where they are negative, as the others read the same.
    """
    letter = _INTEGERS.get(len(data))
    if letter is None:
        return ""
    bits = 8 * len(data)
    parts = [_both_orders(f"u{bits}", *(str(struct.unpack(order + letter, data)[0]) for order in "<>"))]
    signed = [struct.unpack(order + letter.lower(), data)[0] for order in "<>"]
    if min(signed) < 0:
        parts.append(_both_orders(f"i{bits}", *map(str, signed)))
    if len(data) in _FLOATS:
        letter, name, digits = _FLOATS[len(data)]
        values = [struct.unpack(order + letter, data)[0] for order in "<>"]
        parts.append(_both_orders(name, *(f"{value:.{digits}g}" for value in values)))
    if bits == 8:
        parts.append(f"0b{data[0]:08b}")
    return ", ".join(parts)


def _both_orders(name: str, little: str, big: str) -> str:
    """The value by both orders of the bytes, or once where there is but one."""
    return f"{name} {little}" if name in ("u8", "i8") else f"{name} LE {little}, BE {big}"
