"""How a bridge's state looks: a shape, words and a colour, so that none of them carries the meaning alone."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPalette, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QWidget

from serialbridge_gui.engine.bridge import Bridge, BridgeState
from serialbridge_gui.traffic.text import cut_to_width
from serialbridge_gui.ui.sentences import program_words

GUEST_CELLS: Final = 40
"""Of a guest's name in the state (chosen: the narrowest window has room for it); the list of clients has it all."""

_LIGHT = {
    BridgeState.STOPPED: "#5f6670",
    BridgeState.OPENING: "#0b57a4",
    BridgeState.WAITING_FOR_CLIENT: "#0b57a4",
    BridgeState.RUNNING: "#1a6b2f",
    BridgeState.WAITING_FOR_DEVICE: "#8a4b00",
    BridgeState.ERROR: "#b3261e",
}
_DARK = {
    BridgeState.STOPPED: "#a9b0b8",
    BridgeState.OPENING: "#8cc2ff",
    BridgeState.WAITING_FOR_CLIENT: "#8cc2ff",
    BridgeState.RUNNING: "#7fd492",
    BridgeState.WAITING_FOR_DEVICE: "#f5b56b",
    BridgeState.ERROR: "#ff9a90",
}
"""Chosen: each 4.5:1 or better against the window and base colours (WCAG 1.4.3); a test measures it."""


def is_dark(palette: QPalette) -> bool:
    """Whether the window is dark."""
    return palette.color(QPalette.ColorRole.Window).lightness() < 128


def state_color(state: BridgeState, palette: QPalette) -> QColor:
    """The colour of the state's shape and words."""
    return QColor((_DARK if is_dark(palette) else _LIGHT)[state])


def mixed(color: QColor, other: QColor, share: float) -> QColor:
    """`share` (0 to 1) of `color`, the rest of `other`."""

    def blend(one: int, two: int) -> int:
        return round(one * share + two * (1 - share))

    return QColor(
        blend(color.red(), other.red()), blend(color.green(), other.green()), blend(color.blue(), other.blue())
    )


def warning_color(palette: QPalette) -> QColor:
    """Red, readable."""
    return state_color(BridgeState.ERROR, palette)


class _Counted(QObject):
    """lupdate finds a plural only where a QObject translates it itself."""

    def running(self, clients: int) -> str:
        return self.tr("Running · %n clients", "", clients)


def state_words(state: BridgeState, clients: int, *, dialing: bool = False, guest: str = "") -> str:
    """The state in words; `clients` is how many are connected; `dialing`: the bridge itself connects.

    `guest`: the words for the guest that alone is connected.
    """
    translate = QCoreApplication.translate
    if dialing and state is BridgeState.WAITING_FOR_CLIENT:
        return translate("BridgeState", "Connecting…")
    if guest and state is BridgeState.RUNNING:
        return translate("BridgeState", "Running · {guest}").format(guest=guest)
    if dialing and state is BridgeState.RUNNING:
        return translate("BridgeState", "Running · connected")
    if state is BridgeState.RUNNING:
        return _Counted().running(clients)
    return {
        BridgeState.STOPPED: translate("BridgeState", "Stopped"),
        BridgeState.OPENING: translate("BridgeState", "Opening"),
        BridgeState.WAITING_FOR_CLIENT: translate("BridgeState", "Waiting for a client"),
        BridgeState.WAITING_FOR_DEVICE: translate("BridgeState", "Waiting for device"),
        BridgeState.ERROR: translate("BridgeState", "Error"),
    }[state]


def bridge_words(bridge: Bridge) -> str:
    """What a bridge is doing, in words."""
    clients = bridge.clients()
    program = clients[0].program if len(clients) == 1 else None
    guest = program_words(program) if program is not None and program.hypervisor else ""
    dialing = bridge.profile.connect is not None
    return state_words(bridge.state, len(clients), dialing=dialing, guest=cut_to_width(guest, GUEST_CELLS))


def keep_grey_readable(widget: QWidget) -> None:
    """While a bridge runs its settings can't be edited, but they must be read: 4.5:1 at least. Hints in empty
    fields, too: some systems' own are fainter than that.
    """
    palette = widget.palette()
    text, base = palette.color(QPalette.ColorRole.Text), palette.color(QPalette.ColorRole.Window)
    softer, hint = mixed(text, base, 0.7), mixed(text, base, 0.6)
    role, group = QPalette.ColorRole, QPalette.ColorGroup
    wanted = [(group.Disabled, each, softer) for each in (role.Text, role.ButtonText, role.WindowText)]
    wanted += [(each, role.PlaceholderText, hint) for each in (group.Active, group.Inactive, group.Disabled)]
    if any(palette.color(where, what) != color for where, what, color in wanted):
        for where, what, color in wanted:
            palette.setColor(where, what, color)
        widget.setPalette(palette)


def state_icon(state: BridgeState, palette: QPalette, size: int = 16) -> QIcon:
    """The state's shape: ○ ◔ ● ◐ ▲, painted, because not every system has the characters."""
    color = state_color(state, palette)
    icon = QIcon(_shape(state, color, size))
    # What a selected row looks like is the style's secret: there the shape brings its own background.
    icon.addPixmap(_shape(state, color, size, palette.color(QPalette.ColorRole.Base)), QIcon.Mode.Selected)
    return icon


def _shape(state: BridgeState, color: QColor, size: int, background: QColor | None = None) -> QPixmap:
    scale = 2  # sharp at 200 %
    pixmap = QPixmap(size * scale, size * scale)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(scale, scale)
    if background is not None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(background)
        painter.drawEllipse(QRectF(0, 0, size, size))
        painter.setBrush(Qt.BrushStyle.NoBrush)
    paint_state(painter, state, color, size)
    painter.end()
    pixmap.setDevicePixelRatio(scale)
    return pixmap


def paint_state(painter: QPainter, state: BridgeState, color: QColor, size: int) -> None:
    """The state's shape into a square of `size` at the origin."""
    painter.setPen(QPen(color, 1.6))
    box = QRectF(2.5, 2.5, size - 5, size - 5)
    if state is BridgeState.ERROR:
        painter.setBrush(color)
        painter.drawPolygon(
            QPolygonF([QPointF(size / 2, 2.5), QPointF(size - 2, size - 3), QPointF(2, size - 3)])
        )
    else:
        painter.drawEllipse(box)
        painter.setBrush(color)
        if state in (BridgeState.RUNNING, BridgeState.WAITING_FOR_CLIENT):
            painter.drawEllipse(box)
        elif state is BridgeState.WAITING_FOR_DEVICE:
            painter.drawPie(box, 90 * 16, 180 * 16)
        elif state is BridgeState.OPENING:
            painter.drawPie(box, 0, 90 * 16)
