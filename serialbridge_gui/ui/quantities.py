"""Numbers as a person reads them."""

from __future__ import annotations


def bytes_text(count: float) -> str:
    """`512`, `12.4K`, `3.1M`: in steps of 1000, as data rates are counted."""
    for unit in ("", "K", "M", "G"):
        if count < 999.5 or unit == "G":
            return f"{count:.0f}{unit}" if not unit or count >= 99.95 else f"{count:.1f}{unit}"
        count /= 1000
    raise AssertionError("unreachable")
