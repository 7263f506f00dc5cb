"""Every state can be read, every sentence is whole, and nothing that others wrote becomes markup."""

from __future__ import annotations

from dataclasses import fields
from enum import Enum
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QToolBar, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from serialbridge_gui.engine import events as ev
from serialbridge_gui.engine.bridge import BridgeState
from serialbridge_gui.engine.errors import Cause, Problem
from serialbridge_gui.engine.ports import PortInfo
from serialbridge_gui.profile import DeviceIdentity
from serialbridge_gui.profile_error import ProfileError, ProfileFault
from serialbridge_gui.ui import sentences
from serialbridge_gui.ui.port_picker import port_words
from serialbridge_gui.ui.state_look import is_dark, keep_grey_readable, state_color, state_icon, state_words
from serialbridge_gui.ui.tool_buttons import OverflowButton, show_checked
from tests.ui.windows import Lab, click, until

MARKUP = "<b>x</b>"
BIDI = "abc\u202egpj.exe"


def luminance(color: QColor) -> float:
    """Relative luminance, as WCAG 2 defines it."""

    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF())


def contrast(one: QColor, other: QColor) -> float:
    """From 1 to 21, as WCAG 2 defines it."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def palette(window: str, base: str) -> QPalette:
    made = QPalette(QColor(window))
    made.setColor(QPalette.ColorRole.Window, QColor(window))
    made.setColor(QPalette.ColorRole.Base, QColor(base))
    return made


PALETTES = [("#efefef", "#ffffff"), ("#f0f0f0", "#ffffff"), ("#2b2d30", "#1e1f22"), ("#323232", "#191919")]


@pytest.mark.parametrize("state", BridgeState)
@pytest.mark.parametrize(("window", "base"), PALETTES)
def test_state_can_be_read_on_window_and_base(qapp: QApplication, state: BridgeState, window: str, base: str) -> None:
    color = state_color(state, palette(window, base))
    assert contrast(color, QColor(window)) >= 4.5
    assert contrast(color, QColor(base)) >= 4.5


@pytest.mark.parametrize(("window", "base"), PALETTES)
def test_what_is_disabled_and_the_hints_of_empty_fields_can_be_read(qapp: QApplication, window: str, base: str) -> None:
    widget = QWidget()
    widget.setPalette(palette(window, base))
    keep_grey_readable(widget)
    grey, roles = widget.palette(), QPalette.ColorRole
    for group in (QPalette.ColorGroup.Active, QPalette.ColorGroup.Disabled):
        for background in (QColor(window), QColor(base)):
            assert contrast(grey.color(group, roles.PlaceholderText), background) >= 4.5
            assert contrast(grey.color(QPalette.ColorGroup.Disabled, roles.Text), background) >= 4.5


def test_contrast_is_computed_as_wcag_says(qapp: QApplication) -> None:
    assert contrast(QColor("#000000"), QColor("#ffffff")) == pytest.approx(21)
    assert contrast(QColor("#767676"), QColor("#ffffff")) == pytest.approx(4.54, abs=0.01)


def test_each_state_has_words_and_a_shape_of_its_own(qapp: QApplication) -> None:
    assert len({state_words(state, 1) for state in BridgeState}) == len(BridgeState)
    shapes = set()
    for state in BridgeState:
        image = state_icon(state, QPalette()).pixmap(16, 16).toImage()
        alphas = bytes(image.pixelColor(x, y).alpha() for y in range(image.height()) for x in range(image.width()))
        shapes.add(alphas)
    # running and waiting for a client are both ●: the words tell them apart
    assert len(shapes) == len(BridgeState) - 1
    assert state_words(BridgeState.RUNNING, 1) == "Running · 1 client"
    assert state_words(BridgeState.RUNNING, 12) == "Running · 12 clients"


def test_bridge_that_dials_out_waits_for_nobody(qapp: QApplication) -> None:
    assert state_words(BridgeState.WAITING_FOR_CLIENT, 0, dialing=True) == "Connecting…"
    assert state_words(BridgeState.RUNNING, 1, dialing=True) == "Running · connected"
    for state in (BridgeState.STOPPED, BridgeState.OPENING, BridgeState.WAITING_FOR_DEVICE, BridgeState.ERROR):
        assert state_words(state, 0, dialing=True) == state_words(state, 0)


@pytest.mark.parametrize("cause", Cause)
def test_each_cause_has_a_whole_sentence_with_its_subject(cause: Cause) -> None:
    said = sentences.problem_sentence(Problem(cause, "SUBJECT", "some\ndetail.", "HINT"))
    assert "SUBJECT" in said
    assert "\n" not in said
    assert said.endswith(".")
    assert not said.endswith("..")
    assert not set("{}") & set(said)


@pytest.mark.parametrize("fault", ProfileFault)
def test_each_fault_of_a_profile_has_a_whole_sentence(fault: ProfileFault) -> None:
    said = sentences.profile_error_sentence(ProfileError(fault, "SUBJECT", "some\ndetail."))
    assert "SUBJECT" in said
    assert not set("{}\n") & set(said)


def adapter(serial_number: str | None, **fields: Any) -> DeviceIdentity:
    return DeviceIdentity(**{"vid": 0x0403, "pid": 0x6001, "serial_number": serial_number, "location": "1-2", **fields})


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (adapter("B2"), "serial number B2, expected A1"),
        (adapter(None), "serial number none, expected A1"),
        (adapter("A1", vid=0x1A86, pid=0x7523), "1A86:7523, expected 0403:6001"),
        (adapter("A1", interface="1.1"), "interface 1.1, expected none"),
        (adapter("A1", location="3-4"), "in USB socket 3-4, expected in 1-2"),
    ],
)
def test_look_alike_is_told_by_what_it_differs_in(found: DeviceIdentity, words: str) -> None:
    said = sentences.event_sentence(ev.LookAlikeRefused(1, "COM5", adapter("A1"), found))
    assert said == f"COM5 is another adapter ({words}); it is not used"
    problem = Problem(Cause.DEVICE_DIFFERENT, "COM5", expected=adapter("A1"), found=found)
    assert sentences.problem_sentence(problem).startswith(f"COM5 is another adapter ({words}). ")


def test_serial_number_of_others_does_no_harm_in_a_sentence() -> None:
    said = sentences.event_sentence(ev.LookAlikeRefused(1, "COM5", adapter("A1"), adapter("{evil} \u202e")))
    assert "{evil}" in said
    assert "\u202e" not in said


def sample(kind: type[ev.Event], **chosen: Any) -> ev.Event:
    """An event of this kind with something in each field."""
    values: dict[str, Any] = {
        "time_ns": 1, "host": "HOST", "port": 4001, "device": "DEVICE", "refused": ("parity",), "client": 7,
        "problem": Problem(Cause.DEVICE_BUSY, "DEVICE"), "address": "ADDRESS", "detail": "DETAIL", "lines": None,
        "reason": ev.LeaveReason.CLOSED, "was": "COM5", "expected": adapter("A1"), "found": adapter("B2"),
        "duration_s": 0.25, "control": "break", "count": 12, "retry_s": 5.0, "setting": "baud_rate", "value": "9600",
        "errors": 12, "name": "NAME", "size": 34, "program": ev.ClientProgram("GUEST", "QEMU"), "holder": None,
    }  # fmt: skip
    values |= chosen
    return kind(**{field.name: values[field.name] for field in fields(kind)})


REASONS: list[tuple[type[ev.Event], Enum]] = [
    *((ev.ClientDisconnected, reason) for reason in ev.LeaveReason),
    *((ev.ClientRefused, reason) for reason in ev.RefuseReason),
    *((ev.DeviceLost, reason) for reason in ev.LossReason),
    *((ev.FileNotSent, reason) for reason in ev.NotSentReason),
]


@pytest.mark.parametrize(("kind", "reason"), REASONS)
def test_each_reason_of_an_event_has_a_sentence(kind: type[ev.Event], reason: Enum) -> None:
    said = sentences.event_sentence(sample(kind, reason=reason))
    assert {ev.DeviceLost: "DEVICE", ev.FileNotSent: "NAME"}.get(kind, "ADDRESS") in said
    assert not set("{}") & set(said)


@pytest.mark.parametrize("kind", [each for each in ev.Event.__subclasses__() if each is not ev.ClientRefused])
def test_each_event_has_a_whole_sentence_or_none(kind: type[ev.Event]) -> None:
    reasons: dict[type[ev.Event], Enum] = {
        ev.DeviceLost: ev.LossReason.ERROR,
        ev.FileNotSent: ev.NotSentReason.CANCELLED,
    }
    said = sentences.event_sentence(sample(kind, **({"reason": reasons[kind]} if kind in reasons else {})))
    assert not set("{}") & set(said)
    assert bool(said) is (kind not in (ev.LinesChanged, ev.LineErrorsSeen))


@pytest.mark.parametrize("field", ["subject", "detail", "hint"])
def test_braces_and_control_characters_of_others_do_no_harm_in_a_sentence(field: str) -> None:
    values = {"subject": "s", "detail": "d", "hint": "h", field: "{evil} " + BIDI}
    for cause in Cause:
        said = sentences.problem_sentence(Problem(cause, values["subject"], values["detail"], values["hint"]))
        assert "\u202e" not in said
    said = sentences.profile_error_sentence(ProfileError(ProfileFault.BROKEN, "{evil} " + BIDI, BIDI))
    assert "\u202e" not in said
    assert "{evil} abcU+202Egpj.exe" in said


async def test_name_that_looks_like_markup_is_shown_as_it_is_everywhere(lab: Lab) -> None:
    window = lab.open()
    session = lab.add("sim://echo", MARKUP)
    item = window.sidebar.list.item(0)
    assert item.text().startswith(MARKUP)
    tip = item.toolTip()
    assert "&lt;b&gt;x&lt;/b&gt;" in tip
    other = lab.add("sim://echo", "other", listen=session.profile.listen)
    await lab.start(session)
    window.delete_action.trigger()
    box = window.findChild(QMessageBox)
    assert isinstance(box, QMessageBox)
    assert box.textFormat() is Qt.TextFormat.PlainText
    assert MARKUP in box.text()
    box.close()
    click(lab.page(other).start_stop)
    await until(lambda: other.bridge.state is BridgeState.ERROR, "it fails")
    assert MARKUP in lab.page().message.label.text()


async def test_invisible_characters_of_a_name_can_be_seen(lab: Lab) -> None:
    window = lab.open()
    session = lab.add("sim://echo", BIDI)
    item = window.sidebar.list.item(0)
    assert "U+202E" in item.text()
    for text in (item.text(), item.toolTip(), str(item.data(Qt.ItemDataRole.AccessibleTextRole))):
        assert "\u202e" not in text
    other = lab.add("sim://echo", "other", listen=session.profile.listen)
    await lab.start(session)
    click(lab.page(other).start_stop)
    await until(lambda: other.bridge.state is BridgeState.ERROR, "it fails")
    assert "\u202e" not in lab.page().message.label.text()


async def test_what_a_usb_device_calls_itself_stays_plain(lab: Lab) -> None:
    window = lab.open()
    evil = PortInfo("/dev/ttyUSB0", f"{MARKUP} {BIDI}", 1, 2, manufacturer=f"{MARKUP} {BIDI}")
    lab.plug(evil)
    assert MARKUP in port_words(evil)
    assert "\u202e" not in port_words(evil)
    assert "\u202e" not in window.first_run.found.text()
    picker = lab.page(lab.add("sim://echo")).form.port
    tip = str(picker.itemData(0, Qt.ItemDataRole.ToolTipRole))
    assert "&lt;b&gt;x&lt;/b&gt;" in tip
    assert "\u202e" not in tip


async def test_every_label_of_the_window_is_plain_text(lab: Lab) -> None:
    window = lab.open()
    lab.add("sim://echo")
    rich = [label for label in window.findChildren(QLabel) if label.textFormat() is not Qt.TextFormat.PlainText]
    assert [label.text() for label in rich if label.text()] == []


@pytest.mark.parametrize(("window", "base"), PALETTES)
def test_button_for_what_has_no_room_can_be_seen(qtbot: QtBot, window: str, base: str) -> None:
    bar = QToolBar()
    qtbot.addWidget(bar)
    button = OverflowButton(bar).button
    made = palette(window, base)
    made.setColor(QPalette.ColorRole.ButtonText, QColor("#e6e6e6" if is_dark(made) else "#000000"))
    bar.setPalette(made)
    seen = QImage(10, 10, QImage.Format.Format_RGB32)
    seen.fill(QColor(window))
    button.icon().paint(painter := QPainter(seen), seen.rect())
    painter.end()
    drawn = [contrast(seen.pixelColor(x, y), QColor(window)) for x in range(10) for y in range(10)]
    assert sum(each >= 4.5 for each in drawn) >= 8


def test_checked_button_is_bold_and_nothing_moves(qtbot: QtBot) -> None:
    button = QToolButton()
    qtbot.addWidget(button)
    button.setText("Only matching rows")
    button.setCheckable(True)
    show_checked(button)
    width = button.sizeHint().expandedTo(button.minimumSize()).width()
    assert not button.font().bold()
    button.setChecked(True)
    show_checked(button)
    assert button.font().bold()
    assert button.sizeHint().width() <= width
    assert button.sizeHint().expandedTo(button.minimumSize()).width() == width
    button.setChecked(False)
    show_checked(button)
    assert not button.font().bold()
    assert button.sizeHint().expandedTo(button.minimumSize()).width() == width
