"""What a driver has counted becomes the bits of RFC 2217's NOTIFY-LINESTATE."""

from __future__ import annotations

import struct
import sys
from types import SimpleNamespace
from typing import Any, cast

import pytest

from serialbridge_gui.engine.line_errors import LineErrors
from serialbridge_gui.engine.port import Port

if sys.platform.startswith("linux"):
    import fcntl

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems do not count")

PLACES = {"frame": 6, "overrun": 7, "parity": 8, "brk": 9, "buf_overrun": 10}
"""Of struct serial_icounter_struct (linux/serial.h)."""


@pytest.mark.parametrize(
    ("counted", "bits"),
    [("frame", 0x08), ("overrun", 0x02), ("parity", 0x04), ("brk", 0x10), ("buf_overrun", 0x02)],
)
def test_each_error_is_news_once(counted: str, bits: int, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = [7] * 20

    def ioctl(_fd: int, _request: int, _room: Any) -> bytes:
        return struct.pack("20i", *counts)

    monkeypatch.setattr(fcntl, "ioctl", ioctl)
    port = cast(Port, SimpleNamespace(virtual=False, fileno=lambda: 0))
    errors = LineErrors()
    assert errors.news(port) == 0  # what was counted before is nobody's
    counts[PLACES[counted]] += 1
    assert errors.news(port) == bits
    assert errors.news(port) == 0
