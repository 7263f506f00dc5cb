"""A GPS receiver: what it sends, NMEA 0183 sentences, for `PtyDevice.pump`."""

from __future__ import annotations

import datetime
import time
from collections.abc import Iterator
from typing import Final

LATITUDE: Final = 48.1173
"""Degrees north."""
LONGITUDE: Final = 11.5167
"""Degrees east."""
ALTITUDE: Final = 545.4
"""Metres above the sea."""

_REPORTS_PER_S: Final = 10
_SATELLITES: Final = (4, 5, 9, 12, 24, 25)


def reports() -> Iterator[bytes]:
    """What it tells of a place in three dimensions, ten times a second, for ever."""
    while True:
        now = datetime.datetime.now(datetime.UTC)
        clock, day = f"{now:%H%M%S}.{now.microsecond // 10000:02d}", f"{now:%d%m%y}"
        place = f"{_degrees_minutes(LATITUDE, 2)},N,{_degrees_minutes(LONGITUDE, 3)},E"
        used = ",".join(f"{number:02d}" for number in _SATELLITES) + "," * (12 - len(_SATELLITES))
        yield b"".join(
            map(
                sentence,
                (
                    f"GPRMC,{clock},A,{place},000.5,054.7,{day},,,A",
                    f"GPGGA,{clock},{place},1,{len(_SATELLITES):02d},1.0,{ALTITUDE},M,47.0,M,,",
                    f"GPGSA,A,3,{used},1.8,1.0,1.5",
                ),
            )
        )
        time.sleep(1 / _REPORTS_PER_S)  # as a receiver paces itself; nobody waits for it to be over


def sentence(content: str) -> bytes:
    """With the dollar sign, the checksum and the end of the line."""
    checksum = 0
    for byte in content.encode():
        checksum ^= byte
    return f"${content}*{checksum:02X}\r\n".encode()


def _degrees_minutes(degrees: float, digits: int) -> str:
    """As NMEA writes an angle: `digits` digits of whole degrees, then minutes."""
    whole = int(degrees)
    return f"{whole:0{digits}d}{(degrees - whole) * 60:07.4f}"
