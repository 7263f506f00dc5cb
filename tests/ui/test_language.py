"""One is no plural."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from PySide6.QtWidgets import QApplication

import serialbridge_gui.ui
from serialbridge_gui.ui.byte_pane import BytePane

ENGLISH = Path(__file__).parents[2] / "resources" / "translations" / "serialbridge_en.ts"


def counted() -> Iterator[tuple[str, str]]:
    """The context and the words of each `tr` with a number in the source."""
    for file in Path(serialbridge_gui.ui.__file__).parent.glob("*.py"):
        for scope in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(scope, ast.ClassDef):
                for call in ast.walk(scope):
                    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "tr":
                        words = call.args[0]
                        if isinstance(words, ast.Constant) and "%n" in str(words.value):
                            yield scope.name, str(words.value)


def test_each_plural_has_its_singular() -> None:
    there = {
        (context.findtext("name", ""), message.findtext("source", "")): [
            form.text or "" for form in message.iter("numerusform")
        ]
        for context in ElementTree.parse(ENGLISH).iter("context")
        for message in context.iter("message")
    }
    assert set(counted()) == set(there)
    for (_, source), (one, many) in there.items():
        assert many == source
        assert "%n" in one
        assert "(s)" not in one + many


def test_one_is_said_in_the_singular(qapp: QApplication) -> None:
    pane = BytePane()
    pane.set_unfolded(True)
    pane.show_bytes(b"\x01\x02")
    assert pane.meaning() == "2 bytes. Select some to see their value."
    pane.mark(1, 1)
    assert pane.meaning().startswith("1 byte at 0x1")
    pane.deleteLater()
    assert qapp.translate("FindBar", "%n rows", "", 1) == "1 row"
    assert qapp.translate("FindBar", "%n rows", "", 2) == "2 rows"
    assert qapp.translate("LogPane", "Copied %n rows", "", 1) == "Copied 1 row"
