"""Several watchers of one bridge."""

from __future__ import annotations

from serialbridge_gui.traffic.chunk import Direction, Tap
from serialbridge_gui.traffic.taps import sink_of


def test_all_taps_have_the_same_entry_and_each_its_own_bound() -> None:
    wide, narrow = Tap(), Tap(max_bytes=1000)
    sink = sink_of([wide, narrow])
    assert sink is not None
    for number in range(50):
        sink.put(Direction.SERIAL_TO_TCP, 0, b"%050d" % number)
    everything, newest = wide.drain(), narrow.drain()
    assert len(everything) == 50
    assert 0 < len(newest) < 50
    assert all(one is other for one, other in zip(everything[-len(newest) :], newest, strict=True))
    assert narrow.skipped_bytes == 50 * (50 - len(newest))
    assert wide.skipped_bytes == 0


def test_one_tap_is_its_own_sink_and_none_is_no_sink() -> None:
    tap = Tap()
    assert sink_of([tap]) is tap
    assert sink_of([]) is None
