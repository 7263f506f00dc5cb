"""Record to file: the action, its dialog, and a line that says what is being recorded."""

from __future__ import annotations

import re
from pathlib import Path
from time import localtime, monotonic, strftime
from typing import Final

from PySide6.QtCore import QEvent, QStandardPaths, Qt, QTimer
from PySide6.QtGui import QAction, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QLabel, QSizePolicy, QWidget

from serialbridge_gui.traffic.capture_formats import Format, format_of
from serialbridge_gui.traffic.text import make_visible
from serialbridge_gui.ui.log_toolbar import say
from serialbridge_gui.ui.quantities import bytes_text
from serialbridge_gui.ui.recording import Recording
from serialbridge_gui.ui.state_look import warning_color

REFRESH_MS: Final = 500
"""Chosen: the clock of a recording shows seconds."""

_NOT_IN_NAMES: Final = re.compile(r'[\x00-\x1f<>:"/\\|?*\x7f]+')
"""What Windows has in no file name (Microsoft, "Naming Files, Paths, and Namespaces")."""


class Recorder(QFrame):
    """Visible while a recording runs. GUI thread only. The owner offers `action`."""

    def __init__(self, recording: Recording, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.action = QAction(self)
        self.action.setCheckable(True)
        self.action.setShortcut(QKeySequence("Ctrl+Shift+R"))
        self._recording = recording
        self._folder = ""
        self._dot = QLabel("●", self)
        self._dot.setTextFormat(Qt.TextFormat.PlainText)
        self.label = _ElidedLabel(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 2, 10, 2)
        layout.addWidget(self._dot)
        layout.addWidget(self.label, 1)
        self._timer = QTimer(self)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self._show_progress)
        self.action.triggered.connect(self._toggle)
        recording.changed.connect(self.refresh)
        self.retranslate()

    def choose(self) -> None:
        """Ask for a file, and record to it once the user has chosen one. Does not wait."""
        self._recording.forget_problem()
        dialog = QFileDialog(self, self.tr("Record to file"), self._folder or _documents())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        endings = {
            self.tr("Wireshark capture (*.pcapng)"): Format.PCAPNG,
            self.tr("Table for spreadsheets (*.csv)"): Format.CSV,
            self.tr("Hex dump for reading (*.txt)"): Format.TXT,
            self.tr("The bytes alone, both directions (*.bin)"): Format.BIN,
        }
        dialog.setNameFilters(list(endings))

        def follow_filter(name: str) -> None:
            dialog.setDefaultSuffix(endings[name].value[1:])

        follow_filter(next(iter(endings)))
        dialog.filterSelected.connect(follow_filter)
        dialog.selectFile(self._suggested_name())
        dialog.fileSelected.connect(lambda path: self._start(Path(path), endings[dialog.selectedNameFilter()]))
        dialog.open()

    def _start(self, path: Path, chosen: Format) -> None:
        if format_of(path) is None:
            path = _free(path.with_name(path.name + chosen.value))
        self._folder = str(path.parent)
        self._recording.start(path)

    def _toggle(self) -> None:
        self.action.setChecked(self._recording.capture is not None)  # until it really begins, or has ended
        if self._recording.capture is None:
            self.choose()
        else:
            self._recording.stop()

    def _suggested_name(self) -> str:
        name = _NOT_IN_NAMES.sub(" ", self._recording.bridge_name).strip(" .") or "SerialBridge"
        return f"{name[:80]} {strftime('%Y-%m-%d %H-%M-%S', localtime())}"

    def refresh(self) -> None:
        """Show whether a recording runs."""
        runs = self._recording.capture is not None
        self.action.setChecked(runs)
        if runs:
            self._show_progress()
            self._timer.start()
        else:
            self._timer.stop()
        self.setVisible(runs)

    def _show_progress(self) -> None:
        capture = self._recording.capture
        if capture is None:
            return
        minutes, seconds = divmod(int(monotonic() - capture.started_at), 60)
        clock = f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}" if minutes >= 60 else f"{minutes}:{seconds:02d}"
        text = self.tr("Recording to {file} · {size} bytes · {time}").format(
            file=make_visible(capture.path.name), size=bytes_text(capture.written_bytes), time=clock
        )
        if capture.missing_bytes:
            text += " · " + self.tr("{count} bytes are missing, the disk is too slow").format(
                count=bytes_text(capture.missing_bytes)
            )
        self.label.setText(text)
        self.label.setToolTip(make_visible(str(capture.path)))
        self._color(warned=bool(capture.missing_bytes))

    def _color(self, *, warned: bool) -> None:
        """The dot is red, as on a recorder; the words where they warn."""
        red = warning_color(self.palette())
        for label, color in ((self._dot, red), (self.label, red if warned else None)):
            palette = self.palette()
            if color is not None:
                palette.setColor(label.foregroundRole(), color)
            label.setPalette(palette)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language and the colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        elif event.type() == QEvent.Type.PaletteChange and self.isVisible():
            self._show_progress()

    def retranslate(self) -> None:
        """Make the words again."""
        say(
            self.action,
            self.tr("● Record to file"),
            self.tr("Write the traffic to a file while it passes, until this is pressed again"),
        )
        self.label.setAccessibleName(self.tr("Recording"))
        self.refresh()


class _ElidedLabel(QLabel):
    """One line of plain text that is cut in its middle where there is no room, and takes none of its own."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw as much as there is room for."""
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideMiddle, self.width())
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        painter.end()


def _free(path: Path) -> Path:
    """`path`, or with a number where it is there already: the dialog has asked about another name."""
    number = 1
    free = path
    while free.exists():
        number += 1
        free = path.with_stem(f"{path.stem} {number}")
    return free


def _documents() -> str:
    return QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
