"""The list of bridges: name, what goes where, and the state of each, always in sight."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListWidget, QListWidgetItem, QToolButton, QVBoxLayout, QWidget

from serialbridge_gui.engine.bridge import BridgeState
from serialbridge_gui.traffic.text import make_visible
from serialbridge_gui.ui.plain_tooltip import plain_tooltip
from serialbridge_gui.ui.session import Session
from serialbridge_gui.ui.state_look import bridge_words, state_icon


class Sidebar(QWidget):
    """One row a session. GUI thread only."""

    session_chosen = Signal(object)
    new_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = QLabel(self)
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.new = QToolButton(self)
        self.new.setText("+")
        self.new.clicked.connect(self.new_requested)
        self.list = QListWidget(self)
        self.list.setIconSize(QSize(16, 16))
        self.list.setFrameShape(QListWidget.Shape.NoFrame)
        self.list.setSpacing(2)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentRowChanged.connect(self._chosen)
        head = QHBoxLayout()
        head.setContentsMargins(10, 8, 8, 4)
        head.addWidget(self.title, 1)
        head.addWidget(self.new)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self.list, 1)
        self._sessions: list[Session] = []
        self.retranslate()

    def add(self, session: Session) -> None:
        """A row for it, at the end."""
        self._sessions.append(session)
        self.list.addItem(QListWidgetItem())
        session.changed.connect(lambda: self._show(session))
        self._show(session)

    def remove(self, session: Session) -> None:
        """Its row goes; a neighbour is chosen."""
        row = self._sessions.index(session)
        with QSignalBlocker(self.list):  # takeItem tells the neighbour's row as it was before (Qt 6.11)
            self.list.takeItem(row)
        del self._sessions[row]
        self._chosen(self.list.currentRow())

    def choose(self, session: Session) -> None:
        """Make it the chosen one."""
        self.list.setCurrentRow(self._sessions.index(session))

    def chosen(self) -> Session | None:
        """The chosen one, if there is one."""
        row = self.list.currentRow()
        return self._sessions[row] if 0 <= row < len(self._sessions) else None

    def step(self, rows: int) -> None:
        """Choose the next (1) or the previous (-1) one, going round."""
        if self._sessions:
            self.list.setCurrentRow((self.list.currentRow() + rows) % len(self._sessions))

    def _chosen(self, row: int) -> None:
        if 0 <= row < len(self._sessions):
            self.session_chosen.emit(self._sessions[row])

    def _show(self, session: Session) -> None:
        if session not in self._sessions:
            return
        item = self.list.item(self._sessions.index(session))
        bridge, profile = session.bridge, session.profile
        state = bridge_words(bridge)
        now = bridge.device if bridge.state.active else profile.serial.device
        name, device = make_visible(profile.name), make_visible(now.removeprefix("/dev/"))
        where = f"{device} ⇄ {_other_end(session)}"
        second = state if bridge.state in (BridgeState.WAITING_FOR_DEVICE, BridgeState.ERROR) else where
        text = f"{name}\n{second}"
        if item.text() != text:
            item.setText(text)
        item.setToolTip(plain_tooltip(name, where, state))
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{name}, {where}, {state}")
        item.setIcon(state_icon(bridge.state, self.palette()))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        elif event.type() == QEvent.Type.PaletteChange:
            for session in self._sessions:
                self._show(session)

    def retranslate(self) -> None:
        """Put every word anew."""
        self.title.setText(self.tr("Bridges"))
        self.new.setToolTip(self.tr("New bridge (Ctrl+N)"))
        self.new.setAccessibleName(self.tr("New bridge"))
        self.list.setAccessibleName(self.tr("Bridges"))
        for session in self._sessions:
            self._show(session)


def _other_end(session: Session) -> str:
    """`:4001` where this computer alone connects, else `HOST:PORT`; `→ HOST:PORT` where the bridge connects."""
    if session.profile.connect is not None:
        return f"→ {make_visible(str(session.profile.connect))}"
    address = session.bridge.address or session.profile.listen
    return f":{address.port}" if address.loopback_only else str(address)
