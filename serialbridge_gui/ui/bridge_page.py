"""The page of one bridge: its name and state, its settings, one message, the live log, the counters."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Final

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from serialbridge_gui.engine import events as ev
from serialbridge_gui.engine.addresses import reachable
from serialbridge_gui.engine.bridge import BridgeState
from serialbridge_gui.profile import ListenAddress, OnDeviceLoss, PeerAddress, Profile
from serialbridge_gui.traffic.text import make_visible
from serialbridge_gui.ui.clients_panel import ClientsPanel
from serialbridge_gui.ui.field_keys import leave_to_window
from serialbridge_gui.ui.help_parts import HELP_FOR
from serialbridge_gui.ui.log_pane import LogPane
from serialbridge_gui.ui.message_bar import MessageBar
from serialbridge_gui.ui.port_watcher import PortWatcher
from serialbridge_gui.ui.problem_actions import offer_for
from serialbridge_gui.ui.recorder import Recorder
from serialbridge_gui.ui.save_menu import SaveMenu, SaveProgress
from serialbridge_gui.ui.send_panel import SendPanel
from serialbridge_gui.ui.sentences import event_sentence
from serialbridge_gui.ui.session import Session
from serialbridge_gui.ui.settings_form import SettingsForm
from serialbridge_gui.ui.state_look import bridge_words, state_color, state_icon
from serialbridge_gui.ui.status_strip import StatusStrip
from serialbridge_gui.ui.wireshark_views import WiresharkViews
from serialbridge_gui.ui.workspace import Workspace

FLICKER_MS: Final = 500
"""A device that is back before this has passed was never missed (ui.md: no flicker)."""
AWAY_MS: Final = 1000
"""How often "Unplugged 12 s ago" counts on."""

_NOTED = (
    ev.SettingsRefused,
    ev.ControlRefused,
    ev.DeviceMoved,
    ev.LooksLikeTelnet,
    ev.LooksRaw,
    ev.TlsFilesRefused,
)
"""What a user should be told even where nobody looks at the log: there is something to set otherwise."""


class BridgePage(QWidget):
    """Shows one Session. GUI thread only."""

    help_requested = Signal(str)
    """The user wants to read this part of the help page."""

    def __init__(
        self, session: Session, workspace: Workspace, ports: PortWatcher, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.session = session
        self._workspace = workspace
        self._ports = ports
        self._notice = ""
        self._notice_action: tuple[str, Callable[[], None]] | None = None
        """What the notice offers; None: OK."""
        self._make_widgets()
        self._lay_out()
        self._away_timer = QTimer(self)
        self._away_timer.setSingleShot(True)
        self._away_timer.timeout.connect(self.show_state)
        self._connect()
        leave_to_window(self, QKeySequence("Ctrl+E"))
        self.retranslate()
        self._offer_ports()

    def _make_widgets(self) -> None:
        session = self.session
        self.name = QLineEdit(session.profile.name, self)
        self._shown_name = session.profile.name
        self.name.setFrame(False)
        see_through = QPalette()
        see_through.setColor(QPalette.ColorRole.Base, Qt.GlobalColor.transparent)
        self.name.setPalette(see_through)
        self.name.setMaxLength(200)
        font = self.name.font()
        font.setPointSizeF(font.pointSizeF() * 1.35)
        font.setBold(True)
        self.name.setFont(font)
        self.badge = QLabel(self)
        self.badge.setFrameShape(QFrame.Shape.StyledPanel)
        self.badge.setContentsMargins(6, 1, 6, 1)
        self.badge.setTextFormat(Qt.TextFormat.PlainText)
        self.other_end = QPushButton(self)
        self.other_end.setAutoDefault(False)
        self.state_shape = QLabel(self)
        self.state_label = QLabel(self)
        self.state_label.setTextFormat(Qt.TextFormat.PlainText)
        self.start_stop = QPushButton(self)
        self.start_stop.setMinimumWidth(110)
        self.form = SettingsForm(session.profile, session.certificates, self)
        self.message = MessageBar(self)
        self.recorder = Recorder(session.recording, self)
        self.log = LogPane(session.log, self, self._workspace.highlights)
        self.save_menu = SaveMenu(session, self.log, self)
        self.save_menu.filtered = self.log.filtered_rows
        self.log.toolbar.add_action(self.save_menu.menuAction())
        self.log.toolbar.add_action(self.recorder.action)
        self.wireshark = WiresharkViews(session.bridge, self)
        if self.wireshark.installed:
            self.log.toolbar.add_action(self.wireshark.action)
        self.save_progress = SaveProgress(session, self)
        self.send = SendPanel(session.bridge, self._workspace.sending, self)
        self.status = StatusStrip(session.bridge, session.meter, self)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.name, 1)
        head.addWidget(self.badge)
        head.addWidget(self.other_end)
        head.addSpacing(12)
        head.addWidget(self.state_shape)
        head.addWidget(self.state_label)
        head.addSpacing(12)
        head.addWidget(self.start_stop)
        top = QVBoxLayout()
        top.setContentsMargins(12, 10, 12, 8)
        top.setSpacing(8)
        top.addLayout(head)
        top.addWidget(self.form)
        top.addWidget(self.message)
        top.addWidget(self.recorder)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self.log, 1)
        layout.addWidget(self.save_progress)
        layout.addWidget(self.send)
        layout.addWidget(self.status)

    def _connect(self) -> None:
        session, form = self.session, self.form
        self.name.editingFinished.connect(self._rename)
        self.start_stop.clicked.connect(self.toggle)
        self.other_end.clicked.connect(self.show_test_client)
        self.log.test_client_requested.connect(self.show_test_client)
        form.profile_edited.connect(self._edited)
        form.validity_changed.connect(self.show_state)
        form.rescan_requested.connect(self._ports.rescan)
        form.copy_requested.connect(self._copy_address)
        self._ports.ports_changed.connect(self._offer_ports)
        self.log.copy_address_requested.connect(self._copy_address)
        self.status.clients_requested.connect(self.show_clients)
        self.status.statistics_requested.connect(self.show_statistics)
        session.changed.connect(self.show_state)
        session.feed.slice_appended.connect(self.log.take_in)
        session.feed.batch_appended.connect(self._show_traffic)
        session.bridge.event_occurred.connect(self._note_event)
        session.save_failed.connect(self._warn)
        self.save_menu.saved.connect(self.log.tell)
        self.save_menu.failed.connect(self._warn_not_saved)
        session.saver.began.connect(self._forget_not_saved)
        self.wireshark.failed.connect(self._warn)
        session.recording.changed.connect(self.show_state)

    # ---- what the user does

    def toggle(self) -> None:
        """Start or stop, whichever makes sense now."""
        if self.session.bridge.state.active:
            self.session.stop()
            return
        self.commit()
        if not self.form.invalid:
            self._notice = ""
            self.session.start()

    def commit(self) -> None:
        """Take what is still being typed: a shortcut, unlike a click, does not leave the field."""
        self._rename()
        self.form.commit()

    def show_clients(self) -> None:
        """Open the panel with who is connected, or bring it to the front."""
        panel = self.findChild(ClientsPanel)
        if not isinstance(panel, ClientsPanel):
            panel = ClientsPanel(self.session.bridge, self)
        panel.show()
        panel.raise_()
        panel.activateWindow()

    def show_statistics(self) -> None:
        """Open the panel with chart and figures, or bring it to the front."""
        from serialbridge_gui.ui.statistics_panel import StatisticsPanel

        panel = self.findChild(StatisticsPanel)
        if not isinstance(panel, StatisticsPanel):
            panel = StatisticsPanel(self.session, self)
        panel.show()
        panel.raise_()
        panel.activateWindow()

    def show_vm(self) -> None:
        """Open the dialog with what a virtual machine is given, or bring it to the front."""
        from serialbridge_gui.ui.vm_dialog import VmDialog

        dialog = self.findChild(VmDialog)
        if not isinstance(dialog, VmDialog):
            dialog = VmDialog(self.session, self)
            self._ports.ports_changed.connect(dialog.look_again)
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()

    def show_test_client(self) -> None:
        """Open the other end of the bridge, or bring it to the front."""
        from serialbridge_gui.ui.test_client import TestClient

        client = self.findChild(TestClient)
        if not isinstance(client, TestClient):
            client = TestClient(self.session, self)
        client.show()
        client.raise_()
        client.activateWindow()

    def _edited(self, profile: Profile) -> None:
        self._notice = ""
        if self.session.bridge.state is BridgeState.ERROR:
            self.session.stop()  # what went wrong was said of other settings
        self.session.edit(profile)

    def _rename(self) -> None:
        name = self.name.text().strip()
        if not name:
            self.name.setText(self.session.profile.name)
        elif name != self.session.profile.name:
            self.session.edit(self.session.profile.changed(name=name))

    def _copy_address(self) -> None:
        QGuiApplication.clipboard().setText(f"tcp://{self._address()}")

    # ---- what is shown

    def _offer_ports(self) -> None:
        self.form.port.set_ports(self._ports.ports)

    def _note_event(self, event: ev.Event) -> None:
        if isinstance(event, _NOTED):
            self._warn(event_sentence(event))
        elif isinstance(event, ev.LinesChanged):
            self.status.refresh()

    def _show_traffic(self) -> None:
        if self.isVisible():  # a page that comes to the front is refreshed then
            self.log.refresh()

    def _warn(self, sentence: str) -> None:
        self._notice, self._notice_action = sentence, None
        self.show_state()

    def _warn_not_saved(self, sentence: str) -> None:
        self._notice = sentence
        self._notice_action = self.tr("Save elsewhere…"), self._save_elsewhere
        self.show_state()

    def _forget_not_saved(self) -> None:
        if self._notice_action is not None:
            self._seen()

    def _save_elsewhere(self) -> None:
        self._seen()
        self.save_menu.save_again()

    def _address(self) -> ListenAddress | PeerAddress:
        """Where programs connect, or where the bridge does."""
        address = self.session.bridge.address or self.session.profile.listen
        return self.session.profile.connect or reachable(address)

    def show_state(self) -> None:
        """Bring everything that depends on the bridge's state up to date."""
        bridge, profile = self.session.bridge, self.session.profile
        state = bridge.state
        words = bridge_words(bridge)
        self.state_label.setText(words)
        self.state_label.setAccessibleName(self.tr("State: {state}").format(state=words))
        self._color_state()
        self.badge.setVisible(self.session.simulated)
        if profile.name != self._shown_name:  # renamed elsewhere
            self._shown_name = profile.name
            self.name.setText(profile.name)
        self.other_end.setVisible(self.session.simulated and profile.connect is None)
        if self.form.profile != profile:
            self.form.set_profile(profile)
        self.form.set_running(state.active, bridge.address)
        self.start_stop.setText(self.tr("■ Stop") if state.active else self.tr("▶ Start"))
        refused = "" if state.active else self.form.invalid
        self.start_stop.setEnabled(not refused)
        keys = QKeySequence("Ctrl+E").toString(QKeySequence.SequenceFormat.NativeText)
        self.start_stop.setToolTip(refused or f"{self.start_stop.text()} ({keys})")
        self.wireshark.refresh()
        self._show_message()
        self._show_emptiness()
        self.status.refresh()

    def _show_emptiness(self) -> None:
        """What stands where no traffic is yet."""
        bridge, peer = self.session.bridge, self.session.profile.connect
        if peer is not None and bridge.state.active:
            text = self.tr("Connecting to {address}")
            if bridge.state is BridgeState.RUNNING:
                text = self.tr("Waiting for data. Connected to {address}")
            self.log.set_empty_text(text.format(address=make_visible(str(peer))), copyable=False)
        elif bridge.state is BridgeState.RUNNING:
            self.log.set_empty_text("", copyable=False)
        elif bridge.address is not None:
            self.log.set_empty_text(
                self.tr("Waiting for data. Connect a program to {address}").format(address=self._address())
            )
        else:
            self.log.set_empty_text(self.tr("Not running. Press Start to open the port."), copyable=False)

    def _show_message(self) -> None:
        bridge = self.session.bridge
        self._away_timer.stop()
        if bridge.state is BridgeState.ERROR and bridge.problem is not None:
            offer = offer_for(bridge.problem, self.session, self._workspace)
            part = HELP_FOR.get(bridge.problem.cause)
            beside = (self.tr("Help"), lambda: self.help_requested.emit(part)) if part else None
            self.message.say(offer.sentence, action=offer.button, do=offer.do, beside=beside)
        elif bridge.state is BridgeState.WAITING_FOR_DEVICE:
            away_ms = round((monotonic() - self.session.device_lost_at) * 1000)
            if away_ms < FLICKER_MS:
                self._away_timer.start(FLICKER_MS - away_ms)
                return
            failure = make_visible(self.session.device_failure)
            if failure:
                text = self.tr("Failed {seconds} s ago ({reason}); is tried again by itself.")
            else:
                text = self.tr("Unplugged {seconds} s ago; comes back by itself.")
            if self.session.profile.on_device_loss is OnDeviceLoss.KEEP:
                after = self.tr("Clients stay connected.")
            else:
                after = self.tr("Clients were disconnected.")
            text = f"{text.format(seconds=away_ms // 1000, reason=failure)} {after}"
            if self.session.look_alike:
                text += f" {self.session.look_alike}."
            self.message.say(
                text,
                look=BridgeState.WAITING_FOR_DEVICE,
                action=self.tr("Stop"),
                do=self.session.stop,
            )
            self._away_timer.start(AWAY_MS - away_ms % AWAY_MS)
        elif bridge.state is BridgeState.WAITING_FOR_CLIENT and self.session.dial_failure:
            self.message.say(
                self.session.dial_failure,
                look=BridgeState.WAITING_FOR_DEVICE,
                action=self.tr("Stop"),
                do=self.session.stop,
            )
        elif self.session.recording.problem:
            self.message.say(
                self.session.recording.problem, action=self.tr("Record to another file…"), do=self.recorder.choose
            )
        elif self._notice:
            action, do = self._notice_action or (self.tr("OK"), self._seen)
            self.message.say(self._notice, look=BridgeState.WAITING_FOR_DEVICE, action=action, do=do)
        else:
            self.message.clear()

    def _seen(self) -> None:
        self._notice, self._notice_action = "", None
        self.show_state()

    def _color_state(self) -> None:
        state = self.session.bridge.state
        self.state_shape.setPixmap(state_icon(state, self.palette()).pixmap(16, 16))
        palette = self.state_label.palette()
        color = state_color(state, self.palette())
        if palette.color(QPalette.ColorRole.WindowText) != color:
            palette.setColor(QPalette.ColorRole.WindowText, color)
            self.state_label.setPalette(palette)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        elif event.type() == QEvent.Type.PaletteChange:
            self._color_state()

    def retranslate(self) -> None:
        """Put every word anew."""
        self.name.setAccessibleName(self.tr("Name of the bridge"))
        self.name.setToolTip(self.tr("Click to rename"))
        self.wireshark.retranslate()
        self.other_end.setText(self.tr("Open test client"))
        self.other_end.setToolTip(self.tr("See the other end of the bridge, as a program that connects to it does"))
        self.badge.setText(self.tr("Simulated"))
        self.badge.setToolTip(self.tr("No real device is behind this bridge"))
        self.show_state()
