"""Wireshark is opened on a running bridge, and finds the bridges of the window."""

from __future__ import annotations

import asyncio
import io
import os
from pathlib import Path

import pytest
from PySide6.QtWidgets import QToolButton

from serialbridge_gui.engine.running_programs import running_bridges
from serialbridge_gui.traffic.capture_error import CaptureError
from serialbridge_gui.traffic.capture_reader import CaptureReader
from serialbridge_gui.ui.bridge_page import BridgePage
from serialbridge_gui.ui.bridge_sharing import BridgeSharing
from tests.engine.sharing import runtime_folder
from tests.ui.windows import Lab, until

pytestmark = pytest.mark.skipif(os.name != "posix", reason="a shell script stands in for Wireshark")


def install_wireshark(folder: Path, monkeypatch: pytest.MonkeyPatch, *does: str) -> None:
    """A program of this name on the PATH, which does this."""
    folder.mkdir(exist_ok=True)
    program = folder / "wireshark"
    program.write_text("\n".join(["#!/bin/sh", *does, ""]))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def button_of(page: BridgePage) -> QToolButton | None:
    for button in page.log.toolbar.findChildren(QToolButton):
        if button.defaultAction() is page.wireshark.action:
            return button
    return None


def traffic(file: Path) -> dict[int, bytes]:
    found = {0: b"", 1: b""}
    try:
        for _, direction, _, data in CaptureReader(io.BytesIO(file.read_bytes() if file.exists() else b"")):
            if direction in found:
                found[direction] += data
    except CaptureError:
        pass  # nothing is there yet
    return found


async def test_button_opens_wireshark_on_the_live_traffic(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_wireshark(tmp_path / "bin", monkeypatch, f"echo \"$@\" > {tmp_path}/said", f"exec cat > {tmp_path}/seen")
    lab.open()
    session = lab.add("sim://echo")
    page = lab.page(session)
    button = button_of(page)
    assert button is not None
    assert not button.isEnabled()
    assert "Start the bridge first" in button.toolTip()
    await lab.start(session)
    await until(button.isEnabled, "the button can be pressed")
    button.click()  # it may stand in the tool bar's menu of what has no room
    await until(lambda: (tmp_path / "seen").exists(), "Wireshark has started")
    reader, writer = await lab.connect(session)
    writer.write(b"hello")
    assert await reader.readexactly(5) == b"hello"
    await until(lambda: traffic(tmp_path / "seen") == {0: b"hello", 1: b"hello"}, "both ways are there")
    assert (tmp_path / "said").read_text() == "-k -i -\n"
    session.stop()
    await until(lambda: page.wireshark.count == 0, "the capture ends with the bridge")
    assert not page.message.isVisible()


async def test_wireshark_that_is_closed_leaves_the_bridge_running(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_wireshark(tmp_path / "bin", monkeypatch, "head -c 28 > /dev/null")
    lab.open()
    session = lab.add("sim://echo")
    page = lab.page(session)
    await lab.start(session)
    page.wireshark.action.trigger()
    assert page.wireshark.count == 1
    await until(lambda: page.wireshark.count == 0, "its end is noticed")
    assert session.bridge.state.active
    assert session.bridge._watchers == ()
    assert not page.message.isVisible()


async def test_wireshark_that_cannot_start_is_told(lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("serialbridge_gui.engine.live_capture.EXIT_S", 60.0)
    install_wireshark(tmp_path / "bin", monkeypatch, "exit 3")
    lab.open()
    session = lab.add("sim://echo")
    page = lab.page(session)
    await lab.start(session)
    page.wireshark.action.trigger()
    await until(page.message.isVisible, "the page says so")
    assert "Wireshark ended at once (exit code 3)" in page.message.label.text()


async def test_without_wireshark_there_is_no_button(lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    lab.open()
    page = lab.page(lab.add("sim://echo"))
    assert button_of(page) is None


async def test_bridges_of_the_window_are_found_while_they_run(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    with runtime_folder(monkeypatch):
        window = lab.open()
        sharing = BridgeSharing(window.workspace)
        session = lab.add("sim://echo", "Scale")
        lab.add("sim://talker", "Idle")
        assert await asyncio.to_thread(running_bridges) == []
        await lab.start(session)

        async def found() -> list[str]:
            return [bridge.name for bridge in await asyncio.to_thread(running_bridges)]

        while await found() != ["Scale"]:  # within the test's own deadline
            await asyncio.sleep(0.01)
        await session.close()
        assert await found() == []
        sharing.close()
