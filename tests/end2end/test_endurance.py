"""What the engine promises, asked of the real console program for long: every byte, bounded memory, no leak.

Each test has a short form and, for `dev.py soak`, one of the full length. Memory, descriptors and CPU time are
those of the bridge's process alone.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import random
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple, cast

import pytest

if not sys.platform.startswith("linux"):
    pytest.skip("reads figures in /proc", allow_module_level=True)

from tests.devices import EchoDevice, PtyDevice
from tests.end2end.peers import Background, connect, receive
from tests.engine.running import reset, until
from tests.figures import (
    cpu_s,
    descriptors,
    memory_bounded,
    resident_bytes,
    tell,
    threads,
    wait_for_first_look,
)
from tests.flow import Flow, FlowProcess, digest_of
from tests.processes import ConsoleBridge

ANY = ("--listen", "127.0.0.1:0", "--json")
MEBIBYTE = 1 << 20
MAX_GROWTH = 8 * MEBIBYTE
"""What a bridge's memory may grow by, whatever its peers do: the bounds of its queues, and room for the heap."""
RECEIVE_BUFFER = 64 << 10
"""Of a client that is to feel back-pressure: Linux would let it grow to some 32 MiB."""


def full(value: object) -> object:
    """The parameter of the form that takes minutes."""
    return pytest.param(value, marks=pytest.mark.soak)


# --- Clients that do not read ----------------------------------------------------------------------------


class Received(NamedTuple):
    """What one of several clients got, and the longest time it got nothing, in s."""

    digest: str
    longest_gap_s: float


def read_together(clients: list[socket.socket], size: int, deadline_s: float) -> list[Received]:
    """Read `size` bytes from each of the clients, which all take what comes at once."""
    expires = time.monotonic() + deadline_s
    digests = {client: hashlib.sha256() for client in clients}
    left = dict.fromkeys(clients, size)
    last = dict.fromkeys(clients, 0.0)
    gaps = dict.fromkeys(clients, 0.0)
    with selectors.DefaultSelector() as selector:
        for client in clients:
            selector.register(client, selectors.EVENT_READ)
        while selector.get_map():
            assert time.monotonic() < expires, f"bytes still to come: {list(left.values())}"
            for key, _ in selector.select(1.0):
                client = cast(socket.socket, key.fileobj)
                data = client.recv(min(65536, left[client]))
                assert data, f"closed with {left[client]} bytes to come"
                now = time.monotonic()
                gaps[client] = max(gaps[client], now - (last[client] or now))
                last[client] = now
                left[client] -= len(data)
                digests[client].update(data)
                if not left[client]:
                    selector.unregister(client)
    return [Received(digests[client].hexdigest(), gaps[client]) for client in clients]


@pytest.mark.parametrize("size", [24 * MEBIBYTE, full(1024 * MEBIBYTE)])
def test_seven_clients_get_every_byte_without_a_gap_while_the_eighth_never_reads(size: int) -> None:
    flow = Flow(1, size)
    rules = ("--clients", "shared", "--slow-client", "drop")
    with (
        PtyDevice() as device, ConsoleBridge("run", device.path, *ANY, *rules, hasty=["engine.departures"]) as bridge,
        contextlib.ExitStack() as sockets,
    ):  # fmt: skip
        address = bridge.wait_listening()
        healthy = [sockets.enter_context(connect(address)) for _ in range(7)]
        sockets.enter_context(connect(address, RECEIVE_BUFFER))  # never reads
        bridge.wait_event("client_connected", 8)
        wait_for_first_look(bridge.pid)
        with memory_bounded(bridge.pid, MAX_GROWTH):
            reading = Background(lambda: read_together(healthy, size, 300))
            with FlowProcess(device.fileno(), sends=flow, receives=0) as device_end:

                def is_dropped(count: int) -> bool:
                    return len(bridge.events("client_disconnected")) >= count or not device_end.is_running

                bridge.wait_event("client_disconnected")
                while device_end.is_running:  # there is always an eighth that never reads
                    dropped = len(bridge.events("client_disconnected"))
                    with connect(address, RECEIVE_BUFFER):
                        until(functools.partial(is_dropped, dropped + 1), "it is dropped")
                device_end.wait(300)
            received = reading.result(300)
        ended = bridge.events("client_disconnected")
        assert min(each["client"] for each in ended) == 8
        assert ended[0]["reason"] == "slow"
        assert {each.digest for each in received} == {flow.digest()}
        longest_gap_s = max(each.longest_gap_s for each in received)
        tell(f"longest gap {longest_gap_s:.2f} s, {len(ended)} stuck clients")
        assert longest_gap_s < 20.0  # 0.5 s for each stuck one; the rest is for a machine that stands still


