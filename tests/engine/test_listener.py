from __future__ import annotations

import contextlib
import select
import socket
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from serialbridge_gui.engine.addresses import address_taken, reachable
from serialbridge_gui.engine.errors import BridgeError, Cause
from serialbridge_gui.engine.listener import Listener
from serialbridge_gui.profile import MAX_CLIENTS, ListenAddress
from tests.engine.running import until

TCP_INFO_UNACKED = struct.Struct("24x I")
"""Of struct tcp_info (linux/tcp.h): of a listening socket, how many connections wait to be accepted."""


@contextmanager
def listening(address: ListenAddress, accepted: list[socket.socket]) -> Iterator[tuple[Listener, ListenAddress]]:
    listener = Listener(accepted.append)
    try:
        yield listener, listener.open(address)
    finally:
        listener.close()
        for sock in accepted:
            sock.close()


def cause_of(host: str, port: int) -> Cause:
    with pytest.raises(BridgeError) as caught, listening(ListenAddress(host=host, port=port), []):
        pass
    return caught.value.problem.cause


@pytest.mark.parametrize(("host", "family"), [("127.0.0.1", socket.AF_INET), ("::1", socket.AF_INET6)])
def test_connection_is_handed_over_as_a_plain_socket(host: str, family: int) -> None:
    accepted: list[socket.socket] = []
    with listening(ListenAddress(host=host, port=0), accepted) as (listener, bound):
        assert bound.port
        with socket.create_connection((bound.host, bound.port), timeout=30) as client:
            until(lambda: listener.accept_waiting() and accepted, "it is accepted")
            assert [sock.family for sock in accepted] == [family]
            accepted[0].sendall(b"hello")
            assert client.recv(10) == b"hello"


def test_nothing_waiting_is_no_failure() -> None:
    with listening(ListenAddress(port=0), []) as (listener, _):
        assert listener.accept_waiting()


def waiting(listener: Listener) -> int:
    """How many connections wait to be accepted. A client is told of its own a moment earlier."""
    with socket.fromfd(listener.descriptor(), socket.AF_INET, socket.SOCK_STREAM) as own:
        info = own.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, TCP_INFO_UNACKED.size)
    return int(TCP_INFO_UNACKED.unpack(info)[0])


def test_all_that_wait_are_accepted_at_once() -> None:
    accepted: list[socket.socket] = []
    with contextlib.ExitStack() as clients, listening(ListenAddress(port=0), accepted) as (listener, bound):
        for _ in range(50):
            clients.enter_context(socket.create_connection((bound.host, bound.port), timeout=30))
        if sys.platform.startswith("linux"):
            until(lambda: waiting(listener) == 50, "all of them wait")
        listener.accept_waiting()
        assert len(accepted) == 50


def test_name_of_this_machine_is_resolved() -> None:
    with listening(ListenAddress(host="localhost", port=0), []) as (_, bound):
        assert bound.host == "127.0.0.1"


def test_problems_have_their_cause() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert cause_of("127.0.0.1", port) is Cause.ADDRESS_IN_USE
        assert address_taken(ListenAddress(port=port))
    until(lambda: not address_taken(ListenAddress(port=port)), "the port is free")  # or another test has it for now
    assert cause_of("192.0.2.77", 4001) is Cause.ADDRESS_NOT_OURS
    assert cause_of("no-such-host.invalid", 4001) is Cause.ADDRESS_UNKNOWN_NAME


def test_address_to_connect_to_is_a_real_one_where_the_listener_takes_any() -> None:
    for any_host, family in (("0.0.0.0", socket.AF_INET), ("::", socket.AF_INET6)):
        host = reachable(ListenAddress(host=any_host, port=4001)).host
        assert host != any_host
        socket.inet_pton(family, host)
    named = ListenAddress(host="127.0.0.1", port=4001)
    assert reachable(named) == named


def most_that_may_wait() -> int:
    """The system's own bound of a listener's queue, where it tells: 4096 in Linux since 5.4."""
    setting = Path("/proc/sys/net/core/somaxconn")
    return int(setting.read_text(encoding="ascii")) if setting.exists() else 0


@pytest.mark.skipif(most_that_may_wait() < MAX_CLIENTS, reason="this system lets fewer wait, whoever asks")
def test_as_many_clients_as_a_profile_may_have_can_ask_at_once_while_the_loop_is_busy() -> None:
    accepted: list[socket.socket] = []
    with contextlib.ExitStack() as sockets, listening(ListenAddress(port=0), accepted) as (listener, bound):
        clients = [sockets.enter_context(socket.socket()) for _ in range(MAX_CLIENTS)]
        for client in clients:
            client.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                client.connect((bound.host, bound.port))
        for client in clients:  # the system says yes though nobody has accepted: there is room for each
            assert select.select([], [client], [], 30)[1], "the system dropped it"

        def all_are_in() -> bool:
            assert listener.accept_waiting()
            return len(accepted) == MAX_CLIENTS

        until(all_are_in, "each is accepted")
