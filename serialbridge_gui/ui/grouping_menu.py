"""The menu of how chunks become rows."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from serialbridge_gui.traffic.grouping import GroupBy, Grouping, format_delimiter
from serialbridge_gui.traffic.text import to_hex

from .grouping_dialog import GroupingDialog


class GroupingMenu(QMenu):
    """Says which grouping the user wants. GUI thread only."""

    grouping_chosen = Signal(Grouping)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.grouping = Grouping()
        self.setToolTipsVisible(True)
        self.actions_by = {by: QAction(self) for by in GroupBy}
        self.change = QAction(self)
        group = QActionGroup(self)
        for by, action in self.actions_by.items():
            action.setCheckable(True)
            action.triggered.connect(lambda _=False, by=by: self._choose(replace(self.grouping, by=by)))
            group.addAction(action)
            self.addAction(action)
        self.addSeparator()
        self.addAction(self.change)
        self.change.triggered.connect(self.open_dialog)
        self.show_grouping(self.grouping)

    def show_grouping(self, grouping: Grouping) -> None:
        """This is in force."""
        self.grouping = grouping
        self.actions_by[grouping.by].setChecked(True)
        self.retranslate()

    def _choose(self, grouping: Grouping) -> None:
        self.show_grouping(grouping)
        self.grouping_chosen.emit(grouping)

    def open_dialog(self) -> None:
        """Let the user change the numbers."""
        dialog = GroupingDialog(self.grouping, self.parentWidget() or self)
        dialog.grouping_chosen.connect(self._choose)
        dialog.open()

    def retranslate(self) -> None:
        """Make the words again."""
        grouping = self.grouping
        words = {
            GroupBy.SILENCE: (
                self.tr("%n ms of silence", "", grouping.silence_ms),
                self.tr("A row ends where nothing came for so long"),
            ),
            GroupBy.CHUNK: (self.tr("Each chunk"), self.tr("A row is what was read at once")),
            GroupBy.DELIMITER: (
                self.tr("Lines ending in {delimiter}").format(delimiter=format_delimiter(grouping.delimiter)),
                self.tr("A row ends after these bytes"),
            ),
            GroupBy.LENGTH: (self.tr("%n bytes a row", "", grouping.length), self.tr("Rows of one length")),
        }
        for by, (text, tip) in words.items():
            self.actions_by[by].setText(text.replace("&", "&&"))
            self.actions_by[by].setToolTip(tip)
        self.change.setText(self.tr("Change…"))
        self.setTitle(self.tr("Group"))
        what = words[grouping.by][0]
        if grouping.by is GroupBy.DELIMITER:  # in hex: Qt would take `<b>` in a tooltip for HTML
            what = self.tr("Lines ending in {delimiter}").format(delimiter=to_hex(grouping.delimiter))
        begins = self.tr("What begins a row, beside a change of direction or client: {what}")
        self.menuAction().setToolTip(begins.format(what=what))