@pytest.mark.parametrize(("pauses", "pause_s"), [(1, 1.0), pytest.param(5, 5.0, marks=pytest.mark.soak)])
def test_exclusive_client_that_stops_reading_for_a_while_loses_nothing(pauses: int, pause_s: float) -> None:
    flow = Flow(2, (pauses + 1) * 24 * MEBIBYTE)
    digest = hashlib.sha256()
    with (
        PtyDevice() as device, ConsoleBridge("run", device.path, *ANY, "--slow-client", "wait") as bridge,
        connect(bridge.wait_listening(), RECEIVE_BUFFER) as client,
    ):  # fmt: skip
        bridge.wait_event("client_connected")
        wait_for_first_look(bridge.pid)
        with (
            memory_bounded(bridge.pid, MAX_GROWTH),
            FlowProcess(device.fileno(), sends=flow, receives=0) as device_end,
        ):
            for _ in range(pauses):
                digest.update(receive(client, 12 * MEBIBYTE))
                time.sleep(pause_s)  # it is the passing of time that is tested
                assert device_end.is_running, "nobody held the device back"
            digest.update(receive(client, flow.size - pauses * 12 * MEBIBYTE))
            device_end.wait(120)
        assert digest.hexdigest() == flow.digest()
        assert bridge.stop() == 0
        assert bridge.events("stats")[-1]["lost"] == 0


@pytest.mark.soak  # the short form is in tests/engine/test_byte_queue.py
def test_bytes_that_wait_cost_no_more_memory_where_the_device_sends_them_one_by_one() -> None:
    for_sockets = b"".join(Flow(6, 2 * MEBIBYTE))  # what waits in the bridge comes after these
    slowly = b"".join(Flow(7, 4 * MEBIBYTE))
    said = 0

    def trickle() -> Iterator[bytes]:
        nonlocal said
        for said in range(len(slowly)):
            yield slowly[said : said + 1]

    with (
        PtyDevice() as device, ConsoleBridge("run", device.path, *ANY, "--slow-client", "wait") as bridge,
        connect(bridge.wait_listening(), RECEIVE_BUFFER) as client,
    ):  # fmt: skip
        bridge.wait_event("client_connected")
        wait_for_first_look(bridge.pid)
        with memory_bounded(bridge.pid, MAX_GROWTH):
            device.write(for_sockets)
            device.pump(trickle())
            until(lambda: has_stopped(lambda: said), "the device is held back", 120)
            assert said < len(slowly) - 1
            everything = Background(lambda: receive(client, len(for_sockets) + len(slowly)))
            device.wait_pumped(120)
            assert everything.result() == for_sockets + slowly


def has_stopped(progress: Callable[[], int], within_s: float = 0.5) -> bool:
    """Whether nothing moves, seen over that time."""
    before = progress()
    time.sleep(within_s)
    return progress() == before


# --- A client that shuts its sending side ----------------------------------------------------------------


def answer_to_socket(address: tuple[str, int], question: bytes) -> bytes:
    with connect(address) as client:

        def send() -> None:
            client.sendall(question)
            client.shutdown(socket.SHUT_WR)

        sending = Background(send)
        answer = receive(client, len(question) + 1)
        sending.result()
        return answer


def answer_to_program(*command: str) -> Callable[[tuple[str, int], bytes], bytes]:
    def ask(address: tuple[str, int], question: bytes) -> bytes:
        host, port = address
        words = [word.format(host=host, port=port) for word in command]
        done = subprocess.run(words, input=question, stdout=subprocess.PIPE, timeout=180, check=True)
        return done.stdout

    return ask


