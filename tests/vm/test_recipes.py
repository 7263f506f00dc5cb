"""Each hypervisor's text: one test a version rule, one a refusal."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from serialbridge_gui.profile import PeerAddress
from serialbridge_gui.vm import escaping, libvirt
from serialbridge_gui.vm.recipe import (
    HostPort,
    Hypervisor,
    NoteKind,
    PciCard,
    Recipe,
    Refusal,
    Refused,
    Target,
    UsbAdapter,
    Version,
)
from serialbridge_gui.vm.recipes import commented, make

BRIDGE = PeerAddress("192.168.1.5", 4001)
BY_ID = HostPort("/dev/serial/by-id/usb-FTDI_FT232R-if00-port0")
USB = UsbAdapter(0x0403, 0x6001, "A1", bus=1, port="2.3", number=7)
TWIN = UsbAdapter(0x0403, 0x6001, "A1", bus=1, port="2.3", number=7, alike=True)
CARD = PciCard("0000:03:00.0", "14")
ALL = [(hypervisor, target) for hypervisor in Hypervisor for target in (BRIDGE, BY_ID, USB)]


def kinds(recipe: Recipe) -> list[NoteKind]:
    return [note.kind for note in recipe.notes]


def refusal(hypervisor: Hypervisor, target: Target, version: Version | None = None, **details: object) -> Refusal:
    with pytest.raises(Refused) as refused:
        make(hypervisor, target, version, **details)
    return refused.value.refusal


@pytest.mark.parametrize(
    ("version", "option"),
    [
        ((9, 2), ",reconnect-ms=1000"),
        ((10, 2, 0), ",reconnect-ms=1000"),
        ((9, 1, 3), ",reconnect=1"),
        ((7, 2, 22), ",reconnect=1"),
        ((9,), ",reconnect=1"),
        ((2, 2), ",reconnect=1"),
        ((2, 1, 9), ""),
    ],
)
def test_qemu_reconnects_by_the_option_of_its_version(version: Version, option: str) -> None:
    recipe = make(Hypervisor.QEMU, BRIDGE, version)
    assert recipe.text == (
        f"-chardev socket,id=com0,host=192.168.1.5,port=4001,nodelay=on{option} -device isa-serial,chardev=com0"
    )
    assert recipe.reconnects is bool(option)
    assert (NoteKind.NO_RECONNECT in kinds(recipe)) is not bool(option)
    assert NoteKind.RECONNECT_SAFE not in kinds(recipe)


def test_qemu_of_unknown_version_gets_what_most_take_and_a_note() -> None:
    recipe = make(Hypervisor.QEMU, BRIDGE)
    assert ",reconnect=1 " in recipe.text
    assert NoteKind.RECONNECT_SAFE in kinds(recipe)


def test_qemu_running_guest_is_moved_in_its_monitor() -> None:
    recipe = make(Hypervisor.QEMU, BRIDGE, (7, 2))
    assert recipe.running == "chardev-change serial0 socket,host=192.168.1.5,port=4001,nodelay=on,reconnect=1"
    assert make(Hypervisor.QEMU, BRIDGE, (2, 9)).running == ""
    assert make(Hypervisor.QEMU, USB).running == "device_add usb-host,vendorid=0x0403,productid=0x6001"


def test_qemu_ipv6_host_stands_without_brackets() -> None:
    assert ",host=fe80::1%eth0,port=4001," in make(Hypervisor.QEMU, PeerAddress("fe80::1%eth0", 4001)).text


def test_qemu_path_survives_qemu_and_the_shell() -> None:
    recipe = make(Hypervisor.QEMU, HostPort("/dev/a, b'\"c"), (9, 2))
    assert shlex.split(recipe.text)[:2] == ["-chardev", "serial,id=com0,path=/dev/a,, b'\"c"]
    assert recipe.running == 'chardev-change serial0 "serial,path=/dev/a,, b\'\\"c"'
    assert "path=\\\\.\\COM12 -device" in make(Hypervisor.QEMU, HostPort("COM12")).text
    assert shlex.split(make(Hypervisor.QEMU, BY_ID).text)[1] == f"serial,id=com0,path={BY_ID.path}"


def test_qemu_adapter_by_kind_or_where_two_are_alike_by_socket() -> None:
    assert make(Hypervisor.QEMU, USB).text == "-device qemu-xhci -device usb-host,vendorid=0x0403,productid=0x6001"
    assert make(Hypervisor.QEMU, TWIN).text == "-device qemu-xhci -device usb-host,hostbus=1,hostport=2.3"
    assert refusal(Hypervisor.QEMU, UsbAdapter(1, 2, alike=True)) is Refusal.ALIKE


def test_pci_card_goes_with_its_group_and_only_with_an_iommu() -> None:
    shared = PciCard("0000:03:00.0", "14", ("0000:03:00.1",))
    assert make(Hypervisor.QEMU, CARD).text == "-device vfio-pci,host=0000:03:00.0"
    assert "<address domain='0x0000' bus='0x03' slot='0x00' function='0x0'/>" in make(Hypervisor.LIBVIRT, CARD).text
    assert make(Hypervisor.XEN, CARD).text == 'pci = [ "03:00.0" ]'
    for hypervisor in (Hypervisor.QEMU, Hypervisor.LIBVIRT, Hypervisor.XEN):
        assert [n.value for n in make(hypervisor, shared).notes if n.kind is NoteKind.GROUP_GOES_TOO] == [
            "0000:03:00.1"
        ]
        assert refusal(hypervisor, PciCard("0000:03:00.0")) is Refusal.NO_IOMMU
    for hypervisor in (Hypervisor.VIRTUALBOX, Hypervisor.VMWARE):
        assert refusal(hypervisor, CARD) is Refusal.PCI_UNKNOWN


@pytest.mark.parametrize(("version", "reconnects"), [(None, True), ((3, 8), True), ((9, 0), True), ((3, 7), False)])
def test_libvirt_reconnects_where_its_schema_knows_it(version: Version | None, reconnects: bool) -> None:
    recipe = make(Hypervisor.LIBVIRT, BRIDGE, version)
    assert ("<reconnect enabled='yes' timeout='1'/>" in recipe.text) is reconnects
    assert recipe.reconnects is reconnects
    assert (NoteKind.NO_RECONNECT in kinds(recipe)) is not reconnects


def test_libvirt_port_can_be_another_than_the_first() -> None:
    text = make(Hypervisor.LIBVIRT, BRIDGE, number=2, kind=libvirt.SerialTarget.PCI).text
    assert "<target type='pci-serial' port='2'/>" in text


@pytest.mark.parametrize(("version", "option"), [((9, 2), "reconnect-ms=1000"), ((7, 2), "reconnect=1")])
def test_xen_follows_its_qemu(version: Version, option: str) -> None:
    recipe = make(Hypervisor.XEN, BRIDGE, version)
    assert recipe.text == f'serial = [ "tcp:192.168.1.5:4001,{option}" ]'
    assert NoteKind.RECONNECT_SAFE not in kinds(recipe)


def test_xen_version_of_its_own_says_nothing_of_qemu() -> None:
    recipe = make(Hypervisor.XEN, BRIDGE, (4, 17))
    assert "reconnect=1" in recipe.text
    assert NoteKind.RECONNECT_SAFE in kinds(recipe)


def test_xen_port_and_adapter() -> None:
    assert make(Hypervisor.XEN, BY_ID).text == f'serial = [ "{BY_ID.path}" ]'
    assert make(Hypervisor.XEN, USB).text == 'usbdev = [ "type=hostdev,hostbus=1,hostaddr=7" ]'
    assert refusal(Hypervisor.XEN, UsbAdapter(1, 2)) is Refusal.NOT_THERE


def test_virtualbox_command_lines() -> None:
    recipe = make(Hypervisor.VIRTUALBOX, BRIDGE, (7, 0, 14))
    assert recipe.text == 'VBoxManage modifyvm "VM" --uart1 0x3F8 4 --uartmode1 tcpclient 192.168.1.5:4001'
    assert not recipe.reconnects
    assert make(Hypervisor.VIRTUALBOX, BY_ID).text.endswith(f"--uartmode1 {BY_ID.path}")
    assert make(Hypervisor.VIRTUALBOX, HostPort("COM5")).text.endswith("--uartmode1 COM5")
    assert make(Hypervisor.VIRTUALBOX, HostPort("COM12")).text.endswith("--uartmode1 \\\\.\\COM12")
    assert refusal(Hypervisor.VIRTUALBOX, HostPort("COM5 & calc")) is Refusal.DEVICE_NAME
    usb = 'VBoxManage usbfilter add 0 --target "VM" --name SerialBridge --vendorid 0403 --productid 6001'
    assert make(Hypervisor.VIRTUALBOX, USB).text == usb
    assert make(Hypervisor.VIRTUALBOX, TWIN).text == f'{usb} --serialnumber "A1"'
    assert refusal(Hypervisor.VIRTUALBOX, UsbAdapter(1, 2, alike=True)) is Refusal.ALIKE
    assert refusal(Hypervisor.VIRTUALBOX, UsbAdapter(1, 2, "a\x07", alike=True)) is Refusal.ALIKE


def test_virtualbox_before_5_has_no_tcp() -> None:
    assert refusal(Hypervisor.VIRTUALBOX, BRIDGE, (4, 3, 40)) is Refusal.TOO_OLD
    assert make(Hypervisor.VIRTUALBOX, BRIDGE, (5,)).text


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX quoting")
@pytest.mark.parametrize("name", ["Windows 11", "it's", 'say "hi"', "$HOME `id` \\", "a!b", "酒店", "--x"])
def test_virtualbox_guest_stays_one_word(name: str) -> None:
    assert shlex.split(make(Hypervisor.VIRTUALBOX, BRIDGE, guest=name).text)[2] == name


@pytest.mark.parametrize("name", ["", "two\nlines", "bell\a", "rtl\u202e"])
def test_guest_name_that_no_command_line_holds_is_refused(name: str) -> None:
    assert refusal(Hypervisor.VIRTUALBOX, BRIDGE, guest=name) is Refusal.GUEST_NAME


@pytest.mark.parametrize("name", ['say "hi"', "100%", "a!\\", "$(calc)", "`n", "a\u201d; calc"])
def test_guest_name_that_cmd_or_powershell_would_change_is_refused(name: str) -> None:
    with pytest.raises(Refused):
        escaping.guest_word(name, windows=True)


def test_vmware_lines() -> None:
    assert make(Hypervisor.VMWARE, BRIDGE).text.splitlines() == [
        'serial0.present = "TRUE"',
        'serial0.fileType = "network"',
        'serial0.fileName = "tcp://192.168.1.5:4001"',
        'serial0.network.endPoint = "client"',
    ]
    assert '"tcp://[2001:db8::5]:4001"' in make(Hypervisor.VMWARE, PeerAddress("2001:db8::5", 4001)).text
    assert refusal(Hypervisor.VMWARE, PeerAddress("fe80::1%eth0", 4001)) is Refusal.IPV6
    assert 'usb.autoConnect.device0 = "vid:0403 pid:6001"' in make(Hypervisor.VMWARE, USB).text
    assert NoteKind.FIRST_OF_ALIKE in kinds(make(Hypervisor.VMWARE, TWIN))
    assert refusal(Hypervisor.VMWARE, HostPort('/dev/"x"')) is Refusal.DEVICE_NAME


@pytest.mark.parametrize("hypervisor", [Hypervisor.XEN, Hypervisor.VIRTUALBOX])
def test_ipv6_is_refused_where_a_colon_is_the_ports(hypervisor: Hypervisor) -> None:
    assert refusal(hypervisor, PeerAddress("::1", 4001)) is Refusal.IPV6


@pytest.mark.parametrize("hypervisor", list(Hypervisor))
@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("a,server=on", Refusal.HOST), ("a'/><x>", Refusal.HOST), ('a"b', Refusal.HOST), ("a b", Refusal.HOST),
        ("a\nb", None), ("-x", Refusal.HOST), ("a$(id)", Refusal.HOST), ("a..b", Refusal.HOST),
        ("1.2.3", Refusal.HOST), ("192.168.1.256", Refusal.HOST), ("x" * 64, Refusal.HOST), ("主机", Refusal.HOST),
        ("0.0.0.0", Refusal.HOST_ANY), ("::", Refusal.HOST_ANY), ("fe80::1%a'b", Refusal.HOST),
    ],
)  # fmt: skip
def test_wrong_host_is_refused(hypervisor: Hypervisor, host: str, expected: Refusal | None) -> None:
    if expected is None:
        with pytest.raises(ValueError, match="control"):
            PeerAddress(host, 4001)
        return
    assert refusal(hypervisor, PeerAddress(host, 4001)) is expected


@pytest.mark.parametrize("hypervisor", list(Hypervisor))
def test_device_name_of_two_lines_is_refused(hypervisor: Hypervisor) -> None:
    assert refusal(hypervisor, HostPort("/dev/tty\nx")) is Refusal.DEVICE_NAME
    assert refusal(hypervisor, HostPort("/dev/tty\ufffe")) is Refusal.DEVICE_NAME


@pytest.mark.parametrize("hypervisor", [Hypervisor.LIBVIRT, Hypervisor.XEN])
def test_port_of_windows_is_no_port_of_linux_hypervisors(hypervisor: Hypervisor) -> None:
    assert refusal(hypervisor, HostPort("COM5")) is Refusal.NOT_LINUX_NAME


@pytest.mark.parametrize(("hypervisor", "target"), ALL)
def test_notes_are_comments_and_the_text_stands_by_itself(hypervisor: Hypervisor, target: Target) -> None:
    recipe = make(hypervisor, target)
    whole = commented(hypervisor, recipe, ["Do it with --config --live", "a -", "two\nlines"])
    assert whole.endswith(recipe.text)
    if hypervisor is Hypervisor.LIBVIRT:
        assert ET.fromstring(whole).tag in ("serial", "hostdev")
    else:
        rest = [line for line in whole.splitlines() if not line.startswith("#")]
        assert rest == recipe.text.splitlines()
        assert hypervisor is not Hypervisor.QEMU or len(rest) == 1


XMLS = [
    make(Hypervisor.LIBVIRT, target, version).text
    for target in (BRIDGE, PeerAddress("::1", 1), HostPort("/dev/<a> & \"b\" 'c'"), USB, TWIN, CARD)
    for version in (None, (3, 7))
]


@pytest.mark.skipif(
    not (shutil.which("virt-xml-validate") and shutil.which("xmllint") and shutil.which("virsh")),
    reason="needs virsh and virt-xml-validate (libvirt-clients, libxml2-utils)",
)
def test_libvirt_itself_takes_every_element(tmp_path: Path) -> None:
    for number, element in enumerate(dict.fromkeys(XMLS)):
        file = tmp_path / f"{number}.xml"
        file.write_text(
            f"<domain type='qemu'><name>g{number}</name><memory>16384</memory>"
            f"<os><type arch='x86_64'>hvm</type></os><devices>\n{element}\n</devices></domain>",
            encoding="utf-8",
        )
        for command in (
            ["virt-xml-validate", str(file), "domain"],
            ["virsh", "-c", "test:///default", "define", str(file), "--validate"],
        ):
            done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
            assert done.returncode == 0, f"{element}\n{done.stdout}{done.stderr}"
