"""Capture: traffic written to a file while it passes, by a thread of its own."""

from __future__ import annotations

import contextlib
import errno
import logging
import threading
from bisect import bisect_right
from collections import deque
from collections.abc import Callable
from math import inf
from operator import itemgetter
from pathlib import Path
from sys import maxsize
from time import monotonic
from typing import Final

from serialbridge_gui.traffic.capture_file import CaptureFile, FileGone, FileInUse
from serialbridge_gui.traffic.capture_formats import Format, Source, format_of, make_writer, whole_size
from serialbridge_gui.traffic.chunk import NO_CLIENT, Direction, Tap, TapEntry
from serialbridge_gui.traffic.clock import time_ns
from serialbridge_gui.traffic.line_codes import LINE_EVENT, LINE_STATES
from serialbridge_gui.traffic.rotation import Rotation

logger = logging.getLogger(__name__)

MAX_WAITING_BYTES: Final = 32 << 20
"""Bound of what waits for the disk (chosen: 6 s of 5 MB/s, longer than a disk that wakes up)."""
WRITE_INTERVAL_S: Final = 0.2
"""How often what has come is written: on disk within 1 s, with room for a slow machine."""
SETTLE_NS: Final = 100_000_000
"""What is newer waits for the next time: events take the way through the main thread (chosen: three of its ticks)."""
MAX_WAITING_EVENTS: Final = 10_000
"""Bound of events between two writes; the oldest leave."""
SLICE_ENTRIES: Final = {Format.PCAPNG: 32, Format.BIN: 32, Format.CSV: 4, Format.TXT: 2}
"""What is made into bytes at once, 0.1 ms of 4 KiB chunks, 1 ms of the largest: the write then lets others run."""
SMALL_FILE_BYTES: Final = 1 << 20
"""Chosen: where files shall be smaller than this, chunks are written one by one, so that they are about so large."""
JOIN_S: Final = 5.0
_FULL: Final = frozenset({errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)})


