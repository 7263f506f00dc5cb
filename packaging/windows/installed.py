"""SerialBridge as it is installed in the lab: where it is, how it is started, what is seen of it from outside."""

from __future__ import annotations

import contextlib
import json
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from identity import NAME, ROOT
from lab import INSIDE, PYTHON, Lab
from report import fail, ok, until

WORK: Final = ROOT / "build" / "windows" / "check"
WORK_INSIDE: Final = f"{INSIDE}/build/windows/check"
USER: Final = "张三"
APPDATA: Final = rf"C:\users\{USER}\AppData"
INSTALLED: Final = rf"{APPDATA}\Local\Programs\{NAME}"
WINDOW: Final = rf"{INSTALLED}\serialbridge-gui.exe"
CONSOLE: Final = rf"{INSTALLED}\serialbridge.exe"
KEY: Final = rf"HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall\{NAME}"
READ_KEY: Final = """
import json, sys, winreg
values = {}
try:
    with winreg.OpenKey(winreg.HKEY_CURRENT_USER, sys.argv[1]) as key:
        for number in range(winreg.QueryInfoKey(key)[1]):
            name, value, kind = winreg.EnumValue(key, number)
            values[name] = value
except FileNotFoundError:
    pass
print(json.dumps(values))
"""
CLOSE: Final = """
import ctypes, pathlib, sys
from serialbridge_gui.close_event import close_event_name
kernel = ctypes.WinDLL("kernel32")
kernel.OpenEventW.restype = ctypes.c_void_p
event = ctypes.c_void_p(kernel.OpenEventW(2, 0, close_event_name(pathlib.Path(sys.argv[1]))))  # EVENT_MODIFY_STATE
sys.exit(not kernel.SetEvent(event))
"""


def forget_last_time(lab: Lab) -> None:
    for folder in (INSTALLED, rf"{APPDATA}\Local\{NAME}"):
        shutil.rmtree(lab.path(folder), ignore_errors=True)
    lab.wine("reg", "delete", KEY, "/f", check=False)


def install(lab: Lab, setup: Path, *options: str) -> None:
    inside = rf"P:\{setup.relative_to(ROOT)}".replace("/", "\\")
    done = subprocess.run(lab.wine_command(inside, "/S", *options), stdin=subprocess.DEVNULL, check=False)
    ok(f"{setup.name} /S {' '.join(options)}: exit code {done.returncode}", done.returncode == 0)


def shortcut(lab: Lab) -> Path:
    return lab.path(rf"{APPDATA}\Roaming\Microsoft\Windows\Start Menu\Programs\{NAME}.lnk")


def uninstall_key(lab: Lab) -> dict[str, str]:
    """The entry in Add/Remove Programs."""
    return registry(lab, KEY.removeprefix("HKCU\\"))


def registry(lab: Lab, key: str) -> dict[str, str]:
    """The values of a key of HKCU, by name; by Python, since reg.exe prints no Chinese here."""
    return dict(json.loads(lab.wine(PYTHON, "-c", READ_KEY, key)))


def profile_file(name: str, file: Path, device: str, host: str, port: int) -> Path:
    """An exported profile."""
    document = {
        "format_version": 1, "name": name, "serial": {"device": device}, "listen": {"host": host, "port": port}
    }  # fmt: skip
    file.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return file


def profile_names(lab: Lab) -> list[str]:
    folder = lab.path(rf"{APPDATA}\Local\{NAME}\profiles")
    return sorted(json.loads(file.read_text(encoding="utf-8"))["name"] for file in folder.glob("*.json"))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def connected(port: int) -> socket.socket | None:
    try:
        return socket.create_connection(("127.0.0.1", port), 1)
    except OSError:
        return None


def accepts(port: int) -> bool:
    """Whether somebody listens there."""
    client = connected(port)
    if client is not None:
        client.close()
    return client is not None


@contextlib.contextmanager
def console(lab: Lab, *args: str) -> Iterator[subprocess.Popen[bytes]]:
    """serialbridge.exe, which listens; Ctrl+C ends it with code 0."""
    program = lab.popen(CONSOLE, *args, stdout=subprocess.PIPE)
    assert program.stdout is not None
    try:
        said = program.stdout.readline().decode()
        if "listening" not in said:
            fail(f"serialbridge.exe {' '.join(args)} says {said!r}")
        yield program
        if program.poll() is None:
            program.send_signal(signal.SIGINT)
        ok(f"serialbridge.exe ends with {program.wait(10)}", program.returncode == 0)
    finally:
        program.kill()
        program.stdout.close()


@contextlib.contextmanager
def window(lab: Lab, *args: str, env: Mapping[str, str] | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """serialbridge-gui.exe; closed afterwards, if it still runs, as the installer does it."""
    program = lab.popen(WINDOW, *args, env=env)
    try:
        yield program
        if program.poll() is None:
            lab.wine(PYTHON, "-c", CLOSE, INSTALLED, env={"PYTHONPATH": r"P:\build\windows\app"})
            ok(f"... it closes and ends with {program.wait(20)}", program.returncode == 0)
    finally:
        program.kill()


def talker_port() -> int:
    document = json.loads((WORK / "温度计.serialbridge").read_text(encoding="utf-8"))
    return int(document["listen"]["port"])


def lines_come(port: int) -> bool:
    client = connected(port)
    if client is None:
        return False
    with client:
        client.settimeout(5)
        try:
            return bool(client.recv(100))
        except OSError:
            return False


def windows_open(lab: Lab) -> int:
    return lab.wine("tasklist", check=False).lower().count("serialbridge-gui.exe")


def ended(client: socket.socket) -> bool:
    """Whether the peer has closed; a reset raises."""
    client.setblocking(False)
    try:
        while client.recv(65536):
            pass
    except BlockingIOError:
        return False
    return True


def uninstall(lab: Lab, *options: str) -> None:
    lab.wine(rf"{INSTALLED}\Uninstall.exe", "/S", *options)  # goes on after it has returned
    ok(f"Uninstall.exe /S {' '.join(options)}: the folder is gone", until(lambda: not lab.path(INSTALLED).exists()))
