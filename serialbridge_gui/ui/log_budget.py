"""How much each bridge's log holds: a setting of the whole program, and the dialog that changes it."""

from __future__ import annotations

from typing import Final, NamedTuple

from PySide6.QtCore import QSettings, Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLabel, QSpinBox, QVBoxLayout, QWidget

from serialbridge_gui.traffic.log import MAX_LOG_BYTES, MAX_LOG_RECORDS

MIB: Final = 1 << 20
MAX_MIB: Final = 2048
"""Chosen: with a handful of bridges already more than most machines have to spare."""
MIN_RECORDS: Final = 1_000
MAX_RECORDS: Final = 20_000_000
"""Chosen: some 400 MB of columns (20 bytes a record, measured)."""
_BYTES_KEY, _RECORDS_KEY = "log/max_mib", "log/max_records"


class LogBudget(NamedTuple):
    """The most that one log holds."""

    mib: int = MAX_LOG_BYTES // MIB
    records: int = MAX_LOG_RECORDS


def load_budget(settings: QSettings) -> LogBudget:
    """As saved; what is missing or out of range is as it comes."""
    return LogBudget(
        _number(settings.value(_BYTES_KEY), 1, MAX_MIB, LogBudget().mib),
        _number(settings.value(_RECORDS_KEY), MIN_RECORDS, MAX_RECORDS, LogBudget().records),
    )


def save_budget(settings: QSettings, budget: LogBudget) -> None:
    """For the next start."""
    settings.setValue(_BYTES_KEY, budget.mib)
    settings.setValue(_RECORDS_KEY, budget.records)


def _number(value: object, least: int, most: int, otherwise: int) -> int:
    try:
        number = int(str(value))
    except ValueError:
        return otherwise
    return number if least <= number <= most else otherwise


class LogBudgetDialog(QDialog):
    """Asks for a LogBudget. Not modal for the program: `open` it. GUI thread only."""

    chosen = Signal(LogBudget)

    def __init__(self, budget: LogBudget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Log size"))
        self.mib = QSpinBox(self)
        self.mib.setRange(1, MAX_MIB)
        self.mib.setSuffix(self.tr(" MiB"))
        self.mib.setValue(budget.mib)
        self.records = QSpinBox(self)
        self.records.setRange(MIN_RECORDS, MAX_RECORDS)
        self.records.setSingleStep(100_000)
        self.records.setGroupSeparatorShown(True)
        self.records.setValue(budget.records)
        explained = QLabel(
            self.tr("Each bridge's log holds so much, then the oldest leave. What passes is never held back."), self
        )
        explained.setTextFormat(Qt.TextFormat.PlainText)
        explained.setWordWrap(True)
        self.mib.setAccessibleName(self.tr("Bytes, at most"))
        self.records.setAccessibleName(self.tr("Chunks, at most"))
        form = QFormLayout()
        form.addRow(self.tr("&Bytes, at most"), self.mib)
        form.addRow(self.tr("&Chunks, at most"), self.records)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok
            | QDialogButtonBox.StandardButton.Cancel
            | QDialogButtonBox.StandardButton.RestoreDefaults,
            self,
        )
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        buttons.button(QDialogButtonBox.StandardButton.RestoreDefaults).clicked.connect(self._restore_defaults)
        layout = QVBoxLayout(self)
        layout.addWidget(explained)
        layout.addLayout(form)
        layout.addWidget(buttons)

    def accept(self) -> None:
        """Take what stands there."""
        self.chosen.emit(LogBudget(self.mib.value(), self.records.value()))
        super().accept()

    def _restore_defaults(self) -> None:
        self.mib.setValue(LogBudget().mib)
        self.records.setValue(LogBudget().records)
