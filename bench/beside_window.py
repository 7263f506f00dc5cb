"""What a busy window costs another bridge, and what the window itself costs.

    QT_QPA_PLATFORM=offscreen python -m bench.beside_window [--trips 20000]

A bridge's round trips of 1 byte, first without a window (`bench.tapped`), then in a process whose window shows
1 MB/s of another bridge. Then the window's start beside a bare QMainWindow's, and its memory when idle.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench import ends
from bench.bridges import HOST, OURS_TAPPED, Kind, Running, as_installed, running
from bench.window_load import CLIENT, DEVICE, resident_mb

BARE = """
import sys, time
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
class Window(QMainWindow):
    def paintEvent(self, event):
        super().paintEvent(event)
        print("painted", flush=True)
app = QApplication([])
window = Window()
window.show()
app.exec()
"""
OURS = """
import sys
from serialbridge_gui.ui import main_window
class Window(main_window.MainWindow):
    def paintEvent(self, event):
        super().paintEvent(event)
        print("painted", flush=True)
main_window.MainWindow = Window
from serialbridge_gui.app import main
sys.exit(main())
"""


async def serve(measured: str, port: int, busy: str) -> None:
    """The window with two bridges, the busy one's log in sight, until standard input ends."""

    from serialbridge_gui import resources_rc  # noqa: F401 - registers the icons
    from serialbridge_gui.profile import ListenAddress
    from serialbridge_gui.profile_store import ProfileStore
    from serialbridge_gui.ui.main_window import MainWindow
    from serialbridge_gui.ui.port_watcher import PortWatcher
    from serialbridge_gui.ui.settings_file import SettingsFile
    from serialbridge_gui.ui.workspace import Workspace

    with tempfile.TemporaryDirectory() as config:
        ports = PortWatcher()
        watching = asyncio.ensure_future(ports.run())
        workspace = Workspace(ProfileStore(Path(config)))
        settings = SettingsFile(Path(config) / "settings.json")
        window = MainWindow(workspace, ports, settings)
        window.resize(1100, 700)
        window.show()
        first = workspace.add("measured", measured)
        first.edit(first.profile.changed(listen=ListenAddress(port=port)))
        second = workspace.add("busy", busy)
        window.sidebar.choose(second)
        await first.bridge.start()
        address = await second.bridge.start()
        print(address.port, flush=True)
        await asyncio.to_thread(sys.stdin.read)
        print(f"{resident_mb():.0f}", flush=True)
        await window.finish()
        watching.cancel()


def serving(arguments: list[str]) -> int:
    import qasync
    from PySide6.QtWidgets import QApplication

    from serialbridge_gui.garbage import MainThreadGarbage

    app = QApplication(sys.argv[:1])
    app.setQuitOnLastWindowClosed(False)
    loop = qasync.QEventLoop(app)
    asyncio.set_event_loop(loop)
    garbage = MainThreadGarbage()
    with loop:
        loop.run_until_complete(serve(arguments[0], int(arguments[1]), arguments[2]))
    garbage.close()
    return 0


def without_window(trips: int) -> dict[str, float]:
    kind = Kind("tapped", OURS_TAPPED.command)
    with ends.device() as (master, tty), running(kind, tty) as bridge:
        return ends.round_trips(master, bridge, 1, trips)


def beside_the_window(trips: int) -> dict[str, float]:
    from bench.bridges import free_port

    port = free_port()
    with ends.device() as (master, tty), ends.device() as (busy_master, busy_tty):
        window = subprocess.Popen(
            [sys.executable, "-m", "bench.beside_window", "--serve", tty, str(port), busy_tty],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        assert window.stdout is not None
        assert window.stdin is not None
        busy_port = window.stdout.readline().strip()
        client = subprocess.Popen([sys.executable, "-c", CLIENT, HOST, busy_port], stdout=subprocess.DEVNULL)
        device = subprocess.Popen(
            [sys.executable, "-c", DEVICE, str(busy_master), "1", "600", "."], pass_fds=[busy_master]
        )
        try:
            time.sleep(1)  # so that the log is busy
            figures = ends.round_trips(master, Running(window, port), 1, trips)  # type: ignore[arg-type]
        finally:
            device.kill()
            device.wait()
            window.communicate(timeout=10)
            client.wait()
        return figures


def start_of(command: list[str]) -> float:
    """Seconds until the program prints its first line."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=as_installed())
    assert process.stdout is not None
    process.stdout.readline()
    took = time.perf_counter() - began
    process.terminate()
    process.wait(10)
    return took


def window_start(rounds: int = 15) -> None:
    """From the start of Python until the window is painted, and what the idle window needs."""
    from serialbridge_gui.profile import Profile, SerialSettings
    from serialbridge_gui.profile_store import ProfileStore

    bare = [sys.executable, "-c", BARE]
    for profiles in (0, 1):
        with tempfile.TemporaryDirectory() as config:
            for number in range(profiles):
                serial = SerialSettings(device="sim://talker")
                ProfileStore(Path(config)).save(Profile(name=f"Bridge {number}", serial=serial))
            ours = [sys.executable, "-c", OURS, "--config-dir", config]
            start_of(ours)
            times = [(start_of(ours), start_of(bare)) for _ in range(rounds)]
            mine, least = (statistics.median(column) * 1e3 for column in zip(*times, strict=True))
            print(
                f"window with {profiles} bridges painted after {mine:.0f} ms, a bare QMainWindow after {least:.0f}: "
                f"ratio {mine / least:.2f}"
            )
            process = subprocess.Popen(
                [sys.executable, "-m", "serialbridge_gui", "--config-dir", config], stderr=subprocess.DEVNULL
            )
            time.sleep(4)
            with open(f"/proc/{process.pid}/statm") as stream:
                memory = int(stream.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
            process.terminate()
            process.wait(10)
            print(f"window idle: {memory:.0f} MB (bar 160)")


def main() -> int:
    if "--serve" in sys.argv:
        return serving(sys.argv[2:])
    parser = argparse.ArgumentParser()
    parser.add_argument("--trips", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=4)
    options = parser.parse_args()
    alone, beside = [], []
    for _ in range(options.rounds):
        alone.append(without_window(options.trips)["p99.9 1 B"])
        beside.append(beside_the_window(options.trips)["p99.9 1 B"])
    a, b = statistics.median(alone), statistics.median(beside)
    print(f"p99.9 of a round trip: {a / 1e3:.2f} ms alone, {b / 1e3:.2f} beside a busy window: {b / a:.1f} x (bar 20)")
    window_start()
    return 0


if __name__ == "__main__":
    sys.exit(main())
