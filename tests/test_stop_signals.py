"""Signals that end the program are answered by the event loop, not in the midst of something else."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from serialbridge_gui.stop_signals import StopSignals

Calls = list[str]


@pytest.fixture
def signals() -> Iterator[StopSignals]:
    signals = StopSignals(lambda: None)
    yield signals
    signals.close()


@pytest.fixture
def stops(signals: StopSignals) -> Calls:
    calls: Calls = []
    signals._stop = lambda: calls.append("stop")
    return calls


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_stops_once_the_loop_runs_and_not_before(stops: Calls, qtbot: QtBot, number: int) -> None:
    signal.raise_signal(number)
    assert stops == []
    qtbot.waitUntil(lambda: stops == ["stop"])


def test_signals_before_the_loop_runs_are_kept(stops: Calls, qtbot: QtBot) -> None:
    for _ in range(100):
        signal.raise_signal(signal.SIGTERM)
    qtbot.waitUntil(lambda: stops != [])


def test_signal_is_pending_until_the_loop_has_stopped_for_it(signals: StopSignals, stops: Calls, qtbot: QtBot) -> None:
    assert not signals.pending()
    signal.raise_signal(signal.SIGTERM)
    assert signals.pending()
    assert signals.pending()  # asking takes nothing away
    qtbot.waitUntil(lambda: stops == ["stop"])
    assert not signals.pending()


def test_handlers_are_put_back(qtbot: QtBot) -> None:
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    signals = StopSignals(lambda: None)
    assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) != before
    signals.close()
    assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == before
