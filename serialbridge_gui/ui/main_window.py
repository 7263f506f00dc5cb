"""The main window: sidebar, one page a bridge, menus."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QIcon, QKeySequence, QPaintEvent
from PySide6.QtWidgets import QMainWindow, QMessageBox, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from serialbridge_gui import __version__
from serialbridge_gui.engine.bridge import BridgeState
from serialbridge_gui.profile_error import ProfileError, ProfileFault
from serialbridge_gui.ui.appearance import Appearance
from serialbridge_gui.ui.closing import ClosingRules
from serialbridge_gui.ui.file_names import ENDING
from serialbridge_gui.ui.firewall_step import FirewallStep
from serialbridge_gui.ui.first_run import FirstRunPage
from serialbridge_gui.ui.help_menu import HelpMenu
from serialbridge_gui.ui.kept_words import keep_words
from serialbridge_gui.ui.message_bar import MessageBar
from serialbridge_gui.ui.pattern_words import rules_unsaved_sentence
from serialbridge_gui.ui.port_watcher import PortWatcher
from serialbridge_gui.ui.preferences import Closing, Preferences
from serialbridge_gui.ui.profile_actions import ProfileActions
from serialbridge_gui.ui.running_bridges import RunningBridges
from serialbridge_gui.ui.sentences import profile_error_sentence
from serialbridge_gui.ui.session import Session
from serialbridge_gui.ui.settings_file import SettingsFile
from serialbridge_gui.ui.sidebar import Sidebar
from serialbridge_gui.ui.tasks import Tasks
from serialbridge_gui.ui.workspace import Workspace, newest_adapter

if TYPE_CHECKING:
    from serialbridge_gui.request import Request
    from serialbridge_gui.ui.autostart_state import AutostartState
    from serialbridge_gui.ui.bridge_page import BridgePage
    from serialbridge_gui.ui.tray import Tray


MAX_UNSEEN: Final = 3
"""Messages that wait for the user to have seen them (chosen: what fits on a small screen); the oldest leave."""


class MainWindow(QMainWindow):
    """Everything the user sees. GUI thread only. `app.py` closes it for good.

    A bridge's page is made when it is looked at first, and the first one only after the window has been shown:
    with the modules it needs, it takes as long as the rest of the window.
    """

    close_requested = Signal()
    """The user wants to quit; nothing has been closed yet."""

    def __init__(self, workspace: Workspace, ports: PortWatcher, settings: SettingsFile) -> None:
        super().__init__()
        self.workspace = workspace
        self.ports = ports
        self._settings = settings
        self.preferences = Preferences(settings, self)
        self._appearance = Appearance(self.preferences, self)
        self._autostart: AutostartState | None = None
        self.tray: Tray | None = None
        self.closing = ClosingRules(self, workspace, self.preferences, self._has_tray)
        self.closing.quit_wanted.connect(self.close_requested)
        self.running = RunningBridges(workspace, settings, self)
        self._tasks = Tasks()
        self._pages: dict[Session, BridgePage] = {}
        self.setWindowTitle("SerialBridge")
        self.setWindowIcon(QIcon(":/icons/serialbridge.svg"))
        self.sidebar = Sidebar(workspace.arrangement, self)
        self.profiles = ProfileActions(self, settings, self._tasks)
        self.first_run = FirstRunPage(ports, self)
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self.first_run)
        self.splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self.splitter.addWidget(self.sidebar)
        self.splitter.addWidget(self.stack)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setCollapsible(1, False)
        self.splitter.setChildrenCollapsible(False)
        self.message = MessageBar(self)
        self._unseen: dict[str, BridgeState] = {}
        self.message.cleared.connect(lambda: self._unseen.clear())
        self._ending = False
        center = QWidget(self)
        layout = QVBoxLayout(center)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.message)
        self.firewall = FirewallStep(workspace, settings, self._tasks, center)
        layout.addWidget(self.firewall.bar)
        layout.addWidget(self.profiles.undo_bar)
        layout.addWidget(self.splitter, 1)
        self.setCentralWidget(center)
        self._make_actions()
        self._make_menus()
        self.retranslate()
        self.sidebar.new_requested.connect(self.new_bridge)
        self.first_run.demo_requested.connect(self.start_demo)
        self.first_run.device_requested.connect(self.new_bridge)
        workspace.set_log_budget(self.preferences.log_budget)
        self.preferences.changed.connect(self._follow_preference)
        workspace.session_added.connect(self._add)
        workspace.session_removed.connect(self._remove)
        workspace.highlights.save_failed.connect(lambda detail: self.say(rules_unsaved_sentence(detail)))
        for session in workspace:
            self._follow(session)
        self._show_emptiness()
        self._restore()
        self.sidebar.session_chosen.connect(self._show_session)
        self._painted = False

    # ---- actions

    def _make_actions(self) -> None:
        def action(keys: str, do: object) -> QAction:
            made = QAction(self)
            if keys:
                made.setShortcut(QKeySequence(keys))
            made.triggered.connect(do)
            self.addAction(made)
            return made

        self.new_action = action("Ctrl+N", self.new_bridge)
        self.delete_action = self.profiles.delete_action
        self.quit_action = action("Ctrl+Q", lambda: self.close_requested.emit())
        self.settings_action = action("Ctrl+,", self.show_settings)
        self.toggle_action = action("Ctrl+E", self._toggle)
        self.previous_action = action("Ctrl+PgUp", lambda: self.sidebar.step(-1))
        self.next_action = action("Ctrl+PgDown", lambda: self.sidebar.step(1))
        self.clients_action = action("", self._show_clients)
        self.test_client_action = action("Ctrl+T", self._show_test_client)
        self.statistics_action = action("Ctrl+I", self._show_statistics)
        self.vm_action = action("", self._show_vm)
        self.rescan_action = action("F5", self.ports.rescan)
        self.sidebar_action = action("F9", self._toggle_sidebar)
        self.sidebar_action.setCheckable(True)
        self.sidebar_action.setChecked(True)
        self.about_action = action("", self._show_about)
        self.settings_action.setMenuRole(QAction.MenuRole.PreferencesRole)
        self.quit_action.setMenuRole(QAction.MenuRole.QuitRole)
        self.about_action.setMenuRole(QAction.MenuRole.AboutRole)
        self.help_menu = HelpMenu(self, self._tasks)
        self.help_menu.addAction(self.about_action)

    def _make_menus(self) -> None:
        bar = self.menuBar()
        files = self.profiles
        self.file_menu, self.bridge_menu, self.view_menu = (bar.addMenu("") for _ in range(3))
        for menu, actions in (
            (
                self.file_menu,
                (
                    self.new_action, None, files.import_action, files.export_action, files.export_all_action, None,
                    self.delete_action, None, self.settings_action, self.quit_action,
                ),
            ),
            (
                self.bridge_menu,
                (
                    *(self.toggle_action, self.clients_action, self.test_client_action, self.vm_action),
                    *(*self.firewall.actions, None),
                    *(files.duplicate_action, files.rename_action, files.group_menu.menuAction()),
                    *(files.up_action, files.down_action, None, self.previous_action, self.next_action),
                ),
            ),
            (self.view_menu, (self.sidebar_action, self.statistics_action, self.rescan_action)),
        ):  # fmt: skip
            for entry in actions:
                if entry is None:
                    menu.addSeparator()
                else:
                    menu.addAction(entry)
        bar.addMenu(self.help_menu)

    def retranslate(self) -> None:
        """Put every word of the menus anew."""
        for menu, title in (
            (self.file_menu, self.tr("&File")),
            (self.bridge_menu, self.tr("B&ridge")),
            (self.view_menu, self.tr("&View")),
        ):
            menu.setTitle(title)
        for action, text in (
            (self.new_action, self.tr("&New bridge")),
            (self.quit_action, self.tr("&Quit")),
            (self.toggle_action, self.tr("&Start or stop")),
            (self.previous_action, self.tr("&Previous bridge")),
            (self.next_action, self.tr("Ne&xt bridge")),
            (self.clients_action, self.tr("&Clients…")),
            (self.test_client_action, self.tr("T&est client…")),
            (self.vm_action, self.tr("Use in a &virtual machine…")),
            (self.statistics_action, self.tr("S&tatistics…")),
            (self.rescan_action, self.tr("&Look for ports again")),
            (self.sidebar_action, self.tr("&Sidebar")),
            (self.settings_action, self.tr("&Settings…")),
            (self.about_action, self.tr("&About SerialBridge")),
        ):
            action.setText(text)
        self.message.rename_ok(self.tr("OK"))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def new_bridge(self) -> None:
        """A new bridge on the newest adapter, ready for Start."""
        taken = {session.profile.serial.device for session in self.workspace}
        device = newest_adapter(tuple(port for port in self.ports.ports if port.device not in taken))
        device = device or newest_adapter(self.ports.ports) or ("COM1" if sys.platform == "win32" else "/dev/ttyUSB0")
        identity = next((port.identity for port in self.ports.ports if port.device == device), None)
        session = self.workspace.add(self.tr("Bridge"), device, identity, self.preferences)
        self.sidebar.choose(session)
        self._page(session).start_stop.setFocus()

    def start_demo(self) -> Session:
        """The simulated device, running."""
        session = self.workspace.demo()
        self.sidebar.choose(session)
        self._page(session).other_end.setFocus()
        if not session.bridge.state.active:
            session.start()
        return session

    def start_profile(self, session: Session) -> None:
        """Show this bridge and start it."""
        self.sidebar.choose(session)
        self.current_page()  # before it has something to tell
        session.start()

    def open_file(self, file: Path) -> None:
        """Show the bridge of an exported profile, and come to the front. Not started: the file may be anybody's."""
        self.closing.come_to_front()
        self._tasks.start(self._open_file(file), "open file")

    async def _open_file(self, file: Path) -> None:
        try:
            self.sidebar.choose(await self.workspace.add_file(file))
        except ProfileError as error:
            if error.fault is ProfileFault.BROKEN and file.suffix != ENDING:
                self.profiles.import_files([file])  # it may be another program's
            else:
                self.say(profile_error_sentence(error))

    def take_request(self, request: Request) -> None:
        """What a second start of the program asks for."""
        if not request.minimized:
            self.closing.come_to_front()
        self._tasks.start(self._take_request(request), "take request")

    async def _take_request(self, request: Request) -> None:
        from serialbridge_gui.ui.requests import carry_out

        complaints = await self.workspace.take_in_new() if request.profile else []  # it may have come meanwhile
        if self._ending:
            return
        complaints += carry_out(request, self)
        if complaints:
            self.say(" ".join(complaints))

    def current_page(self) -> BridgePage | None:
        """The page of the chosen bridge, in front."""
        session = self.sidebar.chosen()
        if session is None:
            return None
        self._show_session(session)
        return self._page(session)

    def say(self, sentence: str, *, look: BridgeState = BridgeState.WAITING_FOR_DEVICE) -> None:
        """Something about the program itself, not about one bridge. Stays until the user has seen it.

        What was said before it and not seen yet stands before it, the newest MAX_UNSEEN sentences. `look`: STOPPED
        where it is good news and no warning.
        """
        self._unseen.pop(sentence, None)
        self._unseen[sentence] = look
        while len(self._unseen) > MAX_UNSEEN:
            del self._unseen[next(iter(self._unseen))]
        warning = BridgeState.WAITING_FOR_DEVICE
        self.message.say(
            " ".join(self._unseen), look=warning if warning in self._unseen.values() else look,
            action=self.tr("OK"), do=self.message.clear,
        )  # fmt: skip

    def ask_delete(self) -> None:
        """Delete the chosen bridge; ask before where it runs."""
        self.profiles.ask_delete()

    def _toggle(self) -> None:
        page = self.current_page()
        if page is not None:
            page.toggle()

    def _show_clients(self) -> None:
        page = self.current_page()
        if page is not None:
            page.show_clients()

    def _show_test_client(self) -> None:
        page = self.current_page()
        if page is not None:
            page.show_test_client()

    def _show_statistics(self) -> None:
        page = self.current_page()
        if page is not None:
            page.show_statistics()

    def _show_vm(self) -> None:
        page = self.current_page()
        if page is not None:
            page.show_vm()

    def _toggle_sidebar(self) -> None:
        self.sidebar.setVisible(self.sidebar_action.isChecked())

    def show_settings(self) -> None:
        """The program's settings, in front."""
        from serialbridge_gui.ui.settings_dialog import SettingsDialog

        dialog = self.findChild(SettingsDialog) or SettingsDialog(
            self.preferences, self.autostart, self._has_tray(), self
        )
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()

    @property
    def autostart(self) -> AutostartState:
        """Whether the program starts with the system; made when it is asked for first."""
        if self._autostart is None:
            from serialbridge_gui.autostart import system_autostart
            from serialbridge_gui.profile_store import default_config_dir
            from serialbridge_gui.ui.autostart_state import AutostartState

            own = self._settings.path.parent
            self._autostart = AutostartState(system_autostart(None if own == default_config_dir() else own), self)
        return self._autostart

    def _follow_preference(self, name: str) -> None:
        if name == "log_budget":
            self.workspace.set_log_budget(self.preferences.log_budget)
            session = self.sidebar.chosen()
            if session in self._pages:
                self._pages[session].log.refresh()  # what left is shown no more

    def _show_about(self) -> None:
        box = QMessageBox(self)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIconPixmap(self.windowIcon().pixmap(64, 64))
        box.setTextFormat(Qt.TextFormat.PlainText)

        def put_words() -> None:
            box.setWindowTitle(self.tr("About SerialBridge"))
            text = self.tr("SerialBridge {version}\nPuts a serial port on TCP, byte for byte, and shows what passes.")
            box.setText(text.format(version=__version__))

        keep_words(box, put_words)
        box.open()

    # ---- pages

    def _page(self, session: Session) -> BridgePage:
        page = self._pages.get(session)
        if page is None:
            from serialbridge_gui.ui.bridge_page import BridgePage
            from serialbridge_gui.ui.log_view_state import LogView

            page = self._pages[session] = BridgePage(session, self.workspace, self.ports, self)
            page.save_menu.settings = self._settings
            page.help_requested.connect(self.help_menu.show_help)
            log, key = page.log, f"log/{session.profile.id}"
            log.set_view(LogView.from_json(self._settings.value(key)))
            log.view_changed.connect(lambda: self._settings.setValue(key, log.view.to_json()))
            self.stack.addWidget(page)
        return page

    def _follow(self, session: Session) -> None:
        self.sidebar.add(session)
        session.save_failed.connect(lambda told: None if session in self._pages else self.say(told))  # else its page

    def _add(self, session: Session) -> None:
        self._follow(session)
        if self.sidebar.chosen() is None:
            self.sidebar.choose(session)
        self._show_emptiness()

    def _remove(self, session: Session) -> None:
        self.sidebar.remove(session)
        page = self._pages.pop(session, None)
        if page is not None:
            self.stack.removeWidget(page)
            page.deleteLater()
        self._show_emptiness()

    def _show_session(self, session: Session) -> None:
        page = self._page(session)
        was_empty = self.stack.currentWidget() is self.first_run
        self.stack.setCurrentWidget(page)
        if was_empty:
            page.start_stop.setFocus()  # else the first field has it, and a key renames the bridge
        page.log.refresh()

    def _show_emptiness(self) -> None:
        any_bridge = len(self.workspace) > 0
        self.sidebar.setVisible(any_bridge and self.sidebar_action.isChecked())
        of_a_bridge = (self.clients_action, self.test_client_action, self.vm_action, self.statistics_action)
        for action in (*self.profiles.needing_one, self.toggle_action, *of_a_bridge, self.sidebar_action):
            action.setEnabled(any_bridge)
        if not any_bridge:
            self.stack.setCurrentWidget(self.first_run)

    # ---- open and close

    def _restore(self) -> None:
        geometry = self._settings.value("window/geometry")
        if not isinstance(geometry, bytes) or not self.restoreGeometry(geometry):
            self.resize(1120, 720)
        splitter = self._settings.value("window/splitter")
        if not isinstance(splitter, bytes) or not self.splitter.restoreState(splitter):
            self.splitter.setSizes([220, 900])
        chosen = self._settings.value("window/chosen")
        for number, session in enumerate(self.workspace):
            if number == 0 or session.profile.id == chosen:
                self.sidebar.choose(session, unfold=False)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The first time: now that the window is there, the page of the chosen bridge."""
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self, self.current_page)

    def open_tray(self) -> None:
        """Put the icon into the tray, where the desktop has one, now or later."""
        if self.tray is None:
            from serialbridge_gui.ui.tray import Tray

            self.tray = Tray(self, self.preferences)

    def begin_minimized(self) -> None:
        """In place of `show`: in the tray where closing leads there, else minimized."""
        self.open_tray()
        if self.preferences.closing is Closing.KEEP:
            if self._has_tray():
                return
            assert self.tray is not None
            self.tray.hide_once_there()
        self.showMinimized()

    def _has_tray(self) -> bool:
        return self.tray is not None and self.tray.usable()

    def closeEvent(self, event: QCloseEvent) -> None:
        """The bridges are stopped first, by `app.py`; then the window goes."""
        event.ignore()
        self.closing.close()

    def save_state(self) -> None:
        """Keep how the window stands for the next start. Blocks for a disk's flush."""
        self._note_state()
        self._settings.sync()

    def _note_state(self) -> None:
        self._settings.setValue("window/geometry", self.saveGeometry())
        self._settings.setValue("window/splitter", self.splitter.saveState())
        session = self.sidebar.chosen()
        self._settings.setValue("window/chosen", session.profile.id if session else "")

    async def finish(self) -> None:
        """Save the window's state, stop every bridge, and hide. Takes up to 2 s."""
        self._ending = True
        self.running.hold()
        self._note_state()
        if self.tray is not None:
            self.tray.close()
        for page in self._pages.values():
            page.commit()
        self.setEnabled(False)
        await self.workspace.close()
        if self._autostart is not None:
            await self._autostart.finish()
        await self._settings.finish()
        await self._tasks.finish()
        self.hide()
