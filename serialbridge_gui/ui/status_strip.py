"""The strip under the log: control lines, bytes each way with their rates, and what was lost."""

from __future__ import annotations

from time import monotonic
from typing import Final

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QPalette, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QToolButton, QWidget

from serialbridge_gui.engine.bridge import Bridge
from serialbridge_gui.ui.line_controls import LineControls
from serialbridge_gui.ui.meter import Meter
from serialbridge_gui.ui.plain_tooltip import plain_tooltip
from serialbridge_gui.ui.quantities import bytes_text
from serialbridge_gui.ui.rate_chart import RateSparkline
from serialbridge_gui.ui.sentences import program_words
from serialbridge_gui.ui.state_look import warning_color

INTERVAL_MS: Final = 500
"""Between two readings of the counters (chosen: a rate that can still be read)."""
MAX_PROGRAMS: Final = 10
"""Named in the tooltip (chosen: the list of clients has them all)."""

_SPACING: Final = 18


class StatusStrip(QWidget):
    """Reads a Bridge's counters while it is visible. GUI thread only."""

    clients_requested = Signal()
    statistics_requested = Signal()

    def __init__(self, bridge: Bridge, meter: Meter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._meter = meter
        self._previous = (0, 0, monotonic())
        self._rates = (0.0, 0.0)
        self.lines = LineControls(bridge, self)
        self.to_net, self.to_serial, self.lost, self.unread = (QLabel(self) for _ in range(4))
        self.clients = QToolButton(self)
        self.clients.setAutoRaise(True)
        self.clients.clicked.connect(self.clients_requested)
        self.sparkline = RateSparkline(meter.history, self)
        self.sparkline.clicked.connect(self.statistics_requested)
        self._figures = QWidget(self)
        figures = QHBoxLayout(self._figures)
        figures.setContentsMargins(0, 0, 0, 0)
        figures.setSpacing(_SPACING)
        figures.addStretch(1)
        for widget in (self.clients, self.sparkline, self.to_net, self.to_serial, self.unread, self.lost):
            figures.addWidget(widget)
        self._layout = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._layout.setContentsMargins(8, 3, 8, 3)
        self._layout.setSpacing(3)
        self._layout.addWidget(self.lines)
        self._layout.addWidget(self._figures, 1)
        for label in (self.to_net, self.to_serial, self.unread, self.lost):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self.refresh)
        meter.noted.connect(self._show_rates)
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._previous = (self._bridge.counters.serial_to_tcp, self._bridge.counters.tcp_to_serial, monotonic())
        self._timer.start()
        self.refresh()
        self.sparkline.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def minimumSizeHint(self) -> QSize:
        """As narrow as the wider of its two parts: where there is no room for both, they stand in two rows."""
        margins = self.contentsMargins() + self._layout.contentsMargins()
        width = max(self.lines.minimumSizeHint().width(), self._figures.minimumSizeHint().width())
        return QSize(width + margins.left() + margins.right(), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        margins = self._layout.contentsMargins()
        parts = self.lines.minimumSizeHint().width() + self._figures.minimumSizeHint().width()
        fits = parts + _SPACING + margins.left() + margins.right() <= self.width()
        self._layout.setDirection(
            QBoxLayout.Direction.LeftToRight if fits else QBoxLayout.Direction.TopToBottom
        )

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.PaletteChange):
            self.refresh()

    def refresh(self) -> None:
        """Show the counters as they are now."""
        counters = self._bridge.counters
        now = monotonic()
        to_net, to_serial, then = self._previous
        if now - then >= INTERVAL_MS / 1000 * 0.8:
            elapsed = now - then
            self._rates = (
                max(0, counters.serial_to_tcp - to_net) / elapsed,
                max(0, counters.tcp_to_serial - to_serial) / elapsed,
            )
            self._previous = (counters.serial_to_tcp, counters.tcp_to_serial, now)
        totals = self._meter.totals()
        clients = self._bridge.clients()
        self.lines.refresh()
        self._set(self.to_net, self._way(self.tr("Serial→Net"), totals.to_net, self._rates[0]))
        self._set(self.to_serial, self._way(self.tr("Net→Serial"), totals.to_serial, self._rates[1]))
        self._set(self.unread, self.tr("Unread {count}").format(count=bytes_text(totals.unread)))
        self.unread.setToolTip(self.tr("Bytes from the device that came while no client was connected"))
        self.unread.setVisible(totals.unread > 0)
        self._set(self.lost, self.tr("Lost {count}").format(count=bytes_text(totals.lost)))
        self.lost.setToolTip(self.tr("Bytes taken from one side that never reached the other"))
        self._color_lost(totals.lost > 0)
        self.clients.setText(self.tr("%n clients ▾", "", len(clients)))
        programs = [program_words(client.program) for client in clients if client.program is not None]
        self.clients.setToolTip(plain_tooltip(self.tr("Who is connected"), *programs[:MAX_PROGRAMS]))
        self.clients.setAccessibleName(self.tr("Who is connected"))
        self.clients.setVisible(bool(clients))
        self._arrange()

    def _show_rates(self) -> None:
        if self.isVisible():
            self.sparkline.refresh()

    def _way(self, words: str, count: int, rate: float) -> str:
        return self.tr("{way} {count}  {rate}/s").format(way=words, count=bytes_text(count), rate=bytes_text(rate))

    @staticmethod
    def _set(label: QLabel, text: str) -> None:
        if label.text() != text:
            label.setText(text)

    def _color_lost(self, red: bool) -> None:
        palette = self.palette()
        color = warning_color(palette) if red else palette.color(QPalette.ColorRole.WindowText)
        own = self.lost.palette()
        if own.color(QPalette.ColorRole.WindowText) != color:
            own.setColor(QPalette.ColorRole.WindowText, color)
            self.lost.setPalette(own)
