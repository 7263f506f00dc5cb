"""DeviceOpener: opens the device, at the start and whenever it is back."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import TYPE_CHECKING, Final, Protocol

from serialbridge_gui.engine import events as ev
from serialbridge_gui.engine.device_finder import DeviceFinder
from serialbridge_gui.engine.errors import BridgeError, Cause
from serialbridge_gui.engine.port import Port, open_port
from serialbridge_gui.profile import SerialSettings
from serialbridge_gui.traffic.clock import time_ns

if TYPE_CHECKING:
    from serialbridge_gui.engine.remote_control import RemoteControl

REOPEN_S: Final = 0.5
"""How often a device that is away is looked for."""


class Owner(Protocol):
    """What a DeviceOpener needs of its relay, which has the docstrings."""

    now: float

    @property
    def may_reopen(self) -> bool: ...
    def attach(self, port: Port) -> None: ...
    def reconsider(self) -> None: ...


class DeviceOpener:
    """Has the device found, opens it and tells of it. Bridge thread only. The relay calls `tick`."""

    def __init__(
        self,
        settings: SerialSettings,
        owner: Owner,
        finder: DeviceFinder,
        remote: RemoteControl | None,
        tell: Callable[[ev.Event], None],
    ) -> None:
        self._profile = settings
        self._owner = owner
        self._finder = finder
        self._remote = remote
        self._tell = tell
        self._reopen_at = inf

    def open(self) -> None:
        """Open the profile's device. Raises BridgeError."""
        device = self._finder.find_first()
        port = open_port(self._settings(device))
        self._owner.attach(port)
        self._finder.opened(device)
        if port.refused:
            self._tell(ev.SettingsRefused(time_ns(), port.device, port.refused))
        self._owner.reconsider()

    def lost(self, port: Port, detail: str) -> None:
        """This port is closed, since its device went: tell of it, and look for the device from now on."""
        reason = ev.LossReason.UNPLUGGED if port.is_device else ev.LossReason.ERROR
        self._tell(ev.DeviceLost(time_ns(), port.device, reason, detail))
        self._finder.lost()
        self._reopen_at = self._owner.now + REOPEN_S

    def tick(self, now: float) -> None:
        """Try to open a device that is away, if it is time to. `now`: monotonic seconds."""
        if self._reopen_at <= now:
            self._try_reopen()

    def _try_reopen(self) -> None:
        if not self._owner.may_reopen:
            return  # or it is open: the finder calls late
        self._reopen_at = self._owner.now + REOPEN_S
        device = self._finder.look(self._try_reopen)
        if device is None:
            return
        try:
            port = open_port(self._settings(device), busy_retries=0)
        except BridgeError as error:
            if self._remote is not None and error.problem.cause is Cause.BAUD_RATE_REFUSED:
                self._remote.baud_rate_refused()
            return
        self._reopen_at = inf
        self._owner.attach(port)
        self._finder.opened(device)
        self._tell(ev.DeviceBack(time_ns(), device))
        if self._remote is not None:
            self._remote.device_back()
        self._owner.reconsider()

    def _settings(self, device: str) -> SerialSettings:
        """Those in force, for the name that the device has now."""
        settings = self._profile if self._remote is None else self._remote.settings
        return settings.changed(device=device)
