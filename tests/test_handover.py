"""A profile's file that is opened goes to the window that is there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtNetwork import QLocalSocket
from pytestqt.qtbot import QtBot

from serialbridge_gui import handover as module
from serialbridge_gui.handover import Handover, hand_over
from tests.processes import start_hand_over

Files = list[Path]


@pytest.fixture
def opened(tmp_path: Path, qtbot: QtBot) -> Iterator[Files]:
    """What a window, listening for the profiles in `tmp_path`, was given."""
    files: Files = []
    window = Handover(tmp_path, files.append)
    yield files
    window.close()


def handed(qtbot: QtBot, file: Path, config_dir: Path) -> bool:
    """`hand_over` as another program calls it: while this one's loop runs."""
    with start_hand_over(file, config_dir) as other:
        qtbot.waitUntil(lambda: other.poll() is not None, timeout=20_000)
    return other.returncode == 0


def test_file_goes_to_the_running_window(opened: Files, qtbot: QtBot, tmp_path: Path) -> None:
    file = tmp_path / "温度 计.serialbridge"
    assert handed(qtbot, file, tmp_path)
    qtbot.waitUntil(lambda: opened == [file])


def test_relative_path_arrives_absolute(opened: Files, qtbot: QtBot, tmp_path: Path) -> None:
    assert handed(qtbot, Path("a.serialbridge"), tmp_path)
    qtbot.waitUntil(lambda: opened == [Path.cwd() / "a.serialbridge"])


def test_nobody_takes_it_where_no_window_is(qtbot: QtBot, tmp_path: Path) -> None:
    assert not hand_over(tmp_path / "a.serialbridge", tmp_path)


def test_window_of_other_profiles_does_not_take_it(opened: Files, qtbot: QtBot, tmp_path: Path) -> None:
    assert not hand_over(tmp_path / "a.serialbridge", tmp_path / "others")


def test_second_window_leaves_the_files_to_the_first(opened: Files, qtbot: QtBot, tmp_path: Path) -> None:
    others: Files = []
    second = Handover(tmp_path, others.append)
    assert handed(qtbot, tmp_path / "a", tmp_path)
    qtbot.waitUntil(lambda: opened == [tmp_path / "a"])
    second.close()
    assert others == []


def test_window_takes_files_again_after_one_that_was_killed(qtbot: QtBot, tmp_path: Path) -> None:
    killed = Handover(tmp_path, lambda _file: None)
    files: Files = []
    killed._server.close()
    window = Handover(tmp_path, files.append)
    assert handed(qtbot, tmp_path / "a", tmp_path)
    window.close()
    assert files == [tmp_path / "a"]


@pytest.mark.parametrize("words", [b"nonsense\n", b"[1]\n", b'""\n', b"\xff\n", b"x" * (module.MAX_MESSAGE_BYTES + 1)])
def test_nonsense_ends_the_connection_and_opens_nothing(
    opened: Files, qtbot: QtBot, tmp_path: Path, words: bytes
) -> None:
    stranger = QLocalSocket()
    stranger.connectToServer(module._server_name(tmp_path))
    stranger.write(words)
    qtbot.waitUntil(lambda: stranger.state() == QLocalSocket.LocalSocketState.UnconnectedState)
    assert opened == []
    assert handed(qtbot, tmp_path / "a", tmp_path)  # it goes on
