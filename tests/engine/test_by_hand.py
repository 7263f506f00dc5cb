"""Sending from the program into a running bridge: every byte once, in order, held back as everybody's is."""

from __future__ import annotations

import os
import random
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import pytest

from serialbridge_gui.engine import events as ev
from serialbridge_gui.engine import local_sender
from serialbridge_gui.engine.bridge_thread import BridgeThread
from serialbridge_gui.engine.by_hand import MAX_WAITING_BYTES, MESSAGE_BYTES, ByHand
from serialbridge_gui.engine.counters import Counters
from serialbridge_gui.engine.local_sender import PIECE_BYTES, LocalSender
from serialbridge_gui.engine.relay import MAX_TO_DEVICE_BYTES, Relay
from serialbridge_gui.engine.self_signed import CertificateFiles
from serialbridge_gui.engine.sending import TO_ALL, TO_DEVICE, Pacing, SendProgress, SendState
from serialbridge_gui.profile import Access, ClientRules, Mode, PeerAddress, SlowClient, TlsFiles, WhileAway
from serialbridge_gui.traffic.chunk import LOCAL, Direction, Tap
from serialbridge_gui.traffic.clock import time_ns
from tests.devices import EchoDevice, PtyDevice
from tests.engine.running import DEADLINE_S, RunningBridge, profile_on, receive, until
from tests.engine.telnet_client import TelnetClient

SHARED = ClientRules(access=Access.SHARED)


def by_hand(bridge: RunningBridge) -> ByHand:
    """As the bridge's window has it."""
    hand = ByHand(lambda: bridge.thread)
    hand.begin(bridge.thread)
    return hand


@contextmanager
def bridged(**fields: Any) -> Iterator[tuple[PtyDevice, RunningBridge, ByHand]]:
    with PtyDevice() as device, RunningBridge(device.path, **fields) as bridge:
        yield device, bridge, by_hand(bridge)


def fill(bridge: RunningBridge, device: PtyDevice, client: socket.socket) -> int:
    """Let a client send until the device's queue is full; how many bytes that was."""
    client.setblocking(False)
    sent = 0

    def is_full() -> bool:
        nonlocal sent
        try:
            sent += client.send(b"c" * 8192)
        except BlockingIOError:
            return bridge.thread._relay._clients_held
        return False

    until(is_full, "the device's queue is full")
    client.settimeout(DEADLINE_S)
    return sent


# ---- to the device


def test_device_gets_what_is_sent_while_no_client_is_there() -> None:
    tap = Tap()
    with bridged(tap=tap) as (device, bridge, hand):
        assert hand.send(b"hello")
        assert device.read(5) == b"hello"
        until(lambda: hand.waiting == 0, "it is handed over")
        assert [entry[1:] for entry in tap.drain()] == [(Direction.TCP_TO_SERIAL, LOCAL, b"hello")]
        counters = bridge.thread.counters
        until(lambda: counters.by_hand_to_serial == 5, "it is counted")
        assert (counters.tcp_to_serial, counters.lost, counters.by_hand_lost) == (0, 0, 0)


def test_bytes_sent_by_hand_stand_behind_those_that_clients_sent_before() -> None:
    with bridged() as (device, bridge, hand):
        sent = fill(bridge, device, bridge.client())
        received = bridge.thread.clients[0].received
        hand.send(b"by hand")
        until(lambda: bridge.thread._relay.waits_by_hand == 7, "it is in the queue")
        data = device.read(sent + 7)
        assert data.replace(b"by hand", b"") == b"c" * sent
        assert data.index(b"by hand") >= received  # those it had read before, at least
        counters = bridge.thread.counters
        expected = (sent, 7, 0)
        until(
            lambda: (counters.tcp_to_serial, counters.by_hand_to_serial, counters.lost) == expected, "all is counted"
        )


