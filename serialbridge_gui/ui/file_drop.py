"""Files that are dropped on the window."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QEvent, QMimeData, QObject, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget

MAX_FILES: Final = 200
"""Of one drop, or one choice (chosen: more than anybody means); the rest is passed over."""


class FileDrop(QObject):
    """Has `window` take files. What a field or a list of it takes itself stays with that. GUI thread only."""

    dropped = Signal(list)
    """Paths."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Accept files of this computer, and nothing else."""
        if isinstance(event, QDragEnterEvent) and local_files(event.mimeData()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            return True
        if event.type() == QEvent.Type.Drop and isinstance(event, QDropEvent):
            files = local_files(event.mimeData())
            if files:
                event.setDropAction(Qt.DropAction.CopyAction)
                event.accept()
                self.dropped.emit(files)
                return True
        return False


def local_files(data: QMimeData) -> list[Path]:
    """The files that are dragged, in their order."""
    paths = [Path(url.toLocalFile()) for url in data.urls()[:MAX_FILES] if url.isLocalFile()]
    return list(dict.fromkeys(paths))
