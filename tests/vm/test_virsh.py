"""libvirt's guests: with libvirt's own test driver, which knows guests and refuses devices, and with a stand-in."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from pathlib import Path
from time import monotonic

import pytest

from serialbridge_gui.profile import PeerAddress
from serialbridge_gui.vm import virsh as module
from serialbridge_gui.vm.recipe import Hypervisor, UsbAdapter
from serialbridge_gui.vm.recipes import make
from serialbridge_gui.vm.virsh import ISA_PORTS, Guest, Virsh, VirshFailed, attached, free_port

ELEMENT = make(Hypervisor.LIBVIRT, PeerAddress("192.168.1.5", 4001)).text
LOCAL = "test:///default"

real = pytest.mark.skipif(shutil.which("virsh") is None, reason="needs virsh (libvirt-clients)")
scripts = pytest.mark.skipif(sys.platform == "win32", reason="shell scripts")


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine holds virsh up."""
    monkeypatch.setattr(module, "ANSWER_S", 120.0)


def domain(*devices: str) -> str:
    return f"<domain><name>g</name><devices>{''.join(devices)}</devices></domain>"


@real
def test_guests_of_libvirt_are_listed() -> None:
    assert Virsh(LOCAL).guests() == [Guest("test", running=True)]
    assert "<name>test</name>" in Virsh(LOCAL).definition("test")


@real
def test_what_libvirt_refuses_is_told_in_its_words() -> None:
    for change in (Virsh(LOCAL).attach, Virsh(LOCAL).detach):
        with pytest.raises(VirshFailed, match="not supported by the connection driver"):
            change("test", ELEMENT)
    with pytest.raises(VirshFailed, match="--nobody"):
        Virsh(LOCAL).definition("--nobody; reboot")
    with pytest.raises(VirshFailed, match="failed to connect"):
        Virsh("test:///no/such/file").guests()


@real
def test_guest_that_is_named_like_another_one_s_number_is_the_one_that_is_meant(tmp_path: Path) -> None:
    file = tmp_path / "two.xml"
    guest = "<domain type='test'><name>{}</name><uuid>{}</uuid><memory>16384</memory><os><type>hvm</type></os></domain>"
    guests = (("other", f"{1:032x}"), ("1", f"{2:032x}"), ("none", f"{3:032x}"))
    file.write_text(f"<node>{''.join(guest.format(*each) for each in guests)}</node>", encoding="utf-8")
    libvirt = Virsh(f"test://{file}")
    assert "<domain type='test' id='1'>\n  <name>other<" in libvirt.definition("other", live=True)
    assert "<name>1<" in libvirt.definition("1")
    assert "<name>other<" in libvirt.definition("other")


