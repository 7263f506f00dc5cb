"""What a person does with profiles: import and export, duplicate, rename, put in order and groups, delete and undo."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, QPoint, QStandardPaths, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QFileDialog, QMenu, QMessageBox

from serialbridge_gui.engine.bridge import BridgeState
from serialbridge_gui.profile import Profile
from serialbridge_gui.profile_error import ProfileError
from serialbridge_gui.traffic.text import make_visible
from serialbridge_gui.ui.file_drop import MAX_FILES, FileDrop
from serialbridge_gui.ui.file_names import ENDING, file_name
from serialbridge_gui.ui.kept_words import keep_words
from serialbridge_gui.ui.sentences import profile_error_sentence
from serialbridge_gui.ui.session import Session
from serialbridge_gui.ui.settings_file import SettingsFile
from serialbridge_gui.ui.tasks import Tasks
from serialbridge_gui.ui.undo_bar import UndoBar

if TYPE_CHECKING:
    from serialbridge_gui.importing import Report
    from serialbridge_gui.ui.main_window import MainWindow


class ProfileActions(QObject):
    """The actions, for the window's menus and the sidebar's. GUI thread only."""

    def __init__(self, window: MainWindow, settings: SettingsFile, tasks: Tasks) -> None:
        super().__init__(window)
        self._window = window
        self._settings = settings
        self._tasks = tasks
        self._workspace = window.workspace
        self._sidebar = window.sidebar
        self._was_away = False
        self.undo_bar = UndoBar(window)
        self.undo_bar.undo_requested.connect(self.undo_delete)
        self.undo_bar.dismissed.connect(lambda: self._run(self._forget(), "forget deleted bridge"))
        self.import_action = self._action("", self.ask_import)
        self.export_action = self._action("", self.ask_export)
        self.export_all_action = self._action("", self.ask_export_all)
        self.duplicate_action = self._action("", self.duplicate)
        self.rename_action = self._action("F2", self.rename)
        self.up_action = self._action("Alt+Up", lambda: self._sidebar.move_row(-1))
        self.down_action = self._action("Alt+Down", lambda: self._sidebar.move_row(1))
        self.delete_action = self._action("", self.ask_delete)
        self.group_menu = QMenu(window)
        self.group_menu.aboutToShow.connect(self._fill_group_menu)
        self.needing_one = (
            self.export_action, self.export_all_action, self.duplicate_action, self.rename_action, self.up_action,
            self.down_action, self.delete_action, self.group_menu.menuAction(),
        )  # fmt: skip
        self._drop = FileDrop(window)
        self._drop.dropped.connect(self.import_files)
        self._sidebar.menu_requested.connect(self._show_menu)
        self._workspace.forgotten.connect(lambda profile: settings.remove(f"log/{profile}"))
        if self._workspace.put_away is not None:  # deleted in a window that was killed
            self.undo_bar.offer(self._workspace.put_away.name)
        window.installEventFilter(self)
        self.retranslate()

    def _action(self, keys: str, do: Callable[[], object]) -> QAction:
        made = QAction(self)
        if keys:
            made.setShortcut(QKeySequence(keys))
        made.triggered.connect(lambda: do())
        self._window.addAction(made)
        return made

    def _run(self, work: Coroutine[Any, Any, None], name: str) -> None:
        self._tasks.start(self._told(work), name)

    async def _told(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except ProfileError as error:
            self._window.say(profile_error_sentence(error))

    # ---- import

    def ask_import(self) -> None:
        """Ask for files, several at once."""
        dialog = QFileDialog(self._window, self.tr("Import"), self._folder())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilters(
            [
                self.tr("Profiles, ser2net, socat (*.serialbridge *.yaml *.yml *.conf *.sh *.service)"),
                self.tr("All files (*)"),
            ]
        )
        dialog.filesSelected.connect(lambda names: self.import_files([Path(name) for name in names[:MAX_FILES]]))
        dialog.open()

    def import_files(self, files: Sequence[Path]) -> None:
        """Add what is in these files; what ser2net or socat has there is shown first. Starts nothing."""
        self._run(self._import(list(files)), "import")

    async def _import(self, files: list[Path]) -> None:
        from asyncio import to_thread

        from serialbridge_gui.importing import read_foreign_file
        from serialbridge_gui.ui.import_words import files_sentence

        told: list[str] = []
        added: list[Session] = []
        reports: list[tuple[str, Report]] = []
        if files:
            self._settings.setValue("files/folder", str(files[0].parent))
        for file in files:
            report = await to_thread(read_foreign_file, file)
            if report is not None:
                reports.append((file.name, report))
                continue
            try:
                session = await self._workspace.add_file(file)
            except ProfileError as error:
                told.append(profile_error_sentence(error))
                continue
            added.append(session)
            if sentence := files_sentence(session.profile):
                told.append(sentence)
        if added:
            self._sidebar.choose(added[-1])
        if len(added) > 1:
            told.insert(0, self.tr("Imported bridges: {count}. None is started.").format(count=len(added)))
        if told:
            self._window.say(" ".join(told))
        if reports:
            self._show_reports(reports)

    def _show_reports(self, reports: list[tuple[str, Report]]) -> None:
        from serialbridge_gui.ui.import_dialog import ImportDialog  # few people need it

        dialog = ImportDialog(reports, self._window)
        dialog.chosen.connect(lambda profiles: self._run(self._add_found(profiles), "add bridges"))
        dialog.open()

    async def _add_found(self, profiles: list[Profile]) -> None:
        from asyncio import sleep

        for profile in profiles:
            session = self._workspace.add_profile(profile)
            await sleep(0)  # a row takes some ms where there are hundreds
        if profiles and session in tuple(self._workspace):
            self._sidebar.choose(session)

    async def _look_again(self) -> None:
        told = await self._workspace.take_in_new()
        if told:
            self._window.say(" ".join(told))

    # ---- export

    def ask_export(self) -> None:
        """Ask where the chosen bridge's profile goes."""
        session = self._sidebar.chosen()
        if session is None:
            return
        dialog = QFileDialog(self._window, self.tr("Export profile"), self._folder())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([self.tr("Profile (*.serialbridge)")])
        dialog.setDefaultSuffix(ENDING[1:])
        dialog.selectFile(file_name(session.profile.name) + ENDING)
        dialog.fileSelected.connect(lambda name: self.export_to(session, Path(name)))
        dialog.open()

    def export_to(self, session: Session, file: Path) -> None:
        """Write its profile to this file."""
        self._settings.setValue("files/folder", str(file.parent))
        self._run(self._export([session.profile], file), "export profile")

    def ask_export_all(self) -> None:
        """Ask for a folder for a file of each bridge."""
        dialog = QFileDialog(self._window, self.tr("Export all profiles to a folder"), self._folder())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda name: self.export_all(Path(name)))
        dialog.open()

    def export_all(self, folder: Path) -> None:
        """A file of each bridge, in this folder; overwrites nothing."""
        self._settings.setValue("files/folder", str(folder))
        self._run(self._export([session.profile for session in self._workspace], folder), "export profiles")

    async def _export(self, profiles: list[Profile], place: Path) -> None:
        from asyncio import to_thread

        from serialbridge_gui.ui.import_words import files_sentence

        if len(profiles) == 1 and not await to_thread(place.is_dir):
            await self._workspace.export_to(profiles[0], place)
            told = [self.tr("Exported to {file}.").format(file=make_visible(str(place)))]
        else:
            written = await self._workspace.export(profiles, place)
            text = self.tr("Exported to {folder}, files: {count}.")
            told = [text.format(folder=make_visible(str(place)), count=len(written))]
        warnings = [sentence for profile in profiles[:3] if (sentence := files_sentence(profile))]
        look = BridgeState.WAITING_FOR_DEVICE if warnings else BridgeState.STOPPED
        self._window.say(" ".join([*told, *warnings]), look=look)

    def _folder(self) -> str:
        stored = self._settings.value("files/folder")
        if isinstance(stored, str) and Path(stored).is_dir():
            return stored
        return QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)

    # ---- one bridge

    def duplicate(self) -> None:
        """The chosen bridge once more, below it."""
        session = self._sidebar.chosen()
        if session is not None:
            self._sidebar.choose(self._workspace.duplicate(session))

    def rename(self) -> None:
        """Type another name in the sidebar; where it is hidden, above the settings."""
        if self._sidebar.isVisible():
            self._sidebar.edit_name()
        elif (page := self._window.current_page()) is not None:
            page.name.setFocus()
            page.name.selectAll()

    def ask_delete(self) -> None:
        """Delete the chosen bridge, which can be undone; ask before where it runs."""
        session = self._sidebar.chosen()
        if session is None:
            return
        if not session.bridge.state.active:
            self._delete(session)
            return
        box = QMessageBox(self._window)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Question)
        box.setTextFormat(Qt.TextFormat.PlainText)
        name = make_visible(session.profile.name)
        delete = box.addButton("", QMessageBox.ButtonRole.DestructiveRole)
        box.addButton(QMessageBox.StandardButton.Cancel)

        def put_words() -> None:
            box.setText(self.tr("“{name}” is running. Stop and delete it?").format(name=name))
            delete.setText(self.tr("Delete"))

        keep_words(box, put_words)
        delete.clicked.connect(lambda: self._delete(session))
        box.open()

    def _delete(self, session: Session) -> None:
        async def delete() -> None:
            if session in tuple(self._workspace):
                await self._workspace.remove(session)
                self.undo_bar.offer(session.profile.name)

        self._run(delete(), "delete bridge")

    def undo_delete(self) -> None:
        """Bring back what was deleted last, stopped."""

        async def bring_back() -> None:
            session = await self._workspace.bring_back()
            self.undo_bar.offer("")
            if session is not None:
                self._sidebar.choose(session)

        self._run(bring_back(), "undo delete")

    async def _forget(self) -> None:
        self.undo_bar.offer("")
        await self._workspace.forget_away()

    # ---- groups

    def _fill_group_menu(self) -> None:
        menu = self.group_menu
        menu.clear()
        arrangement = self._workspace.arrangement
        if name := self._sidebar.chosen_group():
            add(menu, self.tr("Rename group"), lambda: self._sidebar.edit_group(name))
            add(menu, self.tr("Dissolve group"), lambda: arrangement.rename_group(name, "", self._sidebar.ids()))
            return
        session = self._sidebar.chosen()
        if session is None:
            return
        now = arrangement.group_of(session.profile.id)
        for name in ("", *arrangement.names()):
            shown = make_visible(name).replace("&", "&&") or self.tr("No group")
            entry = add(menu, shown, partial(self._put, name))
            entry.setCheckable(True)
            entry.setChecked(name == now)
        menu.addSeparator()
        add(menu, self.tr("New group"), self.new_group)

    def _put(self, group: str) -> None:
        session = self._sidebar.chosen()
        if session is not None:
            self._workspace.arrangement.move(session.profile.id, group, None, self._sidebar.ids())

    def new_group(self) -> None:
        """A group with the chosen bridge in it, its name ready to be typed."""
        name = self._workspace.arrangement.free_group_name(self.tr("Group"))
        self._put(name)
        self._sidebar.edit_group(name)

    def _show_menu(self, where: QPoint) -> None:
        menu = QMenu(self._sidebar)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self._sidebar.chosen_group():
            self._fill_group_menu()
            menu.addActions(self.group_menu.actions())
            menu.addActions([self.up_action, self.down_action])
        elif self._sidebar.chosen() is not None:
            menu.addActions([self._window.toggle_action, self.duplicate_action, self.rename_action, self.export_action])
            menu.addMenu(self.group_menu)
            menu.addActions([self.up_action, self.down_action])
            menu.addSeparator()
            menu.addAction(self.delete_action)
        menu.popup(where)

    # ---- words

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Follow the window's language; look for new profiles when a person comes back to it."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
            self.undo_bar.retranslate()
        elif event.type() == QEvent.Type.WindowDeactivate:
            self._was_away = True
        elif event.type() == QEvent.Type.WindowActivate and self._was_away:  # the console may have imported some
            self._was_away = False
            self._run(self._look_again(), "look for new profiles")
        return False

    def retranslate(self) -> None:
        """Put every word anew."""
        for action, text in (
            (self.import_action, self.tr("&Import…")),
            (self.export_action, self.tr("&Export…")),
            (self.export_all_action, self.tr("Export &all…")),
            (self.duplicate_action, self.tr("D&uplicate")),
            (self.rename_action, self.tr("&Rename")),
            (self.up_action, self.tr("Move up")),
            (self.down_action, self.tr("Move down")),
            (self.delete_action, self.tr("&Delete bridge")),
        ):
            action.setText(text)
        self.group_menu.setTitle(self.tr("&Group"))


def add(menu: QMenu, text: str, do: Callable[[], object]) -> QAction:
    """An entry that does one thing."""
    entry = menu.addAction(text)
    entry.triggered.connect(lambda: do())
    return entry
