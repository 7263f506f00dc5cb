"""What happens where two rules meet: full queues and stops, half-closed clients and heirs, no descriptor left."""

from __future__ import annotations

import contextlib
import resource
import socket
import sys
import threading
import time

import pytest

from serialbridge_gui.engine import bridge_thread, port_threads
from serialbridge_gui.engine import events as ev
from serialbridge_gui.engine.control_lines import CUT_S
from serialbridge_gui.engine.departures import Departures
from serialbridge_gui.engine.relay import PORT_DRAIN_S
from serialbridge_gui.profile import Access, ClientRules
from tests.devices import PtyDevice
from tests.engine.running import DEADLINE_S, RunningBridge, fill_up, receive, receive_all, until
from tests.settings import from_plain

MEBIBYTE = 1 << 20


@pytest.mark.parametrize("device", ["sim://echo", "loop://"])
def test_stop_with_a_stuck_client_of_a_port_with_threads_counts_what_is_lost(device: str) -> None:
    with RunningBridge(device) as bridge:
        client = bridge.client()
        sent = fill_up(client)
        bridge.stop()
        assert len(bridge.seen(ev.Stopped)) == 1
        assert bridge.seen(ev.ClientDisconnected)[0].reason is ev.LeaveReason.STOPPED
        assert MEBIBYTE < bridge.thread.counters.lost <= 2 * sent


def test_bytes_that_a_tty_never_took_are_counted_as_lost_at_the_end() -> None:
    with PtyDevice() as device, RunningBridge(device.path) as bridge:
        client = bridge.client()
        client.sendall(b"x" * 30_000)
        until(lambda: bridge.thread.clients[0].received == 30_000, "it is taken")
        bridge.stop()
        got = bytearray()

        def is_all() -> bool:
            got.extend(device.read_available())  # the kernel passes it on a little later
            return bridge.thread.counters.lost + len(got) == 30_000

        until(is_all, "each byte is at the device or counted as lost")


def test_all_that_a_stop_waits_for_takes_less_than_two_seconds() -> None:
    waits_s = (bridge_thread.DRAIN_S, bridge_thread.LEAVE_S, PORT_DRAIN_S, port_threads.JOIN_S, CUT_S)
    assert sum(waits_s) < 2  # design: a bridge ends within 2 s. What a busy machine takes comes on top


def test_stop_hands_on_what_is_queued_though_the_client_sends_all_the_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge_thread, "DRAIN_S", DEADLINE_S)  # a busy machine holds the client up
    monkeypatch.setattr(bridge_thread, "LEAVE_S", DEADLINE_S)
    leaving = threading.Event()
    take_leave = Departures.take_leave

    def noted(departures: Departures, deadline: float) -> None:
        leaving.set()
        take_leave(departures, deadline)

    monkeypatch.setattr(Departures, "take_leave", noted)
    data = bytes(range(256)) * 2560
    with PtyDevice() as device, RunningBridge(device.path) as bridge:
        client = bridge.client()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32_768)
        ours = bridge.thread.clients[0]
        ours.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 131_072)
        fill_up(client)  # the device takes nothing: these bytes wait, unread, in the bridge's socket
        device.pump([data])
        until(lambda: bridge.thread.counters.serial_to_tcp == len(data), "the bridge has it all")
        assert ours.queue.size
        got = bytearray()

        def read() -> None:
            while ours.queue.size:
                got.extend(client.recv(4096))
            assert leaving.wait(DEADLINE_S)
            time.sleep(0.05)  # in which a bridge that closed at once would lose what is on its way
            got.extend(receive(client, len(data) - len(got)))

        reader = threading.Thread(target=read)
        bridge.thread.request_stop()
        reader.start()
        until(lambda: device.read_available() == b"" and bridge.thread.isFinished(), "the device takes the rest, too")
        reader.join(DEADLINE_S)
        assert bytes(got) == data


def test_reader_stays_connected_and_is_read_while_the_queue_to_the_device_is_full() -> None:
    with PtyDevice() as device, RunningBridge(device.path, clients=ClientRules(access=Access.MONITOR)) as bridge:
        writer, reader = bridge.client(), bridge.client()
        fill_up(writer)
        until(lambda: bridge.thread._relay._clients_held, "the queue is full")
        reader.sendall(b"thrown away" * 1000)
        until(lambda: bridge.thread.clients[1].received == 11_000, "the reader is read")
        assert not bridge.thread.clients[1].finished_sending
        device.write(b"still here")
        assert receive(reader, 10) == b"still here"


