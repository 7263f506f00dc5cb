"""The main window: sidebar, one page a bridge, menus."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSettings, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QIcon, QKeySequence, QPaintEvent
from PySide6.QtWidgets import QMainWindow, QMessageBox, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from serialbridge_gui import __version__
from serialbridge_gui.engine.bridge import BridgeState
from serialbridge_gui.profile_error import ProfileError
from serialbridge_gui.traffic.text import make_visible
from serialbridge_gui.ui.first_run import FirstRunPage
from serialbridge_gui.ui.kept_words import keep_words
from serialbridge_gui.ui.log_budget import LogBudget, LogBudgetDialog, load_budget, save_budget
from serialbridge_gui.ui.message_bar import MessageBar
from serialbridge_gui.ui.pattern_words import rules_unsaved_sentence
from serialbridge_gui.ui.port_watcher import PortWatcher
from serialbridge_gui.ui.sentences import profile_error_sentence
from serialbridge_gui.ui.session import Session
from serialbridge_gui.ui.sidebar import Sidebar
from serialbridge_gui.ui.tasks import Tasks
from serialbridge_gui.ui.workspace import Workspace, newest_adapter

if TYPE_CHECKING:
    from serialbridge_gui.ui.bridge_page import BridgePage


class MainWindow(QMainWindow):
    """Everything the user sees. GUI thread only. `app.py` closes it for good.

    A bridge's page is made when it is looked at first, and the first one only after the window has been shown:
    with the modules it needs, it takes as long as the rest of the window.
    """

    close_requested = Signal()
    """The user wants to quit; nothing has been closed yet."""

    def __init__(self, workspace: Workspace, ports: PortWatcher, settings: QSettings) -> None:
        super().__init__()
        self.workspace = workspace
        self.ports = ports
        self._settings = settings
        self._tasks = Tasks()
        self._pages: dict[Session, BridgePage] = {}
        self.setWindowTitle("SerialBridge")
        self.setWindowIcon(QIcon(":/icons/serialbridge.svg"))
        self.sidebar = Sidebar(self)
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
        center = QWidget(self)
        layout = QVBoxLayout(center)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.message)
        layout.addWidget(self.splitter, 1)
        self.setCentralWidget(center)
        self._make_actions()
        self._make_menus()
        self.retranslate()
        self.sidebar.new_requested.connect(self.new_bridge)
        self.first_run.demo_requested.connect(self.start_demo)
        self.first_run.device_requested.connect(self.new_bridge)
        workspace.set_log_budget(load_budget(settings))
        workspace.session_added.connect(self._add)
        workspace.session_removed.connect(self._remove)
        workspace.highlights.save_failed.connect(lambda detail: self.say(rules_unsaved_sentence(detail)))
        for session in workspace:
            self.sidebar.add(session)
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
        self.delete_action = action("", self.ask_delete)
        self.quit_action = action("Ctrl+Q", self.close)
        self.toggle_action = action("Ctrl+E", self._toggle)
        self.previous_action = action("Ctrl+PgUp", lambda: self.sidebar.step(-1))
        self.next_action = action("Ctrl+PgDown", lambda: self.sidebar.step(1))
        self.clients_action = action("", self._show_clients)
        self.statistics_action = action("Ctrl+I", self._show_statistics)
        self.rescan_action = action("F5", self.ports.rescan)
        self.sidebar_action = action("F9", self._toggle_sidebar)
        self.sidebar_action.setCheckable(True)
        self.sidebar_action.setChecked(True)
        self.log_size_action = action("", self._ask_log_budget)
        self.about_action = action("", self._show_about)
        self.quit_action.setMenuRole(QAction.MenuRole.QuitRole)
        self.about_action.setMenuRole(QAction.MenuRole.AboutRole)

    def _make_menus(self) -> None:
        bar = self.menuBar()
        self.file_menu, self.bridge_menu, self.view_menu, self.help_menu = (bar.addMenu("") for _ in range(4))
        for menu, actions in (
            (self.file_menu, (self.new_action, self.delete_action, None, self.quit_action)),
            (
                self.bridge_menu,
                (self.toggle_action, self.clients_action, None, self.previous_action, self.next_action),
            ),
            (
                self.view_menu,
                (self.sidebar_action, self.statistics_action, self.rescan_action, None, self.log_size_action),
            ),
            (self.help_menu, (self.about_action,)),
        ):
            for entry in actions:
                if entry is None:
                    menu.addSeparator()
                else:
                    menu.addAction(entry)

    def retranslate(self) -> None:
        """Put every word of the menus anew."""
        for menu, title in (
            (self.file_menu, self.tr("&File")),
            (self.bridge_menu, self.tr("B&ridge")),
            (self.view_menu, self.tr("&View")),
            (self.help_menu, self.tr("&Help")),
        ):
            menu.setTitle(title)
        for action, text in (
            (self.new_action, self.tr("&New bridge")),
            (self.delete_action, self.tr("&Delete bridge…")),
            (self.quit_action, self.tr("&Quit")),
            (self.toggle_action, self.tr("&Start or stop")),
            (self.previous_action, self.tr("&Previous bridge")),
            (self.next_action, self.tr("Ne&xt bridge")),
            (self.clients_action, self.tr("&Clients…")),
            (self.statistics_action, self.tr("S&tatistics…")),
            (self.rescan_action, self.tr("&Look for ports again")),
            (self.sidebar_action, self.tr("&Sidebar")),
            (self.log_size_action, self.tr("&Log size…")),
            (self.about_action, self.tr("&About SerialBridge")),
        ):
            action.setText(text)
        self.message.rename_action(self.tr("OK"))

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
        session = self.workspace.add(self.tr("Bridge"), device, identity)
        self.sidebar.choose(session)
        self._page(session).start_stop.setFocus()

    def start_demo(self) -> Session:
        """The simulated device, running."""
        session = self.workspace.demo()
        self.sidebar.choose(session)
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
        try:
            self.sidebar.choose(self.workspace.add_file(file))
        except ProfileError as error:
            self.say(profile_error_sentence(error))
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.raise_()
        self.activateWindow()

    def resume(self) -> None:
        """Start the bridges that ran when the window was closed last."""
        running = self._settings.value("window/running") or []
        for session in self.workspace:
            if session.profile.id in running:
                session.start()

    def current_page(self) -> BridgePage | None:
        """The page of the chosen bridge, in front."""
        session = self.sidebar.chosen()
        if session is None:
            return None
        self._show_session(session)
        return self._page(session)

    def say(self, sentence: str) -> None:
        """Something about the program itself, not about one bridge. Stays until the user has seen it."""
        self.message.say(
            sentence, look=BridgeState.WAITING_FOR_DEVICE, action=self.tr("OK"), do=self.message.clear
        )

    def ask_delete(self) -> None:
        """Ask, then delete the chosen bridge and its profile."""
        session = self.sidebar.chosen()
        if session is None:
            return
        box = QMessageBox(self)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Question)
        box.setTextFormat(Qt.TextFormat.PlainText)
        name = make_visible(session.profile.name)
        delete = box.addButton("", QMessageBox.ButtonRole.DestructiveRole)
        box.addButton(QMessageBox.StandardButton.Cancel)

        def put_words() -> None:
            box.setText(self.tr("Delete the bridge “{name}” and its settings?").format(name=name))
            delete.setText(self.tr("Delete"))

        keep_words(box, put_words)
        delete.clicked.connect(lambda: self._tasks.start(self._delete(session), "delete bridge"))
        box.open()

    async def _delete(self, session: Session) -> None:
        try:
            await self.workspace.remove(session)
        except ProfileError as error:
            self.say(profile_error_sentence(error))

    def _toggle(self) -> None:
        page = self.current_page()
        if page is not None:
            page.toggle()

    def _show_clients(self) -> None:
        page = self.current_page()
        if page is not None:
            page.show_clients()

    def _show_statistics(self) -> None:
        page = self.current_page()
        if page is not None:
            page.show_statistics()

    def _toggle_sidebar(self) -> None:
        self.sidebar.setVisible(self.sidebar_action.isChecked())

    def _ask_log_budget(self) -> None:
        dialog = LogBudgetDialog(load_budget(self._settings), self)
        dialog.chosen.connect(self._set_log_budget)
        dialog.open()

    def _set_log_budget(self, budget: LogBudget) -> None:
        save_budget(self._settings, budget)
        self.workspace.set_log_budget(budget)
        page = self.current_page()  # what left is shown no more
        if page is not None:
            page.log.refresh()

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
            log, key = page.log, f"log/{session.profile.id}"
            log.set_view(LogView.from_json(self._settings.value(key)))
            log.view_changed.connect(lambda: self._settings.setValue(key, log.view.to_json()))
            self.stack.addWidget(page)
        return page

    def _add(self, session: Session) -> None:
        self.sidebar.add(session)
        if self.sidebar.chosen() is None:
            self.sidebar.choose(session)
        self._show_emptiness()

    def _remove(self, session: Session) -> None:
        self.sidebar.remove(session)
        self._settings.remove(f"log/{session.profile.id}")
        page = self._pages.pop(session, None)
        if page is not None:
            self.stack.removeWidget(page)
            page.deleteLater()
        self._show_emptiness()

    def _show_session(self, session: Session) -> None:
        page = self._page(session)
        self.stack.setCurrentWidget(page)
        page.log.refresh()

    def _show_emptiness(self) -> None:
        any_bridge = len(self.workspace) > 0
        self.sidebar.setVisible(any_bridge and self.sidebar_action.isChecked())
        needing_one = (self.delete_action, self.toggle_action, self.clients_action, self.statistics_action)
        for action in (*needing_one, self.sidebar_action):
            action.setEnabled(any_bridge)
        if not any_bridge:
            self.stack.setCurrentWidget(self.first_run)

    # ---- open and close

    def _restore(self) -> None:
        geometry = self._settings.value("window/geometry")
        if geometry is None or not self.restoreGeometry(geometry):
            self.resize(1120, 720)
        splitter = self._settings.value("window/splitter")
        if splitter is None or not self.splitter.restoreState(splitter):
            self.splitter.setSizes([220, 900])
        chosen = self._settings.value("window/chosen")
        for number, session in enumerate(self.workspace):
            if number == 0 or session.profile.id == chosen:
                self.sidebar.choose(session)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The first time: now that the window is there, the page of the chosen bridge."""
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self, self.current_page)

    def closeEvent(self, event: QCloseEvent) -> None:
        """The bridges are stopped first, by `app.py`; then the window goes."""
        event.ignore()
        self.close_requested.emit()

    async def finish(self) -> None:
        """Save the window's state, stop every bridge, and hide. Takes up to 2 s."""
        self._settings.setValue("window/geometry", self.saveGeometry())
        self._settings.setValue("window/splitter", self.splitter.saveState())
        session = self.sidebar.chosen()
        self._settings.setValue("window/chosen", session.profile.id if session else "")
        running = [session.profile.id for session in self.workspace if session.bridge.state.active]
        self._settings.setValue("window/running", running)
        for page in self._pages.values():
            page.commit()
        self.setEnabled(False)
        await self.workspace.close()
        await self._tasks.finish(1.0)
        self.hide()
