"""The sentence for a pattern that cannot be looked for. No Qt."""

from __future__ import annotations

from serialbridge_gui.traffic.pattern import PatternError, PatternFault
from serialbridge_gui.traffic.text import make_visible
from serialbridge_gui.words import tr as _tr
from serialbridge_gui.words import tr as translated


def pattern_sentence(error: PatternError) -> str:
    """What is wrong, and where; "" for a field where nothing stands yet."""
    text = {
        PatternFault.EMPTY: "",
        PatternFault.TOO_LONG: _tr("This is too long: {limit} characters at most."),
        PatternFault.NOT_HEX: _tr("'{subject}' at {place} is not hex. Type bytes such as 0D ?? 0A."),
        PatternFault.HALF_BYTE: _tr("'{subject}' at {place} is half a byte: a second digit or ? is missing."),
        PatternFault.ALL_WILD: _tr("?? alone would be found everywhere. Type at least one digit."),
        PatternFault.NOT_ENCODABLE: _tr("'{subject}' at {place} does not exist in the encoding {detail}."),
        PatternFault.SYNTAX: _tr("At {place}: {detail}.") if error.place else _tr("Not an expression: {detail}."),
        PatternFault.NOT_ASCII_IN_SET: _tr(
            "'{subject}' at {place} is several bytes, and [ ] stands for one. Write ( | ) instead."
        ),
        PatternFault.MATCHES_EMPTY: _tr("This matches no bytes at all, so it would be found everywhere."),
        PatternFault.TOO_LARGE: _tr("The repeats in this expression are too many. Use smaller counts."),
    }[error.fault]
    return text.format(
        subject=make_visible(error.subject), place=error.place, detail=_syntax(error.detail), limit=error.place - 1
    )


def _syntax(detail: str) -> str:
    """What Python says of an expression, in the user's language where its words are known."""
    for head in _heads_of_re():
        if detail.startswith(head) and not detail.endswith(")"):
            return translated(head) + detail.removeprefix(head)
    return translated(detail)


def _heads_of_re() -> tuple[str, ...]:
    """What stands before the part that is meant."""
    return "bad escape ", "bad character range ", "unknown extension ", "incomplete escape "


def words_of_re() -> tuple[str, ...]:
    """The commonest, here so that lupdate finds them; from Lib/re/_parser.py of Python 3.11."""
    return (
        _tr("bad escape "),
        _tr("bad character range "),
        _tr("unknown extension "),
        _tr("incomplete escape "),
        _tr("bad escape (end of pattern)"),
        _tr("missing ), unterminated subpattern"),
        _tr("missing ), unterminated comment"),
        _tr("unbalanced parenthesis"),
        _tr("unterminated character set"),
        _tr("nothing to repeat"),
        _tr("multiple repeat"),
        _tr("min repeat greater than max repeat"),
        _tr("missing group name"),
        _tr("look-behind requires fixed-width pattern"),
        _tr("unexpected end of pattern"),
    )


def rules_unread_sentence(detail: str) -> str:
    """For a file of highlight rules that cannot be used."""
    return _tr("The highlight rules cannot be read ({detail}). Their file is kept.").format(detail=make_visible(detail))


def rules_unsaved_sentence(detail: str) -> str:
    """For highlight rules that could not be written."""
    text = _tr("The highlight rules could not be saved: {detail}. They hold until the program ends.")
    return text.format(detail=make_visible(detail))


def too_slow_sentence() -> str:
    """For a regular expression that was given up."""
    return _tr("This expression takes too long. Avoid a repeat inside a repeat, such as (a+)+.")
