"""A profile's file that is opened goes to the window that is there."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLockFile
from PySide6.QtNetwork import QLocalSocket
from pytestqt.qtbot import QtBot

from serialbridge_gui import handover as module
from serialbridge_gui import one_instance
from serialbridge_gui.handover import Handover, Outcome, hand_over
from serialbridge_gui.request import Request, server_name
from tests.processes import start_hand_over

Requests = list[Request]


@pytest.fixture
def opened(tmp_path: Path, qtbot: QtBot) -> Iterator[Requests]:
    """What a window, listening for the profiles in `tmp_path`, was given."""
    files: Requests = []
    window = Handover(tmp_path, files.append)
    yield files
    window.close()


def handed(qtbot: QtBot, file: Path, config_dir: Path) -> bool:
    """`hand_over` as another program calls it: while this one's loop runs."""
    with start_hand_over(file, config_dir) as other:
        qtbot.waitUntil(lambda: other.poll() is not None, timeout=60_000)
    return other.returncode == 0


def test_file_goes_to_the_running_window(opened: Requests, qtbot: QtBot, tmp_path: Path) -> None:
    file = tmp_path / "温度 计.serialbridge"
    assert handed(qtbot, file, tmp_path)
    qtbot.waitUntil(lambda: opened == [Request(file=str(file))])


def test_relative_path_is_handed_over_as_an_absolute_one() -> None:
    options = Namespace(profile=None, start=False, resume=False, minimized=False, demo=False, file=Path("a"))
    assert Request.of(options) == Request(file=str(Path.cwd() / "a"))


def test_nobody_takes_it_where_no_window_is(qtbot: QtBot, tmp_path: Path) -> None:
    assert hand_over(Request(file="/a"), tmp_path) is Outcome.NOBODY


def test_window_of_other_profiles_does_not_take_it(opened: Requests, qtbot: QtBot, tmp_path: Path) -> None:
    assert hand_over(Request(file="/a"), tmp_path / "others") is Outcome.NOBODY


def test_second_window_leaves_the_files_to_the_first(opened: Requests, qtbot: QtBot, tmp_path: Path) -> None:
    others: Requests = []
    second = Handover(tmp_path, others.append)
    assert handed(qtbot, tmp_path / "a", tmp_path)
    qtbot.waitUntil(lambda: opened == [Request(file=str(tmp_path / "a"))])
    second.close()
    assert others == []


def test_window_takes_files_again_after_one_that_was_killed(qtbot: QtBot, tmp_path: Path) -> None:
    killed = Handover(tmp_path, lambda _file: None)
    files: Requests = []
    killed._server.close()
    window = Handover(tmp_path, files.append)
    assert handed(qtbot, tmp_path / "a", tmp_path)
    window.close()
    assert files == [Request(file=str(tmp_path / "a"))]


@pytest.mark.parametrize("words", [
    b"nonsense\n", b"[1]\n", b'""\n', b"\xff\n", b"{}\n", b'{"version": 1, "start": 1}\n', b"[" * 100_000 + b"\n",
    b"x" * (module.MAX_MESSAGE_BYTES + 1),
])  # fmt: skip
def test_nonsense_ends_the_connection_and_opens_nothing(
    opened: Requests, qtbot: QtBot, tmp_path: Path, words: bytes
) -> None:
    stranger = QLocalSocket()
    stranger.connectToServer(server_name(tmp_path))
    stranger.write(words)
    qtbot.waitUntil(lambda: stranger.state() == QLocalSocket.LocalSocketState.UnconnectedState)
    assert opened == []
    assert handed(qtbot, tmp_path / "a", tmp_path)  # it goes on


def send(qtbot: QtBot, config_dir: Path, message: object) -> bytes:
    """The answer to what another version may send."""
    other = QLocalSocket()
    other.connectToServer(server_name(config_dir))
    other.write(json.dumps(message).encode() + b"\n")
    qtbot.waitUntil(lambda: other.canReadLine() or other.state() == QLocalSocket.LocalSocketState.UnconnectedState)
    return bytes(other.readAll().data())


def test_older_program_hands_over_a_path_and_newer_one_more_than_is_known(
    opened: Requests, qtbot: QtBot, tmp_path: Path
) -> None:
    assert send(qtbot, tmp_path, "/a.serialbridge") == module.ANSWER
    assert send(qtbot, tmp_path, {"version": 2, "profile": "Scale", "start": True, "invented": [1]}) == module.ANSWER
    assert opened == [Request(file="/a.serialbridge"), Request(profile="Scale", start=True)]


def test_file_alone_is_sent_as_older_windows_know_it() -> None:
    assert Request(file="/a").to_plain() == "/a"
    request = Request(file="/a", minimized=True)
    assert Request.from_plain(request.to_plain()) == request
    assert Request.from_plain(Request().to_plain()) == Request()


def test_window_that_does_not_answer_is_given_up(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WAIT_MS", 50)
    hung = Handover(tmp_path, lambda _request: None)  # its loop does not run while this test waits
    assert hand_over(Request(), tmp_path) is Outcome.SILENT
    second: Requests = []
    window = Handover(tmp_path, second.append, takes_over=True)
    assert send(qtbot, tmp_path, "/a") == module.ANSWER
    assert second == [Request(file="/a")]
    window.close()
    hung.close()


def test_window_that_ends_has_taken_nothing_and_who_asks_waits_for_its_end(
    qtbot: QtBot, opened: Requests, tmp_path: Path
) -> None:
    window = Handover(tmp_path / "ending", opened.append)
    window._server.newConnection.disconnect()  # it comes to nothing any more
    with start_hand_over(tmp_path / "a", tmp_path / "ending") as other:
        qtbot.waitUntil(window._server.hasPendingConnections, timeout=60_000)
        window.close()
        qtbot.waitUntil(lambda: other.poll() is not None, timeout=60_000)
    assert other.returncode == 3
    early = QLocalSocket()
    window = Handover(tmp_path / "ending", opened.append)
    early.connectToServer(server_name(tmp_path / "ending"))
    qtbot.waitUntil(lambda: bool(window.findChildren(QLocalSocket)))
    early.write(b'"/a"\n')
    window.close()
    qtbot.waitUntil(lambda: early.state() is QLocalSocket.LocalSocketState.UnconnectedState)
    assert opened == []


def test_window_that_is_about_to_end_takes_nothing(qtbot: QtBot, opened: Requests, tmp_path: Path) -> None:
    window = Handover(tmp_path / "ending", opened.append, is_ending=lambda: True)
    assert send(qtbot, tmp_path / "ending", "/a") == b""
    assert opened == []
    window.close()


def test_window_beside_one_that_hangs_takes_its_place_once_it_is_gone(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(one_instance, "SUCCEED_MS", 5)
    hung, ours = QLockFile(str(tmp_path / "lock")), QLockFile(str(tmp_path / "lock"))
    assert hung.tryLock(0)
    beside = one_instance.Instance(ours, beside_another=True)
    beside.succeed()
    qtbot.wait(30)
    assert not ours.isLocked()
    hung.unlock()
    qtbot.waitUntil(ours.isLocked)
    beside.close()
    assert hung.tryLock(0)


def test_folder_of_the_profiles_may_be_written_in_several_ways(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    assert server_name(tmp_path / "link") == server_name(tmp_path / "a" / "..") == server_name(tmp_path)

    def nobody() -> str:
        raise KeyError("uid not found")

    monkeypatch.setattr("getpass.getuser", nobody)
    assert server_name(tmp_path).startswith("SerialBridge-")
