"""One bridge on the console: what `serialbridge run` does once its arguments are understood.

Plain Qt, without asyncio and qasync: nothing here awaits, and they would take a third of the start
(docs/decisions/0005-start.md).
"""

from __future__ import annotations

import json
import os
import sys
import time
from math import inf
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer, Signal

from serialbridge_gui.console_output import ConsoleOutput, json_text
from serialbridge_gui.engine import events as ev
from serialbridge_gui.engine.bridge import Bridge
from serialbridge_gui.engine.bridge_thread import BridgeThread  # noqa: F401 - now, while a signal ends it at once
from serialbridge_gui.garbage import MainThreadGarbage
from serialbridge_gui.profile import Profile, join_address
from serialbridge_gui.stop_signals import StopSignals
from serialbridge_gui.traffic.chunk import NO_CLIENT, Direction, Tap, TapEntry
from serialbridge_gui.traffic.clock import time_ns
from serialbridge_gui.traffic.text import to_hex, to_text
from serialbridge_gui.ui.sentences import event_sentence, problem_sentence
from serialbridge_gui.words import tr as _tr

if TYPE_CHECKING:
    from serialbridge_gui.engine.control_server import ControlServer
    from serialbridge_gui.traffic.capture import Capture

SHOW_INTERVAL_MS: Final = 33
STATS_INTERVAL_MS: Final = 1000
STOP_MS: Final = 1600
"""When a stop waits no longer: a driver or a far host holds the bridge's thread. The whole stop has 2 s: after this
come WRITE_OUT_S for the captures and WRITE_OUT_S for the streams, and 0.1 s are left for everything else."""
BE_FOUND_MS: Final = 200
"""How long after its start a bridge can be found by Wireshark: who waited for its address comes first."""
WRITE_OUT_S: Final = 0.15
"""At the end: how long both streams together may take to accept what is left; so much the captures have at least."""
MAX_ROW_BYTES: Final = 16
"""Of `--show`: a row of hex and text that fits 100 columns."""

_WORDS = {Direction.SERIAL_TO_TCP: "serial_to_tcp", Direction.TCP_TO_SERIAL: "tcp_to_serial"}
_ARROWS = {Direction.SERIAL_TO_TCP: "S→N", Direction.TCP_TO_SERIAL: "N→S"}


def run(profile: Profile, *, show: str, as_json: bool, capture: Capture | None = None) -> int:
    """Bridge until a signal comes; returns the exit code. `show`: none, hex, text, both. Main thread only.

    `capture` is open and not started; it is this function's from now on.
    """
    _avoid_complaint_of_qt()
    app = QCoreApplication(sys.argv[:1])
    app.setApplicationName("SerialBridge")
    console = _Console(profile, show, as_json, capture)
    signals = StopSignals(console.request_stop)
    console.begin()  # before the housekeeping below: the thread opens the port meanwhile
    garbage = MainThreadGarbage()
    try:
        code = app.exec()
    finally:
        garbage.close()
        written = console.close()
        signals.close()
    if not written or console.stuck:
        os._exit(code)  # a thread hangs in a write or in a driver, and Python or Qt would wait for it
    return code


def _avoid_complaint_of_qt() -> None:
    """Qt writes five lines to standard error where the locale is not there, as in many a container, or is not UTF-8."""
    if sys.platform == "linux":
        import locale

        if locale.nl_langinfo(locale.CODESET).upper() != "UTF-8":
            os.environ["LC_ALL"] = "C.UTF-8"


