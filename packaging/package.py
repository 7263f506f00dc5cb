"""Makes a package of SerialBridge, or does another step with one: what `python3 dev.py package` runs.

package.py windows|linux|macos|wheel [step] [arguments]

A system is a folder beside this file, a step a script in it: `package.py linux` runs linux/build.py, `package.py linux
check` runs linux/check.py, with the folder and this one to import from. In the development environment (`.venv`).
Nothing here is a package with an `__init__.py`: there is a library called `packaging`, too.
"""

from __future__ import annotations

import runpy
import sys
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
FOLDERS = {"windows": "windows", "linux": "linux", "macos": "macos", "wheel": "python"}


def main(arguments: Sequence[str]) -> int:
    if not arguments or arguments[0] not in FOLDERS:
        print(f"package: say what to make: {', '.join(FOLDERS)}", file=sys.stderr)
        return 2
    folder, rest = HERE / FOLDERS[arguments[0]], list(arguments[1:])
    step = rest.pop(0) if rest and rest[0].isidentifier() else "build"
    script = folder / f"{step}.py"
    if not is_step(script):
        steps = sorted(path.stem for path in folder.glob("*.py") if is_step(path))
        print(f"package: {arguments[0]} has no step '{step}'; there are: {', '.join(steps)}", file=sys.stderr)
        return 2
    sys.path[:0] = [str(folder), str(HERE)]
    sys.argv = [str(script), *rest]
    runpy.run_path(str(script), run_name="__main__")  # ends in sys.exit
    return 0


def is_step(path: Path) -> bool:
    return path.is_file() and "\ndef main(" in path.read_text(encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
