"""The pages of the settings dialog."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QFontDatabase, QIntValidator
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QPushButton, QWidget

from serialbridge_gui import HOMEPAGE
from serialbridge_gui.profile import ANY_ADDRESS, LOOPBACK, Access, FlowControl, Mode
from serialbridge_gui.ui.autostart_state import AutostartState
from serialbridge_gui.ui.field_group import blocked, choices, choose, name_choices
from serialbridge_gui.ui.log_font import log_font
from serialbridge_gui.ui.preferences import (
    MAX_BAUD_RATE,
    MAX_LOG_MIB,
    MAX_POINTS,
    MAX_RECORDS,
    MIN_POINTS,
    MIN_RECORDS,
    Closing,
    Language,
    LogBudget,
    LogFont,
    Preferences,
    Scheme,
)
from serialbridge_gui.ui.settings_page import SettingsPage

FORMATS = ("8N1", "8N2", "8E1", "8O1", "7E1", "7O1", "7N1", "7N2")
"""What is offered; another one stays if it stands in the settings."""
BAUD_RATES = (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600)

SAMPLE: Final = "00 0D 0A FF  \\r\\n  0Oo 1lI |  23.5 °C 温度"
"""What is easily mistaken, and both scripts."""


class GeneralPage(SettingsPage):
    """Language and colours; and that nothing is looked for on the network."""

    def __init__(self, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__(preferences, parent)
        self.language = self._combo("language", Language)
        self.scheme = self._combo("color_scheme", Scheme)
        self.updates = self._note()
        self.look_for_update = QPushButton(self)
        self.look_for_update.clicked.connect(lambda: QDesktopServices.openUrl(QUrl(HOMEPAGE)))
        self.look_for_update.setAutoDefault(False)
        self.form.addRow(self.look_for_update)

    def title(self) -> str:
        return self.tr("&General")

    def retranslate(self) -> None:
        self._name(self.language, self.tr("Lang&uage"))
        name_choices(self.language, {
            Language.SYSTEM: self.tr("As the system"),
            Language.ENGLISH: "English",
            Language.CHINESE: "简体中文",  # each in its own words: who cannot read the others finds it
        })  # fmt: skip
        self._name(self.scheme, self.tr("&Colours"))
        name_choices(self.scheme, {
            Scheme.SYSTEM: self.tr("As the system"), Scheme.LIGHT: self.tr("Light"), Scheme.DARK: self.tr("Dark"),
        })  # fmt: skip
        self.updates.setText(
            self.tr("SerialBridge never looks for newer versions by itself, and sends nothing to anybody.")
        )
        self.look_for_update.setText(self.tr("Look for a newer &version"))
        self.look_for_update.setToolTip(self.tr("Opens the home page in your browser"))


class LogPage(SettingsPage):
    """The log's font and size."""

    def __init__(self, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__(preferences, parent)
        self.family = QComboBox(self)
        self._row(self.family)
        self.family.addItem("", "")
        for family in sorted(filter(QFontDatabase.isFixedPitch, QFontDatabase.families()), key=str.casefold):
            if not QFontDatabase.isPrivateFamily(family):
                self.family.addItem(family, family)
        self.family.currentIndexChanged.connect(
            lambda: self._set_font(preferences.log_font._replace(family=self.family.currentData()))
        )
        self._shows.append(self._show_family)
        self.points = self._spin(
            MIN_POINTS - 1,
            MAX_POINTS,
            lambda: preferences.log_font.points or MIN_POINTS - 1,
            lambda points: self._set_font(
                preferences.log_font._replace(points=points if points >= MIN_POINTS else 0)
            ),
        )
        self.sample = self._note()
        self._shows.append(lambda: self.sample.setFont(log_font()))
        self.budget_note = self._note()
        self.mib = self._spin(
            1, MAX_LOG_MIB, lambda: preferences.log_budget.mib,
            lambda mib: self._set("log_budget", preferences.log_budget._replace(mib=mib)),
        )  # fmt: skip
        self.records = self._spin(
            MIN_RECORDS, MAX_RECORDS, lambda: preferences.log_budget.records,
            lambda records: self._set("log_budget", preferences.log_budget._replace(records=records)),
        )  # fmt: skip
        self.records.setSingleStep(100_000)
        self.records.setGroupSeparatorShown(True)
        self.restore = QPushButton(self)
        self.restore.setAutoDefault(False)
        self.restore.clicked.connect(self._restore_defaults)
        self.form.addRow(self.restore)

    def title(self) -> str:
        return self.tr("&Log")

    def retranslate(self) -> None:
        self._name(self.family, self.tr("&Font"))
        self.family.setItemText(0, self.tr("The system's fixed-width font"))
        self._name(self.points, self.tr("Font si&ze"))
        self.points.setSpecialValueText(self.tr("As the system"))
        self.points.setSuffix(self.tr(" pt"))
        self.sample.setText(SAMPLE)
        self.sample.setAccessibleName(self.tr("Sample of the font"))
        self.budget_note.setText(
            self.tr("Each bridge's log holds so much, then the oldest leave. What passes is never held back.")
        )
        self._name(self.mib, self.tr("&Bytes, at most"))
        self.mib.setSuffix(self.tr(" MiB"))
        self._name(self.records, self.tr("C&hunks, at most"))
        self.restore.setText(self.tr("Restore &defaults"))

    def _show_family(self) -> None:
        family = self.preferences.log_font.family
        with blocked([self.family]):
            if self.family.findData(family) < 0:
                self.family.addItem(family, family)  # of a font that is no longer there
            choose(self.family, family)

    def _set_font(self, font: LogFont) -> None:
        self.preferences.log_font = font

    def _restore_defaults(self) -> None:
        self.preferences.log_font = LogFont()
        self.preferences.log_budget = LogBudget()


class NewBridgePage(SettingsPage):
    """What a new bridge begins with; those there are stay as they are."""

    def __init__(self, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__(preferences, parent)
        self.note = self._note()
        self.baud = QComboBox(self)
        self._row(self.baud)
        self.baud.setEditable(True)
        self.baud.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.baud.addItems([str(rate) for rate in BAUD_RATES])
        self.baud.setValidator(QIntValidator(1, MAX_BAUD_RATE, self))
        self.baud.activated.connect(self._take_baud)
        line = self.baud.lineEdit()
        assert line is not None
        line.editingFinished.connect(self._take_baud)
        self._shows.append(self._show_baud)
        self.format = QComboBox(self)
        self._row(self.format)
        for each in FORMATS:
            self.format.addItem("-".join((each[0], each[1], each[2:])), each)
        self.format.currentIndexChanged.connect(lambda: self._set("new_format", self.format.currentData()))
        self._shows.append(self._show_format)
        self.flow = self._combo("new_flow_control", FlowControl)
        self.host = choices(self, (LOOPBACK, ANY_ADDRESS))
        self._row(self.host)
        self.host.currentIndexChanged.connect(lambda: self._set("new_host", self.host.currentData()))
        self._shows.append(self._show_host)
        self.port = self._spin(1, 65535, lambda: preferences.new_port, lambda port: self._set("new_port", port))
        self.mode = self._combo("new_mode", Mode)
        self.access = self._combo("new_access", Access)
        self.warning = self._note()

    def title(self) -> str:
        return self.tr("&New bridges")

    def retranslate(self) -> None:
        self.note.setText(self.tr("A new bridge begins with these. The bridges that are there stay as they are."))
        self._name(self.baud, self.tr("&Baud rate"))
        self._name(self.format, self.tr("&Format"), self.tr("Data bits, parity, stop bits"))
        self._name(self.flow, self.tr("Flo&w control"))
        name_choices(self.flow, {
            FlowControl.NONE: self.tr("None"), FlowControl.RTS_CTS: self.tr("RTS/CTS"),
            FlowControl.XON_XOFF: self.tr("XON/XOFF"), FlowControl.DSR_DTR: self.tr("DSR/DTR"),
        })  # fmt: skip
        self._name(self.host, self.tr("R&eached by"))
        name_choices(self.host, {LOOPBACK: self.tr("This computer only"), ANY_ADDRESS: self.tr("Local network")})
        self._name(self.port, self.tr("First listen &port"), self.tr("A new bridge takes the next free one"))
        self._name(self.mode, self.tr("&Mode"))
        name_choices(self.mode, {Mode.RAW: self.tr("Raw (transparent)"), Mode.RFC2217: self.tr("RFC 2217 (Telnet)")})
        self._name(self.access, self.tr("Cl&ients"))
        name_choices(self.access, {
            Access.EXCLUSIVE: self.tr("One; others are refused"), Access.REPLACE: self.tr("One; a new one takes over"),
            Access.SHARED: self.tr("Several; all may write"), Access.MONITOR: self.tr("Several; the first one writes"),
        })  # fmt: skip
        self.warning.setText(self.tr("Anyone on the network can control the device of a new bridge."))

    def _take_baud(self, *_: object) -> None:
        if self.baud.currentText().isascii() and self.baud.currentText().isdigit():
            rate = int(self.baud.currentText())
            if 1 <= rate <= MAX_BAUD_RATE:
                self.preferences.new_baud_rate = rate
        self._show_baud()

    def _show_baud(self) -> None:
        with blocked([self.baud]):
            self.baud.setCurrentText(str(self.preferences.new_baud_rate))

    def _show_format(self) -> None:
        now = self.preferences.new_format
        with blocked([self.format]):
            if self.format.findData(now) < 0:
                self.format.addItem("-".join((now[0], now[1], now[2:])), now)
            choose(self.format, now)

    def _show_host(self) -> None:
        with blocked([self.host]):
            choose(self.host, self.preferences.new_host)
        self.warning.setVisible(self.preferences.new_host != LOOPBACK)


class RunningPage(SettingsPage):
    """Closing, starting, and what the tray tells."""

    def __init__(
        self, preferences: Preferences, autostart: AutostartState, has_tray: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(preferences, parent)
        self._has_tray = has_tray
        self.closing = self._combo("closing", Closing)
        self.no_tray: QLabel = self._note()
        self.no_tray.setVisible(not has_tray)
        self.notifications = self._check("notifications")
        self.resume = self._check("resume")
        self.autostart = QCheckBox(self)
        self.autostart.setEnabled(False)  # until the system has told
        self.form.addRow(self.autostart)
        self.autostart_note = self._note()
        self.autostart.clicked.connect(autostart.change)
        autostart.known.connect(self._show_autostart)
        autostart.look()

    def title(self) -> str:
        return self.tr("&Running")

    def retranslate(self) -> None:
        self._name(self.closing, self.tr("&Closing the window while bridges run"))
        name_choices(self.closing, {
            Closing.ASK: self.tr("Ask once"), Closing.KEEP: self.tr("Keep running in the tray"),
            Closing.STOP: self.tr("Stop and quit"),
        })  # fmt: skip
        self.no_tray.setText(self.tr("This desktop has no tray: closing stops the bridges and quits, and says so."))
        self.notifications.setText(self.tr("N&otify: device lost, device back, client refused"))
        self.notifications.setToolTip(self.tr("By the tray, while the window is not in front; at most every 10 s"))
        self.resume.setText(self.tr("At the start, start the &bridges that were running"))
        self.autostart.setText(self.tr("&Start with the system, minimized, with the bridges that were running"))
        self.autostart_note.setText(
            self.tr("With “Keep running in the tray” it begins there. For your account only, from your next login on.")
        )

    def _show_autostart(self, on: bool) -> None:
        with blocked([self.autostart]):
            self.autostart.setChecked(on)
        self.autostart.setEnabled(True)
