"""Certificates for tests, made anew each time: a CA, what it signs, and what goes wrong with such.

ca = Authority(tmp_path, "ours")
server = ca.issue("server")
expired = ca.issue("old", ends_in_days=-1)
"""

from __future__ import annotations

import datetime
import ipaddress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from serialbridge_gui.engine.self_signed import CertificateFiles

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class Authority:
    """A CA; its certificate is in `file`. What it issues is valid for 127.0.0.1 and localhost."""

    def __init__(self, folder: Path, name: str, signed_by: Authority | None = None) -> None:
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = _name(name)
        self.file = folder / f"{name}-ca.pem"
        signer = signed_by or self
        certificate = (
            _builder(self.name, signer.name, self.key, 1)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(signer.key, hashes.SHA256())
        )
        self.file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def issue(
        self,
        name: str,
        *,
        ends_in_days: float = 1,
        begins_in_days: float = -2,
        key: Key | None = None,
        clients_only: bool = False,
        servers_only: bool = False,
        password: bytes = b"",
    ) -> CertificateFiles:
        """NAME.pem and NAME-key.pem in the folder, for clients and servers both unless told."""
        key = key or ec.generate_private_key(ec.SECP256R1())
        names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        builder = _builder(_name(name), self.name, key, ends_in_days, begins_in_days).add_extension(
            x509.SubjectAlternativeName(names), critical=False
        )
        if clients_only or servers_only:
            usage = ExtendedKeyUsageOID.CLIENT_AUTH if clients_only else ExtendedKeyUsageOID.SERVER_AUTH
            builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        certificate = builder.sign(self.key, hashes.SHA256())
        file = self.folder / f"{name}.pem"
        file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        return CertificateFiles(file, _write_key(self.folder / f"{name}-key.pem", key, password))

    def own_files(self) -> CertificateFiles:
        """The CA's own certificate and key, as if it were anybody."""
        return CertificateFiles(self.file, _write_key(self.file.with_suffix(".key"), self.key))


def weak_key() -> Key:
    """One that OpenSSL refuses at its usual security level, 2 (RSA below 2048 bits)."""
    return rsa.generate_private_key(65537, 1024)


def _write_key(file: Path, key: Key, password: bytes = b"") -> Path:
    encryption = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    file.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption))
    return file


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: Key, ends_in_days: float, begins_in_days: float = -2
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return x509.CertificateBuilder(
        issuer,
        subject,
        key.public_key(),
        x509.random_serial_number(),
        now + datetime.timedelta(days=begins_in_days),
        now + datetime.timedelta(days=ends_in_days),
    )
