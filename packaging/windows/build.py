"""Builds the Windows package into dist/: installer, portable zip, SHA256SUMS. `python3 dev.py package windows`.

wheel → icon and version resources → PyInstaller → NSIS and zip. On Windows with this Python and makensis; on Linux in
the lab (lab.py), where both are Windows' and Debian's own.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from identity import DEPENDENCIES, DIST, NAME, PUBLISHER, ROOT, SUMMARY, app_user_model_id, copyright_line, version
from lab import DRIVE, INSIDE, PYTHON, Lab, give_up
from sign import sign, wanted
from version_resource import four_numbers, version_resource

HERE: Final = Path(__file__).resolve().parent
BUILD: Final = ROOT / "build" / "windows"
FROZEN: Final = BUILD / "dist" / NAME
PROGRAMS: Final = ("serialbridge-gui", "serialbridge")
WINDOWS: Final = sys.platform == "win32"

MUST_BE_THERE: Final = [
    "serialbridge.exe",
    "serialbridge-gui.exe",
    "_internal/PySide6/plugins/platforms/qwindows.dll",
    "_internal/PySide6/plugins/iconengines/qsvgicon.dll",
    "_internal/PySide6/plugins/styles/qmodernwindowsstyle.dll",
    "_internal/PySide6/translations/qtbase_zh_CN.qm",
]
"""What the program finds at run time only, so that a build without it would start and be wrong."""
MAX_INSTALLER_BYTES: Final = 30_000_000
MAX_INSTALLED_BYTES: Final = 90_000_000

Run = Callable[..., object]
"""Runs a program of the building system: a Windows one, or makensis."""


def main() -> int:
    started = time.monotonic()
    shutil.rmtree(BUILD, ignore_errors=True)
    (BUILD / "app").mkdir(parents=True)
    DIST.mkdir(exist_ok=True)
    say(f"{NAME} {version()}: wheel, icon, version resources")
    unpack_wheel()
    subprocess.run([sys.executable, str(HERE / "icon.py"), str(BUILD / "serialbridge.ico")], check=True)
    for program in PROGRAMS:
        (BUILD / f"{program}.version").write_text(version_resource(program), encoding="utf-8")
    if WINDOWS:
        freeze_here()
        check_frozen()
        sign([FROZEN / f"{program}.exe" for program in PROGRAMS])
        made = [pack_here(), zip_portable()]
        sign(made[:1])
    else:
        with Lab() as lab:
            lab.install_wheels(requirements(), ROOT / "constraints.txt")
            freeze_in(lab)
            check_frozen()
            made = [pack_in(lab), zip_portable()]
    write_sums(made)
    for file in made:
        say(f"{file.relative_to(ROOT)}: {file.stat().st_size / 1e6:.1f} MB")
    say(f"installed: {size_of(FROZEN) / 1e6:.1f} MB; {time.monotonic() - started:.0f} s")
    if made[0].stat().st_size > MAX_INSTALLER_BYTES or size_of(FROZEN) > MAX_INSTALLED_BYTES:
        say("that is more than it may be: see packaging/windows/trim.py")
        return 1
    return 0


def say(text: str) -> None:
    print(f"package: {text}", file=sys.stderr, flush=True)


def unpack_wheel() -> None:
    """What is frozen is what the wheel ships, not whatever lies in the checkout."""
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(DIST), str(ROOT)]
    done = subprocess.run(build, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        give_up(f"the wheel could not be built:\n{done.stdout.decode(errors='replace')}")
    with zipfile.ZipFile(DIST / f"serialbridge-{version()}-py3-none-any.whl") as wheel:
        wheel.extractall(BUILD / "app")


def requirements() -> Path:
    """A file of what the freezing Python must hold: the program's dependencies, and the freezer with its own."""
    file = BUILD / "requirements.txt"
    BUILD.mkdir(parents=True, exist_ok=True)
    freezers = (HERE / "freezer.txt").read_text(encoding="utf-8")
    file.write_text("\n".join([*DEPENDENCIES, freezers]), encoding="utf-8")
    return file


