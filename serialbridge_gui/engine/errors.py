"""What can go wrong, as data. Whoever shows it makes the sentence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from serialbridge_gui.profile import DeviceIdentity


class Cause(Enum):
    """Why something could not be done, as far as the system tells."""

    DEVICE_MISSING = "device_missing"
    DEVICE_DIFFERENT = "device_different"
    """Another device than the profile's has the name now."""
    DEVICE_NO_PERMISSION = "device_no_permission"
    DEVICE_BUSY = "device_busy"
    DEVICE_URL = "device_url"
    """A device name with a scheme that pyserial does not know, or with parts it does not understand."""
    DEVICE_NOT_SERIAL = "device_not_serial"
    DEVICE_FAILED = "device_failed"
    CAPTURE_UNREADABLE = "capture_unreadable"
    """Of `sim://replay`, as the following: the file cannot be opened or read."""
    CAPTURE_UNKNOWN = "capture_unknown"
    """The file is no capture."""
    CAPTURE_NO_SERIAL = "capture_no_serial"
    """The file is a capture of something else."""
    CAPTURE_SILENT = "capture_silent"
    """Nothing in it went in the direction that is to be played."""
    CAPTURE_BROKEN = "capture_broken"
    """The file is broken before the first chunk that is to be played."""
    BAUD_RATE_REFUSED = "baud_rate_refused"
    PTY_UNKNOWN = "pty_unknown"
    """This system has no ptys."""
    LINK_TAKEN = "link_taken"
    """Where the link of a `pty:LINK` is to be there is something that is not ours."""
    LINK_FAILED = "link_failed"
    ADDRESS_IN_USE = "address_in_use"
    ADDRESS_NOT_OURS = "address_not_ours"
    ADDRESS_NO_PERMISSION = "address_no_permission"
    ADDRESS_UNKNOWN_NAME = "address_unknown_name"
    ADDRESS_FAILED = "address_failed"
    TLS_FILE = "tls_file"
    """A certificate, key or CA file that cannot be read."""
    TLS_CERTIFICATE = "tls_certificate"
    """The file is no certificate, or one that OpenSSL refuses as too weak."""
    TLS_KEY = "tls_key"
    """The file is no private key."""
    TLS_KEY_DIFFERENT = "tls_key_different"
    """The private key is of another certificate."""
    TLS_KEY_PASSWORD = "tls_key_password"
    """The private key is encrypted."""
    TLS_CLIENT_CA = "tls_client_ca"
    """The file holds no certificate by which clients' certificates could be judged."""
    STOPPED = "stopped"
    """It was stopped before it had started."""
    INTERNAL = "internal"
    """A mistake of this program's: the log has the traceback."""


@dataclass(frozen=True)
class Problem:
    """A cause and what it befell."""

    cause: Cause
    subject: str
    """The device's name, HOST:PORT, the baud rate, a file, or the path of a link."""
    detail: str = ""
    """The system's own words."""
    hint: str = ""
    """What helps: the program that holds the port, the group that may open it, the nearest usual baud rate;
    TLS_KEY_DIFFERENT: the certificate's file."""
    expected: DeviceIdentity | None = None
    """DEVICE_DIFFERENT: who is meant."""
    found: DeviceIdentity | None = None
    """DEVICE_DIFFERENT: who is there; None: nothing that says who it is."""


class BridgeError(Exception):
    """Carries a Problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.cause.value, problem.subject, problem.detail)
        self.problem = problem
