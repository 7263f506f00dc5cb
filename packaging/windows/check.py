"""Installs, uses, upgrades and removes what build.py made, in the lab. `python3 dev.py package windows check`.

The person at this Windows is called 张三, and so are the folders of that name. Pictures go to build/windows/check/.
What Wine cannot show: SmartScreen, UAC, signatures, real adapters, how the shortcut groups in the task bar.
"""

from __future__ import annotations

import json
import os
import pty
import random
import shutil
import statistics
import sys
import time
import tty
from pathlib import Path
from typing import Final

from build import (
    FROZEN,
    MAX_INSTALLED_BYTES,
    MAX_INSTALLER_BYTES,
    PROGRAMS,
    defines,
    installer_file,
    packer,
    requirements,
    size_of,
)
from identity import NAME, ROOT, version
from installed import (
    APPDATA,
    CONSOLE,
    INSTALLED,
    USER,
    WINDOW,
    WORK,
    WORK_INSIDE,
    accepts,
    connected,
    console,
    ended,
    forget_last_time,
    free_port,
    install,
    lines_come,
    profile_file,
    profile_names,
    registry,
    shortcut,
    talker_port,
    uninstall,
    uninstall_key,
    window,
    windows_open,
)
from lab import CHINESE, INSIDE, PYTHON, Lab
from lab_firewall import USED, LabFirewall, words_to_allow, words_to_delete
from report import fail, ok, until
from two_way import carry

START_HIDDEN: Final = """
import subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, creationflags=subprocess.CREATE_NO_WINDOW)
sys.stdout.buffer.write(done.stdout)
"""
"""As Wireshark starts its helpers."""
ENGLISH: Final = "C.UTF-8"
MENU_PX: Final = (30, 22)
"""From the window's top to its menu bar, and the menu bar's height, in the lab."""
OLD_VERSION: Final = "0.0.9"
MEGABYTE: Final = random.Random(7).randbytes(1_000_000)
MAX_START_RATIO: Final = 1.5
STARTS: Final = 5


def main() -> int:
    setup = installer_file()
    if not setup.is_file():
        fail(f"{setup.relative_to(ROOT)} is not there: build it first")
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    ok(f"installer: {setup.stat().st_size / 1e6:.1f} MB", setup.stat().st_size <= MAX_INSTALLER_BYTES)
    with Lab(USER) as lab:
        lab.install_wheels(requirements(), ROOT / "constraints.txt")  # the lab may be new
        forget_last_time(lab)
        old = older_installer(lab)
        check_installation(lab, old, OLD_VERSION)
        check_profiles(lab)
        check_bytes(lab)
        check_launcher(lab)
        for language, name in ((ENGLISH, "window"), (CHINESE, "window-zh")):
            with window(lab, "--profile", "温度计", "--start", env={"LANG": language}):
                check_window(lab, name)
        check_languages()
        with window(lab, "--profile", "温度计", "--start"):
            ok("the window bridges its simulated device", until(lambda: lines_come(talker_port())))
            check_opened_file(lab)
            check_upgrade(lab, setup)
        check_uninstallation(lab)
        check_firewall(lab, setup)
        check_by_hand(lab, setup)
        check_removal_of_profiles(lab, setup)
        check_for_everybody(lab, setup)
        check_start(lab)
    return 0


# ---- the pieces


def older_installer(lab: Lab) -> Path:
    """The same program under an older number, with a file that the newer version does not have."""
    source = WORK / "older"
    shutil.copytree(FROZEN, source, copy_function=os.link)
    (source / "_internal" / "left-behind.txt").write_text("of an older version", encoding="ascii")
    file = WORK / "Older-Setup.exe"
    icon = f"{INSIDE}/build/windows/serialbridge.ico"
    names = defines(f"{WORK_INSIDE}/older", icon, f"{WORK_INSIDE}/{file.name}", "amd64-unicode")
    signed = WORK / "signed"
    signed.mkdir()
    names |= {"VERSION": OLD_VERSION, "QUICK": "1", "SIGN": f"cp -t {WORK_INSIDE}/{signed.name}"}
    lab.run(*packer("makensis", f"{INSIDE}/packaging/windows/installer.nsi", names))
    ok("the uninstaller is given to be signed", [each.read_bytes()[:2] for each in signed.iterdir()] == [b"MZ"])
    return file


def check_installation(lab: Lab, setup: Path, number: str) -> None:
    install(lab, setup)
    ok("both programs are there", lab.path(WINDOW).is_file() and lab.path(CONSOLE).is_file())
    ok(f"the user's folder is {lab.path(INSTALLED).relative_to(lab.drive_c)}")
    ok(f"installed: {size_of(lab.path(INSTALLED)) / 1e6:.1f} MB", size_of(lab.path(INSTALLED)) <= MAX_INSTALLED_BYTES)
    ok("Start-menu entry", shortcut(lab).is_file())
    key = uninstall_key(lab)
    entry = " | ".join(str(key[name]) for name in ("DisplayName", "DisplayVersion", "Publisher", "EstimatedSize"))
    ok(f"Add/Remove entry: {entry} KiB", key["DisplayVersion"] == number and key["DisplayIcon"] == WINDOW)
    quiet = key["QuietUninstallString"]
    ok(f"quiet uninstall: {quiet}", quiet == rf'"{INSTALLED}\Uninstall.exe" /S')
    for program in (CONSOLE, WINDOW):
        said = lab.wine(program, "--version")
        ok(f"{program.rpartition(chr(92))[2]} --version: {said or '(nothing: it has no console)'}",
           program == WINDOW or said == f"{NAME} {version()}")  # fmt: skip


