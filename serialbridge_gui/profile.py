"""Profile: what one bridge is told to do. Frozen, validated, versioned; it never touches a device.

Plain dataclasses that check themselves: the console makes one at each start, and a library for it would be slow to
import (docs/decisions/0005-start.md). `profile_store` has msgspec read them from files.
"""

from __future__ import annotations

import os
import re
import unicodedata
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final, Self

from serialbridge_gui.words import tr as _tr

FORMAT_VERSION: Final = 1
"""Version of the profile's JSON form; `profile_store` converts older ones and refuses newer ones."""

DEFAULT_LISTEN_PORT: Final = 4001
MAX_CLIENTS: Final = 500
"""Upper limit of `--max-clients`: below the 512 sockets of Windows' select() in CPython."""

LOOPBACK: Final = "127.0.0.1"
ANY_ADDRESS: Final = "0.0.0.0"
"""Other machines can connect, too."""

MAX_NETWORKS: Final = 64
"""Of `ClientRules.allow` (chosen: each is looked at for each connection)."""

MIN_HALF_CLOSED_SILENCE_S: Final = 0.05
"""Chosen: the bridge looks 20 times a second. Below that every answer of a device would be cut off."""
MAX_HALF_CLOSED_SILENCE_S: Final = 3600.0
"""Chosen: an hour. Whoever is there longer without sending can be disconnected by hand."""


class Parity(StrEnum):
    """Parity, by the letters pyserial and the command line use."""

    NONE = "N"
    EVEN = "E"
    ODD = "O"
    MARK = "M"
    SPACE = "S"


class FlowControl(StrEnum):
    """How the device and the port hold each other back."""

    NONE = "none"
    RTS_CTS = "rtscts"
    XON_XOFF = "xonxoff"
    DSR_DTR = "dsrdtr"


class LinePolicy(StrEnum):
    """What happens to DTR or RTS when the port is opened, and when it is closed.

    What no program can prevent: Linux and macOS turn both lines on by themselves whenever a closed tty is
    opened, before the program may say anything. So `off` at the opening comes after a pulse of some ms, and a
    board that resets on DTR resets, unless the line was still on: leave it on at the close, and the next opening
    changes nothing. Windows has no `keep`: at the opening it does what `on` does, and at the close both lines
    drop whatever the policy says.
    """

    ON = "on"
    """At the close: the line is turned on and stays on."""
    OFF = "off"
    """At the close: the line drops, as the system does by itself for a port that nobody has changed (HUPCL)."""
    KEEP = "keep"
    """At the opening: as the system has left it, which is on, see above. At the close: it stays as it is.

    `keep` and `on` at the close clear the tty's HUPCL, for every program, until the adapter is plugged in anew
    or a bridge with both lines `off` sets it again. A board such as an Arduino is then not reset by the next
    opening. The price: the device cannot learn from its lines that nobody is there any more, so that a modem
    does not hang up. Where a port is named by a URL, the far end decides what a close does.
    """


class Access(StrEnum):
    """Who may be connected at once."""

    EXCLUSIVE = "exclusive"
    """One client; a second one is refused."""
    REPLACE = "replace"
    """One client; a new one takes its place."""
    SHARED = "shared"
    """All read and write."""
    MONITOR = "monitor"
    """The first one writes, later ones only read."""


class Mode(StrEnum):
    """What the bytes on TCP are. An explicit choice, never guessed."""

    RAW = "raw"
    """The device's bytes and nothing else."""
    RFC2217 = "rfc2217"
    """Telnet with COM-PORT-OPTION: a client can also set the baud rate and the lines."""


class SlowClient(StrEnum):
    """What a full outgoing queue of a client means."""

    WAIT = "wait"
    """The serial side is held back: nothing is lost."""
    DROP = "drop"
    """The client is disconnected."""


class WhileAway(StrEnum):
    """What happens to bytes that clients send while the device is gone."""

    HOLD = "hold"
    """They wait up to the bound, then TCP holds the clients back."""
    DISCARD = "discard"
    """They are thrown away and counted as lost."""


class OnDeviceLoss(StrEnum):
    """What happens to the connected clients when the device goes."""

    KEEP = "keep"
    """They stay connected and wait for it."""
    CLOSE = "close"
    """They are disconnected, once they have what is queued for them."""


