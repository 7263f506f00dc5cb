"""`pty:LINK`: a virtual serial port, as the programs that open it see it."""

from __future__ import annotations

import os
import select
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import serial

from serialbridge_gui.engine import events as ev
from serialbridge_gui.engine.errors import BridgeError, Cause
from serialbridge_gui.engine.port import NobodyThere, open_port
from serialbridge_gui.engine.readiness import READ, WRITE
from serialbridge_gui.profile import ClientRules, Parity, SerialSettings, WhileAway
from tests.engine.running import DEADLINE_S, RunningBridge, receive, until

termios = pytest.importorskip("termios")
fcntl = pytest.importorskip("fcntl")
pty_port = pytest.importorskip("serialbridge_gui.engine.pty_port")

LONG_S = 120
EVERY_BYTE = bytes(range(256)) * 64
NASTY = b"\xff\xff\x00\x03\x04\x11\x13\x1a\x1c\x7f\r\n\r\0\xff"


@pytest.fixture
def link(tmp_path: Path) -> str:
    return str(tmp_path / "com")


@contextmanager
def program(link: str) -> Iterator[int]:
    """A program that opens the port and sets nothing."""
    fd = os.open(link, os.O_RDWR | os.O_NOCTTY)
    try:
        yield fd
    finally:
        os.close(fd)


def read(fd: int, count: int) -> bytes:
    """Exactly `count` bytes."""
    data = bytearray()
    while len(data) < count:
        assert select.select([fd], [], [], DEADLINE_S)[0], f"{len(data)} of {count} bytes came: {bytes(data[-64:])!r}"
        part = os.read(fd, count - len(data))
        assert part, f"the bridge's side is gone after {len(data)} of {count} bytes"
        data += part
    return bytes(data)


def is_silent(fd: int) -> bool:
    return not select.select([fd], [], [], 0)[0]


def unread(fd: int) -> int:
    """How many bytes have come to this program."""
    (count,) = struct.unpack("i", fcntl.ioctl(fd, termios.FIONREAD, b"\0\0\0\0"))
    return int(count)


def wait_attended(bridge: RunningBridge) -> None:
    """Until the bridge knows that a program has the port open."""
    relay = bridge.thread._relay
    until(lambda: relay._port_watched, "the program is seen")


def wait_unattended(bridge: RunningBridge) -> None:
    """Until the bridge knows that no program has the port open."""
    relay = bridge.thread._relay
    until(lambda: not relay._port_watched, "the bridge notices that the program has left")


def test_program_that_sets_nothing_and_client_get_every_byte_as_it_is(link: str) -> None:
    with RunningBridge(f"pty:{link}") as bridge, program(link) as fd:
        client = bridge.client()
        for data in (NASTY, EVERY_BYTE):
            writer = threading.Thread(target=client.sendall, args=(data,))
            writer.start()
            assert read(fd, len(data)) == data
            writer.join()
            writer = threading.Thread(target=os.write, args=(fd, data))
            writer.start()
            assert receive(client, len(data)) == data
            writer.join()


def test_pyserial_opens_it_as_any_port_and_a_megabyte_passes_each_way(link: str) -> None:
    data = os.urandom(1 << 20)
    with RunningBridge(f"pty:{link}") as bridge, serial.Serial(link, 9600, timeout=LONG_S, exclusive=True) as port:
        client = bridge.client()
        for send, get in ((client.sendall, port.read), (port.write, lambda count: receive(client, count))):
            writer = threading.Thread(target=send, args=(data,))
            writer.start()
            assert get(len(data)) == data
            writer.join()


