"""Installs, uses, upgrades and removes what build.py made, in the lab. `python3 dev.py package windows check`.

The person at this Windows is called 张三, and so are the folders of that name. Pictures go to build/windows/check/.
What Wine cannot show: SmartScreen, UAC, signatures, real adapters, how the shortcut groups in the task bar.
"""

from __future__ import annotations

import contextlib
import json
import os
import pty
import random
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time
import tty
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, NoReturn

from build import (
    FROZEN,
    MAX_INSTALLED_BYTES,
    MAX_INSTALLER_BYTES,
    defines,
    installer_file,
    packer,
    requirements,
    size_of,
)
from lab import CHINESE, INSIDE, PYTHON, Lab
from product import NAME, Product, product
from two_way import carry

ROOT: Final = Path(__file__).resolve().parents[2]
WORK: Final = ROOT / "build" / "windows" / "check"
WORK_INSIDE: Final = f"{INSIDE}/build/windows/check"
USER: Final = "张三"
APPDATA: Final = rf"C:\users\{USER}\AppData"
INSTALLED: Final = rf"{APPDATA}\Local\Programs\{NAME}"
WINDOW: Final = rf"{INSTALLED}\serialbridge-gui.exe"
CONSOLE: Final = rf"{INSTALLED}\serialbridge.exe"
KEY: Final = rf"HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall\{NAME}"
READ_KEY: Final = """
import json, sys, winreg
values = {}
try:
    with winreg.OpenKey(winreg.HKEY_CURRENT_USER, sys.argv[1]) as key:
        for number in range(winreg.QueryInfoKey(key)[1]):
            name, value, kind = winreg.EnumValue(key, number)
            values[name] = value
except FileNotFoundError:
    pass
print(json.dumps(values))
"""
OLD_VERSION: Final = "0.0.9"
MEGABYTE: Final = random.Random(7).randbytes(1_000_000)
MAX_START_RATIO: Final = 1.5
STARTS: Final = 5

begun = time.monotonic()


def ok(what: str, condition: object = True) -> None:
    """Say that `what` is so; if it is not, that is the end."""
    print(f"{time.monotonic() - begun:5.0f} s  {'ok  ' if condition else 'FAIL'}  {what}", flush=True)
    if not condition:
        raise SystemExit(1)


