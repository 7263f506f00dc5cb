"""Windows' firewall: whether it lets other computers reach this program, and the one elevated command that allows it.

Rules are read from the registry, where Windows keeps them as text ([MS-GPFAS] 2.2.2): that needs no rights and no other
program, and is the same in every language. They are written by netsh, as an administrator: decision 13.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Any, Final, Protocol

RULE: Final = "SerialBridge"
PROGRAMS: Final = ("serialbridge-gui.exe", "serialbridge.exe")
"""Both listen."""
RUN_S: Final = 60.0
"""How long netsh may take once an administrator has agreed (chosen: it takes a second)."""
APPEARS_S: Final = 3.0
"""How long a rule may take to be seen in the registry (chosen)."""

_LOCAL: Final = r"SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy"
_POLICY: Final = r"SOFTWARE\Policies\Microsoft\WindowsFirewall"
_PRIVATE: Final = "StandardProfile"
"""The key of private networks; its name is older than they are."""
_ERROR_CANCELLED: Final = 1223


class Reach(Enum):
    """What the firewall does, on private networks, about TCP connections to a program."""

    ALLOWED = auto()
    NO_RULE = auto()
    """They are held back, as they are for every program."""
    BLOCKED = auto()
    """By a rule of its own: Windows makes one when its question about the program is cancelled."""


class Result(Enum):
    """How an attempt to be allowed ended."""

    ALLOWED = auto()
    REFUSED = auto()
    """No administrator agreed."""
    FAILED = auto()


@dataclass(frozen=True)
class Outcome:
    """A Result; of a failure also why: one of what follows, or the rule just is not there."""

    result: Result
    words: str = ""
    """The system's."""
    code: int = 0
    """Netsh's exit code."""
    odd_path: str = ""
    """Of a program that no rule can be made for: it has a % in it."""


class Firewall(Protocol):
    """What the window needs of one."""

    programs: Sequence[str]
    """Paths; none where the program is not one of its own, but Python's."""

    def allowed(self) -> bool:
        """Whether nothing is to be done. Takes ms; any thread. Raises OSError if it is not to be seen."""

    def allow(self, window: int) -> Outcome:
        """Ask for an administrator's consent, in front of this window. Takes as long as the person; a thread's own."""


def own_firewall() -> Firewall | None:
    """That of this machine; None where there is none of which to ask something: on other systems than Windows."""
    if sys.platform != "win32":
        return None
    frozen = getattr(sys, "frozen", False)
    folder = Path(sys.executable).resolve().parent  # as the firewall knows it: no short names, no links
    return WindowsFirewall([str(folder / name) for name in PROGRAMS] if frozen else [])


class WindowsFirewall:
    """Windows only."""

    def __init__(self, programs: Sequence[str]) -> None:
        self.programs = programs

    def allowed(self) -> bool:
        """Whether it is off on private networks, or lets connections to all programs through."""
        if not _is_on():
            return True
        rules = _rules()
        return all(reach(rules, program) is Reach.ALLOWED for program in self.programs)

    def allow(self, window: int) -> Outcome:
        """Have the rules made, and see whether they are there."""
        if self._seen_allowed(default=False):  # by now: Windows asks by itself, too
            return Outcome(Result.ALLOWED)
        try:
            options = allow_options(_system_folder(), self._reach())
        except ValueError as error:
            return Outcome(Result.FAILED, odd_path=str(error))
        outcome = _run_elevated(str(Path(_system_folder(), "cmd.exe")), options, window)
        deadline = time.monotonic() + APPEARS_S
        while outcome.result is Result.ALLOWED and not self._seen_allowed(default=True):
            if time.monotonic() > deadline:
                return Outcome(Result.FAILED)
            time.sleep(0.05)
        return outcome

    def _seen_allowed(self, *, default: bool) -> bool:
        try:
            return self.allowed()
        except OSError:
            return default

    def _reach(self) -> dict[str, Reach]:
        try:
            rules = _rules()
        except OSError:
            rules = []
        return {program: reach(rules, program) for program in self.programs}


# ---- rules


def reach(rules: Iterable[str], program: str) -> Reach:
    """What these rules, as the registry has them, say of connections to a program. A block has precedence."""
    found = Reach.NO_RULE
    program = program.lower()
    name = program.rpartition("\\")[2]
    for rule in rules:
        if name not in rule.lower():  # of the hundreds that there are, the others
            continue
        action = _action(rule, program)
        if action == "block":
            return Reach.BLOCKED
        if action == "allow":
            found = Reach.ALLOWED
    return found


def _action(rule: str, program: str) -> str:
    """What a rule does with TCP to `program` (in lower case) on private networks; "": it does not concern it.

    A rule has its version and then NAME=VALUE, each with a | behind it; names may come again. One with conditions,
    a port or an address, allows less than all: it does not count.
    """
    fields: dict[str, list[str]] = {}
    for field in rule.split("|")[1:]:
        name, _, value = field.partition("=")
        fields.setdefault(name.lower(), []).append(value.lower())
    concerns = (
        _expanded(fields.get("app", [""])[0]) == program
        and fields.get("active") == ["true"]
        and fields.get("dir") == ["in"]
        and fields.get("protocol", ["6"])[0] in ("6", "256")  # TCP, any
        and "private" in fields.get("profile", ["private"])
        and not any(name in fields for name in ("lport", "rport", "la4", "la6", "ra4", "ra6", "if", "iftype"))
    )
    return fields.get("action", [""])[0] if concerns else ""


