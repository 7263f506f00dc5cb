"""Other programs of the user's find the running bridges, and get their traffic; nobody gets anything else."""

from __future__ import annotations

import errno
import io
import json
import os
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer, SignalInstance
from PySide6.QtNetwork import QLocalSocket
from pytestqt.qtbot import QtBot

from serialbridge_gui.engine import running_programs
from serialbridge_gui.engine.bridge import Bridge
from serialbridge_gui.engine.control_server import MAX_CONNECTIONS, MAX_QUESTION_BYTES, ControlServer
from serialbridge_gui.engine.live_capture import LiveCapture
from serialbridge_gui.engine.pipes import PosixPipe
from serialbridge_gui.engine.running_programs import Conversation, NotTold, running_bridges
from serialbridge_gui.profile import ListenAddress, Profile, SerialSettings
from serialbridge_gui.traffic.capture_reader import CaptureReader
from serialbridge_gui.traffic.chunk import NO_CLIENT, Direction, Tap
from serialbridge_gui.ui.capture_notes import note_event
from tests.engine.running import DEADLINE_S
from tests.engine.sharing import elsewhere, runtime_folder

DEADLINE_MS = int(DEADLINE_S * 1000)

pytestmark = pytest.mark.skipif(os.name != "posix", reason="pipes with names in folders")


class Desk:
    """A running bridge on sim://echo, its control server, and a client of the bridge."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.qtbot = qtbot
        self.folder = folder
        self.bridge = Bridge(
            Profile(name="Scale", serial=SerialSettings(device="sim://echo"), listen=ListenAddress(port=0))
        )
        self.server = ControlServer(lambda: (self.bridge,), note_event)
        self.server.start()
        self.bridge.launch()
        self.until(lambda: self.bridge.address is not None)

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait for it, while Qt's events are handled."""
        self.qtbot.waitUntil(condition, timeout=DEADLINE_MS)

    def signal(self, signal: SignalInstance) -> AbstractContextManager[object]:
        """Wait for it at the end of a block."""
        return self.qtbot.waitSignal(signal, timeout=DEADLINE_MS)

    @property
    def socket(self) -> str:
        (found,) = (self.folder / "serialbridge").glob(f"{os.getpid()}-*.socket")
        return str(found)

    def ask(self, **question: str) -> dict[str, object]:
        """The answer, or {"refused": why}."""

        def work() -> dict[str, object]:
            with Conversation(self.socket) as conversation:
                try:
                    return conversation.ask(question)
                except NotTold as error:
                    return {"refused": str(error)}

        return elsewhere(self.qtbot, work)

    def say(self, data: bytes) -> None:
        """Have `data` echoed by the device, through the bridge."""
        assert self.bridge.address is not None
        address = (self.bridge.address.host, self.bridge.address.port)

        def work() -> None:
            with socket.create_connection(address, timeout=DEADLINE_S) as client:
                client.sendall(data)
                left = len(data)
                while left:
                    left -= len(client.recv(left))

        elsewhere(self.qtbot, work)

    def close(self) -> None:
        self.server.close()
        if self.bridge.state.active:
            with self.signal(self.bridge.ended):
                self.bridge.request_stop()


