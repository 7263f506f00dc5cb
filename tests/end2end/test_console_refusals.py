"""What cannot be done: the exit code, an empty standard output, and one line that says what and what to do."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from serialbridge_gui.profile import Profile, SerialSettings
from serialbridge_gui.profile_store import ProfileStore
from tests.devices import PtyDevice
from tests.end2end.peers import connect
from tests.processes import DEADLINE_S, ConsoleBridge, console_command, console_environment, run_console

ANY = ("--listen", "127.0.0.1:0")


def refusal(done: subprocess.CompletedProcess[str], code: int) -> str:
    """The one line, once everything else is as it should be."""
    assert done.returncode == code, done.stderr
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1, done.stderr
    assert done.stderr.endswith("\n")
    assert "usage:" not in done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr.removeprefix("serialbridge: ").rstrip()


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("run", "sim://echo", "--colour", "red"), "--colour"),
        (("fly",), "fly"),
        ((), "VERB"),
        (("profiles",), "ACTION"),
        (("profiles", "rename", "a"), "rename"),
        (("profiles", "show"), "NAME"),
        (("run",), "DEVICE"),
        (("run", "sim://echo", "--profile", "x"), "DEVICE"),
        (("run", "sim://echo", "another"), "another"),
        (("run", ""), "device"),
        (("run", "a\nb"), "device"),
        (("run", "sim://echo", "--listen", "127.0.0.1:65536"), "127.0.0.1:65536"),
        (("run", "sim://echo", "--listen", "127.0.0.1:http"), "127.0.0.1:http"),
        (("run", "sim://echo", "--listen", "4001"), "4001"),
        (("run", "sim://echo", "--listen", "::1:4001"), "::1:4001"),
        (("run", "sim://echo", "--listen"), "--listen"),
        (("run", "sim://echo", "--format", "9N1"), "9N1"),
        (("run", "sim://echo", "--format", "8N"), "8N"),
        (("run", "sim://echo", "--baud", "0"), "'0'"),
        (("run", "sim://echo", "--baud", "-9600"), "--baud"),
        (("run", "sim://echo", "--baud", "fast"), "fast"),
        (("run", "sim://echo", "--baud", "9600.5"), "9600.5"),
        (("run", "sim://echo", "--flow", "maybe"), "maybe"),
        (("run", "sim://echo", "--dtr", "up"), "up"),
        (("run", "sim://echo", "--clients", "all"), "all"),
        (("run", "sim://echo", "--clients", "exclusive", "--max-clients", "5"), "5"),
        (("run", "sim://echo", "--clients", "replace", "--max-clients", "2"), "2"),
        (("run", "sim://echo", "--max-clients", "5"), "5"),
        (("run", "sim://echo", "--clients", "shared", "--max-clients", "501"), "max-clients"),
        (("run", "sim://echo", "--clients", "shared", "--max-clients", "0"), "max-clients"),
        (("run", "sim://echo", "--clients", "shared", "--max-clients", "some"), "some"),
        (("run", "sim://echo", "--clients", "shared", "--max-clients", "1_0"), "1_0"),
        (("run", "sim://echo", "--idle-timeout", "-1"), "--idle-timeout"),
        (("run", "sim://echo", "--idle-timeout", "nan"), "nan"),
        (("run", "sim://echo", "--show", "all"), "all"),
        (("run", "sim://echo", "--bau", "9600"), "--bau"),
        (("run", "sim://moon", "--list", "127.0.0.1:0"), "--list"),
        (("run", "sim://echo", "--listen", "127.0.0.1:0", "--connect", "plant:4001"), "--listen"),
        (("run", "sim://echo", "--connect", "plant:0"), "plant:0"),
        (("run", "sim://echo", "--connect", "plant"), "'plant'"),
        (("run", "sim://echo", "--connect", "plant:4001", "--clients", "shared"), "--clients shared"),
        (("run", "sim://echo", "--connect", "plant:4001", "--clients", "monitor"), "--clients monitor"),
        (("run", "sim://echo", "--connect", "plant:4001", "--max-clients", "1"), "--max-clients"),
        (("run", "sim://echo", "--connect", "plant:4001", "--allow", "10.0.0.0/8"), "--allow"),
        (("run", "sim://echo", "--connect", "plant:4001", "--tls-cert", "a", "--tls-key", "b"), "--tls-cert"),
        (("run", "sim://echo", "--connect", "plant:4001", "--tls-client-ca", "c"), "--tls-client-ca"),
        (("run", "sim://echo", "--connect", "plant:4001", "--announce"), "--announce"),
        (("run", "sim://echo", "--mode", "telnet"), "telnet"),
        (("run", "sim://echo", "--allow", "300.1.1.1"), "300.1.1.1"),
        (("run", "sim://echo", "--allow", "10.0.0.0/8", "--allow", "example.com"), "example.com"),
        (("run", "sim://echo", "--allow", "10.0.0.0/33"), "10.0.0.0/33"),
        (("run", "sim://echo", "--allow", ""), "--allow"),
        (("run", "sim://echo", "--tls-cert", "a"), "--tls-key FILE"),
        (("run", "sim://echo", "--tls-key", "b"), "--tls-cert FILE"),
        (("run", "sim://echo", "--tls-client-ca", "c"), "--tls-cert FILE"),
        (("run", "sim://echo", "--tls-cert", "", "--tls-key", "b"), "certificate"),
    ],
    ids=" ".join,
)
def test_wrong_arguments_end_with_2_and_name_the_culprit(arguments: tuple[str, ...], named: str) -> None:
    assert named in refusal(run_console(*arguments), 2)


def test_missing_device_is_named() -> None:
    line = refusal(run_console("run", "/dev/ttyUSB987", *ANY), 1)
    assert "/dev/ttyUSB987" in line
    assert "Plug in" in line


@pytest.mark.parametrize("device", ["sim://moon", "nosuch://x", "socket://nowhere", "loop://?what=1", "hwgrep://["])
def test_url_that_means_nothing_is_named(device: str) -> None:
    line = refusal(run_console("run", device, *ANY), 1)
    assert device in line
    assert line.endswith("Correct it, or choose another port.")


@pytest.mark.parametrize("device", ["/dev/null", "/tmp", "/etc/hostname"])
def test_device_that_is_no_serial_port_is_named(device: str) -> None:
    assert "not a serial port" in refusal(run_console("run", device, *ANY), 1)


@pytest.mark.skipif(not shutil.which("setpriv") or os.geteuid() != 0, reason="needs a right to give up, and setpriv")
def test_no_permission_names_the_group_that_may() -> None:
    powerless = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"]
    with PtyDevice() as device:
        os.chmod(device.path, 0o060)
        shutil.chown(device.path, group="dialout")
        done = subprocess.run(
            [*powerless, *console_command("run", device.path, *ANY)], env=console_environment(),
            capture_output=True, encoding="utf-8", timeout=DEADLINE_S, check=False,
        )  # fmt: skip
        line = refusal(done, 1)
        assert device.path in line
        assert "usermod -aG dialout " in line
        os.chmod(device.path, 0)
        done = subprocess.run(
            [*powerless, *console_command("run", device.path, *ANY)], env=console_environment(),
            capture_output=True, encoding="utf-8", timeout=DEADLINE_S, check=False,
        )  # fmt: skip
        assert "Only root may open" in refusal(done, 1)


def test_busy_device_names_its_holder() -> None:
    with PtyDevice() as device, ConsoleBridge("run", device.path, *ANY) as holder:
        holder.wait_listening()
        line = refusal(run_console("run", device.path, *ANY), 1)
        assert f"({holder.pid})" in line
        assert device.path in line


def test_address_in_use_is_named_and_the_device_is_left_alone() -> None:
    with PtyDevice() as device, socket.create_server(("127.0.0.1", 0)) as other:
        address = f"127.0.0.1:{other.getsockname()[1]}"
        line = refusal(run_console("run", device.path, "--listen", address), 1)
        assert address in line
        assert not device.is_open


@pytest.mark.parametrize("host", ["192.0.2.77", "no-such-host.invalid", "[2001:db8::77]"])
def test_address_that_is_not_ours_is_named(host: str) -> None:
    assert f"{host}:4001" in refusal(run_console("run", "sim://echo", "--listen", f"{host}:4001"), 1)


def test_unknown_profile_is_named(tmp_path: Path) -> None:
    line = refusal(run_console("run", "--profile", "Scale", "--config-dir", str(tmp_path)), 2)
    assert "Scale" in line


def test_with_json_a_refusal_leaves_standard_output_empty_too() -> None:
    refusal(run_console("run", "/dev/ttyUSB987", *ANY, "--json"), 1)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="Linux has a disk that is always full")
@pytest.mark.parametrize("arguments", [("ports",), ("profiles", "show", "Scale")], ids=" ".join)
def test_full_disk_behind_standard_output_is_told_in_one_line(arguments: tuple[str, ...], tmp_path: Path) -> None:
    ProfileStore(tmp_path).save(Profile(name="Scale", serial=SerialSettings(device="sim://echo")))
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            console_command(*arguments, "--config-dir", str(tmp_path)),
            env=console_environment(), stdout=full, stderr=subprocess.PIPE, encoding="utf-8", check=False,
            timeout=DEADLINE_S,
        )  # fmt: skip
    assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
    assert "Standard output" in done.stderr


def test_closed_standard_error_sends_no_message_to_standard_output() -> None:
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" 2>&-', "sh", *console_command("run", "/dev/ttyUSB987", *ANY)],
        env=console_environment(), stdout=subprocess.PIPE, timeout=DEADLINE_S, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, b"")


@pytest.mark.parametrize("arguments", [("--help",), ("run", "--help"), ("profiles", "import", "--help")])
def test_help_is_no_refusal(arguments: tuple[str, ...]) -> None:
    done = run_console(*arguments)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("usage: serialbridge")


def test_version_is_told() -> None:
    from serialbridge_gui import __version__

    assert run_console("--version").stdout == f"SerialBridge {__version__}\n"


def test_device_that_was_refused_once_can_be_used_by_the_next_try() -> None:
    with PtyDevice() as device:
        with socket.create_server(("127.0.0.1", 0)) as other:
            refusal(run_console("run", device.path, "--listen", f"127.0.0.1:{other.getsockname()[1]}"), 1)
        with ConsoleBridge("run", device.path, *ANY) as bridge, connect(bridge.wait_listening()) as client:
            client.sendall(b"free")
            assert device.read(4) == b"free"
