"""`serialbridge run` as scripts see it: its lines, its events, its bytes."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.devices import EchoDevice, PtyDevice
from tests.end2end.peers import address_of, connect, exchange, receive
from tests.engine.running import receive_all, until
from tests.processes import DEADLINE_S, ConsoleBridge, parse_address

ANY = ("--listen", "127.0.0.1:0")


def test_first_line_is_the_address_really_bound_and_standard_output_has_no_other() -> None:
    with PtyDevice() as device, ConsoleBridge("run", device.path, *ANY) as bridge:
        host, port = bridge.wait_listening()
        with connect((host, port)) as client:
            client.sendall(b"hello")
            assert device.read(5) == b"hello"
        bridge.wait_stderr("is gone")
        assert bridge.stop() == 0
        assert bridge.stdout_lines == [f"listening on 127.0.0.1:{port}"]
        assert port != 0


def test_every_event_has_its_fields_and_the_time(tmp_path: Path) -> None:
    began = time.time()
    device = PtyDevice(tmp_path / "ttyUSB0")
    with device, ConsoleBridge("run", device.path, *ANY, "--json") as bridge:
        address = bridge.wait_listening()
        with connect(address) as client, connect(address) as refused:
            assert receive_all(refused) == b""
            first, second = address_of(client), address_of(refused)
            bridge.wait_event("client_refused")
            device.unplug()
            bridge.wait_event("device_lost")
            device.plug()
            bridge.wait_event("device_back")
        bridge.wait_event("client_disconnected")
        assert bridge.stop() == 0
        events = bridge.events()
    times = [event.pop("time") for event in events]
    assert events == [
        {"event": "listening", "host": "127.0.0.1", "port": address[1]},
        {"event": "client_connected", "client": 1, "address": first},
        {"event": "client_refused", "address": second, "reason": "in_use"},
        {"event": "device_lost", "device": device.path, "reason": "unplugged"},
        {"event": "device_back", "device": device.path},
        {"event": "client_disconnected", "client": 1, "reason": "closed"},
        {"event": "stopped"},
    ]
    assert began <= times[0] <= times[-1] <= time.time()
    assert times == sorted(times)


@pytest.mark.parametrize(
    ("options", "refused", "left"),
    [
        (("--clients", "shared", "--max-clients", "1"), "full", None),
        (("--clients", "replace"), None, "replaced"),
        (("--idle-timeout", "3"), "in_use", "idle"),
    ],
)
def test_reasons_are_the_words_of_the_contract(options: tuple[str, ...], refused: str | None, left: str | None) -> None:
    with PtyDevice() as device, ConsoleBridge("run", device.path, *ANY, "--json", *options) as bridge:
        address = bridge.wait_listening()
        bridge.process.send_signal(signal.SIGSTOP)  # both are there at once: else the first might be idle too early
        with connect(address) as first, connect(address) as second:
            bridge.process.send_signal(signal.SIGCONT)
            if refused:
                assert bridge.wait_event("client_refused")["reason"] == refused
                assert receive_all(second) == b""
            if left:
                assert bridge.wait_event("client_disconnected")["reason"] == left
                assert receive_all(first) == b""


def test_stats_come_while_they_change_and_only_then() -> None:
    with EchoDevice() as device, ConsoleBridge("run", device.path, *ANY, "--json") as bridge:
        with connect(bridge.wait_listening()) as client:
            client.sendall(b"12345")
            assert receive(client, 5) == b"12345"
            until(lambda: bridge.events("stats") and bridge.events("stats")[-1]["serial_to_tcp"] == 5, "stats")
            stats = bridge.events("stats")[-1]
            del stats["time"]
            assert stats == {"event": "stats", "serial_to_tcp": 5, "tcp_to_serial": 5, "lost": 0}
            so_far = len(bridge.events("stats"))
            time.sleep(2.2)  # it is the passing of time that is tested
            assert len(bridge.events("stats")) == so_far
            client.sendall(b"6")
            assert bridge.wait_event("stats", so_far + 1)["tcp_to_serial"] == 6
        assert bridge.stop() == 0


def test_bytes_of_the_last_moment_are_in_the_last_stats() -> None:
    with EchoDevice() as device, ConsoleBridge("run", device.path, *ANY, "--json") as bridge:
        with connect(bridge.wait_listening()) as client:
            client.sendall(b"x" * 1000)
            assert receive(client, 1000) == b"x" * 1000
            assert bridge.stop() == 0
        assert bridge.events()[-1]["event"] == "stopped"
        assert bridge.events("stats")[-1]["serial_to_tcp"] == 1000


@pytest.mark.parametrize(
    ("show", "there", "not_there"),
    [("hex", "48 69 00", "Hi"), ("text", "Hi", "48 69"), ("both", "48 69 00", None), ("none", None, "Hi")],
)
def test_show_prints_the_traffic(show: str, there: str | None, not_there: str | None) -> None:
    with PtyDevice() as device, ConsoleBridge("run", device.path, *ANY, "--show", show) as bridge:
        with connect(bridge.wait_listening()) as client:
            client.sendall(b"Hi\x00")
            assert device.read(3) == b"Hi\x00"
            device.write(b"<\x1b[31m>")
            assert receive(client, 7) == b"<\x1b[31m>"
        assert bridge.stop() == 0
        rows = bridge.stdout_lines[1:]
    assert not any("\x1b" in row for row in rows), "a device can write on our terminal"
    if there is not None:
        assert [row for row in rows if there in row and "N→S #1" in row]
        assert len([row for row in rows if "S→N" in row]) == 1
    if not_there is not None:
        assert not [row for row in rows if not_there in row]


def test_traffic_as_json_has_direction_client_and_hex() -> None:
    with PtyDevice() as device, ConsoleBridge("run", device.path, *ANY, "--json", "--show", "hex") as bridge:
        with connect(bridge.wait_listening()) as client:
            client.sendall(b"Hi\xff")
            assert device.read(3) == b"Hi\xff"
            bridge.wait_event("traffic")
            device.write(b"ok")
            assert receive(client, 2) == b"ok"
            bridge.wait_event("traffic", 2)
        assert bridge.stop() == 0
        traffic = [{k: v for k, v in event.items() if k != "time"} for event in bridge.events("traffic")]
    assert traffic == [
        {"event": "traffic", "direction": "tcp_to_serial", "client": 1, "hex": "4869ff"},
        {"event": "traffic", "direction": "serial_to_tcp", "client": None, "hex": "6f6b"},
    ]


def test_four_megabytes_each_way_at_once_pass_exactly() -> None:
    with PtyDevice() as device, ConsoleBridge("run", device.path, *ANY, "--json") as bridge:
        with connect(bridge.wait_listening()) as client:
            bridge.wait_event("client_connected")  # what the device sends before that is nobody's
            exchange(device, client, 4 << 20)
        assert bridge.stop() == 0
        assert bridge.events("stats")[-1] | {"time": 0} == {
            "event": "stats", "time": 0, "serial_to_tcp": 4 << 20, "tcp_to_serial": 4 << 20, "lost": 0,
        }  # fmt: skip


def test_socat_as_a_client_exchanges_lines() -> None:
    with PtyDevice() as device, ConsoleBridge("run", device.path, *ANY) as bridge:
        host, port = bridge.wait_listening()
        with subprocess.Popen(
            ["socat", "-", f"TCP:{host}:{port}"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as socat:
            assert socat.stdin is not None
            assert socat.stdout is not None
            socat.stdin.write(b"*IDN?\n")
            socat.stdin.flush()
            assert device.read_until(b"\n") == b"*IDN?\n"
            device.write(b"ACME,1\r\n")
            assert socat.stdout.readline() == b"ACME,1\r\n"
            socat.stdin.close()
            assert socat.wait(DEADLINE_S) == 0


def test_device_that_is_pulled_and_plugged_again_is_used_on_by_the_same_client(tmp_path: Path) -> None:
    device = EchoDevice(tmp_path / "ttyUSB0")
    with device, ConsoleBridge("run", device.path, *ANY, "--json") as bridge:
        with connect(bridge.wait_listening()) as client:
            for number in range(1, 4):
                device.unplug()
                bridge.wait_event("device_lost", number)
                device.plug()
                bridge.wait_event("device_back", number)
                client.sendall(b"again")
                assert receive(client, 5) == b"again"
        assert bridge.stop() == 0


@pytest.mark.parametrize(("while_away", "expected"), [("hold", b"earlylate"), ("discard", b"late")])
def test_while_away_holds_or_discards(tmp_path: Path, while_away: str, expected: bytes) -> None:
    device = PtyDevice(tmp_path / "ttyUSB0")
    with device, ConsoleBridge("run", device.path, *ANY, "--json", "--while-away", while_away) as bridge:
        address = bridge.wait_listening()
        with connect(address) as client:
            device.unplug()
            bridge.wait_event("device_lost")
            client.sendall(b"early")
            if while_away == "discard":
                assert bridge.wait_event("stats")["lost"] == 5
            device.plug()
            bridge.wait_event("device_back")
            client.sendall(b"late")
            assert device.read(len(expected)) == expected


def test_ipv6_address_is_written_in_brackets() -> None:
    with EchoDevice() as device, ConsoleBridge("run", device.path, "--listen", "[::1]:0") as bridge:
        line = bridge.wait_line("listening on [::1]:")
        with connect(parse_address(line.removeprefix("listening on "))) as client:
            client.sendall(b"six")
            assert receive(client, 3) == b"six"


def test_two_bridges_run_side_by_side() -> None:
    with (
        EchoDevice() as one, EchoDevice() as two,
        ConsoleBridge("run", one.path, *ANY) as first, ConsoleBridge("run", two.path, *ANY) as second,
        connect(first.wait_listening()) as a, connect(second.wait_listening()) as b,
    ):  # fmt: skip
        a.sendall(b"first")
        b.sendall(b"other")
        assert receive(a, 5) == b"first"
        assert receive(b, 5) == b"other"


@pytest.mark.parametrize("device", ["sim://echo", "loop://"])
def test_device_that_is_no_tty_works_the_same(device: str) -> None:
    with ConsoleBridge("run", device, *ANY) as bridge:
        with connect(bridge.wait_listening()) as client:
            client.sendall(b"\x00\xff\r\n")
            assert receive(client, 4) == b"\x00\xff\r\n"
        assert bridge.stop() == 0


def test_simulated_talker_speaks_to_whoever_connects() -> None:
    with ConsoleBridge("run", "sim://talker", *ANY) as bridge, connect(bridge.wait_listening()) as client:
        assert b"T=" in client.makefile("rb").readline()


def test_format_that_a_device_refuses_is_told_and_it_works_all_the_same() -> None:
    with EchoDevice() as device, ConsoleBridge("run", device.path, *ANY, "--format", "7E1") as bridge:
        with connect(bridge.wait_listening()) as client:
            client.sendall(b"\xff")
            assert receive(client, 1) == b"\xff"
        bridge.wait_stderr("data bits, parity")
        assert bridge.stop() == 0
