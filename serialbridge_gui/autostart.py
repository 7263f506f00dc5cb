"""Starting with the system: this very program, minimized, with the bridges that ran; for this user alone.

Windows: a value under HKCU's Run key
(https://learn.microsoft.com/windows/win32/setupapi/run-and-runonce-registry-keys).
Linux: a file as the Desktop Application Autostart Specification has it. macOS: a LaunchAgent, launchd.plist(5).

The system's entry is what counts: nothing is remembered beside it. Each call reads or writes small files or the
registry and may block for a disk: not in the GUI's thread.
"""

from __future__ import annotations

import os
import plistlib
import sys
from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import Any, Final, Protocol
from xml.parsers.expat import ExpatError

from serialbridge_gui.whole_file import write_whole

NAME: Final = "SerialBridge"
IDENTIFIER: Final = "io.github.serialbridge.SerialBridge"
ARGUMENTS: Final = ("--minimized", "--resume")
MAX_FILE_BYTES: Final = 64 * 1024
"""More than any entry; what is larger is not ours."""
MAX_RUN_CHARACTERS: Final = 260
"""Of a command under the Run key (Microsoft's page above)."""


class AutostartFault(Enum):
    """Why the entry could not be made or removed."""

    REFUSED = "refused"
    """The system did not let us; `detail` has its words."""
    TOO_LONG = "too_long"
    """Windows takes no command of that length."""


class AutostartError(Exception):
    """`where` is the file or key."""

    def __init__(self, fault: AutostartFault, where: str, detail: str = "") -> None:
        super().__init__(f"{where}: {detail or fault.value}")
        self.fault = fault
        self.where = where
        self.detail = detail


class Autostart(Protocol):
    """The entry of one system. Any thread, one at a time."""

    def is_on(self) -> bool:
        """Whether the system would start the program; what cannot be read counts as no."""

    def turn_on(self) -> None:
        """Make the entry, or make it anew. Raises AutostartError."""

    def turn_off(self) -> None:
        """Remove the entry if there is one. Raises AutostartError."""


def own_command(config_dir: Path | None) -> list[str]:
    """What starts this program as it was started; `config_dir` where it is not the user's usual one."""
    started = Path(sys.argv[0]).absolute()
    if getattr(sys, "frozen", False):
        command = [sys.executable]
    elif started.suffix != ".py" and os.access(started, os.X_OK) and started.is_file():
        command = [str(started)]  # an installed script: on Debian Python alone would not find the package
    elif started.with_name(started.name + ".exe").is_file():
        command = [str(started.with_name(started.name + ".exe"))]  # pip's, on Windows
    else:
        command = [_windowless(Path(sys.executable)), "-m", "serialbridge_gui"]
    if config_dir is not None:
        command += ["--config-dir", str(config_dir.absolute())]
    return [*command, *ARGUMENTS]


def system_autostart(config_dir: Path | None = None) -> Autostart:
    """The one of this system."""
    command = own_command(config_dir)
    if sys.platform == "win32":
        import winreg

        return RunKey(command, winreg)
    if sys.platform == "darwin":
        return LaunchAgent(command, Path.home() / "Library" / "LaunchAgents", _working_directory(command))
    base = os.environ.get("XDG_CONFIG_HOME", "")
    folder = Path(base) if os.path.isabs(base) else Path.home() / ".config"  # the specification ignores relative ones
    return DesktopEntry(command, folder / "autostart", _working_directory(command))


def _windowless(python: Path) -> str:
    """On Windows the Python that opens no console."""
    without = python.with_name("pythonw.exe")
    return str(without if sys.platform == "win32" and without.is_file() else python)


def _working_directory(command: Sequence[str]) -> Path | None:
    """From where Python finds a package that is not installed."""
    return Path(__file__).absolute().parent.parent if "-m" in command else None


class DesktopEntry:
    """Linux: `serialbridge.desktop` in `folder`."""

    def __init__(self, command: Sequence[str], folder: Path, working_directory: Path | None = None) -> None:
        self._command = command
        self._file = folder / "serialbridge.desktop"
        self._working_directory = working_directory

    def is_on(self) -> bool:
        """Desktops turn an entry off by one of two keys."""
        lines = [line.replace(" ", "") for line in _text(self._file).splitlines()]
        return "[DesktopEntry]" in lines and not {"Hidden=true", "X-GNOME-Autostart-enabled=false"} & set(lines)

    def turn_on(self) -> None:
        """Make the entry."""
        lines = [
            "[Desktop Entry]",
            "Type=Application",
            f"Name={NAME}",
            "Icon=serialbridge",
            f"Exec={_exec_line(self._command)}",
            f"TryExec={_string(self._command[0])}",  # a program that was removed is not missed
            "Terminal=false",
            "X-GNOME-Autostart-enabled=true",
        ]
        if self._working_directory is not None:
            lines.insert(-2, f"Path={_string(str(self._working_directory))}")
        _write(self._file, "\n".join(lines).encode("utf-8", "surrogateescape") + b"\n")

    def turn_off(self) -> None:
        """Remove the entry."""
        _remove(self._file)


