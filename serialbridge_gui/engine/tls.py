"""TLS: who a bridge is to its clients (ServerTls), and how a peer becomes a client (Handshake).

Imports `ssl`, 4 ms of a start: import this module only where TLS is used.
"""

from __future__ import annotations

import os
import re
import socket
import ssl
from enum import Enum
from typing import Final

from serialbridge_gui.engine.client import peer_address
from serialbridge_gui.engine.errors import BridgeError, Cause, Problem
from serialbridge_gui.engine.tls_stream import NotTls, TlsStream
from serialbridge_gui.words import tr as _tr

HANDSHAKE_S: Final = 5.0
"""How long a handshake may take (chosen: a slow link's 4 round trips, and a place is not held for long)."""

_Stamp = tuple[int, int, int] | None


class ServerTls:
    """Certificate, key and CA of a bridge, read from PEM files, and again when those change. Bridge thread only.

    TLS 1.2 and 1.3, without tickets or renegotiation: connections last, and nothing is gained by resuming one.
    """

    def __init__(self, certificate: str, key: str, client_ca: str = "") -> None:
        """Paths; `key` may be `certificate`. With `client_ca`, clients must show a certificate that it has signed.

        Raises BridgeError (TLS_…). Never asks for a password. Reads files: some ms.
        """
        self._files = (certificate, key, client_ca)
        self._stamps = self._look()
        self._context = _make_context(certificate, key, client_ca)
        self._failure: Problem | None = None

    def wrap(self, sock: socket.socket) -> TlsStream:
        """TLS over this connection, its handshake not begun; the stream owns `sock` from here on.

        Looks first whether the files have changed: some µs.
        """
        stamps = self._look()
        if stamps != self._stamps:
            self._stamps = stamps
            try:
                self._context = _make_context(*self._files)
                self._failure = None
            except BridgeError as error:
                self._failure = error.problem
        return TlsStream(sock, self._context)

    def take_failure(self) -> Problem | None:
        """Why the files as they are now cannot be used, once; those before stay in force."""
        failure, self._failure = self._failure, None
        return failure

    def _look(self) -> tuple[_Stamp, ...]:
        return tuple(_stamp(file) for file in self._files if file)


class Fault(Enum):
    """Why a peer did not get through the handshake, in words for the log."""

    PLAIN_BYTES = "plain bytes, not TLS"
    NO_SHARED_PROTOCOL = "no shared protocol"
    NO_SHARED_CIPHER = "no shared cipher"
    NO_CERTIFICATE = "no client certificate"
    CERTIFICATE_EXPIRED = "certificate expired"
    CERTIFICATE_TOO_NEW = "certificate not valid yet"
    CERTIFICATE_UNKNOWN = "certificate of another CA"
    CERTIFICATE_REFUSED = "certificate refused"
    NOT_TRUSTED = "the client refuses this bridge's certificate"
    LEFT = "left during the handshake"
    TOO_SLOW = "handshake not done in time"
    FAILED = "handshake failed"


class Handshake:
    """One peer until it is a client, or is not. Never waits. Bridge thread only."""

    def __init__(self, stream: TlsStream, now: float) -> None:
        """`now`: the loop's monotonic time in seconds. Raises OSError if the peer is gone already."""
        self.stream = stream
        self.address = peer_address(stream.socket)
        """HOST:PORT."""
        self.deadline = now + HANDSHAKE_S
        """Monotonic time at which whoever owns it closes it."""
        self.fault = Fault.TOO_SLOW
        """Why it is closed, if it is: TOO_SLOW, until `step` raises."""
        self.detail = ""
        """OpenSSL's own words, where the fault has some."""

    @property
    def reason(self) -> str:
        """The fault and its detail, in plain words."""
        return f"{self.fault.value}: {self.detail}" if self.detail else self.fault.value

    def step(self) -> int:
        """Go on as far as it goes; returns READ or WRITE, what to watch the socket for, or DONE (0).

        The loop's other bytes wait for its arithmetic: 0.2 ms a handshake with a P-256 key, 0.4 with RSA-2048, 3 with
        RSA-4096 (measured). After DONE the stream is a TlsClient's. Raises OSError, ssl.SSLError for one: `fault` and
        `reason` say why, and the owner calls `close`.
        """
        try:
            return self.stream.shake()
        except OSError as error:
            self.fault, self.detail = _fault(error)
            raise

    def close(self) -> None:
        """Close the connection of a handshake that failed, or took too long."""
        self.stream.close()


# ---- handshakes that fail

