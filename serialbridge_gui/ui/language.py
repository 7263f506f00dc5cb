"""The words of the window in the user's language, from the first one on and after each change."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from serialbridge_gui.words import CHINESE, LANGUAGES, best_language, use_words

SYSTEM: Final = "system"

_OURS: Final = "translator of this program"
_QTS: Final = "translator of Qt"
"""Names of the application's children."""


def use_language(app: QCoreApplication, choice: str) -> None:
    """Show every word in "en", "zh_CN" or the "system"'s language from now on. Main thread.

    Widgets get QEvent.LanguageChange when their event loop runs next. The resources must be there (`resources_rc`).
    """
    language = choice if choice in LANGUAGES else best_language(QLocale.system().uiLanguages())
    chinese = language == CHINESE
    use_words(language)
    QLocale.setDefault(_locale(language))
    # English has a file, too: "%n rows" is "1 row" where there is one
    _install(app, _OURS, f":/translations/serialbridge_{language}.qm")
    qts = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    _install(app, _QTS, f"{qts}/qtbase_{language}.qm" if chinese else "")


def _locale(language: str) -> QLocale:
    """How numbers are written: as the system does, where it speaks that language, or another than the program has."""
    system = QLocale.system()
    chosen = QLocale(language)
    others = system.language() not in (QLocale.Language.Chinese, QLocale.Language.English)
    same = system.language() == chosen.language() or (others and language != CHINESE)
    return system if same else chosen


def _install(app: QCoreApplication, name: str, file: str) -> None:
    """Have the words of this file, and of none that was installed by this name before."""
    before = app.findChild(QTranslator, name)
    if before is not None:
        if before.filePath() == file:
            return
        app.removeTranslator(before)
        before.setParent(None)
        before.deleteLater()
    if not file:
        return
    translator = QTranslator(app)
    translator.setObjectName(name)
    if translator.load(file):
        app.installTranslator(translator)
    elif file.startswith(":"):
        raise RuntimeError(f"{file} is not among the resources")
