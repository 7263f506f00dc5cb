"""libvirt: the element of a guest's <devices>."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from serialbridge_gui.profile import PeerAddress

from .escaping import checked, linux_path, xml_attribute
from .qemu import group_notes
from .recipe import HostPort, Note, NoteKind, PciCard, Recipe, Refusal, Refused, UsbAdapter, Version

FIRST_RECONNECT: Final = (3, 8)
"""The patches came in late August 2017, behind 3.7."""
_PCI = re.compile(r"([0-9a-f]{4,8}):([0-9a-f]{2}):([0-9a-f]{2})\.([0-7])", re.IGNORECASE)


class SerialTarget(StrEnum):
    """What kind of port the guest sees."""

    ISA = "isa-serial"
    """A PC's COM1 to COM4; only in a guest that is switched off."""
    PCI = "pci-serial"
    USB = "usb-serial"
    """These two can be added while the guest runs."""


def bridge(
    address: PeerAddress, version: Version | None, number: int = 0, kind: SerialTarget = SerialTarget.ISA
) -> Recipe:
    """A port that connects to the bridge; `number` 0 is the guest's first one. Raises Refused."""
    host = xml_attribute(checked(address).host)
    inside, reconnects = "", version is None or version >= FIRST_RECONNECT
    if reconnects:
        inside = "<reconnect enabled='yes' timeout='1'/>"
    source = f"<source mode='connect' host={host} service='{address.port}'"
    source += f">{inside}</source>" if inside else "/>"
    lines = (source, "<protocol type='raw'/>", _target(kind, number))
    notes: tuple[Note, ...] = ()
    if not reconnects and version is not None:
        notes = (Note(NoteKind.NO_RECONNECT, ".".join(map(str, version))),)
    return Recipe(_serial("tcp", lines), (*_notes(number), *notes), reconnects=reconnects)


def port(
    device: HostPort, _version: Version | None, number: int = 0, kind: SerialTarget = SerialTarget.ISA
) -> Recipe:
    """A port that opens the host's. Raises Refused."""
    lines = (f"<source path={xml_attribute(linux_path(device.path))}/>", _target(kind, number))
    notes = () if device.stable else (Note(NoteKind.NAME_MAY_CHANGE, device.path),)
    return Recipe(_serial("dev", lines), (*_notes(number), *notes))


def adapter(device: UsbAdapter | PciCard, _version: Version | None) -> Recipe:
    """The adapter itself. Raises Refused."""
    place = Note(NoteKind.LIBVIRT_PLACE)
    if isinstance(device, PciCard):
        if device.group is None:
            raise Refused(Refusal.NO_IOMMU, device.address)
        return Recipe(_hostdev("pci", "", _pci_address(device.address)), (place, *group_notes(device)))
    if not device.alike:
        which = f"<vendor id='0x{device.vid:04x}'/><product id='0x{device.pid:04x}'/>"
        return Recipe(_hostdev("usb", " startupPolicy='optional'", which), (place,))
    if device.bus is None or device.number is None:
        raise Refused(Refusal.ALIKE, f"{device.vid:04X}:{device.pid:04X}")
    which = f"<address bus='{device.bus}' device='{device.number}'/>"
    return Recipe(_hostdev("usb", "", which), (place, Note(NoteKind.USB_NUMBER_MOVES)))


def _notes(number: int) -> tuple[Note, ...]:
    place = Note(NoteKind.LIBVIRT_PLACE)
    return (place, Note(NoteKind.LIBVIRT_FIRST_PORT)) if number == 0 else (place,)


def _target(kind: SerialTarget, number: int) -> str:
    return f"<target type='{kind.value}' port='{number}'/>"


def _serial(kind: str, lines: tuple[str, ...]) -> str:
    return "\n".join((f"<serial type='{kind}'>", *(f"  {line}" for line in lines), "</serial>"))


def _hostdev(kind: str, attributes: str, which: str) -> str:
    begin = f"<hostdev mode='subsystem' type='{kind}' managed='yes'>"
    return f"{begin}\n  <source{attributes}>{which}</source>\n</hostdev>"


def _pci_address(address: str) -> str:
    match = _PCI.fullmatch(address)
    if match is None:
        raise Refused(Refusal.DEVICE_NAME, address)
    domain, bus, slot, function = match.groups()
    return f"<address domain='0x{domain}' bus='0x{bus}' slot='0x{slot}' function='0x{function}'/>"
