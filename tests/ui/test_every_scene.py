"""Each page and dialog: named for who cannot see it, reached by keys, readable, and without a cut word."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QApplication, QDialog, QMenu, QWidget

import serialbridge_gui.ui
from tests.ui.cut_words import cut_words
from tests.ui.scenes import SCENES
from tests.ui.test_accessibility import INTERACTIVE, is_own, nameless
from tests.ui.windows import Lab, application, until

LARGE = 1.5


@contextmanager
def fonts(factor: float) -> Iterator[None]:
    """As if the system's fonts were so much larger."""
    app = application()
    before = app.font()
    larger = app.font()
    larger.setPointSizeF(before.pointSizeF() * factor)
    app.setFont(larger)
    try:
        yield
    finally:
        app.setFont(before)


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
            group = isinstance(widget, QAbstractButton) and widget.autoExclusive()  # arrows go on from the checked one
            in_table = isinstance(widget.parentWidget(), QWidget) and isinstance(
                widget.parentWidget().parentWidget(), QAbstractItemView
            )
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
    assert cut_words(shown) == []


@pytest.mark.parametrize("name", [name for name in SCENES if not name.startswith("menu-")])
async def test_scene_cuts_no_word_where_fonts_are_larger(lab: Lab, name: str) -> None:
    with fonts(LARGE):
        shown = await SCENES[name](lab)
        assert cut_words(shown) == []
        await lab.close()