def _expanded(path: str) -> str:
    """With the values of %variables%, in lower case."""
    return re.sub("%([^%]+)%", lambda found: os.environ.get(found[1].upper(), found[0]), path).lower()


def allow_options(system_folder: str, programs: Mapping[str, Reach]) -> str:
    """The options for cmd.exe that make the missing rules; those of a blocked program are deleted first.

    It runs elevated, so nothing in it is what an ordinary program could have changed: full paths, and /d against what
    the registry has cmd.exe run first. Raises ValueError with a path that would not get to netsh as it is.
    """
    for program in programs:
        if set(program) & set('"%'):
            raise ValueError(program)
    firewall = f'"{system_folder}\\netsh.exe" advfirewall firewall'
    rule = f'name="{RULE}" dir=in action=allow profile=private'
    deleting = [
        f'{firewall} delete rule name=all dir=in program="{program}" & '  # even where there is none any more
        for program, found in programs.items() if found is Reach.BLOCKED
    ]  # fmt: skip
    adding = [
        f'{firewall} add rule {rule} program="{program}"'
        for program, found in programs.items() if found is not Reach.ALLOWED
    ]  # fmt: skip
    return f'/d /v:off /s /c "{"".join(deleting)}{" && ".join(adding)}"'


# ---- Windows


def _is_on() -> bool:
    """Whether it is on for private networks: as a policy says, else as the machine's settings do, else it is."""
    for key in (_POLICY, _LOCAL):
        on = _values(f"{key}\\{_PRIVATE}").get("EnableFirewall")
        if on is not None:
            return bool(on)
    return True


def _rules() -> list[str]:
    """All rules there are, as text."""
    keys = (f"{_LOCAL}\\FirewallRules", f"{_POLICY}\\FirewallRules")
    return [rule for key in keys for rule in _values(key).values() if isinstance(rule, str)]


def _values(key: str) -> dict[str, Any]:
    """Of a key of HKEY_LOCAL_MACHINE; none if there is no such key. Raises OSError."""
    found: dict[str, Any] = {}
    if sys.platform == "win32":
        import winreg

        with contextlib.suppress(FileNotFoundError), winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, key) as opened:
            for number in range(winreg.QueryInfoKey(opened)[1]):
                name, value, _ = winreg.EnumValue(opened, number)
                found[name] = value
    return found


def _system_folder() -> str:
    """As Windows itself knows it: an environment variable could be anything."""
    import ctypes

    buffer = ctypes.create_unicode_buffer(260)
    vars(ctypes)["WinDLL"]("kernel32").GetSystemDirectoryW(buffer, len(buffer))
    return buffer.value


def _run_elevated(program: str, options: str, window: int) -> Outcome:
    """Run a program as an administrator, without a window of its own, to its end. ALLOWED: it ended with 0."""
    import ctypes
    from ctypes import wintypes

    class Execute(ctypes.Structure):
        """SHELLEXECUTEINFOW."""

        _fields_ = (
            ("size", wintypes.DWORD), ("mask", wintypes.ULONG), ("window", wintypes.HWND), ("verb", wintypes.LPCWSTR),
            ("file", wintypes.LPCWSTR), ("options", wintypes.LPCWSTR), ("folder", wintypes.LPCWSTR),
            ("show", ctypes.c_int), ("instance", wintypes.HINSTANCE), ("id_list", ctypes.c_void_p),
            ("kind", wintypes.LPCWSTR), ("kind_key", wintypes.HKEY), ("hot_key", wintypes.DWORD),
            ("icon", wintypes.HANDLE), ("process", wintypes.HANDLE),
        )  # fmt: skip

    load, format_error = vars(ctypes)["WinDLL"], vars(ctypes)["FormatError"]
    shell, kernel, ole = (load(name, use_last_error=True) for name in ("shell32", "kernel32", "ole32"))
    kernel.WaitForSingleObject.argtypes = (wintypes.HANDLE, wintypes.DWORD)
    kernel.GetExitCodeProcess.argtypes = (wintypes.HANDLE, ctypes.c_void_p)
    kernel.CloseHandle.argtypes = (wintypes.HANDLE,)
    keep_process, no_async, no_message, hidden, apartment = 0x40, 0x100, 0x400, 0, 0x2 | 0x4
    execute = Execute(
        size=ctypes.sizeof(Execute), mask=keep_process | no_async | no_message, window=window, verb="runas",
        file=program, options=options, folder=str(Path(program).parent), show=hidden,
    )  # fmt: skip
    initialized = ole.CoInitializeEx(None, apartment) >= 0
    try:
        if not shell.ShellExecuteExW(ctypes.byref(execute)):
            error = int(vars(ctypes)["get_last_error"]())
            if error == _ERROR_CANCELLED:
                return Outcome(Result.REFUSED)
            return Outcome(Result.FAILED, str(format_error(error)).strip(" ."))
    finally:
        if initialized:
            ole.CoUninitialize()
    if not execute.process:  # Windows need not tell it
        return Outcome(Result.ALLOWED)
    try:
        waited = kernel.WaitForSingleObject(execute.process, int(RUN_S * 1000))
        code = wintypes.DWORD(waited)
        if waited == 0:
            kernel.GetExitCodeProcess(execute.process, ctypes.byref(code))
    finally:
        kernel.CloseHandle(execute.process)
    return Outcome(Result.FAILED, code=code.value) if code.value else Outcome(Result.ALLOWED)
