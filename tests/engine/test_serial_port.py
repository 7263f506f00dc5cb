from __future__ import annotations

import os
import select
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import serial

from serialbridge_gui.engine import port_threads, serial_port
from serialbridge_gui.engine.errors import BridgeError, Cause
from serialbridge_gui.engine.serial_port import DRIVER_READ_BYTES, DRIVER_WRITE_BYTES, SerialPort
from serialbridge_gui.profile import Parity, SerialSettings
from tests.devices import PtyDevice
from tests.engine.running import DEADLINE_S, until
from tests.settings import from_plain


def opened(device: str, **settings: object) -> SerialPort:
    return SerialPort(from_plain(SerialSettings, device=device, **settings))


def cause_of(device: str, **settings: object) -> Cause:
    with pytest.raises(BridgeError) as caught:
        opened(device, **settings).close()
    assert caught.value.problem.subject
    return caught.value.problem.cause


def read_some(port: SerialPort) -> bytes:
    """What comes next."""
    assert select.select([port], [], [], DEADLINE_S)[0], "nothing came"
    return port.read(65536)


def test_silent_tty_has_nothing_to_read_and_a_hung_up_one_reads_empty() -> None:
    with PtyDevice() as device:
        port = opened(device.path)
        with pytest.raises(BlockingIOError):
            port.read(10)
        device.unplug()
        assert read_some(port) == b""
        assert not port.alive()
        port.close()


def test_format_the_device_cannot_do_is_named_and_the_port_works_all_the_same() -> None:
    with PtyDevice() as device:
        port = opened(device.path, data_bits=7, parity=Parity.EVEN)
        assert port.refused == ("data_bits", "parity")
        device.write(b"\xff\x00")
        assert read_some(port) == b"\xff\x00"
        port.close()


def test_a_tty_left_with_break_interrupts_and_translation_is_made_transparent() -> None:
    import termios

    with PtyDevice() as device:
        fd = os.open(device.path, os.O_RDWR | os.O_NOCTTY)
        attributes = termios.tcgetattr(fd)
        attributes[0] |= termios.BRKINT | termios.ICRNL | termios.IXON | termios.ISTRIP
        attributes[1] |= termios.OPOST | termios.ONLCR
        attributes[3] |= termios.ECHO | termios.ICANON | termios.ISIG
        termios.tcsetattr(fd, termios.TCSANOW, attributes)
        port = opened(device.path)
        iflag, oflag, _, lflag, *_ = termios.tcgetattr(fd)
        os.close(fd)
        port.close()
        assert not iflag & (termios.BRKINT | termios.ICRNL | termios.IXON | termios.ISTRIP)
        assert not oflag & termios.OPOST
        assert not lflag & (termios.ECHO | termios.ICANON | termios.ISIG)


def test_problems_have_their_cause(tmp_path: Path) -> None:
    plain = tmp_path / "file"
    plain.write_text("no tty")
    assert cause_of(str(tmp_path / "nothing")) is Cause.DEVICE_MISSING
    assert cause_of(str(plain)) is Cause.DEVICE_NOT_SERIAL
    assert cause_of(str(tmp_path)) is Cause.DEVICE_NOT_SERIAL
    assert cause_of("sim://moon") is Cause.DEVICE_URL
    assert cause_of("nosuch://x") is Cause.DEVICE_URL
    assert cause_of("socket://nowhere") is Cause.DEVICE_URL
    assert cause_of("socket://127.0.0.1:1") is Cause.DEVICE_FAILED
    assert cause_of("hwgrep://no-such-adapter-here") is Cause.DEVICE_MISSING


