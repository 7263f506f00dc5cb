"""Bytes through TLS, both ways, whole, and a good end."""

from __future__ import annotations

import gc
import random
import socket
import struct
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest

from serialbridge_gui.engine import tls_stream
from serialbridge_gui.engine.client import MAX_QUEUE_BYTES
from serialbridge_gui.engine.self_signed import make_self_signed
from serialbridge_gui.engine.tls import ServerTls
from serialbridge_gui.engine.tls_client import TlsClient
from serialbridge_gui.engine.tls_stream import MAX_PLAIN_BYTES
from tests.engine.secured import Entrance, FullSocket, OpensslClient, PythonClient, needs_openssl
from tests.flow import Flow, digest_of

MEBIBYTE = 1 << 20
LONG_S = 120


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> ServerTls:
    files = make_self_signed(tmp_path_factory.mktemp("tls"), ["localhost"])
    return ServerTls(str(files.certificate), str(files.key))


@pytest.fixture
def entrance(tls: ServerTls) -> Iterator[Entrance]:
    with Entrance(tls) as made:
        yield made


@pytest.fixture
def peer(entrance: Entrance) -> Iterator[PythonClient]:
    """Through its handshake."""
    with PythonClient(entrance.port) as made:
        made.shake(entrance.turn)
        yield made


@pytest.fixture
def client(entrance: Entrance, peer: PythonClient) -> TlsClient:
    """The server's end of `peer`."""
    return entrance.wait_client()


def fill(entrance: Entrance, client: TlsClient, source: random.Random, queued: int) -> bytes:
    """Send until so many bytes are queued because the peer does not read; returns what was sent."""
    sent = bytearray()
    while client.queue.size < queued:
        data = source.randbytes(source.choice((1, 3, 700, 4095, 4096, 16_384, 16_385, 65_536)))
        entrance.send(client, data)
        sent += data
    return bytes(sent)


def same(one: bytes | bytearray, other: bytes | bytearray) -> bool:
    """Without what pytest would say about two different megabytes."""
    return one == other


# ---- both ways


@needs_openssl
@pytest.mark.parametrize("version", ["tls1_2", "tls1_3"])
def test_ten_megabytes_each_way_are_the_same_bytes_though_there_is_little_room(
    tls: ServerTls, tmp_path: Path, version: str
) -> None:
    flow, back = Flow(1, 10 * MEBIBYTE), Flow(2, 10 * MEBIBYTE)
    source = tmp_path / "source"
    source.write_bytes(b"".join(flow))
    with Entrance(tls, room=1000) as entrance, OpensslClient(entrance, tmp_path, "-" + version, sends=source) as peer:
        client = entrance.wait_client()
        for chunk in back:
            entrance.send(client, chunk)
            entrance.until(lambda: client.queue.size < MAX_QUEUE_BYTES, "the peer takes what is sent", LONG_S)
        received = entrance.received[client]
        entrance.until(lambda: len(received) >= flow.size and not client.queue.size, "all has come", LONG_S)
        assert client.finish()
        entrance.until(peer.ended, "the peer ends at our goodbye")
        assert digest_of(iter([bytes(received)])) == flow.digest()
        assert digest_of(iter([peer.said()])) == back.digest()
        assert entrance.longest <= MAX_PLAIN_BYTES
        assert client.sent == back.size


def test_whole_record_is_read_at_once_where_there_is_less_room(
    tls: ServerTls, entrance: Entrance, peer: PythonClient, client: TlsClient
) -> None:
    entrance.room = 1
    data = random.Random(1).randbytes(3 * MAX_PLAIN_BYTES + 5)
    peer.send(data)
    entrance.until(lambda: len(entrance.received[client]) == len(data), "all of it")
    assert same(entrance.received[client], data)
    assert entrance.longest == MAX_PLAIN_BYTES
    with pytest.raises(BlockingIOError):
        client.receive(1)


