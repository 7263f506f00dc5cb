"""Who gets in over TLS, and why others do not; the certificate's files. The peers are the program openssl, mostly."""

from __future__ import annotations

import os
import select
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from serialbridge_gui.engine.errors import BridgeError, Cause, Problem
from serialbridge_gui.engine.readiness import READ, WRITE
from serialbridge_gui.engine.self_signed import CertificateFiles
from serialbridge_gui.engine.tls import HANDSHAKE_S, Fault, Handshake, ServerTls
from serialbridge_gui.engine.tls_stream import DONE
from tests.certificates import Authority, weak_key
from tests.engine.running import DEADLINE_S
from tests.engine.secured import Entrance, FullSocket, OpensslClient, PythonClient, needs_openssl


def tls_of(files: CertificateFiles, client_ca: Path | str = "") -> ServerTls:
    return ServerTls(str(files.certificate), str(files.key), str(client_ca))


@pytest.fixture
def entrance(server: CertificateFiles) -> Iterator[Entrance]:
    with Entrance(tls_of(server)) as made:
        yield made


@pytest.fixture
def guarded(server: CertificateFiles, ca: Authority) -> Iterator[Entrance]:
    """Wants client certificates of the CA."""
    with Entrance(tls_of(server, ca.file)) as made:
        yield made


def certificate_options(files: CertificateFiles) -> list[str]:
    return ["-cert", str(files.certificate), "-key", str(files.key)]


# ---- who gets in


@needs_openssl
@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_client_that_trusts_the_ca_talks_both_ways(
    entrance: Entrance, ca: Authority, tmp_path: Path, version: str
) -> None:
    trust = ["-CAfile", str(ca.file), "-verify_return_error", "-verify_hostname", "localhost"]
    with OpensslClient(entrance, tmp_path, *trust, "-tls" + version.replace(".", "_")) as peer:
        client = entrance.wait_client()
        assert client._stream.version() == f"TLSv{version}"
        peer.type("hello\n")
        entrance.until(lambda: entrance.received[client] == b"hello\n", "what the peer typed")
        entrance.send(client, b"world\n")
        entrance.until(lambda: peer.said() == b"world\n", "the answer")


@needs_openssl
@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_client_with_a_certificate_of_the_ca_gets_in(
    guarded: Entrance, ca: Authority, tmp_path: Path, version: str
) -> None:
    own = certificate_options(ca.issue("client", clients_only=True))
    with OpensslClient(guarded, tmp_path, *own, "-tls" + version.replace(".", "_")) as peer:
        client = guarded.wait_client()
        peer.type("hello\n")
        guarded.until(lambda: guarded.received[client] == b"hello\n", "what the peer typed")


@needs_openssl
def test_ca_that_another_ca_has_signed_is_enough(server: CertificateFiles, ca: Authority, tmp_path: Path) -> None:
    plant = Authority(tmp_path, "plant", signed_by=ca)
    own = certificate_options(plant.issue("client"))
    with Entrance(tls_of(server, plant.file)) as entrance, OpensslClient(entrance, tmp_path, *own):
        entrance.wait_client()


@needs_openssl
def test_client_without_a_certificate_is_refused_and_told(guarded: Entrance, tmp_path: Path) -> None:
    with OpensslClient(guarded, tmp_path) as peer:
        assert guarded.wait_refused() == "no client certificate"
        guarded.until(peer.ended, "the peer ends")
        assert b"certificate required" in peer.messages.read_bytes()


@needs_openssl
@pytest.mark.parametrize("version", ["1.2", "1.3"])
@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("rogue", "certificate of another CA"),
        ("self_signed", "certificate of another CA"),
        ("expired", "certificate expired"),
        ("too_new", "certificate not valid yet"),
        ("servers_only", "certificate refused: unsuitable certificate purpose"),
    ],
)
def test_client_with_a_wrong_certificate_is_refused(
    guarded: Entrance, ca: Authority, tmp_path: Path, kind: str, reason: str, version: str
) -> None:
    rogue = Authority(tmp_path, "rogue")
    issue: dict[str, Callable[[], CertificateFiles]] = {
        "rogue": lambda: rogue.issue("client"),
        "self_signed": rogue.own_files,
        "expired": lambda: ca.issue("client", ends_in_days=-1),
        "too_new": lambda: ca.issue("client", begins_in_days=1, ends_in_days=2),
        "servers_only": lambda: ca.issue("client", servers_only=True),
    }
    own = certificate_options(issue[kind]())
    with OpensslClient(guarded, tmp_path, *own, "-tls" + version.replace(".", "_")):
        assert guarded.wait_refused() == reason


@needs_openssl
def test_version_older_than_1_2_is_refused(entrance: Entrance, tmp_path: Path) -> None:
    with OpensslClient(entrance, tmp_path, "-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"):
        assert entrance.wait_refused() == "no shared protocol"


