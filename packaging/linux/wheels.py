"""The libraries that the program needs at run time, as wheels, in the versions that everybody develops with."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Final

PYTHONS: Final = (11, 12, 13, 14)
"""The minor versions of Python 3. One folder serves them all: an extension module has its Python in its name.
Debian 12 has 3.11, Debian 13 has 3.13, Ubuntu 24.04 has 3.12 and 26.04 has 3.14."""

GLIBC: Final = 34
"""2.34 is the least that cryptography's wheel asks for; Debian 12 has 2.36."""


def runtime_distributions() -> dict[str, str]:
    """Name and version of each library in this environment that serialbridge needs, or that those need."""
    from packaging.requirements import Requirement

    found: dict[str, str] = {}
    waiting = ["serialbridge"]
    while waiting:
        distribution = metadata.distribution(waiting.pop())
        for line in distribution.requires or []:
            requirement = Requirement(line)
            wanted = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
            if wanted and requirement.name not in found:
                found[requirement.name] = metadata.version(requirement.name)
                waiting.append(requirement.name)
    return found


def download(distributions: dict[str, str], folder: Path) -> list[Path]:
    """The wheels for `PYTHONS`, the oldest one's first. Those that are there already are not fetched again."""
    platforms = [f"--platform=manylinux_2_{minor}_x86_64" for minor in range(GLIBC, 16, -1)]
    wheels: dict[Path, None] = {}
    for minor in PYTHONS:
        into = folder / f"3.{minor}"
        command = [
            *(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"),
            *("--only-binary=:all:", f"--python-version=3.{minor}", "--implementation=cp"),
            *(f"--abi=cp3{minor}", "--abi=abi3", "--abi=none", *platforms, "--platform=any"),
            *("--platform=manylinux2014_x86_64", "--find-links", str(folder / f"3.{PYTHONS[0]}")),
            *("--dest", str(into)),
        ]
        pins = [f"{name}=={version}" for name, version in distributions.items()]
        subprocess.run([*command, *pins], check=True, stdout=sys.stderr)
        names = {path.name for path in wheels}
        wheels |= {path: None for path in sorted(into.glob("*.whl")) if path.name not in names}
    return list(wheels)


def unpack(wheels: list[Path], target: Path) -> None:
    """Put the wheels into one folder. What several of them bring must be the same, but for what tells of a wheel."""
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            for name, content in files(archive):
                path = target / name
                if path.exists():
                    if path.read_bytes() != content and ".dist-info/" not in name:
                        raise SystemExit(f"{wheel.name} has another {name} than its kin: they don't fit in one folder")
                    continue
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)


def files(archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    for info in archive.infolist():
        if not info.is_dir():
            yield info.filename, archive.read(info)
