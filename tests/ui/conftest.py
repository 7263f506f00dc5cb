"""Tests of the window are coroutines: each runs on the loop of its `lab`."""

from __future__ import annotations

import asyncio
import gc
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import qasync
from PySide6.QtWidgets import QApplication

from serialbridge_gui.ui.language import use_language
from tests.processes import free_port
from tests.ui.windows import Lab


@pytest.fixture(scope="session")
def qapp(qapp: QApplication) -> QApplication:
    """With the words that the program has."""
    use_language(qapp, "en")
    return qapp


@pytest.fixture(autouse=True)
def _machine_may_be_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the program gives up on, or takes away, after some seconds stays: a machine that stands still for as long
    is no mistake of the program's."""
    for place, longer in (
        ("engine.bridge.STOP_S", 60.0),
        ("ui.log_pane.NOTICE_MS", 600_000),
        ("ui.log_pane.UNDO_OFFERED_MS", 600_000),
        ("ui.recording.FINISH_S", 60.0),
        ("ui.session.LAST_SAVE_S", 60.0),
        ("ui.tasks.LAST_S", 60.0),
        ("vm.virsh.ANSWER_S", 60.0),
    ):
        monkeypatch.setattr(f"serialbridge_gui.{place}", longer)


@pytest.fixture(autouse=True)
def _port_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where bridges that nobody gave a port begin: tests in other processes have theirs begin elsewhere."""
    monkeypatch.setattr("serialbridge_gui.ui.workspace.DEFAULT_LISTEN_PORT", free_port())


@pytest.fixture
def lab(qapp: QApplication, tmp_path: Path) -> Iterator[Lab]:
    """A loop, and a config folder that windows open on.

    The garbage is collected here, in the main thread: were it left to chance, a bridge thread could delete
    the Qt objects of the test before.
    """
    gc.collect()
    qapp.setQuitOnLastWindowClosed(False)
    loop = qasync.QEventLoop(qapp)
    asyncio.set_event_loop(loop)
    used = Lab(loop, tmp_path / "config")
    try:
        yield used
    finally:
        used.forget()
        loop.close()  # its executor too
        asyncio.set_event_loop(None)
        del loop, used
        gc.collect()


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a test that is a coroutine on its lab's loop."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    arguments: dict[str, Any] = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    lab = arguments["lab"]
    assert isinstance(lab, Lab)
    lab.run(pyfuncitem.obj(**arguments))
    return True
