"""What is behind a port, from a sysfs that the test builds, and where there is none."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from serialbridge_gui.profile import DeviceIdentity
from serialbridge_gui.vm.host_port import has_port, iommu_in_use, look_behind, wanted_adapter
from serialbridge_gui.vm.recipe import PciCard, Refusal, Refused, UsbAdapter

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links and names of Linux")

PCI = "sys/devices/pci0000:00"
XHCI = f"{PCI}/0000:00:14.0"
FTDI = DeviceIdentity(0x0403, 0x6001, "A1", location="1-2")


class Tree:
    """A root folder with what Linux has of a machine's ports."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "sys/class/tty").mkdir(parents=True)
        (root / "sys/bus/usb/devices").mkdir(parents=True)
        (root / "dev/serial/by-id").mkdir(parents=True)

    def file(self, path: str, text: str) -> None:
        self.root.joinpath(path).parent.mkdir(parents=True, exist_ok=True)
        self.root.joinpath(path).write_text(f"{text}\n", encoding="ascii")

    def link(self, path: str, to: str) -> None:
        self.root.joinpath(path).parent.mkdir(parents=True, exist_ok=True)
        self.root.joinpath(path).symlink_to(self.root / to)

    def usb(
        self, name: str, tty: str, *, vid: str = "0403", serial: str = "", by_id: str = "", number: int = 7
    ) -> None:
        folder = f"{XHCI}/usb{name[0]}/{name}"
        self.file(f"{folder}/idVendor", vid)
        self.file(f"{folder}/idProduct", "6001")
        self.file(f"{folder}/devnum", str(number))
        if serial:
            self.file(f"{folder}/serial", serial)
        self.link(f"sys/bus/usb/devices/{name}", folder)
        self.tty(tty, f"{folder}/{name}:1.0/{tty}")
        if by_id:
            self.link(f"dev/serial/by-id/{by_id}", f"dev/{tty}")

    def tty(self, name: str, place: str) -> None:
        (self.root / place).mkdir(parents=True, exist_ok=True)
        self.link(f"sys/class/tty/{name}/device", place)
        self.file(f"dev/{name}", "")

    def card(self, address: str, tty: str, *, kind: str = "0x070002") -> None:
        self.file(f"{PCI}/0000:00:1c.0/{address}/class", kind)
        self.tty(tty, f"{PCI}/0000:00:1c.0/{address}/{address}:0/{address}:0.0")  # as Linux 6.8 has it

    def group(self, number: str, *members: str, bridge: str = "") -> None:
        for member in members:
            self.link(f"sys/kernel/iommu_groups/{number}/devices/{member}", f"{PCI}/0000:00:1c.0/{member}")
            self.link(f"{PCI}/0000:00:1c.0/{member}/iommu_group", f"sys/kernel/iommu_groups/{number}")
        if bridge:
            self.file(f"{PCI}/{bridge}/class", "0x060400")
            self.link(f"sys/kernel/iommu_groups/{number}/devices/{bridge}", f"{PCI}/{bridge}")


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


def test_usb_adapter_is_found_with_its_lasting_name_and_its_socket(tree: Tree) -> None:
    tree.usb("1-2.3", "ttyUSB0", serial="A1", by_id="usb-FTDI_A1-if00-port0")
    behind = look_behind("/dev/ttyUSB0", {}, tree.root)
    assert (behind.port.path, behind.port.stable) == ("/dev/serial/by-id/usb-FTDI_A1-if00-port0", True)
    assert behind.adapter == UsbAdapter(0x0403, 0x6001, "A1", bus=1, port="2.3", number=7)


def test_name_by_id_leads_to_the_same_adapter(tree: Tree) -> None:
    tree.usb("1-2", "ttyUSB0", by_id="usb-FTDI-if00")
    behind = look_behind("/dev/serial/by-id/usb-FTDI-if00", {}, tree.root)
    assert behind.port.path == "/dev/serial/by-id/usb-FTDI-if00"
    assert behind.adapter == UsbAdapter(0x0403, 0x6001, bus=1, port="2", number=7)


def test_two_alike_are_told_as_that_and_a_name_that_may_change_too(tree: Tree) -> None:
    tree.usb("1-2", "ttyUSB0")
    tree.usb("1-4", "ttyUSB1", number=9)
    behind = look_behind("/dev/ttyUSB1", {}, tree.root)
    assert behind.adapter == UsbAdapter(0x0403, 0x6001, bus=1, port="4", number=9, alike=True)
    assert (behind.port.path, behind.port.stable) == ("/dev/ttyUSB1", False)


