"""What is found in a log, beside a search that joins the bytes first."""

from __future__ import annotations

import re
from time import perf_counter

from hypothesis import given
from hypothesis import strategies as st

from serialbridge_gui.traffic.chunk import LOCAL, Direction
from serialbridge_gui.traffic.find import Find, Hit
from serialbridge_gui.traffic.log import TrafficLog
from serialbridge_gui.traffic.pattern import PatternKind, parse_pattern
from serialbridge_gui.traffic.route import EVERYTHING, Position, Route

S, N, EVENT, GAP = Direction
Chunk = tuple[int, int, bytes]


def search_all(find: Find) -> None:
    """Run slices without any time until all is searched."""
    for _ in range(100_000):
        if find.run(perf_counter()):
            return
    raise AssertionError("the search does not end")


def make_log(chunks: list[Chunk], max_bytes: int = 64, max_records: int = 1_000_000) -> TrafficLog:
    """A log with these chunks; its slabs have a sixteenth of the budget."""
    log = TrafficLog(max_bytes=max_bytes, max_records=max_records)
    for number, chunk in enumerate(chunks):
        log.append(number, *chunk)
    return log


def find_in(
    chunks: list[Chunk], typed: str, kind: PatternKind = PatternKind.TEXT, route: Route = EVERYTHING
) -> list[Hit]:
    """All matches in a log that keeps all chunks, in slabs of 8 bytes or of one larger chunk."""
    find = Find(make_log(chunks, 128), parse_pattern(typed, kind), route)
    search_all(find)
    return list(find.hits())


def expected_hits(log: TrafficLog, expression: bytes, *, in_events: bool = True) -> list[Hit]:
    """The same, written the slow way: runs joined, and searched afresh where a slab begins."""
    found = []
    runs: list[tuple[tuple[int, int], list[tuple[int, int, bytes]]]] = []
    for number in range(log.first_slab, log.end_slab):
        slab = log.slab(number)
        for record in range(len(slab)):
            key = slab.direction[record], slab.client[record]
            if not runs or runs[-1][0] != key or key[0] >= EVENT:
                runs.append((key, []))
            start = slab.start[record]
            runs[-1][1].append((number, start, bytes(slab.data[start : slab.end_of(record)])))
    for key, parts in runs:
        if key[0] == GAP or (key[0] == EVENT and not in_events):
            continue
        joined = b"".join(data for _, _, data in parts)
        places = [(number, start + at) for number, start, data in parts for at in range(len(data))]
        for number in sorted({number for number, _ in places}):
            offset = next(at for at, place in enumerate(places) if place[0] == number)
            for match in re.compile(expression, re.MULTILINE).finditer(joined, offset):
                slab_number, start = places[match.start()]
                if slab_number != number:
                    break
                found.append(Hit(number, start, match.end() - match.start()))
    return found


CHUNKS = st.lists(
    st.tuples(
        st.sampled_from([S, S, S, N, EVENT, GAP]),
        st.sampled_from([0, 0, 1]),
        st.text("abA\n", min_size=1, max_size=12).map(str.encode),
    ),
    max_size=40,
)
LOOKING_BACK = [
    ("^a", PatternKind.REGEX, True, rb"^a"),
    (r"(?<=b)a|b(?!a)", PatternKind.REGEX, True, rb"(?<=b)a|b(?!a)"),
]
PATTERNS = st.sampled_from(
    [
        ("a", PatternKind.TEXT, True, rb"a"),
        ("ab", PatternKind.TEXT, True, rb"ab"),
        ("abab", PatternKind.TEXT, True, rb"abab"),
        ("aa", PatternKind.TEXT, True, rb"aa"),
        ("aba", PatternKind.TEXT, False, rb"(?i:aba)"),
        ("61 62", PatternKind.HEX, False, rb"ab"),
        ("61 ?? 62", PatternKind.HEX, False, rb"(?s:a.b)"),
        ("?? 0A ??", PatternKind.HEX, False, rb"(?s:.\n.)"),
        ("?1", PatternKind.HEX, False, rb"[aA]"),
        ("ab+a", PatternKind.REGEX, True, rb"ab+a"),
        ("a+", PatternKind.REGEX, True, rb"a+"),
        ("b$", PatternKind.REGEX, True, rb"b$"),
    ]
)


