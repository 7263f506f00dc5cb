#!/usr/bin/env python3
"""Sets SerialBridge up, runs it, tests it. Needs nothing but Python 3.11 or newer.

python3 dev.py run [args...]     the window with a simulated device; without a display, the console bridge
python3 dev.py test [args...]    the checks, then the tests; arguments go to pytest
python3 dev.py check             ruff, mypy, import-linter; are words and resources_rc.py up to date?
python3 dev.py words             take the sources' new words into resources/translations, and compile them
python3 dev.py resources         compile resources/ into serialbridge_gui/resources_rc.py
python3 dev.py soak [args...]    the tests that take minutes
python3 dev.py screenshots       every page and dialog, languages, colours, sizes: build/screenshots
python3 dev.py bench [args...]   measure the console bridge beside socat, ser2net and pyserial's example
python3 dev.py bench --guest     measure the port of a guest of QEMU, through the bridge beside QEMU's own
python3 dev.py package SYSTEM    windows, linux, macos or wheel: packages in dist/
python3 dev.py package SYSTEM check   try what that made: the Windows one in Wine, the Linux one in a clean Debian

Each verb first makes `.venv` beside this file fit for its job, and on Debian and its kin installs the
system libraries that Qt misses (as root; otherwise it prints the line to run). When nothing has changed
that costs a tenth of a second. Messages of this script go to standard error.
"""

from __future__ import annotations

import compileall
import hashlib
import importlib
import importlib.util
import io
import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
WINDOWS = sys.platform == "win32"
VENV_PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")
STAMP = VENV / "serialbridge-setup"
"""Written last, so that a set-up which broke off leaves none. Three lines: Python, digest, "dev" or "run"."""

CONSTRAINTS = ROOT / "constraints.txt"
RESOURCES_QRC = ROOT / "resources" / "serialbridge.qrc"
TRANSLATIONS = ROOT / "resources" / "translations"
WORDS = TRANSLATIONS / "words.py"
RESOURCES_PY = ROOT / "serialbridge_gui" / "resources_rc.py"

# What the PySide6 wheels expect of the system, from `ldd` over PySide6-Essentials 6.11.3.
CONSOLE_PACKAGES = ["libglib2.0-0", "libgssapi-krb5-2", "libbrotli1"]
WINDOW_PACKAGES = ["libegl1", "libgl1", "libxkbcommon0", "libdbus-1-3", "libfontconfig1", "fonts-dejavu-core"]
DISPLAY_PACKAGES = [
    "libxkbcommon-x11-0", "libxcb-cursor0", "libxcb-icccm4", "libxcb-keysyms1", "libxcb-image0",
    "libxcb-render-util0", "libxcb-shape0", "libxcb-randr0", "libxcb-xinerama0", "libxcb-sync1",
    "libxcb-xkb1", "libxcb-xfixes0",
]  # fmt: skip
GUEST_PACKAGES = ["qemu-system-x86"]
"""17 MB to download, 85 MB installed, 8 s."""
TEST_PACKAGES = [
    "socat", "netcat-openbsd", "iproute2", "openssl", "picocom", "avrdude", "inetutils-telnet", "python3-gensio",
    "tshark", "xxd", "libvirt-clients", "libxml2-utils",
    *GUEST_PACKAGES,
]  # fmt: skip
SOAK_PACKAGES = ["ser2net", "libvirt-daemon-driver-qemu", "trayer"]
SOAK_PROGRAMS = ["esptool>=5,<6"]
"""From pip. Not for everybody: it has no wheel and brings six packages with it."""
SCREENSHOT_PACKAGES = ["xvfb", "xauth", "fonts-wqy-microhei"]
"""A display that nobody sees, and a font for Chinese; without the first, Qt's offscreen platform takes its place."""
WALK_PACKAGES = ["xvfb", "xdotool", "openbox", "dbus", "at-spi2-core", "python3-pyatspi", "fonts-wqy-microhei"]
"""A virtual screen, a hand, and what a screen reader reads with: tests/walk; without them it is skipped."""
BENCH_PACKAGES = ["socat", "ser2net"]
AT_ONCE = ["-n", "3", "--dist", "loadfile"]
"""For the tests: half of their time is waiting. `dev.py test -n0 -s FILE` runs them one by one, with their output."""
APT_WAITS = ["-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=5"]
"""Chosen: another apt, such as that of the daily updates, is done by then; a mirror that drops one is asked again."""
PIP_WAITS = ["--timeout", "180", "--retries", "10"]
LAB_PACKAGES = ["binutils", "debootstrap", "debian-archive-keyring"]
"""For the packages; what else the Windows one needs comes into a folder of its own: packaging/windows/lab.py."""


