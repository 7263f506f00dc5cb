"""Lines and breaks in RFC 2217, on sim://, which has lines."""

from __future__ import annotations

import contextlib
from types import SimpleNamespace
from typing import cast

import pytest

from serialbridge_gui.engine import events as ev
from serialbridge_gui.engine import remote_control
from serialbridge_gui.engine.client import Client
from serialbridge_gui.engine.control_lines import Line
from serialbridge_gui.engine.remote_control import RemoteControl
from serialbridge_gui.engine.serial_port import SerialPort
from serialbridge_gui.engine.simulated import SimulatedSerial
from serialbridge_gui.engine.telnet import ComPort
from serialbridge_gui.profile import Mode, SerialSettings
from tests.engine.running import RunningBridge, until
from tests.engine.telnet_client import request, talk


def simulated(bridge: RunningBridge) -> SimulatedSerial:
    """The device behind a bridge on sim://."""
    port = bridge.thread._relay._port
    assert isinstance(port, SerialPort)
    assert isinstance(port._port, SimulatedSerial)
    return port._port


def test_break_that_follows_another_at_once_reaches_the_device() -> None:
    with RunningBridge("sim://echo", mode=Mode.RFC2217) as bridge:
        client = talk(bridge)
        client.sock.sendall(b"".join(request(ComPort.SET_CONTROL, value) for value in (5, 6, 5)))
        assert [client.answer(ComPort.SET_CONTROL) for _ in range(3)] == [b"\5", b"\6", b"\5"]
        changes = simulated(bridge).break_changes
        until(lambda: [on for _, on in changes] == [True, False, True], "the second break")
        assert client.ask(ComPort.SET_CONTROL, b"\6") == b"\6"
        until(lambda: [on for _, on in changes] == [True, False, True, False], "its end")


def test_break_that_is_over_by_itself_is_not_in_force_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote_control, "LONGEST_BREAK_S", 0.01)
    with RunningBridge("sim://echo", mode=Mode.RFC2217) as bridge:
        client = talk(bridge)
        for count in (1, 2):
            client.ask(ComPort.SET_CONTROL, b"\5")
            bridge.wait_for(ev.BreakSent, count)
            assert client.ask(ComPort.SET_CONTROL, b"\4") == b"\6"


def test_lines_that_changed_while_the_device_was_away_are_told() -> None:
    with RunningBridge("sim://echo", mode=Mode.RFC2217) as bridge:
        client = talk(bridge)
        bridge.thread.set_line("rts", False)
        assert client.answer(ComPort.NOTIFY_MODEMSTATE) == b"\xa1"  # CTS follows, and is off now
        bridge.thread.post(lambda: bridge.thread._relay._device_lost(None))
        bridge.wait_for(ev.DeviceBack)
        assert client.answer(ComPort.NOTIFY_MODEMSTATE) == b"\xb1"


def test_client_that_is_gone_when_its_lines_come_back_takes_its_wishes_along() -> None:
    class Owner:
        def __init__(self) -> None:
            self.port = SerialPort(SerialSettings("sim://echo"))
            self.clients: tuple[Client, ...] = ()
            self.left: Client | None = None

        def set_line(self, line: Line, on: bool) -> None:
            if self.left is not None:
                client, self.left = self.left, None
                control.left(client, stopping=False)

        def to_client(self, client: Client, data: bytes) -> None: ...
        def from_client(self, client: Client, data: bytes) -> None: ...
        def begin_break(self, duration_s: float) -> None: ...
        def purge(self, *, received: bool, waiting: bool) -> None: ...
        def hold_device(self, client: Client, *, held: bool) -> None: ...

    owner = Owner()
    control = RemoteControl(SerialSettings("sim://echo"), owner, lambda _event: None)
    with contextlib.closing(owner.port):
        client = cast(Client, SimpleNamespace(may_write=True, number=1, conversation=None))
        owner.clients = (client,)
        control.begin(client)
        control.read(client, request(ComPort.SET_CONTROL, 9) + request(ComPort.SET_CONTROL, 12))
        owner.left = client
        control.device_back()
        assert control._lines == {}


def test_ring_that_ends_is_told_with_its_trailing_edge(monkeypatch: pytest.MonkeyPatch) -> None:
    with RunningBridge("sim://echo", mode=Mode.RFC2217) as bridge:
        client = talk(bridge)
        for ringing, state in ((True, 0xF0), (False, 0xB4)):  # RFC 2217: only the end of a ring sets TERI
            monkeypatch.setattr(SimulatedSerial, "ri", ringing)
            assert client.answer(ComPort.NOTIFY_MODEMSTATE) == bytes((state,))


def test_break_of_a_device_that_went_meanwhile_is_not_told() -> None:
    with RunningBridge("sim://echo") as bridge:
        bridge.thread.send_break(600)
        until(lambda: bridge.thread._relay._controls._breaking, "the break lasts")
        bridge.thread.post(lambda: bridge.thread._relay._device_lost(None))
        bridge.wait_for(ev.DeviceBack)
        assert not bridge.seen(ev.BreakSent)
