"""The page while there is no bridge: try it without a device, or use one."""

from __future__ import annotations

import sys

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from serialbridge_gui.ui.port_picker import port_words
from serialbridge_gui.ui.port_watcher import PortWatcher
from serialbridge_gui.ui.workspace import newest_adapter

ICON_PX = 72


class FirstRunPage(QWidget):
    """Two buttons. GUI thread only."""

    demo_requested = Signal()
    device_requested = Signal()

    def __init__(self, ports: PortWatcher, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ports = ports
        icon = QLabel(self)
        icon.setPixmap(QIcon(":/icons/serialbridge.svg").pixmap(ICON_PX, ICON_PX))
        icon.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.title, self.explanation, self.found = QLabel(self), QLabel(self), QLabel(self)
        font = self.title.font()
        font.setPointSizeF(font.pointSizeF() * 1.6)
        font.setBold(True)
        self.title.setFont(font)
        for label in (self.title, self.explanation, self.found):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(True)
        self.demo, self.device = QPushButton(self), QPushButton(self)
        for button in (self.demo, self.device):
            button.setMinimumHeight(44)
            button.setMinimumWidth(240)
        self.demo.clicked.connect(self.demo_requested)
        self.device.clicked.connect(self.device_requested)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.demo)
        buttons.addSpacing(16)
        buttons.addWidget(self.device)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(48, 24, 48, 24)
        layout.addStretch(2)
        layout.addWidget(icon)
        layout.addSpacing(12)
        layout.addWidget(self.title)
        layout.addSpacing(6)
        layout.addWidget(self.explanation)
        layout.addSpacing(24)
        layout.addLayout(buttons)
        layout.addSpacing(16)
        layout.addWidget(self.found)
        layout.addStretch(3)
        ports.ports_changed.connect(self.retranslate)
        self.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Put every word anew, also what was found."""
        self.title.setText(self.tr("Put a serial port on the network"))
        self.explanation.setText(
            self.tr(
                "Any program that speaks TCP talks to the device as if it were plugged in there, byte for byte. "
                "You see everything that passes."
            )
        )
        self.demo.setText(self.tr("Try with a simulated device"))
        self.device.setText(self.tr("Use my device"))
        newest = newest_adapter(self._ports.ports)
        if newest:
            words = next(port_words(port) for port in self._ports.ports if port.device == newest)
            text = self.tr("Found: {port}").format(port=words)
        else:
            text = self.tr("Plug in the adapter; the list updates itself.")
            if sys.platform.startswith("linux"):
                text += "\n" + self.tr(
                    "It stays away? BRLTTY takes some adapters for Braille displays, "
                    "and your account must be in the device's group (often dialout)."
                )
        self.found.setText(text)
