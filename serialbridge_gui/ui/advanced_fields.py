"""The settings few people need: the lines at the close, the driver's latency, how long a silent answer may take."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QLabel, QWidget

from serialbridge_gui.profile import (
    MAX_HALF_CLOSED_SILENCE_S,
    MIN_HALF_CLOSED_SILENCE_S,
    ClientRules,
    LinePolicy,
    Profile,
)
from serialbridge_gui.ui.plain_tooltip import plain_tooltip


class AdvancedFields(QObject):
    """Widgets of the settings form, which lays them out. GUI thread only."""

    edited = Signal()

    def __init__(self, form: QWidget) -> None:
        super().__init__(form)
        self.dtr_at_close, self.rts_at_close = QComboBox(form), QComboBox(form)
        for combo in (self.dtr_at_close, self.rts_at_close):
            for policy in LinePolicy:
                combo.addItem("", policy)
        self.silence = QDoubleSpinBox(form)
        self.silence.setRange(MIN_HALF_CLOSED_SILENCE_S, MAX_HALF_CLOSED_SILENCE_S)
        self.silence.setDecimals(2)
        self.silence.setSingleStep(0.5)
        self.silence.setKeyboardTracking(False)
        self.low_latency = QCheckBox(form)
        self.labels: dict[QWidget, QLabel] = {widget: QLabel(form) for widget in self.inputs()}
        """The one of the check box is empty: it has its own words."""
        for widget, label in self.labels.items():
            label.setBuddy(widget)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.retranslate()
        for combo in (self.dtr_at_close, self.rts_at_close):
            combo.currentIndexChanged.connect(self.edited)
        self.silence.valueChanged.connect(self.edited)
        self.low_latency.toggled.connect(self.edited)

    def inputs(self) -> list[QWidget]:
        """What can be edited."""
        return [self.dtr_at_close, self.rts_at_close, self.silence, self.low_latency]

    def show_profile(self, profile: Profile) -> None:
        """Show a profile; tells no edit."""
        blockers = [QSignalBlocker(widget) for widget in self.inputs()]
        serial = profile.serial
        self.dtr_at_close.setCurrentIndex(self.dtr_at_close.findData(serial.dtr_at_close))
        self.rts_at_close.setCurrentIndex(self.rts_at_close.findData(serial.rts_at_close))
        self.silence.setValue(profile.clients.half_closed_silence_s)
        self.low_latency.setChecked(serial.low_latency)
        for blocker in blockers:
            blocker.unblock()

    def serial(self) -> dict[str, Any]:
        """The fields of SerialSettings that are edited here."""
        return {
            "dtr_at_close": LinePolicy(self.dtr_at_close.currentData()),
            "rts_at_close": LinePolicy(self.rts_at_close.currentData()),
            "low_latency": self.low_latency.isChecked(),
        }

    def rules(self, rules: ClientRules) -> ClientRules:
        """`rules` with what these fields say. What the spin box only shows rounded stays as it is."""
        if self.silence.value() == round(rules.half_closed_silence_s, self.silence.decimals()):
            return rules
        return rules.changed(half_closed_silence_s=self.silence.value())

    def commit(self) -> None:
        """Take what is still being typed."""
        self.silence.interpretText()

    def retranslate(self) -> None:
        """Put every word anew."""
        closing = plain_tooltip(
            self.tr("Off: the line drops, as it does by itself; a modem hangs up."),
            self.tr("On, Leave as it is: the line stays, so that the next start does not reset an Arduino."),
            self.tr("Windows drops it in any case."),
        )
        for widget, words, tip in (
            (self.dtr_at_close, self.tr("DTR at stop"), closing),
            (self.rts_at_close, self.tr("RTS at stop"), closing),
            (
                self.silence,
                self.tr("Answer time"),
                plain_tooltip(
                    self.tr("How long a client that has finished sending waits for the device's next byte."),
                    self.tr("The connection ends once the device has been silent for so long."),
                ),
            ),
        ):
            self.labels[widget].setText(words)
            widget.setAccessibleName(words)
            widget.setToolTip(tip)
        self.silence.setSuffix(self.tr(" s"))
        self.low_latency.setText(self.tr("Low latency"))
        self.low_latency.setToolTip(
            plain_tooltip(
                self.tr("Ask the driver to hand bytes on at once; with an FTDI adapter after 1 ms instead of 16."),
                self.tr("Linux only; where the driver has no such thing, nothing happens."),
            )
        )
        label_policies(self.dtr_at_close)
        label_policies(self.rts_at_close)


def label_policies(combo: QComboBox) -> None:
    """Name the LinePolicy in each row of `combo`."""
    translate = QCoreApplication.translate
    words = {
        LinePolicy.ON: translate("LinePolicy", "On"),
        LinePolicy.OFF: translate("LinePolicy", "Off"),
        LinePolicy.KEEP: translate("LinePolicy", "Leave as it is"),
    }
    for policy, text in words.items():
        combo.setItemText(combo.findData(policy), text)
