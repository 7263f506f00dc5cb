"""A control server of this process, in a folder of its own, and what one asks it from another thread."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest
from pytestqt.qtbot import QtBot

from serialbridge_gui.engine import running_programs
from tests.engine.running import DEADLINE_S

T = TypeVar("T")


@contextmanager
def runtime_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where programs find each other, instead of the user's own; its name is short enough for a socket's."""
    folder = Path(tempfile.mkdtemp(prefix="sb", dir="/tmp"))
    try:
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
        monkeypatch.setattr(running_programs, "folders", lambda: [folder / "serialbridge"])  # and no other
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def elsewhere(qtbot: QtBot, work: Callable[[], T]) -> T:
    """The result of `work`, done in another thread while Qt's events are handled here."""
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(work)
        qtbot.waitUntil(future.done, timeout=int(DEADLINE_S * 1000))
    return future.result()
