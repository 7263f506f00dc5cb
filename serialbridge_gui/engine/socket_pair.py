"""Two connected sockets between threads of this program, on which nothing waits for company."""

from __future__ import annotations

import socket
from typing import Final

BUFFER_BYTES: Final = 64 << 10
"""Of each end, each way, where the pair is TCP (chosen: one full read of a port; Linux' own pairs hold 208 KiB)."""


def socket_pair() -> tuple[socket.socket, socket.socket]:
    """As `socket.socketpair()`, both ends blocking. Raises OSError. The caller closes them.

    On Windows Python makes the pair out of TCP. There a second small write waits until the first one is
    acknowledged (Nagle, RFC 1122 section 4.2.3.4), and that takes up to 0.5 s while the other end sends nothing
    (4.2.3.2): part of a request, or a wake-up, would be late. And the system lets the buffers grow: 7 MB were
    taken for a device that takes nothing (measured, Wine 10), which is ten minutes of a usual line.
    """
    pair = socket.socketpair()
    for end in pair:
        if end.family in (socket.AF_INET, socket.AF_INET6):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER_BYTES)
            end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
    return pair
