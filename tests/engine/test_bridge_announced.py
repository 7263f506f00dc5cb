"""When a bridge announces itself, and when it takes that back."""

from __future__ import annotations

from typing import Any

import pytest

from serialbridge_gui.engine import announcement
from serialbridge_gui.engine import events as ev
from serialbridge_gui.profile import Mode
from tests.devices import PtyDevice
from tests.engine.running import RunningBridge


class Noted:
    """Stands in for an Announcement."""

    calls: list[Any]

    def __init__(self, name: str, address: Any, mode: Mode, tls: bool, failed: Any) -> None:
        self.calls.append((name, address.port, mode, tls))
        self.failed = failed

    def start(self) -> None:
        self.calls.append("start")
        self.failed("no network")

    def withdraw(self) -> None:
        self.calls.append("withdraw")

    def close(self) -> None:
        self.calls.append("close")


@pytest.mark.parametrize("announce", [True, False])
def test_announcement_lasts_as_long_as_the_bridge_where_its_profile_says_so(
    announce: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    Noted.calls = []
    monkeypatch.setattr(announcement, "Announcement", Noted)
    with PtyDevice() as device, RunningBridge(device.path, announce=announce, mode=Mode.RFC2217) as bridge:
        port = bridge.wait_for(ev.Listening).port
        if announce:
            assert bridge.wait_for(ev.AnnounceFailed).detail == "no network"
    begun = [("test", port, Mode.RFC2217, False), "start", "withdraw", "close"]
    assert Noted.calls == (begun if announce else [])
