"""What in the sources is text for a person, by their syntax: what goes through `tr`, and what does not but should.

pyside6-lupdate says nothing of what it cannot extract: an f-string, a variable, another object's `tr`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

SHOWN = {
    *("setText", "setPlainText", "setToolTip", "setStatusTip", "setWhatsThis", "setWindowTitle", "setTitle"),
    *("setAccessibleName", "setAccessibleDescription", "setPlaceholderText", "setPrefix", "setSuffix"),
    *("setSpecialValueText", "setInformativeText", "setDetailedText", "setLabelText", "setNameFilter"),
    *("setNameFilters", "setHorizontalHeaderLabels", "setItemText", "setButtonText", "showMessage", "plain_tooltip"),
    *("addAction", "addMenu", "addItem", "addItems", "insertItem", "addRow", "addButton", "addTab", "say"),
    *("QLabel", "QAction", "QPushButton", "QToolButton", "QCheckBox", "QRadioButton", "QGroupBox", "QMenu"),
    *("QTableWidgetItem", "QListWidgetItem", "QTreeWidgetItem", "QMessageBox", "QFileDialog", "QProgressDialog"),
}
"""Calls in ui/ whose literal arguments a person reads."""

TOLD = {
    *("WrongArguments", "Failed", "Wrong", "ExtcapFailed", "ArgumentTypeError", "InvalidSetting", "_complain", "_say"),
    *("add_argument", "add_parser", "add_argument_group", "error", "Parser", "ArgumentParser"),
}
"""Calls of the console programs; there `help`, `description` and `title` of the keywords, or the last argument."""
TOLD_KEYWORDS = {"help", "description", "epilog", "title"}

NAMES = {"SerialBridge", "serialbridge", "serialbridge:", "tcp://"}
_LETTERS = re.compile(r"[A-Za-z]{2}")
_FORMULA = re.compile(r"(?:CR|LF|ASCII|CRC-\d+\S*|[A-Z]{2,3}-?\d*|\\.|\s|/)+|[A-Z0-9]+(?:[-/ ][A-Z0-9]+)*")
"""Names of standards, such as `CRC-16/Modbus`, `UTF-8`, `CR LF  \\r\\n`."""


@dataclass
class SourceWords:
    """Of a package."""

    plain: set[str] = field(default_factory=set)
    """What `_tr` is called with."""
    widgets: set[str] = field(default_factory=set)
    """What `self.tr` and `translate` are called with."""
    complaints: list[str] = field(default_factory=list)


def sources_of(package: Path) -> list[Path]:
    """Its modules, but for those that are made (lupdate 6.11 crashes on a megabyte of bytes)."""
    return [path for path in sorted(package.rglob("*.py")) if path.name not in ("resources_rc.py", "words_zh_cn.py")]


def words_of_sources(package: Path) -> SourceWords:
    """Read every module of it."""
    found = SourceWords()
    for path in sources_of(package):
        for place, text in _complaints(path, ast.parse(path.read_text(encoding="utf-8")), found):
            found.complaints.append(f"{path.relative_to(package.parent).as_posix()}:{place}: {text}")
    return found


def _complaints(path: Path, tree: ast.Module, found: SourceWords) -> Iterator[tuple[int, str]]:
    in_ui = path.parent.name == "ui"
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = _name(node.func)
        if name in ("tr", "_tr", "translate"):
            yield from _tr_call(node, name, found)
        elif in_ui and name in SHOWN:
            shown = node.args[:1] if name == "addItem" else node.args  # behind it: data
            for text in _literals([*shown, *(each.value for each in node.keywords)]):
                yield node.lineno, f"{text!r} is shown and does not go through tr"
        elif not in_ui and name in TOLD:
            for text in _literals(_told(node, name)):
                yield node.lineno, f"{text!r} is told and does not go through _tr"


def _tr_call(node: ast.Call, name: str, found: SourceWords) -> Iterator[tuple[int, str]]:
    owner = node.func.value if isinstance(node.func, ast.Attribute) else None
    if name == "translate":
        if len(node.args) < 2:
            return  # a text's own `translate`, or a painter's
        if not _is_text(node.args[0]) or not _is_text(node.args[1]):
            if _is_text(node.args[0]):
                yield node.lineno, "translate needs its text as a literal"
            return
        found.widgets.add(_text(node.args[1]))
        return
    if not node.args or not _is_text(node.args[0]):
        kind = "an f-string" if node.args and isinstance(node.args[0], ast.JoinedStr) else "no literal"
        yield node.lineno, f"{name} is given {kind}: nobody can translate it"
    elif name == "tr" and not (isinstance(owner, ast.Name) and owner.id == "self"):
        yield node.lineno, "tr of another object than self: its context is not known here"
    else:
        (found.plain if name == "_tr" else found.widgets).add(_text(node.args[0]))


def _told(node: ast.Call, name: str) -> list[ast.expr]:
    keywords = [each.value for each in node.keywords if each.arg in TOLD_KEYWORDS]
    if name in ("add_argument", "add_parser", "Parser", "ArgumentParser"):
        return keywords
    return [*node.args[1 if name == "InvalidSetting" else 0 :], *keywords]


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _text(node: ast.expr) -> str:
    assert isinstance(node, ast.Constant)
    return str(node.value)


def _literals(nodes: list[ast.expr]) -> Iterator[str]:
    """Words in these expressions that stand there as they are; not those inside further calls."""
    for node in nodes:
        if isinstance(node, ast.Constant):
            if isinstance(node.value, str) and _is_words(node.value):
                yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield from _literals(node.values)
        elif isinstance(node, ast.IfExp):
            yield from _literals([node.body, node.orelse])
        elif isinstance(node, ast.BinOp):
            yield from _literals([node.left, node.right])
        elif isinstance(node, (ast.List, ast.Tuple)):
            yield from _literals(node.elts)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
            yield from _literals([node.func.value])


def _is_words(text: str) -> bool:
    bare = re.sub(r"\{[^{}]*\}", "", text).strip()
    return bool(_LETTERS.search(bare)) and bare not in NAMES and not _FORMULA.fullmatch(bare)
