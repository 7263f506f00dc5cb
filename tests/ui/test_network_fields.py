"""What a bridge is on the network: the fields for it, what they refuse, and what is said of who can reach it."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLineEdit

from serialbridge_gui.engine import events as ev
from serialbridge_gui.engine.bridge import BridgeState
from serialbridge_gui.profile import (
    MAX_NETWORKS,
    Access,
    ClientRules,
    ListenAddress,
    Mode,
    PeerAddress,
    Profile,
    SerialSettings,
    TlsFiles,
)
from serialbridge_gui.profile_store import ProfileStore
from serialbridge_gui.ui.exposure import exposure
from serialbridge_gui.ui.field_group import choose
from serialbridge_gui.ui.network_fields import CONNECT, WAIT
from serialbridge_gui.ui.settings_form import SettingsForm
from tests.ui.windows import Lab, click, press, press_shortcut, type_into, until

AMBER, RED = BridgeState.WAITING_FOR_DEVICE, BridgeState.ERROR
FILES = TlsFiles("/nowhere/certificate.pem", "/nowhere/key.pem")
PLANT = PeerAddress("plant-7.example", 4009)


def unfolded(lab: Lab, **fields: Any) -> SettingsForm:
    """The form of a new bridge, its network part in sight."""
    lab.open()
    form = lab.page(lab.add("sim://echo", **fields)).form
    click(form.network_button)
    return form


def enter(line: QLineEdit, text: str) -> None:
    """Type it, and be done with the field."""
    type_into(line, text)
    press(line, Qt.Key.Key_Return)


async def test_network_part_is_folded_and_its_summary_always_in_sight(lab: Lab) -> None:
    form = unfolded(lab)
    assert form.network_folded.isVisible()
    click(form.network_button)
    assert form.network_folded.isHidden()
    assert form.network_button.text() == "Raw TCP"
    rules = ClientRules(allow=("10.0.0.0/8",))
    other = lab.page(lab.add("sim://echo", mode=Mode.RFC2217, tls=FILES, clients=rules)).form
    assert other.network_button.text() == "RFC 2217, TLS, allow list"


async def test_mode_and_boxes_are_edited_saved_and_shown_again(lab: Lab) -> None:
    form = unfolded(lab)
    fields = form.network
    assert (fields.mode.currentText(), fields.refuse_http.isChecked(), fields.announce.isChecked()) == (
        "Raw (transparent)", True, False,
    )  # fmt: skip
    fields.mode.setCurrentIndex(fields.mode.findText("RFC 2217 (Telnet)"))
    click(fields.refuse_http)
    click(fields.announce)
    profile = form.profile
    assert (profile.mode, profile.clients.refuse_http, profile.announce) == (Mode.RFC2217, False, True)
    await until(lambda: ProfileStore(lab.config_dir).load().profiles == (profile,), "it is saved")
    other = lab.page(lab.add("sim://echo", mode=profile.mode, clients=profile.clients, announce=True)).form.network
    assert other.mode.currentText() == "RFC 2217 (Telnet)"
    assert not other.refuse_http.isChecked()
    assert other.announce.isChecked()


@pytest.mark.parametrize(
    "text", ["192.168.1.0/24, 10.0.0.5/8", " 192.168.1.0/24   10.0.0.5/8 ", "192.168.1.0/24，10.0.0.5/8,"]
)
async def test_allowed_addresses_stand_between_commas_or_spaces(lab: Lab, text: str) -> None:
    form = unfolded(lab)
    enter(form.network.allow, text)
    assert form.profile.clients.allow == ("192.168.1.0/24", "10.0.0.5/8")
    assert form.network_problem.isHidden()
    again = lab.page(lab.add("sim://echo", clients=form.profile.clients)).form
    assert again.network.allow.text() == "192.168.1.0/24, 10.0.0.5/8"


async def test_wrong_address_is_named_inline_and_nothing_is_saved_until_it_is_right(lab: Lab) -> None:
    form = unfolded(lab, clients=ClientRules(allow=("::1",)))
    page = lab.page()
    type_into(form.network.allow, "192.168.1.0/24, 300.1.1.1")
    assert not form.invalid, "nobody is told of mistakes while typing"
    press(form.network.allow, Qt.Key.Key_Return)
    assert form.network_problem.isVisible()
    assert form.network_problem.look is RED
    said = form.network_problem.label.text()
    assert said == "“300.1.1.1” is no address and no network such as 192.168.1.0/24."
    assert form.invalid == page.start_stop.toolTip() == said
    assert not page.start_stop.isEnabled()
    form.baud.setEditText("9600")
    assert (form.profile.clients.allow, page.session.profile) == (("::1",), form.profile)
    type_into(form.network.allow, "192.168.1.0/24")
    assert page.start_stop.isEnabled(), "disabled, it takes no focus: nobody could leave the field by clicking on it"
    assert form.network_problem.isHidden()
    assert form.profile.clients.allow == ("::1",)
    form.commit()
    assert (form.profile.clients.allow, form.profile.serial.baud_rate) == (("192.168.1.0/24",), 9600)


async def test_start_by_key_takes_the_addresses_that_are_being_typed(lab: Lab) -> None:
    form = unfolded(lab)
    page = lab.page()
    type_into(form.network.allow, "example.com")
    await press_shortcut(lab.window, Qt.Key.Key_E)
    assert page.session.bridge.state is BridgeState.STOPPED
    assert "example.com" in form.invalid
    type_into(form.network.allow, "127.0.0.1")
    await press_shortcut(lab.window, Qt.Key.Key_E)
    assert page.session.profile.clients.allow == ("127.0.0.1",)
    await until(lambda: page.session.bridge.state is BridgeState.WAITING_FOR_CLIENT, "it runs")


async def test_more_addresses_than_the_bound_are_refused_in_words(lab: Lab) -> None:
    form = unfolded(lab)
    form.network.allow.setText(" ".join(["::1"] * (MAX_NETWORKS + 1)))
    form.commit()
    assert form.invalid == f"At most {MAX_NETWORKS} addresses and networks can be allowed."


async def test_bridge_that_connects_needs_a_host_and_says_so(lab: Lab) -> None:
    form = unfolded(lab)
    fields = form.network
    choose(fields.direction, CONNECT)
    assert form.invalid == "Say which host to connect to."
    assert form.profile.connect is None
    for wrong in ("plant 7", "http://plant", "1:2:3", "fe80::1::2", "fe80::/10"):
        enter(fields.peer_host, wrong)
        assert form.invalid == f"“{wrong}” is no host name and no IP address."
    enter(fields.peer_host, "plant-7.example")
    fields.peer_port.setValue(4009)
    assert form.profile.connect == PLANT
    assert not form.invalid
    assert form.network_button.text() == "Raw TCP, connects out"


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("plant-7.example:4009", PLANT),
        ("tcp://plant-7.example:4009", PLANT),
        ("[fe80::1%eth0]:4009", PeerAddress("fe80::1%eth0", 4009)),
        ("fe80::1", PeerAddress("fe80::1", 4001)),
        ("[::1]", PeerAddress("::1", 4001)),
    ],
)
async def test_pasted_address_finds_its_fields(lab: Lab, typed: str, address: PeerAddress) -> None:
    form = unfolded(lab)
    choose(form.network.direction, CONNECT)
    enter(form.network.peer_host, typed)
    assert form.profile.connect == address


async def test_what_is_for_a_listener_is_disabled_with_its_reason_while_dialling_and_back_after_it(lab: Lab) -> None:
    rules = ClientRules(access=Access.SHARED, max_clients=5, allow=("10.0.0.0/8",))
    form = unfolded(lab, clients=rules, tls=FILES, listen=ListenAddress("0.0.0.0", lab.free_port()))
    fields = form.network
    listeners = [form.host, form.listen_port, form.clients.access, fields.allow, fields.announce, form.tls.use]
    assert all(widget.isEnabled() for widget in listeners)
    assert not fields.peer_host.isEnabled()
    assert fields.peer_host.toolTip() == "Only for a bridge that connects by itself"
    choose(fields.direction, CONNECT)
    enter(fields.peer_host, "plant-7.example:4009")
    for widget in listeners:
        assert not widget.isEnabled(), widget.accessibleName()
        assert widget.toolTip() == "This bridge connects by itself: nobody connects to it"
    assert not form.tls.use.isChecked(), "nothing is encrypted"
    assert form.warning.isHidden()
    profile = form.profile
    assert (profile.connect, profile.tls, profile.clients) == (PLANT, None, ClientRules())
    choose(fields.direction, WAIT)
    assert all(widget.isEnabled() for widget in listeners)
    assert "connects by itself" not in form.host.toolTip() + fields.allow.toolTip() + form.tls.use.toolTip()
    profile = form.profile
    assert (profile.connect, profile.tls) == (None, FILES)
    assert profile.clients == rules.changed(max_clients=None)


async def test_page_of_a_bridge_that_dials_out_says_where(lab: Lab, request: pytest.FixtureRequest) -> None:
    window = lab.open()
    nobody = socket.socket()
    request.addfinalizer(nobody.close)
    nobody.bind(("127.0.0.1", 0))  # and does not listen: no other test does in its place
    address = PeerAddress("127.0.0.1", nobody.getsockname()[1])
    session = lab.add("sim://echo", connect=address)
    page = lab.page(session)
    assert page.form.address.text() == f"Copy tcp://{address}"
    click(page.form.address)
    assert QGuiApplication.clipboard().text() == f"tcp://{address}"
    item = window.sidebar.list.item(0)
    assert item.text() == f"Bridge\nsim://echo ⇄ → {address}"
    click(page.start_stop)
    await until(lambda: session.bridge.state is BridgeState.WAITING_FOR_CLIENT, "it runs, without a link")
    assert page.state_label.text() == "Connecting…"
    assert page.log._empty.label.text() == f"Connecting to {address}"
    assert page.log._empty.copy.isHidden()
    assert item.toolTip().endswith("Connecting…</p>")
    session.bridge.event_occurred.emit(ev.DialFailed(0, address.host, address.port, "Connection refused", 5.0))
    page.show_state()
    assert page.message.label.text() == (
        f"127.0.0.1 port {address.port} does not answer (Connection refused); the next try is in 5 s"
    )
    session.bridge.event_occurred.emit(ev.ClientConnected(0, 1, str(address)))
    page.show_state()
    assert page.message.isHidden()
    await session.bridge.stop()


async def test_wrong_mode_of_a_client_is_said_until_it_is_seen(lab: Lab) -> None:
    lab.open()
    session = lab.add("sim://echo")
    page = lab.page(session)
    for event in (ev.LooksLikeTelnet(0, 1), ev.LooksRaw(0, 1)):
        session.bridge.event_occurred.emit(event)
        assert page.message.isVisible()
        click(page.message.button)
        assert page.message.isHidden()


async def test_field_that_is_left_as_it_was_is_no_edit(lab: Lab) -> None:
    form = unfolded(lab)
    edits: list[object] = []
    form.profile_edited.connect(edits.append)
    press(form.network.allow, Qt.Key.Key_Return)
    form.commit()
    assert edits == []


def exposed(host: str = "0.0.0.0", allow: tuple[str, ...] = (), **fields: Any) -> Profile:
    made = Profile(name="x", serial=SerialSettings("x"), listen=ListenAddress(host), clients=ClientRules(allow=allow))
    return made.changed(**fields)


@pytest.mark.parametrize(
    ("profile", "words", "look"),
    [
        (exposed(), "Anyone on the network can control the device", RED),
        (exposed("192.0.2.7", ("10.0.0.1", "0.0.0.0/0")), "Anyone on the network can control the device", RED),
        (exposed("::", ("10.0.0.0/8",)), "Only 10.0.0.0/8 can connect; not encrypted", AMBER),
        (exposed(allow=("10.0.0.1", "::1")), "Only 10.0.0.1 and ::1 can connect; not encrypted", AMBER),
        (
            exposed(allow=("10.0.0.1", "::1", "10.0.0.2", "10.0.0.3"), tls=FILES),
            "Encrypted; only 10.0.0.1, ::1 and 2 more can connect",
            AMBER,
        ),
        (exposed(tls=FILES), "Encrypted; but anyone on the network can connect and control the device", AMBER),
        (
            exposed(tls=FILES.changed(client_ca="/ca.pem")),
            "Encrypted; only clients with a certificate can connect",
            AMBER,
        ),
    ],
)
def test_who_can_reach_the_device_is_said_with_what_protects_it(
    qapp: QApplication, profile: Profile, words: str, look: BridgeState
) -> None:
    assert exposure(profile) == (words, look)


@pytest.mark.parametrize("profile", [exposed("127.0.0.1"), exposed("::1"), exposed(connect=PLANT)])
def test_of_a_bridge_that_nobody_else_reaches_nothing_is_said(qapp: QApplication, profile: Profile) -> None:
    assert exposure(profile)[0] == ""


async def test_exposure_is_shown_for_as_long_as_it_lasts_with_a_shape(lab: Lab) -> None:
    lab.open()
    session = lab.add("sim://echo", listen=ListenAddress("0.0.0.0", lab.free_port()))
    form = lab.page(session).form
    assert form.warning.isVisible()
    assert form.warning.look is RED
    assert form.warning.shape.isVisible()
    await lab.start(session)
    assert form.warning.isVisible()
    await session.bridge.stop()
    click(form.network_button)
    enter(form.network.allow, "10.0.0.0/8")
    assert form.warning.label.text() == "Only 10.0.0.0/8 can connect; not encrypted"
    assert form.warning.look is AMBER
    assert form.warning.shape.isVisible()
