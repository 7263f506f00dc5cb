"""What a screen reader sees of SerialBridge, a request and an answer a line, both JSON.

A program of its own: AT-SPI's Python binding comes with the system's Python, not from PyPI. It answers
{"role", "name", "text", "box", "focused", "enabled"} of each thing that is on the screen, deepest last.
"""

import json
import sys

import pyatspi

PROGRAM = "SerialBridge"
MAX_CHILDREN = 60
"""Chosen: no menu or list of the walk is longer; a log of thousands of rows is not read to its end."""

NOT_READ = ("table",)
"""The log: its cells come by the hundred, and what it holds is seen from the other end of the bridge."""


def seen(thing, found):
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


def read_screen():
    found = []
    for application in pyatspi.Registry.getDesktop(0):
        if application is not None and application.name == PROGRAM:
            seen(application, found)
    return found


for _ in sys.stdin:
    try:
        answer = read_screen()
    except Exception:  # a window that closes while it is read; the next look finds the rest
        answer = []
    print(json.dumps(answer), flush=True)
