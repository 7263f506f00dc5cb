"""VirtualBox: VBoxManage's command lines."""

from __future__ import annotations

import sys
from typing import Final

from serialbridge_gui.profile import PeerAddress

from .escaping import guest_word, host_path, shell_word, without_ipv6
from .recipe import HostPort, Hypervisor, Note, NoteKind, PciCard, Recipe, Refusal, Refused, UsbAdapter, Version

FIRST_TCP: Final = (5,)
"""Before, a serial port could be a pipe, a file or a host's port."""
PLACEHOLDER: Final = "VM"
"""Where a guest's name is not known."""


def bridge(address: PeerAddress, version: Version | None, guest: str = PLACEHOLDER) -> Recipe:
    """COM1 connects to the bridge. Raises Refused: the address is cut at its first colon, so it takes no IPv6."""
    if version is not None and version < FIRST_TCP:
        raise Refused(Refusal.TOO_OLD, ".".join(map(str, version)), "5.0")
    where = without_ipv6(address, Hypervisor.VIRTUALBOX)
    notes = (*_first(guest), Note(NoteKind.NO_RECONNECT))
    return Recipe(f"{_com1(guest)} tcpclient {where}", notes, reconnects=False)


def port(device: HostPort, _version: Version | None, guest: str = PLACEHOLDER) -> Recipe:
    """COM1 opens the host's port. Raises Refused."""
    path = host_path(device.path)
    notes = () if device.stable else (Note(NoteKind.NAME_MAY_CHANGE, device.path),)
    return Recipe(f"{_com1(guest)} {shell_word(path) if path.startswith('/') else path}", (*_first(guest), *notes))


def adapter(device: UsbAdapter | PciCard, _version: Version | None, guest: str = PLACEHOLDER) -> Recipe:
    """A filter that gives the adapter to the guest. Raises Refused: PCI passthrough went with version 6.1."""
    if isinstance(device, PciCard):
        raise Refused(Refusal.PCI_UNKNOWN, device.address, Hypervisor.VIRTUALBOX)
    which = f"--vendorid {device.vid:04X} --productid {device.pid:04X}"
    notes = (*_first(guest), Note(NoteKind.VIRTUALBOX_USB))
    if device.alike:
        if not device.serial_number:
            raise Refused(Refusal.ALIKE, f"{device.vid:04X}:{device.pid:04X}")
        try:
            which += f" --serialnumber {_word(device.serial_number)}"
        except Refused as refused:
            raise Refused(Refusal.ALIKE, f"{device.vid:04X}:{device.pid:04X}") from refused
    return Recipe(f"VBoxManage usbfilter add 0 --target {_word(guest)} --name SerialBridge {which}", notes)


def _first(guest: str) -> tuple[Note, ...]:
    off = Note(NoteKind.GUEST_OFF)
    return (off, Note(NoteKind.GUEST_NAME)) if guest == PLACEHOLDER else (off,)


def _com1(guest: str) -> str:
    return f"VBoxManage modifyvm {_word(guest)} --uart1 0x3F8 4 --uartmode1"


def _word(text: str) -> str:
    return guest_word(text, windows=sys.platform == "win32")
