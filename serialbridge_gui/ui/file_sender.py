"""Send file: which one, how fast, how far it is, and Cancel."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QProgressBar, QPushButton, QSpinBox, QWidget

from serialbridge_gui.engine import events as ev
from serialbridge_gui.engine.bridge import Bridge
from serialbridge_gui.engine.sending import MAX_BYTE_GAP_US, MAX_LINE_GAP_MS, Pacing, SendState
from serialbridge_gui.ui.quantities import bytes_text
from serialbridge_gui.ui.sentences import event_sentence

_STEPS: Final = 1000


class FileSender(QWidget):
    """Sends files into a Bridge, to the target it was told. GUI thread only."""

    state_changed = Signal()
    failed = Signal(str)
    """A sentence: the file was not sent as a whole, and nobody asked for that."""
    """A file has begun, or ended."""

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._target: int | None = None
        self._folder = ""
        self.wanted_target = 0
        """To whom the next file goes."""
        self.choose = QPushButton(self)
        self.byte_gap, self.line_gap = QSpinBox(self), QSpinBox(self)
        self.byte_gap.setRange(0, MAX_BYTE_GAP_US)
        self.byte_gap.setSingleStep(100)
        self.line_gap.setRange(0, MAX_LINE_GAP_MS)
        self.line_gap.setSingleStep(10)
        for box in (self.byte_gap, self.line_gap):
            box.setKeyboardTracking(False)
        self.byte_label, self.line_label = QLabel(self), QLabel(self)
        self.progress = QProgressBar(self)
        self.progress.setRange(0, _STEPS)
        self.progress.setFixedWidth(140)
        self.told = QLabel(self)
        self.cancel = QPushButton(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.choose)
        for label, box in ((self.byte_label, self.byte_gap), (self.line_label, self.line_gap)):
            label.setBuddy(box)
            layout.addWidget(label)
            layout.addWidget(box)
        for widget in (self.progress, self.told, self.cancel):
            layout.addWidget(widget)
        for label in (self.byte_label, self.line_label, self.told):
            label.setTextFormat(Qt.TextFormat.PlainText)
        layout.addStretch(1)
        self.choose.clicked.connect(self._ask)
        self.cancel.clicked.connect(bridge.by_hand.cancel_file)
        bridge.event_occurred.connect(self._note_event)
        bridge.ended.connect(self._ended)
        self.retranslate()
        self._show_running()

    @property
    def target(self) -> int | None:
        """To whom a file is on its way; None: none is."""
        return self._target

    def send(self, path: Path) -> None:
        """Begin to send this file."""
        pacing = Pacing(self.byte_gap.value(), self.line_gap.value())
        if self._target is None and self._bridge.by_hand.send_file(path, self.wanted_target, pacing):
            self._target = self.wanted_target
            self._show_running()

    def refresh(self, refusal: str) -> None:
        """Show how far it is; `refusal`: why none can be sent now, in words, or empty."""
        self.choose.setEnabled(not refusal)
        self.choose.setToolTip(refusal or self.tr("Send a file's bytes as they are"))
        if self._target is None:
            return
        progress = self._bridge.by_hand.progress
        held = progress.file_state is SendState.HELD  # first: the bridge's thread writes it last
        sent, size = progress.file_sent, max(1, progress.file_size)
        self.progress.setValue(min(_STEPS, sent * _STEPS // size))
        words = self.tr("{sent} of {size}").format(sent=bytes_text(sent), size=bytes_text(progress.file_size))
        if held:
            words += " · " + self.tr("waiting")
        if words != self.told.text():
            self.told.setText(words)

    def words(self) -> str:
        """How far it is, in a few words; empty: no file is on its way."""
        if self._target is None:
            return ""
        progress = self._bridge.by_hand.progress
        percent = progress.file_sent * 100 // max(1, progress.file_size)
        return self.tr("sending a file, {percent} %").format(percent=min(100, percent))

    def _ask(self) -> None:
        dialog = QFileDialog(self, self.tr("Send file"), self._folder)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._take)
        dialog.open()

    def _take(self, path: str) -> None:
        self._folder = str(Path(path).parent)
        self.send(Path(path))

    def _note_event(self, event: ev.Event) -> None:
        if isinstance(event, (ev.FileSent, ev.FileNotSent)):
            if isinstance(event, ev.FileNotSent) and event.reason is not ev.NotSentReason.CANCELLED:
                self.failed.emit(event_sentence(event))
            self._ended()

    def _ended(self) -> None:
        if self._target is not None:
            self._target = None
            self._show_running()

    def _show_running(self) -> None:
        running = self._target is not None
        keeps_focus = self.cancel.hasFocus() or self.choose.hasFocus()
        for shown in (self.progress, self.told, self.cancel):
            shown.setVisible(running)
        for widget in (self.choose, self.byte_label, self.byte_gap, self.line_label, self.line_gap):
            widget.setVisible(not running)
        if keeps_focus:
            (self.cancel if running else self.choose).setFocus()
        self.state_changed.emit()

    def retranslate(self) -> None:
        """Make the words again."""
        self.choose.setText(self.tr("Send file…"))
        self.choose.setAccessibleName(self.tr("Send file"))
        self.cancel.setText(self.tr("Cancel"))
        self.cancel.setToolTip(self.tr("Send no more of the file"))
        self.cancel.setAccessibleName(self.tr("Cancel the file"))
        self.progress.setAccessibleName(self.tr("How much of the file is sent"))
        self.byte_label.setText(self.tr("Gap after a byte"))
        self.byte_gap.setSuffix(self.tr(" µs"))
        self.byte_gap.setAccessibleName(self.tr("Gap after a byte of a file, in µs"))
        self.byte_gap.setToolTip(
            self.tr("For devices that cannot keep up. Below 1000 µs a few bytes go each ms: the average is kept")
        )
        self.line_label.setText(self.tr("after a line"))
        self.line_gap.setSuffix(self.tr(" ms"))
        self.line_gap.setAccessibleName(self.tr("Gap after a line of a file, in ms"))
        self.line_gap.setToolTip(self.tr("For devices that need time for each line: after each line feed (0A)"))
