"""QEMU and KVM: arguments of a new guest, and what the monitor of a running one is told."""

from __future__ import annotations

from typing import Final

from serialbridge_gui.profile import PeerAddress

from .escaping import checked, host_path, monitor_word, qemu_value, shell_word
from .recipe import HostPort, Note, NoteKind, PciCard, Recipe, Refusal, Refused, UsbAdapter, Version

CHARDEV_ID: Final = "com0"
RUNNING_ID: Final = "serial0"
"""Of the first port of a guest that was started with `-serial`, or with neither."""
FIRST_RECONNECT: Final = (2, 2)
FIRST_CHARDEV_CHANGE: Final = (2, 10)
FIRST_RECONNECT_MS: Final = (9, 2)
"""`reconnect` is deprecated since then, and gone in 10.2."""
_RUNNING = Note(NoteKind.RUNNING_GUEST)


def reconnect_option(version: Version | None) -> str:
    """The option that connects again after 1 s; empty where there is none. Unknown: what most installed ones take."""
    if version is None:
        return "reconnect=1"
    if version >= FIRST_RECONNECT_MS:
        return "reconnect-ms=1000"
    return "reconnect=1" if version >= FIRST_RECONNECT else ""


def reconnect_notes(version: Version | None) -> tuple[Note, ...]:
    """What is to be said of that option."""
    if version is None:
        return (Note(NoteKind.RECONNECT_SAFE),)
    return () if reconnect_option(version) else (Note(NoteKind.NO_RECONNECT, ".".join(map(str, version))),)


def bridge(address: PeerAddress, version: Version | None) -> Recipe:
    """A COM port that connects to the bridge. Raises Refused."""
    checked(address)
    options = [f"host={qemu_value(address.host)}", f"port={address.port}", "nodelay=on"]
    if reconnect_option(version):
        options.append(reconnect_option(version))
    joined = ",".join(options)
    new = shell_word(f"socket,id={CHARDEV_ID},{joined}")
    return _chardev(new, f"socket,{joined}", version, reconnect_notes(version))


def port(device: HostPort, version: Version | None) -> Recipe:
    """A COM port that opens the host's. Raises Refused."""
    path = f"path={qemu_value(host_path(device.path))}"
    notes = () if device.stable else (Note(NoteKind.NAME_MAY_CHANGE, device.path),)
    new = f"serial,id={CHARDEV_ID},{path}"
    return _chardev(shell_word(new) if device.path.startswith("/") else new, f"serial,{path}", version, notes)


def adapter(device: UsbAdapter | PciCard, _version: Version | None) -> Recipe:
    """The adapter itself. Raises Refused."""
    if isinstance(device, PciCard):
        if device.group is None:
            raise Refused(Refusal.NO_IOMMU, device.address)
        option = f"vfio-pci,host={device.address}"
        notes = (Note(NoteKind.VFIO_FIRST, device.address), *group_notes(device))
        return Recipe(f"-device {option}", (*notes, _RUNNING), f"device_add {option}")
    option = f"usb-host,{_usb_choice(device)}"
    return Recipe(f"-device qemu-xhci -device {option}", (_RUNNING,), f"device_add {option}")


def group_notes(card: PciCard) -> tuple[Note, ...]:
    """What else a card takes with it."""
    return (Note(NoteKind.GROUP_GOES_TOO, ", ".join(card.others)),) if card.others else ()


def _usb_choice(device: UsbAdapter) -> str:
    if not device.alike:
        return f"vendorid=0x{device.vid:04x},productid=0x{device.pid:04x}"
    if device.bus is None or device.port is None:
        raise Refused(Refusal.ALIKE, f"{device.vid:04X}:{device.pid:04X}")
    return f"hostbus={device.bus},hostport={device.port}"


def _chardev(new: str, changed: str, version: Version | None, notes: tuple[Note, ...]) -> Recipe:
    text = f"-chardev {new} -device isa-serial,chardev={CHARDEV_ID}"
    running = ""
    if version is None or version >= FIRST_CHARDEV_CHANGE:
        running = f"chardev-change {RUNNING_ID} {monitor_word(changed)}"
        notes = (*notes, _RUNNING)
    return Recipe(text, notes, running, reconnects=all(note.kind is not NoteKind.NO_RECONNECT for note in notes))
