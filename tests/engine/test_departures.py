"""When a client is too slow, has its answer, or is seen off, by a clock that the test sets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from serialbridge_gui.engine import events as ev
from serialbridge_gui.engine.client import Client
from serialbridge_gui.engine.counters import Counters
from serialbridge_gui.engine.departures import SEE_OFF_S, SLOW_CLIENT_S, Departures
from serialbridge_gui.engine.readiness import READ
from serialbridge_gui.engine.timed import TICK_S
from serialbridge_gui.profile import Access, ClientRules
from tests.sockets import tcp_pair


class Owner:
    """A relay whose queue for each client is full, and whose device waits for them."""

    port = None
    to_device_bytes = 0
    taken_bytes = 0
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


# ---- a client that has shut its sending side

SILENCE_S = 1.0


def half_closed(owner: Owner) -> tuple[Departures, Client, list[ev.Event]]:
    """A client that has shut its sending side at 100.0, and is looked at since."""
    told: list[ev.Event] = []
    rules = ClientRules(access=Access.SHARED, half_closed_silence_s=SILENCE_S)
    departures = Departures(rules, owner, None, told.append)
    departures.tick(100.0)
    client = owner.clients[0]
    client.finished_sending = 100.0
    return departures, client, told


def assert_let_go_after_a_silence(departures: Departures, told: list[ev.Event], since: float) -> None:
    """As long as the profile says, and no longer than a few ticks more."""
    ticked(departures, since, since + SILENCE_S - 2 * TICK_S)
    assert told == []
    ticked(departures, since + SILENCE_S - 2 * TICK_S, since + SILENCE_S + 3 * TICK_S)
    (left,) = told
    assert isinstance(left, ev.ClientDisconnected)
    assert (left.client, left.reason) == (1, ev.LeaveReason.CLOSED)


def test_half_closed_client_is_let_go_after_the_silence(owner: Owner) -> None:
    departures, _, told = half_closed(owner)
    assert_let_go_after_a_silence(departures, told, 100.0)


def test_silence_begins_once_the_request_has_left_for_a_slow_device(owner: Owner) -> None:
    departures, client, told = half_closed(owner)
    owner.to_device_bytes = client.request_ends_at = 100
    now = ticked(departures, 100.0, 103.0)
    assert told == []
    owner.to_device_bytes, owner.taken_bytes = 0, 100
    assert_let_go_after_a_silence(departures, told, now)


def test_others_who_send_all_the_while_do_not_keep_it(owner: Owner) -> None:
    departures, client, told = half_closed(owner)
    owner.to_device_bytes, owner.taken_bytes, client.request_ends_at = 100, 50, 60
    now = ticked(departures, 100.0, 103.0)
    assert told == []
    owner.taken_bytes = 60
    assert_let_go_after_a_silence(departures, told, now)


def test_silence_begins_once_the_client_has_taken_what_waits_for_it(owner: Owner) -> None:
    """The device is not read while the queue is full: it may have more to say."""
    departures, client, told = half_closed(owner)
    client.queue.put(b"answer")
    now = ticked(departures, 100.0, 103.0)
    assert told == []
    client.queue.clear()
    assert_let_go_after_a_silence(departures, told, now)


def test_time_in_which_the_program_stood_still_is_no_silence(owner: Owner) -> None:
    departures, _, told = half_closed(owner)
    owner.last_serial_at = 100.4
    ticked(departures, 100.0, 100.9)
    departures.tick(3700.0)  # the device may have answered meanwhile, and nobody has read it yet
    assert told == []
    assert_let_go_after_a_silence(departures, told, 3700.0 - 0.5)


# ---- clients of a device that is gone


def test_client_has_its_second_to_take_what_is_queued_in_which_the_program_ran(owner: Owner) -> None:
    told: list[ev.Event] = []
    departures = Departures(ClientRules(access=Access.SHARED), owner, None, told.append)
    departures.tick(10.0)  # nothing had to be looked at for long
    for client in owner.clients:
        client.queue.put(b"last words")
    departures.see_off_all(100.0)
    departures.tick(100.0)
    stood_still_at = ticked(departures, 100.0 + TICK_S, 100.0 + SEE_OFF_S / 2)
    again_at = stood_still_at + 3600.0
    departures.tick(again_at)
    assert told == []
    ticked(departures, again_at + TICK_S, again_at + SEE_OFF_S / 2 - 3 * TICK_S)
    assert told == []
    ticked(departures, again_at + SEE_OFF_S / 2 - 2 * TICK_S, again_at + SEE_OFF_S)
    assert [type(event) for event in told] == [ev.ClientDisconnected] * 2
    assert not departures.seeing_off
