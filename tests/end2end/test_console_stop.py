"""How `serialbridge run` ends: soon, with exit code 0, handing on what it holds.

That it takes under 2 s whatever holds it up is asked of a clock that the test sets, in tests/test_console_bridge.py,
and of the bridge's own waits, in tests/engine/test_corners.py.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import accumulate

import pytest

from tests.devices import PtyDevice
from tests.end2end.peers import Background, connect, receive
from tests.engine.running import fill_up, receive_all
from tests.processes import DEADLINE_S, ConsoleBridge, console_command, console_environment

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")

ANY = ("--listen", "127.0.0.1:0")
MEBIBYTE = 1 << 20
DRAINING = ("engine.bridge_thread", "engine.relay")
"""What waits for a client or a device that takes nothing."""


def wait_until_stuck(address: tuple[str, int], progress: Callable[[], int]) -> None:
    """Until nothing moves any more, though the bridge's loop runs: it has refused another client meanwhile."""
    before = -1
    while (now := progress()) != before:
        before = now
        with connect(address) as other:
            receive_all(other)
        time.sleep(0.1)  # to see whether more moves


def stop(bridge: ConsoleBridge, number: int = signal.SIGTERM) -> None:
    assert bridge.stop(number) == 0, bridge.said()


@pytest.fixture
def hang_up_ends() -> Iterator[None]:
    """Where these tests run under `nohup`, each program that they start would have the signal ignored."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.usefixtures("hang_up_ends")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP], ids=lambda number: number.name)
def test_signal_ends_it_with_exit_code_0_and_tells_the_client(number: signal.Signals) -> None:
    with PtyDevice() as device, ConsoleBridge("run", device.path, *ANY, "--json") as bridge:
        with connect(bridge.wait_listening()) as client:
            bridge.wait_event("client_connected")
            stop(bridge, number)
            assert receive_all(client) == b""
        assert [event["event"] for event in bridge.events()[-2:]] == ["client_disconnected", "stopped"]
        assert bridge.events("client_disconnected")[0]["reason"] == "stopped"
        assert not device.is_open
        assert not any("Traceback" in line for line in bridge.stderr_lines)


def test_second_signal_while_it_stops_changes_nothing() -> None:
    with PtyDevice() as device, ConsoleBridge("run", device.path, *ANY, "--json", hasty=DRAINING) as bridge:
        with connect(bridge.wait_listening(), 4096):
            device.pump([bytes(16 * MEBIBYTE)])
            bridge.wait_event("stats")
            bridge.process.send_signal(signal.SIGINT)
            stop(bridge, signal.SIGINT)
        assert bridge.events()[-1]["event"] == "stopped"


@pytest.mark.parametrize("device_name", ["pty", "sim://echo", "loop://"])
def test_stuck_client_does_not_hold_the_end_up_and_what_it_lost_is_counted(device_name: str) -> None:
    with PtyDevice() as device:
        arguments = ("run", device.path if device_name == "pty" else device_name, *ANY, "--json")
        with (
            ConsoleBridge(*arguments, hasty=DRAINING) as bridge,
            connect(bridge.wait_listening(), 4096) as client,
        ):
            bridge.wait_event("client_connected")
            if device_name == "pty":
                chunks = [bytes(MEBIBYTE // 16)] * 256
                device.pump(chunks.pop() for _ in range(256))
                wait_until_stuck(bridge.wait_listening(), lambda: len(chunks))
            else:
                sent = accumulate(iter(lambda: fill_up(client), None))
                wait_until_stuck(bridge.wait_listening(), lambda: next(sent))
            bridge.wait_event("stats")
            stop(bridge)
            assert bridge.events("stats")[-1]["lost"] > 0


def test_what_is_held_for_a_client_that_reads_is_handed_on() -> None:
    size = MEBIBYTE
    with PtyDevice() as device, ConsoleBridge("run", device.path, *ANY, "--json") as bridge:
        with connect(bridge.wait_listening(), 8192) as client:
            bridge.wait_event("client_connected")
            device.pump([bytes(range(256)) * (size // 256)])
            device.wait_pumped()
            bridge.wait_event("stats")
            reading = Background(lambda: receive_all(client))
            stop(bridge)
            received = reading.result()
        stats = bridge.events("stats")[-1]
    assert received == (bytes(range(256)) * (size // 256))[: len(received)]
    assert len(received) + stats["lost"] == stats["serial_to_tcp"]


def test_what_is_held_for_the_device_is_handed_on() -> None:
    data = bytes(range(256)) * 128
    with PtyDevice() as device, ConsoleBridge("run", device.path, *ANY, "--json") as bridge:
        with connect(bridge.wait_listening()) as client:
            client.sendall(data)
            bridge.wait_event("stats")  # the tty has taken its part; the rest waits in the bridge
            reading = Background(lambda: device.read(len(data)))
            stop(bridge)
            received = reading.result()
        stats = bridge.events("stats")[-1]
    assert received == data[: len(received)]
    assert len(received) == stats["tcp_to_serial"]
    assert len(received) + stats["lost"] == len(data)


def test_stop_while_the_device_is_away_takes_no_longer(tmp_path: object) -> None:
    with PtyDevice(f"{tmp_path}/ttyUSB0") as device, ConsoleBridge("run", device.path, *ANY, "--json") as bridge:
        bridge.wait_listening()
        device.unplug()
        bridge.wait_event("device_lost")
        stop(bridge)


def test_bridge_goes_on_when_nobody_reads_its_output_any_more_and_still_ends_with_0() -> None:
    with PtyDevice() as device:
        program = subprocess.Popen(
            console_command("run", device.path, *ANY, "--show", "hex"),
            env=console_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        with program:
            assert program.stdout is not None
            assert program.stderr is not None
            port = int(program.stdout.readline().rpartition(":")[2])
            program.stdout.close()
            with connect(("127.0.0.1", port)) as client:
                for number in range(20):
                    client.sendall(b"%02d" % number)
                    assert device.read(2) == b"%02d" % number
                    time.sleep(0.01)  # so that the rows come in several writes
            program.send_signal(signal.SIGTERM)
            errors = program.stderr.read()
            assert program.wait(DEADLINE_S) == 0, errors
            assert "Traceback" not in errors
            assert "Exception ignored" not in errors


def test_output_that_nobody_takes_does_not_hold_the_end_up() -> None:
    with PtyDevice() as device:
        program = subprocess.Popen(
            console_command("run", device.path, *ANY, "--show", "both"),
            env=console_environment(hasty=["console_bridge"]),
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        with program:
            assert program.stdout is not None
            port = int(os.read(program.stdout.fileno(), 100).decode().rpartition(":")[2])
            with connect(("127.0.0.1", port)) as client:
                client.sendall(bytes(200_000))
                assert device.read(200_000) == bytes(200_000)
                device.write(b"and back")
                assert receive(client, 8) == b"and back"
            program.send_signal(signal.SIGTERM)
            try:
                assert program.wait(DEADLINE_S) == 0
            finally:
                program.kill()


PROGRAM_THAT_SAYS_WHEN_IT_BEGINS = """
import sys
from serialbridge_gui import cli
try:
    print("begins", flush=True)
    sys.exit(cli.main())
