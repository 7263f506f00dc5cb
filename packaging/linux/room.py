"""A clean Debian to install into: a folder made by debootstrap, used through a layer that is thrown away.

Everything happens in private namespaces: nothing is mounted outside, and what was started there ends with it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

UNSHARED: Final = "SERIALBRIDGE_ROOM"
KEYRING: Final = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
USER: Final = 1000
"""Who tries the programs: an ordinary account, as a person has."""


def in_private_namespaces(cache: Path, arguments: Sequence[str]) -> Path:
    """Start package.py anew with `arguments`, in namespaces of its own, and end with its exit code.

    There it returns a folder to use, which is removed at the end: by the first of the two, since only then what is
    mounted in it is gone.
    """
    if UNSHARED in os.environ:
        return Path(os.environ[UNSHARED])
    cache.mkdir(parents=True, exist_ok=True)
    again = [sys.executable, str(Path(__file__).parents[1] / "package.py"), "linux", *arguments]
    command = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", *again]
    with tempfile.TemporaryDirectory(dir=cache) as folder:
        done = subprocess.run(command, env={**os.environ, UNSHARED: folder}, check=False)
    raise SystemExit(done.returncode)


def host_proxy() -> dict[str, str]:
    """The environment that lets others fetch packages the way this machine's apt does."""
    said = output("apt-config", "shell", "http_proxy", "Acquire::http::Proxy")
    found = re.search(r"http_proxy='([^']+)'", said)
    return {"http_proxy": found[1]} if found else {}


def host_mirror() -> list[str]:
    """The mirror that this machine's apt uses for Debian; debootstrap knows one itself."""
    sites = output("apt-get", "indextargets", "--format", "$(SITE)", "Origin: Debian", "Created-By: Packages")
    return [site for site in sites.split() if site.startswith("http") and "security" not in site][:1]


def output(*command: str) -> str:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    return done.stdout


def make_base(suite: str, base: Path) -> None:
    """The clean Debian itself: a minute, once."""
    if (base / "etc/debian_version").exists():
        return
    unfinished = base.with_suffix(".new")
    shutil.rmtree(unfinished, ignore_errors=True)
    base.parent.mkdir(parents=True, exist_ok=True)
    print(f"check: making a clean Debian {suite} (once; it takes a minute)", file=sys.stderr)
    log = base.with_suffix(".log")
    keyring = [f"--keyring={KEYRING}"] if KEYRING.exists() else []
    command = ["debootstrap", "--variant=minbase", *keyring, suite, str(unfinished), *host_mirror()]
    with open(log, "wb") as said:
        done = subprocess.run(
            command, env={**os.environ, **host_proxy()}, stdout=said, stderr=said, stdin=subprocess.DEVNULL, check=False
        )  # fmt: skip
    if done.returncode != 0:
        raise SystemExit(f"check: debootstrap failed; {log} tells why")
    unfinished.rename(base)


class Room:
    """The clean Debian with a layer of its own over it. Only in private namespaces; `folder` is thrown away."""

    def __init__(self, base: Path, folder: Path) -> None:
        self.root = folder / "root"
        for name in ("upper", "work", "root"):
            (folder / name).mkdir()
        layers = f"lowerdir={base},upperdir={folder / 'upper'},workdir={folder / 'work'}"
        mount("-t", "overlay", "overlay", "-o", layers, str(self.root))
        mount("-t", "proc", "proc", str(self.root / "proc"))
        mount("--rbind", "/dev", str(self.root / "dev"))
        shutil.copyfile("/etc/resolv.conf", self.root / "etc/resolv.conf")
        # Where an installation starts services, it would start them on this machine.
        policy = self.root / "usr/sbin/policy-rc.d"
        policy.write_text("#!/bin/sh\nexit 101\n", encoding="utf-8")
        policy.chmod(0o755)
        self.run("useradd", "--create-home", f"--uid={USER}", "tester")

    def run(self, *command: str, timeout_s: float = 500, check: bool = True) -> str:
        """As root; what it printed. Raises SystemExit if it failed."""
        return self._run(["chroot", str(self.root), *command], command, timeout_s, check, {"HOME": "/root"})

    def run_as_user(self, *command: str, timeout_s: float = 120, check: bool = True, display: str = "") -> str:
        enter = ["chroot", f"--userspec={USER}:{USER}", str(self.root), *command]
        environment = {"HOME": "/home/tester", **({"DISPLAY": display} if display else {})}
        return self._run(enter, command, timeout_s, check, environment)

    def start_as_user(self, *command: str, display: str) -> subprocess.Popen[bytes]:
        enter = ["chroot", f"--userspec={USER}:{USER}", str(self.root), *command]
        environment = {**clean_environment(), "HOME": "/home/tester", "DISPLAY": display}
        return subprocess.Popen(enter, env=environment, stdin=subprocess.DEVNULL)

    def _run(
        self, enter: list[str], command: Sequence[str], timeout_s: float, check: bool, more: dict[str, str]
    ) -> str:
        done = subprocess.run(
            enter, env={**clean_environment(), **more}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, encoding="utf-8", errors="replace", timeout=timeout_s, check=False,
        )  # fmt: skip
        if check and done.returncode != 0:
            raise SystemExit(f"check: `{' '.join(command)}` ended with {done.returncode}:\n{done.stdout}")
        return done.stdout

    def show_displays(self) -> None:
        """Screens of this machine can be reached from inside: nothing of X need be installed there."""
        inside = self.root / "tmp/.X11-unix"
        inside.mkdir(exist_ok=True)
        mount("--bind", "/tmp/.X11-unix", str(inside))


def clean_environment() -> dict[str, str]:
    path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    return {"PATH": path, "LANG": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive", **host_proxy()}


def mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True)
