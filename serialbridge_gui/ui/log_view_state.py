"""How a log is looked at, as it is remembered from one start to the next."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeVar

from serialbridge_gui.traffic.grouping import GroupBy, Grouping
from serialbridge_gui.traffic.text import Encoding

from .log_cells import ViewMode
from .log_time import TimeMode

E = TypeVar("E", bound=Enum)


@dataclass(frozen=True)
class LogView:
    """What a person has set of one log pane."""

    view_mode: ViewMode = ViewMode.BOTH
    time_mode: TimeMode = TimeMode.ABSOLUTE
    grouping: Grouping = field(default_factory=Grouping)
    encoding: Encoding = Encoding.UTF_8
    unfolded: bool = False
    """The bytes of the selected rows are in sight."""

    def to_json(self) -> str:
        """In one line, for the settings."""
        grouping = self.grouping
        return json.dumps(
            {
                "view": self.view_mode.name,
                "time": self.time_mode.name,
                "group": grouping.by.name,
                "silence_ms": grouping.silence_ms,
                "delimiter": grouping.delimiter.hex(),
                "length": grouping.length,
                "encoding": self.encoding.name,
                "unfolded": self.unfolded,
            }
        )

    @staticmethod
    def from_json(text: object) -> LogView:
        """What `to_json` wrote; what is missing or makes no sense is as for a new log. Never raises."""
        try:
            read = json.loads(text) if isinstance(text, str) else {}
        except (ValueError, RecursionError):
            read = {}
        if not isinstance(read, dict):
            read = {}
        return LogView(
            _member(ViewMode, read.get("view"), ViewMode.BOTH),
            _member(TimeMode, read.get("time"), TimeMode.ABSOLUTE),
            _grouping(read),
            _member(Encoding, read.get("encoding"), Encoding.UTF_8),
            read.get("unfolded") is True,
        )


def _member(kind: type[E], name: object, default: E) -> E:
    return kind.__members__.get(name, default) if isinstance(name, str) else default


def _grouping(read: dict[str, Any]) -> Grouping:
    by = _member(GroupBy, read.get("group"), GroupBy.SILENCE)
    try:
        return Grouping(
            by, int(read["silence_ms"]), bytes.fromhex(read["delimiter"]), int(read["length"])
        )
    except (KeyError, TypeError, ValueError, OverflowError):
        return Grouping(by)
