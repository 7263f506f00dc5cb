"""A file is there whole, or not at all."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from serialbridge_gui.traffic.whole_file import MAX_WAITING_BYTES, WholeFile

DEADLINE_S = 60.0


def written(path: Path, *parts: bytes) -> WholeFile:
    """A file that was handed these parts, ended."""
    file = WholeFile(path)
    for part in parts:
        file.write(part)
    file.close()
    assert file.join(DEADLINE_S)
    return file


def test_file_holds_all_parts_and_nothing_lies_beside_it(tmp_path: Path) -> None:
    file = written(tmp_path / "a.bin", b"one", b"", b"two")
    assert (file.done, file.error) == (True, None)
    assert (tmp_path / "a.bin").read_bytes() == b"onetwo"
    assert os.listdir(tmp_path) == ["a.bin"]


def test_file_that_was_there_stays_until_the_end_and_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")
    path.chmod(0o640)
    file = WholeFile(path)
    file.write(b"new")
    assert path.read_bytes() == b"old"
    file.close()
    assert file.join(DEADLINE_S)
    assert path.read_bytes() == b"new"
    if sys.platform != "win32":
        assert path.stat().st_mode & 0o777 == 0o640


@pytest.mark.skipif(sys.platform == "win32", reason="permissions and links of POSIX")
def test_new_file_has_the_permissions_that_the_user_gives_and_a_link_stays_one(tmp_path: Path) -> None:
    written(tmp_path / "a.bin", b"x")
    (tmp_path / "plain").write_bytes(b"")
    assert (tmp_path / "a.bin").stat().st_mode == (tmp_path / "plain").stat().st_mode
    (tmp_path / "link").symlink_to(tmp_path / "a.bin")
    written(tmp_path / "link", b"through it")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "a.bin").read_bytes() == b"through it"


def test_cancelled_file_leaves_nothing_and_the_old_one_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")
    file = WholeFile(path)
    file.write(b"new")
    file.cancel()
    file.close()
    assert file.join(DEADLINE_S)
    assert (file.done, file.error) == (False, None)
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a.bin"]


def test_folder_that_is_not_there_is_an_error_not_an_exception(tmp_path: Path) -> None:
    file = written(tmp_path / "no" / "a.bin", b"x")
    assert not file.done
    assert file.error is not None
    assert file.error.errno == errno.ENOENT


@pytest.mark.skipif(sys.platform == "win32", reason="links and names of POSIX")
@pytest.mark.parametrize("name", ["round.bin", "a\0b.bin"])
def test_name_that_leads_to_no_file_is_an_error_not_an_exception(tmp_path: Path, name: str) -> None:
    (tmp_path / "round.bin").symlink_to(tmp_path / "again.bin")
    (tmp_path / "again.bin").symlink_to(tmp_path / "round.bin")
    file = written(tmp_path / name, b"x")
    assert not file.done
    assert file.error is not None
    assert file.error.strerror


def test_name_as_long_as_the_disk_takes_is_no_trouble(tmp_path: Path) -> None:
    path = tmp_path / ("记" * 83 + ".bin")
    assert written(path, b"x").done
    assert path.read_bytes() == b"x"
    assert len(os.listdir(tmp_path)) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="devices of POSIX")
def test_what_is_no_file_is_not_replaced_by_one() -> None:
    file = written(Path(os.devnull), b"x")
    assert not file.done
    assert file.error is not None
    assert not Path(os.devnull).is_file()


def test_disk_that_is_behind_is_said_and_everything_arrives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    turns, open_file = threading.Event(), os.open

    def open_once_it_turns(*where: Any) -> int:
        assert turns.wait(DEADLINE_S)
        return open_file(*where)

    monkeypatch.setattr("serialbridge_gui.traffic.whole_file.os.open", open_once_it_turns)
    file = WholeFile(tmp_path / "a.bin")
    block = bytes(1 << 20)
    for _ in range(MAX_WAITING_BYTES // len(block)):
        assert not file.full
        file.write(block)
    assert file.full
    file.write(b"and more")
    turns.set()
    file.close()
    assert file.join(DEADLINE_S)
    assert not file.full
    assert (tmp_path / "a.bin").stat().st_size == MAX_WAITING_BYTES + len(b"and more")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 KiB."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("mounting needs root on Linux")
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", place], check=False, capture_output=True, timeout=DEADLINE_S
    )
    if mounted.returncode:
        pytest.skip("this machine lets nobody mount")
    yield place
    subprocess.run(["umount", place], check=True, timeout=DEADLINE_S)


def test_full_disk_is_an_error_that_leaves_the_old_file_and_no_other(small_disk: Path) -> None:
    path = small_disk / "a.bin"
    path.write_bytes(b"old")
    file = written(path, bytes(40_000), bytes(40_000))
    assert file.error is not None
    assert file.error.errno == errno.ENOSPC
    assert path.read_bytes() == b"old"
    assert os.listdir(small_disk) == ["a.bin"]
