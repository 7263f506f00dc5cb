"""Real serial devices for tests, made of ptys: what a bridge opens is a tty of the kernel, not a fake.

    with PtyDevice() as device:            # device.path is what the bridge opens
        device.wait_opened()
        device.write(b"hello")             # as the device; the bridge reads it
        assert device.read(5) == b"world"  # what the bridge wrote to the device

    with EchoDevice(link=tmp_path / "ttyUSB0") as device:  # device.path is the link
        device.unplug()
        device.plug()                      # a new pty behind the same link

Every wait has a deadline and raises an AssertionError that says what was waited for and what came.
"""

from __future__ import annotations

import contextlib
import errno
import os
import select
import sys
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

if sys.platform == "win32":
    pytest.skip("Windows has no ptys", allow_module_level=True)

import tty

DEADLINE_S = 30.0
"""How long a test waits for what should come at once (chosen: far above what a busy machine needs)."""

POLL_S = 0.005
"""The pause where the kernel offers nothing to wait on: a pty that no program has open always polls ready."""

READ_SIZE = 64 << 10

PUMP_NAME = "device-pump"

_unplugged: list[int] = []
"""The far ends of ttys that are gone. While one is held open, the system gives its name to no other tty: a bridge that
waits for it would take the device of a test that runs at the same time."""


def forget_unplugged() -> None:
    """Nobody waits for them any more."""
    while _unplugged:
        os.close(_unplugged.pop())


