from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serialbridge_gui.engine.byte_queue import ByteQueue


@given(st.lists(st.binary(min_size=1, max_size=50)), st.lists(st.integers(0, 60)))
def test_what_comes_out_is_what_went_in_whatever_is_taken_at_a_time(blocks: list[bytes], takes: list[int]) -> None:
    queue, out = ByteQueue(), bytearray()
    for block in blocks:
        queue.put(block)
    for take in takes:
        budget = take

        def write(data: memoryview) -> int:
            nonlocal budget
            if not budget:
                raise BlockingIOError
            count = min(budget, len(data))
            budget -= count
            out.extend(data[:count])
            return count

        before = queue.size
        assert queue.write_to(write) == before - queue.size
    assert bytes(out) == b"".join(blocks)[: len(out)]
    assert queue.size == sum(map(len, blocks)) - len(out)


def test_bytes_taken_before_a_failure_are_not_offered_again() -> None:
    queue = ByteQueue()
    queue.put(b"first")
    queue.put(b"second")
    taken: list[bytes] = []

    def write(data: memoryview) -> int:
        if taken:
            raise ConnectionResetError
        taken.append(bytes(data))
        return len(data)

    with pytest.raises(ConnectionResetError):
        queue.write_to(write)
    assert queue.size == len(b"second")
    assert queue.clear() == len(b"second")
    assert queue.size == 0


def test_the_newest_block_can_be_dropped() -> None:
    queue = ByteQueue()
    queue.put(b"old")
    queue.put(b"newest")
    assert queue.drop_last() == 6
    out: list[bytes] = []
    queue.write_to(lambda data: out.append(bytes(data)) or len(data))  # type: ignore[func-returns-value]
    assert out == [b"old"]
