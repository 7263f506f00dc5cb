"""From the tap into the log."""

from __future__ import annotations

from collections import deque

import pytest
from pytestqt.qtbot import QtBot

from serialbridge_gui.traffic.chunk import NO_CLIENT, Direction, Tap, TapEntry
from serialbridge_gui.traffic.log import TrafficLog
from serialbridge_gui.ui import log_feed
from serialbridge_gui.ui.log_feed import LogFeed

S, N, EVENT, GAP = Direction


def entries_of(log: TrafficLog) -> list[tuple[int, bytes]]:
    """Direction and bytes of all that is in the log."""
    return [
        (slab.direction[i], bytes(slab.data[slab.start[i] : slab.end_of(i)]))
        for number in range(log.first_slab, log.end_slab)
        for slab in (log.slab(number),)
        for i in range(len(slab))
    ]


def test_chunks_reach_the_log_with_one_signal_a_tick(qtbot: QtBot) -> None:
    tap, log = Tap(), TrafficLog()
    feed = LogFeed(tap, log)
    batches: list[int] = []
    feed.batch_appended.connect(lambda: batches.append(log.record_count))
    for number in range(10):
        tap.put(S, NO_CLIENT, b"%d" % number)
    feed.start()
    feed.start()
    qtbot.waitUntil(lambda: bool(batches))
    assert batches == [10]
    assert entries_of(log) == [(S, b"%d" % number) for number in range(10)]
    feed.stop()
    feed.stop()


def test_nothing_new_is_no_signal(qtbot: QtBot) -> None:
    feed = LogFeed(Tap(), TrafficLog())
    said: list[str] = []
    feed.batch_appended.connect(lambda: said.append("batch"))
    feed.slice_appended.connect(lambda: said.append("slice"))
    ticks: list[str] = []
    feed._timer.timeout.connect(lambda: ticks.append("tick"))
    feed.start()
    qtbot.waitUntil(lambda: len(ticks) >= 3)
    feed.stop()
    assert said == []


def test_stopped_feed_leaves_the_tap_alone(qtbot: QtBot) -> None:
    tap, log = Tap(), TrafficLog()
    feed = LogFeed(tap, log)
    feed.start()
    tap.put(S, NO_CLIENT, b"first")
    qtbot.waitUntil(lambda: log.record_count == 1)
    feed.stop()
    tap.put(S, NO_CLIENT, b"second")
    assert not feed._timer.isActive()
    feed.start()
    qtbot.waitUntil(lambda: log.record_count == 2)
    feed.stop()


def test_skipped_bytes_become_one_gap_before_what_was_kept(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_feed, "SLICE_S", 60.0)
    tap, log = Tap(max_bytes=2000), TrafficLog()
    feed = LogFeed(tap, log)
    sizes = 0
    while not tap.skipped_bytes:
        tap.put(S, NO_CLIENT, b"0123456789")
        sizes += 10
    skipped = tap.skipped_bytes
    feed.start()
    qtbot.waitUntil(lambda: log.record_count > 0)
    entries = entries_of(log)
    assert entries[0] == (GAP, b"%d" % skipped)
    assert [entry[0] for entry in entries[1:]] == [S] * (len(entries) - 1)
    assert 10 * (len(entries) - 1) + skipped == sizes
    tap.put(S, NO_CLIENT, b"later")
    qtbot.waitUntil(lambda: entries_of(log)[-1] == (S, b"later"))
    assert sum(entry[0] == GAP for entry in entries_of(log)) == 1
    feed.stop()


def test_events_stand_where_they_happened(qtbot: QtBot) -> None:
    tap, log = Tap(), TrafficLog()
    events: deque[TapEntry] = deque()
    feed = LogFeed(tap, log, events)
    events.append((1, EVENT, NO_CLIENT, b"long ago"))
    tap.put(S, NO_CLIENT, b"a")
    between = tap._entries[-1][0]
    events.append((between, EVENT, NO_CLIENT, b"at once"))
    events.append((1 << 62, EVENT, NO_CLIENT, b"at last"))
    feed.start()
    qtbot.waitUntil(lambda: log.record_count == 4)
    assert entries_of(log) == [(EVENT, b"long ago"), (EVENT, b"at once"), (S, b"a"), (EVENT, b"at last")]
    assert not events
    feed.stop()


def test_slice_out_of_time_leaves_the_rest_and_comes_back_soon(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_feed, "SLICE_S", 0.0)
    tap, log = Tap(), TrafficLog()
    feed = LogFeed(tap, log)
    slices: list[int] = []
    pauses: list[int] = []
    feed.slice_appended.connect(lambda: slices.append(log.record_count))
    feed.slice_appended.connect(lambda: pauses.append(feed._timer.interval()))
    count = 3 * log_feed.SLICE_ENTRIES + 5
    for number in range(count):
        tap.put(S, NO_CLIENT, b"%d" % number)
    feed.start()
    qtbot.waitUntil(lambda: log.record_count == count)
    feed.stop()
    assert slices == [64, 128, 192, 197]
    assert pauses == [log_feed.CATCH_UP_MS] * 3 + [log_feed.TICK_MS]
    assert entries_of(log) == [(S, b"%d" % number) for number in range(count)]


def test_showing_that_takes_long_comes_less_often(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    cpu_s = [0.0]
    monkeypatch.setattr(log_feed, "thread_time", lambda: cpu_s[0])
    now_s = [100.0]
    monkeypatch.setattr(log_feed, "perf_counter", lambda: now_s[0])
    tap, log = Tap(), TrafficLog()
    feed = LogFeed(tap, log)
    shown_s: list[float] = []

    def show() -> None:
        shown_s.append(round(now_s[0] - 100, 3))
        cpu_s[0] += 0.007

    feed.batch_appended.connect(show)
    for _ in range(10):
        tap.put(S, NO_CLIENT, b"x")
        feed._tick()
        now_s[0] += log_feed.TICK_MS / 1000
    feed.stop()
    assert shown_s == [0.0, 0.099, 0.198, 0.297]
    assert log.record_count == 10
