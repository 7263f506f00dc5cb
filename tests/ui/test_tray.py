"""The tray's icon says the worst, starts and stops, hides and shows; and tells what happens, not too often."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QObject
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QSystemTrayIcon
from pytestqt.qtbot import QtBot

from serialbridge_gui.engine import events as ev
from serialbridge_gui.engine.bridge import BridgeState
from serialbridge_gui.ui import notices as notices_module
from serialbridge_gui.ui import tray as tray_module
from serialbridge_gui.ui.notices import Notice, Notices
from serialbridge_gui.ui.preferences import Closing
from serialbridge_gui.ui.tray import MAX_MENU_BRIDGES, MAX_TOOLTIP, Tray, tray_icon
from tests.ui.windows import Lab, until

CLICK = QSystemTrayIcon.ActivationReason.Trigger
DOUBLE_CLICK = QSystemTrayIcon.ActivationReason.DoubleClick


class FakeIcon(QSystemTrayIcon):
    """One that notes what it would show: the test's screen has no tray."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.messages: list[str] = []
        self.shown = False

    def show(self) -> None:
        self.shown = True

    def hide(self) -> None:
        self.shown = False

    def showMessage(self, title: str, text: str, *_: object) -> None:  # type: ignore[override]
        assert title == "SerialBridge"
        self.messages.append(text)

    @staticmethod
    def supportsMessages() -> bool:
        return True


class Desktop:
    """Whether there is a tray, as the test wants it."""

    def __init__(self, lab: Lab, there: bool = True) -> None:
        self.there = there
        window = lab.window
        self.tray = window.tray = Tray(window, window.preferences, FakeIcon, lambda: self.there)

    @property
    def icon(self) -> FakeIcon:
        assert isinstance(self.tray.icon, FakeIcon)
        return self.tray.icon

    def entries(self) -> list[str]:
        return [action.text() for action in self.tray.menu.actions() if action.isVisible() and action.text()]


async def test_menu_starts_and_stops_each_bridge_and_says_which(lab: Lab) -> None:
    lab.open()
    desktop = Desktop(lab)
    first, second = lab.add("sim://echo", "Scale & <b>co</b>"), lab.add("sim://echo", "Lamp")
    await until(lambda: len(desktop.entries()) == 4, "both are there")
    assert desktop.entries() == ["Start Scale && <b>co</b>", "Start Lamp", "Show &window", "&Quit"]
    desktop.tray.menu.actions()[1].trigger()
    await until(lambda: second.bridge.state is BridgeState.WAITING_FOR_CLIENT, "the second runs")
    assert not first.bridge.state.active
    await until(lambda: desktop.entries()[1] == "Stop Lamp", "the menu follows")
    desktop.tray.menu.actions()[1].trigger()
    await until(lambda: second.bridge.state is BridgeState.STOPPED, "it is stopped")
    await lab.window.workspace.remove(first)
    await until(lambda: desktop.entries() == ["Start Lamp", "Show &window", "&Quit"], "the menu follows")


async def test_icon_and_tooltip_say_the_worst_first_within_what_windows_shows(lab: Lab) -> None:
    lab.open()
    desktop = Desktop(lab)
    for number in range(24):
        lab.add("sim://echo", f"Bridge <b>{number}</b> with a rather long name")
    failing = lab.add("/dev/no-such-device", "Broken\u202e one")
    failing.start()
    await until(lambda: failing.bridge.state is BridgeState.ERROR, "it fails")
    await until(lambda: "Error" in desktop.icon.toolTip(), "the tooltip follows")
    lines = desktop.icon.toolTip().split("\n")
    assert lines[0] == "SerialBridge"
    assert lines[1].endswith("one: Error")
    assert "\u202e" not in lines[1]
    assert lines[-1] == f"and {25 - (len(lines) - 2)} more"
    assert len(desktop.icon.toolTip()) <= MAX_TOOLTIP
    assert "<" not in desktop.icon.toolTip()
    assert same(desktop.icon.icon(), tray_icon(BridgeState.ERROR, lab.window.palette()))
    assert len(desktop.entries()) == MAX_MENU_BRIDGES + 3
    assert desktop.entries()[-3] == "5 more in the window"


def same(one: QIcon, other: QIcon) -> bool:
    return one.pixmap(32).toImage() == other.pixmap(32).toImage()


def test_each_state_has_another_icon_at_every_size(qapp: QApplication) -> None:
    palette = qapp.palette()
    for size in (16, 22, 32):
        pictures = {bytes(tray_icon(state, palette).pixmap(size).toImage().constBits()) for state in BridgeState}
        assert len(pictures) == len(BridgeState)


