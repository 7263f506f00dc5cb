"""The form: what it refuses, what it shows while the bridge runs, and what it warns of."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from serialbridge_gui.engine.bridge import BridgeState
from serialbridge_gui.engine.events import SettingsRefused
from serialbridge_gui.profile import Access, ClientRules, LinePolicy, ListenAddress, OnDeviceLoss, WhileAway
from serialbridge_gui.profile_store import ProfileStore
from tests.ui.windows import CH340, WHO, Lab, click, press, press_shortcut, type_into, until


@pytest.mark.parametrize("baud", ["", "0"])
async def test_invalid_baud_disables_start_and_its_tooltip_says_why(lab: Lab, baud: str) -> None:
    window = lab.open()
    session = lab.add("sim://echo")
    page = lab.page(session)
    assert "Ctrl+E" in page.start_stop.toolTip()
    type_into(page.form.baud.lineEdit(), baud)
    assert not page.start_stop.isEnabled()
    assert page.start_stop.toolTip() == "The baud rate must be a positive whole number."
    await press_shortcut(window, Qt.Key.Key_E)
    assert session.bridge.state is BridgeState.STOPPED
    assert session.profile.serial.baud_rate == 115200
    type_into(page.form.baud.lineEdit(), "250000")
    assert page.start_stop.isEnabled()
    assert session.profile.serial.baud_rate == 250000


async def test_letters_cannot_be_typed_as_a_baud_rate(lab: Lab) -> None:
    lab.open()
    form = lab.page(lab.add("sim://echo")).form
    type_into(form.baud.lineEdit(), "9x6-00")
    assert form.baud.currentText() == "9600"


async def test_no_port_disables_start_and_its_tooltip_says_why(lab: Lab) -> None:
    lab.open()
    session = lab.add("sim://echo")
    page = lab.page(session)
    type_into(page.form.port.lineEdit(), "")
    press(page.form.port, Qt.Key.Key_Return)
    assert not page.start_stop.isEnabled()
    assert page.start_stop.toolTip() == "Choose a serial port first."
    assert session.profile.serial.device == "sim://echo"


async def test_control_characters_in_a_path_are_refused_in_words(lab: Lab) -> None:
    lab.open()
    session = lab.add("sim://echo")
    page = lab.page(session)
    page.form.port.setEditText("/dev/tty\x07USB0")
    page.form.port.commit()
    assert not page.start_stop.isEnabled()
    assert "control characters" in page.start_stop.toolTip()
    assert session.profile.serial.device == "sim://echo"


async def test_settings_stand_still_while_the_bridge_runs(lab: Lab) -> None:
    lab.open()
    session = lab.add("sim://echo", listen=ListenAddress(port=0))
    page = lab.page(session)
    form = page.form
    inputs: list[QWidget] = [
        form.port, form.rescan, form.baud, form.host, form.listen_port, *form.serial.inputs(), *form.clients.inputs(),
        form.network.direction, form.network.mode, form.network.allow, form.network.refuse_http,
        form.network.announce, *form.tls.inputs(),
    ]  # fmt: skip
    assert all(widget.isEnabled() for widget in inputs)
    address = await lab.start(session)
    assert not any(widget.isEnabled() for widget in inputs)
    assert form.address.isEnabled()
    assert form.address.text() == f"Copy tcp://127.0.0.1:{address.port}"
    click(form.address)
    assert QGuiApplication.clipboard().text() == f"tcp://127.0.0.1:{address.port}"
    click(page.start_stop)
    await until(lambda: all(widget.isEnabled() for widget in inputs), "they can be edited again")


async def test_local_network_warns_and_copies_an_address_that_can_be_reached(lab: Lab) -> None:
    lab.open()
    session = lab.add("sim://echo")
    form = lab.page(session).form
    assert form.warning.isHidden()
    form.host.setCurrentIndex(form.host.findText("Local network"))
    assert form.warning.isVisible()
    assert "Anyone on the network can control the device" in form.warning.label.text()
    assert session.profile.listen.host == "0.0.0.0"
    assert "0.0.0.0" not in form.address.text()
    form.host.setCurrentIndex(form.host.findText("This computer only"))
    assert form.warning.isHidden()
    assert session.profile.listen.host == "127.0.0.1"


async def test_address_of_one_network_card_stays_and_warns(lab: Lab) -> None:
    lab.open()
    session = lab.add("sim://echo", listen=ListenAddress(host="192.0.2.7", port=lab.free_port()))
    form = lab.page(session).form
    assert form.host.currentData() == "192.0.2.7"
    assert form.warning.isVisible()
    form.baud.setEditText("9600")
    assert session.profile.listen.host == "192.0.2.7"


async def test_format_is_folded_and_its_summary_always_in_sight(lab: Lab) -> None:
    lab.open()
    form = lab.page(lab.add("sim://echo")).form
    assert form.folded.isHidden()
    assert form.format_button.text() == "8-N-1, no flow"
    click(form.format_button)
    assert form.folded.isVisible()


async def test_settings_a_device_refuses_are_said_while_it_runs(lab: Lab) -> None:
    lab.open()
    session = lab.add("sim://echo")
    page = lab.page(session)
    await lab.start(session)
    session.bridge.event_occurred.emit(SettingsRefused(0, "/dev/ttyUSB0", ("data_bits", "parity")))
    assert page.message.isVisible()
    assert page.message.label.text() == (
        "/dev/ttyUSB0 does not support these settings and runs without them: data bits, parity"
    )
    click(page.message.button)
    assert page.message.isHidden()


async def test_picked_port_is_saved_with_who_it_is_and_keeps_it_through_other_edits(lab: Lab) -> None:
    lab.open()
    lab.plug(CH340)
    session = lab.add("sim://echo")
    form = lab.page(session).form
    form.port.activated.emit(form.port.findData(CH340.device))
    assert (session.profile.serial.device, session.profile.serial.identity) == (CH340.device, WHO)
    form.baud.setEditText("9600")
    form.clients.on_loss.setCurrentIndex(form.clients.on_loss.findText("Clients are disconnected"))
    form.clients.while_away.setCurrentIndex(form.clients.while_away.findText("Is thrown away"))
    profile = session.profile
    assert (profile.on_device_loss, profile.while_away) == (OnDeviceLoss.CLOSE, WhileAway.DISCARD)
    assert profile.serial.identity == WHO
    await until(lambda: ProfileStore(lab.config_dir).load().profiles == (profile,), "it is saved")
    session.edit(profile.changed(on_device_loss=OnDeviceLoss.KEEP))
    assert form.clients.on_loss.currentData() == OnDeviceLoss.KEEP


async def test_number_of_clients_stays_through_other_edits(lab: Lab) -> None:
    lab.open()
    session = lab.add("sim://echo", clients=ClientRules(access=Access.SHARED, max_clients=5))
    form = lab.page(session).form
    form.baud.setEditText("9600")
    assert (session.profile.serial.baud_rate, session.profile.clients.max_clients) == (9600, 5)
    form.clients.access.setCurrentIndex(form.clients.access.findData(Access.MONITOR))
    assert session.profile.clients == ClientRules(access=Access.MONITOR)


async def test_what_happens_at_the_stop_is_edited_and_shown(lab: Lab) -> None:
    lab.open()
    session = lab.add("sim://echo")
    form = lab.page(session).form
    fields = form.serial
    serial = session.profile.serial
    assert (serial.dtr_at_close, serial.rts_at_close, serial.low_latency) == (LinePolicy.OFF, LinePolicy.OFF, True)
    assert (fields.dtr_at_close.currentText(), fields.low_latency.isChecked()) == ("Off", True)
    fields.dtr_at_close.setCurrentIndex(fields.dtr_at_close.findText("Leave as it is"))
    fields.rts_at_close.setCurrentIndex(fields.rts_at_close.findText("On"))
    fields.low_latency.click()
    type_into(form.clients.silence.lineEdit(), "12.5 s")
    press(form.clients.silence, Qt.Key.Key_Return)
    profile = session.profile
    assert (profile.serial.dtr_at_close, profile.serial.rts_at_close) == (LinePolicy.KEEP, LinePolicy.ON)
    assert not profile.serial.low_latency
    assert profile.clients.half_closed_silence_s == 12.5
    back = profile.serial.changed(dtr_at_close=LinePolicy.OFF, rts_at_close=LinePolicy.OFF, low_latency=True)
    assert back == serial

    other = lab.page(lab.add("sim://echo", serial=profile.serial, clients=profile.clients)).form
    assert other.serial.dtr_at_close.currentText() == "Leave as it is"
    assert other.serial.rts_at_close.currentText() == "On"
    assert other.clients.silence.value() == 12.5
    assert not other.serial.low_latency.isChecked()


async def test_silence_finer_than_is_shown_stays_when_something_else_is_edited(lab: Lab) -> None:
    lab.open()
    session = lab.add("sim://echo", clients=ClientRules(half_closed_silence_s=0.123))
    form = lab.page(session).form
    assert form.clients.silence.text() == "0.12 s"
    form.baud.setEditText("9600")
    assert session.profile.serial.baud_rate == 9600
    assert session.profile.clients.half_closed_silence_s == 0.123
