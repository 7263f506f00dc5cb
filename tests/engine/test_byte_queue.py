from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serialbridge_gui.engine.byte_queue import JOIN_BELOW_BYTES, MAX_JOINED_BYTES, ByteQueue

PUTS = st.binary(min_size=1, max_size=50) | st.sampled_from([b"e" * (JOIN_BELOW_BYTES - 1), b"l" * JOIN_BELOW_BYTES])
TAKES = st.integers(0, 60) | st.just(2 * JOIN_BELOW_BYTES)


@given(st.lists(PUTS | TAKES))
def test_what_comes_out_is_what_went_in_whatever_is_taken_at_a_time(steps: list[bytes | int]) -> None:
    queue, put, out = ByteQueue(), bytearray(), bytearray()
    for step in steps:
        if isinstance(step, bytes):
            put += step
            queue.put(step)
            continue
        budget = step

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
        assert queue.size == len(put) - len(out)
    assert bytes(out + everything_in(queue)) == put


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


@pytest.mark.parametrize("newest", [b"newest", b"n" * JOIN_BELOW_BYTES])
def test_the_newest_block_can_be_dropped_joined_with_others_or_not(newest: bytes) -> None:
    queue = ByteQueue()
    queue.put(b"old")
    queue.put(b"er")
    queue.put(newest)
    assert queue.drop_last() == len(newest)
    queue.put(b" than this")
    assert everything_in(queue) == b"older than this"
    assert queue.size == 0


def test_the_newest_block_can_be_dropped_though_it_closed_the_joined_ones() -> None:
    queue = ByteQueue()
    queue.put(b"first")
    block = b"x" * (JOIN_BELOW_BYTES - 1)
    count = MAX_JOINED_BYTES // len(block)
    for _ in range(count):
        queue.put(block)
    queue.put(b"y" * len(block))
    assert queue.drop_last() == len(block)
    assert everything_in(queue) == b"first" + count * block


@pytest.mark.parametrize("size", [1, 8, 100, 1000])
def test_many_small_blocks_cost_little_more_than_their_bytes(size: int) -> None:
    queue = ByteQueue()
    blocks = [bytes([number % 256]) * size for number in range(256)]
    count = (1 << 18) // size
    tracemalloc.start()
    try:
        for number in range(count):
            queue.put(blocks[number % 256])
        cost = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert queue.size == count * size
    assert cost < 1.25 * queue.size


def everything_in(queue: ByteQueue) -> bytes:
    out = bytearray()

    def write(data: memoryview) -> int:
        out.extend(data)
        return len(data)

    queue.write_to(write)
    return bytes(out)
