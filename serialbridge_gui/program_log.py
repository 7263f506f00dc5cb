"""The window program's log of itself: what it did and what went wrong, at most 3 MB; never a byte of the traffic.

Who logs only puts a line in a queue; one thread writes, once the window is there. Uncaught exceptions of the main
thread, of threads and of slots come in, Qt's messages too; those with a traceback leave a report (`crash_report.py`).
On a disk that is full it is silent.
"""

from __future__ import annotations

import atexit
import contextlib
import logging
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import qInstallMessageHandler

from serialbridge_gui.crash_report import CrashReports

if TYPE_CHECKING:
    from io import TextIOWrapper

    from PySide6.QtCore import QMessageLogContext, QtMsgType

MAX_FILE_BYTES: Final = 1 << 20
OLD_FILES: Final = 2
MAX_LINES_WAITING: Final = 1000
"""When full, the oldest leave."""
MAX_LINES_A_SECOND: Final = 100
"""The rest is counted and told of together (chosen: a warning at each repaint must not fill the log)."""
MAX_RECORD_CHARACTERS: Final = 16 * 1024
ENDS_WITHIN_S: Final = 1.0

logger = logging.getLogger("serialbridge_gui")

_LEVELS: Final = {
    "QtDebugMsg": logging.DEBUG,
    "QtInfoMsg": logging.INFO,
    "QtCriticalMsg": logging.ERROR,
    "QtFatalMsg": logging.CRITICAL,
}
"""By the kinds' names: the enum itself takes 2 ms of the start. Any other is a warning."""


class ProgramLog:
    """One for the program. Main thread; what is logged may come from any."""

    def __init__(self, folder: Path, versions: str) -> None:
        self.reports = CrashReports(folder, versions)
        self._versions = versions
        self._lines: deque[str] = deque(maxlen=MAX_LINES_WAITING)
        self._wake = threading.Event()
        self._ending = False
        self._writer: threading.Thread | None = None
        self._handler = _Lines(self._take)
        self._restore: Callable[[], None] | None = None

    @property
    def file(self) -> Path | None:
        """Where it is written; None: nowhere, as many programs as may have a log."""
        number = self.reports.number
        return self.reports.folder / f"program-{number}.log" if number else None

    def begin(self) -> None:
        """Listen to everything from now on; nothing is written before `write`. Takes less than a millisecond."""
        self.reports.begin()
        root = logging.getLogger()
        root.addHandler(self._handler)
        level = logger.level
        logger.setLevel(logging.INFO)
        hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
        sys.excepthook = _note_uncaught
        threading.excepthook = _note_of_thread
        sys.unraisablehook = _note_unraisable
        qt = qInstallMessageHandler(self._note_of_qt)

        def restore() -> None:
            sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
            qInstallMessageHandler(qt)
            logger.setLevel(level)
            root.removeHandler(self._handler)

        self._restore = restore
        atexit.register(self.close)  # also where the program ends by an exception: the hook comes first
        logger.info("begins: %s", self._versions)

    def write(self) -> None:
        """Write what there is and what will come."""
        if self._writer is None and self.file is not None:
            self._writer = threading.Thread(target=self._write, args=(self.file,), name="program log", daemon=True)
            self._writer.start()

    def close(self) -> None:
        """Write what is left, and let go of everything. May be called twice."""
        if self._restore is None:
            return
        logger.info("ends")
        self._restore()
        self._restore = None
        atexit.unregister(self.close)
        self._ending = True
        self._wake.set()
        self.write()
        if self._writer is not None:
            self._writer.join(ENDS_WITHIN_S)  # a disk that hangs is not waited for
        self.reports.close()

    def _take(self, text: str, crash: bool) -> None:
        self._lines.append(text)
        self._wake.set()
        if crash:
            self.reports.note(text)

    def _note_of_qt(self, kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
        """On standard error as without this log."""
        if sys.stderr is not None:
            sys.stderr.write(message + "\n")
        level = _LEVELS.get(kind.name, logging.WARNING)
        self._handler.handle(logging.LogRecord("Qt", level, "", 0, "%s", (message,), None))

    def _write(self, file: Path) -> None:
        from logging.handlers import RotatingFileHandler  # with sockets and pickle, which a start does not need

        class Quiet(RotatingFileHandler):
            def _open(self) -> TextIOWrapper:
                return open(self.baseFilename, "a", encoding="utf-8", opener=partial(os.open, mode=0o600))

            def handleError(self, record: logging.LogRecord) -> None:
                """A disk that is full is no news that this log could bring."""

        with contextlib.suppress(OSError):
            out = Quiet(file, maxBytes=MAX_FILE_BYTES, backupCount=OLD_FILES, encoding="utf-8", delay=True)
            while not self._ending or self._lines:
                if not self._lines:
                    self._wake.wait()
                    self._wake.clear()
                with contextlib.suppress(IndexError):
                    out.handle(logging.makeLogRecord({"msg": self._lines.popleft()}))
            out.close()


class _Lines(logging.Handler):
    """Makes lines of records, in the thread that logs, so that no traceback keeps anything alive."""

    def __init__(self, take: Callable[[str, bool], None]) -> None:
        super().__init__()
        self._take = take
        self._second = 0.0
        self._count = 0

    def emit(self, record: logging.LogRecord) -> None:
        crash = record.levelno >= logging.ERROR and bool(record.exc_info)
        if record.created - self._second >= 1:
            if self._count > MAX_LINES_A_SECOND:
                self._take(f"{_stamp(record)} … {self._count - MAX_LINES_A_SECOND} more within a second", False)
            self._second, self._count = record.created, 0
        self._count += 1
        if crash or self._count <= MAX_LINES_A_SECOND:
            self._take(self._text(record), crash)

    def _text(self, record: logging.LogRecord) -> str:
        from serialbridge_gui.traffic.text import make_visible

        try:
            message = make_visible(record.getMessage())
        except Exception as error:  # noqa: BLE001 - a mistake in a log line is no reason to fail
            message = f"{record.msg!r} cannot be written: {error!r}"
        text = f"{_stamp(record)} {record.levelname} {record.name} [{record.threadName}] {message}"
        if record.exc_info and record.exc_info[0] is not None:
            text += "\n" + logging.Formatter().formatException(record.exc_info)
        return text[:MAX_RECORD_CHARACTERS]


def _stamp(record: logging.LogRecord) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(record.created)) + f".{record.msecs:03.0f}"


def _note_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Of the main thread, of slots, and of a QThread's `run`."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
    else:
        logger.critical("uncaught exception", exc_info=(kind, error, trace))


def _note_of_thread(hook: threading.ExceptHookArgs) -> None:
    if hook.exc_value is not None and not issubclass(hook.exc_type, SystemExit):
        name = hook.thread.name if hook.thread else "?"
        logger.critical("uncaught exception in %s", name, exc_info=(hook.exc_type, hook.exc_value, hook.exc_traceback))


def _note_unraisable(hook: Any) -> None:
    """In a destructor, where nobody can catch it: logged, but no crash."""
    logger.warning("ignored in %r: %r", hook.object, hook.exc_value)


def last_lines(file: Path, count: int) -> list[str]:
    """The newest lines of a log, of its last 64 KiB; none where it cannot be read. Reads a file."""
    try:
        with file.open("rb") as stream:
            stream.seek(0, 2)
            stream.seek(max(0, stream.tell() - (64 << 10)))
            return stream.read().decode("utf-8", "replace").splitlines()[-count:]
    except OSError:
        return []
