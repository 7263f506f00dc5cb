"""`serialbridge profiles …`, `ports`, and what `run --profile` makes of them."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path
from typing import Any

import pytest

from serialbridge_gui.cli import main
from serialbridge_gui.engine.ports import PortInfo
from serialbridge_gui.profile import DeviceIdentity
from tests.devices import EchoDevice
from tests.end2end.peers import connect, receive
from tests.engine.running import receive_all
from tests.processes import ConsoleBridge, run_console


def exported(path: Path, **fields: Any) -> Path:
    """A file as another machine would have exported it."""
    document = {"format_version": 1, "name": "Scale", "serial": {"device": "sim://echo"}, **fields}
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def profiles(config: Path, *arguments: str, code: int = 0) -> str:
    done = run_console("profiles", *arguments, "--config-dir", str(config))
    assert done.returncode == code, done.stderr
    if code:
        assert done.stdout == ""
        assert done.stderr.count("\n") == 1
        return done.stderr
    assert done.stderr == ""
    return done.stdout


def test_json_is_json_where_standard_output_is_in_an_old_code_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "Zähler 中文 😀"
    profiles(tmp_path, "import", str(exported(tmp_path / "in", name=name)))
    shown = profiles(tmp_path, "show", name)
    assert name in shown
    monkeypatch.setenv("PYTHONIOENCODING", "cp1252")
    escaped = profiles(tmp_path, "show", name)
    assert escaped.isascii()
    assert json.loads(escaped) == json.loads(shown)


def test_life_of_a_profile(tmp_path: Path) -> None:
    config, copy = tmp_path / "config", tmp_path / "copy"
    assert profiles(config, "list") == ""
    file = exported(tmp_path / "in", listen={"host": "127.0.0.1", "port": 4007})
    assert profiles(config, "import", str(file)) == "Scale\n"
    assert profiles(config, "import", str(file)) == "Scale (2)\n"
    assert profiles(config, "list").splitlines() == [
        "Scale\tsim://echo\t127.0.0.1:4007",
        "Scale (2)\tsim://echo\t127.0.0.1:4007",
    ]
    shown = json.loads(profiles(config, "show", "Scale"))
    assert (shown["name"], shown["serial"]["device"], shown["listen"]["port"]) == ("Scale", "sim://echo", 4007)
    assert json.loads(profiles(config, "show", shown["id"])) == shown
    profiles(config, "export", "Scale", str(copy))
    document = json.loads(copy.read_text(encoding="utf-8"))
    assert document.pop("format_version") == 1
    assert document == {name: value for name, value in shown.items() if name != "id"}
    profiles(config, "delete", "Scale")
    assert profiles(config, "list") == "Scale (2)\tsim://echo\t127.0.0.1:4007\n"


def test_profile_that_dials_out_is_listed_with_where_it_connects(tmp_path: Path) -> None:
    file = exported(tmp_path / "in", connect={"host": "fe80::1", "port": 4009}, mode="rfc2217")
    profiles(tmp_path, "import", str(file))
    assert profiles(tmp_path, "list") == "Scale\tsim://echo\t→ [fe80::1]:4009\n"


@pytest.mark.parametrize("action", ["show", "export", "delete"])
def test_unknown_name_is_a_wrong_argument(tmp_path: Path, action: str) -> None:
    file = (str(tmp_path / "file"),) if action == "export" else ()
    assert "Scale" in profiles(tmp_path, action, "Scale", *file, code=2)
    assert not (tmp_path / "file").exists()


@pytest.mark.parametrize("content", [None, b"", b"\xff", b"[]", b'{"format_version": 9}', b" " * ((1 << 20) + 1)])
def test_file_that_is_no_profile_is_refused(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "file"
    if content is not None:
        file.write_bytes(content)
    assert str(file) in profiles(tmp_path, "import", str(file), code=1)
    assert profiles(tmp_path, "list") == ""


def test_export_to_where_nothing_can_be_written_says_so(tmp_path: Path) -> None:
    profiles(tmp_path, "import", str(exported(tmp_path / "in")))
    assert "/dev/null/x" in profiles(tmp_path, "export", "Scale", "/dev/null/x", code=1)


def test_broken_profile_is_named_while_the_others_are_listed(tmp_path: Path) -> None:
    profiles(tmp_path, "import", str(exported(tmp_path / "in")))
    broken = tmp_path / "profiles" / f"{'0' * 32}.json"
    broken.write_text("{")
    done = run_console("profiles", "list", "--config-dir", str(tmp_path))
    assert done.returncode == 0
    assert done.stdout == "Scale\tsim://echo\t127.0.0.1:4001\n"
    assert str(broken) in done.stderr
    assert "set aside" in done.stderr


def test_config_dir_may_stand_before_and_after_the_verb(tmp_path: Path) -> None:
    profiles(tmp_path, "import", str(exported(tmp_path / "in")))
    place = ("--config-dir", str(tmp_path))
    for arguments in (
        (*place, "profiles", "list"),
        ("profiles", *place, "list"),
        ("profiles", "list", *place),
        ("profiles", "list", f"--config-dir={tmp_path}"),
    ):
        assert run_console(*arguments).stdout.startswith("Scale\t"), arguments


@pytest.mark.parametrize("before", [True, False])
def test_profile_is_run_as_it_says(tmp_path: Path, before: bool) -> None:
    file = exported(tmp_path / "in", listen={"host": "::1", "port": 0}, clients={"access": "shared", "max_clients": 2})
    profiles(tmp_path, "import", str(file))
    place, run = ("--config-dir", str(tmp_path)), ("run", "--profile", "Scale", "--json")
    with ConsoleBridge(*(*place, *run) if before else (*run, *place)) as bridge:
        address = bridge.wait_listening()
        assert address[0] == "::1"
        with connect(address) as first, connect(address) as second, connect(address) as third:
            assert receive_all(third) == b""
            assert bridge.wait_event("client_refused")["reason"] == "full"
            first.sendall(b"both")
            assert receive(first, 4) == receive(second, 4) == b"both"
        assert bridge.stop() == 0


def test_options_override_the_profile_and_leave_the_saved_one_as_it_was(tmp_path: Path) -> None:
    serial: dict[str, Any] = {"device": "/dev/ttyUSB987", "baud_rate": 300, "parity": "E"}
    file = exported(tmp_path / "in", serial=serial, clients={"access": "shared", "max_clients": 5})
    profiles(tmp_path, "import", str(file))
    shown = profiles(tmp_path, "show", "Scale")
    with EchoDevice(tmp_path / "tty") as device:
        serial["device"] = device.path
        profiles(tmp_path, "import", str(exported(tmp_path / "in", name="Pty", serial=serial)))
        options = ("--baud", "9600", "--format", "8N1", "--listen", "127.0.0.1:0", "--clients", "exclusive")
        with ConsoleBridge("run", "--profile", "Pty", *options, "--json", "--config-dir", str(tmp_path)) as bridge:
            address = bridge.wait_listening()
            with connect(address) as client, connect(address) as other:
                assert receive_all(other) == b""
                assert bridge.wait_event("client_refused")["reason"] == "in_use"
                client.sendall(b"x")
                assert receive(client, 1) == b"x"
            assert bridge.stop() == 0
            assert not any("does not support" in line for line in bridge.stderr_lines)  # 8N1 came from the option
    assert profiles(tmp_path, "show", "Scale") == shown


def test_profile_that_dials_out_refuses_what_is_for_a_listener_in_one_line(tmp_path: Path) -> None:
    file = exported(tmp_path / "in", connect={"host": "plant", "port": 4009})
    profiles(tmp_path, "import", str(file))
    done = run_console("run", "--profile", "Scale", "--allow", "10.0.0.0/8", "--config-dir", str(tmp_path))
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "--allow" in done.stderr
    assert "give --listen" in done.stderr


def test_ports_can_be_listed_as_text_and_as_json() -> None:
    done = run_console("ports", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    fields = {"device", "description", "vid", "pid", "serial_number", "location", "manufacturer"}
    listed = json.loads(done.stdout)
    assert all(set(port) == fields for port in listed)
    text = run_console("ports")
    assert (text.returncode, text.stderr) == (0, "")
    assert [line.split()[0] for line in text.stdout.splitlines()] == [port["device"] for port in listed]


def test_broken_profile_is_named_when_a_bridge_asks_for_it(tmp_path: Path) -> None:
    directory = tmp_path / "profiles"
    directory.mkdir()
    (directory / "0123456789abcdef0123456789abcdef.json").write_text("{ not JSON")
    done = run_console("run", "--profile", "Scale", "--config-dir", str(tmp_path))
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "0123456789abcdef0123456789abcdef.json is broken" in done.stderr


def test_file_that_is_no_profile_is_refused_with_a_remedy(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("no profile")
    done = run_console("profiles", "import", str(file), "--config-dir", str(tmp_path))
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert done.stderr.endswith(" Choose another file, or export it again.\n")


def test_ports_json_has_exactly_the_promised_fields(monkeypatch: pytest.MonkeyPatch) -> None:
    identity = DeviceIdentity(vid=1, pid=2, serial_number="A1")
    port = PortInfo("COM5", "an adapter", 1, 2, "A1", "1-2", "maker", identity)
    monkeypatch.setattr("serialbridge_gui.engine.ports.present_ports", lambda: (port,))
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        assert main(["ports", "--json"]) == 0
    assert json.loads(printed.getvalue()) == [
        {
            "device": "COM5", "description": "an adapter", "vid": 1, "pid": 2, "serial_number": "A1",
            "location": "1-2", "manufacturer": "maker",
        }
    ]  # fmt: skip


def test_profile_of_another_adapter_is_refused_in_one_line(tmp_path: Path) -> None:
    with EchoDevice(tmp_path / "ttyUSB0") as device:
        serial = {"device": device.path, "identity": {"vid": 0x0403, "pid": 0x6001, "serial_number": "A1"}}
        profiles(tmp_path, "import", str(exported(tmp_path / "in", serial=serial)))
        done = run_console("run", "--profile", "Scale", "--listen", "127.0.0.1:0", "--config-dir", str(tmp_path))
        assert not device.is_open
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert f"{device.path} is another adapter" in done.stderr


def test_profile_that_disconnects_its_clients_on_loss_does_so(tmp_path: Path) -> None:
    with EchoDevice(tmp_path / "ttyUSB0") as device:
        file = exported(tmp_path / "in", serial={"device": device.path}, on_device_loss="close")
        profiles(tmp_path, "import", str(file))
        with ConsoleBridge(
            "run", "--profile", "Scale", "--listen", "127.0.0.1:0", "--json", "--config-dir", str(tmp_path)
        ) as bridge, connect(bridge.wait_listening()) as client:
            bridge.wait_event("client_connected")
            device.unplug()
            assert receive_all(client) == b""
            assert bridge.wait_event("client_disconnected")["reason"] == "device_lost"
            device.plug()
            assert bridge.wait_event("device_back")["device"] == device.path
            assert bridge.stop() == 0


def test_ser2net_file_is_imported_with_a_line_for_each_thing_that_is_not_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "ser2net.yaml"
    file.write_text(
        "%YAML 1.1\n---\n"
        "connection: &scale\n  accepter: tcp,3001\n  connector: serialdev,/dev/ttyUSB0,115200n81,local\n"
        "  options: {banner: hello, kickolduser: true}\n"
        "connection: &plc\n  accepter: tcp,localhost,3002\n  connector: serialdev,/dev/ttyS1,9600e71\n"
        "rotator: &any\n  accepter: tcp,99\n"
    )
    done = run_console("profiles", "import", str(file), "--config-dir", str(tmp_path))
    assert (done.returncode, done.stdout) == (0, "scale\nplc\n")
    lines = done.stderr.splitlines()
    assert len(lines) == 3
    assert all(line.startswith("serialbridge: ") for line in lines)
    assert "scale: “banner”" in lines[0]
    assert "other machines can reach the device" in lines[1]
    assert "Line 10: “rotator any”" in lines[2]
    assert profiles(tmp_path, "list") == "plc\t/dev/ttyS1\tlocalhost:3002\nscale\t/dev/ttyUSB0\t0.0.0.0:3001\n"
    shown = json.loads(profiles(tmp_path, "show", "scale"))
    assert shown["clients"]["access"] == "replace"


def test_socat_line_is_imported_and_what_has_no_bridge_is_refused_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "run.sh"
    file.write_text("#!/bin/sh\nsocat TCP-LISTEN:4001,bind=127.0.0.1,fork,max-children=1 /dev/ttyUSB0,raw,b9600\n")
    assert profiles(tmp_path, "import", str(file)) == "ttyUSB0\n"
    file.write_text("socat - TCP:somewhere:80\n")
    said = profiles(tmp_path, "import", str(file), code=1)
    assert str(file) in said
    assert "Line 1" in said
    assert len(profiles(tmp_path, "list").splitlines()) == 1