def test_port_that_another_program_holds_is_busy_and_that_program_is_named() -> None:
    hold = "import serial,sys; p=serial.Serial(sys.argv[1], exclusive=True); print('held', flush=True); input()"
    with PtyDevice() as device, subprocess.Popen(
        [sys.executable, "-c", hold, device.path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(BridgeError) as caught:
            opened(device.path)
        other.communicate("\n", timeout=DEADLINE_S)
    assert caught.value.problem.cause is Cause.DEVICE_BUSY
    assert str(other.pid) in caught.value.problem.hint


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks the kernel by Linux' TIOCGEXCL")
def test_tty_is_opened_exclusively_also_for_programs_that_do_not_ask_for_locks() -> None:
    import fcntl

    get_exclusive = 0x80045440  # asm-generic/ioctls.h; root may open it all the same, so ask the kernel
    with PtyDevice() as device:
        port = opened(device.path)
        assert fcntl.ioctl(port.fileno(), get_exclusive, b"\0\0\0\0") == b"\1\0\0\0"
        port.close()


def test_port_that_is_busy_for_a_moment_only_opens_without_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []

    def wait(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 2:
            first.close()

    with PtyDevice() as device:
        first = opened(device.path)
        monkeypatch.setattr(serial_port, "sleep", wait)
        opened(device.path).close()
    assert waited == [serial_port.BUSY_RETRY_S] * 2


@pytest.mark.parametrize("device", ["loop://", "sim://echo"])
def test_port_without_a_descriptor_works_as_one(device: str) -> None:
    data = bytes(range(256)) * 40
    port = opened(device)
    sent = 0
    received = bytearray()
    while len(received) < len(data):
        ready = select.select([port], [port] if sent < len(data) else [], [], DEADLINE_S)
        assert any(ready), "nothing moves"
        if ready[1]:
            sent += port.write(data[sent:])
        if ready[0]:
            received += port.read(65536)
    assert bytes(received) == data
    with pytest.raises(BlockingIOError):
        port.read(1)
    port.close()


def test_socket_url_reads_quickly_and_its_end_is_a_lost_device() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = opened(f"socket://127.0.0.1:{server.getsockname()[1]}")
        peer = server.accept()[0]
        peer.settimeout(DEADLINE_S)
        data = os.urandom(200_000)
        sender = threading.Thread(target=peer.sendall, args=(data,))
        sender.start()
        received = bytearray()
        while len(received) < len(data):
            received += read_some(port)
        sender.join()
        assert bytes(received) == data
        port.write(b"answer")
        assert peer.recv(10) == b"answer"
        peer.close()
        assert read_some(port) == b""
        assert "disconnected" in port.failure
        port.close()


def test_purge_throws_away_what_waits_to_be_read_from_a_tty() -> None:
    with PtyDevice() as device:
        port = opened(device.path)
        device.write(b"old input")
        assert select.select([port], [], [], DEADLINE_S)[0]
        port.purge()
        with pytest.raises(BlockingIOError):
            port.read(10)
        device.write(b"new")
        assert read_some(port) == b"new"
        port.close()


@pytest.mark.parametrize("device", ["sim://echo", "loop://"])
def test_purge_disowns_every_byte_on_its_way_through_the_threads(device: str) -> None:
    port = opened(device)
    old = b"o" * 50_000
    sent = 0
    while sent < len(old):
        assert select.select([], [port], [], DEADLINE_S)[1]
        sent += port.write(old[sent:])
    until(lambda: port.output_waiting() == 0, "the device has all of it")
    assert select.select([port], [], [], DEADLINE_S)[0]
    port.purge()
    port.write(b"new")
    seen = b""
    while not seen.endswith(b"new"):
        try:
            seen += port.read(65536)
        except BlockingIOError:
            assert select.select([port], [], [], DEADLINE_S)[0]
    assert seen == b"new"
    port.close()


def test_close_waits_for_the_last_bytes_and_ends_its_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(port_threads, "JOIN_S", DEADLINE_S)

    def own() -> list[str]:
        return [thread.name for thread in threading.enumerate() if thread.name.startswith("sim://echo ")]

    port = opened("sim://echo")
    assert sorted(own()) == ["sim://echo reader", "sim://echo writer"]
    port.close(0.5)
    assert own() == []
    port.close()


def test_lines_are_known_where_there_are_any() -> None:
    simulated = opened("sim://echo", rts="off")
    lines = simulated.lines()
    assert lines is not None
    assert (lines.dtr, lines.dsr, lines.rts, lines.cts, lines.cd, lines.ri) == (True, True, False, False, True, False)
    simulated.close()
    with PtyDevice() as device:
        port = opened(device.path)
        assert port.lines() is None
        assert not port.has_lines
        port.close()


def test_driver_with_buffers_of_its_own_is_asked_for_large_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, int]] = []

    def set_buffer_size(_port: object, read_bytes: int, write_bytes: int) -> None:
        asked.append((read_bytes, write_bytes))

    monkeypatch.setattr(serial.Serial, "set_buffer_size", set_buffer_size, raising=False)  # as pyserial has on Windows
    with PtyDevice() as device:
        opened(device.path).close()
    assert asked == [(DRIVER_READ_BYTES, DRIVER_WRITE_BYTES)]
