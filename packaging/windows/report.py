"""What the check says as it goes: a line for each thing that is so. The first that is not so is its end."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NoReturn

begun = time.monotonic()


def ok(what: str, condition: object = True) -> None:
    """Say that `what` is so; if it is not, that is the end."""
    print(f"{time.monotonic() - begun:5.0f} s  {'ok  ' if condition else 'FAIL'}  {what}", flush=True)
    if not condition:
        raise SystemExit(1)


def fail(text: str) -> NoReturn:
    ok(text, False)
    raise SystemExit(1)


def until(condition: Callable[[], object], seconds: float = 30) -> bool:
    """Whether it came true in that time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
