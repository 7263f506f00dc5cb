"""Xen with xl: lines of an HVM guest's file."""

from __future__ import annotations

from serialbridge_gui.profile import PeerAddress

from .escaping import linux_path, quoted_string, without_ipv6
from .qemu import group_notes, reconnect_notes, reconnect_option
from .recipe import HostPort, Hypervisor, Note, NoteKind, PciCard, Recipe, Refusal, Refused, UsbAdapter, Version

_PLACE = Note(NoteKind.XEN_PLACE)


def qemu_version(version: Version | None) -> Version | None:
    """The string goes to QEMU, so QEMU's version is what counts. 4.17 is Xen's own, which does not tell it."""
    return None if version is None or version < (5,) else version


def bridge(address: PeerAddress, version: Version | None) -> Recipe:
    """A COM port that connects to the bridge. Raises Refused: QEMU's `-serial` takes no IPv6 address (tried)."""
    version = qemu_version(version)
    option = reconnect_option(version)
    where = f"tcp:{without_ipv6(address, Hypervisor.XEN)}" + (f",{option}" if option else "")
    return Recipe(f'serial = [ "{where}" ]', (_PLACE, *reconnect_notes(version)), reconnects=bool(option))


def port(device: HostPort, _version: Version | None) -> Recipe:
    """A COM port that opens the host's. Raises Refused."""
    notes = () if device.stable else (Note(NoteKind.NAME_MAY_CHANGE, device.path),)
    return Recipe(f"serial = [ {quoted_string(linux_path(device.path))} ]", (_PLACE, *notes))


def adapter(device: UsbAdapter | PciCard, _version: Version | None) -> Recipe:
    """The adapter itself. Raises Refused."""
    if isinstance(device, PciCard):
        if device.group is None:
            raise Refused(Refusal.NO_IOMMU, device.address)
        short = device.address.removeprefix("0000:")
        notes = (_PLACE, Note(NoteKind.XEN_PCI_FIRST, short), *group_notes(device))
        return Recipe(f'pci = [ "{short}" ]', notes)
    if device.bus is None or device.number is None:
        raise Refused(Refusal.NOT_THERE, f"{device.vid:04X}:{device.pid:04X}")
    text = f'usbdev = [ "type=hostdev,hostbus={device.bus},hostaddr={device.number}" ]'
    return Recipe(text, (_PLACE, Note(NoteKind.USB_NUMBER_MOVES)))
