"""The traffic log as the window shows it: buttons, table, and the bytes of the selected row."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from serialbridge_gui.traffic.clients_seen import ClientsSeen
from serialbridge_gui.traffic.log import TrafficLog
from serialbridge_gui.traffic.text import Encoding

from .byte_pane import BytePane
from .copy_menu import CopyMenu
from .find_bar import FindBar
from .finder import Finder
from .highlight_rules import HighlightRules
from .log_cells import ViewMode
from .log_model import LogModel
from .log_splitter import LogSplitter
from .log_table import MAX_COPIED_ROWS, LogTable
from .log_time import TimeMode
from .log_toolbar import LogToolbar, say
from .log_view_state import LogView
from .quantities import bytes_text
from .regrouping import Regrouping
from .row_marks import RowMarker
from .selected_bytes import SelectedBytes

UNDO_OFFERED_MS = 10_000
"""Chosen: time to see the mistake. Ctrl+Shift+L undoes for as long as the rows are in the log."""

NOTICE_MS = 5_000


class _EmptyState(QWidget):
    """Words over the empty table, and a button that copies the address in them."""

    def __init__(self, table: LogTable) -> None:
        super().__init__(table)
        self._table = table
        self.setFont(QApplication.font())  # not the table's fixed one
        self.label = QLabel(self)
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.label.setWordWrap(True)
        self.copy, self.test_client = QPushButton(self), QPushButton(self)
        self.copy.hide()
        self.test_client.hide()
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.copy)
        row.addWidget(self.test_client)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.addStretch(1)
        layout.addWidget(self.label)
        layout.addLayout(row)
        layout.addStretch(1)
        table.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay over the table's rows."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show):
            self.setGeometry(self._table.viewport().geometry())
        return super().eventFilter(watched, event)


class LogPane(QWidget):
    """Shows a TrafficLog, which its owner fills. GUI thread only.

    Call `refresh` after batches were appended to the log (LogFeed.batch_appended); where they are
    many, `take_in` after each (LogFeed.slice_appended) shares the work out.
    """

    copy_address_requested = Signal()
    """The button under the empty state's words was pressed."""
    test_client_requested = Signal()
    """The button beside it was."""
    view_changed = Signal()
    """The user looks at the log in another way: `view` is not what it was."""

    def __init__(
        self, log: TrafficLog, parent: QWidget | None = None, highlights: HighlightRules | None = None
    ) -> None:
        super().__init__(parent)
        self.highlights = HighlightRules(parent=self) if highlights is None else highlights
        self.model = LogModel(log, self)
        self.toolbar = LogToolbar(self)
        self.table = LogTable(self.model, self)
        self.finder = Finder(log, self.table, self)
        self.find_bar = FindBar(self.finder, ClientsSeen(log), self)
        self.table.come_after(self.find_bar.close_button)
        self._marker = RowMarker(self.finder, self.highlights)
        self.bytes_pane = BytePane(self)
        self._selected = SelectedBytes(self.table, self.model, self.bytes_pane)
        self.regrouping = Regrouping(self.table)
        self._empty = _EmptyState(self.table)
        self._empty_text = ""
        self._copyable = True
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.toolbar)
        layout.addWidget(self.find_bar)
        self._parts = LogSplitter(self.table, self.bytes_pane, self)
        layout.addWidget(self._parts, 1)
        self.bytes_pane.add_to_head(self.toolbar.notice)

        self.highlight = QAction(self)
        self.copy_rows = QAction(self.table)
        self.copy_rows.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        self.copy_rows.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.copy_menu = CopyMenu(self.copy_rows, self)
        self.toolbar.add_action(self.copy_menu.menuAction())
        self.table.addActions([self.copy_menu.menuAction(), self.copy_rows])
        self.table.addActions([self.toolbar.clear, self.toolbar.undo_clear])
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

        self._undo_timer = QTimer(self)
        self._undo_timer.setSingleShot(True)
        self._undo_timer.timeout.connect(lambda: self.toolbar.offer_undo(False))
        self._notice_timer = QTimer(self)
        self._notice_timer.setSingleShot(True)
        self._notice_timer.timeout.connect(self._show_state)
        self._connect()
        self._connect_find()
        self.retranslate()
        self._show_state()

    def _connect_find(self) -> None:
        finder, bar = self.finder, self.find_bar
        self.addActions([*bar.actions_of_find.of_window, bar.actions_of_find.close])
        self.toolbar.add_action(bar.actions_of_find.open)
        self.highlight.setShortcut(QKeySequence("Ctrl+Shift+H"))
        self.addAction(self.highlight)
        self.table.addAction(self.highlight)
        bar.add_action(self.highlight)
        self.highlight.triggered.connect(self.edit_highlights)
        bar.closed.connect(self.table.setFocus)
        finder.current_hit_changed.connect(self._mark_bytes)
        finder.changed.connect(self._show_state)
        finder.colors_changed.connect(self._color_rows)
        self.highlights.changed.connect(self._color_rows)
        self.model.set_marks(self._marker)
        self.model.modelReset.connect(self._say_empty)
        self.model.modelReset.connect(self._marker.forget)

    def edit_highlights(self) -> None:
        """Open the dialog with the highlight rules, or bring it to the front."""
        from .highlight_dialog import HighlightDialog  # made when it is looked at first

        dialog = self.findChild(HighlightDialog) or HighlightDialog(self.highlights, self)
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()

    def _mark_bytes(self, number: int, start: int, length: int) -> None:
        if number >= 0:
            self.bytes_pane.mark(start, length)

    def filtered_rows(self) -> tuple[int, Iterator[int]] | None:
        """How many rows the filter leaves, and their numbers in order; None while there is no filter."""
        return None if self.model.row_filter is None else (self.model.rowCount(), self.model.shown_rows())

    def _color_rows(self) -> None:
        self._marker.forget()
        self.model.marks_changed()

    def _connect(self) -> None:
        bar, table = self.toolbar, self.table
        bar.view_mode_chosen.connect(self.set_view_mode)
        bar.time_mode_chosen.connect(self.model.set_time_mode)
        bar.encoding_chosen.connect(self._set_encoding)
        bar.grouping_menu.grouping_chosen.connect(self.regrouping.start)
        self.regrouping.progressed.connect(self._show_state)
        for chosen in (
            bar.view_mode_chosen,
            bar.time_mode_chosen,
            bar.encoding_chosen,
            bar.grouping_menu.grouping_chosen,
            self.bytes_pane.unfolded_changed,
        ):
            chosen.connect(self.view_changed)
        bar.pause.toggled.connect(self._set_paused)
        bar.follow.triggered.connect(table.set_follow)
        table.follow_changed.connect(bar.follow.setChecked)
        bar.clear.triggered.connect(self._clear)
        bar.undo_clear.triggered.connect(self._undo_clear)
        self.copy_rows.triggered.connect(lambda: table.copy_selection())
        self.copy_menu.chosen.connect(table.copy_selection)
        table.copied.connect(self._say_copied)
        self._empty.copy.clicked.connect(self.copy_address_requested)
        self._empty.test_client.clicked.connect(self.test_client_requested)

    def take_in(self) -> None:
        """Group what the log gained into rows, and show nothing yet."""
        self.model.take_in()

    def refresh(self) -> None:
        """Show what the log gained and dropped since the last call."""
        self.table.refresh()
        self.finder.take_in()
        self._show_state()

    def set_empty_text(self, text: str, *, copyable: bool = True) -> None:
        """Say something where no row is yet, such as where to connect; `copyable`: with a Copy button."""
        self._empty_text, self._copyable = text, copyable
        self._say_empty()

    def _say_empty(self) -> None:
        model, copyable = self.model, False
        nothing_yet = model.end_limit <= max(model.clear_mark, model.rows.first_row)
        if nothing_yet and model.held_back:
            text = self.tr("Paused. New rows are held back until Pause is pressed again.")
        elif model.row_filter is not None and not nothing_yet:
            text = self.tr("No row passes the filter.")
        else:
            text = self._empty_text or self.tr("Waiting for data.")
            copyable = bool(self._empty_text) and self._copyable
        if text != self._empty.label.text():
            self._empty.label.setText(text)
        self._empty.copy.setVisible(copyable)
        self._empty.test_client.setVisible(copyable)

    def set_view_mode(self, mode: ViewMode) -> None:
        """Show the bytes in this way."""
        self.toolbar.view_actions[mode].setChecked(True)
        self.model.set_view_mode(mode)
        self.table.show_columns()

    def set_time_mode(self, mode: TimeMode) -> None:
        """Let the time column count this."""
        self.toolbar.time_actions[mode].trigger()

    def _set_encoding(self, encoding: Encoding) -> None:
        self.model.set_encoding(encoding)
        self.bytes_pane.set_encoding(encoding)
        self.find_bar.set_encoding(encoding.value)

    @property
    def view(self) -> LogView:
        """How the log is looked at, to be remembered."""
        return LogView(
            self.model.view_mode,
            self.model.time_mode,
            self.toolbar.grouping_menu.grouping,
            self.model.encoding,
            self.bytes_pane.unfolded,
        )

    def set_view(self, view: LogView) -> None:
        """Look at the log so."""
        self.set_view_mode(view.view_mode)
        self.set_time_mode(view.time_mode)
        self.toolbar.encoding_actions[view.encoding].trigger()
        self.toolbar.grouping_menu.show_grouping(view.grouping)
        self.regrouping.start(view.grouping)
        self.bytes_pane.set_unfolded(view.unfolded)

    def _set_paused(self, paused: bool) -> None:
        self.model.set_paused(paused)
        self.refresh()

    def _clear(self) -> None:
        self.model.clear()
        self.refresh()
        if self.model.can_undo_clear:
            self.toolbar.offer_undo(True)
            self._undo_timer.start(UNDO_OFFERED_MS)

    def _undo_clear(self) -> None:
        self.table.shift_down(self.model.undo_clear())
        self._undo_timer.stop()
        self.toolbar.offer_undo(False)
        self.refresh()

    def _say_copied(self, rows: int, selected: int) -> None:
        if not rows:
            text = self.tr("Select rows with bytes to copy them")
        elif selected > MAX_COPIED_ROWS:
            text = self.tr("Copied %n rows, the first of {selected}", "", rows).format(selected=selected)
        else:
            text = self.tr("Copied %n rows", "", rows)
        self.tell(text)

    def tell(self, text: str) -> None:
        """Say a few words for some seconds."""
        self._notice_timer.start(NOTICE_MS)
        self.toolbar.show_notice(text)

    def _show_state(self) -> None:
        """Bring the words that depend on the rows up to date."""
        empty = self.model.rowCount() == 0
        if empty == self._empty.isHidden():
            self._empty.setVisible(empty)
        if empty:
            self._say_empty()
        if not self._notice_timer.isActive():
            self.toolbar.show_notice(self._state_words())
        self._selected.refresh()

    def _state_words(self) -> str:
        if self.regrouping.percent < 100:
            return self.tr("Grouping rows: {percent} %").format(percent=self.regrouping.percent)
        held_back = self.model.held_back
        if held_back:
            return self.tr("Paused: %n new", "", held_back)
        left_out = self.model.rows.left_out_bytes
        if left_out:
            return self.tr("Too many rows: the oldest {size} bytes not shown").format(size=bytes_text(left_out))
        return ""

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Make the words again; those of `set_empty_text` are its caller's."""
        say(self.highlight, self.tr("Highlight…"), self.tr("Colour the rows that match rules of yours"))
        say(self.copy_rows, self.tr("Copy rows"), self.tr("Copy the selected rows as they are shown"))
        self._empty.copy.setText(self.tr("Copy address"))
        self._empty.copy.setToolTip(self.tr("Copy the address to connect to"))
        self._empty.copy.setAccessibleName(self.tr("Copy the address to connect to"))
        self._empty.test_client.setText(self.tr("Open test client"))
        self._empty.test_client.setToolTip(self.tr("See the other end of the bridge"))
        self._say_empty()