class PtyDevice:
    """A serial device: the test holds the device's side, the program under test opens `path`.

    The tty starts raw and without echo, and stays so. Nothing but the program under test has it open, so
    that exclusive opens work; what is written while no one has it open waits there for the next opener.
    """

    def __init__(self, link: Path | str | None = None, deadline_s: float = DEADLINE_S) -> None:
        self.link = Path(link) if link is not None else None
        self.deadline_s = deadline_s
        self.tty_name = ""
        """The name of the pty itself; another one after each `plug()`."""
        self._master_fd = -1
        self._threads: list[threading.Thread] = []
        self._stopping = threading.Event()
        self._thread_errors: list[BaseException] = []

    def __enter__(self) -> Self:
        self.plug()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.unplug()
        if self._thread_errors and error is None:
            raise self._thread_errors[0]

    @property
    def path(self) -> str:
        """What to open: the link where there is one, else the pty."""
        return str(self.link) if self.link is not None else self.tty_name

    @property
    def is_plugged(self) -> bool:
        return self._master_fd >= 0

    def fileno(self) -> int:
        """The device's side, for a process that plays the device; leave `read` and `write` alone meanwhile."""
        assert self.is_plugged, "the device is unplugged"
        return self._master_fd

    # --- Cable -------------------------------------------------------------------------------------------

    def plug(self) -> None:
        """Appear: a new pty, behind the link if there is one."""
        assert not self.is_plugged, "the device is plugged in already"
        forget_unplugged()
        master_fd, tty_fd = os.openpty()
        tty.setraw(tty_fd)
        os.set_blocking(master_fd, False)
        self.tty_name = os.ttyname(tty_fd)
        os.close(tty_fd)
        self._master_fd = master_fd
        if self.link is not None:
            fresh = self.link.with_name(self.link.name + ".new")
            fresh.symlink_to(self.tty_name)
            fresh.replace(self.link)  # at once, as udev does it

    def unplug(self) -> None:
        """Vanish: the link goes, then the tty hangs up; unread bytes are lost. May be called twice."""
        self._join_threads()
        if not self.is_plugged:
            return
        if self.link is not None:
            self.link.unlink(missing_ok=True)
        master_fd, self._master_fd = self._master_fd, -1
        with contextlib.suppress(OSError):  # who is not root may not open one that the program has for itself
            _unplugged.append(os.open(self.tty_name, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK))
        os.close(master_fd)

    # --- Bytes -------------------------------------------------------------------------------------------

    def write(self, data: bytes, deadline_s: float | None = None) -> None:
        """Send all of `data` to the program, waiting while the tty is full."""
        expires = self._expires(deadline_s)
        sent = 0
        while sent < len(data):
            try:
                sent += os.write(self._master_fd, data[sent : sent + READ_SIZE])
            except BlockingIOError:
                if not self._wait(select.POLLOUT, expires):
                    raise AssertionError(
                        f"{self.path} took {sent} of {len(data)} bytes: nobody reads the rest"
                    ) from None

    def write_available(self, data: bytes) -> int:
        """Send as much of `data` as the tty takes now; how much that was. Doesn't wait."""
        try:
            return os.write(self._master_fd, data)
        except BlockingIOError:
            return 0

    def read(self, count: int, deadline_s: float | None = None) -> bytes:
        """Exactly `count` bytes that the program wrote to the device."""
        expires = self._expires(deadline_s)
        received = bytearray()
        while len(received) < count:
            received += self._read_some(count - len(received))
            if len(received) < count and not self._wait(select.POLLIN, expires):
                raise AssertionError(
                    f"{self.path} got {len(received)} of {count} bytes; the last: {bytes(received[-64:])!r}"
                )
        return bytes(received)

    def read_until(self, ending: bytes, deadline_s: float | None = None) -> bytes:
        """What the program wrote, up to and with `ending`."""
        expires = self._expires(deadline_s)
        received = bytearray()
        while not received.endswith(ending):
            byte = self._read_some(1)
            received += byte
            if not byte and not self._wait(select.POLLIN, expires):
                raise AssertionError(f"{self.path} got no {ending!r}; the last: {bytes(received[-64:])!r}")
        return bytes(received)

    def read_available(self) -> bytes:
        """What the program has written and nobody has read yet. Doesn't wait."""
        received = bytearray()
        while data := self._read_some(READ_SIZE):
            received += data
        return bytes(received)

    # --- The program's side ------------------------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        """Whether a program has the device open."""
        return not self._poll(0, 0.0) & select.POLLHUP

    def wait_opened(self, deadline_s: float | None = None) -> None:
        self._wait_until(lambda: self.is_open, "was not opened", deadline_s)

    def wait_closed(self, deadline_s: float | None = None) -> None:
        self._wait_until(lambda: not self.is_open, "was not closed", deadline_s)

    # --- In the background -------------------------------------------------------------------------------

    def echo(self) -> None:
        """From now until `unplug()`, send back what comes. Nobody else may read or write meanwhile."""
        self._start(lambda: self._answer(bytes), "device-echo")

    def answer(self, respond: Callable[[bytes], bytes]) -> None:
        """From now until `unplug()`, send what `respond` says to each piece of what comes, which may be cut anywhere.

        `respond` is called in a thread of its own. Nobody else may read or write meanwhile.
        """
        self._start(lambda: self._answer(respond), "device-answer")

    def pump(self, chunks: Iterable[bytes]) -> None:
        """Send `chunks` in the background until they end or `unplug()`. The test reads meanwhile."""
        self._start(lambda: self._pump(chunks), PUMP_NAME)

    def wait_pumped(self, deadline_s: float | None = None) -> None:
        """Until all chunks of the `pump`s are sent; raises what stopped one."""
        expires = self._expires(deadline_s)
        for thread in [each for each in self._threads if each.name == PUMP_NAME]:
            thread.join(max(0.0, expires - time.monotonic()))
            assert not thread.is_alive(), f"{self.path}: the pump has not ended; nobody reads the rest"
            self._threads.remove(thread)
        if self._thread_errors:
            raise self._thread_errors.pop(0)

    def _answer(self, respond: Callable[[bytes], bytes]) -> None:
        while not self._stopping.is_set():
            data = self._read_some(READ_SIZE)
            if data:
                self._send_until_stopped(respond(data))
            else:
                self._wait(select.POLLIN, time.monotonic() + 0.05)  # then look at `_stopping` again

    def _pump(self, chunks: Iterable[bytes]) -> None:
        for chunk in chunks:
            self._send_until_stopped(chunk)
            if self._stopping.is_set():
                return

    def _send_until_stopped(self, data: bytes) -> None:
        """Without a deadline: a bridge that holds back is the subject of some tests. `unplug()` ends it."""
        sent = 0
        while sent < len(data) and not self._stopping.is_set():
            try:
                sent += os.write(self._master_fd, data[sent : sent + READ_SIZE])
            except BlockingIOError:
                self._wait(select.POLLOUT, time.monotonic() + 0.05)

    def _start(self, work: Callable[[], None], name: str) -> None:
        def guarded() -> None:
            try:
                work()
            except BaseException as error:  # noqa: BLE001 - the test's thread raises it again, at exit
                self._thread_errors.append(error)

        assert self.is_plugged, "plug the device in first"
        thread = threading.Thread(target=guarded, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _join_threads(self) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join(self.deadline_s)
            assert not thread.is_alive(), f"{thread.name} did not end within {self.deadline_s:g} s"
        self._threads.clear()
        self._stopping.clear()

    # --- Below -------------------------------------------------------------------------------------------

    def _read_some(self, size: int) -> bytes:
        """What is there now; b'' also while no program has the tty open, which the kernel reports as EIO."""
        assert self.is_plugged, "the device is unplugged"
        try:
            return os.read(self._master_fd, min(size, READ_SIZE))
        except BlockingIOError:
            return b""
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            return b""

    def _poll(self, events: int, timeout_s: float) -> int:
        assert self.is_plugged, "the device is unplugged"
        poll = select.poll()
        poll.register(self._master_fd, events)
        ready = poll.poll(max(0.0, timeout_s) * 1000)
        return ready[0][1] if ready else 0

    def _wait(self, event: int, expires: float) -> bool:
        """Whether `event` came, or may have, before the time `expires`. False once that is over."""
        left_s = expires - time.monotonic()
        if left_s <= 0:
            return False
        if not self._poll(event, left_s) & event:
            time.sleep(POLL_S)  # hung up, so poll() returns at once: wait for an opener
        return True

    def _wait_until(self, condition: Callable[[], bool], failure: str, deadline_s: float | None) -> None:
        expires = self._expires(deadline_s)
        while not condition():
            if time.monotonic() > expires:
                raise AssertionError(f"{self.path} {failure} in time")
            time.sleep(POLL_S)

    def _expires(self, deadline_s: float | None) -> float:
        return time.monotonic() + (self.deadline_s if deadline_s is None else deadline_s)


class EchoDevice(PtyDevice):
    """A device that sends back what it gets, whenever it is plugged in."""

    def plug(self) -> None:
        super().plug()
        self.echo()
