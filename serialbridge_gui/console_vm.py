"""What `serialbridge vm` does: prints what to give a hypervisor, ready to paste. Not imported by a bridge's start."""

from __future__ import annotations

import sys
from pathlib import Path

from serialbridge_gui.console_errors import Failed, WrongArguments
from serialbridge_gui.console_store import not_found
from serialbridge_gui.engine.addresses import address_taken, reachable
from serialbridge_gui.engine.ports import device_identities
from serialbridge_gui.profile import InvalidSetting, PeerAddress, Profile
from serialbridge_gui.profile_error import ProfileError, ProfileFault
from serialbridge_gui.profile_store import ProfileStore, find_by_name
from serialbridge_gui.ui.vm_words import (
    bridge_needs_sentence,
    check_sentence,
    lines_stay_sentence,
    made_for_sentence,
    note_sentence,
    refusal_sentence,
)
from serialbridge_gui.vm.checks import Where, check
from serialbridge_gui.vm.host_port import has_port, look_behind, wanted_adapter
from serialbridge_gui.vm.recipe import Hypervisor, Recipe, Refusal, Refused, Target, Version, Way
from serialbridge_gui.vm.recipes import commented, make
from serialbridge_gui.vm.versions import installed_version, parse_version
from serialbridge_gui.words import tr as _tr

_ABOUT_ARGUMENTS = (Refusal.HOST, Refusal.HOST_ANY, Refusal.PORT_NUMBER, Refusal.IPV6)


def vm_text(store: ProfileStore, named: str, for_: str, version: str | None, way_: str) -> str:
    """What to print. Blocks for the hypervisor's version, up to some seconds. Raises WrongArguments, Failed."""
    hypervisor, way = Hypervisor(for_), Way(way_)
    found = _profile_or_address(store, named)
    number = _version(hypervisor, version)
    first = [made_for_sentence(hypervisor, number)] if version is None and number is not None else []
    try:
        if isinstance(found, PeerAddress):
            if way is not Way.BRIDGE:
                raise WrongArguments(
                    _tr(
                        "{named} is the address of a bridge, which does not say which device is behind it. For "
                        "--way {way} give the name of a profile of this machine."
                    ).format(named=named, way=way)
                )
            return _printed(hypervisor, make(hypervisor, found, number), [bridge_needs_sentence(), *first])
        recipe, checks = _of_profile(hypervisor, way, found, number)
        if way is Way.BRIDGE:
            first.append(lines_stay_sentence())
        return _printed(hypervisor, recipe, [*checks, *first])
    except Refused as refused:
        given = isinstance(found, PeerAddress) and refused.refusal in _ABOUT_ARGUMENTS
        given = given or (refused.refusal is Refusal.TOO_OLD and version is not None)
        raise (WrongArguments if given else Failed)(refusal_sentence(refused)) from refused


def _of_profile(
    hypervisor: Hypervisor, way: Way, profile: Profile, version: Version | None
) -> tuple[Recipe, list[str]]:
    """What to give it, and what is to be put right first."""
    at = _address(profile) if way is Way.BRIDGE else None
    target: Target = at if at is not None else _local_target(way, profile)
    recipe = make(hypervisor, target, version)
    where = Where(remote=True if hypervisor is Hypervisor.VMWARE else None)  # ESXi is no system for desktops
    found = check(profile, way, running=_runs(profile), where=where, recipe=recipe, at=at)
    return recipe, [check_sentence(one) for one in found]


def _printed(hypervisor: Hypervisor, recipe: Recipe, first: list[str]) -> str:
    sentences = [*first, *map(note_sentence, recipe.notes)]
    if recipe.running:
        sentences.append(recipe.running)  # behind its note, which is the last one
    return commented(hypervisor, recipe, sentences)


def _version(hypervisor: Hypervisor, typed: str | None) -> Version | None:
    if typed is None:
        return installed_version(hypervisor)
    version = parse_version(typed)
    if version is None:
        raise WrongArguments(_tr("{text!r} is not a version: give numbers such as 9.2").format(text=typed))
    return version


def _profile_or_address(store: ProfileStore, named: str) -> Profile | PeerAddress:
    """A profile of that name wins, even if it is named like an address."""
    loaded = store.load()
    try:
        return find_by_name(loaded.profiles, named)
    except ProfileError as error:
        if error.fault is ProfileFault.UNKNOWN_NAME and ":" in named:
            try:
                return PeerAddress.parse(named)
            except (ValueError, InvalidSetting):
                raise WrongArguments(
                    _tr(
                        "{named} is neither a profile nor an address to connect to: give HOST:PORT with a port from 1 "
                        "to 65535, IPv6 as [::1]:4001."
                    ).format(named=named)
                ) from error
        raise not_found(error, loaded) from error


def _address(profile: Profile) -> PeerAddress:
    """Where a guest reaches the profile's bridge. Raises Failed where it has no address."""
    if profile.connect is not None:
        raise Failed(
            _tr(
                "The bridge of {name} connects out to {address} and has no address for a guest. Let it listen instead."
            ).format(name=profile.name, address=profile.connect)
        )
    listen = reachable(profile.listen)
    if listen.port == 0:
        raise Failed(
            _tr(
                "The profile {name} listens on any free port, another one at each start. Give it a port number."
            ).format(name=profile.name)
        )
    return PeerAddress(listen.host, listen.port)


def _local_target(way: Way, profile: Profile) -> Target:
    """The port, or the adapter, that the profile's device is. Raises Refused."""
    serial = profile.serial
    identities = device_identities() if has_port(serial.device) else {}
    behind = look_behind(serial.device, identities, Path("/"), serial.identity)
    return wanted_adapter(behind, serial.device) if way is Way.ADAPTER else behind.port


def _runs(profile: Profile) -> bool:
    """Whether somebody listens where the profile would: its bridge, most likely."""
    return profile.connect is None and profile.listen.port != 0 and address_taken(profile.listen)


def print_vm(store: ProfileStore, named: str, for_: str, version: str | None, way: str) -> None:
    """Print it. Raises WrongArguments, Failed."""
    sys.stdout.write(vm_text(store, named, for_, version, way) + "\n")

