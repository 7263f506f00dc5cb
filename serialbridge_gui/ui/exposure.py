"""Who can reach a bridge from the network, in words: said as long as anybody can."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication

from serialbridge_gui.engine.bridge import BridgeState
from serialbridge_gui.profile import Profile

MAX_NAMED: Final = 2
"""Networks that are named, before "and 3 more" (chosen: one line of the window)."""


def is_exposed(profile: Profile) -> bool:
    """Whether other computers may reach it: it listens, and not for this one only."""
    return profile.connect is None and not profile.listen.loopback_only


def exposure(profile: Profile) -> tuple[str, BridgeState]:
    """What to say, and whose look it has: ERROR where nothing protects the device, else WAITING_FOR_DEVICE.

    Empty for a bridge that only this computer reaches, or that connects by itself.
    """
    if not is_exposed(profile):
        return "", BridgeState.STOPPED
    translate = QCoreApplication.translate
    allow = profile.clients.allow
    limited = bool(allow) and not any(_is_everyone(network) for network in allow)
    encrypted, proven = profile.tls is not None, profile.tls is not None and profile.tls.client_ca is not None
    if limited and encrypted:
        text = translate("Exposure", "Encrypted; only {networks} can connect")
    elif limited:
        text = translate("Exposure", "Only {networks} can connect; not encrypted")
    elif proven:
        text = translate("Exposure", "Encrypted; only clients with a certificate can connect")
    elif encrypted:
        text = translate("Exposure", "Encrypted; but anyone on the network can connect and control the device")
    else:
        return translate("Exposure", "Anyone on the network can control the device"), BridgeState.ERROR
    return text.format(networks=_named(allow)), BridgeState.WAITING_FOR_DEVICE


def _is_everyone(network: str) -> bool:
    from ipaddress import ip_network

    return ip_network(network, strict=False).prefixlen == 0


def _named(networks: tuple[str, ...]) -> str:
    translate = QCoreApplication.translate
    if len(networks) <= MAX_NAMED:
        return translate("Exposure", " and ").join(networks)
    named = translate("Exposure", ", ").join(networks[:MAX_NAMED])
    return translate("Exposure", "{networks} and {count} more").format(networks=named, count=len(networks) - MAX_NAMED)
