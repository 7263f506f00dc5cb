"""The port picker: the ports that are there, simulated devices last; a path or URL may be typed."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QComboBox, QCompleter, QFileDialog, QWidget

from serialbridge_gui.engine.ports import REPLAY, SIMULATED, PortInfo, may_be_listed
from serialbridge_gui.profile import DeviceIdentity
from serialbridge_gui.traffic.text import make_visible
from serialbridge_gui.ui.file_names import is_on_a_share
from serialbridge_gui.ui.plain_tooltip import plain_tooltip


class PortPicker(QComboBox):
    """GUI thread only. `device` is a port name, a path or a URL; never the words around it."""

    device_chosen = Signal(str)
    """The user picked or typed another device, or picked another one of the same name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._device = ""
        self._identity: DeviceIdentity | None = None
        self._ports: tuple[PortInfo, ...] = ()
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(24)
        self.activated.connect(self._picked)
        editor = self.lineEdit()
        assert editor is not None
        editor.editingFinished.connect(self.commit)
        completer = self.completer()
        assert completer is not None
        # Not inline: it would make "/dev/ttyUSB10 …" of a typed "/dev/ttyUSB1".
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self._fill()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._fill()

    @property
    def device(self) -> str:
        """What is chosen."""
        return self._device

    @property
    def identity(self) -> DeviceIdentity | None:
        """Who was meant, where it was picked from the list; None: whoever has that name."""
        return self._identity

    @property
    def typed(self) -> str:
        """What the text in the field stands for: other than `device` only while it is being typed."""
        text = self.currentText().strip()
        index = self.findText(text, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchCaseSensitive)
        return str(self.itemData(index)) if index >= 0 and self.itemData(index) else text

    def commit(self) -> None:
        """Choose what has been typed so far, as leaving the field does."""
        typed = self.typed
        if typed == REPLAY and typed != self.currentText().strip():
            self._ask_for_capture()
        elif typed != self._device:
            whole_words = typed != self.currentText().strip()  # of a listed port: as good as picked
            self._choose(typed, self._listed_identity(typed) if whole_words else None)
        else:
            self._show_chosen()

    def set_device(self, device: str, identity: DeviceIdentity | None = None) -> None:
        """Show this device as chosen, whether it is there or not."""
        self._device = device
        self._identity = identity
        self._show_chosen()

    def set_ports(self, ports: tuple[PortInfo, ...]) -> None:
        """Offer these ports. What is chosen, and what is being typed, stays."""
        if ports != self._ports or not self.count():
            self._ports = ports
            self._fill()

    def present(self) -> bool:
        """Whether the chosen device is listed, or can't be (a path, a URL)."""
        known = {port.device for port in self._ports} | set(SIMULATED)
        if self._device in known or not may_be_listed(self._device):
            return True
        return not is_on_a_share(self._device) and os.path.exists(self._device)

    def _fill(self) -> None:
        editor = self.lineEdit()
        assert editor is not None
        typing = editor.hasFocus() and editor.isModified()
        typed, cursor = editor.text(), editor.cursorPosition()
        with QSignalBlocker(self):
            self.clear()
            for port in self._ports:
                self.addItem(port_words(port), port.device)
                self.setItemData(self.count() - 1, _details(port), Qt.ItemDataRole.ToolTipRole)
            if not self._ports:
                self._say_none()
            self.insertSeparator(self.count())
            self.addItem(self.tr("Simulated device that talks and echoes (sim://talker)"), SIMULATED[0])
            self.addItem(self.tr("Simulated device that echoes (sim://echo)"), SIMULATED[1])
            self.addItem(self.tr("Replay a saved capture… (sim://replay)"), REPLAY)
            tip = self.tr("Plays what a device once sent, at its own pace. To answer what it is asked, add &wait=1")
            self.setItemData(self.count() - 1, plain_tooltip(tip), Qt.ItemDataRole.ToolTipRole)
            self._show_chosen()
            if typing:
                editor.setText(typed)
                editor.setCursorPosition(cursor)
                editor.setModified(True)

    def _say_none(self) -> None:
        """In the list, where nobody can choose it."""
        self.addItem(self.tr("No serial port: plug in the adapter; the list updates itself"))
        model = self.model()
        assert isinstance(model, QStandardItemModel)
        model.item(0).setEnabled(False)

    def _show_chosen(self) -> None:
        with QSignalBlocker(self):
            index = self.findData(self._device) if self._device else -1
            self.setCurrentIndex(index)
            if index < 0:
                self.setEditText(self._device)
        editor = self.lineEdit()
        assert editor is not None
        editor.setModified(False)
        editor.setCursorPosition(0)
        editor.setPlaceholderText(self.tr("Choose a port, or type a path or URL"))

    def _picked(self, index: int) -> None:
        device = str(self.itemData(index) or self.itemText(index))
        if device == REPLAY:
            self._ask_for_capture()
            return
        self._choose(device, self._listed_identity(device))

    def _ask_for_capture(self) -> None:
        self._show_chosen()  # until there is another one
        if self.findChild(QFileDialog) is not None:
            return  # the wheel turned on
        dialog = QFileDialog(self, self.tr("Replay a saved capture"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([self.tr("Captures (*.pcapng *.pcap *.csv)"), self.tr("All files (*)")])
        dialog.fileSelected.connect(self._choose_capture)
        dialog.open()

    def _choose_capture(self, file: str) -> None:
        from serialbridge_gui.engine.replayed import replay_url  # with the reader of captures

        self._choose(replay_url(Path(file)), None)

    def _listed_identity(self, device: str) -> DeviceIdentity | None:
        return next((port.identity for port in self._ports if port.device == device), None)

    def _choose(self, device: str, identity: DeviceIdentity | None) -> None:
        chosen = (device, identity) != (self._device, self._identity)
        self.set_device(device, identity)
        if chosen:
            self.device_chosen.emit(device)


def port_words(port: PortInfo) -> str:
    """`COM5 — USB-SERIAL CH340 (1A86:7523)`."""
    words = port.device
    description = port.description.replace(f"({port.device})", "").strip()
    if description and description != port.device:
        words += f" — {description}"
    if port.vid_pid:
        words += f" ({port.vid_pid})"
    return make_visible(words)


def _details(port: PortInfo) -> str:
    parts = (port.device, port.manufacturer, port.description, port.vid_pid, port.serial_number, port.location)
    return plain_tooltip(*(part for part in parts if part))
