"""Wheel and sdist in dist/, built by hatchling from pyproject.toml."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

from identity import DIST, ROOT


def main(arguments: Sequence[str]) -> int:
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(DIST), str(ROOT)]
    return subprocess.run([*build, *arguments], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
