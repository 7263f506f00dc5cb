"""`serialbridge run pty:LINK`: a serial port for the programs of this machine."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import serial

from tests.devices import PtyDevice
from tests.end2end.peers import DEADLINE_S, Background, connect, receive
from tests.end2end.test_console_refusals import refusal
from tests.processes import ConsoleBridge, run_console

ANY = ("--listen", "127.0.0.1:0", "--json")
MEGABYTE = 1 << 20

WITHOUT_RIGHTS = ["setpriv", "--bounding-set", "-sys_admin"]
"""Root may open a tty that is locked by TIOCEXCL, as others may not."""

LOCK_AND_SAY = """
import errno, fcntl, os, sys, termios, time
while True:
    try:
        fd = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
        break
    except OSError as error:
        if error.errno not in (errno.EBUSY, errno.ENOENT):
            raise
        time.sleep(0.005)  # the bridge notices soon that the one before has left
fcntl.ioctl(fd, termios.TIOCEXCL)
os.write(fd, sys.argv[2].encode())
"""


@pytest.fixture
def link(tmp_path: Path) -> Path:
    return tmp_path / "com"


def client_of(bridge: ConsoleBridge) -> socket.socket:
    """A client that has been let in: what the port says from now on is for it."""
    client = connect(bridge.wait_listening())
    bridge.wait_event("client_connected")
    return client


def opened(link: Path) -> serial.Serial:
    return serial.Serial(str(link), 115200, timeout=DEADLINE_S, write_timeout=DEADLINE_S)


def test_pyserial_exchanges_a_megabyte_each_way_at_once(link: Path) -> None:
    to_program, to_client = os.urandom(MEGABYTE), os.urandom(MEGABYTE)
    with ConsoleBridge("run", f"pty:{link}", *ANY) as bridge:
        with client_of(bridge) as client, opened(link) as port:
            senders = [Background(lambda: client.sendall(to_program)), Background(lambda: port.write(to_client))]
            program_end = Background(lambda: port.read(MEGABYTE))
            assert receive(client, MEGABYTE) == to_client
            assert program_end.result() == to_program
            for sender in senders:
                sender.result()
        assert bridge.stop() == 0
    assert list(link.parent.iterdir()) == []


def test_device_of_one_bridge_is_a_port_of_the_other_ones_machine(link: Path) -> None:
    data = os.urandom(MEGABYTE)
    with (
        PtyDevice() as device,
        ConsoleBridge("run", device.path, *ANY) as far,
        ConsoleBridge("run", f"pty:{link}", *ANY) as near,
        client_of(far) as far_end,
        client_of(near) as near_end,
        opened(link) as port,
    ):
        copies = [Background(lambda: copy(far_end, near_end)), Background(lambda: copy(near_end, far_end))]
        device.pump([data])
        assert port.read(MEGABYTE) == data
        device.wait_pumped()
        sender = Background(lambda: port.write(data))
        assert device.read(MEGABYTE) == data
        sender.result()
        for end in (far_end, near_end):
            end.shutdown(socket.SHUT_RDWR)
        for each in copies:
            each.result()


def copy(source: socket.socket, target: socket.socket) -> None:
    """What a bridge that dials out does, in small."""
    while data := source.recv(65536):
        target.sendall(data)


def test_killed_bridge_leaves_a_link_that_the_next_one_replaces(link: Path) -> None:
    with ConsoleBridge("run", f"pty:{link}", *ANY) as bridge:
        bridge.wait_listening()
        bridge.process.send_signal(signal.SIGKILL)
        bridge.wait_exit()
    assert link.is_symlink()
    with ConsoleBridge("run", f"pty:{link}", *ANY) as bridge:
        with client_of(bridge) as client, opened(link) as port:
            port.write(b"again")
            assert receive(client, 5) == b"again"
        assert bridge.stop() == 0
    assert list(link.parent.iterdir()) == []


def test_second_bridge_on_the_link_is_told_who_has_it(link: Path) -> None:
    with ConsoleBridge("run", f"pty:{link}", *ANY) as bridge:
        bridge.wait_listening()
        target = os.readlink(link)
        line = refusal(run_console("run", f"pty:{link}", *ANY), 1)
        assert str(link) in line
        assert "in use by" in line
        assert not sys.platform.startswith("linux") or f"({bridge.pid})" in line
        assert os.readlink(link) == target
        assert bridge.stop() == 0


def test_refusals_name_the_link_and_the_way_out(link: Path) -> None:
    link.write_text("mine")
    line = refusal(run_console("run", f"pty:{link}", *ANY), 1)
    assert str(link) in line
    assert "Remove it, or choose another" in line
    assert link.read_text() == "mine"
    line = refusal(run_console("run", f"pty:{link.parent}/nowhere/com", *ANY), 1)
    assert f"{link.parent}/nowhere/com" in line
    assert os.strerror(2) in line
    assert "pty:/" in refusal(run_console("run", "pty:", *ANY), 1)


def test_ports_does_not_list_it(link: Path) -> None:
    with ConsoleBridge("run", f"pty:{link}", *ANY) as bridge:
        bridge.wait_listening()
        listed = json.loads(run_console("ports", "--json").stdout)
        assert not {str(link), os.readlink(link)} & {port["device"] for port in listed}


def test_picocom_talks_through_it(link: Path) -> None:
    if shutil.which("picocom") is None:
        pytest.skip("picocom is not installed")
    held, heard = b"held for picocom\n", threading.Event()
    with ConsoleBridge("run", f"pty:{link}", *ANY) as bridge, client_of(bridge) as client:

        def say_again() -> None:
            while not heard.wait(3):  # it throws away what is there when it opens: a busy machine may hold it up
                client.sendall(held)

        client.sendall(held)
        saying = threading.Thread(target=say_again)
        saying.start()
        with subprocess.Popen(
            ["picocom", "--quiet", "--baud", "9600", "--no-escape", str(link)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        ) as picocom:  # fmt: skip
            assert picocom.stdin is not None
            assert picocom.stdout is not None
            watchdog = threading.Timer(DEADLINE_S, picocom.kill)
            watchdog.start()
            try:
                assert picocom.stdout.readline() == held
                heard.set()
                saying.join()
                picocom.stdin.write(b"\x03\x11\x13\xff")
                picocom.stdin.flush()
                assert receive(client, 4) == b"\x03\x11\x13\xff"
                client.sendall(b"answer\xff\n")
                while (line := picocom.stdout.readline()) == held:
                    pass
                assert line == b"answer\xff\n"
            finally:
                heard.set()
                picocom.kill()
                watchdog.cancel()
                watchdog.join()
        assert bridge.stop() == 0


@pytest.mark.skipif(not shutil.which("setpriv"), reason="needs setpriv")
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks for Linux' capabilities")
def test_program_that_locks_the_port_and_leaves_does_not_lock_out_the_next_one(link: Path) -> None:
    within = WITHOUT_RIGHTS if os.geteuid() == 0 else []
    with ConsoleBridge("run", f"pty:{link}", *ANY, within=within) as bridge:
        with client_of(bridge) as client:
            for number in range(3):
                lock_and_say = [*within, sys.executable, "-c", LOCK_AND_SAY, str(link), str(number)]
                subprocess.run(lock_and_say, check=True, timeout=DEADLINE_S)
                assert receive(client, 1) == b"%d" % number
        assert bridge.stop() == 0
    assert list(link.parent.iterdir()) == []
