"""The form over the log: which port, how, and where clients connect. Edits take effect at once."""

from __future__ import annotations

from itertools import chain, pairwise
from typing import Any

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QIntValidator, QPalette
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QStyle,
    QToolButton,
    QWidget,
)

from serialbridge_gui.engine.addresses import reachable
from serialbridge_gui.engine.ports import USUAL_BAUD_RATES
from serialbridge_gui.profile import (
    LOOPBACK,
    Access,
    ClientRules,
    FlowControl,
    InvalidSetting,
    LinePolicy,
    ListenAddress,
    OnDeviceLoss,
    Parity,
    Profile,
    SerialSettings,
    WhileAway,
)
from serialbridge_gui.ui.advanced_fields import AdvancedFields, label_policies
from serialbridge_gui.ui.plain_tooltip import plain_tooltip
from serialbridge_gui.ui.port_picker import PortPicker
from serialbridge_gui.ui.state_look import keep_disabled_readable, warning_color

ANY_ADDRESS = "0.0.0.0"


class SettingsForm(QWidget):
    """Shows a Profile and tells each change of it. GUI thread only."""

    profile_edited = Signal(object)
    """The user changed something: the new Profile, valid."""
    validity_changed = Signal()
    rescan_requested = Signal()
    copy_requested = Signal()

    def __init__(self, profile: Profile, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._profile = profile
        self._invalid = ""
        self._make_widgets()
        self._lay_out()
        self.retranslate()
        self._show_profile()
        self._connect()
        keep_disabled_readable(self)

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
        with _blocked(self._inputs()):
            serial = profile.serial
            self.port.set_device(serial.device, serial.identity)
            self.baud.setEditText(str(serial.baud_rate))
            for combo, value in (
                (self.data_bits, serial.data_bits),
                (self.parity, serial.parity),
                (self.stop_bits, serial.stop_bits),
                (self.flow, serial.flow_control),
                (self.dtr, serial.dtr),
                (self.rts, serial.rts),
                (self.access, profile.clients.access),
                (self.on_loss, profile.on_device_loss),
                (self.while_away, profile.while_away),
            ):
                combo.setCurrentIndex(combo.findData(value))
            self.advanced.show_profile(profile)
            self._show_host(profile.listen.host)
            any_port = profile.listen.port == 0  # only a profile that has it keeps it
            self.listen_port.setMinimum(0 if any_port else 1)
            self.listen_port.setSpecialValueText(self.tr("any") if any_port else "")
            self.listen_port.setValue(profile.listen.port)
        self._show_summary()
        self._check()

    def commit(self) -> None:
        """Take what is still being typed, as leaving its field does. Does nothing while the bridge runs."""
        if self.port.isEnabled():
            self.port.commit()
            self.listen_port.interpretText()
            self.advanced.commit()

    def set_running(self, running: bool, address: ListenAddress | None) -> None:
        """While the bridge runs its settings stand still; the address shown is the one really bound."""
        for widget in (*self._inputs(), self.rescan):
            widget.setEnabled(not running)
        self._show_address(address or self._profile.listen)

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
        self.format_button = QToolButton(self)
        self.format_button.setCheckable(True)
        self.format_button.setArrowType(Qt.ArrowType.RightArrow)
        self.format_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.format_button.setAutoRaise(True)
        self.data_bits = _combo(self, [(str(bits), bits) for bits in (8, 7, 6, 5)])
        self.parity = _combo(self, [(value.value, value) for value in Parity])
        self.stop_bits = _combo(self, [(f"{bits:g}", float(bits)) for bits in (1, 1.5, 2)])
        self.flow = _combo(self, [(value.value, value) for value in FlowControl])
        self.dtr = _combo(self, [(value.value, value) for value in LinePolicy])
        self.rts = _combo(self, [(value.value, value) for value in LinePolicy])
        self.access = _combo(self, [(value.value, value) for value in Access])
        self.on_loss = _combo(self, [(value.value, value) for value in OnDeviceLoss])
        self.while_away = _combo(self, [(value.value, value) for value in WhileAway])
        self.advanced = AdvancedFields(self)
        self.host = QComboBox(self)
        self.listen_port = QSpinBox(self)
        self.listen_port.setRange(1, 65535)
        self.listen_port.setGroupSeparatorShown(False)
        self.listen_port.setKeyboardTracking(False)
        self.address = QPushButton(self)
        self.address.setAutoDefault(False)
        self.warning = QLabel(self)
        self.warning.hide()
        self.port_label, self.baud_label = QLabel(self), QLabel(self)
        self.listen_label, self.number_label = QLabel(self), QLabel(":", self)
        self.port_label.setBuddy(self.port)
        self.baud_label.setBuddy(self.baud)
        self.listen_label.setBuddy(self.listen_port)
        folded = (
            self.data_bits, self.parity, self.stop_bits, self.flow, self.dtr, self.rts, self.access,
            self.on_loss, self.while_away,
        )  # fmt: skip
        self._folded_labels = {widget: QLabel(self) for widget in folded}
        for widget, label in self._folded_labels.items():
            label.setBuddy(widget)
        for label in self.findChildren(QLabel):
            label.setTextFormat(Qt.TextFormat.PlainText)

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
        second.addWidget(self.number_label)
        second.addWidget(self.listen_port)
        second.addSpacing(12)
        second.addWidget(self.address)
        second.addSpacing(8)
        second.addWidget(self.warning, 1)
        second.addStretch(0)
        self.folded = QWidget(self)
        grid = QHBoxLayout(self.folded)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(18)
        advanced = self.advanced
        groups: tuple[tuple[QWidget, ...], ...] = (
            (self.data_bits, self.parity, self.stop_bits, self.flow),
            (self.dtr, self.rts, advanced.dtr_at_close, advanced.rts_at_close, advanced.low_latency),
            (self.access, self.on_loss, self.while_away, advanced.silence),
        )
        labels = dict(advanced.labels)
        labels.update(self._folded_labels.items())
        for group in groups:
            form = QFormLayout()
            form.setVerticalSpacing(6)
            for widget in group:
                form.addRow(labels[widget], widget)
            grid.addLayout(form)
            grid.setAlignment(form, Qt.AlignmentFlag.AlignTop)
        grid.addStretch(1)
        for before, after in pairwise([self.format_button, *chain(*groups), self.host]):
            QWidget.setTabOrder(before, after)  # down the columns, as they are read
        self.folded.hide()
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setColumnStretch(1, 1)
        layout.addWidget(self.port_label, 0, 0)
        layout.addLayout(first, 0, 1)
        layout.addWidget(self.folded, 1, 1)
        layout.addWidget(self.listen_label, 2, 0)
        layout.addLayout(second, 2, 1)

    def _connect(self) -> None:
        self.port.device_chosen.connect(self._edited)
        self.port.editTextChanged.connect(self._check)
        self.baud.currentTextChanged.connect(self._edited)
        self.listen_port.valueChanged.connect(self._edited)
        self.advanced.edited.connect(self._edited)
        for combo in (*self._folded_labels, self.host):
            combo.currentIndexChanged.connect(self._edited)
        self.rescan.clicked.connect(self.rescan_requested)
        self.address.clicked.connect(self.copy_requested)
        self.format_button.toggled.connect(self._fold)

    def _inputs(self) -> list[QWidget]:
        return [self.port, self.baud, *self._folded_labels, *self.advanced.inputs(), self.host, self.listen_port]

    def _fold(self, unfolded: bool) -> None:
        self.folded.setVisible(unfolded)
        self.format_button.setArrowType(Qt.ArrowType.DownArrow if unfolded else Qt.ArrowType.RightArrow)

    # ---- what it says

    def _edited(self) -> None:
        self._check()
        if self._invalid:
            return
        try:
            profile = self._profile.changed(
                serial=SerialSettings(
                    device=self.port.device,
                    identity=self.port.identity,
                    baud_rate=int(self.baud.currentText()),
                    data_bits=self.data_bits.currentData(),
                    parity=Parity(self.parity.currentData()),
                    stop_bits=self.stop_bits.currentData(),
                    flow_control=FlowControl(self.flow.currentData()),
                    dtr=LinePolicy(self.dtr.currentData()),
                    rts=LinePolicy(self.rts.currentData()),
                    **self.advanced.serial(),
                ),
                listen=ListenAddress(host=self.host.currentData(), port=self.listen_port.value()),
                clients=self._rules(),
                on_device_loss=OnDeviceLoss(self.on_loss.currentData()),
                while_away=WhileAway(self.while_away.currentData()),
            )
        except InvalidSetting as error:  # nothing the widgets allow; but what is typed is never thrown away
            self._set_invalid(error.reason)
            return
        self._profile = profile
        self._show_summary()
        self.profile_edited.emit(profile)

    def _rules(self) -> ClientRules:
        rules = self.advanced.rules(self._profile.clients)
        access = Access(self.access.currentData())  # Qt hands back a plain str
        if access is rules.access:
            return rules
        return rules.changed(access=access, max_clients=None)

    def _check(self) -> None:
        invalid = ""
        if not self.port.typed:
            invalid = self.tr("Choose a serial port first.")
        elif not self.baud.currentText().isdecimal() or int(self.baud.currentText()) == 0:
            invalid = self.tr("The baud rate must be a positive whole number.")
        self._set_invalid(invalid)

    def _set_invalid(self, invalid: str) -> None:
        if invalid != self._invalid:
            self._invalid = invalid
            self.validity_changed.emit()

    def _show_host(self, host: str) -> None:
        if self.host.findData(host) < 0:
            self.host.addItem(host, host)
        self.host.setCurrentIndex(self.host.findData(host))

    def _show_address(self, address: ListenAddress) -> None:
        self.address.setText(self.tr("Copy tcp://{address}").format(address=reachable(address)))

    def _show_summary(self) -> None:
        serial = self._profile.serial
        flow = self.flow.itemText(self.flow.findData(serial.flow_control))
        text = self.tr("{bits}-{parity}-{stop}, {flow}").format(
            bits=serial.data_bits,
            parity=serial.parity.value,
            stop=f"{serial.stop_bits:g}",
            flow=self.tr("no flow") if serial.flow_control is FlowControl.NONE else flow,
        )
        self.format_button.setText(text)
        self._show_address(self._profile.listen)
        self.warning.setVisible(not self._profile.listen.loopback_only)

    # ---- words

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
            self._show_profile()
        elif event.type() == QEvent.Type.PaletteChange:
            self._color_warning()
            keep_disabled_readable(self)

    def _color_warning(self) -> None:
        palette = self.warning.palette()
        color = warning_color(self.palette())
        if palette.color(QPalette.ColorRole.WindowText) != color:
            palette.setColor(QPalette.ColorRole.WindowText, color)
            self.warning.setPalette(palette)

    def retranslate(self) -> None:
        """Put every word anew."""
        self.port_label.setText(self.tr("Serial &port"))
        self.baud_label.setText(self.tr("&Baud rate"))
        self.advanced.retranslate()
        self.listen_label.setText(self.tr("&Listen"))
        self.port.setAccessibleName(self.tr("Serial port"))
        self.baud.setAccessibleName(self.tr("Baud rate"))
        _name(self.rescan, self.tr("Look for ports again (F5)"))
        _name(self.format_button, self.tr("Data bits, parity, stop bits, flow control, lines and clients"))
        self.host.setAccessibleName(self.tr("Listen address"))
        self.listen_port.setAccessibleName(self.tr("Listen port"))
        self.listen_port.setToolTip(self.tr("The TCP port number that programs connect to (Alt+L)"))
        self.address.setToolTip(self.tr("Copy the address that programs connect to"))
        self.warning.setText("⚠ " + self.tr("Anyone on the network can control the device"))
        self._color_warning()
        for widget, words in (
            (self.data_bits, self.tr("Data bits")),
            (self.parity, self.tr("Parity")),
            (self.stop_bits, self.tr("Stop bits")),
            (self.flow, self.tr("Flow control")),
            (self.dtr, self.tr("DTR at start")),
            (self.rts, self.tr("RTS at start")),
            (self.access, self.tr("Clients")),
            (self.on_loss, self.tr("Device unplugged")),
            (self.while_away, self.tr("Sent meanwhile")),
        ):
            self._folded_labels[widget].setText(words)
            widget.setAccessibleName(words)
        _relabel(self.parity, {
            Parity.NONE: self.tr("None"), Parity.EVEN: self.tr("Even"), Parity.ODD: self.tr("Odd"),
            Parity.MARK: self.tr("Mark"), Parity.SPACE: self.tr("Space"),
        })  # fmt: skip
        _relabel(self.flow, {
            FlowControl.NONE: self.tr("None"), FlowControl.RTS_CTS: self.tr("RTS/CTS"),
            FlowControl.XON_XOFF: self.tr("XON/XOFF"), FlowControl.DSR_DTR: self.tr("DSR/DTR"),
        })  # fmt: skip
        opening = plain_tooltip(
            self.tr("What the line is set to once the port is open."),
            self.tr("Linux and macOS turn it on whenever they open a port, for some ms, whatever is chosen here:"),
            self.tr("a board that resets on it does so, unless the line was left on at the last stop."),
        )
        for combo in (self.dtr, self.rts):
            label_policies(combo)
            combo.setToolTip(opening)
        _relabel(self.access, {
            Access.EXCLUSIVE: self.tr("One; a second is refused"),
            Access.REPLACE: self.tr("One; a new one takes over"),
            Access.SHARED: self.tr("Many; all read and write"),
            Access.MONITOR: self.tr("Many; the first one writes"),
        })  # fmt: skip
        _relabel(self.on_loss, {
            OnDeviceLoss.KEEP: self.tr("Clients stay connected"),
            OnDeviceLoss.CLOSE: self.tr("Clients are disconnected"),
        })  # fmt: skip
        _relabel(self.while_away, {
            WhileAway.HOLD: self.tr("Waits for the device"), WhileAway.DISCARD: self.tr("Is thrown away"),
        })  # fmt: skip
        with _blocked([self.host]):
            host = self.host.currentData()
            self.host.clear()
            self.host.addItem(self.tr("This computer only"), LOOPBACK)
            self.host.addItem(self.tr("Local network"), ANY_ADDRESS)
            self._show_host(host or LOOPBACK)


class _blocked:  # noqa: N801 - used like a function
    """Blocks the signals of several widgets."""

    def __init__(self, widgets: list[QWidget]) -> None:
        self._widgets = widgets
        self._blockers: list[QSignalBlocker] = []

    def __enter__(self) -> None:
        self._blockers = [QSignalBlocker(widget) for widget in self._widgets]

    def __exit__(self, *_: object) -> None:
        for blocker in self._blockers:
            blocker.unblock()


def _combo(parent: QWidget, items: list[tuple[str, Any]]) -> QComboBox:
    combo = QComboBox(parent)
    for text, value in items:
        combo.addItem(text, value)
    return combo


def _relabel(combo: QComboBox, words: dict[Any, str]) -> None:
    for value, text in words.items():
        combo.setItemText(combo.findData(value), text)


def _name(widget: QToolButton, text: str) -> None:
    widget.setToolTip(text)
    widget.setAccessibleName(text)
