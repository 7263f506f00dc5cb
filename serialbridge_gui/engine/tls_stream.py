"""TlsStream: TLS over a plain non-blocking socket. The socket stays a plain one for everybody else.

OpenSSL never sees the socket (`ssl.MemoryBIO`), for an SSLSocket has no way to say close_notify that does not also
read: where the peer still sends, that read fails, the connection with it, and what the peer sent is neither read nor
counted (measured: CPython 3.11, OpenSSL 3.0). This way, too, nothing decrypted stays behind in OpenSSL where no
selector would tell of it, and a read never waits for a write or the reverse. The price (measured with prototypes of
both, medians of three): a round trip of 64 bytes costs 10 µs of processor time either way; 16 KiB records are read at
0.9 GB/s, by an SSLSocket at 1.0.

Imports `ssl`, 4 ms of a start: import this module only where TLS is used.
"""

from __future__ import annotations

import contextlib
import errno
import socket
import ssl
from typing import Final

from serialbridge_gui.engine.readiness import READ, WRITE
from serialbridge_gui.words import tr as _tr

DONE: Final = 0
"""What `shake` returns at the end, instead of READ or WRITE."""

HEADER_BYTES: Final = 5
"""Type, version, length: RFC 8446 section 5.1."""
HANDSHAKE_RECORD: Final = 22
"""The type of the first record of whoever speaks TLS: RFC 8446 section 5.1."""
MAX_PLAIN_BYTES: Final = 1 << 14
"""What one record carries at most: RFC 8446 section 5.1."""
MAX_RECORD_BYTES: Final = HEADER_BYTES + MAX_PLAIN_BYTES + 2048
"""A record at its longest: RFC 5246 section 6.2.3; TLS 1.3 allows less."""
MAX_ANSWERS_BYTES: Final = 64 << 10
"""Bound of what OpenSSL answers by itself (to KeyUpdate, some 30 bytes each) and the peer does not take (chosen:
2,000 of them). A peer with more has failed."""


class NotTls(ssl.SSLError):
    """The peer's first byte begins no TLS."""


