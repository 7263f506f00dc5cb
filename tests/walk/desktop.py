"""A virtual screen with a window manager, the real program on it, and a user who clicks and types."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self
from xml.etree import ElementTree

from tests.processes import ROOT

DEADLINE_S: Final = 15.0
"""How long the user waits for what should come (chosen: the program's first start on a busy CI machine)."""

LOOK_AGAIN_S: Final = 0.1
"""The pause between two looks at the screen: AT-SPI tells of nothing that one could wait for reliably."""

KILL_WAIT_S: Final = 10.0
SCREEN: Final = "1280x900x24"
SYSTEM_PYTHON: Final = "/usr/bin/python3"
ACCESSIBILITY_BUS: Final = "/usr/libexec/at-spi-bus-launcher"
TRANSLATIONS: Final = ROOT / "resources" / "translations" / "serialbridge_zh_CN.ts"


def what_is_missing() -> str:
    """Why there can be no virtual screen here; "" if there can."""
    programs = ("Xvfb", "xdotool", "openbox", "dbus-daemon", SYSTEM_PYTHON, ACCESSIBILITY_BUS)
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        return f"a walk needs {', '.join(missing)}"
    probe = subprocess.run([SYSTEM_PYTHON, "-c", "import pyatspi"], capture_output=True, check=False)
    return "a walk needs python3-pyatspi" if probe.returncode else ""


@dataclass(frozen=True)
class Thing:
    """Something on the screen, as a screen reader tells of it. `box`: left, top, width, height in pixels."""

    role: str
    name: str
    text: str
    box: tuple[int, int, int, int]
    focused: bool
    enabled: bool


class Words:
    """The program's words in the user's language, as its translation file has them."""

    def __init__(self, language: str) -> None:
        self._known: dict[str, set[str]] = {}
        if language.startswith("zh"):
            for message in ElementTree.parse(TRANSLATIONS).iter("message"):
                source, translation = message.findtext("source") or "", message.findtext("translation") or ""
                self._known.setdefault(_plain(source), set()).add(_plain(translation))

    def match(self, english: str, seen: str) -> bool:
        """Whether `seen` is what the program calls `english`; a {part} of it may be anything."""
        return any(_with_parts(words).fullmatch(seen) for words in self._known.get(english, {english}))


def _plain(words: str) -> str:
    """Without the mark of a keyboard shortcut, `&File` or `文件(&F)`, which no user reads out."""
    return words.replace("&", "")


def _with_parts(words: str) -> re.Pattern[str]:
    return re.compile(".+".join(map(re.escape, re.split(r"\{\w+\}", words))))


class Desktop:
    """The screen, its buses and its window manager; `stop()` ends all of it."""

    def __init__(self, home: Path, language: str) -> None:
        self.home, self.words = home, Words(language)
        self.programs: list[subprocess.Popen[str]] = []
        runtime = home / "runtime"
        runtime.mkdir(mode=0o700, parents=True)
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("QT_", "XDG_", "DBUS_"))},
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(runtime),
            "LANG": language,
            "LC_ALL": language,
            "PYTHONPATH": str(ROOT),
            "QT_QPA_PLATFORM": "xcb",
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
        }
        self.environment.pop("WAYLAND_DISPLAY", None)
        try:
            screen = self._start("Xvfb", "-displayfd", "1", "-screen", "0", SCREEN, "-noreset", "-nolisten", "tcp")
            self.environment["DISPLAY"] = ":" + self._line_of(screen)
            bus = self._start("dbus-daemon", "--session", "--nofork", "--print-address")
            self.environment["DBUS_SESSION_BUS_ADDRESS"] = self._line_of(bus)
            self._start("openbox", "--sm-disable")
            self._wait_managed()
            self._start(ACCESSIBILITY_BUS, "--launch-immediately")
            self._reader = self._start(SYSTEM_PYTHON, str(Path(__file__).with_name("screen_reader.py")))
        except BaseException:
            self.stop()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _start(self, *command: str) -> subprocess.Popen[str]:
        errors: IO[str]
        with (self.home / f"{Path(command[0]).name}.log").open("a") as errors:
            program = subprocess.Popen(
                command,
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                encoding="utf-8",
                start_new_session=True,
            )
        self.programs.append(program)
        return program

    @staticmethod
    def _line_of(program: subprocess.Popen[str]) -> str:
        assert program.stdout is not None
        line = program.stdout.readline().strip()
        assert line, f"{program.args!r} said nothing"
        return line

    def _wait_managed(self) -> None:
        """Until windows get a frame and the focus."""
        deadline = time.monotonic() + DEADLINE_S
        ask = ["xdotool", "get_num_desktops"]
        while subprocess.run(ask, env=self.environment, capture_output=True, check=False).returncode:
            assert time.monotonic() < deadline, "the window manager did not start"
            time.sleep(LOOK_AGAIN_S)

    def start_program(self, config_dir: Path) -> subprocess.Popen[str]:
        """The window's program, as its user starts it."""
        return self._start(sys.executable, "-m", "serialbridge_gui", "--config-dir", str(config_dir))

    def look(self) -> list[Thing]:
        """Everything that is on the screen now."""
        assert self._reader.stdin is not None
        self._reader.stdin.write("look\n")
        self._reader.stdin.flush()
        return [Thing(**{**thing, "box": tuple(thing["box"])}) for thing in json.loads(self._line_of(self._reader))]

    def xdotool(self, *arguments: str) -> None:
        """One act of the hand."""
        subprocess.run(["xdotool", *arguments], env=self.environment, check=True, timeout=DEADLINE_S)

    def picture(self, file: Path) -> None:
        """The screen, where ImageMagick is there to take it."""
        if shutil.which("import"):
            command = ["import", "-window", "root", str(file)]
            subprocess.run(command, env=self.environment, check=True, timeout=DEADLINE_S)

    def end(self, program: subprocess.Popen[str]) -> None:
        """End it and what it started; its exit code is its own affair."""
        for sign in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.killpg(program.pid, sign)
            with suppress(subprocess.TimeoutExpired):
                program.wait(KILL_WAIT_S)
                break
        for stream in (program.stdin, program.stdout):
            if stream is not None:
                with suppress(BrokenPipeError):
                    stream.close()
        self.programs.remove(program)

    def stop(self) -> None:
        """May be called twice."""
        for program in reversed(self.programs.copy()):
            self.end(program)


