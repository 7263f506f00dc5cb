"""ser2net 3's lines: `3001:raw:600:/dev/ttyS0:9600 8DATABITS NONE 1STOPBIT`."""

from __future__ import annotations

import re
from typing import Final

from serialbridge_gui.importing.gensio import EVERYWHERE, read_serial_option
from serialbridge_gui.importing.report import MAX_LINE, Collector, Draft, Remark, Report, is_on, port_number, seconds
from serialbridge_gui.profile import MAX_CLIENTS, Access, ListenAddress, Mode, Parity

LINE: Final = re.compile(
    r"([^#:\s][^:\s]*|\[[0-9a-fA-F:]+\],\d+):(rawlp|raw|telnet|off):([^:]*):([^:]+)(?::(.*))?", re.ASCII
)
"""Address, state, timeout, device, words."""

_WORDS: Final[dict[str, tuple[str, object]]] = {
    "EVEN": ("parity", Parity.EVEN), "ODD": ("parity", Parity.ODD), "NONE": ("parity", Parity.NONE),
    "MARK": ("parity", Parity.MARK), "SPACE": ("parity", Parity.SPACE), "1STOPBIT": ("stop_bits", 1),
    "2STOPBITS": ("stop_bits", 2), "5DATABITS": ("data_bits", 5), "6DATABITS": ("data_bits", 6),
    "7DATABITS": ("data_bits", 7), "8DATABITS": ("data_bits", 8),
}  # fmt: skip
_SILENT: Final = frozenset({"telnet_brk_on_sync", "chardelay", "-chardelay", "nouucplock"})


def read_ser2net_conf(text: str) -> Report:
    """What an old ser2net.conf has. Never raises."""
    collector = Collector()
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        if len(stripped) > MAX_LINE:
            collector.leave(number, Remark.BROKEN, stripped[:MAX_LINE])
        elif match := LINE.fullmatch(stripped):
            with collector.guarded(number):
                _read_line(number, match, collector)
        else:
            collector.leave(number, Remark.NO_COUNTERPART, stripped)
    return collector.report()


def _read_line(number: int, match: re.Match[str], collector: Collector) -> None:
    address, state, timeout, device, words = match.groups()
    draft = Draft(number, device=device.strip())
    host, _, port_text = address.rpartition(",")
    host = host.removeprefix("ipv4,").removeprefix("ipv6,")
    port, idle_s = port_number(port_text), seconds(timeout or "0")
    if not port:
        collector.leave(number, Remark.NO_BRIDGE, match[0])
        return
    draft.listen = ListenAddress(host=host.strip("[]")[:255] or EVERYWHERE, port=port)
    if idle_s is None:
        draft.note(Remark.WRONG_VALUE, timeout)
    else:
        draft.rules["idle_timeout_s"] = idle_s
    if state == "off":
        draft.note(Remark.OFF)
    elif state == "telnet":
        draft.mode = Mode.RFC2217
    read_serial_option("9600n81", draft)
    remote = False
    for word in (words or "").split():
        name, given, value = word.partition("=")
        if word.upper() in _WORDS:
            field, meant = _WORDS[word.upper()]
            draft.serial[field] = meant
        elif word.lower() == "remctl":
            remote = True
        elif name.lower() == "kickolduser":
            if is_on(value) and "max_clients" not in draft.rules:
                draft.rules["access"] = Access.REPLACE
        elif name.lower() == "max-connections" and value.isdecimal() and 1 < int(value[:6]) <= MAX_CLIENTS:
            draft.rules |= {"access": Access.SHARED, "max_clients": int(value)}
        elif given:
            draft.note(Remark.NO_COUNTERPART, word)
        elif word.lower() not in _SILENT:
            read_serial_option(word, draft)
    if state == "telnet" and not remote:
        draft.note(Remark.TELNET)
    collector.add(draft)
