"""What the groups of the settings form have in common: fields with labels, which show a Profile and tell edits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from PySide6.QtCore import QCoreApplication, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QLabel, QLineEdit, QWidget

from serialbridge_gui.profile import Profile


class FieldGroup(QWidget):
    """A part of the form that says how a part of a Profile is to be. GUI thread only."""

    edited = Signal()
    """Something has another value now, which may be one that no profile takes: see `invalid`."""
    typed = Signal()
    """A line of text is being typed; `edited` follows once it is left."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.labels: dict[QWidget, QLabel] = {}
        """The label of each field that has one; of a check box it is empty, since that has its own words."""
        self._tips: dict[QWidget, str] = {}

    def inputs(self) -> list[QWidget]:
        """What can be edited, in the order of the Tab key."""
        raise NotImplementedError

    def show_profile(self, profile: Profile) -> None:
        """Show a profile; tells no edit."""
        raise NotImplementedError

    @property
    def invalid(self) -> str:
        """A sentence: why no profile takes what stands here; empty: one does."""
        return ""

    def commit(self) -> None:
        """Take what is still being typed, as leaving its field does."""

    def useless(self, *, dialing: bool) -> Mapping[QWidget, str]:
        """Fields that mean nothing to a bridge that dials out, or that waits; and why, in words."""
        return {}

    def lock(self, *, running: bool, dialing: bool) -> None:
        """Disable what cannot be edited now; the tooltip says why, unless it is because the bridge runs."""
        useless = self.useless(dialing=dialing)
        for field in self.inputs():
            reason = useless.get(field, "")
            field.setEnabled(not running and not reason)
            field.setToolTip(reason or self._tips.get(field, ""))

    def retranslate(self) -> None:
        """Put every word anew; `lock` comes after it."""
        raise NotImplementedError

    def _form(self, *fields: QWidget) -> QFormLayout:
        """A column of these fields with their labels."""
        form = QFormLayout()
        form.setVerticalSpacing(6)
        for field in fields:
            form.addRow(self._label(field), field)
        return form

    def _label(self, field: QWidget) -> QLabel:
        label = self.labels[field] = QLabel(self)
        label.setBuddy(field)
        label.setTextFormat(Qt.TextFormat.PlainText)
        return label

    def _name(self, field: QWidget, words: str, tip: str = "") -> None:
        """Put these words on its label, if it has one, and say them to a screen reader."""
        if field in self.labels:
            self.labels[field].setText(words)
        field.setAccessibleName(words)
        self._explain(field, tip)

    def _explain(self, field: QWidget, tip: str) -> None:
        self._tips[field] = tip
        field.setToolTip(tip)

    def _watch_line(self, line: QLineEdit) -> None:
        line.editingFinished.connect(self.edited)
        line.textEdited.connect(self.typed)


def why_not_dialing() -> str:
    """Why a field is disabled where the bridge dials out."""
    return QCoreApplication.translate("FieldGroup", "This bridge connects by itself: nobody connects to it")


@contextmanager
def blocked(widgets: Sequence[QWidget]) -> Iterator[None]:
    """Meanwhile none of these widgets emits a signal."""
    with ExitStack() as blockers:
        for widget in widgets:
            blockers.enter_context(QSignalBlocker(widget))
        yield


def choices(parent: QWidget, values: Sequence[Any]) -> QComboBox:
    """A combo box with a row for each value, still to be named."""
    combo = QComboBox(parent)
    for value in values:
        combo.addItem(str(value), value)
    return combo


def choose(combo: QComboBox, value: Any) -> None:
    """Choose the row of this value."""
    combo.setCurrentIndex(combo.findData(value))


def name_choices(combo: QComboBox, words: Mapping[Any, str]) -> None:
    """Name the row of each value."""
    for value, text in words.items():
        combo.setItemText(combo.findData(value), text)
