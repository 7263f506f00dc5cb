"""Every page and dialog of the window, each by a name and a function that opens it: what is to be looked at.

The tests of accessibility walk through all of them, `dev.py screenshots` makes pictures of all of them. A new dialog
is one line in SCENES; a test names those that are missing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QMenu, QMessageBox, QWidget

from serialbridge_gui.engine.bridge import BridgeState
from serialbridge_gui.profile import Access, ClientRules, ListenAddress, TlsFiles
from serialbridge_gui.traffic.chunk import Direction
from serialbridge_gui.traffic.message import Checksum, Message, MessageKind
from serialbridge_gui.ui.bridge_page import BridgePage
from serialbridge_gui.ui.highlight_rules import HighlightRule
from serialbridge_gui.ui.selection_color import readable_selection
from serialbridge_gui.ui.send_memory import NamedMessage
from tests.devices import PtyDevice
from tests.ui.windows import CH340, FTDI, Lab, soon, until

Scene = Callable[[Lab], Awaitable[QWidget]]
"""Opens something in a new window of the lab; what is to be looked at."""


def light_palette() -> QPalette:
    """As Fusion's own, and as the program has it."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    palette = app.style().standardPalette()
    palette.setColor(QPalette.ColorRole.Highlight, readable_selection(palette))
    return palette


def dark_palette() -> QPalette:
    """As Fusion's own where the system asks for dark."""
    palette = QPalette(QColor("#2b2d30"))
    for role, color in (
        (QPalette.ColorRole.Window, "#2b2d30"),
        (QPalette.ColorRole.Base, "#1e1f22"),
        (QPalette.ColorRole.AlternateBase, "#25272b"),
        (QPalette.ColorRole.Button, "#3a3d41"),
        (QPalette.ColorRole.Highlight, "#2f65ca"),
        (QPalette.ColorRole.HighlightedText, "#ffffff"),
        (QPalette.ColorRole.ToolTipBase, "#3a3d41"),
    ):
        palette.setColor(role, QColor(color))
    for role in (
        QPalette.ColorRole.WindowText,
        QPalette.ColorRole.Text,
        QPalette.ColorRole.ButtonText,
        QPalette.ColorRole.ToolTipText,
    ):
        palette.setColor(role, QColor("#e6e6e6"))
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor("#8b8f94"))
    return palette


def opened(lab: Lab, kind: type[QWidget]) -> QWidget:
    """The visible dialog of this kind."""
    return next(each for each in lab.window.findChildren(kind) if each.isVisible())


# ---- pages


async def first_run(lab: Lab) -> QWidget:
    window = lab.open()
    lab.plug()
    return window


async def first_run_with_a_port(lab: Lab) -> QWidget:
    window = lab.open()
    lab.plug(FTDI, CH340)
    return window


async def stopped(lab: Lab) -> QWidget:
    window = lab.open()
    lab.add("/dev/ttyUSB0", name="PLC")
    lab.page(lab.add("/dev/ttyUSB3", name="Weigh scale"))
    return window


async def settings(lab: Lab) -> QWidget:
    window = lab.open()
    page = lab.page(lab.add("/dev/ttyUSB3", name="Weigh scale", listen=ListenAddress("0.0.0.0", 4001)))
    page.form.format_button.setChecked(True)
    return window


async def network_settings(lab: Lab) -> QWidget:
    window = lab.open()
    tls = TlsFiles("/etc/ssl/bridge.pem", "/etc/ssl/private/bridge.pem")
    clients = ClientRules(access=Access.SHARED, allow=("192.168.1.0/24",))
    page = lab.page(lab.add("/dev/ttyUSB3", name="Weigh scale", tls=tls, clients=clients))
    page.form.network_button.setChecked(True)
    return window


async def with_traffic(lab: Lab, device: str = "sim://echo") -> BridgePage:
    lab.open()
    lab.add("/dev/ttyUSB0", name="PLC")
    session = lab.add(device, name="Weigh scale", clients=ClientRules(access=Access.SHARED))
    page = lab.page(session)
    await lab.start(session)
    reader, writer = await lab.connect(session)
    for command in (b"GET MODE\r\n", bytes(range(40)), "23.5 °C\r\n".encode()):
        writer.write(command)
        await soon(reader.readexactly(len(command)))
    await until(lambda: page.log.model.rowCount() >= 7, "rows")
    return page


async def waiting(lab: Lab) -> QWidget:
    window = lab.open()
    session = lab.add("sim://echo", name="Weigh scale")
    lab.page(session)
    await lab.start(session)
    log = lab.page(session).log
    await until(lambda: log.model.rowCount() > 0, "the start is told of")
    log.model.clear()
    log.refresh()
    return window


async def running(lab: Lab) -> QWidget:
    page = await with_traffic(lab)
    page.log.table.selectRow(2)
    page.log.bytes_pane.set_unfolded(True)
    return lab.window


