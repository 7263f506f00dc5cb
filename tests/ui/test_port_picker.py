"""The port picker: it offers words, and gives devices."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from serialbridge_gui.engine.ports import REPLAY, SIMULATED, PortInfo
from serialbridge_gui.profile import DeviceIdentity
from serialbridge_gui.ui.port_picker import PortPicker, port_words
from tests.ui.windows import CH340, FTDI, WHO, press, type_into


@pytest.fixture
def picker(qtbot: QtBot) -> PortPicker:
    made = PortPicker()
    qtbot.addWidget(made)
    made.set_ports((FTDI, CH340))
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def chosen_by(picker: PortPicker) -> list[str]:
    """What the picker tells from now on."""
    told: list[str] = []
    picker.device_chosen.connect(told.append)
    return told


def test_words_hold_device_description_and_vid_pid(picker: PortPicker) -> None:
    assert picker.itemText(1) == "/dev/ttyUSB3 — USB-SERIAL CH340 (1A86:7523)"
    assert port_words(PortInfo("COM5", "USB-SERIAL CH340 (COM5)", 0x1A86, 0x7523)) == (
        "COM5 — USB-SERIAL CH340 (1A86:7523)"
    )
    assert port_words(PortInfo("COM1", "COM1")) == "COM1"


def test_serial_number_is_in_the_tooltip(picker: PortPicker) -> None:
    assert "A50285BI" in str(picker.itemData(1, Qt.ItemDataRole.ToolTipRole))


def test_simulated_devices_stand_last(picker: PortPicker) -> None:
    offered = [picker.itemData(index) for index in range(picker.count()) if picker.itemData(index)]
    assert offered == [FTDI.device, CH340.device, *SIMULATED, REPLAY]


def test_picking_an_item_gives_the_device_not_the_words(picker: PortPicker) -> None:
    told = chosen_by(picker)
    picker.setFocus()
    press(picker, Qt.Key.Key_Down)
    press(picker, Qt.Key.Key_Down)
    picker.commit()
    assert told[-1] == picker.device == CH340.device
    assert picker.currentText() == port_words(CH340)


@pytest.mark.parametrize(
    "typed", ["/dev/serial/by-id/usb-x", "rfc2217://192.0.2.1:2217", "COM12", "sim://echo", "pty:/tmp/com"]
)
def test_typed_path_or_url_is_taken_as_it_is(picker: PortPicker, typed: str) -> None:
    told = chosen_by(picker)
    type_into(picker.lineEdit(), f" {typed} ")
    press(picker, Qt.Key.Key_Return)
    assert told == [typed]
    assert picker.device == typed


def test_typed_name_that_begins_another_ports_name_is_not_completed_to_that(picker: PortPicker) -> None:
    picker.set_ports((PortInfo("/dev/ttyUSB10", "USB-SERIAL CH340", 0x1A86, 0x7523),))
    type_into(picker.lineEdit(), "/dev/ttyUSB1")
    completer = picker.completer()
    assert completer is not None
    popup = completer.popup()
    assert popup is not None
    assert popup.isVisible()
    press(popup, Qt.Key.Key_Return)
    assert not popup.isVisible()
    assert picker.device == "/dev/ttyUSB1"


def test_typed_name_of_a_listed_port_shows_its_words(picker: PortPicker) -> None:
    type_into(picker.lineEdit(), CH340.device)
    press(picker, Qt.Key.Key_Return)
    assert picker.device == CH340.device
    assert picker.currentText() == port_words(CH340)


def test_list_update_keeps_what_is_chosen_also_while_it_is_away(picker: PortPicker) -> None:
    told = chosen_by(picker)
    picker.set_device(CH340.device)
    picker.set_ports((FTDI,))
    assert picker.device == CH340.device
    assert picker.currentText() == CH340.device
    picker.set_ports((FTDI, CH340))
    assert picker.device == CH340.device
    assert picker.currentText() == port_words(CH340)
    assert told == []


def test_list_update_keeps_what_is_being_typed(picker: PortPicker) -> None:
    told = chosen_by(picker)
    type_into(picker.lineEdit(), "/dev/ttyAC")
    picker.set_ports((CH340,))
    editor = picker.lineEdit()
    assert editor is not None
    assert editor.text() == "/dev/ttyAC"
    press(picker, Qt.Key.Key_M)
    press(picker, Qt.Key.Key_0)
    press(picker, Qt.Key.Key_Return)
    assert picker.device.lower() == "/dev/ttyacm0"
    assert len(told) == 1


def test_list_without_any_port_still_offers_the_simulated_devices(picker: PortPicker) -> None:
    picker.set_ports(())
    assert picker.itemText(0).startswith("No serial port: plug in the adapter")
    offered = [picker.itemData(index) for index in range(picker.count()) if picker.itemData(index)]
    assert offered == [*SIMULATED, REPLAY]
    told = chosen_by(picker)
    picker.set_device("")
    picker.setFocus()
    press(picker, Qt.Key.Key_Down)
    assert told == [SIMULATED[0]]  # past what is only said


def test_picked_port_is_remembered_by_who_it_is_and_a_typed_name_is_not(picker: PortPicker) -> None:
    picker.setCurrentIndex(1)
    picker.activated.emit(1)
    assert picker.identity == WHO
    picker.set_ports((FTDI,))
    picker.commit()  # leaving the field while the adapter is away changes nothing
    assert picker.identity == WHO
    type_into(picker.lineEdit(), "/dev/ttyUSB7")
    press(picker, Qt.Key.Key_Return)
    assert picker.identity is None
    picker.set_ports((FTDI, CH340))
    type_into(picker.lineEdit(), CH340.device)
    press(picker, Qt.Key.Key_Return)
    assert (picker.device, picker.identity) == (CH340.device, None)
    type_into(picker.lineEdit(), "/dev/ttyUSB7")
    press(picker, Qt.Key.Key_Return)
    type_into(picker.lineEdit(), port_words(CH340))  # as a completer does it
    press(picker, Qt.Key.Key_Return)
    assert (picker.device, picker.identity) == (CH340.device, WHO)


def test_another_adapter_of_the_same_name_is_another_choice(picker: PortPicker) -> None:
    other = DeviceIdentity(vid=0x1A86, pid=0x7523, serial_number="B2", location="1-2")
    picker.set_device(CH340.device, other)
    told = chosen_by(picker)
    picker.activated.emit(1)
    assert told == [CH340.device]
    assert picker.identity == WHO
    picker.activated.emit(1)
    assert told == [CH340.device]


def test_capture_is_chosen_in_a_dialog_and_becomes_the_device(picker: PortPicker) -> None:
    told = chosen_by(picker)
    picker.set_device(CH340.device)
    picker.activated.emit(picker.findData(REPLAY))
    dialog = picker.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    assert picker.device == CH340.device  # nothing has been chosen yet
    dialog.fileSelected.emit("/tmp/my trace.pcapng")
    dialog.close()
    assert told == [picker.device] == ["sim://replay?file=/tmp/my%20trace.pcapng"]
    assert picker.present()


def test_dialog_that_is_closed_leaves_the_device_as_it_was(picker: PortPicker) -> None:
    told = chosen_by(picker)
    picker.set_device(CH340.device)
    picker.activated.emit(picker.findData(REPLAY))
    dialog = picker.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    dialog.reject()
    assert told == []
    assert picker.currentText() == port_words(CH340)


@pytest.mark.parametrize("device", [r"\\host\share", "//host/share/a"])
def test_other_computers_are_not_asked_whether_the_device_is_there(
    picker: PortPicker, device: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr("os.path.exists", asked.append)  # None: it is not there
    picker.set_device(device)
    assert not picker.present()
    assert asked == []
