"""The door: a Recipe for any hypervisor and way, and how notes stand beside it."""

from __future__ import annotations

from collections.abc import Iterable
from types import ModuleType
from typing import Final

from serialbridge_gui.profile import PeerAddress

from . import libvirt, qemu, virtualbox, vmware, xen
from .recipe import HostPort, Hypervisor, Recipe, Target, Version

_MODULES: Final[dict[Hypervisor, ModuleType]] = {
    Hypervisor.QEMU: qemu,
    Hypervisor.LIBVIRT: libvirt,
    Hypervisor.XEN: xen,
    Hypervisor.VIRTUALBOX: virtualbox,
    Hypervisor.VMWARE: vmware,
}


def make(hypervisor: Hypervisor, target: Target, version: Version | None = None, **details: object) -> Recipe:
    """What to give it for this target. Raises Refused.

    `details`: VirtualBox `guest` (its name); libvirt `number` and `kind` of the serial port.
    """
    module = _MODULES[hypervisor]
    if isinstance(target, PeerAddress):
        made: Recipe = module.bridge(target, version, **details)
    elif isinstance(target, HostPort):
        made = module.port(target, version, **details)
    else:
        made = module.adapter(target, version, **details)
    return made


def commented(hypervisor: Hypervisor, recipe: Recipe, sentences: Iterable[str]) -> str:
    """The text with these sentences before it, as comments that do no harm where they are pasted."""
    if hypervisor is Hypervisor.LIBVIRT:
        comments = [f"<!-- {_within_comment(sentence)} -->" for sentence in sentences]
    else:
        comments = [f"# {' '.join(sentence.split())}" for sentence in sentences]
    return "\n".join((*comments, recipe.text))


def _within_comment(sentence: str) -> str:
    """XML allows no two hyphens in a comment, and none at its end."""
    words = " ".join(sentence.split())
    while "--" in words:
        words = words.replace("--", "- -")
    return words.rstrip("-")
