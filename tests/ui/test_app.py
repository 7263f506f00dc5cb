"""What the program's options do, inside this process: what a window says can be read only here."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from PySide6.QtCore import QCoreApplication, QEvent

from serialbridge_gui import app
from serialbridge_gui.engine.bridge import BridgeState
from serialbridge_gui.profile import Profile, SerialSettings
from serialbridge_gui.profile_store import ProfileStore
from serialbridge_gui.ui.main_window import MainWindow
from tests.ui.windows import Lab, until


@asynccontextmanager
async def program(lab: Lab, **options: object) -> AsyncIterator[MainWindow]:
    """The window of the running program; it is closed as a user closes it, and must end well."""
    chosen: dict[str, object] = {"profile": None, "start": False, "minimized": False, "demo": False}
    chosen |= {"resume": False, "file": None, "config_dir": lab.config_dir, **options}
    window, complaints = app._open(lab.config_dir)
    window.show()
    running = asyncio.ensure_future(app._run(argparse.Namespace(**chosen), window, complaints))
    await asyncio.sleep(0)  # it has done what its options say, and waits
    if running.done():
        running.result()
    try:
        yield window
    finally:
        window.close()
        assert await asyncio.wait_for(running, 4) == 0
        QCoreApplication.sendPostedEvents(None, int(QEvent.Type.DeferredDelete.value))


def save(lab: Lab, name: str) -> None:
    port = lab.free_port()
    profile = Profile(name=name, serial=SerialSettings(device="sim://echo"))
    ProfileStore(lab.config_dir).save(profile.changed(listen=profile.listen.changed(port=port)))


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
