"""Who is connected: address, since when, bytes each way, queue; and Disconnect."""

from __future__ import annotations

import time
from typing import Final

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtWidgets import (
    QDialog,
    QHeaderView,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from serialbridge_gui.engine.bridge import Bridge, ClientStatus
from serialbridge_gui.traffic.text import make_visible
from serialbridge_gui.ui.plain_tooltip import plain_tooltip
from serialbridge_gui.ui.quantities import bytes_text
from serialbridge_gui.ui.sentences import program_words

INTERVAL_MS: Final = 500
PROGRAM: Final = 2
"""The column that gives way where there is little room."""


class ClientsPanel(QDialog):
    """Not modal; stays fresh while it is open. GUI thread only."""

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.table = QTableWidget(0, 8, self)
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.table.horizontalHeader().setSectionResizeMode(PROGRAM, QHeaderView.ResizeMode.Stretch)
        layout = QVBoxLayout(self)
        layout.addWidget(self.table)
        self.resize(self.fontMetrics().horizontalAdvance("0") * 125, 220)
        self._shown: list[int] = []
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self.refresh)
        self._timer.start()
        self._bridge.state_changed.connect(self.refresh)
        self.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Put every word anew."""
        self.table.setHorizontalHeaderLabels(
            [
                self.tr("Client"),
                self.tr("Address"),
                self.tr("Program"),
                self.tr("Connected since"),
                self.tr("Sent to it"),
                self.tr("Received from it"),
                self.tr("Queue"),
                "",
            ]
        )
        self.table.setAccessibleName(self.tr("Clients"))
        self._shown = []  # its buttons, too
        self.refresh()

    def refresh(self) -> None:
        """Show who is there now, and under which name the bridge is known."""
        title = self.tr("Clients of {name}").format(name=make_visible(self._bridge.profile.name))
        if title != self.windowTitle():
            self.setWindowTitle(title)
        clients = self._bridge.clients()
        numbers = [client.number for client in clients]
        if numbers != self._shown:
            self._shown = numbers
            self.table.setRowCount(len(clients))
            for row, client in enumerate(clients):
                self._make_row(row, client)
        for row, client in enumerate(clients):
            for column, text in enumerate(self._texts(client)):
                item = self.table.item(row, column)
                if item is not None and item.text() != text:
                    item.setText(text)
                    if column == PROGRAM:
                        item.setToolTip(plain_tooltip(text) if text else "")

    def _make_row(self, row: int, client: ClientStatus) -> None:
        for column in range(7):
            self.table.setItem(row, column, QTableWidgetItem())
        button = QPushButton(self.tr("Disconnect"))
        button.setAutoDefault(False)
        button.setAccessibleName(self.tr("Disconnect client #{number}").format(number=client.number))
        button.clicked.connect(lambda _=False, number=client.number: self._bridge.disconnect_client(number))
        self.table.setCellWidget(row, 7, button)

    def _texts(self, client: ClientStatus) -> tuple[str, ...]:
        number = f"#{client.number}"
        if not client.may_write:
            number = self.tr("{number} (reads only)").format(number=number)
        return (
            number,
            client.address,
            "" if client.program is None else program_words(client.program),
            time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(client.connected_at)),
            bytes_text(client.sent),
            bytes_text(client.received),
            bytes_text(client.queued),
        )
