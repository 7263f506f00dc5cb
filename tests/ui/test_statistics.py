"""The chart of the last five minutes, and the panel with what each number means."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from serialbridge_gui.traffic.chunk import Direction
from serialbridge_gui.traffic.rates import SECONDS, RateHistory
from serialbridge_gui.ui.log_colors import direction_brushes
from serialbridge_gui.ui.quantities import duration_text, rate_text
from serialbridge_gui.ui.rate_chart import RateChart, RateSparkline, scale_top, summary
from serialbridge_gui.ui.session import Session
from serialbridge_gui.ui.statistics_panel import StatisticsPanel
from tests.ui.windows import Lab, click, press_shortcut, soon, until

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")


def busy_history() -> RateHistory:
    """Ten seconds of 12,000 B/s Serial→Net and 80 B/s Net→Serial, then one of 1,100 and 0."""
    history = RateHistory(0.0)
    for second in range(1, 11):
        history.note(second, second * 12_000, second * 80)
    history.note(11.0, 121_100, 800)
    return history


def colors_of(widget: QWidget) -> set[str]:
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    return {QColor(image.pixel(x, y)).name() for x in range(image.width()) for y in range(image.height())}


def open_panel(lab: Lab) -> StatisticsPanel:
    """Opened by the small chart."""
    click(lab.page().status.sparkline)
    panel = lab.page().findChild(StatisticsPanel)
    assert isinstance(panel, StatisticsPanel)
    return panel


def shown(panel: StatisticsPanel, name: str) -> str:
    """The value beside a figure's name."""
    for row in range(panel.table.rowCount()):
        first, second = panel.table.item(row, 0), panel.table.item(row, 1)
        if first is not None and first.text() == name:
            return second.text() if second is not None else ""
    raise AssertionError(f"no figure {name}")


def test_summary_says_in_words_what_the_charts_show() -> None:
    assert summary(busy_history()) == (
        "Serial→Net 1.1 KB/s now, at most 12.0 KB/s; Net→Serial 0 B/s now, at most 80 B/s in 5 minutes"
    )


@pytest.mark.parametrize("base", ["#ffffff", "#1e1f22"])
@pytest.mark.parametrize("kind", [RateSparkline, RateChart])
def test_both_charts_draw_both_ways_in_the_colours_of_the_log(
    qtbot: QtBot, kind: type[RateSparkline] | type[RateChart], base: str
) -> None:
    chart = kind(busy_history())
    palette = chart.palette()
    for role in (palette.ColorRole.Base, palette.ColorRole.Window):
        palette.setColor(role, QColor(base))
    chart.setPalette(palette)
    qtbot.addWidget(chart)
    chart.resize(chart.sizeHint() if kind is RateSparkline else chart.minimumSize())
    brushes = direction_brushes(QColor(base))
    wanted = {brushes[int(way)].color().name() for way in (Direction.SERIAL_TO_TCP, Direction.TCP_TO_SERIAL)}
    assert wanted <= colors_of(chart)


def test_chart_of_nothing_can_be_painted(qtbot: QtBot) -> None:
    for kind in (RateSparkline, RateChart):
        chart = kind(RateHistory(5.0))
        qtbot.addWidget(chart)
        assert not chart.grab().isNull()


def test_chart_reads_out_the_second_under_the_mouse_and_by_keys(qtbot: QtBot) -> None:
    chart = RateChart(busy_history())
    qtbot.addWidget(chart)
    chart.resize(600, 240)
    chart.show()
    everything = summary(busy_history())
    assert chart.readout() == everything
    QTest.mouseMove(chart, QPoint(586, 100))
    assert re.fullmatch(r"[1-3] s ago: Serial→Net [\d.]+ K?B/s, Net→Serial \d+ B/s", chart.readout())
    QTest.mouseMove(chart, QPoint(3, 100))
    assert chart.readout() == everything
    chart.setFocus()
    QTest.keyClick(chart, Qt.Key.Key_Left)
    assert chart.readout() == "1 s ago: Serial→Net 1.1 KB/s, Net→Serial 0 B/s"
    QTest.keyClick(chart, Qt.Key.Key_Left)
    assert chart.readout() == "2 s ago: Serial→Net 12.0 KB/s, Net→Serial 80 B/s"
    assert chart.accessibleDescription() == chart.readout()
    QTest.keyClick(chart, Qt.Key.Key_Home)
    assert chart.readout().startswith("5 min 0 s ago: Serial→Net 0 B/s")
    QTest.keyClick(chart, Qt.Key.Key_Escape)
    assert chart.readout() == everything


