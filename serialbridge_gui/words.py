"""Sentences and the console's words in the user's language. Without Qt, and English costs nothing: nothing is read.

Widgets have `self.tr`; what belongs to no widget has `tr` of this module, imported as `_tr`: that is the name by which
pyside6-lupdate finds them (resources/translations/words.py).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from typing import Final, TextIO

ENGLISH: Final = "en"
CHINESE: Final = "zh_CN"
LANGUAGES: Final = (ENGLISH, CHINESE)

_PRIMARY_CHINESE: Final = 0x04
"""Windows: LANG_CHINESE, the low ten bits of a LANGID."""

_words: Mapping[str, str] = {}


def tr(text: str) -> str:
    """`text`, which is English, in the language in force. Any thread."""
    return _words.get(text, text)


def use_words(language: str) -> None:
    """From now on `tr` answers in "en" or "zh_CN"."""
    global _words  # as Qt's translators are: one language a program
    if language == CHINESE:
        from serialbridge_gui.words_zh_cn import WORDS

        _words = WORDS
    else:
        _words = {}


def use_words_for(*streams: TextIO | None) -> None:
    """Answer in the system's language, where these streams can show it; else in English."""
    use_words(system_language())
    if _words and not all(_can_show(stream) for stream in streams):
        use_words(ENGLISH)


def system_language() -> str:
    """What the system asks programs to speak, "en" or "zh_CN"; on Linux and macOS by the usual variables."""
    if sys.platform == "win32":
        import ctypes

        language = ctypes.WinDLL("kernel32").GetUserDefaultUILanguage()
        return CHINESE if language & 0x3FF == _PRIMARY_CHINESE else ENGLISH
    locale = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    if locale.partition(".")[0] in ("", "C", "POSIX"):
        return ENGLISH
    return best_language([*os.environ.get("LANGUAGE", "").split(":"), locale])


def best_language(wanted: Iterable[str]) -> str:
    """The first of these languages (`zh-Hans-CN`, `en_GB.UTF-8`) that the program has.

    Any Chinese is met with the simplified: who reads the traditional one reads it more readily than English.
    """
    for name in wanted:
        primary = name.replace("_", "-").partition("-")[0].partition(".")[0].lower()
        if primary == "zh":
            return CHINESE
        if primary == "en":
            return ENGLISH
    return ENGLISH


def _can_show(stream: TextIO | None) -> bool:
    encoding = getattr(stream, "encoding", None)
    if not encoding:
        return True
    try:
        "".join(_words.values()).encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True