def test_message_of_a_piece_stays_together_while_a_client_floods() -> None:
    with bridged() as (device, bridge, hand):
        sent = fill(bridge, device, bridge.client())
        message = bytes(range(256)).replace(b"c", b"d") * (PIECE_BYTES // 256)
        for _ in range(3):
            hand.send(message)
        data = device.read(sent + 3 * len(message))
        assert data.count(message) == 3
        assert data.replace(message, b"") == b"c" * sent


def test_device_that_does_not_read_holds_back_what_is_sent_by_hand_and_it_is_bounded() -> None:
    with bridged() as (device, bridge, hand):
        message = random.Random(1).randbytes(10_000)
        accepted = 0
        while hand.send(message):
            accepted += 1
        assert hand.waiting <= MAX_WAITING_BYTES
        assert accepted >= MAX_WAITING_BYTES // (len(message) + MESSAGE_BYTES)
        relay = bridge.thread._relay
        until(lambda: relay.waits_by_hand >= PIECE_BYTES, "a piece waits")
        assert relay.waits_by_hand < 2 * PIECE_BYTES
        assert device.read(accepted * len(message)) == message * accepted
        until(lambda: hand.waiting == 0, "all is handed over")
        until(lambda: bridge.thread.counters.by_hand_to_serial == accepted * len(message), "all is counted")
        assert bridge.thread.counters.lost == 0
        assert hand.send(b"there is room again")


def test_flooding_client_and_a_file_share_the_device(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"f" * 100_000)
    with bridged() as (device, bridge, hand):
        sent = fill(bridge, device, bridge.client())
        assert sent > 2 * MAX_TO_DEVICE_BYTES
        hand.send_file(file)
        until(lambda: bridge.thread._relay.waits_by_hand > 0, "the file has begun")
        data = device.read(sent + 100_000)
        assert data.count(b"f") == 100_000
        assert b"f" in data[:sent], "the file waited until the client had sent everything"
        assert data.rstrip(b"f").endswith(b"c"), "the client waited until the file was sent"


def test_empty_message_and_a_bridge_that_has_stopped_are_refused() -> None:
    with bridged() as (_, _, hand):
        assert not hand.send(b"")
    assert not ByHand(lambda: None).send(b"x")


def test_device_that_is_away_gets_the_message_when_it_is_back(tmp_path: Path) -> None:
    with PtyDevice(link=tmp_path / "tty") as device, RunningBridge(device.path) as bridge:
        hand = by_hand(bridge)
        device.unplug()
        bridge.wait_for(ev.DeviceLost)
        assert hand.send(b"later")
        device.plug()
        bridge.wait_for(ev.DeviceBack)
        assert device.read(5) == b"later"
        assert bridge.thread.counters.lost == 0


def test_message_to_a_device_that_is_away_is_lost_and_counted_where_the_profile_says_discard(tmp_path: Path) -> None:
    with (
        PtyDevice(link=tmp_path / "tty") as device,
        RunningBridge(device.path, while_away=WhileAway.DISCARD) as bridge,
    ):
        hand = by_hand(bridge)
        device.unplug()
        bridge.wait_for(ev.DeviceLost)
        assert hand.send(b"never")
        until(lambda: bridge.thread.counters.by_hand_lost == 5, "it is given up")
        assert bridge.thread.counters.lost == 5
        until(lambda: hand.waiting == 0, "its room is free again")


def test_what_waits_for_the_device_when_a_session_begins_is_purged_and_counted() -> None:
    with bridged() as (_, bridge, hand):
        while hand.send(b"x" * 1000):
            pass
        relay, counters = bridge.thread._relay, bridge.thread.counters
        until(lambda: relay.waits_by_hand >= PIECE_BYTES, "a piece waits")
        bridge.client()
        assert PIECE_BYTES <= counters.by_hand_lost < 2 * PIECE_BYTES
        assert counters.lost == counters.by_hand_lost


def test_stop_hands_on_what_was_accepted() -> None:
    with bridged() as (device, bridge, hand):
        for _ in range(50):
            assert hand.send(b"0123456789")
        bridge.stop()
        hand.end(bridge.thread)
        counters = bridge.thread.counters
        got = device.read_available()
        assert got == (b"0123456789" * 50)[: len(got)]
        assert len(got) + counters.lost == 500
        assert hand.waiting == 0


def test_rfc2217_device_gets_ff_once() -> None:
    with bridged(mode=Mode.RFC2217) as (device, _, hand):
        hand.send(b"\xff\x00\xff")
        assert device.read(3) == b"\xff\x00\xff"


# ---- to clients


def test_all_clients_get_it_as_if_the_device_had_sent_it() -> None:
    tap = Tap()
    with bridged(tap=tap, clients=SHARED) as (device, bridge, hand):
        clients = [bridge.client() for _ in range(3)]
        device.write(b"one")
        for client in clients:
            assert receive(client, 3) == b"one"
        hand.send(b"two", TO_ALL)
        for client in clients:
            assert receive(client, 3) == b"two"
        assert [entry[1:] for entry in tap.drain()] == [
            (Direction.SERIAL_TO_TCP, 0, b"one"),
            (Direction.SERIAL_TO_TCP, LOCAL, b"two"),
        ]
        assert bridge.thread.counters.serial_to_tcp == 3
        assert bridge.thread.counters.by_hand_to_clients == 3
        assert device.read_available() == b""


def test_one_of_several_clients_gets_it_and_no_other() -> None:
    tap = Tap()
    with bridged(tap=tap, clients=SHARED) as (device, bridge, hand):
        clients = [bridge.client() for _ in range(3)]
        hand.send(b"for you", 2)
        assert receive(clients[1], 7) == b"for you"
        device.write(b"!")
        assert [receive(client, 1) for client in clients] == [b"!"] * 3  # nothing came before it
        assert tap.drain()[0][1:] == (Direction.SERIAL_TO_TCP, LOCAL | 2, b"for you")


def test_reader_in_monitor_gets_it_too() -> None:
    with bridged(clients=ClientRules(access=Access.MONITOR)) as (_, bridge, hand):
        writer, reader = bridge.client(), bridge.client()
        hand.send(b"all", TO_ALL)
        assert receive(writer, 3) == receive(reader, 3) == b"all"
        hand.send(b"one", 2)
        assert receive(reader, 3) == b"one"


def test_message_for_a_client_that_is_not_there_is_told_and_counted() -> None:
    with bridged() as (_, bridge, hand):
        assert hand.send(b"12345", 7)
        event = bridge.wait_for(ev.NotSent)
        assert (event.client, event.count) == (7, 5)
        assert hand.send(b"123", TO_ALL)
        event = bridge.wait_for(ev.NotSent, 2)
        assert (event.client, event.count) == (TO_ALL, 3)
        assert bridge.thread.counters.lost == bridge.thread.counters.by_hand_lost == 8
        until(lambda: hand.waiting == 0, "its room is free again")


@pytest.mark.parametrize("target", [1, TO_ALL])
def test_what_is_left_of_a_message_when_its_client_goes_is_told_and_counted(target: int) -> None:
    tap = Tap()
    with bridged(tap=tap, clients=ClientRules(half_closed_silence_s=600)) as (_, bridge, hand):
        bridge.client().close()
        until(lambda: bridge.thread.clients[0].finished_sending, "the bridge has seen its end")
        message = b"x" * (60 << 10)
        assert hand.send(message, target)
        event = bridge.wait_for(ev.NotSent)
        counters = bridge.thread.counters
        assert event.client == target
        assert 0 < event.count < len(message)
        assert counters.by_hand_to_clients + event.count == len(message)
        assert counters.lost == counters.by_hand_lost == event.count
        assert sum(len(entry[3]) for entry in tap.drain()) == counters.by_hand_to_clients
        until(lambda: hand.waiting == 0, "its room is free again")


def test_rfc2217_client_gets_ff_doubled() -> None:
    with bridged(mode=Mode.RFC2217) as (_, bridge, hand):
        client = TelnetClient(bridge.client())
        hand.send(b"a\xffb", TO_ALL)
        while len(client.data) < 3:
            client.read_on()
        assert client.data == b"a\xffb"


def test_tls_client_gets_it(server: CertificateFiles) -> None:
    tls = TlsFiles(str(server.certificate), str(server.key))
    with bridged(tls=tls) as (_, bridge, hand):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with context.wrap_socket(bridge.connect()) as client:
            bridge.wait_for(ev.ClientConnected)
            hand.send(b"secret", 1)
            assert receive(client, 6) == b"secret"


def test_bridge_that_dials_out_sends_both_ways() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        bridged(connect=PeerAddress("127.0.0.1", server.getsockname()[1])) as (device, bridge, hand),
    ):
        link, _ = server.accept()
        with link:
            bridge.wait_for(ev.ClientConnected)
            hand.send(b"to the peer", TO_ALL)
            hand.send(b"to the device")
            assert receive(link, 11) == b"to the peer"
            assert device.read(13) == b"to the device"


