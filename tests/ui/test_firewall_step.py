"""Windows' firewall, played by a stand-in: one step, no bridge that waits for it, and a "not now" that is kept."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from serialbridge_gui.firewall import Outcome, Result
from serialbridge_gui.profile import ListenAddress
from serialbridge_gui.ui import firewall_step
from serialbridge_gui.ui.firewall_step import FirewallBar
from tests.ui.windows import Lab, click, until

ANYBODY = "0.0.0.0"


class StandIn:
    """A firewall that does as it is told, once `agree` is set."""

    def __init__(self) -> None:
        self.programs: Sequence[str] = ("C:\\a b\\serialbridge-gui.exe", "C:\\a b\\serialbridge.exe")
        self.lets_in = False
        self.hidden = False
        self.outcome = Outcome(Result.ALLOWED)
        self.agree = threading.Event()
        self.agree.set()
        self.looks = 0
        self.asked: list[int] = []
        self.threads: set[threading.Thread] = set()

    def allowed(self) -> bool:
        self.threads.add(threading.current_thread())
        self.looks += 1
        if self.hidden:
            raise PermissionError("not for you")
        return self.lets_in

    def allow(self, window: int) -> Outcome:
        self.threads.add(threading.current_thread())
        self.asked.append(window)
        self.agree.wait(300)
        return self.outcome


@pytest.fixture
def firewall(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    stand_in = StandIn()
    monkeypatch.setattr(firewall_step, "own_firewall", lambda: stand_in)
    yield stand_in
    stand_in.agree.set()


async def offered(lab: Lab) -> FirewallBar:
    """The bar, once it is there, of a bridge that others can reach and that has been started."""
    lab.open()
    session = lab.add("sim://echo", listen=ListenAddress(ANYBODY, lab.free_port()))
    await lab.start(session)
    bar = lab.window.firewall.bar
    await until(bar.isVisible, "the step is offered")
    return bar


async def test_bridge_that_others_can_reach_offers_the_step_and_runs_meanwhile(lab: Lab, firewall: StandIn) -> None:
    firewall.agree.clear()
    bar = await offered(lab)
    assert "administrator" in bar.label.text()
    assert bar.button.text() == "&Allow on private networks…"
    click(bar.button)
    await until(lambda: firewall.asked, "the consent is asked for")
    assert firewall.asked == [int(lab.window.winId())]
    assert not bar.button.isEnabled()
    (session,) = lab.window.workspace
    lab.window.firewall.actions[0].trigger()
    await until(lambda: firewall.looks == 2, "it looks again")
    await lab.connect(session)  # while Windows still asks
    assert not bar.button.isEnabled()
    firewall.agree.set()
    await until(lambda: bar.label.text().startswith("Windows' firewall lets computers"), "it says what happened")
    assert bar.button.isHidden()
    click(bar.later)
    assert bar.isHidden()
    assert threading.main_thread() not in firewall.threads


async def test_step_is_there_before_the_start_when_the_address_is_chosen(lab: Lab, firewall: StandIn) -> None:
    lab.open()
    session = lab.add("sim://echo")
    session.edit(session.profile.changed(listen=ListenAddress(ANYBODY, lab.free_port())))
    await until(lab.window.firewall.bar.isVisible, "the step is offered")
    assert not session.bridge.state.active


async def test_nothing_is_looked_at_for_this_computer_only_nor_for_a_bridge_that_dials(
    lab: Lab, firewall: StandIn
) -> None:
    lab.open()
    await lab.start(lab.add("sim://echo"))
    assert firewall.looks == 0
    assert lab.window.firewall.bar.isHidden()


async def test_file_of_somebody_else_offers_nothing_until_it_is_started(
    lab: Lab, firewall: StandIn, tmp_path: Path
) -> None:
    file = tmp_path / "x.serialbridge"
    listen = {"host": ANYBODY, "port": lab.free_port()}
    document = {"format_version": 1, "name": "x", "serial": {"device": "sim://echo"}, "listen": listen}
    file.write_text(json.dumps(document), encoding="utf-8")
    lab.open()
    lab.window.open_file(file)
    await until(lambda: len(lab.window.workspace) == 1, "it is there")
    (session,) = lab.window.workspace
    lab.page(session)
    await asyncio.sleep(0)
    assert firewall.looks == 0
    await lab.start(session)
    await until(lab.window.firewall.bar.isVisible, "the step is offered")


async def test_allowed_program_is_not_asked_about(lab: Lab, firewall: StandIn) -> None:
    firewall.lets_in = True
    lab.open()
    session = lab.add("sim://echo", listen=ListenAddress(ANYBODY, lab.free_port()))
    await lab.start(session)
    await until(lambda: firewall.looks == 1, "it has looked")
    await asyncio.sleep(0)
    assert lab.window.firewall.bar.isHidden()
    lab.window.firewall.actions[0].trigger()
    await until(lab.window.firewall.bar.isVisible, "who asks in the menu is told")
    assert lab.window.firewall.bar.label.text().startswith("Windows' firewall lets computers")


async def test_rules_that_cannot_be_seen_are_offered(lab: Lab, firewall: StandIn) -> None:
    firewall.hidden = True
    bar = await offered(lab)
    assert bar.button.isVisible()


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (Outcome(Result.REFUSED), "The consent was not given"),
        (Outcome(Result.FAILED, "Access is denied"), "did not take the rule (Access is denied)"),
        (Outcome(Result.FAILED, code=1), "did not take the rule (exit code 1)"),
        (Outcome(Result.FAILED, odd_path="C:\\100%\\x.exe"), "did not take the rule (there is a % in C:\\100%\\x.exe)"),
        (Outcome(Result.FAILED), "did not take the rule (it has no such rule)"),
    ],
)
async def test_what_did_not_happen_is_said_and_can_be_tried_again(
    lab: Lab, firewall: StandIn, outcome: Outcome, words: str
) -> None:
    firewall.outcome = outcome
    bar = await offered(lab)
    click(bar.button)
    await until(lambda: words in bar.label.text(), words)
    firewall.outcome = Outcome(Result.ALLOWED)
    assert bar.button.text() == "Try again"
    click(bar.button)
    await until(lambda: bar.button.isHidden(), "this time it worked")


async def test_not_now_is_remembered_and_the_menu_asks_all_the_same(lab: Lab, firewall: StandIn) -> None:
    bar = await offered(lab)
    click(bar.later)
    assert bar.isHidden()
    await lab.close()
    lab.open()
    (session,) = lab.window.workspace
    await lab.start(session)
    assert firewall.looks == 1
    assert lab.window.firewall.bar.isHidden()
    lab.window.firewall.actions[0].trigger()
    await until(lab.window.firewall.bar.isVisible, "the step is offered again")
    click(lab.window.firewall.bar.button)
    await until(lambda: lab.window.firewall.bar.button.isHidden(), "allowed")


async def test_answer_to_windows_own_question_takes_the_step_away(lab: Lab, firewall: StandIn) -> None:
    bar = await offered(lab)
    firewall.lets_in = True
    lab.window.firewall._look_again(Qt.ApplicationState.ApplicationActive)
    await until(bar.isHidden, "there is nothing left to offer")


async def test_source_says_why_it_offers_nothing(lab: Lab, firewall: StandIn) -> None:
    firewall.programs = ()
    bar = await offered(lab)
    assert "runs from its source" in bar.label.text()
    assert bar.button.isHidden()
    click(bar.later)
    await lab.close()
    lab.open()
    (session,) = lab.window.workspace
    await lab.start(session)
    assert lab.window.firewall.bar.isHidden()
    assert firewall.looks == 0


async def test_window_closes_while_windows_asks(
    lab: Lab, firewall: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("serialbridge_gui.ui.tasks.LAST_S", 0.05)
    firewall.agree.clear()
    bar = await offered(lab)
    click(bar.button)
    await until(lambda: firewall.asked, "the consent is asked for")
    await lab.close()
    firewall.agree.set()
    for thread in firewall.threads:
        thread.join(60)
    await asyncio.sleep(0)
