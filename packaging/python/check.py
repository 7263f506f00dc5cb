"""Installs the wheel into an environment of its own and tries both programs. `dev.py package wheel check`."""

from __future__ import annotations

import subprocess
import sys
import venv
from collections.abc import Sequence
from typing import Final

from identity import DIST, PACKAGE, ROOT, version

FOLDER: Final = ROOT / "build" / "wheel-check"


def main(arguments: Sequence[str]) -> int:
    wheel = DIST / f"{PACKAGE}-{version()}-py3-none-any.whl"
    if arguments or not wheel.is_file():
        print(f"package wheel check: no arguments; and {wheel} has to be there", file=sys.stderr)
        return 2
    venv.create(FOLDER, clear=True, with_pip=True)
    programs = FOLDER / ("Scripts" if sys.platform == "win32" else "bin")
    suffix = ".exe" if sys.platform == "win32" else ""
    pip = [str(programs / f"python{suffix}"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "-c", str(ROOT / "constraints.txt"), str(wheel)], cwd=FOLDER, check=True)
    smoke = [sys.executable, str(ROOT / "packaging" / "smoke.py"), "--version-is", version()]
    for program, more in ((PACKAGE, []), (f"{PACKAGE}-gui", ["--window"])):
        subprocess.run([*smoke, str(programs / f"{program}{suffix}"), *more], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