class TlsStream:
    """The server's side of a TLS connection; owns the socket. Bridge thread only.

    OpenSSL is given one record at a time, as it would read them itself: what follows waits in the socket, and the
    selector tells of it.
    """

    __slots__ = (
        "_begun",
        "_covers",
        "_goodbye_said",
        "_incoming",
        "_outgoing",
        "_record",
        "_shaken",
        "_tls",
        "_unsent",
        "socket",
    )

    def __init__(self, sock: socket.socket, context: ssl.SSLContext) -> None:
        sock.setblocking(False)
        self.socket = sock
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        self._record = bytearray()  # the one that is coming in
        self._begun = False  # its first byte was one of TLS
        self._shaken = False
        self._unsent = memoryview(b"")  # taken from `_outgoing`, not yet by the socket
        self._covers = 0  # bytes of the block that is being written which are encrypted, but not all sent
        self._goodbye_said = False

    def version(self) -> str:
        """TLSv1.2 or TLSv1.3, once the handshake is done; before, empty."""
        return (self._tls.version() or "") if self._shaken else ""

    def shake(self) -> int:
        """Do of the handshake what can be done now; returns READ or WRITE, what it waits for then, or DONE.

        Raises ssl.SSLError (NotTls and SSLCertVerificationError are such) or another OSError: it has failed, and the
        peer was told why as far as TLS has words for it.
        """
        while True:
            try:
                self._push()
            except BlockingIOError:
                return WRITE
            if self._shaken:
                return DONE
            try:
                if not self._next_record():
                    raise ConnectionAbortedError(errno.ECONNABORTED, _tr("the peer left during the handshake"))
            except BlockingIOError:
                return READ
            try:
                self._tls.do_handshake()
                self._shaken = True
            except ssl.SSLWantReadError:
                pass
            except ssl.SSLError:
                self._push_what_goes()
                raise

    def receive(self, _room: int = MAX_PLAIN_BYTES) -> bytes:
        """What the next record carries, 16 KiB at most, whatever `_room` is; b"": the peer has finished sending.

        It has with a close_notify, after which it may well go on receiving (RFC 8446 section 6.1), or, as many
        programs do, with a FIN alone: no more than over plain TCP can be known then of whether that was all.
        Raises BlockingIOError: nothing whole is there now. Raises OSError, ssl.SSLError for one: the connection has
        failed.
        """
        if not self._next_record():
            return b""
        try:
            return self._tls.read(MAX_PLAIN_BYTES)
        except ssl.SSLWantReadError:  # it carried no data, but new keys, say
            self._answer()
            raise BlockingIOError from None
        except ssl.SSLZeroReturnError:  # close_notify, after ours
            return b""
        except ssl.SSLError:
            self._push_what_goes()
            raise

    def write(self, data: bytes | memoryview) -> int:
        """As socket.send: how many bytes of `data` have gone, in whole records. Raises BlockingIOError: none.

        A record that has gone in part counts as not gone; the next call must begin with the same bytes, as what is
        kept in a ByteQueue does. Raises OSError: the peer is gone; ssl.SSLWantReadError, which is one, where it left
        off in the middle of a message of TLS's own and therefore cannot be sent to. (Nobody does that: the only one,
        KeyUpdate, has 5 bytes.)
        """
        size = len(data)
        if size > MAX_PLAIN_BYTES:
            data = memoryview(data)
        taken = 0
        try:
            while taken < size:
                if not self._covers:
                    self._covers = self._tls.write(data[taken : taken + MAX_PLAIN_BYTES])
                self._push()
                taken += self._covers
                self._covers = 0
        except BlockingIOError:
            if not taken:
                raise
        return taken

    def say_goodbye(self) -> None:
        """Send close_notify, once, if the socket takes it now. The peer's own is not waited for.

        Behind a record that has gone in part it cannot follow: then the peer learns that something is missing.
        """
        if self._goodbye_said:
            return
        self._goodbye_said = True
        with contextlib.suppress(OSError):  # SSLWantReadError: the peer's is not here
            self._tls.unwrap()
        self._push_what_goes()

    def close(self) -> None:
        """Close the connection, of which the handshake may have failed. May be called twice."""
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_WR)
            self.socket.recv(MAX_ANSWERS_BYTES)  # what is closed unread takes the last words to the peer with it
        self.socket.close()

    def _next_record(self) -> bool:
        """Give OpenSSL the next record. False: the TCP connection has ended. Raises BlockingIOError: part of it is.

        One that is longer than any is not waited for: OpenSSL says what it is. Raises NotTls at the first byte.
        """
        record = self._record
        if not self._fill(HEADER_BYTES):
            return False
        size = HEADER_BYTES + int.from_bytes(record[3:HEADER_BYTES])
        if size <= MAX_RECORD_BYTES and not self._fill(size):
            return False
        self._incoming.write(record)
        record.clear()
        return True

    def _fill(self, size: int) -> bool:
        """Read on until `size` bytes of the record are here; for what is raised and returned see above."""
        missing = size - len(self._record)
        if missing > 0:
            data = self.socket.recv(missing)
            if not data:
                return False
            if not self._begun:
                if data[0] != HANDSHAKE_RECORD:
                    raise NotTls(errno.EPROTO, _tr("what the peer sends is no TLS"))
                self._begun = True
            self._record += data
            if len(data) < missing:
                raise BlockingIOError
        return True

    def _push(self) -> None:
        """Send what OpenSSL has written. Raises BlockingIOError: not all of it went."""
        while True:
            if not self._unsent:
                if not self._outgoing.pending:
                    return
                self._unsent = memoryview(self._outgoing.read())
            self._unsent = self._unsent[self.socket.send(self._unsent) :]

    def _push_what_goes(self) -> None:
        with contextlib.suppress(OSError):
            self._push()

    def _answer(self) -> None:
        """Send what OpenSSL answers to a record without data. What does not go now goes before the next data.

        That is soon enough: RFC 8446 section 4.6.3.
        """
        self._push_what_goes()
        if self._outgoing.pending > MAX_ANSWERS_BYTES:
            raise ConnectionAbortedError(errno.ECONNABORTED, _tr("the peer does not take the answers it asks for"))
