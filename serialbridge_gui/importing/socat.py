"""socat's command lines, also where a script or a unit holds them.

    socat TCP-LISTEN:4001,fork /dev/ttyUSB0,raw,b9600
"""

from __future__ import annotations

import ipaddress
import re
import shlex
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from serialbridge_gui.importing.report import MAX_LINE, Collector, Draft, Remark, Report, is_on, port_number, seconds
from serialbridge_gui.profile import MAX_CLIENTS, Access, FlowControl, ListenAddress, Parity, PeerAddress, TlsFiles

LISTENERS: Final = {
    "tcp-listen": "", "tcp-l": "", "tcp4-listen": "0.0.0.0", "tcp4-l": "0.0.0.0", "tcp6-listen": "::", "tcp6-l": "::",
    "openssl-listen": "", "ssl-listen": "", "ssl-l": "", "openssl-l": "",
}  # fmt: skip
DIALERS: Final = frozenset({"tcp", "tcp4", "tcp6", "tcp-connect", "tcp4-connect", "tcp6-connect"})
TLS_DIALERS: Final = frozenset({"openssl", "ssl", "openssl-connect"})
FILES: Final = frozenset({"open", "file", "gopen"})

_SILENT: Final = frozenset({
    "raw", "rawer", "cfmakeraw", "echo", "nonblock", "clocal", "icanon", "opost", "isig", "iexten", "icrnl", "inlcr",
    "igncr", "onlcr", "ocrnl", "onocr", "onlret", "echoe", "echok", "echoctl", "echoke", "echonl", "brkint", "ignbrk",
    "inpck", "istrip", "ignpar", "parmrk", "imaxbel", "min", "vmin", "time", "vtime", "csize", "cread", "noctty",
    "o-noctty", "o-nonblock", "rdwr", "wronly", "reuseaddr", "so-reuseaddr", "reuseport", "nodelay", "tcp-nodelay",
    "keepalive", "so-keepalive", "keepidle", "keepintvl", "keepcnt", "backlog", "linger", "forever", "retry",
    "interval", "crnl", "ignoreeof", "lock", "waitlock", "lockfile", "exclusive", "flock", "flock-ex",
    "flock-ex-nb", "f-setlk", "f-setlkw", "b0", "waitslave", "wait-slave", "pf", "sndbuf", "rcvbuf", "cloexec",
    "unlink-close", "perm", "end-close", "shut-none", "shut-down", "ispeed", "ospeed", "setlk", "null-eof",
})  # fmt: skip
"""Options that are as here, or make no difference here."""
_ALTERS_BYTES: Final = frozenset({"crnl", "icrnl", "inlcr", "igncr", "onlcr", "ocrnl", "istrip"})
"""Where they are on, bytes change on their way; here none does."""


@dataclass
class _Address:
    text: str
    kind: str
    arguments: list[str]
    options: list[tuple[str, str]]
    """In lower case, with their values."""


def read_socat(text: str) -> Report:
    """The bridges in all lines that call socat. Never raises."""
    collector = Collector()
    for number, line in _lines(text):
        if len(line) > MAX_LINE:
            collector.leave(number, Remark.BROKEN, line[:MAX_LINE])
            continue
        words = _words(line)
        calls = [at for at, word in enumerate(words) if _is_socat(word)]
        for at in calls:
            if collector.full:
                collector.leave(number, Remark.TOO_MANY)
                return collector.report()
            with collector.guarded(number):
                _read_call(number, words[at + 1 :], collector)
    return collector.report()


def _lines(text: str) -> list[tuple[int, str]]:
    """Lines with socat in them, with those that they go on in, and their numbers."""
    found, start, whole = [], 0, ""
    for number, line in enumerate(text.splitlines(), 1):
        start = start or number
        if line.rstrip().endswith("\\"):
            whole += line.rstrip()[:-1] + " "
            continue
        whole += line
        if "socat" in whole and not whole.lstrip().startswith(("#", "//", ";")):
            found.append((start, whole))
        start, whole = 0, ""
    if "socat" in whole:
        found.append((start, whole))
    return found


