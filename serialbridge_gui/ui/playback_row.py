"""Play a capture: which one, how fast, how far it is, and Stop."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QLabel, QPushButton, QWidget

from serialbridge_gui.engine.bridge import Bridge
from serialbridge_gui.ui.playback import Playback
from serialbridge_gui.ui.quantities import bytes_text

SPEEDS: Final = (0.1, 0.5, 1.0, 2.0, 10.0, 100.0)


class PlaybackRow(QWidget):
    """Plays captures into a Bridge, to the target it was told. GUI thread only."""

    state_changed = Signal()
    """One has begun, or ended."""
    failed = Signal(str)
    """A sentence: why one could not be played."""

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.playback = Playback(bridge, self)
        self.wanted_target = 0
        """To whom the next capture goes."""
        self._folder = ""
        self.choose = QPushButton(self)
        self.speed = QComboBox(self)
        self.told = QLabel(self)
        self.told.setTextFormat(Qt.TextFormat.PlainText)
        self.stop = QPushButton(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self.choose, self.speed, self.told, self.stop):
            layout.addWidget(widget)
        layout.addStretch(1)
        for speed in (*SPEEDS, 0.0):
            self.speed.addItem("", speed)
        self.speed.setCurrentIndex(SPEEDS.index(1.0))
        self.choose.clicked.connect(self._ask)
        self.stop.clicked.connect(self.playback.stop)
        self.playback.changed.connect(self._show_running)
        self.playback.failed.connect(self.failed)
        self.retranslate()
        self._show_running()

    def play(self, path: Path) -> None:
        """Begin to play this capture."""
        self.playback.play(path, self.wanted_target, float(self.speed.currentData()))

    def refresh(self, refusal: str) -> None:
        """Show how far it is; `refusal`: why none can be played now, in words, or empty."""
        self.choose.setEnabled(not refusal)
        self.choose.setToolTip(
            refusal or self.tr("Send what a pcapng, pcap or csv capture holds, at the pace it was captured")
        )
        if self.playback.target is not None:
            words = self.words()
            if words != self.told.text():
                self.told.setText(words)

    def words(self) -> str:
        """How far it is, in a few words; empty: nothing is being played."""
        if self.playback.target is None:
            return ""
        words = self.tr("playing a capture: {count} bytes sent").format(count=bytes_text(self.playback.sent_bytes))
        seconds = round(self.playback.due_in_s)
        if seconds >= 1:
            words += " · " + self.tr("goes on in {seconds} s").format(seconds=seconds)
        return words

    def _ask(self) -> None:
        dialog = QFileDialog(self, self.tr("Play a capture"), self._folder)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([self.tr("Captures (*.pcapng *.pcap *.csv)"), self.tr("All files (*)")])
        dialog.fileSelected.connect(self._take)
        dialog.open()

    def _take(self, path: str) -> None:
        self._folder = str(Path(path).parent)
        self.play(Path(path))

    def _show_running(self) -> None:
        running = self.playback.target is not None
        keeps_focus = self.stop.hasFocus() or self.choose.hasFocus()
        self.told.setText(self.words())
        for shown in (self.told, self.stop):
            shown.setVisible(running)
        for widget in (self.choose, self.speed):
            widget.setVisible(not running)
        if keeps_focus:
            (self.stop if running else self.choose).setFocus()
        self.state_changed.emit()

    def retranslate(self) -> None:
        """Make the words again."""
        self.choose.setText(self.tr("Play a capture…"))
        self.choose.setAccessibleName(self.tr("Play a capture"))
        self.stop.setText(self.tr("Stop playing"))
        self.stop.setToolTip(self.tr("Play no more of the capture"))
        self.stop.setAccessibleName(self.tr("Stop playing the capture"))
        self.speed.setAccessibleName(self.tr("How fast a capture is played"))
        self.speed.setToolTip(self.tr("How fast a capture is played, beside its own pace"))
        for row in range(self.speed.count()):
            speed = self.speed.itemData(row)
            words = self.tr("at its own pace") if speed == 1 else self.tr("{speed} ×").format(speed=f"{speed:g}")
            self.speed.setItemText(row, words if speed else self.tr("without pauses"))
