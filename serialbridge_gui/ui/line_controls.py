"""DTR and RTS to click on, the lines of the device to look at, and Break."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from serialbridge_gui.engine.bridge import DEFAULT_BREAK_S, Bridge
from serialbridge_gui.engine.control_lines import Line
from serialbridge_gui.engine.events import ModemLines
from serialbridge_gui.profile import FlowControl
from serialbridge_gui.ui.state_look import keep_grey_readable
from serialbridge_gui.ui.tool_buttons import show_checked

_OWNED: dict[FlowControl, Line] = {FlowControl.RTS_CTS: "rts", FlowControl.DSR_DTR: "dtr"}
"""The line that the flow control moves by itself."""


class LineControls(QWidget):
    """Shows and sets the lines of a Bridge. GUI thread only."""

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.dtr, self.rts, self.send_break = QToolButton(self), QToolButton(self), QToolButton(self)
        self.inputs = QLabel(self)
        self.inputs.setTextFormat(Qt.TextFormat.PlainText)
        self._toggles: tuple[tuple[Line, QToolButton], ...] = (("dtr", self.dtr), ("rts", self.rts))
        for _, button in self._toggles:
            button.setCheckable(True)
        self.dtr.clicked.connect(lambda on: bridge.set_line("dtr", on))
        self.rts.clicked.connect(lambda on: bridge.set_line("rts", on))
        self.send_break.clicked.connect(lambda: bridge.send_break())
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for widget in (self.dtr, self.rts, self.inputs, self.send_break):
            layout.addWidget(widget)
        keep_grey_readable(self)
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            keep_grey_readable(self)

    def refresh(self) -> None:
        """Show the lines as they are now."""
        lines = self._bridge.lines
        texts = lines_text(lines)
        for (line, button), text, on in zip(
            self._toggles, texts, (False, False) if lines is None else (lines.dtr, lines.rts), strict=False
        ):
            button.setText(text)
            button.setChecked(bool(on))
            refusal = self._refusal(line)
            button.setEnabled(not refusal)
            name = line.upper()
            turn = self.tr("Turn {line} off") if on else self.tr("Turn {line} on")
            button.setToolTip(refusal or turn.format(line=name))
            button.setAccessibleName(text)
            show_checked(button)
        inputs = "   ".join(texts[2:])
        if self.inputs.text() != inputs:
            self.inputs.setText(inputs)
        refusal = self._refusal("break")
        self.send_break.setText(self.tr("Break"))
        self.send_break.setAccessibleName(self.tr("Send a break"))
        self.send_break.setEnabled(not refusal)
        self.send_break.setToolTip(
            refusal
            or self.tr("Send a break of {seconds} s: some devices stop or restart then").format(
                seconds=f"{DEFAULT_BREAK_S:g}"
            )
        )

    def _refusal(self, control: str) -> str:
        """Why it cannot be used now; empty: it can."""
        bridge = self._bridge
        if not bridge.state.active:
            return self.tr("The bridge is not running")
        if bridge.lines is None:
            return self.tr("This port has no control lines, or none that can be seen now")
        if control in bridge.refused_controls:
            return self.tr("This device cannot do that")
        if _OWNED.get(bridge.profile.serial.flow_control) == control:
            return self.tr("The flow control sets this line")
        return ""


def lines_text(lines: ModemLines | None) -> list[str]:
    """`DTR on`, `RTS off` and so on; `–` where the port cannot tell."""

    def word(state: bool | None) -> str:
        if state is None:
            return "–"
        translate = QCoreApplication.translate
        return translate("StatusStrip", "on") if state else translate("StatusStrip", "off")

    values = (None,) * 6 if lines is None else (lines.dtr, lines.rts, lines.cts, lines.dsr, lines.cd, lines.ri)
    names = ("DTR", "RTS", "CTS", "DSR", "DCD", "RI")
    return [f"{name} {word(value)}" for name, value in zip(names, values, strict=True)]
