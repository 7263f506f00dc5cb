"""Bytes per second of the last five minutes as pictures: a small one that opens the large one."""

from __future__ import annotations

from itertools import cycle
from typing import Final

from PySide6.QtCore import QCoreApplication, QEvent, QLine, QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QStyle, QStyleOptionFocusRect, QWidget

from serialbridge_gui.traffic.chunk import Direction
from serialbridge_gui.traffic.rates import SECONDS, RateHistory
from serialbridge_gui.ui.log_colors import direction_brushes
from serialbridge_gui.ui.quantities import rate_text

_BAR_SECONDS: Final = 3
"""Of the small chart: a bar a pixel, 100 of them."""
_LEAST_TOP: Final = 10.0
"""Bytes per second at the top of a scale at least (chosen: a few bytes now and then are a low line)."""
_TO_NET, _TO_SERIAL = int(Direction.SERIAL_TO_TCP), int(Direction.TCP_TO_SERIAL)
_WAYS: Final = (_TO_NET, _TO_SERIAL)


def scale_top(highest: float) -> float:
    """The next of 10, 20, 50, 100 … that is not below `highest`."""
    top = _LEAST_TOP
    for factor in cycle((2.0, 2.5, 2.0)):
        if top >= highest:
            return top
        top *= factor
    raise AssertionError("unreachable")


