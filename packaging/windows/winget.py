"""The three files that winget wants of a release: dist/winget/. `dev.py package windows winget --url FOLDER`.

winget.py [--url FOLDER] [--setup FILE] [--date 2026-01-31]

FOLDER is where the installer will be downloaded from. The files go into winget's own repository, by hand or by its
tool, once the release is there.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from identity import DIST, HOMEPAGE, NAME, PUBLISHER, SUMMARY, copyright_line, version

IDENTIFIER: Final = f"{NAME}.{NAME}"
MANIFEST: Final = "1.6.0"
"""The version of winget's form: old enough for every winget that is about."""

Value = str | list[Any] | Mapping[str, Any]


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="package windows winget")
    parser.add_argument("--url", default=f"{HOMEPAGE}/releases/download/v{version()}", metavar="FOLDER")
    parser.add_argument("--setup", type=Path, default=DIST / f"{NAME}-{version()}-Setup.exe", metavar="FILE")
    parser.add_argument("--date", default=datetime.now(UTC).date().isoformat())
    parser.add_argument("--out", type=Path, default=DIST / "winget", metavar="DIR")
    options = parser.parse_args(arguments)
    if not options.setup.is_file():
        print(f"winget: {options.setup} is not there; `dev.py package windows` makes it", file=sys.stderr)
        return 1
    sha256 = hashlib.sha256(options.setup.read_bytes()).hexdigest().upper()
    url = f"{options.url.rstrip('/')}/{options.setup.name}"
    options.out.mkdir(parents=True, exist_ok=True)
    for name, text in manifests(url, sha256, options.date).items():
        (options.out / name).write_text(text, encoding="utf-8", newline="\n")
    print(f"winget: wrote {options.out}", file=sys.stderr)
    return 0


def manifests(url: str, sha256: str, date: str) -> dict[str, str]:
    """The files' names and texts."""
    return {
        f"{IDENTIFIER}.yaml": document("version", {"DefaultLocale": "en-US"}),
        f"{IDENTIFIER}.installer.yaml": document("installer", installer(url, sha256, date)),
        f"{IDENTIFIER}.locale.en-US.yaml": document("defaultLocale", locale()),
    }


def installer(url: str, sha256: str, date: str) -> dict[str, Value]:
    file = {"Architecture": "x64", "InstallerUrl": url, "InstallerSha256": sha256}
    everybody = {"Scope": "machine", "InstallerSwitches": {"Custom": "/AllUsers"}}
    return {
        "Platform": ["Windows.Desktop"],
        "MinimumOSVersion": "10.0.17763.0",  # Qt 6 wants Windows 10 of 1809
        "InstallerType": "nullsoft",
        "InstallModes": ["interactive", "silent"],
        "UpgradeBehavior": "install",
        "FileExtensions": ["serialbridge"],
        "ProductCode": NAME,  # the name of the key in Add/Remove Programs
        "ReleaseDate": date,
        "Installers": [
            {**file, "Scope": "user"},
            {**file, **everybody, "ElevationRequirement": "elevationRequired"},
        ],
    }


def locale() -> dict[str, Value]:
    return {
        "PackageLocale": "en-US",
        "Publisher": PUBLISHER,
        "PackageName": NAME,
        "PackageUrl": HOMEPAGE,
        "License": "MIT",
        "Copyright": copyright_line(),
        "ShortDescription": f"{SUMMARY}.",
        "Moniker": NAME.lower(),
        "Tags": ["com-port", "ser2net", "serial", "serial-port", "tcp"],
    }


def document(kind: str, fields: Mapping[str, Value]) -> str:
    head = {"PackageIdentifier": IDENTIFIER, "PackageVersion": version()}
    tail = {"ManifestType": kind, "ManifestVersion": MANIFEST}
    comment = f"# yaml-language-server: $schema=https://aka.ms/winget-manifest.{kind}.{MANIFEST}.schema.json\n\n"
    return comment + "".join(yaml({**head, **fields, **tail}))


def yaml(fields: Mapping[str, Value], indent: str = "") -> list[str]:
    """As YAML. Every word is quoted, so that none can be taken for a number, a date or a comment."""
    lines = []
    for name, value in fields.items():
        if isinstance(value, str):
            lines.append(f"{indent}{name}: {json.dumps(value, ensure_ascii=False)}\n")
        elif isinstance(value, Mapping):
            lines += [f"{indent}{name}:\n", *yaml(value, indent + "  ")]
        else:
            lines.append(f"{indent}{name}:\n")
            for item in value:
                if isinstance(item, Mapping):
                    first, *rest = yaml(item, indent + "  ")
                    lines += [f"{indent}- {first.removeprefix(indent + '  ')}", *rest]
                else:
                    lines.append(f"{indent}- {json.dumps(item)}\n")
    return lines


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
