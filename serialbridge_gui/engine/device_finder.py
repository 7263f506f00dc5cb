"""DeviceFinder: one device, found again by who it is. Two adapters of one kind are never mistaken for each other."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Final

from serialbridge_gui.engine import events as ev
from serialbridge_gui.engine import ports
from serialbridge_gui.engine.errors import BridgeError, Cause, Problem
from serialbridge_gui.profile import DeviceIdentity, SerialSettings
from serialbridge_gui.traffic.clock import time_ns

RELIST_S: Final = 5.0
"""How often the ports are listed although none seems to have come or gone (chosen: 1 % of a core where it is slow)."""
MAX_NAMED: Final = 64
"""Bound of the look-alikes that are told of while the device is away; further ones are refused in silence."""

Devices = Mapping[str, DeviceIdentity]
"""The USB devices among the ports, by port name."""


def same_device(expected: DeviceIdentity, found: DeviceIdentity) -> bool:
    """Whether the two may be one device: the serial number decides; where there is none, the socket it is in."""
    if (expected.vid, expected.pid, expected.interface) != (found.vid, found.pid, found.interface):
        return False
    if expected.serial_number is not None or found.serial_number is not None:
        return expected.serial_number == found.serial_number
    return expected.location == found.location


def find_device(
    expected: DeviceIdentity, name: str, devices: Devices, others: frozenset[str | None] = frozenset()
) -> str | None:
    """Under which name the device is there; None: it is not, or several could be it. Pure.

    `name` is the one it had, `others` are locations of devices that are known not to be it: some makers
    give all their adapters one serial number. Of several, the one in the same socket is it, else the one of
    the same name.
    """
    rated: dict[tuple[bool, bool], list[str]] = {}
    for device, found in devices.items():
        same_name = ports.real_name(device) == ports.real_name(name)
        same_place = found.location is not None and found.location == expected.location
        if not same_device(expected, found) or (found.location in others and not same_place):
            continue
        if found.serial_number is None and found.location is None and not same_name:
            continue  # nothing tells it from another one of its kind
        rated.setdefault((same_place, same_name), []).append(device)
    best = rated[max(rated)] if rated else []
    return best[0] if len(best) == 1 else None


class DeviceFinder:
    """Says which port to open. Bridge thread only.

    Where listing the ports may take seconds (see `ports.IDENTIFYING_IS_QUICK`), a short-lived thread does it,
    one at a time, and its result comes back through the loop's wake-up. Nobody waits for that thread at the
    end: it holds nothing, cannot be interrupted, and what it posts to a loop that has ended is never run.
    """

    def __init__(
        self, settings: SerialSettings, tell: Callable[[ev.Event], None], post: Callable[[Callable[[], None]], None]
    ) -> None:
        self._settings = settings
        self._tell = tell
        self._post = post
        self._identity = settings.identity
        self._name = settings.device
        """The name it was opened under last."""
        self._others: frozenset[str | None] = frozenset()
        self._open = False
        self._moment = 0
        """Counts comings and goings: a listing that was begun before the last one is out of date."""
        self._listing = False
        self._again: Callable[[], None] = lambda: None
        self._signature: object = None
        self._list_at = 0.0
        self._candidate: str | None = None
        self._found: DeviceIdentity | None = None
        """Who the candidate is: the same device may be in another socket now."""
        self._named: set[tuple[str, DeviceIdentity]] = set()

    def find_first(self) -> str:
        """The port to open at the start. Raises BridgeError: another device has its name, or it is not there.

        Where the profile says who is meant, this may block as long as listing the ports does.
        """
        if self._identity is None:
            return self._name
        devices = ports.device_identities()
        device = find_device(self._identity, self._name, devices)
        if device is not None:
            self._found = devices[device]
            return self._spelled(device)
        found = _by_name(devices, self._name)
        if found is None and not os.path.exists(self._name):
            raise BridgeError(Problem(Cause.DEVICE_MISSING, self._name))
        problem = Problem(Cause.DEVICE_DIFFERENT, self._name, expected=self._identity, found=found)
        raise BridgeError(problem)

    def opened(self, device: str) -> None:
        """The port of this name is open: note who it is, and tell it if the name is another than before."""
        if device != self._name:
            self._tell(ev.DeviceMoved(time_ns(), device, self._name))
        self._name = device
        self._identity, self._found = self._found or self._identity, None
        self._open = True
        self._moment += 1
        self._named.clear()
        if ports.may_be_listed(device) and (self._identity is None or not ports.IDENTIFYING_IS_QUICK):
            self._list(self._identify)

    def lost(self) -> None:
        """The device is gone. What looks like it and is plugged in elsewhere at this moment is another one."""
        self._open = False
        self._moment += 1
        self._signature, self._candidate, self._found = None, None, None
        if ports.IDENTIFYING_IS_QUICK:
            self._note_others(ports.device_identities())

    def look(self, again: Callable[[], None]) -> str | None:
        """The port to try to open now, if there is one; `again` is called once a listing of them has come.

        Meant to be called twice a second: as long as no port comes or goes this is a look at a folder.
        """
        if self._identity is None:
            return self._name if _may_be_there(self._name) else None
        if self._listing:
            return None
        signature = ports.ports_signature()
        now = monotonic()
        if signature != self._signature or now >= self._list_at:
            self._signature, self._list_at = signature, now + RELIST_S
            self._again = again
            self._list(self._judge)
            if self._listing:
                return None
        return self._candidate

    # ---- listing

    def _list(self, use: Callable[[Devices], None]) -> None:
        """Have `use` called with the devices there are: at once where that is quick, else when they are known."""
        if ports.IDENTIFYING_IS_QUICK:
            use(ports.device_identities())
            return
        if self._listing:
            return
        self._listing = True
        moment = self._moment

        def list_ports() -> None:
            devices = ports.device_identities()
            self._post(lambda: self._listed(use, devices, moment))

        threading.Thread(target=list_ports, name="list ports", daemon=True).start()

    def _listed(self, use: Callable[[Devices], None], devices: Devices, moment: int) -> None:
        self._listing = False
        if moment == self._moment:
            use(devices)
            if not self._open:
                self._again()
        elif self._open:
            self._list(self._identify)  # it came back meanwhile; while it is away, `look` lists again

    def _identify(self, devices: Devices) -> None:
        """Who it is that is open, and who is beside it."""
        self._identity = _by_name(devices, self._name) or self._identity
        self._note_others(devices)

    def _judge(self, devices: Devices) -> None:
        """Which of them is the one, while it is away."""
        expected = self._identity
        if expected is None:
            return
        self._others &= {found.location for found in devices.values()}  # one that was pulled may be plugged anywhere
        device = find_device(expected, self._name, devices, self._others)
        self._candidate = self._spelled(device) if device is not None else None
        self._found = devices[device] if device is not None else None
        found = _by_name(devices, self._name)
        if found is None or (device is not None and ports.real_name(device) == ports.real_name(self._name)):
            return
        if (self._name, found) not in self._named and len(self._named) < MAX_NAMED:
            self._named.add((self._name, found))
            self._tell(ev.LookAlikeRefused(time_ns(), self._name, expected, found))

    def _note_others(self, devices: Devices) -> None:
        """Those that could be taken for it and are in another socket while it is in its own."""
        expected = self._identity
        if expected is not None:
            self._others = frozenset(
                found.location
                for found in devices.values()
                if same_device(expected, found) and found.location not in (None, expected.location)
            )

    def _spelled(self, device: str) -> str:
        """As the profile names it, where that is a link to it."""
        own = self._settings.device
        return own if ports.real_name(own) == ports.real_name(device) else device


def _by_name(devices: Devices, name: str) -> DeviceIdentity | None:
    real = ports.real_name(name)
    return next((found for device, found in devices.items() if ports.real_name(device) == real), None)


def _may_be_there(name: str) -> bool:
    """False: there is no such path. Names that are no paths have to be tried."""
    return not name.startswith("/") or os.path.exists(name)