@given(CHUNKS, PATTERNS | st.sampled_from(LOOKING_BACK), st.integers(0, 20))
def test_every_match_is_found_wherever_the_search_begins(
    chunks: list[Chunk], wanted: tuple[str, PatternKind, bool, bytes], near: int
) -> None:
    typed, kind, match_case, expression = wanted
    log = make_log(chunks)
    find = Find(log, parse_pattern(typed, kind, match_case=match_case), near=(near, 0))
    search_all(find)
    hits = list(find.hits())
    assert hits == expected_hits(log, expression, in_events=kind is not PatternKind.HEX)
    assert find.count == len(hits)
    for ordinal, hit in enumerate(hits):
        assert find.ordinal(hit) == ordinal
        assert find.next_hit(hit.position) == hit
        assert find.previous_hit((hit.slab, hit.start + 1)) == hit


@given(CHUNKS, PATTERNS, st.lists(st.booleans(), min_size=40, max_size=40))
def test_what_comes_and_leaves_while_a_find_stands_is_taken_in(
    chunks: list[Chunk], wanted: tuple[str, PatternKind, bool, bytes], looks: list[bool]
) -> None:
    typed, kind, match_case, expression = wanted
    log = make_log([])
    find = Find(log, parse_pattern(typed, kind, match_case=match_case))
    for number, (chunk, look) in enumerate(zip(chunks, looks, strict=False)):
        log.append(number, *chunk)
        if look:
            find.extend()
            search_all(find)
            assert find.count == len(list(find.hits()))
    find.extend()
    search_all(find)
    assert list(find.hits()) == expected_hits(log, expression, in_events=kind is not PatternKind.HEX)


def test_match_lies_in_one_direction_and_client_through_chunks_and_slabs() -> None:
    assert find_in([(S, 0, b"one two "), (S, 0, b"th"), (S, 0, b"ree")], "three") == [Hit(1, 0, 5)]
    assert find_in([(S, 0, b"th"), (N, 1, b"ree")], "three") == []
    assert find_in([(N, 1, b"th"), (N, 2, b"ree")], "three") == []
    assert find_in([(N, 1, b"th"), (N, 1 | LOCAL, b"ree")], "three") == []
    assert find_in([(S, 0, b"th"), (GAP, 0, b"9"), (S, 0, b"ree")], "three") == []


def test_match_may_go_through_several_slabs() -> None:
    chunks: list[Chunk] = [(S, 0, b"xxxxxxab"), (S, 0, b"cdefghij"), (S, 0, b"klmnopqr"), (S, 0, b"stuv")]
    assert find_in(chunks, "abcdefghijklmnopqrst") == [Hit(0, 6, 20)]


def test_text_is_found_in_the_sentences_of_events_and_hex_is_not() -> None:
    chunks: list[Chunk] = [(EVENT, 0, b"Client #1"), (EVENT, 0, b"Client #2"), (GAP, 0, b"4096")]
    assert len(find_in(chunks, "client")) == 2
    assert len(find_in(chunks, "cl.ent #\\d", PatternKind.REGEX)) == 2
    assert find_in(chunks, "43 6C", PatternKind.HEX) == []
    assert find_in(chunks, "1Client") == []
    assert find_in(chunks, "4096") == []


def test_route_says_which_runs_are_searched() -> None:
    parties = [(S, 0), (N, 1), (N, 2), (N, 2 | LOCAL), (EVENT, 0), (S, 2)]
    chunks: list[Chunk] = [(direction, client, b"a") for direction, client in parties]
    for route, count in (
        (Route(frozenset({S})), 2),
        (Route(frozenset({N})), 3),
        (Route(frozenset({EVENT})), 1),
        (Route(client=2), 5),
        (Route(frozenset({N}), 1), 1),
    ):
        assert len(find_in(chunks, "a", route=route)) == count


