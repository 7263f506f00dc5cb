"""What a screen reader sees of SerialBridge, a request and an answer a line, both JSON.

A program of its own: AT-SPI's Python binding comes with the system's Python, not from PyPI. It answers
{"role", "name", "text", "box", "focused", "enabled"} of each thing that is on the screen, deepest last.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import pyatspi  # type: ignore[import-not-found]  # of the system's Python
from gi.repository import GLib  # type: ignore[import-not-found]

PROGRAM = "SerialBridge"
MAX_CHILDREN = 60
"""Chosen: no menu or list of the walk is longer; a log of thousands of rows is not read to its end."""

NOT_READ = ("table",)
"""The log: its cells come by the hundred, and what it holds is seen from the other end of the bridge."""


def seen(thing: Any, found: list[dict[str, Any]]) -> None:
    """This and what is in it, as far as it is on the screen."""
    state = thing.getState()
    interfaces = pyatspi.listInterfaces(thing)
    role = thing.getRoleName()
    if state.contains(pyatspi.STATE_SHOWING) and "Component" in interfaces:
        box = thing.queryComponent().getExtents(pyatspi.DESKTOP_COORDS)
        text = thing.queryText().getText(0, -1) if "Text" in interfaces else ""
        found.append(
            {
                "role": role,
                "name": thing.name,
                "text": text,
                "box": [box.x, box.y, box.width, box.height],
                "focused": state.contains(pyatspi.STATE_FOCUSED),
                "enabled": state.contains(pyatspi.STATE_SENSITIVE),
            }
        )
    elif role != "application":
        return
    if role not in NOT_READ:
        for index in range(min(thing.childCount, MAX_CHILDREN)):
            child = thing.getChildAtIndex(index)
            if child is not None:
                seen(child, found)


def read_screen() -> list[dict[str, Any]]:
    """Raises what a window that is closing makes of it."""
    found: list[dict[str, Any]] = []
    for application in pyatspi.Registry.getDesktop(0):
        if application is not None and application.name == PROGRAM:
            seen(application, found)
    return found


for _ in sys.stdin:
    try:
        answer = read_screen()
    except (GLib.Error, RuntimeError, LookupError, AttributeError):  # a window closes; the next look finds the rest
        answer = []
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()
