"""What goes wrong is a sentence with one action, and the action works."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication

from serialbridge_gui.engine import ports
from serialbridge_gui.engine.bridge import BridgeState
from serialbridge_gui.engine.errors import Cause, Problem
from serialbridge_gui.profile import DeviceIdentity, ListenAddress, SerialSettings
from serialbridge_gui.ui.bridge_page import BridgePage
from serialbridge_gui.ui.problem_actions import offer_for
from serialbridge_gui.ui.sentences import problem_sentence
from serialbridge_gui.ui.session import Session
from tests.devices import PtyDevice
from tests.ui.windows import Lab, click, until

HOLDER = """
import serial, sys
with serial.Serial(sys.argv[1], exclusive=True):
    print("held", flush=True)
    sys.stdin.read()
"""


async def failed(lab: Lab, session: Session) -> BridgePage:
    """Start by click what cannot start; the page that says so."""
    page = lab.page(session)
    click(page.start_stop)
    await until(lambda: session.bridge.state is BridgeState.ERROR, "it fails")
    assert page.state_label.text() == "Error"
    assert page.message.isVisible()
    return page


async def test_missing_device_is_named_and_try_again_works_once_it_is_there(lab: Lab, tmp_path: Path) -> None:
    link = tmp_path / "ttyUSB7"
    lab.open()
    session = lab.add(str(link))
    page = await failed(lab, session)
    assert page.message.label.text().startswith(f"There is no serial port {link}.")
    assert page.message.button.text() == "Try again"
    with PtyDevice(link=link):
        click(page.message.button)
        await until(lambda: session.bridge.state is BridgeState.WAITING_FOR_CLIENT, "it starts now")
        assert page.message.isHidden()
        session.stop()
        await until(lambda: session.bridge.state is BridgeState.STOPPED, "it stops")


async def test_address_of_a_stranger_offers_the_next_port_and_starts_there(lab: Lab) -> None:
    lab.open()
    taken = lab.free_port()  # and the next one is nobody else's
    with socket.create_server(("127.0.0.1", taken)):
        session = lab.add("sim://echo", listen=ListenAddress(port=taken))
        page = await failed(lab, session)
        assert page.message.label.text().startswith(f"Another program listens on 127.0.0.1:{taken} already.")
        word, number = page.message.button.text().split()
        assert word == "Use"
        assert int(number) > taken
        click(page.message.button)
        await until(lambda: session.bridge.address is not None, "it starts on the other port")
    assert session.bridge.address == ListenAddress(port=int(number))
    assert page.form.listen_port.value() == int(number)
    assert page.message.isHidden()


async def test_address_of_another_bridge_of_ours_names_that_bridge(lab: Lab) -> None:
    lab.open()
    first = lab.add("sim://echo", "Weigh scale")
    await lab.start(first)
    second = lab.add("sim://echo", "PLC", listen=first.profile.listen)
    page = await failed(lab, second)
    assert page.message.label.text() == f"The bridge “Weigh scale” listens on {first.profile.listen} already."
    click(page.message.button)
    await until(lambda: second.bridge.address is not None, "it starts on the other port")
    assert first.bridge.state.active


async def test_address_that_is_not_ours_offers_this_computer(lab: Lab) -> None:
    lab.open()
    session = lab.add("sim://echo", listen=ListenAddress(host="192.0.2.7", port=lab.free_port()))
    page = await failed(lab, session)
    assert page.message.label.text().startswith("192.0.2.7:")
    assert page.message.button.text() == "Use this computer only"
    click(page.message.button)
    await until(lambda: session.bridge.address is not None, "it starts here")
    assert session.bridge.address is not None
    assert session.bridge.address.host == "127.0.0.1"


async def test_busy_device_names_the_program_that_holds_it(lab: Lab) -> None:
    with PtyDevice() as device:
        lab.open()
        session = lab.add(device.path)
        with subprocess.Popen(
            [sys.executable, "-c", HOLDER, device.path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as holder:
            assert holder.stdout is not None
            assert holder.stdout.readline() == b"held\n"
            page = await failed(lab, session)
            sentence = page.message.label.text()
            holder.communicate()
        if sys.platform.startswith("linux"):
            assert f"({holder.pid})" in sentence
            assert "python" in sentence
        assert sentence.startswith(f"{device.path} is in use by ")
        click(page.message.button)
        await until(lambda: session.bridge.address is not None, "it starts once the device is free")


async def test_path_that_is_no_serial_port_says_so(lab: Lab, tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("not a device")
    lab.open()
    page = await failed(lab, lab.add(str(file)))
    assert page.message.label.text().startswith(f"{file} is not a serial port.")


async def test_unknown_url_says_so(lab: Lab) -> None:
    lab.open()
    page = await failed(lab, lab.add("nonsense://x"))
    assert page.message.label.text().startswith("nonsense://x is not a port this program knows")


async def test_an_edit_takes_the_message_away(lab: Lab, tmp_path: Path) -> None:
    lab.open()
    session = lab.add(str(tmp_path / "ttyUSB7"))
    page = await failed(lab, session)
    page.form.baud.setEditText("9600")
    await until(lambda: session.bridge.state is BridgeState.STOPPED, "the error is taken back")
    assert page.message.isHidden()
    assert session.profile.serial.baud_rate == 9600


async def test_missing_permission_copies_the_command_with_the_real_group(lab: Lab) -> None:
    window = lab.open()
    session = lab.add("/dev/ttyUSB0")
    problem = Problem(Cause.DEVICE_NO_PERMISSION, "/dev/ttyUSB0", "Permission denied", "uucp")
    offer = offer_for(problem, session, window.workspace)
    assert "/dev/ttyUSB0" in offer.sentence
    assert "sudo usermod -aG uucp $USER" in offer.sentence
    assert offer.button == "Copy the command"
    offer.do()
    assert QGuiApplication.clipboard().text() == "sudo usermod -aG uucp $USER"


async def test_device_that_is_roots_alone_is_not_asked_for_by_a_group(lab: Lab) -> None:
    window = lab.open()
    problem = Problem(Cause.DEVICE_NO_PERMISSION, "/dev/ttyUSB0", "Permission denied", "")
    offer = offer_for(problem, lab.add("/dev/ttyUSB0"), window.workspace)
    assert "usermod" not in offer.sentence
    assert "sudo chown $USER /dev/ttyUSB0" in offer.sentence
    offer.do()
    assert QGuiApplication.clipboard().text() == "sudo chown $USER /dev/ttyUSB0"


@pytest.mark.parametrize(("hint", "perhaps"), [("ModemManager", True), ("ModemManager (77)", False)])
def test_modem_manager_is_waited_for_and_not_closed(hint: str, perhaps: bool) -> None:
    sentence = problem_sentence(Problem(Cause.DEVICE_BUSY, "/dev/ttyUSB0", "Device or resource busy", hint))
    assert hint in sentence
    assert "Wait half a minute" in sentence
    assert ("perhaps" in sentence) == perhaps


async def test_refused_baud_rate_offers_the_nearest_one_and_starts_with_it(lab: Lab) -> None:
    window = lab.open()
    session = lab.add("sim://echo")
    offer = offer_for(Problem(Cause.BAUD_RATE_REFUSED, "115300", "", "115200"), session, window.workspace)
    assert "115300" in offer.sentence
    assert offer.button == "Use 115200"
    session.edit(session.profile.changed(serial=session.profile.serial.changed(baud_rate=115300)))
    offer_for(Problem(Cause.BAUD_RATE_REFUSED, "115300", "", "115200"), session, window.workspace).do()
    await until(lambda: session.bridge.address is not None, "it starts")
    assert session.profile.serial.baud_rate == 115200
    assert lab.page(session).form.baud.currentText() == "115200"


@pytest.mark.parametrize("port", [1, 1023])
async def test_port_the_system_keeps_offers_one_above_1024(lab: Lab, port: int) -> None:
    window = lab.open()
    session = lab.add("sim://echo", listen=ListenAddress(port=port))
    problem = Problem(Cause.ADDRESS_NO_PERMISSION, str(session.profile.listen))
    offer = offer_for(problem, session, window.workspace)
    assert str(session.profile.listen) in offer.sentence
    assert int(offer.button.removeprefix("Use ")) >= 1024


async def test_other_adapter_than_the_saved_one_is_refused_and_used_when_the_user_says_so(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected, found = (DeviceIdentity(vid=1, pid=2, serial_number=number, location="1-2") for number in ("A1", "B2"))
    with PtyDevice(link=tmp_path / "ttyUSB0") as device:
        monkeypatch.setattr(ports, "device_identities", lambda: {device.path: found})
        lab.open()
        session = lab.add(device.path)
        session.edit(session.profile.changed(serial=SerialSettings(device=device.path, identity=expected)))
        page = await failed(lab, session)
        assert page.message.label.text().startswith(
            f"{device.path} is another adapter (serial number B2, expected A1). "
        )
        assert not device.is_open
        assert page.message.button.text() == "Use this one"
        click(page.message.button)
        await until(lambda: session.bridge.address is not None, "it starts with this one")
        assert session.profile.serial.identity == found