def say(text: str) -> None:
    """Tell the person at the terminal; standard output belongs to the program that is started."""
    print(f"dev.py: {text}", file=sys.stderr, flush=True)


def give_up(text: str) -> NoReturn:
    say(text)
    raise SystemExit(1)


# --- System packages ----------------------------------------------------------------------------------


def missing_packages(wanted: Sequence[str]) -> list[str]:
    """Those of `wanted` that dpkg doesn't have installed; Debian 13 and Ubuntu 24.04 renamed some to …t64."""
    names = [name + suffix for name in wanted for suffix in ("", "t64")]
    answer = subprocess.run(
        ["dpkg-query", "--show", "--showformat", "${db:Status-Abbrev} ${Package}\n", *names],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False,
    )  # fmt: skip
    installed = {line.split()[-1] for line in answer.stdout.splitlines() if line.startswith("ii")}
    return [name for name in wanted if installed.isdisjoint({name, name + "t64"})]


def install_system_packages(wanted: Sequence[str]) -> None:
    """Install what is missing of `wanted`; as a user, print the line to run. Without apt, do nothing."""
    if sys.platform != "linux" or not (shutil.which("apt-get") and shutil.which("dpkg-query")):
        return
    missing = missing_packages(wanted)
    if not missing:
        return
    by_hand = shlex.join(["sudo", "apt-get", "install", *missing])
    if os.geteuid() != 0:
        say(f"system packages are missing; please run: {by_hand}")
        return
    say(f"installing system packages: {' '.join(missing)}")
    install = ["apt-get", "install", "-qq", "-y", "--no-install-recommends", *APT_WAITS, *missing]
    # The first attempt uses the package lists that are there: an update is slow and often not needed.
    if not (apt(install, quiet=True) or (apt(["apt-get", "update", "-qq", *APT_WAITS]) and apt(install))):
        say(f"that failed; going on without. To try again: {by_hand}")


def apt(command: Sequence[str], *, quiet: bool = False) -> bool:
    """Whether apt did it. `quiet` hides what it says: for an attempt that may well fail."""
    output = subprocess.DEVNULL if quiet else sys.stderr
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(command, env=environment, stdout=output, stderr=output, check=False).returncode == 0


# --- The virtual environment --------------------------------------------------------------------------


