"""What the program's options do, inside this process: what a window says can be read only here."""

from __future__ import annotations

import argparse
import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent

from serialbridge_gui import app, handover
from serialbridge_gui.engine.bridge import BridgeState
from serialbridge_gui.profile import ListenAddress, Profile, SerialSettings
from serialbridge_gui.profile_store import ProfileStore
from serialbridge_gui.request import Request
from serialbridge_gui.ui.main_window import MainWindow
from tests.processes import start_hand_over
from tests.ui.windows import Lab, soon, until


@asynccontextmanager
async def program(lab: Lab, **options: object) -> AsyncIterator[MainWindow]:
    """The window of the running program; it is ended as a user ends it, and must end well."""
    chosen: dict[str, object] = {"profile": None, "start": False, "minimized": False, "demo": False}
    chosen |= {"resume": False, "file": None, "config_dir": lab.config_dir, **options}
    window, complaints = app._open(lab.config_dir)
    window.show()
    beside = bool(chosen.pop("beside", False))
    running = asyncio.ensure_future(app._run(argparse.Namespace(**chosen), window, complaints, beside=beside))
    await asyncio.sleep(0)  # it has done what its options say, and waits
    if running.done():
        running.result()
    try:
        yield window
    finally:
        window.quit_action.trigger()
        assert await soon(running) == 0
        QCoreApplication.sendPostedEvents(None, int(QEvent.Type.DeferredDelete.value))


def save(lab: Lab, name: str) -> None:
    port = lab.free_port()
    profile = Profile(name=name, serial=SerialSettings(device="sim://echo"))
    ProfileStore(lab.config_dir).save(profile.changed(listen=profile.listen.changed(port=port)))


