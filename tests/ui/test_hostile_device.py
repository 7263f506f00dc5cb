"""A device that sends what would mean something elsewhere changes nothing: through feed, pane, tooltips and copy."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from serialbridge_gui.traffic.chunk import NO_CLIENT, Direction, Tap
from serialbridge_gui.traffic.grouping import GroupBy, Grouping
from serialbridge_gui.traffic.log import TrafficLog
from serialbridge_gui.traffic.text import Encoding
from serialbridge_gui.ui.log_cells import Column, ViewMode
from serialbridge_gui.ui.log_feed import LogFeed
from serialbridge_gui.ui.log_pane import LogPane

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")

INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
HTML = b"<b>bold</b><img src='file:///etc/passwd'><script>alert(1)</script>&amp;\r\n"
ANSI = b"\x1b[2J\x1b[31mred\x1b[0m\x1b]0;title\x07\x9b31m\r\n"
NULS = b"\0" * 300 + b"after\0"
BROKEN = b"\xff\xfe\xc0\x80\xed\xa0\x80\xf8\x88\x80\x80\x80 ok \xe9\x87\r\n"
BIDI = "\u202eevil\u2066\u200b\ufeff\U000e0001".encode()
LONG = b"x" * 1_000_000
MODES = [Grouping(), *(Grouping(by, delimiter=b"\r\n") for by in GroupBy)]


class Bench:
    """A pane on a running feed."""

    def __init__(self, qtbot: QtBot) -> None:
        self.tap = Tap()
        self.log = TrafficLog()
        self.pane = LogPane(self.log)
        self.feed = LogFeed(self.tap, self.log, parent=self.pane)
        self.feed.slice_appended.connect(self.pane.take_in)
        self.feed.batch_appended.connect(self.pane.refresh)
        self._qtbot = qtbot
        qtbot.addWidget(self.pane)
        self.pane.resize(900, 500)
        self.pane.show()
        self.pane.bytes_pane.set_unfolded(True)
        qtbot.waitExposed(self.pane)
        self.feed.start()

    def send(self, *chunks: bytes) -> None:
        """From the device; comes back when all of it is shown."""
        wanted = self.log.byte_count + sum(map(len, chunks))
        for chunk in chunks:
            self.tap.put(Direction.SERIAL_TO_TCP, NO_CLIENT, chunk)
        self.settle(lambda: self.log.byte_count == wanted and self.shown_bytes() == wanted)

    def settle(self, condition: Callable[[], bool]) -> None:
        """Wait for what the window does in slices."""
        self._qtbot.waitUntil(condition)

    def shown_bytes(self) -> int:
        """How many bytes all rows have."""
        model = self.pane.model
        rows = (model.row_at(position) for position in range(model.rowCount()))
        return sum(len(row.data) for row in rows if row is not None)

    def words(self) -> Iterator[str]:
        """All that is shown, told or copied of every tenth row or so, in every view mode and encoding."""
        model = self.pane.model
        step = max(1, model.rowCount() // 10)
        for mode in ViewMode:
            self.pane.set_view_mode(mode)
            for action in self.pane.toolbar.encoding_actions.values():
                action.trigger()
                for position in range(0, model.rowCount(), step):
                    yield model.line(model.first_number + position).replace("\t", " ")
                    for column in Column:
                        for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
                            yield str(model.index(position, column).data(role) or "")
                self.pane.grab()


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[Bench]:
    """A pane in sight."""
    bench = Bench(qtbot)
    yield bench
    bench.feed.stop()


@pytest.mark.parametrize("data", [HTML, ANSI, NULS, BROKEN, BIDI, HTML + ANSI + NULS + BROKEN + BIDI])
@pytest.mark.parametrize("grouping", MODES, ids=lambda grouping: grouping.by.value)
def test_nothing_is_interpreted_and_nothing_is_hidden(bench: Bench, data: bytes, grouping: Grouping) -> None:
    title, labels = bench.pane.windowTitle(), [label.text() for label in bench.pane.findChildren(QLabel)]
    bench.pane.toolbar.grouping_menu._choose(grouping)
    bench.send(data[: len(data) // 3], data[len(data) // 3 :])
    for words in bench.words():
        for character in words:
            assert unicodedata.category(character) not in INVISIBLE, words
    rows = [bench.pane.model.row_at(position) for position in range(bench.pane.model.rowCount())]
    assert b"".join(row.data for row in rows if row is not None) == data
    bench.pane.table.selectAll()
    bench.settle(lambda: bench.pane.bytes_pane.view.data == data)
    assert all(unicodedata.category(character) not in INVISIBLE - {"Cc"} for character in bench.pane.bytes_pane.dump())
    assert bench.pane.windowTitle() == title
    assert len([label.text() for label in bench.pane.findChildren(QLabel)]) == len(labels)


def test_html_is_shown_and_copied_letter_by_letter(bench: Bench, qtbot: QtBot) -> None:
    bench.send(HTML)
    bench.pane.table.setColumnWidth(Column.HEX, 60)
    assert str(bench.pane.model.index(0, Column.TEXT).data()).startswith("<b>bold</b><img src='file:///etc/passwd'>")
    assert bench.pane.model.index(0, Column.TEXT).data(Qt.ItemDataRole.ToolTipRole) is None
    bench.pane.table.selectAll()
    with qtbot.waitSignal(bench.pane.table.copied):
        bench.pane.copy_rows.trigger()
    assert "<script>alert(1)</script>&amp;" in QGuiApplication.clipboard().text()
    mime = QGuiApplication.clipboard().mimeData()
    assert not mime.hasHtml()


def test_ansi_escapes_stand_as_what_they_are(bench: Bench) -> None:
    bench.send(ANSI)
    bench.pane.toolbar.encoding_actions[Encoding.ASCII].trigger()
    bench.pane.model.set_control_pictures(True)
    assert bench.pane.model.line(0).split("\t")[-1].startswith("␛[2J␛[31mred␛[0m␛]0;title␇·31m")


@pytest.mark.parametrize("grouping", MODES, ids=lambda grouping: grouping.by.value)
def test_megabyte_without_a_newline_is_rows_like_others(bench: Bench, grouping: Grouping) -> None:
    bench.pane.toolbar.grouping_menu._choose(grouping)
    bench.send(*(LONG[start : start + 4096] for start in range(0, len(LONG), 4096)))
    model = bench.pane.model
    widest = grouping.length if grouping.by is GroupBy.LENGTH else 256
    assert model.rowCount() >= len(LONG) // widest
    assert all(len(words) <= 2048 for words in bench.words())
    bench.pane.table.selectRow(model.rowCount() - 1)
    assert set(bench.pane.bytes_pane.view.data) == {ord("x")}
    assert bench.feed.longest_slice_s < 1  # of CPU: seconds, where each row took in all before it