class InvalidSetting(ValueError):  # noqa: N818 - it is the person's, not the program's
    """A value that a field does not take. `field` is its name, `reason` a few words."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


def _text(field: str, value: object, longest: int) -> None:
    if not isinstance(value, str) or not 1 <= len(value) <= longest:
        raise InvalidSetting(field, _tr("must be text of 1 to {longest} characters").format(longest=longest))
    if any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in value):
        raise InvalidSetting(field, _tr("must not contain control characters"))  # or halves of one: no file holds them


def _whole(field: str, value: object, least: int, most: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise InvalidSetting(field, _tr("must be a whole number from {least} to {most}").format(least=least, most=most))


def _number(field: str, value: object, least: float, most: float) -> None:
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not least <= value <= most:
        raise InvalidSetting(field, _tr("must be a number from {least:g} to {most:g}").format(least=least, most=most))


def is_network(value: object) -> bool:
    """Whether it is the text of an address or a CIDR network, host bits set or not (`10.0.0.5/8`)."""
    import ipaddress

    if not isinstance(value, str):
        return False
    try:
        ipaddress.ip_network(value, strict=False)
    except ValueError:
        return False
    return True


def _network(field: str, value: object) -> None:
    if not is_network(value):
        raise InvalidSetting(
            field, _tr("{value!r} is no address or network such as 192.168.1.0/24").format(value=value)
        )


def _one_of(kind: type[StrEnum], field: str, value: object) -> None:
    if not isinstance(value, kind):
        raise InvalidSetting(field, _tr("must be one of {words}").format(words=", ".join(kind)))


def _flag(field: str, value: object) -> None:
    if not isinstance(value, bool):
        raise InvalidSetting(field, _tr("must be true or false"))


_FORMAT = re.compile(r"([5-8])([NEOMS])(1\.5|1|2)", re.ASCII)


def parse_format(text: str) -> tuple[int, Parity, float]:
    """Data bits, parity and stop bits from `8N1`, `7E2`, `5N1.5`. Raises ValueError for anything else."""
    match = _FORMAT.fullmatch(text.strip().upper())
    if match is None:
        raise ValueError(text)
    return int(match[1]), Parity(match[2]), float(match[3])


class _Part:
    """Any part of a profile."""

    def changed(self, **fields: Any) -> Self:
        """A checked copy with `fields` replaced. Raises InvalidSetting, and TypeError for an unknown field."""
        return replace(self, **fields)  # type: ignore[type-var]  # each part is a dataclass


@dataclass(frozen=True)
class DeviceIdentity(_Part):
    """Who a USB device is, whatever name the system gives its port. None: the device does not say."""

    vid: int
    pid: int
    serial_number: str | None = None
    interface: str | None = None
    """Which of the device's several ports it is, such as `1.0`; None where it has one."""
    location: str | None = None
    """The socket it is plugged into, as the system counts them, such as `1-2` or `1-2:1.0`."""

    def __post_init__(self) -> None:
        _whole("vid", self.vid, 0, 0xFFFF)
        _whole("pid", self.pid, 0, 0xFFFF)
        for name in ("serial_number", "interface", "location"):
            if getattr(self, name):
                _text(name, getattr(self, name), 255)


