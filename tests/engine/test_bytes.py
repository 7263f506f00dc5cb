"""Every byte arrives, unchanged and in order, whatever happens around it."""

from __future__ import annotations

import hashlib
import random
import select
import socket
import threading
import time

import pytest

from serialbridge_gui.engine import departures
from serialbridge_gui.engine import events as ev
from serialbridge_gui.profile import Access, ClientRules
from serialbridge_gui.traffic.chunk import Direction, Tap
from tests.devices import EchoDevice, PtyDevice
from tests.engine.running import DEADLINE_S, Clock, RunningBridge, receive, receive_all, until
from tests.settings import from_plain

MEBIBYTE = 1 << 20

SILENCE_S = 60.0
PATIENT = ClientRules(half_closed_silence_s=SILENCE_S)
"""A silence that no busy machine makes."""


def random_chunks(seed: int, size: int) -> list[bytes]:
    """`size` bytes with all 256 values, in chunks of 1 to 20,000."""
    source = random.Random(seed)
    data = bytes(range(256)) + source.randbytes(size - 256)
    chunks = []
    at = 0
    while at < size:
        length = min(size - at, source.choice((1, 7, 100, 4095, 20_000)))
        chunks.append(data[at : at + length])
        at += length
    return chunks


def exchange_both_ways(device: PtyDevice, client: socket.socket, size: int, seed: int) -> None:
    """`size` bytes each way at once; compares their digests."""
    down, up = random_chunks(seed, size), random_chunks(seed + 1, size)
    digests: dict[str, str] = {}

    def from_net() -> None:
        digests["net"] = hashlib.sha256(receive(client, size)).hexdigest()

    def to_net() -> None:
        for chunk in up:
            client.sendall(chunk)

    threads = [threading.Thread(target=from_net), threading.Thread(target=to_net)]
    for thread in threads:
        thread.start()
    device.pump(down)
    digests["serial"] = hashlib.sha256(device.read(size, DEADLINE_S)).hexdigest()
    device.wait_pumped(DEADLINE_S)
    for thread in threads:
        thread.join(DEADLINE_S)
        assert not thread.is_alive()
    assert digests == {
        "net": hashlib.sha256(b"".join(down)).hexdigest(),
        "serial": hashlib.sha256(b"".join(up)).hexdigest(),
    }


def test_four_megabytes_each_way_at_once_arrive_exactly() -> None:
    with PtyDevice() as device, RunningBridge(device.path, tap=Tap()) as bridge:
        exchange_both_ways(device, bridge.client(), 4 * MEBIBYTE, seed=1)
        assert bridge.thread.counters.serial_to_tcp == 4 * MEBIBYTE
        until(lambda: bridge.thread.counters.tcp_to_serial == 4 * MEBIBYTE, "what the device has read is counted")
        assert bridge.thread.counters.lost == 0


@pytest.mark.soak
def test_four_megabytes_each_way_ten_times_in_a_row() -> None:
    with PtyDevice() as device, RunningBridge(device.path, tap=Tap()) as bridge:
        client = bridge.client()
        for seed in range(10):
            exchange_both_ways(device, client, 4 * MEBIBYTE, seed=10 * seed)


def test_bytes_pass_through_the_two_threads_exactly() -> None:
    data = b"".join(random_chunks(3, MEBIBYTE))
    with RunningBridge("sim://echo") as bridge:
        client = bridge.client()
        sender = threading.Thread(target=client.sendall, args=(data,))
        sender.start()
        assert receive(client, len(data)) == data
        sender.join(DEADLINE_S)


def test_the_tap_sees_both_ways_in_order_and_by_client() -> None:
    tap = Tap()
    with PtyDevice() as device, RunningBridge(device.path, tap=tap) as bridge:
        client = bridge.client()
        client.sendall(b"question")
        assert device.read(8) == b"question"
        device.write(b"answer")
        assert receive(client, 6) == b"answer"
        entries = tap.drain()
    assert [(direction, number, data) for _, direction, number, data in entries] == [
        (Direction.TCP_TO_SERIAL, 1, b"question"),
        (Direction.SERIAL_TO_TCP, 0, b"answer"),
    ]
    assert entries[0][0] <= entries[1][0]


def test_a_tap_that_nobody_drains_skips_and_forwarding_goes_on() -> None:
    tap = Tap(max_bytes=100_000)
    with PtyDevice() as device, RunningBridge(device.path, tap=tap) as bridge:
        client = bridge.client()
        data = b"".join(random_chunks(4, MEBIBYTE))
        device.pump([data])
        assert receive(client, len(data)) == data
        device.wait_pumped()
        kept = sum(len(entry[3]) for entry in tap.drain())
    assert tap.skipped_bytes + kept == len(data)
    assert kept <= 100_000
    assert bridge.thread.counters.lost == 0


def test_client_that_shuts_its_sending_side_gets_every_byte_of_the_answer(clock: Clock) -> None:
    data = b"".join(random_chunks(5, 300_000))
    with EchoDevice() as device, RunningBridge(device.path, clients=PATIENT) as bridge:
        client = bridge.client()

        def send() -> None:
            client.sendall(data)
            client.shutdown(socket.SHUT_WR)

        sender = threading.Thread(target=send)
        sender.start()
        assert receive(client, len(data)) == data
        sender.join(DEADLINE_S)
        until(lambda: bridge.thread.clients[0].finished_sending, "the shutdown is seen")
        assert not bridge.seen(ev.ClientDisconnected)
        clock.let_pass(bridge, 2 * SILENCE_S)
        assert receive_all(client) == b""
        assert bridge.wait_for(ev.ClientDisconnected).reason is ev.LeaveReason.CLOSED