@pytest.fixture
def own_libvirt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Virsh:
    """libvirt's QEMU driver inside virsh itself, without a daemon, in a folder of the test's, with one guest.

    In a user namespace of its own: root's driver wants a user that only libvirt's daemon package makes.
    """
    for program in ("virsh", "unshare", "qemu-system-x86_64"):
        if shutil.which(program) is None:
            pytest.skip(f"needs {program}")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    uri = f"qemu:///embed?root={tmp_path}/root"
    wrapped = tmp_path / "virsh"
    wrapped.write_text('#!/bin/sh\nexec unshare --user --keep-caps virsh "$@"\n', encoding="utf-8")
    wrapped.chmod(0o755)
    file = tmp_path / "guest.xml"
    file.write_text(
        "<domain type='qemu'><name>it's &lt;a&gt; guest</name><memory>16384</memory>"
        "<os><type arch='x86_64' machine='pc'>hvm</type></os><devices>"
        "<emulator>/usr/bin/qemu-system-x86_64</emulator>"
        "<serial type='pty'><target type='isa-serial' port='0'/></serial></devices></domain>",
        encoding="utf-8",
    )
    command = [str(wrapped), "-c", uri, "define", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode != 0:
        pytest.skip(f"needs libvirt's QEMU driver (libvirt-daemon-driver-qemu): {done.stderr.strip()}")
    return Virsh(uri, str(wrapped))


@pytest.mark.soak  # libvirt looks at every machine QEMU can be, some seconds
@scripts
def test_real_guest_gets_the_port_and_loses_it_again(own_libvirt: Virsh) -> None:
    name = "it's <a> guest"
    assert own_libvirt.guests() == [Guest(name, running=False)]
    with pytest.raises(VirshFailed, match="port '0' already allocated"):
        own_libvirt.attach(name, ELEMENT)
    number = free_port(own_libvirt.definition(name))
    element = make(Hypervisor.LIBVIRT, PeerAddress("192.168.1.5", 4001), number=number).text
    assert "attached successfully" in own_libvirt.attach(name, element)
    written = attached(own_libvirt.definition(name), ELEMENT)
    assert written is not None
    assert "isa-serial" in written
    assert "detached successfully" in own_libvirt.detach(name, written)
    assert attached(own_libvirt.definition(name), ELEMENT) is None


@scripts
def test_attaching_hands_virsh_the_element_and_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "virsh"
    program.write_text(
        '#!/bin/sh\nprintf "%s\\n" "$@" > "$0.words"\n'
        'for word in "$@"; do case $word in --file=*) cat "${word#--file=}" > "$0.xml";; esac; done\n'
        'echo "Device attached successfully"\n',
        encoding="utf-8",
    )
    program.chmod(0o755)
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    assert Virsh("qemu:///session", str(program)).attach("a b", ELEMENT, live=True) == "Device attached successfully"
    words = Path(f"{program}.words").read_text(encoding="utf-8").splitlines()
    assert words[:3] == ["--connect=qemu:///session", "attach-device", "--domain=a b"]
    assert words[4:] == ["--config", "--live"]
    assert Path(f"{program}.xml").read_text(encoding="utf-8") == ELEMENT
    assert list(folder.iterdir()) == []


@scripts
def test_virsh_that_does_not_answer_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "virsh"
    program.write_text("#!/bin/sh\nexec sleep 60\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(module, "ANSWER_S", 0.2)
    with pytest.raises(VirshFailed, match="no answer"):
        Virsh(program=str(program)).guests()


@scripts
def test_virsh_that_is_cancelled_ends_with_what_it_started(tmp_path: Path) -> None:
    program = tmp_path / "virsh"
    program.write_text("#!/bin/sh\nsleep 60 &\necho > $0.runs\nwait\n", encoding="utf-8")
    program.chmod(0o755)
    virsh = Virsh(program=str(program))
    failed: list[VirshFailed] = []

    def ask() -> None:
        try:
            virsh.guests()
        except VirshFailed as error:
            failed.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    deadline = monotonic() + 60
    while not Path(f"{program}.runs").exists() and monotonic() < deadline:
        asking.join(0.01)
    virsh.cancel()
    asking.join(60)
    assert not asking.is_alive()
    assert len(failed) == 1


def test_without_virsh_that_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "virsh_path", lambda: None)
    with pytest.raises(VirshFailed, match="not installed"):
        Virsh().guests()


def test_first_free_port_is_taken() -> None:
    pty = "<serial type='pty'><target type='isa-serial' port='0'/></serial>"
    assert free_port(domain()) == 0
    assert free_port(domain(pty)) == 1
    assert free_port(domain(pty, pty.replace("'0'", "'2'"))) == 1
    assert free_port(domain(*(pty.replace("'0'", f"'{n}'") for n in range(4)))) == ISA_PORTS
    with pytest.raises(VirshFailed):
        free_port("no XML")


def test_device_is_found_again_in_what_libvirt_wrote() -> None:
    written = ELEMENT.replace("</serial>", "<alias name='serial1'/></serial>").replace("port='0'", "port='1'")
    other = ELEMENT.replace("4001", "4002")
    found = attached(domain(other, written), ELEMENT)
    assert found is not None
    assert "serial1" in found
    assert attached(domain(other), ELEMENT) is None
    usb = make(Hypervisor.LIBVIRT, UsbAdapter(0x0403, 0x6001)).text
    assert attached(domain(usb.replace("0x0403", "0x403")), usb) is not None
    assert attached(domain(usb.replace("0x6001", "0x6002")), usb) is None
