"""What can be told of a listen address without listening."""

from __future__ import annotations

import errno
import socket
import sys

from serialbridge_gui.profile import ListenAddress


def reachable(address: ListenAddress) -> ListenAddress:
    """The address another program is to connect to: for "any" the one by which this machine reaches others.

    Asks the routing table, sends nothing (a UDP connect); microseconds, any thread. Without a network: loopback.
    """
    probes = {"0.0.0.0": (socket.AF_INET, "192.0.2.1"), "::": (socket.AF_INET6, "2001:db8::1")}  # RFC 5737, 3849
    if address.host not in probes:
        return address
    family, far = probes[address.host]
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((far, 9))
            host = str(probe.getsockname()[0])
    except OSError:
        host = "127.0.0.1" if family is socket.AF_INET else "::1"
    return address.changed(host=host)


def address_taken(address: ListenAddress) -> bool:
    """Whether somebody listens at exactly this address now. Blocks for microseconds; any thread."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        if sys.platform != "win32":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address.host, address.port))
            probe.listen(1)
        except OSError as error:
            return error.errno == errno.EADDRINUSE
        except (TypeError, UnicodeError):  # no name that can be looked up
            return False
    return False
