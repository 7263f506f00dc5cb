"""Whose bytes are whose in the device's queue, whatever order things happen in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serialbridge_gui.engine.counters import Counters
from serialbridge_gui.engine.device_queue import DeviceQueue

STEP = st.one_of(
    st.tuples(st.just("client"), st.integers(1, 9000)),
    st.tuples(st.just("hand"), st.integers(1, 9000)),
    st.tuples(st.just("write"), st.integers(0, 20_000)),
    st.tuples(st.just("fail"), st.integers(0, 20_000)),
    st.tuples(st.just("clear"), st.just(0)),
)


def device(room: int, taken: bytearray, fails: bool = False) -> object:
    """A non-blocking `write` that takes `room` bytes and then no more, or fails at the block that is too much."""

    def write(block: memoryview) -> int:
        nonlocal room
        if fails and room < len(block):
            raise OSError("gone")
        if not room:
            raise BlockingIOError
        count = min(room, len(block))
        taken.extend(block[:count])
        room -= count
        return count

    return write


@given(st.lists(STEP, max_size=40))
def test_bytes_leave_in_order_and_are_counted_for_who_sent_them(steps: list[tuple[str, int]]) -> None:
    counters = Counters()
    queue = DeviceQueue(counters)
    waiting, by_clients = bytearray(), 0
    for kind, size in steps:
        if kind == "client":
            queue.put(b"c" * size)
            waiting += b"c" * size
        elif kind == "hand":
            queue.put_by_hand(b"h" * size)
            waiting += b"h" * size
        elif kind == "clear":
            lost = counters.by_hand_lost
            assert queue.clear() == len(waiting)
            assert counters.by_hand_lost - lost == waiting.count(b"h")
            waiting.clear()
        else:
            taken, before = bytearray(), counters.by_hand_to_serial
            write = device(size, taken, fails=kind == "fail")
            try:
                count = queue.write_to(write)  # type: ignore[arg-type]
            except OSError:
                count = taken.count(b"c")  # it is not told, as nobody asks once the device is gone
            by_clients += count
            assert count == taken.count(b"c")
            assert counters.by_hand_to_serial - before == taken.count(b"h")
            assert waiting.startswith(taken)
            del waiting[: len(taken)]
        assert queue.size == len(waiting)
        assert queue.by_hand == waiting.count(b"h")


def test_failure_of_the_device_counts_what_it_took_before() -> None:
    counters = Counters()
    queue = DeviceQueue(counters)
    queue.put_by_hand(b"h" * 4095)
    queue.put_by_hand(b"h" * 905)
    with pytest.raises(OSError, match="gone"):
        queue.write_to(device(4095, bytearray(), fails=True))  # type: ignore[arg-type]
    assert (counters.by_hand_to_serial, queue.by_hand) == (4095, 905)
