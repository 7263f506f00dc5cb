"""The settings of the serial port beside device and baud rate: format, flow control, lines, latency."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QWidget

from serialbridge_gui.profile import FlowControl, LinePolicy, Parity, Profile, SerialSettings
from serialbridge_gui.ui.field_group import FieldGroup, blocked, choices, choose, name_choices
from serialbridge_gui.ui.plain_tooltip import plain_tooltip


class SerialFields(FieldGroup):
    """Two columns. GUI thread only."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.data_bits = choices(self, (8, 7, 6, 5))
        self.parity = choices(self, tuple(Parity))
        self.stop_bits = choices(self, (1.0, 1.5, 2.0))
        self.flow = choices(self, tuple(FlowControl))
        self.dtr, self.rts, self.dtr_at_close, self.rts_at_close = (choices(self, tuple(LinePolicy)) for _ in range(4))
        self.low_latency = QCheckBox(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(18)
        for form in (self._form(*self.inputs()[:4]), self._form(*self.inputs()[4:])):
            layout.addLayout(form)
            layout.setAlignment(form, Qt.AlignmentFlag.AlignTop)
        self.retranslate()
        for combo in self._combos():
            combo.currentIndexChanged.connect(self.edited)
        self.low_latency.toggled.connect(self.edited)

    def _combos(self) -> list[QComboBox]:
        return [
            self.data_bits, self.parity, self.stop_bits, self.flow,
            self.dtr, self.rts, self.dtr_at_close, self.rts_at_close,
        ]  # fmt: skip

    def inputs(self) -> list[QWidget]:
        """What can be edited, in the order of the Tab key."""
        return [*self._combos(), self.low_latency]

    def show_profile(self, profile: Profile) -> None:
        """Show a profile; tells no edit."""
        serial = profile.serial
        values = (
            serial.data_bits, serial.parity, serial.stop_bits, serial.flow_control,
            serial.dtr, serial.rts, serial.dtr_at_close, serial.rts_at_close,
        )  # fmt: skip
        with blocked(self.inputs()):
            for combo, value in zip(self._combos(), values, strict=True):
                choose(combo, value)
            self.low_latency.setChecked(serial.low_latency)

    def settings(self) -> dict[str, Any]:
        """The fields of SerialSettings that are edited here."""
        return {
            "data_bits": self.data_bits.currentData(),
            "parity": Parity(self.parity.currentData()),  # Qt hands back a plain str
            "stop_bits": self.stop_bits.currentData(),
            "flow_control": FlowControl(self.flow.currentData()),
            "dtr": LinePolicy(self.dtr.currentData()),
            "rts": LinePolicy(self.rts.currentData()),
            "dtr_at_close": LinePolicy(self.dtr_at_close.currentData()),
            "rts_at_close": LinePolicy(self.rts_at_close.currentData()),
            "low_latency": self.low_latency.isChecked(),
        }

    def summary(self, serial: SerialSettings) -> str:
        """`8-N-1, no flow`."""
        flow = self.flow.itemText(self.flow.findData(serial.flow_control))
        return self.tr("{bits}-{parity}-{stop}, {flow}").format(
            bits=serial.data_bits,
            parity=serial.parity.value,
            stop=f"{serial.stop_bits:g}",
            flow=self.tr("no flow") if serial.flow_control is FlowControl.NONE else flow,
        )

    def retranslate(self) -> None:
        """Put every word anew."""
        opening = plain_tooltip(
            self.tr("What the line is set to once the port is open."),
            self.tr("Linux and macOS turn it on whenever they open a port, for some ms, whatever is chosen here:"),
            self.tr("a board that resets on it does so, unless the line was left on at the last stop."),
        )
        closing = plain_tooltip(
            self.tr("Off: the line drops, as it does by itself; a modem hangs up."),
            self.tr("On, Leave as it is: the line stays, so that the next start does not reset an Arduino."),
            self.tr("Windows drops it in any case."),
        )
        for widget, words, tip in (
            (self.data_bits, self.tr("Data bits"), ""),
            (self.parity, self.tr("Parity"), ""),
            (self.stop_bits, self.tr("Stop bits"), ""),
            (self.flow, self.tr("Flow control"), ""),
            (self.dtr, self.tr("DTR at start"), opening),
            (self.rts, self.tr("RTS at start"), opening),
            (self.dtr_at_close, self.tr("DTR at stop"), closing),
            (self.rts_at_close, self.tr("RTS at stop"), closing),
        ):
            self._name(widget, words, tip)
        self.low_latency.setText(self.tr("Low latency"))
        self._explain(
            self.low_latency,
            plain_tooltip(
                self.tr("Ask the driver to hand bytes on at once; with an FTDI adapter after 1 ms instead of 16."),
                self.tr("Linux only; where the driver has no such thing, nothing happens."),
            ),
        )
        name_choices(self.stop_bits, {1.0: "1", 1.5: "1.5", 2.0: "2"})
        name_choices(self.parity, {
            Parity.NONE: self.tr("None"), Parity.EVEN: self.tr("Even"), Parity.ODD: self.tr("Odd"),
            Parity.MARK: self.tr("Mark"), Parity.SPACE: self.tr("Space"),
        })  # fmt: skip
        name_choices(self.flow, {
            FlowControl.NONE: self.tr("None", "flow control"), FlowControl.RTS_CTS: self.tr("RTS/CTS"),
            FlowControl.XON_XOFF: self.tr("XON/XOFF"), FlowControl.DSR_DTR: self.tr("DSR/DTR"),
        })  # fmt: skip
        for combo in (self.dtr, self.rts, self.dtr_at_close, self.rts_at_close):
            name_choices(combo, {
                LinePolicy.ON: self.tr("On"), LinePolicy.OFF: self.tr("Off"),
                LinePolicy.KEEP: self.tr("Leave as it is"),
            })  # fmt: skip
