"""ByHand: sending from this program into a running bridge, as the window does it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from serialbridge_gui.engine.sending import TO_DEVICE, Pacing, SendProgress

if TYPE_CHECKING:
    from serialbridge_gui.engine.bridge_thread import BridgeThread

MAX_WAITING_BYTES: Final = 1 << 20
"""Bound of what was accepted and is not handed over yet; more is refused."""
MESSAGE_BYTES: Final = 256
"""What a message takes besides its bytes (chosen above what it measures): counted within the bound."""
MIN_INTERVAL_MS: Final = 10
MAX_INTERVAL_MS: Final = 24 * 3600 * 1000


class ByHand:
    """A Bridge's. Its targets are TO_DEVICE, TO_ALL (every client), or a client's number. Main thread only.

    What is accepted goes to the device behind what clients sent, or to clients as if the device had sent it, and is
    held back as that is: nothing is lost unless the log or a counter says so. The tap shows it with LOCAL in the
    client's place at the moment it is handed over.
    """

    def __init__(self, thread: Callable[[], BridgeThread | None]) -> None:
        """`thread()`: the running one that takes commands, if there is one."""
        self._thread = thread
        self._bytes = self._messages = 0  # accepted in this run
        self.progress = SendProgress()
        """Of this run, or of the last one."""

    def begin(self, thread: BridgeThread) -> None:
        """Another run begins."""
        self._bytes = self._messages = 0
        self.progress = thread.progress

    def end(self, thread: BridgeThread) -> None:
        """The thread has ended: what it was told too late is lost, and counted."""
        lost = self._bytes - self.progress.done_bytes
        thread.counters.lost += lost
        thread.counters.by_hand_lost += lost
        self._bytes, self._messages = self.progress.done_bytes, self.progress.done_messages

    @property
    def waiting(self) -> int:
        """How much of MAX_WAITING_BYTES is taken: bytes, and something for each message."""
        progress = self.progress
        return self._bytes - progress.done_bytes + (self._messages - progress.done_messages) * MESSAGE_BYTES

    def send(self, data: bytes, target: int = TO_DEVICE) -> bool:
        """Send this; False if it is refused: nothing runs, too much waits already, or there is nothing to send.

        Up to 4096 bytes stay together, without a client's byte between them.
        """
        thread = self._thread()
        if thread is None or not data or self.waiting + len(data) + MESSAGE_BYTES > MAX_WAITING_BYTES:
            return False
        if not thread.by_hand(lambda sender: sender.send(data, target)):
            return False
        self._bytes += len(data)
        self._messages += 1
        return True

    def send_file(self, path: Path, target: int = TO_DEVICE, pacing: Pacing | None = None) -> bool:
        """Begin to send a file, in place of one that is on its way; False if nothing runs.

        It is read while it is sent, never as a whole; it waits while the device is away or holds back. A FileSent or
        FileNotSent event tells its end, `progress` how far it is.
        """
        thread = self._thread()
        if thread is None:
            return False
        return thread.by_hand(lambda sender: sender.send_file(path, target, pacing or Pacing()))

    def cancel_file(self) -> None:
        """Send no more of the file; what the device's queue has of it still goes."""
        thread = self._thread()
        if thread is not None:
            thread.by_hand(lambda sender: sender.cancel_file())

    def repeat(self, data: bytes, target: int, interval_ms: int) -> bool:
        """Send this now and every `interval_ms`, in place of what was repeated before; False if nothing runs.

        From the start of one to the start of the next, without drift. A turn at which the one before is not out is
        skipped, and counted. Raises ValueError: 10 ms to 24 h, and something to send, no more than 64 KiB.
        """
        if not MIN_INTERVAL_MS <= interval_ms <= MAX_INTERVAL_MS or not 0 < len(data) <= 64 << 10:
            raise ValueError("every 10 ms to 24 h, 1 byte to 64 KiB")
        thread = self._thread()
        if thread is None:
            return False
        return thread.by_hand(lambda sender: sender.repeat(data, target, interval_ms / 1000))

    def stop_repeating(self) -> None:
        """Repeat no more."""
        thread = self._thread()
        if thread is not None:
            thread.by_hand(lambda sender: sender.stop_repeating())
