"""PySide6 must not lose references, as 6.12.0 does on CPython 3.11: docs/decisions/0002-pyside-version.md."""

from __future__ import annotations

import subprocess
import sys

import pytest

CALLS = 300
"""Few enough that even a PySide6 which loses one reference a call doesn't abort before it is asked."""

COUNT = """
import os, sys
from PySide6.QtCore import QAbstractListModel, QIdentityProxyModel, QModelIndex, QObject, Signal

class Empty(QAbstractListModel):
    def rowCount(self, parent=QModelIndex()):
        return 1

    def data(self, index, role=0):
        return None

class Sender(QObject):
    happened = Signal(object)

class Receiver(QObject):
    def receive(self, value):
        self.last = value

model, proxy = Empty(), QIdentityProxyModel()
proxy.setSourceModel(model)
index = proxy.index(0, 0)
sender, receiver, payload = Sender(), Receiver(), object()
sender.happened.connect(receiver.receive)

def references():
    return [sys.getrefcount(each) for each in (None, True, False, model, sender, receiver, payload)]

sender.happened.emit(payload)  # whatever is kept from a first time is kept before counting
before = references()
for _ in range(CALLS):
    ACTION
after = references()
sys.stdout.write(repr([now - then for now, then in zip(after, before)]))
sys.stdout.flush()
os._exit(0)  # what lost references of None and True aborts while it shuts down; the count is what is wanted
"""


@pytest.mark.skipif(
    sys.version_info >= (3, 12), reason="None and True are immortal since CPython 3.12: nothing to count"
)
@pytest.mark.parametrize(
    "action",
    [
        pytest.param("proxy.data(index)", id="None returned from a model"),
        pytest.param("sender.happened.emit(payload)", id="signal"),
        pytest.param("model.dataChanged.emit(index, index)", id="signal of Qt"),
        pytest.param("sender.setObjectName('x')", id="setter"),
    ],
)
def test_no_reference_is_lost_by(action: str) -> None:
    # In a process of its own: other threads of this one count None up and down too.
    source = COUNT.replace("CALLS", str(CALLS)).replace("ACTION", action)
    done = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    changes = [int(each) for each in done.stdout.strip("[]").split(",")]
    # A lost reference a call shows as -300; a few either way are the loop's own.
    assert all(abs(change) < CALLS // 10 for change in changes), (
        f"references to None, True, False, model, sender, receiver, payload changed by {changes}"
    )
