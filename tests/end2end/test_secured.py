"""The console program behind TLS: who gets in, who does not, and what is said of it. Real clients of OpenSSL's."""

from __future__ import annotations

import os
import random
import select
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from serialbridge_gui.engine.self_signed import CertificateFiles
from serialbridge_gui.engine.tls import HANDSHAKE_S
from tests.certificates import Authority
from tests.devices import PtyDevice
from tests.engine.secured import needs_openssl
from tests.processes import ConsoleBridge, run_console

DEADLINE_S = 60.0
LONG_S = 120.0
"""For 100 MB each way."""


@contextmanager
def secured(
    server: CertificateFiles, *options: str, hasty: Sequence[str] = ()
) -> Iterator[tuple[PtyDevice, ConsoleBridge, int]]:
    """A bridge behind TLS on a free port."""
    tls = ("--tls-cert", str(server.certificate), "--tls-key", str(server.key))
    with (
        PtyDevice() as device,
        ConsoleBridge("run", device.path, "--listen", "127.0.0.1:0", "--json", *tls, *options, hasty=hasty) as bridge,
    ):
        _, port = bridge.wait_listening()
        yield device, bridge, port


def openssl(port: int, *options: str, ask: bytes = b"") -> tuple[int, str]:
    """Exit code and words of `openssl s_client`, which sends `ask` and half-closes."""
    done = subprocess.run(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-quiet", "-no_ign_eof", *options],
        input=ask, capture_output=True, timeout=DEADLINE_S, check=False,
    )  # fmt: skip
    return done.returncode, (done.stdout + done.stderr).decode(errors="replace")


