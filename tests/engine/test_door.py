"""Who may come in: networks, and web pages, which may not."""

from __future__ import annotations

import socket
import ssl
from contextlib import suppress

import pytest

from serialbridge_gui.engine import door, tls
from serialbridge_gui.engine import events as ev
from serialbridge_gui.engine.first_words import looks_like_http, looks_like_telnet
from serialbridge_gui.engine.self_signed import CertificateFiles
from serialbridge_gui.profile import ClientRules, TlsFiles
from tests.certificates import Authority
from tests.devices import PtyDevice
from tests.engine.running import DEADLINE_S, RunningBridge, receive, until
from tests.engine.test_sessions import is_closed


def connect_from(bridge: RunningBridge, source: str) -> socket.socket:
    listening = bridge.seen(ev.Listening)[0]
    return socket.create_connection((listening.host, listening.port), DEADLINE_S, source_address=(source, 0))


def test_only_addresses_on_the_list_come_in() -> None:
    rules = ClientRules(allow=("127.0.0.2", "127.1.0.0/16"), half_closed_silence_s=0.05)
    with PtyDevice() as device, RunningBridge(device.path, clients=rules) as bridge:
        for number, source in enumerate(("127.0.0.1", "127.0.0.3", "127.2.0.1"), 1):
            with connect_from(bridge, source) as refused:
                assert is_closed(refused)
            event = bridge.wait_for(ev.ClientRefused, number)
            assert event.reason is ev.RefuseReason.NOT_ALLOWED
            assert event.address.startswith(f"{source}:")
        for number, source in enumerate(("127.0.0.2", "127.1.200.1"), 1):
            with connect_from(bridge, source) as allowed:
                allowed.sendall(b"%d" % number)
                assert device.read(1) == b"%d" % number
            bridge.wait_for(ev.ClientDisconnected, number)
        assert len(bridge.seen(ev.ClientConnected)) == 2


@pytest.mark.parametrize(
    ("networks", "inside"),
    [
        (("127.0.0.0/8",), True),
        (("::1",), False),
        (("::/0",), False),
        (("::ffff:127.0.0.1",), True),
        (("::ffff:127.0.0.0/104",), True),
        (("::ffff:10.0.0.0/104",), False),
    ],
)
def test_ipv4_peer_of_an_ipv6_socket_counts_as_ipv4(networks: tuple[str, ...], inside: bool) -> None:
    with (
        socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True) as server,
        socket.create_connection(("127.0.0.1", server.getsockname()[1]), DEADLINE_S),
        server.accept()[0] as accepted,
    ):
        assert door._is_in(accepted, door._networks(networks)) is inside


def stand_still(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The seconds of the door's clock, which go on only where the test says so."""
    seconds = [1_700_000_000]
    monkeypatch.setattr(door, "time_ns", lambda: seconds[0] * 1_000_000_000)
    return seconds


def test_flood_of_refused_is_told_in_part_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "TOLD_A_SECOND", 3)
    seconds = stand_still(monkeypatch)
    with PtyDevice() as device, RunningBridge(device.path, clients=ClientRules(allow=("192.0.2.1",))) as bridge:
        for _ in range(20):
            assert is_closed(bridge.connect())
        until(lambda: bridge.thread._relay.arrivals.door._untold == 17, "those that are not told of are counted")
        assert not bridge.seen(ev.RefusalsUntold)
        seconds[0] += 1
        assert bridge.wait_for(ev.RefusalsUntold).count == 17
        assert len(bridge.seen(ev.ClientRefused)) == 3


# ---- TLS


def tls_rules(server: CertificateFiles) -> TlsFiles:
    return TlsFiles(certificate=str(server.certificate), key=str(server.key))


def shake_hands(sock: socket.socket, ca: Authority) -> ssl.SSLSocket:
    return ssl.create_default_context(cafile=str(ca.file)).wrap_socket(sock, server_hostname="localhost")


def test_silent_peer_is_dropped_though_nothing_else_happens(
    server: CertificateFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tls, "HANDSHAKE_S", 0.2)
    with PtyDevice() as device, RunningBridge(device.path, tls=tls_rules(server)) as bridge:
        assert is_closed(bridge.connect())
        assert bridge.wait_for(ev.ClientRefused).reason is ev.RefuseReason.TLS


def test_place_that_was_taken_during_a_handshake_is_taken(
    ca: Authority, server: CertificateFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tls, "HANDSHAKE_S", 600.0)  # a busy machine is slower than a peer may be
    with PtyDevice() as device, RunningBridge(device.path, tls=tls_rules(server)) as bridge:
        slow = bridge.connect()
        with shake_hands(bridge.connect(), ca) as quick:
            bridge.wait_for(ev.ClientConnected)
            with suppress(OSError), shake_hands(slow, ca) as late:  # it may learn of it now or at its first read
                assert late.recv(1) == b""
            assert bridge.wait_for(ev.ClientRefused).reason is ev.RefuseReason.IN_USE
            quick.sendall(b"x")
            assert device.read(1) == b"x"


# ---- first words


def test_flood_of_web_pages_is_told_in_part_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "TOLD_A_SECOND", 2)
    seconds = stand_still(monkeypatch)
    with PtyDevice() as device, RunningBridge(device.path) as bridge:
        for count in range(1, 8):
            with bridge.client() as page:
                page.sendall(b"GET / HTTP/1.1\r\n\r\n")
                bridge.wait_for(ev.ClientDisconnected, count)
        assert len(bridge.seen(ev.ClientRefused)) == 2
        seconds[0] += 1
        assert bridge.wait_for(ev.RefusalsUntold).count == 5


@pytest.mark.parametrize(
    "request_line", [b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"POST /a?b HTTP/1.0\r\n\r\nG28", b"OPTIONS * HTTP/1.1\n"]
)
def test_web_page_is_disconnected_before_the_device_gets_a_byte(request_line: bytes) -> None:
    with PtyDevice() as device, RunningBridge(device.path) as bridge:
        with bridge.client() as page:
            page.sendall(request_line)
            assert is_closed(page)
        assert bridge.wait_for(ev.ClientRefused).reason is ev.RefuseReason.HTTP
        with bridge.client() as honest:
            honest.sendall(b"x")
            assert device.read(1) == b"x"


def test_device_that_speaks_http_can_be_spoken_to() -> None:
    rules = ClientRules(refuse_http=False)
    with PtyDevice() as device, RunningBridge(device.path, clients=rules) as bridge:
        bridge.client().sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert device.read(18) == b"GET / HTTP/1.1\r\n\r\n"


def test_http_later_in_a_session_passes() -> None:
    with PtyDevice() as device, RunningBridge(device.path) as bridge:
        client = bridge.client()
        client.sendall(b"x")
        assert device.read(1) == b"x"
        client.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert device.read(18) == b"GET / HTTP/1.1\r\n\r\n"
        device.write(b"200")
        assert receive(client, 3) == b"200"


@pytest.mark.parametrize(
    "data", [b"", b"G", b"GET /", b"AT\r\n", b"G28 X0 Y0\r\n", b"GET x HTTP", b"get / HTTP/1.1\r\n"]
)
def test_what_is_no_request_is_not_taken_for_one(data: bytes) -> None:
    assert not looks_like_http(data)


def test_telnet_begins_with_a_negotiation() -> None:
    assert looks_like_telnet(b"\xff\xfb\x2c")
    assert not looks_like_telnet(b"\xff\xff\xff")
    assert not looks_like_telnet(b"\xff\xfb")
