"""RemoteControl: what RFC 2217 clients ask of the port, and what they are told of it.

Telnet itself is `telnet.py`'s. Here each request is carried out and answered with the value in force, whether the
device can change or not: a client that waits for its answer in `open()` is never left hanging.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Protocol

from serialbridge_gui import __version__
from serialbridge_gui.engine import events as ev
from serialbridge_gui.engine.control_lines import Line
from serialbridge_gui.engine.line_errors import LineErrors
from serialbridge_gui.engine.telnet import BREAK_PULSE, ComPort, Request, TelnetCodec, escape
from serialbridge_gui.profile import FlowControl, InvalidSetting, LinePolicy, Parity, SerialSettings
from serialbridge_gui.traffic.clock import time_ns

if TYPE_CHECKING:
    from serialbridge_gui.engine.client import Client
    from serialbridge_gui.engine.port import Port

SIGNATURE: Final = f"SerialBridge {__version__}".encode()
BREAK_PULSE_S: Final = 0.25
"""Of a Telnet BREAK, which has no length: what POSIX gives tcsendbreak at least."""
LONGEST_BREAK_S: Final = 60.0
"""A client that turned a break on and never off (chosen)."""
NO_LINES: Final = 0xB0
"""The modem state of a device without modem lines: CTS, DSR and CD on, as by a cable that joins them. A client that
waits for CTS before it sends would wait for ever otherwise."""

# RFC 2217 section 3, "Com Port Control Commands": the numbers on the wire.
_PARITIES: Final = {1: Parity.NONE, 2: Parity.ODD, 3: Parity.EVEN, 4: Parity.MARK, 5: Parity.SPACE}
_STOP_BITS: Final[dict[int, float]] = {1: 1, 2: 2, 3: 1.5}
_FLOWS: Final = {1: FlowControl.NONE, 2: FlowControl.XON_XOFF, 3: FlowControl.RTS_CTS, 19: FlowControl.DSR_DTR}
_INBOUND: Final = {
    FlowControl.NONE: 14, FlowControl.XON_XOFF: 15, FlowControl.RTS_CTS: 16, FlowControl.DSR_DTR: 18
}  # fmt: skip
ASK_FLOW, ASK_BREAK, BREAK_ON, BREAK_OFF = 0, 4, 5, 6
ASK_INBOUND: Final = 13
_LINES: Final[dict[int, tuple[Line, bool | None]]] = {
    7: ("dtr", None), 8: ("dtr", True), 9: ("dtr", False), 10: ("rts", None), 11: ("rts", True), 12: ("rts", False)
}  # fmt: skip
_IN_FORCE: Final = {("dtr", True): 8, ("dtr", False): 9, ("rts", True): 11, ("rts", False): 12}
_FIELDS: Final[dict[ComPort, ev.ChangedSetting]] = {
    ComPort.SET_BAUDRATE: "baud_rate",
    ComPort.SET_DATASIZE: "data_bits",
    ComPort.SET_PARITY: "parity",
    ComPort.SET_STOPSIZE: "stop_bits",
}


class Conversation:
    """One client's Telnet, and what it wants to be told."""

    __slots__ = ("codec", "hinted", "line_mask", "modem_mask", "modem_state", "suspended")

    def __init__(self) -> None:
        self.codec = TelnetCodec()
        self.modem_state = NO_LINES
        """The lines as it was last told, or would have been without its mask."""
        self.line_mask = 0
        """RFC 2217 section 3: by default no line state is notified, and every change of the modem state."""
        self.modem_mask = 0xFF
        self.hinted = False
        """The log says already that it does not speak Telnet."""
        self.suspended = False
        """It has asked that nothing be sent to it for now."""


class Owner(Protocol):
    """What a RemoteControl needs of its relay."""

    clients: tuple[Client, ...]

    @property
    def port(self) -> Port | None:
        """The open port, if the device is there."""

    def from_client(self, client: Client, data: bytes) -> None:
        """Data for the device."""

    def to_client(self, client: Client, data: bytes) -> None:
        """Bytes for this client alone."""

    def set_line(self, line: Line, on: bool) -> None:
        """Set DTR or RTS."""

    def begin_break(self, duration_s: float) -> None:
        """Begin a break."""

    def purge(self, *, received: bool, waiting: bool) -> None:
        """Throw away what the device sent and nobody has, what clients sent and it has not."""

    def hold_device(self, client: Client, *, held: bool) -> None:
        """Stop, or go on, reading the device on this client's behalf."""


