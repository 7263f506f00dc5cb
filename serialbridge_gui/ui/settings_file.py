"""The settings of the window as one small file, `settings.json`: there whole, or as it was before.

Not QSettings (docs/decisions/0016-settings-tray-and-closing.md): it saves under a lock file, which a killed program
leaves behind; found empty, it holds the next program's window up for 30 s.
"""

from __future__ import annotations

import json
import threading
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Final

from PySide6.QtCore import QByteArray, QCoreApplication, QObject, QTimer, Signal

from serialbridge_gui.traffic.text import make_visible
from serialbridge_gui.whole_file import read_bounded, remove_left, set_aside, write_whole

NAME: Final = "settings.json"
MAX_FILE_BYTES: Final = 4 << 20
"""A hundred times what a hundred bridges need; a larger one is not ours."""
SAVE_MS: Final = 300
"""How long changes are gathered before they are written, in another thread (chosen)."""

Value = str | bytes | list[str]


class SettingsFile(QObject):
    """Keys and values in memory; every change is on disk soon. Main thread only."""

    failed = Signal(str)
    """A sentence: the file could not be written; what was set is still in force. Told once."""

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        """Reads the file; one that is broken is set aside."""
        super().__init__(parent)
        self.path = path
        self.problem = ""
        """A sentence: the file was broken."""
        self._values = self._load()
        self._version = self._written = 0
        """Of the values in memory, and of those that are on disk."""
        self._told = False
        self._lock = threading.Lock()
        self._writer: threading.Thread | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SAVE_MS)
        self._timer.timeout.connect(self._begin)

    def value(self, key: str) -> Value | None:
        """What was set; None: nothing."""
        return self._values.get(key)

    def setValue(self, key: str, value: Value | QByteArray) -> None:
        """Set it. Named as QSettings names it."""
        plain: Value = bytes(value.data()) if isinstance(value, QByteArray) else value
        if self._values.get(key) != plain:
            self._values[key] = plain
            self._change()

    def remove(self, key: str) -> None:
        """As if it had never been set."""
        if self._values.pop(key, None) is not None:
            self._change()

    def names(self) -> list[str]:
        """What is set."""
        return list(self._values)

    def sync(self) -> None:
        """Write what is not written yet, in this thread: blocks for a disk's flush."""
        self._timer.stop()
        self._write(self._text(), self._version)

    async def finish(self) -> None:
        """Write what is not written yet."""
        from asyncio import to_thread

        self._timer.stop()
        await to_thread(self._write, self._text(), self._version)

    # ---- the file

    def _change(self) -> None:
        self._version += 1
        if not self._timer.isActive():
            self._timer.start()

    def _begin(self) -> None:
        if self._writer is not None and self._writer.is_alive():
            self._timer.start()  # a slow disk
            return
        self._writer = threading.Thread(
            target=self._write, args=(self._text(), self._version), name="save settings", daemon=True
        )
        self._writer.start()

    def _text(self) -> str:
        plain = {key: _packed(value) for key, value in self._values.items()}
        return json.dumps(plain, ensure_ascii=False, indent=1, sort_keys=True) + "\n"

    def _write(self, text: str, version: int) -> None:
        """Any thread. An older version never comes after a newer one."""
        with self._lock:
            if version <= self._written:
                return
            try:
                write_whole(self.path, text)
            except OSError as error:  # tried again with the next change, and at the end
                if not self._told:
                    self._told = True
                    self.failed.emit(self._unsaved(error.strerror or str(error)))
            else:
                self._written = version

    def _load(self) -> dict[str, Value]:
        remove_left(self.path.parent)
        try:
            return _read(read_bounded(self.path, MAX_FILE_BYTES))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError):
            words = QCoreApplication.translate(
                "SettingsFile", "The settings were broken; they are in {file} now, and the defaults hold."
            )
            self.problem = words.format(file=make_visible(str(set_aside(self.path) or self.path)))
            return {}

    def _unsaved(self, detail: str) -> str:
        words = QCoreApplication.translate(
            "SettingsFile", "The settings cannot be written to {file}: {detail}. They hold until the program ends."
        )
        return words.format(file=make_visible(str(self.path)), detail=make_visible(detail).rstrip("."))


def _packed(value: Value) -> object:
    return {"bytes": b64encode(value).decode("ascii")} if isinstance(value, bytes) else value


def _read(raw: bytes) -> dict[str, Value]:
    """Raises ValueError for what is no object of settings; a single value that is none is left out."""
    if len(raw) > MAX_FILE_BYTES:
        raise ValueError("too large")
    plain = json.loads(raw)
    if not isinstance(plain, dict):
        raise ValueError("no object")
    read = {key: _unpacked(value) for key, value in plain.items()}
    return {key: value for key, value in read.items() if value is not None}


def _unpacked(value: object) -> Value | None:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return [each for each in value if isinstance(each, str)]
    if isinstance(value, dict) and isinstance(value.get("bytes"), str):
        try:
            return b64decode(value["bytes"], validate=True)
        except ValueError:
            return None
    return None
