"""A program that saves a profile and the settings again and again, and is killed at random moments.

    python -m tests.killed_while_saving FOLDER KILLS SEED

Each round forks a writer, kills it by SIGKILL and looks at what is there: one generation, whole. Standard output ends
with a JSON object of figures. A process of its own, since a fork needs one without other threads.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import time
from itertools import count
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSettings

from serialbridge_gui.profile import ListenAddress, Profile, SerialSettings
from serialbridge_gui.profile_store import ProfileStore
from serialbridge_gui.ui.preferences import LogFont, Preferences

LONGEST_S = 0.03
"""A writer lives at most so long: some ten generations."""
PROFILE_ID = "0" * 32
NUMBERS = 60_000


def generation(number: int) -> Profile:
    """The profile as it is then; long enough for more than one block of a disk."""
    name = f"{number:08d} 秤 " + "x" * (number % 150)
    networks = tuple(f"10.{number % 200}.{each}.0/24" for each in range(60))
    profile = Profile(id=PROFILE_ID, name=name, serial=SerialSettings(device="d" * 900, baud_rate=number + 1))
    return profile.changed(
        listen=ListenAddress(port=number % NUMBERS + 1), clients=profile.clients.changed(allow=networks)
    )


def save_for_ever(folder: Path, first: int) -> None:
    """Begin with the generation after `first`."""
    store = ProfileStore(folder)
    preferences = Preferences(QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat))
    for number in count(first + 1):
        store.save(generation(number))
        preferences.new_port = number % NUMBERS + 1
        preferences.new_baud_rate = number + 1
        preferences.log_font = LogFont(f"{number:08d}" + "y" * (number % 150), 10)
        preferences.settings.sync()


def saved_profile(folder: Path) -> int:
    """Whose generation the profile is; it is there and whole."""
    loaded = ProfileStore(folder).load()
    assert loaded.problems == (), loaded.problems
    (profile,) = loaded.profiles
    number = profile.serial.baud_rate - 1
    assert profile == generation(number)
    return number


def saved_settings(folder: Path, trial: int) -> int:
    """Whose generation the settings are. Read from a copy: QSettings remembers files by their names."""
    copy = folder.parent / f"copy-{trial}.ini"
    shutil.copyfile(folder / "window.ini", copy)
    preferences = Preferences(QSettings(str(copy), QSettings.Format.IniFormat))
    number = preferences.new_baud_rate - 1
    assert preferences.settings.status() is QSettings.Status.NoError
    assert preferences.new_port == number % NUMBERS + 1
    assert preferences.log_font == LogFont(f"{number:08d}" + "y" * (number % 150), 10)
    copy.unlink()
    return number


def round_of(folder: Path, first: int, wait_s: float) -> None:
    """One writer, killed after `wait_s`."""
    writer = os.fork()
    if writer == 0:
        try:
            save_for_ever(folder, first)
        finally:
            os._exit(3)
    time.sleep(wait_s)
    os.kill(writer, signal.SIGKILL)
    _, status = os.waitpid(writer, 0)
    assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL


def main(folder: Path, kills: int, seed: int) -> dict[str, Any]:
    source = random.Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    ProfileStore(folder).save(generation(0))
    Preferences(QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat)).new_baud_rate = 1
    round_of(folder, 0, 1.0)  # so that there is a generation to lose
    first, apart = 0, 0
    for trial in range(kills):
        round_of(folder, first, source.uniform(0, LONGEST_S))
        profile, settings = saved_profile(folder), saved_settings(folder, trial)
        assert profile - settings in (0, 1), (profile, settings)  # the profile is saved first
        assert profile >= first
        apart += profile != settings
        first = settings
    left = [each.name for each in folder.rglob("*") if each.is_file() and not each.name.startswith((".", "0" * 32))]
    began = time.monotonic()
    preferences = Preferences(QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat))
    preferences.new_port = 60_001
    preferences.settings.sync()
    return {
        "kills": kills, "between the two files": apart, "generations": first,
        "files left beside": len(list(folder.rglob("*"))) - 3, "names": left[:5],
        "first save after the last kill, s": round(time.monotonic() - began, 3),
    }  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))  # noqa: T201
