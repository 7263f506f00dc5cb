"""Profile: what one bridge is told to do. Frozen, validated, versioned; it never touches a device."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from enum import StrEnum
from typing import Annotated, Any, Final
from uuid import uuid4

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

FORMAT_VERSION: Final = 1
"""Version of the profile's JSON form; `profile_store` converts older ones and refuses newer ones."""

DEFAULT_LISTEN_PORT: Final = 4001
MAX_CLIENTS: Final = 500
"""Upper limit of `--max-clients`: below the 512 sockets of Windows' select() in CPython."""

LOOPBACK: Final = "127.0.0.1"

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


def _plain_text(text: str) -> str:
    if any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in text):
        raise ValueError("must not contain control characters")  # or halves of one: no file can hold them
    return text


PlainText = Annotated[str, AfterValidator(_plain_text)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


_FORMAT = re.compile(r"([5-8])([NEOMS])(1\.5|1|2)", re.ASCII)


def parse_format(text: str) -> tuple[int, Parity, float]:
    """Data bits, parity and stop bits from `8N1`, `7E2`, `5N1.5`. Raises ValueError for anything else."""
    match = _FORMAT.fullmatch(text.strip().upper())
    if match is None:
        raise ValueError(text)
    return int(match[1]), Parity(match[2]), float(match[3])


class SerialSettings(_Part):
    """How the serial port is opened."""

    device: Annotated[PlainText, Field(min_length=1, max_length=1024)]
    """A port name (COM5, /dev/ttyUSB0), any pyserial URL, or a simulated device (sim://talker)."""
    baud_rate: Annotated[int, Field(gt=0, le=2**31 - 1)] = 115200
    data_bits: Annotated[int, Field(ge=5, le=8)] = 8
    parity: Parity = Parity.NONE
    stop_bits: float = 1
    flow_control: FlowControl = FlowControl.NONE
    dtr: LinePolicy = LinePolicy.ON
    rts: LinePolicy = LinePolicy.ON
    dtr_at_close: LinePolicy = LinePolicy.OFF
    rts_at_close: LinePolicy = LinePolicy.OFF
    low_latency: bool = True
    """Ask the driver to hand bytes on at once, where it can: on Linux, FTDI's timer of 16 ms becomes 1 ms. The
    price is some more interrupts. Stays so after the close; False leaves the driver as it is."""

    @model_validator(mode="after")
    def _known_stop_bits(self) -> SerialSettings:
        if self.stop_bits not in (1, 1.5, 2):
            raise ValueError("stop_bits must be 1, 1.5 or 2")
        return self

    @property
    def format(self) -> str:
        """Data bits, parity and stop bits as the command line writes them, such as `8N1`."""
        return f"{self.data_bits}{self.parity.value}{self.stop_bits:g}"


class ListenAddress(_Part):
    """Where TCP clients connect."""

    host: Annotated[PlainText, Field(min_length=1, max_length=255)] = LOOPBACK
    port: Annotated[int, Field(ge=0, le=65535)] = DEFAULT_LISTEN_PORT
    """0 = any free port."""

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
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"  # any other name may mean anything, 127.example.com too


def join_address(host: str, port: int) -> str:
    """`HOST:PORT`, an IPv6 host in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


class ClientRules(_Part):
    """How many clients may connect, and what happens to a slow one."""

    access: Access = Access.EXCLUSIVE
    max_clients: Annotated[int, Field(ge=1, le=MAX_CLIENTS)] | None = None
    """None: 1 where exclusive or replace, else 64."""
    slow_client: SlowClient | None = None
    """None: wait where there is one client, else drop."""
    idle_timeout_s: Annotated[float, Field(ge=0, le=31_536_000)] = 0
    """Seconds without a byte either way before a client is disconnected; 0 = never."""
    half_closed_silence_s: Annotated[float, Field(ge=MIN_HALF_CLOSED_SILENCE_S, le=MAX_HALF_CLOSED_SILENCE_S)] = 1.0
    """Seconds the device must have been silent before a client that shut its sending side (`nc -N`) is let go.
    Longer for a device that takes its time to answer; such a client keeps its place meanwhile, unless a new
    one wants it."""

    @model_validator(mode="after")
    def _one_where_exclusive(self) -> ClientRules:
        if self.single and self.max_clients not in (None, 1):
            raise ValueError(f"{self.access.value} means one client, not {self.max_clients}")
        return self

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


class Profile(_Part):
    """One bridge's settings. To change one, make another: `profile.changed(name="Scale")`."""

    id: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")] = Field(default_factory=lambda: uuid4().hex)
    """Names the file on disk; never made from the user's text."""
    name: Annotated[PlainText, Field(min_length=1, max_length=200)]
    serial: SerialSettings
    listen: ListenAddress = ListenAddress()
    clients: ClientRules = ClientRules()
    while_away: WhileAway = WhileAway.HOLD

    def changed(self, **fields: Any) -> Profile:
        """A validated copy with `fields` replaced. Raises pydantic.ValidationError."""
        return Profile.model_validate({**dict(self), **fields})
