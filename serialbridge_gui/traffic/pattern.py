"""What a person looks for, typed as text, hex or a regular expression, made ready for searching bytes."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from enum import Enum
from time import perf_counter
from typing import TYPE_CHECKING, Final, NoReturn, Protocol

if TYPE_CHECKING:
    import regex

MAX_TYPED_CHARACTERS: Final = 1000
"""Chosen: more than anybody types; a pasted file is refused before it is worked on."""

MAX_REGEX_MATCH_BYTES: Final = 1024
"""A regular expression's match is so long at most: it bounds what must be looked at again when bytes come."""

REGEX_CONTEXT_BYTES: Final = 64
"""So far back sees what looks back: `^`, `\\b`, `(?<=…)`."""

REGEX_TIMEOUT_S: Final = 0.001
"""Chosen: one look takes 0.02 ms as a rule; half of what the window may take at a stretch."""

MAX_REGEX_SIZE: Final = 10_000
"""Of a regular expression with its counted repeats written out: `regex` compiles them so, in 0.1 ms and 10 KB
for each hundred (measured)."""


class PatternKind(Enum):
    """How what was typed is read. The values are what is saved."""

    TEXT = "text"
    HEX = "hex"
    REGEX = "regex"


class PatternFault(Enum):
    """Why what was typed cannot be looked for."""

    EMPTY = "empty"
    TOO_LONG = "too long"
    """More than MAX_TYPED_CHARACTERS."""
    NOT_HEX = "not hex"
    HALF_BYTE = "half byte"
    """A hex digit without its second one."""
    ALL_WILD = "all wild"
    """Nothing but `??`."""
    NOT_ENCODABLE = "not encodable"
    """A character that the encoding does not have."""
    SYNTAX = "syntax"
    """Of a regular expression; `detail` has the library's words, in English."""
    NOT_ASCII_IN_SET = "not ascii in set"
    """`[…]` stands for one byte, and the character is several."""
    MATCHES_EMPTY = "matches empty"
    """It would be found everywhere."""
    TOO_LARGE = "too large"
    """Its counted repeats come to more than MAX_REGEX_SIZE."""


class PatternError(ValueError):
    """What was typed cannot be looked for."""

    def __init__(self, fault: PatternFault, place: int = 0, subject: str = "", detail: str = "") -> None:
        """`place` is the character, counted from 1; 0 where it is none in particular."""
        super().__init__(f"{fault.value} at {place}: {subject} {detail}")
        self.fault = fault
        self.place = place
        self.subject = subject
        self.detail = detail


class TooSlowError(Exception):
    """A regular expression took longer than REGEX_TIMEOUT_S."""


class Pattern(Protocol):
    """What a search asks of a pattern. Immutable, for any thread."""

    @property
    def max_length(self) -> int:
        """How many bytes a match has at most."""

    @property
    def fixed(self) -> bool:
        """Whether a match depends on its own bytes alone; False: on those around it too."""

    @property
    def in_events(self) -> bool:
        """Whether the sentences of events are searched too."""

    @property
    def folded(self) -> bool:
        """Whether `search` wants bytes that went through `lower()`."""

    def search(self, data: bytes | bytearray, start: int, end: int) -> tuple[int, int] | None:
        """Begin and end of the first match in data[start:end]. Raises TooSlowError (`fixed` ones never)."""


@dataclass(frozen=True)
class Literal:
    """These very bytes."""

    data: bytes
    folded: bool
    in_events: bool
    fixed: bool = True

    @property
    def max_length(self) -> int:
        """The only length."""
        return len(self.data)

    def search(self, data: bytes | bytearray, start: int, end: int) -> tuple[int, int] | None:
        """See Pattern."""
        at = data.find(self.data, start, end)
        return None if at < 0 else (at, at + len(self.data))


@dataclass(frozen=True)
class Choices:
    """One of several bytes at each place: hex with wildcards, and letters of either case."""

    core: re.Pattern[bytes]
    """Without the `??` at both ends: an expression that begins with any byte is tried at each."""
    before: int
    after: int
    max_length: int
    in_events: bool
    fixed: bool = True
    folded: bool = False

    def search(self, data: bytes | bytearray, start: int, end: int) -> tuple[int, int] | None:
        """See Pattern."""
        found = self.core.search(data, start + self.before, max(start, end - self.after))
        return None if found is None else (found.start() - self.before, found.end() + self.after)


