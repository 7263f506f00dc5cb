"""`serialbridge vm`: what it prints, its exit codes, its one line where there is nothing to print."""

from __future__ import annotations

import shutil
import sys
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from serialbridge_gui.cli import HYPERVISORS, WAYS, main
from serialbridge_gui.profile import (
    Access,
    ClientRules,
    ListenAddress,
    Mode,
    PeerAddress,
    Profile,
    SerialSettings,
    TlsFiles,
)
from serialbridge_gui.profile_store import ProfileStore
from serialbridge_gui.vm import versions
from serialbridge_gui.vm.recipe import Hypervisor, Way
from tests.processes import ConsoleBridge, free_port, run_console


@dataclass
class Console:
    """`serialbridge vm` in this process, on profiles of the test's."""

    config: Path
    capsys: pytest.CaptureFixture[str]

    def profile(self, name: str = "Scale", device: str = "/dev/ttyUSB0", **fields: Any) -> None:
        ProfileStore(self.config).save(Profile(name=name, serial=SerialSettings(device), **fields))

    def prints(self, *arguments: str) -> str:
        assert main(["vm", *arguments, "--config-dir", str(self.config)]) == 0
        printed = self.capsys.readouterr()
        assert printed.err == ""
        return printed.out

    def refuses(self, *arguments: str, code: int) -> str:
        assert main(["vm", *arguments, "--config-dir", str(self.config)]) == code
        printed = self.capsys.readouterr()
        assert printed.out == ""
        assert printed.err.startswith("serialbridge: ")
        assert printed.err.count("\n") == 1
        return printed.err


@pytest.fixture
def console(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Console:
    monkeypatch.setattr(versions, "ASK_S", 60.0)  # a busy machine holds up the hypervisor's own program
    return Console(tmp_path, capsys)


def lines(printed: str) -> list[str]:
    """Those that are no notes."""
    return [line for line in printed.splitlines() if not line.startswith("#")]


def test_words_of_the_command_line_are_those_of_the_package() -> None:
    assert tuple(Hypervisor) == HYPERVISORS
    assert tuple(Way) == WAYS


def test_as_a_process_it_prints_one_line_for_qemu() -> None:
    done = run_console("vm", "127.0.0.1:4001", "--for", "qemu", "--version", "9.2")
    assert (done.returncode, done.stderr) == (0, "")
    assert lines(done.stdout) == [
        "-chardev socket,id=com0,host=127.0.0.1,port=4001,nodelay=on,reconnect-ms=1000 -device isa-serial,chardev=com0"
    ]
    assert "# chardev-change serial0 socket,host=127.0.0.1,port=4001,nodelay=on,reconnect-ms=1000\n" in done.stdout


def test_as_a_process_it_prints_one_element_for_libvirt() -> None:
    done = run_console("vm", "[::1]:4001", "--for", "libvirt")
    assert (done.returncode, done.stderr) == (0, "")
    source = ET.fromstring(done.stdout).find("source")
    assert source is not None
    assert source.attrib == {"mode": "connect", "host": "::1", "service": "4001"}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["h:0", "--for", "qemu"], 2), (["h:70000", "--for", "qemu"], 2), (["a,b:1", "--for", "qemu"], 2),
        (["nobody", "--for", "qemu"], 2), (["h:1"], 2), (["h:1", "--for", "hyperv"], 2),
        (["h:1", "--for", "qemu", "--version", "new"], 2), (["h:1", "--for", "qemu", "--way", "port"], 2),
        (["h:1", "--for", "libvirt", "--way", "adapter"], 2), (["[::1]:1", "--for", "virtualbox"], 2),
        (["0.0.0.0:1", "--for", "xen"], 2), (["h:1", "--for", "virtualbox", "--version", "4.3"], 2),
        (["", "--for", "qemu"], 2),
    ],
)  # fmt: skip
def test_wrong_arguments_are_one_line(console: Console, arguments: list[str], code: int) -> None:
    console.refuses(*arguments, code=code)


