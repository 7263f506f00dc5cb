"""Two machines on one cable, made of network namespaces: nothing of it touches this machine's own network.

    with CablePair() as cable:
        with ConsoleBridge("run", path, "--listen", f"{cable.BRIDGE_HOST}:0", within=cable.at_bridge) as bridge:
            client = cable.connect(bridge.wait_listening())
            cable.unplug()
"""

from __future__ import annotations

import ctypes
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

from tests.end2end.peers import Background, connect

CLONE_NEWNET = 0x40000000  # sched.h


class CablePair:
    """A namespace for the bridge and one for its clients, joined by a veth pair; both go with the block.

    Skips the test where that can't be made: it needs Linux, root and iproute2.
    """

    BRIDGE_HOST = "192.0.2.1"  # RFC 5737
    CLIENT_HOST = "192.0.2.2"

    def __init__(self) -> None:
        self._bridge_end = f"serialbridge-{os.getpid()}-b"
        self._client_end = f"serialbridge-{os.getpid()}-c"
        self.at_bridge = ("ip", "netns", "exec", self._bridge_end)
        """What a program is started with to run at the bridge's end."""

    def __enter__(self) -> Self:
        if not sys.platform.startswith("linux") or os.geteuid() != 0:
            pytest.skip("only root of a Linux can make network namespaces")
        if shutil.which("ip") is None:
            pytest.skip("iproute2 is not installed")
        try:
            for name in (self._bridge_end, self._client_end):
                ip("netns", "add", name)
            ip("link", "add", "cable", "netns", self._bridge_end, "type", "veth",
               "peer", "name", "cable", "netns", self._client_end)  # fmt: skip
            for name, host in ((self._bridge_end, self.BRIDGE_HOST), (self._client_end, self.CLIENT_HOST)):
                ip("-n", name, "address", "add", f"{host}/24", "dev", "cable")
                ip("-n", name, "link", "set", "cable", "up")
        except subprocess.CalledProcessError as error:
            self._remove()
            pytest.skip(f"no network namespace can be made here: {error.stderr.strip()}")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._remove()

    def connect(self, address: tuple[str, int], receive_buffer: int | None = None) -> socket.socket:
        """A socket at the clients' end; any thread of the test may use it."""

        def connect_there() -> socket.socket:
            with Path("/run/netns", self._client_end).open("rb") as namespace:
                # A socket stays in the namespace of the thread that made it, and this thread ends with it.
                if ctypes.CDLL(None, use_errno=True).setns(namespace.fileno(), CLONE_NEWNET):
                    raise OSError(ctypes.get_errno(), "setns")
            return connect(address, receive_buffer)

        client = Background(connect_there).result()
        assert isinstance(client, socket.socket)
        return client

    def unplug(self) -> None:
        """From now no packet passes; nobody is told."""
        ip("-n", self._client_end, "link", "set", "cable", "down")

    def plug(self) -> None:
        ip("-n", self._client_end, "link", "set", "cable", "up")

    def _remove(self) -> None:
        for name in (self._bridge_end, self._client_end):
            if Path("/run/netns", name).exists():
                ip("netns", "delete", name)  # the cable goes with it


def ip(*args: str) -> None:
    """Run ip(8). Raises CalledProcessError with what it said."""
    subprocess.run(["ip", *args], check=True, capture_output=True, text=True, timeout=60)