except KeyboardInterrupt:
    sys.exit(130)  # between the two lines above
"""
"""An interrupt before that hits Python's own start-up, which answers as it likes (seen: exit code 1, a traceback)."""


@pytest.mark.parametrize("delay_s", [0.0, 0.01, 0.03, 0.06, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4])
def test_interrupt_at_any_moment_of_the_start_leaves_no_traceback(delay_s: float) -> None:
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM_THAT_SAYS_WHEN_IT_BEGINS, "run", "sim://echo", *ANY],
        env=console_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    with program:
        assert program.stdout is not None
        assert program.stdout.readline() == "begins\n"
        time.sleep(delay_s)  # the moment is what is tested; whichever it hits, the same must hold
        program.send_signal(signal.SIGINT)
        try:
            _, errors = program.communicate(timeout=DEADLINE_S)
        finally:
            program.kill()
        assert program.returncode in (0, 130), errors  # 130: it had not understood yet that it should run a bridge
        assert errors == ""


@pytest.mark.parametrize(
    "module",
    ["serialbridge_gui.profile", "PySide6.QtCore", "PySide6.QtNetwork", "serial", "serialbridge_gui.console_bridge",
     "serialbridge_gui.engine.bridge"],
)  # fmt: skip
def test_interrupt_during_an_import_ends_it_with_0_and_no_traceback(module: str) -> None:
    script = f"""
import os, signal, sys
from serialbridge_gui import cli
class Interrupt:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Interrupt())
sys.exit(cli.main())
"""
    done = subprocess.run(
        [sys.executable, "-c", script, "run", "sim://echo", *ANY],
        env=console_environment(), capture_output=True, text=True, timeout=DEADLINE_S, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_interrupt_sent_to_a_script_s_background_job_ends_it() -> None:
    script = 'trap "" INT; exec "$@"'  # what a shell without job control does for `program &`
    program = subprocess.Popen(
        ["sh", "-c", script, "sh", *console_command("run", "sim://echo", *ANY)],
        env=console_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    with program:
        assert program.stdout is not None
        assert program.stdout.readline().startswith("listening on ")
        program.send_signal(signal.SIGINT)
        try:
            _, errors = program.communicate(timeout=DEADLINE_S)
        finally:
            program.kill()
        assert (program.returncode, errors) == (0, "")


def test_hang_up_that_nohup_ignores_stays_ignored() -> None:
    with PtyDevice() as device:
        program = subprocess.Popen(
            ["nohup", *console_command("run", device.path, *ANY)], env=console_environment(),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        with program:
            assert program.stdout is not None
            port = int(program.stdout.readline().rpartition(":")[2])
            program.send_signal(signal.SIGHUP)
            with connect(("127.0.0.1", port)) as client:
                client.sendall(b"still here")
                assert device.read(10) == b"still here"
            program.send_signal(signal.SIGTERM)
            program.communicate(timeout=DEADLINE_S)
            assert program.returncode == 0
