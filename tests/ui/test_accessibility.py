"""Everything that can be used has a name, and the keyboard reaches it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QTableView,
    QToolButton,
    QWidget,
)

from serialbridge_gui.profile import Access, ClientRules, TlsFiles
from serialbridge_gui.ui.clients_panel import ClientsPanel
from tests.ui.windows import CH340, Lab, click, press_shortcut

INTERACTIVE = (QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit, QTableView)


def is_own(widget: QWidget) -> bool:
    """Not a part that Qt makes inside one of its widgets, such as the field of a combo box."""
    name = widget.objectName()
    parent = widget.parentWidget()
    return not name.startswith("qt_") and not isinstance(parent, (QComboBox, QAbstractSpinBox, QLineEdit, QTableView))


def nameless(window: QWidget) -> list[str]:
    """The widgets that a screen reader could say nothing of."""
    found = []
    for kind in INTERACTIVE:
        for widget in window.findChildren(kind):
            text = widget.text() if isinstance(widget, QAbstractButton) else ""
            spoken = widget.accessibleName() or text.strip("+▾▸ ")
            if is_own(widget) and widget.isVisible() and not spoken:
                found.append(f"{type(widget).__name__} in {type(widget.parentWidget()).__name__}")
    return found


async def test_every_interactive_widget_has_a_name(lab: Lab) -> None:
    window = lab.open()
    assert nameless(window) == []
    session = lab.add("sim://talker", clients=ClientRules(access=Access.SHARED))
    page = lab.page(session)
    for button in (page.form.format_button, page.form.network_button):
        click(button)
    page.form.tls.use.click()
    assert nameless(window) == []
    page.form.tls.use.click()
    await lab.start(session)
    await lab.connect(session)
    page.show_clients()
    panel = page.findChild(ClientsPanel)
    assert isinstance(panel, QDialog)
    page.show_statistics()
    page.save_progress.show()
    assert nameless(window) == []
    assert window.sidebar.list.accessibleName() == "Bridges"


async def test_state_and_message_are_told_to_screen_readers(lab: Lab) -> None:
    lab.open()
    page = lab.page(lab.add("sim://echo"))
    assert page.state_label.accessibleName() == "State: Stopped"
    page.message.say("Something went wrong.")
    assert page.message.label.accessibleName() == "Something went wrong."


async def test_tab_goes_from_the_port_through_every_setting_to_the_log_and_round_to_start(lab: Lab) -> None:
    window = lab.open()
    page = lab.page(lab.add("sim://echo", tls=TlsFiles("/nowhere/certificate.pem", "/nowhere/key.pem")))
    form = page.form
    click(form.format_button)
    click(form.network_button)
    await press_shortcut(window, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
    form.port.setFocus()
    reached: list[QWidget] = []
    for _ in range(80):
        focus = window.focusWidget()
        assert focus is not None
        if focus in reached:
            break
        reached.append(focus)
        window.focusNextChild()
    network = [field for field in form.network.inputs() if field.isEnabled()]
    wanted: list[QWidget] = [
        form.port, form.rescan, form.baud, form.format_button, *form.serial.inputs(), *form.clients.inputs(),
        form.host, form.listen_port, form.address, form.network_button, *network, *form.tls.inputs(),
        page.log.table, window.sidebar.list, page.name, page.start_stop,
    ]  # fmt: skip
    assert len(network) == 5  # not where to connect
    missing = [widget.accessibleName() or widget for widget in wanted if widget not in reached]
    assert missing == []
    positions = [reached.index(widget) for widget in wanted]
    before_log = positions[: wanted.index(page.log.table) + 1]
    assert before_log == sorted(before_log)


async def test_alt_keys_lead_to_port_baud_and_listen(lab: Lab) -> None:
    window = lab.open()
    form = lab.page(lab.add("sim://echo")).form
    form.address.setFocus()
    for key, widget in (
        (Qt.Key.Key_P, form.port),
        (Qt.Key.Key_B, form.baud),
        (Qt.Key.Key_L, form.listen_port),
    ):
        await press_shortcut(window, key, Qt.KeyboardModifier.AltModifier)
        assert QApplication.focusWidget() in (widget, *widget.findChildren(QLineEdit)), widget.accessibleName()


async def test_no_key_of_the_window_is_taken_twice(lab: Lab) -> None:
    window = lab.open()
    page = lab.page(lab.add("sim://echo"))
    actions = {*window.findChildren(QAction), *page.findChildren(QAction)}
    keys = [
        action.shortcut().toString()
        for action in actions
        if not action.shortcut().isEmpty() and action.shortcutContext() is Qt.ShortcutContext.WindowShortcut
    ]
    assert sorted(keys) == sorted(set(keys))
    buddies = [
        label.text().partition("&")[2][:1].upper() for label in page.findChildren(QLabel) if "&" in label.text()
    ]
    menus = [action.text().partition("&")[2][:1].upper() for action in window.menuBar().actions()]
    assert sorted(buddies + menus) == sorted(set(buddies + menus))


async def test_quit_key_asks_to_close_and_closes_nothing_itself(lab: Lab) -> None:
    window = lab.open()
    asked: list[bool] = []
    window.close_requested.connect(lambda: asked.append(True))
    await press_shortcut(window, Qt.Key.Key_Q)
    assert asked == [True]
    assert window.isVisible()


async def test_picker_and_rescan_are_beside_each_other_in_words(lab: Lab) -> None:
    lab.open()
    lab.plug(CH340)
    form = lab.page(lab.add("sim://echo")).form
    assert isinstance(form.rescan, QToolButton)
    assert "F5" in form.rescan.toolTip()
    assert form.port.accessibleName() == "Serial port"
