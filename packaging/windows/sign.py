"""Signs programs where there is a certificate to sign with, and else does nothing. Windows only; not run yet.

sign.py FILE... as a program is what the installer's compiler calls for the uninstaller, which nobody else gets to see.

From the environment: SIGN_PFX, the certificate and its key, PKCS #12 in base64; SIGN_PASSWORD; SIGN_TIMESTAMP, the
time stamp server's address.
"""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

TIMESTAMP: Final = "http://timestamp.digicert.com"
KITS: Final = r"Windows Kits\10\bin\*\x64\signtool.exe"


def wanted() -> bool:
    """Whether there is a certificate."""
    return bool(os.environ.get("SIGN_PFX"))


def sign(files: Sequence[Path]) -> bool:
    """Whether they are signed now. Raises CalledProcessError, SystemExit if they should have been and aren't."""
    if not wanted():
        print("sign: there is no certificate (SIGN_PFX): not signed", file=sys.stderr)
        return False
    with tempfile.TemporaryDirectory() as folder:
        key = Path(folder) / "key.pfx"
        key.write_bytes(base64.b64decode(os.environ["SIGN_PFX"]))
        subprocess.run(command(signtool(), key, files), check=True)
    return True


def command(tool: str, key: Path, files: Sequence[Path]) -> list[str]:
    password = ["/p", os.environ["SIGN_PASSWORD"]] if os.environ.get("SIGN_PASSWORD") else []
    stamp = os.environ.get("SIGN_TIMESTAMP") or TIMESTAMP
    options = ["/fd", "sha256", "/tr", stamp, "/td", "sha256", "/f", str(key), *password]
    return [tool, "sign", *options, *map(str, files)]


def signtool() -> str:
    found = shutil.which("signtool")
    if found is None:
        kits = sorted(Path(os.environ.get("PROGRAMFILES(X86)", "/nowhere")).glob(KITS.replace("\\", "/")))
        if not kits:
            raise SystemExit("sign: signtool is not there: it comes with the Windows SDK")
        found = str(kits[-1])
    return found


if __name__ == "__main__":
    sign([Path(file) for file in sys.argv[1:]])