@pytest.fixture
def desk(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr(running_programs, "ASK_S", DEADLINE_S)  # a busy machine holds the server up
    with runtime_folder(monkeypatch) as folder:
        made = Desk(qtbot, folder)
        yield made
        made.close()


class Reader:
    """Reads a named pipe as Wireshark does, in a thread."""

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self.path = str(path)
        self.data = bytearray()
        self.over = False
        self.enough = False
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        with open(self.path, "rb", buffering=0) as pipe:
            while not self.enough and (data := pipe.read(65536)):
                self.data += data
        self.over = True

    def traffic(self) -> dict[int, bytes]:
        """What is there so far, by direction."""
        found = {0: b"", 1: b""}
        for _, direction, _, data in CaptureReader(io.BytesIO(bytes(self.data))):
            if direction in found:
                found[direction] += data
        return found

    def join(self) -> None:
        self._thread.join(DEADLINE_S)
        assert not self._thread.is_alive()


def capture_into(desk: Desk, pipe: str) -> Callable[[], str]:
    """Ask for a capture, and go on listening; call the result for how it ended."""
    conversation = Conversation(desk.socket)
    try:
        question = {"ask": "capture", "bridge": desk.bridge.profile.id, "pipe": pipe}
        elsewhere(desk.qtbot, lambda: conversation.ask(question))
    except BaseException:
        conversation.__exit__()
        raise
    conversation.be_patient()

    def end() -> str:
        with conversation:
            try:
                return str(elsewhere(desk.qtbot, conversation.listen).get("capture"))
            except NotTold as error:
                return str(error)

    end.conversation = conversation  # type: ignore[attr-defined]
    return end


def test_running_bridges_are_listed_with_where_they_listen(desk: Desk) -> None:
    (found,) = elsewhere(desk.qtbot, running_bridges)
    assert (found.name, found.device, found.id) == ("Scale", "sim://echo", desk.bridge.profile.id)
    assert found.address == str(desk.bridge.address)


def test_only_the_user_may_reach_the_server(desk: Desk) -> None:
    assert stat.S_IMODE(os.stat(desk.folder / "serialbridge").st_mode) == 0o700
    assert stat.S_IMODE(os.stat(desk.socket).st_mode) & 0o077 == 0


def test_folder_that_others_may_enter_or_that_is_a_link_is_not_used(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "serialbridge").mkdir(mode=0o755)
    monkeypatch.setattr(running_programs, "folders", lambda: [tmp_path / "serialbridge"])
    assert running_programs.own_folder() is None
    assert running_bridges() == []
    (tmp_path / "link").symlink_to(desk.folder / "serialbridge")
    monkeypatch.setattr(running_programs, "folders", lambda: [tmp_path / "link"])
    assert running_programs.own_folder() is None
    assert running_bridges() == []


def test_stopped_bridge_is_not_listed_and_a_closed_server_leaves_nothing(desk: Desk) -> None:
    with desk.signal(desk.bridge.ended):
        desk.bridge.request_stop()
    assert elsewhere(desk.qtbot, running_bridges) == []
    desk.server.close()
    assert list((desk.folder / "serialbridge").iterdir()) == []


def leave_files(folder: Path, pid: int) -> set[str]:
    """Those of a killed program, whose socket refuses everybody; returns their names."""
    dead = folder / f"{pid}-0123.socket"
    with socket.socket(socket.AF_UNIX) as gone:
        gone.bind(str(dead))
    dead.with_suffix(".json").write_text(json.dumps({"version": 1, "pid": pid, "server": str(dead)}))
    return {dead.name, dead.with_suffix(".json").name}


def test_files_of_programs_that_were_killed_are_removed(desk: Desk) -> None:
    folder = desk.folder / "serialbridge"
    program = subprocess.Popen([sys.executable, "-c", ""])
    program.wait()
    leave_files(folder, program.pid)
    (folder / "4712.json").write_text("not JSON")
    (folder / "4713.json").write_text("[]")
    assert len(elsewhere(desk.qtbot, running_bridges)) == 1
    left = {file.name for file in folder.iterdir()}
    own = Path(desk.socket)
    assert left == {"4712.json", "4713.json", own.name, own.with_suffix(".json").name}


def test_files_of_a_program_that_refuses_and_still_runs_are_kept(desk: Desk) -> None:
    folder = desk.folder / "serialbridge"
    left = leave_files(folder, os.getppid())
    assert len(elsewhere(desk.qtbot, running_bridges)) == 1
    assert left <= {file.name for file in folder.iterdir()}


@pytest.mark.parametrize(
    "answer",
    [
        b'{"bridge_list": []}',
        b'{"bridges": 7}',
        b'{"bridges": ["Scale"]}',
        b'{"bridges": null}',
        b"[" * 100_000,
        b'{"bridges": %s}' % (b"9" * 5000),
        b"",
    ],
    ids=["no bridges", "number", "names", "null", "deep", "long number", "nothing"],
)
def test_program_that_answers_something_else_hides_no_other(desk: Desk, answer: bytes) -> None:
    folder = desk.folder / "serialbridge"
    over = threading.Event()
    with socket.socket(socket.AF_UNIX) as odd:
        odd.bind(str(folder / "0.socket"))
        odd.listen()
        odd.settimeout(0.05)

        def serve() -> None:
            while not over.is_set():
                try:
                    connection, _ = odd.accept()
                except TimeoutError:
                    continue
                with connection:
                    connection.settimeout(DEADLINE_S)
                    if connection.recv(1000):
                        connection.sendall(answer + b"\n")

        thread = threading.Thread(target=serve)
        thread.start()
        (folder / "0.json").write_text(json.dumps({"server": str(folder / "0.socket")}))
        try:
            assert [each.name for each in elsewhere(desk.qtbot, running_bridges)] == ["Scale"]
        finally:
            over.set()
            thread.join()


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, '"server"', '{"server": 7}', '{"server": "FOLDER/\\u0000x"}', '{"server": "FOLDER/\\ud800"}'],
    ids=["deep", "string", "number", "NUL", "surrogate"],
)
def test_odd_file_hides_no_program(desk: Desk, text: str) -> None:
    folder = desk.folder / "serialbridge"
    (folder / "0.json").write_text(text.replace("FOLDER", str(folder)))
    assert [each.name for each in elsewhere(desk.qtbot, running_bridges)] == ["Scale"]


