"""The test client: the other end of a bridge, as any program sees it, over a real TCP connection."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtNetwork import QAbstractSocket, QNetworkProxy, QTcpSocket
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from serialbridge_gui.engine.addresses import reachable
from serialbridge_gui.engine.bridge import BridgeState
from serialbridge_gui.profile import ListenAddress, Mode
from serialbridge_gui.traffic.message import MessageError, from_text
from serialbridge_gui.traffic.text import SAMPLE_PICTURES, Encoding, hex_dump, make_visible, to_text
from serialbridge_gui.ui.log_font import log_font, shows_all
from serialbridge_gui.ui.note import Note
from serialbridge_gui.ui.quantities import bytes_text
from serialbridge_gui.ui.session import Session
from serialbridge_gui.ui.state_look import keep_grey_readable, state_icon

READ_BYTES: Final = 64 * 1024
"""Qt reads no further ahead: TCP holds the bridge back, as with any client."""
KEPT_BYTES: Final = 8 * 1024
"""Of what arrived; the oldest leave (chosen: what can be looked through by hand)."""
MAX_LINE_BYTES: Final = 256
REFRESH_MS: Final = 150
MAX_UNSENT_BYTES: Final = 64 * 1024
"""More is refused until the bridge has taken some."""

_ENDINGS: Final = (("\\r\\n", b"\r\n"), ("\\n", b"\n"), ("\\r", b"\r"), ("", b""))


class TestClient(QDialog):
    """One client of one bridge, not modal; it is gone when it is closed. GUI thread only."""

    __test__ = False  # pytest takes it for one of its own

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session = session
        self._pieces: deque[bytes] = deque()
        self._kept = self.received = self.sent = 0
        self._wanted = True
        """The user wants to be connected, as soon as there is somewhere to connect to."""
        self._noted: Callable[[], str] = str
        """Makes the words of the note; `str`: there is none."""
        self.socket = QTcpSocket(self)
        self.socket.setReadBufferSize(READ_BYTES)
        self.socket.setProxy(QNetworkProxy(QNetworkProxy.ProxyType.NoProxy))
        self.state_shape, self.state, self.counts, self.line_label = (QLabel(self) for _ in range(4))
        self.toggle, self.copy, self.clear, self.send = (QPushButton(self) for _ in range(4))
        self.hex = QCheckBox(self)
        self.note = Note(self)
        self.view = QPlainTextEdit(self)
        self.line = QLineEdit(self)
        self.ending = QComboBox(self)
        self._refresh = QTimer(self)
        self._refresh.setSingleShot(True)
        self._refresh.setInterval(REFRESH_MS)
        self._make()
        self._connect_signals()
        self.retranslate()
        self.line.setFocus()
        self._follow_bridge()

    def _make(self) -> None:
        self.view.setReadOnly(True)
        self.view.setTabChangesFocus(True)
        self.view.setUndoRedoEnabled(False)
        self.view.setFont(log_font())
        self.view.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        for label in (self.state, self.counts):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.line_label.setBuddy(self.line)
        self.line.setMaxLength(4096)
        for _ in _ENDINGS:
            self.ending.addItem("")
        for button in (self.toggle, self.copy, self.clear, self.send):
            button.setAutoDefault(False)
        self.send.setDefault(True)
        head, foot, entry = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        head.addWidget(self.state_shape)
        head.addWidget(self.state, 1)
        head.addWidget(self.copy)
        head.addWidget(self.toggle)
        foot.addWidget(self.counts, 1)
        foot.addWidget(self.hex)
        foot.addWidget(self.clear)
        for widget in (self.line_label, self.line, self.ending, self.send):
            entry.addWidget(widget, 1 if widget is self.line else 0)
        layout = QVBoxLayout(self)
        layout.addLayout(head)
        layout.addWidget(self.note)
        layout.addWidget(self.view, 1)
        layout.addLayout(foot)
        layout.addLayout(entry)
        self.resize(640, 400)
        keep_grey_readable(self)

    def _connect_signals(self) -> None:
        self.socket.readyRead.connect(self._read)
        self.socket.bytesWritten.connect(lambda _: self._show_state())
        self.socket.stateChanged.connect(lambda _: self._show_state())
        self.socket.errorOccurred.connect(self._failed)
        self._session.changed.connect(self._follow_bridge)
        self._refresh.timeout.connect(self._show_bytes)
        self.toggle.clicked.connect(self._toggle)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(f"tcp://{self._address()}"))
        self.clear.clicked.connect(self.forget)
        self.hex.toggled.connect(self._show_bytes)
        self.send.clicked.connect(self.send_line)
        self.line.textEdited.connect(lambda _: self._note(str))

    # ---- the connection

    @property
    def connected(self) -> bool:
        """Whether the bridge has taken the connection, as far as this end knows."""
        return self.socket.state() is QAbstractSocket.SocketState.ConnectedState

    def _address(self) -> ListenAddress:
        return reachable(self._session.bridge.address or self._session.profile.listen)

    def _why_not(self) -> str:
        """Why this bridge cannot be connected to, in a sentence."""
        profile = self._session.profile
        if profile.connect is not None:
            return self.tr("This bridge connects to another program by itself: nothing can connect to it.")
        if profile.tls is not None:
            return self.tr("This bridge is encrypted with TLS, which the test client does not speak.")
        if self._session.bridge.address is None:
            return self.tr("The bridge is not running. Press Start; the test client then connects by itself.")
        return ""

    def _follow_bridge(self) -> None:
        """Connect when the bridge has come to run, and say what prevents it."""
        idle = self.socket.state() is QAbstractSocket.SocketState.UnconnectedState
        if self._why_not() and not self.connected:
            self._note(self._why_not)
            self._wanted = self._session.bridge.address is None
        elif idle and self._wanted:
            self._open()
        self._show_state()
        self._show_name()

    def done(self, result: int) -> None:
        """End the connection while there is somebody to tell: a socket that dies with its window tells of it too."""
        self._wanted = False
        self.socket.abort()
        super().done(result)

    def _show_name(self) -> None:
        self.setWindowTitle(self.tr("Test client of {name}").format(name=make_visible(self._session.profile.name)))

    def _open(self) -> None:
        self._wanted = False
        address = self._address()
        telnet = self._session.profile.mode is Mode.RFC2217
        self._note(
            lambda: self.tr(
                "This bridge speaks RFC 2217: between the data there are Telnet's own bytes, which begin with FF."
            )
            if telnet
            else ""
        )
        self.socket.connectToHost(address.host, address.port)

    def _toggle(self) -> None:
        if self.socket.state() is QAbstractSocket.SocketState.UnconnectedState:
            if not self._why_not():
                self._open()
        else:
            self._wanted = False
            self.socket.abort()
            self._note(lambda: self.tr("Disconnected."))

    def _failed(self, error: QAbstractSocket.SocketError) -> None:
        if error is QAbstractSocket.SocketError.RemoteHostClosedError:
            running = self._session.bridge.address is not None
            self._note(self._closed if running else self._why_not)
        else:
            reason = make_visible(self.socket.errorString())
            self._note(lambda: self.tr("No connection: {reason}.").format(reason=reason))
        self._wanted = self._session.bridge.address is None  # when it is started again
        self._show_state()

    # ---- the bytes

    def _read(self) -> None:
        data = bytes(self.socket.readAll().data())
        self.received += len(data)
        self._pieces.append(data[-KEPT_BYTES:])
        self._kept += len(self._pieces[-1])
        while self._kept - len(self._pieces[0]) >= KEPT_BYTES:
            self._kept -= len(self._pieces.popleft())
        if not self._refresh.isActive():
            self._refresh.start()

    def forget(self) -> None:
        """Show nothing of what arrived so far; the counters begin at 0."""
        self._pieces.clear()
        self._kept = self.received = self.sent = 0
        self._show_bytes()

    def send_line(self) -> None:
        """Send what is typed, with its line ending."""
        try:
            data = from_text(self.line.text()) + _ENDINGS[self.ending.currentIndex()][1]
        except MessageError as error:
            self._note(partial(self._no_escape, error.found))
            return
        if self._session.profile.mode is Mode.RFC2217:
            data = data.replace(b"\xff", b"\xff\xff")
        if not self.connected or not data:
            return
        if self.socket.bytesToWrite() + len(data) > MAX_UNSENT_BYTES:
            self._note(lambda: self.tr("The bridge takes nothing now: its device holds it back. Try again later."))
            return
        self.socket.write(data)
        self.sent += len(data)
        self.line.selectAll()
        self._show_counts()

    def _show_bytes(self) -> None:
        """Follow what arrives, unless the user looks at something further up or has selected it."""
        self._show_counts()
        bar = self.view.verticalScrollBar()
        following = bar.value() >= bar.maximum() and not self.view.textCursor().hasSelection()
        if following or not self._pieces or self.sender() is self.hex:
            data = b"".join(self._pieces)[-KEPT_BYTES:]
            self.view.setPlainText("\n".join(hex_dump(data) if self.hex.isChecked() else self._lines(data)))
            bar.setValue(bar.maximum())

    def _lines(self, data: bytes) -> list[str]:
        """The bytes as lines of text, what is invisible made visible; long ones are cut into several."""
        pictures = shows_all(self.view.font(), SAMPLE_PICTURES)
        return [
            to_text(line[start : start + MAX_LINE_BYTES], MAX_LINE_BYTES, pictures, Encoding.UTF_8)
            for line in data.splitlines(keepends=True)
            for start in range(0, len(line), MAX_LINE_BYTES)
        ]

    # ---- words

    def _note(self, words: Callable[[], str]) -> None:
        self._noted, text = words, words()
        self.note.say(text, BridgeState.WAITING_FOR_DEVICE if text else None)

    def _no_escape(self, found: str) -> str:
        return self.tr("“{found}” is no escape; \\r \\n \\t \\0 \\xNN and \\\\ are.").format(found=found)

    def _closed(self) -> str:
        return self.tr("The bridge has closed the connection. It may take one client at a time, or not this computer.")

    def _show_state(self) -> None:
        state, address = self.socket.state(), str(self._address())
        idle = state is QAbstractSocket.SocketState.UnconnectedState
        if self.connected:
            words, look = self.tr("Connected to {address}"), BridgeState.RUNNING
        elif idle:
            words, look = self.tr("Not connected"), BridgeState.STOPPED
        else:
            words, look = self.tr("Connecting to {address}"), BridgeState.OPENING
        self.state.setText(words.format(address=address))
        self.state.setAccessibleName(self.state.text())
        self.state_shape.setPixmap(state_icon(look, self.palette()).pixmap(16, 16))
        self.toggle.setText(self.tr("Connect") if idle else self.tr("Disconnect"))
        self.toggle.setEnabled(not idle or not self._why_not())
        self.toggle.setToolTip(self._why_not() if idle else "")
        self.send.setEnabled(self.connected)

    def _show_counts(self) -> None:
        self.counts.setText(
            self.tr("{received} received, {sent} sent").format(
                received=bytes_text(self.received), sent=bytes_text(self.sent)
            )
        )

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        elif event.type() == QEvent.Type.PaletteChange:
            keep_grey_readable(self)
            self._show_state()

    def retranslate(self) -> None:
        """Put every word anew."""
        self.copy.setText(self.tr("Copy address"))
        self.copy.setToolTip(self.tr("Copy the address that programs connect to"))
        self.clear.setText(self.tr("Clear"))
        self.clear.setToolTip(self.tr("Forget what arrived so far"))
        self.hex.setText(self.tr("Hex"))
        self.hex.setToolTip(self.tr("Show the bytes as hex"))
        self.send.setText(self.tr("Send"))
        self.send.setToolTip(self.tr("Send the line (Enter)"))
        self.line_label.setText(self.tr("&Line"))
        self.line.setAccessibleName(self.tr("Line to send"))
        self.line.setPlaceholderText(self.tr("Text for the device; \\r \\n \\t \\0 \\xNN stand for bytes"))
        self.view.setAccessibleName(self.tr("What arrived"))
        self.view.setPlaceholderText(self.tr("What the device says appears here."))
        self.ending.setAccessibleName(self.tr("Line ending"))
        self.ending.setToolTip(self.tr("What is sent after the line"))
        for index, (words, _) in enumerate(_ENDINGS):
            self.ending.setItemText(index, words or self.tr("nothing"))
        self._note(self._noted)
        self._show_name()
        self._show_state()
        self._show_counts()