async def found(lab: Lab) -> QWidget:
    page = await with_traffic(lab)
    page.log.highlights.set_rules((HighlightRule("MODE", color="blue"), HighlightRule("connected", color="green")))
    page.log.find_bar.actions_of_find.open.trigger()
    page.log.find_bar.field.setText("MODE")
    page.log.find_bar.actions_of_find.next.trigger()
    page.log.find_bar.routes.direction_action(Direction.EVENT).trigger()
    await until(lambda: not page.log.finder.busy, "searched")
    return lab.window


async def sending(lab: Lab) -> QWidget:
    page = await with_traffic(lab)
    lab.window.workspace.sending.set_messages((
        NamedMessage("Identify", Message("*IDN?")),
        NamedMessage("Registers", Message("01 03 00 00 00 0A", MessageKind.HEX, checksum=Checksum.CRC16_MODBUS)),
    ))  # fmt: skip
    page.send.set_unfolded(True)
    page.send.form.controls.show_message(lab.window.workspace.sending.messages[1].message)
    return lab.window


async def failed(lab: Lab) -> QWidget:
    window = lab.open()
    session = lab.add("/dev/ttyNotThere", name="PLC")
    page = lab.page(session)
    page.toggle()
    await until(lambda: session.bridge.state is BridgeState.ERROR, "it fails")
    return window


async def crash_report(lab: Lab) -> QWidget:
    window = lab.open()
    lab.page(lab.add("sim://echo", name="Weigh scale"))
    window.help_menu._report = "a report"
    window.help_menu._offer_report()
    return window


async def diagnostics_copied(lab: Lab) -> QWidget:
    window = lab.open()
    lab.page(lab.add("sim://echo", name="Weigh scale"))
    window.help_menu.copy_diagnostics()
    await until(window.message.isVisible, "it is said")
    return window


async def unplugged(lab: Lab) -> QWidget:
    with PtyDevice() as device:
        window = lab.open()
        session = lab.add(device.path, name="Weigh scale")
        page = lab.page(session)
        await lab.start(session)
    await until(lambda: page.message.isVisible(), "the loss is told of")
    return window


async def deleted(lab: Lab) -> QWidget:
    window = lab.open()
    lab.page(lab.add("/dev/ttyUSB0", name="PLC"))
    lab.page(lab.add("/dev/ttyUSB3", name="Weigh scale"))
    window.ask_delete()
    await until(window.profiles.undo_bar.isVisible, "it can be undone")
    return window


async def in_groups(lab: Lab) -> QWidget:
    window = lab.open()
    sessions = [lab.add("/dev/ttyUSB0", name=name) for name in ("Spare", "PLC", "Press", "Weigh scale")]
    ids = [session.profile.id for session in sessions]
    for profile, group in zip(ids[1:], ("Hall 1", "Hall 1", "Laboratory"), strict=True):
        window.workspace.arrangement.move(profile, group, None, ids)
    lab.page(sessions[2])
    return window


async def firewall(lab: Lab) -> QWidget:
    from serialbridge_gui.ui.firewall_step import Stage

    window = lab.open()
    lab.page(lab.add("/dev/ttyUSB3", name="Weigh scale", listen=ListenAddress("0.0.0.0", 4001)))
    window.firewall.bar.show_stage(Stage.OFFER)
    return window


async def saving(lab: Lab) -> QWidget:
    page = await with_traffic(lab)
    page.save_progress.show()
    return lab.window


# ---- dialogs


async def clients(lab: Lab) -> QWidget:
    from serialbridge_gui.ui.clients_panel import ClientsPanel

    page = await with_traffic(lab)
    page.show_clients()
    return opened(lab, ClientsPanel)


async def statistics(lab: Lab) -> QWidget:
    from serialbridge_gui.ui.statistics_panel import StatisticsPanel

    page = await with_traffic(lab)
    page.show_statistics()
    return opened(lab, StatisticsPanel)


async def test_client(lab: Lab) -> QWidget:
    from serialbridge_gui.ui.test_client import TestClient

    page = await with_traffic(lab)
    page.show_test_client()
    client = opened(lab, TestClient)
    assert isinstance(client, TestClient)
    await until(lambda: client.connected, "connected")
    client.line.setText("hello")
    client.send_line()
    await until(lambda: "hello" in client.view.toPlainText(), "the answer")
    return client


async def highlights(lab: Lab) -> QWidget:
    from serialbridge_gui.ui.highlight_dialog import HighlightDialog

    window = lab.open()
    page = lab.page(lab.add("sim://echo"))
    page.log.highlights.set_rules((HighlightRule("MODE", color="blue"), HighlightRule("ERR", color="red")))
    page.log.edit_highlights()
    assert window.isVisible()
    return opened(lab, HighlightDialog)


