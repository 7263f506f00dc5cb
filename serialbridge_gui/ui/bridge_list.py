"""The sidebar's list as a widget: rows that are dragged, and names that are edited in place. It knows no bridge."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QIcon,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPalette,
    QPixmap,
    QPolygonF,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QListWidget,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

Index = QModelIndex | QPersistentModelIndex

NAME_ROLE: Final = Qt.ItemDataRole.UserRole
"""The name that can be edited, as the person typed it."""
HEADER_ROLE: Final = Qt.ItemDataRole.UserRole + 1
"""Whether the row is a group's header."""
LONGEST_NAME: Final = 200


class BridgeList(QListWidget):
    """GUI thread only."""

    moved = Signal(int, int)
    """A row was dropped in front of another, or behind the last: their numbers as they are."""
    renamed = Signal(int, str)
    fold_toggled = Signal(int)
    """A header was clicked, or Space, Enter or an arrow that folds or unfolds pressed on it."""
    fold_wanted = Signal(int, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setIconSize(QSize(16, 16))
        self.setFrameShape(QListWidget.Shape.NoFrame)
        self.setSpacing(2)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setItemDelegate(_NameDelegate(self))
        self._pressed_row = -1

    def is_header(self, row: int) -> bool:
        """Whether this row is a group's header."""
        item = self.item(row)
        return item is not None and bool(item.data(HEADER_ROLE))

    def edit_name(self, row: int) -> None:
        """Let the person type another name in the row."""
        item = self.item(row)
        if item is not None:
            self.setFocus()
            self.setCurrentRow(row)
            self.scrollToItem(item)
            self.edit(self.indexFromItem(item))

    def drop_row(self, y: int) -> int:
        """In front of which row something is dropped at this height of the viewport."""
        for row in range(self.count()):
            rect = self.visualItemRect(self.item(row))
            if not self.isRowHidden(row) and y < rect.center().y():
                return row
        return self.count()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Rows of this list alone; files are for the window."""
        if event.source() is self:
            super().dragEnterEvent(event)
        else:
            event.ignore()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """As dragEnterEvent."""
        if event.source() is self:
            super().dragMoveEvent(event)
        else:
            event.ignore()

    def dropEvent(self, event: QDropEvent) -> None:
        """Tell it; who owns the rows moves them."""
        if event.source() is not self:
            event.ignore()
            return
        event.setDropAction(Qt.DropAction.IgnoreAction)  # else Qt removes the row that was dragged
        event.accept()
        self.stopAutoScroll()
        self.setState(QAbstractItemView.State.NoState)
        self.viewport().update()
        self.moved.emit(self.currentRow(), self.drop_row(event.position().toPoint().y()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """On a header: fold and unfold."""
        row = self.currentRow()
        editing = self.state() == QAbstractItemView.State.EditingState  # its keys come here, too
        if not editing and self.is_header(row) and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
                self.fold_wanted.emit(row, event.key() == Qt.Key.Key_Left)
                return
            if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.fold_toggled.emit(row)
                return
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Note where a click begins."""
        self._pressed_row = self.indexAt(event.position().toPoint()).row()
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on a header folds or unfolds."""
        super().mouseReleaseEvent(event)
        row = self.indexAt(event.position().toPoint()).row()
        if event.button() == Qt.MouseButton.LeftButton and row == self._pressed_row and self.is_header(row):
            self.fold_toggled.emit(row)


class _NameDelegate(QStyledItemDelegate):
    """Edits the name alone, in place of all the row says beside its icon."""

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, _index: Index) -> QWidget:
        editor = QLineEdit(parent)
        editor.setMaxLength(LONGEST_NAME)
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        if isinstance(editor, QLineEdit) and not editor.isModified():  # a row may change while its name is typed
            editor.setText(str(index.data(NAME_ROLE)))
            editor.setAccessibleName(editor.text())
            editor.selectAll()

    def setModelData(self, editor: QWidget, _model: QAbstractItemModel, index: Index) -> None:
        view = self.parent()
        if isinstance(editor, QLineEdit) and isinstance(view, BridgeList):
            view.renamed.emit(index.row(), editor.text().strip())

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, _index: Index) -> None:
        place = QRect(option.rect)  # type: ignore[attr-defined]  # not in the stubs
        place.setLeft(place.left() + 22)
        editor.setGeometry(place)


def fold_icon(folded: bool, palette: QPalette) -> QIcon:
    """A triangle to the right, or down, painted, because not every system has the characters."""
    size, scale = 16, 2
    pixmap = QPixmap(size * scale, size * scale)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(scale, scale)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(palette.color(QPalette.ColorRole.Text))
    corners = [(6, 4), (11, 8), (6, 12)] if folded else [(4, 6), (12, 6), (8, 11)]
    painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in corners]))
    painter.end()
    pixmap.setDevicePixelRatio(scale)
    return QIcon(pixmap)
