"""What a bridge is on the network: whether it waits or connects, what it speaks, who may reach it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QFormLayout, QHBoxLayout, QLabel, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from serialbridge_gui.profile import (
    DEFAULT_LISTEN_PORT,
    MAX_NETWORKS,
    Access,
    ClientRules,
    Mode,
    PeerAddress,
    Profile,
    is_network,
    join_address,
)
from serialbridge_gui.traffic.text import make_visible
from serialbridge_gui.ui.field_group import (
    FieldGroup,
    blocked,
    choices,
    choose,
    name_choices,
    why_not_dialing,
)
from serialbridge_gui.ui.plain_tooltip import plain_tooltip

WAIT: Final = "wait"
CONNECT: Final = "connect"

_BETWEEN = re.compile(r"[\s,;，；、]+")


class NetworkFields(FieldGroup):
    """Two columns. GUI thread only."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.direction = choices(self, (WAIT, CONNECT))
        self.peer_host = QLineEdit(self)
        self.peer_port = QSpinBox(self)
        self.peer_port.setRange(1, 65535)
        self.peer_port.setValue(DEFAULT_LISTEN_PORT)
        self.peer_port.setKeyboardTracking(False)
        self.mode = choices(self, tuple(Mode))
        self.allow = QLineEdit(self)
        self.refuse_http, self.announce = QCheckBox(self), QCheckBox(self)
        self._lay_out()
        self.retranslate()
        for combo in (self.direction, self.mode):
            combo.currentIndexChanged.connect(self.edited)
        self.peer_host.editingFinished.connect(self._part_peer)  # before `edited` follows
        for line in (self.peer_host, self.allow):
            self._watch_line(line)
        self.peer_port.valueChanged.connect(self.edited)
        for box in (self.refuse_http, self.announce):
            box.toggled.connect(self.edited)

    def _lay_out(self) -> None:
        peer = QHBoxLayout()
        peer.setSpacing(6)
        peer.addWidget(self.peer_host, 1)
        peer.addWidget(QLabel(":", self))
        peer.addWidget(self.peer_port)
        left = self._form(self.direction)
        left.addRow(self._label(self.peer_host), peer)
        left.addRow(self._label(self.mode), self.mode)
        right = QFormLayout()
        right.setVerticalSpacing(6)
        right.addRow(self._label(self.allow), self.allow)
        boxes = QVBoxLayout()
        boxes.setSpacing(6)
        for box in (self.refuse_http, self.announce):
            boxes.addWidget(box, 0, Qt.AlignmentFlag.AlignLeft)
        right.addRow(QLabel(self), boxes)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(18)
        layout.addLayout(left, 2)
        layout.addLayout(right, 3)

    def inputs(self) -> list[QWidget]:
        """What can be edited, in the order of the Tab key."""
        return [
            self.direction, self.peer_host, self.peer_port, self.mode, self.allow, self.refuse_http, self.announce,
        ]  # fmt: skip

    def show_profile(self, profile: Profile) -> None:
        """Show a profile; tells no edit. What is of no use to it stays as it stands."""
        peer, rules = profile.connect, profile.clients
        with blocked(self.inputs()):
            choose(self.direction, WAIT if peer is None else CONNECT)
            if peer is None:
                self.allow.setText(", ".join(rules.allow))
            else:
                self.peer_host.setText(peer.host)
                self.peer_port.setValue(peer.port)
            choose(self.mode, profile.mode)
            self.refuse_http.setChecked(rules.refuse_http)
            self.announce.setChecked(profile.announce)

    # ---- what they say

    @property
    def dialing(self) -> bool:
        """Whether the bridge is to connect by itself."""
        return str(self.direction.currentData()) == CONNECT

    @property
    def networks(self) -> tuple[str, ...]:
        """Each allowed address or network, as it stands there."""
        return tuple(entry for entry in _BETWEEN.split(self.allow.text()) if entry)

    @property
    def invalid(self) -> str:
        """A sentence: why no profile takes what stands here; empty: one does."""
        if self.dialing:
            if not self.peer_host.text().strip():
                return self.tr("Say which host to connect to.")
            if self._peer() is None:
                host = make_visible(self.peer_host.text().strip())
                return self.tr("“{host}” is no host name and no IP address.").format(host=host)
            return ""
        networks = self.networks
        for entry in networks:
            if not is_network(entry):
                return self.tr("“{entry}” is no address and no network such as 192.168.1.0/24.").format(
                    entry=make_visible(entry)
                )
        if len(networks) > MAX_NETWORKS:
            return self.tr("At most {count} addresses and networks can be allowed.").format(count=MAX_NETWORKS)
        return ""

    def profile_fields(self) -> dict[str, Any]:
        """The fields of Profile itself that are edited here; `invalid` must be empty."""
        return {
            "connect": self._peer() if self.dialing else None,
            "mode": Mode(self.mode.currentData()),  # Qt hands back a plain str
            "announce": self.announce.isChecked(),
        }

    def rules(self, rules: ClientRules) -> ClientRules:
        """`rules` with what these fields say; who dials out has one client and allows nobody else."""
        rules = rules.changed(allow=() if self.dialing else self.networks, refuse_http=self.refuse_http.isChecked())
        if self.dialing and not rules.single:
            rules = rules.changed(access=Access.EXCLUSIVE, max_clients=None)
        return rules

    def commit(self) -> None:
        """Take what is still being typed."""
        self._part_peer()
        self.peer_port.interpretText()
        self.edited.emit()

    def _peer(self) -> PeerAddress | None:
        """Where to connect; None if that is no address."""
        host = self.peer_host.text().strip().removeprefix("[").removesuffix("]")
        if "/" in host or (":" in host and not is_network(host.partition("%")[0])):
            return None
        try:
            return PeerAddress.parse(join_address(host, self.peer_port.value()))
        except ValueError:
            return None

    def _part_peer(self) -> None:
        """Share a pasted HOST:PORT, or the `tcp://HOST:PORT` that another bridge copies, out to its two fields."""
        try:
            address = PeerAddress.parse(self.peer_host.text().strip().removeprefix("tcp://"))
        except ValueError:
            return
        with blocked([self.peer_host, self.peer_port]):
            self.peer_host.setText(address.host)
            self.peer_port.setValue(address.port)

    def useless(self, *, dialing: bool) -> Mapping[QWidget, str]:
        """Where to connect for a bridge that waits, and who may connect for one that does it itself."""
        if dialing:
            return dict.fromkeys((self.allow, self.announce), why_not_dialing())
        reason = self.tr("Only for a bridge that connects by itself")
        return dict.fromkeys((self.peer_host, self.peer_port), reason)

    def lock(self, *, running: bool, dialing: bool) -> None:
        """Disable what cannot be edited now."""
        super().lock(running=running, dialing=dialing)
        self.allow.setPlaceholderText("" if dialing else self.tr("Anyone who reaches the address"))

    def retranslate(self) -> None:
        """Put every word anew."""
        for widget, words, tip in (
            (self.direction, self.tr("Connection"), self.tr("Who connects to whom: the programs here, or this bridge")),
            (self.peer_host, self.tr("Host"), self.tr("The name or IP address that this bridge connects to")),
            (self.peer_port, self.tr("Port number of the host"), self.tr("The TCP port number there")),
            (
                self.mode,
                self.tr("Mode"),
                self.tr("Raw for most programs; RFC 2217 for those that speak it, to set baud rate and lines as well"),
            ),
            (
                self.allow,
                self.tr("Allowed addresses"),
                plain_tooltip(
                    self.tr("Only these may connect: addresses such as 192.168.1.20, networks such as 192.168.1.0/24,"),
                    self.tr("with commas or spaces between them."),
                ),
            ),
        ):
            self._name(widget, words, tip)
        self.peer_host.setPlaceholderText(self.tr("Name or IP address"))
        hint = self.peer_host.fontMetrics().horizontalAdvance(self.peer_host.placeholderText())
        self.peer_host.setMinimumWidth(max(150, hint + 24))
        name_choices(self.direction, {WAIT: self.tr("Wait for clients"), CONNECT: self.tr("Connect to")})
        name_choices(self.mode, {
            Mode.RAW: self.tr("Raw (transparent)"), Mode.RFC2217: self.tr("RFC 2217 (Telnet)"),
        })  # fmt: skip
        self.refuse_http.setText(self.tr("Refuse web pages (HTTP requests)"))
        self._explain(
            self.refuse_http,
            plain_tooltip(
                self.tr("In raw mode: any web page can have a browser send a request to this port,"),
                self.tr("and the device would get it. Off for a device that itself speaks HTTP."),
            ),
        )
        self.announce.setText(self.tr("Announce on the network (mDNS)"))
        self._explain(
            self.announce,
            plain_tooltip(
                self.tr("Other computers find the bridge by its name (Bonjour, Avahi)."),
                self.tr("Only while it listens on an address that they can reach."),
            ),
        )
