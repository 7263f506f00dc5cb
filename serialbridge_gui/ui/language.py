"""The words of the window in the user's language."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication, QTranslator

_WORDS: Final = ":/translations/serialbridge_en.qm"
"""What is in the source is English already, but for its singulars: "%n rows" is "1 row", too."""


def load_words(app: QCoreApplication) -> None:
    """Call once, before any word is shown; the resources must be there (`resources_rc`)."""
    translator = QTranslator(app)
    if not translator.load(_WORDS):
        raise RuntimeError(f"{_WORDS} is not among the resources")
    app.installTranslator(translator)


def use_language(app: QCoreApplication, choice: str) -> None:
    """Show every word in "en", "zh_CN" or the "system"'s language from now on."""
    del choice  # there is one set of words
    if not app.property("hasWords"):
        app.setProperty("hasWords", True)
        load_words(app)
