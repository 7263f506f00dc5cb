"""LocalSender: what is sent by hand from this program, to the device or to clients.

It goes the way of everybody else's bytes: to the device through the same queue, behind what clients sent, and to
clients as if the device had sent it. What there is no room for waits here; nothing is ever sent past anybody.

Times are the bridge's loop's, not the window's: on Linux and macOS a turn comes within 1 ms of when it is due while
the loop has little else to do, on Windows within its timer's step (1 to 16 ms).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Final

from serialbridge_gui.engine import events as ev
from serialbridge_gui.engine.file_reader import FileReader
from serialbridge_gui.engine.sending import TO_ALL, TO_DEVICE, Pacing, SendProgress, SendState
from serialbridge_gui.profile import WhileAway
from serialbridge_gui.traffic.clock import time_ns

if TYPE_CHECKING:
    from serialbridge_gui.engine.client import Client
    from serialbridge_gui.engine.relay import Relay

PIECE_BYTES: Final = 4096
"""Handed over at once (chosen: what a tty takes at once). No more than two of these wait in the device's queue, so that
a client's byte is held up by 0.7 s of 115200 baud at most."""
TURN_BYTES: Final = 64 << 10
"""The most that is handed over in one turn of the loop (chosen: what is read at once from anybody else)."""
GROUP_US: Final = 1000
GROUP_S: Final = GROUP_US / 1_000_000
"""Gaps shorter than this are kept by groups of bytes: no loop wakes up more often."""


@dataclass(eq=False)
class _File:
    """A file on its way."""

    name: str
    target: int
    pacing: Pacing
    reader: FileReader
    block: memoryview = field(default_factory=lambda: memoryview(b""))
    next_at: float = 0.0
    out_at: int = 0
    """To the device: what Counters.by_hand_to_serial is when the last byte so far has left the queue."""

    @property
    def handed_over(self) -> bool:
        """Whether everything was handed over that can be read of it."""
        return not self.block and self.reader.exhausted


@dataclass(eq=False)
class _Repeat:
    data: bytes
    target: int
    interval_s: float
    next_at: float


@dataclass(eq=False)
class _Waiting:
    """A message, or what is left of it."""

    data: memoryview
    accepted: int
    """How many bytes Bridge.by_hand counts it with; 0: it does not."""


