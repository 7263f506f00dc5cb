"""VMware: lines of a guest's .vmx file."""

from __future__ import annotations

from serialbridge_gui.profile import PeerAddress

from .escaping import checked, device_path, quoted_string
from .recipe import HostPort, Hypervisor, Note, NoteKind, PciCard, Recipe, Refusal, Refused, UsbAdapter, Version

_PLACE = Note(NoteKind.VMWARE_PLACE)


def bridge(address: PeerAddress, _version: Version | None) -> Recipe:
    """COM1 of an ESXi guest connects to the bridge. Raises Refused."""
    if "%" in checked(address).host:
        raise Refused(Refusal.IPV6, str(address), Hypervisor.VMWARE)  # the zone is of another machine
    return _serial0((
        ("fileType", "network"), ("fileName", f"tcp://{address}"), ("network.endPoint", "client"),
    ), (Note(NoteKind.VMWARE_FIREWALL),))  # fmt: skip


def port(device: HostPort, _version: Version | None) -> Recipe:
    """COM1 opens the host's port: Workstation. Raises Refused."""
    notes = () if device.stable else (Note(NoteKind.NAME_MAY_CHANGE, device.path),)
    path = device_path(device.path)
    return _serial0((("fileType", "device"), ("fileName", path)), (Note(NoteKind.VMWARE_DESKTOP), *notes))


def adapter(device: UsbAdapter | PciCard, _version: Version | None) -> Recipe:
    """The guest takes the adapter whenever it is there. Raises Refused: PCI is chosen in the host's own pages."""
    if isinstance(device, PciCard):
        raise Refused(Refusal.PCI_UNKNOWN, device.address, Hypervisor.VMWARE)
    which = f"vid:{device.vid:04X} pid:{device.pid:04X}"
    notes = (_PLACE, Note(NoteKind.FIRST_OF_ALIKE)) if device.alike else (_PLACE,)
    return Recipe(f'usb.present = "TRUE"\nusb.autoConnect.device0 = "{which}"', notes)


def _serial0(settings: tuple[tuple[str, str], ...], notes: tuple[Note, ...]) -> Recipe:
    lines = [f"serial0.{name} = {quoted_string(value)}" for name, value in (("present", "TRUE"), *settings)]
    return Recipe("\n".join(lines), (_PLACE, *notes))