def freezer(python: str, root: str, separator: str) -> list[str]:
    """PyInstaller's command line, with `root` as the name of the checkout."""
    spec = separator.join([root, "packaging", "windows", "serialbridge.spec"])
    work = separator.join([root, "build", "windows"])
    places = ["--distpath", f"{work}{separator}dist", "--workpath", f"{work}{separator}work"]
    return [python, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN", *places, spec]


def freeze_here() -> None:
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "-r", str(requirements())]
    subprocess.run([*pip, "-c", str(ROOT / "constraints.txt")], check=True)
    say("PyInstaller")
    subprocess.run(freezer(sys.executable, str(ROOT), os.sep), check=True)


def freeze_in(lab: Lab) -> None:
    say("PyInstaller, in the lab")
    lab.wine(*freezer(PYTHON, DRIVE, "\\"), log="pyinstaller")


def check_frozen() -> None:
    """Everything needed is there, and nothing that belongs to Wine."""
    missing = [name for name in MUST_BE_THERE if not (FROZEN / name).is_file()]
    if missing:
        give_up(f"the frozen folder lacks {', '.join(missing)}")
    for file in FROZEN.rglob("*"):
        if file.is_file() and is_wines(file):
            give_up(f"{file.relative_to(FROZEN)} belongs to Wine, and would break on Windows")


def is_wines(file: Path) -> bool:
    """Wine marks its libraries in the DOS header, 0x40 bytes in; icuuc.dll is the lab's own stub."""
    with file.open("rb") as stream:
        start = stream.read(0x60)
    return b"Wine builtin DLL" in start or b"Wine placeholder DLL" in start or file.name.lower() == "icuuc.dll"


def defines(source: str, icon: str, out: str, target: str) -> dict[str, str]:
    """What installer.nsi is told."""
    return {
        "VERSION": version(),
        "FOUR_NUMBERS": ".".join(map(str, four_numbers(version()))),
        "PUBLISHER": PUBLISHER,
        "DESCRIPTION": SUMMARY,
        "COPYRIGHT": copyright_line(),
        "APP_ID": app_user_model_id(),
        "SIZE_KB": str(size_of(FROZEN) // 1024),
        "SOURCE": source,
        "ICON": icon,
        "OUT": out,
        "TARGET": target,
    }


def packer(makensis: str, script: str, names: dict[str, str], option: str = "-") -> list[str]:
    given = [f"{option}D{name}={value}" for name, value in names.items()]
    return [makensis, f"{option}V2", f"{option}WX", f"{option}INPUTCHARSET", "UTF8", *given, script]


def installer_file() -> Path:
    return DIST / f"{NAME}-{version()}-Setup.exe"


def pack_in(lab: Lab) -> Path:
    say("NSIS, in the lab")
    file = installer_file()
    work = f"{INSIDE}/build/windows"
    # 64 bits, since the lab has no 32-bit Wine; NSIS for Windows has 32-bit stubs only
    out = f"{INSIDE}/dist/{file.name}"
    names = defines(f"{work}/dist/{NAME}", f"{work}/serialbridge.ico", out, "amd64-unicode")
    lab.run(*packer("makensis", f"{INSIDE}/packaging/windows/installer.nsi", names))
    return file


def pack_here() -> Path:
    say("NSIS")
    usual = Path(os.environ.get("PROGRAMFILES(X86)", "")) / "NSIS" / "makensis.exe"
    makensis = shutil.which("makensis") or (str(usual) if usual.is_file() else "")
    if not makensis:
        give_up("makensis is not there: install NSIS 3, or put it on the PATH")
    file = installer_file()
    names = defines(str(FROZEN), str(BUILD / "serialbridge.ico"), str(file), "x86-unicode")
    if wanted():
        names["SIGN"] = subprocess.list2cmdline([sys.executable, str(HERE / "sign.py")])
    subprocess.run(packer(makensis, str(HERE / "installer.nsi"), names, "/"), check=True)
    return file


def zip_portable() -> Path:
    """The frozen folder as it is: unpack it anywhere and run it. Profiles are the user's, as ever."""
    file = DIST / f"{NAME}-{version()}-Portable.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for path in sorted(FROZEN.rglob("*")):
            if path.is_file():
                packed.write(path, Path(NAME) / path.relative_to(FROZEN))
    return file


def write_sums(files: list[Path]) -> None:
    """As sha256sum -c reads it."""
    lines = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files]
    (DIST / "SHA256SUMS").write_text("".join(lines), encoding="ascii", newline="\n")


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
    sys.exit(130)
