"""The traffic log's two budgets."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serialbridge_gui.traffic.chunk import Direction
from serialbridge_gui.traffic.log import SLAB_BYTES, TrafficLog


def chunks_of(log: TrafficLog) -> list[tuple[int, int, int, bytes]]:
    """Everything that is in the log, as it was appended."""
    return [
        (slab.time_ns[i], slab.direction[i], slab.client[i], bytes(slab.data[slab.start[i] : slab.end_of(i)]))
        for number in range(log.first_slab, log.end_slab)
        for slab in (log.slab(number),)
        for i in range(len(slab))
    ]


def test_chunks_come_back_as_they_were_appended() -> None:
    log = TrafficLog()
    log.append(5, Direction.SERIAL_TO_TCP, 0, b"abc")
    log.append(6, Direction.TCP_TO_SERIAL, 7, b"\x00\xff")
    assert chunks_of(log) == [(5, 0, 0, b"abc"), (6, 1, 7, b"\x00\xff")]


def test_empty_chunk_leaves_no_record() -> None:
    log = TrafficLog()
    log.append(1, Direction.SERIAL_TO_TCP, 0, b"")
    assert (log.record_count, log.byte_count, log.end_slab) == (0, 0, 0)


@given(
    st.lists(st.binary(max_size=60), max_size=200),
    st.integers(min_value=1, max_value=200),
    st.integers(min_value=1, max_value=60),
)
def test_log_is_the_newest_chunks_within_both_budgets(
    data: list[bytes], max_bytes: int, max_records: int
) -> None:
    log = TrafficLog(max_bytes, max_records)
    for number, chunk in enumerate(data):
        log.append(number, Direction.SERIAL_TO_TCP, 0, chunk)
        assert log.byte_count <= max_bytes
        assert log.record_count <= max_records
    kept = chunks_of(log)
    appended = [(n, 0, 0, chunk[-max_bytes:]) for n, chunk in enumerate(data) if chunk]
    assert kept == appended[len(appended) - len(kept) :]
    assert log.record_count == len(kept)
    assert log.byte_count == sum(len(entry[3]) for entry in kept)
    assert log.left_records == len(appended) - len(kept)
    assert log.left_bytes == sum(map(len, data)) - log.byte_count
    assert kept or not appended


def test_full_log_loses_a_sixteenth_at_most_at_once() -> None:
    log = TrafficLog(max_bytes=1600, max_records=1_000)
    for number in range(400):
        before = log.left_bytes
        log.append(number, Direction.SERIAL_TO_TCP, 0, b"x" * 10)
        assert log.left_bytes - before <= 100
    assert log.byte_count >= 1500


def test_chunk_larger_than_a_slab_is_kept_whole() -> None:
    log = TrafficLog()
    log.append(1, Direction.SERIAL_TO_TCP, 0, b"before")
    large = bytes(range(256)) * (2 * SLAB_BYTES // 256)
    log.append(2, Direction.SERIAL_TO_TCP, 0, large)
    log.append(3, Direction.SERIAL_TO_TCP, 0, b"after")
    assert [entry[3] for entry in chunks_of(log)] == [b"before", large, b"after"]


def test_slab_that_left_is_refused_by_number() -> None:
    log = TrafficLog(max_bytes=16)
    for number in range(40):
        log.append(number, Direction.SERIAL_TO_TCP, 0, b"x")
    with pytest.raises(IndexError):
        log.slab(log.first_slab - 1)
    with pytest.raises(IndexError):
        log.slab(log.end_slab)


def test_budgets_below_one_are_refused() -> None:
    with pytest.raises(ValueError, match="at least"):
        TrafficLog(max_bytes=0)
    with pytest.raises(ValueError, match="at least"):
        TrafficLog(max_records=0)


FILL = """
import os
from serialbridge_gui.traffic.log import TrafficLog
from tests.figures import peak_bytes, resident_bytes
log = TrafficLog()
before = resident_bytes(os.getpid())
for number in range(1_100_000):
    log.append(number, 0, 0, b"x")
print(log.record_count, peak_bytes(os.getpid()) - before)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks Linux for the memory")
def test_million_records_of_one_byte_take_little_more_than_twenty_megabytes() -> None:
    done = subprocess.run([sys.executable, "-c", FILL], capture_output=True, text=True, check=True, timeout=300)
    records, grown = map(int, done.stdout.split())
    assert 980_000 <= records <= 1_000_000
    assert grown < 24_000_000


@given(st.lists(st.binary(min_size=1, max_size=60), max_size=100), st.integers(1, 500), st.integers(1, 50))
def test_smaller_budget_lets_the_oldest_leave_at_once(data: list[bytes], max_bytes: int, max_records: int) -> None:
    log = TrafficLog()
    for number, chunk in enumerate(data):
        log.append(number, Direction.SERIAL_TO_TCP, 0, chunk)
    log.set_budget(max_bytes, max_records)
    kept = chunks_of(log)
    assert kept == [(n, 0, 0, chunk) for n, chunk in enumerate(data)][len(data) - len(kept) :]
    assert log.byte_count <= max_bytes
    assert log.record_count <= max_records
    log.append(1000, Direction.TCP_TO_SERIAL, 1, b"x")
    assert chunks_of(log)[-1] == (1000, 1, 1, b"x")


def test_budget_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one byte"):
        TrafficLog().set_budget(0, 5)


def test_entries_from_gives_what_there_was_when_it_was_asked_also_what_left_since() -> None:
    log = TrafficLog(max_bytes=1000, max_records=32)
    for number in range(30):
        log.append(number, number % 2, number % 3, b"%d" % number)
    count, entries = log.entries_from(7)
    for number in range(100):
        log.append(1000 + number, 0, 0, b"later")
    assert list(entries) == [(number, number % 2, number % 3, b"%d" % number) for number in range(7, 30)]
    assert count == 23


def test_entries_from_begins_with_the_oldest_where_the_first_has_left() -> None:
    log = TrafficLog(max_bytes=1000, max_records=32)
    for number in range(100):
        log.append(number, 0, 0, b"x")
    assert log.left_records > 10
    count, entries = log.entries_from(10)
    times = [entry[0] for entry in entries]
    assert times == list(range(log.left_records, 100))
    assert count == len(times)
    assert log.entries_from(100)[0] == 0