class RemoteControl:
    """One for a bridge in mode RFC 2217. Bridge thread only.

    The client that came first controls the port, in `monitor` the one that may write; what others ask to set is
    answered with the value in force. When it leaves, the profile's settings come back.
    """

    def __init__(self, settings: SerialSettings, owner: Owner, tell: Callable[[ev.Event], None]) -> None:
        self.settings = settings
        """In force, or to be in force once the device is there."""
        self._profile = settings
        self._owner = owner
        self._tell = tell
        self._lines: dict[Line, bool] = {}
        """As last set, where the device cannot tell."""
        self._break_on = False
        self._break_waits = False
        """It is to begin once the one before it has ended."""
        self._errors = LineErrors()
        self._changed_by: Client | None = None

    escape = staticmethod(escape)
    """What the device sent, for the wire."""

    # ---- clients

    def begin(self, client: Client) -> None:
        """Greet a client: negotiation, and the state of the lines."""
        client.conversation = Conversation()
        self._owner.to_client(client, client.conversation.codec.opening())

    def read(self, client: Client, data: bytes) -> None:
        """What a client has sent: data goes to the device, requests are carried out in their order."""
        conversation = client.conversation
        assert conversation is not None
        codec = conversation.codec
        agreed = codec.com_port_agreed
        for item in codec.feed(data):
            if client not in self._owner.clients:
                return  # the device would not take it, or it was the last straw
            if isinstance(item, bytes):
                if not codec.spoken and not conversation.hinted:
                    conversation.hinted = True
                    self._tell(ev.LooksRaw(time_ns(), client.number))
                self._owner.from_client(client, item)
            else:
                self._answer(client, conversation, item)
        if codec.com_port_agreed and not agreed:
            conversation.modem_state = self._modem_state()
            codec.answer(ComPort.NOTIFY_MODEMSTATE, conversation.modem_state)
        if outgoing := codec.take_outgoing():
            self._owner.to_client(client, outgoing)

    def left(self, client: Client, *, stopping: bool) -> None:
        """A client is gone: what it has changed goes back to what the profile says.

        `stopping`: the bridge ends, and the port is closed next. What it still has leaves as its client wanted.
        """
        if client is not self._changed_by:
            return
        self._changed_by = None
        self._end_break()
        self.settings = self._profile
        port = self._owner.port
        if port is not None:
            if not stopping:
                for field in (*_FIELDS.values(), "flow_control"):
                    port.change(field, getattr(self._profile, field))
            self._lines_back()

    def device_back(self) -> None:
        """The device has been opened, again: the lines as the client wants them."""
        self._errors = LineErrors()
        self._break_on = self._break_waits = False
        for line, on in list(self._lines.items()):  # who is told of one and is gone takes its wishes along
            if line in self._lines:
                self._set_line(line, on)

    def baud_rate_refused(self) -> None:
        """The device is back and cannot be opened with what a client set meanwhile: the profile's are in force."""
        self.settings = self._profile

    def break_ended(self) -> None:
        """A break is over: the client's own, by itself or cut short, or one before it."""
        self._break_on, self._break_waits = self._break_waits, False
        if self._break_on:
            self._begin_break(LONGEST_BREAK_S)

    def _lines_back(self) -> None:
        for line in self._lines:
            policy = getattr(self._profile, line)
            if policy is not LinePolicy.KEEP:
                self._set_line(line, policy is LinePolicy.ON)
        self._lines.clear()

    def _set_line(self, line: Line, on: bool) -> None:
        port = self._owner.port
        if port is not None and port.has_lines:
            self._owner.set_line(line, on)

    # ---- requests

    def _controls(self, client: Client) -> bool:
        first = next((other for other in self._owner.clients if other.may_write), None)
        return client is first

    def _answer(self, client: Client, conversation: Conversation, request: Request) -> None:
        may = self._controls(client)
        codec = conversation.codec
        command, value = request.command, request.value
        if command is ComPort.SIGNATURE:
            if not value:
                codec.answer(command, SIGNATURE)
            return  # or it has told its own
        assert isinstance(value, int)
        if command in _FIELDS:
            if may and value:
                self._set(client, _FIELDS[command], value)
            codec.answer(command, self._wire(command))
        elif command is ComPort.SET_CONTROL:
            answer = self._control(client, value, may)
            if answer is not None:
                codec.answer(command, answer)
        elif command is ComPort.SET_LINESTATE_MASK:
            conversation.line_mask = value
            codec.answer(command, value)
        elif command is ComPort.SET_MODEMSTATE_MASK:
            conversation.modem_mask = value
            codec.answer(command, value)
        elif command is ComPort.PURGE_DATA:
            if may and value in (1, 2, 3):
                self._owner.purge(received=value in (1, 3), waiting=value in (2, 3))
            codec.answer(command, value)
        elif command in (ComPort.FLOWCONTROL_SUSPEND, ComPort.FLOWCONTROL_RESUME) and may:
            self._owner.hold_device(client, held=command is ComPort.FLOWCONTROL_SUSPEND)

    def _set(self, client: Client, field: ev.ChangedSetting, value: int) -> None:
        """Have the device take it, if it can; `value` is the wire's number."""
        wanted: object = value
        if field == "parity":
            wanted = _PARITIES.get(value)
        elif field == "stop_bits":
            wanted = _STOP_BITS.get(value)
        elif field == "flow_control":
            wanted = _FLOWS.get(value)
        try:
            settings = self.settings.changed(**{field: wanted})
        except InvalidSetting:
            return  # the number means nothing
        if settings == self.settings:
            return
        port = self._owner.port
        in_force = wanted if port is None else port.change(field, wanted)
        settings = self.settings.changed(**{field: in_force})
        if settings != self.settings:
            self.settings = settings
            self._changed_by = client
            self._tell(ev.SettingChanged(time_ns(), client.number, field, f"{in_force}"))

    def _wire(self, command: ComPort) -> int:
        """The value in force, as RFC 2217 numbers it."""
        settings = self.settings
        if command is ComPort.SET_BAUDRATE:
            return settings.baud_rate
        if command is ComPort.SET_DATASIZE:
            return settings.data_bits
        if command is ComPort.SET_PARITY:
            return _number_of(_PARITIES, settings.parity)
        return _number_of(_STOP_BITS, settings.stop_bits)

    def _control(self, client: Client, value: int, may: bool) -> int | None:
        """Flow control, break, DTR and RTS; returns the state in force, None where there is nothing to answer."""
        if value == BREAK_PULSE:
            if may:
                self._begin_break(BREAK_PULSE_S)
            return None
        if value in _LINES:
            line, on = _LINES[value]
            if may and on is not None:
                self._lines[line] = on
                self._changed_by = client
                self._set_line(line, on)
            return _IN_FORCE[line, self._line(line)]
        if value in (ASK_BREAK, BREAK_ON, BREAK_OFF):
            if may and value != ASK_BREAK:
                self._switch_break(client, on=value == BREAK_ON)
            return BREAK_ON if self._break_on else BREAK_OFF
        if value in _FLOWS and may:
            self._set(client, "flow_control", value)
        if value in _FLOWS or value in (ASK_FLOW, 17):
            return _number_of(_FLOWS, self.settings.flow_control)
        if value in (ASK_INBOUND, *_INBOUND.values()):
            return _INBOUND[self.settings.flow_control]  # one setting for both directions, as drivers have it
        return value  # a control nobody knows: whoever waits for an answer gets one

    def _line(self, line: Line) -> bool:
        port = self._owner.port
        lines = port.lines() if port is not None else None
        known = getattr(lines, line) if lines is not None else None
        if known is None:
            known = self._lines.get(line, getattr(self._profile, line) is not LinePolicy.OFF)
        return bool(known)

    def _switch_break(self, client: Client, *, on: bool) -> None:
        if on == self._break_on:
            return
        if on:
            self._changed_by = client
            self._break_on = True
            port = self._owner.port
            self._break_waits = port is not None and port.breaking
            if not self._break_waits:
                self._begin_break(LONGEST_BREAK_S)
        else:
            self._end_break()

    def _begin_break(self, duration_s: float) -> None:
        port = self._owner.port
        if port is not None and port.has_lines:
            self._owner.begin_break(duration_s)

    def _end_break(self) -> None:
        port = self._owner.port
        if self._break_on and not self._break_waits and port is not None:
            port.cut_break()
        self._break_on = self._break_waits = False

    # ---- what clients are told

    def lines_changed(self) -> None:
        """Tell those who asked for it. Each what is new to it: one that came while the device was away knows other
        lines than one that was there before."""
        state = self._modem_state()
        for client in self._owner.clients:
            conversation = client.conversation
            if conversation is None:
                continue
            was, conversation.modem_state = conversation.modem_state, state
            changed = state ^ was
            deltas = changed >> 4 & 0b1011 | (0b0100 if was & ~state & 0x40 else 0)  # RI: its trailing edge counts
            if (changed | deltas) & conversation.modem_mask:
                self._notify(client, ComPort.NOTIFY_MODEMSTATE, (state | deltas) & conversation.modem_mask)

    def look_for_errors(self, port: Port) -> None:
        """Tell of parity, framing and overrun errors and of breaks since the last look."""
        bits = self._errors.news(port)
        if not bits:
            return
        for client in self._owner.clients:
            conversation = client.conversation
            if conversation is not None and bits & conversation.line_mask:
                self._notify(client, ComPort.NOTIFY_LINESTATE, bits & conversation.line_mask)

    def _notify(self, client: Client, what: ComPort, value: int) -> None:
        conversation = client.conversation
        if conversation is not None and conversation.codec.com_port_agreed:
            conversation.codec.answer(what, value)
            self._owner.to_client(client, conversation.codec.take_outgoing())

    def _modem_state(self) -> int:
        port = self._owner.port
        return _bits(port.lines() if port is not None else None)


def _bits(lines: ev.ModemLines | None) -> int:
    """RFC 2217, NOTIFY-MODEMSTATE: CD 0x80, RI 0x40, DSR 0x20, CTS 0x10."""
    if lines is None:
        return NO_LINES
    return lines.cd << 7 | lines.ri << 6 | lines.dsr << 5 | lines.cts << 4


def _number_of(table: dict[int, Parity] | dict[int, float] | dict[int, FlowControl], value: object) -> int:
    return next(number for number, meaning in table.items() if meaning == value)