def test_search_is_bounded_by_begin_and_end_and_goes_on_when_the_end_moves() -> None:
    log = make_log([(S, 0, b"a" * 4)] * 4)
    pattern = parse_pattern("a", PatternKind.TEXT)
    find = Find(log, pattern, begin=(1, 2), end=(2, 3))
    search_all(find)
    assert [hit.position for hit in find.hits()] == [(1, 2), (1, 3), (2, 0), (2, 1), (2, 2)]
    find.extend((3, 1))
    search_all(find)
    assert [hit.position for hit in find.hits()][5:] == [(2, 3), (3, 0)]
    find.extend()
    search_all(find)
    assert find.count == 10


def test_search_begins_where_it_is_told_and_tells_what_is_near_at_once() -> None:
    log = make_log([(S, 0, b"ab" * 2)] * 8)
    near: Position = (4, 1)
    find = Find(log, parse_pattern("b", PatternKind.TEXT), near=near)
    assert find.peek(near) == Hit(4, 1, 1)
    assert find.peek((4, 4)) is None
    find.run(0)
    assert {hit.slab for hit in find.hits()} == {4}
    assert find.searched_between(4, 4)
    assert not find.searched_between(0, 4)
    search_all(find)
    assert find.count == 16


def test_search_rests_at_its_bound_and_goes_on_when_hits_leave() -> None:
    log = make_log([(S, 0, b"aaaa")] * 16)
    find = Find(log, parse_pattern("a", PatternKind.TEXT), max_hits=20)
    search_all(find)
    assert find.full
    assert 20 <= find.count < 30
    for _ in range(8):
        log.append(99, S, 0, b"bbbb")
    find.extend()
    search_all(find)
    assert find.full
    for _ in range(6):
        log.append(99, S, 0, b"bbbb")
    find.extend()
    search_all(find)
    assert find.complete
    assert find.count == 8


def test_expression_that_takes_too_long_ends_the_search() -> None:
    find = Find(make_log([(S, 0, b"x" * 3000)]), parse_pattern("(x+x+)+y", PatternKind.REGEX))
    search_all(find)
    assert find.too_slow
    assert find.count == 0


def test_what_is_touched_by_a_match_is_known_through_slabs() -> None:
    log = make_log([(S, 0, b"xxab"), (S, 0, b"cdef"), (S, 0, b"ghxx"), (S, 0, b"xxxx")])
    find = Find(log, parse_pattern("abcdefgh", PatternKind.TEXT))
    search_all(find)
    assert find.touches((0, 3), (0, 4))
    assert find.touches((1, 0), (1, 4))
    assert find.touches((2, 1), (2, 2))
    assert not find.touches((2, 2), (2, 4))
    assert not find.touches((0, 0), (0, 2))
    assert find.spans((2, 0), (2, 4)) == [Hit(0, 2, 8)]


def test_match_whose_slab_left_touches_nothing() -> None:
    log = make_log([(S, 0, b"aaaa")] * 16)
    find = Find(log, parse_pattern("aa", PatternKind.TEXT))
    search_all(find)
    for _ in range(17):
        log.append(99, S, 0, b"bbbb")
    assert not find.touches((log.first_slab, 0), (log.end_slab, 0))


def test_slice_does_little_more_once_its_time_is_over() -> None:
    log = TrafficLog()
    for number in range(64):
        log.append(number, S, 0, bytes(16_384))
    for typed, kind in (("00", PatternKind.HEX), ("0?", PatternKind.HEX), (r"\x00", PatternKind.REGEX)):
        find = Find(log, parse_pattern(typed, kind))
        find.run(perf_counter())
        assert 0 < find.count <= 4096
