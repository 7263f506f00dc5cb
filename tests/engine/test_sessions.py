"""Who may connect, who is refused, and what one client never sees of another."""

from __future__ import annotations

import contextlib
import random
import select
import socket

import pytest

from serialbridge_gui.engine import bridge_loop
from serialbridge_gui.engine import events as ev
from serialbridge_gui.profile import Access, ClientRules
from tests.devices import PtyDevice
from tests.engine.running import DEADLINE_S, RunningBridge, receive, receive_all, reset, until
from tests.settings import from_plain


def rules(access: Access, **fields: object) -> ClientRules:
    return from_plain(ClientRules, access=access, **fields)


def is_closed(sock: socket.socket) -> bool:
    """Whether the peer has closed, without a byte before; waits for it."""
    try:
        return sock.recv(1) == b""
    except ConnectionResetError:
        return True


def test_exclusive_refuses_a_second_client_without_a_byte() -> None:
    with PtyDevice() as device, RunningBridge(device.path) as bridge:
        first = bridge.client()
        second = bridge.connect()
        device.write(b"for the first")
        assert is_closed(second)
        assert bridge.wait_for(ev.ClientRefused).reason is ev.RefuseReason.IN_USE
        assert receive(first, 13) == b"for the first"
        assert len(bridge.seen(ev.ClientConnected)) == 1


def test_replace_hands_the_device_to_the_newcomer() -> None:
    with PtyDevice() as device, RunningBridge(device.path, clients=rules(Access.REPLACE)) as bridge:
        first, second = bridge.client(), bridge.client()
        assert is_closed(first)
        assert bridge.wait_for(ev.ClientDisconnected).reason is ev.LeaveReason.REPLACED
        device.write(b"x")
        assert receive(second, 1) == b"x"
        second.sendall(b"y")
        assert device.read(1) == b"y"


def test_shared_lets_all_read_and_write_up_to_the_limit() -> None:
    with PtyDevice() as device, RunningBridge(device.path, clients=rules(Access.SHARED, max_clients=3)) as bridge:
        clients = [bridge.client() for _ in range(3)]
        assert is_closed(bridge.connect())
        assert bridge.wait_for(ev.ClientRefused).reason is ev.RefuseReason.FULL
        device.write(b"all")
        for client in clients:
            assert receive(client, 3) == b"all"
            client.sendall(b"1")
            assert device.read(1) == b"1"


def test_monitor_lets_the_first_write_and_its_heir_when_it_leaves() -> None:
    with PtyDevice() as device, RunningBridge(device.path, clients=rules(Access.MONITOR)) as bridge:
        writer, reader, last = bridge.client(), bridge.client(), bridge.client()
        reader.sendall(b"thrown away")
        until(lambda: bridge.thread.clients[1].received == 11, "the reader's bytes are read")
        writer.sendall(b"kept")
        assert device.read(4) == b"kept"
        reset(writer)
        assert bridge.wait_for(ev.WriterChanged).client == 2
        reader.sendall(b"now it counts")
        assert device.read(13) == b"now it counts"
        last.sendall(b"no")
        until(lambda: bridge.thread.clients[1].received == 2, "the last one's bytes are read")
        assert device.read_available() == b""
        device.write(b"to both")
        assert receive(reader, 7) == receive(last, 7) == b"to both"


def test_bytes_of_the_device_that_came_before_a_client_are_never_given_to_it() -> None:
    with PtyDevice() as device, RunningBridge(device.path) as bridge:
        device.write(b"nobody is there")
        until(lambda: bridge.thread.counters.unread == 15, "the bytes are read")
        client = bridge.client()
        device.write(b"hello")
        assert receive(client, 5) == b"hello"
        assert bridge.thread.counters.serial_to_tcp == 5


def test_what_a_client_left_for_the_device_is_purged_when_the_next_one_comes() -> None:
    with PtyDevice() as device, RunningBridge(device.path) as bridge:
        first = bridge.client()
        send_until_held(first, b"o" * 65536, bridge)  # the device does not read: its tty and our queue fill up
        reset(first)
        bridge.wait_for(ev.ClientDisconnected)
        second = bridge.client()
        assert bridge.thread.counters.lost > 0
        second.sendall(b"new")
        old = device.read_until(b"new")[:-3]
        assert set(old) <= set(b"o")
        assert len(old) < 30_000, "more than the tty itself held reached the device"


def test_a_new_client_takes_the_place_of_one_that_shut_its_sending_side_at_once() -> None:
    patient = rules(Access.EXCLUSIVE, half_closed_silence_s=30)
    with PtyDevice() as device, RunningBridge(device.path, clients=patient) as bridge:
        first = bridge.client()
        first.shutdown(socket.SHUT_WR)
        until(lambda: bridge.thread.clients[0].finished_sending, "the shutdown is seen")
        second = bridge.client()
        assert receive_all(first) == b""
        device.write(b"x")
        assert receive(second, 1) == b"x"


@pytest.mark.parametrize(
    ("leave", "reason"), [(socket.socket.close, ev.LeaveReason.CLOSED), (reset, ev.LeaveReason.RESET)]
)
def test_reason_of_a_leaving_client(leave: object, reason: ev.LeaveReason) -> None:
    assert callable(leave)
    with PtyDevice() as device, RunningBridge(device.path) as bridge:
        leave(bridge.client())
        assert bridge.wait_for(ev.ClientDisconnected).reason is reason


