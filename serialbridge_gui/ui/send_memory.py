"""SendMemory: what the send panels of all bridges remember, kept in one small file."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from serialbridge_gui.traffic.message import ENCODINGS, MAX_CONTENT_CHARACTERS, Message
from serialbridge_gui.ui.tasks import Tasks
from serialbridge_gui.whole_file import read_bounded, set_aside, write_whole

MAX_MESSAGES: Final = 99
MAX_NAME_CHARACTERS: Final = 60
MAX_HISTORY: Final = 100
MAX_FILE_BYTES: Final = 4 << 20
"""Above what all of the above can take."""
SAVE_AFTER_MS: Final = 1000
"""How long further changes are waited for (chosen: who sends ten times a second writes the file once)."""
FORMAT_VERSION: Final = 1


@dataclass(frozen=True)
class NamedMessage:
    """A message with a name, to be sent again and again."""

    name: str
    message: Message


@dataclass(frozen=True)
class _Saved:
    """The file's content."""

    format_version: int = FORMAT_VERSION
    unfolded: bool = False
    messages: tuple[NamedMessage, ...] = ()
    history: tuple[Message, ...] = ()
    last: Message = field(default_factory=Message)


class SendMemory(QObject):
    """Main thread only. The file is read once, when this is made, and written soon after a change."""

    messages_changed = Signal()
    save_failed = Signal(str)
    """A sentence: it could not be written; what was changed is still in force."""

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.complaint = ""
        """A sentence: the file could not be read."""
        self._path = path
        self._tasks = Tasks()
        self._saving = False
        self._saved = self._now = self._load()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SAVE_AFTER_MS)
        self._timer.timeout.connect(self._start_saving)

    @property
    def unfolded(self) -> bool:
        """Whether the panel was left unfolded."""
        return self._now.unfolded

    @property
    def messages(self) -> tuple[NamedMessage, ...]:
        """The named messages, in their order."""
        return self._now.messages

    @property
    def history(self) -> tuple[Message, ...]:
        """What was sent, the newest first, each once."""
        return self._now.history

    @property
    def last(self) -> Message:
        """What was sent last: its kind, line ending and so on are offered again."""
        return self._now.last

    def set_unfolded(self, unfolded: bool) -> None:
        """Remember whether the panel is unfolded."""
        self._change(unfolded=unfolded)

    def set_messages(self, messages: tuple[NamedMessage, ...]) -> None:
        """Replace the named messages; those beyond MAX_MESSAGES are left out."""
        if messages != self._now.messages:
            self._change(messages=messages[:MAX_MESSAGES])
            self.messages_changed.emit()

    def note_sent(self, message: Message) -> None:
        """Put this at the front of the history."""
        others = tuple(other for other in self._now.history if other != message)
        self._change(history=(message, *others)[:MAX_HISTORY], last=message)

    async def finish(self) -> None:
        """Write what is not written yet."""
        self._timer.stop()
        if self._saved != self._now:
            self._start_saving()
        await self._tasks.finish()

    # ---- the file

    def _change(self, **fields: object) -> None:
        self._now = _Saved(**{**vars(self._now), **fields})  # type: ignore[arg-type]
        self._timer.start()

    def _start_saving(self) -> None:
        if not self._saving:
            self._saving = True
            self._tasks.start(self._save(), "save what is sent")

    async def _save(self) -> None:
        from asyncio import to_thread

        try:
            while self._saved != self._now:
                now = self._now
                await to_thread(_write, self._path, now)
                self._saved = now
        except OSError as error:
            self.save_failed.emit(
                self.tr("The saved messages cannot be written to {file}: {detail}").format(
                    file=self._path, detail=error.strerror or error
                )
            )
        finally:
            self._saving = False

    def _load(self) -> _Saved:
        try:
            return _read(read_bounded(self._path, MAX_FILE_BYTES))
        except FileNotFoundError:
            return _Saved()
        except OSError as error:
            self.complaint = self.tr("The saved messages cannot be read from {file}: {detail}").format(
                file=self._path, detail=error.strerror or error
            )
        except (ValueError, RecursionError):
            aside = set_aside(self._path)
            self.complaint = self.tr("The file of the saved messages is broken, and was set aside as {file}").format(
                file=aside or self._path
            )
        return _Saved()


def _read(raw: bytes) -> _Saved:
    """Raises ValueError: not what was written here, or by a newer version."""
    import msgspec

    if len(raw) > MAX_FILE_BYTES:
        raise ValueError("too large")
    saved = msgspec.convert(json.loads(raw), _Saved)
    messages = [named.message for named in saved.messages]
    if saved.format_version != FORMAT_VERSION:
        raise ValueError("another version")
    for message in (*messages, *saved.history, saved.last):
        if len(message.content) > MAX_CONTENT_CHARACTERS or message.encoding not in ENCODINGS:
            raise ValueError("not a message")
    if len(messages) > MAX_MESSAGES or any(len(named.name) > MAX_NAME_CHARACTERS for named in saved.messages):
        raise ValueError("too many messages, or a name too long")
    return saved


def _write(path: Path, saved: _Saved) -> None:
    write_whole(path, json.dumps(asdict(saved), ensure_ascii=False, indent=1) + "\n")
