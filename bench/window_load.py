"""The whole window under load: a pty at 5 MB/s through a real bridge to a TCP client, its log open.

    QT_QPA_PLATFORM=offscreen python -m bench.window_load [--seconds 60] [--rate 5] [--all-open]

Device and client are processes of their own; with --all-open the byte pane shows a row and the Statistics panel
is there. Prints the GUI thread's CPU share, how late a 10 ms timer
fires, memory before and after, and whether the log ends with the last bytes the device sent.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import qasync
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from serialbridge_gui import resources_rc  # noqa: F401 - registers the icons
from serialbridge_gui.profile_store import ProfileStore
from serialbridge_gui.traffic.chunk import Direction
from serialbridge_gui.ui.main_window import MainWindow
from serialbridge_gui.ui.port_watcher import PortWatcher
from serialbridge_gui.ui.settings_file import SettingsFile
from serialbridge_gui.ui.workspace import Workspace

END = b"<the last bytes of the device>"

DEVICE = """
import os, sys, time
fd, rate, seconds = int(sys.argv[1]), float(sys.argv[2]) * 1e6, float(sys.argv[3])
line = b"".join(b"%08d weight 12.345 kg ok\\r\\n" % n for n in range(200))
began, sent = time.monotonic(), 0
while (now := time.monotonic() - began) < seconds:
    while sent < now * rate:
        sent += os.write(fd, line[:4095])
    time.sleep(0.0005)
os.write(fd, sys.argv[4].encode())
print(sent + len(sys.argv[4]), time.monotonic() - began)
"""

CLIENT = """
import socket, sys
with socket.create_connection((sys.argv[1], int(sys.argv[2]))) as sock:
    count = 0
    while data := sock.recv(1 << 18):
        count += len(data)
print(count)
"""


def resident_mb() -> float:
    """This process's resident memory in MB."""
    with open("/proc/self/statm") as stream:
        return int(stream.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


async def measure(seconds: float, rate: float, all_open: bool) -> bool:
    """Run once and print; whether every bar was met."""
    import pty
    import tty

    master, slave = pty.openpty()
    tty.setraw(slave)
    with tempfile.TemporaryDirectory() as config:
        ports = PortWatcher()
        watching = asyncio.ensure_future(ports.run())
        workspace = Workspace(ProfileStore(Path(config)))
        settings = SettingsFile(Path(config) / "settings.json")
        window = MainWindow(workspace, ports, settings)
        window.resize(1100, 700)
        window.show()
        session = workspace.add("load", os.ttyname(slave))
        os.close(slave)
        address = await session.bridge.start()
        client = subprocess.Popen(
            [sys.executable, "-c", CLIENT, address.host, str(address.port)], stdout=subprocess.PIPE, text=True
        )
        while not session.bridge.clients():
            await asyncio.sleep(0.01)
        page = window.current_page()
        assert page is not None
        if all_open:
            window.statistics_action.trigger()
            page.log.bytes_pane.set_unfolded(True)
        late: list[float] = []
        previous = time.perf_counter()

        def tick() -> None:
            nonlocal previous
            now = time.perf_counter()
            late.append((now - previous - 0.01) * 1000)
            previous = now

        timer = QTimer()
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.timeout.connect(tick)
        timer.start(10)
        before_mb = resident_mb()
        cpu, wall = time.thread_time(), time.monotonic()
        device = subprocess.Popen(
            [sys.executable, "-c", DEVICE, str(master), str(rate), str(seconds), END.decode()],
            pass_fds=[master],
            stdout=subprocess.PIPE,
            text=True,
        )
        peak_mb = before_mb
        while device.poll() is None:
            await asyncio.sleep(0.5)
            if all_open and page.log.table.follow:
                page.log.table.selectRow(page.log.model.rowCount() - 1)
            peak_mb = max(peak_mb, resident_mb())
        share = (time.thread_time() - cpu) / (time.monotonic() - wall)
        timer.stop()
        await asyncio.sleep(1.0)
        model = page.log.model
        tail = b""
        for position in range(model.rowCount() - 1, max(-1, model.rowCount() - 4), -1):
            row = model.row_at(position)
            if row is not None and row.direction == Direction.SERIAL_TO_TCP:
                tail = row.data + tail
        assert device.stdout is not None
        assert client.stdout is not None
        sent, took = device.stdout.read().split()
        await window.finish()
        watching.cancel()
        received = client.stdout.read().strip()
        device.wait()
        client.wait()
        device.stdout.close()
        client.stdout.close()
    os.close(master)
    late.sort()
    p50, p99, worst = late[len(late) // 2], late[int(len(late) * 0.99)], late[-1]
    ends_right = tail.endswith(END)
    print(f"sent {int(sent) / 1e6:.1f} MB in {float(took):.1f} s, client received {int(received) / 1e6:.1f} MB")
    print(f"GUI thread {share * 100:.1f} % of a core (bar 10)")
    print(f"10 ms timer late: p50 {p50:.1f}  p99 {p99:.1f} (bar 16)  worst {worst:.1f} ms")
    print(f"memory {before_mb:.0f} MB, at most {peak_mb:.0f} MB")
    print(f"longest slice of Python in a drain {session.feed.longest_slice_s * 1000:.1f} ms")
    skipped = session.bridge.tap.skipped_bytes if session.bridge.tap is not None else 0
    print(f"the log ends with the last bytes sent: {ends_right}; lost {session.bridge.counters.lost}, ", end="")
    print(f"skipped by the display {skipped}")
    return share <= 0.10 and p99 <= 16 and ends_right and int(sent) == int(received)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--rate", type=float, default=5, help="MB/s")
    parser.add_argument("--all-open", action="store_true", help="byte pane and Statistics, too")
    options = parser.parse_args()
    app = QApplication(sys.argv[:1])
    app.setQuitOnLastWindowClosed(False)
    loop = qasync.QEventLoop(app)
    asyncio.set_event_loop(loop)
    with loop:
        return 0 if loop.run_until_complete(measure(options.seconds, options.rate, options.all_open)) else 1


if __name__ == "__main__":
    sys.exit(main())
