"""What the program calls itself: read from pyproject.toml, serialbridge_gui/__init__.py and LICENSE, never retyped."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
NAME: Final = "SerialBridge"


@dataclass(frozen=True)
class Product:
    version: str
    publisher: str
    description: str
    copyright: str
    app_id: str
    """The AppUserModelID: the program's and the shortcut's must be the same."""

    @property
    def four_numbers(self) -> tuple[int, int, int, int]:
        """The version as Windows has it: `0.2.0rc1` is 0.2.0.0."""
        release = re.match(r"[\d.]*", self.version)
        found = [int(number) for number in (release.group() if release else "").split(".") if number]
        first, second, third = (*found, 0, 0, 0)[:3]
        return first, second, third, 0


def product() -> Product:
    """The product of this checkout."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return Product(
        version=_constant("serialbridge_gui/__init__.py", "__version__"),
        publisher=project["authors"][0]["name"],
        description=project["description"],
        copyright=_found("LICENSE", r"^Copyright .+$"),
        app_id=_constant("serialbridge_gui/app.py", "APP_USER_MODEL_ID"),
    )


def dependencies() -> list[str]:
    """What the program needs, as pip reads it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return list(project["dependencies"])


def version_resource(what: Product, program: str) -> str:
    """The version resource of one .exe, as PyInstaller reads it."""
    strings = {
        "CompanyName": what.publisher,
        "FileDescription": NAME if program == "serialbridge-gui" else f"{NAME}, console program",
        "FileVersion": what.version,
        "InternalName": program,
        "LegalCopyright": what.copyright,
        "OriginalFilename": f"{program}.exe",
        "ProductName": NAME,
        "ProductVersion": what.version,
    }
    table = ",\n        ".join(f"StringStruct({name!r}, {value!r})" for name, value in strings.items())
    return f"""VSVersionInfo(
  ffi=FixedFileInfo(filevers={what.four_numbers}, prodvers={what.four_numbers}, mask=0x3F, OS=0x40004, fileType=1),
  kids=[
    StringFileInfo([StringTable('040904B0', [
        {table}])]),
    VarFileInfo([VarStruct('Translation', [0x0409, 1200])]),
  ],
)
"""


def _constant(file: str, name: str) -> str:
    return _found(file, rf'^{name}\b[^=]*= "(.+)"$')


def _found(file: str, pattern: str) -> str:
    match = re.search(pattern, (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE)
    if match is None:
        raise ValueError(f"{file} has nothing like {pattern}")
    return match.group(match.lastindex or 0)
