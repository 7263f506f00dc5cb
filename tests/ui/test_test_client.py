"""The test client is the other end of a bridge, over a real connection."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton

from serialbridge_gui.engine.bridge import BridgeState
from serialbridge_gui.profile import Mode, PeerAddress, TlsFiles
from serialbridge_gui.traffic.chunk import Direction
from serialbridge_gui.traffic.text import SAMPLE_PICTURES
from serialbridge_gui.ui.bridge_page import BridgePage
from serialbridge_gui.ui.log_font import shows_all
from serialbridge_gui.ui.test_client import KEPT_BYTES, TestClient
from tests.ui.windows import Lab, click, log_rows, press, press_shortcut, soon, type_into, until


def client_of(page: BridgePage) -> TestClient:
    (client,) = page.findChildren(TestClient)
    assert isinstance(client, TestClient)
    assert client.isVisible()
    return client


async def test_first_traffic_takes_two_clicks_and_a_line_comes_back(lab: Lab) -> None:
    window = lab.open()
    click(window.first_run.demo)
    page = lab.page()
    await until(lambda: page.session.bridge.state is BridgeState.WAITING_FOR_CLIENT, "the demo listens")
    click(page.other_end)
    client = client_of(page)
    await until(lambda: "n=" in client.view.toPlainText(), "the device's reading is shown")
    assert client.state.text() == f"Connected to {page.session.bridge.address}"

    type_into(client.line, r"hello \x41")
    press(client.line, Qt.Key.Key_Return)
    ending = "␍␊" if shows_all(client.view.font(), SAMPLE_PICTURES) else "←↓"
    await until(lambda: f"hello A{ending}" in client.view.toPlainText(), "the echo")
    assert client.counts.text().endswith(" received, 9 sent")


    def sent() -> list[bytes]:
        return [data for way, data in log_rows(page) if way is Direction.TCP_TO_SERIAL]

    await until(sent, "the log has it")
    assert sent() == [b"hello A\r\n"]


async def test_closing_it_with_escape_while_connected_ends_the_connection_in_silence(lab: Lab) -> None:
    lab.open()
    session = lab.add("sim://echo")
    page = lab.page(session)
    session.start()
    page.show_test_client()
    client = client_of(page)
    await until(lambda: client.connected and session.bridge.state is BridgeState.RUNNING, "connected")
    press(client.line, Qt.Key.Key_Escape)
    await until(lambda: not page.findChildren(TestClient), "it is gone")
    await until(lambda: session.bridge.state is BridgeState.WAITING_FOR_CLIENT, "the bridge knows")


async def test_it_waits_for_the_bridge_and_connects_again_when_that_is_started_again(lab: Lab) -> None:
    window = lab.open()
    session = lab.add("sim://echo")
    page = lab.page(session)
    await press_shortcut(window, Qt.Key.Key_T)
    client = client_of(page)
    assert client.note.label.text().startswith("The bridge is not running.")
    assert not client.toggle.isEnabled()
    assert not client.send.isEnabled()
    for _ in range(2):
        session.start()
        await until(lambda: client.connected and session.bridge.state is BridgeState.RUNNING, "it connects by itself")
        assert client.note.isHidden()
        session.stop()
        await until(lambda: session.bridge.state is BridgeState.STOPPED, "stopped")
        await until(lambda: client.note.label.text().startswith("The bridge is not running."), "it says why")


async def test_who_disconnects_stays_so_and_a_bridge_that_refuses_is_explained(lab: Lab) -> None:
    lab.open()
    session = lab.add("sim://echo")
    page = lab.page(session)
    await lab.start(session)
    page.show_test_client()
    client = client_of(page)
    await until(lambda: client.connected and session.bridge.state is BridgeState.RUNNING, "connected")
    assert client.toggle.text() == "Disconnect"
    click(client.toggle)
    await until(lambda: session.bridge.state is BridgeState.WAITING_FOR_CLIENT, "it has left")
    assert client.toggle.text() == "Connect"
    session.edit(session.profile.changed(name="Another name"))
    assert client.windowTitle() == "Test client of Another name"
    assert not client.connected

    await lab.connect(session)
    click(client.toggle)
    await until(lambda: "one client at a time" in client.note.label.text(), "it is refused")
    assert client.state.text() == "Not connected"


async def test_what_is_kept_and_shown_is_bounded_hex_too(lab: Lab) -> None:
    lab.open()
    session = lab.add("sim://echo")
    page = lab.page(session)
    await lab.start(session)
    page.show_test_client()
    client = client_of(page)
    await until(lambda: client.connected, "connected")
    data = bytes(range(256)) * 1024
    client.socket.write(data)
    await until(lambda: client.received == len(data), "all of it has come back")
    await until(lambda: client.counts.text().startswith("262K received"), "it is shown")
    assert sum(map(len, client._pieces)) < 2 * KEPT_BYTES
    assert len(client.view.toPlainText()) < 2 * KEPT_BYTES
    click(client.hex)
    assert client.view.toPlainText().splitlines()[-1].startswith("00001FF0  F0 F1 F2")
    client.view.selectAll()
    client.socket.write(b"more")
    await until(lambda: client.counts.text().startswith("262K received") and client.received == len(data) + 4, "more")
    assert client.view.textCursor().hasSelection()
    click(client.clear)
    assert client.view.toPlainText() == ""
    assert client.counts.text() == "0 received, 0 sent"


async def test_what_it_cannot_speak_to_is_said_and_nothing_is_tried(lab: Lab) -> None:
    lab.open()
    for fields, said in (
        ({"connect": PeerAddress("127.0.0.1", 9)}, "This bridge connects to another program by itself"),
        ({"tls": TlsFiles("/nowhere/certificate.pem", "/nowhere/key.pem")}, "encrypted with TLS"),
    ):
        page = lab.page(lab.add("sim://echo", **fields))
        page.show_test_client()
        client = client_of(page)
        assert said in client.note.label.text()
        assert client.state.text() == "Not connected"
        assert not client.toggle.isEnabled()


async def test_rfc_2217_is_shown_as_telnet_and_its_own_byte_is_doubled(lab: Lab) -> None:
    lab.open()
    session = lab.add("sim://echo", mode=Mode.RFC2217)
    page = lab.page(session)
    await lab.start(session)
    page.show_test_client()
    client = client_of(page)
    assert "Telnet's own bytes" in client.note.label.text()
    await until(lambda: client.received > 0, "the negotiation is seen")
    type_into(client.line, r"\xFF")
    client.ending.setCurrentIndex(3)
    press(client.line, Qt.Key.Key_Return)
    await until(lambda: (Direction.TCP_TO_SERIAL, b"\xff") in log_rows(page), "the device gets the one byte")
    type_into(client.line, r"\q")
    press(client.line, Qt.Key.Key_Return)
    assert r"“\q” is no escape" in client.note.label.text()


async def test_empty_log_offers_the_address_and_the_test_client(lab: Lab) -> None:
    lab.open()
    session = lab.add("sim://echo")
    page = lab.page(session)
    texts = [button.text() for button in page.log.table.findChildren(QPushButton) if button.isVisible()]
    assert texts == []
    await lab.start(session)
    buttons = {button.text(): button for button in page.log.table.findChildren(QPushButton) if button.isVisible()}
    page.log.model.clear()
    page.log.refresh()
    buttons = {button.text(): button for button in page.log.table.findChildren(QPushButton) if button.isVisible()}
    assert list(buttons) == ["Copy address", "Open test client"]
    click(buttons["Copy address"])
    assert QGuiApplication.clipboard().text() == f"tcp://{session.bridge.address}"
    click(buttons["Open test client"])
    await until(lambda: client_of(page).connected, "connected")


async def test_hostile_device_does_not_write_outside_its_lines(lab: Lab) -> None:
    lab.open()
    session = lab.add("sim://echo")
    page = lab.page(session)
    await lab.start(session)
    reader, writer = await lab.connect(session)
    writer.close()
    assert await soon(reader.read()) == b""
    await until(lambda: session.bridge.state is BridgeState.WAITING_FOR_CLIENT, "free")
    page.show_test_client()
    client = client_of(page)
    await until(lambda: client.connected, "connected")
    client.socket.write("<b>x</b>\u202e\x1b[2J".encode())
    await until(lambda: "<b>x</b>U+202E" in client.view.toPlainText(), "it is shown as it is")
