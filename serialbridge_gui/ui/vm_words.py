"""The sentences for what `vm` reports as data. No Qt: the console program uses them too.

Each says what is so and what to do about it. What others wrote is made visible; commands stand as they are. Any thread.
"""

from __future__ import annotations

from serialbridge_gui.traffic.text import make_visible
from serialbridge_gui.vm.checks import Check, CheckKind, Fix
from serialbridge_gui.vm.recipe import Hypervisor, Note, NoteKind, Refusal, Refused, Version, Way
from serialbridge_gui.vm.versions import version_text
from serialbridge_gui.words import tr as _tr


def hypervisor_name(hypervisor: Hypervisor | str) -> str:
    """As its makers write it."""
    names = {
        Hypervisor.QEMU: "QEMU / KVM",
        Hypervisor.LIBVIRT: "libvirt (virsh)",
        Hypervisor.XEN: "Xen (xl)",
        Hypervisor.VIRTUALBOX: "VirtualBox",
        Hypervisor.VMWARE: "VMware",
    }
    return names[Hypervisor(hypervisor)]


def made_for_sentence(hypervisor: Hypervisor, version: Version) -> str:
    """Which version the text suits, where that was found out here."""
    return _tr("For {name} {version}, as it is installed here.").format(
        name=hypervisor_name(hypervisor), version=version_text(version)
    )


def version_refused_sentence(text: str) -> str:
    """What was typed is no version."""
    return _tr("“{text}” is no version. Give numbers such as 9.2, or leave it empty.").format(text=make_visible(text))


def bridge_needs_sentence() -> str:
    """What has to be so where only a bridge's address is known."""
    return _tr(
        "The bridge at this address, which is as the hypervisor sees it, has to run, in raw mode, for one client "
        "(exclusive), without TLS."
    )


def lines_stay_sentence() -> str:
    """What raw TCP does not carry."""
    return _tr("Baud rate, DTR, RTS and break are set by the bridge's profile: what the guest sets stays in the guest.")


def note_sentence(note: Note) -> str:
    """What to know besides the text, in one line."""
    text = {
        NoteKind.RUNNING_GUEST: _tr(
            "A running guest takes it without a reboot, in QEMU's monitor, where serial0 is the first port of a guest "
            "started with -serial (`info chardev` shows the names):"
        ),
        NoteKind.RECONNECT_SAFE: _tr(
            "QEMU's version is not known here. This suits QEMU 2.2 to 10.1; for 10.2 and newer write "
            "reconnect-ms=1000 in place of reconnect=1."
        ),
        NoteKind.NO_RECONNECT: _tr(
            "The guest's port does not connect again by itself: start the bridge before the guest, and restart the "
            "guest if the link was lost."
        ),
        NoteKind.LIBVIRT_PLACE: _tr(
            "Put it among the <devices> of the guest (`virsh edit NAME`), then shut the guest down and start it: a "
            "reboot from inside is not enough."
        ),
        NoteKind.LIBVIRT_FIRST_PORT: _tr(
            "port='0' is the guest's COM1 (ttyS0). If it has one already, write port='1', which is COM2 (ttyS1)."
        ),
        NoteKind.USB_NUMBER_MOVES: _tr(
            "The device number is another one after each plugging in: make this anew then."
        ),
        NoteKind.XEN_PLACE: _tr(
            "Put it into the guest's xl file, in place of a line that begins alike; HVM guests only. Then `xl destroy` "
            "and `xl create`."
        ),
        NoteKind.XEN_PCI_FIRST: _tr("Take the card from the host first: `sudo xl pci-assignable-add {value}`"),
        NoteKind.VFIO_FIRST: _tr(
            "Take the card from the host first: `sudo driverctl set-override {value} vfio-pci` (package driverctl)"
        ),
        NoteKind.GROUP_GOES_TOO: _tr(
            "These are in the same IOMMU group and leave the host together with it: {value}. See that the host can do "
            "without them."
        ),
        NoteKind.GUEST_OFF: _tr("Run it while the guest is switched off."),
        NoteKind.GUEST_NAME: _tr("Write the guest's name in place of VM."),
        NoteKind.VIRTUALBOX_USB: _tr(
            "The guest needs a USB controller, and on Linux your account the group vboxusers: `sudo usermod -aG "
            "vboxusers $USER`, then log out and in."
        ),
        NoteKind.VMWARE_PLACE: _tr("Put it into the guest's .vmx file while the guest is switched off."),
        NoteKind.VMWARE_FIREWALL: _tr(
            "For ESXi: switch on the host's firewall rule \"VM serial port connected over network\". Workstation and "
            "Fusion have named pipes only."
        ),
        NoteKind.VMWARE_DESKTOP: _tr(
            "For Workstation. ESXi knows only its own serial ports: choose one in the guest's settings there."
        ),
        NoteKind.FIRST_OF_ALIKE: _tr(
            "Two adapters of this kind are plugged in, and VMware takes the one it meets first. Unplug the other one."
        ),
        NoteKind.NAME_MAY_CHANGE: _tr(
            "{value} may have another name after it was plugged in anew: look at it again then."
        ),
    }[note.kind]
    return text.format(value=make_visible(note.value))


