"""The lab's firewall: netsh.c in the place of Wine's netsh.exe, which does nothing, and the rules it made.

What it shows: that the command arrives word for word, through ShellExecuteEx, cmd.exe and the installer's plug-in; that
the program finds the rules where Windows keeps them. What it cannot show: UAC, and whether Windows' netsh agrees.
"""

from __future__ import annotations

import contextlib
import json
import shutil
from typing import Final

from lab import INSIDE, OVERRIDES, PYTHON, Lab

RULES: Final = r"SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy\FirewallRules"
USED: Final = {"WINEDLLOVERRIDES": f"{OVERRIDES};netsh.exe=n"}
"""The environment of whoever is to use it; n: the file, not Wine's own."""
READ: Final = """
import json, sys, winreg
rules = []
try:
    with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, sys.argv[1]) as key:
        rules = [winreg.EnumValue(key, number)[1] for number in range(winreg.QueryInfoKey(key)[1])]
except FileNotFoundError:
    pass
print(json.dumps(rules))
"""
ALLOW: Final = """
import json, sys
from serialbridge_gui.firewall import WindowsFirewall
print(json.dumps(WindowsFirewall(sys.argv[1:]).allow(0).result.name))
"""


class LabFirewall:
    """In a `with`: Wine's own netsh.exe is back afterwards, and no rule stays."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._log = lab.drive_c / "netsh.log"
        self._program = lab.path(r"C:\windows\system32\netsh.exe")
        self._wines = self._program.with_name("netsh.exe.wine")

    def __enter__(self) -> LabFirewall:
        self._restore()  # after a check that was killed
        compiler = ["x86_64-w64-mingw32-gcc", "-O2", "-s", "-Wall", "-Werror"]
        self._lab.run(*compiler, "-o", "/tmp/netsh.exe", f"{INSIDE}/packaging/windows/netsh.c", "-lshell32")
        self._program.rename(self._wines)
        shutil.copy(self._lab.root / "tmp" / "netsh.exe", self._program)
        return self

    def __exit__(self, *_: object) -> None:
        self._restore()

    def _restore(self) -> None:
        if self._wines.exists():
            self._wines.replace(self._program)
        self._log.unlink(missing_ok=True)
        self.forget()

    def block(self, program: str) -> None:
        """As Windows does when its own question is cancelled."""
        rule = ["name=x", "dir=in", "action=block", "profile=private", f"program={program}"]
        self._lab.wine("netsh.exe", "advfirewall", "firewall", "add", "rule", *rule, env=USED)
        self.calls()

    def forget(self) -> None:
        """As if nothing had been allowed."""
        self._lab.wine("reg", "delete", rf"HKLM\{RULES}", "/f", check=False)

    def rules(self) -> list[str]:
        """All there are."""
        return list(json.loads(self._lab.wine(PYTHON, "-c", READ, RULES)))

    def calls(self) -> list[list[str]]:
        """The words of each call of netsh since the last time this was asked."""
        if not self._log.exists():
            return []
        lines = self._log.read_text(encoding="utf-8").splitlines()
        with contextlib.suppress(FileNotFoundError):
            self._log.unlink()
        return [line.split("\x1f") for line in lines]

    def allow(self, *programs: str) -> str:
        """Have the program's own code, from the wheel that is frozen, allow these programs; returns the result."""
        env = {**USED, "PYTHONPATH": r"P:\build\windows\app"}
        return str(json.loads(self._lab.wine(PYTHON, "-c", ALLOW, *programs, env=env)))


def words_to_allow(program: str) -> list[str]:
    """What netsh has to be told."""
    rule = ["name=SerialBridge", "dir=in", "action=allow", "profile=private"]
    return ["advfirewall", "firewall", "add", "rule", *rule, f"program={program}"]


def words_to_delete(program: str) -> list[str]:
    """What netsh has to be told, for all rules of that program."""
    return ["advfirewall", "firewall", "delete", "rule", "name=all", "dir=in", f"program={program}"]
