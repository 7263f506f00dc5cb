"""What the user prefers is kept, checked when it is read, and told when it changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from serialbridge_gui.profile import ANY_ADDRESS, Access, FlowControl, Mode, Parity
from serialbridge_gui.ui.preferences import (
    MAX_LOG_MIB,
    Closing,
    Language,
    LogBudget,
    LogFont,
    Preference,
    Preferences,
    Scheme,
)
from serialbridge_gui.ui.settings_file import NAME, SettingsFile
from tests.ui.windows import Lab

OTHERS: dict[str, object] = {
    "language": Language.CHINESE,
    "color_scheme": Scheme.DARK,
    "log_font": LogFont("Noto Sans Mono, 等宽", 13),
    "log_budget": LogBudget(7, 4000),
    "closing": Closing.KEEP,
    "closing_without_tray_told": True,
    "notifications": False,
    "resume": True,
    "new_baud_rate": 9600,
    "new_format": "7E2",
    "new_flow_control": FlowControl.RTS_CTS,
    "new_host": ANY_ADDRESS,
    "new_port": 5000,
    "new_mode": Mode.RFC2217,
    "new_access": Access.SHARED,
}
"""Another value than the default, for each."""


def settings(tmp_path: Path) -> SettingsFile:
    return SettingsFile(tmp_path / NAME)


def names() -> list[str]:
    return [name for name, value in vars(Preferences).items() if isinstance(value, Preference)]


def default(name: str) -> object:
    return vars(Preferences)[name].default


def test_every_preference_is_tried_here() -> None:
    assert list(OTHERS) == names()
    assert all(OTHERS[name] != default(name) for name in names())


@pytest.mark.parametrize("name", OTHERS)
def test_value_is_told_once_and_is_there_at_the_next_start(tmp_path: Path, qtbot: QtBot, name: str) -> None:
    stored = settings(tmp_path)
    preferences = Preferences(stored)
    assert getattr(preferences, name) == default(name)
    told: list[str] = []
    preferences.changed.connect(told.append)
    setattr(preferences, name, OTHERS[name])
    setattr(preferences, name, OTHERS[name])
    assert told == [name]
    stored.sync()
    again = getattr(Preferences(settings(tmp_path)), name)
    assert again == OTHERS[name]
    assert type(again) is type(OTHERS[name])


BROKEN = [
    "", "0", "-1", "x", "99999999999999999999", "dark;light", "tRue", "1e3", "a,b,c", "@Variant(\x00)", "12",
    "12 a\x07b", "300 Mono", "4 Mono", "9N1", f"{MAX_LOG_MIB + 1} 5000", "127.0.0.2", "mono 12", "12 " + "x" * 500,
]  # fmt: skip


@pytest.mark.parametrize("name", OTHERS)
def test_what_makes_no_sense_is_as_if_there_were_nothing(tmp_path: Path, qtbot: QtBot, name: str) -> None:
    stored = settings(tmp_path)
    preferences = Preferences(stored)
    key = vars(Preferences)[name].key
    for broken in BROKEN:
        stored.setValue(key, broken)
        if (name, broken) in {("log_font", "12"), ("log_font", "0"), ("new_port", "12"), ("new_baud_rate", "12")}:
            continue  # that makes sense
        assert getattr(preferences, name) == default(name), broken
    others: list[list[str] | bytes] = [["1", "2"], b"\xff"]
    for other_type in others:
        stored.setValue(key, other_type)
        assert getattr(preferences, name) == default(name), other_type


def test_what_would_not_be_read_again_is_not_stored(tmp_path: Path, qtbot: QtBot) -> None:
    preferences = Preferences(settings(tmp_path))
    with pytest.raises(ValueError, match="0"):
        preferences.new_port = 0
    with pytest.raises(ValueError, match="300"):
        preferences.log_font = LogFont("", 300)
    assert preferences.settings.names() == []


@pytest.mark.parametrize("content", [b"", b"\x00\xff" * 5000, b"[]", b"[" * 9999, b'{"a":', b" " * 5_000_000])
async def test_window_opens_on_a_broken_settings_file(lab: Lab, content: bytes) -> None:
    lab.config_dir.mkdir()
    (lab.config_dir / NAME).write_bytes(content)
    window = lab.open()
    assert window.preferences.color_scheme is Scheme.SYSTEM
    window.preferences.new_port = 4444
    await lab.close()
    assert (lab.config_dir / "settings.broken").read_bytes() == content
    assert lab.open().preferences.new_port == 4444


async def test_new_bridge_begins_as_preferred_and_the_simulated_one_does_not(lab: Lab) -> None:
    window = lab.open()
    first = lab.free_port()
    for name, value in OTHERS.items():
        if name.startswith("new_"):
            setattr(window.preferences, name, value)
    window.preferences.new_port = first
    window.new_bridge()
    session = window.sidebar.chosen()
    assert session is not None
    profile = session.profile
    serial = profile.serial
    assert (serial.baud_rate, serial.data_bits, serial.parity, serial.stop_bits) == (9600, 7, Parity.EVEN, 2)
    assert (serial.flow_control, profile.mode, profile.clients.access) == (
        FlowControl.RTS_CTS, Mode.RFC2217, Access.SHARED,
    )  # fmt: skip
    assert (profile.listen.host, profile.listen.port >= first) == (ANY_ADDRESS, True)
    assert not session.bridge.state.active
    demo = window.workspace.demo()
    assert demo.profile.listen.loopback_only
    assert demo.profile.clients.access is Access.EXCLUSIVE
