"""Port: what the relay needs of a device. And `open_port`, the one place that knows which kinds there are."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Protocol

from serialbridge_gui.engine.control_lines import Line
from serialbridge_gui.engine.errors import BridgeError, Cause, Problem
from serialbridge_gui.engine.events import ModemLines
from serialbridge_gui.engine.ports import is_pty
from serialbridge_gui.engine.serial_port import BUSY_RETRIES, SerialPort
from serialbridge_gui.profile import SerialSettings


class NobodyThere(BlockingIOError):  # noqa: N818 - it is no error
    """No program has the virtual port open. Its `fileno` must not be watched until `watchable` says so."""


class Port(Protocol):
    """An open device: a SerialPort, or a PtyPort. Bridge thread only. The methods' docstrings are SerialPort's."""

    device: str
    refused: tuple[str, ...]
    refused_controls: set[str]
    is_device: bool
    has_lines: bool

    @property
    def virtual(self) -> bool: ...
    @property
    def watchable(self) -> int:
        """What the selector may watch it for, of READ and WRITE; 0: nothing can pass now."""

    @property
    def failure(self) -> str: ...
    @property
    def breaking(self) -> bool: ...
    def fileno(self) -> int: ...
    def read(self, limit: int, /) -> bytes: ...
    def write(self, data: bytes | memoryview, /) -> int: ...
    def lines(self) -> ModemLines | None: ...
    def set_line(self, line: Line, on: bool) -> None: ...
    def send_break(self, duration_s: float, ended: Callable[[str, float], object]) -> None: ...
    def cut_break(self) -> None: ...
    def break_over(self) -> None: ...
    def change(self, field: str, value: Any) -> Any: ...
    def purge(self, *, received: bool = True, waiting: bool = True) -> None: ...
    def output_waiting(self) -> int: ...
    def alive(self) -> bool: ...
    def close(self, drain_s: float = 0.0) -> int: ...


def open_port(settings: SerialSettings, *, busy_retries: int = BUSY_RETRIES) -> Port:
    """Open the device that the settings name. Blocks: a tty for ms, a URL up to pyserial's 5 s. Raises BridgeError."""
    if not is_pty(settings.device):
        return SerialPort(settings, busy_retries=busy_retries)
    if sys.platform == "win32":
        raise BridgeError(Problem(Cause.PTY_UNKNOWN, settings.device))
    from serialbridge_gui.engine.pty_port import PtyPort

    return PtyPort(settings)
