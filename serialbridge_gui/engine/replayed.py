"""What `sim://replay` says: a saved capture, as a device.

    sim://replay?file=PATH[&speed=2][&from=tx][&wait=1][&start=client][&loop=1]

It begins when the port is opened, or with `start=client` anew with each client: when its input is purged, as the
bridge does for a new session. With `wait` each answer waits until as many bytes were written to it as stand before
the answer in the capture, whichever they are: so a trace of questions and answers becomes a device. After the last
byte it is silent, or with `loop` begins again after a second. It is silent, too, where the capture is broken after
what could be opened: to fail there would have it opened, and played, again and again.
"""

from __future__ import annotations

import contextlib
import os
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from math import inf, isfinite
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote_to_bytes

from serialbridge_gui.engine.ports import REPLAY
from serialbridge_gui.traffic.capture_error import CaptureError, CaptureFault
from serialbridge_gui.traffic.capture_reader import CaptureReader, open_capture
from serialbridge_gui.traffic.chunk import Direction, TapEntry
from serialbridge_gui.traffic.replay import MAX_SPEED, MIN_SPEED, Schedule, Step
from serialbridge_gui.words import tr as _tr

LOOP_PAUSE_S: Final = 1.0
"""Between the end and the next beginning, at speed 1 (chosen: the capture does not say)."""
MAX_ENTRIES: Final = 1000
"""Read in one call, which others wait for: 10 ms of one-byte chunks. A KiB of the file counts as much as one."""
MAX_OPENING_ENTRIES: Final = 30_000
"""Read to find the first chunk, while a bridge opens its port (chosen: 0.3 s). Then it is looked for later."""

_DIRECTIONS: Final = {"rx": Direction.SERIAL_TO_TCP, "tx": Direction.TCP_TO_SERIAL}
_OPTIONS: Final = "file, speed, from, wait, start, loop"


@dataclass(frozen=True)
class ReplayOrder:
    """What is to be played, and how."""

    file: Path
    speed: float = 1.0
    """MIN_SPEED to MAX_SPEED times its own pace; 0: without pauses."""
    direction: Direction = Direction.SERIAL_TO_TCP
    wait: bool = False
    on_client: bool = False
    loop: bool = False

    @classmethod
    def parse(cls, device: str) -> ReplayOrder:
        """From `sim://replay?…`. Raises ValueError, with words for the person who typed it.

        Only `%` and `&` need to be written as `%25` and `%26` in a path, which may be one of Windows'.
        """
        given: dict[str, str] = {}
        for option in filter(None, device.partition("?")[2].split("&")):
            name, _, value = option.partition("=")
            if name not in _OPTIONS.split(", ") or name in given:
                text = _tr("{name!r} is not one of its options, once each: {options}")
                raise ValueError(text.format(name=name, options=_OPTIONS))
            given[name] = os.fsdecode(unquote_to_bytes(value))
        if not given.get("file"):
            raise ValueError(_tr("file=PATH is missing"))
        if "\0" in given["file"]:
            raise ValueError(_tr("no file has such a name"))
        direction = _DIRECTIONS.get(given.get("from", "rx"))
        if direction is None:
            raise ValueError(_tr("from is rx (what the device sent) or tx (what it was sent)"))
        start = given.get("start", "open")
        if start not in ("open", "client"):
            raise ValueError(_tr("start is open or client"))
        file = Path(given["file"])
        with contextlib.suppress(RuntimeError):  # no such user
            file = file.expanduser()
        return cls(
            file,
            _speed(given.get("speed", "1")),
            direction,
            wait=_flag("wait", given),
            on_client=start == "client",
            loop=_flag("loop", given),
        )


def replay_url(file: Path) -> str:
    """The device that plays this file. Only what would be misread, or is not to be seen, is percent-encoded."""
    plain = "".join(
        char if char not in "%& #" and unicodedata.category(char)[0] not in "CZ" else quote(os.fsencode(char))
        for char in str(file)
    )
    return f"{REPLAY}?file={plain}"


def plays(device: str, path: Path) -> bool:
    """Whether this device plays the file at `path`: who writes there destroys what is played. Waits for the disk."""
    if not device.lower().startswith(REPLAY):
        return False
    try:
        return ReplayOrder.parse(device).file.samefile(path)
    except (OSError, ValueError):  # one of them is not there
        return False


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = -1
    if not isfinite(speed) or (speed != 0 and not MIN_SPEED <= speed <= MAX_SPEED):
        text = _tr("speed is a number from {least:g} to {most:g}, or 0 for no pauses")
        raise ValueError(text.format(least=MIN_SPEED, most=MAX_SPEED))
    return speed


def _flag(name: str, given: dict[str, str]) -> bool:
    value = given.get(name, "0")
    if value not in ("0", "1"):
        raise ValueError(_tr("{name} is 0 or 1").format(name=name))
    return value == "1"


