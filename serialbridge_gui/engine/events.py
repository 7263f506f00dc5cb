"""What happened on a bridge besides traffic. Frozen; made in the bridge thread, read in the caller's.

No event equals another one: that they can be compared would cost every start 1.3 ms, and nobody asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Literal

from serialbridge_gui.engine.errors import Problem
from serialbridge_gui.profile import DeviceIdentity


class LeaveReason(Enum):
    """Why a client that was there is gone; the words of the command line."""

    CLOSED = "closed"
    RESET = "reset"
    VANISHED = "vanished"
    IDLE = "idle"
    SLOW = "slow"
    REPLACED = "replaced"
    KICKED = "kicked"
    DEVICE_LOST = "device_lost"
    STOPPED = "stopped"


class RefuseReason(Enum):
    """Why a client never got in; the words of the command line."""

    IN_USE = "in_use"
    FULL = "full"
    NOT_ALLOWED = "not_allowed"
    TLS = "tls"
    HTTP = "http"


class LossReason(Enum):
    """Why a device is gone; the words of the command line."""

    UNPLUGGED = "unplugged"
    ERROR = "error"


class NotSentReason(Enum):
    """Why a file was not sent as a whole."""

    CANCELLED = "cancelled"
    STOPPED = "stopped"
    TARGET_GONE = "target_gone"
    SESSION_BEGAN = "session_began"
    """A first client came: what waited for the device, in the bridge and in its driver, was thrown away."""
    PURGED = "purged"
    """A client asked for that, by RFC 2217."""
    DEVICE_LOST = "device_lost"
    """The device went, and the profile does not keep what waits for it."""
    UNREADABLE = "unreadable"


ChangedSetting = Literal["baud_rate", "data_bits", "parity", "stop_bits", "flow_control"]
"""Fields of SerialSettings that a client can change by RFC 2217."""


@dataclass(frozen=True)
class ModemLines:
    """The control lines' state. DTR and RTS are ours; None where the port can't tell."""

    cts: bool
    dsr: bool
    ri: bool
    cd: bool
    dtr: bool | None = None
    rts: bool | None = None


@dataclass(frozen=True, eq=False)
class ClientProgram:
    """The program behind a client of this machine, as it says itself."""

    name: str
    """The guest's, where it is a hypervisor; "": it has none."""
    hypervisor: str = ""
    """Which one; "": it is another program."""


@dataclass(frozen=True, eq=False)
class Event:
    """Something happened at `time_ns` (nanoseconds since the epoch)."""

    time_ns: int


@dataclass(frozen=True, eq=False)
class Listening(Event):
    """Clients can connect, at the address really bound."""

    host: str
    port: int


@dataclass(frozen=True, eq=False)
class SettingsRefused(Event):
    """The device opened but would not take these settings: it runs as it can."""

    device: str
    refused: tuple[str, ...]
    """Names of SerialSettings' fields."""


@dataclass(frozen=True, eq=False)
class Failed(Event):
    """The bridge could not start, or cannot go on; its thread ends."""

    problem: Problem


@dataclass(frozen=True, eq=False)
class ClientConnected(Event):
    client: int
    address: str


@dataclass(frozen=True, eq=False)
class ClientDisconnected(Event):
    client: int
    address: str
    reason: LeaveReason
    program: ClientProgram | None = None
    """Where it is known."""


@dataclass(frozen=True, eq=False)
class ClientNamed(Event):
    """It is known now which program is behind a client: some 0.1 s after it came, and only of this machine's."""

    client: int
    program: ClientProgram


@dataclass(frozen=True, eq=False)
class ClientRefused(Event):
    address: str
    reason: RefuseReason
    detail: str = ""
    """TLS: what was wrong with the handshake, in OpenSSL's words or ours."""
    holder: ClientProgram | None = None
    """IN_USE: who has the place, where it is known."""


