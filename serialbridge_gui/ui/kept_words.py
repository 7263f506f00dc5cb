"""Words of a widget that is not a class of ours, such as a message box, in the language in force."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget


def keep_words(widget: QWidget, put_words: Callable[[], None]) -> None:
    """Put its words now, and again at each change of language while it lives. GUI thread only."""
    put_words()
    widget.installEventFilter(_KeptWords(widget, put_words))


class _KeptWords(QObject):
    def __init__(self, widget: QWidget, put_words: Callable[[], None]) -> None:
        super().__init__(widget)
        self._put_words = put_words

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._put_words()
        return super().eventFilter(watched, event)