def _words(line: str) -> list[str]:
    if "ExecStart" in line.partition("=")[0]:
        line = line.partition("=")[2].lstrip("-@:+! ")
    try:
        lexer = shlex.shlex(line, posix=True, punctuation_chars=";&|")
        lexer.whitespace_split = True
        return list(lexer)
    except ValueError:  # a quotation mark without its other
        return line.split()


def _is_socat(word: str) -> bool:
    return re.fullmatch(r"socat[\d.]*", PurePosixPath(word).name, re.ASCII) is not None


def _read_call(number: int, words: list[str], collector: Collector) -> None:
    draft = Draft(number)
    addresses: list[_Address] = []
    waiting = ""
    for word in words:
        if waiting:
            if waiting == "-T":
                _read_idle(word, draft)
            waiting = ""
        elif re.fullmatch(r"[;&|<>]+|\d?>.*", word) or _is_socat(word):
            break
        elif word.startswith("-") and word != "-" and not addresses:
            waiting = _read_switch(word, draft)
        else:
            addresses.append(_address(word))
    ends = " ".join(address.text for address in addresses)
    serial = next((address for address in addresses if _is_device(address)), None)
    net = next((address for address in addresses if address is not serial), None)
    if len(addresses) != 2 or serial is None or net is None or "$" in ends:
        collector.leave(number, Remark.NO_BRIDGE, ends or " ".join(words[:10]))
    elif net.kind in TLS_DIALERS:
        collector.leave(number, Remark.TLS_OUTWARD, ends)
    elif _read_net(net, draft):
        _read_device(serial, draft)
        collector.add(draft)
    else:
        collector.leave(number, Remark.NO_BRIDGE, ends)


def _read_switch(word: str, draft: Draft) -> str:
    """One of socat's own switches; returns it if its value is the next word."""
    if word in ("-u", "-U"):
        draft.note(Remark.NO_COUNTERPART, word)
    elif word.startswith("-T") and len(word) > 2:
        _read_idle(word[2:], draft)
    return word if word in ("-T", "-t", "-b", "-lf", "-lp", "-lm", "-r", "-R", "-L", "-W", "-S") else ""


def _read_idle(text: str, draft: Draft) -> None:
    idle_s = seconds(text)
    if idle_s is None:
        draft.note(Remark.WRONG_VALUE, f"-T {text}")
    else:
        draft.rules["idle_timeout_s"] = idle_s


def _address(text: str) -> _Address:
    parts = _split(text, ",")
    arguments = _split(parts[0], ":")
    options = []
    for part in parts[1:]:
        name, _, value = part.partition("=")
        options.append((name.strip().lower(), _plain(value.strip())))
    if len(arguments) == 1 and "/" in arguments[0]:
        return _Address(text, "open", [_plain(arguments[0])], options)  # a path by itself
    return _Address(text, arguments[0].strip().lower(), [_plain(each) for each in arguments[1:]], options)


def _split(text: str, mark: str) -> list[str]:
    """At the marks that are in no quotes, no bracket, and behind no backslash."""
    parts, start, depth, quote, escaped = [], 0, 0, "", False
    for position, char in enumerate(text):
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = True
        elif quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char in "[({":
            depth += 1
        elif char in "])}":
            depth = max(0, depth - 1)
        elif char == mark and depth == 0:
            parts.append(text[start:position])
            start = position + 1
    return [*parts, text[start:]]


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text).strip("\"'")


def _is_device(address: _Address) -> bool:
    return (address.kind in FILES and bool(address.arguments and address.arguments[0])) or address.kind == "pty"


def _read_net(net: _Address, draft: Draft) -> bool:
    options = dict(net.options)
    if net.kind in LISTENERS:
        port = port_number(net.arguments[0]) if len(net.arguments) == 1 else None
        if port is None:
            return False
        family = LISTENERS[net.kind] or ("::" if options.get("pf", "") in ("ip6", "6", "10") else "0.0.0.0")
        host = options.pop("bind", "").strip("[]")
        draft.listen = ListenAddress(host=(host or family)[:255], port=port)
        _read_clients(options, draft)
        if "ssl" in net.kind:
            _read_tls(options, draft)
    elif net.kind in DIALERS:
        port = port_number(net.arguments[1]) if len(net.arguments) == 2 else None
        host = net.arguments[0].strip("[]") if net.arguments else ""
        if not port or not host:
            return False
        draft.connect = PeerAddress(host=host[:255], port=port)
        options.pop("fork", None)
    else:
        return False
    for name, value in options.items():
        _remark(name, value, draft)
    return True


