"""Edits save themselves, and what cannot be saved or loaded is said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QStatusTipEvent
from PySide6.QtWidgets import QApplication

from serialbridge_gui.engine.bridge import BridgeState
from serialbridge_gui.profile import Access, FlowControl, ListenAddress, Parity
from serialbridge_gui.ui.session import Session
from tests.ui.windows import Lab, click, press, type_into, until


def on_disk(lab: Lab, session: Session) -> dict[str, Any]:
    """What the profile's file says; empty while there is none."""
    file = lab.config_dir / "profiles" / f"{session.profile.id}.json"
    document = json.loads(file.read_text("utf-8")) if file.exists() else {}
    assert isinstance(document, dict)
    return document


async def test_each_edit_is_on_disk_at_once_and_in_the_next_window(lab: Lab) -> None:
    lab.open()
    session = lab.add("/dev/ttyUSB0", "Scale")
    page = lab.page(session)
    form = page.form
    form.format_button.click()
    type_into(form.port.lineEdit(), "/dev/ttyUSB9")
    press(form.port, Qt.Key.Key_Return)
    type_into(form.baud.lineEdit(), "9600")
    for combo, value in (
        (form.serial.data_bits, 7), (form.serial.parity, Parity.EVEN), (form.serial.stop_bits, 2.0),
        (form.serial.flow, FlowControl.RTS_CTS), (form.clients.access, Access.SHARED), (form.host, "0.0.0.0"),
    ):  # fmt: skip
        combo.setCurrentIndex(combo.findData(value))
    type_into(form.listen_port.lineEdit(), "4711")
    press(form.listen_port, Qt.Key.Key_Return)
    type_into(page.name, "Weigh scale 秤")
    press(page.name, Qt.Key.Key_Return)

    await until(lambda: on_disk(lab, session).get("name") == "Weigh scale 秤", "the file follows")
    serial = on_disk(lab, session)["serial"]
    assert (serial["device"], serial["baud_rate"], serial["data_bits"]) == ("/dev/ttyUSB9", 9600, 7)
    assert (serial["parity"], serial["stop_bits"], serial["flow_control"]) == ("E", 2, "rtscts")
    assert on_disk(lab, session)["listen"] == {"host": "0.0.0.0", "port": 4711}
    assert on_disk(lab, session)["clients"]["access"] == "shared"
    assert form.format_button.text() == "7-E-2, RTS/CTS"

    profile = session.profile
    await lab.close()
    lab.open()
    assert lab.page().session.profile == profile
    again = lab.page()
    assert again.name.text() == "Weigh scale 秤"
    assert again.form.port.currentText() == "/dev/ttyUSB9"
    assert again.form.baud.currentText() == "9600"
    assert again.form.listen_port.value() == 4711
    assert again.form.warning.isVisible()


async def test_what_is_still_being_typed_when_the_window_closes_is_saved(lab: Lab) -> None:
    lab.open()
    session = lab.add("/dev/ttyUSB0", "Scale")
    page = lab.page(session)
    type_into(page.name, "Renamed")
    type_into(page.form.listen_port.lineEdit(), "4712")
    type_into(page.form.port.lineEdit(), "/dev/ttyUSB5")
    await lab.close()
    document = on_disk(lab, session)
    assert document["name"] == "Renamed"
    assert document["serial"]["device"] == "/dev/ttyUSB5"
    assert document["listen"]["port"] == 4712


async def test_empty_name_brings_the_old_one_back(lab: Lab) -> None:
    lab.open()
    session = lab.add("/dev/ttyUSB0", "Scale")
    page = lab.page(session)
    type_into(page.name, "")
    press(page.name, Qt.Key.Key_Return)
    assert page.name.text() == "Scale"
    assert session.profile.name == "Scale"


async def test_renaming_a_running_bridge_keeps_the_address_really_bound_on_its_button(lab: Lab) -> None:
    lab.open()
    session = lab.add("sim://echo", "Scale", listen=ListenAddress(port=0))
    page = lab.page(session)
    address = await lab.start(session)
    assert page.form.address.text().endswith(f":{address.port}")
    type_into(page.name, "Renamed")
    press(page.name, Qt.Key.Key_Return)
    assert session.profile.name == "Renamed"
    assert page.form.address.text().endswith(f":{address.port}")
    assert session.bridge.state.active


async def test_profile_with_any_free_port_keeps_it_through_other_edits(lab: Lab) -> None:
    lab.open()
    session = lab.add("sim://echo", listen=ListenAddress(port=0))
    lab.page(session).form.baud.setEditText("9600")
    assert session.profile.serial.baud_rate == 9600
    assert session.profile.listen.port == 0


async def test_failed_save_says_so_and_loses_nothing(lab: Lab) -> None:
    lab.config_dir.mkdir()
    obstacle = lab.config_dir / "profiles"
    obstacle.write_text("a file where the folder should be")
    lab.open()
    session = lab.add("sim://echo", "Scale")
    page = lab.page(session)
    await until(page.message.isVisible, "the message")
    assert "cannot be written" in page.message.label.text()
    assert str(obstacle) in page.message.label.text()
    click(page.message.button)
    assert page.message.isHidden()
    assert session.profile.name == "Scale"
    await lab.start(session)
    session.stop()
    await until(lambda: session.bridge.state is BridgeState.STOPPED, "it stops")

    obstacle.unlink()
    page.form.baud.setEditText("9600")
    await until(lambda: on_disk(lab, session).get("name") == "Scale", "the next edit saves everything")
    assert on_disk(lab, session)["serial"]["baud_rate"] == 9600


async def test_broken_profile_is_named_until_seen_and_the_others_load(lab: Lab) -> None:
    lab.open()
    good, bad = lab.add("sim://echo", "Good"), lab.add("sim://echo", "Bad")
    await lab.close()
    file = lab.config_dir / "profiles" / f"{bad.profile.id}.json"
    file.write_text("{ this is no JSON")
    window = lab.open()
    assert [session.profile.name for session in window.workspace] == ["Good"]
    assert window.workspace is not None
    assert len(lab.complaints) == 1
    assert str(file) in lab.complaints[0]
    assert f"{bad.profile.id}.broken" in lab.complaints[0]
    assert Path(file).with_suffix(".broken").exists()

    window.say(lab.complaints[0])  # as app.py does
    QApplication.sendEvent(window, QStatusTipEvent(""))  # the mouse passes over the menu
    assert window.message.isVisible()
    assert window.message.label.text() == lab.complaints[0]
    click(window.message.button)
    assert window.message.isHidden()
    assert good.profile.id == lab.page().session.profile.id