def set_up(*, dev: bool) -> None:
    """Make `.venv` hold what pyproject.toml asks for, in the versions of constraints.txt."""
    with one_at_a_time():
        make_venv_fit(dev=dev)


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Waits while a dev.py in another terminal sets up: it may be rebuilding the same `.venv`."""
    if sys.platform == "win32":
        yield  # no such lock there; two first starts at once are left to the person
        return
    import fcntl

    with open(__file__, "rb") as lock:  # any file both open will do, and this one is there
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def make_venv_fit(*, dev: bool) -> None:
    """What `set_up` does, once nobody else does it."""
    python = f"{sys.version} {sys.base_prefix}".replace("\n", " ")
    pyproject = ROOT / "pyproject.toml"
    digest = hashlib.sha256(pyproject.read_bytes() + CONSTRAINTS.read_bytes()).hexdigest()
    stamp = STAMP.read_text(encoding="utf-8").splitlines() if STAMP.is_file() else []
    stamped_python, stamped_digest, stamped_for = stamp if len(stamp) == 3 else ("", "", "")

    usable = stamped_python == python and venv_works()
    dev = dev or (usable and stamped_for == "dev")  # `run` doesn't take the development tools away
    if usable and stamped_digest == digest and (stamped_for == "dev" or not dev):
        return
    if not usable:
        make_venv()
    STAMP.unlink(missing_ok=True)
    say(f"installing the {'development' if dev else 'runtime'} dependencies (once; it takes a minute)")
    pip = [str(VENV_PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PIP_WAITS]
    target = ".[dev]" if dev else "."
    pip += ["-e", target, "-c", CONSTRAINTS.name]
    done = subprocess.run(pip, cwd=ROOT, stdout=sys.stderr, check=False)
    if done.returncode != 0:
        give_up("pip could not install the dependencies; its message is above. Run this again to retry.")
    compileall.compile_dir(ROOT / "serialbridge_gui", quiet=2)  # as pip does for the others
    STAMP.write_text(f"{python}\n{digest}\n{'dev' if dev else 'run'}\n", encoding="utf-8")


def venv_works() -> bool:
    """Whether `.venv` starts, finds the runtime packages, and this checkout (folders get moved)."""
    if not VENV_PYTHON.exists():
        return False
    probe = (
        "from importlib.util import find_spec\n"
        "names = 'PySide6', 'shiboken6', 'serial', 'qasync', 'msgspec', 'cryptography', 'serialbridge_gui'\n"
        "specs = [find_spec(name) for name in names]\n"
        "print(specs[-1].origin if all(specs) else '')"
    )
    answer = subprocess.run(
        [str(VENV_PYTHON), "-I", "-c", probe],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False,
    )  # fmt: skip
    found = answer.stdout.strip()
    return bool(found) and Path(found).parent.parent.samefile(ROOT)


def make_venv() -> None:
    """A new, empty `.venv`, whatever stood there before."""
    if VENV.is_symlink() or VENV.is_file():
        VENV.unlink()
    elif VENV.exists():
        say("the virtual environment in .venv is broken, unfinished or of another Python: making it anew")
        shutil.rmtree(VENV)
    if importlib.util.find_spec("ensurepip") is None:  # Debian has it in a package of its own
        package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        install_system_packages([package])
        importlib.invalidate_caches()
        if importlib.util.find_spec("ensurepip") is None:
            give_up(f"this Python lacks ensurepip. On Debian or Ubuntu: sudo apt-get install {package}")
    say("making a virtual environment in .venv")
    # Not sys.executable: that may be the python of the .venv which was just removed.
    base_python = getattr(sys, "_base_executable", None) or sys.executable
    if subprocess.run([base_python, "-m", "venv", str(VENV)], stdout=sys.stderr, check=False).returncode != 0:
        give_up("making .venv failed; the message is above")


def tool(name: str) -> str:
    """The path of a program that pip put into the virtual environment."""
    return str(VENV_PYTHON.with_name(name + (".exe" if WINDOWS else "")))


# --- Verbs --------------------------------------------------------------------------------------------


def run(args: list[str]) -> int:
    """Set up, then become the program: signals and the exit code are the program's own."""
    has_display = sys.platform != "linux" or any(map(os.environ.get, ["DISPLAY", "WAYLAND_DISPLAY"]))
    install_system_packages(
        CONSOLE_PACKAGES + WINDOW_PACKAGES + DISPLAY_PACKAGES if has_display else CONSOLE_PACKAGES
    )
    set_up(dev=False)
    if has_display:
        return become([str(VENV_PYTHON), "-m", "serialbridge_gui", "--demo", *args])
    say("no display (DISPLAY and WAYLAND_DISPLAY are not set): running the console bridge, Ctrl+C stops it")
    bridge = ["run", "sim://talker", "--listen", "127.0.0.1:4001", "--show", "both"]
    return become([str(VENV_PYTHON), "-m", "serialbridge_gui.cli", *bridge, *args])


