"""How the console program ends where it cannot do what it was told. Costs no import."""

from __future__ import annotations


class WrongArguments(Exception):  # noqa: N818 - it is not an error of the program
    """The sentence for standard error; exit 2."""


class Failed(Exception):  # noqa: N818
    """The sentence for standard error; exit 1."""
