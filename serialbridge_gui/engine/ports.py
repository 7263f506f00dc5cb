"""Which serial ports there are, and who they are."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from serial.tools import list_ports

from serialbridge_gui.engine.simulated import DEVICES

USUAL_BAUD_RATES: Final = (
    300, 1200, 2400, 4800, 9600, 19200, 38400, 57600, 74880, 115200, 230400, 460800, 921600, 1000000, 2000000
)  # fmt: skip

SIMULATED: Final = tuple(f"sim://{name}" for name in DEVICES)


@dataclass(frozen=True)
class PortInfo:
    """A serial port as the system lists it. None: the system does not say."""

    device: str
    description: str
    vid: int | None = None
    pid: int | None = None
    serial_number: str | None = None
    location: str | None = None
    manufacturer: str | None = None

    @property
    def vid_pid(self) -> str:
        """`1A86:7523`, or nothing."""
        return "" if self.vid is None or self.pid is None else f"{self.vid:04X}:{self.pid:04X}"


def present_ports() -> tuple[PortInfo, ...]:
    """The ports of this machine, USB adapters first. Blocks, on Windows for seconds: never in the GUI's thread."""
    ports = [
        PortInfo(
            device=port.device,
            description=_text(port.description) or port.device,
            vid=port.vid,
            pid=port.pid,
            serial_number=_text(port.serial_number),
            location=_text(port.location),
            manufacturer=_text(port.manufacturer),
        )
        for port in list_ports.comports()
    ]
    return tuple(sorted(ports, key=lambda port: (port.vid is None, _natural(port.device))))


def ports_signature() -> object:
    """Something cheap that changes when a port comes or goes: listing them all is worth it only then.

    Any thread; about 0.1 ms on Linux. Also sees an adapter pulled and plugged again under the same name.
    """
    if sys.platform == "win32":
        return _windows_signature()
    with os.scandir("/dev") as entries:
        return sorted((e.name, e.inode()) for e in entries if e.name.startswith(("tty", "cu.", "rfcomm")))


def holder(device: str) -> str:
    """The program that has the port open, as `name (process id)`; empty where the system does not tell.

    Linux only. Reads /proc: some ms, and only after opening has failed. Any thread.
    """
    if not sys.platform.startswith("linux"):
        return ""
    target = os.path.realpath(device)
    for process in Path("/proc").glob("[0-9]*"):
        if process.name == str(os.getpid()):
            continue
        try:
            if any(os.path.realpath(fd) == target for fd in process.joinpath("fd").iterdir()):
                return f"{process.joinpath('comm').read_text().strip()} ({process.name})"
        except OSError:
            continue  # not ours to look at, or gone meanwhile
    return ""


def owning_group(device: str) -> str:
    """The group whose members may open the device; `dialout` where it cannot be told."""
    try:
        return Path(device).group()
    except (OSError, KeyError, NotImplementedError):
        return "dialout"


def _windows_signature() -> object:
    if sys.platform != "win32":
        raise NotImplementedError
    import winreg

    values = []
    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"HARDWARE\DEVICEMAP\SERIALCOMM") as key:
            for index in range(winreg.QueryInfoKey(key)[1]):
                values.append(winreg.EnumValue(key, index)[:2])
    except OSError:
        pass  # the key is there only while there are ports, and one may go while we count
    return values


def _text(text: str | None) -> str | None:
    """pyserial says 'n/a' where there is nothing to say."""
    return None if text is None or text == "n/a" else text


def _natural(name: str) -> tuple[str, int]:
    """COM10 after COM9."""
    digits = len(name) - len(name.rstrip("0123456789"))
    return (name[:-digits], int(name[-digits:])) if digits else (name, -1)
