"""The real window on a real event loop, for tests that are coroutines.

    async def test_something(lab: Lab) -> None:
        window = lab.open()
        session = lab.add("sim://echo")
        click(lab.page(session).start_stop)
        await until(lambda: session.bridge.state.active, "the bridge starts")

`tests/ui/conftest.py` has the `lab` fixture, and runs each coroutine on its loop.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import qasync
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from serialbridge_gui import resources_rc  # noqa: F401 - registers the icons
from serialbridge_gui.engine import events as ev
from serialbridge_gui.engine.bridge import BridgeState
from serialbridge_gui.engine.ports import PortInfo
from serialbridge_gui.profile import DeviceIdentity, ListenAddress
from serialbridge_gui.profile_store import ProfileStore
from serialbridge_gui.traffic.chunk import Direction
from serialbridge_gui.ui.bridge_page import BridgePage
from serialbridge_gui.ui.main_window import MainWindow
from serialbridge_gui.ui.port_watcher import PortWatcher
from serialbridge_gui.ui.session import Session
from serialbridge_gui.ui.settings_file import NAME, SettingsFile
from serialbridge_gui.ui.workspace import Workspace
from tests.processes import free_port

DEADLINE_S = 60.0
"""How long a test waits for what should come at once (chosen: far above what a busy CI machine needs)."""
TEST_S = 300.0
"""When a test that hangs is given up."""
POLL_S = 0.005

WHO = DeviceIdentity(vid=0x1A86, pid=0x7523, serial_number="A50285BI", location="1-2")
CH340 = PortInfo("/dev/ttyUSB3", "USB-SERIAL CH340", 0x1A86, 0x7523, "A50285BI", "1-2", "QinHeng", WHO)
FTDI = PortInfo("/dev/ttyUSB0", "FT232R USB UART", 0x0403, 0x6001)
ON_BOARD = PortInfo("/dev/ttyS0", "/dev/ttyS0")

T = TypeVar("T")
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def until(condition: Callable[[], Any], what: str, deadline_s: float = DEADLINE_S) -> None:
    """Wait for a condition while the window lives; `what` was waited for says the failure."""
    expires = time.monotonic() + deadline_s
    while not condition():
        assert time.monotonic() < expires, f"not within {deadline_s:g} s: {what}"
        await asyncio.sleep(POLL_S)


async def soon(work: Awaitable[T]) -> T:
    """The result of `work`, with the usual deadline."""
    return await asyncio.wait_for(work, DEADLINE_S)


def click(widget: QWidget) -> None:
    """As the mouse does it; the widget must be there to be hit."""
    assert widget.isVisible(), f"{widget.accessibleName() or widget} cannot be seen"
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def type_into(editor: QLineEdit | None, text: str) -> None:
    """Replace what stands there, key by key, without leaving the field."""
    assert editor is not None
    assert editor.isEnabled()
    editor.setFocus()
    editor.selectAll()
    QTest.keyClick(editor, Qt.Key.Key_Delete)
    for character in text:
        if character.isascii():
            QTest.keyClicks(editor, character)
        else:  # QTest aborts at what is not Latin-1
            pressed = QKeyEvent(QEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, character)
            QCoreApplication.sendEvent(editor, pressed)


def press(widget: QWidget, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press and release a key."""
    QTest.keyClick(widget, key, modifier)


async def press_shortcut(
    window: QWidget, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.ControlModifier
) -> None:
    """Press a key where the focus is, so that a field there may take it before the window's shortcut.

    Not on the QWindow, as the system does: QTest then runs an event loop of its own, inside this task, and
    qasync 0.28 loses callbacks that come due in there.
    """
    window.activateWindow()  # once a completer's popup has closed, the offscreen platform leaves none active
    await until(window.isActiveWindow, "the window is active")
    QTest.keyClick(window.focusWidget() or window, key, modifier)


