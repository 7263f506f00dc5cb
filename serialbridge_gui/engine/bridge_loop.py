"""BridgeLoop: waits for what is ready, has it done, and looks at the time-outs, until it is told to stop.

A plain object: on a QObject PySide6 looks every attribute up, several times a turn (docs/decisions/0006-byte-path.md).
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING

from serialbridge_gui.engine.readiness import Readiness, dispatch
from serialbridge_gui.engine.relay import Relay
from serialbridge_gui.engine.timed import TICK_S

if TYPE_CHECKING:
    from serialbridge_gui.engine.local_sender import LocalSender


class BridgeLoop:
    """One for a bridge thread, which alone calls it."""

    __slots__ = ("_after_tick", "_relay", "_selector", "sender", "stopping")

    def __init__(self, relay: Relay, selector: Readiness, after_tick: Callable[[], None]) -> None:
        """`after_tick()` is called behind each look of the relay's at its time-outs."""
        self.stopping = False
        """Any thread may set it, and then wakes the selector."""
        self.sender: LocalSender | None = None
        """Of what is sent by hand, once there was something."""
        self._relay = relay
        self._selector = selector
        self._after_tick = after_tick

    def run(self) -> None:
        """Turn until `stopping`. Of the byte path: `dispatch` is written out, what is looked up stands in locals."""
        relay, select = self._relay, self._selector.select
        callback_of, masks = self._selector.callbacks.get, self._selector.masks
        while not self.stopping:
            sender = self.sender
            ready = select(relay.wait_s if sender is None else sender.wait_s(relay.wait_s))
            relay.now = now = monotonic()
            for fd, event in ready:
                callback = callback_of(fd)
                if callback is not None:  # else one before it has unregistered it
                    callback(masks[event & 31])
            if now >= relay.tick_at:
                relay.tick(now)
                self._after_tick()
            if self.sender is not None:
                self.sender.tick(now)

    def drain(self, until: float) -> None:
        """Have what is queued handed on, until monotonic time `until`; no time-outs are looked at."""
        while self._relay.waiting_bytes() and (left := until - monotonic()) > 0:
            dispatch(self._selector, self._selector.select(min(left, TICK_S)))
