"""TlsClient: a Client whose bytes go through TLS. Imports `ssl`: import it only where TLS is used."""

from __future__ import annotations

from serialbridge_gui.engine.client import Client
from serialbridge_gui.engine.tls_stream import TlsStream


class TlsClient(Client):
    """A peer whose handshake is done. What counts its bytes counts them as the device has them, not as they travel.

    `socket` is the plain socket below: for the selector, its options, what the system knows of the connection.
    Nothing else may read it, write to it or shut it.

    `receive` gives one record, up to 16 KiB, whatever room it is told of: who limits what waits for the device
    exceeds that limit by so much at most. A client that has said close_notify goes on receiving, as one that has
    shut its sending side. While its goodbye lies unread, though, `peer_has_finished` does not know of it, unless
    a FIN came too.
    """

    __slots__ = ("_stream",)

    def __init__(self, number: int, stream: TlsStream, *, may_write: bool, now: float) -> None:
        """`now`: the loop's monotonic time in seconds. Raises OSError if the peer is gone already."""
        super().__init__(number, stream.socket, may_write=may_write, now=now)
        self._stream = stream
        self.receive = stream.receive
        self.write = stream.write

    def finish(self) -> bool:
        """Shut our sending side, close_notify first; False if the connection is gone already."""
        self._say_goodbye()
        return super().finish()

    def close(self) -> int:
        """Close the connection in good order, without waiting; returns how many queued bytes are lost.

        A record that went in part counts as lost.
        """
        self._say_goodbye()
        return super().close()

    def _say_goodbye(self) -> None:
        if not self.queue.size:  # else it would say that this was all
            self._stream.say_goodbye()
