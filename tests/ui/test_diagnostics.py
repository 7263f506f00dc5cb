"""What is copied for others has what they need, and nothing that is nobody's business."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication

from serialbridge_gui import __version__
from serialbridge_gui.engine.bridge import BridgeState
from serialbridge_gui.profile import ClientRules, PeerAddress, TlsFiles
from serialbridge_gui.program_log import ProgramLog
from serialbridge_gui.ui.diagnostics import device_words, installed_as, without_names
from tests.ui.windows import CH340, Lab, click, until


async def copied(lab: Lab) -> str:
    QGuiApplication.clipboard().setText("")
    lab.window.help_menu.diagnostics_action.trigger()
    await until(lambda: lab.window.message.isVisible(), "it is said")
    assert lab.window.message.label.text().startswith("Diagnostics are on the clipboard")
    return QGuiApplication.clipboard().text()


async def test_versions_ports_settings_counters_and_the_end_of_the_log_are_copied(lab: Lab, tmp_path: Path) -> None:
    window = lab.open()
    log = ProgramLog(tmp_path / "log", "SerialBridge of a test")
    log.begin()
    try:
        window.help_menu.begin(log)
        lab.plug(CH340)
        session = lab.add("sim://echo", name="Weigh scale 秤")
        await lab.start(session)
        reader, writer = await lab.connect(session)
        writer.write(b"secret bytes")
        await reader.readexactly(12)
        await until(lambda: session.bridge.counters.serial_to_tcp == 12, "counted")
        file = tmp_path / "log" / "program-1.log"
        await until(lambda: file.exists() and "Listening(" in file.read_text("utf-8"), "the log tells of the start")
        text = await copied(lab)
    finally:
        log.close()
    for wanted in (
        f"SerialBridge {__version__}, {installed_as()}", f"Qt {qVersion()}", "pyserial 3.",
        "/dev/ttyUSB3, USB-SERIAL CH340, 1A86:7523, A50285BI", "Weigh scale 秤",
        "sim://echo, 115200 baud, 8N1, flow none", "listens on 127.0.0.1:", "raw, exclusive, at most 1",
        "running, 1 clients; serial_to_tcp 12, tcp_to_serial 12", "begins: SerialBridge of a test", "Listening(",
    ):  # fmt: skip
        assert wanted in text
    assert "secret" not in text


async def test_no_address_of_others_no_folder_and_no_key_is_copied(lab: Lab, tmp_path: Path) -> None:
    lab.open()
    key = tmp_path / "private folder" / "key.pem"
    lab.add(
        "socket://user:password@plc.example:4001",
        tls=TlsFiles(str(key.with_name("certificate.pem")), str(key)),
        clients=ClientRules(allow=("203.0.113.7", "198.51.100.0/24")),
    )
    lab.add(f"sim://replay?file={tmp_path}/customer.pcapng", connect=PeerAddress("plant.example", 4001))
    text = await copied(lab)
    for wanted in ("socket://…", "sim://…", "certificate certificate.pem, key key.pem", "2 networks allowed"):
        assert wanted in text
    for hidden in ("password", "example", "203.0", "198.51", "private folder", str(tmp_path), str(Path.home())):
        assert hidden not in text
    assert text.count("connects to (address):4001") == 1


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("/dev/ttyUSB0 is gone", "/dev/ttyUSB0 is gone"),
        ('File "/opt/some body/lib/x.py", line 3', 'File "…/x.py", line 3'),
        (f"{Path.home()}/.config/x", "~…/x"),
        (r"C:\Users\somebody\x.log", "…/x.log"),
        (r"\\.\COM12", r"\\.\COM12"),
        (
            "DeviceLost(device='/dev/pts/3', x='rfc2217://user:pw@plant:1')",
            "DeviceLost(device='/dev/pts/3', x='rfc2217://…')",
        ),
        ("'/home/some body/x y.pem' and //server/share/x", "'…/x y.pem' and …/x"),
        ("from 192.168.1.20:5000 and [fe80::1]:7", "from (address):5000 and (address):7"),
        (
            "host='2001:db8::5', 'fe80::1%eth0', 2001:db8:0:1:2:3:4:5 at 14:02:11, ::1, ::, Qt::Key",
            "host='(address)', '(address)', (address) at 14:02:11, ::1, ::, Qt::Key",
        ),
        ("on 127.0.0.1:4001, 0.0.0.0:1, [::1]:2", "on 127.0.0.1:4001, 0.0.0.0:1, [::1]:2"),
    ],
)
def test_folders_and_addresses_leave(text: str, shown: str) -> None:
    assert without_names(text) == shown


def test_url_of_a_device_is_its_kind() -> None:
    assert device_words("sim://talker") == "sim://talker"
    assert device_words("/dev/ttyUSB0") == "/dev/ttyUSB0"
    assert device_words("COM5") == "COM5"
    assert device_words("rfc2217://plant:1") == "rfc2217://…"


async def test_report_of_the_last_run_is_offered_once_and_dismissed(lab: Lab, tmp_path: Path) -> None:
    crashed = ProgramLog(tmp_path, "SerialBridge of before")
    crashed.reports.begin()
    crashed.reports.note(f'File "{tmp_path}/x.py"\nRuntimeError: a mistake')
    crashed.reports.close()
    window = lab.open()
    window.say("Something about this start, first.")
    log = ProgramLog(tmp_path, "SerialBridge of now")
    log.reports.begin()
    try:
        window.help_menu.begin(log)
        await until(lambda: list(tmp_path.glob("seen-*")), "the report is read")
        assert window.message.label.text() == "Something about this start, first."
        click(window.message.button)
        met = "SerialBridge met an error of its own the last time."
        await until(lambda: window.message.label.text().startswith(met), "it is told of")
        assert window.message.beside.text() == "Dismiss"
        click(window.message.button)
        text = QGuiApplication.clipboard().text()
        assert text.startswith("SerialBridge of before\n")
        assert text.endswith('File "…/x.py"\nRuntimeError: a mistake\n')
        assert window.message.isHidden()
        assert log.reports.untold() == ""
    finally:
        log.close()
        log._ending = True
        log._wake.set()
        if log._writer is not None:
            log._writer.join(60)
        log.reports.close()


async def test_report_waits_until_what_was_said_over_it_has_been_seen(lab: Lab, tmp_path: Path) -> None:
    crashed = ProgramLog(tmp_path, "SerialBridge of before")
    crashed.reports.begin()
    crashed.reports.note("RuntimeError: a mistake")
    crashed.reports.close()
    window = lab.open()
    log = ProgramLog(tmp_path, "SerialBridge of now")
    log.reports.begin()
    try:
        window.help_menu.begin(log)
        met = "SerialBridge met an error of its own the last time."
        await until(lambda: window.message.label.text().startswith(met), "it is told of")
        window.say("A file was imported.")
        click(window.message.button)
        assert window.message.label.text().startswith(met)
        click(window.message.beside)
        assert window.message.isHidden()
    finally:
        log._ending = True
        log._wake.set()
        if log._writer is not None:
            log._writer.join(60)
        log.reports.close()


async def test_nothing_is_said_after_a_run_that_ended_well(lab: Lab, tmp_path: Path) -> None:
    window = lab.open()
    log = ProgramLog(tmp_path, "SerialBridge of now")
    log.begin()
    try:
        window.help_menu.begin(log)
        session = lab.add("sim://echo")
        await lab.start(session)
        assert window.message.isHidden()
        session.stop()
        await until(lambda: session.bridge.state is BridgeState.STOPPED, "stopped")
    finally:
        log.close()
