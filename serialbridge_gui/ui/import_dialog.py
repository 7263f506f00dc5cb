"""What was found in another program's configuration, shown before any of it is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from serialbridge_gui.engine.bridge import BridgeState
from serialbridge_gui.importing.report import Found, Remark, Report
from serialbridge_gui.profile import Profile
from serialbridge_gui.traffic.text import make_visible
from serialbridge_gui.ui.import_words import bridge_words, left_sentence, note_sentence
from serialbridge_gui.ui.state_look import state_color

_HEEDED = frozenset({Remark.OPEN_TO_NETWORK, Remark.NO_LOGIN, Remark.CLIENTS_UNPROVEN})
"""Who can reach the device: in the colour of a warning."""

_LINE_ROLE = Qt.ItemDataRole.UserRole
_MARGIN_PX = 8
"""Left and right of a text, and of a check box (chosen: a bit more than any style has)."""
_LEAST_PX = 80


class ImportDialog(QDialog):
    """A row a bridge, to be chosen; below it a sentence for each thing that is not as it was. GUI thread only."""

    chosen = Signal(list)
    """The profiles to add, in their order."""

    def __init__(self, reports: Sequence[tuple[str, Report]], parent: QWidget | None = None) -> None:
        """`reports`: names of files, and what is in them."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(760, 480)
        self._explained = explained = QLabel(self)
        explained.setTextFormat(Qt.TextFormat.PlainText)
        explained.setWordWrap(True)
        self.tree = _Tree(self)
        self.tree.setHeaderHidden(True)
        self.tree.setColumnCount(1)
        self.tree.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._found: list[tuple[QTreeWidgetItem, Profile]] = []
        self._worded: list[tuple[QTreeWidgetItem, Callable[[], str]]] = []
        """Each row that has words of ours, and what makes them."""
        self._heeded: list[QTreeWidgetItem] = []
        for name, report in reports:
            self._add_report(name, report, titled=len(reports) > 1)
        self.tree.expandAll()
        if self._found:
            self.tree.setCurrentItem(self._found[0][0])
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self.add_button = buttons.addButton("", QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(explained)
        layout.addWidget(self.tree, 1)
        layout.addWidget(buttons)
        self.tree.itemChanged.connect(self._offer)
        self.retranslate()
        self._color()
        self._offer()

    def accept(self) -> None:
        """Tell which ones are wanted."""
        wanted = [profile for item, profile in self._found if item.checkState(0) is Qt.CheckState.Checked]
        self.chosen.emit(wanted)
        super().accept()

    def _offer(self) -> None:
        self.add_button.setEnabled(any(item.checkState(0) is Qt.CheckState.Checked for item, _ in self._found))

    def _add_report(self, name: str, report: Report, *, titled: bool) -> None:
        top: QTreeWidget | QTreeWidgetItem = self.tree
        if titled:
            top = QTreeWidgetItem(self.tree, [make_visible(name)])
        for found in report.found:
            self._add_found(found, top)
        if report.left:
            left_over = QTreeWidgetItem()
            self._worded.append((left_over, lambda: self.tr("Not taken over")))
            _bold(left_over)
            if isinstance(top, QTreeWidget):
                top.addTopLevelItem(left_over)
            else:
                top.addChild(left_over)
            for left in report.left:
                self._sentence(left_over, partial(left_sentence, left))

    def _add_found(self, found: Found, top: QTreeWidget | QTreeWidgetItem) -> None:
        item = QTreeWidgetItem()
        self._worded.append((item, partial(_two_lines, found.profile)))
        item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable)
        item.setCheckState(0, Qt.CheckState.Checked)
        item.setData(0, _LINE_ROLE, found.line)
        if isinstance(top, QTreeWidget):
            top.addTopLevelItem(item)
        else:
            top.addChild(item)
        self._found.append((item, found.profile))
        for note in found.notes:
            row = self._sentence(item, partial(note_sentence, note))
            if note.remark in _HEEDED:
                self._heeded.append(row)

    def _sentence(self, parent: QTreeWidgetItem, words: Callable[[], str]) -> QTreeWidgetItem:
        row = QTreeWidgetItem(parent)
        row.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
        self._worded.append((row, words))
        return row

    # ---- words

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        elif event.type() == QEvent.Type.PaletteChange:
            self._color()

    def _color(self) -> None:
        brush = QBrush(state_color(BridgeState.WAITING_FOR_DEVICE, self.palette()))
        for row in self._heeded:
            row.setForeground(0, brush)

    def retranslate(self) -> None:
        """Put every word anew."""
        self.setWindowTitle(self.tr("Import bridges"))
        self.tree.setAccessibleName(self.tr("Bridges found"))
        self.add_button.setText(self.tr("&Add bridges"))
        self._explained.setText(
            self.tr("Choose what to add. Nothing is started.")
            if self._found
            else self.tr("No bridge between a serial port and TCP was found.")
        )
        for item, words in self._worded:
            item.setText(0, words())
            if (line := item.data(0, _LINE_ROLE)) is not None:
                item.setToolTip(0, self.tr("Line {line}").format(line=line))


def _two_lines(profile: Profile) -> str:
    return f"{make_visible(profile.name)}\n{bridge_words(profile)}"


class _Tree(QTreeWidget):
    """Whose rows are as high as their wrapped texts, however wide it is."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWordWrap(True)
        self.setTextElideMode(Qt.TextElideMode.ElideNone)
        self.setItemDelegate(_WrappedRows(self))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()


class _WrappedRows(QStyledItemDelegate):
    """Qt's own hint forgets how far a row is indented, and cuts what should be wrapped (6.11)."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        hint = super().sizeHint(option, index)
        tree = self.parent()
        if not isinstance(tree, QTreeWidget):
            return hint
        depth, above = 1, index.parent()
        while above.isValid():
            depth, above = depth + 1, above.parent()
        width = tree.viewport().width() - depth * tree.indentation() - _MARGIN_PX
        if index.data(Qt.ItemDataRole.CheckStateRole) is not None:
            width -= tree.style().pixelMetric(QStyle.PixelMetric.PM_IndicatorWidth) + _MARGIN_PX
        font = index.data(Qt.ItemDataRole.FontRole) or tree.font()
        text = str(index.data(Qt.ItemDataRole.DisplayRole))
        box = QRect(0, 0, max(width, _LEAST_PX), 1 << 16)
        needed = QFontMetrics(font).boundingRect(box, int(Qt.TextFlag.TextWordWrap), text)
        return QSize(hint.width(), needed.height() + _MARGIN_PX // 2)


def _bold(item: QTreeWidgetItem) -> None:
    font = item.font(0)
    font.setBold(True)
    item.setFont(0, font)