def test_what_comes_while_no_program_is_there_waits_for_the_next_one_although_that_flushes(
    link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 100.0
    monkeypatch.setattr(pty_port, "monotonic", lambda: now)  # a busy machine holds the program up
    with RunningBridge(f"pty:{link}") as bridge:
        client = bridge.client()
        client.sendall(b"for whoever comes")
        until(lambda: bridge.thread._relay._to_device.size == 17, "it waits")
        with serial.Serial(link, timeout=DEADLINE_S) as port:
            wait_attended(bridge)
            port.reset_input_buffer()
            now += pty_port.SETTLE_S
            assert port.read(17) == b"for whoever comes"
        assert bridge.thread.counters.lost == 0


def test_what_comes_while_no_program_is_there_holds_the_client_back_and_then_all_arrives(link: str) -> None:
    data = os.urandom(8 << 20)  # more than all the buffers on the way
    with RunningBridge(f"pty:{link}") as bridge:
        client = bridge.client()
        writer = threading.Thread(target=client.sendall, args=(data,))
        writer.start()
        until(lambda: bridge.thread._relay._clients_held, "the client is held back")
        assert writer.is_alive()
        with program(link) as fd:
            assert read(fd, len(data)) == data
        writer.join()


def test_discarding_what_comes_while_no_program_is_there_counts_it_as_lost(link: str) -> None:
    with RunningBridge(f"pty:{link}", while_away=WhileAway.DISCARD) as bridge:
        client = bridge.client()
        client.sendall(b"for nobody")
        until(lambda: bridge.thread.counters.lost == 10, "it is lost")
        with program(link) as fd:
            os.write(fd, b"?")
            assert receive(client, 1) == b"?"
            client.sendall(b"fresh")
            assert read(fd, 5) == b"fresh"
        wait_unattended(bridge)
        client.sendall(b"nobody again")
        until(lambda: bridge.thread.counters.lost == 22, "it is lost")


def test_what_a_program_has_not_read_is_not_given_to_the_next_one(link: str) -> None:
    data = os.urandom(40_000)
    with RunningBridge(f"pty:{link}") as bridge:
        client = bridge.client()
        with program(link) as fd:
            client.sendall(data)
            assert read(fd, 1) == data[:1]
            counters = bridge.thread.counters
            queue = bridge.thread._relay._to_device
            until(lambda: counters.tcp_to_serial > 4095, "the pty is full")
            until(lambda: counters.tcp_to_serial + queue.size == len(data), "all is read")
        wait_unattended(bridge)
        held = bridge.thread._relay._to_device.size
        assert 0 < held < len(data) - 4095, "the pty is full, and the rest waits"
        with program(link) as fd:
            assert read(fd, held) == data[-held:]
            os.write(fd, b"?")
            assert receive(client, 1) == b"?"
            assert is_silent(fd)


@pytest.mark.parametrize("settles", ["by time", "by what it says"])
def test_program_that_has_just_opened_it_is_read_at_once_and_written_to_when_it_has_settled(
    link: str, settles: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 100.0
    monkeypatch.setattr(pty_port, "monotonic", lambda: now)
    port = open_port(SerialSettings(device=f"pty:{link}"))
    assert port.watchable == 0
    with program(link) as fd:
        assert port.watchable == READ
        with pytest.raises(BlockingIOError):
            port.write(b"flushed by its opening")
        if settles == "by time":
            now += pty_port.SETTLE_S
        else:
            os.write(fd, b"ready")
            assert port.read(100) == b"ready"
        assert port.watchable == READ | WRITE
        assert port.write(b"hello") == 5
        assert read(fd, 5) == b"hello"
    with pytest.raises(BlockingIOError):
        port.write(b"for nobody")
    for _ in range(2):
        with pytest.raises(NobodyThere):
            port.read(100)
    assert port.watchable == 0
    port.close()


def test_last_words_of_a_program_that_closes_at_once_arrive_each_time(link: str) -> None:
    with RunningBridge(f"pty:{link}") as bridge:
        client = bridge.client()
        for number in range(200):
            with program(link) as fd:
                os.write(fd, b"%03d\n" % number)
        assert receive(client, 800) == b"".join(b"%03d\n" % number for number in range(200))
        wait_unattended(bridge)
        for number in range(5):
            with program(link) as fd:
                os.write(fd, b"?")
                assert receive(client, 1) == b"?"
                client.sendall(b"%d" % number)
                assert read(fd, 1) == b"%d" % number
            wait_unattended(bridge)


def test_two_programs_may_have_it_open_and_one_may_leave(link: str) -> None:
    with RunningBridge(f"pty:{link}") as bridge, program(link) as fd:
        client = bridge.client()
        with program(link) as other:
            os.write(other, b"a")
            assert receive(client, 1) == b"a"
        os.write(fd, b"b")
        assert receive(client, 1) == b"b"
        client.sendall(b"c")
        assert read(fd, 1) == b"c"


def test_echo_that_a_program_leaves_on_sends_nothing_back_while_nobody_is_there(
    link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pty_port, "SETTLE_S", LONG_S)  # it is written to once it has said something
    with RunningBridge(f"pty:{link}") as bridge:
        client = bridge.client()
        with program(link) as fd:
            attributes = termios.tcgetattr(fd)
            attributes[3] |= termios.ECHO
            termios.tcsetattr(fd, termios.TCSANOW, attributes)
            os.write(fd, b"?")
            assert receive(client, 1) == b"?"
        wait_unattended(bridge)
        client.sendall(b"hello")
        with program(link) as fd:
            attributes = termios.tcgetattr(fd)
            assert attributes[3] & termios.ECHO, "settings stay, as they do with a serial port"
            attributes[3] &= ~termios.ECHO
            termios.tcsetattr(fd, termios.TCSANOW, attributes)
            os.write(fd, b"!")
            assert read(fd, 5) == b"hello"
        assert receive(client, 1) == b"!"


def test_bridge_hardly_wakes_while_nobody_is_there(link: str, turns: list[float]) -> None:
    with RunningBridge(f"pty:{link}") as bridge:
        for _ in range(2):
            wait_unattended(bridge)
            began, before = time.monotonic(), len(turns)
            time.sleep(0.5)  # it is the passing of time that is tested
            counted = len(turns) - before
            assert counted < 40 * (time.monotonic() - began), "the hang-up of the pty wakes it again and again"
            with program(link):
                wait_attended(bridge)


def test_slow_client_holds_a_program_back_also_one_that_leaves(link: str) -> None:
    data = os.urandom(16 << 20)
    with RunningBridge(f"pty:{link}", clients=ClientRules()) as bridge:
        client = bridge.client()

        def say_all() -> None:
            sent = 0
            with program(link) as fd:
                while sent < len(data):
                    sent += os.write(fd, data[sent : sent + 4096])

        writer = threading.Thread(target=say_all)
        writer.start()
        until(lambda: bridge.thread._relay._holding, "the client's queue is full")
        assert receive(client, len(data)) == data
        writer.join()
        wait_unattended(bridge)


def leave_unread(bridge: RunningBridge, fd: int) -> None:
    """3000 bytes that the pty has and its program has not read."""
    client = bridge.client()
    os.write(fd, b"?")
    assert receive(client, 1) == b"?"
    client.sendall(b"y" * 3000)
    until(lambda: bridge.thread.counters.tcp_to_serial == unread(fd) == 3000, "the pty has it")


def test_program_has_time_to_read_the_last_bytes_of_a_bridge_that_stops(
    link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("serialbridge_gui.engine.relay.PORT_DRAIN_S", LONG_S)  # as long as a busy machine holds it up
    with RunningBridge(f"pty:{link}") as bridge, program(link) as fd:
        leave_unread(bridge, fd)
        bridge.thread.request_stop()
        time.sleep(0.2)  # it is the passing of time that is tested: meanwhile the bridge waits for the program alone
        assert read(fd, 3000) == b"y" * 3000
        bridge.stop()
        assert bridge.thread.counters.lost == 0


def test_bytes_that_a_program_does_not_read_before_the_stop_are_counted_as_lost(link: str) -> None:
    with RunningBridge(f"pty:{link}") as bridge, program(link) as fd:
        leave_unread(bridge, fd)
        bridge.stop()
        assert bridge.thread.counters.lost == 3000


def test_link_goes_with_the_bridge_and_is_there_again_with_the_next_one(link: str) -> None:
    for _ in range(3):
        with RunningBridge(f"pty:{link}") as bridge:
            client = bridge.client()
            with program(link) as fd:
                os.write(fd, b"?")
                assert receive(client, 1) == b"?"
        assert os.listdir(os.path.dirname(link)) == []


def test_settings_are_accepted_and_mean_nothing_and_there_are_no_lines(link: str) -> None:
    with RunningBridge(f"pty:{link}", baud_rate=50, data_bits=5, parity=Parity.MARK, stop_bits=2) as bridge:
        bridge.thread.set_line("dtr", True)
        bridge.thread.set_line("dtr", False)
        bridge.thread.send_break(0.1)
        refused = [bridge.wait_for(ev.ControlRefused, count).control for count in (1, 2)]
        assert refused == ["dtr", "break"]
        assert not bridge.seen(ev.SettingsRefused)
        assert not any(event.lines for event in bridge.seen(ev.LinesChanged))


def test_relative_link_and_tilde_are_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    for device, path in (("pty:com", tmp_path / "com"), ("PTY:~/com", tmp_path / "home" / "com")):
        port = open_port(SerialSettings(device=device))
        assert path.is_symlink()
        monkeypatch.chdir("/")
        assert port.close() == port.close() == 0
        assert not path.is_symlink()
        monkeypatch.chdir(tmp_path)


def test_link_without_a_name_is_refused() -> None:
    with pytest.raises(BridgeError) as caught:
        open_port(SerialSettings(device="pty:"))
    assert caught.value.problem.cause is Cause.DEVICE_URL


def test_refused_link_leaves_no_descriptor_and_no_pty(tmp_path: Path) -> None:
    (tmp_path / "com").write_text("mine")
    descriptors = os.listdir("/dev/fd")
    with pytest.raises(BridgeError):
        open_port(SerialSettings(device=f"pty:{tmp_path}/com"))
    assert os.listdir("/dev/fd") == descriptors