@dataclass(frozen=True)
class SerialSettings(_Part):
    """How the serial port is opened. Raises InvalidSetting."""

    device: str
    """A port name (COM5, /dev/ttyUSB0), any pyserial URL, or a simulated device (sim://talker)."""
    identity: DeviceIdentity | None = None
    """Who was meant, where the port was picked from the list; None: whoever has that name at the start."""
    baud_rate: int = 115200
    """Bits per second, 1 to 2^31 - 1."""
    data_bits: int = 8
    """5 to 8."""
    parity: Parity = Parity.NONE
    stop_bits: float = 1
    """1, 1.5 or 2."""
    flow_control: FlowControl = FlowControl.NONE
    dtr: LinePolicy = LinePolicy.ON
    rts: LinePolicy = LinePolicy.ON
    dtr_at_close: LinePolicy = LinePolicy.OFF
    rts_at_close: LinePolicy = LinePolicy.OFF
    low_latency: bool = True
    """Ask the driver to hand bytes on at once, where it can: on Linux, FTDI's timer of 16 ms becomes 1 ms. The
    price is some more interrupts. Stays so after the close; False leaves the driver as it is."""

    def __post_init__(self) -> None:
        _text("device", self.device, 1024)
        _whole("baud_rate", self.baud_rate, 1, 2**31 - 1)
        _whole("data_bits", self.data_bits, 5, 8)
        _one_of(Parity, "parity", self.parity)
        if self.stop_bits not in (1, 1.5, 2):
            raise InvalidSetting("stop_bits", _tr("must be 1, 1.5 or 2"))
        _one_of(FlowControl, "flow_control", self.flow_control)
        _one_of(LinePolicy, "dtr", self.dtr)
        _one_of(LinePolicy, "rts", self.rts)
        _one_of(LinePolicy, "dtr_at_close", self.dtr_at_close)
        _one_of(LinePolicy, "rts_at_close", self.rts_at_close)
        _flag("low_latency", self.low_latency)

    @property
    def format(self) -> str:
        """Data bits, parity and stop bits as the command line writes them, such as `8N1`."""
        return f"{self.data_bits}{self.parity.value}{self.stop_bits:g}"


@dataclass(frozen=True)
class ListenAddress(_Part):
    """Where TCP clients connect. Raises InvalidSetting."""

    host: str = LOOPBACK
    port: int = DEFAULT_LISTEN_PORT
    """0 to 65535; 0 = any free port."""

    def __post_init__(self) -> None:
        _text("host", self.host, 255)
        _whole("port", self.port, 0, 65535)

    @classmethod
    def parse(cls, text: str) -> ListenAddress:
        """From `HOST:PORT` or `[IPv6]:PORT`. Raises ValueError for anything else."""
        match = re.fullmatch(r"(?:\[([0-9A-Fa-f:.%\w]+)\]|([^:\[\]\s]+)):([0-9]{1,5})", text, re.ASCII)
        if match is None or int(match[3]) > 65535:
            raise ValueError(text)
        return cls(host=match[1] or match[2], port=int(match[3]))

    def __str__(self) -> str:
        return join_address(self.host, self.port)

    @property
    def loopback_only(self) -> bool:
        """Whether only programs of this machine can connect."""
        import ipaddress

        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"  # any other name may mean anything, 127.example.com too


