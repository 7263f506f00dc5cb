from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from serialbridge_gui.engine.ports import PortInfo, holder, modem_manager, owning_group, ports_signature, present_ports
from tests.engine.running import until


class Found:
    """As pyserial's ListPortInfo."""

    def __init__(self, device: str, vid: int | None = None) -> None:
        self.device = device
        self.vid, self.pid = vid, None if vid is None else 0x7523
        self.description = self.manufacturer = self.location = "n/a"
        self.serial_number = None


def test_usb_adapters_come_first_and_numbers_are_sorted_as_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [Found("COM10", 0x1A86), Found("COM1"), Found("COM9", 0x1A86)]
    monkeypatch.setattr("serial.tools.list_ports.comports", lambda: found)
    assert [port.device for port in present_ports()] == ["COM9", "COM10", "COM1"]
    assert present_ports()[0].vid_pid == "1A86:7523"
    assert present_ports()[2] == PortInfo("COM1", "COM1")


def test_real_ports_of_this_machine_can_be_listed() -> None:
    for port in present_ports():
        assert port.device
        assert port.description


def test_signature_stands_still_while_nothing_is_plugged() -> None:
    assert ports_signature() == ports_signature()


@pytest.mark.skipif(not sys.platform.startswith("linux") or os.geteuid() != 0, reason="makes a node in /dev")
def test_signature_changes_when_a_node_comes_and_when_it_is_made_anew() -> None:
    node = Path("/dev/ttyTEST0")
    before = ports_signature()
    try:
        node.touch()
        plugged = ports_signature()
        assert plugged != before
    finally:
        node.unlink(missing_ok=True)
    assert ports_signature() == before


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_nobody_holds_what_nobody_has_open(tmp_path: Path) -> None:
    assert holder(str(tmp_path / "nothing")) == ""


def test_group_of_the_device_is_named(tmp_path: Path) -> None:
    import grp

    device = tmp_path / "tty"
    device.touch()
    device.chmod(0o660)
    if device.stat().st_gid != 0:
        assert owning_group(str(device)) == grp.getgrgid(device.stat().st_gid).gr_name
    assert owning_group(str(tmp_path / "nothing")) == "dialout"
    device.chmod(0o600)
    assert owning_group(str(device)) == ""


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs the right to give files away")
def test_no_group_is_named_where_root_alone_may_open_the_device(tmp_path: Path) -> None:
    import grp

    device = tmp_path / "tty"
    device.touch()
    device.chmod(0o660)
    other = grp.getgrnam("daemon")
    os.chown(device, 0, other.gr_gid)
    assert owning_group(str(device)) == other.gr_name
    os.chown(device, 0, 0)
    assert owning_group(str(device)) == ""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="there is none elsewhere")
def test_modem_manager_is_seen_while_it_runs(tmp_path: Path) -> None:
    if modem_manager():
        pytest.skip("it runs here")
    pretender = tmp_path / "ModemManager"
    shutil.copyfile("/bin/sleep", pretender)
    pretender.chmod(0o755)
    with subprocess.Popen([str(pretender), "60"]) as process:
        try:
            until(lambda: modem_manager() == "ModemManager", "the system lists it")
        finally:
            process.kill()
    assert modem_manager() == ""

