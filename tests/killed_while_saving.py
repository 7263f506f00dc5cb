"""A program that saves a profile and the settings again and again, and is killed at random moments.

    python -m tests.killed_while_saving FOLDER KILLS SEED

Each round forks a writer, kills it by SIGKILL once it has saved a generation, and looks at what is there: one
generation, whole. In every `BETWEEN`th round it is killed between its two files, wherever chance would have it in the
others. Standard output ends with a JSON object of figures. A process of its own, since a fork needs one without other
threads.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from itertools import count
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication

from serialbridge_gui.profile import ListenAddress, Profile, SerialSettings
from serialbridge_gui.profile_store import ProfileStore
from serialbridge_gui.ui.preferences import LogFont, Preferences
from serialbridge_gui.ui.settings_file import NAME, SettingsFile

GENERATIONS = 3
"""So many a writer is given time for after its first one, as long as that took; at most."""
BETWEEN = 5
"""One round of so many ends between profile and settings."""
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


def save_for_ever(folder: Path, first: int, between: bool, tell: int) -> None:
    """Begin with the generation after `first`; one byte to `tell` before it, one after it, or after half of it."""
    store = ProfileStore(folder)
    preferences = Preferences(SettingsFile(folder / NAME))
    os.write(tell, b".")
    for number in count(first + 1):
        store.save(generation(number))
        if between and number > first + 1:
            os.write(tell, b".")
            signal.pause()
        preferences.new_port = number % NUMBERS + 1
        preferences.new_baud_rate = number + 1
        preferences.log_font = LogFont(f"{number:08d}" + "y" * (number % 150), 10)
        preferences.settings.sync()
        if number == first + 1 and not between:
            os.write(tell, b".")


def saved_profile(folder: Path) -> int:
    """Whose generation the profile is; it is there and whole."""
    loaded = ProfileStore(folder).load()
    assert loaded.problems == (), loaded.problems
    (profile,) = loaded.profiles
    number = profile.serial.baud_rate - 1
    assert profile == generation(number)
    return number


def saved_settings(folder: Path) -> int:
    """Whose generation the settings are; they are there and whole."""
    preferences = Preferences(SettingsFile(folder / NAME))
    number = preferences.new_baud_rate - 1
    assert preferences.settings.problem == ""
    assert preferences.new_port == number % NUMBERS + 1
    assert preferences.log_font == LogFont(f"{number:08d}" + "y" * (number % 150), 10)
    return number


def round_of(folder: Path, first: int, share: float, between: bool) -> None:
    """One writer. It is killed between its files, or after `share` of the time that `GENERATIONS` take."""
    told, tell = os.pipe()
    writer = os.fork()
    if writer == 0:
        try:
            os.close(told)
            app = QCoreApplication([])  # has the timers that are asked for; none ever fires
            assert app is not None
            save_for_ever(folder, first, between, tell)
        finally:
            os._exit(3)
    os.close(tell)
    assert os.read(told, 1) == b"."
    began = time.monotonic()
    assert os.read(told, 1) == b"."
    if not between:
        time.sleep(share * GENERATIONS * (time.monotonic() - began))
    os.close(told)
    os.kill(writer, signal.SIGKILL)
    _, status = os.waitpid(writer, 0)
    assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL


def main(folder: Path, kills: int, seed: int) -> dict[str, Any]:
    source = random.Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    ProfileStore(folder).save(generation(0))
    first, apart = 0, 0
    for turn in range(kills):
        between = turn % BETWEEN == BETWEEN - 1
        round_of(folder, first, source.random(), between)
        profile, settings = saved_profile(folder), saved_settings(folder)
        assert profile - settings in ((1,) if between else (0, 1)), (profile, settings)  # the profile is saved first
        assert settings > first  # what a writer said it had saved is there
        apart += profile != settings
        first = settings
    app = QCoreApplication([])
    assert app is not None
    began = time.monotonic()
    preferences = Preferences(SettingsFile(folder / NAME))
    preferences.new_port = 1 if preferences.new_port > 1 else 2
    preferences.settings.sync()
    took_s = time.monotonic() - began
    return {
        "kills": kills, "killed between the two files": apart, "generations": first,
        "files left half-written": len(list(folder.rglob("*.tmp"))), "next save, s": round(took_s, 3),
    }  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))  # noqa: T201
