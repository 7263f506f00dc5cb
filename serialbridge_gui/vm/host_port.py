"""What is behind a port of this machine: its lasting name, its USB adapter or PCI card, its IOMMU group.

Linux' sysfs says it all, in some ms; elsewhere VID:PID and serial number are what is known. `root` stands in for `/`
in tests. Never in the GUI's thread.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from serialbridge_gui.profile import DeviceIdentity

from .recipe import HostPort, PciCard, Refusal, Refused, UsbAdapter

_PCI_ADDRESS: Final = re.compile(r"[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]")
_USB_NAME: Final = re.compile(r"([0-9]{1,3})-([0-9]{1,3}(?:\.[0-9]{1,3})*)")
_COMMUNICATION: Final = "0x07"
"""PCI base class 07h, "simple communication controllers": serial, multiport, modem (PCI Code and ID Assignment)."""
_PCI_BRIDGE: Final = "0x0604"
"""Bridges between buses stay with the host: VFIO does not count them (kernel documentation, driver-api/vfio)."""
_NOTHING_THERE: Final = ("sim:", "pty:", "loop:", "spy:", "hwgrep:")


@dataclass(frozen=True)
class Behind:
    """What is known of a port."""

    port: HostPort
    adapter: UsbAdapter | PciCard | None
    """None: neither USB nor PCI, as the UART on a mainboard, or the system does not say."""
    present: bool = True


def has_port(device: str) -> bool:
    """Whether the device is a port of the machine's at all, not simulated, virtual or a URL."""
    return "://" not in device and not device.lower().startswith(_NOTHING_THERE)


def look_behind(
    device: str,
    identities: Mapping[str, DeviceIdentity],
    root: Path = Path("/"),
    expected: DeviceIdentity | None = None,
) -> Behind:
    """What is behind the port. Raises Refused where there is no port at all.

    `identities`: who the USB ports of this machine are, by name; `expected`: who the profile's device is, which
    tells it where it is not plugged in now.
    """
    if not has_port(device):
        raise Refused(Refusal.NO_HOST_PORT, device)
    if not device.startswith("/") or device.startswith("//"):  # two of them: Windows would ask another computer
        return _by_identity(device, identities, expected, present=expected is None or device in identities)
    present = os.path.exists(f"{root}{device}")
    if not (root / "sys/class/tty").is_dir():
        return _by_identity(device, identities, expected, present)
    real = _resolved(root, device)
    lasting = _lasting_name(root, device, real)
    place = os.path.realpath(root / "sys/class/tty" / os.path.basename(real) / "device")
    if not os.path.isdir(place):
        return _by_identity(device, identities, expected, present)
    adapter = _usb_adapter(root, Path(place)) or _pci_card(root, Path(place))
    # the names of UARTs and cards are given by their place, a USB adapter's by when it came
    stable = lasting is not None or not isinstance(adapter, UsbAdapter)
    return Behind(HostPort(lasting or device, stable), adapter)


def iommu_in_use(root: Path = Path("/")) -> bool:
    """Whether this machine can give PCI cards to guests."""
    try:
        return any((root / "sys/kernel/iommu_groups").iterdir())
    except OSError:
        return False


def wanted_adapter(behind: Behind, device: str) -> UsbAdapter | PciCard:
    """The adapter to pass. Raises Refused."""
    if behind.adapter is None:
        raise Refused(Refusal.NO_ADAPTER if behind.present else Refusal.NOT_THERE, device)
    if isinstance(behind.adapter, PciCard) and behind.adapter.group is None:
        raise Refused(Refusal.NO_IOMMU, behind.adapter.address)
    return behind.adapter


def _by_identity(
    device: str, identities: Mapping[str, DeviceIdentity], expected: DeviceIdentity | None, present: bool
) -> Behind:
    """Of another system, or of a device that is not there: by who it is."""
    identity = identities.get(device) or expected
    if identity is None:
        return Behind(HostPort(device), None, present)
    same = [other for other in identities.values() if (other.vid, other.pid) == (identity.vid, identity.pid)]
    sockets = {((other.location or "").partition(":")[0], other.serial_number) for other in same}
    number = _unique(identity.serial_number, [serial for _, serial in sockets])
    adapter = UsbAdapter(identity.vid, identity.pid, number, alike=len(sockets) > 1)
    return Behind(HostPort(device, stable=not device.startswith("/")), adapter, present)


def _resolved(root: Path, device: str) -> str:
    """The device's own name, through links, inside `root`."""
    real = os.path.realpath(f"{root}{device}" if str(root) != "/" else device)
    return "/" + os.path.relpath(real, os.path.realpath(root))


def _lasting_name(root: Path, device: str, real: str) -> str | None:
    """Its name in /dev/serial/by-id; None: it has none."""
    if device.startswith("/dev/serial/by-"):
        return device
    folder = root / "dev/serial/by-id"
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return None
    for name in names:
        if _resolved(root, f"/dev/serial/by-id/{name}") == real:
            return f"/dev/serial/by-id/{name}"
    return None


def _usb_adapter(root: Path, place: Path) -> UsbAdapter | None:
    """The nearest USB device above the port."""
    for folder in (place, *place.parents):
        match = _USB_NAME.fullmatch(folder.name)
        if match is None or not (folder / "idVendor").is_file():
            continue
        vid, pid, number = _hex(folder / "idVendor"), _hex(folder / "idProduct"), _line(folder / "devnum")
        if vid is None or pid is None:
            return None
        serials = _serials(root, vid, pid)
        return UsbAdapter(
            vid,
            pid,
            _unique(_line(folder / "serial"), serials),
            bus=int(match[1]),
            port=match[2],
            number=int(number) if number is not None and number.isdecimal() else None,
            alike=len(serials) > 1,
        )
    return None


def _serials(root: Path, vid: int, pid: int) -> list[str | None]:
    """The serial number of each USB device of this kind that is plugged in."""
    folders = (root / "sys/bus/usb/devices").glob("*")
    alike = [each for each in folders if (_hex(each / "idVendor"), _hex(each / "idProduct")) == (vid, pid)]
    return [_line(each / "serial") for each in alike]


def _unique(number: str | None, among: list[str | None]) -> str | None:
    """The serial number, if it tells an adapter from the others: cheap ones all have the same."""
    return None if among.count(number) > 1 else number


def _pci_card(root: Path, place: Path) -> PciCard | None:
    """The PCI card above the port, if it is one of serial ports: a mainboard's UART may hang under a bridge."""
    for folder in (place, *place.parents):
        if not _PCI_ADDRESS.fullmatch(folder.name):
            continue
        if not (_line(folder / "class") or "").startswith(_COMMUNICATION):
            return None
        group = folder / "iommu_group"
        if not iommu_in_use(root) or not group.is_dir():
            return PciCard(folder.name)
        return PciCard(folder.name, os.path.basename(os.path.realpath(group)), _others(group, folder.name))
    return None


def _others(group: Path, card: str) -> tuple[str, ...]:
    devices = sorted(os.listdir(group / "devices")) if (group / "devices").is_dir() else []
    return tuple(
        name
        for name in devices
        if name != card and not (_line(group / "devices" / name / "class") or "").startswith(_PCI_BRIDGE)
    )


def _line(path: Path) -> str | None:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return file.readline(256).strip() or None
    except OSError:
        return None


def _hex(path: Path) -> int | None:
    try:
        return int(_line(path) or "", 16)
    except ValueError:
        return None