def test_client_that_does_not_read_holds_back_what_is_sent_to_it_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "large"
    file.write_bytes(random.Random(2).randbytes(8 << 20))
    rules = ClientRules(access=Access.SHARED, slow_client=SlowClient.WAIT)
    with bridged(clients=rules) as (device, bridge, hand):
        client = bridge.client()
        hand.send_file(file, 1)
        until(lambda: hand.progress.file_state is SendState.HELD, "the client's queue is full")
        assert bridge.thread.clients[0].queue.size <= 1 << 20
        hand.send(b"meanwhile")
        assert device.read(9) == b"meanwhile"
        assert receive(client, 8 << 20) == file.read_bytes()
        assert bridge.wait_for(ev.FileSent).count == 8 << 20
        assert bridge.thread.counters.lost == 0


def test_client_that_does_not_read_is_dropped_where_the_profile_says_so(tmp_path: Path) -> None:
    file = tmp_path / "large"
    file.write_bytes(bytes(8 << 20))
    rules = ClientRules(access=Access.SHARED, slow_client=SlowClient.DROP)
    with bridged(clients=rules) as (_, bridge, hand):
        bridge.client()
        hand.send_file(file, 1)
        assert bridge.wait_for(ev.ClientDisconnected).reason is ev.LeaveReason.SLOW
        event = bridge.wait_for(ev.FileNotSent)
        assert event.reason is ev.NotSentReason.TARGET_GONE
        assert 0 < event.count < event.size == 8 << 20


