"""The actions of finding and filtering, each with its key."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence

from .log_toolbar import say


class FindActions(QObject):
    """Says what the user wants; the find bar does it. GUI thread only."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.open = self._action("Ctrl+F")
        self.open_filter = self._action("Ctrl+Shift+F")
        """Toggles `only_matching`, also while the bar is hidden."""
        self.next = self._action("F3")
        self.previous = self._action("Shift+F3")
        self.match_case = self._action("", checkable=True)
        self.only_matching = self._action("", checkable=True)
        self.close = self._action("Esc")
        self.close.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def _action(self, key: str, *, checkable: bool = False) -> QAction:
        action = QAction(self)
        action.setCheckable(checkable)
        if key:
            action.setShortcut(QKeySequence(key))
        return action

    @property
    def of_window(self) -> list[QAction]:
        """Those whose keys work wherever the focus is in the window."""
        return [self.open, self.open_filter, self.next, self.previous]

    def retranslate(self) -> None:
        """Make the words again."""
        say(self.open, self.tr("Find"), self.tr("Find in the log"))
        tip = self.tr("Hide the rows without a match")
        say(self.open_filter, self.tr("Show only matching rows"), tip)
        say(self.next, self.tr("Next"), self.tr("Next"))
        say(self.previous, self.tr("Previous"), self.tr("Previous"))
        say(self.match_case, self.tr("Match case"), self.tr("Match case"))
        say(self.only_matching, self.tr("Only matching rows"), tip)
        key = self.open_filter.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        self.only_matching.setToolTip(f"{tip} ({key})")
        say(self.close, self.tr("Close"), self.tr("Close; all rows are shown again"))
        for action, sign in ((self.next, "▼"), (self.previous, "▲"), (self.match_case, "Aa"), (self.close, "✕")):
            action.setIconText(sign)