def test_half_closed_client_is_not_let_go_while_its_bytes_still_wait_for_a_slow_device(clock: Clock) -> None:
    question = b"".join(random_chunks(10, 40_000))
    with PtyDevice() as device, RunningBridge(device.path, clients=PATIENT) as bridge:
        client = bridge.client()
        client.sendall(question)
        client.shutdown(socket.SHUT_WR)
        until(lambda: bridge.thread.clients[0].finished_sending, "the shutdown is seen")
        clock.let_pass(bridge, 2 * SILENCE_S)
        assert device.read(len(question)) == question
        device.write(b"answer")
        assert receive(client, 6) == b"answer"
        clock.let_pass(bridge, 2 * SILENCE_S)
        assert receive_all(client) == b""


def test_half_closed_client_is_not_let_go_while_it_has_not_taken_the_answer(clock: Clock) -> None:
    answer = b"".join(random_chunks(11, 16 * MEBIBYTE))
    with PtyDevice() as device, RunningBridge(device.path, clients=PATIENT) as bridge:
        client = bridge.client()
        client.shutdown(socket.SHUT_WR)
        device.pump([answer])
        until(lambda: bridge.thread.clients[0].full_since, "its queue is full")
        clock.let_pass(bridge, 2 * SILENCE_S)
        assert receive(client, len(answer)) == answer
        device.wait_pumped()
        clock.let_pass(bridge, 2 * SILENCE_S)
        assert receive_all(client) == b""


def test_client_that_stops_reading_holds_the_device_back_and_loses_nothing() -> None:
    data = b"".join(random_chunks(6, 24 * MEBIBYTE))
    with PtyDevice() as device, RunningBridge(device.path) as bridge:
        client = bridge.client()
        device.pump([data])
        until(lambda: bridge.thread.clients[0].full_since, "its queue is full")
        until(lambda: not forwarding(bridge), "the device is held back")
        queued = bridge.thread.clients[0].queue.size
        assert queued <= MEBIBYTE
        assert bridge.thread.counters.serial_to_tcp < len(data)
        assert receive(client, len(data)) == data
        device.wait_pumped()
        assert bridge.thread.counters.lost == 0


def forwarding(bridge: RunningBridge) -> bool:
    """Whether bytes still come from the device, seen over a tenth of a second."""
    before = bridge.thread.counters.serial_to_tcp
    time.sleep(0.1)
    return bridge.thread.counters.serial_to_tcp != before or before == 0


def test_device_that_stops_reading_holds_the_clients_back_and_loses_nothing() -> None:
    data = b"".join(random_chunks(7, 16 * MEBIBYTE))
    with PtyDevice() as device, RunningBridge(device.path) as bridge:
        client = bridge.client()
        client.setblocking(False)
        sent = 0
        while select.select([], [client], [], 0.3)[1]:
            sent += client.send(data[sent : sent + 65536])
        assert sent < len(data), "nobody held the client back"
        client.setblocking(True)
        client.settimeout(DEADLINE_S)
        sender = threading.Thread(target=client.sendall, args=(data[sent:],))
        sender.start()
        assert device.read(len(data), DEADLINE_S) == data
        sender.join(DEADLINE_S)


def test_stuck_client_is_dropped_while_others_get_every_byte(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(departures, "SLOW_CLIENT_S", 60.0)  # a busy machine makes the healthy one slow, too
    data = b"".join(random_chunks(8, 16 * MEBIBYTE))
    rules = ClientRules(access=Access.SHARED)
    with PtyDevice() as device, RunningBridge(device.path, clients=rules) as bridge:
        stuck, healthy = bridge.client(), bridge.client()
        first, second = bridge.thread.clients
        device.pump([data])
        got: list[bytes] = []
        reader = threading.Thread(target=lambda: got.append(receive(healthy, len(data))))
        reader.start()
        until(lambda: first.full_since and not second.queue.size, "only one holds the device back")
        clock.let_pass(bridge, 61)
        reader.join(DEADLINE_S)
        assert got == [data]
        device.wait_pumped()
        gone = bridge.wait_for(ev.ClientDisconnected)
        assert (gone.client, gone.reason) == (1, ev.LeaveReason.SLOW)
        assert bridge.thread.counters.lost > 0
        assert len(bridge.thread.clients) == 1
        stuck.close()


def test_reader_that_is_stuck_holds_nobody_back_and_its_gap_is_counted() -> None:
    data = b"".join(random_chunks(9, 16 * MEBIBYTE))
    rules = from_plain(ClientRules, access="monitor", slow_client="wait")
    with PtyDevice() as device, RunningBridge(device.path, clients=rules) as bridge:
        writer, _stuck = bridge.client(), bridge.client()
        device.pump([data])
        assert receive(writer, len(data)) == data
        device.wait_pumped()
        reader = bridge.thread.clients[1]
        until(lambda: 0 < reader.gap == bridge.thread.counters.lost, "its gap is counted")
        assert reader.queue.size <= MEBIBYTE + 65536