# ---- files


def test_megabyte_file_arrives_exactly(tmp_path: Path) -> None:
    file = tmp_path / "firmware.bin"
    data = random.Random(3).randbytes(1_000_003)
    file.write_bytes(data)
    with bridged(tap=Tap()) as (device, bridge, hand):
        assert hand.send_file(file)
        assert device.read(len(data)) == data
        event = bridge.wait_for(ev.FileSent)
        assert (event.name, event.count) == ("firmware.bin", len(data))
        progress = hand.progress
        assert (progress.file_sent, progress.file_size) == (len(data), len(data))
        assert progress.file_state is SendState.IDLE
        counters = bridge.thread.counters
        until(lambda: counters.by_hand_to_serial == len(data), "what the device has read is counted")


def test_file_waits_while_the_device_does_not_read_and_can_be_cancelled(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"x" * 1_000_000)
    with bridged() as (device, bridge, hand):
        hand.send_file(file)
        until(lambda: hand.progress.file_state is SendState.HELD, "the device takes no more")
        hand.cancel_file()
        event = bridge.wait_for(ev.FileNotSent)
        assert (event.reason, event.size) == (ev.NotSentReason.CANCELLED, 1_000_000)
        sent = event.count
        assert 0 < sent < 100_000
        assert sent == hand.progress.file_sent
        assert device.read(sent) == b"x" * sent
        hand.send(b"!")
        assert device.read(1) == b"!"
        assert hand.progress.file_state is SendState.IDLE


