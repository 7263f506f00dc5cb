"""A flow of bytes that is made and judged while it passes, so that a gigabyte is never held.

`Flow(seed, size)` is `size` bytes in chunks of random sizes; whoever knows both knows its digest. `FlowProcess`
plays one end of a bridge, device or client, in a process of its own: this interpreter's lock is then no limit.

    with FlowProcess(device.fileno(), sends=Flow(1, GIGABYTE), receives=GIGABYTE) as device_end:
        with FlowProcess(client.fileno(), sends=Flow(2, GIGABYTE), receives=GIGABYTE) as client_end:
            assert client_end.wait(60) == Flow(1, GIGABYTE).digest()
            assert device_end.wait(60) == Flow(2, GIGABYTE).digest()
"""

from __future__ import annotations

import errno
import hashlib
import os
import random
import select
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

READ_SIZE = 64 << 10
CHUNK_SIZES = (1, 7, 100, 4095, 4096, 20_000, 65_536, 150_000)
ROOT = Path(__file__).resolve().parent.parent
KILL_WAIT_S = 30.0


@dataclass(frozen=True)
class Flow:
    """`size` bytes that `seed` determines."""

    seed: int
    size: int

    def __iter__(self) -> Iterator[bytes]:
        """Its chunks: all 256 values first, then random ones."""
        source = random.Random(self.seed)
        left = self.size
        chunk = bytes(range(256))
        while left > 0:
            yield chunk[:left]
            left -= len(chunk)
            chunk = source.randbytes(source.choice(CHUNK_SIZES))

    def digest(self) -> str:
        """SHA-256 of the whole."""
        return digest_of(self)


def digest_of(chunks: Iterator[bytes] | Flow) -> str:
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()


class FlowProcess:
    """Sends a flow into a descriptor and takes `receives` bytes out of it, both at once, without this process."""

    def __init__(self, fd: int, *, sends: Flow, receives: int) -> None:
        """`fd`: a pty's master or a connected socket; it stays the caller's, who must leave it alone meanwhile."""
        command = [sys.executable, "-m", "tests.flow", str(fd), str(sends.seed), str(sends.size), str(receives)]
        self._fd = fd
        self._command = command
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            self._command, cwd=ROOT, pass_fds=[self._fd], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process is not None
        if self._process.poll() is None:
            self._process.kill()
        self._process.communicate(timeout=KILL_WAIT_S)

    @property
    def is_running(self) -> bool:
        """Whether it still has bytes to send or to receive."""
        return self._process is not None and self._process.poll() is None

    def wait(self, deadline_s: float) -> str:
        """The digest of what it received, once it has sent and received everything."""
        assert self._process is not None
        try:
            digest, _ = self._process.communicate(timeout=deadline_s)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"not all bytes have passed within {deadline_s:g} s") from None
        assert self._process.returncode == 0, "the process broke off; its message is above"
        return digest.strip()


def exchange(fd: int, sends: Flow, receives: int) -> str:
    """Send and receive at once on a non-blocking descriptor; the digest of what was received."""
    digest = hashlib.sha256()
    chunks = iter(sends)
    chunk = memoryview(next(chunks, b""))
    poll = select.poll()
    poll.register(fd)
    while chunk or receives > 0:
        events = (select.POLLOUT if chunk else 0) | (select.POLLIN if receives > 0 else 0)
        poll.modify(fd, events)
        ready = poll.poll()[0][1]
        if ready & select.POLLIN:
            data = os.read(fd, min(READ_SIZE, receives))
            if not data:
                raise OSError(errno.EPIPE, f"ended with {receives} bytes to come")
            digest.update(data)
            receives -= len(data)
        elif ready & (select.POLLHUP | select.POLLERR):
            raise OSError(errno.EPIPE, f"hung up with {receives} bytes to come")
        if ready & select.POLLOUT:
            chunk = chunk[_write(fd, chunk) :] or memoryview(next(chunks, b""))
    return digest.hexdigest()


def _write(fd: int, data: memoryview) -> int:
    try:
        return os.write(fd, data)
    except BlockingIOError:  # poll() spoke of some room; a pty may then still have none
        return 0


def main() -> None:
    fd, seed, size, receives = map(int, sys.argv[1:])
    os.set_blocking(fd, False)
    print(exchange(fd, Flow(seed, size), receives))  # noqa: T201


if __name__ == "__main__":
    main()
