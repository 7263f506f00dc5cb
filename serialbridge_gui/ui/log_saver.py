"""Saves what the log shows to a file, in slices so short that nobody waits for them. No widget."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, perf_counter
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from serialbridge_gui.traffic.capture_formats import Writer
from serialbridge_gui.traffic.chunk import TapEntry
from serialbridge_gui.traffic.rows import Row
from serialbridge_gui.traffic.whole_file import WholeFile

if TYPE_CHECKING:
    from asyncio import Future
    from collections.abc import Callable

SLICE_S: Final = 0.001
"""Python at a stretch."""
PAUSE_MS: Final = 1
"""Between two slices: the bridge's thread may have to run."""
DISK_MS: Final = 20
"""Between two looks at a disk that is behind."""
PROGRESS_S: Final = 0.1
BATCH_ENTRIES: Final = 32
BATCH_BYTES: Final = 8192
"""What is encoded between two looks at the clock: 0.1 ms as txt (measured), which takes longest."""
LARGE_BYTES: Final = 16_384
"""A chunk from this size on has a slice for itself: 64 KiB take 1.9 ms as txt."""


@dataclass
class Save:
    """One save, and how it went."""

    path: Path
    total: int
    """How many entries there are, for the progress; 0: not known."""
    done: int = 0
    missed: int = 0
    """Of those, how many had left the log before their turn."""
    cancelled: bool = False
    error: OSError | None = None


class LogSaver(QObject):
    """One save at a time. GUI thread only; the disk has a thread of its own (WholeFile)."""

    began = Signal(object)
    progressed = Signal(object)
    """Ten times a second at most."""
    ended = Signal(object)
    """The Save: the file is there, whole; or it was cancelled or failed, and nothing is."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._save: Save | None = None
        self._file: WholeFile | None = None
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._told_s = 0.0
        self._waiting: list[Future[None]] = []

    @property
    def current(self) -> Save | None:
        """The save that is under way."""
        return self._save

    def start(self, path: Path, writer: Writer, total: int, entries: Iterator[TapEntry | None]) -> None:
        """Begin to write `entries` to `path`; None among them is one that has left. Nothing while one is under way."""
        if self._save is not None:
            return
        self._save = Save(path, total)
        self._file = WholeFile(path)
        self._writer = writer
        self._entries = entries
        self._held: TapEntry | None = None
        self._at_end = False
        self._file.write(writer.begin())
        self._timer.start(PAUSE_MS)
        self.began.emit(self._save)

    def cancel(self) -> None:
        """Leave no file; `ended` follows. Nothing happens while none is under way."""
        if self._save is not None and self._file is not None:
            self._save.cancelled = True
            self._file.cancel()

    async def finish(self, timeout_s: float) -> None:
        """Wait until the save has ended, at most so long; then cancel it, and wait until that is done."""
        from asyncio import get_running_loop, wait

        if self._save is None:
            return
        future = get_running_loop().create_future()
        self._waiting.append(future)
        if not (await wait([future], timeout=timeout_s))[0]:
            self.cancel()
            await wait([future], timeout=timeout_s)

    def _tick(self) -> None:
        save, file = self._save, self._file
        assert save is not None
        assert file is not None
        if file.ended:
            self._end(save, file)
            return
        if self._at_end or save.cancelled or file.full:
            self._timer.setInterval(DISK_MS)
        else:
            self._timer.setInterval(PAUSE_MS)
            self._encode_slice(save, file)
        if monotonic() - self._told_s >= PROGRESS_S:
            self._told_s = monotonic()
            self.progressed.emit(save)

    def _encode_slice(self, save: Save, file: WholeFile) -> None:
        deadline = perf_counter() + SLICE_S
        parts: list[bytes] = []
        while True:
            batch = self._next_batch(save, bool(parts))
            if batch:
                parts.append(self._writer.encode(batch))
            if self._at_end:
                parts.append(self._writer.end())
            if self._at_end or self._held is not None or perf_counter() >= deadline:
                break
        file.write(b"".join(parts))
        if self._at_end:
            file.close()

    def _next_batch(self, save: Save, began: bool) -> list[TapEntry]:
        """The next entries, none at the end; a large one by itself, held back where the slice has `began`."""
        if self._held is not None:
            held, self._held = self._held, None
            return [held]
        batch: list[TapEntry] = []
        size = 0
        for entry in self._entries:
            save.done += 1
            if entry is None:
                save.missed += 1
                size += 64
            elif len(entry[3]) >= LARGE_BYTES and (batch or began):
                self._held = entry
                return batch
            else:
                batch.append(entry)
                size += len(entry[3])
            if size >= BATCH_BYTES or len(batch) >= BATCH_ENTRIES:
                return batch
        self._at_end = not batch
        return batch

    def _end(self, save: Save, file: WholeFile) -> None:
        self._timer.stop()
        save.error = file.error
        save.cancelled = not file.done and file.error is None
        self._save = self._file = None
        self._entries = iter(())
        self.ended.emit(save)
        for future in self._waiting:
            if not future.done():
                future.set_result(None)
        self._waiting.clear()


def row_entries(row_numbered: Callable[[int], Row | None], numbers: Iterable[int]) -> Iterator[TapEntry | None]:
    """Rows of the log as entries, one a row; None for one that has left the log."""
    for number in numbers:
        row = row_numbered(number)
        yield None if row is None else (row.time_ns, row.direction, row.client, row.data)