def test_idle_client_is_disconnected_and_a_busy_one_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(bridge_loop, "monotonic", lambda: now)
    with PtyDevice() as device, RunningBridge(device.path, clients=rules(Access.SHARED, idle_timeout_s=1)) as bridge:
        client = bridge.client()
        relay = bridge.thread._relay

        def has_looked() -> bool:
            return relay.tick_at > now

        for _ in range(4):
            now += 0.75
            until(has_looked, "the bridge looks at its time-outs")
            device.write(b".")
            assert receive(client, 1) == b"."
        assert not bridge.seen(ev.ClientDisconnected)
        now += 1
        assert receive_all(client) == b""
        assert bridge.wait_for(ev.ClientDisconnected).reason is ev.LeaveReason.IDLE


def test_client_can_be_disconnected_by_its_number() -> None:
    with PtyDevice() as device, RunningBridge(device.path, clients=rules(Access.SHARED)) as bridge:
        first, second = bridge.client(), bridge.client()
        bridge.thread.disconnect_client(1)
        bridge.thread.disconnect_client(99)
        assert receive_all(first) == b""
        assert bridge.wait_for(ev.ClientDisconnected).reason is ev.LeaveReason.KICKED
        second.sendall(b"still here")
        assert device.read(10) == b"still here"


def test_stop_hands_on_what_is_held_and_tells_the_clients() -> None:
    with PtyDevice() as device, RunningBridge(device.path) as bridge:
        client = bridge.client()
        device.write(b"last words")
        client.sendall(b"last wish")
        until(lambda: bridge.thread.counters.serial_to_tcp == 10, "the device was heard")
        until(lambda: bridge.thread.counters.tcp_to_serial == 9, "the device was told")
        bridge.stop()
        assert receive_all(client) == b"last words"
        assert device.read(9) == b"last wish"
        assert bridge.wait_for(ev.ClientDisconnected).reason is ev.LeaveReason.STOPPED
        assert bridge.events[-1].__class__ is ev.Stopped


def test_client_that_never_reads_does_not_hold_the_stop_up() -> None:
    with PtyDevice() as device, RunningBridge(device.path) as bridge:
        bridge.client()
        device.pump([bytes(16 << 20)])
        until(lambda: bridge.thread.clients[0].queue.size > 900_000, "the queue is full")
        bridge.stop()
        assert bridge.thread.counters.lost > 0


DEVICE_BUFFER_BYTES = 4096
"""What the device's side of a pty holds (n_tty.c, N_TTY_BUF_SIZE); the rest waits in the tty, which is purged."""
QUICK_SESSIONS = [60, pytest.param(1000, marks=pytest.mark.soak)]


def send_until_held(client: socket.socket, data: bytes, bridge: RunningBridge) -> None:
    """Send `data` again and again until the bridge, whose device takes no more, does not read it any more."""
    client.setblocking(False)

    def is_held() -> bool:
        with contextlib.suppress(BlockingIOError):
            while not bridge.thread._relay._clients_held:
                client.send(data)
        return bridge.thread._relay._clients_held

    until(is_held, "the client is held back")
    client.settimeout(DEADLINE_S)


def say_until_held(device: PtyDevice, data: bytes, bridge: RunningBridge) -> None:
    """Have the device say `data` again and again until the bridge, whose client takes no more, does not read it."""

    def is_held() -> bool:
        while select.select([], [device.fileno()], [], 0.01)[1]:
            device.write_available(data)
        return bool(bridge.thread._relay._holding)

    until(is_held, "the device is held back")


@pytest.mark.parametrize("count", QUICK_SESSIONS)
@pytest.mark.parametrize("access", [Access.EXCLUSIVE, Access.REPLACE])
def test_quick_sessions_see_no_byte_of_an_earlier_one_either_way(access: Access, count: int) -> None:
    """Each session has a byte of its own, with which its client and its device fill all that they can fill."""
    source = random.Random(count)
    with PtyDevice() as device, RunningBridge(device.path, clients=rules(access)) as bridge:
        client = None
        for number in range(count):
            if client is not None and access is Access.EXCLUSIVE:
                reset(client)
                bridge.wait_for(ev.ClientDisconnected, number)
            client = bridge.client()
            # What the device itself had received before is no longer the bridge's to purge.
            assert len(device.read_available()) <= DEVICE_BUFFER_BYTES, "bytes of before went on to the device"
            own = bytes([number % 251])
            asked, answered = source.choice((1, 100, 20_000)), source.choice((1, 100, 20_000))
            client.sendall(own * asked)
            assert set(device.read(asked)) == set(own), f"the device got bytes of before session {number}"
            device.write(own * answered)
            assert set(receive(client, answered)) == set(own), f"client {number} got bytes of before"
            if source.random() < 0.5:
                send_until_held(client, own * 50_000, bridge)
            if source.random() < 0.2:
                say_until_held(device, own * 4096, bridge)
            else:
                device.write(own * source.choice((1, 1000, 50_000)))
        assert bridge.thread.counters.lost > 0


@pytest.mark.parametrize(
    ("device", "count"),
    [
        ("sim://echo", 60),
        pytest.param("sim://echo", 1000, marks=pytest.mark.soak),
        pytest.param("loop://", 200, marks=pytest.mark.soak),  # it takes 0.1 s to fill
    ],
)
def test_quick_sessions_of_a_port_with_threads_hear_no_echo_of_an_earlier_one(device: str, count: int) -> None:
    source = random.Random(count)
    with RunningBridge(device, clients=rules(Access.REPLACE)) as bridge:
        for number in range(count):
            client = bridge.client()
            own = bytes([number % 251])
            client.sendall(own * source.choice((1, 100, 20_000)))
            assert set(client.recv(65536)) == set(own), f"client {number} got bytes of before"
            if source.random() < 0.5:
                send_until_held(client, own * 50_000, bridge)