def become(command: list[str]) -> int:
    """Replace this process by `command`; Windows can't, so there follow it to its end."""
    sys.stdout.flush()
    sys.stderr.flush()
    if not WINDOWS:
        os.execv(command[0], command)
    return follow(command)


def follow(command: list[str]) -> int:
    """Run `command` to its end, which is its own business: Ctrl+C reaches it anyway, SIGTERM as Ctrl+C."""
    process = subprocess.Popen(command)
    signal.signal(signal.SIGINT, lambda *_: None)
    if not WINDOWS:
        signal.signal(signal.SIGTERM, lambda *_: process.send_signal(signal.SIGINT))
    return process.wait()


def test(args: list[str]) -> int:
    """The checks, then pytest, even when a check failed: one run shows everything that is wrong."""
    install_system_packages(CONSOLE_PACKAGES + WINDOW_PACKAGES + TEST_PACKAGES)
    check_code = check([])
    pytest_code = pytest([*AT_ONCE, "-m", "not soak", *args])
    if check_code:
        say("a check failed; its message stands above the tests'")
    return pytest_code or check_code


def soak(args: list[str]) -> int:
    packages = CONSOLE_PACKAGES + WINDOW_PACKAGES + DISPLAY_PACKAGES + TEST_PACKAGES + SOAK_PACKAGES + WALK_PACKAGES
    install_system_packages(packages)
    set_up(dev=True)
    add_soak_programs()
    return pytest(["-m", "soak or hypothesis", "--hypothesis-profile=search", *args])


