"""How long a full log takes to be grouped anew, and how late the window is meanwhile. Run: python -m bench.regroup."""

from __future__ import annotations

import os
import sys
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from bench.log_load import Lateness
from serialbridge_gui.traffic.grouping import GroupBy
from serialbridge_gui.traffic.log import MAX_LOG_RECORDS, TrafficLog
from serialbridge_gui.ui.log_pane import LogPane

BAR_S = 2.0
LINE = b"+123.456 kg\r\n"
LOADS = {
    "1 M records of 64 bytes, one direction": ((LINE * 5)[:64], 1),
    "1 M records of 64 bytes, in turns": ((LINE * 5)[:64], 2),
    "1 M records of 1 byte, in turns": (b"\n", 2),
}


def full_log(data: bytes, directions: int) -> TrafficLog:
    """A million records, 7 ms apart, every fourth after 40 ms."""
    log = TrafficLog()
    time_ns = 1
    for number in range(MAX_LOG_RECORDS):
        log.append(time_ns, number % directions, number % directions, data)
        time_ns += 40_000_000 if number % 4 == 0 else 7_000_000
    return log


def main() -> int:
    """Regroup by each in turn; 1 if one takes longer than the bar."""
    application = QApplication(sys.argv[:1])
    application.setStyle("Fusion")
    held = True
    for name, (data, directions) in LOADS.items():
        print(name)
        pane = LogPane(full_log(data, directions))
        pane.resize(1060, 560)
        pane.show()
        pane.refresh()
        for by in (GroupBy.CHUNK, GroupBy.DELIMITER, GroupBy.LENGTH, GroupBy.SILENCE):
            lateness = Lateness()
            lateness.start()
            began_s = time.perf_counter()
            pane.toolbar.grouping_menu.actions_by[by].trigger()
            while pane.regrouping.percent < 100:
                application.processEvents()
            took_s = time.perf_counter() - began_s
            application.processEvents()
            late = sorted(lateness.late_ms) or [0.0]
            print(
                f"  {by.value:<10} {took_s:5.2f} s, {pane.model.rowCount():>8} rows; 10 ms timer late by "
                f"p50 {late[len(late) // 2]:.1f}  p99 {late[int(len(late) * 0.99)]:.1f}  max {late[-1]:.1f} ms"
            )
            held = held and took_s <= BAR_S
        pane.hide()
    return int(not held)


if __name__ == "__main__":
    sys.exit(main())
