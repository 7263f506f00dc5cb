"""A saved capture as a device: what it says, when, and what it waits for."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from math import inf
from pathlib import Path, PureWindowsPath

import pytest
import serial
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from serialbridge_gui.engine import replayed
from serialbridge_gui.engine.bridge import Bridge
from serialbridge_gui.engine.errors import BridgeError, Cause
from serialbridge_gui.engine.events import DeviceLost
from serialbridge_gui.engine.port import open_port
from serialbridge_gui.engine.replayed import LOOP_PAUSE_S, MAX_ENTRIES, Player, ReplayOrder, replay_url
from serialbridge_gui.engine.simulated import MAX_BUFFER_BYTES
from serialbridge_gui.profile import ListenAddress, Profile, SerialSettings
from serialbridge_gui.traffic.capture_error import CaptureError, CaptureFault
from serialbridge_gui.traffic.capture_formats import Format, Source, make_writer
from serialbridge_gui.traffic.capture_reader import CaptureReader
from serialbridge_gui.traffic.chunk import Direction, TapEntry
from serialbridge_gui.ui.sentences import problem_sentence

DEADLINE_S = 30
DEADLINE_MS = 30_000
SERIAL, TCP = Direction.SERIAL_TO_TCP, Direction.TCP_TO_SERIAL
S = 1_000_000_000
T0 = 1_700_000_000 * S
DIALOGUE: list[TapEntry] = [
    (T0, SERIAL, 0, b"hello"),
    (T0 + S, TCP, 1, b"ask"),
    (T0 + 3 * S, SERIAL, 0, b"answer"),
    (T0 + 4 * S, TCP, 1, b"ask again"),
    (T0 + 4 * S, SERIAL, 0, b"again"),
]


def saved(folder: Path, entries: list[TapEntry], name: str = "trace.pcapng") -> Path:
    file = folder / name
    format = Format.CSV if file.suffix == ".csv" else Format.PCAPNG  # noqa: A001
    writer = make_writer(format, Source("Scale", "COM5"))
    file.write_bytes(writer.begin() + writer.encode(entries))
    return file


def broken(file: Path) -> Path:
    file.write_bytes(file.read_bytes() + b"\6\0\0\0\1\0\0\0")
    return file


Play = Callable[[ReplayOrder, float], Player]


@pytest.fixture
def play() -> Iterator[Play]:
    """Makes a Player that is closed at the end."""
    with ExitStack() as players:
        yield lambda order, now: players.enter_context(closing(Player(order, now)))


# ---- its name


def test_order_says_what_is_typed() -> None:
    options = "speed=2.5&from=tx&wait=1&loop=1&start=client"
    order = ReplayOrder.parse(f"sim://replay?file=C%3A%5CMy traces%5Ca%26b.pcapng&{options}")
    assert order == ReplayOrder(Path("C:\\My traces\\a&b.pcapng"), 2.5, TCP, wait=True, on_client=True, loop=True)
    assert ReplayOrder.parse("sim://replay?file=x.csv") == ReplayOrder(Path("x.csv"))
    assert ReplayOrder.parse("sim://replay?file=~/x.csv").file == Path.home() / "x.csv"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("", "file=PATH is missing"), ("?file=", "file=PATH is missing"), ("?file=x&file=y", "once each"),
        ("?file=x&sped=2", "'sped' is not one"), ("?file=x&speed=fast", "speed is a number"),
        ("?file=x&speed=-1", "speed is a number"), ("?file=x&speed=nan", "speed is a number"),
        ("?file=x&speed=inf", "speed is a number"), ("?file=x&from=me", "from is rx"), ("?file=x&loop=yes", "loop is"),
        ("?file=x&start=now", "start is open or client"), ("?file=%00", "no file has such a name"),
    ],
)  # fmt: skip
def test_mistyped_order_is_refused_with_words(options: str, words: str) -> None:
    with pytest.raises(BridgeError) as caught:
        open_port(SerialSettings(device=f"sim://replay{options}"))
    assert caught.value.problem.cause is Cause.DEVICE_URL
    assert words in problem_sentence(caught.value.problem)


@given(st.text(min_size=1).filter(lambda text: "\0" not in text))
def test_url_of_any_path_is_a_device_name_and_leads_back_to_the_path(name: str) -> None:
    path = Path("folder" + os.fsdecode(name.encode("utf-8", "replace")))
    url = replay_url(path)
    assert ReplayOrder.parse(url).file == path
    if len(url) <= 1024:
        SerialSettings(device=url)


def test_url_of_a_windows_path_stays_readable() -> None:
    url = replay_url(PureWindowsPath("C:\\Spuren\\Größe 1.pcapng"))  # type: ignore[arg-type]
    assert url == "sim://replay?file=C:\\Spuren\\Größe%201.pcapng"


# ---- when it speaks


def test_device_speaks_at_the_pace_of_the_capture(tmp_path: Path, play: Play) -> None:
    player = play(ReplayOrder(saved(tmp_path, DIALOGUE), speed=2), 100)
    assert player.speak(100, 1000) == b"hello"
    assert player.due_s == 101.5
    assert player.speak(101.4, 1000) == b""
    assert player.speak(101.5, 1000) == b"answer"
    assert player.speak(102.0, 1000) == b"again"
    assert player.due_s == inf


def test_late_reader_gets_everything_and_the_schedule_does_not_drift(tmp_path: Path, play: Play) -> None:
    player = play(ReplayOrder(saved(tmp_path, DIALOGUE)), 0)
    assert player.speak(3.7, 1000) == b"helloanswer"
    assert player.due_s == 4


def test_with_wait_each_answer_waits_for_as_many_bytes_as_were_asked(tmp_path: Path, play: Play) -> None:
    player = play(ReplayOrder(saved(tmp_path, DIALOGUE), wait=True), 0)
    assert player.speak(0, 1000) == b"hello"
    assert player.due_s == inf
    player.hear(2, now=50)
    assert player.speak(60, 1000) == b""
    player.hear(1, now=60)
    assert player.due_s == 62  # as long as the device took in the capture
    player.hear(9, now=61)  # who asks ahead is answered in turn
    assert player.speak(62, 1000) == b"answeragain"


def test_with_loop_it_begins_again_after_a_pause_and_waits_again(tmp_path: Path, play: Play) -> None:
    player = play(ReplayOrder(saved(tmp_path, DIALOGUE), loop=True), 0)
    assert player.speak(4, 1000) == b"helloansweragain"
    assert player.due_s == 4 + LOOP_PAUSE_S
    assert player.speak(9, 1000) == b"helloansweragain"
    asked = play(ReplayOrder(saved(tmp_path, DIALOGUE), loop=True, wait=True, speed=0), 0)
    asked.hear(12, now=0)
    assert asked.speak(0, 1000) == b"helloansweragainhello"
    assert asked.speak(0, 1000) == b""
    asked.hear(3, now=1)
    assert asked.speak(1, 1000) == b"answer"


def test_with_start_client_it_begins_with_each_session(tmp_path: Path, play: Play) -> None:
    player = play(ReplayOrder(saved(tmp_path, DIALOGUE), on_client=True), 0)
    assert player.due_s == inf
    for now in (50.0, 80.0):
        player.rewind(now)
        assert player.speak(now, 1000) == b"hello"
        assert player.due_s == now + 3


def test_chunk_larger_than_the_room_is_said_in_parts(tmp_path: Path, play: Play) -> None:
    data = os.urandom(200_000)
    player = play(ReplayOrder(saved(tmp_path, [(T0, SERIAL, 0, data)])), 0)
    assert b"".join(player.speak(0, 30_000) for _ in range(10)) == data
    assert player.due_s == inf


@pytest.mark.parametrize("loop", [False, True])
def test_what_stands_before_a_broken_place_is_said_once_and_then_it_is_silent(
    tmp_path: Path, play: Play, loop: bool
) -> None:
    player = play(ReplayOrder(broken(saved(tmp_path, DIALOGUE)), loop=loop), 0)
    assert player.speak(9, 1000) == b"helloansweragain"
    assert player.due_s == inf
    assert player.speak(9, 1000) == b""


def test_capture_that_is_broken_before_its_first_chunk_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match="broken"):
        Player(ReplayOrder(broken(saved(tmp_path, []))), 0)


def test_one_call_reads_a_part_of_a_long_file_and_the_next_one_goes_on(tmp_path: Path, play: Play) -> None:
    asked: list[TapEntry] = [(T0 + 1, TCP, 1, b"ask")] * (2 * MAX_ENTRIES)
    player = play(ReplayOrder(saved(tmp_path, [DIALOGUE[0], *asked, (T0 + 2, SERIAL, 0, b"answer")])), 0)
    assert player.speak(1, 1000) == b"hello"
    calls = 1
    while (said := player.speak(1, 1000)) == b"":
        assert player.due_s == -inf
        calls += 1
    assert said == b"answer"
    assert calls >= 2
    assert player.due_s == inf


def test_long_file_is_opened_before_its_first_chunk_is_found(
    tmp_path: Path, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replayed, "MAX_OPENING_ENTRIES", 1)
    player = play(ReplayOrder(saved(tmp_path, DIALOGUE[1:])), 0)
    assert player.due_s == -inf
    assert player.speak(0, 1000) == b"answer"
    silent = play(ReplayOrder(saved(tmp_path, DIALOGUE[1:2] * 2, "asked.pcapng")), 0)
    assert silent.speak(0, 1000) == b""
    assert silent.due_s == inf


def test_player_that_is_closing_reads_no_further(tmp_path: Path, play: Play) -> None:
    player = play(ReplayOrder(saved(tmp_path, DIALOGUE), speed=0), 0)
    player.closing = True
    assert player.speak(0, 1000) == b"hello"
    assert player.speak(0, 1000) == b""


# ---- as a port


def test_missing_broken_and_silent_captures_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "text.pcapng").write_bytes(b"hello")
    saved(tmp_path, [], "empty.pcapng")
    saved(tmp_path, [(T0, TCP, 1, b"ask")], "asked.pcapng")
    os.mkfifo(tmp_path / "pipe")
    for name, cause, words in (
        ("none.pcapng", Cause.CAPTURE_UNREADABLE, "cannot be read: No such file"),
        ("", Cause.CAPTURE_UNREADABLE, "it is no file"),
        ("pipe", Cause.CAPTURE_UNREADABLE, "it is no file"),
        ("text.pcapng", Cause.CAPTURE_UNKNOWN, "no capture that can be played"),
        ("empty.pcapng", Cause.CAPTURE_SILENT, "from=tx"),
        ("asked.pcapng", Cause.CAPTURE_SILENT, "from=tx"),
    ):
        with pytest.raises(BridgeError) as caught:
            open_port(SerialSettings(device=replay_url(tmp_path / name)))
        assert caught.value.problem.cause is cause
        assert words in problem_sentence(caught.value.problem)
        assert str(tmp_path) in problem_sentence(caught.value.problem)


def test_port_plays_every_byte_as_fast_as_it_is_read(tmp_path: Path) -> None:
    data = os.urandom(1 << 20)
    entries: list[TapEntry] = [(T0 + at * S, SERIAL, 0, data[at : at + 5000]) for at in range(0, len(data), 5000)]
    with serial.serial_for_url(replay_url(saved(tmp_path, entries)) + "&speed=0", timeout=DEADLINE_S) as port:
        received = bytearray()
        while len(received) < len(data):
            assert port.in_waiting <= MAX_BUFFER_BYTES
            received += port.read(min(7000, len(data) - len(received)))
        assert bytes(received) == data


def test_waiting_reader_wakes_when_a_question_is_written(tmp_path: Path) -> None:
    url = replay_url(saved(tmp_path, DIALOGUE, "with a space & more.csv")) + "&wait=1&speed=1000"
    with serial.serial_for_url(url, timeout=DEADLINE_S) as port:
        assert port.read(5) == b"hello"
        threading.Timer(0.05, port.write, (b"ask",)).start()
        assert port.read(6) == b"answer"


def test_bridge_on_a_replay_answers_each_client_from_the_beginning(qtbot: QtBot, tmp_path: Path) -> None:
    url = replay_url(saved(tmp_path, DIALOGUE)) + "&wait=1&start=client&speed=100"
    bridge = Bridge(Profile(name="trace", serial=SerialSettings(device=url), listen=ListenAddress(port=0)))
    bridge.launch()
    qtbot.waitUntil(lambda: bridge.address is not None, timeout=DEADLINE_MS)
    assert bridge.address is not None
    for _ in range(2):
        with socket.create_connection(("127.0.0.1", bridge.address.port), timeout=DEADLINE_S) as client:
            assert _exactly(client, 5) == b"hello"
            client.sendall(b"ask")
            assert _exactly(client, 6) == b"answer"
        qtbot.waitUntil(lambda: not bridge.clients(), timeout=DEADLINE_MS)
    with qtbot.waitSignal(bridge.ended, timeout=DEADLINE_MS):
        bridge.request_stop()


@pytest.mark.parametrize("before", [DIALOGUE[:1], []])
def test_bridge_stops_while_a_file_is_read_that_has_no_end(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: list[TapEntry]
) -> None:
    def without_an_end(_reader: CaptureReader) -> Iterator[TapEntry | None]:
        yield from before
        while True:
            yield None

    monkeypatch.setattr(CaptureReader, "in_slices", without_an_end)
    url = replay_url(saved(tmp_path, DIALOGUE))
    bridge = Bridge(Profile(name="trace", serial=SerialSettings(device=url), listen=ListenAddress(port=0)))
    bridge.launch()
    qtbot.waitUntil(lambda: bridge.address is not None, timeout=DEADLINE_MS)
    with qtbot.waitSignal(bridge.ended, timeout=DEADLINE_MS):
        bridge.request_stop()


def test_bridge_plays_a_capture_with_a_broken_end_once(qtbot: QtBot, tmp_path: Path) -> None:
    url = replay_url(broken(saved(tmp_path, DIALOGUE))) + "&speed=0&start=client"
    bridge = Bridge(Profile(name="trace", serial=SerialSettings(device=url), listen=ListenAddress(port=0)))
    happened: list[object] = []
    bridge.event_occurred.connect(happened.append)
    bridge.launch()
    qtbot.waitUntil(lambda: bridge.address is not None, timeout=DEADLINE_MS)
    assert bridge.address is not None
    for _ in range(2):  # it has not failed after the first client's
        with socket.create_connection(("127.0.0.1", bridge.address.port), timeout=DEADLINE_S) as client:
            assert _exactly(client, 16) == b"helloansweragain"
        qtbot.waitUntil(lambda: not bridge.clients(), timeout=DEADLINE_MS)
    assert not [event for event in happened if isinstance(event, DeviceLost)]
    with qtbot.waitSignal(bridge.ended, timeout=DEADLINE_MS):
        bridge.request_stop()


def test_port_lets_its_file_go_when_it_is_closed(tmp_path: Path) -> None:
    file = saved(tmp_path, DIALOGUE)
    port = serial.serial_for_url(replay_url(file))
    assert port.read(5) == b"hello"
    port.close()
    assert not any(os.path.realpath(fd) == str(file) for fd in Path("/proc/self/fd").iterdir())


def test_missing_file_is_told_by_its_fault(tmp_path: Path) -> None:
    with pytest.raises(CaptureError) as caught:
        Player(ReplayOrder(tmp_path / "none"), time.monotonic())
    assert caught.value.fault is CaptureFault.UNREADABLE


def _exactly(client: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        more = client.recv(count - len(data))
        assert more
        data += more
    return data
