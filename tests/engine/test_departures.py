"""When a client is too slow, by a clock that the test sets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from serialbridge_gui.engine import events as ev
from serialbridge_gui.engine.client import Client
from serialbridge_gui.engine.counters import Counters
from serialbridge_gui.engine.departures import SLOW_CLIENT_S, Departures
from serialbridge_gui.engine.readiness import READ
from serialbridge_gui.engine.timed import TICK_S
from serialbridge_gui.profile import Access, ClientRules
from tests.sockets import tcp_pair


class Owner:
    """A relay whose queue for each client is full, and whose device waits for them."""

    port = None
    to_device_bytes = 0
    last_serial_at = 0.0
    stopping = False

    def __init__(self, clients: tuple[Client, ...]) -> None:
        self.clients = clients
        self.counters = Counters()

    def is_held_by(self, _client: Client) -> bool:
        return True

    def let_write(self, client: Client) -> None: ...

    def remove(self, client: Client) -> None:
        self.clients = tuple(each for each in self.clients if each is not client)


@pytest.fixture
def owner() -> Iterator[Owner]:
    pairs = [tcp_pair() for _ in range(2)]
    clients = tuple(Client(number, ours, may_write=True, now=0.0) for number, (ours, _) in enumerate(pairs, 1))
    for client in clients:
        client.watched = READ
    yield Owner(clients)
    for pair in pairs:
        for each in pair:
            each.close()


def ticked(departures: Departures, begin: float, until: float) -> float:
    """Ticks as the loop makes them, from `begin` on; the time of the last one."""
    now = begin
    while now < until:
        departures.tick(now)
        now += TICK_S
    return now - TICK_S


@pytest.mark.parametrize("many", [True, False], ids=["others wait", "nobody else"])
def test_client_is_too_slow_after_half_a_second_in_which_the_program_ran(owner: Owner, many: bool) -> None:
    told: list[ev.Event] = []
    departures = Departures(ClientRules(access=Access.SHARED), owner, None, told.append)
    slow = owner.clients[0]
    if not many:
        owner.clients = (slow,)
    departures.tick(100.0)
    slow.full_since = slow.last_taken_at = 100.0
    stood_still_at = ticked(departures, 100.0, 100.0 + SLOW_CLIENT_S / 2)
    assert told == []
    again_at = stood_still_at + 3600.0  # the computer slept
    departures.tick(again_at)
    assert told == []
    ticked(departures, again_at + TICK_S, again_at + SLOW_CLIENT_S / 2 - 3 * TICK_S)
    assert told == []
    ticked(departures, again_at + SLOW_CLIENT_S / 2 - 2 * TICK_S, again_at + SLOW_CLIENT_S)
    (left,) = told
    assert isinstance(left, ev.ClientDisconnected)
    assert (left.client, left.reason) == (1, ev.LeaveReason.SLOW)


def test_client_whose_queue_is_full_for_the_first_time_has_its_half_second(owner: Owner) -> None:
    told: list[ev.Event] = []
    departures = Departures(ClientRules(access=Access.SHARED), owner, None, told.append)
    departures.tick(100.0)
    slow = owner.clients[0]
    slow.full_since = slow.last_taken_at = 200.0  # nothing had to be looked at for long
    ticked(departures, 200.0, 200.0 + SLOW_CLIENT_S - TICK_S)
    assert told == []
    ticked(departures, 200.0 + SLOW_CLIENT_S, 200.0 + SLOW_CLIENT_S + 2 * TICK_S)
    assert len(told) == 1