class RateSparkline(QAbstractButton):
    """Serial→Net upwards, Net→Serial downwards, each on a scale of its own. GUI thread only.

    Call `refresh` after the history changed; it is painted anew once a second at most.
    """

    def __init__(self, history: RateHistory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._history = history
        self._second = -1
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.retranslate()

    def sizeHint(self) -> QSize:
        """As wide as its bars, as high as a line of text."""
        return QSize(SECONDS // _BAR_SECONDS + 5, max(26, self.fontMetrics().height() + 10))

    def refresh(self) -> None:
        """Show the history as it is now."""
        if self._history.second != self._second:
            self._second = self._history.second
            self._tell()
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Two times 100 lines of a pixel."""
        painter = QPainter(self)
        area = self.rect()
        palette = self.palette()
        if self.underMouse() or self.hasFocus():
            painter.fillRect(area, palette.color(QPalette.ColorRole.Midlight))
        brushes = direction_brushes(palette.window().color())
        middle, right = area.center().y(), area.right() - 2
        painter.setPen(_faint(palette.color(QPalette.ColorRole.WindowText), palette.color(QPalette.ColorRole.Window)))
        painter.drawLine(2, middle, right, middle)
        height = middle - 1
        for way, up in ((_TO_NET, True), (_TO_SERIAL, False)):
            peaks = self._history.peaks(way, _BAR_SECONDS)
            factor = height / max(_LEAST_TOP, *peaks)
            left = right - len(peaks) + 1
            lines = []
            for x, peak in enumerate(peaks, left):
                if peak and x >= 2:
                    end = max(1, round(peak * factor))
                    lines.append(QLine(x, middle - end, x, middle - 1) if up else QLine(x, middle + 1, x, middle + end))
            painter.setPen(brushes[way].color())
            painter.drawLines(lines)
        if self.hasFocus():
            option = QStyleOptionFocusRect()
            option.initFrom(self)
            self.style().drawPrimitive(QStyle.PrimitiveElement.PE_FrameFocusRect, option, painter, self)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Make the words again."""
        self.setAccessibleName(self.tr("Statistics"))
        self._tell()

    def _tell(self) -> None:
        words = summary(self._history)
        self.setAccessibleDescription(words)
        self.setToolTip(self.tr("{rates}\nClick for statistics").format(rates=words))


class RateChart(QWidget):
    """The large one: a band for each way, with its scale; what one second had, by mouse or arrow keys."""

    def __init__(self, history: RateHistory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._history = history
        self._second = -1
        self._pointed: int | None = None
        """Which second the pointer is at: 0 the oldest, SECONDS - 1 the latest."""
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(420, 200)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.retranslate()

    def refresh(self) -> None:
        """Show the history as it is now."""
        if self._history.second != self._second:
            self._second = self._history.second
            self.setAccessibleDescription(summary(self._history))
            self.update()

    def readout(self) -> str:
        """What the second under the pointer had; the summary where there is none."""
        if self._pointed is None:
            return summary(self._history)
        to_net, to_serial = (rate_text(self._history.rates(way)[self._pointed]) for way in _WAYS)
        return self.tr("{time} ago: Serial→Net {to_net}, Net→Serial {to_serial}").format(
            time=_ago(SECONDS - self._pointed), to_net=to_net, to_serial=to_serial
        )

    def point_at(self, second: int | None) -> None:
        """Read out one of the seconds, 0 the oldest; None: no more."""
        self._pointed = None if second is None else max(0, min(SECONDS - 1, second))
        self.update()

    # ---- events

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Read out what is under the mouse."""
        area = self._plot()
        inside = area.left() <= event.position().x() <= area.right()
        self.point_at(int((event.position().x() - area.left()) / area.width() * SECONDS) if inside else None)

    def leaveEvent(self, event: QEvent) -> None:
        """The mouse is gone, and with it what it points at."""
        super().leaveEvent(event)
        self.point_at(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right go by a second, Home and End to the ends, Escape away."""
        at = SECONDS if self._pointed is None else self._pointed
        steps = {Qt.Key.Key_Left: at - 1, Qt.Key.Key_Right: at + 1, Qt.Key.Key_Home: 0, Qt.Key.Key_End: SECONDS - 1}
        step = steps.get(Qt.Key(event.key()))
        if step is not None:
            self.point_at(step)
            self.setAccessibleDescription(self.readout())
        elif event.key() == Qt.Key.Key_Escape and self._pointed is not None:
            self.point_at(None)
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Make the words again."""
        self.setAccessibleName(self.tr("Bytes per second in the last five minutes"))
        self.setAccessibleDescription(summary(self._history))
        self.update()

    # ---- painting

    def _plot(self) -> QRectF:
        line = self.fontMetrics().height()
        left = self.fontMetrics().horizontalAdvance("888.8 MB/s") + 10
        return QRectF(left, line * 1.6, max(1, self.width() - left - 12), max(1.0, self.height() - line * 3.2))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Bands, scales, and the words on top."""
        painter = QPainter(self)
        palette = self.palette()
        text = palette.color(QPalette.ColorRole.WindowText)
        line = self.fontMetrics().height()
        plot = self._plot()
        painter.fillRect(plot, palette.base())
        painter.setPen(text)
        top = QRectF(0, 0, self.width(), line * 1.4)
        painter.drawText(top, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter, self.readout())
        self._paint_times(painter, plot)
        gap = 8.0
        half = QRectF(plot.left(), plot.top(), plot.width(), (plot.height() - gap) / 2)
        self._paint_band(painter, half, _TO_NET, self.tr("Serial→Net ▶"))
        self._paint_band(painter, half.translated(0, half.height() + gap), _TO_SERIAL, self.tr("Net→Serial ◀"))
        if self._pointed is not None:
            x = plot.left() + (self._pointed + 0.5) * plot.width() / SECONDS
            painter.setPen(QPen(text, 1, Qt.PenStyle.DotLine))
            painter.drawLine(QLineF(x, plot.top(), x, plot.bottom()))

    def _paint_times(self, painter: QPainter, plot: QRectF) -> None:
        line = self.fontMetrics().height()
        minutes = SECONDS // 60
        for minute in range(minutes + 1):
            x = plot.right() - minute * plot.width() / minutes
            words = self.tr("{minutes} min ago").format(minutes=minute) if minute else self.tr("now")
            width = self.fontMetrics().horizontalAdvance(words)
            at = min(max(plot.left(), x - width / 2), plot.right() - width)
            painter.drawText(QRectF(at, plot.bottom() + 3, width + 2, line), Qt.AlignmentFlag.AlignLeft, words)
            painter.fillRect(QRectF(min(x, plot.right() - 1), plot.bottom(), 1, 4), painter.pen().color())

    def _paint_band(self, painter: QPainter, band: QRectF, way: int, title: str) -> None:
        """One way's rates upwards from the band's lower edge."""
        palette = self.palette()
        color = direction_brushes(palette.base().color())[way].color()
        rates = self._history.rates(way)
        top = scale_top(max(rates))
        grid = _faint(palette.color(QPalette.ColorRole.Text), palette.color(QPalette.ColorRole.Base))
        text = palette.color(QPalette.ColorRole.WindowText)
        line = self.fontMetrics().height()
        for share in (0.0, 0.5, 1.0):
            y = band.bottom() - share * band.height()
            painter.fillRect(QRectF(band.left(), y, band.width(), 1), grid)  # a tenth of a line's time
            painter.setPen(text)
            label = QRectF(0, min(max(band.top(), y - line / 2), band.bottom() - line), band.left() - 6, line)
            painter.drawText(label, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, rate_text(top * share))
        step, unit, bottom = band.width() / SECONDS, band.height() / top, band.bottom()
        points = QPolygonF()
        x = band.left()
        for rate in rates:
            y = bottom - rate * unit
            points.append(QPointF(x, y))
            x += step
            points.append(QPointF(x, y))
        filled = QPolygonF(points)
        filled.append(QPointF(band.right(), bottom))
        filled.append(QPointF(band.left(), bottom))
        shade = QColor(color)
        shade.setAlpha(60)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(shade)
        painter.drawPolygon(filled)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(color)
        painter.drawPolyline(points)
        painter.drawText(band.adjusted(6, 2, 0, 0), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, title)


def summary(history: RateHistory) -> str:
    """What the charts show, for who does not see them."""
    translate = QCoreApplication.translate
    to_net, to_serial = (
        translate("RateChart", "{rate} now, at most {highest}").format(
            rate=rate_text(history.latest(way)), highest=rate_text(history.highest(way))
        )
        for way in _WAYS
    )
    return translate("RateChart", "Serial→Net {to_net}; Net→Serial {to_serial} in 5 minutes").format(
        to_net=to_net, to_serial=to_serial
    )


def _faint(color: QColor, base: QColor) -> QColor:
    """A quarter of `color` on `base`: for what only guides the eye, on light and dark."""
    return QColor(
        (color.red() + 3 * base.red()) // 4,
        (color.green() + 3 * base.green()) // 4,
        (color.blue() + 3 * base.blue()) // 4,
    )


def _ago(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
