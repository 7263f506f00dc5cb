"""Which clients a log knows of."""

from __future__ import annotations

from serialbridge_gui.traffic.chunk import LOCAL, Direction
from serialbridge_gui.traffic.clients_seen import ClientsSeen
from serialbridge_gui.traffic.log import TrafficLog

S, N, EVENT, GAP = Direction


def test_clients_come_with_their_chunks_and_leave_with_the_last() -> None:
    log = TrafficLog(max_bytes=160)
    seen = ClientsSeen(log)
    assert seen.update()
    assert seen.numbers() == []
    log.append(1, S, 0, b"to all")
    log.append(2, N, 3, b"a")
    log.append(3, S, LOCAL | 2, b"by hand")
    log.append(4, N, LOCAL, b"by hand")
    assert seen.update()
    assert seen.numbers() == [2, 3]
    for number in range(40):
        log.append(number, N, 4, b"12345")
    assert seen.update()
    assert seen.numbers() == [4]


def test_full_log_is_taken_in_bit_by_bit() -> None:
    log = TrafficLog()
    for number in range(100_000):
        log.append(number, N, 1 + number // 50_000, b"a")
    seen = ClientsSeen(log)
    looks = 1
    while not seen.update():
        looks += 1
    assert looks > 2
    assert seen.numbers() == [1, 2]
