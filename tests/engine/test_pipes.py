"""What a live capture is written into."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from serialbridge_gui.engine.pipes import PosixPipe

if sys.platform == "win32":
    pytest.skip("pipes that never block", allow_module_level=True)

import fcntl
import resource

HIGH = 1100
"""Above what select() takes: FD_SETSIZE is 1024."""


@pytest.fixture
def many_descriptors() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * HIGH if hard == resource.RLIM_INFINITY else min(2 * HIGH, hard)
    if wanted <= HIGH:
        pytest.skip("the system allows no descriptor as high")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_descriptor_above_1023_is_written_to_however_slow_its_reader_is(many_descriptors: None) -> None:
    read_end, low = os.pipe()
    write_end = fcntl.fcntl(low, fcntl.F_DUPFD_CLOEXEC, HIGH)
    os.close(low)
    pipe = PosixPipe(write_end)
    full = threading.Event()
    received = bytearray()

    def read() -> None:
        with open(read_end, "rb", buffering=0) as end:
            full.wait(10)
            while part := end.read(65536):
                received.extend(part)

    def stopping() -> bool:
        full.set()  # asked when there is no room
        return False

    reader = threading.Thread(target=read)
    reader.start()
    data = os.urandom(1 << 20)
    try:
        assert pipe.write(data, stopping)
    finally:
        pipe.close()
        full.set()
        reader.join()
    assert received == data


def test_reader_that_goes_while_there_is_no_room_is_noticed() -> None:
    read_end, write_end = os.pipe()
    pipe = PosixPipe(write_end)

    def stopping() -> bool:
        with suppress(OSError):
            os.close(read_end)
        return False

    with pytest.raises(BrokenPipeError):
        pipe.write(bytes(1 << 20), stopping)
    with pytest.raises(BrokenPipeError):
        pipe.check()
    pipe.close()
