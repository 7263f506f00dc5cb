"""Regular expressions that a person types, on bytes, which can be stopped. Imported when the first one is typed."""

from __future__ import annotations

import re
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NoReturn

import regex

from serialbridge_gui.words import tr as _tr

from .pattern import PatternError, PatternFault, TooSlowError, encode_character

MAX_REGEX_MATCH_BYTES: Final = 1024
"""A regular expression's match is so long at most: it bounds what must be looked at again when bytes come."""

REGEX_TIMEOUT_S: Final = 0.001
"""Chosen: one look takes 0.02 ms as a rule; half of what the window may take at a stretch."""

_clock = time.perf_counter if sys.platform == "win32" else time.thread_time
"""What a busy machine gives to others does not count, as in the timeouts of `regex` (C's clock(), measured).

On Windows clock() is the time of day, and a thread's own time comes in steps of 15.6 ms."""

MAX_REGEX_SIZE: Final = 10_000
"""Of a regular expression with its counted repeats written out: `regex` compiles them so, 54,000 in 16 ms (measured),
and a million takes more memory than there may be."""


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
                found = _look(self.compiled.search, data, start, end)
                if found is not None and found.end() - found.start() > self.max_length:
                    start = found.start()
                    cut = min(end, start + self.max_length)
                    found = _look(self.compiled.match, data, start, cut)
                    if found is None:
                        start += 1
                        began = began or _clock()
                        if _clock() - began > 2 * REGEX_TIMEOUT_S:
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


def _look(
    how: Callable[..., regex.Match[bytes] | None], data: bytes | bytearray, start: int, end: int
) -> regex.Match[bytes] | None:
    """Twice, if need be: the time may have been another thread's, and on Windows another program's.

    Raises TimeoutError, MemoryError.
    """
    try:
        return how(data, start, end, timeout=REGEX_TIMEOUT_S)
    except TimeoutError:
        return how(data, start, end, timeout=REGEX_TIMEOUT_S)


def parse_expression(typed: str, match_case: bool, encoding: str) -> Expression:
    """What was typed, ready to search; see `parse_pattern`. Raises PatternError."""
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
    except (RecursionError, OverflowError, MemoryError) as error:
        raise PatternError(PatternFault.TOO_LARGE) from error
    if _matches_empty(compiled):
        raise PatternError(PatternFault.MATCHES_EMPTY, 0, typed)
    return Expression(compiled)


def _matches_empty(compiled: regex.Pattern[bytes]) -> bool:
    try:
        return compiled.fullmatch(b"", timeout=REGEX_TIMEOUT_S) is not None
    except (TimeoutError, MemoryError):
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
        part = encode_character(character, place, encoding)
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
_COMMENT = re.compile(rb"\(\?#(?:\\.|[^)\\])*+\)", re.DOTALL)
_CLASS = rb"\[:\^?[\w &.-]*+(?:[:=][\w &./-]++)?+:\]"
_SET = re.compile(rb"\[\^?+(?>%b|\\.|[^\\])(?>%b|\\.|[^\]\\])*+\]" % (_CLASS, _CLASS), re.DOTALL)
"""As `regex` reads it, with classes such as `[:alpha:]`: a `]` that stands first is one of the set."""
_VERBOSE = re.compile(rb"\(\?[A-Za-z]*x")


def _check_size(expression: bytes, places: list[int]) -> None:
    """Refuse repeats of repeats that would be written out at a length without bound.

    It reads as `regex` does, which compiles it, not as `re`, and refuses the flag x, under which `#` hides the rest
    of a line.
    """
    totals, last = [0], 0
    before_brace = 0
    at = 0
    while at < len(expression):
        character = expression[at : at + 1]
        width, size = 1, 1
        if character == b"\\":
            width = 2
        elif character == b"[" and (found := _SET.match(expression, at)):
            width = found.end() - at
        elif found := _COMMENT.match(expression, at):
            at = found.end()  # a repeat after it is of what stands before it
            continue
        elif _VERBOSE.match(expression, at):
            raise re.error(_tr("the flag x is not taken"), expression, at)
        elif character == b"(":
            totals.append(0)
            size = 0
        elif character == b")" and len(totals) > 1:
            size = totals.pop()
        elif found := _COUNT.match(expression, at):
            count = max(int(number.lstrip(b"0")[:9] or 1) for number in found.groups(b""))
            size = last * (count - 1)
            width = found.end() - at
        elif character == b"{":
            before_brace = last
        totals[-1] += size
        last = size if character != b"{" else last + size
        if character == b"}":  # of `{e<=0}`, which `regex` passes over: a repeat after it is of what stands before it
            last = max(last, before_brace)
        if totals[-1] > MAX_REGEX_SIZE:
            raise PatternError(PatternFault.TOO_LARGE, places[at], "")
        at += width
