"""Pairs of sockets as other systems make them."""

from __future__ import annotations

import socket


def tcp_pair() -> tuple[socket.socket, socket.socket]:
    """What `socket.socketpair()` is on Windows: a connection to this machine itself."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        one = socket.create_connection(listener.getsockname(), timeout=30)
        one.settimeout(None)
        return one, listener.accept()[0]
