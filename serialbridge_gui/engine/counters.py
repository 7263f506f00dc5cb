"""What a bridge has carried, and what it has lost."""

from __future__ import annotations


class Counters:
    """Bytes since the start. Written by the bridge thread alone; any thread may read."""

    __slots__ = (
        "by_hand_lost",
        "by_hand_to_clients",
        "by_hand_to_serial",
        "events_untold",
        "lost",
        "serial_to_tcp",
        "tcp_to_serial",
        "unread",
    )

    def __init__(self) -> None:
        self.serial_to_tcp = 0
        """From the device, with at least one client there."""
        self.tcp_to_serial = 0
        """Taken by the device's driver, of what clients sent."""
        self.unread = 0
        """From the device while no client was there."""
        self.lost = 0
        """Taken from one side and never handed to the other; sent by hand and never handed on."""
        self.by_hand_to_serial = 0
        """Taken by the device's driver, of what was sent by hand."""
        self.by_hand_to_clients = 0
        """Sent by hand to clients; once, however many they are."""
        self.by_hand_lost = 0
        """What of `lost` was sent by hand, as far as that is known: not behind the driver."""
        self.events_untold = 0
        """Comings and goings of clients that the main thread did not fetch in time."""
