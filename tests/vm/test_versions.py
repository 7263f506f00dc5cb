"""Which version it is, from what people and programs say."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from serialbridge_gui.vm import versions
from serialbridge_gui.vm.recipe import Hypervisor, Version
from serialbridge_gui.vm.versions import installed_version, parse_version, version_said
from serialbridge_gui.vm.virsh import virsh_path


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("7.2", (7, 2)), ("9", (9,)), ("v9.2.0-rc1", (9, 2, 0)), (" 10.2.0 ", (10, 2, 0)),
        ("7.0.14r161095", (7, 0, 14)), ("1:7.2+dfsg-7+deb12u18", (7, 2)), ("9.2.0.1", (9, 2, 0, 1)),
        ("", None), ("new", None), ("-7.2", None), ("7.2; reboot", None), ("7.", None), ("7.2\n8", None),
        ("9" * 40, None),
    ],
)  # fmt: skip
def test_typed_version(text: str, version: Version | None) -> None:
    assert parse_version(text) == version


@pytest.mark.parametrize(
    ("hypervisor", "said", "version"),
    [
        (Hypervisor.QEMU, "QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)\n", (7, 2, 22)),
        (Hypervisor.QEMU, "usage: no\n", None),
        (Hypervisor.LIBVIRT, "9.0.0\n", (9, 0, 0)),
        (Hypervisor.XEN, "release : 6.1.0\nxen_major : 4\nxen_version            : 4.17.3\n", (4, 17, 3)),
        (Hypervisor.VIRTUALBOX, "WARNING: The vboxdrv kernel module is not loaded.\n7.0.14r161095\n", (7, 0, 14)),
        (Hypervisor.VIRTUALBOX, "6.1.50_Ubuntur161033\n", (6, 1, 50)),
        (Hypervisor.VMWARE, "VMware ESXi 8.0\n", None),
    ],
)
def test_said_version(hypervisor: Hypervisor, said: str, version: Version | None) -> None:
    assert version_said(hypervisor, said) == version


def program(folder: Path, name: str, script: str) -> None:
    folder.joinpath(name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    folder.joinpath(name).chmod(0o755)


@pytest.mark.skipif(sys.platform == "win32", reason="shell scripts")
def test_installed_version_is_asked_of_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path, "virsh", 'test "$1" = --version && echo 8.5.0')
    program(tmp_path, "VBoxManage", "exit 1")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(versions, "ASK_S", 60.0)  # a busy machine holds a program up
    assert installed_version(Hypervisor.LIBVIRT) == (8, 5, 0)
    assert installed_version(Hypervisor.VIRTUALBOX) is None
    assert installed_version(Hypervisor.XEN) is None


@pytest.mark.skipif(sys.platform == "win32", reason="shell scripts")
def test_program_in_the_working_folder_is_not_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path, "virsh", "echo 8.5.0")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", ".")
    assert installed_version(Hypervisor.LIBVIRT) is None
    assert virsh_path() is None


@pytest.mark.skipif(sys.platform == "win32", reason="shell scripts")
def test_program_that_hangs_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("qemu-system-x86_64", "qemu-system-aarch64", "qemu-kvm"):
        program(tmp_path, name, "exec sleep 60")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(versions, "ASK_S", 0.5)
    given: list[float] = []
    run = subprocess.run

    def noted(*arguments: Any, timeout: float, **options: Any) -> Any:
        given.append(timeout)
        return run(*arguments, timeout=timeout, **options)

    monkeypatch.setattr(subprocess, "run", noted)
    assert installed_version(Hypervisor.QEMU) is None
    assert given
    assert given[0] <= 0.5
    assert all(timeout <= 0 for timeout in given[1:])  # all of them together have it, not each
