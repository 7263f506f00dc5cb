"""The pane with the bytes of the selected rows, as a person uses it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QMouseEvent, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from serialbridge_gui.traffic.text import Encoding
from serialbridge_gui.ui.byte_pane import BytePane
from serialbridge_gui.ui.byte_view import ByteView

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier
Key = Qt.Key

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")

DATA = bytes(range(0x20, 0x7F)) * 6


@pytest.fixture
def pane(qtbot: QtBot) -> BytePane:
    """Unfolded, with 570 bytes."""
    pane = BytePane()
    qtbot.addWidget(pane)
    pane.resize(800, 300)
    pane.set_unfolded(True)
    pane.show_bytes(DATA)
    pane.show()
    pane.resize(800, 300)
    qtbot.waitExposed(pane)
    pane.view.setFocus()
    return pane


def hex_point(view: ByteView, offset: int) -> QPoint:
    """The middle of a byte's two digits."""
    width, height = view._cell_width(), view._line_height()
    line, column = divmod(offset, 16)
    line -= view.verticalScrollBar().value()
    return QPoint(round(6 + (10 + 3 * column + 1) * width), line * height + height // 2)


def text_point(view: ByteView, offset: int) -> QPoint:
    """The middle of a byte's character."""
    width = view._cell_width()
    return QPoint(round(6 + (10 + 48 + 1 + offset % 16 + 0.5) * width), hex_point(view, offset).y())


def drag(view: ByteView, begin: QPoint, end: QPoint) -> None:
    """Select with the mouse. QTest's own move sets the cursor of the system, which answers when it likes."""
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    for kind, point, button, held in (
        (QEvent.Type.MouseButtonPress, begin, left, left),
        (QEvent.Type.MouseMove, end, none, left),
        (QEvent.Type.MouseButtonRelease, end, left, none),
    ):
        place = QPointF(point)
        event = QMouseEvent(kind, place, QPointF(view.viewport().mapToGlobal(point)), button, held, NONE)
        QApplication.sendEvent(view.viewport(), event)


def chosen_cells(view: ByteView, line: int) -> tuple[list[int], list[int]]:
    """The bytes of a line that are painted as selected: in hex, in text."""
    picture = view.viewport().grab().toImage()
    color = view.palette().color(QPalette.ColorRole.Highlight)
    y = (line - view.verticalScrollBar().value()) * view._line_height() + 1  # above the glyphs
    ratio = picture.devicePixelRatio()

    def chosen(point: QPoint) -> bool:
        return QColor(picture.pixel(round(point.x() * ratio), round(y * ratio))) == color

    offsets = range(16 * line, 16 * line + 16)
    return [o for o in offsets if chosen(hex_point(view, o))], [o for o in offsets if chosen(text_point(view, o))]


def test_bytes_dragged_over_in_hex_are_selected_in_the_text_too(pane: BytePane) -> None:
    drag(pane.view, hex_point(pane.view, 0x12), hex_point(pane.view, 0x15))
    assert pane.view.selection == (0x12, 4)
    assert chosen_cells(pane.view, 1) == ([0x12, 0x13, 0x14, 0x15],) * 2
    assert chosen_cells(pane.view, 0) == ([], [])
    assert pane.meaning().startswith("4 bytes at 0x12: u32 LE 892613426, BE ")
    QTest.keyClick(pane.view, Key.Key_C, CTRL)
    assert QGuiApplication.clipboard().text() == "32 33 34 35"


def test_text_dragged_over_is_selected_in_the_hex_too_and_copied_as_text(pane: BytePane) -> None:
    drag(pane.view, text_point(pane.view, 0x2E), text_point(pane.view, 0x11))
    assert pane.view.selection == (0x11, 0x1E)
    assert chosen_cells(pane.view, 1) == (list(range(0x11, 0x20)),) * 2
    QTest.keyClick(pane.view, Key.Key_C, CTRL)
    assert QGuiApplication.clipboard().text() == DATA[0x11:0x2F].decode()
    QTest.mousePress(pane.view.viewport(), Qt.MouseButton.LeftButton, SHIFT, text_point(pane.view, 0x30))
    assert pane.view.selection == (0x2E, 3)


def test_other_form_is_copied_by_its_action(pane: BytePane) -> None:
    pane.mark(0x21 - 0x20, 3)
    pane.copy_text.trigger()
    assert QGuiApplication.clipboard().text() == '!"#'
    pane.copy_hex.trigger()
    assert QGuiApplication.clipboard().text() == "21 22 23"


def test_keys_move_and_extend(pane: BytePane) -> None:
    view = pane.view
    steps = [
        (Key.Key_Right, NONE, (0, 1)),
        (Key.Key_Right, NONE, (1, 1)),
        (Key.Key_Down, NONE, (17, 1)),
        (Key.Key_Right, SHIFT, (17, 2)),
        (Key.Key_Down, SHIFT, (17, 18)),
        (Key.Key_End, SHIFT, (17, 31)),
        (Key.Key_Home, NONE, (32, 1)),
        (Key.Key_Up, NONE, (16, 1)),
        (Key.Key_Left, SHIFT, (15, 2)),
        (Key.Key_End, CTRL, (len(DATA) - 1, 1)),
        (Key.Key_Right, NONE, (len(DATA) - 1, 1)),
        (Key.Key_Home, CTRL, (0, 1)),
        (Key.Key_Up, NONE, (0, 1)),
        (Key.Key_PageDown, SHIFT, (0, 16 * (view._lines_in_sight() - 1) + 1)),
        (Key.Key_A, CTRL, (0, len(DATA))),
    ]
    for key, modifier, selection in steps:
        QTest.keyClick(view, key, modifier)
        assert view.selection == selection, key


def test_mark_brings_its_bytes_in_sight_and_says_what_they_are(pane: BytePane) -> None:
    pane.mark(500, 2)
    assert pane.view.selected_bytes() == DATA[500:502]
    assert chosen_cells(pane.view, 31) == ([500, 501], [500, 501])
    assert pane.meaning().startswith("2 bytes at 0x1F4: u16 LE ")
    assert pane.view.accessibleDescription() == pane.meaning()
    pane.mark(560, 100)
    assert pane.view.selection == (560, 10)
    pane.mark(9999, 1)
    assert pane.view.selection == (0, 0)


def test_mark_given_while_folded_is_there_when_unfolded(pane: BytePane) -> None:
    pane.set_unfolded(False)
    pane.show_bytes(b"other bytes")
    pane.mark(6, 5)
    pane.set_unfolded(True)
    assert pane.view.selected_bytes() == b"bytes"


def test_selection_stays_while_the_row_grows_and_goes_with_the_row(pane: BytePane) -> None:
    pane.mark(3, 2)
    pane.show_bytes(DATA + b"more")
    assert pane.view.selection == (3, 2)
    pane.show_bytes(b"other")
    assert pane.view.selection == (0, 0)
    assert pane.meaning() == "5 bytes. Select some to see their value."
    pane.show_bytes(b"")
    assert pane.meaning() == ""


@pytest.mark.parametrize(
    ("encoding", "text"), [(Encoding.UTF_8, "重量"), (Encoding.GB18030, "重量12"), (Encoding.BIG5, "重量")]
)
def test_character_of_several_bytes_stands_over_all_of_them(
    pane: BytePane, encoding: Encoding, text: str
) -> None:
    data = b"0123456789abcde" + text.encode(encoding.value) + b"\r\xff"
    pane.set_encoding(encoding)
    pane.show_bytes(data)
    first, second = pane.dump().split("\n")
    assert first.endswith("0123456789abcde重")
    rest = len(text[0].encode(encoding.value)) - 1
    assert second[59 : 59 + rest] == " " * rest
    assert second[59 + rest] == "量"
    pane.mark(len(data) - 2, 2)
    pane.copy_text.trigger()
    assert QGuiApplication.clipboard().text() in ("␍·", "←·")


def test_bytes_without_a_selection_copy_nothing(pane: BytePane) -> None:
    QGuiApplication.clipboard().setText("before")
    pane.show_bytes(b"")
    assert not any(action.isEnabled() for action in (pane.copy, pane.copy_hex, pane.copy_text))
    QTest.keyClick(pane.view, Key.Key_C, CTRL)
    QTest.keyClick(pane.view, Key.Key_A, CTRL)
    QTest.keyClick(pane.view, Key.Key_Right)
    assert pane.view.selection == (0, 0)
    assert QGuiApplication.clipboard().text() == "before"
