"""Makes the pictures of the documentation: the real window on a virtual screen, light and dark.

    PYTHONPATH=. xvfb-run -a -s "-screen 0 1400x1000x24" python docs/pictures/make.py [FOLDER [LANGUAGE]]
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

import qasync
from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QApplication

from serialbridge_gui import resources_rc  # noqa: F401 - registers the icons
from serialbridge_gui.engine.bridge import BridgeState
from serialbridge_gui.profile import ListenAddress
from serialbridge_gui.profile_store import ProfileStore
from serialbridge_gui.traffic.chunk import Direction
from serialbridge_gui.traffic.message import Checksum, LineEnding, Message, MessageKind
from serialbridge_gui.traffic.pattern import PatternKind
from serialbridge_gui.ui.highlight_rules import HighlightRule
from serialbridge_gui.ui.language import use_language
from serialbridge_gui.ui.log_pane import LogPane
from serialbridge_gui.ui.main_window import MainWindow
from serialbridge_gui.ui.port_watcher import PortWatcher
from serialbridge_gui.ui.send_memory import NamedMessage
from serialbridge_gui.ui.send_panel import SendPanel
from serialbridge_gui.ui.settings_file import SettingsFile
from serialbridge_gui.ui.workspace import Workspace
from tests.ui.scenes import dark_palette, light_palette

SIZE = (1100, 680)


async def until(condition: object, what: str) -> None:
    """Wait for a condition, at most 15 s."""
    assert callable(condition)
    for _ in range(300):
        if condition():
            return
        await asyncio.sleep(0.05)
    raise TimeoutError(what)


async def pictures(folder: Path) -> None:
    """One window after another."""
    with tempfile.TemporaryDirectory() as config:
        directory = Path(config)
        workspace = Workspace(ProfileStore(directory))
        ports = PortWatcher()
        watching = asyncio.ensure_future(ports.run())
        window = MainWindow(workspace, ports, SettingsFile(directory / "settings.json"))
        window.resize(*SIZE)
        window.show()
        await both_schemes(window, folder, "first-run")

        chinese = QLocale().language() is QLocale.Language.Chinese
        scale = workspace.add("电子秤" if chinese else "Weigh scale", "sim://echo")
        scale.edit(scale.profile.changed(listen=ListenAddress(host="0.0.0.0", port=scale.profile.listen.port)))
        demo = window.start_demo()
        await until(lambda: demo.bridge.state is BridgeState.WAITING_FOR_CLIENT, "the demo listens")
        address = demo.bridge.address
        assert address is not None
        reader, writer = await asyncio.open_connection(address.host, address.port)
        for command in (b"GET MODE\r\n", bytes(range(40)), "23.5 °C\r\n".encode()):
            writer.write(command)
            await writer.drain()
            await asyncio.wait_for(reader.readexactly(len(command)), 5)
            await asyncio.sleep(0.3)
        page = window.current_page()
        assert page is not None
        await until(lambda: page.log.model.rowCount() >= 16, "rows")
        page.log.table.selectRow(6)
        page.log.bytes_pane.set_unfolded(True)
        await both_schemes(window, folder, "running")
        await find_something(page.log)
        await both_schemes(window, folder, "find")
        page.log.find_bar.actions_of_find.only_matching.trigger()
        page.log.find_bar.routes.direction_action(Direction.EVENT).trigger()
        await until(lambda: not page.log.finder.busy, "filtered")
        await both_schemes(window, folder, "filter")
        page.log.find_bar.close_bar()
        page.log.highlights.set_rules(())
        page.log.bytes_pane.set_unfolded(False)
        await send_something(workspace, page.send)
        await both_schemes(window, folder, "send")
        page.send.set_unfolded(False)
        writer.close()

        missing = workspace.add("PLC", "/dev/ttyUSB7")
        window.start_profile(missing)
        await until(lambda: missing.bridge.state is BridgeState.ERROR, "the device is missing")
        window.current_page().form.format_button.setChecked(True)  # type: ignore[union-attr]
        await both_schemes(window, folder, "device-missing")
        watching.cancel()
        await window.finish()


async def find_something(log: LogPane) -> None:
    """What two of three measured values have, with their rows' answers in colour."""
    log.highlights.set_rules((HighlightRule("MODE", color="blue"), HighlightRule("connected", color="green")))
    log.find_bar.actions_of_find.open.trigger()
    log.find_bar.kind.setCurrentIndex(list(PatternKind).index(PatternKind.HEX))
    log.find_bar.field.setText("54 3D 32 ??")
    log.find_bar.actions_of_find.next.trigger()
    await until(lambda: not log.finder.busy and log.finder.ordinal > 0, "found")
    await asyncio.sleep(0.6)


async def send_something(workspace: Workspace, panel: SendPanel) -> None:
    """A message in hex with its checksum, one to all clients, some with names."""
    modbus = Message("01 03 00 00 00 0A", MessageKind.HEX, checksum=Checksum.CRC16_MODBUS)
    named = (("Identify", Message("*IDN?", ending=LineEnding.LF)), ("Read registers", modbus), ("Zero", Message("Z")))
    workspace.sending.set_messages(tuple(NamedMessage(name, message) for name, message in named))
    panel.set_unfolded(True)
    panel.form.target.setCurrentIndex(1)
    panel.form.controls.show_message(Message("maintenance at noon", ending=LineEnding.CRLF))
    panel.form.send.click()
    panel.form.target.setCurrentIndex(0)
    panel.form.controls.show_message(modbus)
    panel.form.send.click()
    await asyncio.sleep(0.5)


async def both_schemes(window: MainWindow, folder: Path, name: str) -> None:
    """Grab it light and dark."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    for scheme, palette in (("light", light_palette()), ("dark", dark_palette())):
        app.setPalette(palette)
        await asyncio.sleep(0.4)
        image = window.grab().toImage().convertToFormat(image_format())
        image.save(str(folder / f"{name}-{scheme}.png"), "PNG", 0)


def image_format() -> object:
    from PySide6.QtGui import QImage

    return QImage.Format.Format_RGB32


def main() -> int:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent
    folder.mkdir(parents=True, exist_ok=True)
    app = QApplication(sys.argv[:1])
    use_language(app, sys.argv[2] if len(sys.argv) > 2 else "en")
    app.setStyle("Fusion")
    app.setQuitOnLastWindowClosed(False)
    app.styleHints().setColorScheme(Qt.ColorScheme.Light)
    loop = qasync.QEventLoop(app)
    asyncio.set_event_loop(loop)
    with loop:
        loop.run_until_complete(pictures(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