@needs_openssl
def test_client_with_other_ciphers_is_refused(entrance: Entrance, tmp_path: Path) -> None:
    with OpensslClient(entrance, tmp_path, "-tls1_2", "-cipher", "AES128-SHA"):
        assert entrance.wait_refused() == "no shared cipher"


@needs_openssl
@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_client_that_refuses_our_certificate_is_told_of_as_such(
    entrance: Entrance, tmp_path: Path, version: str
) -> None:
    trust = ["-CAfile", str(Authority(tmp_path, "rogue").file), "-verify_return_error"]
    with OpensslClient(entrance, tmp_path, *trust, "-tls" + version.replace(".", "_")):
        assert entrance.wait_refused() == "the client refuses this bridge's certificate: unknown ca"


@pytest.mark.parametrize(
    "sent", [b"GET / HTTP/1.1\r\n\r\n", b"A", b"\xff\xfb\x01", b"\x80\x2e\x01\x00\x02", b"\0" * 1000]
)
def test_plain_bytes_are_refused_at_the_first_and_nothing_is_answered(entrance: Entrance, sent: bytes) -> None:
    with socket.create_connection(("127.0.0.1", entrance.port), timeout=DEADLINE_S) as peer:
        peer.sendall(sent)
        assert entrance.wait_refused() == "plain bytes, not TLS"
        assert peer.recv(100) == b""


def test_what_only_begins_like_tls_is_refused_without_waiting_for_more(entrance: Entrance) -> None:
    with socket.create_connection(("127.0.0.1", entrance.port), timeout=DEADLINE_S) as peer:
        peer.sendall(b"\x16hello, world")
        assert entrance.wait_refused() == "plain bytes, not TLS"


@pytest.mark.parametrize("sent", [b"", b"\x16\x03\x01", b"\x16\x03\x01\x00\x50\x01"])
def test_peer_that_leaves_during_the_handshake_is_told_of_as_such(entrance: Entrance, sent: bytes) -> None:
    with socket.create_connection(("127.0.0.1", entrance.port), timeout=DEADLINE_S) as peer:
        peer.sendall(sent)
    assert entrance.wait_refused() == "left during the handshake"


@pytest.mark.parametrize("sent", [b"", b"\x16", b"\x16\x03\x01\x00\x50\x01"])
def test_silent_peer_is_never_waited_for_and_has_a_deadline(server: CertificateFiles, sent: bytes) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as listening,
        socket.create_connection(listening.getsockname(), timeout=DEADLINE_S) as peer,
    ):
        accepted, _ = listening.accept()
        handshake = Handshake(tls_of(server).wrap(accepted), now=1000.0)
        peer.sendall(sent)
        assert handshake.address == "{}:{}".format(*peer.getsockname())
        assert handshake.deadline == 1000.0 + HANDSHAKE_S
        if sent:
            assert select.select([accepted], [], [], DEADLINE_S)[0]
        took_s = []
        for _ in range(10):
            began = time.monotonic()
            assert handshake.step() == READ
            took_s.append(time.monotonic() - began)
        assert min(took_s) < HANDSHAKE_S / 20  # a busy machine may have been slow, but not each time
        assert (handshake.fault, handshake.reason) == (Fault.TOO_SLOW, "handshake not done in time")
        handshake.close()
        handshake.close()
        assert peer.recv(100) == b""


def test_answer_that_the_peers_socket_does_not_take_is_not_waited_for(server: CertificateFiles) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening, PythonClient(listening.getsockname()[1]) as peer:
        accepted, _ = listening.accept()
        handshake = Handshake(tls_of(server).wrap(accepted), now=0.0)
        full = FullSocket(handshake.stream)
        peer.begin()
        assert select.select([accepted], [], [], DEADLINE_S)[0]
        assert [handshake.step() for _ in range(3)] == [WRITE] * 3
        full.relent()
        assert handshake.step() == READ
        peer.shake(lambda: None)
        assert select.select([accepted], [], [], DEADLINE_S)[0]
        assert handshake.step() == DONE
        handshake.close()


def test_handshake_that_comes_byte_by_byte_is_completed(entrance: Entrance) -> None:
    with PythonClient(entrance.port) as peer:
        peer.shake(entrance.turn, piece=1)
        client = entrance.wait_client()
        peer.send(b"hello")
        entrance.until(lambda: entrance.received[client] == b"hello", "what it sent")


def test_first_bytes_that_come_with_the_end_of_the_handshake_are_read(entrance: Entrance) -> None:
    with PythonClient(entrance.port) as peer:
        peer.begin()
        while not peer.incoming.pending:
            entrance.turn()
            peer.take()
        peer.tls.do_handshake()
        assert peer.outgoing.pending, "the end of the handshake is still to be sent"
        peer.send(b"at once")
        client = entrance.wait_client()
        entrance.until(lambda: entrance.received[client] == b"at once", "what it sent")


# ---- the files


def problem_of(certificate: Path, key: Path, client_ca: Path | str = "") -> Problem:
    with pytest.raises(BridgeError) as caught:
        ServerTls(str(certificate), str(key), str(client_ca))
    return caught.value.problem