@dataclass(frozen=True)
class Expression:
    """A regular expression on bytes, by the library `regex`, which gives up when its time is over.

    Python's own `re` cannot be interrupted: `(a+)+$` on thirty letters would stop the window for minutes.
    """

    compiled: regex.Pattern[bytes]
    max_length: int = MAX_REGEX_MATCH_BYTES
    in_events: bool = True
    fixed: bool = False
    folded: bool = False

    def search(self, data: bytes | bytearray, start: int, end: int) -> tuple[int, int] | None:
        """See Pattern. Matches without a byte are passed over; a longer one is cut, if it still matches then."""
        began = 0.0
        while start < end:
            try:
                found = self.compiled.search(data, start, end, timeout=REGEX_TIMEOUT_S)
                if found is not None and found.end() - found.start() > self.max_length:
                    start = found.start()
                    cut = min(end, start + self.max_length)
                    found = self.compiled.match(data, start, cut, timeout=REGEX_TIMEOUT_S)
                    if found is None:
                        start += 1
                        began = began or perf_counter()
                        if perf_counter() - began > 2 * REGEX_TIMEOUT_S:
                            raise TimeoutError
                        continue
            except (TimeoutError, MemoryError) as error:
                raise TooSlowError from error
            if found is None:
                return None
            if found.end() > found.start():
                return found.start(), found.end()
            start = found.end() + 1
        return None


def parse_pattern(
    typed: str, kind: PatternKind, *, match_case: bool = False, encoding: str = "utf-8"
) -> Pattern:
    """What was typed, ready to search. Raises PatternError.

    `match_case` matters to text and to regular expressions. `encoding` is the bytes' one, by Python's name. Events
    are in UTF-8: in another encoding only ASCII is found in them.
    """
    if not typed:
        raise PatternError(PatternFault.EMPTY)
    if len(typed) > MAX_TYPED_CHARACTERS:
        raise PatternError(PatternFault.TOO_LONG, MAX_TYPED_CHARACTERS + 1)
    if kind is PatternKind.HEX:
        return _parse_hex(typed)
    if kind is PatternKind.REGEX:
        return _parse_regex(typed, match_case, encoding)
    return _parse_text(typed, match_case, encoding)


# ---- text


def _encode(character: str, place: int, encoding: str) -> bytes:
    try:
        return character.encode(encoding)
    except UnicodeEncodeError as error:
        raise PatternError(PatternFault.NOT_ENCODABLE, place, character, encoding) from error


def _parse_text(typed: str, match_case: bool, encoding: str) -> Pattern:
    parts = [_encode(character, place, encoding) for place, character in enumerate(typed, 1)]
    if match_case:
        return Literal(b"".join(parts), False, True)
    if typed.isascii():
        return Literal(b"".join(parts).lower(), True, True)
    choices = []
    for character, part in zip(typed, parts, strict=True):
        forms = [part]
        for form in (character.lower(), character.upper()):
            if len(form) == 1:  # not the two letters that ß becomes
                try:
                    forms.append(form.encode(encoding))
                except UnicodeEncodeError:
                    continue
        choices.append(sorted(set(forms)))
    expression = b"".join(b"(?:" + b"|".join(map(re.escape, forms)) + b")" for forms in choices)
    longest = sum(max(map(len, forms)) for forms in choices)
    return Choices(re.compile(expression, re.DOTALL), 0, 0, longest, True)


# ---- hex

_HEX_DIGITS: Final = frozenset("0123456789abcdefABCDEF?")
_SEPARATORS: Final = frozenset(" ,;:\t\n\r-")


def _hex_digits(typed: str) -> list[tuple[int, str]]:
    """The digits in pairs, each with its place."""
    digits: list[tuple[int, str]] = []
    pending = 0  # the place of a first digit that waits for its second
    at = 0
    while at < len(typed):
        character = typed[at]
        if character in _SEPARATORS:
            if pending:
                raise PatternError(PatternFault.HALF_BYTE, pending, digits[-1][1])
        elif typed[at : at + 2] in ("0x", "0X") and not pending:
            at += 1
        elif character in _HEX_DIGITS:
            digits.append((at + 1, character))
            pending = 0 if pending else at + 1
        else:
            raise PatternError(PatternFault.NOT_HEX, at + 1, character)
        at += 1
    if pending:
        raise PatternError(PatternFault.HALF_BYTE, pending, digits[-1][1])
    return digits


