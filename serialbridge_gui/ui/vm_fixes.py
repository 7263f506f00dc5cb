"""The one click beside each check: what it changes in a session."""

from __future__ import annotations

from serialbridge_gui.profile import MAX_NETWORKS, Access, Mode, Profile
from serialbridge_gui.ui.session import Session
from serialbridge_gui.vm.checks import Check, Fix, Where, is_allowed, on_network


def apply_fix(session: Session, check: Check, where: Where) -> None:
    """Do it. A running bridge is stopped and started again, since it goes on with what it was started with."""
    if check.fix is Fix.START:
        session.start()
    elif check.fix is Fix.STOP:
        session.stop()
    elif check.fix is not None:
        session.run(_edit(session, check, where), "put a bridge right for a guest")


def fixed(profile: Profile, check: Check, where: Where) -> Profile:
    """The profile without what is amiss."""
    rules = profile.clients
    match check.fix:
        case Fix.SET_RAW:
            return profile.changed(mode=Mode.RAW)
        case Fix.TLS_OFF:
            return profile.changed(tls=None)
        case Fix.LISTEN:
            return profile.changed(connect=None)
        case Fix.SET_EXCLUSIVE:
            return profile.changed(clients=rules.changed(access=Access.EXCLUSIVE, max_clients=None))
        case Fix.ALLOW if len(rules.allow) < MAX_NETWORKS:
            return profile.changed(clients=rules.changed(allow=(*rules.allow, check.subject)))
        case Fix.LISTEN_ON_NETWORK:
            if where.address and not rules.allow and is_allowed(where.address, ("0.0.0.0/0", "::/0")):
                rules = rules.changed(allow=(where.address,))  # it, and nobody else
            return profile.changed(listen=on_network(profile.listen), clients=rules)
        case _:
            return profile


async def _edit(session: Session, check: Check, where: Where) -> None:
    runs = session.bridge.state.active
    if runs:
        await session.bridge.stop()
    session.edit(fixed(session.profile, check, where))
    if runs:
        session.start()