def _read_clients(options: dict[str, str], draft: Draft) -> None:
    if is_on(options.pop("fork", "0")):
        limit = options.pop("max-children", "")
        draft.rules["access"] = Access.SHARED
        if limit == "1":
            draft.rules["access"] = Access.EXCLUSIVE
        elif limit.isascii() and limit.isdecimal() and 1 <= int(limit[:6]) <= MAX_CLIENTS:
            draft.rules["max_clients"] = int(limit)
        elif limit:
            draft.note(Remark.WRONG_VALUE, f"max-children={limit}")
        if draft.rules["access"] is Access.SHARED:
            draft.note(Remark.SEVERAL_AT_ONCE)
    else:
        draft.note(Remark.ONE_AFTER_ANOTHER)
    if network := options.pop("range", ""):
        try:
            plain = network.replace("[", "").replace("]", "")
            if "." in plain:
                plain = plain.replace(":", "/")
            draft.rules["allow"] = (str(ipaddress.ip_network(plain, strict=False)),)
        except ValueError:
            draft.note(Remark.WRONG_VALUE, f"range={network}")


def _read_tls(options: dict[str, str], draft: Draft) -> None:
    certificate = options.pop("cert", options.pop("certificate", ""))
    key = options.pop("key", "") or certificate
    authority = options.pop("cafile", "")
    verified = is_on(options.pop("verify", "1")) is not False
    if certificate:
        draft.tls = TlsFiles(certificate[:4096], key[:4096], authority[:4096] if verified and authority else None)
    else:
        draft.note(Remark.WRONG_VALUE, "cert")
    if verified and not authority:
        draft.note(Remark.CLIENTS_UNPROVEN)


def _read_device(serial: _Address, draft: Draft) -> None:
    options = list(serial.options)
    if serial.kind == "pty":
        link = next((value for name, value in options if name in ("link", "symbolic-link")), "")
        draft.device = f"pty:{link}" if link else "pty:/tmp/ttyBridge"
        if not link:
            draft.note(Remark.WRONG_VALUE, "link")
        options = [pair for pair in options if pair[0] not in ("link", "symbolic-link")]
    else:
        draft.device = ":".join(serial.arguments)
    draft.serial |= {"data_bits": 8, "parity": Parity.NONE, "stop_bits": 1}
    switches = {name: is_on(value) is not False for name, value in options}
    for name, value in options:
        on = switches[name]
        if re.fullmatch(r"b[1-9][0-9]{1,9}", name, re.ASCII):
            draft.serial["baud_rate"] = int(name[1:])
        elif name in ("ispeed", "ospeed") and value.isascii() and value.isdecimal() and len(value) < 11:
            draft.serial["baud_rate"] = int(value)
        elif name in ("cs5", "cs6", "cs7", "cs8"):
            draft.serial["data_bits"] = int(name[2]) if on else 8
        elif name == "parenb":
            draft.serial["parity"] = (Parity.ODD if switches.get("parodd") else Parity.EVEN) if on else Parity.NONE
        elif name == "cstopb":
            draft.serial["stop_bits"] = 2 if on else 1
        elif name == "crtscts":
            draft.serial["flow_control"] = FlowControl.RTS_CTS if on else FlowControl.NONE
        elif name in ("ixon", "ixoff"):
            if on:
                draft.serial.setdefault("flow_control", FlowControl.XON_XOFF)
        elif name not in ("parodd", "ixany"):
            _remark(name, value, draft)
    if "baud_rate" not in draft.serial and serial.kind != "pty":
        draft.serial["baud_rate"] = 9600
        draft.note(Remark.SPEED_ASSUMED, "9600")


def _remark(name: str, value: str, draft: Draft) -> None:
    """An option that nothing has read."""
    whole = f"{name}={value}" if value else name
    if name in _ALTERS_BYTES and is_on(value) is not False:
        draft.note(Remark.NO_COUNTERPART, whole)
    elif name and name not in _SILENT:
        draft.note(Remark.UNKNOWN, whole)
