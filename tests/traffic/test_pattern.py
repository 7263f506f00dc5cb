"""What is typed, and what it finds or why it finds nothing."""

from __future__ import annotations

import sys
from time import process_time, sleep
from types import SimpleNamespace
from typing import Any

import pytest
import regex

from serialbridge_gui.traffic.expression import Expression
from serialbridge_gui.traffic.pattern import (
    MAX_TYPED_CHARACTERS,
    Pattern,
    PatternError,
    PatternFault,
    PatternKind,
    TooSlowError,
    parse_pattern,
)

TEXT, HEX, REGEX = PatternKind
AT_LEISURE_S = 0.03
"""For looks that take a tenth of a millisecond: what stands between them may take a processor longer than the program
gives them."""


def found(pattern: Pattern, data: bytes) -> list[bytes]:
    """The matches in `data`, from the left."""
    searched = data.lower() if pattern.folded else data
    at, matches = 0, []
    while (hit := pattern.search(searched, at, len(data))) is not None:
        matches.append(data[hit[0] : hit[1]])
        at = hit[1]
    return matches


@pytest.mark.parametrize(
    ("typed", "match_case", "encoding", "data", "expected"),
    [
        ("OK", False, "utf-8", b"ok OK Ok", [b"ok", b"OK", b"Ok"]),
        ("OK", True, "utf-8", b"ok OK Ok", [b"OK"]),
        ("Grün", False, "utf-8", "grün GRÜN Grun".encode(), ["grün".encode(), "GRÜN".encode()]),
        ("Grün", True, "utf-8", "grün Grün".encode(), ["Grün".encode()]),
        ("中", False, "gb18030", "a中b".encode("gb18030"), ["中".encode("gb18030")]),
        ("é", False, "latin-1", b"\xe9\xc9e", [b"\xe9", b"\xc9"]),
        ("a.b", False, "utf-8", b"axb a.b", [b"a.b"]),
    ],
)
def test_text_is_found_in_its_encoding(
    typed: str, match_case: bool, encoding: str, data: bytes, expected: list[bytes]
) -> None:
    assert found(parse_pattern(typed, TEXT, match_case=match_case, encoding=encoding), data) == expected


@pytest.mark.parametrize(
    ("typed", "data", "expected"),
    [
        ("0D0A", b"a\r\nb", [b"\r\n"]),
        ("0x0d, 0x0a", b"a\r\nb", [b"\r\n"]),
        ("0D ?? 0A", b"\rx\n\r\n\n", [b"\rx\n", b"\r\n\n"]),
        ("?? 41 ??", b"AxAy", [b"xAy"]),
        ("3?", b"a07\x4f", [b"0", b"7"]),
        ("?A", b"\n\x1a\x5bj", [b"\n", b"\x1a", b"j"]),
        ("5D ?? 5E", b"].^", [b"].^"]),
        ("61 ??", b"xa", []),
    ],
)
def test_hex_has_wildcards_for_bytes_and_digits(typed: str, data: bytes, expected: list[bytes]) -> None:
    assert found(parse_pattern(typed, HEX), data) == expected


@pytest.mark.parametrize(
    ("typed", "match_case", "data", "expected"),
    [
        (r"\d+\.\d", False, b"12.5 x 7.25", [b"12.5", b"7.2"]),
        (r"\x00\xff", False, b"a\x00\xffb", [b"\x00\xff"]),
        ("(?i)ok", True, b"OK", [b"OK"]),
        ("ok", False, b"OK", [b"OK"]),
        ("ü+", False, "aüüb".encode(), ["üü".encode()]),
        ("^b", False, b"ab\nba", [b"b"]),
        (r"\bcd", False, b"abcd cd", [b"cd"]),
    ],
)
def test_regular_expression_works_on_bytes(typed: str, match_case: bool, data: bytes, expected: list[bytes]) -> None:
    assert found(parse_pattern(typed, REGEX, match_case=match_case), data) == expected


@pytest.mark.parametrize(
    ("typed", "kind", "encoding", "fault", "place", "subject"),
    [
        ("", TEXT, "utf-8", PatternFault.EMPTY, 0, ""),
        ("x" * (MAX_TYPED_CHARACTERS + 1), TEXT, "utf-8", PatternFault.TOO_LONG, MAX_TYPED_CHARACTERS + 1, ""),
        ("a中", TEXT, "latin-1", PatternFault.NOT_ENCODABLE, 2, "中"),
        ("0D ?? G0", HEX, "utf-8", PatternFault.NOT_HEX, 7, "G"),
        ("0D 0", HEX, "utf-8", PatternFault.HALF_BYTE, 4, "0"),
        ("0 D0", HEX, "utf-8", PatternFault.HALF_BYTE, 1, "0"),
        ("?? ??", HEX, "utf-8", PatternFault.ALL_WILD, 1, "??"),
        (" , ", HEX, "utf-8", PatternFault.EMPTY, 0, ""),
        ("0x", HEX, "utf-8", PatternFault.EMPTY, 0, ""),
        ("ab(", REGEX, "utf-8", PatternFault.SYNTAX, 3, "("),
        ("ü*[", REGEX, "utf-8", PatternFault.SYNTAX, 3, "["),
        ("*a", REGEX, "utf-8", PatternFault.SYNTAX, 1, "*"),
        ("a\\", REGEX, "utf-8", PatternFault.SYNTAX, 2, "\\"),
        ("[ü]", REGEX, "utf-8", PatternFault.NOT_ASCII_IN_SET, 2, "ü"),
        ("a*", REGEX, "utf-8", PatternFault.MATCHES_EMPTY, 0, "a*"),
        ("((((a{1000}){1000}){1000}){1000})", REGEX, "utf-8", PatternFault.TOO_LARGE, 13, ""),
        ("(?:a{99}b{99}){99}", REGEX, "utf-8", PatternFault.TOO_LARGE, 15, ""),
    ],
)
def test_what_cannot_be_looked_for_is_refused_with_its_place(
    typed: str, kind: PatternKind, encoding: str, fault: PatternFault, place: int, subject: str
) -> None:
    with pytest.raises(PatternError) as refused:
        parse_pattern(typed, kind, encoding=encoding)
    assert (refused.value.fault, refused.value.place, refused.value.subject) == (fault, place, subject)