@dataclass(frozen=True, eq=False)
class RefusalsUntold(Event):
    """So many more were refused within a second than the log tells of one by one."""

    count: int


@dataclass(frozen=True, eq=False)
class Dialing(Event):
    """The bridge connects to this address, for the first time or again after the link was lost."""

    host: str
    port: int


@dataclass(frozen=True, eq=False)
class DialFailed(Event):
    """Nobody answered there; the next try comes after `retry_s` seconds."""

    host: str
    port: int
    detail: str
    retry_s: float


@dataclass(frozen=True, eq=False)
class LooksLikeTelnet(Event):
    """A client on a raw port began with a Telnet negotiation: its bytes go to the device all the same."""

    client: int


@dataclass(frozen=True, eq=False)
class LooksRaw(Event):
    """A client on an RFC 2217 port has sent data and no negotiation: what it sends is still read as Telnet."""

    client: int


@dataclass(frozen=True, eq=False)
class SettingChanged(Event):
    """A client changed a setting by RFC 2217; `value` is in force now. At its end the profile's come back."""

    client: int
    setting: ChangedSetting
    value: str


@dataclass(frozen=True, eq=False)
class TlsFilesRefused(Event):
    """The certificate files have changed and are unusable; the ones before stay in force."""

    problem: Problem


@dataclass(frozen=True, eq=False)
class AnnounceFailed(Event):
    """The bridge is not announced by mDNS, for now; it runs all the same."""

    detail: str


@dataclass(frozen=True, eq=False)
class WriterChanged(Event):
    """In `monitor`: the reader that came first may write now."""

    client: int


@dataclass(frozen=True, eq=False)
class DeviceLost(Event):
    device: str
    reason: LossReason
    detail: str


@dataclass(frozen=True, eq=False)
class DeviceBack(Event):
    device: str
    """Its name now; where that is another one, `DeviceMoved` came just before."""


@dataclass(frozen=True, eq=False)
class DeviceMoved(Event):
    """The device that is meant has another name than the last time: at the start, or when it is back."""

    device: str
    was: str


@dataclass(frozen=True, eq=False)
class LookAlikeRefused(Event):
    """While the device is away, another one has its name; it is not opened. Once for each while it is away."""

    device: str
    expected: DeviceIdentity
    found: DeviceIdentity


@dataclass(frozen=True, eq=False)
class LinesChanged(Event):
    lines: ModemLines | None


@dataclass(frozen=True, eq=False)
class LineErrorsSeen(Event):
    """A break, or parity, framing or overrun errors since the last look, a tenth of a second ago. Linux only."""

    errors: int
    """Bits of RFC 2217's NOTIFY-LINESTATE: overrun 2, parity 4, framing 8, break 16."""


@dataclass(frozen=True, eq=False)
class BreakSent(Event):
    """The device has seen a break of this length, as measured: on a busy machine a little longer than asked for."""

    duration_s: float
    """In s, to 10 ms. What the device still had to take before it is not part of it."""


@dataclass(frozen=True, eq=False)
class ControlRefused(Event):
    """The device cannot do what was asked of it by hand; told once for each control while the device is there."""

    device: str
    control: Literal["break", "dtr", "rts"]
    detail: str


@dataclass(frozen=True, eq=False)
class NotSent(Event):
    """So many bytes that were sent by hand to a client (0: to all) reach nobody: it is not there."""

    client: int
    count: int


@dataclass(frozen=True, eq=False)
class FileSent(Event):
    """The whole file was handed over; one for the device has left the bridge's queue, too."""

    name: str
    count: int


@dataclass(frozen=True, eq=False)
class FileNotSent(Event):
    """Of the file's `size` bytes (0: not known) only `count` were handed over, and no more will be."""

    name: str
    count: int
    size: int
    reason: NotSentReason
    detail: str = ""
    """UNREADABLE: the system's words."""


@dataclass(frozen=True, eq=False)
class Stopped(Event):
    """The bridge has closed everything it had open."""
