"""The list of bridges: name, what goes where, and the state of each, always in sight; in a person's own groups."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListWidgetItem, QToolButton, QVBoxLayout, QWidget

from serialbridge_gui.engine.bridge import BridgeState
from serialbridge_gui.profile import InvalidSetting
from serialbridge_gui.traffic.text import make_visible
from serialbridge_gui.ui.arrangement import Arrangement, Group
from serialbridge_gui.ui.bridge_list import HEADER_ROLE, NAME_ROLE, BridgeList, fold_icon
from serialbridge_gui.ui.plain_tooltip import plain_tooltip
from serialbridge_gui.ui.session import Session
from serialbridge_gui.ui.state_look import bridge_words, state_icon, state_words

_AROUND_PX = 20
"""Between a row's icon, its words and the edges (chosen: a bit more than any style has)."""


class Sidebar(QWidget):
    """One row a session, one a group's header. GUI thread only."""

    session_chosen = Signal(object)
    new_requested = Signal()
    menu_requested = Signal(QPoint)
    """The right button or the menu key, on the current row; where on the screen."""

    def __init__(self, arrangement: Arrangement, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.arrangement = arrangement
        self.title = QLabel(self)
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.new = QToolButton(self)
        self.new.setText("+")
        self.new.clicked.connect(self.new_requested)
        self.list = BridgeList(self)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(
            lambda where: self.menu_requested.emit(self.list.viewport().mapToGlobal(where))
        )
        head = QHBoxLayout()
        head.setContentsMargins(10, 8, 8, 4)
        head.addWidget(self.title, 1)
        head.addWidget(self.new)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self.list, 1)
        self._sessions: dict[str, Session] = {}
        """By their profiles' ids, in the order in which they came."""
        self._rows: list[Session | Group] = []
        self._chosen: Session | None = None
        self.list.currentRowChanged.connect(self._choose_row)
        self.list.renamed.connect(self._rename)
        self.list.moved.connect(lambda row, before: QTimer.singleShot(0, self, lambda: self._drop(row, before)))
        self.list.fold_toggled.connect(lambda row: self._fold(row, None))
        self.list.fold_wanted.connect(self._fold)
        arrangement.changed.connect(self._arrange)
        self.retranslate()

    # ---- the bridges

    def add(self, session: Session) -> None:
        """A row for it: where it stood before, else at the end of those in no group."""
        self._sessions[session.profile.id] = session
        session.changed.connect(lambda: self._show(session))
        self._arrange()

    def remove(self, session: Session) -> None:
        """Its row goes; a neighbour is chosen."""
        row = self._rows.index(session)
        del self._sessions[session.profile.id]
        if self._chosen is session:
            rest = [each for each in (*self._rows[row + 1 :], *reversed(self._rows[:row])) if isinstance(each, Session)]
            self._chosen = rest[0] if rest else None
        self._arrange()
        if self._chosen is not None:
            self.session_chosen.emit(self._chosen)

    def choose(self, session: Session, *, unfold: bool = True) -> None:
        """Make it the chosen one. Its group is unfolded, or else, where it is folded, the header becomes the row."""
        if unfold:
            self.arrangement.fold(self.arrangement.group_of(session.profile.id), False)
        row = self._rows.index(session)
        if self.list.isRowHidden(row):
            self._choose_row(row)
            self._arrange()
        else:
            self.list.setCurrentRow(row)

    def chosen(self) -> Session | None:
        """The chosen one, if there is one."""
        return self._chosen

    def chosen_group(self) -> str:
        """The name of the group whose header is the current row; empty: it is a bridge's."""
        row = self.list.currentRow()
        group = self._rows[row] if 0 <= row < len(self._rows) else None
        return group.name if isinstance(group, Group) else ""

    def ids(self) -> list[str]:
        """Of the bridges that are there."""
        return list(self._sessions)

    def step(self, rows: int) -> None:
        """Choose the next (1) or the previous (-1) one that is in sight, going round."""
        in_sight = [
            row for row, each in enumerate(self._rows) if isinstance(each, Session) and not self.list.isRowHidden(row)
        ]
        if in_sight:
            now = self.list.currentRow()
            later = [row for row in in_sight if (row - now) * rows > 0]
            target = min(later, key=lambda row: abs(row - now)) if later else in_sight[0 if rows > 0 else -1]
            self.list.setCurrentRow(target)

    # ---- what a person does with rows

    def edit_name(self) -> None:
        """Let the person type another name for the chosen bridge, or for the group whose header is the current row."""
        self.list.edit_name(self.list.currentRow())

    def edit_group(self, name: str) -> None:
        """Let the person type another name for this group."""
        for row, each in enumerate(self._rows):
            if isinstance(each, Group) and each.name == name:
                self.list.edit_name(row)

    def move_row(self, rows: int) -> None:
        """Move the chosen bridge, or the group whose header is the current row, up (-1) or down (1)."""
        if group := self.chosen_group():
            self.arrangement.step_group(group, rows, self.ids())
        elif self._chosen is not None:
            self.arrangement.step(self._chosen.profile.id, rows, self.ids())

    def _drop(self, row: int, before: int) -> None:
        session = self._rows[row] if 0 <= row < len(self._rows) else None
        if not isinstance(session, Session):
            return
        group = next((each.name for each in reversed(self._rows[:before]) if isinstance(each, Group)), "")
        next_one = None
        for each in self._rows[before:]:
            if isinstance(each, Group):
                break
            if each is not session:
                next_one = each.profile.id
                break
        self.arrangement.move(session.profile.id, group, next_one, self.ids())

    def _rename(self, row: int, name: str) -> None:
        each = self._rows[row] if 0 <= row < len(self._rows) else None
        if isinstance(each, Group) and name:
            QTimer.singleShot(0, self, lambda: self.arrangement.rename_group(each.name, name, self.ids()))
        elif isinstance(each, Session) and name:
            try:
                each.edit(each.profile.changed(name=name))
            except InvalidSetting:
                return  # pasted control characters: the name stays

    def _fold(self, row: int, folded: bool | None) -> None:
        group = self._rows[row] if 0 <= row < len(self._rows) else None
        if isinstance(group, Group):
            self.arrangement.fold(group.name, not group.folded if folded is None else folded)

    # ---- what is shown

    def _arrange(self) -> None:
        """Put the rows as the arrangement says; the same one stays the current one."""
        current = self.list.currentRow()
        before = self._rows[current] if 0 <= current < len(self._rows) else None
        rows: list[Session | Group] = []
        hidden: list[bool] = []
        for group, ids in self.arrangement.ordered(self._sessions):
            if group.name and ids:
                rows.append(group)
                hidden.append(False)
            rows += [self._sessions[profile] for profile in ids]
            hidden += [group.folded] * len(ids)
        with QSignalBlocker(self.list):
            shown, self._rows = self._rows, rows
            while self.list.count() > len(rows):
                self.list.takeItem(self.list.count() - 1)
            while self.list.count() < len(rows):
                self.list.addItem(QListWidgetItem())
            for row, each in enumerate(rows):
                if isinstance(each, Group) or row >= len(shown) or shown[row] is not each:
                    self._show(each)  # the others stand where they stood
                self.list.setRowHidden(row, hidden[row])
            wanted: Session | Group | None = self._chosen
            if isinstance(before, Group):
                wanted = next((e for e in rows if isinstance(e, Group) and e.name == before.name), self._chosen)
            if wanted in rows:
                at = rows.index(wanted)
                if hidden[at]:  # its group was folded: the header stands for it
                    at = max(n for n in range(at) if isinstance(rows[n], Group))
                self.list.setCurrentRow(at)

    def _choose_row(self, row: int) -> None:
        session = self._rows[row] if 0 <= row < len(self._rows) else None
        if isinstance(session, Session):
            self._chosen = session
            self.session_chosen.emit(session)

    def _show(self, each: Session | Group) -> None:
        if each not in self._rows:
            return
        item = self.list.item(self._rows.index(each))
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEditable
        header = isinstance(each, Group)
        if item.data(HEADER_ROLE) is not header:
            item.setData(HEADER_ROLE, header)
            item.setFlags(flags if header else flags | Qt.ItemFlag.ItemIsDragEnabled)
            font = self.list.font()
            font.setBold(header)
            item.setFont(font)
        if isinstance(each, Group):
            self._show_group(item, each)
        else:
            self._show_session(item, each)

    def _show_group(self, item: QListWidgetItem, group: Group) -> None:
        count = sum(1 for profile in group.profiles if profile in self._sessions)
        name = make_visible(group.name)
        item.setData(NAME_ROLE, group.name)
        item.setText(f"{name} ({count})" if group.folded else name)
        item.setIcon(fold_icon(group.folded, self.palette()))
        state = self.tr("folded") if group.folded else self.tr("unfolded")
        item.setToolTip(plain_tooltip(name))
        item.setData(
            Qt.ItemDataRole.AccessibleTextRole,
            self.tr("Group {name}, bridges: {count}, {state}").format(name=name, count=count, state=state),
        )

    def _show_session(self, item: QListWidgetItem, session: Session) -> None:
        bridge, profile = session.bridge, session.profile
        state = bridge_words(bridge)
        now = bridge.device if bridge.state.active else profile.serial.device
        name, device = make_visible(profile.name), make_visible(now.removeprefix("/dev/"))
        where = f"{device} ⇄ {_other_end(session)}"
        second = state if bridge.state in (BridgeState.WAITING_FOR_DEVICE, BridgeState.ERROR) else where
        text = f"{name}\n{second}"
        if item.text() != text:
            item.setText(text)
        item.setData(NAME_ROLE, profile.name)
        item.setToolTip(plain_tooltip(name, where, state))
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{name}, {where}, {state}")
        item.setIcon(state_icon(bridge.state, self.palette()))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        elif event.type() == QEvent.Type.PaletteChange:
            self._show_all()
        elif event.type() == QEvent.Type.FontChange:
            self._fit()

    def _fit(self) -> None:
        """Wide enough for a usual second line, however large the letters are."""
        usual = ("ttyUSB0 ⇄ :40001", state_words(BridgeState.WAITING_FOR_DEVICE, 0))
        width = max(self.fontMetrics().horizontalAdvance(words) for words in usual)
        self.list.setMinimumWidth(width + self.list.iconSize().width() + _AROUND_PX)

    def retranslate(self) -> None:
        """Put every word anew."""
        self.title.setText(self.tr("Bridges"))
        self.new.setToolTip(self.tr("New bridge (Ctrl+N)"))
        self.new.setAccessibleName(self.tr("New bridge"))
        self.list.setAccessibleName(self.tr("Bridges"))
        self._fit()
        self._show_all()

    def _show_all(self) -> None:
        for each in self._rows:
            self._show(each)


def _other_end(session: Session) -> str:
    """`:4001` where this computer alone connects, else `HOST:PORT`; `→ HOST:PORT` where the bridge connects."""
    if session.profile.connect is not None:
        return f"→ {make_visible(str(session.profile.connect))}"
    address = session.bridge.address or session.profile.listen
    return f":{address.port}" if address.loopback_only else str(address)
