"""dist/serialbridge_VERSION_amd64.deb, with Debian's own tools. docs/decisions/0012-linux-packages.md says why so.

Needs an x86-64 Linux with dpkg-deb, ldd and strip, and no root. Two builds of one commit are the same, byte for byte.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from identity import DIST, HOMEPAGE, IDENTIFIER, PACKAGE, PUBLISHER, ROOT, version
from linux import control, trim, wheels
from linux.icons import draw_icons
from linux.manual import CONSOLE_TEXT, page

BUILD: Final = ROOT / "build" / "linux"
HERE: Final = Path(__file__).resolve().parent
TEXTS: Final = ROOT / "resources" / "linux"

LAUNCHER: Final = """\
#!/usr/bin/python3 -IS
# Nothing but the system's Python and what lies in {folder}.
import sys

sys.path.insert(0, "{folder}")
{start}"""

CONSOLE_START: Final = """\
from serialbridge_gui.cli import main

sys.exit(main())
"""

WINDOW_START: Final = """\
try:
    from serialbridge_gui.app import main

    code = main()
except ImportError as error:
    if not str(error).startswith("lib"):
        raise
    sys.exit(
        "serialbridge-gui: " + str(error).partition(":")[0] + " is missing, a library that the window needs. Run: "
        "sudo apt install {libraries}"
    )
sys.exit(code)
"""


def main(arguments: Sequence[str]) -> int:
    if arguments:
        print("package linux: takes no arguments", file=sys.stderr)
        return 2
    missing = [tool for tool in ("dpkg-deb", "ldd", "strip") if shutil.which(tool) is None]
    if missing:
        print(f"package linux: needs Linux with {', '.join(missing)} (Debian: dpkg, binutils)", file=sys.stderr)
        return 1
    began = time.monotonic()
    tree = BUILD / "tree"
    shutil.rmtree(tree, ignore_errors=True)
    distributions = wheels.runtime_distributions()
    library = tree / control.LIBRARY_FOLDER[1:]
    library.mkdir(parents=True)
    wheels.unpack(wheels.download(distributions, BUILD / "wheels"), library)
    whole = trim.size(library)
    trim.trim(library)
    trim.strip(library)
    print(f"libraries: {whole / 1e6:.0f} MB, of which {trim.size(library) / 1e6:.0f} MB are used", file=sys.stderr)
    move_licenses(library, tree / f"usr/share/doc/{PACKAGE}/licenses")
    trim.copy_program(ROOT / "serialbridge_gui", library)
    write_programs(tree)
    write_shared_files(tree, distributions)
    package = DIST / f"{PACKAGE}_{control.debian_version()}_amd64.deb"
    pack(tree, package)
    print(f"{package.relative_to(ROOT)}: {package.stat().st_size / 1e6:.1f} MB, "
          f"installed {trim.size(tree) / 1e6:.0f} MB, {time.monotonic() - began:.0f} s", file=sys.stderr)  # fmt: skip
    return 0


def released() -> datetime:
    """The date of what is packed: of the commit, so that packing it again gives the same."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch is None:
        log = ["git", "log", "-1", "--format=%ct"]
        done = subprocess.run(log, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
        epoch = done.stdout.strip() or str(int((ROOT / "CHANGELOG.md").stat().st_mtime))
    return datetime.fromtimestamp(int(epoch), UTC)


def move_licenses(library: Path, folder: Path) -> None:
    """The libraries' licences go where Debian's users look for them; what else told of wheels goes away."""
    for information in sorted(library.glob("*.dist-info")):
        name = information.name.split("-")[0]
        for path in sorted(information.rglob("*")):
            if path.is_file() and path.name != "METADATA":
                target = folder / name / path.name
                target.parent.mkdir(parents=True, exist_ok=True)
                path.rename(target)
        shutil.rmtree(information)


def write_programs(tree: Path) -> None:
    libraries = " ".join(alternatives.split(" ")[0] for alternatives in control.RECOMMENDS)
    window = WINDOW_START.format(libraries=libraries)
    for name, start in {PACKAGE: CONSOLE_START, f"{PACKAGE}-gui": window}.items():
        write(tree / "usr/bin" / name, LAUNCHER.format(folder=control.LIBRARY_FOLDER, start=start), mode=0o755)


def write_shared_files(tree: Path, distributions: dict[str, str]) -> None:
    from serialbridge_gui import app, cli

    share, when = tree / "usr/share", released()
    date = when.date().isoformat()
    write(share / f"applications/{PACKAGE}.desktop", (TEXTS / "serialbridge.desktop").read_text(encoding="utf-8"))
    write(share / f"metainfo/{IDENTIFIER}.metainfo.xml", metainfo(date))
    write(share / f"mime/packages/{PACKAGE}.xml", (TEXTS / "mime.xml").read_text(encoding="utf-8"))
    draw_icons(ROOT / "resources/icons/serialbridge.svg", share / "icons/hicolor", PACKAGE)
    console = page(cli._parser(), date=date, other=f"{PACKAGE}-gui", text=CONSOLE_TEXT)
    write_gzip(share / f"man/man1/{PACKAGE}.1.gz", console)
    write_gzip(share / f"man/man1/{PACKAGE}-gui.1.gz", page(app._parser(), date=date, other=PACKAGE))
    documents = share / "doc" / PACKAGE
    own_license = (ROOT / "LICENSE").read_text(encoding="utf-8")
    write(documents / "copyright", control.copyright_file(own_license, distributions))
    write_gzip(documents / "changelog.gz", control.changelog(when))
    write_gzip(documents / "CHANGELOG.md.gz", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    write(share / f"lintian/overrides/{PACKAGE}", (HERE / "lintian-overrides").read_text(encoding="utf-8"))
    write(share / f"python3/runtime.d/{PACKAGE}.rtupdate", control.RTUPDATE, mode=0o755)


def metainfo(date: str) -> str:
    text = (TEXTS / "metainfo.xml").read_text(encoding="utf-8")
    values = {
        "IDENTIFIER": IDENTIFIER, "PUBLISHER": PUBLISHER, "HOMEPAGE": HOMEPAGE, "VERSION": version(), "DATE": date,
    }  # fmt: skip
    return re.sub(r"@([A-Z]+)@", lambda found: values[found[1]], text)


def write(path: Path, text: str, *, mode: int = 0o644) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)


def write_gzip(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.encode(), mtime=0))


def pack(tree: Path, package: Path) -> None:
    for path in sorted(tree.rglob("*")):
        executable = path.is_dir() or path.parent.name in ("bin", "runtime.d")
        path.chmod(0o755 if executable else 0o644)
    sums = "".join(
        f"{hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()}  {path.relative_to(tree)}\n"
        for path in sorted(tree.rglob("*")) if path.is_file()
    )  # fmt: skip
    installed_kib = sum(-(-path.stat().st_size // 1024) if path.is_file() else 1 for path in tree.rglob("*"))
    write(tree / "DEBIAN/control", control.control(installed_kib=installed_kib))
    write(tree / "DEBIAN/md5sums", sums)
    write(tree / "DEBIAN/postinst", control.POSTINST, mode=0o755)
    write(tree / "DEBIAN/prerm", control.PRERM, mode=0o755)
    package.parent.mkdir(exist_ok=True)
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(int(released().timestamp()))}
    command = ["dpkg-deb", "--root-owner-group", "-Zxz", "--build", str(tree), str(package)]
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
