"""What a crash leaves behind, in one folder: a report that the next start tells of, once.

Each running program holds a number from 1 to MAX_PROGRAMS by a lock that the system takes back when the program ends,
however it ends. Its files have the number in their names, so that two programs' reports do not mix. A program that is
killed, or whose machine loses power, leaves no report. Where the disk is full or the folder cannot be written,
nothing is kept and nothing is said.
"""

from __future__ import annotations

import contextlib
import faulthandler
import sys
import time
from pathlib import Path
from typing import IO, Final

MAX_PROGRAMS: Final = 4
"""That keep a log and reports at once, of one folder (chosen: there is one window for most people)."""
MAX_REPORT_BYTES: Final = 64 * 1024
"""The rest of a report is cut off (chosen: a deep recursion's traceback is shortened by Python itself)."""
MAX_SEEN: Final = 5
"""Reports that are kept, of those that nobody was told of and of the others; the oldest leave."""


class CrashReports:
    """The reports of one folder. `begin` and `close` in the main thread, `note` in any."""

    def __init__(self, folder: Path, versions: str) -> None:
        """`versions`: one line that stands above each report."""
        self.folder = folder
        self.number = 0
        """Which of the running programs this is; 0: none, nothing is kept."""
        self._versions = versions.replace("\n", " ") + "\n"
        self._lock: IO[bytes] | None = None
        self._fatal: IO[bytes] | None = None
        self._noted = False

    def begin(self) -> None:
        """Take a number, and have the interpreter tell what it was doing when the system ends it by a signal."""
        with contextlib.suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(OSError):  # some disks know no rights
                self.folder.chmod(0o700)  # names of bridges, addresses, paths: nobody else's affair
            for number in range(1, MAX_PROGRAMS + 1):
                self._lock = _locked(self.folder / f"program-{number}.lock")
                if self._lock is not None:
                    self.number = number
                    self._keep(number)
                    break
        if self.number and not faulthandler.is_enabled():  # who enabled it already wants to read it elsewhere
            with contextlib.suppress(OSError):
                self._fatal = open(self._file("fatal", self.number), "wb", buffering=0)  # noqa: SIM115 - until `close`
                self._fatal.write(self._versions.encode())
                faulthandler.enable(self._fatal)

    def close(self) -> None:
        """The program ends well: nothing that it survived is a crash. May be called twice."""
        if self._fatal is not None:
            faulthandler.disable()
            self._fatal.close()
            self._fatal = None
            with contextlib.suppress(OSError):
                self._file("fatal", self.number).unlink(missing_ok=True)
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def note(self, text: str) -> None:
        """Keep this as the program's report; only the first one of a run, the others follow from it. Blocks briefly."""
        if self._noted or not self.number:
            return
        self._noted = True
        report = f"{self._versions}{time.strftime('%Y-%m-%d %H:%M:%S')}\n{text}\n"
        with contextlib.suppress(OSError):
            self._file("crash", self.number).write_bytes(report.encode("utf-8", "replace")[:MAX_REPORT_BYTES])

    def untold(self) -> str:
        """The reports nobody was told of yet, from now on told; empty where there is none. Reads files."""
        for number in range(1, MAX_PROGRAMS + 1):
            if number != self.number and (lock := self._lock_of_another(number)) is not None:
                with lock:
                    self._keep(number)
        texts = []
        with contextlib.suppress(OSError):
            for file in sorted(self.folder.glob("new-*.txt")):
                texts.append(file.read_bytes()[:MAX_REPORT_BYTES].decode("utf-8", "replace"))
                file.replace(file.with_name("seen" + file.name.removeprefix("new")))
            self._forget_old("seen")
        return "\n".join(texts)

    def _forget_old(self, kind: str) -> None:
        for file in sorted(self.folder.glob(f"{kind}-*.txt"))[:-MAX_SEEN]:
            file.unlink()

    def _file(self, kind: str, number: int) -> Path:
        return self.folder / f"{kind}-{number}.txt"

    def _lock_of_another(self, number: int) -> IO[bytes] | None:
        """The lock of a program that is not there any more."""
        file = self.folder / f"program-{number}.lock"
        with contextlib.suppress(OSError):
            return _locked(file) if file.exists() else None
        return None

    def _keep(self, number: int) -> None:
        """Put what the last program of this number left where `untold` finds it. Raises nothing."""
        for kind in ("crash", "fatal"):
            file = self._file(kind, number)
            with contextlib.suppress(OSError):
                left = file.stat()
                if kind == "fatal" and not _tells_of_a_signal(file):
                    file.unlink()  # of one that was killed
                else:
                    file.replace(self.folder / f"new-{int(left.st_mtime)}-{kind}-{number}.txt")
                    self._forget_old("new")  # a start that crashes each time tells of none


def _tells_of_a_signal(file: Path) -> bool:
    """Whether more than the line with the versions is there."""
    with file.open("rb") as stream:
        stream.readline(4096)
        return bool(stream.read(1))


def _locked(file: Path) -> IO[bytes] | None:
    """The file, locked until it is closed; None: somebody else has it. Raises OSError."""
    stream = open(file, "ab")  # noqa: SIM115 - the caller holds it
    try:
        if sys.platform == "win32":
            import msvcrt

            stream.seek(0)
            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        stream.close()
        return None
    return stream
