"""What the pages of the settings dialog have in common: fields with labels that show and set a preference each."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QLabel, QSpinBox, QWidget

from serialbridge_gui.ui.field_group import blocked, choices, choose
from serialbridge_gui.ui.preferences import Preferences


class SettingsPage(QWidget):
    """A change counts at once. GUI thread only."""

    def __init__(self, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.preferences = preferences
        self.form = QFormLayout(self)
        self.form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.form.setContentsMargins(14, 14, 14, 14)
        self.form.setVerticalSpacing(10)
        self._labels: dict[QWidget, QLabel] = {}
        self._shows: list[Callable[[], None]] = []
        preferences.changed.connect(self.show_values)

    def title(self) -> str:
        """For the tab."""
        raise NotImplementedError

    def retranslate(self) -> None:
        """Put every word anew."""
        raise NotImplementedError

    def show_values(self, *_: object) -> None:
        """What is in force; tells no edit."""
        for show in self._shows:
            show()

    # ---- for the pages

    def _combo(self, name: str, kind: type[StrEnum]) -> QComboBox:
        """A row for a preference with a few values."""
        combo = choices(self, tuple(kind))

        def show() -> None:
            with blocked([combo]):
                choose(combo, getattr(self.preferences, name))

        combo.currentIndexChanged.connect(lambda: self._set(name, kind(combo.currentData())))
        self._shows.append(show)
        self._row(combo)
        return combo

    def _check(self, name: str) -> QCheckBox:
        """A row for a preference that is on or off."""
        box = QCheckBox(self)

        def show() -> None:
            with blocked([box]):
                box.setChecked(getattr(self.preferences, name))

        box.toggled.connect(lambda on: self._set(name, on))
        self._shows.append(show)
        self.form.addRow(box)
        return box

    def _spin(self, least: int, most: int, read: Callable[[], int], write: Callable[[int], None]) -> QSpinBox:
        """A row for a number; it counts when it has been typed, not at each digit."""
        spin = QSpinBox(self)
        spin.setRange(least, most)
        spin.setKeyboardTracking(False)

        def show() -> None:
            with blocked([spin]):
                spin.setValue(read())

        spin.valueChanged.connect(write)
        self._shows.append(show)
        self._row(spin)
        return spin

    def _row(self, field: QWidget) -> None:
        label = self._labels[field] = QLabel(self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setBuddy(field)
        self.form.addRow(label, field)

    def _note(self) -> QLabel:
        """A row of plain words."""
        note = QLabel(self)
        note.setTextFormat(Qt.TextFormat.PlainText)
        note.setWordWrap(True)
        self.form.addRow(note)
        return note

    def _name(self, field: QWidget, words: str, tip: str = "") -> None:
        """Put these words on its label, and say them to a screen reader."""
        self._labels[field].setText(words)
        field.setAccessibleName(words.replace("&", ""))
        field.setToolTip(tip)

    def _set(self, name: str, value: object) -> None:
        setattr(self.preferences, name, value)
