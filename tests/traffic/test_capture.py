"""Capture: its thread, its file, and what happens when the disk does not want it."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from serialbridge_gui.traffic.capture import Capture
from serialbridge_gui.traffic.capture_file import CaptureFile, FileInUse
from serialbridge_gui.traffic.capture_formats import Source
from serialbridge_gui.traffic.chunk import Direction
from serialbridge_gui.traffic.clock import time_ns
from serialbridge_gui.traffic.line_codes import BREAK, DATA_LOST, LINES, STATUS_CHANGE
from serialbridge_gui.traffic.rotation import Rotation
from tests.captures import RX, TX, data_of, packets_of, tshark_bytes
from tests.end2end.programs import needs
from tests.engine.running import until

SOURCE = Source("Scale", "/dev/ttyUSB0")
DEADLINE_S = 60.0


@pytest.fixture(autouse=True)
def _disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine's disk takes longer than the program waits for at a stop."""
    monkeypatch.setattr(Capture.stop, "__defaults__", (DEADLINE_S,))


def test_bytes_are_on_disk_before_the_stop_and_all_of_them_after_it(tmp_path: Path) -> None:
    path = tmp_path / "a.pcapng"
    capture = Capture(path, SOURCE)
    capture.start()
    capture.tap.put(Direction.SERIAL_TO_TCP, 0, b"hello")
    until(lambda: path.exists() and b"hello" in path.read_bytes(), "the bytes are on disk", DEADLINE_S)
    capture.tap.put(Direction.TCP_TO_SERIAL, 2, b"and more")
    assert capture.stop()
    packets = packets_of(path.read_bytes())
    assert [(packet.event, packet.data, packet.comment) for packet in packets] == [
        (RX, b"hello", ""),
        (TX, b"and more", "#2"),
    ]
    assert not capture.running
    assert capture.failure is None
    assert capture.written_bytes == path.stat().st_size
    assert capture.stop()


def test_old_content_is_there_until_the_start(tmp_path: Path) -> None:
    old = tmp_path / "old.bin"
    old.write_bytes(b"of yesterday, and longer")
    capture = Capture(old, SOURCE)
    capture.open()
    capture.stop()
    assert old.read_bytes() == b"of yesterday, and longer"
    capture = Capture(old, SOURCE)
    capture.open()
    capture.start()
    capture.tap.put(Direction.SERIAL_TO_TCP, 0, b"new")
    capture.stop()
    assert old.read_bytes() == b"new"


def test_file_that_was_not_there_is_gone_again_without_a_start(tmp_path: Path) -> None:
    capture = Capture(tmp_path / "a.bin", SOURCE)
    capture.open()
    assert (tmp_path / "a.bin").exists()
    capture.stop()
    assert not (tmp_path / "a.bin").exists()


def test_second_capture_to_a_file_is_refused_and_the_first_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("serialbridge_gui.traffic.capture_file._ENDING_S", 0.01)
    path = tmp_path / "a.pcapng"
    first, second = Capture(path, SOURCE), Capture(tmp_path / "b.pcapng", SOURCE)
    first.open()
    (tmp_path / "b.pcapng").hardlink_to(path)  # one file by two names
    with pytest.raises(FileInUse, match="is being written already"):
        second.open()
    second.start()
    assert second.stop()
    assert isinstance(second.failure, FileInUse)
    assert second.reason == "error"
    first.start()
    first.tap.put(Direction.SERIAL_TO_TCP, 0, b"whole")
    first.stop()
    assert data_of(packets_of(path.read_bytes()), RX) == b"whole"
    third = Capture(path, SOURCE)
    third.open()
    third.stop()


def test_capture_waits_for_the_one_before_it_to_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("serialbridge_gui.traffic.capture_file._ENDING_S", DEADLINE_S)  # a busy machine holds it up
    path = tmp_path / "a.bin"
    first, second = Capture(path, SOURCE), Capture(path, SOURCE)
    first.open()
    second.tap.put(Direction.SERIAL_TO_TCP, 0, b"second")
    second.start()
    first.tap.put(Direction.SERIAL_TO_TCP, 0, b"first")
    first.start()
    first.request_stop()
    assert second.stop()
    assert (first.failure, second.failure) == (None, None)
    assert path.read_bytes() == b"second"


