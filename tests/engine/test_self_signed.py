"""A certificate that is made here, judged by others: OpenSSL's programs and Python's client."""

from __future__ import annotations

import ssl
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from serialbridge_gui.engine.self_signed import VALID_DAYS, expires_at, fingerprint, make_self_signed
from serialbridge_gui.engine.tls import ServerTls
from tests.certificates import Authority
from tests.engine.secured import Entrance, OpensslClient, PythonClient, needs_openssl

NAMES = ["bench-3", "127.0.0.1", "::1", "prüfstand.example", "*.plant.example"]


def openssl(*arguments: str | Path) -> str:
    done = subprocess.run(
        ["openssl", *map(str, arguments)], capture_output=True, encoding="utf-8", timeout=120, check=True
    )
    return done.stdout


@needs_openssl
def test_certificate_tells_its_names_its_fingerprint_and_its_end(tmp_path: Path) -> None:
    made = make_self_signed(tmp_path, NAMES)
    text = openssl("x509", "-in", made.certificate, "-noout", "-text", "-fingerprint", "-sha256")
    assert "DNS:bench-3, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, DNS:xn--" in text
    assert f"DNS:{NAMES[3].encode('idna').decode()}, DNS:*.plant.example" in text
    assert f"Fingerprint={fingerprint(made.certificate)}\n" in text
    assert "CA:FALSE" in text
    assert "prime256v1" in text
    end = expires_at(made.certificate)
    assert abs(end - time.time() - VALID_DAYS * 86_400) < 600
    assert end == ssl.cert_time_to_seconds(
        openssl("x509", "-in", made.certificate, "-noout", "-enddate").strip().removeprefix("notAfter=")
    )


@needs_openssl
@pytest.mark.parametrize("name", ["-verify_hostname bench-3", "-verify_ip 127.0.0.1"])
def test_client_that_has_the_file_trusts_the_bridge(tmp_path: Path, name: str) -> None:
    made = make_self_signed(tmp_path, NAMES)
    trust = ["-CAfile", str(made.certificate), "-verify_return_error", *name.split()]
    tls = ServerTls(str(made.certificate), str(made.key))
    with Entrance(tls) as entrance, OpensslClient(entrance, tmp_path, *trust) as peer:
        client = entrance.wait_client()
        entrance.send(client, b"hello\n")
        entrance.until(lambda: peer.said() == b"hello\n", "it listens")


def test_strictest_check_of_pythons_client_is_passed(tmp_path: Path) -> None:
    made = make_self_signed(tmp_path, ["127.0.0.1"])
    context = ssl.create_default_context(cafile=made.certificate)
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    with Entrance(ServerTls(str(made.certificate), str(made.key))) as entrance:
        with PythonClient(entrance.port, context) as peer:
            peer.shake(entrance.turn)
            entrance.wait_client()
        with PythonClient(entrance.port, ssl.create_default_context()) as stranger:
            with pytest.raises(ssl.SSLCertVerificationError):
                stranger.shake(entrance.turn)
            assert entrance.wait_refused() == "the client refuses this bridge's certificate: unknown ca"


@pytest.mark.skipif(sys.platform == "win32", reason="who may read a file is said otherwise there")
def test_key_is_for_its_owner_alone_and_nothing_else_is_left(tmp_path: Path) -> None:
    made = make_self_signed(tmp_path / "new" / "folder", ["localhost"])
    assert stat.S_IMODE(made.key.stat().st_mode) == 0o600
    assert stat.S_IMODE(made.certificate.stat().st_mode) == 0o644
    assert sorted(file.name for file in made.key.parent.iterdir()) == ["certificate.pem", "key.pem"]


@pytest.mark.parametrize("there", ["certificate.pem", "key.pem"])
def test_somebody_elses_file_is_never_overwritten_unasked(tmp_path: Path, there: str) -> None:
    (tmp_path / there).write_text("precious", encoding="utf-8")
    with pytest.raises(FileExistsError, match=there):
        make_self_signed(tmp_path, ["localhost"])
    assert [file.read_text(encoding="utf-8") for file in tmp_path.iterdir()] == ["precious"]
    made = make_self_signed(tmp_path, ["localhost"], replace=True)
    ServerTls(str(made.certificate), str(made.key))


@pytest.mark.parametrize("names", [[], [""], ["a b"], ["x" * 64 + ".example"], ["https://bench"], ["bench:4001"]])
def test_what_is_no_name_is_refused_and_nothing_is_written(tmp_path: Path, names: list[str]) -> None:
    with pytest.raises(ValueError, match=r"name|label"):
        make_self_signed(tmp_path, names)
    assert not list(tmp_path.iterdir())


def test_long_name_is_a_name(tmp_path: Path) -> None:
    made = make_self_signed(tmp_path, [".".join(["x" * 60] * 3)])
    assert fingerprint(made.certificate)


def test_two_are_never_the_same(tmp_path: Path) -> None:
    one, other = (make_self_signed(tmp_path / name, ["localhost"]) for name in "ab")
    assert fingerprint(one.certificate) != fingerprint(other.certificate)


def test_first_certificate_of_a_chain_is_the_one_that_is_told_of(tmp_path: Path) -> None:
    ca = Authority(tmp_path, "ours")
    own = ca.issue("server", ends_in_days=7)
    alone = fingerprint(own.certificate), expires_at(own.certificate)
    own.certificate.write_bytes(own.certificate.read_bytes() + ca.file.read_bytes())
    assert (fingerprint(own.certificate), expires_at(own.certificate)) == alone


def test_file_that_is_no_certificate_is_refused(tmp_path: Path) -> None:
    made = make_self_signed(tmp_path, ["localhost"])
    with pytest.raises(ValueError, match="PEM"):
        fingerprint(made.key)
    with pytest.raises(FileNotFoundError):
        expires_at(tmp_path / "missing.pem")
