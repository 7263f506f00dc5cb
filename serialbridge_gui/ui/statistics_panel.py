"""Statistics: the chart of the last five minutes, and what there is in numbers, each with what it means."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from serialbridge_gui.traffic.text import make_visible
from serialbridge_gui.ui.rate_chart import RateChart
from serialbridge_gui.ui.session import Session
from serialbridge_gui.ui.statistics import Figure, Statistics


class StatisticsPanel(QDialog):
    """Not modal; stays fresh while it is open. GUI thread only."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._meter = session.meter
        self._statistics = Statistics(session, self)
        self._names: list[str] = []
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.chart = RateChart(session.meter.history, self)
        self.table = QTableWidget(0, 3, self)
        self.reset = QPushButton(self)
        self.copy = QPushButton(self)
        self.close_button = QPushButton(self)
        self._set_up_table()
        self._lay_out()
        self.reset.clicked.connect(self._meter.reset)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._statistics.text()))
        self.close_button.clicked.connect(self.close)
        self._meter.noted.connect(self.refresh)
        session.bridge.state_changed.connect(self.refresh)
        session.changed.connect(self._name)
        self.resize(900, 800)
        self.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Put every word anew."""
        for button, text, tip in (
            (
                self.reset,
                self.tr("Reset counters"),
                self.tr("Count from 0 again, here and in the window; nothing else changes"),
            ),
            (self.copy, self.tr("Copy as text"), self.tr("Put all figures on the clipboard as lines of text")),
            (self.close_button, self.tr("Close"), self.tr("Close (Esc)")),
        ):
            button.setText(text)
            button.setToolTip(tip)
            button.setAccessibleName(text)
        self.table.setHorizontalHeaderLabels([self.tr("Figure"), self.tr("Now"), self.tr("What it means")])
        self.table.setAccessibleName(self.tr("Statistics"))
        self._name()
        self._names = []
        self.refresh()

    def _name(self) -> None:
        name = make_visible(self._session.profile.name)
        self.setWindowTitle(self.tr("Statistics of {name}").format(name=name))

    def _set_up_table(self) -> None:
        table = self.table
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setTabKeyNavigation(False)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.verticalHeader().hide()
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        table.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 6)
        table.horizontalHeader().setHighlightSections(False)
        table.horizontalHeader().setStretchLastSection(True)
        table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column, characters in ((0, 24), (1, 30)):
            table.setColumnWidth(column, self.fontMetrics().averageCharWidth() * characters)

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        for button in (self.reset, self.copy, self.close_button):
            if button is self.close_button:
                buttons.addStretch(1)
            button.setAutoDefault(False)
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.addWidget(self.chart, 2)
        layout.addWidget(self.table, 3)
        layout.addLayout(buttons)

    def refresh(self) -> None:
        """Show everything as it is now; while it is hidden, nothing."""
        if not self.isVisible() and self._names:
            return
        self.chart.refresh()
        figures = self._statistics.figures()
        names = [figure.name for figure in figures]
        if names != self._names:
            self._names = names
            self._make_rows(figures)
        for row, figure in enumerate(figures):
            item = self.table.item(row, 1)
            if item is not None and item.text() != figure.value:
                item.setText(figure.value)
                item.setToolTip(figure.value)

    def showEvent(self, event: QShowEvent) -> None:
        """Show what changed while it was hidden."""
        super().showEvent(event)
        self.refresh()

    def _make_rows(self, figures: list[Figure]) -> None:
        table = self.table
        table.clearSpans()
        table.setRowCount(len(figures))
        for row, figure in enumerate(figures):
            for column, text in enumerate(figure):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                table.setItem(row, column, item)
                if not figure.value:
                    font = item.font()
                    font.setBold(True)
                    item.setFont(font)
                    item.setFlags(Qt.ItemFlag.ItemIsEnabled)
            if not figure.value:
                table.setSpan(row, 0, 1, 3)
