"""How much of the GUI thread the traffic log takes under load. Run: python bench/log_load.py --help."""

from __future__ import annotations

import argparse
import os
import sys
import threading
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from serialbridge_gui.traffic.chunk import NO_CLIENT, Direction, Tap
from serialbridge_gui.traffic.grouping import GroupBy, Grouping
from serialbridge_gui.traffic.log import TrafficLog
from serialbridge_gui.traffic.text import Encoding
from serialbridge_gui.ui.log_feed import LogFeed
from serialbridge_gui.ui.log_pane import LogPane
from serialbridge_gui.ui.log_view_state import LogView

LATENESS_TIMER_MS = 10


class Producer(threading.Thread):
    """Puts chunks into the tap at a steady rate, as a bridge thread would; ends with a marked one."""

    LAST = b"the last chunk"

    def __init__(self, tap: Tap, chunk_bytes: int, bytes_per_s: float, alternate: bool) -> None:
        super().__init__(name="producer", daemon=True)
        self._tap = tap
        self._chunks = [os.urandom(chunk_bytes), (b"+123.456 kg\r\n" * chunk_bytes)[:chunk_bytes]]
        self._interval_s = chunk_bytes / bytes_per_s
        self._alternate = alternate
        self._stopping = threading.Event()
        self.sent_bytes = 0

    def run(self) -> None:
        """Send until stopped."""
        due = time.perf_counter()
        sent = 0
        while not self._stopping.is_set():
            now = time.perf_counter()
            while due <= now:
                direction = Direction(sent & 1) if self._alternate else Direction.SERIAL_TO_TCP
                chunk = self._chunks[sent % 7 == 0]
                self._tap.put(direction, NO_CLIENT if direction == 0 else 1, chunk)
                self.sent_bytes += len(chunk)
                sent += 1
                due += self._interval_s
            time.sleep(max(0.0005, due - now))
        self._tap.put(Direction.TCP_TO_SERIAL, 1, self.LAST)

    def stop(self) -> None:
        """Send the last chunk and end."""
        self._stopping.set()
        self.join(5)


class Lateness(QObject):
    """How late a timer of 10 ms comes."""

    def __init__(self) -> None:
        super().__init__()
        self.late_ms: list[float] = []
        self._clock = QElapsedTimer()
        self._due_ns = 0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._note)

    def start(self) -> None:
        """Begin to measure."""
        self._clock.start()
        self._arm()

    def _arm(self) -> None:
        self._due_ns = self._clock.nsecsElapsed() + LATENESS_TIMER_MS * 1_000_000
        self._timer.start(LATENESS_TIMER_MS)

    def _note(self) -> None:
        self.late_ms.append((self._clock.nsecsElapsed() - self._due_ns) / 1e6)
        self._arm()


class CountingPane(LogPane):
    """Counts its repaints."""

    paints = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See the viewport's paint events pass."""
        if event.type() == QEvent.Type.Paint:
            self.paints += 1
        return super().eventFilter(watched, event)


def rss_bytes() -> int:
    """Resident memory of this process; 0 where /proc is not to be had."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def main() -> int:
    """Run one load and print what it cost; 1 if a bar is not held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--chunk", type=int, default=4095, help="bytes a chunk")
    parser.add_argument("--rate", type=float, default=5e6, help="bytes a second")
    parser.add_argument("--alternate", action="store_true", help="change direction with each chunk")
    parser.add_argument("--size", default="1060x560", help="of the pane, as in a 1280x800 window")
    parser.add_argument("--idle-lateness", action="store_true", help="send nothing: what the machine adds")
    parser.add_argument("--group", choices=[by.value for by in GroupBy], default="silence", help="rows by")
    parser.add_argument("--encoding", choices=[encoding.value for encoding in Encoding], default="utf-8")
    parser.add_argument("--unfold", action="store_true", help="with the byte pane open, the newest row selected")
    options = parser.parse_args()

    application = QApplication(sys.argv[:1])
    application.setStyle("Fusion")
    tap, log = Tap(), TrafficLog()
    pane = CountingPane(log)
    pane.table.viewport().installEventFilter(pane)
    pane.resize(*map(int, options.size.split("x")))
    pane.show()
    pane.set_view(
        LogView(
            grouping=Grouping(GroupBy(options.group)),
            encoding=Encoding(options.encoding),
            unfolded=options.unfold,
        )
    )
    feed = LogFeed(tap, log)
    if options.unfold:
        feed.batch_appended.connect(lambda: pane.table.selectRow(pane.model.rowCount() - 1))
    feed.slice_appended.connect(pane.take_in)
    feed.batch_appended.connect(pane.refresh)
    lateness = Lateness()
    producer = Producer(tap, options.chunk, options.rate, options.alternate)

    feed.start()
    if not options.idle_lateness:
        producer.start()
    QTimer.singleShot(1000, lateness.start)
    marks: dict[str, float] = {}

    def begin() -> None:
        marks.update(cpu=thread_cpu(), wall=time.perf_counter(), rss=rss_bytes(), paints=pane.paints)
        feed.longest_slice_s = 0.0

    def end() -> None:
        marks.update(cpu=thread_cpu() - marks["cpu"], wall=time.perf_counter() - marks["wall"])
        marks["paints"] = pane.paints - marks["paints"]
        if not options.idle_lateness:
            producer.stop()
        QTimer.singleShot(500, application.quit)

    QTimer.singleShot(1000, begin)
    QTimer.singleShot(int(1000 + options.seconds * 1000), end)
    application.exec()
    feed.stop()

    late = sorted(lateness.late_ms)
    share = marks["cpu"] / marks["wall"]
    p99 = late[int(len(late) * 0.99)]
    last = pane.model.row_at(pane.model.rowCount() - 1)
    last_is_last = last is not None and last.data.endswith(Producer.LAST)
    sent_mb = producer.sent_bytes / 1e6
    print(f"load          {options.chunk} bytes a chunk, {sent_mb / (marks['wall'] + 1):.2f} MB/s sent")
    print(f"GUI thread    {share:.1%} of a core, {marks['paints'] / marks['wall']:.1f} repaints/s")
    print(f"10 ms timer   late by p50 {late[len(late) // 2]:.2f}  p99 {p99:.2f}  max {late[-1]:.2f} ms")
    print(f"Python slice  {feed.longest_slice_s * 1000:.2f} ms at the longest")
    rss = rss_bytes()
    print(f"RSS           {rss / 1e6:.0f} MB, {(rss - marks['rss']) / 1e6:+.0f} MB since start")
    print(f"log           {log.byte_count / 1e6:.1f} MB, {log.record_count} chunks")
    print(f"              {pane.model.rowCount()} rows; {log.left_bytes / 1e6:.1f} MB left")
    print(f"tap           {tap.skipped_bytes} bytes skipped")
    print(f"last row      {'is' if last_is_last else 'IS NOT'} the last chunk")
    return int(not (options.idle_lateness or (share <= 0.10 and p99 <= 16 and last_is_last)))


def thread_cpu() -> float:
    """CPU seconds of the calling thread."""
    return time.thread_time()


if __name__ == "__main__":
    sys.exit(main())
