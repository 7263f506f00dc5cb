"""The link of `pty:LINK`: made, kept and removed, and nothing that is not ours is ever touched."""

from __future__ import annotations

import os
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from serialbridge_gui.engine.errors import BridgeError, Cause, Problem
from tests.devices import PtyDevice

PtyLink = pytest.importorskip("serialbridge_gui.engine.pty_link").PtyLink

NO_PTY = "/dev/pts/4000000"


@pytest.fixture
def link(tmp_path: Path) -> Path:
    return tmp_path / "com"


@pytest.fixture
def tty_name() -> Iterator[str]:
    """A pty that is there."""
    with PtyDevice() as device:
        yield device.tty_name


def lock_of(link: Path) -> Path:
    return link.with_name(f".{link.name}.lock")


def left_by_a_killed_bridge(link: Path, target: str) -> None:
    """As the kernel leaves it: link and lock file are there, nobody holds the lock."""
    left = PtyLink(str(link))
    left.point_to(target)
    os.close(left._lock)


def refusal(link: Path, target: str = NO_PTY) -> Problem:
    """Why this link cannot be made."""

    def make_and_remove() -> None:
        own = PtyLink(str(link))
        try:
            own.point_to(target)
        finally:
            own.remove()

    with pytest.raises(BridgeError) as caught:
        make_and_remove()
    return caught.value.problem


def test_link_and_lock_are_there_while_it_is_kept_and_gone_afterwards(link: Path, tty_name: str) -> None:
    own = PtyLink(str(link))
    own.point_to(tty_name)
    assert os.readlink(link) == tty_name
    assert lock_of(link).exists()
    own.point_to(NO_PTY)
    assert os.readlink(link) == NO_PTY
    own.remove()
    assert list(link.parent.iterdir()) == []


def test_second_bridge_on_the_link_is_refused_and_the_first_keeps_it(link: Path, tty_name: str) -> None:
    own = PtyLink(str(link))
    own.point_to(tty_name)
    problem = refusal(link)
    assert problem.cause is Cause.DEVICE_BUSY
    assert problem.subject == str(link)
    assert os.readlink(link) == tty_name
    own.remove()


@pytest.mark.parametrize("there", ["file", "folder", "link to a file", "link to an unplugged adapter"])
def test_what_is_not_ours_is_refused_and_left_as_it_is(link: Path, there: str) -> None:
    if there == "file":
        link.write_text("mine")
    elif there == "folder":
        link.mkdir()
    elif there == "link to a file":
        link.symlink_to("/etc/hostname")
    else:
        link.symlink_to("/dev/ttyUSB987")
    before = link.lstat()
    problem = refusal(link)
    assert problem.cause is Cause.LINK_TAKEN
    assert problem.subject == str(link)
    assert link.lstat() == before
    assert not lock_of(link).exists()


def test_link_of_another_program_to_a_pty_that_is_there_is_refused(link: Path, tty_name: str) -> None:
    link.symlink_to(tty_name)  # as `socat pty,link=…` makes it
    assert refusal(link).cause is Cause.LINK_TAKEN
    assert os.readlink(link) == tty_name


def test_link_to_a_pty_that_is_gone_is_replaced(link: Path, tty_name: str) -> None:
    link.symlink_to(NO_PTY)
    own = PtyLink(str(link))
    own.point_to(tty_name)
    assert os.readlink(link) == tty_name
    own.remove()


def test_link_of_a_killed_bridge_is_replaced_although_another_terminal_has_its_number_now(
    link: Path, tty_name: str
) -> None:
    left_by_a_killed_bridge(link, tty_name)
    own = PtyLink(str(link))
    own.point_to(NO_PTY)
    assert os.readlink(link) == NO_PTY
    own.remove()
    assert list(link.parent.iterdir()) == []


def test_what_has_been_put_in_the_place_of_the_link_is_not_removed(link: Path, tty_name: str) -> None:
    own = PtyLink(str(link))
    own.point_to(tty_name)
    link.unlink()
    link.write_text("mine")
    own.remove()
    assert link.read_text() == "mine"


def test_a_link_that_somebody_has_removed_is_no_trouble(link: Path, tty_name: str) -> None:
    own = PtyLink(str(link))
    own.point_to(tty_name)
    link.unlink()
    lock_of(link).unlink()
    own.remove()
    assert list(link.parent.iterdir()) == []


@pytest.mark.parametrize("there", ["file", "link", "fifo"])
def test_a_file_of_the_lock_files_name_that_is_not_ours_is_not_written_to(link: Path, there: str) -> None:
    lock, other = lock_of(link), link.with_name("other")
    other.write_text("mine")
    if there == "file":
        lock.write_text("mine")
    elif there == "link":
        lock.symlink_to(other)
    else:
        os.mkfifo(lock)
    before = lock.lstat()
    assert refusal(link).cause in (Cause.LINK_TAKEN, Cause.LINK_FAILED)
    assert other.read_text() == "mine"
    assert lock.lstat().st_mode == before.st_mode
    assert there != "file" or lock.read_text() == "mine"
    assert not os.path.lexists(link)


def test_folder_that_is_not_there_is_named_with_the_systems_words(tmp_path: Path) -> None:
    problem = refusal(tmp_path / "nowhere" / "com")
    assert problem.cause is Cause.LINK_FAILED
    assert problem.subject == str(tmp_path / "nowhere" / "com")
    assert problem.detail == os.strerror(2)


def test_a_pty_is_a_tty() -> None:
    """What `NO_PTY` is not: else the tests above would prove nothing."""
    with PtyDevice() as device:
        fd = os.open(device.tty_name, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(fd)
        os.close(fd)
    assert not os.path.exists(NO_PTY)