class Capture:
    """One recording, to one file or, with a `rotation`, to several. `start` and `stop` once each; main thread.

    Its `tap` is to be given to the bridge (`Bridge.attach`), before or after the start. What the disk does not take
    in time is a gap in the file, counted in `missing_bytes`. Whatever goes wrong with the file ends the capture and
    nothing else: the file is cut back to its last whole block or line, `failure` says why.
    """

    def __init__(
        self,
        path: Path,
        source: Source,
        *,
        rotation: Rotation | None = None,
        max_waiting_bytes: int = MAX_WAITING_BYTES,
    ) -> None:
        """`path`: its ending chooses the format, ValueError if it is none."""
        chosen = format_of(path)
        if chosen is None:
            raise ValueError(f"{path.name}: the ending is none of {', '.join(each.value for each in Format)}")
        self.format = chosen
        self.source = source
        self.tap = Tap(max_waiting_bytes)
        self.path = path
        """The file that is written now; with a rotation it changes. Any thread may read it."""
        self.failure: OSError | None = None
        """Why it ended by itself."""
        self.missing_bytes = 0
        """Traffic that is not in the file, since the disk was too slow."""
        self.written_bytes = 0
        """The size of all files together. Any thread may read it."""
        self.started_at = 0.0
        """Monotonic s; 0 before the start."""
        self.ended: Callable[[], None] = lambda: None
        """Called in the capture's thread at its very end, after a stop or a failure; set it before the start."""
        self._rotation = rotation
        self._over = False
        self._base = path
        self._events: deque[TapEntry] = deque(maxlen=MAX_WAITING_EVENTS)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"capture {path.name}", daemon=True)
        # From here on: the thread's own, once it runs.
        self._file: CaptureFile | None = None
        self._writer = make_writer(chosen, source)
        self._lines: TapEntry | None = None
        """The newest entry with the modem lines: a further file begins with it."""
        self._gap_noted_bytes = 0
        self._new_entries: list[TapEntry] = []
        """Taken from the tap and so new that an event may still stand before them; a slice at most."""
        self._events_left = 0
        """How many events were too new the last time."""
        self._file_started_at = 0.0

    # ---- for the main thread

    def open(self) -> None:
        """Open the file, so that what is wrong with it shows now; its old content is there until the start.

        Raises OSError, FileInUse of another capture to it. Without it the thread opens the file. May wait for the disk.
        """
        if self._rotation is None:
            self._file = CaptureFile(self.path)
            return
        opened = None
        while opened is None:
            self.path = self._rotation.next_path(self._base)
            with contextlib.suppress(FileInUse):  # another capture has taken this name just now: it is there
                opened = CaptureFile(self.path)
        self._file = opened

    def start(self) -> None:
        """Begin to write."""
        self.started_at = monotonic()
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether it writes."""
        return self.started_at > 0 and not self._over

    @property
    def reason(self) -> str:
        """Why it ended by itself, in a word: `full`, `gone` (the file was removed), `error`; "" if it did not."""
        if self.failure is None:
            return ""
        if isinstance(self.failure, FileGone):
            return "gone"
        return "full" if self.failure.errno in _FULL else "error"

    def note(self, time_ns: int, sentence: str) -> None:
        """Something happened beside the traffic, at `time_ns` since the epoch: an event in the file."""
        self._events.append((time_ns, Direction.EVENT, NO_CLIENT, sentence.encode("utf-8", "replace")))

    def note_lines(self, time_ns: int, lines: int) -> None:
        """The modem lines are this from now on: bits of traffic.line_codes."""
        self._events.append((time_ns, Direction.EVENT, LINE_STATES | lines, b""))

    def note_line_event(self, time_ns: int, event: int) -> None:
        """A break or an error on the line: BREAK, PARITY_ERROR, … of traffic.line_codes."""
        self._events.append((time_ns, Direction.EVENT, LINE_EVENT | event, b""))

    def request_stop(self) -> None:
        """Write what waits, then end; `ended` follows. May be called twice."""
        self._stop.set()

    def stop(self, timeout_s: float = JOIN_S) -> bool:
        """Write what waits and close the file; False if the disk holds the thread for longer than that.

        May be called twice, and without a start: then a file that was not there before `open` is gone again.
        """
        self._stop.set()
        if self.started_at:
            self._thread.join(timeout_s)
            return not self._thread.is_alive()
        if self._file is not None:
            self._file.give_up()
            self._file = None
        return True

    # ---- its own thread

    def _run(self) -> None:
        try:
            self._begin()
            stopping = False
            while not stopping:
                stopping = self._stop.wait(WRITE_INTERVAL_S)
                self._write_waiting(everything=stopping)
            self._append(self._writer.end())
        except OSError as error:
            self.failure = error
        except Exception as error:
            logger.exception("capture to %s failed", self.path)
            self.failure = OSError(repr(error))
        finally:
            if self._file is not None:
                try:
                    self._file.close()
                except OSError as error:  # the last bytes, on a network's disk
                    self.failure = self.failure or error
            self._over = True
            self.ended()

    def _begin(self) -> None:
        if self._file is None:
            self.open()
        assert self._file is not None
        self._file.begin()
        self._file_started_at = monotonic()
        self._append(self._writer.begin())
        if self._rotation is not None:
            self._rotation.remove_oldest(self._base)

    def _write_waiting(self, *, everything: bool) -> None:
        """What has come, in slices; what came just now only if `everything`: an event may still stand before it.

        What was left for that reason is written the next time, whatever the clock says then.
        """
        assert self._file is not None
        self._file.check()
        until_ns = maxsize if everything else time_ns() - SETTLE_NS
        small_files = self._rotation is not None and (self._rotation.max_bytes or inf) < SMALL_FILE_BYTES
        count = 1 if small_files else SLICE_ENTRIES[self.format]
        entries, self._new_entries = self._new_entries, []
        left = min(self._events_left, len(self._events))
        self._write(self._merged(entries, self._events[left - 1][0] if left else 0))
        more = True
        while more:
            gap_bytes = self.tap.skipped_bytes - self._gap_noted_bytes
            entries = self.tap.drain(count)
            more = len(entries) == count
            if gap_bytes:  # what was skipped was older than all that is in the tap now
                self._gap_noted_bytes += gap_bytes
                self.missing_bytes += gap_bytes
                gap_time_ns = entries[0][0] if entries else time_ns()
                entries.insert(0, (gap_time_ns, Direction.GAP, NO_CLIENT, b"%d" % gap_bytes))
            if entries and entries[-1][0] > until_ns:
                old = bisect_right(entries, until_ns, key=itemgetter(0))
                self._new_entries = entries[old:]
                del entries[old:]
                more = False
            self._write(self._merged(entries, 0 if more else until_ns))
        self._events_left = len(self._events)

    def _merged(self, entries: list[TapEntry], until_ns: int) -> list[TapEntry]:
        """The entries with the events between them, by time, then further events up to `until_ns`."""
        events = self._events
        if not events:
            return entries
        merged: list[TapEntry] = []
        for entry in entries:
            while events and events[0][0] <= entry[0]:
                merged.append(self._noted(events.popleft()))
            merged.append(entry)
        while events and events[0][0] <= until_ns:
            merged.append(self._noted(events.popleft()))
        return merged

    def _noted(self, event: TapEntry) -> TapEntry:
        if event[2] & LINE_STATES:
            self._lines = event
        return event

    def _write(self, entries: list[TapEntry]) -> None:
        if not entries:
            return
        assert self._file is not None
        rotation = self._rotation
        if rotation is not None and rotation.is_due(self._file.size, monotonic() - self._file_started_at):
            self._begin_next()
            if self._lines is not None:
                entries.insert(0, (entries[0][0], *self._lines[1:]))
        self._append(self._writer.encode(entries))

    def _begin_next(self) -> None:
        assert self._file is not None
        self._append(self._writer.end())
        self._file.close()
        self.open()
        self._writer = make_writer(self.format, self.source)
        self._begin()

    def _append(self, data: bytes) -> None:
        assert self._file is not None
        self._file.append(data, lambda size: whole_size(self.format, data, size))
        self.written_bytes += len(data)
