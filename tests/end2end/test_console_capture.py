"""`run --capture`: what other programs find in the file, while it is written, after the end, and after a bad one."""

from __future__ import annotations

import csv
import hashlib
import math
import os
import random
import re
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.captures import RX, TX, data_of, packets_of, tshark_bytes, tshark_fields
from tests.devices import EchoDevice, PtyDevice
from tests.end2end.peers import connect, every_byte, exchange, receive
from tests.end2end.programs import DEADLINE_S, needs
from tests.engine.running import until
from tests.flow import Flow, FlowProcess
from tests.modbus_slave import ModbusSlave, with_crc
from tests.processes import ConsoleBridge, run_console
from tests.traffic.test_capture import small_disk as small_disk

ANY = ("--listen", "127.0.0.1:0")
SIZE = 300_000
MEBIBYTE = 1 << 20
LONG_S = 120.0
"""For a disk, or another program at each look."""
HASTY = ["console_bridge"]
"""It waits for a disk at its end."""


def let_in(bridge: ConsoleBridge) -> socket.socket:
    """A client that is connected, so that what the device sends from now on is its own. Of a bridge with --json."""
    client = connect(bridge.wait_listening())
    bridge.wait_event("client_connected")
    return client


def both_ways(path: Path, *options: str) -> tuple[bytes, bytes]:
    """A session over the console program with `path` as its capture; returns what the device sent and was sent."""
    arguments = ("--json", "--capture", str(path), *options)
    with PtyDevice() as device, ConsoleBridge("run", device.path, *ANY, *arguments) as bridge:
        with let_in(bridge) as client:
            exchange(device, client, SIZE)
        assert bridge.stop() == 0, bridge.said()
    return every_byte(SIZE, 1), every_byte(SIZE, 2)


@needs("tshark")
def test_tshark_finds_every_byte_in_its_direction_and_who_came(tmp_path: Path) -> None:
    path = tmp_path / "a.pcapng"
    down, up = both_ways(path)
    assert tshark_bytes(path, RX) == down
    assert tshark_bytes(path, TX) == up
    rows = tshark_fields(path, "frame.protocols", "rtacser.eventtype", "frame.comment")
    assert {row[0] for row in rows} == {"rtacser:data", "rtacser"}
    assert {row[2] for row in rows if row[1] == "0x01"} == {"#1"}
    assert any("Client #1" in row[2] for row in rows if row[1] == "0x00")


def test_csv_of_a_session_has_every_byte(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    sent = both_ways(path)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, strict=True))
    for direction, data in zip(("serial_to_tcp", "tcp_to_serial"), sent, strict=True):
        assert bytes.fromhex("".join(row["hex"] for row in rows if row["direction"] == direction)) == data


