from __future__ import annotations

import threading
import time
from types import SimpleNamespace

import pytest
import serial

from serialbridge_gui.engine import (
    serial_port,  # noqa: F401 - registers sim://
    simulated,
)
from serialbridge_gui.engine.simulated import MAX_BUFFER_BYTES
from tests.engine.running import DEADLINE_S


def test_talker_speaks_once_a_second_and_echoes() -> None:
    began = time.monotonic()
    with serial.serial_for_url("sim://talker", timeout=DEADLINE_S) as port:
        first = port.read_until(b"\n")
        second = port.read_until(b"\n")
        assert time.monotonic() - began >= 2
        assert first.startswith(b"n=000001 T=")
        assert second.startswith(b"n=000002 T=")
        port.write(b"hello")
        assert port.read_until(b"hello").endswith(b"hello")  # perhaps behind the next line


def test_talker_has_its_next_line_a_second_after_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(simulated, "time", SimpleNamespace(monotonic=lambda: now))
    with serial.serial_for_url("sim://talker", timeout=0) as port:
        for number in (1, 2, 3):
            now += 0.75
            assert port.read(100) == b""
            now += 0.25
            assert port.read(100).startswith(b"n=00000%d T=" % number)


def test_echo_returns_a_megabyte_exactly_to_a_reader_that_is_slower() -> None:
    data = bytes(range(256)) * 4096
    with serial.serial_for_url("sim://echo", timeout=DEADLINE_S) as port:
        writer = threading.Thread(target=port.write, args=(data,))
        writer.start()
        received = bytearray()
        while len(received) < len(data):
            received += port.read(min(1000, len(data) - len(received)))
        writer.join(DEADLINE_S)
        assert not writer.is_alive()
        assert bytes(received) == data


def test_full_device_makes_the_writer_wait_and_the_write_can_be_cancelled() -> None:
    with serial.serial_for_url("sim://echo") as port:
        taken: list[int | None] = []
        writer = threading.Thread(target=lambda: taken.append(port.write(bytes(MAX_BUFFER_BYTES + 1))))
        writer.start()
        while port.in_waiting < MAX_BUFFER_BYTES:
            time.sleep(0.001)
        while writer.is_alive():  # a cancel before the call begins to wait is lost
            port.cancel_write()
            writer.join(0.01)
        assert taken == [MAX_BUFFER_BYTES]


def test_waiting_read_can_be_cancelled() -> None:
    with serial.serial_for_url("sim://echo") as port:
        got: list[bytes] = []
        reader = threading.Thread(target=lambda: got.append(port.read(1)))
        reader.start()
        while reader.is_alive():
            port.cancel_read()
            reader.join(0.01)
        assert got == [b""]


def test_unknown_device_is_refused_by_name() -> None:
    with pytest.raises(serial.SerialException, match=r"unknown simulated device 'moon'.*talker, echo"):
        serial.serial_for_url("sim://moon")


def test_modem_lines_follow_ours() -> None:
    with serial.serial_for_url("sim://echo") as port:
        port.rts, port.dtr = False, True
        assert (port.cts, port.dsr, port.cd, port.ri) == (False, True, True, False)
