"""Timed: what has time-outs of its own. And how often the bridge's loop looks at which."""

from __future__ import annotations

from typing import Final, Protocol

TICK_S: Final = 0.05
"""How often time-outs of a second or less are looked at, while there is one."""
LINES_TICK_S: Final = 0.1
AWAY_TICK_S: Final = 0.25
ANSWERS_TICK_S: Final = 5.0
"""How often clients are looked at for being still there, as far as keep-alive does not tell."""


class Timed(Protocol):
    """Something with time-outs of its own."""

    @property
    def tick_s(self) -> float | None:
        """How long `tick` may be put off, in s; None: there is nothing to look at."""

    def tick(self, now: float) -> None:
        """Look at them. `now`: monotonic seconds."""
