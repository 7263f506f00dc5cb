"""The program's log is bounded, quiet, and tells the next start of a crash, once."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import qWarning

from serialbridge_gui import program_log
from serialbridge_gui.crash_report import MAX_PROGRAMS, MAX_SEEN, CrashReports
from serialbridge_gui.program_log import ProgramLog, last_lines
from tests.conftest import ExpectLog
from tests.processes import console_environment

VERSIONS = "SerialBridge of a test"
PROGRAM = """
import logging, sys, threading, time
from pathlib import Path
from serialbridge_gui import program_log
from serialbridge_gui.program_log import ProgramLog
program_log.ENDS_WITHIN_S = 60.0
log = ProgramLog(Path(sys.argv[1]), "SerialBridge of a test")
log.begin()
log.write()
def fail():
    raise RuntimeError("a mistake of ours")
"""


def run(folder: Path, script: str) -> subprocess.CompletedProcess[str]:
    """A program with a log in `folder` that does this."""
    return subprocess.run(
        [sys.executable, "-c", PROGRAM + script, str(folder)],
        env=console_environment(), stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", timeout=120,
        check=False,
    )  # fmt: skip


@pytest.fixture(autouse=True)
def _disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine's disk takes longer than a program that ends waits for."""
    monkeypatch.setattr(program_log, "ENDS_WITHIN_S", 60.0)


@contextmanager
def kept(folder: Path) -> Iterator[ProgramLog]:
    """A log of this process; everything is written at the end."""
    log = ProgramLog(folder, VERSIONS)
    log.begin()
    try:
        yield log
    finally:
        log.close()


def untold(folder: Path) -> str:
    reports = CrashReports(folder, VERSIONS)
    reports.begin()
    try:
        return reports.untold()
    finally:
        reports.close()


def test_what_is_logged_before_and_after_the_window_is_there_is_written_in_order(
    tmp_path: Path, expect_log: ExpectLog
) -> None:
    with expect_log("^later", logging.WARNING), kept(tmp_path) as log:
        logging.getLogger("serialbridge_gui.any").info("first")
        log.write()
        logging.getLogger("other").info("nobody wants to know")
        logging.getLogger("other").warning("later, hostile \u202e\nname")
    text = (tmp_path / "program-1.log").read_text("utf-8")
    lines = text.splitlines()
    assert [line.partition("] ")[2] for line in lines] == [
        f"begins: {VERSIONS}", "first", "later, hostile U+202E␊name", "ends",
    ]  # fmt: skip
    assert last_lines(tmp_path / "program-1.log", 2) == lines[-2:]


def test_messages_of_qt_come_in_and_are_said_on_standard_error_as_without_the_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with kept(tmp_path):
        qWarning("something of Qt's")
    assert "WARNING Qt [MainThread] something of Qt's\n" in (tmp_path / "program-1.log").read_text("utf-8")
    assert capsys.readouterr().err == "something of Qt's\n"


def happen(message: str, at_s: float) -> None:
    record = {"name": "serialbridge_gui", "levelno": logging.INFO, "levelname": "INFO", "msg": message, "created": at_s}
    logging.getLogger("serialbridge_gui").handle(logging.makeLogRecord(record))


def test_log_stays_within_three_files_of_its_size_and_a_flood_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program_log, "MAX_FILE_BYTES", 10_000)
    monkeypatch.setattr(program_log, "MAX_LINES_A_SECOND", 500)
    with kept(tmp_path) as log:
        log.write()
        second = time.time() + 10
        for number in range(700):
            happen(f"{number} {'x' * 200}", second)
        happen("done", second + 1.01)  # the second is over, by which the flood is counted
    files = sorted(tmp_path.glob("program-1.log*"))
    assert len(files) == 3
    assert all(file.stat().st_size <= 10_000 for file in files)
    newest = files[0].read_text("utf-8")
    assert " more within a second\n" in newest
    assert " 699 " not in newest


