"""Timed: what has time-outs of its own. And how often the bridge's loop looks at which."""

from __future__ import annotations

from collections.abc import Iterator
from time import monotonic
from typing import Final, Protocol

TICK_S: Final = 0.05
"""How often time-outs of a second or less are looked at, while there is one."""
LINES_TICK_S: Final = 0.1
AWAY_TICK_S: Final = 0.25
ANSWERS_TICK_S: Final = 5.0
"""How often clients are looked at for being still there, as far as keep-alive does not tell."""

DRAIN_TURN_S: Final = 0.005
"""How often a port that is closed looks whether its last bytes have left."""


class Timed(Protocol):
    """Something with time-outs of its own."""

    @property
    def tick_s(self) -> float | None:
        """How long `tick` may be put off, in s; None: there is nothing to look at."""

    def tick(self, now: float) -> None:
        """Look at them. `now`: monotonic seconds."""


def turns(within_s: float, longest_s: float) -> Iterator[None]:
    """Turns of waiting for another thread or program, until `within_s` are over; one at least, unless it is 0.

    No turn counts for more than `longest_s`: a machine that stood still has not given the other one that time. A turn
    that takes longer by itself, with a slow call, makes it last longer: choose `longest_s` well above what it takes.
    """
    left_s = within_s
    while left_s > 0:
        began = monotonic()
        yield
        left_s -= min(monotonic() - began, longest_s)