def test_problems_name_the_file_and_its_cause(ca: Authority, server: CertificateFiles, tmp_path: Path) -> None:
    certificate, key = server.certificate, server.key
    missing, text = tmp_path / "missing.pem", tmp_path / "text.pem"
    text.write_text("no PEM at all", encoding="utf-8")
    other = ca.issue("other")
    weak = ca.issue("weak", key=weak_key())
    locked = ca.issue("locked", password=b"secret")
    no_such = os.strerror(2)
    assert problem_of(missing, key) == Problem(Cause.TLS_FILE, str(missing), no_such)
    assert problem_of(certificate, missing) == Problem(Cause.TLS_FILE, str(missing), no_such)
    assert problem_of(certificate, key, missing) == Problem(Cause.TLS_FILE, str(missing), no_such)
    assert problem_of(certificate, tmp_path).cause is Cause.TLS_FILE
    assert problem_of(Path("a\0b"), key).cause is Cause.TLS_FILE
    assert (problem_of(text, key).cause, problem_of(text, key).subject) == (Cause.TLS_CERTIFICATE, str(text))
    assert problem_of(key, key).cause is Cause.TLS_CERTIFICATE
    assert problem_of(weak.certificate, weak.key) == Problem(
        Cause.TLS_CERTIFICATE, str(weak.certificate), "ee key too small"
    )
    assert (problem_of(certificate, text).cause, problem_of(certificate, text).subject) == (Cause.TLS_KEY, str(text))
    assert problem_of(certificate, certificate).cause is Cause.TLS_KEY
    for wrong in (other.key, weak.key):
        problem = problem_of(certificate, wrong)
        assert problem.cause is Cause.TLS_KEY_DIFFERENT
        assert (problem.subject, problem.hint) == (str(wrong), str(certificate))
    assert problem_of(locked.certificate, locked.key) == Problem(Cause.TLS_KEY_PASSWORD, str(locked.key))
    for wrong in (text, key):
        problem = problem_of(certificate, key, wrong)
        assert (problem.cause, problem.subject) == (Cause.TLS_CLIENT_CA, str(wrong))
        assert problem.detail == "no certificate or crl found"


def test_certificate_and_key_may_share_a_file(server: CertificateFiles, tmp_path: Path) -> None:
    both = tmp_path / "both.pem"
    both.write_bytes(server.key.read_bytes() + server.certificate.read_bytes())
    ServerTls(str(both), str(both))


def certificate_shown(entrance: Entrance) -> bytes:
    """What a peer that comes now is shown."""
    with PythonClient(entrance.port) as peer:
        peer.shake(entrance.turn)
        entrance.wait_client()
        return peer.tls.getpeercert(binary_form=True) or b""


def replace(target: CertificateFiles, source: CertificateFiles) -> None:
    """As a renewal does: new files under the old names."""
    os.replace(source.key, target.key)
    os.replace(source.certificate, target.certificate)


def test_changed_certificate_is_shown_to_the_next_peer(
    entrance: Entrance, server: CertificateFiles, ca: Authority
) -> None:
    with PythonClient(entrance.port) as early:
        early.shake(entrance.turn)
        client = entrance.wait_client()
        first = certificate_shown(entrance)
        assert certificate_shown(entrance) == first
        replace(server, ca.issue("renewed"))
        assert certificate_shown(entrance) != first
        assert entrance.tls.take_failure() is None
        early.send(b"still here")
        entrance.until(lambda: entrance.received[client] == b"still here", "who was there before goes on")


def test_broken_new_files_keep_the_old_in_force_and_are_told_of_once(
    entrance: Entrance, server: CertificateFiles, ca: Authority
) -> None:
    first = certificate_shown(entrance)
    renewed = ca.issue("renewed")
    os.replace(renewed.key, server.key)  # and the certificate not yet
    assert certificate_shown(entrance) == first
    assert entrance.tls.take_failure() == Problem(
        Cause.TLS_KEY_DIFFERENT, str(server.key), "key values mismatch", str(server.certificate)
    )
    assert certificate_shown(entrance) == first
    assert entrance.tls.take_failure() is None
    server.certificate.unlink()
    assert certificate_shown(entrance) == first
    failure = entrance.tls.take_failure()
    assert failure is not None
    assert (failure.cause, failure.subject) == (Cause.TLS_FILE, str(server.certificate))
    os.replace(renewed.certificate, server.certificate)
    assert certificate_shown(entrance) != first
    assert entrance.tls.take_failure() is None


@needs_openssl
def test_changed_client_ca_is_in_force_for_the_next_peer(guarded: Entrance, ca: Authority, tmp_path: Path) -> None:
    own = certificate_options(ca.issue("client"))
    with OpensslClient(guarded, tmp_path, *own):
        guarded.wait_client()
    os.replace(Authority(tmp_path, "next").file, ca.file)
    with OpensslClient(guarded, tmp_path, *own):
        guarded.until(lambda: guarded.refused == ["certificate of another CA"], "it is refused")
