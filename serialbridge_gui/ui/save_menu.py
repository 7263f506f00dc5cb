"""What saves the log: the menu of the tool bar, the question for a file, and the row that shows how far it is."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

from PySide6.QtCore import QEvent, QStandardPaths, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QMessageBox,
    QProgressBar,
    QPushButton,
    QWidget,
)

from serialbridge_gui.traffic.capture_formats import BOTH, Format, Source, format_of, make_writer
from serialbridge_gui.traffic.chunk import Direction, TapEntry
from serialbridge_gui.traffic.text import make_visible
from serialbridge_gui.ui.log_pane import LogPane
from serialbridge_gui.ui.log_saver import Save, row_entries
from serialbridge_gui.ui.log_toolbar import say
from serialbridge_gui.ui.plain_tooltip import plain_tooltip
from serialbridge_gui.ui.sentences import save_failed_sentence
from serialbridge_gui.ui.session import Session
from serialbridge_gui.ui.settings_file import SettingsFile

Entries = tuple[int, Iterator[TapEntry | None]]
"""How many, and those."""

_NO_FILE_NAME: Final = re.compile(r'[\x00-\x1f<>:"/\\|?*]+')
"""What Windows refuses in a file's name."""

_MAX_NAME: Final = 60
"""Characters of a file's name beside the bar (chosen: the bar keeps its room)."""


