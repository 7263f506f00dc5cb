"""How fast the bytes went, second by second, over the last five minutes."""

from __future__ import annotations

from array import array
from typing import Final

SECONDS: Final = 300
"""How far back it goes (chosen: five minutes, as the design has it; two rings of 2.4 KB a bridge)."""

_PLACES: Final = SECONDS + 1
"""The seconds that are over, and the one that is not."""


class RateHistory:
    """Bytes a second each way, made of counters that are read now and then. One thread; times are monotonic.

    A way is a Direction: SERIAL_TO_TCP or TCP_TO_SERIAL, 0 or 1. What was counted between two readings is
    spread evenly over the time between them.
    """

    def __init__(self, now_s: float) -> None:
        self._rings = (array("d", bytes(8 * _PLACES)), array("d", bytes(8 * _PLACES)))
        self._totals = (0, 0)
        self._noted_s = now_s

    @property
    def second(self) -> int:
        """The second that is not over yet. While it stays, so does all that is told here."""
        return int(self._noted_s)

    def begin_run(self, now_s: float) -> None:
        """The counters are about to begin at 0 again."""
        self.note(now_s, *self._totals)
        self._totals = (0, 0)

    def note(self, now_s: float, to_net: int, to_serial: int) -> None:
        """Take in a reading of the counters: bytes Serial→Net and Net→Serial so far. A time gone by is ignored.

        However long the last reading is ago: what was not looked at for five minutes is even.
        """
        totals = (to_net, to_serial)
        began_s = self._noted_s
        elapsed_s = now_s - began_s
        if elapsed_s <= 0:
            return
        first, last = int(began_s), int(now_s)
        for second in range(max(first + 1, last - SECONDS), last + 1):
            for ring in self._rings:
                ring[second % _PLACES] = 0.0
        for ring, total, before in zip(self._rings, totals, self._totals, strict=True):
            added = total - before if total >= before else total  # a counter that fell began anew
            if added:
                rate = added / elapsed_s
                for second in range(max(first, last - SECONDS), last + 1):
                    ring[second % _PLACES] += rate * (min(now_s, second + 1) - max(began_s, second))
        self._totals = totals
        self._noted_s = now_s

    def rates(self, way: int) -> list[float]:
        """Bytes in each of the last SECONDS seconds that are over, the oldest first."""
        place = self.second % _PLACES
        ring = self._rings[way]
        return [*ring[place + 1 :], *ring[:place]]

    def peaks(self, way: int, width: int) -> list[float]:
        """The most in a second of every `width` seconds, the oldest first; the first and last may be shorter.

        Cut where the clock is a multiple of `width`, so that a peak does not change while it moves along.
        """
        rates = self.rates(way)
        first = self.second - SECONDS
        starts = range(-(first % width), SECONDS, width)
        return [max(rates[max(0, start) : start + width]) for start in starts]

    def latest(self, way: int) -> float:
        """Bytes in the last second that is over."""
        return self._rings[way][(self.second - 1) % _PLACES]

    def highest(self, way: int) -> float:
        """The most bytes in one of the seconds."""
        return max(self.rates(way))

    @property
    def silent(self) -> bool:
        """Whether nothing went either way in all that time."""
        return not any(map(any, self._rings))
