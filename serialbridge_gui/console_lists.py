"""What `serialbridge ports` and `serialbridge profiles` do; not imported where a bridge is to be started."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Final

from serialbridge_gui.console_output import json_text
from serialbridge_gui.engine import ports
from serialbridge_gui.profile import Profile
from serialbridge_gui.profile_error import ProfileError, ProfileFault
from serialbridge_gui.profile_store import ProfileStore
from serialbridge_gui.traffic.text import make_visible
from serialbridge_gui.ui.sentences import profile_error_sentence
from serialbridge_gui.words import tr as _tr

PORT_FIELDS: Final = ("device", "description", "vid", "pid", "serial_number", "location", "manufacturer")
"""Of `ports --json`: other people's scripts read them."""


def list_ports(*, as_json: bool) -> None:
    """Print the serial ports that are there."""
    present = ports.present_ports()
    if as_json:
        objects = [{field: getattr(port, field) for field in PORT_FIELDS} for port in present]
        print(json_text(objects, sys.stdout, indent=2))
        return
    rows = [(p.device, p.description, p.vid_pid or "-", p.serial_number or "-", p.location or "-") for p in present]
    widths = [max(len(row[column]) for row in rows) for column in range(4)] if rows else []
    for row in rows:
        print("  ".join([*(f"{text:<{width}}" for text, width in zip(row, widths, strict=False)), row[4]]))
    if not rows and sys.stdout.isatty():
        print("serialbridge:", _tr("no serial port is present. Plug in the adapter."), file=sys.stderr)


def list_profiles(store: ProfileStore) -> None:
    """Print name, device, and where clients connect, or `→` and where the bridge itself does."""
    loaded = store.load()
    for problem in loaded.problems:
        print("serialbridge:", profile_error_sentence(problem), file=sys.stderr)
    for profile in loaded.profiles:
        where = profile.listen if profile.connect is None else f"→ {profile.connect}"
        print(profile.name, profile.serial.device, where, sep="\t")


def show_profile(_store: ProfileStore, profile: Profile) -> None:
    """Print it as JSON."""
    print(json_text(asdict(profile), sys.stdout, indent=2))


def export_profile(store: ProfileStore, profile: Profile, file: Path) -> None:
    """Write it to `file`. Raises ProfileError."""
    store.export(profile, file)


def import_profile(store: ProfileStore, file: Path) -> None:
    """Add the one in `file`, or what ser2net or socat has there, and print the names. Raises ProfileError."""
    from serialbridge_gui.importing import read_foreign_file

    report = read_foreign_file(file)
    if report is None:
        print(store.import_file(file).name)
        return
    from serialbridge_gui.ui.import_words import left_sentence, note_sentence

    if not report.found:
        detail = " ".join(left_sentence(left) for left in report.left[:3])
        raise ProfileError(ProfileFault.NO_BRIDGE, str(file), detail)
    added = store.add_new([found.profile for found in report.found])
    for profile, found in zip(added, report.found, strict=True):
        print(profile.name)
        for note in found.notes:
            print(f"serialbridge: {make_visible(profile.name)}: {note_sentence(note)}", file=sys.stderr)
    for left in report.left:
        print(f"serialbridge: {left_sentence(left)}", file=sys.stderr)


def delete_profile(store: ProfileStore, profile: Profile) -> None:
    """Remove it. Raises ProfileError."""
    store.delete(profile)


PROFILE_ACTIONS: Final[dict[str, Callable[..., None]]] = {
    "list": list_profiles,
    "show": show_profile,
    "export": export_profile,
    "import": import_profile,
    "delete": delete_profile,
}
"""By the words of the command line; the arguments are a store, and `profile` and `file` where the words need them."""