def test_disk_that_is_full_and_folder_that_cannot_be_made_are_silent(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    with kept(tmp_path / "file" / "log") as log:
        assert log.file is None
        log.write()
    if Path("/dev/full").exists():
        (tmp_path / "log").mkdir()
        (tmp_path / "log" / "program-1.log").symlink_to("/dev/full")
        with kept(tmp_path / "log") as log:
            log.write()
    assert capsys.readouterr().err == ""


def test_two_programs_have_each_their_own_files_and_a_fifth_has_none(tmp_path: Path) -> None:
    logs = [CrashReports(tmp_path, VERSIONS) for _ in range(MAX_PROGRAMS + 1)]
    for log in logs:
        log.begin()
    assert [log.number for log in logs] == [1, 2, 3, 4, 0]
    logs[1].note("of the second")
    logs[4].note("of the fifth")
    assert logs[0].untold() == ""  # the second is still there
    for log in logs[1:]:
        log.close()
    assert logs[0].untold().splitlines()[0::2] == [VERSIONS, "of the second"]
    logs[0].close()


def test_uncaught_exception_is_told_at_the_next_start_once(tmp_path: Path) -> None:
    ended = run(tmp_path, "fail()")
    assert ended.returncode == 1
    told = untold(tmp_path)
    assert told.startswith("SerialBridge of a test\n")
    assert told.count("RuntimeError: a mistake of ours") == 1
    assert untold(tmp_path) == ""
    assert "in fail" in (tmp_path / "program-1.log").read_text("utf-8")


@pytest.mark.parametrize(
    "script",
    [
        "thread = threading.Thread(target=fail); thread.start(); thread.join(); log.close()",
        "import asyncio\nasync def main():\n    asyncio.get_running_loop().call_soon(fail)\n"
        "    await asyncio.sleep(0)\nasyncio.run(main()); log.close()",
        "from PySide6.QtCore import QObject, Signal\nclass Any(QObject):\n    told = Signal()\n"
        "any = Any()\nany.told.connect(fail)\nany.told.emit()\nlog.close()",
    ],
    ids=["thread", "loop", "slot"],
)
def test_exception_of_a_thread_the_loop_or_a_slot_leaves_a_report_though_the_program_ends_well(
    tmp_path: Path, script: str
) -> None:
    assert run(tmp_path, script).returncode == 0
    assert "RuntimeError: a mistake of ours" in untold(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_crash_leaves_what_each_thread_did_and_a_kill_leaves_nothing(tmp_path: Path) -> None:
    assert run(tmp_path, f"import os; os.kill(os.getpid(), {int(signal.SIGSEGV)})").returncode == -signal.SIGSEGV
    told = untold(tmp_path)
    assert told.startswith("SerialBridge of a test\nFatal Python error: Segmentation fault")
    assert run(tmp_path, f"import os; os.kill(os.getpid(), {int(signal.SIGKILL)})").returncode == -signal.SIGKILL
    assert untold(tmp_path) == ""
    assert run(tmp_path, "log.close()").returncode == 0
    assert untold(tmp_path) == ""


def test_only_the_first_report_of_a_run_is_kept_and_old_ones_leave(tmp_path: Path) -> None:
    for number in range(MAX_SEEN + 3):
        reports = CrashReports(tmp_path, VERSIONS)
        reports.begin()
        reports.note(f"first of {number}")
        reports.note("follows")
        reports.close()
        file = tmp_path / "crash-1.txt"
        made = file.stat().st_mtime + number  # as if there were a second between them
        os.utime(file, (made, made))
        told = untold(tmp_path)
        assert f"first of {number}" in told
        assert "follows" not in told
    assert len(list(tmp_path.glob("seen-*.txt"))) == MAX_SEEN


def test_hooks_are_as_before_once_it_is_closed(tmp_path: Path) -> None:
    before = sys.excepthook, threading.excepthook, sys.unraisablehook, logging.getLogger("serialbridge_gui").level
    with kept(tmp_path):
        assert sys.excepthook is not before[0]
    after = sys.excepthook, threading.excepthook, sys.unraisablehook, logging.getLogger("serialbridge_gui").level
    assert after == before


def test_reports_of_starts_that_crash_each_time_do_not_fill_the_disk(tmp_path: Path) -> None:
    for number in range(MAX_SEEN + 3):
        reports = CrashReports(tmp_path, VERSIONS)
        reports.begin()
        reports.note(f"start {number}")
        reports.close()
        file = tmp_path / "crash-1.txt"
        made = file.stat().st_mtime + number
        os.utime(file, (made, made))
    assert len(list(tmp_path.glob("new-*.txt"))) == MAX_SEEN
    told = untold(tmp_path)
    assert f"start {MAX_SEEN + 2}\n" in told
    assert "start 0\n" not in told


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other rights")
def test_log_and_reports_are_nobody_elses(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        with kept(tmp_path / "log") as log:
            log.write()
            log.close()
    finally:
        os.umask(before)
    assert (tmp_path / "log").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "log" / "program-1.log").stat().st_mode & 0o777 == 0o600