class Lab:
    """One config folder, and the windows a test opens on it."""

    def __init__(self, loop: qasync.QEventLoop, config_dir: Path) -> None:
        self.loop = loop
        self.config_dir = config_dir
        self.complaints: list[str] = []
        """What the last `open` could not load."""
        self._windows: list[MainWindow] = []
        self._writers: list[asyncio.StreamWriter] = []
        self._tasks: list[asyncio.Task[None]] = []

    def run(self, test: Coroutine[Any, Any, None]) -> None:
        """Run a test's coroutine, and close what it left open."""

        async def guarded() -> None:
            try:
                await asyncio.wait_for(test, TEST_S)
            finally:
                await self._close_all()

        self.loop.run_until_complete(guarded())

    # --- The window --------------------------------------------------------------------------------------

    def open(self) -> MainWindow:
        """A window on what the config folder holds, shown and active."""
        workspace = Workspace(ProfileStore(self.config_dir))
        self.complaints = workspace.load()
        settings = SettingsFile(self.config_dir / NAME)
        self.ports = PortWatcher()
        self.window = MainWindow(workspace, self.ports, settings)
        self._windows.append(self.window)
        self.window.resize(1100, 700)
        self.window.show()
        self.window.activateWindow()
        return self.window

    async def close(self) -> None:
        """Close the newest window as the program does."""
        window = self._windows.pop()
        await window.finish()
        window.deleteLater()
        QCoreApplication.sendPostedEvents(None, int(QEvent.Type.DeferredDelete.value))

    def plug(self, *ports: PortInfo) -> None:
        """Let the window see these ports, and no others."""
        self.ports.ports = ports
        self.ports.ports_changed.emit()

    def watch_ports(self) -> None:
        """Let the window look for ports by itself."""
        self._tasks.append(asyncio.ensure_future(self.ports.run()))

    @staticmethod
    def free_port() -> int:
        """A port that nobody listens on now."""
        return free_port()

    # --- Its bridges -------------------------------------------------------------------------------------

    def add(self, device: str, name: str = "Bridge", **fields: Any) -> Session:
        """A chosen bridge on a port of its own; `fields` of the profile."""
        session = self.window.workspace.add(name, device)
        fields.setdefault("listen", ListenAddress(port=free_port()))
        session.edit(session.profile.changed(**fields))
        self.window.sidebar.choose(session)
        return session

    def page(self, session: Session | None = None) -> BridgePage:
        """The page of this bridge, or of the chosen one."""
        if session is not None:
            self.window.sidebar.choose(session)
        page = self.window.current_page()
        assert page is not None
        return page

    async def start(self, session: Session) -> ListenAddress:
        """Start by click; the address it listens on."""
        click(self.page(session).start_stop)
        await until(lambda: session.bridge.address is not None, f"{session.profile.name} starts")
        assert session.bridge.address is not None
        return session.bridge.address

    async def connect(self, session: Session) -> Streams:
        """A client of this bridge that the window shows."""
        address = session.bridge.address
        assert address is not None
        told: list[ev.Event] = []
        note = told.append
        session.bridge.event_occurred.connect(note)
        reader, writer = await soon(asyncio.open_connection(address.host, address.port))
        self._writers.append(writer)
        await until(lambda: any(isinstance(event, ev.ClientConnected) for event in told), "the client is there")
        session.bridge.event_occurred.disconnect(note)
        await until(lambda: session.bridge.state is BridgeState.RUNNING, "the window shows the client")
        return reader, writer

    def forget(self) -> None:
        """Let go of everything, so that it can be collected now."""
        self.__dict__.clear()

    # --- Below -------------------------------------------------------------------------------------------

    async def _close_all(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        while self._windows:
            await self.close()
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.sleep(0)  # lets the transports close their sockets


def log_rows(page: BridgePage) -> list[tuple[Direction, bytes]]:
    """The rows of the log as it shows them, events as their sentences."""
    model = page.log.model
    rows = [model.row_at(position) for position in range(model.rowCount())]
    return [(Direction(row.direction), row.data) for row in rows if row is not None]


def application() -> QApplication:
    """The one there is."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    return app


@contextmanager
def fonts(factor: float) -> Iterator[None]:
    """As if the system's fonts were so much larger."""
    app = application()
    before = app.font()
    larger = app.font()
    larger.setPointSizeF(before.pointSizeF() * factor)
    app.setFont(larger)
    try:
        yield
    finally:
        app.setFont(before)
