"""Parts of the dialog "Use in a virtual machine": the three ways, and what is to be put right first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from serialbridge_gui.engine.bridge import BridgeState
from serialbridge_gui.ui.note import Note
from serialbridge_gui.ui.vm_words import check_sentence, fix_words, way_comparison, way_name
from serialbridge_gui.vm.checks import Check, Fix
from serialbridge_gui.vm.recipe import Way


class WayChoice(QWidget):
    """The three ways, each with what speaks for and against it. GUI thread only."""

    way_chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons: dict[Way, QRadioButton] = {}
        self.comparisons: dict[Way, QLabel] = {}
        self.reasons: dict[Way, Note] = {}
        self._group = QButtonGroup(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        for way in Way:
            button, comparison, reason = QRadioButton(self), QLabel(self), Note(self)
            comparison.setTextFormat(Qt.TextFormat.PlainText)
            comparison.setWordWrap(True)
            below = QGridLayout()
            below.setContentsMargins(26, 0, 0, 6)  # under the words of the button
            below.addWidget(comparison, 0, 0)
            below.addWidget(reason, 1, 0)
            layout.addWidget(button)
            layout.addLayout(below)
            self._group.addButton(button)
            self.buttons[way], self.comparisons[way], self.reasons[way] = button, comparison, reason
        self.buttons[Way.BRIDGE].setChecked(True)
        self._group.buttonClicked.connect(lambda _button: self.way_chosen.emit())

    @property
    def way(self) -> Way:
        """The chosen one."""
        return next(way for way, button in self.buttons.items() if button.isChecked())

    def set_refused(self, refused: Mapping[Way, str]) -> None:
        """Which ways this machine does not allow, and why. The chosen one becomes the first if it is among them."""
        for way, button in self.buttons.items():
            button.setEnabled(way not in refused)
            self.comparisons[way].setEnabled(way not in refused)
            self.reasons[way].say(refused.get(way, ""), BridgeState.WAITING_FOR_DEVICE)
        if self.way in refused:
            self.buttons[Way.BRIDGE].setChecked(True)

    def retranslate(self) -> None:
        """Make the words again."""
        for way, button in self.buttons.items():
            button.setText(way_name(way))
            button.setAccessibleDescription(way_comparison(way))
            self.comparisons[way].setText(way_comparison(way))


class CheckRow(QWidget):
    """One thing that is amiss, and the button that puts it right."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.note, self.button = Note(self), QPushButton(self)
        self.button.setAutoDefault(False)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.note, 1)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignTop)


class CheckList(QWidget):
    """What is to be put right before the text is of use. GUI thread only."""

    fix_requested = Signal(object)
    """A Check whose button was pressed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[CheckRow] = []
        self._checks: list[Check] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(6)
        self.fine = Note(self)
        self._layout.addWidget(self.fine)

    @property
    def checks(self) -> list[Check]:
        """What is shown."""
        return self._checks

    def show_checks(self, checks: Sequence[Check], *, running: bool) -> None:
        """Show these, a row each. `running`: whether a change means a restart."""
        self._checks = list(checks)
        while len(self.rows) < len(checks):
            row = CheckRow(self)
            row.button.clicked.connect(lambda _=False, at=len(self.rows): self.fix_requested.emit(self._checks[at]))
            self.rows.append(row)
            self._layout.addWidget(row)
        for at, row in enumerate(self.rows):
            row.setVisible(at < len(checks))
            if at < len(checks):
                self._fill(row, checks[at], running)
        self.fine.say("" if checks else self.tr("Nothing stands in the way."), BridgeState.RUNNING)

    def _fill(self, row: CheckRow, check: Check, running: bool) -> None:
        look = BridgeState.ERROR if check.fatal else BridgeState.WAITING_FOR_DEVICE
        row.note.say(check_sentence(check), look)
        row.button.setVisible(check.fix is not None)
        if check.fix is None:
            return
        row.button.setText(fix_words(check.fix))
        row.button.setAccessibleName(fix_words(check.fix))
        restarts = running and check.fix not in (Fix.START, Fix.STOP)
        tip = self.tr("The bridge is stopped and started again; who is connected is disconnected") if restarts else ""
        row.button.setToolTip(tip)
