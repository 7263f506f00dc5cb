from __future__ import annotations

import pytest

from serialbridge_gui.traffic.chunk import LOCAL, NO_CLIENT, Direction, TapEntry
from serialbridge_gui.traffic.replay import Step, steps

SERIAL, TCP = Direction.SERIAL_TO_TCP, Direction.TCP_TO_SERIAL
S = 1_000_000_000
T0 = 1_700_000_000 * S
CAPTURE: list[TapEntry] = [
    (T0, TCP, 1, b"ask"),
    (T0 + S, Direction.EVENT, NO_CLIENT, b"Client #1 is gone"),
    (T0 + 2 * S, SERIAL, NO_CLIENT, b"answer"),
    (T0 + 3 * S, SERIAL, NO_CLIENT, b"more"),
    (T0 + 3 * S, Direction.GAP, NO_CLIENT, b"99"),
    (T0 + 4 * S, SERIAL, LOCAL, b"by hand, to the clients"),
    (T0 + 5 * S, TCP, LOCAL, b"??"),
    (T0 + 8 * S, SERIAL, NO_CLIENT, b"!"),
]


def test_what_the_device_said_begins_at_once_and_keeps_its_pace() -> None:
    assert list(steps(CAPTURE, SERIAL)) == [
        Step(0.0, 2.0, 3, b"answer"), Step(1.0, 1.0, 3, b"more"), Step(6.0, 3.0, 5, b"!"),
    ]  # fmt: skip


def test_what_was_sent_to_the_device_can_be_played_too() -> None:
    assert list(steps(CAPTURE, TCP)) == [Step(0.0, 0.0, 0, b"ask"), Step(5.0, 2.0, 10, b"??")]


@pytest.mark.parametrize(("speed", "last_s"), [(2.0, 3.0), (0.5, 12.0), (0, 0.0)])
def test_speed_shortens_or_stretches_the_pauses(speed: float, last_s: float) -> None:
    assert [step.due_s for step in steps(CAPTURE, SERIAL, speed)][-1] == pytest.approx(last_s)


def test_clock_that_was_set_back_makes_no_pause_and_no_step_before_the_last() -> None:
    entries: list[TapEntry] = [(T0, SERIAL, 0, b"a"), (T0 - 99 * S, SERIAL, 0, b"b"), (T0 - 98 * S, SERIAL, 0, b"c")]
    assert [step.due_s for step in steps(entries, SERIAL)] == [0.0, 0.0, 1.0]
