"""Announcement: other machines find a listening bridge by mDNS (RFC 6762) and DNS-SD (RFC 6763).

Type and TXT are those of ser2net (ser2net.yaml(5), `mdns` options), so that the tools of its users find it: gensio's
`mdns`, openHAB, `avahi-browse _iostream._tcp`. `gensiostack` says what to put before the address to connect.

Nobody needs zeroconf who does not announce: it is imported, with asyncio, in the thread that announces.
"""

from __future__ import annotations

import contextlib
import os
import re
import socket
import threading
from collections.abc import Callable
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

from PySide6.QtNetwork import QNetworkInterface

from serialbridge_gui.profile import ListenAddress, Mode
from serialbridge_gui.words import tr as _tr

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop, Task

SERVICE_TYPE: Final = "_iostream._tcp.local."
PROVIDER: Final = "serialbridge"

LOOK_S: Final = 10.0
"""How often the machine's addresses are looked at, and how long after a failure it is tried again (chosen: a cable
that is plugged in, or a network that comes after the start, is no emergency)."""
CLOSE_S: Final = 1.0
"""How long `close` waits. Taking it back takes 0.25 s (zeroconf 0.154: three goodbyes)."""
MAX_NAME_BYTES: Final = 59
"""Of the 63 that a label may have (RFC 6763 section 4.1.1): the library appends `-2` and so on to a name that is
taken."""


class Announcement:
    """One bridge's announcement, from `start` to `close`. Both, and `withdraw`: the same thread.

    Everything else happens in a thread named "mdns". Nothing that fails there ends the bridge.
    """

    def __init__(
        self,
        name: str,
        address: ListenAddress,
        mode: Mode,
        tls: bool,
        failed: Callable[[str], object],
        *,
        addresses: Callable[[ListenAddress], list[str]] | None = None,
    ) -> None:
        """`address`: the one really bound. `failed` gets the system's or the library's words, in the mdns thread;
        once for a failure that lasts. `addresses`: which of the machine's to announce, for tests.
        """
        self._name = name
        self._address = address
        self._txt = {"provider": PROVIDER, "gensiostack": gensio_stack(mode, tls=tls)}
        self._failed = failed
        self._addresses = addresses or reachable_addresses
        self._host = _host_name()
        self._withdrawn = False
        self._loop: AbstractEventLoop | None = None
        self._task: Task[None] | None = None
        self._thread = threading.Thread(target=self._run, name="mdns", daemon=True)

    def start(self) -> None:
        """Announce it from now on; waits for nothing. Nothing happens for an address that only this machine reaches."""
        if not self._address.loopback_only:
            self._thread.start()

    def withdraw(self) -> None:
        """Begin to take it back; waits for nothing. May be called twice."""
        if self._withdrawn:
            return
        self._withdrawn = True
        if self._loop is not None and self._task is not None:
            with contextlib.suppress(RuntimeError):  # it has ended already
                self._loop.call_soon_threadsafe(self._task.cancel)

    def close(self) -> None:
        """Take it back, and wait up to CLOSE_S seconds for that. May be called twice."""
        self.withdraw()
        if self._thread.ident is not None:
            self._thread.join(CLOSE_S)

    # ---- mdns thread

    def _run(self) -> None:
        import asyncio

        with contextlib.suppress(asyncio.CancelledError):
            asyncio.run(self._announce())

    async def _announce(self) -> None:
        """Until cancelled."""
        import asyncio

        self._task = asyncio.current_task()
        self._loop = asyncio.get_running_loop()
        told = ""
        while not self._withdrawn:  # or `withdraw` came before there was a task
            try:
                await self._announce_addresses()
                told = ""
            except Exception as error:  # noqa: BLE001 - whatever the library raises: the bridge goes on without
                detail = str(error) or type(error).__name__
                if detail != told:
                    self._failed(detail)
                told = detail
                await asyncio.sleep(LOOK_S)

    async def _announce_addresses(self) -> None:
        """Announce the machine's addresses until they are others. Raises whatever the library does, and OSError."""
        import asyncio

        from zeroconf import ServiceInfo
        from zeroconf.asyncio import AsyncZeroconf

        addresses = self._addresses(self._address)
        if not addresses:
            raise OSError(_tr("this machine has no address that others could reach"))
        service = ServiceInfo(
            SERVICE_TYPE,
            f"{instance_name(self._name)}.{SERVICE_TYPE}",
            port=self._address.port,
            properties=self._txt,
            server=self._host,
            parsed_addresses=[address.partition("%")[0] for address in addresses],
        )
        responder = AsyncZeroconf(interfaces=list(addresses))
        started = asyncio.create_task(responder.zeroconf.async_wait_for_start())
        try:
            await asyncio.shield(started)  # or a `withdraw` meanwhile would leave sockets open (zeroconf 0.154)
            await (await responder.async_register_service(service, allow_name_change=True))
            while self._addresses(self._address) == addresses:
                await asyncio.sleep(LOOK_S)
        finally:
            await responder.async_close()
            await asyncio.gather(started, return_exceptions=True)


def gensio_stack(mode: Mode, *, tls: bool) -> str:
    """What a gensio puts before HOST,PORT to connect, such as `telnet(rfc2217),tcp` (gensio(5))."""
    layers = ["telnet(rfc2217)"] if mode is Mode.RFC2217 else []
    return ",".join([*layers, *(["ssl"] if tls else []), "tcp"])


def instance_name(name: str) -> str:
    """The bridge's name as one label of DNS-SD: without dots, which the library takes for the ends of labels."""
    return name.replace(".", "-").encode()[:MAX_NAME_BYTES].decode(errors="ignore")


def reachable_addresses(address: ListenAddress) -> list[str]:
    """This machine's addresses at which others reach a listener that is bound to `address`; sorted. Some 0.1 ms.

    Of IPv6 those of one link only, `fe80::…%eth0`, where there are no others.
    """
    bound = ip_address(address.host)
    if not bound.is_unspecified:
        return [address.host]
    own = [ip_address(each.toString()) for each in QNetworkInterface.allAddresses()]
    others = [each for each in own if each.version == bound.version and not each.is_loopback]
    if bound.version == 6:
        others = [each for each in others if not each.is_link_local] or others
    return sorted(str(each) for each in others)


def _host_name() -> str:
    """A host name for these addresses alone: the machine's own name may be announced by the system, with others."""
    label = re.sub(r"[^A-Za-z0-9-]", "-", socket.gethostname().partition(".")[0])[:40].strip("-")
    return f"{label or PROVIDER}-{os.urandom(4).hex()}.local."
