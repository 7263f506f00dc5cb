"""Makes a package of SerialBridge, or does another step with one: what `python3 dev.py package` runs.

package.py windows|linux|macos|wheel [step] [arguments]

A system is a folder beside this file, a step one of its modules with a `main(arguments)` that returns the exit code:
`package.py linux` runs linux/build.py, `package.py linux check` runs linux/check.py. Runs in the development
environment (`.venv`). Nothing here is a package with an `__init__.py`: a library is called `packaging`, too.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
FOLDERS = {"windows": "windows", "linux": "linux", "macos": "macos", "wheel": "python"}


def main(arguments: Sequence[str]) -> int:
    if not arguments or arguments[0] not in FOLDERS:
        print(f"package: say what to make: {', '.join(FOLDERS)}", file=sys.stderr)
        return 2
    folder, rest = FOLDERS[arguments[0]], list(arguments[1:])
    step = "build"
    if rest and rest[0].isidentifier():
        step = rest.pop(0)
    if not (HERE / folder / f"{step}.py").is_file():
        steps = sorted(path.stem for path in (HERE / folder).glob("*.py") if is_step(path))
        print(f"package: {arguments[0]} has no step '{step}'; there are: {', '.join(steps)}", file=sys.stderr)
        return 2
    return int(importlib.import_module(f"{folder}.{step}").main(rest))


def is_step(path: Path) -> bool:
    return "\ndef main(" in path.read_text(encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