def test_program_that_hangs_is_given_up(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running_programs, "ASK_S", 0.05)
    folder = desk.folder / "serialbridge"
    with socket.socket(socket.AF_UNIX) as deaf:
        deaf.bind(str(folder / "1.socket"))
        deaf.listen()
        (folder / "1.json").write_text(json.dumps({"server": str(folder / "1.socket")}))
        desk.server.close()
        assert running_bridges() == []
    assert (folder / "1.json").exists()  # it may come to itself


def test_capture_has_every_byte_with_its_direction_and_ends_with_the_bridge(desk: Desk, tmp_path: Path) -> None:
    reader = Reader(tmp_path / "pipe")
    end = capture_into(desk, reader.path)
    data = os.urandom(200_000)
    desk.say(data)
    desk.until(lambda: all(len(each) == len(data) for each in reader.traffic().values()))
    assert reader.traffic() == {0: data, 1: data}
    with desk.signal(desk.bridge.ended):
        desk.bridge.request_stop()
    assert end() == "ended"
    reader.join()
    entries = CaptureReader(io.BytesIO(bytes(reader.data)))
    assert any(b"Client #1 connected" in entry[3] for entry in entries if entry[1] == Direction.EVENT)


def test_two_captures_of_one_bridge_have_the_same(desk: Desk, tmp_path: Path) -> None:
    readers = [Reader(tmp_path / name) for name in ("one", "two")]
    ends = [capture_into(desk, reader.path) for reader in readers]
    desk.say(b"hello")
    desk.until(lambda: all(reader.traffic() == {0: b"hello", 1: b"hello"} for reader in readers))
    desk.server.close()
    for reader, end in zip(readers, ends, strict=True):
        reader.join()
        end()


def test_reader_that_goes_ends_its_capture_without_a_byte_of_traffic(desk: Desk, tmp_path: Path) -> None:
    reader = Reader(tmp_path / "pipe")
    reader.enough = True  # after the head
    end = capture_into(desk, reader.path)
    assert end() == "ended"
    reader.join()
    assert desk.bridge.state.active
    assert desk.bridge._watchers == ()