def check_profiles(lab: Lab) -> None:
    profile_file("温度计", WORK / "温度计.serialbridge", "sim://talker", "127.0.0.1", free_port())
    lab.wine(CONSOLE, "profiles", "import", r"P:\build\windows\check\温度计.serialbridge")
    ok(f"profiles: {profile_names(lab)}", profile_names(lab) == ["温度计"])
    in_this_code_page = "温度计".encode("cp1252", "backslashreplace").decode()
    ok("profiles list says so, too", in_this_code_page in lab.wine(CONSOLE, "profiles", "list"))


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


def check_window(lab: Lab, name: str) -> None:
    ok("the window bridges its simulated device", until(lambda: lines_come(talker_port())))
    time.sleep(2)  # for the picture only: some lines in the log
    left, top, width, _ = map(int, lab.wine(PYTHON, r"P:\packaging\windows\front.py").split())
    below, high = MENU_PX
    lab.picture(WORK / f"{name}-menu.png", f"{width}x{high}+{max(left, 0)}+{max(top, 0) + below}")
    colours = lab.picture(WORK / f"{name}.png")
    ok(f"picture build/windows/check/{name}.png: {colours} colours", colours > 100)


def check_languages() -> None:
    """The menu bar in two languages, as far as the program has words in both."""
    english, chinese = ((WORK / f"{name}-menu.png").read_bytes() for name in ("window", "window-zh"))
    translated = list((ROOT / "resources" / "translations").glob("*zh_CN.ts"))
    ok("the menus are Chinese on a Chinese Windows" if translated else "there are no Chinese words yet",
       not translated or english != chinese)  # fmt: skip


def check_launcher(lab: Lab) -> None:
    """Wireshark starts a batch file, which is below the folder 张三 and starts a program that is, too."""
    lab.wine(CONSOLE, "extcap", "--register")
    launcher = rf"{APPDATA}\Roaming\Wireshark\extcap\serialbridge.bat"
    for language in (ENGLISH, CHINESE):
        said = lab.wine(PYTHON, "-c", START_HIDDEN, launcher, "--extcap-interfaces", env={"LANG": language})
        ok(f"Wireshark's launcher with LANG={language}: {said}", said.startswith("extcap {version="))
    lab.wine(CONSOLE, "extcap", "--unregister")
    ok("... and it is gone again", not lab.path(launcher).exists())


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


def check_upgrade(lab: Lab, setup: Path) -> None:
    client = connected(talker_port())
    assert client is not None
    with client, console(lab, "run", "sim://echo", "--listen", f"127.0.0.1:{free_port()}") as program:
        install(lab, setup)
        ok("upgrade while it runs: the client's connection ended in good order", ended(client))
        ok("... the console program closed", until(lambda: program.poll() is not None, 5))
    key = uninstall_key(lab)
    ok(f"... Add/Remove entry: {key['DisplayVersion']}", key["DisplayVersion"] == version())
    ok("... the older version's files are gone", not list(lab.path(INSTALLED).rglob("left-behind.txt")))
    ok(f"... profiles: {profile_names(lab)}", profile_names(lab) == ["温度计", "车间秤"])
    ok("... and the bridge runs again", until(lambda: lines_come(talker_port())))


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


def check_firewall(lab: Lab, setup: Path) -> None:
    """The window's step, the command it runs and the uninstaller's: what arrives at netsh, word for word."""
    with LabFirewall(lab) as firewall:
        odd = [rf"C:\users\{USER}\a b & c^\{program}.exe" for program in PROGRAMS]
        ok(f"firewall: allow {odd[0]}", firewall.allow(*odd) == "ALLOWED")
        ok("... netsh got a rule for each program", firewall.calls() == [words_to_allow(path) for path in odd])
        firewall.block(odd[0])
        ok("... blocked meanwhile, allow again", firewall.allow(*odd) == "ALLOWED")
        ok("... netsh deleted that program's rules first",
           firewall.calls() == [words_to_delete(odd[0]), words_to_allow(odd[0])])  # fmt: skip
        firewall.forget()

        install(lab, setup)
        document = json.loads((WORK / "车间秤.serialbridge").read_text(encoding="utf-8"))
        with window(lab, "--profile", "车间秤", "--start", env=USED):
            reached = until(lambda: accepts(document["listen"]["port"]))
            ok("a bridge that others can reach runs at once", reached)
            time.sleep(2)  # for the picture
            lab.picture(WORK / "firewall.png")
            ok("... and nothing is asked of an administrator by itself", not firewall.calls())
            lab.wine(PYTHON, r"P:\packaging\windows\front.py", "A")
            ok("... “Allow on private networks…” makes two rules", until(lambda: len(firewall.rules()) == 2))
            ok("... netsh got them", firewall.calls() == [words_to_allow(path) for path in (WINDOW, CONSOLE)])
            time.sleep(1)  # for the picture
            lab.picture(WORK / "firewall-allowed.png")
        uninstaller = lab.popen(rf"{INSTALLED}\Uninstall.exe", env={**USED, "LANG": CHINESE})
        for page in ("parts", "end"):
            time.sleep(2)  # for the picture, and a page that is about to go
            lab.picture(WORK / f"uninstall-{page}.png")
            lab.wine(PYTHON, r"P:\packaging\windows\press.py")
        uninstaller.wait(30)
        ok("uninstalled by hand: the rules are gone", until(lambda: not firewall.rules()))
        ok("... netsh was told to", firewall.calls() == [words_to_delete(path) for path in (WINDOW, CONSOLE)])
        ok("... and the folder, too", until(lambda: not lab.path(INSTALLED).exists()))

        install(lab, setup)
        uninstall(lab)
        ok("where there is no rule, nothing is asked of an administrator", not firewall.calls())


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
    source = [PYTHON, "-P", "-m", "serialbridge_gui"]  # the wheel that was frozen, not the checkout
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