def test_file_goes_on_where_it_was_when_the_device_is_back(tmp_path: Path) -> None:
    file = tmp_path / "file"
    data = random.Random(4).randbytes(300_000)
    file.write_bytes(data)
    with PtyDevice(link=tmp_path / "tty") as device, RunningBridge(device.path) as bridge:
        hand = by_hand(bridge)
        hand.send_file(file)
        first = device.read(50_000)
        device.unplug()  # what its tty held is lost with it, as with any cable
        bridge.wait_for(ev.DeviceLost)
        until(lambda: hand.progress.file_state is SendState.HELD, "the file waits")
        device.plug()
        rest = b""
        bridge.wait_for(ev.DeviceBack)
        while not bridge.seen(ev.FileSent) or bridge.thread._relay.waits_by_hand:
            rest += device.read_available()
        until(lambda: bridge.thread._relay.waits_by_hand == 0, "all has left")
        rest += device.read_available()
        assert data.startswith(first)
        assert data.endswith(rest)
        assert len(first) + len(rest) > len(data) - 50_000


def test_file_in_the_devices_queue_is_told_as_sent_once_it_has_left(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"f" * 3000)
    with bridged() as (device, bridge, hand):
        sent = fill(bridge, device, bridge.client())
        hand.send_file(file)
        until(lambda: hand.progress.file_state is SendState.HELD, "it waits")
        assert (hand.progress.file_sent, bridge.thread._relay.waits_by_hand) == (3000, 3000)
        hand.send(b"!")  # what comes later does not keep it waiting
        assert not bridge.seen(ev.FileSent)
        assert device.read(sent + 3001).count(b"f") == 3000
        assert bridge.wait_for(ev.FileSent).count == 3000
        assert hand.progress.file_state is SendState.IDLE


def test_file_that_has_not_left_when_the_bridge_stops_is_told_as_not_sent(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"f" * 3000)
    with bridged() as (device, bridge, hand):
        fill(bridge, device, bridge.client())
        hand.send_file(file)
        until(lambda: hand.progress.file_state is SendState.HELD, "it waits")
        bridge.stop()
        event = bridge.wait_for(ev.FileNotSent)
        assert (event.reason, event.count, event.size) == (ev.NotSentReason.STOPPED, 0, 3000)
        assert not bridge.seen(ev.FileSent)


def test_session_that_begins_ends_a_file_to_the_device(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"x" * 100_000)
    with bridged() as (device, bridge, hand):
        hand.send_file(file)
        until(lambda: hand.progress.file_state is SendState.HELD, "the device takes no more")
        bridge.client()
        event = bridge.wait_for(ev.FileNotSent)
        assert (event.reason, event.size) == (ev.NotSentReason.SESSION_BEGAN, 100_000)
        counters = bridge.thread.counters
        assert event.count == counters.by_hand_to_serial
        assert counters.by_hand_lost > 0
        device.read_available()
        hand.send_file(file)  # within a session nothing is purged
        assert device.read(100_000) == b"x" * 100_000
        assert bridge.wait_for(ev.FileSent).count == 100_000


def test_session_that_begins_ends_a_file_that_was_handed_over_and_has_not_left(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"f" * 3000)
    with bridged() as (device, bridge, hand):
        client = bridge.client()
        fill(bridge, device, client)
        hand.send_file(file)
        until(lambda: hand.progress.file_state is SendState.HELD, "it waits")
        bridge.thread.disconnect_client(1)
        bridge.wait_for(ev.ClientDisconnected)
        bridge.client()
        event = bridge.wait_for(ev.FileNotSent)
        assert (event.reason, event.count) == (ev.NotSentReason.SESSION_BEGAN, 0)
        assert b"f" not in device.read_available()