class User:
    """One who has never seen the program. Counts the clicks and the seconds of the task at hand."""

    def __init__(self, desktop: Desktop, pictures: Path) -> None:
        self.desktop, self.words, self.pictures = desktop, desktop.words, pictures
        self.clicks = self.keys = 0
        self._begun = time.monotonic()
        pictures.mkdir(parents=True, exist_ok=True)

    def begin(self) -> None:
        """A new task."""
        self.clicks = self.keys = 0
        self._begun = time.monotonic()

    def seconds(self) -> float:
        """Since the task began."""
        return time.monotonic() - self._begun

    def find(self, role: str, name: str, holds: Callable[[Thing], bool] = lambda thing: thing.enabled) -> Thing:
        """Wait for this on the screen, the last where there are several: a dialog's comes after the window's.

        `name` is the program's English, with its {parts}.
        """
        deadline = time.monotonic() + DEADLINE_S
        while True:
            things = self.desktop.look()
            for thing in reversed(things):
                if thing.role == role and self.words.match(name, thing.name) and holds(thing):
                    return thing
            if time.monotonic() > deadline:
                self.picture("not-found")
                raise AssertionError(f"no {role} {name!r} among {[(t.role, t.name) for t in things if t.name]}")
            time.sleep(LOOK_AGAIN_S)

    def click(self, role: str, name: str) -> Thing:
        """Click the middle of it with the left button."""
        thing = self.find(role, name)
        left, top, width, height = thing.box
        where = (str(left + width // 2), str(top + height // 2))
        self.desktop.xdotool("mousemove", *where, "click", "1")
        self.clicks += 1
        return thing

    def press(self, *keys: str) -> None:
        """Keys by xdotool's names, one after the other."""
        self.desktop.xdotool("key", "--delay", "30", *keys)
        self.keys += len(keys)

    def type(self, text: str) -> None:
        """Type it where the focus is."""
        self.desktop.xdotool("type", "--delay", "5", text)
        self.keys += len(text)

    def type_into_dialog(self, title: str, text: str) -> None:
        """A file's name into the system's dialog, which has it selected, and Enter."""
        self.find("dialog", title, lambda dialog: any(t.role == "text" and t.focused for t in self.desktop.look()))
        self.press("ctrl+a")
        self.type(text)
        self.press("Return")

    def picture(self, name: str) -> None:
        """Keep what is on the screen for those who look at it later."""
        self.desktop.picture(self.pictures / f"{name}.png")
