"""How long finding and filtering take in a full log, and how smooth the window stays.

Run: python bench/find_load.py --help. The bars: text and hex found in all of 64 MiB and a million chunks within 1 s
of CPU, a hit that is near within 50 ms, a filter within 2 s, no slice of Python above 2 ms.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication

from bench.log_load import Lateness
from serialbridge_gui.traffic.chunk import Direction
from serialbridge_gui.traffic.find import Find
from serialbridge_gui.traffic.log import MAX_LOG_BYTES, MAX_LOG_RECORDS, TrafficLog
from serialbridge_gui.traffic.pattern import PatternKind, parse_pattern
from serialbridge_gui.traffic.route import EVERYTHING, Route
from serialbridge_gui.traffic.row_filter import RowFilter
from serialbridge_gui.traffic.rows import RowIndex
from serialbridge_gui.ui.log_pane import LogPane

SLICE_S = 0.001
TEXT, HEX, REGEX = PatternKind
FINDS = [
    ("999 990", TEXT, "one in all"),
    ("absent", TEXT, "none"),
    ("00 kg", TEXT, "one in a hundred chunks"),
    ("net", TEXT, "one in each chunk"),
    ("6E 65 74", HEX, "one in each chunk"),
    ("39 39 ?? 39 ?? 30 20", HEX, "some"),
    ("?? 6B 67 ?? FF", HEX, "none"),
    ("0D 0A", HEX, "one in each chunk"),
    (r"99\d \d+ kg", REGEX, "some"),
]
FILTERS = [
    ("", TEXT, Route(frozenset({Direction.SERIAL_TO_TCP})), "one direction, half of the rows"),
    ("", TEXT, Route(client=1), "one client, all rows"),
    ("00 kg", TEXT, EVERYTHING, "one row in a hundred"),
    ("9 kg", TEXT, EVERYTHING, "one row in ten"),
    ("net", TEXT, EVERYTHING, "all rows match"),
]


def full_log(records: int, size: int) -> TrafficLog:
    """A log with so many chunks of `size` bytes, both directions in turn."""
    log = TrafficLog()
    for number in range(records):
        words = b"+%03d %03d kg net, scale 7, status ok, and some words more to fill" % divmod(number, 1000)
        log.append(number * 1_000_000, number & 1, number & 1, (words + b" " * size)[: size - 2] + b"\r\n")
    return log


class Stretch:
    """CPU time of the calling thread, in all and at the longest."""

    def __init__(self) -> None:
        self.longest_s = self.cpu_s = 0.0

    def run(self, step: Callable[[], bool]) -> None:
        """Call `step` until it is True."""
        done = False
        while not done:
            began = time.thread_time()
            done = step()
            spent = time.thread_time() - began
            self.cpu_s += spent
            self.longest_s = max(self.longest_s, spent)

    def __str__(self) -> str:
        return f"{self.cpu_s:6.3f} s of CPU, slices to {self.longest_s * 1000:4.1f} ms"


def measure_finds(log: TrafficLog) -> None:
    """The search alone, without a window."""
    near = (log.first_slab + log.end_slab) // 2, 0
    for typed, kind, what in FINDS:
        pattern = parse_pattern(typed, kind)
        began = time.perf_counter()
        find = Find(log, pattern, near=near)
        first_s = time.perf_counter() - began if find.peek(near) else 0.0
        stretch = Stretch()

        def step(find: Find = find, began: float = began) -> bool:
            nonlocal first_s
            done = find.run(time.perf_counter() + SLICE_S)
            if not first_s and find.next_hit(near):
                first_s = time.perf_counter() - began
            return done

        stretch.run(step)
        first = f"first after {first_s * 1000:4.1f} ms" if first_s else "none from there on "
        print(f"find    {typed:21} {kind.value:5} {stretch}, {first}, {find.count:9,} found  ({what})")


def measure_filters(log: TrafficLog, rows: RowIndex) -> None:
    """The filter alone, without a window."""
    for typed, kind, route, what in FILTERS:
        row_filter = RowFilter(log, rows, route, parse_pattern(typed, kind) if typed else None)
        stretch = Stretch()
        stretch.run(lambda made=row_filter: made.run(time.perf_counter() + SLICE_S, rows.end_row)[0])  # type: ignore[misc]
        print(f"filter  {typed:21} {kind.value:5} {stretch}, {row_filter.end_rank:9,} rows  ({what})")


def measure_window(application: QApplication, log: TrafficLog) -> None:
    """The same in a pane in sight, by the clock."""
    pane = LogPane(log)
    pane.resize(1060, 560)
    pane.show()
    pane.refresh()
    application.processEvents()
    lateness = Lateness()
    lateness.start()
    finder, loop = pane.finder, QEventLoop()
    for typed, kind in (("00 kg", TEXT), ("net", TEXT), ("absent", TEXT), (r"99\d \d+ kg", REGEX)):
        for only_matching in (False, True):
            finder.longest_slice_s = 0.0
            lateness.late_ms.clear()
            pattern = parse_pattern(typed, kind)
            began = time.perf_counter()
            if only_matching:
                finder.filter(pattern, EVERYTHING)
            else:
                finder.search(pattern)
            first_s = time.perf_counter() - began if finder.current_row >= 0 else 0.0
            while finder.busy:
                loop.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)
                if not first_s and finder.current_row >= 0:
                    first_s = time.perf_counter() - began
            took_s = time.perf_counter() - began
            late = sorted(lateness.late_ms) or [0.0]
            what = "filter" if only_matching else "find  "
            print(
                f"window  {what} {typed:14} {took_s:6.3f} s by the clock, first hit {first_s * 1000:5.1f} ms, "
                f"slices to {finder.longest_slice_s * 1000:4.1f} ms, 10 ms timer late by p99 "
                f"{late[int(len(late) * 0.99)]:.1f} max {late[-1]:.1f} ms"
            )
        finder.filter(None, EVERYTHING)
        finder.search(None)


def main() -> int:
    """Fill a log and print what finding and filtering cost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=MAX_LOG_RECORDS)
    parser.add_argument("--size", type=int, default=MAX_LOG_BYTES // MAX_LOG_RECORDS, help="bytes a chunk")
    parser.add_argument("--no-window", action="store_true")
    options = parser.parse_args()
    application = QApplication(sys.argv[:1])
    application.setStyle("Fusion")
    log = full_log(options.records, options.size)
    rows = RowIndex(log)
    rows.update()
    print(f"log     {log.byte_count / 1e6:.1f} MB, {log.record_count:,} chunks, {rows.end_row - rows.first_row:,} rows")
    measure_finds(log)
    measure_filters(log, rows)
    if not options.no_window:
        measure_window(application, log)
    return 0


if __name__ == "__main__":
    sys.exit(main())