class Player:
    """Plays one capture. No thread and no lock of its own; `now` is monotonic seconds, and never goes back.

    What it holds of the file is one chunk.
    """

    def __init__(self, order: ReplayOrder, now: float) -> None:
        """Open the file and look for its first chunk, which may come later in a long file. Raises CaptureError."""
        self.closing = False
        """Set it, in any thread, to have the one that is in a call read no further."""
        self._order = order
        self._file = open_capture(order.file)
        self._entries: Iterator[TapEntry | None] = iter(())
        self._schedule = Schedule(order.direction, order.speed)
        self._looking = False
        """The next step has not been found yet."""
        self._found = False
        """Whether this round has had a step."""
        self._left = MAX_OPENING_ENTRIES
        """How many entries this call may still read."""
        self._position = 0
        """In the file, after the last entry."""
        self._opened = False
        self._heard = 0
        self._heard_before = 0
        """Of the rounds before this one."""
        self._in_capture = 0
        self._step: Step | None = None
        self._at = 0
        """How much of the step has been said."""
        self._ready_s = inf
        self._began_s = now
        self._failure: CaptureError | None = None
        """Told once everything before it has been said."""
        self._begin(now)
        if self._step is None and not self._looking:
            self._file.close()
            raise self._failure or CaptureError(CaptureFault.SILENT)
        self._opened = True
        if order.on_client:
            self._step = None
            self._looking = False

    def close(self) -> None:
        """Close the file. May be called twice."""
        self._step = None
        self._looking = False
        self._file.close()

    @property
    def due_s(self) -> float:
        """When it has something to say, or looks on for it (-inf); inf: not before it hears something, or never."""
        step = self._step
        if step is None:
            return -inf if self._looking or self._failure is not None else inf
        if self._at:
            return self._ready_s
        return self._ready_s + step.pause_s if self._order.wait else self._began_s + step.due_s

    def speak(self, now: float, room: int) -> bytes:
        """What is due by now, at most `room` bytes; call again while `due_s` is over. Raises CaptureError."""
        said: list[bytes] = []
        self._left = MAX_ENTRIES
        if self._looking:
            self._look(now)
        while True:
            step = self._step
            if step is None or room <= 0 or self.due_s > now:
                break
            part = step.data[self._at : self._at + room]
            room -= len(part)
            self._at += len(part)
            said.append(part)
            if self._at < len(step.data):
                self._ready_s = now
                break
            self._next(now)
        if self._failure is not None and not said:
            raise self._failure
        return b"".join(said)

    def hear(self, count: int, now: float) -> None:
        """So many bytes were written to it."""
        waiting = self._ready_s == inf
        self._heard += count
        if waiting and self._may_speak():
            self._ready_s = now

    def rewind(self, now: float) -> None:
        """Its input was purged: what was going to be said is not, where a client's coming begins it."""
        if self._order.on_client and not self._file.closed:
            self._heard = self._heard_before = 0
            self._left = MAX_ENTRIES
            self._begin(now)

    def _begin(self, now: float) -> None:
        self._file.seek(0)
        self._position = 0
        self._in_capture = 0
        self._found = False
        self._entries = CaptureReader(self._file).in_slices()
        self._schedule = Schedule(self._order.direction, self._order.speed)
        self._began_s = now
        self._next(now)

    def _next(self, now: float) -> None:
        self._step = None
        self._at = 0
        self._ready_s = inf
        self._looking = True
        self._look(now)

    def _look(self, now: float) -> None:
        """Look for the next step as far as this call may read."""
        try:
            while self._left > 0 and not self.closing:
                try:
                    entry = next(self._entries)
                except StopIteration:
                    self._end(now)
                    return
                position = self._file.tell()
                self._left -= 1 + (position - self._position) // 1024
                self._position = position
                if entry is not None and self._take(entry):
                    self._looking = False
                    self._found = True
                    if self._may_speak():
                        self._ready_s = max(now, self._began_s)
                    return
        except CaptureError as error:
            self._looking = False
            if not self._opened or error.fault is not CaptureFault.BROKEN:
                self._failure = error

    def _take(self, entry: TapEntry) -> bool:
        """Whether it is a step."""
        if entry[1] == 1 - self._order.direction:
            self._in_capture += len(entry[3])
        self._step = self._schedule.take(entry)
        return self._step is not None

    def _end(self, now: float) -> None:
        """The capture's end: silence, or the beginning of its next round."""
        self._looking = False
        if self._found and self._order.loop:
            self._heard_before += self._in_capture
            self._begin(now + (LOOP_PAUSE_S / self._order.speed if self._order.speed else 0.0))

    def _may_speak(self) -> bool:
        """Whether it has heard what it waits for."""
        step = self._step
        return step is not None and (not self._order.wait or self._heard >= self._heard_before + step.heard)
