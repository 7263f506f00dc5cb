"""Which signals end a program of ours. Costs no import: the console asks before it has loaded anything."""

from __future__ import annotations

import signal


def stop_numbers() -> list[signal.Signals]:
    """Those of SIGINT, SIGTERM, SIGHUP and SIGBREAK that this system has and that are ours to answer.

    `nohup` has SIGHUP ignored on our behalf, and that stands. A script's shell ignores SIGINT for what it runs in
    the background; whoever sends one all the same means it.
    """
    found = [getattr(signal, name, None) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")]
    numbers = [number for number in found if number is not None]
    return [each for each in numbers if each.name != "SIGHUP" or signal.getsignal(each) is not signal.SIG_IGN]
