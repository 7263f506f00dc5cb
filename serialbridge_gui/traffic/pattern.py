"""What a person looks for, typed as text, hex or a regular expression, made ready for searching bytes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final, Protocol

MAX_TYPED_CHARACTERS: Final = 1000
"""Chosen: more than anybody types; a pasted file is refused before it is worked on."""

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
    """Its counted repeats come to too much (`expression.MAX_REGEX_SIZE`)."""


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
    """A regular expression took longer than it may."""


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
        from .expression import parse_expression

        return parse_expression(typed, match_case, encoding)
    return _parse_text(typed, match_case, encoding)


# ---- text


def encode_character(character: str, place: int, encoding: str) -> bytes:
    """The character's bytes. Raises PatternError."""
    try:
        return character.encode(encoding)
    except UnicodeEncodeError as error:
        raise PatternError(PatternFault.NOT_ENCODABLE, place, character, encoding) from error


def _parse_text(typed: str, match_case: bool, encoding: str) -> Pattern:
    parts = [encode_character(character, place, encoding) for place, character in enumerate(typed, 1)]
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