def test_as_a_process_a_mistake_is_one_line_and_exit_2() -> None:
    done = run_console("vm", "h:1")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)


def test_profile_is_where_its_bridge_listens(console: Console) -> None:
    console.profile(listen=ListenAddress("192.168.1.5", 4003))
    assert ",host=192.168.1.5,port=4003," in console.prints("Scale", "--for", "qemu")


def test_profile_that_is_named_like_an_address_wins(console: Console) -> None:
    console.profile("host:1", listen=ListenAddress("192.168.1.5", 4003))
    assert "192.168.1.5:4003" in console.prints("host:1", "--for", "xen")


def test_listening_on_all_addresses_names_one_that_can_be_reached(console: Console) -> None:
    console.profile(listen=ListenAddress("0.0.0.0", 4003))
    printed = console.prints("Scale", "--for", "vmware")
    assert "0.0.0.0" not in printed
    assert ":4003" in printed


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"mode": Mode.RFC2217}, "Telnet"),
        ({"tls": TlsFiles("/c", "/k")}, "TLS"),
        ({"clients": ClientRules(access=Access.SHARED)}, "exclusive"),
        ({"clients": ClientRules(allow=("10.9.8.0/24",))}, "allowed addresses"),
        ({}, "not running"),
        ({}, "from this machine only"),
    ],
)
def test_what_is_amiss_is_a_note(console: Console, fields: dict[str, Any], words: str) -> None:
    console.profile(listen=ListenAddress(port=4), **fields)
    assert words in console.prints("Scale", "--for", "qemu")
    comments = console.prints("Scale", "--for", "libvirt")
    assert words in comments
    assert ET.fromstring(comments).tag == "serial"


def test_running_bridge_is_not_told_to_be_started(console: Console) -> None:
    # No port of `:0`: once it is free again, the system might give it to another program.
    with ConsoleBridge("run", "sim://echo", "--listen", f"127.0.0.1:{free_port()}") as bridge:
        _, port = bridge.wait_listening()
        console.profile(listen=ListenAddress(port=port))
        assert "not running" not in console.prints("Scale", "--for", "qemu")
        assert "has /dev/ttyUSB0 open" in console.prints("Scale", "--for", "qemu", "--way", "port")
        bridge.stop()
    assert "not running" in console.prints("Scale", "--for", "qemu")


@pytest.mark.parametrize("way", ["port", "adapter"])
def test_what_is_no_port_of_this_machine_is_told(console: Console, way: str) -> None:
    console.profile(device="sim://echo")
    assert "sim://echo" in console.refuses("Scale", "--for", "qemu", "--way", way, code=1)


def test_bridge_without_an_address_for_a_guest_is_told(console: Console) -> None:
    console.profile("Out", connect=PeerAddress("far", 1))
    console.profile("Any", listen=ListenAddress(port=0))
    assert "far:1" in console.refuses("Out", "--for", "qemu", code=1)
    assert "port number" in console.refuses("Any", "--for", "qemu", code=1)


@pytest.mark.skipif(sys.platform == "win32", reason="names of Linux")
def test_port_and_adapter_of_a_device_that_is_not_there(console: Console) -> None:
    console.profile(device="/dev/ttyUSB77")
    assert lines(console.prints("Scale", "--for", "qemu", "--way", "port")) == [
        "-chardev serial,id=com0,path=/dev/ttyUSB77 -device isa-serial,chardev=com0"
    ]
    assert "not plugged in" in console.refuses("Scale", "--for", "qemu", "--way", "adapter", code=1)


@pytest.mark.skipif(shutil.which("qemu-system-x86_64") is None, reason="needs QEMU (qemu-system-x86)")
def test_installed_version_is_used_and_told(console: Console) -> None:
    printed = console.prints("h:1", "--for", "qemu")
    assert "# For QEMU" in printed
    assert "version is not known" not in printed
