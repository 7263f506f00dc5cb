"""ser2net 4's YAML, by its events: the file repeats the key `connection`, which a mapping could hold but once, and no
alias can blow anything up. docs/decisions/0017-profiles-as-files.md"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from serialbridge_gui.importing.gensio import DEFAULT_SPEED, read_accepter, read_connector, read_serial_option
from serialbridge_gui.importing.report import MAX_LINE, Collector, Draft, Remark, Report, is_on, seconds
from serialbridge_gui.profile import MAX_CLIENTS, MAX_NETWORKS, Access, is_network

MAX_EVENTS: Final = 20_000
"""Chosen: 256 bridges with 30 settings each have fewer; PyYAML reads so many in a second."""
MAX_DEPTH: Final = 16
"""Chosen: ser2net has four levels."""

_SILENT: Final = frozenset({
    "telnet-brk-on-sync", "chardelay", "chardelay-scale", "chardelay-min", "chardelay-max", "net-to-dev-bufsize",
    "dev-to-net-bufsize", "accepter-retry-time", "connector-retry-time", "mdns-port", "mdns-name", "mdns-type",
    "mdns-domain", "mdns-host", "mdns-txt", "mdns-interface", "mdns-nettype", "mdns-sysattrs",
})  # fmt: skip
"""Options whose work is done here without being asked, or is not needed."""
_KNOWN: Final = frozenset({
    "banner", "openstr", "closestr", "closeon", "signature", "connback", "connback-timeout",
    "sendon", "no-con-to-acc", "no-acc-to-con",
})  # fmt: skip
_LOGIN: Final = frozenset({"authdir", "authdir-admin", "allowed-users", "pamauth", "default-allowed-users"})

_INSERTED: Final = re.compile(r"\*\(([^()]{1,64})\)")
"""Inside a scalar: ser2net puts the text of that alias there."""

MAX_INSERTED: Final = 8
"""Aliases inside one scalar (chosen: a connector has five parts); the rest stays as it is written."""


@dataclass
class _Node:
    """A scalar, a list, or a mapping as pairs, since keys may stand there twice."""

    line: int
    anchor: str = ""
    text: str | None = None
    items: list[_Node] | None = None
    """Of a list; of a mapping, keys and values in turn."""
    mapping: bool = False

    def pairs(self) -> Iterator[tuple[str, _Node]]:
        """Of a mapping; of anything else, none."""
        if self.mapping and self.items is not None:
            for key, value in zip(self.items[::2], self.items[1::2], strict=False):
                yield (key.text or "").strip(), value


def read_ser2net(text: str) -> Report:
    """What a ser2net.yaml has. Never raises; takes a second at most."""
    collector = Collector()
    defaults: dict[str, str] = {}
    for document in _documents(text, collector):
        for key, node in document.pairs():
            if key == "default":
                values = {name: value.text or "" for name, value in node.pairs()}
                defaults[values.get("name", "")] = values.get("value", "")
            elif key == "connection":
                with collector.guarded(node.line):
                    _read_connection(node, defaults, collector)
            elif key not in ("define", "delete_default"):
                collector.leave(node.line, Remark.NO_COUNTERPART, f"{key} {node.anchor}".strip())
    return collector.report()


def _read_connection(node: _Node, defaults: dict[str, str], collector: Collector) -> None:
    draft = Draft(node.line, node.anchor)
    fields: dict[str, _Node] = dict(node.pairs())
    accepter, connector = (fields.pop(end, node).text or "" for end in ("accepter", "connector"))
    options = dict(defaults)
    for key, value in fields.items():
        if key == "name":
            draft.name = value.text or draft.name
        elif key == "enable":
            if is_on(value.text or "") is False:
                draft.note(Remark.OFF)
        elif key == "timeout":
            options["timeout"] = value.text or ""
        elif key == "options":
            _add_options(value, options)
        else:
            draft.note(Remark.UNKNOWN, key)
    speed = options.pop("speed", DEFAULT_SPEED)
    if not read_accepter(accepter, draft) or not read_connector(connector, draft, speed):
        collector.leave(node.line, Remark.NO_BRIDGE, f"{accepter} ↔ {connector}")
        return
    for key, given in options.items():
        _read_option(key, given, draft)
    collector.add(draft)


def _add_options(node: _Node, options: dict[str, str]) -> None:
    for name, value in node.pairs():
        text = value.text or ""
        options[name] = f"{options[name]};{text}" if name == "remaddr" and name in options else text


def _read_option(key: str, given: str, draft: Draft) -> None:
    if key == "kickolduser":
        if is_on(given) and "max_clients" not in draft.rules:
            draft.rules["access"] = Access.REPLACE
    elif key == "max-connections":
        if not given.isascii() or not given.isdecimal() or not 1 <= int(given[:6]) <= MAX_CLIENTS:
            draft.note(Remark.WRONG_VALUE, f"{key}: {given}")
        elif int(given) > 1:
            draft.rules |= {"access": Access.SHARED, "max_clients": int(given)}
    elif key == "timeout":
        idle_s = seconds(given)
        if idle_s is None:
            draft.note(Remark.WRONG_VALUE, f"{key}: {given}")
        else:
            draft.rules["idle_timeout_s"] = idle_s
    elif key in ("xonxoff", "rtscts", "local"):  # of a `default` for serial ports
        if is_on(given):
            read_serial_option(key, draft)
    elif key == "mdns":
        draft.announce = is_on(given) is True
    elif key == "remaddr":
        _read_allowed(given, draft)
    elif key in _LOGIN:
        draft.note(Remark.NO_LOGIN, key)
    elif key in _KNOWN or key.startswith(("trace-", "led-")):
        draft.note(Remark.NO_COUNTERPART, key)
    elif key not in _SILENT:
        draft.note(Remark.UNKNOWN, key)


def _read_allowed(given: str, draft: Draft) -> None:
    """Addresses with ports, such as `10.0.0.5,0;::1,0`. A list that cannot be kept whole is told."""
    networks = []
    for each in given.split(";"):
        address = each.strip().rpartition(",")[0] or each.strip()
        if is_network(address):
            networks.append(address)
        elif each.strip():
            draft.note(Remark.NO_COUNTERPART, f"remaddr: {each}")
    draft.rules["allow"] = tuple(networks)[:MAX_NETWORKS]


def _documents(text: str, collector: Collector) -> list[_Node]:
    """The file's documents, as far as they can be read; what stops the reading is told."""
    import yaml  # 20 ms that nothing else needs

    documents: list[_Node] = []
    open_nodes: list[_Node] = []
    scalars: dict[str, str] = {}

    def put(node: _Node) -> None:
        if open_nodes:
            assert open_nodes[-1].items is not None
            open_nodes[-1].items.append(node)
        else:
            documents.append(node)

    line = 1
    try:
        for count, event in enumerate(yaml.parse(text, Loader=yaml.SafeLoader)):
            line = event.start_mark.line + 1 if event.start_mark else line
            if count >= MAX_EVENTS or len(open_nodes) > MAX_DEPTH:
                collector.leave(line, Remark.TOO_MANY)
                break
            if isinstance(event, yaml.ScalarEvent):
                if event.anchor:
                    scalars[event.anchor] = event.value[:MAX_LINE]
                value = event.value[:MAX_LINE]
                value = _INSERTED.sub(lambda match: scalars.get(match[1], match[0]), value, MAX_INSERTED)
                put(_Node(line, event.anchor or "", value[:MAX_LINE]))
            elif isinstance(event, yaml.AliasEvent):
                put(_Node(line, text=scalars.get(event.anchor or "", "")))
            elif isinstance(event, yaml.CollectionStartEvent):
                mapping = isinstance(event, yaml.MappingStartEvent)
                node = _Node(line, event.anchor or "", items=[], mapping=mapping)
                put(node)
                open_nodes.append(node)
            elif isinstance(event, yaml.CollectionEndEvent):
                open_nodes.pop()
    except (yaml.YAMLError, ValueError, LookupError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        collector.leave(mark.line + 1 if mark else line, Remark.BROKEN, getattr(error, "problem", "") or str(error))
    if len(open_nodes) > 1 and open_nodes[0].items is not None:
        del open_nodes[0].items[-2:]  # what the reading broke off in
    return documents
