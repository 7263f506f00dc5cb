"""What a bridge has carried, and what it has lost."""

from __future__ import annotations


class Counters:
    """Bytes since the start. Written by the bridge thread alone; any thread may read."""

    __slots__ = ("events_untold", "lost", "serial_to_tcp", "tcp_to_serial", "unread")

    def __init__(self) -> None:
        self.serial_to_tcp = 0
        """From the device, with at least one client there."""
        self.tcp_to_serial = 0
        """Taken by the device's driver."""
        self.unread = 0
        """From the device while no client was there."""
        self.lost = 0
        """Taken from one side and never handed to the other."""
        self.events_untold = 0
        """Comings and goings of clients that the main thread did not fetch in time."""