@pytest.mark.parametrize("runs", [1, full(20)])
@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(answer_to_socket, id="socket"),
        pytest.param(answer_to_program("nc", "-N", "{host}", "{port}"), id="nc"),
        # -t: how long socat stays after its input has ended; it leaves earlier, when the bridge closes
        pytest.param(answer_to_program("socat", "-t", "30", "-", "TCP:{host}:{port}"), id="socat"),
    ],
)
def test_client_that_shuts_its_sending_side_gets_three_megabytes_of_echo_and_then_the_end(
    ask: Callable[[tuple[str, int], bytes], bytes], runs: int
) -> None:
    with EchoDevice() as device, ConsoleBridge("run", device.path, *ANY) as bridge:
        address = bridge.wait_listening()
        for run in range(runs):
            question = b"".join(Flow(run, 3_000_000))
            answer = ask(address, question)
            assert len(answer) == len(question)
            assert answer == question
            assert bridge.wait_event("client_disconnected", run + 1)["reason"] == "closed"
        assert bridge.stop() == 0
        assert bridge.events("stats")[-1]["lost"] == 0


# --- Clients that come and go ----------------------------------------------------------------------------


def connect_at_once(address: tuple[str, int], count: int) -> list[socket.socket]:
    """`count` clients that all ask for a connection before the first one has it."""
    clients = []
    for _ in range(count):
        client = socket.socket()
        client.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            client.connect(address)
        clients.append(client)
    for client in clients:
        client.settimeout(60)
    return clients


@pytest.mark.parametrize("total", [1_200, full(10_000)])
def test_clients_by_the_thousand_up_to_two_hundred_at_once_are_all_let_in_and_leave_nothing(total: int) -> None:
    source = random.Random(total)
    rules = ("--clients", "shared", "--max-clients", "500")
    with PtyDevice() as device, ConsoleBridge("run", device.path, *ANY, *rules) as bridge:
        address = bridge.wait_listening()
        come = 0

        def wave(count: int) -> None:
            nonlocal come
            come += count
            clients = connect_at_once(address, count)
            try:
                for client in clients:
                    client.sendall(b"i")
                assert device.read(count) == b"i" * count
                device.write(b"o")
                assert {client.recv(1) for client in clients} == {b"o"}
            finally:
                for client in clients:
                    source.choice((socket.socket.close, reset))(client)

        with socket.create_connection(address):
            come += 1
            wait_for_first_look(bridge.pid)
        wave(200)
        wave(200)
        bridge.wait_event("client_disconnected", come)
        before = [descriptors(bridge.pid), threads(bridge.pid)]
        resident = resident_bytes(bridge.pid)
        while come < total:
            wave(min(total - come, source.choice((1, 10, 50, 200, 200))))
        bridge.wait_event("client_disconnected", come)
        tell(f"memory grew by {(resident_bytes(bridge.pid) - resident) / MEBIBYTE:.1f} MiB")
        until(
            lambda: descriptors(bridge.pid) <= before[0] and threads(bridge.pid) <= before[1],
            "no more descriptors and threads than before",
        )  # more for a moment: of the look who the last ones were
        assert resident_bytes(bridge.pid) - resident <= 2 * MEBIBYTE
        assert len(bridge.events("client_connected")) == total
        assert bridge.events("client_refused") == []


# --- Much, for long --------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [16 * MEBIBYTE, full(1000 * 1000 * 1000)])
def test_both_ways_at_once_in_chunks_of_any_size_every_byte_arrives(size: int) -> None:
    down, up = Flow(3, size), Flow(4, size)
    with (
        PtyDevice() as device, ConsoleBridge("run", device.path, *ANY) as bridge,
        connect(bridge.wait_listening()) as client,
    ):  # fmt: skip
        bridge.wait_event("client_connected")
        wait_for_first_look(bridge.pid)
        with (
            memory_bounded(bridge.pid, MAX_GROWTH),
            FlowProcess(device.fileno(), sends=down, receives=size) as device_end,
            FlowProcess(client.fileno(), sends=up, receives=size) as client_end,
        ):
            deadline_s = 120 + size / 3_000_000
            assert client_end.wait(deadline_s) == down.digest()
            assert device_end.wait(deadline_s) == up.digest()
        assert bridge.stop() == 0
        stats = bridge.events("stats")[-1]
        assert (stats["serial_to_tcp"], stats["tcp_to_serial"], stats["lost"]) == (size, size, 0)


