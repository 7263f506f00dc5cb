"""What dpkg wants to know of the package: its fields, what it does when installed, and whose the parts are."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import format_datetime
from importlib import metadata
from typing import Final

from identity import HOMEPAGE, MAIL, NAME, PACKAGE, PUBLISHER, SUMMARY, copyright_line, version
from linux.wheels import GLIBC, PYTHONS

LIBRARY_FOLDER: Final = f"/usr/lib/{PACKAGE}"

DEPENDS: Final = (
    f"python3 (>= 3.{PYTHONS[0]})", f"python3 (<< 3.{PYTHONS[-1] + 1})",
    f"libc6 (>= 2.{GLIBC})", "libgcc-s1", "libstdc++6 (>= 11)", "zlib1g", "libzstd1",
    "libglib2.0-0 | libglib2.0-0t64", "libgssapi-krb5-2", "libbrotli1",
)  # fmt: skip
"""For the console program: QtCore and QtNetwork."""

RECOMMENDS: Final = (
    "libdbus-1-3", "libegl1", "libfontconfig1", "libfreetype6", "libgl1", "libx11-6", "libx11-xcb1", "libxcb1",
    "libxcb-cursor0", "libxcb-icccm4", "libxcb-image0", "libxcb-keysyms1", "libxcb-randr0", "libxcb-render0",
    "libxcb-render-util0", "libxcb-shape0", "libxcb-shm0", "libxcb-sync1", "libxcb-util1", "libxcb-xfixes0",
    "libxcb-xkb1", "libxkbcommon0", "libxkbcommon-x11-0", "libwayland-client0", "libwayland-cursor0",
    "fonts-dejavu-core | fonts-liberation | fonts-noto-core",
)  # fmt: skip
"""For the window. apt takes them along unless told not to, as on a server with the console program alone."""

DESCRIPTION: Final = """\
 Pick a serial port, press Start: any program that speaks TCP, on this
 machine or another, talks to the device as if it were plugged in there.
 .
  * several bridges at once, each with a live log in hex and text
  * an unplugged adapter comes back by itself, also under another name
  * safe by default: listens on this machine only, one client at a time
  * raw TCP, RFC 2217, TLS, dialling out, virtual serial ports
 .
 serialbridge-gui is the window, serialbridge the same for a console. The
 libraries that Debian has not or only older, Qt among them, come along.
"""

COMPILE: Final = f"py3compile -p {PACKAGE} {LIBRARY_FOLDER}"
CLEAN: Final = f"py3clean -p {PACKAGE} {LIBRARY_FOLDER}"

POSTINST: Final = f"""\
#!/bin/sh
set -e
if [ "$1" = configure ]; then
    {COMPILE}
fi
"""

PRERM: Final = f"""\
#!/bin/sh
set -e
if command -v py3clean >/dev/null; then
    {CLEAN}
else
    find {LIBRARY_FOLDER} -type d -name __pycache__ -prune -exec rm -rf {{}} +
fi
"""

RTUPDATE: Final = f"""\
#!/bin/sh
set -e
if [ "$1" = rtupdate ]; then
    {CLEAN}
    {COMPILE}
fi
"""
"""The system's Python has another version now: modules are compiled for that one."""


def debian_version() -> str:
    """A version before the release sorts before it: 1.0rc1 is 1.0~rc1."""
    return re.sub(r"[.-]?(a|b|rc|dev)(\d+)", r"~\1\2", version())


def control(*, installed_kib: int) -> str:
    fields = {
        "Package": PACKAGE,
        "Version": debian_version(),
        "Architecture": "amd64",
        "Maintainer": f"{PUBLISHER} <{MAIL}>",
        "Installed-Size": str(installed_kib),
        "Depends": ", ".join(DEPENDS),
        "Recommends": ", ".join(RECOMMENDS),
        "Section": "net",
        "Priority": "optional",
        "Homepage": HOMEPAGE,
        "Description": SUMMARY[0].lower() + SUMMARY[1:],
    }
    return "".join(f"{name}: {value}\n" for name, value in fields.items()) + DESCRIPTION


def changelog(when: datetime) -> str:
    """Debian's own form, which every package has to have; what is new stands in CHANGELOG.md."""
    return (
        f"{PACKAGE} ({debian_version()}) unstable; urgency=medium\n\n"
        f"  * {NAME} {version()}. What is new stands in CHANGELOG.md.gz beside this file.\n\n"
        f" -- {PUBLISHER} <{MAIL}>  {format_datetime(when.astimezone(UTC))}\n"
    )


def copyright_file(license_text: str, distributions: dict[str, str]) -> str:
    """Whose the parts are. Each library's own words are copied into the folder `licenses` beside this file."""
    indented = "".join(f" {line}\n" if line else " .\n" for line in license_text.splitlines())
    holder = copyright_line().removeprefix("Copyright (c) ")
    parts = [
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n"
        f"Upstream-Name: {NAME}\nSource: {HOMEPAGE}\n",
        f"Files: *\nCopyright: {holder}\nLicense: MIT\n{indented}",
    ]
    words = [f"{name} {found} ({license_of(name)})" for name, found in sorted(distributions.items())]
    parts.append(
        "Comment:\n"
        f" {LIBRARY_FOLDER} also holds these libraries, as they were published, less what is not used:\n"
        + "".join(f" {word},\n" for word in words)
        + " with Qt 6 (LGPL-3) and ICU (Unicode-3.0) in PySide6. Their licences are in\n"
        f" /usr/share/doc/{PACKAGE}/licenses; LGPL-3 is in /usr/share/common-licenses.\n"
        " You may replace the LGPL's libraries by versions of your own.\n"
    )
    return "\n".join([parts[0] + parts[2], parts[1]])


def license_of(distribution: str) -> str:
    about = metadata.metadata(distribution)
    told = " ".join(about.get_all("License-Expression") or about.get_all("License") or [])
    if not told or len(told) > 60:
        classifiers = [text for text in about.get_all("Classifier") or [] if text.startswith("License ::")]
        told = ", ".join(text.split(" :: ")[-1] for text in classifiers)
    return " ".join(told.split()) or "see its own words"
