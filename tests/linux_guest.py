"""Debian's own kernel with a shell on its first serial port: fetched by apt, not installed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

from tests.guest import Guest

KERNEL = "linux-image-cloud-amd64"
"""The smallest of Debian's; it has the 16550's driver within."""
FETCH_S: Final = 120
MACHINE = ("-machine", "pc,accel=tcg", "-cpu", "max", "-m", "256", "-display", "none", "-nodefaults", "-no-reboot")
COMMAND_LINE = "console=ttyS0,115200 mitigations=off nokaslr panic=-1"
PROMPT = b"guest:/# "
INIT = f"""#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t devtmpfs dev /dev
mount -t proc proc /proc
echo 1 > /proc/sys/kernel/printk
export PATH=/bin PS1='{PROMPT.decode()}'
exec setsid cttyhack sh -i </dev/ttyS0 >/dev/ttyS0 2>&1
"""

needs_apt = pytest.mark.skipif(
    not (shutil.which("apt-get") and shutil.which("dpkg")) or os.uname().machine != "x86_64",
    reason="the kernel comes from Debian's packages for x86-64",
)


class LinuxGuest(Guest):
    """Boots at once; its boot log and then a shell's prompt come over its first serial port."""

    def __init__(self, folder: Path, arguments: Sequence[str]) -> None:
        """Fetches 40 MB into `folder`; skips the test where nobody gives them."""
        kernel = _unpacked(_kernel_package(), folder / "kernel", "boot/vmlinuz-*")
        busybox = _unpacked("busybox-static", folder / "busybox", "**/bin/busybox")
        initrd = folder / "initrd"
        initrd.write_bytes(archive([("bin", 0o40755, b""), ("dev", 0o40755, b""), ("proc", 0o40755, b""),
                                    ("bin/busybox", 0o100755, busybox.read_bytes()),
                                    ("init", 0o100755, INIT.encode())]))  # fmt: skip
        boot = ("-kernel", str(kernel), "-initrd", str(initrd), "-append", COMMAND_LINE)
        super().__init__(folder, [*MACHINE, *boot, *arguments])


def archive(files: Sequence[tuple[str, int, bytes]]) -> bytes:
    """Name, mode and content of each, as the kernel reads them (cpio's "newc")."""
    out = bytearray()
    for number, (name, mode, content) in enumerate([*files, ("TRAILER!!!", 0, b"")], 1):
        fields = (number, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name) + 1, 0)
        out += b"070701" + b"".join(b"%08X" % field for field in fields) + name.encode() + b"\0"
        out += bytes(-len(out) % 4)
        out += content + bytes(-len(content) % 4)
    return bytes(out)


def _kernel_package() -> str:
    """The package with the kernel that KERNEL stands for now."""
    ask = ["apt-cache", "depends", KERNEL]
    said = subprocess.run(ask, capture_output=True, text=True, timeout=FETCH_S, check=False)
    found = re.search(r"Depends: (linux-image-\S+-cloud-amd64)", said.stdout)
    if found is None:
        pytest.skip(f"apt knows no {KERNEL}; try apt-get update")
    return found[1]


def _unpacked(package: str, folder: Path, pattern: str) -> Path:
    """The file of a package that apt offers."""
    folder.mkdir()
    fetch = ["apt-get", "download", "-q", "-o", "APT::Sandbox::User=root", package]
    done = subprocess.run(fetch, cwd=folder, capture_output=True, text=True, timeout=FETCH_S, check=False)
    if done.returncode:
        pytest.skip(f"apt does not give {package}: {done.stderr.strip()[-200:]}")
    subprocess.run(["dpkg", "-x", next(folder.glob("*.deb")), folder], timeout=FETCH_S, check=True)
    return next(folder.glob(pattern))
