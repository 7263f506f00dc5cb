"""What is found in a log, beside a search that joins the bytes first."""

from __future__ import annotations

import re
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serialbridge_gui.traffic.chunk import LOCAL, Direction
from serialbridge_gui.traffic.find import Find, Hit
from serialbridge_gui.traffic.log import TrafficLog
from serialbridge_gui.traffic.pattern import PatternKind, parse_pattern
from serialbridge_gui.traffic.scan import Route

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


def find_in(chunks: list[Chunk], typed: str, kind: PatternKind = PatternKind.TEXT, **options: bool) -> list[Hit]:
    """All matches in a log that keeps all chunks, in slabs of 8 bytes or of one larger chunk."""
    find = Find(make_log(chunks, 128), parse_pattern(typed, kind, **options))
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
        ("^a", PatternKind.REGEX, True, rb"^a"),
        ("b$", PatternKind.REGEX, True, rb"b$"),
        (r"(?<=b)a|b(?!a)", PatternKind.REGEX, True, rb"(?<=b)a|b(?!a)"),
    ]
)


@given(CHUNKS, PATTERNS, st.integers(0, 20))
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