def join_address(host: str, port: int) -> str:
    """`HOST:PORT`, an IPv6 host in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


@dataclass(frozen=True)
class PeerAddress(_Part):
    """Where a bridge that dials out connects. Raises InvalidSetting."""

    host: str
    port: int
    """1 to 65535."""

    def __post_init__(self) -> None:
        _text("host", self.host, 255)
        _whole("port", self.port, 1, 65535)

    @classmethod
    def parse(cls, text: str) -> PeerAddress:
        """From `HOST:PORT` or `[IPv6]:PORT`. Raises ValueError for anything else."""
        address = ListenAddress.parse(text)
        return cls(address.host, address.port)

    def __str__(self) -> str:
        return join_address(self.host, self.port)


@dataclass(frozen=True)
class TlsFiles(_Part):
    """The files of a TLS listener, PEM. Raises InvalidSetting; whether they can be read shows at the start."""

    certificate: str
    key: str
    client_ca: str | None = None
    """With it, a client must show a certificate that this authority has signed."""

    def __post_init__(self) -> None:
        _text("certificate", self.certificate, 4096)
        _text("key", self.key, 4096)
        if self.client_ca is not None:
            _text("client_ca", self.client_ca, 4096)


@dataclass(frozen=True)
class ClientRules(_Part):
    """Who may connect, how many, and what happens to a slow one. Raises InvalidSetting."""

    access: Access = Access.EXCLUSIVE
    max_clients: int | None = None
    """1 to MAX_CLIENTS. None: 1 where exclusive or replace, else 64."""
    slow_client: SlowClient | None = None
    """None: wait where there is one client, else drop."""
    idle_timeout_s: float = 0
    """Seconds (up to a year) without a byte either way before a client is disconnected; 0 = never."""
    half_closed_silence_s: float = 1.0
    """Seconds the device must have been silent before a client that shut its sending side (`nc -N`) is let go.
    Longer for a device that takes its time to answer; such a client keeps its place meanwhile, unless a new
    one wants it."""
    allow: tuple[str, ...] = ()
    """Networks such as `192.168.1.0/24`, or single addresses: nobody else may connect. Empty: anyone who reaches
    the listen address. At most 64."""
    refuse_http: bool = True
    """In raw mode: disconnect a client whose first bytes are an HTTP request, before the device gets one. Any web
    page can have a browser send one to a port of the same machine. False for a device that itself speaks HTTP."""

    def __post_init__(self) -> None:
        _one_of(Access, "access", self.access)
        if self.max_clients is not None:
            _whole("max_clients", self.max_clients, 1, MAX_CLIENTS)
        if self.slow_client is not None:
            _one_of(SlowClient, "slow_client", self.slow_client)
        _number("idle_timeout_s", self.idle_timeout_s, 0, 31_536_000)
        silence_s = self.half_closed_silence_s
        _number("half_closed_silence_s", silence_s, MIN_HALF_CLOSED_SILENCE_S, MAX_HALF_CLOSED_SILENCE_S)
        if not isinstance(self.allow, tuple) or len(self.allow) > MAX_NETWORKS:
            raise InvalidSetting("allow", _tr("must be at most {count} networks").format(count=MAX_NETWORKS))
        for network in self.allow:
            _network("allow", network)
        _flag("refuse_http", self.refuse_http)
        if self.single and self.max_clients not in (None, 1):
            raise InvalidSetting(
                "max_clients",
                _tr("{access} means one client, not {count}").format(access=self.access.value, count=self.max_clients),
            )

    @property
    def single(self) -> bool:
        """Whether there is one client at a time."""
        return self.access in (Access.EXCLUSIVE, Access.REPLACE)

    @property
    def limit(self) -> int:
        """The number of clients in force."""
        return self.max_clients or (1 if self.single else 64)

    @property
    def slow_client_in_force(self) -> SlowClient:
        """What a slow client means, defaults applied."""
        return self.slow_client or (SlowClient.WAIT if self.limit == 1 else SlowClient.DROP)


_ID = re.compile(r"[0-9a-f]{32}")


def new_id() -> str:
    """For a profile that is not there yet."""
    return os.urandom(16).hex()


@dataclass(frozen=True, kw_only=True)
class Profile(_Part):
    """One bridge's settings. To change one, make another: `profile.changed(name="Scale")`. Raises InvalidSetting."""

    id: str = field(default_factory=new_id)
    """Names the file on disk; never made from the user's text."""
    name: str
    serial: SerialSettings
    listen: ListenAddress = ListenAddress()
    clients: ClientRules = ClientRules()
    connect: PeerAddress | None = None
    """Dial out to this address, and redial, instead of listening; the one client is who answers there."""
    mode: Mode = Mode.RAW
    tls: TlsFiles | None = None
    """Clients must speak TLS; None: plain TCP."""
    announce: bool = False
    """Announce the bridge by mDNS while it listens on an address that other machines can reach."""
    while_away: WhileAway = WhileAway.HOLD
    on_device_loss: OnDeviceLoss = OnDeviceLoss.KEEP

    def __post_init__(self) -> None:
        if not isinstance(self.id, str) or not _ID.fullmatch(self.id):
            raise InvalidSetting("id", _tr("must be 32 hexadecimal digits"))
        _text("name", self.name, 200)
        _one_of(Mode, "mode", self.mode)
        _flag("announce", self.announce)
        if self.connect is not None and self.tls is not None:
            raise InvalidSetting("connect", _tr("a bridge that dials out speaks no TLS"))
        if self.connect is not None and not self.clients.single:
            raise InvalidSetting(
                "connect", _tr("who dials out has one client, not {access}").format(access=self.clients.access.value)
            )
        if self.connect is not None and self.clients.allow:
            raise InvalidSetting("connect", _tr("who dials out needs no list of who may connect"))
        _one_of(WhileAway, "while_away", self.while_away)
        _one_of(OnDeviceLoss, "on_device_loss", self.on_device_loss)
