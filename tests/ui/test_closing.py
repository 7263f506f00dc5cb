"""What closing the window does, with a tray and without one; and what always ends the program."""

from __future__ import annotations

import shutil

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QMessageBox, QPushButton

from serialbridge_gui.engine.bridge import BridgeState
from serialbridge_gui.ui.application import Application
from serialbridge_gui.ui.main_window import MainWindow
from serialbridge_gui.ui.preferences import Closing
from serialbridge_gui.ui.session import Session
from serialbridge_gui.ui.statistics_panel import StatisticsPanel
from serialbridge_gui.ui.tray import Tray
from tests.ui.test_tray import FakeIcon
from tests.ui.windows import Lab, click, until


class Quits(list[str]):
    """What the window has asked for."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        window.close_requested.connect(lambda: self.append("quit"))


async def running(lab: Lab, tray: bool) -> tuple[MainWindow, Session, Quits]:
    window = lab.open()
    window.tray = Tray(window, window.preferences, FakeIcon, lambda: tray)
    session = lab.add("sim://echo")
    await lab.start(session)
    return window, session, Quits(window)


def question(window: MainWindow) -> QMessageBox | None:
    return next((box for box in window.findChildren(QMessageBox) if box.isVisible()), None)


def answer(window: MainWindow, text: str) -> None:
    box = question(window)
    assert box is not None
    button = next(each for each in box.findChildren(QPushButton) if each.text().replace("&", "") == text)
    click(button)


async def test_window_without_a_running_bridge_closes_without_a_question(lab: Lab) -> None:
    window = lab.open()
    lab.add("sim://echo")
    quits = Quits(window)
    window.close()
    assert quits == ["quit"]
    assert question(window) is None


async def test_keep_running_is_asked_once_and_hides_the_window_while_the_bridge_goes_on(lab: Lab) -> None:
    window, session, quits = await running(lab, tray=True)
    window.close()
    box = question(window)
    assert box is not None
    assert box.text() == "1 bridge is running."
    window.close()
    assert question(window) is box  # not a second one
    answer(window, "Keep running")
    assert window.isHidden()
    assert window.preferences.closing is Closing.KEEP
    await lab.connect(session)
    window.closing.come_to_front()
    assert window.isVisible()
    window.close()
    assert window.isHidden()
    assert question(window) is None
    assert quits == []


async def test_stop_and_quit_is_asked_once_and_ends_the_program(lab: Lab) -> None:
    window, _, quits = await running(lab, tray=True)
    window.close()
    answer(window, "Stop and quit")
    assert quits == ["quit"]
    window.close()
    assert quits == ["quit", "quit"]
    assert question(window) is None


async def test_cancel_changes_nothing_and_is_no_answer(lab: Lab) -> None:
    window, session, quits = await running(lab, tray=True)
    window.close()
    answer(window, "Cancel")
    assert (window.isVisible(), quits, window.preferences.closing) == (True, [], Closing.ASK)
    assert session.bridge.state.active
    await until(lambda: question(window) is None, "it is gone")
    window.close()
    assert question(window) is not None


async def test_without_a_tray_closing_says_what_it_does_once_and_then_does_it(lab: Lab) -> None:
    window, _, quits = await running(lab, tray=False)
    window.close()
    box = question(window)
    assert box is not None
    assert "stops the bridges, disconnects their clients and quits" in box.informativeText()
    answer(window, "Stop and quit")
    assert quits == ["quit"]
    assert window.preferences.closing is Closing.ASK  # where there is a tray it is still asked
    window.close()
    assert quits == ["quit", "quit"]


async def test_who_wants_to_keep_them_running_is_always_asked_where_the_tray_is_missing(lab: Lab) -> None:
    window, _, quits = await running(lab, tray=False)
    window.preferences.closing = Closing.KEEP
    window.preferences.closing_without_tray_told = True
    window.close()
    assert question(window) is not None
    assert window.isVisible()
    answer(window, "Stop and quit")
    assert window.preferences.closing is Closing.KEEP
    assert quits == ["quit"]


async def test_quit_ends_it_whatever_closing_does_and_with_the_question_open(lab: Lab) -> None:
    window, session, quits = await running(lab, tray=True)
    window.preferences.closing = Closing.KEEP
    window.quit_action.trigger()
    window.tray._quit.trigger()  # type: ignore[union-attr]
    assert quits == ["quit", "quit"]
    window.preferences.closing = Closing.ASK
    window.close()
    assert question(window) is not None
    window.quit_action.trigger()
    await lab.close()
    assert session.bridge.state is BridgeState.STOPPED


async def test_dialogs_go_and_come_with_the_window(lab: Lab) -> None:
    window, session, _ = await running(lab, tray=True)
    lab.page(session).show_statistics()
    panel = next(each for each in window.findChildren(StatisticsPanel) if each.isVisible())
    window.closing.hide()
    assert not panel.isVisible()
    window.closing.come_to_front()
    assert panel.isVisible()


def test_quit_of_the_session_is_told_and_closes_no_window_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []

    class Stand:
        """In place of an application: there is one already."""

        class quit_requested:  # noqa: N801 - as the signal is named
            @staticmethod
            def emit() -> None:
                told.append("quit")

    event = QEvent(QEvent.Type.Quit)
    event.accept()
    assert Application.event(Stand(), event) is True  # type: ignore[arg-type]
    assert told == ["quit"]
    assert not event.isAccepted()


async def test_bridges_that_run_are_known_after_a_crash(lab: Lab) -> None:
    window, session, _ = await running(lab, tray=False)
    await until(lambda: session._saved == session.profile and not session._saving, "the profile is saved")
    window.preferences.settings.sync()  # nothing is being written now: no file goes while it is copied
    as_killed = lab.config_dir.parent / "as killed"
    shutil.copytree(lab.config_dir, as_killed)
    await lab.close()
    lab.config_dir = as_killed
    window = lab.open()
    window.running.resume()
    (again,) = window.workspace
    assert again.profile.id == session.profile.id
    await until(lambda: again.bridge.state.active, "it runs again")


async def test_bridge_stopped_by_hand_is_not_resumed(lab: Lab) -> None:
    _, session, _ = await running(lab, tray=False)
    session.stop()
    await until(lambda: not session.bridge.state.active, "it is stopped")
    await lab.close()
    window = lab.open()
    window.running.resume()
    QCoreApplication.processEvents()
    (again,) = window.workspace
    assert again.bridge.state is BridgeState.STOPPED