def test_reader_that_sends_while_the_held_queue_is_full_to_the_brim_is_not_taken_for_one_that_finished() -> None:
    rules = ClientRules(access=Access.MONITOR)
    with PtyDevice() as device, RunningBridge(device.path, clients=rules) as bridge:
        writer, reader = bridge.client(), bridge.client()
        device.unplug()
        bridge.wait_for(ev.DeviceLost)
        for _ in range(3):
            writer.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                while True:
                    writer.send(bytes(65536))
            until(lambda: bridge.thread._relay._clients_held, "the queue is full")
        reader.sendall(b"x")
        until(lambda: bridge.thread.clients[1].received == 1, "the reader is read")
        assert not bridge.thread.clients[1].finished_sending


def test_heir_of_the_writer_is_a_reader_that_still_sends() -> None:
    rules = ClientRules(access=Access.MONITOR, half_closed_silence_s=600)
    with PtyDevice() as device, RunningBridge(device.path, clients=rules) as bridge:
        writer, deaf, reader = bridge.client(), bridge.client(), bridge.client()
        deaf.shutdown(socket.SHUT_WR)
        until(lambda: bridge.thread.clients[1].finished_sending, "its end is seen")
        bridge.thread.disconnect_client(1)
        assert receive_all(writer) == b""
        assert bridge.wait_for(ev.WriterChanged).client == 3
        reader.sendall(b"mine")
        assert device.read(4) == b"mine"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems do not tell")
def test_client_that_closed_while_it_was_held_back_makes_room_for_the_next_one() -> None:
    with PtyDevice() as device, RunningBridge(device.path) as bridge:
        first = bridge.client()
        first.sendall(bytes(80_000))  # the device takes nothing: the bridge reads only the first part of it
        until(lambda: bridge.thread._relay._clients_held, "the client is held back")
        first.close()
        until(bridge.thread.clients[0].peer_has_finished, "its end has arrived behind what nobody reads")
        second = bridge.connect()
        bridge.wait_for(ev.ClientConnected, 2)
        assert bridge.seen(ev.ClientDisconnected)[0].reason is ev.LeaveReason.CLOSED
        second.sendall(b"new")
        device.read_until(b"new")


@pytest.mark.parametrize("order", ["stuck first", "stuck last"])
def test_wait_holds_everybody_back_for_a_stuck_client_and_loses_nothing(order: str) -> None:
    data = bytes(range(256)) * 4 * 16_384
    rules = from_plain(ClientRules, access="shared", slow_client="wait")
    with PtyDevice() as device, RunningBridge(device.path, clients=rules) as bridge:
        clients = [bridge.client(), bridge.client()]
        stuck, healthy = clients if order == "stuck first" else reversed(clients)
        device.pump([data])
        got: list[bytes] = []
        reader = threading.Thread(target=lambda: got.append(receive(healthy, len(data))))
        reader.start()
        until(lambda: bridge.thread._relay._holding, "everybody waits")
        assert bridge.thread.counters.serial_to_tcp < len(data)
        assert receive(stuck, len(data)) == data
        reader.join(DEADLINE_S)
        assert got == [data]
        device.wait_pumped()
        assert bridge.thread.counters.lost == 0
        assert len(bridge.thread.clients) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="limits descriptors as POSIX does")
def test_no_descriptor_left_lets_nobody_in_costs_no_time_and_passes() -> None:
    with PtyDevice() as device, RunningBridge(device.path) as bridge:
        listening = bridge.seen(ev.Listening)[0]
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        with socket.socket() as client:
            client.settimeout(DEADLINE_S)
            highest = socket.socket()
            resource.setrlimit(resource.RLIMIT_NOFILE, (highest.fileno(), hard))
            highest.close()
            try:
                client.connect((listening.host, listening.port))
                until(lambda: bridge.thread._listener_paused, "the system gives no descriptor")
                before = time.process_time()
                time.sleep(0.5)  # it is the passing of time that is tested
                assert time.process_time() - before < 0.2
                assert not bridge.seen(ev.ClientConnected)
            finally:
                resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
            bridge.wait_for(ev.ClientConnected)
            device.write(b"in")
            assert receive(client, 2) == b"in"
