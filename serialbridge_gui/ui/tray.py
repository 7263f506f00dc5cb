"""The icon in the tray: the worst state of the bridges, a menu to start and stop each, and notifications.

Only where the desktop has a tray. Qt puts the icon back by itself when the tray comes later or again (explorer
restarts); what it does not do is bring the window back when the tray is gone for good: that is done here.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QAction, QGuiApplication, QIcon, QPainter, QPalette, QPixmap, QWindow
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from serialbridge_gui.engine import events as ev
from serialbridge_gui.engine.bridge import BridgeState
from serialbridge_gui.traffic.text import make_visible
from serialbridge_gui.ui.notices import Notice, Notices, short
from serialbridge_gui.ui.preferences import Preferences
from serialbridge_gui.ui.state_look import paint_state, state_color, state_icon, state_words

if TYPE_CHECKING:
    from serialbridge_gui.ui.main_window import MainWindow
    from serialbridge_gui.ui.session import Session

WORST_FIRST: Final = (
    BridgeState.ERROR,
    BridgeState.WAITING_FOR_DEVICE,
    BridgeState.OPENING,
    BridgeState.RUNNING,
    BridgeState.WAITING_FOR_CLIENT,
    BridgeState.STOPPED,
)
MAX_TOOLTIP: Final = 127
"""Characters: Windows shows no more (NOTIFYICONDATA.szTip)."""
MAX_TOOLTIP_NAME: Final = 20
MAX_MENU_BRIDGES: Final = 20
"""Chosen: what fits on a small screen; the window has them all."""
MAX_MENU_NAME: Final = 40
REFRESH_MS: Final = 100
"""How long changes are gathered before the icon shows them (chosen)."""
LOOK_MS: Final = 3000
MISSED_LOOKS: Final = 4
"""So often in a row the tray must be missing before a hidden window comes back: explorer takes seconds to restart."""
LOOKS_FOR_A_LATE_TRAY: Final = 20
"""A minute: at a login the program may be there before the tray."""
JUST_LEFT_S: Final = 0.5
"""A click on the tray takes the focus from the window before it tells of itself."""
ICON_SIZES: Final = (16, 20, 22, 24, 32, 48, 64)


class Tray(QObject):
    """GUI thread only. `window.closing` hides and shows the window; the icon lives until `close`."""

    def __init__(
        self,
        window: MainWindow,
        preferences: Preferences,
        make_icon: Callable[[QObject], QSystemTrayIcon] = QSystemTrayIcon,
        is_there: Callable[[], bool] = QSystemTrayIcon.isSystemTrayAvailable,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._workspace = window.workspace
        self._preferences = preferences
        self.is_there = is_there
        """Whether the desktop has a tray, now."""
        self._make_icon = make_icon
        self.icon: QSystemTrayIcon | None = None
        self.menu = QMenu(window)
        self.menu.setToolTipsVisible(False)
        self._toggles: list[QAction] = []
        self._shown: tuple[BridgeState, bool] | None = None
        self._more = self.menu.addAction("")
        self._more.triggered.connect(self._show_window)
        self._line = self.menu.addSeparator()
        self._show = self.menu.addAction("")
        self._show.triggered.connect(self._show_window)
        self._quit = self.menu.addAction("")
        self._quit.triggered.connect(lambda: window.close_requested.emit())
        self.notices = Notices(self)
        self.notices.told.connect(self._notify)
        self._refresh_timer = QTimer(self)
        self._refresh_timer.setSingleShot(True)
        self._refresh_timer.setInterval(REFRESH_MS)
        self._refresh_timer.timeout.connect(self.refresh)
        self._look_timer = QTimer(self)
        self._look_timer.setInterval(LOOK_MS)
        self._look_timer.timeout.connect(self._look)
        self._missed = 0
        self._late_looks = 0
        self._left_at = -float("inf")
        QGuiApplication.instance().focusWindowChanged.connect(self._note_focus)  # type: ignore[union-attr]
        for session in self._workspace:
            self._follow(session)
        self._workspace.session_added.connect(self._follow)
        self._workspace.session_removed.connect(self._refresh_soon)
        window.installEventFilter(self)
        self.refresh()
        self._look_timer.start()
        self._look()

    def close(self) -> None:
        """Take the icon away. May be called twice."""
        self._window.removeEventFilter(self)
        self._look_timer.stop()
        self._refresh_timer.stop()
        self.notices.forget()
        if self.icon is not None:
            self.icon.hide()

    def hide_once_there(self) -> None:
        """The window was to begin in the tray, which is not there yet: minimized, it waits for it a minute."""
        self._late_looks = LOOKS_FOR_A_LATE_TRAY

    # ---- is there a tray?

    def usable(self) -> bool:
        """Whether there is a tray, with our icon in it."""
        if not self.is_there():
            return False
        if self.icon is None:
            self._put_icon()
        return True

    def _look(self) -> None:
        if self.icon is not None and self._window.isVisible() and not self._late_looks:
            self._missed = 0  # nothing depends on the tray; asking D-Bus is not free
        elif self.usable():
            self._missed = 0
            if self._late_looks and self._window.isMinimized():
                self._window.closing.hide()
            self._late_looks = 0
        else:
            self._late_looks = max(0, self._late_looks - 1)
            self._missed += 1
            self._come_back_without_a_tray()

    def _come_back_without_a_tray(self) -> None:
        if self._missed >= MISSED_LOOKS and not self._window.isVisible() and self._window.isEnabled():
            self._window.closing.come_to_front()
            self._window.say(
                self.tr("The desktop's tray is gone, so the window is back; the bridges were not touched.")
            )

    def _put_icon(self) -> None:
        self.icon = self._make_icon(self)
        self.icon.setContextMenu(self.menu)
        self.icon.activated.connect(self._activated)
        self.icon.messageClicked.connect(self._show_window)
        self.refresh()
        self.icon.show()

    # ---- what it shows

    def _follow(self, session: Session) -> None:
        session.changed.connect(self._refresh_soon)
        session.bridge.event_occurred.connect(lambda event: self._note(session, event))
        self._refresh_soon()

    def _refresh_soon(self, *_: object) -> None:
        if not self._refresh_timer.isActive():
            self._refresh_timer.start()

    def refresh(self) -> None:
        """Icon, tooltip and menu as the bridges are now."""
        sessions = list(self._workspace)
        worst = min((session.bridge.state for session in sessions), key=WORST_FIRST.index, default=BridgeState.STOPPED)
        if self.icon is not None:
            palette = self._window.palette()
            shown = (worst, palette.color(QPalette.ColorRole.Base).lightness() < 128)
            if shown != self._shown:
                self._shown = shown
                self.icon.setIcon(tray_icon(worst, palette))
            tip = self._tooltip(sessions)
            if self.icon.toolTip() != tip:
                self.icon.setToolTip(tip)
        self._fill_menu(sessions)

    def _tooltip(self, sessions: list[Session]) -> str:
        """A line a bridge, the worst first, within what every system shows; plain, whoever reads it as HTML."""
        lines = ["SerialBridge"]
        ordered = sorted(sessions, key=lambda session: WORST_FIRST.index(session.bridge.state))
        for number, session in enumerate(ordered):
            name = short(make_visible(session.profile.name), MAX_TOOLTIP_NAME)
            line = f"{name}: {_state(session)}".replace("<", "‹").replace(">", "›")
            left = len(ordered) - number - 1
            more = self.tr("and %n more", "", left) if left else ""
            if sum(map(len, lines)) + len(lines) + len(line) + (len(more) + 1 if more else 0) > MAX_TOOLTIP:
                lines.append(self.tr("and %n more", "", left + 1))
                break
            lines.append(line)
        return "\n".join(lines)[:MAX_TOOLTIP]

    def _fill_menu(self, sessions: list[Session]) -> None:
        """Actions are kept and renamed: a menu that is open does not jump."""
        listed = sessions[:MAX_MENU_BRIDGES]
        while len(self._toggles) < len(listed):
            action = QAction(self.menu)
            action.triggered.connect(lambda _checked=False, number=len(self._toggles): self._toggle(number))
            self.menu.insertAction(self._more, action)
            self._toggles.append(action)
        while len(self._toggles) > len(listed):
            gone = self._toggles.pop()
            self.menu.removeAction(gone)
            gone.deleteLater()
        palette = self._window.palette()
        dark = palette.color(QPalette.ColorRole.Base).lightness() < 128
        for action, session in zip(self._toggles, listed, strict=True):
            state = session.bridge.state
            name = short(make_visible(session.profile.name), MAX_MENU_NAME).replace("&", "&&")
            words = self.tr("Stop {bridge}") if state.active else self.tr("Start {bridge}")
            text = words.format(bridge=name)
            if action.text() != text:
                action.setText(text)
            if action.data() != f"{state.value} {dark}":
                action.setData(f"{state.value} {dark}")
                action.setIcon(state_icon(state, palette))
        self._more.setVisible(len(sessions) > len(listed))
        self._more.setText(self.tr("%n more in the window", "", len(sessions) - len(listed)))
        self._line.setVisible(bool(sessions))
        self._show.setText(self.tr("Show &window"))
        self._quit.setText(self.tr("&Quit"))

    def _toggle(self, number: int) -> None:
        sessions = list(self._workspace)
        if number < len(sessions):
            session = sessions[number]
            if session.bridge.state.active:
                session.stop()
            else:
                session.start()

    # ---- notifications

    def _note(self, session: Session, event: ev.Event) -> None:
        name = session.profile.name
        if not self._preferences.notifications or self.icon is None or self._window.isActiveWindow():
            return  # who looks at the window sees it there
        if isinstance(event, ev.DeviceLost):
            self.notices.note(Notice.DEVICE_LOST, name)
        elif isinstance(event, ev.DeviceBack):
            self.notices.note(Notice.DEVICE_BACK, name)
        elif isinstance(event, ev.ClientRefused):
            self.notices.note(Notice.CLIENT_REFUSED, name)
        elif isinstance(event, ev.RefusalsUntold):
            self.notices.note(Notice.CLIENT_REFUSED, name, event.count)

    def _notify(self, text: str) -> None:
        if self.icon is not None and self._preferences.notifications and self.icon.supportsMessages():
            self.icon.showMessage("SerialBridge", text.replace("<", "‹").replace(">", "›"), self._window.windowIcon())

    # ---- clicks

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        """A click shows or hides the window; the second one of a double click tells of itself apart, and is no other.

        On macOS a click opens the menu.
        """
        if reason is not QSystemTrayIcon.ActivationReason.Trigger or sys.platform == "darwin":
            return
        window = self._window
        in_front = window.isActiveWindow() or time.monotonic() - self._left_at < JUST_LEFT_S
        if window.isVisible() and not window.isMinimized() and in_front:
            window.closing.hide()
        else:
            self._show_window()

    def _note_focus(self, focused: QWindow | None) -> None:
        if focused is None:
            self._left_at = time.monotonic()

    def _show_window(self) -> None:
        self._window.closing.come_to_front()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Language and palette are the window's."""
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.PaletteChange):
            self._refresh_soon()
        return False


def tray_icon(state: BridgeState, palette: QPalette) -> QIcon:
    """The state's shape on a plate of its own: what colour the bar has is the desktop's secret."""
    icon = QIcon()
    for size in ICON_SIZES:
        pixmap = QPixmap(QSize(size, size))
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(palette.color(QPalette.ColorRole.Mid))
        painter.setBrush(palette.color(QPalette.ColorRole.Base))
        painter.drawRoundedRect(QRectF(0.5, 0.5, size - 1, size - 1), size / 5, size / 5)
        painter.scale(size / 16, size / 16)
        paint_state(painter, state, state_color(state, palette), 16)
        painter.end()
        icon.addPixmap(pixmap)
    return icon


def _state(session: Session) -> str:
    bridge = session.bridge
    return state_words(bridge.state, len(bridge.clients()), dialing=session.profile.connect is not None)