@pytest.mark.parametrize(
    "typed",
    [
        "(?#[)(a{1000}){1000}(?#])",
        r"(?#\)[)(a{1000}){1000}(?#])",
        "(a{1000})(?#b){1000}",
        "([])]a{1000}){1000}",
        "([^])]a{1000}){1000}",
        "([[:alpha:])]a{1000}[[:alpha:](]){1000}",
        "([[:^alpha:])]a{1000}[[:script=greek:](]){1000}",
        "(a{1000}){e<=0}{1000}",
        "(a{1000}){e<=0:[)}]}{1000}",
        "(a{1000}){0000000001000}",
        r"[\](](a{1000}){1000}",
        "(?>a{1000}){1000}",
        "(a{1000}){1000,}?",
        "(a{1000}){,1000}+",
        "(?:(?=a{1000})b){1000}",
    ],
)
def test_repeats_of_repeats_do_not_hide_from_their_bound(typed: str) -> None:
    with pytest.raises(PatternError) as refused:
        parse_pattern(typed, REGEX)
    assert refused.value.fault is PatternFault.TOO_LARGE


@pytest.mark.parametrize("typed", ["(?x)(a{1000})#[\n{1000}#]", "(?ix:a#(\nb)"])
def test_flag_under_which_comments_hide_repeats_is_refused(typed: str) -> None:
    with pytest.raises(PatternError) as refused:
        parse_pattern(typed, REGEX)
    assert (refused.value.fault, refused.value.place) == (PatternFault.SYNTAX, 1)


def test_memory_that_is_not_there_is_told_as_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("serialbridge_gui.traffic.expression.regex.compile", fail)
    with pytest.raises(PatternError) as refused:
        parse_pattern("a", REGEX)
    assert refused.value.fault is PatternFault.TOO_LARGE


@pytest.mark.parametrize(
    "typed", ["[[:alpha:]]{3}", "[]a]{3}", "[^]]{9}", "(?#a note)x{1000}", "(?i:x){20}", r"\{[^}]*\}", "[[:alpha]{5}"]
)
def test_sets_and_comments_are_no_trouble(typed: str) -> None:
    parse_pattern(typed, REGEX)


@pytest.mark.parametrize("typed", [r"\d{4}-\d{2}-\d{2}", "[+*{]{3}", r"\{99999}", "a{3}" * 50, "x{1000}y{1000}"])
def test_ordinary_repeats_are_no_trouble(typed: str) -> None:
    parse_pattern(typed, REGEX)


@pytest.mark.parametrize("typed", ["(a+)+$", "(x+x+)+y", r"^(([a-z])+.)+[A-Z]([a-z])+$"])
def test_expression_that_would_take_for_ever_gives_up(typed: str) -> None:
    pattern = parse_pattern(typed, REGEX, match_case=True)
    began = process_time()
    with pytest.raises(TooSlowError):
        pattern.search(b"a" * 600 + b"x" * 600, 0, 1200)
    assert process_time() - began < 60  # re would take longer than anybody waits


def test_match_longer_than_the_bound_is_cut_or_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("serialbridge_gui.traffic.expression.REGEX_TIMEOUT_S", AT_LEISURE_S)
    assert isinstance(parse_pattern("a+", REGEX), Expression)
    assert [len(match) for match in found(parse_pattern("a+", REGEX), b"a" * 2500)] == [1024, 1024, 452]
    assert found(parse_pattern("a+b", REGEX), b"a" * 1030 + b"b") == [b"a" * 1023 + b"b"]


@pytest.mark.skipif(sys.platform == "win32", reason="there it is the time of day, as in regex itself")
def test_expression_is_not_too_slow_because_others_have_the_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("serialbridge_gui.traffic.expression.REGEX_TIMEOUT_S", AT_LEISURE_S)
    real, looks = regex.compile(b"a+b"), 0

    def match(*where: Any, **limits: Any) -> regex.Match[bytes] | None:
        nonlocal looks
        looks += 1
        sleep(2 * AT_LEISURE_S)  # as long as others run
        return real.match(*where, **limits)

    busy: Any = SimpleNamespace(search=real.search, match=match)
    data = b"a" * 1026 + b"b"
    assert Expression(busy).search(data, 0, len(data)) == (3, len(data))
    assert looks > 2
