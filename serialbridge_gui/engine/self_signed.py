"""A certificate that a bridge signs itself, for who has none: clients know it by its fingerprint, or by its file.

`cryptography` is imported where it is used: it takes 36 ms.
"""

from __future__ import annotations

import datetime
import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from serialbridge_gui.whole_file import write_whole
from serialbridge_gui.words import tr as _tr

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.x509 import Certificate, GeneralName

VALID_DAYS: Final = 3650
"""Chosen: nobody renews it, and its end would stop a plant's bridge one day without a fault. Clients keep to this one
certificate, so a short life protects nobody. (Apple's own TLS takes 825 days at most; programs that talk to serial
ports bring theirs.)"""
CLOCKS_MAY_DIFFER: Final = datetime.timedelta(days=1)
"""It is valid from so long ago: for clients whose clock is late."""
MAX_COMMON_NAME: Final = 64
"""Characters: RFC 5280 appendix A.1, ub-common-name."""
HOST_NAME: Final = re.compile(r"(\*\.)?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")
"""What a dNSName may be (RFC 5280 section 4.2.1.6), with the underscores that Windows allows, and a wildcard."""


@dataclass(frozen=True)
class CertificateFiles:
    """Two PEM files that belong together."""

    certificate: Path
    key: Path


def make_self_signed(directory: Path, names: Sequence[str], *, replace: bool = False) -> CertificateFiles:
    """Make certificate.pem and key.pem in `directory`, which is made too, for a server known by `names`.

    `names`: host names and IP addresses, one at least. The key (EC P-256) has no password; on POSIX only its owner may
    read it. The certificate signs no others: to trust it is to trust this bridge alone. Each file is written whole,
    the key first. Raises OSError, FileExistsError unless `replace` where one of them is there; ValueError: a name is
    none. Any thread; blocks for 3 ms, the first time for 40.
    """
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    if not names:
        raise ValueError(_tr("a certificate needs a name"))
    files = CertificateFiles(directory / "certificate.pem", directory / "key.pem")
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _sign(key, names)
    directory.mkdir(parents=True, exist_ok=True)
    for file in (files.key, files.certificate):
        if not replace and file.exists():
            raise FileExistsError(_tr("{file} is there already").format(file=file))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    write_whole(files.key, private, 0o600)
    write_whole(files.certificate, certificate.public_bytes(serialization.Encoding.PEM), 0o644)
    return files


def fingerprint(certificate: str | Path) -> str:
    """SHA-256 of the file's first certificate: 32 bytes in capital hex, colons between them, as OpenSSL writes it.

    Raises OSError, ValueError: it is no certificate in PEM form. Any thread.
    """
    from cryptography.hazmat.primitives import hashes

    return _load(certificate).fingerprint(hashes.SHA256()).hex(":").upper()


def expires_at(certificate: str | Path) -> float:
    """When the file's first certificate ends, in seconds since the epoch. Raises as `fingerprint`. Any thread."""
    return _load(certificate).not_valid_after_utc.timestamp()


def _load(file: str | Path) -> Certificate:
    from cryptography import x509

    return x509.load_pem_x509_certificate(Path(file).read_bytes())


def _sign(key: EllipticCurvePrivateKey, names: Sequence[str]) -> Certificate:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    alternatives = x509.SubjectAlternativeName([_general_name(name) for name in names])
    public = key.public_key()
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0][:MAX_COMMON_NAME])])
    now = datetime.datetime.now(datetime.UTC)
    usage = dict.fromkeys(
        (
            "content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign",
            "crl_sign", "encipher_only", "decipher_only",
        ),
        False,
    )  # fmt: skip
    return (
        x509.CertificateBuilder(subject, subject, public, x509.random_serial_number())
        .not_valid_before(now - CLOCKS_MAY_DIFFER)
        .not_valid_after(now + datetime.timedelta(days=VALID_DAYS))
        .add_extension(alternatives, critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=True, **usage), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(public), critical=False)
        .sign(key, hashes.SHA256())
    )


def _general_name(name: str) -> GeneralName:
    """An IP address or a host name as a certificate holds it. Raises ValueError."""
    from cryptography import x509

    try:
        return x509.IPAddress(ipaddress.ip_address(name.strip("[]")))
    except ValueError:
        ascii_name = name.encode("idna").decode("ascii")  # UnicodeError is a ValueError
        if not HOST_NAME.fullmatch(ascii_name):
            raise ValueError(_tr("{name!r} is no host name").format(name=name)) from None
        return x509.DNSName(ascii_name)
