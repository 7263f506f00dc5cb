"""What the console says of the events that a bridge on the network brings."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from serialbridge_gui import console_bridge
from serialbridge_gui.engine import events as ev
from serialbridge_gui.profile import Profile, SerialSettings
from serialbridge_gui.traffic.chunk import Direction, Tap

SCALE = Profile(name="Scale", serial=SerialSettings(device="sim://echo"))

Say = Callable[..., tuple[list[str], list[str]]]


@pytest.fixture
def said(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Say:
    """Standard output and standard error, line by line, after these events."""
    monkeypatch.setattr(console_bridge, "WRITE_OUT_S", 10.0)  # a busy machine holds their threads up

    def say(*events: ev.Event, as_json: bool = False) -> tuple[list[str], list[str]]:
        out, err = io.StringIO(), io.StringIO()
        monkeypatch.setattr(sys, "stdout", out)
        monkeypatch.setattr(sys, "stderr", err)
        console = console_bridge._Console(SCALE, "none", as_json)
        for event in events:
            console._tell(event)
        assert console.close()
        console.deleteLater()
        return out.getvalue().splitlines(), err.getvalue().splitlines()

    return say


def test_first_line_of_a_bridge_that_dials_out_is_where_it_connects(said: Say) -> None:
    out, err = said(ev.Dialing(1, "::1", 4009), ev.ClientConnected(2, 1, "[::1]:4009"), ev.Dialing(3, "::1", 4009))
    assert out == ["connecting to [::1]:4009"]
    assert err == ["serialbridge: Client #1 connected from [::1]:4009", "serialbridge: Connecting to ::1 port 4009"]


def test_each_dialling_is_an_object_with_json(said: Say) -> None:
    out, _ = said(ev.Dialing(1_500_000_000, "plant", 4009), ev.Dialing(2_000_000_000, "plant", 4009), as_json=True)
    assert [json.loads(line) for line in out] == [
        {"event": "dialing", "time": 1.5, "host": "plant", "port": 4009},
        {"event": "dialing", "time": 2.0, "host": "plant", "port": 4009},
    ]


@pytest.mark.parametrize(
    ("reason", "word"),
    [(ev.RefuseReason.NOT_ALLOWED, "not_allowed"), (ev.RefuseReason.TLS, "tls"), (ev.RefuseReason.HTTP, "http")],
)
def test_refusal_has_its_word_for_scripts_and_a_sentence_for_people(
    said: Say, reason: ev.RefuseReason, word: str
) -> None:
    out, err = said(ev.ClientRefused(0, "192.0.2.7:5000", reason), as_json=True)
    assert json.loads(out[0]) == {"event": "client_refused", "time": 0, "address": "192.0.2.7:5000", "reason": word}
    assert len(err) == 1
    assert err[0].startswith("serialbridge: Client 192.0.2.7:5000 was refused: ")


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (ev.RefusalsUntold(0, 41), "41 more clients were refused"),
        (ev.DialFailed(0, "plant", 4009, "Connection refused", 5.0), "plant port 4009 does not answer"),
        (ev.LooksLikeTelnet(0, 7), "Client #7 speaks Telnet"),
        (ev.LooksRaw(0, 7), "Client #7 does not speak Telnet"),
        (ev.SettingChanged(0, 7, "baud_rate", "9600"), "Client #7 has set baud rate to 9600"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, ev.Event) else "",
)
def test_what_only_people_need_is_one_sentence_on_standard_error(said: Say, event: ev.Event, words: str) -> None:
    out, err = said(event)
    assert out == []
    assert len(err) == 1
    assert words in err[0]


def forget(console: console_bridge._Console) -> None:
    """Now: its timer of a stop would end the loop of a later test."""
    console.deleteLater()
    QCoreApplication.sendPostedEvents(console, QEvent.Type.DeferredDelete)


class Clock:
    """In the place of `time`, as far as a stop looks at it; whatever is held up takes all the time that it is given."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    def hold(self, timeout_s: float = 0.5) -> bool:
        """Not over within `timeout_s`."""
        self.now += timeout_s
        return False


@pytest.mark.parametrize("bridge_s", [0.0, 0.4, console_bridge.STOP_MS / 1000])
def test_stop_that_everything_holds_up_is_over_within_two_seconds(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch, bridge_s: float
) -> None:
    clock = Clock()
    stream = SimpleNamespace(close=clock.hold, write=lambda _text: None, behind=True)
    capture: Any = SimpleNamespace(tap=Tap(), stop=clock.hold, failure=None, missing_bytes=0, path="capture.pcapng")
    monkeypatch.setattr(console_bridge, "time", clock)
    monkeypatch.setattr(console_bridge, "ConsoleOutput", lambda _stream, _name: stream)
    monkeypatch.setattr(console_bridge, "QCoreApplication", SimpleNamespace(exit=lambda _code: None))
    console = console_bridge._Console(SCALE, "none", False, capture)
    control: Any = SimpleNamespace(close=clock.hold)
    console._control = control
    console.request_stop()
    clock.now += bridge_s
    console._finish()
    assert not console.close()
    forget(console)
    assert console.stuck
    assert clock.now - 1000 < 2


@pytest.mark.parametrize("catches_up", [True, False])
def test_last_rows_are_shown_or_their_bytes_are_counted(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch, catches_up: bool
) -> None:
    looks = [True, True, not catches_up]
    written: list[str] = []

    class Stream:
        def __init__(self, *_: object) -> None: ...

        @property
        def behind(self) -> bool:
            return looks.pop(0) if len(looks) > 1 else looks[0]

        def write(self, text: str) -> None:
            written.append(text)

    monkeypatch.setattr(console_bridge, "ConsoleOutput", Stream)
    monkeypatch.setattr(console_bridge, "QCoreApplication", SimpleNamespace(exit=lambda _code: None))
    console = console_bridge._Console(SCALE, "text", False)
    assert console._bridge.tap is not None
    console._bridge.tap.put(Direction.SERIAL_TO_TCP, 0, b"last words")
    monkeypatch.setattr(console_bridge, "WRITE_OUT_S", 60.0 if catches_up else 0.05)
    console.request_stop()
    console._stop_by = 0.0
    console._finish()
    forget(console)
    shown = [text for text in written if "last words" in text]
    counted = [text for text in written if "at least 10 bytes are not shown here" in text]
    assert (len(shown), len(counted)) == ((1, 0) if catches_up else (0, 1))


def test_end_is_told_once_although_a_timer_comes_late(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(console_bridge, "WRITE_OUT_S", 10.0)
    monkeypatch.setattr(console_bridge, "QCoreApplication", SimpleNamespace(exit=lambda _code: None))
    console = console_bridge._Console(SCALE, "none", True)
    console.request_stop()
    console._finish()
    console._give_up()
    assert console.close()
    forget(console)
    assert not console.stuck
    assert capsys.readouterr().out.count('"stopped"') == 1


def test_reader_that_holds_up_the_control_server_alone_ends_the_program_at_once(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    monkeypatch.setattr(console_bridge, "WRITE_OUT_S", 10.0)
    monkeypatch.setattr(console_bridge, "QCoreApplication", SimpleNamespace(exit=lambda _code: None))
    console = console_bridge._Console(SCALE, "none", False)
    control: Any = SimpleNamespace(close=clock.hold)
    console._control = control
    console._finish()
    assert console.close()
    forget(console)
    assert console.stuck  # so that nothing waits for the thread
