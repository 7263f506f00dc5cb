"""Rates of the last five minutes from counters that are read now and then."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serialbridge_gui.traffic.rates import SECONDS, RateHistory

START_S = 1000.0


def run(readings: list[tuple[float, int, int]], start_s: float = START_S) -> RateHistory:
    """A history that was given (time since the start, Serial→Net, Net→Serial)."""
    history = RateHistory(start_s)
    for after_s, to_net, to_serial in readings:
        history.note(start_s + after_s, to_net, to_serial)
    return history


def test_rate_is_what_came_in_a_second_that_is_over() -> None:
    history = run([(0.5, 100, 0), (1.0, 150, 7), (1.5, 1150, 7)])
    assert history.latest(0) == 150
    assert history.latest(1) == 7
    assert history.highest(0) == 150, "a second that is not over does not count yet"
    history.note(START_S + 2.0, 1150, 7)
    assert history.latest(0) == 1000
    assert history.rates(0)[-2:] == [150, 1000]
    assert len(history.rates(0)) == SECONDS


def test_what_came_between_two_readings_is_spread_over_the_seconds_between() -> None:
    history = run([(0.75, 0, 0), (2.25, 1500, 0), (3.0, 1500, 0)])
    assert history.rates(0)[-3:] == [250, 1000, 250]


def test_new_run_begins_at_zero_whatever_the_last_one_had() -> None:
    history = run([(1.0, 5000, 0)])
    history.begin_run(START_S + 2.0)
    history.note(START_S + 3.0, 6000, 0)
    assert history.rates(0)[-3:] == [5000, 0, 6000]


def test_counter_that_fell_began_anew() -> None:
    history = run([(1.0, 5000, 0), (2.0, 40, 0)])
    assert history.latest(0) == 40


def test_time_that_stands_or_goes_back_is_ignored() -> None:
    history = run([(1.0, 100, 0), (1.0, 900, 0), (0.5, 950, 0), (2.0, 1100, 0)])
    assert history.rates(0)[-2:] == [100, 1000]


def test_gap_longer_than_the_history_leaves_its_even_rate() -> None:
    history = run([(1.0, 10, 10), (1001.0, 10_010, 10)])
    assert history.rates(0) == pytest.approx([10.0] * SECONDS)
    assert history.rates(1) == [0.0] * SECONDS


def test_history_is_silent_once_everything_is_older_than_it() -> None:
    history = run([(1.0, 10, 0)])
    assert not history.silent
    for after in range(2, SECONDS + 3):
        history.note(START_S + after, 10, 0)
    assert history.silent


def test_peak_of_some_seconds_does_not_change_while_it_moves_along() -> None:
    history = RateHistory(START_S)
    total, told = 0, []
    for second in range(1, 60):
        total += 1000 if second % 20 == 0 else 10
        history.note(START_S + second, total, 0)
        told.append(sum(peak == 1000 for peak in history.peaks(0, 3)))
    assert told[-1] == 2
    assert told == sorted(told)
    assert max(history.peaks(0, 3)) == history.highest(0)


@given(
    st.lists(st.tuples(st.floats(0.01, 40), st.integers(0, 10**7), st.integers(0, 10**7)), max_size=30).filter(
        lambda steps: sum(step[0] for step in steps) < SECONDS - 2
    )
)
def test_no_byte_is_counted_twice_or_forgotten(steps: list[tuple[float, int, int]]) -> None:
    history = RateHistory(START_S)
    now_s, totals = START_S, [0, 0]
    for pause_s, to_net, to_serial in steps:
        now_s += pause_s
        totals = [totals[0] + to_net, totals[1] + to_serial]
        history.note(now_s, *totals)
    history.note(now_s + 1.01, *totals)
    for way in (0, 1):
        assert sum(history.rates(way)) == pytest.approx(totals[way], rel=1e-6)
        assert max(history.peaks(way, 3)) == history.highest(way)
