"""The form over the log: which port, how, and where clients connect. Edits take effect at once."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QStyle,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from serialbridge_gui.engine.addresses import reachable
from serialbridge_gui.engine.bridge import BridgeState
from serialbridge_gui.engine.ports import USUAL_BAUD_RATES
from serialbridge_gui.profile import (
    ANY_ADDRESS,
    LOOPBACK,
    InvalidSetting,
    ListenAddress,
    Mode,
    Profile,
    SerialSettings,
)
from serialbridge_gui.traffic.text import make_visible
from serialbridge_gui.ui.certificates import Certificates, certificate_names
from serialbridge_gui.ui.client_fields import ClientFields
from serialbridge_gui.ui.exposure import exposure
from serialbridge_gui.ui.field_group import FieldGroup, blocked, why_not_dialing
from serialbridge_gui.ui.network_fields import NetworkFields
from serialbridge_gui.ui.note import Note
from serialbridge_gui.ui.port_picker import PortPicker
from serialbridge_gui.ui.serial_fields import SerialFields
from serialbridge_gui.ui.state_look import keep_grey_readable
from serialbridge_gui.ui.tls_fields import TlsFields


class SettingsForm(QWidget):
    """Shows a Profile and tells each change of it. GUI thread only."""

    profile_edited = Signal(object)
    """The user changed something: the new Profile, valid."""
    validity_changed = Signal()
    rescan_requested = Signal()
    copy_requested = Signal()

    def __init__(self, profile: Profile, certificates: Certificates, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._profile = profile
        self._certificates = certificates
        self._invalid = ""
        self._running = False
        self._bound: ListenAddress | None = None
        self._make_widgets()
        self._lay_out()
        self.retranslate()
        self._show_profile()
        self._connect()
        keep_grey_readable(self)

    @property
    def profile(self) -> Profile:
        """What is shown, as far as it is valid."""
        return self._profile

    @property
    def invalid(self) -> str:
        """Why the bridge cannot start with what the form says; empty: it can."""
        return self._invalid

    def set_profile(self, profile: Profile) -> None:
        """Show another profile. Where only its name differs, what is being typed stays."""
        shown, self._profile = self._profile, profile
        if shown.changed(name=profile.name) != profile:
            self._show_profile()

    def _show_profile(self) -> None:
        profile = self._profile
        with blocked([self.port, self.baud, self.host, self.listen_port]):
            self.port.set_device(profile.serial.device, profile.serial.identity)
            self.baud.setEditText(str(profile.serial.baud_rate))
            self._show_host(profile.listen.host)
            any_port = profile.listen.port == 0  # only a profile that has it keeps it
            self.listen_port.setMinimum(0 if any_port else 1)
            self.listen_port.setSpecialValueText(self.tr("any") if any_port else "")
            self.listen_port.setValue(profile.listen.port)
        for group in self._groups():
            group.show_profile(profile)
        self._show_summary()
        self._lock()
        self._check()

    def commit(self) -> None:
        """Take what is still being typed, as leaving its field does. Does nothing while the bridge runs."""
        if not self._running:
            self.port.commit()
            self.listen_port.interpretText()
            for group in self._groups():
                group.commit()

    def set_running(self, running: bool, address: ListenAddress | None) -> None:
        """While the bridge runs its settings stand still; the address shown is the one really bound."""
        self._running, self._bound = running, address
        self._lock()
        self._show_address()

    # ---- making it

    def _make_widgets(self) -> None:
        self.port = PortPicker(self)
        self.rescan = QToolButton(self)
        self.rescan.setIcon(self.style().standardIcon(QStyle.StandardPixmap.SP_BrowserReload))
        self.baud = QComboBox(self)
        self.baud.setEditable(True)
        self.baud.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.baud.addItems([str(rate) for rate in USUAL_BAUD_RATES])
        self.baud.setValidator(QIntValidator(1, 2**31 - 1, self))
        self.baud.setMinimumContentsLength(8)
        self.format_button, self.network_button = _fold_button(self), _fold_button(self)
        self.folded, self.network_folded = QWidget(self), QWidget(self)
        self.serial, self.clients = SerialFields(self.folded), ClientFields(self.folded)
        self.network = NetworkFields(self.network_folded)
        self.tls = TlsFields(self._certificates, self.network_folded)
        self.network_problem = Note(self.network_folded)
        self.host = QComboBox(self)
        self.listen_port = QSpinBox(self)
        self.listen_port.setRange(1, 65535)
        self.listen_port.setGroupSeparatorShown(False)
        self.listen_port.setKeyboardTracking(False)
        self.address = QPushButton(self)
        self.address.setAutoDefault(False)
        self.warning = Note(self)
        self.port_label, self.baud_label, self.listen_label = QLabel(self), QLabel(self), QLabel(self)
        self.port_label.setBuddy(self.port)
        self.baud_label.setBuddy(self.baud)
        self.listen_label.setBuddy(self.listen_port)

    def _lay_out(self) -> None:
        first = QHBoxLayout()
        first.addWidget(self.port, 1)
        first.addWidget(self.rescan)
        first.addSpacing(12)
        first.addWidget(self.baud_label)
        first.addWidget(self.baud)
        first.addWidget(self.format_button)
        second = QHBoxLayout()
        second.addWidget(self.host)
        second.addWidget(QLabel(":", self))
        second.addWidget(self.listen_port)
        second.addSpacing(12)
        second.addWidget(self.address)
        second.addSpacing(4)
        second.addWidget(self.network_button)
        second.addStretch(1)
        columns = QHBoxLayout(self.folded)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(18)
        columns.addWidget(self.serial)
        columns.addWidget(self.clients)
        columns.addStretch(1)
        rows = QVBoxLayout(self.network_folded)
        rows.setContentsMargins(0, 0, 0, 0)
        for widget in (self.network, self.tls, self.network_problem):
            rows.addWidget(widget)
        for fold in (self.folded, self.network_folded):
            fold.hide()
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setColumnStretch(1, 1)
        layout.addWidget(self.port_label, 0, 0)
        layout.addLayout(first, 0, 1)
        layout.addWidget(self.folded, 1, 1)
        layout.addWidget(self.listen_label, 2, 0)
        layout.addLayout(second, 2, 1)
        layout.addWidget(self.network_folded, 3, 1)
        layout.addWidget(self.warning, 4, 1)
        for label in self.findChildren(QLabel):
            label.setTextFormat(Qt.TextFormat.PlainText)
        for before, after in pairwise([
            self.port, self.rescan, self.baud, self.format_button, *self.serial.inputs(), *self.clients.inputs(),
            self.host, self.listen_port, self.address, self.network_button, *self.network.inputs(),
            *self.tls.inputs(), *self.tls.outputs(),
        ]):  # fmt: skip
            QWidget.setTabOrder(before, after)  # as they are read

    def _connect(self) -> None:
        self.port.device_chosen.connect(self._edited)
        self.port.editTextChanged.connect(self._check)
        self.baud.currentTextChanged.connect(self._edited)
        self.host.currentIndexChanged.connect(self._edited)
        self.listen_port.valueChanged.connect(self._edited)
        for group in self._groups():
            group.edited.connect(self._edited)
            group.typed.connect(self._typed)
        self.tls.certificate_wanted.connect(lambda: self._certificates.make(certificate_names(self._profile.listen)))
        self.rescan.clicked.connect(self.rescan_requested)
        self.address.clicked.connect(self.copy_requested)
        for button, fold in ((self.format_button, self.folded), (self.network_button, self.network_folded)):
            button.toggled.connect(fold.setVisible)

    def _groups(self) -> tuple[FieldGroup, ...]:
        return (self.serial, self.clients, self.network, self.tls)

    # ---- what it says

    def _typed(self) -> None:
        if self._invalid:  # Start is disabled and takes no focus: nobody could leave the field by clicking on it
            self._check()

    def _edited(self) -> None:
        self._lock()
        self._check()
        if self._invalid:
            return
        try:
            profile = self._profile.changed(
                serial=SerialSettings(
                    device=self.port.device,
                    identity=self.port.identity,
                    baud_rate=int(self.baud.currentText()),
                    **self.serial.settings(),
                ),
                listen=ListenAddress(host=self.host.currentData(), port=self.listen_port.value()),
                clients=self.network.rules(self.clients.rules(self._profile.clients)),
                tls=self.tls.files,
                **self.clients.profile_fields(),
                **self.network.profile_fields(),
            )
        except InvalidSetting as error:  # nothing the widgets allow; but what is typed is never thrown away
            self._set_invalid(error.reason)
            return
        if profile != self._profile:  # a field may be left as it was
            self._profile = profile
            self._show_summary()
            self.profile_edited.emit(profile)

    def _check(self) -> None:
        in_network = self.network.invalid or self.tls.invalid
        self.network_problem.say(in_network, BridgeState.ERROR)
        if not self.port.typed:
            self._set_invalid(self.tr("Choose a serial port first."))
        elif not self.baud.currentText().isdecimal() or int(self.baud.currentText()) == 0:
            self._set_invalid(self.tr("The baud rate must be a positive whole number."))
        else:
            self._set_invalid(in_network)

    def _set_invalid(self, invalid: str) -> None:
        if invalid != self._invalid:
            self._invalid = invalid
            self.validity_changed.emit()

    def _lock(self) -> None:
        """Disable what cannot be edited now."""
        dialing = self.network.dialing
        for editor in (self.port, self.rescan, self.baud):
            editor.setEnabled(not self._running)
        for listener, tip in (
            (self.host, ""),
            (self.listen_port, self.tr("The TCP port number that programs connect to (Alt+L)")),
        ):
            listener.setEnabled(not self._running and not dialing)
            listener.setToolTip(why_not_dialing() if dialing else tip)
        for group in self._groups():
            group.lock(running=self._running, dialing=dialing)

    def _show_host(self, host: str) -> None:
        if self.host.findData(host) < 0:
            self.host.addItem(host, host)
        self.host.setCurrentIndex(self.host.findData(host))

    def _show_address(self) -> None:
        peer = self._profile.connect
        if peer is None:
            address = str(reachable(self._bound or self._profile.listen))
            self.address.setToolTip(self.tr("Copy the address that programs connect to"))
        else:
            address = make_visible(str(peer))
            self.address.setToolTip(self.tr("Copy the address that this bridge connects to"))
        self.address.setText(self.tr("Copy tcp://{address}").format(address=address))

    def _show_summary(self) -> None:
        profile = self._profile
        self.format_button.setText(self.serial.summary(profile.serial))
        parts = [self.tr("RFC 2217") if profile.mode is Mode.RFC2217 else self.tr("Raw TCP")]
        for so, words in (
            (profile.connect is not None, self.tr("connects out")),
            (profile.tls is not None, self.tr("TLS")),
            (bool(profile.clients.allow), self.tr("allow list")),
        ):
            parts += [words] if so else []
        self.network_button.setText(self.tr(", ").join(parts))
        self.warning.say(*exposure(profile))
        self._show_address()

    # ---- words

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
            self._show_profile()
        elif event.type() == QEvent.Type.PaletteChange:
            keep_grey_readable(self)

    def retranslate(self) -> None:
        """Put every word anew."""
        self.port_label.setText(self.tr("Serial &port"))
        self.baud_label.setText(self.tr("&Baud rate"))
        self.listen_label.setText(self.tr("&Listen"))
        for group in self._groups():
            group.retranslate()
        self.port.setAccessibleName(self.tr("Serial port"))
        self.baud.setAccessibleName(self.tr("Baud rate"))
        self.host.setAccessibleName(self.tr("Listen address"))
        self.listen_port.setAccessibleName(self.tr("Listen port"))
        for button, text in (
            (self.rescan, self.tr("Look for ports again (F5)")),
            (self.format_button, self.tr("Data bits, parity, stop bits, flow control, lines and clients")),
            (self.network_button, self.tr("Mode, who connects, who may connect, TLS")),
        ):
            button.setToolTip(text)
            button.setAccessibleName(text)
        with blocked([self.host]):
            host = self.host.currentData()
            self.host.clear()
            self.host.addItem(self.tr("This computer only"), LOOPBACK)
            self.host.addItem(self.tr("Local network"), ANY_ADDRESS)
            self._show_host(host or LOOPBACK)


def _fold_button(parent: QWidget) -> QToolButton:
    """A button with a summary of what it unfolds."""
    button = QToolButton(parent)
    button.setCheckable(True)
    button.setArrowType(Qt.ArrowType.RightArrow)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setAutoRaise(True)
    button.toggled.connect(
        lambda unfolded: button.setArrowType(Qt.ArrowType.DownArrow if unfolded else Qt.ArrowType.RightArrow)
    )
    return button
