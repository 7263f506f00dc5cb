"""What Windows shows of a program's file in its properties, and the version as Windows has it."""

from __future__ import annotations

import re

from identity import NAME, PUBLISHER, copyright_line, version


def four_numbers(of: str) -> tuple[int, int, int, int]:
    """The version as Windows has it: `0.2.0rc1` is 0.2.0.0."""
    release = re.match(r"[\d.]*", of)
    found = [int(number) for number in (release.group() if release else "").split(".") if number]
    first, second, third = (*found, 0, 0, 0)[:3]
    return first, second, third, 0


def version_resource(program: str) -> str:
    """The version resource of one .exe, as PyInstaller reads it."""
    strings = {
        "CompanyName": PUBLISHER,
        "FileDescription": NAME if program == "serialbridge-gui" else f"{NAME}, console program",
        "FileVersion": version(),
        "InternalName": program,
        "LegalCopyright": copyright_line(),
        "OriginalFilename": f"{program}.exe",
        "ProductName": NAME,
        "ProductVersion": version(),
    }
    table = ",\n        ".join(f"StringStruct({name!r}, {value!r})" for name, value in strings.items())
    numbers = four_numbers(version())
    return f"""VSVersionInfo(
  ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}, mask=0x3F, OS=0x40004, fileType=1),
  kids=[
    StringFileInfo([StringTable('040904B0', [
        {table}])]),
    VarFileInfo([VarStruct('Translation', [0x0409, 1200])]),
  ],
)
"""