def openssl_answer(port: int, *options: str, ask: bytes) -> bytes:
    """The first line that comes back to `openssl s_client`."""
    with subprocess.Popen(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-quiet", *options],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    ) as client:  # fmt: skip
        assert client.stdin is not None
        assert client.stdout is not None
        client.stdin.write(ask)
        client.stdin.flush()
        answer = client.stdout.readline()
        client.terminate()
        return answer


def connect(ca: Authority, port: int) -> ssl.SSLSocket:
    """A client of Python's that trusts this CA."""
    context = ssl.create_default_context(cafile=str(ca.file))
    return context.wrap_socket(socket.create_connection(("127.0.0.1", port), DEADLINE_S), server_hostname="localhost")


@needs_openssl
def test_client_certificates_decide_who_gets_in(ca: Authority, server: CertificateFiles, tmp_path: Path) -> None:
    rogue = Authority(tmp_path, "rogue").issue("stranger")
    good, expired = ca.issue("client"), ca.issue("old", ends_in_days=-1)
    with secured(server, "--tls-client-ca", str(ca.file)) as (device, bridge, port):
        device.echo()
        refused = (
            (None, "no client certificate"),
            (rogue, "certificate of another CA"),
            (expired, "certificate expired"),
        )
        for number, (files, reason) in enumerate(refused, 1):
            shown = ("-cert", str(files.certificate), "-key", str(files.key)) if files else ()
            openssl(port, *shown, ask=b"let me in\n")
            assert bridge.wait_event("client_refused", number)["reason"] == "tls"
            bridge.wait_stderr(reason)
        assert not bridge.events("client_connected")
        shown = ("-cert", str(good.certificate), "-key", str(good.key))
        assert openssl_answer(port, *shown, ask=b"let me in\n") == b"let me in\n"
        bridge.wait_event("client_connected")


@needs_openssl
def test_tls_1_1_is_refused(ca: Authority, server: CertificateFiles) -> None:
    with secured(server) as (_, bridge, port):
        code, _ = openssl(port, "-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0")
        assert code != 0
        assert bridge.wait_event("client_refused")["reason"] == "tls"


def test_silent_peer_is_dropped_in_time_and_holds_no_place(ca: Authority, server: CertificateFiles) -> None:
    with secured(server, hasty=["engine.tls"]) as (device, bridge, port):
        began = time.monotonic()
        with socket.create_connection(("127.0.0.1", port), DEADLINE_S) as silent:
            with connect(ca, port) as client:  # exclusive, and yet it gets in
                client.sendall(b"x")
                assert device.read(1) == b"x"
            assert silent.recv(1) == b""
        assert time.monotonic() - began >= HANDSHAKE_S - 0.5  # and no later than DEADLINE_S: `recv` has come back
        assert bridge.wait_event("client_refused")["reason"] == "tls"


@pytest.mark.parametrize("words", [b"AT\r\n", b"GET / HTTP/1.1\r\n\r\n", b"\x00" * 50])
def test_plain_bytes_are_refused_and_never_reach_the_device(server: CertificateFiles, words: bytes) -> None:
    with secured(server) as (device, bridge, port):
        with socket.create_connection(("127.0.0.1", port), DEADLINE_S) as plain:
            plain.sendall(words)
            with suppress(ConnectionResetError):
                assert plain.recv(100) == b""
        assert bridge.wait_event("client_refused")["reason"] == "tls"
        bridge.wait_stderr("plain bytes, not TLS")
        assert device.read_available() == b""


def test_second_client_of_exclusive_is_refused_before_its_handshake(ca: Authority, server: CertificateFiles) -> None:
    with secured(server) as (device, bridge, port), connect(ca, port) as first:
        bridge.wait_event("client_connected")
        with pytest.raises(OSError, match=r"EOF|reset|closed"), connect(ca, port):
            pass
        assert bridge.wait_event("client_refused")["reason"] == "in_use"
        first.sendall(b"still here")
        assert device.read(10) == b"still here"


def exchange(ca: Authority, server: CertificateFiles, size: int) -> None:
    """`size` bytes each way at once, each of them as it was."""
    data = random.Random(size).randbytes(size)
    with secured(server) as (device, bridge, port), connect(ca, port) as client:
        bridge.wait_event("client_connected")  # what the device sends before that is nobody's
        device.pump([data])
        arrived = bytearray()
        reader = threading.Thread(target=lambda: arrived.extend(device.read(size, deadline_s=LONG_S)))
        reader.start()
        got = talk(client, data, size)
        reader.join(LONG_S)
        assert got == data
        assert arrived == data


def talk(client: ssl.SSLSocket, data: bytes, expected: int) -> bytes:
    """Send `data` and receive as many bytes as `expected`, both at once, in one thread: OpenSSL allows no more."""
    client.setblocking(False)
    got, left = bytearray(), memoryview(data)
    expires = time.monotonic() + LONG_S
    while (left or len(got) < expected) and time.monotonic() < expires:
        select.select([client], [client] if left else [], [], 0.1)
        with suppress(ssl.SSLWantReadError):
            while part := client.recv(1 << 16):
                got += part
        with suppress(ssl.SSLWantReadError, ssl.SSLWantWriteError):
            while left:
                left = left[client.send(left[: 1 << 16]) :]
    return bytes(got)


def test_bytes_pass_exactly_both_ways_at_once(ca: Authority, server: CertificateFiles) -> None:
    exchange(ca, server, 4_000_000)


@pytest.mark.soak
def test_100_mb_pass_exactly_both_ways_at_once(ca: Authority, server: CertificateFiles) -> None:
    exchange(ca, server, 100_000_000)


def test_new_certificate_is_shown_without_a_restart(ca: Authority, server: CertificateFiles) -> None:
    with secured(server) as (_, bridge, port):
        with connect(ca, port) as client:
            before = client.getpeercert(binary_form=True)
        bridge.wait_event("client_disconnected")
        renewed = ca.issue("renewed")
        os.replace(renewed.key, server.key)
        os.replace(renewed.certificate, server.certificate)
        with connect(ca, port) as client:
            assert client.getpeercert(binary_form=True) != before


@pytest.mark.parametrize(
    ("certificate", "key", "words"),
    [
        ("nowhere.pem", "key", "cannot be read"),
        ("key", "certificate", "no certificate"),
        ("certificate", "other", "is not the private key"),
    ],
)
def test_files_that_do_not_serve_are_named_in_one_line(
    ca: Authority, server: CertificateFiles, certificate: str, key: str, words: str
) -> None:
    files = {"certificate": server.certificate, "key": server.key, "other": ca.issue("other").key}
    done = run_console(
        "run", "sim://echo", "--listen", "127.0.0.1:0",
        "--tls-cert", str(files.get(certificate, certificate)), "--tls-key", str(files.get(key, key)),
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert words in done.stderr