def test_session_that_begins_lets_a_file_that_has_not_begun_go_on(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"f" * 3000)
    with PtyDevice(link=tmp_path / "tty") as device, RunningBridge(device.path) as bridge:
        hand = by_hand(bridge)
        device.unplug()
        bridge.wait_for(ev.DeviceLost)
        hand.send_file(file)
        until(lambda: hand.progress.file_state is SendState.HELD, "it waits for the device")
        bridge.client()
        device.plug()
        assert device.read(3000) == b"f" * 3000
        bridge.wait_for(ev.FileSent)


def test_device_that_goes_ends_a_file_where_the_profile_says_discard(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"x" * 100_000)
    with (
        PtyDevice(link=tmp_path / "tty") as device,
        RunningBridge(device.path, while_away=WhileAway.DISCARD) as bridge,
    ):
        hand = by_hand(bridge)
        hand.send_file(file)
        until(lambda: hand.progress.file_state is SendState.HELD, "the device takes no more")
        device.unplug()
        event = bridge.wait_for(ev.FileNotSent)
        assert event.reason is ev.NotSentReason.DEVICE_LOST
        assert event.count == bridge.thread.counters.by_hand_to_serial


def test_client_that_has_what_waits_thrown_away_ends_a_file(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"x" * 100_000)
    with bridged(mode=Mode.RFC2217) as (_, bridge, hand):
        client = bridge.client()
        hand.send_file(file)
        until(lambda: hand.progress.file_state is SendState.HELD, "the device takes no more")
        client.sendall(b"\xff\xfb\x2c\xff\xfa\x2c\x0c\x02\xff\xf0")  # PURGE-DATA, what waits for the device
        assert bridge.wait_for(ev.FileNotSent).reason is ev.NotSentReason.PURGED


def test_file_that_was_accepted_before_the_bridge_could_not_begin_is_told_as_not_sent(tmp_path: Path) -> None:
    thread = BridgeThread(profile_on(str(tmp_path / "none")), None)
    hand = ByHand(lambda: thread)
    hand.begin(thread)
    assert hand.send_file(tmp_path / "file")
    assert hand.send(b"12345")
    assert hand.repeat(b"x", TO_DEVICE, 10)
    thread.start()
    assert thread.wait(int(DEADLINE_S * 1000))
    hand.end(thread)
    events = thread.take_events()
    assert [event.reason for event in events if isinstance(event, ev.FileNotSent)] == [ev.NotSentReason.STOPPED]
    assert thread.counters.by_hand_lost == 5
    assert hand.progress.file_state is hand.progress.repeat_state is SendState.IDLE
    assert not hand.send_file(tmp_path / "file")  # the window may not know yet that the thread has ended
    assert not hand.send(b"12345")
    assert not hand.repeat(b"x", TO_DEVICE, 10)


@pytest.mark.parametrize("kind", ["missing", "folder", "pipe", "NUL\0"])
def test_what_is_no_readable_file_is_told(kind: str, tmp_path: Path) -> None:
    path = tmp_path / kind
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    with bridged() as (_, bridge, hand):
        hand.send_file(path)
        event = bridge.wait_for(ev.FileNotSent)
        assert (event.reason, event.count) == (ev.NotSentReason.UNREADABLE, 0)
        assert event.detail


