"""Standard output and standard error of the console program, written by threads of their own.

A pipe that nobody empties, or a terminal stopped with Ctrl+S, blocks whoever writes to it. The main thread
must not be: it has signals to answer.
"""

from __future__ import annotations

import codecs
import contextlib
import json
import queue
import threading
from time import monotonic
from typing import Any, Final, TextIO

MAX_LINES: Final = 10_000
"""Bound of what waits; when full, further text is thrown away (chosen: some MB, minutes of a person's reading)."""


def json_text(value: Any, stream: TextIO, indent: int | None = None) -> str:
    """`value` as JSON for this stream: readable where it is UTF-8, else ASCII with JSON's own escapes.

    On Windows a pipe is in the system's old code page. JSON is UTF-8 (RFC 8259, section 8.1), and what Python puts
    in place of a character that the code page lacks is no JSON.
    """
    return json.dumps(value, ensure_ascii=not _is_utf8(stream), indent=indent)


def _is_utf8(stream: TextIO) -> bool:
    try:
        return codecs.lookup(stream.encoding).name == "utf-8"
    except (AttributeError, LookupError, TypeError):  # something in the place of standard output, or nothing
        return False


class ConsoleOutput:
    """A text stream that `write` never waits for. `write` and `close`: one thread."""

    def __init__(self, stream: TextIO, name: str) -> None:
        self._stream = stream
        self._waiting: queue.Queue[str | None] = queue.Queue(MAX_LINES)
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    @property
    def behind(self) -> bool:
        """Whether text waits that the reader has not taken: what can be left out should be."""
        return self._waiting.qsize() > 1

    def write(self, text: str) -> None:
        """Print `text` and a line's end, soon."""
        with contextlib.suppress(queue.Full):
            self._waiting.put_nowait(text)

    def close(self, timeout_s: float) -> bool:
        """Wait for what is not written yet; False if it still is not: the stream is blocked."""
        deadline = monotonic() + timeout_s
        try:
            self._waiting.put(None, timeout=timeout_s)
        except queue.Full:
            return False
        self._thread.join(max(0.0, deadline - monotonic()))
        return not self._thread.is_alive()

    def _run(self) -> None:
        broken = False
        while (text := self._waiting.get()) is not None:
            if not broken:
                try:
                    print(text, file=self._stream, flush=True)
                except (OSError, ValueError):
                    broken = True  # nobody reads it any more: the bridge goes on, silently
