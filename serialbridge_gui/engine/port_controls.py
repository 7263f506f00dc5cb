"""PortControls: DTR, RTS and break, set by hand or by a client; and telling what the lines are."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from serialbridge_gui.engine import events as ev
from serialbridge_gui.engine.control_lines import Line
from serialbridge_gui.engine.line_errors import LineErrors
from serialbridge_gui.traffic.clock import time_ns

if TYPE_CHECKING:
    from serialbridge_gui.engine.port import Port


class PortControls:
    """One for a bridge; the port is whichever is open. Bridge thread only.

    `post` runs a call in this thread. `lines_changed()` and `break_ended(port)` are called in it.
    """

    def __init__(
        self,
        tell: Callable[[ev.Event], None],
        post: Callable[[Callable[[], None]], None],
        lines_changed: Callable[[], None],
        break_ended: Callable[[Port], None],
    ) -> None:
        self._tell = tell
        self._post = post
        self._lines_changed = lines_changed
        self._break_ended = break_ended
        self._lines: ev.ModemLines | None = None
        self._breaking: Port | None = None
        self._errors = LineErrors()

    def set_line(self, port: Port, line: Line, on: bool) -> None:
        """Set DTR or RTS; a device that cannot is told of, once."""
        try:
            port.set_line(line, on)
        except OSError as error:
            self._refused(port, line, error)
        else:
            self.poll_lines(port)

    def begin_break(self, port: Port, duration_s: float) -> bool:
        """Begin a break of `duration_s` s; False if one lasts already, or the device cannot, which is told once."""
        if port.breaking:
            return False
        try:
            port.send_break(duration_s, lambda *how: self._post(lambda: self._end_break(port, *how)))
        except OSError as error:
            self._refused(port, "break", error)
            return False
        self._breaking = port
        return True

    def _end_break(self, port: Port, failure: str, held_s: float) -> None:
        if port is not self._breaking:
            return  # it went away meanwhile
        self._breaking = None
        port.break_over()
        if failure:
            self._refused(port, "break", OSError(failure))
        else:
            self._tell(ev.BreakSent(time_ns(), round(held_s, 2)))
        self._break_ended(port)

    def _refused(self, port: Port, control: Line | Literal["break"], error: OSError) -> None:
        if control not in port.refused_controls and port.alive():  # one that is gone is told of as such
            port.refused_controls.add(control)
            self._tell(ev.ControlRefused(time_ns(), port.device, control, error.strerror or str(error)))

    def poll_lines(self, port: Port) -> None:
        """Look at the modem lines, and tell if they are not what they were."""
        lines = port.lines()
        if lines != self._lines:
            self._lines = lines
            self._tell(ev.LinesChanged(time_ns(), lines))
            if lines is not None:
                self._lines_changed()
        if errors := self._errors.news(port):
            self._tell(ev.LineErrorsSeen(time_ns(), errors))

    def device_lost(self) -> None:
        """Nobody knows the lines any more."""
        self._lines = self._breaking = None
        self._errors = LineErrors()
        self._tell(ev.LinesChanged(time_ns(), None))
