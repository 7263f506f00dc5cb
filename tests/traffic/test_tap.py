"""The tap between the bytes' thread and the reader's."""

from __future__ import annotations

import threading

from hypothesis import given
from hypothesis import strategies as st

from serialbridge_gui.traffic.chunk import ENTRY_OVERHEAD_BYTES, Direction, Tap


def test_entries_come_out_in_order_and_once() -> None:
    tap = Tap()
    tap.put(Direction.SERIAL_TO_TCP, 0, b"a")
    tap.put(Direction.TCP_TO_SERIAL, 3, b"b")
    entries = tap.drain()
    assert [entry[1:] for entry in entries] == [(0, 0, b"a"), (1, 3, b"b")]
    assert entries[0][0] <= entries[1][0]
    assert tap.drain() == []


def test_drain_leaves_what_is_beyond_its_limit() -> None:
    tap = Tap()
    for number in range(5):
        tap.put(Direction.SERIAL_TO_TCP, 0, b"%d" % number)
    assert [entry[3] for entry in tap.drain(2)] == [b"0", b"1"]
    assert [entry[3] for entry in tap.drain()] == [b"2", b"3", b"4"]


@given(st.lists(st.one_of(st.binary(min_size=1, max_size=500), st.none()), max_size=100))
def test_full_tap_drops_the_oldest_and_counts_them(steps: list[bytes | None]) -> None:
    """`None` drains; bytes are put."""
    tap = Tap(max_bytes=2000)
    put: list[bytes] = []
    drained: list[bytes] = []
    for data in steps:
        if data is None:
            drained += [entry[3] for entry in tap.drain()]
        else:
            put.append(data)
            tap.put(Direction.SERIAL_TO_TCP, 0, data)
    rest = [entry[3] for entry in tap.drain()]
    assert rest == put[len(put) - len(rest) :]
    assert sum(len(data) + ENTRY_OVERHEAD_BYTES for data in rest) <= 2000
    assert sum(map(len, drained)) + sum(map(len, rest)) + tap.skipped_bytes == sum(map(len, put))


def test_two_threads_lose_nothing_uncounted() -> None:
    tap = Tap(max_bytes=20_000)
    count = 50_000
    finished = threading.Event()

    def put_all() -> None:
        for number in range(count):
            tap.put(Direction.SERIAL_TO_TCP, 0, number.to_bytes(4, "big"))
        finished.set()

    thread = threading.Thread(target=put_all, name="putter")
    thread.start()
    seen: list[int] = []
    while not finished.is_set():
        seen += [int.from_bytes(entry[3], "big") for entry in tap.drain(100)]
    thread.join()
    seen += [int.from_bytes(entry[3], "big") for entry in tap.drain()]
    assert seen == sorted(set(seen))
    assert seen[-1] == count - 1
    assert 4 * len(seen) + tap.skipped_bytes == 4 * count
