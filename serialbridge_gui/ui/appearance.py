"""Language, colour scheme and log font as the user wants them, from the first picture on and after each change."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from serialbridge_gui.ui.language import use_language
from serialbridge_gui.ui.log_font import use_log_font
from serialbridge_gui.ui.preferences import Preferences, Scheme

_ASKED: Final = "colorSchemeAsked"
_PAINTED: Final = "paletteIsOurs"
"""Properties of the application: whether anything was asked of Qt, and whether Qt could not do it."""

_QT: Final = {
    Scheme.SYSTEM: Qt.ColorScheme.Unknown,
    Scheme.LIGHT: Qt.ColorScheme.Light,
    Scheme.DARK: Qt.ColorScheme.Dark,
}
_ROLE = QPalette.ColorRole
_COLORS: Final = {
    # role: (light, dark)
    _ROLE.Window: ("#efefef", "#2b2d30"),
    _ROLE.WindowText: ("#111111", "#e6e6e6"),
    _ROLE.Base: ("#ffffff", "#1e1f22"),
    _ROLE.AlternateBase: ("#f7f7f7", "#25272b"),
    _ROLE.Text: ("#111111", "#e6e6e6"),
    _ROLE.Button: ("#efefef", "#3a3d41"),
    _ROLE.ButtonText: ("#111111", "#e6e6e6"),
    _ROLE.BrightText: ("#ffffff", "#ffffff"),
    _ROLE.ToolTipBase: ("#ffffdc", "#3a3d41"),
    _ROLE.ToolTipText: ("#111111", "#e6e6e6"),
    _ROLE.Highlight: ("#2a6ac8", "#2f65ca"),
    _ROLE.HighlightedText: ("#ffffff", "#ffffff"),
    _ROLE.Link: ("#0b57a4", "#8cc2ff"),
    _ROLE.LinkVisited: ("#6b3fa0", "#c9a6ff"),
    _ROLE.Light: ("#ffffff", "#505459"),
    _ROLE.Midlight: ("#d2d2d2", "#45494e"),
    _ROLE.Mid: ("#b8b8b8", "#242629"),
    _ROLE.Dark: ("#9f9f9f", "#1a1b1e"),
    _ROLE.Shadow: ("#767676", "#0f1011"),
    _ROLE.PlaceholderText: ("#6a6a6a", "#9da2a8"),
    _ROLE.Accent: ("#2a6ac8", "#2f65ca"),
}
"""Fusion's light colours, and dark ones beside them; text 4.5:1 or better (WCAG 1.4.3), a test measures it."""
_GREYED: Final = {
    _ROLE.WindowText: ("#6a6a6a", "#8b8f94"),
    _ROLE.Text: ("#6a6a6a", "#8b8f94"),
    _ROLE.ButtonText: ("#6a6a6a", "#8b8f94"),
    _ROLE.Highlight: ("#919191", "#5b6168"),
}
"""What is disabled."""


class Appearance(QObject):
    """Carries out what Preferences say of how the window looks, while it lives. GUI thread only."""

    def __init__(self, preferences: Preferences, parent: QObject | None = None) -> None:
        super().__init__(parent)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        self._app = app
        self._preferences = preferences
        preferences.changed.connect(self._follow)
        for name in ("color_scheme", "log_font"):
            self._follow(name)

    def _follow(self, name: str) -> None:
        if name == "language":
            use_language(self._app, self._preferences.language)
        elif name == "color_scheme":
            use_color_scheme(self._app, self._preferences.color_scheme)
        elif name == "log_font":
            use_log_font(self._app, *self._preferences.log_font)


def use_color_scheme(app: QApplication, scheme: Scheme) -> None:
    """Ask Qt for the scheme; where its platform has none to give (a bare X11), put a palette of our own in force."""
    if scheme is Scheme.SYSTEM and not app.property(_ASKED):
        return  # as it was all along: costs the start nothing
    app.setProperty(_ASKED, True)
    app.styleHints().setColorScheme(_QT[scheme])
    ours = scheme is not Scheme.SYSTEM and app.styleHints().colorScheme() != _QT[scheme]
    if ours:
        app.setPalette(own_palette(scheme))
    elif app.property(_PAINTED):
        app.setPalette(QPalette())  # the style's own again
    app.setProperty(_PAINTED, ours)


def own_palette(scheme: Scheme) -> QPalette:
    """The light or the dark one."""
    which = int(scheme is Scheme.DARK)
    palette = QPalette(QColor(_COLORS[_ROLE.Window][which]))
    for role, colors in _COLORS.items():
        palette.setColor(role, QColor(colors[which]))
    for role, colors in _GREYED.items():
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(colors[which]))
    return palette