def test_empty_file_is_sent(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    with bridged() as (_, bridge, hand):
        hand.send_file(tmp_path / "empty")
        assert bridge.wait_for(ev.FileSent).count == 0


def test_stop_ends_a_file_and_says_so(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"x" * 1_000_000)
    with bridged() as (_, bridge, hand):
        hand.send_file(file)
        until(lambda: hand.progress.file_state is SendState.HELD, "the device takes no more")
        bridge.stop()
        assert bridge.wait_for(ev.FileNotSent).reason is ev.NotSentReason.STOPPED


def test_gap_after_each_byte_and_each_line_lies_between_the_rows(tmp_path: Path) -> None:
    file = tmp_path / "lines"
    file.write_bytes(b"ab\ncd\n")
    tap = Tap()
    with bridged(tap=tap) as (device, bridge, hand):
        hand.send_file(file, TO_DEVICE, Pacing(byte_gap_us=3000, line_gap_ms=40))
        assert device.read(6) == b"ab\ncd\n"
        bridge.wait_for(ev.FileSent)
        entries = tap.drain()
        assert [entry[3] for entry in entries] == [b"a", b"b", b"\n", b"c", b"d", b"\n"]
        gaps_ms = [(after[0] - before[0]) / 1e6 for before, after in pairwise(entries)]
        for gap_ms, least_ms in zip(gaps_ms, (3, 3, 43, 3, 3), strict=True):
            assert gap_ms >= least_ms * 0.99


def test_line_gap_alone_sends_line_by_line(tmp_path: Path) -> None:
    file = tmp_path / "lines"
    lines = [b"x" * 5000 + b"\n", b"\n", b"end"]
    file.write_bytes(b"".join(lines))
    tap = Tap()
    with bridged(tap=tap) as (device, bridge, hand):
        hand.send_file(file, TO_DEVICE, Pacing(line_gap_ms=1))
        assert device.read(5005) == b"".join(lines)
        bridge.wait_for(ev.FileSent)
        assert [len(entry[3]) for entry in tap.drain()] == [4096, 905, 1, 3]


def test_gap_of_microseconds_is_kept_on_average_and_never_undercut(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(bytes(2000))
    tap = Tap()
    with bridged(tap=tap, baud_rate=3_000_000) as (device, bridge, hand):
        hand.send_file(file, TO_DEVICE, Pacing(byte_gap_us=100))
        device.read(2000)
        bridge.wait_for(ev.FileSent)
        entries = tap.drain()
        assert max(len(entry[3]) for entry in entries) <= 10
        took_ms = (entries[-1][0] - entries[0][0]) / 1e6
        assert took_ms >= 190  # 2000 bytes with a gap of 0.1 ms each, but for the last group


# ---- repeating


class Device:
    """In a relay's place: a device that takes everything at once."""

    waits_by_hand = 0
    device_away = False

    def __init__(self) -> None:
        self.counters = Counters()
        self.got: list[bytes] = []

    def send_by_hand(self, data: bytes) -> None:
        self.got.append(data)


def test_message_is_repeated_on_the_beat_however_late_a_turn_is(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(local_sender, "monotonic", lambda: now)
    device, progress = Device(), SendProgress()
    sender = LocalSender(cast(Relay, device), progress, WhileAway.HOLD, lambda _event: None, lambda: None)
    sender.repeat(b"ping", TO_DEVICE, 0.020)
    # The loop's turns; each with how many were sent by then, and the beat that is waited for.
    for turn_ms, sent, next_ms in (
        (0, 1, 20), (1, 1, 20), (20, 2, 40), (41, 3, 60), (59, 3, 60), (75, 4, 80), (83, 5, 100), (147, 6, 160),
        (160, 7, 180),
    ):  # fmt: skip
        now = 1000.0 + turn_ms / 1000
        sender.tick(now)
        assert len(device.got) == progress.repeats == sent, turn_ms
        assert sender.wait_s(None) == pytest.approx((next_ms - turn_ms) / 1000), turn_ms
    assert progress.skipped == 2  # at 120 and 140
    sender.stop_repeating()
    sender.tick(2000.0)
    assert device.got == [b"ping"] * 7
    assert sender.wait_s(None) is None


def test_message_is_repeated_no_more_often_than_asked_until_it_is_stopped() -> None:
    tap = Tap()
    with bridged(tap=tap) as (device, _, hand):
        began = time_ns()
        assert hand.repeat(b"ping", TO_DEVICE, 20)
        assert device.read(40) == b"ping" * 10
        hand.stop_repeating()
        until(lambda: hand.progress.repeat_state is SendState.IDLE, "it is stopped")
        repeats = hand.progress.repeats
        times = [entry[0] for entry in tap.drain()]
        assert len(times) == repeats
        assert (times[-1] - began) / 1e6 >= 20 * (repeats - 1) * 0.99
        hand.send(b".")
        assert (device.read(4 * (repeats - 10)) + device.read(1)).endswith(b".")


def test_turn_is_skipped_while_the_one_before_is_not_out() -> None:
    with bridged() as (device, _, hand):
        while hand.send(b"x" * 1000):
            pass
        hand.repeat(b"late", TO_DEVICE, 10)
        until(lambda: hand.progress.skipped >= 3, "turns are skipped")
        assert hand.progress.repeats == 0
        until(lambda: b"late" in device.read_available(), "then it goes")


def test_what_is_given_up_is_not_counted_as_repeated(tmp_path: Path) -> None:
    with (
        PtyDevice(link=tmp_path / "tty") as device,
        RunningBridge(device.path, while_away=WhileAway.DISCARD) as bridge,
    ):
        hand = by_hand(bridge)
        device.unplug()
        bridge.wait_for(ev.DeviceLost)
        hand.repeat(b"ping", TO_DEVICE, 10)
        until(lambda: bridge.thread.counters.by_hand_lost >= 12, "three are given up")
        assert hand.progress.repeats == 0
        device.plug()
        until(lambda: hand.progress.repeats > 0, "now they go out")


def test_repeating_to_all_waits_for_somebody_and_to_one_ends_with_it() -> None:
    with bridged(clients=SHARED) as (_, bridge, hand):
        hand.repeat(b"tick", TO_ALL, 10)
        until(lambda: hand.progress.skipped >= 2, "nobody is there")
        client = bridge.client()
        assert receive(client, 8) == b"ticktick"
        hand.repeat(b"tock", 1, 10)
        while receive(client, 4) != b"tock":
            pass
        client.close()
        assert bridge.wait_for(ev.NotSent).client == 1
        until(lambda: hand.progress.repeat_state is SendState.IDLE, "it has ended")


@pytest.mark.parametrize("interval_ms", [9, 24 * 3600 * 1000 + 1])
def test_interval_out_of_range_is_refused(interval_ms: int) -> None:
    with pytest.raises(ValueError, match="10 ms to 24 h"):
        ByHand(lambda: None).repeat(b"x", TO_DEVICE, interval_ms)


def test_gap_out_of_range_is_refused() -> None:
    with pytest.raises(ValueError, match="at most"):
        Pacing(byte_gap_us=-1)


# ---- everybody else


def test_clients_bytes_are_exact_while_files_go_both_ways_by_hand(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"\xaa" * 400_000)
    with EchoDevice() as device, RunningBridge(device.path) as bridge:
        hand = by_hand(bridge)
        client = bridge.client()
        hand.send_file(file)
        data = bytes(byte for byte in range(256) if byte != 0xAA) * 400
        client.setblocking(True)
        sent, received = 0, bytearray()
        while len(received) < len(data) + 400_000:
            if sent < len(data):
                sent += client.send(data[sent : sent + 3000])
            received += client.recv(65536)
        assert bytes(received).replace(b"\xaa", b"") == data
        counters, expected = bridge.thread.counters, (len(data), 400_000)
        until(lambda: (counters.tcp_to_serial, counters.by_hand_to_serial) == expected, "all is counted")


def test_loop_has_no_sender_while_nothing_is_sent_by_hand() -> None:
    with bridged() as (device, bridge, _):
        client = bridge.client()
        client.sendall(b"x")
        assert device.read(1) == b"x"
        until(lambda: bridge.thread.counters.tcp_to_serial == 1, "it is counted")
        assert bridge.thread._loop.sender is None