@needs("xxd")
def test_txt_of_a_session_has_every_byte(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    sent = both_ways(path)
    for mark, data in zip((b"S>N", b"N>S"), sent, strict=True):
        lines = b"".join(line for line in path.read_bytes().splitlines(keepends=True) if line.startswith(mark))
        done = subprocess.run(["xxd", "-r"], input=lines, capture_output=True, timeout=DEADLINE_S, check=True)
        assert done.stdout == data


def test_bin_of_a_session_is_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    with EchoDevice() as device, ConsoleBridge("run", device.path, *ANY, "--capture", str(path)) as bridge:
        with connect(bridge.wait_listening()) as client:
            client.sendall(b"\0ping\xff")
            assert receive(client, 6) == b"\0ping\xff"
        assert bridge.stop() == 0
    assert path.read_bytes() == b"\0ping\xff" * 2


def test_what_was_there_is_overwritten_and_bytes_are_on_disk_before_the_stop(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"of yesterday" * 1000)
    with (
        EchoDevice() as device,
        ConsoleBridge("run", device.path, *ANY, "--capture", str(path)) as bridge,
        connect(bridge.wait_listening()) as client,
    ):
        client.sendall(b"ping")
        assert receive(client, 4) == b"ping"
        until(lambda: path.read_bytes() == b"pingping", "the bytes are on disk, though nothing ends it", LONG_S)


def test_in_rfc_2217_mode_it_holds_what_was_on_the_serial_line(tmp_path: Path) -> None:
    path = tmp_path / "a.pcapng"
    with (
        PtyDevice() as device,
        ConsoleBridge("run", device.path, *ANY, "--mode", "rfc2217", "--capture", str(path)) as bridge,
        connect(bridge.wait_listening()) as client,
    ):
        client.sendall(b"\xff\xfd\x2c" + b"a\xff\xffb")
        assert device.read(3) == b"a\xffb"
        device.write(b"\xff\r\0")
        answer = b""
        while not answer.endswith(b"\xff\xff\r\0"):
            answer += client.recv(100)
        assert bridge.stop() == 0
    packets = packets_of(path.read_bytes())
    assert data_of(packets, TX) == b"a\xffb"
    assert data_of(packets, RX) == b"\xff\r\0"


@needs("tshark")
def test_tshark_reads_a_capture_that_is_being_written(tmp_path: Path) -> None:
    path = tmp_path / "a.pcapng"
    with (
        PtyDevice() as device,
        ConsoleBridge("run", device.path, *ANY, "--json", "--capture", str(path)) as bridge,
        let_in(bridge) as client,
    ):
        for number in range(5):
            device.write(b"%04d" % number)
            assert receive(client, 4) == b"%04d" % number
            expected = b"".join(b"%04d" % each for each in range(number + 1))
            until(lambda: tshark_bytes(path, RX) == expected, "tshark has them", LONG_S)  # noqa: B023 - called at once


@needs("tshark")
@pytest.mark.parametrize("seed", [1, 2, 3, pytest.param(None, marks=pytest.mark.soak)])
def test_killed_at_any_moment_the_file_opens_with_what_was_on_disk(tmp_path: Path, seed: int | None) -> None:
    for turn in [seed] if seed is not None else range(4, 30):
        path = tmp_path / f"{turn}.pcapng"
        flow = Flow(turn, 1 << 30)
        with (
            PtyDevice() as device,
            ConsoleBridge("run", device.path, *ANY, "--json", "--capture", str(path)) as bridge,
            let_in(bridge) as client,
            FlowProcess(device.fileno(), sends=flow, receives=0),
        ):
            ends_at, received = math.inf, 0
            expires = time.monotonic() + LONG_S
            while time.monotonic() < ends_at:
                assert time.monotonic() < expires, f"{received} bytes came, {path.stat().st_size} are on disk"
                if ends_at == math.inf and path.stat().st_size > 100_000:
                    ends_at = time.monotonic() + random.Random(turn).random()
                if received - path.stat().st_size < 8 * MEBIBYTE:  # a disk that is behind makes no gap: none is meant
                    received += len(client.recv(1 << 16))
                time.sleep(0.002)
            bridge.process.kill()
            bridge.process.wait()
        got = tshark_bytes(path, RX, whole=False)
        assert len(got) > 50_000
        at = 0
        for chunk in flow:
            assert got[at : at + len(chunk)] == chunk[: len(got) - at]
            at += len(chunk)
            if at >= len(got):
                break
        path.unlink()


@needs("tshark")
def test_decoded_as_modbus_the_function_codes_show(tmp_path: Path) -> None:
    path = tmp_path / "a.pcapng"
    slave = ModbusSlave(unit=17, registers=range(100))
    with PtyDevice() as device, ConsoleBridge("run", device.path, *ANY, "--capture", str(path)) as bridge:
        device.answer(slave.respond)
        with connect(bridge.wait_listening()) as client:
            for start in (5, 7):
                client.sendall(with_crc(bytes((17, 3, 0, start, 0, 2))))
                assert receive(client, 9) == with_crc(bytes((17, 3, 4, 0, start, 0, start + 1)))
        assert bridge.stop() == 0
    fields = ("rtacser.eventtype", "mbrtu.unit_id", "modbus.func_code")
    rows = tshark_fields(path, *fields, more=("-d", "rtacser.data,mbrtu", "-Y", "modbus"))
    assert rows == [["0x01", "17", "3"], ["0x02", "17", "3"]] * 2


@needs("tshark")
def test_full_disk_ends_the_capture_is_told_and_traffic_goes_on(small_disk: Path) -> None:
    path = small_disk / "a.pcapng"
    with PtyDevice() as device, ConsoleBridge("run", device.path, *ANY, "--capture", str(path), "--json") as bridge:
        with let_in(bridge) as client:
            exchange(device, client, SIZE)
            stopped = bridge.wait_event("capture_stopped")
            assert (stopped["file"], stopped["reason"]) == (str(path), "full")
            said = bridge.wait_stderr("No space left")
            assert str(path) in said
            exchange(device, client, SIZE, seed=5)
        assert bridge.stop() == 0
        assert [line for line in bridge.stderr_lines if str(path) in line] == [said]
    got = tshark_bytes(path, RX)
    assert every_byte(SIZE, 1).startswith(got)
    assert every_byte(SIZE, 2).startswith(tshark_bytes(path, TX))


def test_removed_file_is_told_and_traffic_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with PtyDevice() as device, ConsoleBridge("run", device.path, *ANY, "--capture", str(path), "--json") as bridge:
        with let_in(bridge) as client:
            until(path.exists, "the file is there", LONG_S)
            path.unlink()
            assert bridge.wait_event("capture_stopped")["reason"] == "gone"
            exchange(device, client, SIZE)
        assert bridge.stop() == 0


def test_rotation_makes_files_in_turn_and_keeps_the_newest(tmp_path: Path) -> None:
    rotation = ("--capture-rotate", "64K", "--capture-keep", "3")
    down, _ = both_ways(tmp_path / "a.pcapng", *rotation)
    files = sorted(tmp_path.iterdir())
    assert len(files) == 3
    assert all(re.fullmatch(r"a-\d{4}\.pcapng", file.name) for file in files)
    assert all(file.stat().st_size < 64 * 1024 + 66_000 for file in files)
    kept = b"".join(data_of(packets_of(file.read_bytes()), RX) for file in files)
    assert kept in down


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--capture", "a.pcap"), ".pcapng"),
        (("--capture", "a"), ".bin"),
        (("--capture-rotate", "1h"), "--capture"),
        (("--capture-keep", "2"), "--capture"),
        (("--capture", "a.csv", "--capture-keep", "2"), "--capture-rotate"),
        (("--capture", "a.csv", "--capture-rotate", "ten"), "10M"),
        (("--capture", "a.csv", "--capture-rotate", "1h", "--capture-keep", "0"), "1 or more"),
    ],
)
def test_wrong_arguments_are_one_line_and_exit_2(options: tuple[str, ...], words: str) -> None:
    done = run_console("run", "sim://echo", *ANY, *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert words in done.stderr
    assert not Path("a.csv").exists()


def test_folder_that_is_missing_is_one_line_and_exit_1(tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "a.csv"
    done = run_console("run", "sim://echo", *ANY, "--capture", str(path))
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) == 1
    assert str(path) in done.stderr


def test_file_that_is_played_is_not_overwritten(tmp_path: Path) -> None:
    played, link = tmp_path / "a.csv", tmp_path / "b.csv"
    played.write_bytes(b"time,direction,hex\r\n2026-11-25T14:00:00Z,serial_to_tcp,61\r\n")
    link.hardlink_to(played)
    before = played.read_bytes()
    for path in (played, link):
        done = run_console("run", f"sim://replay?file={played}", *ANY, "--capture", str(path))
        assert (done.returncode, done.stdout) == (1, "")
        assert len(done.stderr.splitlines()) == 1
        assert f"{path} is what is played" in done.stderr
        assert played.read_bytes() == before


def test_file_that_another_bridge_captures_to_is_one_line_and_exit_1(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    arguments = ("--json", "--capture", str(path))
    with PtyDevice() as device, ConsoleBridge("run", device.path, *ANY, *arguments) as bridge:
        bridge.wait_listening()
        done = run_console("run", str(tmp_path / "no-tty"), *ANY, "--capture", str(path))
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.count("\n") == 1
        assert "is being written already" in done.stderr
        assert bridge.stop() == 0, bridge.said()
    assert path.read_bytes()


def test_bridge_that_does_not_start_leaves_the_old_file_as_it_was(tmp_path: Path) -> None:
    old, new = tmp_path / "old.bin", tmp_path / "new.bin"
    old.write_bytes(b"of yesterday")
    for path in (old, new):
        assert run_console("run", str(tmp_path / "no-tty"), *ANY, "--capture", str(path)).returncode == 1
    assert old.read_bytes() == b"of yesterday"
    assert not new.exists()


@needs("tshark")
@pytest.mark.parametrize("size", [8 * MEBIBYTE, pytest.param(100 * MEBIBYTE, marks=pytest.mark.soak)])
def test_flood_is_in_the_file_to_the_last_byte(tmp_path: Path, size: int) -> None:
    path = tmp_path / "a.pcapng"
    down, up = Flow(1, size), Flow(2, size)
    with PtyDevice() as device, ConsoleBridge("run", device.path, *ANY, "--json", "--capture", str(path)) as bridge:
        with (
            let_in(bridge) as client,
            FlowProcess(device.fileno(), sends=down, receives=size) as device_end,
            FlowProcess(client.fileno(), sends=up, receives=size) as client_end,
        ):
            assert client_end.wait(300) == down.digest()
            assert device_end.wait(300) == up.digest()
        until(lambda: path.stat().st_size > 2 * size, "the disk has it: a stop does not wait for ever", LONG_S)
        assert bridge.stop() == 0
    for event, flow in ((RX, down), (TX, up)):
        digest = hashlib.sha256()
        fields = ["-Y", f"rtacser.eventtype == {event}", "-T", "fields", "-e", "data.data"]
        with subprocess.Popen(
            ["tshark", "-n", "-r", str(path), *fields], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as tshark:
            assert tshark.stdout is not None
            for line in tshark.stdout:
                digest.update(bytes.fromhex(line.decode()))
        assert tshark.returncode == 0
        assert digest.hexdigest() == flow.digest()
    with suppress(OSError):
        os.unlink(path)  # 200 MB would stay with pytest's folders


def test_disk_that_hangs_holds_neither_traffic_nor_the_end(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    os.mkfifo(path)  # takes 64 KiB, and then no more: nobody reads
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        arguments = ("--json", "--capture", str(path))
        with PtyDevice() as device, ConsoleBridge("run", device.path, *ANY, *arguments, hasty=HASTY) as bridge:
            with let_in(bridge) as client:
                exchange(device, client, SIZE)
                exchange(device, client, SIZE, seed=3)
            assert bridge.stop() == 0
    finally:
        os.close(reader)
