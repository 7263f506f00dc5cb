"""Every setting counts at once, and can be set without a mouse."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QColor, QDesktopServices, QPalette
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QWidget

from serialbridge_gui import HOMEPAGE
from serialbridge_gui.autostart import AutostartError, AutostartFault
from serialbridge_gui.profile import ANY_ADDRESS
from serialbridge_gui.ui.appearance import own_palette, use_color_scheme
from serialbridge_gui.ui.autostart_state import AutostartState
from serialbridge_gui.ui.field_group import choose
from serialbridge_gui.ui.log_cells import Column, ViewMode
from serialbridge_gui.ui.log_colors import direction_brushes
from serialbridge_gui.ui.log_font import log_font
from serialbridge_gui.ui.message_controls import ContentField
from serialbridge_gui.ui.preferences import Closing, LogFont, Scheme
from serialbridge_gui.ui.settings_dialog import SettingsDialog
from serialbridge_gui.ui.settings_page import SettingsPage
from serialbridge_gui.ui.state_look import is_dark
from tests.ui.test_accessibility import nameless
from tests.ui.test_words_and_looks import contrast
from tests.ui.windows import Lab, application, click, press, press_shortcut, type_into, until


class FakeAutostart:
    """A system that does what it is told, or refuses."""

    def __init__(self, on: bool = False) -> None:
        self.on = on
        self.refuses = False

    def is_on(self) -> bool:
        return self.on

    def turn_on(self) -> None:
        self._set(True)

    def turn_off(self) -> None:
        self._set(False)

    def _set(self, on: bool) -> None:
        if self.refuses:
            raise AutostartError(AutostartFault.REFUSED, "/nowhere/a.desktop", "Permission denied")
        self.on = on


def open_dialog(lab: Lab, system: FakeAutostart | None = None) -> SettingsDialog:
    window = lab.open()
    window._autostart = AutostartState(system or FakeAutostart(), window)
    window.show_settings()
    dialog = window.findChild(SettingsDialog)
    assert isinstance(dialog, SettingsDialog)
    return dialog


async def test_shortcut_opens_it_once(lab: Lab) -> None:
    window = lab.open()
    window._autostart = AutostartState(FakeAutostart(), window)
    await press_shortcut(window, Qt.Key.Key_Comma)
    await until(lambda: window.findChild(SettingsDialog), "the dialog is there")
    window.show_settings()
    assert len(window.findChildren(SettingsDialog)) == 1


async def test_every_field_has_a_name_and_tab_reaches_it(lab: Lab) -> None:
    dialog = open_dialog(lab)
    for number, page in enumerate(dialog._pages):
        dialog.tabs.setCurrentIndex(number)
        assert nameless(dialog) == []
        dialog.activateWindow()
        await until(dialog.isActiveWindow, "it is active")
        dialog.tabs.tabBar().setFocus()
        reached: set[QWidget | None] = set()
        for _ in range(30):
            focus = QApplication.focusWidget()
            reached.add(focus)
            press(focus or dialog, Qt.Key.Key_Tab)
        wanted = {each for each in page._labels if each.isEnabled()}
        assert wanted <= reached, [each.accessibleName() for each in wanted - reached]


async def test_no_letter_is_given_twice_on_a_page(lab: Lab) -> None:
    dialog = open_dialog(lab)
    tabs = [dialog.tabs.tabText(number) for number in range(dialog.tabs.count())]
    for number, page in enumerate(dialog._pages):
        dialog.tabs.setCurrentIndex(number)
        texts = [*tabs, *(label.text() for label in page.findChildren(QLabel))]
        for box in page.findChildren(QWidget):
            if hasattr(box, "text") and hasattr(box, "click"):
                texts.append(box.text())
        letters = [found[1].lower() for text in texts if (found := re.search("&(.)", text))]
        assert sorted(set(letters)) == sorted(letters), (page.title(), letters)


async def test_dark_is_dark_at_once_in_the_log_the_chart_and_every_icon_and_light_is_light_again(lab: Lab) -> None:
    dialog = open_dialog(lab)
    window = lab.window
    page = lab.page(lab.add("sim://echo"))
    before = window.palette().color(QPalette.ColorRole.Window)
    try:
        choose(dialog.general.scheme, Scheme.DARK)
        await until(lambda: is_dark(page.log.bytes_pane.palette()), "Qt has told every widget")
        for widget in (window, dialog, page.log.table, page.log.bytes_pane, page.status):
            assert is_dark(widget.palette()), widget
        model = page.log.model
        assert model._base.lightness() < 80  # by which rows are coloured
        assert direction_brushes(window.palette().base().color()) != direction_brushes(QColor("white"))
        assert window.grab().toImage().pixelColor(3, window.height() - 3).lightness() < 80
        choose(dialog.general.scheme, Scheme.LIGHT)
        await until(lambda: not is_dark(page.log.bytes_pane.palette()), "Qt has told every widget")
        assert not is_dark(page.status.palette())
        assert window.grab().toImage().pixelColor(3, window.height() - 3).lightness() > 180
        choose(dialog.general.scheme, Scheme.SYSTEM)
        await until(lambda: window.palette().color(QPalette.ColorRole.Window) == before, "it is as it was")
    finally:
        use_color_scheme(application(), Scheme.SYSTEM)


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
def test_our_own_palettes_can_be_read(qapp: QApplication, scheme: Scheme) -> None:
    palette, role = own_palette(scheme), QPalette.ColorRole
    for text, ground in (
        (role.WindowText, role.Window), (role.Text, role.Base), (role.Text, role.AlternateBase),
        (role.ButtonText, role.Button), (role.ToolTipText, role.ToolTipBase), (role.HighlightedText, role.Highlight),
        (role.Link, role.Base), (role.Link, role.Window), (role.LinkVisited, role.Base),
        (role.PlaceholderText, role.Base),
    ):  # fmt: skip
        assert contrast(palette.color(text), palette.color(ground)) >= 4.5, (text, ground)


async def test_log_font_is_that_of_log_bytes_and_send_box_at_once(lab: Lab) -> None:
    dialog = open_dialog(lab)
    page = lab.page(lab.add("sim://echo"))
    page.send.set_unfolded(True)
    table, view, field = page.log.table, page.log.bytes_pane.view, page.send.form.findChild(ContentField)
    assert field is not None
    height, size = table.verticalHeader().defaultSectionSize(), table.font().pointSize()
    route, hexes = table.columnWidth(Column.ROUTE), table.columnWidth(Column.HEX)
    page.log.set_view(replace(page.log.view, view_mode=ViewMode.TEXT))
    dialog.tabs.setCurrentIndex(1)
    dialog.log.points.setValue(20)
    assert size != 20
    assert {widget.font().pointSize() for widget in (table, view, field, dialog.log.sample)} == {20}
    assert table.verticalHeader().defaultSectionSize() > height
    assert table.columnWidth(Column.ROUTE) > route
    assert table.isColumnHidden(Column.HEX)
    page.log.set_view(replace(page.log.view, view_mode=ViewMode.BOTH))
    assert table.columnWidth(Column.HEX) > hexes  # it was hidden meanwhile
    another = lab.page(lab.add("sim://echo"))
    assert another.log.table.font().pointSize() == 20
    lab.window.preferences.log_font = LogFont("Nobody Has This", 0)
    assert table.font().families()[0] == "Nobody Has This"
    assert dialog.log.family.currentData() == "Nobody Has This"
    assert len(table.font().families()) > 1  # what stands in for it is fixed-width, too
    click(dialog.log.restore)
    assert table.font().pointSize() == size == log_font().pointSize()
    assert table.verticalHeader().defaultSectionSize() == height


async def test_baud_rate_is_typed_and_nonsense_is_put_back(lab: Lab) -> None:
    dialog = open_dialog(lab)
    dialog.tabs.setCurrentIndex(2)
    page = dialog.new_bridges
    line = page.baud.lineEdit()
    assert line is not None
    type_into(line, "31250")
    press(line, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert lab.window.preferences.new_baud_rate == 31250
    page.baud.setCurrentText("0")
    page._take_baud()
    assert page.baud.currentText() == "31250"
    lab.window.preferences.new_format = "5N1.5"
    assert page.format.currentText() == "5-N-1.5"


async def test_network_as_a_default_is_warned_of(lab: Lab) -> None:
    dialog = open_dialog(lab)
    dialog.tabs.setCurrentIndex(2)
    assert not dialog.new_bridges.warning.isVisible()
    choose(dialog.new_bridges.host, ANY_ADDRESS)
    assert dialog.new_bridges.warning.isVisible()
    assert lab.window.preferences.new_host == ANY_ADDRESS


async def test_what_is_changed_elsewhere_shows(lab: Lab) -> None:
    dialog = open_dialog(lab)
    lab.window.preferences.closing = Closing.KEEP
    combo: QComboBox = dialog.running.closing
    assert combo.currentData() == Closing.KEEP
    assert not dialog.running.no_tray.isHidden()  # this test has no tray


async def test_start_with_the_system_shows_and_changes_what_the_system_has(lab: Lab) -> None:
    system = FakeAutostart(on=True)
    dialog = open_dialog(lab, system)
    dialog.tabs.setCurrentIndex(3)
    box = dialog.running.autostart
    await until(box.isEnabled, "the system has told")
    assert box.isChecked()
    click(box)
    await until(lambda: not system.on, "it is off")
    click(box)
    await until(lambda: system.on, "it is on again")
    system.refuses = True
    click(box)
    await until(dialog.message.isVisible, "the refusal is said")
    assert "/nowhere/a.desktop could not be written: Permission denied." in dialog.message.label.text()
    await until(box.isChecked, "the box shows what is")
    assert lab.window.preferences.settings.value("autostart") is None


async def test_newer_version_is_looked_for_in_the_browser_alone(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    dialog = open_dialog(lab)
    click(dialog.general.look_for_update)
    assert opened == [QUrl(HOMEPAGE)]


@pytest.mark.parametrize("points", [1.0, 1.5])
async def test_no_word_is_cut(lab: Lab, points: float) -> None:
    font, app = QApplication.font(), application()
    larger = application().font()
    larger.setPointSizeF(font.pointSizeF() * points)
    app.setFont(larger)
    try:
        dialog = open_dialog(lab)
        dialog.resize(dialog.minimumSizeHint())
        for number, page in enumerate(dialog._pages):
            dialog.tabs.setCurrentIndex(number)
            assert cut(page) == []
    finally:
        app.setFont(font)


def cut(page: SettingsPage) -> list[str]:
    """The texts of what is narrower than it needs to be."""
    found = []
    for widget in page.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
        wraps = isinstance(widget, QLabel) and widget.wordWrap()
        if widget.isVisible() and not wraps and widget.width() < widget.minimumSizeHint().width():
            found.append(widget.accessibleName() or repr(widget))
    return found
