"""Numbers as a person reads them."""

from __future__ import annotations


def bytes_text(count: float) -> str:
    """`512`, `12.4K`, `3.1M`: in steps of 1000, as data rates are counted."""
    for unit in ("", "K", "M", "G"):
        if count < 999.5 or unit == "G":
            return f"{count:.0f}{unit}" if not unit or count >= 99.95 else f"{count:.1f}{unit}"
        count /= 1000
    raise AssertionError("unreachable")


def rate_text(bytes_per_s: float) -> str:
    """`512 B/s`, `12.4 KB/s`, `3.1 MB/s`."""
    text = bytes_text(bytes_per_s)
    return f"{text[:-1]} {text[-1]}B/s" if text[-1].isalpha() else f"{text} B/s"


def duration_text(seconds: float) -> str:
    """`85 µs`, `1.24 ms`, `850 ms`, `2.5 s`: three digits at most, as far as they are known."""
    for scale, unit in ((1e-3, "µs"), (1.0, "ms")):
        count = seconds * 1000 / scale
        if count < 999.5:
            digits = 0 if unit == "µs" or count >= 99.95 else 1 if count >= 9.995 else 2
            return f"{count:.{digits}f} {unit}"
    return f"{seconds:.1f} s"