class LocalSender:
    """One for a bridge that something was sent by hand with. Bridge thread only.

    The loop calls `tick` at each turn, and waits no longer than `wait_s` says.
    """

    def __init__(
        self,
        relay: Relay,
        progress: SendProgress,
        while_away: WhileAway,
        tell: Callable[[ev.Event], None],
        wake: Callable[[], None],
    ) -> None:
        """`wake` makes the loop turn; any thread may call it."""
        self._relay = relay
        self._progress = progress
        self._discards = while_away is WhileAway.DISCARD
        self._tell = tell
        self._wake = wake
        relay.device_purged = self._device_purged
        self._messages: dict[int, deque[_Waiting]] = {}
        self._file: _File | None = None
        self._repeat: _Repeat | None = None
        self._due = inf
        self._left = 0
        """Bytes that may still be handed over in this turn."""

    # ---- commands

    def send(self, data: bytes, target: int) -> None:
        """Hand `data` over as soon as there is room, behind what was sent to this target before."""
        self._messages.setdefault(target, deque()).append(_Waiting(memoryview(data), len(data)))
        self._due = 0.0

    def send_file(self, path: Path, target: int, pacing: Pacing) -> None:
        """Begin to send a file; one that is on its way ends. FileSent or FileNotSent tells the end."""
        self.cancel_file()
        self._file = _File(path.name, target, pacing, FileReader(path, self._wake))
        self._progress.file_sent = self._progress.file_size = 0
        self._progress.file_state = SendState.RUNNING
        self._file.reader.start()

    def cancel_file(self) -> None:
        """Send no more of the file."""
        self._end_file(ev.NotSentReason.CANCELLED)

    def repeat(self, data: bytes, target: int, interval_s: float) -> None:
        """Send this now and every `interval_s` seconds, in place of what was repeated before."""
        self._repeat = _Repeat(data, target, interval_s, monotonic())
        self._progress.repeats = self._progress.skipped = 0
        self._progress.repeat_state = SendState.RUNNING
        self._due = 0.0

    def stop_repeating(self) -> None:
        """Repeat no more."""
        self._repeat = None
        self._progress.repeat_state = SendState.IDLE

    def close(self) -> None:
        """The bridge stops: what waits is handed over at once, and has its time to leave.

        A file ends here, unless all of it was handed over: `end` tells whether it has left.
        """
        if self._file is not None and not self._file.handed_over:
            self._end_file(ev.NotSentReason.STOPPED)
        self.stop_repeating()
        for target in list(self._messages):
            messages = self._messages.pop(target)
            while messages and (not self._relay.device_away if target == TO_DEVICE else self._clients(target)):
                waiting = messages.popleft()
                self._hand_over(target, waiting.data)
                self._done(waiting)
            self._give_up(messages)

    def end(self) -> None:
        """The bridge has ended: nothing leaves any more."""
        file = self._file
        if file is not None and file.out_at and file.handed_over:  # not one that has not begun
            self._file_ended(file)
        if file is not None and self._file is file:
            self._end_file_short(file, ev.NotSentReason.STOPPED)
        self.stop_repeating()

    # ---- turns

    def wait_s(self, longest_s: float | None) -> float | None:
        """How long the loop may wait now, in s, if it may wait `longest_s` for its own sake."""
        if self._due == inf:
            return longest_s
        left_s = max(0.0, self._due - monotonic())
        return left_s if longest_s is None else min(left_s, longest_s)

    def tick(self, now: float) -> None:
        """Hand over what is due and has room. `now`: monotonic seconds."""
        self._due = inf
        if self._repeat is not None:
            self._take_turn(self._repeat, now)
        if not self._messages and self._file is None:
            return
        self._left = TURN_BYTES
        for target in list(self._messages):
            self._send_messages(target)
        if self._file is not None:
            self._send_file(self._file, now)

    def _take_turn(self, repeat: _Repeat, now: float) -> None:
        if now >= repeat.next_at:
            if repeat.target in self._messages or (repeat.target == TO_DEVICE and self._relay.waits_by_hand):
                self._progress.skipped += 1
            elif self._is_there(repeat.target):
                self._messages[repeat.target] = deque([_Waiting(memoryview(repeat.data), 0)])
            elif repeat.target == TO_ALL:
                self._progress.skipped += 1  # somebody may come
            else:
                self.stop_repeating()
                self._tell(ev.NotSent(time_ns(), repeat.target, len(repeat.data)))
                return
            late = (now - repeat.next_at) // repeat.interval_s
            self._progress.skipped += int(late)
            repeat.next_at += (late + 1) * repeat.interval_s  # on the beat, however late this turn is
        self._due = min(self._due, repeat.next_at)

    def _send_messages(self, target: int) -> None:
        messages = self._messages[target]
        while messages:
            if not self._is_there(target):  # asked each time: who takes a piece may be gone with it
                self._tell(ev.NotSent(time_ns(), target, self._give_up(messages)))
                break
            if target == TO_DEVICE and self._discards and self._relay.device_away:
                self._give_up(messages)
                break
            if not self._has_room(target):
                break
            waiting = messages[0]
            count = self._hand_over(target, waiting.data[:PIECE_BYTES])
            waiting.data = waiting.data[count:]
            if not waiting.data:
                messages.popleft()
                self._progress.repeats += not waiting.accepted
                self._done(waiting)
        if not messages:
            del self._messages[target]
        if self._repeat is not None and self._repeat.target == target:
            self._progress.repeat_state = SendState.HELD if messages else SendState.RUNNING

    def _send_file(self, file: _File, now: float) -> None:
        self._progress.file_size = file.reader.size
        self._progress.file_state = SendState.RUNNING
        while self._file is file:
            if not file.block:
                file.block = memoryview(file.reader.take())
            if not file.block:
                if file.reader.exhausted:
                    self._file_ended(file)
                return  # the reader wakes the loop, or the device
            if not self._is_there(file.target):
                self._end_file(ev.NotSentReason.TARGET_GONE)
                return
            if file.next_at > now:
                self._due = min(self._due, file.next_at)
                return
            if not self._has_room(file.target):
                if self._left > 0:
                    self._progress.file_state = SendState.HELD
                return
            piece, byte_gaps_s, line_gap_s = self._next_piece(file)
            file.block = file.block[len(piece) :]
            self._progress.file_sent += len(piece)
            file.out_at = self._relay.counters.by_hand_to_serial + self._relay.waits_by_hand + len(piece)
            self._hand_over(file.target, piece)
            if byte_gaps_s or line_gap_s:
                handed_over_at = monotonic()  # which may be later than `now`
                in_groups = 0 < file.pacing.byte_gap_us < GROUP_US and not line_gap_s
                begun_at = file.next_at if in_groups and handed_over_at - file.next_at < 2 * GROUP_S else handed_over_at
                file.next_at = begun_at + byte_gaps_s + line_gap_s

    def _next_piece(self, file: _File) -> tuple[memoryview, float, float]:
        """What may go now; and for how long nothing may go after it, because of its bytes and of its line, in s.

        A group of bytes that is late makes the next one come earlier, so that the average is right; a gap of GROUP_US
        or more is never shortened.
        """
        pacing, piece = file.pacing, file.block[:PIECE_BYTES]
        if not pacing.byte_gap_us and not pacing.line_gap_ms:
            return piece, 0.0, 0.0
        byte_s = pacing.byte_gap_us / 1_000_000
        if file.target == TO_DEVICE:
            byte_s += self._relay.character_s
        if pacing.byte_gap_us:
            piece = piece[: max(1, int(GROUP_S / byte_s))]
        if pacing.line_gap_ms:
            end = bytes(piece).find(b"\n") + 1
            if end:
                return piece[:end], end * byte_s, pacing.line_gap_ms / 1000
        return piece, len(piece) * byte_s, 0.0

    def _file_ended(self, file: _File) -> None:
        """No more of it comes. It is sent once its last byte has left the device's queue."""
        if file.reader.failure:
            self._end_file(ev.NotSentReason.UNREADABLE, file.reader.failure)
            return
        if not self._is_there(file.target):
            self._end_file(ev.NotSentReason.TARGET_GONE)
            return
        if self._waits(file):
            self._progress.file_state = SendState.HELD
            return
        self._file = None
        self._progress.file_state = SendState.IDLE
        self._tell(ev.FileSent(time_ns(), file.name, self._progress.file_sent))

    def _waits(self, file: _File) -> int:
        """How many bytes sent by hand have not left the device's queue, or are lost from it, up to the file's last."""
        if file.target != TO_DEVICE:
            return 0
        return max(0, file.out_at - self._relay.counters.by_hand_to_serial)

    def _end_file_short(self, file: _File, reason: ev.NotSentReason) -> None:
        """What of it waits for the device does not go any more."""
        self._progress.file_sent = max(0, self._progress.file_sent - self._waits(file))
        self._end_file(reason)

    def _end_file(self, reason: ev.NotSentReason, detail: str = "") -> None:
        file, self._file = self._file, None
        if file is None:
            return
        file.reader.cancel()
        progress = self._progress
        progress.file_state = SendState.IDLE
        size = max(progress.file_size, file.reader.size)
        self._tell(ev.FileNotSent(time_ns(), file.name, progress.file_sent, size, reason, detail))

    def _device_purged(self, reason: ev.NotSentReason) -> None:
        """What waited for the device was thrown away: a file that has begun would arrive with a hole."""
        file = self._file
        if file is not None and file.target == TO_DEVICE and self._progress.file_sent:
            self._end_file_short(file, reason)

    # ---- targets

    def _clients(self, target: int) -> tuple[Client, ...]:
        clients = self._relay.clients
        return clients if target == TO_ALL else tuple(client for client in clients if client.number == target)

    def _is_there(self, target: int) -> bool:
        """Whether there is, or will be, somebody to take it: a device that is away is waited for."""
        return target == TO_DEVICE or bool(self._clients(target))

    def _has_room(self, target: int) -> bool:
        """Whether a piece can be handed over now. Otherwise some descriptor, or the next turn, makes room."""
        if self._left <= 0:
            self._due = 0.0
            return False
        if target == TO_DEVICE:
            return not self._relay.device_away and self._relay.waits_by_hand < PIECE_BYTES
        if target == TO_ALL:
            return not any(self._relay.is_held_by(client) for client in self._clients(target))
        return not any(client.full_since or self._relay.is_held_by(client) for client in self._clients(target))

    def _hand_over(self, target: int, piece: memoryview) -> int:
        data = bytes(piece)
        if target == TO_DEVICE:
            self._relay.send_by_hand(data)
        else:
            self._relay.send_by_hand_to(self._clients(target), target, data)
        self._left -= len(data)
        return len(data)

    def _done(self, waiting: _Waiting) -> None:
        if waiting.accepted:
            self._progress.done_bytes += waiting.accepted
            self._progress.done_messages += 1

    def _give_up(self, messages: deque[_Waiting]) -> int:
        """Nobody will take these: how many bytes are lost, which are counted."""
        count = sum(len(waiting.data) for waiting in messages)
        self._relay.counters.lost += count
        self._relay.counters.by_hand_lost += count
        for waiting in messages:
            self._done(waiting)
        messages.clear()
        return count