def add_soak_programs() -> None:
    """Programs that only the tests of `soak` drive; without them those are skipped."""
    pip = [str(VENV_PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PIP_WAITS]
    done = subprocess.run([*pip, "-c", str(CONSTRAINTS), *SOAK_PROGRAMS], stdout=sys.stderr, check=False)
    if done.returncode != 0:
        say(f"pip could not install {' '.join(SOAK_PROGRAMS)}; its message is above. Going on without.")


def screenshots(args: list[str]) -> int:
    """Arguments are the scenes to make, of tests/ui/scenes.py; none: all."""
    install_system_packages(CONSOLE_PACKAGES + WINDOW_PACKAGES + DISPLAY_PACKAGES + SCREENSHOT_PACKAGES)
    set_up(dev=True)
    folder = ROOT / "build" / "screenshots"
    if not args and folder.is_dir():
        shutil.rmtree(folder)
    command = [str(VENV_PYTHON), str(ROOT / "docs" / "pictures" / "all.py"), str(folder), *args]
    if sys.platform == "linux":
        if shutil.which("xvfb-run"):
            command = ["xvfb-run", "--auto-servernum", "--server-args=-screen 0 2800x2000x24", *command]
            os.environ["QT_QPA_PLATFORM"] = "xcb"
        else:
            os.environ["QT_QPA_PLATFORM"] = "offscreen"
    return follow(command)


def bench(args: list[str]) -> int:
    guest = "--guest" in args
    install_system_packages(CONSOLE_PACKAGES + (GUEST_PACKAGES if guest else BENCH_PACKAGES))
    set_up(dev=True)
    os.chdir(ROOT)
    module = "bench.guest" if guest else "bench.compare"
    return follow([str(VENV_PYTHON), "-m", module, *(each for each in args if each != "--guest")])


def pytest(args: list[str]) -> int:
    os.chdir(ROOT)
    return follow([str(VENV_PYTHON), "-m", "pytest", *args])


def check(_args: list[str]) -> int:
    """Silent about what is fine; prints what each failing tool said."""
    install_system_packages(CONSOLE_PACKAGES)
    set_up(dev=True)
    environment = {**os.environ, "PYTHONUTF8": "1"}  # import-linter draws boxes, which cp1252 lacks
    failed = []
    for name, command in {
        "ruff": [tool("ruff"), "check", "--quiet", "."],
        "mypy": [str(VENV_PYTHON), "-m", "mypy", "--no-error-summary"],
        "import-linter": [tool("lint-imports")],
        "words": [str(VENV_PYTHON), str(WORDS), "check"],
    }.items():
        say(f"check: {name}")
        done = subprocess.run(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            encoding="utf-8", check=False,
        )  # fmt: skip
        if done.returncode != 0:
            print(done.stdout, flush=True)
            failed.append(name)
    say("check: resources")
    if not RESOURCES_PY.is_file() or text_of(RESOURCES_PY) != compiled_resources():
        stale = RESOURCES_PY.relative_to(ROOT)
        print(f"{stale} is not what resources/ compiles to. Please run: python3 dev.py resources")
        failed.append("resources")
    if failed:
        say(f"check: failed: {', '.join(failed)}")
    return 1 if failed else 0


def words(_args: list[str]) -> int:
    """Then the translations are written into the .ts files, and this is run again."""
    install_system_packages(CONSOLE_PACKAGES)
    set_up(dev=True)
    code = subprocess.run([str(VENV_PYTHON), str(WORDS), "update"], cwd=ROOT, check=False).returncode
    return code or resources([])


def resources(_args: list[str]) -> int:
    install_system_packages(CONSOLE_PACKAGES)
    set_up(dev=True)
    RESOURCES_PY.write_text(compiled_resources(), encoding="utf-8", newline="\n")
    say(f"wrote {RESOURCES_PY.relative_to(ROOT)}")
    return 0


def compiled_resources() -> str:
    """What pyside6-rcc makes of the .qrc: the same on every machine, whatever the files' times are."""
    for words in sorted(TRANSLATIONS.glob("*.ts")):
        if subprocess.run([tool("pyside6-lrelease"), "-silent", str(words)], cwd=ROOT, check=False).returncode != 0:
            give_up("pyside6-lrelease failed; its message is above")
    environment = {**os.environ, "QT_RCC_SOURCE_DATE_OVERRIDE": "1"}  # rcc takes 0 for "not set"
    # --no-compress: what zstd makes differs between its versions.
    done = subprocess.run(
        [tool("pyside6-rcc"), "--no-compress", str(RESOURCES_QRC.relative_to(ROOT))],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        give_up("pyside6-rcc failed; its message is above")
    return done.stdout.decode().replace("\r\n", "\n")


def text_of(path: Path) -> str:
    return path.read_bytes().decode().replace("\r\n", "\n")


def package(args: list[str]) -> int:
    install_system_packages(CONSOLE_PACKAGES + WINDOW_PACKAGES + LAB_PACKAGES)
    set_up(dev=True)
    return follow([str(VENV_PYTHON), str(ROOT / "packaging" / "package.py"), *args])


VERBS: dict[str, Callable[[list[str]], int]] = {
    "run": run,
    "test": test,
    "check": check,
    "words": words,
    "resources": resources,
    "soak": soak,
    "screenshots": screenshots,
    "bench": bench,
    "package": package,
}


def main(argv: list[str]) -> int:
    if sys.version_info < (3, 11):  # noqa: UP036 - the system's python3 may be older
        give_up(f"this needs Python 3.11 or newer; {sys.executable} is {sys.version.split()[0]}")
    if not argv or argv[0] in ("-h", "--help"):
        print(__doc__)
        return 0 if argv else 2
    verb = VERBS.get(argv[0])
    if verb is None:
        say(f"there is no verb '{argv[0]}'; there are: {', '.join(VERBS)}")
        return 2
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # the tools' output may hold what a terminal can't show
    if not WINDOWS:  # as an exception, so that pip or apt, if running, ends too
        signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    try:
        return verb(argv[1:])
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