def _exec_line(command: Sequence[str]) -> str:
    """Each argument in quotes, as the Desktop Entry Specification's "Exec key" wants it, and as a string after that."""
    quoted = []
    for argument in command:
        for character in '\\"`$':
            argument = argument.replace(character, "\\" + character)
        quoted.append('"' + argument.replace("%", "%%") + '"')
    return _string(" ".join(quoted))


def _string(text: str) -> str:
    """A value of type string."""
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")


class LaunchAgent:
    """macOS: a property list in `folder`. It counts from the next login on."""

    def __init__(self, command: Sequence[str], folder: Path, working_directory: Path | None = None) -> None:
        self._command = command
        self._file = folder / f"{IDENTIFIER}.plist"
        self._working_directory = working_directory

    def is_on(self) -> bool:
        """A file that is there and not disabled."""
        try:
            entry = plistlib.loads(_bytes(self._file))
        except (plistlib.InvalidFileException, ExpatError, ValueError, RecursionError):
            return False
        return isinstance(entry, dict) and entry.get("RunAtLoad") is True and entry.get("Disabled") is not True

    def turn_on(self) -> None:
        """Make the entry."""
        entry: dict[str, object] = {
            "Label": IDENTIFIER,
            "ProgramArguments": list(self._command),
            "RunAtLoad": True,
            "ProcessType": "Interactive",
        }
        if self._working_directory is not None:
            entry["WorkingDirectory"] = str(self._working_directory)
        _write(self._file, plistlib.dumps(entry))

    def turn_off(self) -> None:
        """Remove the entry."""
        _remove(self._file)


class RunKey:
    """Windows: the value NAME; `registry` is the module winreg."""

    KEY: Final = r"Software\Microsoft\Windows\CurrentVersion\Run"
    APPROVED: Final = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"
    """Where the task manager and Settings note that the user turned an entry off: the first byte is odd."""

    def __init__(self, command: Sequence[str], registry: Any) -> None:
        self._command = command
        self._registry = registry

    def is_on(self) -> bool:
        """A value that is there and not turned off elsewhere."""
        command = self._value(self.KEY)
        approved = self._value(self.APPROVED)
        turned_off = isinstance(approved, bytes) and len(approved) > 0 and approved[0] % 2 == 1
        return isinstance(command, str) and bool(command) and not turned_off

    def turn_on(self) -> None:
        """Make the value, and take back what the task manager notes."""
        from subprocess import list2cmdline

        registry, line = self._registry, list2cmdline(self._command)
        if not line.startswith('"'):  # also where there is no space: a later copy of the line may well add one
            program, _, rest = line.partition(" ")
            line = f'"{program}" {rest}'
        if len(line) > MAX_RUN_CHARACTERS:
            raise AutostartError(AutostartFault.TOO_LONG, self.KEY, line)
        try:
            with registry.CreateKeyEx(registry.HKEY_CURRENT_USER, self.KEY, 0, registry.KEY_SET_VALUE) as key:
                registry.SetValueEx(key, NAME, 0, registry.REG_SZ, line)
        except OSError as error:
            raise _refused(self.KEY, error) from error
        self._delete(self.APPROVED)

    def turn_off(self) -> None:
        """Remove the value."""
        self._delete(self.KEY)
        self._delete(self.APPROVED)

    def _value(self, path: str) -> object:
        registry = self._registry
        try:
            with registry.OpenKey(registry.HKEY_CURRENT_USER, path) as key:
                return registry.QueryValueEx(key, NAME)[0]
        except OSError:
            return None

    def _delete(self, path: str) -> None:
        registry = self._registry
        try:
            with registry.OpenKey(registry.HKEY_CURRENT_USER, path, 0, registry.KEY_SET_VALUE) as key:
                registry.DeleteValue(key, NAME)
        except FileNotFoundError:
            pass
        except OSError as error:
            raise _refused(path, error) from error


def _refused(where: str, error: OSError) -> AutostartError:
    return AutostartError(AutostartFault.REFUSED, where, error.strerror or str(error))


def _bytes(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(MAX_FILE_BYTES)
    except OSError:
        return b""


def _text(file: Path) -> str:
    return _bytes(file).decode("utf-8", "replace")


def _write(file: Path, data: bytes) -> None:
    try:
        write_whole(file, data, 0o644)
    except OSError as error:
        raise _refused(str(file), error) from error


def _remove(file: Path) -> None:
    try:
        file.unlink(missing_ok=True)
    except OSError as error:
        raise _refused(str(file), error) from error
