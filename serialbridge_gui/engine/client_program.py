"""Who is behind a client of this machine: the guest of a hypervisor, or another program, by its command line.

What a process says of itself is a claim: it is shown, cut to MAX_NAME characters, and nothing depends on it.
Imported only by the threads that look: psutil takes 40 ms.
"""

from __future__ import annotations

import contextlib
import os
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, NamedTuple

import psutil

from serialbridge_gui.engine.client_names import Ends, end_of
from serialbridge_gui.engine.events import ClientProgram

MAX_NAME: Final = 64
"""Chosen: libvirt and VirtualBox allow more, a row of the log or of a list does not."""

_looking: Final = threading.Lock()


class Connection(NamedTuple):
    """One end of a TCP connection; the addresses may be empty."""

    laddr: Sequence[Any]
    raddr: Sequence[Any]
    pid: int | None
    """None: another user's program."""


def programs_at(asked: dict[int, Ends]) -> dict[int, ClientProgram]:
    """For each number the program at the client's end, where it can be known; never this program itself.

    Some 10 ms: not for the bridge's thread or the window's. Of several threads one looks at a time.
    """
    with _looking:
        return _programs_at(asked)


def _programs_at(asked: dict[int, Ends]) -> dict[int, ClientProgram]:
    wanted = {(peer, own): number for number, (own, peer) in asked.items()}
    dialling: dict[tuple[int, int], ClientProgram | None] = {}
    found: dict[int, ClientProgram] = {}
    for row in _connections():
        if not row.laddr or not row.raddr:
            continue
        number = wanted.get((end_of(row.laddr), end_of(row.raddr)))
        if number is None or row.pid == os.getpid():
            continue
        try:
            if row.pid:
                found[number] = _program(psutil.Process(row.pid))
                continue
        except psutil.Error:
            continue  # it has ended, or is another user's
        (_, port), (_, far_port) = asked[number]
        owned = port, _owner(far_port, port)
        if owned not in dialling:
            dialling[owned] = guest_that_dials(*owned)
        if (program := dialling[owned]) is not None:
            found[number] = program
    return found


def _connections() -> Iterator[Connection]:
    """The TCP connections of this machine; `pid` is None where the program is another user's."""
    try:
        for row in psutil.net_connections("tcp"):
            yield Connection(row.laddr, row.raddr, row.pid)
    except psutil.AccessDenied:  # macOS, unless one is root
        yield from _connections_of_each_process()


def _connections_of_each_process() -> Iterator[Connection]:
    """Those of the processes that let us look."""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            for row in process.net_connections("tcp"):
                yield Connection(row.laddr, row.raddr, process.pid)


def _program(process: psutil.Process) -> ClientProgram:
    """Raises psutil.Error: it has ended."""
    arguments: list[str] = []
    with contextlib.suppress(psutil.AccessDenied, OSError):
        arguments = process.cmdline()
    return program_of(process.name(), arguments)


def _owner(port: int, far_port: int) -> int:
    """The number of the user whose socket this end of a TCP connection is (proc(5), /proc/net/tcp); -1: not known."""
    for table in ("tcp", "tcp6"):
        with contextlib.suppress(OSError), open(f"/proc/net/{table}", encoding="ascii") as lines:
            for line in lines:
                fields = line.split()
                ends = fields[1][-5:], fields[2][-5:]
                if ends == (f":{port:04X}", f":{far_port:04X}") and fields[9] != "0":  # inode 0: nobody's any more
                    return int(fields[7])
    return -1


def guest_that_dials(port: int, user: int) -> ClientProgram | None:
    """The one guest of this user's (-1: nobody's) whose command line names this port; None: none does, or several do.

    For libvirt's guests: they run as a user of their own, which hides their connections, not their command lines.
    """
    if user < 0:
        return None
    names_it = re.compile(rf"(?:\bport\W{{1,4}}|:){port}\b")
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if not _kind(process.name()) or process.uids().effective != user:
                continue
            if any(names_it.search(each) for each in process.cmdline()):
                found.append(_program(process))
    return found[0] if len(found) == 1 else None


# ---- command lines


def program_of(name: str, arguments: Sequence[str]) -> ClientProgram:
    """What a process of this name, with these arguments (the program's own path first; or none), is."""
    own = _stem(arguments[0]) if arguments else name
    kind = _kind(name) or _kind(own)
    if not kind:
        return ClientProgram(_short(name.removesuffix(".exe")))
    if kind == "QEMU" and any(each in arguments for each in ("-xen-domid", "-xen-domid-restrict", "-xen-attach")):
        kind = "Xen"
    return ClientProgram(_short(_GUESTS[kind](arguments[1:])), kind)


_KINDS: Final = (
    ("QEMU", re.compile(r"qemu-system-.+|qemu-kvm|kvm|qemu|qemulauncher")),
    ("Xen", re.compile(r"qemu-dm")),
    ("VirtualBox", re.compile(r"vboxheadless|virtualboxvm|virtualbox")),
    ("VMware", re.compile(r"vmware-vmx(?:-.+)?")),
)
_UUID: Final = re.compile(r"\{?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?", re.IGNORECASE)


def _kind(name: str) -> str:
    """The hypervisor whose guests run in programs of this name; "": it is none."""
    stem = _stem(name).lower()
    return next((kind for kind, pattern in _KINDS if pattern.fullmatch(stem)), "")


def _stem(path: str) -> str:
    return re.split(r"[/\\]", path)[-1].removesuffix(".exe")


def _short(name: str) -> str:
    return name if len(name) <= MAX_NAME else name[: MAX_NAME - 1] + "…"


def _after(arguments: Sequence[str], *options: str) -> str:
    """The value of the last of these options, as the programs take it; "": none is there."""
    places = [place for place, each in enumerate(arguments[:-1]) if each in options]
    return arguments[places[-1] + 1] if places else ""


def _of_qemu(arguments: Sequence[str]) -> str:
    """`-name NAME`, `-name guest=NAME,debug-threads=on`; a comma within is doubled (QEMU's qemu-option.c)."""
    value = _after(arguments, "-name", "--name").replace(",,", "\0")  # no argument has a NUL
    for place, part in enumerate(each.replace("\0", ",") for each in value.split(",")):
        key, equals, name = part.partition("=")
        if equals and key == "guest":
            return name
        if place == 0 and not equals:
            return part
    return ""


def _of_xen(arguments: Sequence[str]) -> str:
    return _after(arguments, "-domain-name") or _of_qemu(arguments)


def _of_virtualbox(arguments: Sequence[str]) -> str:
    started = _after(arguments, "--startvm", "-startvm", "-s")
    return _after(arguments, "--comment", "-comment") or ("" if _UUID.fullmatch(started) else started)


def _of_vmware(arguments: Sequence[str]) -> str:
    files = [each for each in arguments if each.lower().endswith(".vmx")]
    return _stem(files[-1])[: -len(".vmx")] if files else ""


_GUESTS: Final[dict[str, Callable[[Sequence[str]], str]]] = {
    "QEMU": _of_qemu,
    "Xen": _of_xen,
    "VirtualBox": _of_virtualbox,
    "VMware": _of_vmware,
}