def test_pipe_that_nobody_opens_leaves_no_tap(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("serialbridge_gui.engine.pipes.READER_S", 0.1)
    os.mkfifo(tmp_path / "pipe")
    end = capture_into(desk, str(tmp_path / "pipe"))
    assert end() == os.strerror(errno.ENXIO)
    assert desk.bridge._watchers == ()


def test_asker_that_hangs_up_ends_its_capture(desk: Desk, tmp_path: Path) -> None:
    reader = Reader(tmp_path / "pipe")
    end = capture_into(desk, reader.path)
    end.conversation.__exit__()  # type: ignore[attr-defined]
    desk.until(lambda: reader.over)
    reader.join()


def test_nothing_but_a_pipe_is_written_to(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"precious")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "pipe")
    for path in (str(tmp_path / "file"), str(tmp_path / "link"), str(tmp_path / "none"), "/dev/null", "pipe", "", "\0"):
        answer = desk.ask(ask="capture", bridge=desk.bridge.profile.id, pipe=path)
        assert answer == {"refused": "what is to be written to is no pipe"}
    assert (tmp_path / "file").read_bytes() == b"precious"


def test_what_is_no_question_is_refused_and_does_not_end_the_server(desk: Desk, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for line in (b"\n", b"[]\n", b"{}\n", b'"ask"\n', b"\xff\xfe\n", b"[" * 10_000 + b"\n", b'{"ask": 7}\n'):

        def work(line: bytes = line) -> dict[str, str]:
            with socket.socket(socket.AF_UNIX) as asker:
                asker.settimeout(DEADLINE_S)
                asker.connect(desk.socket)
                asker.sendall(line)
                return dict(json.loads(asker.makefile("rb").readline()))

        assert "refused" in elsewhere(desk.qtbot, work)
    gone = desk.ask(ask="capture", bridge="0" * 32, pipe=str(tmp_path / "pipe"))
    assert gone == {"refused": "the bridge does not run any more"}
    assert len(elsewhere(desk.qtbot, running_bridges)) == 1


def test_line_without_an_end_is_hung_up_on(desk: Desk) -> None:
    def work() -> bytes:
        with socket.socket(socket.AF_UNIX) as asker:
            asker.settimeout(DEADLINE_S)
            asker.connect(desk.socket)
            try:
                asker.sendall(bytes(2 * MAX_QUESTION_BYTES))
                return asker.recv(1)
            except (BrokenPipeError, ConnectionResetError):
                return b""

    assert elsewhere(desk.qtbot, work) == b""


def test_asker_that_reads_no_answer_is_hung_up_on(desk: Desk) -> None:
    """Before the answers take more than some of its memory."""

    def work() -> int:
        with socket.socket(socket.AF_UNIX) as asker:
            asker.settimeout(DEADLINE_S)
            asker.connect(desk.socket)
            asked = 0
            try:
                while asked < 16 << 20:
                    asked += asker.send(b'{"ask": "bridges"}\n' * 1000)
            except (BrokenPipeError, ConnectionResetError):
                pass
            return asked

    assert elsewhere(desk.qtbot, work) < 16 << 20


def test_many_questions_at_once_are_all_answered_and_the_rest_of_the_program_has_its_turns(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns = 0
    answered_in = set()
    reply = desk.server._reply

    def next_turn() -> None:
        nonlocal turns
        turns += 1

    def noted_reply(connection: QLocalSocket, line: bytes) -> dict[str, object]:
        answered_in.add(turns)
        return reply(connection, line)

    def work() -> int:
        with socket.socket(socket.AF_UNIX) as asker:
            asker.settimeout(DEADLINE_S)
            asker.connect(desk.socket)
            asker.sendall(b'{"ask": "bridges"}\n' * 300)
            answers = asker.makefile("rb")
            return sum("bridges" in json.loads(answers.readline()) for _ in range(300))

    monkeypatch.setattr(desk.server, "_reply", noted_reply)
    timer = QTimer(interval=0)
    timer.timeout.connect(next_turn)
    timer.start()
    assert elsewhere(desk.qtbot, work) == 300
    timer.stop()
    assert len(answered_in) > 100


def test_too_many_connections_are_closed_and_the_others_stay(desk: Desk) -> None:
    def work() -> int:
        with ExitStack() as askers:
            answers = 0
            for _ in range(MAX_CONNECTIONS + 10):
                asker = askers.enter_context(socket.socket(socket.AF_UNIX))
                asker.settimeout(DEADLINE_S)
                asker.connect(desk.socket)
                try:
                    asker.sendall(b'{"ask": "bridges"}\n')
                    answers += bool(asker.recv(1))
                except (BrokenPipeError, ConnectionResetError):
                    pass
            return answers

    assert elsewhere(desk.qtbot, work) == MAX_CONNECTIONS


def test_reader_that_takes_nothing_holds_up_neither_the_bridge_nor_the_end(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what it missed is a gap in its capture."""
    read_end, write_end = os.pipe()
    monkeypatch.setattr("serialbridge_gui.engine.live_capture.Tap", lambda: Tap(200_000))
    capture = LiveCapture(desk.bridge, lambda _stopping: PosixPipe(write_end), note_event)
    capture.start()
    data = os.urandom(1 << 20)
    desk.say(data)
    desk.until(lambda: capture.tap.skipped_bytes > 0)
    received = bytearray()
    os.set_blocking(read_end, False)

    def gaps_are_told() -> bool:
        try:
            while part := os.read(read_end, 1 << 16):
                received.extend(part)
        except BlockingIOError:
            pass
        entries = CaptureReader(io.BytesIO(bytes(received)))
        return sum(int(entry[3]) for entry in entries if entry[1] == Direction.GAP) == capture.tap.skipped_bytes

    desk.until(gaps_are_told)
    desk.say(data)
    with desk.signal(capture.ended):
        assert capture.stop(DEADLINE_S)
    os.close(read_end)


def test_capture_that_is_stopped_while_nobody_reads_ends_with_one_cut_block(desk: Desk) -> None:
    read_end, write_end = os.pipe()
    capture = LiveCapture(desk.bridge, lambda _stopping: PosixPipe(write_end), note_event)
    capture.start()
    capture.tap.put(Direction.TCP_TO_SERIAL, NO_CLIENT, b"whole")
    capture.tap.put(Direction.TCP_TO_SERIAL, NO_CLIENT, os.urandom(4 << 20))  # of which the pipe takes a part
    with desk.signal(capture.ended):
        assert capture.stop(DEADLINE_S)
    with open(read_end, "rb") as pipe:
        reader = CaptureReader(pipe)
        sent = b"".join(entry[3] for entry in reader if entry[1] == Direction.TCP_TO_SERIAL)
    assert reader.cut
    assert sent == b"whole"


def test_lines_are_in_the_capture_from_its_beginning(desk: Desk) -> None:
    desk.until(lambda: desk.bridge.lines is not None)
    read_end, write_end = os.pipe()
    capture = LiveCapture(desk.bridge, lambda _stopping: PosixPipe(write_end), note_event)
    capture.start()
    desk.say(b"x")
    capture.tap.put(Direction.SERIAL_TO_TCP, NO_CLIENT, b"last")
    with desk.signal(capture.ended):
        capture.request_stop()
    with open(read_end, "rb") as pipe:
        assert b"\x02\x1f\x00\x00last" in pipe.read()  # RX, with CTS, DCD, DSR, RTS and DTR on


def test_end_of_a_capture_is_told_by_the_main_thread(desk: Desk) -> None:
    """A thread that emits while the program ends takes it down: Qt's half may be gone at any moment then."""
    read_end, write_end = os.pipe()
    capture = LiveCapture(desk.bridge, lambda _stopping: PosixPipe(write_end), note_event)
    told_in: list[threading.Thread] = []
    at_once = Qt.ConnectionType.DirectConnection
    capture.ended.connect(lambda _capture: told_in.append(threading.current_thread()), at_once)
    capture.start()
    assert capture.stop(DEADLINE_S)
    desk.until(lambda: bool(told_in))
    assert told_in == [threading.main_thread()]
    os.close(read_end)
