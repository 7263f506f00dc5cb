"""The parser of the console program and of each of its verbs."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any, NoReturn

from serialbridge_gui.console_errors import WrongArguments
from serialbridge_gui.words import tr as _tr


class Parser(argparse.ArgumentParser):
    """Reports in one line, without the usage block."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_abbrev=False, **kwargs)
        self.begin: Callable[[], None] = lambda: None
        """Called once it is this parser's turn, before it looks at its arguments."""
        self.complete: Callable[[], None] = lambda: None
        """Adds, then, the arguments that cost imports or are many; again it adds none. The manual has it done, too."""

    def parse_known_args(self, *args: Any, **kwargs: Any) -> Any:
        self.begin()
        self.complete()
        return super().parse_known_args(*args, **kwargs)

    def error(self, message: str) -> NoReturn:
        raise WrongArguments(
            _tr("{message}. `{program} --help` shows what there is.").format(message=message, program=self.prog)
        )