_FAULTS: Final = {
    "HTTP_REQUEST": Fault.PLAIN_BYTES,
    "HTTPS_PROXY_REQUEST": Fault.PLAIN_BYTES,
    "WRONG_VERSION_NUMBER": Fault.PLAIN_BYTES,
    "UNSUPPORTED_PROTOCOL": Fault.NO_SHARED_PROTOCOL,
    "VERSION_TOO_LOW": Fault.NO_SHARED_PROTOCOL,
    "INAPPROPRIATE_FALLBACK": Fault.NO_SHARED_PROTOCOL,
    "TLSV1_ALERT_PROTOCOL_VERSION": Fault.NO_SHARED_PROTOCOL,
    "NO_SHARED_CIPHER": Fault.NO_SHARED_CIPHER,
    "NO_SUITABLE_KEY_SHARE": Fault.NO_SHARED_CIPHER,
    "NO_SHARED_GROUPS": Fault.NO_SHARED_CIPHER,
    "NO_SHARED_SIGNATURE_ALGORITHMS": Fault.NO_SHARED_CIPHER,
    "NO_SUITABLE_SIGNATURE_ALGORITHM": Fault.NO_SHARED_CIPHER,
    "PEER_DID_NOT_RETURN_A_CERTIFICATE": Fault.NO_CERTIFICATE,
    "TLSV1_ALERT_UNKNOWN_CA": Fault.NOT_TRUSTED,
    "SSLV3_ALERT_BAD_CERTIFICATE": Fault.NOT_TRUSTED,
    "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE": Fault.NOT_TRUSTED,
    "SSLV3_ALERT_CERTIFICATE_REVOKED": Fault.NOT_TRUSTED,
    "SSLV3_ALERT_CERTIFICATE_EXPIRED": Fault.NOT_TRUSTED,
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN": Fault.NOT_TRUSTED,
}
"""By OpenSSL's reason (include/openssl/sslerr.h, without SSL_R_)."""

_VERIFY_FAULTS: Final = {
    9: Fault.CERTIFICATE_TOO_NEW,
    10: Fault.CERTIFICATE_EXPIRED,
    18: Fault.CERTIFICATE_UNKNOWN,
    19: Fault.CERTIFICATE_UNKNOWN,
    20: Fault.CERTIFICATE_UNKNOWN,
    21: Fault.CERTIFICATE_UNKNOWN,
}
"""By X509_V_ERR_… (include/openssl/x509_vfy.h): not yet valid, expired; self-signed, or its issuer is not there."""


def _fault(error: OSError) -> tuple[Fault, str]:
    """What befell a handshake, and OpenSSL's words where those say more."""
    if isinstance(error, NotTls):
        return Fault.PLAIN_BYTES, ""
    if isinstance(error, ssl.SSLCertVerificationError):
        fault = _VERIFY_FAULTS.get(error.verify_code, Fault.CERTIFICATE_REFUSED)
        return fault, error.verify_message if fault is Fault.CERTIFICATE_REFUSED else ""
    if not isinstance(error, ssl.SSLError):
        return Fault.LEFT, ""
    fault = _FAULTS.get(error.reason or "", Fault.FAILED)
    return fault, _words(error) if fault in (Fault.FAILED, Fault.NOT_TRUSTED) else ""


# ---- files


class _PasswordNeededError(Exception):
    """A key is encrypted."""


def _refuse_password() -> str:
    raise _PasswordNeededError  # without this, OpenSSL would ask on the terminal, and wait


def _make_context(certificate: str, key: str, client_ca: str) -> ssl.SSLContext:
    """Raises BridgeError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_TICKET | ssl.OP_NO_RENEGOTIATION  # the latter is OpenSSL 3's own choice, too
    context.num_tickets = 0
    try:
        context.load_cert_chain(certificate, key, _refuse_password)
    except _PasswordNeededError:
        raise BridgeError(Problem(Cause.TLS_KEY_PASSWORD, key)) from None
    except (OSError, ValueError) as error:
        raise BridgeError(_pair_problem(certificate, key, error)) from error
    if client_ca:
        try:
            context.load_verify_locations(client_ca)
        except (OSError, ValueError) as error:
            problem = _unreadable(client_ca) or Problem(Cause.TLS_CLIENT_CA, client_ca, _words(error))
            raise BridgeError(problem) from error
        if not context.cert_store_stats()["x509"]:
            raise BridgeError(Problem(Cause.TLS_CLIENT_CA, client_ca, _tr("no certificate found")))
        context.verify_mode = ssl.CERT_REQUIRED
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # it may itself be signed by another, which is not here
    return context


def _pair_problem(certificate: str, key: str, error: Exception) -> Problem:
    """Which of the two files load_cert_chain did not like: it does not say."""
    problem = _unreadable(certificate) or _unreadable(key)
    if problem is not None:
        return problem
    reason = (isinstance(error, ssl.SSLError) and error.reason) or ""
    if reason in ("KEY_VALUES_MISMATCH", "KEY_TYPE_MISMATCH", "NO_CERTIFICATE_ASSIGNED"):
        return Problem(Cause.TLS_KEY_DIFFERENT, key, _words(error), certificate)
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_verify_locations(certificate)
    except OSError as found:
        return Problem(Cause.TLS_CERTIFICATE, certificate, _words(found))
    if reason.endswith(("_TOO_SMALL", "_TOO_WEAK")):
        return Problem(Cause.TLS_CERTIFICATE, certificate, _words(error))
    return Problem(Cause.TLS_KEY, key, _words(error))


def _unreadable(file: str) -> Problem | None:
    try:
        with open(file, "rb") as stream:
            stream.read(1)
    except (OSError, ValueError) as error:
        return Problem(Cause.TLS_FILE, file, _words(error))
    return None


def _stamp(file: str) -> _Stamp:
    try:
        status = os.stat(file)
    except (OSError, ValueError):
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _words(error: Exception) -> str:
    """OpenSSL's or the system's own, without what only programmers read."""
    if isinstance(error, ssl.SSLError):
        if error.reason:
            return error.reason.replace("_", " ").lower().rpartition(" alert ")[2]
        return re.sub(r"^\[\w+\] | \(_ssl\.c:\d+\)$", "", error.strerror or str(error))
    return (isinstance(error, OSError) and error.strerror) or str(error)
