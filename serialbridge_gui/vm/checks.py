"""What stands between a text and a guest that works: looked at before it is copied. Data; no sentence."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from enum import Enum

from serialbridge_gui.profile import ListenAddress, Mode, PeerAddress, Profile

from .recipe import Recipe, Way


class CheckKind(Enum):
    """What is amiss."""

    TELNET = "telnet"
    TLS = "tls"
    DIALS_OUT = "dials_out"
    LOOPBACK = "loopback"
    """The bridge can be reached from this machine only, and the hypervisor is on another."""
    LOOPBACK_KNOWN = "loopback_known"
    """The same, where it is not known which machine the hypervisor is on."""
    NOT_ALLOWED = "not_allowed"
    """The list of allowed addresses leaves the hypervisor out. `subject`: its address; empty: not known which."""
    SEVERAL_CLIENTS = "several_clients"
    NOT_RUNNING = "not_running"
    NEEDED_AT_START = "needed_at_start"
    """Not running, and this hypervisor gives up where nobody listens when the guest is started."""
    HOLDS_DEVICE = "holds_device"
    """The bridge has the device that is to be passed. `subject`: the device."""
    ANY_PORT = "any_port"
    """The bridge takes any free port number, another one at each start."""


class Fix(Enum):
    """The one click that helps."""

    SET_RAW = "set_raw"
    TLS_OFF = "tls_off"
    LISTEN = "listen"
    """Wait for clients instead of dialling out."""
    LISTEN_ON_NETWORK = "listen_on_network"
    ALLOW = "allow"
    SET_EXCLUSIVE = "set_exclusive"
    START = "start"
    STOP = "stop"


@dataclass(frozen=True)
class Check:
    """One thing that is amiss."""

    kind: CheckKind
    subject: str = ""
    fix: Fix | None = None
    fatal: bool = True
    """Whether the guest gets nothing, or the wrong bytes, as long as it is so."""


@dataclass(frozen=True)
class Where:
    """Where the hypervisor runs, as far as that is known."""

    remote: bool | None = False
    """None: nobody has said."""
    address: str = ""
    """A remote one's IP address; empty: not known."""


def check(
    profile: Profile, way: Way, *, running: bool, where: Where, recipe: Recipe | None, at: PeerAddress | None = None
) -> list[Check]:
    """What to put right first, the worst first; empty: nothing is known to be amiss.

    `at`: the address that the guest connects to, where it is known.
    """
    if way is not Way.BRIDGE:
        return [Check(CheckKind.HOLDS_DEVICE, profile.serial.device, Fix.STOP)] if running else []
    if profile.connect is not None:
        return [Check(CheckKind.DIALS_OUT, str(profile.connect), Fix.LISTEN)]
    found = []
    if profile.listen.port == 0:
        found.append(Check(CheckKind.ANY_PORT, fatal=False))
    if profile.mode is Mode.RFC2217:
        found.append(Check(CheckKind.TELNET, fix=Fix.SET_RAW))
    if profile.tls is not None:
        found.append(Check(CheckKind.TLS, fix=Fix.TLS_OFF))
    found += _reachable(profile, where, at)
    if not profile.clients.single:
        found.append(Check(CheckKind.SEVERAL_CLIENTS, fix=Fix.SET_EXCLUSIVE, fatal=False))
    if not running:
        retries = recipe is None or recipe.reconnects
        kind = CheckKind.NOT_RUNNING if retries else CheckKind.NEEDED_AT_START
        found.append(Check(kind, fix=Fix.START, fatal=not retries))
    return found


def _reachable(profile: Profile, where: Where, at: PeerAddress | None) -> list[Check]:
    loopback = profile.listen.loopback_only
    if loopback and where.remote:
        return [Check(CheckKind.LOOPBACK, str(profile.listen), Fix.LISTEN_ON_NETWORK)]
    found = []
    if loopback and where.remote is None:
        found.append(Check(CheckKind.LOOPBACK_KNOWN, str(profile.listen), Fix.LISTEN_ON_NETWORK, fatal=False))
    allow = profile.clients.allow
    if not allow:
        return found
    if where.remote:
        peer = where.address
    elif loopback or at is None:
        peer = profile.listen.host
    else:
        peer = at.host  # who connects to an address of this machine's from this machine comes from it, too
    allowed = is_allowed(peer, allow)
    if allowed is None:
        found.append(Check(CheckKind.NOT_ALLOWED, "", fatal=False))
    elif not allowed:
        found.append(Check(CheckKind.NOT_ALLOWED, peer, Fix.ALLOW))
    return found


def is_allowed(address: str, networks: tuple[str, ...]) -> bool | None:
    """Whether one of the networks has the address; None: it is no IP address, so nobody knows."""
    if address == "localhost":
        address = "127.0.0.1"
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None
    return any(known in _network(network) for network in networks)


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    """As the bridge reads it: `::ffff:192.168.1.0/120` is of IPv4."""
    network = ipaddress.ip_network(text, strict=False)
    mapped = network.network_address.ipv4_mapped if isinstance(network, ipaddress.IPv6Network) else None
    if mapped is not None and network.prefixlen >= 96:
        return ipaddress.ip_network(f"{mapped}/{network.prefixlen - 96}")
    return network


def on_network(listen: ListenAddress) -> ListenAddress:
    """The same port, where other machines can reach it."""
    return listen.changed(host="0.0.0.0")
