"""What a hypervisor's text can hold, and how. What it cannot is Refused, never bent."""

from __future__ import annotations

import ipaddress
import re
import shlex
import unicodedata
from xml.sax.saxutils import quoteattr

from serialbridge_gui.profile import PeerAddress, join_address

from .recipe import Refusal, Refused

_LABEL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
"""As RFC 1123 has it, and the underscores that people use."""
_ZONE = re.compile(r"[A-Za-z0-9_.-]{1,32}")


def checked(address: PeerAddress) -> PeerAddress:
    """The address, if every hypervisor's text can hold it. Raises Refused."""
    host = address.host
    if not 1 <= address.port <= 65535:
        raise Refused(Refusal.PORT_NUMBER, str(address.port))
    try:
        known = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        looks_numeric = re.fullmatch(r"[0-9.]+", host) is not None  # 1.2.3 or 1.2.3.400: some take it, as another
        if looks_numeric or not _is_name(host):
            raise Refused(Refusal.HOST, host) from None
        return address
    if known.is_unspecified:
        raise Refused(Refusal.HOST_ANY, host)
    if "%" in host and (known.version == 4 or not _ZONE.fullmatch(host.partition("%")[2])):
        raise Refused(Refusal.HOST, host)
    return address


def _is_name(host: str) -> bool:
    return len(host) <= 253 and all(_LABEL.fullmatch(label) for label in host.removesuffix(".").split("."))


def without_ipv6(address: PeerAddress, hypervisor: str) -> str:
    """`HOST:PORT` for a hypervisor that takes a colon for the port's. Raises Refused."""
    if ":" in checked(address).host:
        raise Refused(Refusal.IPV6, str(address), hypervisor)
    return join_address(address.host, address.port)


def _shows(text: str) -> bool:
    """Whether it has nothing that ends a line, cannot be seen or, as U+FFFE, is no character (of XML)."""
    return not any(unicodedata.category(char) in ("Cc", "Cf", "Cn", "Cs", "Zl", "Zp") for char in text)


def device_path(path: str) -> str:
    """A device's name without anything that ends a line or cannot be seen. Raises Refused."""
    if not path or not _shows(path):
        raise Refused(Refusal.DEVICE_NAME, path)
    return path


def linux_path(path: str) -> str:
    """The same, for hypervisors that run on Linux alone. Raises Refused."""
    if not path.startswith("/"):
        raise Refused(Refusal.NOT_LINUX_NAME, path)
    return device_path(path)


def host_path(path: str) -> str:
    """A device's name for hypervisors of any system; on Windows above COM9 the long form. Raises Refused."""
    device_path(path)
    if path.startswith("/"):
        return path
    number = path.removeprefix("\\\\.\\").upper().removeprefix("COM")
    path = f"\\\\.\\COM{number}" if number.isdecimal() and int(number) > 9 else path
    if not re.fullmatch(r"[A-Za-z0-9.:_\\-]+", path):
        raise Refused(Refusal.DEVICE_NAME, path)  # cmd has no escape that holds in both its modes
    return path


def qemu_value(value: str) -> str:
    """For an option of QEMU's: a comma ends a value, two of them are one."""
    return value.replace(",", ",,")


def shell_word(text: str) -> str:
    """One word of a POSIX shell, quoted only where it must be."""
    return text if re.fullmatch(r"[A-Za-z0-9@%+=:,./_-]+", text) else shlex.quote(text)


def monitor_word(text: str) -> str:
    """One word of QEMU's monitor."""
    if re.fullmatch(r"[!#-&(-\[\]-~]+", text):  # no space, quote or backslash
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def xml_attribute(value: str) -> str:
    """With the quotes around it, single ones where it can be."""
    return quoteattr(value).replace('"', "'") if "'" not in value and '"' not in value else quoteattr(value)


def quoted_string(value: str) -> str:
    """Between double quotes in Xen's and VMware's files, which have different escapes: what needs one is Refused."""
    if '"' in value or "\\" in value or "|" in value:
        raise Refused(Refusal.DEVICE_NAME, value)
    return f'"{value}"'


def guest_word(name: str, *, windows: bool) -> str:
    """A guest's name as one word of the command line, in double quotes where both systems read them alike."""
    if not name or not _shows(name):
        raise Refused(Refusal.GUEST_NAME, name)
    if windows:
        # cmd and PowerShell share no escape for these; curly quotes end a string of PowerShell's, too
        if set(name) & set('"%$`\u201c\u201d\u201e') or name.endswith("\\"):
            raise Refused(Refusal.GUEST_NAME, name)
        return f'"{name}"'
    if not set(name) & set('"$`\\!%^'):
        return f'"{name}"'
    return shlex.quote(name)