def test_what_waited_for_a_peer_that_did_not_read_comes_whole(
    entrance: Entrance, peer: PythonClient, client: TlsClient
) -> None:
    source = random.Random(3)
    expected = bytearray(fill(entrance, client, source, MAX_QUEUE_BYTES // 2))
    for _ in range(20):
        client.flush()  # what cannot go now is offered again, and again
        data = source.randbytes(source.choice((1, 5000)))
        client.send(data)
        expected += data
    client.send(b"x" * 70_000)
    assert client.queue.drop_last() == 70_000  # a reader in `monitor` gets a gap: never within a record
    client.send(b"the end")
    expected += b"the end"
    entrance.until(lambda: len(peer.read()) >= len(expected), "the peer has it all")
    assert same(peer.read(), expected)
    assert client.sent == len(expected)
    assert not client.queue.size


@needs_openssl
def test_peer_that_asks_for_new_keys_goes_on(entrance: Entrance, tmp_path: Path) -> None:
    with OpensslClient(entrance, tmp_path, "-tls1_3", quiet=False) as peer:
        client = entrance.wait_client()
        for word in ("one\n", "two\n", "three\n"):
            peer.ask_for_new_keys(entrance)
            peer.type(word)
            entrance.until(lambda end=word: entrance.received[client].endswith(end.encode()), "what follows")  # type: ignore[misc]
            entrance.send(client, b"after " + word.encode())
            entrance.until(lambda end=word: b"after " + end.encode() in peer.said(), "the answer")  # type: ignore[misc]
        assert entrance.received[client] == b"one\ntwo\nthree\n"


@needs_openssl
def test_peer_that_asks_for_new_keys_while_a_record_waits_to_leave_goes_on(entrance: Entrance, tmp_path: Path) -> None:
    with OpensslClient(entrance, tmp_path, "-tls1_3", quiet=False) as peer:
        client = entrance.wait_client()
        full = FullSocket(client._stream)
        data = random.Random(4).randbytes(50_000)
        entrance.send(client, data)
        assert client.queue.size == len(data)
        peer.ask_for_new_keys(entrance)
        peer.type("one\n")
        entrance.until(lambda: entrance.received[client] == b"one\n", "it is read all the same")
        full.relent()
        entrance.send(client, b"the end")
        entrance.until(lambda: peer.said().endswith(b"the end"), "it has all")
        assert data + b"the end" in peer.said()


@needs_openssl
def test_peer_that_asks_for_new_keys_without_end_and_does_not_read_has_failed(
    entrance: Entrance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tls_stream, "MAX_ANSWERS_BYTES", 100)
    with OpensslClient(entrance, tmp_path, "-tls1_3", quiet=False) as peer:
        client = entrance.wait_client()
        FullSocket(client._stream)
        for _ in range(10):
            peer.ask_for_new_keys(entrance)
        entrance.until(lambda: client in entrance.failures, "it is found out")
        assert "does not take the answers" in str(entrance.failures[client])


@needs_openssl
def test_renegotiation_is_refused(entrance: Entrance, tmp_path: Path) -> None:
    with OpensslClient(entrance, tmp_path, "-tls1_2", quiet=False) as peer:
        client = entrance.wait_client()
        peer.type("R\n")
        entrance.until(peer.ended, "the peer takes no for an end")
        assert b"no renegotiation" in peer.messages.read_bytes()
        entrance.until(lambda: client.finished_sending or client in entrance.failures, "it is gone here, too")


# ---- the end


def test_client_that_has_said_goodbye_goes_on_receiving(
    entrance: Entrance, peer: PythonClient, client: TlsClient
) -> None:
    peer.send(b"request")
    peer.say_goodbye()
    entrance.until(lambda: client.finished_sending, "its goodbye")
    assert entrance.received[client] == b"request"
    answer = random.Random(6).randbytes(100_000)
    entrance.send(client, answer)
    entrance.until(lambda: len(peer.read()) == len(answer), "the answer")
    assert same(peer.read(), answer)
    assert not peer.told_goodbye
    assert client.finish()
    entrance.until(lambda: peer.read() and peer.at_end, "our end")
    assert peer.told_goodbye


def test_client_that_only_shuts_the_tcp_connection_goes_on_receiving(
    entrance: Entrance, peer: PythonClient, client: TlsClient
) -> None:
    peer.send(b"request")
    peer.socket.shutdown(socket.SHUT_WR)
    entrance.until(lambda: client.finished_sending, "its end")
    entrance.send(client, b"answer")
    entrance.until(lambda: peer.read() == b"answer", "the answer")
    client.close()
    entrance.until(lambda: peer.read() and peer.at_end, "our end")
    assert peer.told_goodbye


def test_goodbye_that_answers_ours_is_an_end_and_no_failure(
    entrance: Entrance, peer: PythonClient, client: TlsClient
) -> None:
    assert client.finish()
    entrance.until(lambda: peer.read() == b"" and peer.told_goodbye, "our goodbye")
    peer.say_goodbye()
    entrance.until(lambda: client.finished_sending, "its goodbye")
    assert not entrance.failures
    assert client.close() == 0


def test_leave_is_taken_of_a_client_that_goes_on_sending_and_each_byte_is_counted(
    entrance: Entrance, peer: PythonClient, client: TlsClient
) -> None:
    entrance.hold(client, held=True)
    entrance.send(client, b"last words")
    peer.send(bytes(20_000))
    discarded = 0

    def all_of(sent: int) -> bool:
        nonlocal discarded
        discarded += client.discard_input()
        return discarded == sent

    assert client.finish()
    for round_ in range(2, 5):  # what comes behind our goodbye is read as before
        peer.send(bytes(20_000))
        assert client.finish()
        entrance.until(lambda sent=20_000 * round_: all_of(sent), "what the peer sent")  # type: ignore[misc]
    assert not client.peer_left
    assert client.sends_on
    peer.say_goodbye()
    entrance.until(lambda: client.discard_input() or client.peer_left, "its goodbye")
    assert not client.still_matters()
    assert client.close() == 0
    entrance.until(lambda: peer.read() == b"last words" and peer.told_goodbye, "our last words and goodbye")


@pytest.mark.parametrize("reads_on", [False, True])
def test_client_that_does_not_read_is_left_without_waiting_and_what_is_lost_is_known(
    entrance: Entrance, peer: PythonClient, client: TlsClient, reads_on: bool
) -> None:
    sent = fill(entrance, client, random.Random(7), MAX_QUEUE_BYTES)
    queued = client.queue.size
    assert client.sent == len(sent) - queued
    entrance.hold(client, held=True)
    entrance.stop_watching(client)
    if reads_on:  # too late: nothing more is sent
        peer.read()
    assert client.finish()
    assert client.close() == queued
    entrance.until(lambda: peer.read() and peer.at_end, "the peer has what went")
    assert same(peer.read(), sent[: len(sent) - queued])
    assert not peer.told_goodbye, "a goodbye would say that this was all"


def test_reset_connection_fails_as_a_plain_one(entrance: Entrance, peer: PythonClient, client: TlsClient) -> None:
    peer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    peer.socket.close()
    entrance.until(lambda: client in entrance.failures, "the reset")
    assert isinstance(entrance.failures[client], ConnectionResetError)
    assert client.close() == 0


def test_bytes_that_are_no_records_fail(entrance: Entrance, peer: PythonClient, client: TlsClient) -> None:
    peer.socket.sendall(b"plain bytes all of a sudden")
    entrance.until(lambda: client in entrance.failures, "they are found out")
    client.close()


def test_system_knows_of_the_connection_as_of_a_plain_one(
    entrance: Entrance, peer: PythonClient, client: TlsClient
) -> None:
    assert client.socket.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    assert client.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    assert not client.has_vanished()
    assert not client.peer_has_finished()
    assert client.address == "{}:{}".format(*peer.socket.getsockname())


def test_connection_that_is_over_leaves_nothing_to_the_garbage_collector(tls: ServerTls) -> None:
    with Entrance(tls) as entrance, PythonClient(entrance.port) as peer:
        peer.shake(entrance.turn)
        client = entrance.wait_client()
        entrance.stop_watching(client)
        client.close()
        gone = weakref.ref(client._stream._tls)
    assert not gc.isenabled()
    del client, entrance
    assert gone() is None
