"""Who a program is by its command line, and which one is at the other end of a connection of this machine."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from serialbridge_gui.engine import client_program
from serialbridge_gui.engine.client_names import Ends, end_of
from serialbridge_gui.engine.client_program import MAX_NAME, guest_that_dials, program_of, programs_at
from tests.engine.running import DEADLINE_S
from tests.guest import StandIn

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no links to programs for everybody")

QEMU = "/usr/bin/qemu-system-x86_64"


@pytest.mark.parametrize(
    ("name", "line", "guest", "hypervisor"),
    [
        ("qemu-system-x86_64", f"{QEMU} -name win10 -m 4096", "win10", "QEMU"),
        ("qemu-system-x86_64", f"{QEMU} -m 4096", "", "QEMU"),
        ("qemu-system-x86_64", f"{QEMU} -name guest=win10,debug-threads=on -S", "win10", "QEMU"),
        ("kvm", "/usr/bin/kvm -id 100 -name win10,debug-threads=on -no-shutdown", "win10", "QEMU"),
        ("qemu-kvm", "/usr/libexec/qemu-kvm -name debug-threads=on,guest=a,,b -S", "a,b", "QEMU"),
        ("qemu-system-x86_64", f"{QEMU} -name a=b", "", "QEMU"),
        ("qemu-system-x86_64", f"{QEMU} -name", "", "QEMU"),
        ("its own process name", f"{QEMU} --name guest=plc,process=x", "plc", "QEMU"),
        ("qemu-system-aarch64w.exe", r"C:\qemu\qemu-system-aarch64w.exe -name plc", "plc", "QEMU"),
        ("QEMULauncher", "/Applications/UTM.app/QEMULauncher -name plc", "plc", "QEMU"),
        ("qemu-system-i386", "/usr/lib/xen/bin/qemu-system-i386 -xen-domid 5 -name plc -serial x", "plc", "Xen"),
        ("qemu-dm", "/usr/lib/xen/bin/qemu-dm -d 5 -domain-name plc -vnc x", "plc", "Xen"),
        ("VBoxHeadless", "/usr/lib/virtualbox/VBoxHeadless --comment plc --startvm 0f3c", "plc", "VirtualBox"),
        ("VBoxHeadless", "/usr/lib/virtualbox/VBoxHeadless -s plc", "plc", "VirtualBox"),
        (
            "VBoxHeadless",
            "/usr/lib/virtualbox/VBoxHeadless --startvm 0f3c1b1a-2222-4333-8444-555566667777",
            "",
            "VirtualBox",
        ),
        ("VirtualBoxVM.exe", r"C:\VirtualBoxVM.exe --comment plc --startvm 0f3c", "plc", "VirtualBox"),
        ("vmware-vmx", "/usr/lib/vmware/bin/vmware-vmx -s vmx.stdio.keep=TRUE -# x /vm/plc/plc.vmx", "plc", "VMware"),
        ("vmware-vmx.exe", r"C:\vmware-vmx.exe -# x D:\vm\plc.VMX", "plc", "VMware"),
        ("vmware-vmx", "", "", "VMware"),
        ("socat", "socat - TCP:127.0.0.1:4001", "socat", ""),
        ("putty.exe", r"C:\putty.exe -name x", "putty", ""),
        ("python3", "python3 qemu-system-x86_64 -name x", "python3", ""),
    ],
)
def test_guest_is_known_by_its_hypervisor_s_command_line(name: str, line: str, guest: str, hypervisor: str) -> None:
    program = program_of(name, line.split())
    assert (program.name, program.hypervisor) == (guest, hypervisor)


def test_name_with_spaces_and_a_long_one() -> None:
    assert program_of("kvm", ["kvm", "-name", "guest=Old PC,debug-threads=on"]).name == "Old PC"
    long = program_of("kvm", ["kvm", "-name", "x" * 100_000]).name
    assert len(long) == MAX_NAME
    assert long.endswith("x…")


@contextmanager
def connected(folder: Path, *arguments: str, host: str = "127.0.0.1", name: str = "kvm") -> Iterator[Ends]:
    """A stand-in has connected to this test; both ends."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with (
        socket.create_server((host, 0), family=family, dualstack_ipv6=host == "::") as listener,
        StandIn(folder, ("127.0.0.1" if host == "::" else host, listener.getsockname()[1]), *arguments, name=name),
    ):
        listener.settimeout(DEADLINE_S)
        sock, _ = listener.accept()
        with sock:
            yield end_of(sock.getsockname()), end_of(sock.getpeername())


@posix_only
@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "::"])
def test_program_at_the_other_end_is_found(tmp_path: Path, host: str) -> None:
    with connected(tmp_path, "-name", "guest=win10,debug-threads=on", host=host) as ends:
        found = programs_at({7: ends, 8: (("127.0.0.1", 1), ("127.0.0.1", 2))})
    assert {number: (each.name, each.hypervisor) for number, each in found.items()} == {7: ("win10", "QEMU")}


@posix_only
def test_program_is_found_where_the_system_tells_only_process_by_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(_kind: str) -> None:
        raise psutil.AccessDenied

    monkeypatch.setattr(psutil, "net_connections", denied)
    with connected(tmp_path, name="socat") as ends:
        assert programs_at({7: ends})[7].name == "socat"


def test_this_program_itself_is_not_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_connection(listener.getsockname()) as client:
        sock, _ = listener.accept()
        with sock:
            assert programs_at({1: (end_of(sock.getsockname()), end_of(client.getsockname()))}) == {}


@posix_only
def test_guest_of_another_user_is_known_by_the_port_on_its_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = client_program._connections

    def hidden() -> Iterator[client_program.Connection]:
        for row in everything():
            yield client_program.Connection(row.laddr, row.raddr, row.pid if row.pid == os.getpid() else None)

    monkeypatch.setattr(client_program, "_connections", hidden)
    with connected(tmp_path, "-name", "win10") as ends:
        assert programs_at({7: ends}) == {}  # its arguments do not say which port is its
        port = ends[0][1]
        dials = f"socket,id=com0,host=127.0.0.1,port={port},reconnect=1"
        with connected(tmp_path, "-name", "guest=plc", "-chardev", dials):
            assert programs_at({7: ends})[7].name == "plc"
            with connected(tmp_path, "-name", "other", "-serial", f"tcp:127.0.0.1:{port},reconnect=1"):
                assert guest_that_dials(port, os.getuid()) is None  # there are two
            assert guest_that_dials(port // 10, os.getuid()) is None
            assert guest_that_dials(port, os.getuid() + 1) is None
            monkeypatch.setattr(client_program, "_owner", lambda *_ports: os.getuid() + 1)
            assert programs_at({7: ends}) == {}  # a third user's program has the port before the guest