def refusal_sentence(refused: Refused) -> str:
    """Why there is no text, in one line."""
    name = hypervisor_name(refused.hint) if refused.hint in set(Hypervisor) else refused.hint
    pci = _tr("{hint} passes no PCI cards. Use the bridge, or the host's port directly.")
    if refused.hint == Hypervisor.VMWARE:
        pci = _tr(
            "VMware passes PCI cards by the host's own pages: switch on passthrough for {subject} there (ESXi: Host, "
            "Manage, Hardware), then add it to the guest."
        )
    text = {
        Refusal.HOST: _tr("{subject} is no host name and no IP address. Give one that the hypervisor can reach."),
        Refusal.HOST_ANY: _tr(
            "{subject} is an address to listen on, none to connect to. Give the one of this machine, such as "
            "192.168.1.5."
        ),
        Refusal.PORT_NUMBER: _tr("{subject} is no port number to connect to. Give one from 1 to 65535."),
        Refusal.IPV6: _tr("{hint} cannot connect to the IPv6 address {subject}. Give an IPv4 address or a name."),
        Refusal.TOO_OLD: _tr(
            "Version {subject} has no serial ports over TCP. Update it to {hint}, or use the host's port directly."
        ),
        Refusal.DEVICE_NAME: _tr("{subject} cannot be written there. Use a name without such characters."),
        Refusal.NO_HOST_PORT: _tr("{subject} is no port of this machine that could be passed. Use the bridge."),
        Refusal.NOT_LINUX_NAME: _tr("{subject} is no port of Linux, where this hypervisor runs. Use the bridge."),
        Refusal.NO_ADAPTER: _tr(
            "{subject} belongs to no USB adapter and no PCI card. Use the bridge, or the host's port directly."
        ),
        Refusal.NOT_THERE: _tr("{subject} is not plugged in here, so it is not known what to pass. Plug it in."),
        Refusal.NO_IOMMU: _tr(
            "The PCI card {subject} cannot be passed: this machine's IOMMU is off or missing. Switch on VT-d (Intel) "
            "or AMD-Vi in the firmware, for Intel boot with intel_iommu=on, then look again."
        ),
        Refusal.PCI_UNKNOWN: pci,
        Refusal.ALIKE: _tr(
            "Two adapters {subject} are plugged in and cannot be told apart. Unplug the other one, or use the bridge."
        ),
        Refusal.GUEST_NAME: _tr("{subject} cannot be written as one word of a command. Give the guest another name."),
    }[refused.refusal]
    return text.format(subject=make_visible(refused.subject) or '""', hint=name)


def check_sentence(check: Check) -> str:
    """What is amiss and what to do about it, in one line."""
    text = {
        CheckKind.TELNET: _tr(
            "The bridge speaks RFC 2217 (Telnet), which no hypervisor understands. Set its mode to raw."
        ),
        CheckKind.TLS: _tr(
            "The bridge wants TLS, which the guest's port does not speak. Turn it off, or lead it through a tunnel "
            "such as ssh."
        ),
        CheckKind.DIALS_OUT: _tr(
            "The bridge connects out to {subject} and has no address for a guest. Let it wait for clients."
        ),
        CheckKind.LOOPBACK: _tr(
            "{subject} can be reached from this machine only, and the hypervisor is on another. Listen on the local "
            "network."
        ),
        CheckKind.LOOPBACK_KNOWN: _tr(
            "{subject} can be reached from this machine only. For a hypervisor on another, let the bridge listen on "
            "the local network."
        ),
        CheckKind.NOT_ALLOWED: _tr("The list of allowed addresses leaves {subject} out. Add the hypervisor to it."),
        CheckKind.SEVERAL_CLIENTS: _tr(
            "Others can connect beside the guest. Passthrough means one owner: set the clients to exclusive."
        ),
        CheckKind.NOT_RUNNING: _tr("The bridge is not running. Start it: the guest's port is dead until then."),
        CheckKind.NEEDED_AT_START: _tr(
            "The bridge is not running. Start it first: where nobody listens the guest does not start."
        ),
        CheckKind.HOLDS_DEVICE: _tr("The bridge has {subject} open, and a port has one owner. Stop the bridge."),
        CheckKind.ANY_PORT: _tr(
            "The bridge takes another port number at each start. Give it one, so that the guest finds it."
        ),
    }[check.kind]
    if check.kind is CheckKind.NOT_ALLOWED and not check.subject:
        text = _tr("Only listed addresses may connect. See that the hypervisor's is among them.")
    return text.format(subject=make_visible(check.subject))


def fix_words(fix: Fix) -> str:
    """What its button says."""
    return {
        Fix.SET_RAW: _tr("Set raw"),
        Fix.TLS_OFF: _tr("Turn TLS off"),
        Fix.LISTEN: _tr("Wait for clients"),
        Fix.LISTEN_ON_NETWORK: _tr("Listen on the network"),
        Fix.ALLOW: _tr("Allow it"),
        Fix.SET_EXCLUSIVE: _tr("Set exclusive"),
        Fix.START: _tr("Start"),
        Fix.STOP: _tr("Stop"),
    }[fix]


def way_name(way: Way) -> str:
    """The way, as a choice."""
    return {
        Way.BRIDGE: _tr("Through the &bridge"),
        Way.PORT: _tr("The host's &port directly"),
        Way.ADAPTER: _tr("The &adapter itself"),
    }[way]


def way_comparison(way: Way) -> str:
    """What speaks for a way and what against it."""
    return {
        Way.BRIDGE: _tr(
            "The guest sees a COM port. From any machine, with log and recording; held while the device is unplugged, "
            "and handed over by a click. Baud rate and lines stay with the profile."
        ),
        Way.PORT: _tr(
            "The guest sees a COM port with the lowest delay; baud rate and lines reach the device. On the same "
            "machine only; no log, and nobody else can use it."
        ),
        Way.ADAPTER: _tr(
            "The guest sees the real adapter and runs its own driver, exactly as if it were plugged in there. On the "
            "same machine only; it is gone from the host."
        ),
    }[way]
