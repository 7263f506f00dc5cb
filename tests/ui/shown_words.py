"""Every word that a window shows or tells: of its widgets, menus, tables, tooltips and names for screen readers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractItemView, QApplication, QComboBox, QWidget

from serialbridge_gui.ui.log_model import LogModel
from serialbridge_gui.ui.log_table import LogTable
from words import CHINESE_TS, messages

CJK = re.compile(r"[\u4e00-\u9fff]")
_GETTERS = (
    *("text", "title", "toolTip", "statusTip", "windowTitle", "placeholderText", "prefix", "suffix"),
    *("accessibleName", "accessibleDescription", "specialValueText"),
)
_ROLES = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)
_HOLE = re.compile(r"\\\{[^{}]*\\\}|%n")
_WORD = re.compile(r"[A-Za-z]{3}")
_MOST_ROWS = 50


def shown_words() -> Iterator[tuple[str, str]]:
    """Where, and what: all that is not empty, of all windows there are. What a person types in is left out."""
    for widget in QApplication.allWidgets():
        for getter in _GETTERS:
            if getter == "text" and hasattr(widget, "setReadOnly") and not hasattr(widget, "setSuffix"):
                continue  # a field: the user's own
            read = getattr(widget, getter, None)
            if callable(read):
                yield f"{_name(widget)}.{getter}", str(read())
        for action in widget.actions():
            yield from _action_words(widget, action)
        if isinstance(widget, LogTable):
            head = widget.horizontalHeader()
            for column in range(head.count()):
                for role in _ROLES:
                    text = widget.model().headerData(column, Qt.Orientation.Horizontal, role)
                    yield f"{_name(widget)}, column", str(text or "")
        if isinstance(widget, (QComboBox, QAbstractItemView)):
            model = widget.model()
            if model is not None and not isinstance(model, LogModel):  # its events stay as they were told
                yield from _model_words(widget, model)


def _action_words(widget: QWidget, action: QAction) -> Iterator[tuple[str, str]]:
    if not action.isSeparator():
        for getter in (action.text, action.toolTip, action.statusTip):
            yield f"{_name(widget)}, action", getter()


def _model_words(widget: QWidget, model: QAbstractItemModel) -> Iterator[tuple[str, str]]:
    root = QModelIndex()
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount(root)
    for column in range(columns):
        for role in _ROLES:
            yield f"{_name(widget)}, column", str(model.headerData(column, Qt.Orientation.Horizontal, role) or "")
            for row in range(min(model.rowCount(root), _MOST_ROWS)):
                yield f"{_name(widget)}, row", str(model.data(model.index(row, column, root), role) or "")


def _name(widget: QWidget) -> str:
    owner = widget.parent()
    return f"{type(owner).__name__}/{type(widget).__name__} {widget.objectName()}".strip()


def still_english() -> list[str]:
    """What is shown although it has a Chinese translation, in the words it has in the sources."""
    found = []
    for where, text in set(shown_words()):
        for line in {text, *text.splitlines()}:
            if _WORD.search(line) and not CJK.search(line) and _is_source(line.strip()):
                found.append(f"{where}: {line!r}")
    return sorted(found)


def still_chinese() -> list[str]:
    """What is shown in Chinese."""
    return sorted(f"{where}: {text!r}" for where, text in set(shown_words()) if CJK.search(text))


@cache
def _is_source(text: str) -> bool:
    plain, patterns = _sources()
    return text in plain or any(pattern.fullmatch(text) for pattern in patterns)


@cache
def _sources() -> tuple[frozenset[str], tuple[re.Pattern[str], ...]]:
    """What has a translation: the texts that are shown as they are, and patterns for those with placeholders."""
    shown = {each.source for each in messages(CHINESE_TS) if each.source not in each.forms}
    with_holes = {text for text in shown if _HOLE.search(re.escape(text))}
    patterns = (re.escape(text) for text in sorted(with_holes) if _WORD.search(re.sub(r"\{[^{}]*\}", "", text)))
    return frozenset(shown - with_holes), tuple(re.compile(_HOLE.sub(".*", text), re.DOTALL) for text in patterns)
