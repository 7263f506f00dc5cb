"""The nouns: Hypervisor, Way, Recipe, and what can be said of one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum

from serialbridge_gui.profile import PeerAddress


class Hypervisor(StrEnum):
    """Whom the text is for, by the command line's words."""

    QEMU = "qemu"
    LIBVIRT = "libvirt"
    XEN = "xen"
    VIRTUALBOX = "virtualbox"
    VMWARE = "vmware"


class Way(StrEnum):
    """How the guest gets at the device, by the command line's words."""

    BRIDGE = "bridge"
    """A COM port of the hypervisor's, connected to the bridge over TCP."""
    PORT = "port"
    """A COM port of the hypervisor's, which opens the host's port itself."""
    ADAPTER = "adapter"
    """The real USB adapter or PCI card, with the guest's own driver."""


class NoteKind(Enum):
    """What a person should know besides the text."""

    RUNNING_GUEST = "running_guest"
    """There is something for the monitor of a running guest, `Recipe.running`."""
    RECONNECT_SAFE = "reconnect_safe"
    """QEMU's version is not known: `reconnect=1` is there, which 10.2 and newer take no more."""
    NO_RECONNECT = "no_reconnect"
    """This hypervisor does not connect again by itself. `value`: its version, where only that is too old."""
    LIBVIRT_PLACE = "libvirt_place"
    """Where the element goes, and that the guest has to be switched off and on."""
    LIBVIRT_FIRST_PORT = "libvirt_first_port"
    """port='0' is the guest's COM1; it may have one."""
    USB_NUMBER_MOVES = "usb_number_moves"
    """The device number is another one after each plugging in."""
    XEN_PLACE = "xen_place"
    XEN_PCI_FIRST = "xen_pci_first"
    """`value`: the card's address."""
    VFIO_FIRST = "vfio_first"
    """The card has to be bound to vfio-pci. `value`: its address."""
    GROUP_GOES_TOO = "group_goes_too"
    """`value`: the other PCI devices of the IOMMU group."""
    GUEST_OFF = "guest_off"
    GUEST_NAME = "guest_name"
    """VM stands for the guest's name."""
    VIRTUALBOX_USB = "virtualbox_usb"
    VMWARE_PLACE = "vmware_place"
    VMWARE_FIREWALL = "vmware_firewall"
    VMWARE_DESKTOP = "vmware_desktop"
    """A host's port by this name is for Workstation; ESXi knows only its own UARTs."""
    FIRST_OF_ALIKE = "first_of_alike"
    """Two adapters of one kind are plugged in, and this hypervisor takes whichever it meets first."""
    NAME_MAY_CHANGE = "name_may_change"
    """The port has no name that stays. `value`: the one that is used."""


@dataclass(frozen=True)
class Note:
    """A kind, and what it is about."""

    kind: NoteKind
    value: str = ""


@dataclass(frozen=True)
class Recipe:
    """What to give the hypervisor."""

    text: str
    """Ready to paste, without comments: QEMU's arguments on one line, libvirt's element, lines of a file."""
    notes: tuple[Note, ...] = ()
    running: str = ""
    """QEMU: what the monitor of a running guest is told instead; empty where there is nothing."""
    reconnects: bool = True
    """Whether the guest's port works again by itself after the bridge was away."""


class Refusal(Enum):
    """Why there is no Recipe."""

    HOST = "host"
    """`subject` is no name and no IP address."""
    HOST_ANY = "host_any"
    """`subject` is an address to listen on, not one to connect to."""
    PORT_NUMBER = "port_number"
    IPV6 = "ipv6"
    """The hypervisor takes no IPv6 address there."""
    TOO_OLD = "too_old"
    """`subject` is the version, `hint` the first one that can."""
    DEVICE_NAME = "device_name"
    """`subject` cannot be written where the hypervisor reads it."""
    NO_HOST_PORT = "no_host_port"
    """`subject` is simulated, virtual or a URL: there is nothing to pass."""
    NOT_LINUX_NAME = "not_linux_name"
    """`subject` is a port of Windows, and this hypervisor runs on Linux."""
    NO_ADAPTER = "no_adapter"
    """`subject` belongs to neither a USB adapter nor a PCI card."""
    NOT_THERE = "not_there"
    """`subject` is not plugged in."""
    NO_IOMMU = "no_iommu"
    """`subject` is a PCI card, and this machine's IOMMU is off or missing."""
    PCI_UNKNOWN = "pci_unknown"
    """The hypervisor passes no PCI cards, or not by a text."""
    ALIKE = "alike"
    """Two of one kind, and the hypervisor or the system cannot tell them apart."""
    GUEST_NAME = "guest_name"
    """`subject` cannot be written in a command line of this system."""


class Refused(Exception):  # noqa: N818 - it is an answer
    """No text would be right. `refusal` says why, `subject` what it is about."""

    def __init__(self, refusal: Refusal, subject: str = "", hint: str = "") -> None:
        super().__init__(refusal.value, subject, hint)
        self.refusal = refusal
        self.subject = subject
        self.hint = hint


Version = tuple[int, ...]
"""`(9, 2)`: compared number by number."""


@dataclass(frozen=True)
class UsbAdapter:
    """A USB adapter as it is plugged in. None: the system does not say."""

    vid: int
    pid: int
    serial_number: str | None = None
    """None, too, where another one of the kind has the same."""
    bus: int | None = None
    port: str | None = None
    """Its sockets from the root hub on, such as `1.2`."""
    number: int | None = None
    """Its number on the bus, another one after each plugging in."""
    alike: bool = False
    """Whether another one with the same VID:PID is plugged in."""


@dataclass(frozen=True)
class PciCard:
    """A PCI serial card."""

    address: str
    """Domain, bus, slot and function, such as `0000:03:00.0`."""
    group: str | None = None
    """Its IOMMU group; None: there is no IOMMU in use."""
    others: tuple[str, ...] = ()
    """The other devices of the group, by address; bridges between buses do not count."""


@dataclass(frozen=True)
class HostPort:
    """A port of the host, by the name that stays if it has one."""

    path: str
    stable: bool = True
    """Whether the name is the same after the adapter was plugged in anew."""


Target = PeerAddress | HostPort | UsbAdapter | PciCard
"""What the way leads to: the bridge's address as the hypervisor sees it, the port, the adapter."""
