"""Which serial ports there are, and who they are."""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from serialbridge_gui.engine.errors import MODEM_MANAGER
from serialbridge_gui.engine.simulated import DEVICES
from serialbridge_gui.profile import DeviceIdentity

USUAL_BAUD_RATES: Final = (
    300, 1200, 2400, 4800, 9600, 19200, 38400, 57600, 74880, 115200, 230400, 460800, 921600, 1000000, 2000000
)  # fmt: skip

SIMULATED: Final = tuple(f"sim://{name}" for name in DEVICES)

REPLAY: Final = "sim://replay"
"""What the URL of a saved capture begins with (`replayed.py`)."""

PTY: Final = "pty:"
"""What `pty:LINK` begins with: a virtual port that the bridge makes itself."""


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
    identity: DeviceIdentity | None = None
    """By which it is found again under another name; None: it is no USB device."""

    @property
    def vid_pid(self) -> str:
        """`1A86:7523`, or nothing."""
        return "" if self.vid is None or self.pid is None else f"{self.vid:04X}:{self.pid:04X}"


def present_ports() -> tuple[PortInfo, ...]:
    """The ports of this machine, USB adapters first. Blocks, on Windows for seconds: never in the GUI's thread."""
    found = _listed()
    identities = _identities(found)
    ports = [
        PortInfo(
            device=port.device,
            description=_text(port.description) or port.device,
            vid=port.vid,
            pid=port.pid,
            serial_number=_text(port.serial_number),
            location=_text(port.location),
            manufacturer=_text(port.manufacturer),
            identity=identities.get(port.device),
        )
        for port in found
    ]
    return tuple(sorted(ports, key=lambda port: (port.vid is None, _natural(port.device))))


IDENTIFYING_IS_QUICK: Final = sys.platform.startswith("linux")
"""Whether `device_identities` takes milliseconds. Elsewhere all ports are listed for it, which can take seconds."""


def device_identities() -> Mapping[str, DeviceIdentity]:
    """The USB devices among the ports, by port name. See IDENTIFYING_IS_QUICK. Any thread; never the GUI's."""
    if sys.platform.startswith("linux"):
        return sysfs_identities()
    try:
        return _identities(_listed())
    except OSError:  # a port went while the system was being asked about it
        return {}


def sysfs_identities(classes: Path = Path("/sys/class/tty")) -> dict[str, DeviceIdentity]:
    """What Linux knows of its USB ttys, by port name; some 50 µs for each. `classes` stands in for /sys in tests."""
    identities = {}
    try:
        names = os.listdir(classes)
    except OSError:  # a container may have no /sys
        return {}
    for name in names:
        identity = _sysfs_identity(f"{classes}/{name}/device")
        if identity is not None:
            identities[f"/dev/{name}"] = identity
    return identities


def is_pty(device: str) -> bool:
    """Whether this is a `pty:LINK`."""
    return device[: len(PTY)].lower() == PTY


def may_be_listed(device: str) -> bool:
    """Whether this is a name that the system gives a port: no URL, no `pty:LINK`."""
    return "://" not in device and not is_pty(device)


def real_name(device: str) -> str:
    """The name under which a port is listed: a link's target; on Windows `COM5` for `\\\\.\\com5`."""
    if sys.platform == "win32":
        return device.removeprefix("\\\\.\\").upper()
    return os.path.realpath(device) if device.startswith("/") else device


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
    """The group whose members may open the device; empty where root alone may, `dialout` where it cannot be told."""
    path = Path(device)
    try:
        status = path.stat()
        name = path.group()
    except (OSError, KeyError, NotImplementedError):
        return "dialout"
    return name if status.st_gid != 0 and status.st_mode & 0o060 == 0o060 else ""


def modem_manager() -> str:
    """Its name if it runs: it opens adapters that were just plugged in, and nobody but root sees that it does."""
    for number in os.listdir("/proc") if os.path.isdir("/proc") else ():
        if not number.isdecimal():
            continue
        try:
            if Path("/proc", number, "comm").read_bytes().strip() == MODEM_MANAGER.encode():
                return MODEM_MANAGER
        except OSError:
            continue  # gone meanwhile
    return ""


def _listed() -> Iterable[Any]:
    """pyserial's ListPortInfos. Imported here: who opens a port by its name needs no list."""
    from serial.tools import list_ports

    return list_ports.comports()


def _sysfs_identity(device: str) -> DeviceIdentity | None:
    """None: not a USB tty, or gone while we read. The paths are those of pyserial's list_ports_linux (3.5)."""
    try:
        bus = os.path.basename(os.readlink(f"{device}/subsystem"))
    except OSError:
        return None  # a virtual console, a pty's master: most ttys have no device
    tty = os.path.realpath(device)
    if bus == "usb-serial":
        interface = os.path.dirname(tty)
    elif bus == "usb":
        interface = tty
    else:
        return None
    usb = os.path.dirname(interface)
    vid, pid = _read_line(f"{usb}/idVendor"), _read_line(f"{usb}/idProduct")
    several = (_read_line(f"{usb}/bNumInterfaces") or "1").strip() not in ("", "0", "1")
    location = os.path.basename(interface if several else usb)
    try:
        return _identity(
            int(vid or "", 16),
            int(pid or "", 16),
            _read_line(f"{usb}/serial"),
            location,
            port_number=_read_line(f"{tty}/port_number") or "0",
        )
    except ValueError:
        return None


def _read_line(path: str) -> str | None:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.readline().strip() or None
    except OSError:
        return None


def _identities(found: Iterable[Any]) -> dict[str, DeviceIdentity]:
    """Who pyserial's ListPortInfos are. On Linux sysfs is asked, so that both ways to an identity give the same."""
    if sys.platform.startswith("linux"):
        return sysfs_identities()
    return {
        port.device: _identity(port.vid, port.pid, port.serial_number, port.location)
        for port in found
        if port.vid is not None and port.pid is not None
    }


def _identity(
    vid: int, pid: int, serial_number: str | None, location: str | None, port_number: str = "0"
) -> DeviceIdentity:
    """The interface stands after the colon of a location; a driver may make several ports of one interface."""
    interface = (location or "").partition(":")[2]
    if port_number != "0":
        interface = f"{interface}.{port_number}"
    return DeviceIdentity(
        vid=vid,
        pid=pid,
        serial_number=_plain(serial_number),
        interface=_plain(interface),
        location=_plain(location),
    )


def _plain(text: str | None) -> str | None:
    """What a device says of itself, fit for a profile; None where it says nothing."""
    said = _text(text)
    if not said:
        return None
    return "".join("\ufffd" if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") else c for c in said)[:255]


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
