"""What holds for every test: no display needed, no stray log message, no thread left behind."""

from __future__ import annotations

import gc
import logging
import os
import re
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from pytestqt.qtbot import QtBot

if TYPE_CHECKING:
    from serialbridge_gui.engine.self_signed import CertificateFiles
    from tests.certificates import Authority

# Before anything imports Qt. Who wants to see the windows sets it to xcb or wayland.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# A shell's background job starts with SIGINT ignored, and so would each program that a test starts and interrupts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# `dev.py test` tries the same examples each time, so that the same code passes again. `dev.py soak` looks for others.
# No example is late: a busy machine stops anybody for half a second. A fixture may last for all examples of a test.
_at_leisure = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
settings.register_profile("same", _at_leisure, derandomize=True)
settings.register_profile("search", _at_leisure, derandomize=False)
settings.load_profile("same")

THREADS_END_WITHIN_S = 60.0
"""How long a test's threads may take to end after it. Chosen: nobody waits for so long on a busy machine."""

ExpectLog = Callable[..., AbstractContextManager[list[logging.LogRecord]]]
"""The type of the `expect_log` fixture."""


class LogWatch(logging.Handler):
    """Collects the records nobody said to expect. Records come from any thread."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.unexpected: list[logging.LogRecord] = []
        self._expected: list[tuple[re.Pattern[str], int, str, list[logging.LogRecord]]] = []

    def emit(self, record: logging.LogRecord) -> None:
        for pattern, level, logger, seen in list(self._expected):
            in_logger = not logger or record.name == logger or record.name.startswith(logger + ".")
            if record.levelno == level and in_logger and pattern.search(record.getMessage()):
                seen.append(record)
                return
        self.unexpected.append(record)

    @contextmanager
    def expect(
        self, match: str, level: int = logging.WARNING, logger: str = ""
    ) -> Iterator[list[logging.LogRecord]]:
        """Within the block, records of `level` whose message `match` (a regex) finds are wanted.

        Yields the list of those that came. Fails when the block ends without one.
        """
        seen: list[logging.LogRecord] = []
        entry = (re.compile(match), level, logger, seen)
        self._expected.append(entry)
        try:
            yield seen
        finally:
            self._expected.remove(entry)
        if not seen:
            pytest.fail(f"no {logging.getLevelName(level)} record matching {match!r} was logged")


@pytest.fixture(autouse=True)
def log_watch() -> Iterator[LogWatch]:
    """Fails a test during which something was logged at WARNING or above that it didn't expect."""
    watch = LogWatch()
    root = logging.getLogger()
    root.addHandler(watch)
    try:
        yield watch
    finally:
        root.removeHandler(watch)
    if watch.unexpected:
        messages = [f"{each.levelname} {each.name}: {each.getMessage()}" for each in watch.unexpected]
        pytest.fail("logged, and no `expect_log` said so:\n" + "\n".join(messages), pytrace=False)


@pytest.fixture
def expect_log(log_watch: LogWatch) -> ExpectLog:
    """`with expect_log("regex", logging.ERROR, "a.logger") as records:`, once for each kind of message."""
    return log_watch.expect


def running_threads() -> dict[int, FrameType]:
    """Ident and frame of each thread that runs Python now, those that a QThread started included.

    `threading.enumerate` doesn't do: it knows a QThread only once that has asked for `current_thread()`,
    and then keeps it as a dummy for ever (CPython 3.11).
    """
    return sys._current_frames()


def describe_thread(ident: int, frame: FrameType) -> str:
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    return f"{names.get(ident, 'a QThread')} at\n{''.join(traceback.format_stack(frame, limit=4))}"


@pytest.fixture(scope="session", autouse=True)
def _same_examples_whatever_was_imported() -> None:
    """Hypothesis takes some examples from the sources of the modules that are imported by then, which differ with the
    test files that ran before in this process."""
    from hypothesis.internal.conjecture import providers
    from hypothesis.internal.constants_ast import Constants

    if settings.get_current_profile_name() == "same":
        nothing = Constants()
        providers._get_local_constants = lambda: nothing


@pytest.fixture(scope="session", autouse=True)
def _collect_in_the_main_thread() -> Iterator[None]:
    """As serialbridge_gui/garbage.py: a QObject in a cycle must not die in a bridge's thread."""
    gc.collect()
    gc.freeze()
    gc.disable()
    yield
    gc.unfreeze()
    gc.enable()


@pytest.fixture(autouse=True)
def _garbage_goes_with_its_test(_collect_in_the_main_thread: None) -> Iterator[None]:
    yield
    gc.collect()
    gc.disable()  # the program's own, where a test ran that, gives the work back at its end


@pytest.fixture(autouse=True)
def _ttys_keep_their_names() -> Iterator[None]:
    yield
    devices = sys.modules.get("tests.devices")  # who has made one
    if devices is not None:
        devices.forget_unplugged()


@pytest.fixture(autouse=True)
def no_thread_left(log_watch: LogWatch) -> Iterator[None]:
    """Fails a test after which a thread runs that did not run before."""
    before = running_threads().keys()
    yield
    deadline = time.monotonic() + THREADS_END_WITHIN_S
    while left := {ident: frame for ident, frame in running_threads().items() if ident not in before}:
        if time.monotonic() > deadline:
            threads = [describe_thread(ident, frame) for ident, frame in left.items()]
            pytest.fail("a thread was left over: " + "\n".join(threads), pytrace=False)
        del left  # frames keep a test's locals alive
        time.sleep(0.005)  # a poll: a QThread can't be joined from here


QTBOT_WAITS_MS = 60_000
"""How long `qtbot` waits where a test does not say. Its own 5 s are over while a busy machine stands still."""


@pytest.fixture
def qtbot(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> QtBot:
    """One that waits for as long as a busy machine may need."""
    for wait in (QtBot.waitUntil, QtBot.waitSignal, QtBot.waitSignals, QtBot.waitExposed, QtBot.waitActive):
        assert wait.__kwdefaults__ is not None
        monkeypatch.setitem(wait.__kwdefaults__, "timeout", QTBOT_WAITS_MS)
    return qtbot


@pytest.fixture
def ca(tmp_path: Path) -> Authority:
    """A CA of this test's own."""
    from tests.certificates import Authority

    return Authority(tmp_path, "ours")


@pytest.fixture
def server(ca: Authority) -> CertificateFiles:
    """What a bridge shows its clients, signed by `ca`."""
    return ca.issue("server")
