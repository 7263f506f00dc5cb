"""Which version of a hypervisor: parsed from what a person or a program says, or asked of this machine."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from time import monotonic
from typing import Final

from .recipe import Hypervisor, Version

ASK_S: Final = 2.0
"""How long a hypervisor's programs may take to say their version (chosen: it takes some ms, unless a daemon hangs)."""
MAX_ANSWER: Final = 65536
"""Bytes of an answer that are looked at."""

_TYPED = re.compile(r"\s*v?(?:\d{1,3}:)?(\d{1,6}(?:\.\d{1,6}){0,3})(?![\d.])[-+~._ 0-9A-Za-z]{0,80}", re.ASCII)
"""`7.2`, `v9.2.0-rc1`, `7.0.14r161095`, `1:7.2+dfsg-7+deb12u18`."""
_SAID: Final[Mapping[Hypervisor, re.Pattern[str]]] = {
    Hypervisor.QEMU: re.compile(r"version (\d{1,6}(?:\.\d{1,6}){1,3})", re.ASCII),
    Hypervisor.LIBVIRT: re.compile(r"^(\d{1,6}(?:\.\d{1,6}){1,3})\s*$", re.ASCII | re.MULTILINE),
    Hypervisor.XEN: re.compile(r"^xen_version\s*:\s*(\d{1,6}(?:\.\d{1,6}){1,3})", re.ASCII | re.MULTILINE),
    Hypervisor.VIRTUALBOX: re.compile(r"^(\d{1,6}(?:\.\d{1,6}){1,3})(?:_\w+)?r?\d*", re.ASCII | re.MULTILINE),
}
_COMMANDS: Final[Mapping[Hypervisor, Sequence[Sequence[str]]]] = {
    Hypervisor.QEMU: (
        ("qemu-system-x86_64", "--version"),
        ("qemu-system-aarch64", "--version"),
        ("qemu-kvm", "--version"),
        ("/usr/libexec/qemu-kvm", "--version"),
    ),
    Hypervisor.LIBVIRT: (("virsh", "--version"),),
    Hypervisor.XEN: (("xl", "info"),),
    Hypervisor.VIRTUALBOX: (("VBoxManage", "--version"),),
}


def parse_version(text: str) -> Version | None:
    """What a person typed or pasted, as numbers; None: it is no version."""
    match = _TYPED.fullmatch(text)
    return None if match is None else _numbers(match[1])


def version_said(hypervisor: Hypervisor, answer: str) -> Version | None:
    """The version in what the hypervisor's own program printed; None: it is not in there."""
    pattern = _SAID.get(hypervisor)
    match = pattern.search(answer[:MAX_ANSWER]) if pattern is not None else None
    return None if match is None else _numbers(match[1])


def installed_version(hypervisor: Hypervisor) -> Version | None:
    """The version installed on this machine; None: none, or it does not say. Blocks, up to ASK_S."""
    deadline = monotonic() + ASK_S
    for command in _present(_COMMANDS.get(hypervisor, ())):
        version = version_said(hypervisor, _answer(command, deadline - monotonic()))
        if version is not None:
            return version
    return None


def version_text(version: Version) -> str:
    """`9.2.1`."""
    return ".".join(map(str, version))


def _numbers(text: str) -> Version:
    return tuple(int(part) for part in text.split("."))


def _present(commands: Sequence[Sequence[str]]) -> Iterator[list[str]]:
    for program, *arguments in commands:
        found = program_path(program)
        if found is None and program == "VBoxManage" and sys.platform == "win32":
            folder = os.environ.get("VBOX_MSI_INSTALL_PATH", r"C:\Program Files\Oracle\VirtualBox")
            found = program_path(program, str(Path(folder)))  # its installer leaves PATH alone
        if found is not None:
            yield [found, *arguments]


def program_path(program: str, path: str | None = None) -> str | None:
    """Where the program is installed; None: nowhere. `path` stands in for PATH.

    What lies in the working folder, where Windows looks first, is not installed: a file may have been opened there.
    """
    found = shutil.which(program, path=path)
    return found if found is not None and os.path.isabs(found) else None


def _answer(command: Sequence[str], within_s: float) -> str:
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=within_s,
            check=False,
            env={**os.environ, "LC_ALL": "C"},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode(errors="replace")