class SaveMenu(QMenu):
    """Asks for a file, and has the session's LogSaver write it. GUI thread only."""

    saved = Signal(str)
    """A few words: what was saved, and where."""
    failed = Signal(str)
    """A sentence: why there is no file. `save_again` asks for another one."""

    def __init__(self, session: Session, log: LogPane, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._log = log
        self._owner = parent
        self.settings: SettingsFile | None = None
        """Where folder and format are remembered."""
        self.filtered: Callable[[], tuple[int, Iterable[int]] | None] = lambda: None
        """How many rows the filter leaves, and their numbers in order; None while there is no filter."""
        self._entries: Callable[[], Entries] = self._all
        self.setToolTipsVisible(True)
        self.save_all, self.save_selection, self.save_filtered = (QAction(self) for _ in range(3))
        self.save_all.setShortcut(QKeySequence("Ctrl+S"))
        for action, entries in (
            (self.save_all, self._all),
            (self.save_selection, self._selection),
            (self.save_filtered, self._left_by_filter),
        ):
            action.triggered.connect(lambda _=False, entries=entries: self.ask(entries))
            self.addAction(action)
        parent.addAction(self.save_all)  # for its key
        self.aboutToShow.connect(self._offer)
        session.saver.began.connect(lambda: self.save_all.setEnabled(False))
        session.saver.ended.connect(self._tell)
        self._offer()
        self.retranslate()

    # ---- what is saved

    def _all(self) -> Entries:
        """Every chunk that was not cleared away, with the time of each."""
        return self._session.log.entries_from(self._log.model.first_record)

    def _selection(self) -> Entries:
        count, numbers = self._log.table.selected_numbers()
        return count, row_entries(self._log.model.rows_by_number(), numbers)

    def _left_by_filter(self) -> Entries:
        count, numbers = self.filtered() or (0, ())
        return count, row_entries(self._log.model.rows_by_number(), numbers)

    # ---- where to

    def ask(self, entries: Callable[[], Entries]) -> None:
        """Ask for a file, then save `entries` as they are at that time."""
        if self._session.saver.current is not None:
            return
        self._entries = entries
        names = {
            Format.PCAPNG: self.tr("Wireshark capture (*.pcapng)"),
            Format.CSV: self.tr("Table for spreadsheets (*.csv)"),
            Format.TXT: self.tr("Hex dump for reading (*.txt)"),
            Format.BIN: self.tr("The bytes alone (*.bin)"),
        }
        formats = {name: form for form, name in names.items()}
        dialog = QFileDialog(self._owner, self.tr("Save traffic"), self._folder())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters(list(formats))
        dialog.filterSelected.connect(lambda name: dialog.setDefaultSuffix(formats[name].value[1:]))
        form = self._format()
        dialog.selectNameFilter(names[form])
        dialog.setDefaultSuffix(form.value[1:])
        dialog.selectFile(self._file_name() + form.value)
        dialog.fileSelected.connect(lambda name: self._chosen(Path(name), formats[dialog.selectedNameFilter()]))
        dialog.open()

    def save_again(self) -> None:
        """Ask for another file for what could not be saved."""
        self.ask(self._entries)

    def _chosen(self, path: Path, form: Format) -> None:
        """The ending counts, where it is one of ours; else what the list of formats said."""
        form = format_of(path) or form
        if self.settings is not None:
            self.settings.setValue("save/folder", str(path.parent))
            self.settings.setValue("save/format", form.value)
        if form is Format.BIN:
            self._ask_direction(path)
        else:
            self.save_to(path, form)

    def _ask_direction(self, path: Path) -> None:
        """A bin has no room for what went which way."""
        box = QMessageBox(self._owner)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(self.tr("Save bytes"))
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(self.tr("A bin file holds bytes and nothing else. Which ones?"))
        for text, directions in (
            (self.tr("Serial→Net"), frozenset({Direction.SERIAL_TO_TCP})),
            (self.tr("Net→Serial"), frozenset({Direction.TCP_TO_SERIAL})),
            (self.tr("Both, as they came"), BOTH),
        ):
            button = box.addButton(text, QMessageBox.ButtonRole.AcceptRole)
            button.clicked.connect(lambda _=False, chosen=directions: self.save_to(path, Format.BIN, chosen))
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.open()

    def save_to(self, path: Path, form: Format, directions: frozenset[Direction] = BOTH) -> None:
        """Begin to save; `directions` of a bin. Nothing happens while another save is under way."""
        writer = make_writer(form, Source.of(self._session.profile), directions)
        self._session.saver.start(path, writer, *self._entries())

    def _folder(self) -> str:
        stored = self.settings.value("save/folder") if self.settings is not None else None
        if isinstance(stored, str) and Path(stored).is_dir():
            return stored
        return QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)

    def _format(self) -> Format:
        stored = self.settings.value("save/format") if self.settings is not None else None
        return next((form for form in Format if form.value == stored), Format.PCAPNG)

    def _file_name(self) -> str:
        name = _NO_FILE_NAME.sub(" ", make_visible(self._session.profile.name)).strip(" .") or "traffic"
        return f"{name[:80]} {time.strftime('%Y-%m-%d %H-%M-%S')}"

    # ---- words

    def _offer(self) -> None:
        idle = self._session.saver.current is None
        self.save_all.setEnabled(idle)
        self.save_selection.setEnabled(idle and self._log.table.selectionModel().hasSelection())
        self.save_filtered.setEnabled(idle and self.filtered() is not None)

    def _tell(self, save: Save) -> None:
        self.save_all.setEnabled(True)
        name = make_visible(save.path.name)
        if save.error is not None:
            self.failed.emit(save_failed_sentence(name, save.error))
        elif save.cancelled:
            self.saved.emit(self.tr("{name} was not saved").format(name=name))
        elif save.missed:
            self.saved.emit(
                self.tr("Saved {name}; rows that had left the log: {count}").format(name=name, count=save.missed)
            )
        else:
            self.saved.emit(self.tr("Saved {name}").format(name=name))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Make the words again."""
        self.setTitle(self.tr("Save"))
        self.menuAction().setToolTip(self.tr("Save traffic to a file: pcapng, csv, txt or bin"))
        say(self.save_all, self.tr("Save all…"), self.tr("Every chunk of the log, with its own time"))
        say(self.save_selection, self.tr("Save selection…"), self.tr("The selected rows"))
        say(self.save_filtered, self.tr("Save what the filter leaves…"), self.tr("The rows that the filter shows"))


class SaveProgress(QWidget):
    """How far the save is, with Cancel; hidden while there is none."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._saver = session.saver
        self.label = QLabel(self)
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(True)
        self.cancel = QPushButton(self)
        self.cancel.clicked.connect(self._saver.cancel)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 4, 12, 4)
        layout.addWidget(self.label)
        layout.addWidget(self.bar, 1)
        layout.addWidget(self.cancel)
        self._saver.began.connect(self._begin)
        self._saver.progressed.connect(self._show_progress)
        self._saver.ended.connect(self.hide)
        self.hide()
        self.retranslate()

    def _begin(self, save: Save) -> None:
        name = make_visible(save.path.name)
        if len(name) > _MAX_NAME:
            name = f"{name[: _MAX_NAME // 2]}…{name[-_MAX_NAME // 2 :]}"
        self.label.setText(self.tr("Saving {name}").format(name=name))
        self.label.setToolTip(plain_tooltip(str(save.path)))
        self.bar.setAccessibleName(self.label.text())
        self.bar.setRange(0, save.total and 1000)
        self.bar.setValue(0)
        self.cancel.setEnabled(True)
        self.show()

    def _show_progress(self, save: Save) -> None:
        if save.total:
            self.bar.setValue(min(1000, save.done * 1000 // save.total))
        self.cancel.setEnabled(not save.cancelled)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Make the words again."""
        self.cancel.setText(self.tr("Cancel"))
        self.cancel.setToolTip(self.tr("Stop saving; no file is left"))
        self.cancel.setAccessibleName(self.tr("Cancel saving"))
