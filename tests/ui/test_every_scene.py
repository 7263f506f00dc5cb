"""Each page and dialog: named for who cannot see it, reached by keys, readable, and without a cut word."""

from __future__ import annotations

import asyncio
import importlib
import pkgutil
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QCheckBox,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QTextBrowser,
    QToolButton,
    QWidget,
)

import serialbridge_gui.ui
from serialbridge_gui.ui.selection_color import readable_selection
from serialbridge_gui.ui.state_look import mixed
from tests.ui import scenes
from tests.ui.cut_words import cut_words
from tests.ui.scenes import SCENES, dark_palette, light_palette
from tests.ui.test_accessibility import INTERACTIVE, is_own, nameless
from tests.ui.test_words_and_looks import contrast
from tests.ui.windows import Lab, application, fonts, until

LARGE = 1.5
SETTLES_S = 60.0
AT_ONCE = ("settings", "network-settings", "waiting", "found")
ANIMATIONS = re.compile(r"QPropertyAnimation|QVariantAnimation|QTimeLine|QMovie|setAnimated\(True|setRange\(0, 0\)")


CONTRAST = ("network-settings", "test-client", "help")


def faint(shown: QWidget) -> list[str]:
    """The words that are enabled and have less than 4.5:1 on what is behind them (WCAG 1.4.3)."""
    found = []
    for widget in [shown, *shown.findChildren(QWidget)]:
        palette, roles = widget.palette(), QPalette.ColorRole
        pairs: list[tuple[QPalette.ColorRole, QPalette.ColorRole]] = []
        if isinstance(widget, (QLabel, QCheckBox, QRadioButton)):
            pairs = [(roles.WindowText, roles.Window)]
        elif isinstance(widget, (QPushButton, QToolButton, QComboBox)):
            pairs = [(roles.ButtonText, roles.Button)]
        elif isinstance(widget, (QLineEdit, QAbstractItemView, QPlainTextEdit, QTextBrowser)):
            pairs = [(roles.Text, roles.Base), (roles.HighlightedText, roles.Highlight)]
            if isinstance(widget, (QLineEdit, QPlainTextEdit)):
                pairs.append((roles.PlaceholderText, roles.Base))
        if widget.isVisible() and widget.isEnabled():
            for text, behind in pairs:
                color, base = palette.color(text), palette.color(behind)
                if base.alpha() == 255 and contrast(over(color, base), base) < 4.5:
                    words = f"{type(widget).__name__} {widget.accessibleName()}"
                    found.append(f"{words}: {text.name} {color.name()} on {base.name()}")
    return found


def over(color: QColor, base: QColor) -> QColor:
    """What a colour that lets something through looks like."""
    return mixed(color, base, color.alphaF())


async def settled_cut_words(shown: QWidget) -> list[str]:
    """What is cut once the layouts have come to rest; at once where nothing is."""
    expires = time.monotonic() + SETTLES_S
    while (cut := cut_words(shown)) and time.monotonic() < expires:
        await asyncio.sleep(0.01)
    return cut


def unreached(shown: QWidget) -> list[str]:
    """What can be used by mouse and not by keys: Tab does not lead there, and no action of a menu does it."""
    start = shown.focusWidget() or shown
    reached: list[QWidget] = []
    for _ in range(200):
        focus = QApplication.focusWidget()
        if focus is not None:
            if focus in reached and focus is reached[0] and len(reached) > 1:
                break
            reached.append(focus)
        shown.focusNextChild()
    start.setFocus()
    missing = []
    for kind in INTERACTIVE:
        for widget in shown.findChildren(kind):
            usable = is_own(widget) and widget.isVisible() and widget.isEnabled() and widget.window() is shown.window()
            group = isinstance(widget, QAbstractButton) and (widget.autoExclusive() or widget.group() is not None)
            # arrows go on from the checked one
            parent = widget.parentWidget()
            in_table = parent is not None and isinstance(parent.parentWidget(), QAbstractItemView)
            if usable and not group and not in_table and widget not in reached:
                missing.append(f"{type(widget).__name__} {widget.accessibleName() or widget}")
    return missing


@pytest.mark.parametrize("name", SCENES)
async def test_scene_has_names_is_reached_by_keys_and_cuts_no_word(lab: Lab, name: str) -> None:
    shown = await SCENES[name](lab)
    shown.activateWindow()
    if not isinstance(shown, QMenu):
        await until(lambda: QApplication.activeWindow() is shown.window(), "it is active")
        assert unreached(shown) == []
    assert nameless(shown) == []
    assert await settled_cut_words(shown) == []


def large() -> list[object]:
    """Those with most words at once in every run, the others by `dev.py soak`."""
    names = [name for name in SCENES if not name.startswith("menu-")]
    return [name if name in AT_ONCE else pytest.param(name, marks=pytest.mark.soak) for name in names]


@pytest.mark.parametrize("name", large())
async def test_scene_cuts_no_word_where_fonts_are_larger(lab: Lab, name: str) -> None:
    with fonts(LARGE):
        shown = await SCENES[name](lab)
        assert await settled_cut_words(shown) == []
        await lab.close()


async def test_every_dialog_is_among_the_scenes(lab: Lab) -> None:
    dialogs: set[type] = set()
    for module in pkgutil.iter_modules(serialbridge_gui.ui.__path__):
        for kind in vars(importlib.import_module(f"serialbridge_gui.ui.{module.name}")).values():
            if isinstance(kind, type) and issubclass(kind, QDialog) and kind.__module__.endswith(module.name):
                dialogs.add(kind)
    assert len(dialogs) >= 8
    source = Path(scenes.__file__).read_text("utf-8")
    assert [kind.__name__ for kind in dialogs if f"import {kind.__name__}\n" not in source] == []


def test_nothing_of_ours_moves_by_itself() -> None:
    """So there is nothing to hold still for who wants less motion; Qt's own effects follow the system."""
    for file in Path(serialbridge_gui.ui.__path__[0]).glob("*.py"):
        assert not ANIMATIONS.search(file.read_text("utf-8")), file.name


@pytest.mark.parametrize("scheme", [light_palette, dark_palette])
async def test_every_text_has_contrast_light_and_dark(lab: Lab, scheme: Callable[[], QPalette]) -> None:
    """Of labels, buttons and fields as they are, with the palettes that the widgets end up with."""
    before = application().palette()
    application().setPalette(scheme())
    try:
        for name in CONTRAST:
            shown = await SCENES[name](lab)
            assert faint(shown) == []
            await lab.close()
    finally:
        application().setPalette(before)


def test_selection_that_can_be_read_stays_and_another_is_darkened(qapp: QApplication) -> None:
    palette = qapp.palette()
    for text, behind, wanted in (("#ffffff", "#2f65ca", "#2f65ca"), ("#000000", "#ffdd55", "#ffdd55")):
        palette.setColor(QPalette.ColorRole.HighlightedText, QColor(text))
        palette.setColor(QPalette.ColorRole.Highlight, QColor(behind))
        assert readable_selection(palette) == QColor(wanted)
    palette.setColor(QPalette.ColorRole.HighlightedText, QColor("#ffffff"))
    palette.setColor(QPalette.ColorRole.Highlight, QColor("#308cc6"))
    assert 4.5 <= contrast(QColor("#ffffff"), readable_selection(palette)) < 5
