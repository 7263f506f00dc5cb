"""How many chunks, how large, and how soon the answer came."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from serialbridge_gui.traffic.chunk import LOCAL, Direction
from serialbridge_gui.traffic.figures import MAX_TURN_NS, MAX_TURNS, TrafficFigures
from serialbridge_gui.traffic.log import TrafficLog

ANSWER, REQUEST, EVENT, GAP = Direction
MS = 1_000_000


def figures_of(*chunks: tuple[int, Direction]) -> TrafficFigures:
    """Of a log with these chunks: (time in ms, direction)."""
    log = TrafficLog()
    figures = TrafficFigures(log)
    for time_ms, direction in chunks:
        log.append(time_ms * MS + 1, direction, 0, b"12")
        figures.take_in()
    return figures


def test_round_trip_is_from_the_last_of_the_request_to_the_first_of_the_answer() -> None:
    trips = figures_of((10, REQUEST), (12, REQUEST), (15, ANSWER), (19, ANSWER)).round_trips()
    assert (trips.counted, trips.last_ns) == (1, 3 * MS)


def test_event_between_does_not_matter_but_missing_bytes_do() -> None:
    assert figures_of((1, REQUEST), (2, EVENT), (3, EVENT), (4, ANSWER)).round_trips().last_ns == 3 * MS
    assert figures_of((1, REQUEST), (2, GAP), (4, ANSWER)).round_trips().counted == 0


def test_what_comes_by_itself_or_far_too_late_is_no_answer() -> None:
    late_ms = MAX_TURN_NS // MS + 1
    assert figures_of((1, ANSWER), (2, ANSWER), (3, REQUEST), (4 + late_ms, ANSWER)).round_trips().counted == 0
    assert figures_of((9, REQUEST), (8, ANSWER)).round_trips().counted == 0, "the clock was set back"


def test_what_was_sent_to_clients_by_hand_is_no_answer() -> None:
    log = TrafficLog()
    figures = TrafficFigures(log)
    log.append(1, REQUEST, 1, b"?")
    log.append(2, ANSWER, LOCAL, b"!")
    figures.take_in()
    assert figures.round_trips().counted == 0


def test_median_p95_and_longest_of_a_hundred() -> None:
    log = TrafficLog()
    figures = TrafficFigures(log)
    for number in range(1, 101):
        log.append(number * 1000 * MS, REQUEST, 1, b"?")
        log.append(number * 1000 * MS + number * MS, ANSWER, 0, b"!")
    figures.take_in()
    trips = figures.round_trips()
    assert trips.counted == 100
    assert [time_ns // MS for time_ns in trips[1:]] == [100, 50, 95, 100]


def test_only_the_last_thousand_are_kept_and_reset_forgets_all() -> None:
    log = TrafficLog()
    figures = TrafficFigures(log)
    for number in range(MAX_TURNS + 5):
        log.append(number * 100, REQUEST, 1, b"?")
        log.append(number * 100 + (90 if number < 5 else 7), ANSWER, 0, b"!")
    figures.take_in()
    assert figures.round_trips() == (MAX_TURNS, 7, 7, 7, 7)
    figures.reset()
    assert figures.round_trips().counted == 0
    assert (figures.chunks, figures.chunk_bytes) == ([0, 0], [0, 0])


@given(
    st.lists(st.tuples(st.sampled_from(Direction), st.binary(min_size=1, max_size=9)), max_size=60),
    st.lists(st.integers(1, 7), min_size=1),
)
def test_chunks_and_bytes_are_counted_however_the_log_is_cut_and_read(
    chunks: list[tuple[Direction, bytes]], steps: list[int]
) -> None:
    log = TrafficLog(max_bytes=1 << 20, max_records=16 * 5)  # slabs of five
    figures = TrafficFigures(log)
    requests: list[int] = []
    expected: list[int] = []
    for number, (direction, data) in enumerate(chunks):
        log.append(number + 1, direction, 0, data)
        if number % steps[number % len(steps)] == 0:
            figures.take_in()
        if direction is REQUEST:
            requests = [number]
        elif direction is ANSWER:
            expected += [number - request for request in requests]
            requests = []
        elif direction is GAP:
            requests = []
    figures.take_in()
    for way in (ANSWER, REQUEST):
        assert figures.chunks[way] == sum(direction is way for direction, _ in chunks)
        assert figures.chunk_bytes[way] == sum(len(data) for direction, data in chunks if direction is way)
    assert figures.round_trips().counted == len(expected)
    assert figures.round_trips().longest_ns == max(expected, default=0)


def test_what_came_and_left_between_two_calls_is_not_counted() -> None:
    log = TrafficLog(max_bytes=100, max_records=16)
    figures = TrafficFigures(log)
    log.append(1, REQUEST, 1, b"?")
    figures.take_in()
    for number in range(40):
        log.append(2 + number, ANSWER, 0, b"!")
    figures.take_in()
    assert figures.chunks == [16, 1]
    assert figures.round_trips().counted == 0