class _Console(QObject):
    capture_ended = Signal()
    """From the capture's thread."""

    def __init__(self, profile: Profile, show: str, as_json: bool, capture: Capture | None = None) -> None:
        super().__init__()
        self._bridge = Bridge(profile, self)
        self._bridge.event_occurred.connect(self._tell)
        self._bridge.ended.connect(self._finish)
        self._show = show
        self._json = as_json
        self._output = ConsoleOutput(sys.stdout, "standard output")
        self._messages = ConsoleOutput(sys.stderr, "standard error")
        self._dialed = False
        self._skipped = 0
        self._stats: dict[str, int] = {}
        self._finished = False
        self.stuck = False
        """A thread did not end in time."""
        if show != "none":
            self._bridge.tap = Tap()
        self._capture = capture
        self._stop_by = inf
        if capture is not None:
            self._bridge.attach(capture.tap)
            self.capture_ended.connect(self._tell_capture_ended, Qt.ConnectionType.QueuedConnection)
            capture.ended = self.capture_ended.emit

        self._control: ControlServer | None = None

    def begin(self) -> None:
        """Start the bridge, and telling of it."""
        self._bridge.launch()
        for interval_ms, report in (
            (SHOW_INTERVAL_MS if self._bridge.tap else 0, self._print_traffic),
            (STATS_INTERVAL_MS if self._json else 0, self._print_stats),
        ):
            if interval_ms:
                timer = QTimer(self)
                timer.timeout.connect(report)
                timer.start(interval_ms)

    def request_stop(self) -> None:
        """Have the bridge end, and then the program. May be called twice."""
        self._stop_by = min(self._stop_by, time.monotonic() + STOP_MS / 1000)
        self._bridge.request_stop()
        QTimer.singleShot(STOP_MS, self, self._give_up)

    def _give_up(self) -> None:
        if not self._finished:  # Qt still calls a timer that was due before `exit`
            self.stuck = True
            self._finish()

    def _finish(self) -> None:
        if self._finished:
            return
        self._finished = True
        now = time.monotonic()
        deadline = max(now + WRITE_OUT_S, min(self._stop_by, now + STOP_MS / 1000))
        self._close_capture(deadline)
        if self._control is not None:
            if not self._control.close(max(0.0, deadline - time.monotonic())):
                self.stuck = True  # in a pipe
            self._control = None
        problem = self._bridge.problem
        if problem is not None:
            self._say("serialbridge: " + problem_sentence(problem))
        else:
            self._print_last_traffic(deadline)
            self._print_stats()
            self._emit("stopped", time_ns() / 1e9)
        QCoreApplication.exit(0 if problem is None else 1)

    # ---- Wireshark

    def _be_found(self) -> None:
        """From now on `serialbridge extcap` finds this bridge."""
        if self._control is None and self._bridge.state.active:
            from serialbridge_gui.engine.control_server import ControlServer
            from serialbridge_gui.ui.capture_notes import note_event

            self._control = ControlServer(lambda: (self._bridge,), note_event, self)
            self._control.start()

    # ---- the capture

    def _note(self, event: ev.Event) -> None:
        """The capture begins once the bridge has what it needs: before, its file's old content is still there."""
        if self._capture is None:
            return
        from serialbridge_gui.ui.capture_notes import note_event

        if isinstance(event, (ev.Listening, ev.Dialing)) and not self._capture.started_at:
            self._capture.start()
        note_event(self._capture, event)

    def _tell_capture_ended(self) -> None:
        capture = self._capture
        if capture is not None and capture.failure is not None:
            from serialbridge_gui.ui.capture_notes import capture_sentence

            self._capture = None
            self._bridge.detach(capture.tap)
            self._emit("capture_stopped", time_ns() / 1e9, file=str(capture.path), reason=capture.reason)
            self._say("serialbridge: " + capture_sentence(capture))

    def _close_capture(self, deadline: float) -> None:
        """The bridge has ended: write what is left, until `deadline` of the monotonic clock at most."""
        if self._capture is not None:
            if not self._capture.stop(max(0.0, deadline - time.monotonic())):
                self.stuck = True  # in a disk
            missing_bytes, path = self._capture.missing_bytes, self._capture.path
            self._tell_capture_ended()
            if missing_bytes:
                text = _tr("{count} bytes are not in {path}; they were forwarded all the same")
                self._say("serialbridge: " + text.format(count=missing_bytes, path=path))

    def close(self) -> bool:
        """Write what is not written yet; False if nobody takes it."""
        deadline = time.monotonic() + WRITE_OUT_S
        streams = (self._output, self._messages)
        written = [stream.close(max(0.0, deadline - time.monotonic())) for stream in streams]
        return all(written)

    # ---- what happened

    def _tell(self, event: ev.Event) -> None:
        self._note(event)
        seconds = event.time_ns / 1e9
        if isinstance(event, (ev.Listening, ev.Dialing)):
            QTimer.singleShot(BE_FOUND_MS, self, self._be_found)
        match event:
            case ev.Listening(host=host, port=port):
                if self._json:
                    self._emit("listening", seconds, host=host, port=port)
                else:
                    self._print(f"listening on {join_address(host, port)}")
                return
            case ev.Dialing(host=host, port=port):
                self._emit("dialing", seconds, host=host, port=port)
                if not self._dialed:
                    self._dialed = True
                    if not self._json:
                        self._print(f"connecting to {join_address(host, port)}")
                    return
            case ev.ClientConnected(client=client, address=address):
                self._emit("client_connected", seconds, client=client, address=address)
            case ev.ClientDisconnected(client=client, reason=reason):
                self._emit("client_disconnected", seconds, client=client, reason=reason.value)
            case ev.ClientRefused(address=address, reason=refusal):
                self._emit("client_refused", seconds, address=address, reason=refusal.value)
            case ev.DeviceLost(device=device, reason=loss):
                self._emit("device_lost", seconds, device=device, reason=loss.value)
            case ev.DeviceBack(device=device):
                self._emit("device_back", seconds, device=device)
            case ev.Failed() | ev.Stopped():
                return  # told at the end, once
            case _:
                pass
        sentence = event_sentence(event)
        if sentence:
            self._say("serialbridge: " + sentence)

    def _print_stats(self) -> None:
        counters = self._bridge.counters
        stats = {
            "serial_to_tcp": counters.serial_to_tcp,
            "tcp_to_serial": counters.tcp_to_serial,
            "lost": counters.lost,
        }
        if self._json and stats != self._stats and (any(stats.values()) or self._stats):
            self._stats = stats
            self._emit("stats", time_ns() / 1e9, **stats)

    def _print_traffic(self) -> None:
        tap = self._bridge.tap
        if tap is None or self._output.behind:
            return  # the tap has its own bound, and counts what it skips
        lines = [line for entry in tap.drain() for line in self._traffic_lines(entry)]
        if lines:
            self._print("\n".join(lines))
        if tap.skipped_bytes != self._skipped:
            count, self._skipped = tap.skipped_bytes - self._skipped, tap.skipped_bytes
            text = _tr("{count} bytes are not shown here; they were forwarded all the same")
            self._say("serialbridge: " + text.format(count=count))

    def _print_last_traffic(self, deadline: float) -> None:
        """Show the rest, unless the reader is behind until `deadline`; then say how much it is.

        "At least", for of what `_output` has been given already nobody knows how much that reader will have.
        """
        tap = self._bridge.tap
        if tap is None:
            return
        while self._output.behind and time.monotonic() < deadline:
            time.sleep(0.005)  # nothing else is left to do
        if not self._output.behind:
            self._print_traffic()
        elif left_out := sum(len(entry[3]) for entry in tap.drain()) + tap.skipped_bytes - self._skipped:
            text = _tr("at least {count} bytes are not shown here; they were forwarded all the same")
            self._say("serialbridge: " + text.format(count=left_out))

    def _traffic_lines(self, entry: TapEntry) -> list[str]:
        when, direction, client, data = entry
        if self._json:
            fields: dict[str, Any] = {"event": "traffic", "time": when / 1e9, "direction": _WORDS[Direction(direction)]}
            fields |= {"client": None if client == NO_CLIENT else client, "hex": data.hex()}
            return [json.dumps(fields)]
        seconds, rest = divmod(when, 1_000_000_000)
        clock = f"{time.strftime('%H:%M:%S', time.localtime(seconds))}.{rest // 1_000_000:03d}"
        who = _ARROWS[Direction(direction)] + ("" if client == NO_CLIENT else f" #{client}")
        lines = []
        for start in range(0, len(data), MAX_ROW_BYTES):
            row = data[start : start + MAX_ROW_BYTES]
            columns = [clock, f"{who:<6}"]
            if self._show != "text":
                columns.append(f"{to_hex(row):<{3 * MAX_ROW_BYTES - 1}}")
            if self._show != "hex":
                columns.append(to_text(row))
            lines.append("  ".join(columns).rstrip())
        return lines

    # ---- streams

    def _emit(self, event: str, seconds: float, **fields: Any) -> None:
        if self._json:
            self._print(json_text({"event": event, "time": seconds, **fields}, sys.stdout))

    def _print(self, text: str) -> None:
        """To standard output."""
        self._output.write(text)

    def _say(self, text: str) -> None:
        """To standard error, for a person."""
        self._messages.write(text)
