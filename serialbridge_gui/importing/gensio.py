"""The strings that ser2net 4 names its ends by, such as `telnet(rfc2217),tcp,localhost,3001`."""

from __future__ import annotations

import re

from serialbridge_gui.importing.report import Draft, Remark, is_on, port_number
from serialbridge_gui.profile import FlowControl, LinePolicy, ListenAddress, Mode, Parity, TlsFiles

EVERYWHERE = "0.0.0.0"
EVERYWHERE_6 = "::"
DEFAULT_SPEED = "9600n81"
"""What gensio's serialdev opens a port with when nothing is said."""

_SPEED = re.compile(r"([0-9]{1,10})([neomsNEOMS])?([5-8])?([12])?", re.ASCII)
_SILENT = frozenset({
    "local", "-local", "nouucplock", "nobreak", "-nobreak", "-hangup_when_done", "-xonxoff", "-rtscts",
})  # fmt: skip
"""Of a serial port: they make no difference here, or are as here."""
_LINES = {"dtrhi": ("dtr", LinePolicy.ON), "dtrlo": ("dtr", LinePolicy.OFF),
          "rtshi": ("rts", LinePolicy.ON), "rtslo": ("rts", LinePolicy.OFF)}  # fmt: skip


def pieces(text: str) -> list[str]:
    """The parts between the commas that are in no bracket and no quotes; unbalanced ones end with the text."""
    parts, depth, quote, start = [], 0, "", 0
    for position, char in enumerate(text):
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char == "(":
            depth += 1
        elif char == ")":
            depth = max(0, depth - 1)
        elif char == "," and depth == 0:
            parts.append(text[start:position].strip())
            start = position + 1
    parts.append(text[start:].strip())
    return parts


def head(piece: str) -> tuple[str, dict[str, str]]:
    """The name before the brackets, in lower case, and the options in them."""
    name, bracket, inner = piece.partition("(")
    options: dict[str, str] = {}
    if bracket:
        for each in pieces(inner.rstrip().removesuffix(")")):
            key, _, value = each.partition("=")
            if key.strip():
                options[key.strip().lower()] = value.strip().strip("\"'")
    return name.strip().lower(), options


def read_accepter(text: str, draft: Draft) -> bool:
    """Put where clients connect into `draft`; False: it is not TCP, and there is no such bridge here."""
    first, more, _ = text.partition(";")
    if more:
        draft.note(Remark.FIRST_ADDRESS, text)
    parts = pieces(first)
    while parts:
        name, options = head(parts[0])
        if name == "telnet":
            draft.mode = Mode.RFC2217
            if "rfc2217" not in options or is_on(options.pop("rfc2217")) is False:
                draft.note(Remark.TELNET)
        elif name == "ssl":
            _read_tls(options, draft)
            options = {}
        elif name in ("mdns", "keepopen"):
            draft.announce = draft.announce or name == "mdns"
        elif name == "certauth":
            draft.note(Remark.NO_LOGIN, name)
            options = {}
        elif name == "tcp":
            for option in options:
                if option not in ("nodelay", "reuseaddr", "readbuf", "listen_reuseaddr"):
                    draft.note(Remark.UNKNOWN, option)
            return _read_address(parts[1:], draft)
        elif name.isdecimal() or name in ("localhost", "ipv4", "ipv6", "ipv6n4") or "." in name or ":" in name:
            return _read_address(parts, draft)  # without a kind it is TCP
        else:
            return False
        for option in options:
            draft.note(Remark.UNKNOWN, f"{name}({option})")
        parts = parts[1:]
    return False


def _read_tls(options: dict[str, str], draft: Draft) -> None:
    certificate = options.pop("cert", "")
    key = options.pop("key", "") or certificate
    authority = options.pop("ca", "") or None
    asked = is_on(options.pop("clientauth", "off")) is True
    if not certificate:
        certificate, key = "/etc/ser2net/ser2net.crt", key or "/etc/ser2net/ser2net.key"  # where ser2net looks
    if asked and authority is None:
        draft.note(Remark.CLIENTS_UNPROVEN)
    draft.tls = TlsFiles(certificate[:4096], key[:4096], authority[:4096] if asked and authority else None)
    for option in options:
        draft.note(Remark.UNKNOWN, f"ssl({option})")


def _read_address(parts: list[str], draft: Draft) -> bool:
    family = parts.pop(0).lower() if parts and parts[0].lower() in ("ipv4", "ipv6", "ipv6n4") else ""
    port = port_number(parts[-1]) if parts else None
    if port is None or len(parts) > 2:
        return False
    host = parts[0] if len(parts) == 2 else (EVERYWHERE_6 if family.startswith("ipv6") else EVERYWHERE)
    draft.listen = ListenAddress(host=host.strip("[]") or EVERYWHERE, port=port)
    return True


def read_connector(text: str, draft: Draft, speed: str = DEFAULT_SPEED) -> bool:
    """Put the device into `draft`; False: it is no serial port. `speed` is the file's default."""
    parts = pieces(text)
    name, options = head(parts[0])
    if name in ("serialdev", "sdev", "termios") and len(parts) > 1:
        draft.device = parts[1].strip("\"'")
        read_serial_option(speed, draft)
        for option in (*parts[2:], *(f"{key}={value}" if value else key for key, value in options.items())):
            for word in option.split():
                read_serial_option(word, draft)
        return True
    if name == "telnet" and len(parts) == 4 and head(parts[1])[0] == "tcp" and port_number(parts[3]):
        draft.device = f"rfc2217://{parts[2]}:{parts[3]}"
        read_serial_option(speed, draft)
        return True
    if name == "tcp" and len(parts) == 3 and port_number(parts[2]):
        draft.device = f"socket://{parts[1]}:{parts[2]}"
        return True
    if name == "echo" and len(parts) == 1:
        draft.device = "sim://echo"
        return True
    return False


def read_serial_option(option: str, draft: Draft) -> None:
    """One word after the device's name."""
    word = option.strip().lower().removeprefix("speed=")
    if match := _SPEED.fullmatch(word):
        draft.serial["baud_rate"] = int(match[1])
        if match[2]:
            draft.serial["parity"] = Parity(match[2].upper())
        if match[3]:
            draft.serial["data_bits"] = int(match[3])
        if match[4]:
            draft.serial["stop_bits"] = int(match[4])
    elif word in ("xonxoff", "rtscts"):
        draft.serial["flow_control"] = FlowControl(word)
    elif word in _LINES:
        line, policy = _LINES[word]
        draft.serial[line] = policy
    elif word == "hangup_when_done":
        draft.serial |= {"dtr_at_close": LinePolicy.OFF, "rts_at_close": LinePolicy.OFF}
    elif word and word not in _SILENT:
        draft.note(Remark.UNKNOWN, option)