async def grouping(lab: Lab) -> QWidget:
    from serialbridge_gui.ui.grouping_dialog import GroupingDialog

    lab.open()
    lab.page(lab.add("sim://echo")).log.toolbar.grouping_menu.open_dialog()
    return opened(lab, GroupingDialog)


async def messages(lab: Lab) -> QWidget:
    from serialbridge_gui.ui.messages_dialog import MessagesDialog

    await sending(lab)
    page = lab.window.current_page()
    assert page is not None
    page.send.form.messages.edit.click()
    return opened(lab, MessagesDialog)


async def program_settings(lab: Lab, page: int = 0) -> QWidget:
    from serialbridge_gui.ui.settings_dialog import SettingsDialog

    window = lab.open()
    window.show_settings()
    dialog = opened(lab, SettingsDialog)
    assert isinstance(dialog, SettingsDialog)
    dialog.tabs.setCurrentIndex(page)
    return dialog


def settings_page(number: int) -> Scene:
    """A page of the program's settings, from the left."""
    return lambda lab: program_settings(lab, number)


async def virtual_machine(lab: Lab) -> QWidget:
    from serialbridge_gui.ui.vm_dialog import VmDialog

    lab.open()
    page = lab.page(lab.add("sim://echo", name="Weigh scale"))
    page.show_vm()
    dialog = opened(lab, VmDialog)
    assert isinstance(dialog, VmDialog)
    await until(lambda: dialog.text.toPlainText(), "there is a text to copy")
    return dialog


SER2NET: Final = """\
connection: &plc
  accepter: telnet(rfc2217),tcp,3001
  connector: serialdev,/dev/ttyUSB0,9600n81,local
  options:
    banner: welcome
"""


async def importing(lab: Lab) -> QWidget:
    from serialbridge_gui.ui.import_dialog import ImportDialog

    window = lab.open()
    file = lab.config_dir.parent / "ser2net.yaml"
    file.write_text(SER2NET, encoding="utf-8")
    window.profiles.import_files([file])
    await until(lambda: any(each.isVisible() for each in window.findChildren(ImportDialog)), "the report is shown")
    return opened(lab, ImportDialog)


async def help_page(lab: Lab) -> QWidget:
    from serialbridge_gui.ui.help_page import HelpPage

    window = lab.open()
    window.help_menu.show_help()
    return opened(lab, HelpPage)


async def delete(lab: Lab) -> QWidget:
    window = lab.open()
    session = lab.add("sim://echo", name="Weigh scale")
    lab.page(session)
    await lab.start(session)
    window.ask_delete()
    return opened(lab, QMessageBox)


async def closing(lab: Lab) -> QWidget:
    window = lab.open()
    session = lab.add("sim://echo", name="Weigh scale")
    lab.page(session)
    await lab.start(session)
    window.close()
    return opened(lab, QMessageBox)


async def direction_to_save(lab: Lab) -> QWidget:
    lab.open()
    lab.page(lab.add("sim://echo")).save_menu._ask_direction(Path("log.bin"))
    return opened(lab, QMessageBox)


async def about(lab: Lab) -> QWidget:
    window = lab.open()
    window.about_action.trigger()
    return opened(lab, QMessageBox)


# ---- menus


def menu(number: int) -> Scene:
    """A menu of the menu bar, from the left."""

    async def scene(lab: Lab) -> QWidget:
        window = lab.open()
        lab.page(lab.add("sim://echo"))
        found = window.menuBar().actions()[number].menu()
        assert isinstance(found, QMenu)
        found.popup(window.mapToGlobal(window.rect().topLeft()))
        return found

    return scene


SCENES: Final[dict[str, Scene]] = {
    "first-run": first_run,
    "first-run-with-a-port": first_run_with_a_port,
    "stopped": stopped,
    "settings": settings,
    "network-settings": network_settings,
    "waiting": waiting,
    "running": running,
    "found": found,
    "sending": sending,
    "failed": failed,
    "unplugged": unplugged,
    "crash-report": crash_report,
    "diagnostics-copied": diagnostics_copied,
    "saving": saving,
    "deleted": deleted,
    "in-groups": in_groups,
    "firewall": firewall,
    "clients": clients,
    "statistics": statistics,
    "test-client": test_client,
    "highlights": highlights,
    "grouping": grouping,
    "messages": messages,
    "settings-general": settings_page(0),
    "settings-log": settings_page(1),
    "settings-new-bridges": settings_page(2),
    "settings-running": settings_page(3),
    "virtual-machine": virtual_machine,
    "importing": importing,
    "help": help_page,
    "delete": delete,
    "closing": closing,
    "direction-to-save": direction_to_save,
    "about": about,
    "menu-file": menu(0),
    "menu-bridge": menu(1),
    "menu-view": menu(2),
    "menu-help": menu(-1),
}