async def test_click_hides_what_is_in_front_and_shows_what_is_not(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tray_module, "JUST_LEFT_S", 0.0)
    window = lab.open()
    desktop = Desktop(lab)
    await until(window.isActiveWindow, "it is in front")
    for hidden in (True, False):
        desktop.icon.activated.emit(CLICK)
        assert window.isHidden() is hidden
        desktop.icon.activated.emit(DOUBLE_CLICK)  # the second half of a double click does nothing more
        assert window.isHidden() is hidden
    assert not window.isActiveWindow()  # behind another one, as far as this platform can tell
    desktop.icon.activated.emit(CLICK)
    assert window.isVisible()
    window.showMinimized()
    desktop.icon.activated.emit(CLICK)
    assert window.isVisible()
    assert not window.isMinimized()


async def test_late_tray_gets_the_icon_and_the_window_that_waits_for_it(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tray_module, "LOOK_MS", 10)
    window = lab.open()
    window.preferences.closing = Closing.KEEP
    desktop = Desktop(lab, there=False)
    window.hide()
    window.begin_minimized()
    assert window.isMinimized()
    assert desktop.tray.icon is None
    desktop.there = True
    await until(window.isHidden, "the window goes to the tray")
    assert desktop.icon.shown


async def test_window_begins_in_the_tray_only_where_closing_leads_there(lab: Lab) -> None:
    window = lab.open()
    Desktop(lab)
    window.hide()
    window.begin_minimized()
    assert window.isVisible()
    assert window.isMinimized()
    window.hide()
    window.preferences.closing = Closing.KEEP
    window.begin_minimized()
    assert window.isHidden()


async def test_hidden_window_comes_back_when_the_tray_is_gone_for_good_not_while_it_restarts(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = lab.open()
    desktop = Desktop(lab)
    window.closing.hide()
    desktop.there = False
    for _ in range(tray_module.MISSED_LOOKS - 1):
        desktop.tray._look()
    desktop.there = True
    desktop.tray._look()
    assert window.isHidden()
    desktop.there = False
    for _ in range(tray_module.MISSED_LOOKS):
        desktop.tray._look()
    assert window.isVisible()
    assert "tray is gone" in window.message.label.text()


async def test_no_tray_means_no_icon_and_no_notification(lab: Lab) -> None:
    lab.open()
    desktop = Desktop(lab, there=False)
    session = lab.add("sim://echo")
    lab.window.closing.hide()
    session.bridge.event_occurred.emit(ev.DeviceBack(0, "sim://echo"))
    assert desktop.tray.icon is None
    assert desktop.tray.notices._counts == {}


async def test_what_happens_behind_the_window_is_told_and_can_be_switched_off(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notices_module, "GATHER_MS", 1)
    monkeypatch.setattr(notices_module, "INTERVAL_MS", 1)
    window = lab.open()
    desktop = Desktop(lab)
    session = lab.add("sim://echo", "Scale")
    lost = ev.DeviceLost(0, "sim://echo", ev.LossReason.UNPLUGGED, "")
    await until(window.isActiveWindow, "it is in front")
    session.bridge.event_occurred.emit(lost)
    assert desktop.tray.notices._counts == {}  # who looks at the window sees it there
    window.closing.hide()
    await until(lambda: not window.isActiveWindow(), "nobody looks")
    session.bridge.event_occurred.emit(lost)
    session.bridge.event_occurred.emit(ev.RefusalsUntold(0, 40))
    session.bridge.event_occurred.emit(ev.ClientRefused(0, "1.2.3.4:5", ev.RefuseReason.IN_USE))
    await until(lambda: desktop.icon.messages, "it is told")
    assert desktop.icon.messages == ["Scale: Device lost\nScale: 41 clients refused"]
    window.preferences.notifications = False
    session.bridge.event_occurred.emit(lost)
    assert desktop.tray.notices._counts == {}


def test_notifications_are_grouped_and_never_closer_than_the_interval(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert notices_module.INTERVAL_MS == 10_000
    monkeypatch.setattr(notices_module, "INTERVAL_MS", 400)
    monkeypatch.setattr(notices_module, "GATHER_MS", 20)
    notices = Notices()
    told: list[tuple[float, str]] = []
    notices.told.connect(lambda text: told.append((notices._told_at or 0.0, text)))
    for name in ("One", "Two", "Two"):
        notices.note(Notice.DEVICE_LOST, name)
    qtbot.waitUntil(lambda: len(told) == 1)
    notices.note(Notice.DEVICE_BACK, "Two")
    for _ in range(100_000):
        notices.note(Notice.CLIENT_REFUSED, "One")
    qtbot.waitUntil(lambda: len(told) == 2)
    assert [text for _, text in told] == [
        "Devices lost, 3 times",
        "Two: Device is back\nOne: 100000 clients refused",
    ]
    assert told[1][0] - told[0][0] >= 0.39
