"""The menus that choose rows by where they went and whose they are."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from serialbridge_gui.traffic.chunk import Direction
from serialbridge_gui.traffic.clients_seen import ClientsSeen
from serialbridge_gui.traffic.route import Route

MAX_LISTED_CLIENTS: Final = 30
"""Chosen: what fits on a screen; the newest."""


class RouteMenus(QObject):
    """Two menus, and the Route they come to. GUI thread only."""

    changed = Signal()

    def __init__(self, clients: ClientsSeen, parent: QWidget) -> None:
        super().__init__(parent)
        self._clients = clients
        self._client: int | None = None
        self._directions_menu = QMenu(parent)
        self._clients_menu = QMenu(parent)
        self._directions = {
            direction: QAction(self)
            for direction in (Direction.SERIAL_TO_TCP, Direction.TCP_TO_SERIAL, Direction.EVENT)
        }
        for action in self._directions.values():
            action.setCheckable(True)
            action.setChecked(True)
            action.toggled.connect(self._note)
            self._directions_menu.addAction(action)
        self._group = QActionGroup(self)
        self._clients_menu.aboutToShow.connect(self.list_clients)

    @property
    def menus(self) -> tuple[QMenu, QMenu]:
        """Of directions, and of clients."""
        return self._directions_menu, self._clients_menu

    @property
    def route(self) -> Route:
        """What is chosen."""
        chosen = {direction for direction, action in self._directions.items() if action.isChecked()}
        if Direction.EVENT in chosen:
            chosen.add(Direction.GAP)
        return Route(frozenset(chosen), self._client)

    def direction_action(self, direction: Direction) -> QAction:
        """What shows or hides rows of this direction."""
        return self._directions[direction]

    def reset(self) -> None:
        """Choose everything."""
        for action in self._directions.values():
            action.setChecked(True)
        self._choose_client(None)

    def list_clients(self) -> None:
        """Fill the menu of clients with those in the log."""
        while not self._clients.update():
            if len(self._clients.numbers()) >= MAX_LISTED_CLIENTS:
                break
        self._clients_menu.clear()
        numbers = self._clients.numbers()[-MAX_LISTED_CLIENTS:]
        if self._client is not None and self._client not in numbers:
            numbers.append(self._client)
        for client in (None, *numbers):
            text = self.tr("All clients") if client is None else self.tr("Client #{number}").format(number=client)
            action = self._clients_menu.addAction(text)
            action.setCheckable(True)
            action.setChecked(client == self._client)
            self._group.addAction(action)
            action.triggered.connect(lambda _=False, chosen=client: self._choose_client(chosen))

    def _choose_client(self, client: int | None) -> None:
        if client != self._client:
            self._client = client
            self._note()

    def _note(self) -> None:
        self.retranslate()
        self.changed.emit()

    def retranslate(self) -> None:
        """Make the words again. What is chosen stands on the buttons."""
        names = {
            Direction.SERIAL_TO_TCP: self.tr("Serial→Net"),
            Direction.TCP_TO_SERIAL: self.tr("Net→Serial"),
            Direction.EVENT: self.tr("Events"),
        }
        for direction, action in self._directions.items():
            action.setText(names[direction])
        chosen = [names[direction] for direction, action in self._directions.items() if action.isChecked()]
        if len(chosen) == len(names):
            title = self.tr("All directions")
        else:
            title = ", ".join(chosen) if chosen else self.tr("No direction")
        self._directions_menu.setTitle(title)
        self._directions_menu.menuAction().setToolTip(self.tr("Which directions to show"))
        client = self.tr("All clients")
        if self._client is not None:
            client = self.tr("Client #{number}").format(number=self._client)
        self._clients_menu.setTitle(client)
        tip = self.tr("Whose rows to show: what a client sent, and what was sent to it")
        self._clients_menu.menuAction().setToolTip(tip)