def _parse_hex(typed: str) -> Pattern:
    digits = [digit for _, digit in _hex_digits(typed)]
    pairs = ["".join(digits[at : at + 2]) for at in range(0, len(digits), 2)]
    if not pairs:
        raise PatternError(PatternFault.EMPTY)
    known = [number for number, pair in enumerate(pairs) if pair != "??"]
    if not known:
        raise PatternError(PatternFault.ALL_WILD, 1, "??")
    if not any("?" in pair for pair in pairs):
        return Literal(bytes.fromhex("".join(pairs)), False, False)
    before, after = known[0], len(pairs) - 1 - known[-1]
    core = b"".join(map(_byte_choice, pairs[before : len(pairs) - after]))
    return Choices(re.compile(core, re.DOTALL), before, after, len(pairs), False)


def _byte_choice(pair: str) -> bytes:
    if pair == "??":
        return b"."
    if "?" not in pair:
        return re.escape(bytes.fromhex(pair))
    values = bytes(int(pair.replace("?", digit), 16) for digit in "0123456789abcdef")
    return b"[" + b"".join(b"\\x%02x" % value for value in values) + b"]"


# ---- regular expressions


def _parse_regex(typed: str, match_case: bool, encoding: str) -> Pattern:
    import regex  # 15 ms that only who uses it pays

    expression, places = _to_bytes(typed, encoding)
    flags = 0 if match_case else re.IGNORECASE
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of sets in sets, which a later Python may read differently
            re.compile(expression, flags | re.MULTILINE)  # it tells places better, and compiles anything in no time
            _check_size(expression, places)
            compiled = regex.compile(expression, flags | regex.MULTILINE | regex.VERSION0)
    except (re.error, regex.error) as error:
        _refuse_syntax(getattr(error, "pos", None), getattr(error, "msg", str(error)), places, typed)
    except (RecursionError, OverflowError) as error:
        raise PatternError(PatternFault.TOO_LARGE) from error
    if _matches_empty(compiled):
        raise PatternError(PatternFault.MATCHES_EMPTY, 0, typed)
    return Expression(compiled)


def _matches_empty(compiled: regex.Pattern[bytes]) -> bool:
    try:
        return compiled.fullmatch(b"", timeout=REGEX_TIMEOUT_S) is not None
    except TimeoutError:
        return False


def _refuse_syntax(position: int | None, message: str, places: list[int], typed: str) -> NoReturn:
    place = 0
    if position is not None:
        place = places[position] if position < len(places) else len(typed)
    subject = typed[place - 1] if place else ""
    raise PatternError(PatternFault.SYNTAX, place, subject, message)


def _to_bytes(typed: str, encoding: str) -> tuple[bytes, list[int]]:
    """The expression in bytes, and for each byte the place of its character.

    A character of several bytes becomes a group, so that a repeat after it repeats the whole.
    """
    expression = bytearray()
    places: list[int] = []
    in_set = escaped = False
    for place, character in enumerate(typed, 1):
        part = _encode(character, place, encoding)
        if not character.isascii():
            if len(part) > 1 and in_set:
                raise PatternError(PatternFault.NOT_ASCII_IN_SET, place, character)
            escaping = b"".join(b"\\x%02x" % byte for byte in part)
            part = b"(?:" + escaping + b")" if len(part) > 1 else escaping
            if escaped:
                expression.pop()
                places.pop()
        elif len(part) > 1:  # an encoding such as UTF-16: its ASCII is not ours
            raise PatternError(PatternFault.NOT_ENCODABLE, place, character, encoding)
        elif not escaped:
            if character == "[":
                in_set = True
            elif character == "]":
                in_set = False
        escaped = character == "\\" and not escaped
        expression += part
        places += [place] * len(part)
    return bytes(expression), places


_COUNT = re.compile(rb"\{(\d*)(?:,(\d*))?\}")


def _check_size(expression: bytes, places: list[int]) -> None:
    """Refuse repeats of repeats that would be written out at a length without bound."""
    totals, last = [0], 0
    at = 0
    in_set = False
    while at < len(expression):
        character = expression[at : at + 1]
        width, size = 1, 1
        if character == b"\\":
            width = 2
        elif in_set:
            in_set = character != b"]"
            size = 0
        elif character == b"[":
            in_set = True
        elif character == b"(":
            totals.append(0)
            size = 0
        elif character == b")" and len(totals) > 1:
            size = totals.pop()
        elif found := _COUNT.match(expression, at):
            count = max(int(number[:9]) if number else 1 for number in found.groups(b""))
            size = last * (max(count, 1) - 1)
            width = found.end() - at
        totals[-1] += size
        last = size if character != b"{" else last + size
        if totals[-1] > MAX_REGEX_SIZE:
            raise PatternError(PatternFault.TOO_LARGE, places[at], "")
        at += width