def test_small_chart_is_painted_anew_only_when_a_second_is_over(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    history = busy_history()
    chart = RateSparkline(history)
    qtbot.addWidget(chart)
    updates: list[None] = []
    monkeypatch.setattr(chart, "update", lambda: updates.append(None))
    chart.refresh()
    history.note(11.5, 125_000, 800)
    chart.refresh()
    assert len(updates) == 1
    history.note(12.5, 125_000, 800)
    chart.refresh()
    assert len(updates) == 2
    assert "at most 12.0 KB/s" in chart.accessibleDescription()


def test_scale_ends_with_a_round_number_and_words_have_units() -> None:
    tops = {0: 10, 10: 10, 11: 20, 21: 50, 51: 100, 12_000: 20_000, 5_000_001: 10_000_000}
    assert {highest: scale_top(highest) for highest in tops} == tops
    rates = {0: "0 B/s", 999: "999 B/s", 1100: "1.1 KB/s", 5_000_000: "5.0 MB/s"}
    assert {rate: rate_text(rate) for rate in rates} == rates
    times = {0.0: "0 µs", 85e-6: "85 µs", 1.24e-3: "1.24 ms", 0.0249: "24.9 ms", 0.85: "850 ms", 2.5: "2.5 s"}
    assert {time: duration_text(time) for time in times} == times


async def test_panel_shows_what_passed_and_how_soon_the_answer_came(lab: Lab) -> None:
    lab.open()
    session = lab.add("sim://echo")
    await lab.start(session)
    reader, writer = await lab.connect(session)
    panel = open_panel(lab)
    assert not panel.isModal()
    for _ in range(3):
        writer.write(b"12345")
        assert await soon(reader.readexactly(5)) == b"12345"
    await until(lambda: shown(panel, "Serial→Net") == "15", "what came")
    await until(lambda: shown(panel, "Net→Serial") == "15", "what went")
    await until(lambda: shown(panel, "Chunks Net→Serial") == "3, on average 5 bytes", "the chunks")
    await until(lambda: shown(panel, "Median").endswith("s"), "the round trips")
    await until(lambda: shown(panel, "For client #1") == "0 / 1.0M (0 %)", "nothing waits for the client any more")
    await until(lambda: shown(panel, "For the device") == "0 / 65.5K (0 %)", "nor for the device")
    await until(lambda: shown(panel, "Log, chunks").startswith("8 of 1"), "chunks and events")
    assert re.fullmatch(r"0:\d\d:\d\d", shown(panel, "Running for"))
    await until(lambda: session.meter.history.highest(0) > 0, "the rate")
    assert open_panel(lab) is panel


async def test_every_figure_says_what_it_means(lab: Lab) -> None:
    lab.open()
    lab.add("sim://echo")
    panel = open_panel(lab)
    for row in range(panel.table.rowCount()):
        name, value, meaning = (panel.table.item(row, column) for column in range(3))
        assert name is not None
        assert name.text()
        assert value is not None
        assert meaning is not None
        assert bool(value.text()) == (len(meaning.text()) > 20), name.text()


async def test_reset_counts_from_zero_for_the_eye_only_until_the_next_run(lab: Lab) -> None:
    lab.open()
    session = lab.add("sim://echo")
    strip = lab.page(session).status
    panel = open_panel(lab)
    counters = session.bridge.counters
    counters.serial_to_tcp, counters.lost = 5000, 17
    session.meter.read()
    assert (shown(panel, "Serial→Net"), shown(panel, "Lost")) == ("5\u202f000 (5.0K)", "17")
    click(panel.reset)
    assert (shown(panel, "Serial→Net"), shown(panel, "Lost")) == ("0", "0")
    strip.refresh()
    assert strip.lost.text() == "Lost 0"
    counters.lost = 20
    session.meter.read()
    strip.refresh()
    assert (shown(panel, "Lost"), strip.lost.text()) == ("3", "Lost 3")
    assert session.bridge.counters.serial_to_tcp == 5000
    await lab.start(session)
    reader, writer = await lab.connect(session)
    writer.write(b"12")
    await soon(reader.readexactly(2))
    await until(lambda: shown(panel, "Serial→Net") == "2", "another run, another count")
    await until(lambda: shown(panel, "Chunks Serial→Net").startswith("1,"), "the chunk is counted, too")
    session.stop()
    await until(lambda: not session.bridge.state.active, "it stops")
    await lab.start(session)
    await until(lambda: shown(panel, "Chunks Serial→Net").startswith("0"), "the chunks of another run, too")


async def test_figures_are_copied_as_text(lab: Lab) -> None:
    lab.open()
    lab.add("sim://echo")
    panel = open_panel(lab)
    click(panel.copy)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].startswith("Serial→Net 0 B/s now")
    assert "Lost\t0\tTaken from one side and never handed to the other" in lines


async def test_menu_and_key_open_the_panel_and_escape_closes_it(lab: Lab) -> None:
    window = lab.open()
    assert not window.statistics_action.isEnabled()
    lab.add("sim://echo")
    page = lab.page()
    await press_shortcut(window, Qt.Key.Key_I)
    panel = page.findChild(StatisticsPanel)
    assert isinstance(panel, StatisticsPanel)
    assert panel.windowTitle() == "Statistics of Bridge"
    QTest.keyClick(panel, Qt.Key.Key_Escape)
    await until(lambda: page.findChild(StatisticsPanel) is None, "it is gone")


async def test_rates_are_collected_while_another_bridge_is_looked_at_and_reading_rests_in_the_end(lab: Lab) -> None:
    lab.open()
    hidden = lab.add("sim://echo")
    await lab.start(hidden)
    reader, writer = await lab.connect(hidden)
    lab.page(lab.add("sim://echo", name="Other"))
    writer.write(bytes(1000))
    await soon(reader.readexactly(1000))
    await until(lambda: hidden.meter.history.highest(int(Direction.SERIAL_TO_TCP)) > 0, "seen all the same")
    hidden.stop()
    await until(lambda: not hidden.bridge.state.active, "it stops")
    assert hidden.meter._timer.isActive(), "there is still something to move along"
    forget(hidden)
    hidden.meter.read()
    assert not hidden.meter._timer.isActive()


def forget(session: Session) -> None:
    """As if five minutes of silence had passed."""
    history = session.meter.history
    history.note(history._noted_s + 2 * SECONDS, *history._totals)
    history._noted_s -= 2 * SECONDS