def test_serial_number_that_two_alike_share_tells_neither(tree: Tree) -> None:
    for name, tty, serial in (("1-2", "ttyUSB0", "0001"), ("1-4", "ttyUSB1", "0001"), ("1-5", "ttyUSB2", "0002")):
        tree.usb(name, tty, serial=serial)
    numbers = [getattr(look_behind(f"/dev/ttyUSB{at}", {}, tree.root).adapter, "serial_number", "?") for at in range(3)]
    assert numbers == [None, None, "0002"]
    two = {f"COM{at}": DeviceIdentity(0x10C4, 0xEA60, "0001", location=f"1-{at}") for at in (3, 4)}
    assert look_behind("COM3", two, tree.root).adapter == UsbAdapter(0x10C4, 0xEA60, alike=True)


def test_card_has_its_address_its_group_and_who_goes_too(tree: Tree) -> None:
    tree.card("0000:03:00.0", "ttyS4")
    tree.card("0000:03:00.1", "ttyS5")
    tree.group("14", "0000:03:00.0", "0000:03:00.1", bridge="0000:00:1c.0")
    behind = look_behind("/dev/ttyS4", {}, tree.root)
    assert iommu_in_use(tree.root)
    assert behind.adapter == PciCard("0000:03:00.0", "14", ("0000:03:00.1",))
    assert behind.port.stable


def test_card_without_an_iommu_is_refused_with_that_reason(tree: Tree) -> None:
    tree.card("0000:03:00.0", "ttyS4")
    behind = look_behind("/dev/ttyS4", {}, tree.root)
    assert not iommu_in_use(tree.root)
    assert behind.adapter == PciCard("0000:03:00.0")
    with pytest.raises(Refused) as refused:
        wanted_adapter(behind, "/dev/ttyS4")
    assert refused.value.refusal is Refusal.NO_IOMMU


def test_uart_of_the_mainboard_is_no_adapter(tree: Tree) -> None:
    tree.tty("ttyS0", "sys/devices/pnp0/00:04/00:04:0/00:04:0.0")
    tree.card("0000:00:1f.0", "ttyS1", kind="0x060100")
    for device in ("/dev/ttyS0", "/dev/ttyS1"):
        behind = look_behind(device, {}, tree.root)
        assert behind.adapter is None
        with pytest.raises(Refused) as refused:
            wanted_adapter(behind, device)
        assert refused.value.refusal is Refusal.NO_ADAPTER


def test_device_that_is_not_there_is_known_by_its_profile(tree: Tree) -> None:
    behind = look_behind("/dev/ttyUSB0", {}, tree.root, FTDI)
    assert not behind.present
    assert behind.adapter == UsbAdapter(0x0403, 0x6001, "A1")
    with pytest.raises(Refused) as refused:
        wanted_adapter(look_behind("/dev/ttyUSB0", {}, tree.root), "/dev/ttyUSB0")
    assert refused.value.refusal is Refusal.NOT_THERE


def test_tty_without_anything_behind_is_no_adapter(tree: Tree) -> None:
    tree.file("dev/pts/3", "")
    behind = look_behind("/dev/pts/3", {}, tree.root)
    assert behind.present
    assert behind.adapter is None


def test_port_of_another_system_is_known_by_its_identity(tmp_path: Path) -> None:
    twin = DeviceIdentity(0x0403, 0x6001, "B2", location="1-3")
    assert look_behind("COM5", {"COM5": FTDI}, tmp_path).adapter == UsbAdapter(0x0403, 0x6001, "A1")
    both = {"COM5": FTDI, "COM6": twin}
    assert look_behind("COM5", both, tmp_path).adapter == UsbAdapter(0x0403, 0x6001, "A1", alike=True)
    assert look_behind("COM1", both, tmp_path).adapter is None
    assert look_behind("COM1", both, tmp_path).present
    assert not look_behind("COM7", both, tmp_path, FTDI).present


def test_two_ports_of_one_adapter_are_not_two_adapters(tmp_path: Path) -> None:
    ports = {
        "COM5": FTDI.changed(interface="1.0", location="1-2:1.0"),
        "COM6": FTDI.changed(interface="1.1", location="1-2:1.1"),
    }
    assert look_behind("COM5", ports, tmp_path).adapter == UsbAdapter(0x0403, 0x6001, "A1")


@pytest.mark.parametrize("device", ["sim://echo", "pty:/tmp/x", "socket://h:1", "rfc2217://h:1", "loop://"])
def test_what_is_no_port_cannot_be_passed(device: str, tree: Tree) -> None:
    assert not has_port(device)
    with pytest.raises(Refused) as refused:
        look_behind(device, {}, tree.root)
    assert refused.value.refusal is Refusal.NO_HOST_PORT