@pytest.mark.parametrize("size", [6 * MEBIBYTE, full(100 * 1000 * 1000)])
def test_client_that_sends_more_than_a_slow_device_takes_is_held_back_and_every_byte_arrives(size: int) -> None:
    flow = Flow(5, size)
    with (
        PtyDevice() as device, ConsoleBridge("run", device.path, *ANY) as bridge,
        connect(bridge.wait_listening()) as client,
    ):  # fmt: skip
        bridge.wait_event("client_connected")
        wait_for_first_look(bridge.pid)

        def read_slowly() -> Iterator[bytes]:
            left = size
            while left:
                yield device.read(min(left, 64 << 10))
                left -= min(left, 64 << 10)
                time.sleep(0.01)  # the device is slow

        with (
            memory_bounded(bridge.pid, MAX_GROWTH),
            FlowProcess(client.fileno(), sends=flow, receives=0) as client_end,
        ):
            assert digest_of(read_slowly()) == flow.digest()
            client_end.wait(120)
        assert bridge.stop() == 0
        assert bridge.events("stats")[-1]["tcp_to_serial"] == size


# --- A device that never stops talking -------------------------------------------------------------------


class Talker:
    """Numbered lines without end."""

    LINE = 16
    """Bytes a line."""

    def __init__(self, lines_at_once: int, pause_s: float = 0.0) -> None:
        self.said = 0
        """Lines that have been written, all of each."""
        self._lines_at_once = lines_at_once
        self._pause_s = pause_s

    def __iter__(self) -> Iterator[bytes]:
        while True:
            end = self.said + self._lines_at_once
            yield b"".join(b"%015d\n" % number for number in range(self.said, end))
            self.said = end
            if self._pause_s:
                time.sleep(self._pause_s)  # the device's own pace

    @staticmethod
    def first_line_in(data: bytes) -> int:
        """The number of the first whole line."""
        return int(data.split(b"\n")[1])


@pytest.mark.parametrize(("size", "clients"), [(32 * MEBIBYTE, 5), pytest.param(1 << 30, 50, marks=pytest.mark.soak)])
def test_device_that_never_stops_costs_no_memory_and_a_new_client_gets_no_old_byte(size: int, clients: int) -> None:
    talker = Talker(lines_at_once=256)
    with PtyDevice() as device, ConsoleBridge("run", device.path, *ANY) as bridge:
        address = bridge.wait_listening()
        device.pump(talker)
        until(lambda: talker.said * Talker.LINE >= MEBIBYTE, "it talks")
        with memory_bounded(bridge.pid, MAX_GROWTH):
            spent, began = cpu_s(bridge.pid), talker.said
            until(lambda: (talker.said - began) * Talker.LINE >= size, "it talks on", 120)
            spent = cpu_s(bridge.pid) - spent
            for number in range(clients):
                bridge.process.send_signal(signal.SIGSTOP)  # so that old bytes pile up while the client comes
                until(lambda: has_stopped(lambda: talker.said, 0.05), "the tty is full")
                said = talker.said
                with connect(address) as client:
                    bridge.process.send_signal(signal.SIGCONT)
                    first = Talker.first_line_in(receive(client, 3 * Talker.LINE))
                assert first >= said, f"{said - first} lines of before client {number + 1} came"
                bridge.wait_event("client_disconnected", number + 1)
        per_mebibyte_ms = 1000 * spent / (size / MEBIBYTE)
        tell(f"{per_mebibyte_ms:.1f} ms of CPU a MiB")
        assert per_mebibyte_ms < 50, f"{per_mebibyte_ms:.1f} ms of CPU a MiB that nobody reads"


@pytest.mark.soak
def test_device_that_talks_at_its_own_pace_to_nobody_costs_little_cpu() -> None:
    talker = Talker(lines_at_once=6, pause_s=0.001)  # nearly 100 KB/s in small pieces: 921,600 baud
    with PtyDevice() as device, ConsoleBridge("run", device.path, *ANY) as bridge:
        bridge.wait_listening()
        device.pump(talker)
        until(lambda: talker.said > 1_000, "it talks")
        spent, began = cpu_s(bridge.pid), time.monotonic()
        said = talker.said
        until(lambda: talker.said - said > 50_000, "it talks on", 60)
        share = (cpu_s(bridge.pid) - spent) / (time.monotonic() - began)
        tell(f"{share:.1%} of a core")
        assert share < 0.2, f"{share:.0%} of a core"