def until(condition: Callable[[], object], seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def main() -> int:
    what = product()
    setup = installer_file(what)
    if not setup.is_file():
        fail(f"{setup.relative_to(ROOT)} is not there: build it first")
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    ok(f"installer: {setup.stat().st_size / 1e6:.1f} MB", setup.stat().st_size <= MAX_INSTALLER_BYTES)
    with Lab(USER) as lab:
        lab.install_wheels(requirements(), ROOT / "constraints.txt")  # the lab may be new
        forget_last_time(lab)
        old = older_installer(lab, what)
        check_installation(lab, old, OLD_VERSION)
        check_profiles(lab)
        check_bytes(lab)
        with window(lab, "--profile", "温度计", "--start"):
            check_window(lab)
            check_opened_file(lab)
            check_upgrade(lab, setup, what)
        check_uninstallation(lab)
        check_by_hand(lab, setup)
        check_removal_of_profiles(lab, setup)
        check_for_everybody(lab, setup)
        check_start(lab)
    return 0


def fail(text: str) -> NoReturn:
    ok(text, False)
    raise SystemExit(1)


# ---- the pieces


def forget_last_time(lab: Lab) -> None:
    for folder in (INSTALLED, rf"{APPDATA}\Local\{NAME}"):
        shutil.rmtree(lab.path(folder), ignore_errors=True)
    lab.wine("reg", "delete", KEY, "/f", check=False)


def older_installer(lab: Lab, what: Product) -> Path:
    """The same program under an older number, with a file that the newer version does not have."""
    source = WORK / "older"
    shutil.copytree(FROZEN, source, copy_function=os.link)
    (source / "_internal" / "left-behind.txt").write_text("of an older version", encoding="ascii")
    file = WORK / "Older-Setup.exe"
    icon = f"{INSIDE}/build/windows/serialbridge.ico"
    names = defines(what, f"{WORK_INSIDE}/older", icon, f"{WORK_INSIDE}/{file.name}", "amd64-unicode")
    names |= {"VERSION": OLD_VERSION, "QUICK": "1"}
    lab.run(*packer("makensis", f"{INSIDE}/packaging/windows/installer.nsi", names))
    return file


def install(lab: Lab, setup: Path, *options: str) -> None:
    inside = rf"P:\{setup.relative_to(ROOT)}".replace("/", "\\")
    done = subprocess.run(lab.wine_command(inside, "/S", *options), stdin=subprocess.DEVNULL, check=False)
    ok(f"{setup.name} /S {' '.join(options)}: exit code {done.returncode}", done.returncode == 0)


def shortcut(lab: Lab) -> Path:
    return lab.path(rf"{APPDATA}\Roaming\Microsoft\Windows\Start Menu\Programs\{NAME}.lnk")


def uninstall_key(lab: Lab) -> dict[str, str]:
    """The entry in Add/Remove Programs."""
    return registry(lab, KEY.removeprefix("HKCU\\"))


def registry(lab: Lab, key: str) -> dict[str, str]:
    """The values of a key of HKCU, by name; by Python, since reg.exe prints no Chinese here."""
    return dict(json.loads(lab.wine(PYTHON, "-c", READ_KEY, key)))


def check_installation(lab: Lab, setup: Path, version: str) -> None:
    install(lab, setup)
    ok("both programs are there", lab.path(WINDOW).is_file() and lab.path(CONSOLE).is_file())
    ok(f"the user's folder is {lab.path(INSTALLED).relative_to(lab.drive_c)}")
    ok(f"installed: {size_of(lab.path(INSTALLED)) / 1e6:.1f} MB", size_of(lab.path(INSTALLED)) <= MAX_INSTALLED_BYTES)
    ok("Start-menu entry", shortcut(lab).is_file())
    key = uninstall_key(lab)
    entry = " | ".join(str(key[name]) for name in ("DisplayName", "DisplayVersion", "Publisher", "EstimatedSize"))
    ok(f"Add/Remove entry: {entry} KiB", key["DisplayVersion"] == version and key["DisplayIcon"] == WINDOW)
    quiet = key["QuietUninstallString"]
    ok(f"quiet uninstall: {quiet}", quiet == rf'"{INSTALLED}\Uninstall.exe" /S')
    for program in (CONSOLE, WINDOW):
        said = lab.wine(program, "--version")
        ok(f"{program.rpartition(chr(92))[2]} --version: {said or '(nothing: it has no console)'}",
           program == WINDOW or said == f"{NAME} {product().version}")  # fmt: skip


def profile_file(name: str, file: Path, device: str, host: str, port: int) -> Path:
    """An exported profile."""
    document = {
        "format_version": 1, "name": name, "serial": {"device": device}, "listen": {"host": host, "port": port}
    }  # fmt: skip
    file.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return file


def profile_names(lab: Lab) -> list[str]:
    folder = lab.path(rf"{APPDATA}\Local\{NAME}\profiles")
    return sorted(json.loads(file.read_text(encoding="utf-8"))["name"] for file in folder.glob("*.json"))


def check_profiles(lab: Lab) -> None:
    profile_file("温度计", WORK / "温度计.serialbridge", "sim://talker", "127.0.0.1", free_port())
    lab.wine(CONSOLE, "profiles", "import", r"P:\build\windows\check\温度计.serialbridge")
    ok(f"profiles: {profile_names(lab)}", profile_names(lab) == ["温度计"])
    in_this_code_page = "温度计".encode("cp1252", "backslashreplace").decode()
    ok("profiles list says so, too", in_this_code_page in lab.wine(CONSOLE, "profiles", "list"))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def connected(port: int) -> socket.socket | None:
    try:
        return socket.create_connection(("127.0.0.1", port), 1)
    except OSError:
        return None


def check_bytes(lab: Lab) -> None:
    """1 MB each way between a pty and a TCP client of this machine, through serialbridge.exe."""
    device, com = pty.openpty()
    tty.setraw(com)
    lab.plug("COM7", os.ttyname(com))
    ports = json.loads(lab.wine(CONSOLE, "ports", "--json"))
    ok(f"ports --json: {ports}", [port["device"] for port in ports] == ["COM7"])
    for mode in ("raw", "rfc2217"):
        port = free_port()
        with console(lab, "run", "COM7", "--listen", f"127.0.0.1:{port}", "--mode", mode):
            up, down = carry(mode, port, device, MEGABYTE)
            ok(f"COM7, {mode}: 1 MB to the device in {up:.2f} s, 1 MB from it in {down:.2f} s, byte for byte")
    os.close(device)
    os.close(com)


@contextlib.contextmanager
def console(lab: Lab, *args: str) -> Iterator[subprocess.Popen[bytes]]:
    """serialbridge.exe, which listens; Ctrl+C ends it with code 0."""
    program = lab.popen(CONSOLE, *args, stdout=subprocess.PIPE)
    assert program.stdout is not None
    try:
        said = program.stdout.readline().decode()
        if "listening" not in said:
            fail(f"serialbridge.exe {' '.join(args)} says {said!r}")
        yield program
        if program.poll() is None:
            program.send_signal(signal.SIGINT)
        ok(f"serialbridge.exe ends with {program.wait(10)}", program.returncode == 0)
    finally:
        program.kill()
        program.stdout.close()


@contextlib.contextmanager
def window(lab: Lab, *args: str) -> Iterator[subprocess.Popen[bytes]]:
    program = lab.popen(WINDOW, *args)
    try:
        yield program
    finally:
        program.kill()


def talker_port() -> int:
    document = json.loads((WORK / "温度计.serialbridge").read_text(encoding="utf-8"))
    return int(document["listen"]["port"])


def lines_come(port: int) -> bool:
    client = connected(port)
    if client is None:
        return False
    with client:
        client.settimeout(5)
        try:
            return bool(client.recv(100))
        except OSError:
            return False


def check_window(lab: Lab) -> None:
    ok("the window bridges its simulated device", until(lambda: lines_come(talker_port())))
    time.sleep(2)  # for the picture only: some lines in the log
    colours = lab.picture(WORK / "window.png")
    ok(f"picture build/windows/check/window.png: {colours} colours", colours > 100)


def check_opened_file(lab: Lab) -> None:
    """A profile that others could reach is shown by the running window, and not started."""
    port = free_port()
    profile_file("车间秤", WORK / "车间秤.serialbridge", "sim://echo", "0.0.0.0", port)
    kind = registry(lab, r"Software\Classes\.serialbridge").get("")
    command = registry(lab, rf"Software\Classes\{kind}\shell\open\command").get("")
    ok(f".serialbridge files are opened by {command}", command == f'"{WINDOW}" "%1"')
    lab.wine(WINDOW, r"P:\build\windows\check\车间秤.serialbridge")  # Wine itself knows classes of HKLM only
    ok("a file that is opened arrives", until(lambda: "车间秤" in profile_names(lab)))
    ok("... in the window that was there", windows_open(lab) == 1)
    ok("... and does not listen", connected(port) is None)
    lab.picture(WORK / "opened.png")


def windows_open(lab: Lab) -> int:
    return lab.wine("tasklist", check=False).lower().count("serialbridge-gui.exe")


def check_upgrade(lab: Lab, setup: Path, what: Product) -> None:
    client = connected(talker_port())
    assert client is not None
    with client, console(lab, "run", "sim://echo", "--listen", f"127.0.0.1:{free_port()}") as program:
        install(lab, setup)
        ok("upgrade while it runs: the client's connection ended in good order", ended(client))
        ok("... the console program closed", until(lambda: program.poll() is not None, 5))
    key = uninstall_key(lab)
    ok(f"... Add/Remove entry: {key['DisplayVersion']}", key["DisplayVersion"] == what.version)
    ok("... the older version's files are gone", not list(lab.path(INSTALLED).rglob("left-behind.txt")))
    ok(f"... profiles: {profile_names(lab)}", profile_names(lab) == ["温度计", "车间秤"])
    ok("... and the bridge runs again", until(lambda: lines_come(talker_port())))


def ended(client: socket.socket) -> bool:
    """Whether the peer has closed; a reset raises."""
    client.setblocking(False)
    try:
        while client.recv(65536):
            pass
    except BlockingIOError:
        return False
    return True


def uninstall(lab: Lab, *options: str) -> None:
    lab.wine(rf"{INSTALLED}\Uninstall.exe", "/S", *options)  # goes on after it has returned
    ok(f"Uninstall.exe /S {' '.join(options)}: the folder is gone", until(lambda: not lab.path(INSTALLED).exists()))


def check_uninstallation(lab: Lab) -> None:
    ok("uninstall while it runs", windows_open(lab) == 1)
    uninstall(lab)
    ok("... it has closed", windows_open(lab) == 0)
    ok("... no Start-menu entry", not shortcut(lab).exists())
    ok("... no Add/Remove entry", until(lambda: not uninstall_key(lab), 5))
    for name in (".serialbridge", f"{NAME}.Profile"):
        found = lab.wine("reg", "query", rf"HKCU\Software\Classes\{name}", check=False)
        ok(f"... no class {name}", "REG_SZ" not in found)
    ok("... profiles are kept", profile_names(lab) == ["温度计", "车间秤"])
    kept = sorted(path.name for path in lab.path(rf"{APPDATA}\Local\{NAME}").iterdir())
    settings = {"settings.json", "highlights.json", "sending.json"}
    ok(f"... and beside them only settings: {kept}", set(kept) <= {"profiles", *settings})


def check_by_hand(lab: Lab, setup: Path) -> None:
    """As a person installs it over a running one, on a Chinese Windows: Install, OK to the question, Finish."""
    install(lab, setup)
    with window(lab, "--profile", "温度计", "--start"):
        ok("again, by hand: the window runs", until(lambda: lines_come(talker_port())))
        uninstaller = lab.path(rf"{INSTALLED}\Uninstall.exe")  # written near the end
        before = uninstaller.stat().st_mtime
        wizard = lab.popen(rf"P:\{setup.relative_to(ROOT)}".replace("/", "\\"), env={"LANG": CHINESE})
        for page in ("folder", "question", "finish"):
            time.sleep(2)  # for the picture, and a page that is about to go
            if page == "finish":
                until(lambda: uninstaller.stat().st_mtime != before, 60)
                time.sleep(2)
            lab.picture(WORK / f"setup-{page}.png")
            pressed = lab.wine(PYTHON, r"P:\packaging\windows\press.py")
            ok(f"... {page}: {pressed}")
        ok(f"... exit code {wizard.wait(30)}", wizard.returncode == 0)
    ok("... and the bridge runs again", until(lambda: lines_come(talker_port())))


def check_for_everybody(lab: Lab, setup: Path) -> None:
    install(lab, setup, "/AllUsers")
    folder = lab.path(rf"C:\Program Files\{NAME}")
    ok("/AllUsers: in Program Files", (folder / "serialbridge.exe").is_file())
    ok("... and not in the user's Add/Remove entries", not uninstall_key(lab))
    lab.wine(rf"C:\Program Files\{NAME}\Uninstall.exe", "/S")
    ok("... uninstalled", until(lambda: not folder.exists()))


def check_removal_of_profiles(lab: Lab, setup: Path) -> None:
    desktop = lab.path(rf"C:\users\{USER}\Desktop\{NAME}.lnk")
    install(lab, setup, "/DesktopIcon")
    ok("desktop icon, where asked for", desktop.is_file())
    uninstall(lab, "/DeleteProfiles")
    ok("profiles deleted, where asked for", until(lambda: not lab.path(rf"{APPDATA}\Local\{NAME}").exists(), 5))
    ok("no desktop icon", not desktop.exists())


def check_start(lab: Lab) -> None:
    """How long until the window is there, of the frozen program and of the source, in turns."""
    source = [PYTHON, "-m", "serialbridge_gui"]
    frozen = [rf"P:\build\windows\dist\{NAME}\serialbridge-gui.exe"]
    times: dict[str, list[float]] = {"source": [], "frozen": []}
    for _ in range(STARTS + 1):
        for name, command in (("source", source), ("frozen", frozen)):
            script = [r"P:\packaging\windows\start_time.py", *command, "--config-dir", r"P:\build\windows\check\start"]
            times[name].append(float(lab.wine(PYTHON, *script, env={"PYTHONPATH": r"P:\build\windows\app"})))
    first = {name: values.pop(0) for name, values in times.items()}
    middle = {name: statistics.median(values) for name, values in times.items()}
    ratio = middle["frozen"] / middle["source"]
    ok(f"first starts: source {first['source']:.0f} ms, frozen {first['frozen']:.0f} ms")
    ok(f"window there after: source {middle['source']:.0f} ms, frozen {middle['frozen']:.0f} ms, ratio {ratio:.2f}",
       ratio <= MAX_START_RATIO)  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
