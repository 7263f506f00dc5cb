"""RFC 2217 over a running bridge: pyserial's own client, and clients that speak it by hand."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serialbridge_gui.engine import departures, device_opener
from serialbridge_gui.engine import events as ev
from serialbridge_gui.engine.errors import BridgeError, Cause, Problem
from serialbridge_gui.engine.port import Port, open_port
from serialbridge_gui.engine.relay import MAX_TELNET_BYTES
from serialbridge_gui.engine.serial_port import SerialPort
from serialbridge_gui.engine.telnet import ComPort
from serialbridge_gui.profile import Access, ClientRules, Mode, OnDeviceLoss, SerialSettings
from tests.devices import PtyDevice
from tests.engine.running import RunningBridge, receive, until
from tests.engine.telnet_client import COM_PORT, DO, IAC, SB, SE, WILL, baud, bridged, pyserial_client, request, talk

pytestmark = pytest.mark.filterwarnings(r"ignore:set(Daemon|Name):DeprecationWarning")  # pyserial 3.5's client

EVERY_BYTE = bytes(range(256)) * 40


# ---- settings


def test_pyserial_opens_a_device_without_modem_lines_and_every_setting_is_confirmed() -> None:
    with bridged() as (_, bridge), pyserial_client(bridge, baudrate=9600) as client:
        for name, value in (
            ("baudrate", 57600),
            ("bytesize", 7),
            ("parity", "E"),
            ("stopbits", 2),
            ("rtscts", True),
            ("dtr", False),
            ("rts", False),
            ("break_condition", True),
        ):
            setattr(client, name, value)  # raises ValueError where another value comes back
        assert (client.cts, client.dsr, client.ri, client.cd) == (True, True, False, True)


def test_every_byte_passes_both_ways() -> None:
    with bridged() as (device, bridge), pyserial_client(bridge) as client:
        client.write(EVERY_BYTE)
        assert device.read(len(EVERY_BYTE)) == EVERY_BYTE
        device.write(EVERY_BYTE)
        assert client.read(len(EVERY_BYTE)) == EVERY_BYTE


def test_each_get_and_set_is_answered_with_the_value_in_force() -> None:
    with bridged(baud_rate=9600) as (_, bridge):
        client = talk(bridge)
        assert client.ask(ComPort.SIGNATURE, b"").startswith(b"SerialBridge ")
        assert client.ask(ComPort.SET_BAUDRATE, baud(0)) == baud(9600)
        assert client.ask(ComPort.SET_BAUDRATE, baud(115200)) == baud(115200)
        assert client.ask(ComPort.SET_BAUDRATE, baud(2**32 - 1)) == baud(115200)  # no port has that
        for command, asked, valid, invalid in (
            (ComPort.SET_DATASIZE, 8, (5, 6, 7, 8), (4, 9, 255)),
            (ComPort.SET_PARITY, 1, (2, 3, 4, 5, 1), (6, 255)),
            (ComPort.SET_STOPSIZE, 1, (2, 3, 1), (4, 255)),
        ):
            assert client.ask(command, b"\0") == bytes((asked,))
            for value in valid:
                assert client.ask(command, bytes((value,))) == bytes((value,))
            for value in invalid:
                assert client.ask(command, bytes((value,))) == bytes((valid[-1],))
        for asked, sets in ((0, (2, 3, 1)), (4, (5, 6)), (7, (9, 8)), (10, (12, 11)), (13, (14,))):
            for value in sets:
                assert client.ask(ComPort.SET_CONTROL, bytes((value,))) == bytes((value,))
            assert client.ask(ComPort.SET_CONTROL, bytes((asked,))) == bytes((sets[-1],))
        assert client.ask(ComPort.SET_LINESTATE_MASK, b"\xff") == b"\xff"
        assert client.ask(ComPort.SET_MODEMSTATE_MASK, b"\x0f") == b"\x0f"
        for value in (1, 2, 3):
            assert client.ask(ComPort.PURGE_DATA, bytes((value,))) == bytes((value,))


def test_answers_come_at_once_and_in_one_segment() -> None:
    with bridged() as (_, bridge):
        client = talk(bridge)
        request = b"".join(
            bytes((IAC, SB, COM_PORT, command, value, IAC, SE)) for command, value in ((2, 7), (3, 3), (4, 2), (5, 8))
        )
        client.sock.sendall(request)
        assert len(client.sock.recv(1000)) == 4 * 7


def test_settings_of_the_profile_come_back_when_the_client_leaves() -> None:
    with bridged(baud_rate=9600) as (_, bridge):
        first = talk(bridge)
        assert first.ask(ComPort.SET_BAUDRATE, baud(57600)) == baud(57600)
        changed = bridge.wait_for(ev.SettingChanged)
        assert (changed.setting, changed.value) == ("baud_rate", "57600")
        first.sock.close()
        bridge.wait_for(ev.ClientDisconnected)
        assert talk(bridge).ask(ComPort.SET_BAUDRATE, baud(0)) == baud(9600)


def test_settings_stay_through_an_unplug() -> None:
    with bridged(baud_rate=9600) as (device, bridge):
        client = talk(bridge)
        client.ask(ComPort.SET_BAUDRATE, baud(57600))
        device.unplug()
        bridge.wait_for(ev.DeviceLost)
        assert client.ask(ComPort.SET_BAUDRATE, baud(0)) == baud(57600)
        assert client.ask(ComPort.SET_CONTROL, b"\x09") == b"\x09"


# ---- several clients


def test_one_controls_and_the_others_are_told_what_is_in_force() -> None:
    for access in (Access.SHARED, Access.MONITOR):
        with bridged(baud_rate=9600, clients=ClientRules(access=access)) as (_, bridge):
            first, second = talk(bridge), talk(bridge)
            assert first.ask(ComPort.SET_BAUDRATE, baud(57600)) == baud(57600)
            assert second.ask(ComPort.SET_BAUDRATE, baud(300)) == baud(57600)
            assert second.ask(ComPort.SET_CONTROL, b"\x09") == b"\x08"
            first.sock.close()
            bridge.wait_for(ev.ClientDisconnected)
            assert second.ask(ComPort.SET_BAUDRATE, baud(300)) == baud(300)


def test_second_client_of_exclusive_gets_no_byte() -> None:
    with bridged() as (_, bridge):
        talk(bridge)
        assert bridge.connect().recv(100) == b""
        assert bridge.wait_for(ev.ClientRefused).reason is ev.RefuseReason.IN_USE


def test_baud_rate_that_keeps_the_device_from_coming_back_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with PtyDevice(tmp_path / "tty") as device, RunningBridge(device.path, mode=Mode.RFC2217) as bridge:
        client = talk(bridge)
        device.unplug()
        bridge.wait_for(ev.DeviceLost)
        refused: list[int] = []

        def open_but_for(settings: SerialSettings, *, busy_retries: int = 0) -> Port:
            if settings.baud_rate == 12345:
                refused.append(settings.baud_rate)
                raise BridgeError(Problem(Cause.BAUD_RATE_REFUSED, "12345"))
            return open_port(settings, busy_retries=busy_retries)

        monkeypatch.setattr(device_opener, "open_port", open_but_for)
        assert client.ask(ComPort.SET_BAUDRATE, baud(12345)) == baud(12345)
        device.plug()
        bridge.wait_for(ev.DeviceBack)
        assert refused
        assert client.ask(ComPort.SET_BAUDRATE, baud(0)) == baud(115200)


def test_what_is_left_at_the_end_leaves_with_the_clients_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    with bridged() as (_, bridge):
        client = talk(bridge)
        assert client.ask(ComPort.SET_BAUDRATE, baud(9600)) == baud(9600)
        changed: list[tuple[str, object]] = []
        monkeypatch.setattr(SerialPort, "change", lambda _port, *wanted: changed.append(wanted))
        bridge.stop()
        assert changed == []


# ---- flow and purge


def test_suspended_client_gets_nothing_until_it_resumes() -> None:
    with bridged() as (device, bridge):
        client = talk(bridge)
        client.sock.sendall(bytes((IAC, SB, COM_PORT, ComPort.FLOWCONTROL_SUSPEND, IAC, SE)))
        client.ask(ComPort.SET_DATASIZE, b"\0")  # it is answered behind it
        device.write(b"held back")
        client.ask(ComPort.SET_DATASIZE, b"\0")
        assert client.data == b""
        client.sock.sendall(bytes((IAC, SB, COM_PORT, ComPort.FLOWCONTROL_RESUME, IAC, SE)))
        while len(client.data) < 9:
            client.read_on()
        assert client.data == b"held back"


def test_suspended_client_whose_queue_was_full_still_holds_the_device_when_that_is_empty() -> None:
    with bridged() as (device, bridge):
        client = talk(bridge)
        relay = bridge.thread._relay
        device.pump([bytes(8 << 20)])
        until(lambda: relay._holding, "its queue is full")
        client.sock.sendall(request(ComPort.FLOWCONTROL_SUSPEND))
        until(lambda: bridge.thread.clients[0].conversation.suspended, "it is suspended")  # type: ignore[union-attr]
        while bridge.thread.clients[0].queue.size:
            client.sock.recv(1 << 20)
        so_far = bridge.thread.counters.serial_to_tcp
        client.ask(ComPort.SET_DATASIZE, b"\0")
        assert bridge.thread.counters.serial_to_tcp == so_far
        assert relay._holding


def test_telnet_is_read_in_pieces_that_do_not_hold_the_loop_for_long() -> None:
    with bridged() as (device, bridge):
        sock = bridge.client()
        client = bridge.thread.clients[0]
        rooms: list[int] = []
        receive_of_socket = client.receive

        def noted(room: int) -> bytes:
            rooms.append(room)
            return receive_of_socket(room)

        client.receive = noted
        device.echo()
        sock.sendall(bytes(50_000))
        until(lambda: client.received == 50_000, "all of it is read")
        assert max(rooms) == MAX_TELNET_BYTES


@pytest.mark.usefixtures("_no_names")
def test_device_that_goes_while_a_client_holds_it_back_is_missed_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(departures, "ANSWERS_TICK_S", 3600.0)  # when an idle bridge would look
    with bridged() as (device, bridge):
        client = talk(bridge)
        until(lambda: bridge.thread._relay.wait_s == 3600.0, "it is idle")
        client.sock.sendall(request(ComPort.FLOWCONTROL_SUSPEND))
        client.ask(ComPort.SET_DATASIZE, b"\0")
        device.unplug()
        bridge.wait_for(ev.DeviceLost)


def test_what_follows_the_loss_in_one_piece_does_not_wait_for_the_device() -> None:
    def fail(_data: bytes | memoryview) -> int:
        raise OSError(errno.EIO, "gone")

    with bridged(on_device_loss=OnDeviceLoss.CLOSE) as (_, bridge):
        client = talk(bridge)
        port = bridge.thread._relay._port
        assert port is not None
        setattr(port, "write", fail)  # noqa: B010 - mypy: a method
        client.sock.sendall(b"one" + request(ComPort.SET_DATASIZE, 0) + b"two")
        bridge.wait_for(ev.ClientDisconnected)
        bridge.wait_for(ev.DeviceBack)
        assert bridge.thread.counters.lost == 6
        assert bridge.thread.counters.tcp_to_serial == 0


def test_next_client_is_read_though_the_last_one_left_suspended() -> None:
    with bridged() as (device, bridge):
        client = talk(bridge)
        client.sock.sendall(bytes((IAC, SB, COM_PORT, ComPort.FLOWCONTROL_SUSPEND, IAC, SE)))
        client.ask(ComPort.SET_DATASIZE, b"\0")
        client.sock.close()
        bridge.wait_for(ev.ClientDisconnected)
        following = talk(bridge)
        device.write(b"x")
        while not following.data:
            following.read_on()
        assert following.data == b"x"


def test_purge_throws_away_what_the_device_has_not_taken() -> None:
    with bridged() as (device, bridge):
        client = talk(bridge)
        client.sock.sendall(b"a" * 40_000)
        until(lambda: bridge.thread.clients[0].received >= 40_000, "the bridge has it")
        client.ask(ComPort.PURGE_DATA, b"\2")
        client.sock.sendall(b"new")
        assert device.read_until(b"new").endswith(b"new")
        assert bridge.thread.counters.lost > 0


# ---- hints, and what is malformed


def test_raw_client_on_this_port_is_told_of_once_and_served() -> None:
    with bridged() as (device, bridge):
        client = bridge.client()
        for _ in range(3):
            client.sendall(b"raw")
            assert device.read(3) == b"raw"
        assert len(bridge.seen(ev.LooksRaw)) == 1


def test_telnet_client_on_a_raw_port_is_told_of_and_its_bytes_pass() -> None:
    with PtyDevice() as device, RunningBridge(device.path) as bridge:
        opening = bytes((IAC, WILL, COM_PORT, IAC, DO, 3))
        client = bridge.client()
        client.sendall(opening)
        assert device.read(6) == opening
        assert bridge.wait_for(ev.LooksLikeTelnet).client == 1


@settings(max_examples=60)
@given(st.lists(st.one_of(st.binary(max_size=40), st.sampled_from(
    [b"\xff\xfa\x2c\x01\xff\xf0", b"\xff\xfa\x2c\x02\xff\xf0", b"\xff\xfa\x2c\x03\x63\xff\xf0", b"\xff\xf0", b"\xff",
     b"\xff\xfa", b"\xff\xfa\x2c\x05\xc8\xff\xf0", b"\xff\xfd\x18", b"\xff\xf3", b"\xff\xf6", b"\xff\xfa" + b"x" * 300]
)), max_size=12))  # fmt: skip
def test_malformed_traffic_never_ends_the_bridge(garbage_bridge: RunningBridge, chunks: list[bytes]) -> None:
    sock = garbage_bridge.connect()
    for chunk in chunks:
        sock.sendall(chunk)
    sock.shutdown(socket.SHUT_WR)
    while sock.recv(65536):
        pass
    sock.close()
    assert garbage_bridge.thread.isRunning()
    assert not garbage_bridge.seen(ev.Failed)


@pytest.fixture
def garbage_bridge() -> Iterator[RunningBridge]:
    rules = ClientRules(access=Access.REPLACE, half_closed_silence_s=0.05)
    with bridged(clients=rules) as (device, bridge):
        device.echo()
        yield bridge


def test_answers_and_data_keep_their_order() -> None:
    with bridged() as (device, bridge):
        sock = bridge.client()
        sock.sendall(bytes((IAC, WILL, COM_PORT)) + b"before" + bytes((IAC, SB, COM_PORT, 2, 7, IAC, SE)) + b"after")
        assert device.read(11) == b"beforeafter"
        assert receive(sock, 1)
