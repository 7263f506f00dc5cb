"""Engine tests need an application object, and nothing of it."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from serialbridge_gui.engine import bridge_loop
from tests.engine.running import DEADLINE_S, Clock


@pytest.fixture(autouse=True)
def _application(qapp: QApplication) -> None:
    """QThread and QTcpServer want one."""


@pytest.fixture
def _no_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody looks which program a client is, which takes 60 ms of CPU on a slow machine."""
    elsewhere = lambda address: (f"host {address[1]}", 1)  # noqa: E731
    monkeypatch.setattr("serialbridge_gui.engine.client_names.end_of", elsewhere)


@pytest.fixture
def turns(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """When bridge threads have turned: the loop asks for the time once a turn."""
    at: list[float] = []

    def counted() -> float:
        at.append(time.monotonic())
        return at[-1]

    monkeypatch.setattr(bridge_loop, "monotonic", counted)
    return at


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The time of bridge threads that begin from now on, which the test lets pass."""
    made = Clock()
    modules = "bridge_loop bridge_thread client_names departures dialer door local_sender relay"
    for module in modules.split():
        monkeypatch.setattr(f"serialbridge_gui.engine.{module}.monotonic", made)
    return made


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """Has a port at which nobody listens, and which nobody else is given; who asks for it may listen there."""
    with socket.socket() as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(("127.0.0.1", 0))
        bound.settimeout(DEADLINE_S)
        yield bound
