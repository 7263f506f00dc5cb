"""Tries the .deb: its files by the tools that judge such files, then in a clean Debian. `dev.py package linux check`.

check.py [--suite bookworm|trixie|…] [--deb FILE] [--cache DIR] [--shot FILE.png] [--skip-lintian]

As root on Debian or Ubuntu, with what is missing installed by apt. In the clean Debian: the console program with
nothing but what the package depends on; then the window on a virtual screen, with a picture of it; then the removal.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from identity import DIST, IDENTIFIER, PACKAGE, ROOT, version
from linux import control, room, shot

TOOLS: Final = {
    "appstreamcli": "appstream", "desktop-file-validate": "desktop-file-utils", "lintian": "lintian",
    "debootstrap": "debootstrap", "Xvfb": "xvfb", "unshare": "util-linux",
}  # fmt: skip
OPTIONAL_LIBRARIES: Final = "libqgtk3.so"
"""Used where a desktop with GTK is there, which then has its libraries."""


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="package linux check")
    parser.add_argument("--suite", default="bookworm")
    parser.add_argument("--deb", type=Path, default=DIST / f"{PACKAGE}_{control.debian_version()}_amd64.deb")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache/serialbridge-linux")
    parser.add_argument("--shot", type=Path, default=DIST / "window.png")
    parser.add_argument("--skip-lintian", action="store_true")
    options = parser.parse_args(arguments)
    if os.geteuid() != 0:
        print("package linux check: needs root, to install into a clean Debian", file=sys.stderr)
        return 1
    if not options.deb.is_file():
        print(f"package linux check: {options.deb} is not there; `dev.py package linux` makes it", file=sys.stderr)
        return 1
    get_tools()
    folder = room.in_private_namespaces(options.cache, ["check", *arguments])
    check_files(options.deb, folder / "files", lintian=not options.skip_lintian)
    base = options.cache / options.suite
    room.make_base(options.suite, base)
    check_installation(room.Room(base, folder), options.deb, options.shot)
    print(f"check: all is well on Debian {options.suite}")
    return 0


def get_tools() -> None:
    missing = sorted({package for tool, package in TOOLS.items() if shutil.which(tool) is None})
    if not room.KEYRING.exists():
        missing.append("debian-archive-keyring")
    if missing:
        options = ["-qq", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=120"]
        install = ["apt-get", "install", *options, *missing]
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], env=environment, stdout=sys.stderr, check=False)
        subprocess.run(install, env=environment, stdout=sys.stderr, check=True)


def check_files(deb: Path, folder: Path, *, lintian: bool) -> None:
    """Raises SystemExit with what a tool said."""
    subprocess.run(["dpkg-deb", "--extract", str(deb), str(folder)], check=True)
    share = folder / "usr/share"
    judge("desktop-file-validate", str(share / f"applications/{PACKAGE}.desktop"))
    judge("appstreamcli", "validate", "--no-net", "--pedantic", str(share / f"metainfo/{IDENTIFIER}.metainfo.xml"))
    if lintian:
        judge("lintian", "--allow-root", "--fail-on=error", "--tag-display-limit=0", str(deb))


def judge(*command: str) -> None:
    began = time.monotonic()
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"check: `{' '.join(command)}` says:\n{done.stdout}")
    print(f"check: {command[0]}: fine ({time.monotonic() - began:.0f} s){remarks(done.stdout)}")


def remarks(said: str) -> str:
    lines = [line for line in said.splitlines() if re.match(r"[WIP]: ", line)]
    return "".join(f"\n  {line}" for line in lines)


def check_installation(clean: room.Room, deb: Path, picture: Path) -> None:
    shutil.copyfile(deb, clean.root / "tmp/serialbridge.deb")
    shutil.copyfile(ROOT / "packaging/smoke.py", clean.root / "tmp/smoke.py")
    clean.run("apt-get", "update", "-qq")
    before = files_of(clean)
    began = time.monotonic()
    clean.run("apt-get", "install", "-y", "--no-install-recommends", "/tmp/serialbridge.deb")
    print(f"check: installed without what it recommends in {time.monotonic() - began:.0f} s")
    print("check: in the clean Debian:", clean.run_as_user("serialbridge", "--version").strip())
    smoke(clean, "serialbridge")
    check_extcap(clean)
    check_missing_libraries_are_named(clean)
    recommended = [part.split("|")[0].strip() for part in control.RECOMMENDS]
    clean.run("apt-get", "install", "-y", "--no-install-recommends", *recommended)
    check_libraries(clean)
    smoke(clean, "serialbridge-gui", "--window")
    check_window(clean, picture)
    clean.run("apt-get", "purge", "-y", PACKAGE)
    check_nothing_is_left(clean, before)


def smoke(clean: room.Room, *program: str) -> None:
    print("check:", clean.run_as_user("python3", "/tmp/smoke.py", *program, "--version-is", version()).strip())


def check_extcap(clean: room.Room) -> None:
    """What Wireshark is given to start finds the program."""
    clean.run_as_user("serialbridge", "extcap", "--register")
    launcher = clean.run_as_user("find", "/home/tester", "-path", "*/extcap/serialbridge").strip()
    said = clean.run_as_user(launcher, "--extcap-interfaces")
    if not said.startswith("extcap {version="):
        raise SystemExit(f"check: Wireshark's launcher says:\n{said}")
    print("check: Wireshark's launcher finds the program")


def check_missing_libraries_are_named(clean: room.Room) -> None:
    said = clean.run_as_user("serialbridge-gui", check=False).strip()
    if "sudo apt install" not in said or "Traceback" in said:
        raise SystemExit(f"check: without its libraries the window says:\n{said}")
    print("check: without its libraries the window says what to install")


def check_libraries(clean: room.Room) -> None:
    """Every library that a file of ours is linked against is there. Raises SystemExit."""
    script = f"find {control.LIBRARY_FOLDER} -name '*.so*' ! -name {OPTIONAL_LIBRARIES} -exec ldd {{}} +"
    environment = f"LD_LIBRARY_PATH={control.LIBRARY_FOLDER}/shiboken6"
    said = clean.run("env", environment, "sh", "-c", script, check=False)
    missing = {line.split()[0] for line in said.splitlines() if "not found" in line}
    if missing or "=>" not in said:
        raise SystemExit(f"check: libraries are missing that the package does not ask for: {sorted(missing)}")
    print(f"check: {said.count(' => ')} links to libraries, all found")


def check_window(clean: room.Room, picture: Path) -> None:
    server, display = shot.start_screen()
    clean.show_displays()
    window = clean.start_as_user("serialbridge-gui", "--demo", display=display)
    try:
        colours = shot.shoot_window(display, picture)
        window.terminate()
        if window.wait(10) != 0:
            raise SystemExit(f"check: the window ended with {window.returncode}")
    finally:
        window.kill()
        server.terminate()
        server.wait()
    print(f"check: the window: {picture}, {colours} colours")


def files_of(clean: room.Room) -> set[str]:
    return set(clean.run("find", "/usr", "/etc", "/var/lib", "-xdev", "-name", "*serialbridge*").split())


def check_nothing_is_left(clean: room.Room, before: set[str]) -> None:
    left = files_of(clean) - before
    if left:
        raise SystemExit(f"check: the removal left {sorted(left)}")
    print("check: the removal left nothing")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
