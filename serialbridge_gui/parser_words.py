"""argparse's own words in the language of the console programs."""

from __future__ import annotations

import argparse
from typing import TextIO

from serialbridge_gui.words import tr as _tr
from serialbridge_gui.words import tr as translated
from serialbridge_gui.words import use_words_for


def speak_to(*streams: TextIO | None) -> None:
    """From now on the program and its parsers speak the system's language, where these streams can show it."""
    use_words_for(*streams)
    if _tr("options") != "options":
        # It asks gettext, which wants a compiled file and, on Windows, a variable that nobody sets
        vars(argparse).update(_=translated, ngettext=lambda _one, several, _count: translated(several))


def words_of_argparse() -> tuple[str, ...]:
    """What it tells a person, here so that lupdate finds it; from argparse.py of Python 3.11 to 3.13."""
    return (
        _tr("usage: "),
        _tr("positional arguments"),
        _tr("options"),
        _tr("show this help message and exit"),
        _tr("argument %(argument_name)s: %(message)s"),
        _tr("unrecognized arguments: %s"),
        _tr("not allowed with argument %s"),
        _tr("ignored explicit argument %r"),
        _tr("the following arguments are required: %s"),
        _tr("one of the arguments %s is required"),
        _tr("expected one argument"),
        _tr("expected at most one argument"),
        _tr("expected at least one argument"),
        _tr("expected %s arguments"),
        _tr("unknown parser %(parser_name)r (choices: %(choices)s)"),
        _tr("invalid %(type)s value: %(value)r"),
        _tr("invalid choice: %(value)r (choose from %(choices)s)"),
        _tr("%(prog)s: error: %(message)s\n"),
    )