@pytest.mark.skipif(sys.platform == "win32", reason="locks of POSIX")
def test_file_that_another_program_captures_to_is_refused_and_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"theirs")
    script = (
        "import sys; from pathlib import Path; from serialbridge_gui.traffic.capture_file import CaptureFile\n"
        "file = CaptureFile(Path(sys.argv[1])); print('open', flush=True); sys.stdin.read()"
    )
    program = subprocess.Popen(
        [sys.executable, "-c", script, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with program:
        assert program.stdout is not None
        assert program.stdout.readline() == "open\n"
        with pytest.raises(FileInUse, match="is being written already"):
            Capture(path, SOURCE).open()
        program.communicate()
    assert path.read_bytes() == b"theirs"
    capture = Capture(path, SOURCE)
    capture.open()
    capture.stop()


def test_folder_that_is_not_there_is_told_at_the_opening_and_by_the_thread(tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "a.csv"
    with pytest.raises(FileNotFoundError):
        Capture(path, SOURCE).open()
    capture = Capture(path, SOURCE)
    ended = threading.Event()
    capture.ended = ended.set
    capture.start()
    assert ended.wait(DEADLINE_S)
    assert isinstance(capture.failure, FileNotFoundError)
    assert capture.reason == "error"
    assert not capture.running
    capture.stop()


def test_events_stand_between_the_chunks_by_their_time(tmp_path: Path) -> None:
    path = tmp_path / "a.pcapng"
    capture = Capture(path, SOURCE)
    for when, data in ((10, b"a"), (20, b"b"), (30, b"c")):
        capture.tap.put_entry((when, Direction.SERIAL_TO_TCP, 0, data))
    capture.note(15, "Client #2 left")
    capture.note_lines(20, LINES["cts"])
    capture.note_line_event(40, BREAK)
    capture.start()
    capture.stop()
    packets = packets_of(path.read_bytes())
    assert [(packet.time_ns, packet.event, packet.lines, packet.data or packet.comment) for packet in packets] == [
        (10, RX, 0, b"a"),
        (15, STATUS_CHANGE, 0, "Client #2 left"),
        (20, STATUS_CHANGE, 1, ""),
        (20, RX, 1, b"b"),
        (30, RX, 1, b"c"),
        (40, BREAK, 1, ""),
    ]


def test_event_that_comes_after_its_chunks_were_taken_still_stands_before_them(tmp_path: Path) -> None:
    path = tmp_path / "a.pcapng"
    capture = Capture(path, SOURCE)
    now_ns = time_ns()
    capture.tap.put_entry((now_ns - 10**9, Direction.SERIAL_TO_TCP, 0, b"old"))
    capture.tap.put_entry((now_ns + 10**12, Direction.SERIAL_TO_TCP, 0, b"new"))
    capture.open()
    capture._begin()
    capture._write_waiting(everything=False)
    assert [packet.data for packet in packets_of(path.read_bytes())] == [b"old"]
    capture.note(now_ns + 10**11, "Client #1 connected")
    capture.note(now_ns + 10**13, "Client #1 left")
    capture._write_waiting(everything=False)  # whatever the clock says: it may have been set back
    capture._write_waiting(everything=False)
    said = [packet.comment or packet.data for packet in packets_of(path.read_bytes())]
    assert said == [b"old", "Client #1 connected", b"new", "Client #1 left"]
    capture.stop()


def test_what_the_disk_was_too_slow_for_is_a_gap_of_the_right_size(tmp_path: Path) -> None:
    path = tmp_path / "a.pcapng"
    capture = Capture(path, SOURCE, max_waiting_bytes=20_000)
    for number in range(100):
        capture.tap.put(Direction.SERIAL_TO_TCP, 0, b"%04d" % number * 250)
    capture.start()
    capture.stop()
    packets = packets_of(path.read_bytes())
    assert packets[0].event == DATA_LOST
    assert packets[0].comment == f"{capture.missing_bytes} bytes are missing here"
    kept = data_of(packets, RX)
    assert len(kept) + capture.missing_bytes == 100_000
    assert kept.endswith(b"0099")
    assert 0 < len(kept) <= 20_000


def test_removed_file_ends_the_capture_and_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    capture = Capture(folder / "a.csv", SOURCE)
    ended = threading.Event()
    capture.ended = ended.set
    capture.start()
    until(lambda: capture.written_bytes > 0, "it has begun", DEADLINE_S)
    shutil.rmtree(folder)
    assert ended.wait(DEADLINE_S)
    assert capture.reason == "gone"


class _Breaking(CaptureFile):
    """A disk that takes `room` bytes and then fails."""

    room = 1000
    number = errno.EIO

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        write = self._file.write

        class File:
            def write(self, data: memoryview) -> int:
                count = min(len(data), _Breaking.room - os.path.getsize(path))
                if not count:
                    raise OSError(_Breaking.number, os.strerror(_Breaking.number))
                return write(data[:count])

            def __getattr__(self, name: str) -> object:
                return getattr(file, name)

        file = self._file
        self._file = File()  # type: ignore[assignment]


@pytest.mark.parametrize(("number", "reason"), [(errno.EIO, "error"), (errno.ENOSPC, "full"), (errno.EFBIG, "full")])
def test_disk_that_fails_leaves_a_file_of_whole_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, reason: str
) -> None:
    monkeypatch.setattr(_Breaking, "number", number)
    monkeypatch.setattr("serialbridge_gui.traffic.capture.CaptureFile", _Breaking)
    path = tmp_path / "a.pcapng"
    capture = Capture(path, SOURCE)
    sent = [b"%04d" % count for count in range(100)]
    for data in sent:
        capture.tap.put(Direction.SERIAL_TO_TCP, 0, data)
    capture.start()
    capture.stop()
    assert capture.reason == reason
    assert capture.failure is not None
    assert capture.failure.errno == number
    assert 900 < path.stat().st_size <= 1000
    got = [packet.data for packet in packets_of(path.read_bytes())]
    assert got == sent[: len(got)]
    assert got


def test_rotation_by_size_loses_nothing_and_keeps_the_newest(tmp_path: Path) -> None:
    base = tmp_path / "trace.pcapng"
    (tmp_path / "trace-0007.pcapng").write_bytes(b"of an earlier run")
    (tmp_path / "trace-0008.csv").write_bytes(b"another format")
    capture = Capture(base, SOURCE, rotation=Rotation(max_bytes=4096))
    capture.note_lines(1, LINES["dsr"])
    sent = [b"%04d" % count * 100 for count in range(100)]
    for data in sent:
        capture.tap.put(Direction.SERIAL_TO_TCP, 0, data)
    capture.start()
    capture.stop()
    files = sorted(tmp_path.glob("trace-*.pcapng"))[1:]
    assert [file.name for file in files] == [f"trace-{8 + count:04d}.pcapng" for count in range(len(files))]
    assert len(files) > 5
    assert all(file.stat().st_size < 4096 + 500 for file in files)
    packets = [packets_of(file.read_bytes()) for file in files]
    assert b"".join(data_of(each, RX) for each in packets) == b"".join(sent)
    assert all(packet.lines == LINES["dsr"] for each in packets for packet in each)
    assert not base.exists()
    assert capture.path == files[-1]

    capture = Capture(base, SOURCE, rotation=Rotation(max_bytes=4096, keep=3))
    for data in sent:
        capture.tap.put(Direction.SERIAL_TO_TCP, 0, data)
    capture.start()
    capture.stop()
    left = sorted(tmp_path.glob("trace-*.pcapng"))
    assert len(left) == 3
    assert left[-1] == capture.path
    assert (tmp_path / "trace-0008.csv").exists()


def test_runs_that_end_before_their_first_rotation_do_not_fill_the_disk_either(tmp_path: Path) -> None:
    for _ in range(4):
        capture = Capture(tmp_path / "trace.csv", SOURCE, rotation=Rotation(max_bytes=1 << 20, keep=2))
        capture.start()
        capture.stop()
    assert [file.name for file in sorted(tmp_path.iterdir())] == ["trace-0003.csv", "trace-0004.csv"]


def test_dump_of_each_file_of_a_rotation_begins_at_zero(tmp_path: Path) -> None:
    capture = Capture(tmp_path / "trace.txt", SOURCE, rotation=Rotation(max_bytes=4096))
    for _ in range(20):
        capture.tap.put(Direction.SERIAL_TO_TCP, 0, bytes(1000))
    capture.start()
    capture.stop()
    files = sorted(tmp_path.glob("trace-*.txt"))
    assert len(files) > 5
    for file in files:
        assert next(line for line in file.read_text().splitlines() if line[0] != "#").startswith("S>N 00000000:")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("10M", Rotation(max_bytes=10 << 20)), ("4K", Rotation(max_bytes=4096)), ("90s", Rotation(max_s=90)),
     ("10m", Rotation(max_s=600)), ("1h", Rotation(max_s=3600)), ("7d", Rotation(max_s=604_800))],
)  # fmt: skip
def test_size_and_time_are_read(text: str, expected: Rotation) -> None:
    assert Rotation.parse(text) == expected


@pytest.mark.parametrize("text", ["", "10", "0M", "-1M", "1.5h", "10k", "1K", "M", "٣M", "1H", "10M ", "1234567890M"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"give|neither"):
        Rotation.parse(text)


def test_rotation_by_time_begins_a_file_when_it_is_due() -> None:
    rotation = Rotation(max_s=60)
    assert not rotation.is_due(10**9, 59.9)
    assert rotation.is_due(0, 60.0)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 KiB."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("mounting a small tmpfs needs root on Linux")
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"no tmpfs can be mounted here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@needs("tshark")
def test_full_disk_ends_the_capture_and_its_file_opens_whole(small_disk: Path) -> None:
    path = small_disk / "a.pcapng"
    capture = Capture(path, SOURCE)
    sent = [b"%08d" % count * 100 for count in range(200)]
    for data in sent:
        capture.tap.put(Direction.SERIAL_TO_TCP, 0, data)
    capture.start()
    capture.stop()
    assert capture.reason == "full"
    got = tshark_bytes(path, RX)
    assert b"".join(sent).startswith(got)
    assert len(got) > 50_000
