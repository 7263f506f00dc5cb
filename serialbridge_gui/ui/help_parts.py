"""The parts of the help page by their anchors, and which one belongs to what went wrong."""

from __future__ import annotations

from typing import Final

from serialbridge_gui.engine.errors import Cause

PARTS: Final = (
    "no-port", "permission", "in-use", "garbage", "firewall", "two-programs", "virtual-machine", "reset", "wireshark",
    "rfc2217",
)  # fmt: skip

HELP_FOR: Final = {
    Cause.DEVICE_MISSING: "no-port",
    Cause.DEVICE_NO_PERMISSION: "permission",
    Cause.DEVICE_BUSY: "in-use",
    Cause.BAUD_RATE_REFUSED: "garbage",
}
