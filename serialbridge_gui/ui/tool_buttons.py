"""What styles do not give tool buttons: checked ones that stand out, a » that can be seen, and Tab's order."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication, QEvent, QLineF, QObject, Qt
from PySide6.QtGui import QColor, QFontMetrics, QIcon, QPainter, QPalette, QPen, QPixmap
from PySide6.QtWidgets import QToolBar, QToolButton, QWidget

_ARROW: Final = 10
"""In px, each way: a style leaves 12 and more for it."""
_SCALE: Final = 2  # sharp at 200 %


def show_checked(button: QToolButton) -> None:
    """Make the words of a checked button bold: in dark schemes a pressed one hardly differs from others.

    Call when it is toggled and when its words or its font are others. It is as wide as it is when it is checked:
    nothing moves.
    """
    font = button.font()
    if font.bold() != button.isChecked():
        font.setBold(button.isChecked())
        button.setFont(font)

    def width(bold: bool) -> int:
        font.setBold(bold)
        return QFontMetrics(font).size(Qt.TextFlag.TextShowMnemonic, button.text()).width()

    wanted = button.sizeHint().width() + max(0, width(True) - width(button.isChecked()))
    if button.minimumWidth() != wanted:
        button.setMinimumWidth(wanted)


class OverflowButton(QObject):
    """The button » of a QToolBar, which opens what has no room there. GUI thread only.

    Styles have a black picture of it, which cannot be seen in the dark: this one follows the palette.
    """

    def __init__(self, bar: QToolBar) -> None:
        super().__init__(bar)
        button = bar.findChild(QToolButton, "qt_toolbar_ext_button")
        assert button is not None
        self.button = button
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.installEventFilter(self)
        self._draw()
        self.retranslate()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the palette, and take the picture back when the style set its own."""
        kinds = QEvent.Type
        if event.type() in (kinds.PaletteChange, kinds.StyleChange, kinds.LayoutDirectionChange):
            self._draw()
        return super().eventFilter(watched, event)

    def _draw(self) -> None:
        palette, groups = self.button.palette(), QPalette.ColorGroup
        icon = QIcon(_arrows(palette.color(groups.Active, QPalette.ColorRole.ButtonText)))
        icon.addPixmap(
            _arrows(palette.color(groups.Disabled, QPalette.ColorRole.ButtonText)), QIcon.Mode.Disabled
        )
        self.button.setIcon(icon)

    def retranslate(self) -> None:
        """Make the words again."""
        translate = QCoreApplication.translate
        self.button.setAccessibleName(translate("OverflowButton", "More"))
        self.button.setToolTip(translate("OverflowButton", "What has no room here"))


def _arrows(color: QColor) -> QPixmap:
    pixmap = QPixmap(_ARROW * _SCALE, _ARROW * _SCALE)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(_SCALE, _SCALE)
    painter.setPen(QPen(color, 1.6))
    for left in (1.5, 5.5):
        painter.drawLines([QLineF(left, 2, left + 3, 5), QLineF(left + 3, 5, left, 8)])
    painter.end()
    pixmap.setDevicePixelRatio(_SCALE)
    return pixmap


def order_tabs(bar: QToolBar) -> QWidget | None:
    """Let Tab go through the bar's buttons from left to right, » last; the last one. Call after each addition."""
    buttons: list[QWidget | None] = [
        bar.widgetForAction(action) for action in bar.actions() if not action.isSeparator()
    ]
    buttons.append(bar.findChild(QToolButton, "qt_toolbar_ext_button"))
    previous: QWidget | None = None
    for button in buttons:
        if previous is not None and button is not None:
            QWidget.setTabOrder(previous, button)
        previous = button or previous
    return previous