@pytest.mark.parametrize("how", ["closed", "SIGTERM"])
async def test_no_request_is_taken_once_the_end_is_asked_for(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    asked: list[Callable[[], bool]] = []

    class Noted(handover.Handover):
        def __init__(self, *arguments: Any, is_ending: Callable[[], bool], **options: Any) -> None:
            super().__init__(*arguments, is_ending=is_ending, **options)
            asked.append(is_ending)

    monkeypatch.setattr(handover, "Handover", Noted)
    async with program(lab) as window:
        (is_ending,) = asked
        assert not is_ending()
        if how == "closed":
            window.quit_action.trigger()
        else:
            signal.raise_signal(signal.SIGTERM)
        assert is_ending()


async def test_unknown_profile_name_is_said_in_the_window_and_nothing_starts(lab: Lab) -> None:
    save(lab, "Scale")
    async with program(lab, profile="nobody", start=True) as window:
        assert "There is no profile named nobody." in window.message.label.text()
        assert window.message.isVisible()
        assert [session.bridge.state for session in window.workspace] == [BridgeState.STOPPED]


async def test_profile_of_that_name_is_chosen_and_started(lab: Lab) -> None:
    save(lab, "Another")
    save(lab, "Scale")
    async with program(lab, profile="Scale", start=True) as window:
        session = window.sidebar.chosen()
        assert session is not None
        assert session.profile.name == "Scale"
        await until(lambda: session.bridge.state is BridgeState.WAITING_FOR_CLIENT, "it starts")
        assert window.message.isHidden()


async def test_bridge_chosen_last_is_chosen_again(lab: Lab) -> None:
    for name in ("One", "Three", "Two"):
        save(lab, name)
    async with program(lab, profile="Three"):
        pass
    async with program(lab) as window:
        session = window.sidebar.chosen()
        assert session is not None
        assert session.profile.name == "Three"
        assert not session.bridge.state.active


async def test_broken_profile_is_named_at_start(lab: Lab) -> None:
    save(lab, "Good")
    broken = lab.config_dir / "profiles" / ("0" * 32 + ".json")
    broken.write_text("{")
    async with program(lab) as window:
        assert str(broken) in window.message.label.text()
        assert len(window.workspace) == 1


def exported(lab: Lab, name: str, *, host: str = "127.0.0.1") -> Path:
    """A file as `profiles export` writes it."""
    profile = Profile(name=name, serial=SerialSettings(device="sim://echo"))
    file = lab.config_dir / f"{name}.serialbridge"
    ProfileStore(lab.config_dir).export(profile.changed(listen=ListenAddress(host=host, port=lab.free_port())), file)
    return file


async def test_file_on_the_command_line_is_shown_and_not_started(lab: Lab) -> None:
    save(lab, "Scale")
    async with program(lab, file=exported(lab, "车间秤", host="0.0.0.0")) as window:
        await until(lambda: len(window.workspace) == 2, "it is there")
        session = window.sidebar.chosen()
        assert session is not None
        assert session.profile.name == "车间秤"
        assert session.bridge.state is BridgeState.STOPPED


async def test_file_opened_later_comes_to_the_running_window(lab: Lab) -> None:
    async with program(lab) as window:
        with start_hand_over(exported(lab, "Scale"), lab.config_dir) as other:
            await until(lambda: other.poll() is not None, "it is handed over")
        assert other.returncode == 0
        await until(lambda: len(window.workspace) == 1, "it has arrived")
        (session,) = window.workspace
        assert session.bridge.state is BridgeState.STOPPED
    assert [profile.name for profile in ProfileStore(lab.config_dir).load().profiles] == ["Scale"]


async def test_file_opened_twice_is_one_bridge_until_it_is_edited(lab: Lab) -> None:
    async with program(lab) as window:
        file = exported(lab, "Scale")
        window.open_file(file)
        window.open_file(file)
        await until(lambda: len(window.workspace) == 1, "it is there")
        (session,) = window.workspace
        session.edit(session.profile.changed(name="Mine"))
        window.open_file(file)
        await until(lambda: len(window.workspace) == 2, "it is there again")
        assert sorted(session.profile.name for session in window.workspace) == ["Mine", "Scale"]


async def test_file_that_holds_no_profile_is_said_in_the_window(lab: Lab) -> None:
    lab.config_dir.mkdir(parents=True)
    file = lab.config_dir / "a.serialbridge"
    file.write_text("nothing of the kind", encoding="utf-8")
    async with program(lab, file=file) as window:
        await until(lambda: str(file) in window.message.label.text(), "it is said")
        assert len(window.workspace) == 0


async def test_bridges_that_ran_at_the_close_are_resumed_and_no_others(lab: Lab) -> None:
    save(lab, "Running")
    save(lab, "Resting")
    save(lab, "Running, too")

    def running(window: MainWindow) -> list[str]:
        listening = BridgeState.WAITING_FOR_CLIENT
        return [session.profile.name for session in window.workspace if session.bridge.state is listening]

    async with program(lab) as window:
        for session in window.workspace:
            if session.profile.name != "Resting":
                session.start()
        await until(lambda: len(running(window)) == 2, "two run")
    async with program(lab, resume=True) as window:
        await until(lambda: running(window) == ["Running", "Running, too"], "the two run again")


async def test_one_bridge_that_ran_at_the_close_is_resumed(lab: Lab) -> None:
    save(lab, "Running")
    async with program(lab) as window:
        (session,) = window.workspace
        session.start()
        await until(lambda: session.bridge.state is BridgeState.WAITING_FOR_CLIENT, "it runs")
    async with program(lab, resume=True) as window:
        (session,) = window.workspace
        await until(lambda: session.bridge.state is BridgeState.WAITING_FOR_CLIENT, "it runs again")


@pytest.mark.parametrize("options", [{"profile": "B"}, {"profile": "B", "start": True}, {"demo": True}])
async def test_what_ran_is_resumed_as_preferred_whatever_else_is_asked_for(
    lab: Lab, options: dict[str, object]
) -> None:
    save(lab, "A")
    save(lab, "B")
    async with program(lab, profile="A", start=True) as window:
        (ran,) = [session for session in window.workspace if session.profile.name == "A"]
        await until(lambda: ran.bridge.state.active, "it runs")
        window.preferences.resume = True
    async with program(lab, **options) as window:
        resumed = next(session for session in window.workspace if session.profile.name == "A")
        await until(lambda: resumed.bridge.state.active, "it runs again")
        chosen = window.sidebar.chosen()
        assert chosen is not None
        assert chosen is not resumed
        if options != {"profile": "B"}:
            await until(lambda: chosen.bridge.state.active, "what was asked for runs, too")


async def test_window_beside_one_that_hangs_does_not_start_its_bridges_once_more(lab: Lab) -> None:
    save(lab, "A")
    async with program(lab, profile="A", start=True) as window:
        await until(lambda: all(session.bridge.state.active for session in window.workspace), "it runs")
        window.preferences.resume = True
    async with program(lab, beside=True) as window:
        await asyncio.sleep(0)
        assert not any(session.bridge.state.active for session in window.workspace)
    async with program(lab, file=exported(lab, "B")) as window:
        await until(lambda: len(window.workspace) == 2, "the file is there")


async def test_what_was_stopped_by_hand_is_not_started_by_a_second_start_that_resumes(lab: Lab) -> None:
    save(lab, "A")
    async with program(lab, profile="A", start=True) as window:
        (session,) = window.workspace
        await until(lambda: session.bridge.state.active, "it runs")
    async with program(lab, resume=True) as window:
        (session,) = window.workspace
        await until(lambda: session.bridge.state.active, "it runs again")
        session.stop()
        await until(lambda: not session.bridge.state.active, "it is stopped")
        window.take_request(Request(resume=True, minimized=True))
        window.take_request(Request(profile="nobody"))
        await until(lambda: "nobody" in window.message.label.text(), "both are carried out")
        assert not session.bridge.state.active


@pytest.mark.parametrize("option", ["--start", "--demo", "--resume", "--profile=Scale"])
def test_file_is_refused_beside_what_would_start_a_bridge(
    option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        app.main([option, "a.serialbridge"])
    assert ended.value.code == 2
    assert "never started" in capsys.readouterr().err
