"""What gensio's client makes of an RFC 2217 server. Debian's python3-gensio is for the system's Python: run by that.

    /usr/bin/python3 gensio_client.py connect HOST PORT   # dial the server
    /usr/bin/python3 gensio_client.py accept PORT         # be dialled by it

Writes one JSON object: for each setting that was asked for, in order, the one that the server says is in force, as
[name, asked, told, told when asked what it is]; then what the device has sent up to the end of a line.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import gensio  # type: ignore[import-not-found]

DEADLINE_MS = 60_000  # a bridge that dials makes pauses, and a busy machine more

SETTINGS = (
    ("baud", 57600),
    ("datasize", 7),
    ("parity", gensio.SERGENSIO_PARITY_EVEN),
    ("parity", gensio.SERGENSIO_PARITY_ODD),
    ("stopbits", 2),
    ("flowcontrol", gensio.SERGENSIO_FLOWCONTROL_RTS_CTS),
    ("flowcontrol", gensio.SERGENSIO_FLOWCONTROL_XON_XOFF),
    ("flowcontrol", gensio.SERGENSIO_FLOWCONTROL_NONE),
    ("iflowcontrol", gensio.SERGENSIO_FLOWCONTROL_NONE),
    ("dtr", gensio.SERGENSIO_DTR_OFF),
    ("dtr", gensio.SERGENSIO_DTR_ON),
    ("rts", gensio.SERGENSIO_RTS_OFF),
    ("rts", gensio.SERGENSIO_RTS_ON),
    ("sbreak", gensio.SERGENSIO_BREAK_ON),
    ("sbreak", gensio.SERGENSIO_BREAK_OFF),
)


class Peer:
    """Takes what gensio tells of a connection; its callbacks' names are gensio's."""

    def __init__(self, waiter: Any) -> None:
        self.received = b""
        self.modem_state = -1
        self.told_signature = b""
        self._waiter = waiter

    def read_callback(self, _io: Any, error: str | None, data: bytes | None, _auxiliary: Any = None) -> int:
        self.received += data or b""
        if error or self.received.endswith(b"\n"):
            self._waiter.wake()
        return len(data or b"")

    def modemstate(self, _io: Any, state: int) -> None:
        self.modem_state = state

    def signature(self, _io: Any, _error: str | None, text: bytes) -> None:
        self.told_signature = text
        self._waiter.wake()


class Door:
    """Lets the first caller in."""

    def __init__(self, waiter: Any, peer: Peer) -> None:
        self.caller: Any = None
        self._waiter = waiter
        self._peer = peer

    def new_connection(self, _accepter: Any, connection: Any) -> None:
        self.caller = connection
        connection.set_cbs(self._peer)  # at once: what comes while it has none is told to nobody
        self._waiter.wake()


def main() -> None:
    system = gensio.alloc_gensio_os_funcs(None)
    waiter = gensio.waiter(system)
    peer = Peer(waiter)
    verb, *where = sys.argv[1:]
    if verb == "connect":
        connection = gensio.gensio(system, f"telnet(rfc2217),tcp,{','.join(where)}", peer)
        connection.open_s()
    else:
        door = Door(waiter, peer)
        accepter = gensio.gensio_accepter(system, f"telnet(rfc2217,mode=client),tcp,127.0.0.1,{where[0]}", door)
        accepter.startup()
        waiter.wait_timeout(1, DEADLINE_MS)
        connection = door.caller
    connection.read_cb_enable(True)  # without this it takes no answers either
    port = connection.cast_to_sergensio()
    in_force = []
    for name, wanted in SETTINGS:
        ask = getattr(port, f"sg_{name}_s")
        in_force.append([name, wanted, ask(wanted), ask(0)])  # raises where no answer comes
    port.sg_send_break()
    port.sg_flush(gensio.SERGENSIO_FLUSH_RCV_XMIT_BUFFERS)
    port.sg_signature("", peer)
    waiter.wait_timeout(1, DEADLINE_MS)
    connection.write(b"every \xff is two\r", None)
    waiter.wait_timeout(1, DEADLINE_MS)
    told = {
        "in_force": in_force,
        "modem_state": peer.modem_state,
        "signature": peer.told_signature.decode(),
        "received": peer.received.hex(),
    }
    print(json.dumps(told))  # noqa: T201


if __name__ == "__main__":
    main()
