"""dist/SerialBridge-VERSION-ARCH.dmg with SerialBridge.app, made by PyInstaller from the spec that Windows has, too.

On macOS only. It has not run yet: nobody here has a Mac. The release workflow runs it.

Signed and notarized where the environment says with what: SIGN_P12 (base64), SIGN_PASSWORD, SIGN_IDENTITY;
NOTARY_APPLE_ID, NOTARY_TEAM_ID, NOTARY_PASSWORD. Without a certificate PyInstaller's ad hoc signature stays, with
which macOS asks the user before the first start.
"""

from __future__ import annotations

import base64
import os
import platform
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from identity import DIST, NAME, PACKAGE, ROOT, version
from linux.icons import draw

BUILD: Final = ROOT / "build" / "macos"
APP: Final = BUILD / "dist" / f"{NAME}.app"
SPEC: Final = ROOT / "packaging" / "windows" / "serialbridge.spec"
ICON_SIZES: Final = (16, 32, 128, 256, 512)


def main(arguments: Sequence[str]) -> int:
    if arguments or sys.platform != "darwin":
        print("package macos: takes no arguments, and needs a Mac", file=sys.stderr)
        return 2
    shutil.rmtree(BUILD, ignore_errors=True)
    BUILD.mkdir(parents=True)
    DIST.mkdir(exist_ok=True)
    unpack_wheel()
    make_icon()
    freeze()
    sign()
    image = make_image()
    notarize(image)
    print(f"{image.relative_to(ROOT)}: {image.stat().st_size / 1e6:.1f} MB", file=sys.stderr)
    return 0


def run(*command: str | Path) -> None:
    subprocess.run([str(word) for word in command], cwd=ROOT, check=True)


def unpack_wheel() -> None:
    """What is frozen is what the wheel ships."""
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", DIST, ROOT)
    with zipfile.ZipFile(DIST / f"{PACKAGE}-{version()}-py3-none-any.whl") as wheel:
        wheel.extractall(BUILD / "app")


def make_icon() -> None:
    folder = BUILD / "serialbridge.iconset"
    svg = ROOT / "resources" / "icons" / "serialbridge.svg"
    for size in ICON_SIZES:
        draw(svg, folder / f"icon_{size}x{size}.png", size)
        draw(svg, folder / f"icon_{size}x{size}@2x.png", 2 * size)
    run("iconutil", "--convert", "icns", "--output", BUILD / "serialbridge.icns", folder)


def freeze() -> None:
    run(sys.executable, "-m", "pip", "install", "--quiet", "pyinstaller", "-c", ROOT / "constraints.txt")
    places = ["--distpath", str(BUILD / "dist"), "--workpath", str(BUILD / "work")]
    run(sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN", *places, SPEC)


def sign() -> None:
    """With the certificate from the environment, put into a keychain of its own."""
    if not os.environ.get("SIGN_P12"):
        print("package macos: there is no certificate (SIGN_P12): not signed", file=sys.stderr)
        return
    key, keychain, password = BUILD / "key.p12", BUILD / "signing.keychain-db", os.environ["SIGN_PASSWORD"]
    key.write_bytes(base64.b64decode(os.environ["SIGN_P12"]))
    try:
        run("security", "create-keychain", "-p", password, keychain)
        run("security", "unlock-keychain", "-p", password, keychain)
        run("security", "import", key, "-k", keychain, "-P", password, "-T", "/usr/bin/codesign")
        run("security", "set-key-partition-list", "-S", "apple-tool:,apple:", "-s", "-k", password, keychain)
        run("security", "list-keychains", "-d", "user", "-s", keychain, "login.keychain-db")
        run("codesign", "--force", "--deep", "--timestamp", "--options", "runtime",
            "--entitlements", Path(__file__).with_name("entitlements.plist"),
            "--keychain", keychain, "--sign", os.environ["SIGN_IDENTITY"], APP)  # fmt: skip
        run("codesign", "--verify", "--deep", "--strict", APP)
    finally:
        key.unlink()


def make_image() -> Path:
    """The program beside a link to where it belongs."""
    folder = BUILD / "image"
    folder.mkdir()
    run("ditto", APP, folder / APP.name)
    (folder / "Applications").symlink_to("/Applications")
    image = DIST / f"{NAME}-{version()}-{platform.machine()}.dmg"
    run("hdiutil", "create", "-volname", NAME, "-srcfolder", folder, "-fs", "HFS+", "-format", "UDZO", "-ov", image)
    return image


def notarize(image: Path) -> None:
    names = ("NOTARY_APPLE_ID", "NOTARY_TEAM_ID", "NOTARY_PASSWORD")
    account, team, password = (os.environ.get(name, "") for name in names)
    if not (account and team and password):
        print("package macos: no account to notarize with: not notarized", file=sys.stderr)
        return
    identity = ["--apple-id", account, "--team-id", team, "--password", password]
    run("xcrun", "notarytool", "submit", image, *identity, "--wait")
    run("xcrun", "stapler", "staple", image)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
