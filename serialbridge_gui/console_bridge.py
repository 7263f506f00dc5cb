"""One bridge on the console: what `serialbridge run` does once its arguments are understood."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from typing import Any

import qasync
from PySide6.QtCore import QCoreApplication

from serialbridge_gui.console_output import ConsoleOutput
from serialbridge_gui.engine import events as ev
from serialbridge_gui.engine.bridge import Bridge, BridgeState
from serialbridge_gui.engine.errors import BridgeError, Cause
from serialbridge_gui.garbage import MainThreadGarbage
from serialbridge_gui.profile import Profile, join_address
from serialbridge_gui.stop_signals import StopSignals
from serialbridge_gui.traffic.chunk import NO_CLIENT, Direction, Tap, TapEntry
from serialbridge_gui.traffic.text import to_hex, to_text
from serialbridge_gui.ui.sentences import event_sentence, problem_sentence

SHOW_INTERVAL_S = 1 / 30
STATS_INTERVAL_S = 1.0
WRITE_OUT_S = 0.15
"""At the end: how long either stream may take to accept what is left. The whole stop has 2 s."""
MAX_ROW_BYTES = 16
"""Of `--show`: a row of hex and text that fits 100 columns."""

_WORDS = {Direction.SERIAL_TO_TCP: "serial_to_tcp", Direction.TCP_TO_SERIAL: "tcp_to_serial"}
_ARROWS = {Direction.SERIAL_TO_TCP: "S→N", Direction.TCP_TO_SERIAL: "N→S"}


def run(profile: Profile, *, show: str, as_json: bool) -> int:
    """Bridge until a signal comes; returns the exit code. `show`: none, hex, text, both. Main thread only."""
    app = QCoreApplication(sys.argv[:1])
    app.setApplicationName("SerialBridge")
    loop = qasync.QEventLoop(app)
    asyncio.set_event_loop(loop)
    console = _Console(profile, show, as_json)
    with loop:
        signals = StopSignals(console.request_stop)
        garbage = MainThreadGarbage()
        try:
            code = int(loop.run_until_complete(console.run()))
        finally:
            garbage.close()
            written = console.close()
            signals.close()
    if not written:
        os._exit(code)  # a thread hangs in a write to a stream nobody reads, and Python would wait for it
    return code


class _Console:
    def __init__(self, profile: Profile, show: str, as_json: bool) -> None:
        self._bridge = Bridge(profile)
        self._bridge.event_occurred.connect(self._tell)
        self._bridge.state_changed.connect(self._stop_when_failed)
        self._stop = asyncio.Event()
        self._show = show
        self._json = as_json
        self._output = ConsoleOutput(sys.stdout, "standard output")
        self._messages = ConsoleOutput(sys.stderr, "standard error")
        self._skipped = 0
        self._stats: dict[str, int] = {}
        if show != "none":
            self._bridge.tap = Tap()

    def request_stop(self) -> None:
        self._stop.set()

    def close(self) -> bool:
        """Write what is not written yet; False if nobody takes it."""
        written = [stream.close(WRITE_OUT_S) for stream in (self._output, self._messages)]
        return all(written)

    async def run(self) -> int:
        starting = asyncio.ensure_future(self._bridge.start())
        stopping = asyncio.ensure_future(self._stop.wait())
        await asyncio.wait((starting, stopping), return_when=asyncio.FIRST_COMPLETED)
        reporting = asyncio.ensure_future(self._report())
        await stopping
        reporting.cancel()
        problem = self._bridge.problem
        await self._bridge.stop()
        if not starting.done():
            starting.cancel()
        try:
            await starting
        except BridgeError as error:
            problem = None if error.problem.cause is Cause.STOPPED else error.problem
        except asyncio.CancelledError:
            pass
        if problem is not None:
            self._say("serialbridge: " + problem_sentence(problem))
            return 1
        self._print_traffic()
        self._print_stats()
        self._emit("stopped", time.time())
        return 0

    def _stop_when_failed(self) -> None:
        if self._bridge.state is BridgeState.ERROR:
            self._stop.set()

    # ---- what happened

    def _tell(self, event: ev.Event) -> None:
        seconds = event.time_ns / 1e9
        match event:
            case ev.Listening(host=host, port=port):
                if self._json:
                    self._emit("listening", seconds, host=host, port=port)
                else:
                    self._print(f"listening on {join_address(host, port)}")
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

    async def _report(self) -> None:
        next_stats = time.monotonic() + STATS_INTERVAL_S
        while True:
            await asyncio.sleep(SHOW_INTERVAL_S if self._bridge.tap is not None else STATS_INTERVAL_S)
            self._print_traffic()
            if time.monotonic() >= next_stats:
                next_stats += STATS_INTERVAL_S
                self._print_stats()

    def _print_stats(self) -> None:
        counters = self._bridge.counters
        stats = {
            "serial_to_tcp": counters.serial_to_tcp,
            "tcp_to_serial": counters.tcp_to_serial,
            "lost": counters.lost,
        }
        if self._json and stats != self._stats and (any(stats.values()) or self._stats):
            self._stats = stats
            self._emit("stats", time.time(), **stats)

    def _print_traffic(self) -> None:
        tap = self._bridge.tap
        if tap is None or self._output.behind:
            return  # the tap has its own bound, and counts what it skips
        lines = [line for entry in tap.drain() for line in self._traffic_lines(entry)]
        if lines:
            self._print("\n".join(lines))
        if tap.skipped_bytes != self._skipped:
            count, self._skipped = tap.skipped_bytes - self._skipped, tap.skipped_bytes
            self._say(f"serialbridge: {count} bytes are not shown here; they were forwarded all the same")

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
            self._print(json.dumps({"event": event, "time": seconds, **fields}, ensure_ascii=False))

    def _print(self, text: str) -> None:
        """To standard output."""
        self._output.write(text)

    def _say(self, text: str) -> None:
        """To standard error, for a person."""
        self._messages.write(text)
