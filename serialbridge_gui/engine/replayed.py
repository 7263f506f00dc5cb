"""What `sim://replay` says: a saved capture, as a device.

    sim://replay?file=PATH[&speed=2][&from=tx][&wait=1][&start=client][&loop=1]

It begins when the port is opened, or with `start=client` anew with each client: when its input is purged, as the
bridge does for a new session. With `wait` each answer waits until as many bytes were written to it as stand before
the answer in the capture, whichever they are: so a trace of questions and answers becomes a device. After the last
byte it is silent, or with `loop` begins again after a second.
"""

from __future__ import annotations

import contextlib
import os
import stat
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from math import inf, isfinite
from pathlib import Path
from typing import BinaryIO, Final
from urllib.parse import quote, unquote_to_bytes

from serialbridge_gui.engine.ports import REPLAY
from serialbridge_gui.traffic.capture_error import CaptureError, CaptureFault
from serialbridge_gui.traffic.capture_reader import CaptureReader
from serialbridge_gui.traffic.chunk import Direction, TapEntry
from serialbridge_gui.traffic.replay import MAX_SPEED, MIN_SPEED, Step, steps

LOOP_PAUSE_S: Final = 1.0
"""Between the end and the next beginning, at speed 1 (chosen: the capture does not say)."""
MAX_STEPS: Final = 1000
"""Of one `speak`, which others wait for: 10 ms of one-byte chunks."""

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
                raise ValueError(f"{name!r} is not one of its options, once each: {_OPTIONS}")
            given[name] = os.fsdecode(unquote_to_bytes(value))
        if not given.get("file"):
            raise ValueError("file=PATH is missing")
        if "\0" in given["file"]:
            raise ValueError("no file has such a name")
        direction = _DIRECTIONS.get(given.get("from", "rx"))
        if direction is None:
            raise ValueError("from is rx (what the device sent) or tx (what it was sent)")
        start = given.get("start", "open")
        if start not in ("open", "client"):
            raise ValueError("start is open or client")
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
        raise ValueError(f"speed is a number from {MIN_SPEED:g} to {MAX_SPEED:g}, or 0 for no pauses")
    return speed


def _flag(name: str, given: dict[str, str]) -> bool:
    value = given.get(name, "0")
    if value not in ("0", "1"):
        raise ValueError(f"{name} is 0 or 1")
    return value == "1"


class Player:
    """Plays one capture. No thread and no lock of its own; `now` is monotonic seconds, and never goes back.

    What it holds of the file is one chunk.
    """

    def __init__(self, order: ReplayOrder, now: float) -> None:
        """Open the file and look for its first chunk. Raises CaptureError."""
        self._order = order
        self._file = _opened(order.file)
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
        if self._step is None:
            self._file.close()
            raise self._failure or CaptureError(CaptureFault.SILENT)
        if order.on_client:
            self._step = None

    def close(self) -> None:
        """Close the file. May be called twice."""
        self._step = None
        self._file.close()

    @property
    def due_s(self) -> float:
        """When it has something to say; inf: not before it hears something, or never again."""
        step = self._step
        if step is None:
            return inf if self._failure is None else -inf
        if self._at:
            return self._ready_s
        return self._ready_s + step.pause_s if self._order.wait else self._began_s + step.due_s

    def speak(self, now: float, room: int) -> bytes:
        """What is due by now, at most `room` bytes; call again while `due_s` is over. Raises CaptureError."""
        said: list[bytes] = []
        for _ in range(MAX_STEPS):
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
            self._begin(now)

    def _begin(self, now: float) -> None:
        self._file.seek(0)
        self._in_capture = 0
        self._steps = steps(self._counted(CaptureReader(self._file)), self._order.direction, self._order.speed)
        self._began_s = now
        self._next(now)

    def _counted(self, entries: CaptureReader) -> Iterator[TapEntry]:
        other = Direction(1 - self._order.direction)
        for entry in entries:
            if entry[1] == other:
                self._in_capture += len(entry[3])
            yield entry

    def _next(self, now: float) -> None:
        last = self._step
        self._at = 0
        try:
            self._step = next(self._steps, None)
        except CaptureError as error:
            self._failure, self._step = error, None
            return
        if self._step is None and last is not None and self._order.loop:
            self._heard_before += self._in_capture
            pause_s = LOOP_PAUSE_S / self._order.speed if self._order.speed else 0.0
            self._step = None
            self._begin(now + pause_s)
            return
        self._ready_s = now if self._may_speak() else inf

    def _may_speak(self) -> bool:
        """Whether it has heard what it waits for."""
        step = self._step
        return step is not None and (not self._order.wait or self._heard >= self._heard_before + step.heard)


def _opened(path: Path) -> BinaryIO:
    """Raises CaptureError."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # opening a pipe would wait for its writer
            raise CaptureError(CaptureFault.UNREADABLE, "it is no file")
        return path.open("rb")
    except (OSError, ValueError) as error:
        detail = getattr(error, "strerror", None) or str(error)
        raise CaptureError(CaptureFault.UNREADABLE, detail) from error
