"""TelnetCodec: the server's side of Telnet and of serial port control over it. Bytes in, bytes and requests out.

It does no I/O, knows no time and no device: whoever owns the connection feeds it what the client sent, does what
the requests ask for, answers them, and sends what is to be sent.

Telnet is RFC 854 and 855; serial port control is RFC 2217. Agreed to, in both directions, are COM-PORT-OPTION,
BINARY (RFC 856) and SUPPRESS-GO-AHEAD (RFC 858); ECHO (RFC 857), LINEMODE (RFC 1184) and all else is refused.
Negotiation is the Q method of RFC 1143, which cannot loop. Three of its states are enough here: the server asks
for everything it wants at once, and never takes that back.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, IntEnum, auto
from typing import Final

MAX_SUBOPTION_BYTES: Final = 256
"""Bound of a suboption, IACs counted once (chosen: only a signature is longer than 6). A longer one is swallowed."""
MAX_ANSWERS: Final = 128
"""Bound of the negotiation's answers to one client (chosen: clients ask for twenty options at most, once)."""
MAX_OUTGOING_BYTES: Final = 16 << 10
"""Bound of what waits to be taken (chosen: the answers to more than 1,000 requests). What would pass it is dropped."""

BREAK_PULSE: Final = -1
"""Value of a SET_CONTROL request that RFC 2217 does not have: one break of the server's own length. The client sent
IAC BRK (RFC 854), which has no answer; so `answer` does not take it. ser2net, too, sends a break then."""

PRESENCE: Final = b"\r\n[SerialBridge is here]\r\n"
"""The answer to ARE YOU THERE (RFC 854: "some visible evidence")."""


class ComPort(IntEnum):
    """The commands of RFC 2217 with the client's codes; the server's are 100 more."""

    SIGNATURE = 0
    SET_BAUDRATE = 1
    SET_DATASIZE = 2
    SET_PARITY = 3
    SET_STOPSIZE = 4
    SET_CONTROL = 5
    NOTIFY_LINESTATE = 6
    NOTIFY_MODEMSTATE = 7
    FLOWCONTROL_SUSPEND = 8
    FLOWCONTROL_RESUME = 9
    SET_LINESTATE_MASK = 10
    SET_MODEMSTATE_MASK = 11
    PURGE_DATA = 12


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asks of the port. Its form is right; its value may still be one that nobody knows."""

    command: ComPort
    value: int | bytes
    """SET_BAUDRATE: 0 to 2**32 - 1. SIGNATURE: the client's text, or b"": it asks for ours. FLOWCONTROL_SUSPEND and
    FLOWCONTROL_RESUME: 0. SET_CONTROL: 0 to 255, or BREAK_PULSE. All others: 0 to 255."""


Item = bytes | Request
"""Data for the device, never empty, or a request."""

_IAC: Final = b"\xff"
_SE, _NOP, _DM, _BRK, _IP, _AO, _AYT, _EC, _EL, _GA, _SB = range(240, 251)
_WILL, _WONT, _DO, _DONT = range(251, 255)
_WITHOUT_EFFECT: Final = frozenset((_NOP, _DM, _IP, _AO, _EC, _EL, _GA))
"""Meant for a terminal's host, or for nobody: taken out of the data."""

_BINARY: Final = 0
_SUPPRESS_GO_AHEAD: Final = 3
_COM_PORT_OPTION: Final = 44
_WANTED: Final = (_COM_PORT_OPTION, _BINARY, _SUPPRESS_GO_AHEAD)

_OPENING: Final = b"".join(bytes((255, verb, option)) for option in _WANTED for verb in (_DO, _WILL))
"""DO before WILL: gensio's client opens at the first of the two, and obeys only DO."""

_VALUE_BYTES: Final[dict[int, int]] = {
    ComPort.SET_BAUDRATE: 4,
    ComPort.SET_DATASIZE: 1,
    ComPort.SET_PARITY: 1,
    ComPort.SET_STOPSIZE: 1,
    ComPort.SET_CONTROL: 1,
    ComPort.FLOWCONTROL_SUSPEND: 0,
    ComPort.FLOWCONTROL_RESUME: 0,
    ComPort.SET_LINESTATE_MASK: 1,
    ComPort.SET_MODEMSTATE_MASK: 1,
    ComPort.PURGE_DATA: 1,
}
"""How long a request's value is. Not here: SIGNATURE, of any length, and the two that only a server sends."""

_IACS: Final = re.compile(b"\xff*")


class _Expects(Enum):
    """What the next byte is."""

    CONTENT = auto()
    """Data, or a suboption's inside."""
    COMMAND = auto()
    """The byte behind an IAC."""
    OPTION = auto()
    """The byte behind WILL, WONT, DO or DONT."""


class _State(Enum):
    """Of an option in one direction: those of RFC 1143 that occur."""

    NO = auto()
    WANTYES = auto()
    YES = auto()


def escape(data: bytes) -> bytes:
    """Device data as it goes over the wire, each IAC doubled; `data` itself where there is none.

    A CR stays alone, also for a client that refused BINARY (RFC 854 would have CR NUL): the device's bytes are
    the device's. ser2net does the same.
    """
    return data.replace(_IAC, b"\xff\xff")


class TelnetCodec:
    """One connection's Telnet: its options, what is half received, what is to be sent. One thread."""

    __slots__ = (
        "_after_cr",
        "_answers_left",
        "_com_port_used",
        "_expects",
        "_ours",
        "_outgoing",
        "_presence_waits",
        "_spoken",
        "_suboption",
        "_theirs",
        "_verb",
        "ignored",
    )

    def __init__(self) -> None:
        self.ignored = 0
        """How many things were malformed, unknown, or left without an answer because a bound was reached."""
        self._expects = _Expects.CONTENT
        self._verb = 0
        self._suboption: bytearray | None = None  # what it holds so far, one byte more than its bound at most
        self._after_cr = False
        self._ours = dict.fromkeys(_WANTED, _State.WANTYES)
        self._theirs = dict.fromkeys(_WANTED, _State.WANTYES)
        self._com_port_used = False
        self._answers_left = MAX_ANSWERS
        self._outgoing = bytearray()
        self._presence_waits = False
        self._spoken = False

    @property
    def spoken(self) -> bool:
        """Whether the client has sent any command: who never does may not speak Telnet at all."""
        return self._spoken

    @property
    def com_port_agreed(self) -> bool:
        """Whether the client speaks RFC 2217: it said WILL or DO COM-PORT-OPTION, or made a request.

        pyserial's client (3.5) says neither if it reads our opening before it has sent its own.
        """
        states = (self._ours[_COM_PORT_OPTION], self._theirs[_COM_PORT_OPTION])
        return self._com_port_used or _State.YES in states

    def opening(self) -> bytes:
        """What is to be sent before all else, as soon as the client is connected.

        At once, since gensio's client takes a request made before it as not supported.
        """
        return _OPENING

    def feed(self, data: bytes) -> list[Item]:
        """What the client sent, as data for the device and requests in the order they came.

        Takes any chunk of the stream; what is incomplete is kept for the next. A chunk of data alone comes out
        as the same object. Never raises. Afterwards `take_outgoing` may have something.
        """
        items: list[Item] = []
        parts: list[bytes] = []
        position = 0
        while position < len(data):
            if self._expects is _Expects.CONTENT:
                position = self._read_content(data, position, parts)
                continue
            byte = data[position]
            position += 1
            if self._expects is _Expects.OPTION:
                self._expects = _Expects.CONTENT
                self._negotiate(self._verb, byte)
                continue
            self._expects = _Expects.CONTENT
            if byte == 255:  # the other half of a pair came with the last chunk
                self._take(_IAC, parts)
                continue
            request = self._obey(byte)
            if request is not None:
                if parts:
                    items.append(b"".join(parts))
                    parts.clear()
                items.append(request)
        if parts:
            items.append(b"".join(parts))
        return items

    def answer(self, request_command: ComPort, value: int | bytes) -> None:
        """Queue what the server says to a request, or a notification, with the value that is in force.

        `value`: as in `Request`. Raises OverflowError if it does not fit. If MAX_OUTGOING_BYTES are waiting, it is
        dropped and counted as ignored.
        """
        if isinstance(value, int):
            size = _VALUE_BYTES.get(request_command, 1)  # of the two that only a server sends: 1
            value = value.to_bytes(size, "big")
        head = bytes((255, _SB, _COM_PORT_OPTION, request_command + 100))
        self._say(head + escape(value) + bytes((255, _SE)))

    def take_outgoing(self) -> bytes:
        """Everything that is to be sent now, in order, as one block; b"" if there is nothing."""
        outgoing = bytes(self._outgoing)
        self._outgoing.clear()
        self._presence_waits = False
        return outgoing

    # ---- content

    def _read_content(self, data: bytes, start: int, parts: list[bytes]) -> int:
        """Take content from `start` up to a command or to the end; returns the place behind it."""
        iac = data.find(_IAC, start)
        if iac < 0:
            self._take(data[start:], parts)
            return len(data)
        run = _IACS.match(data, iac)
        assert run is not None  # it matches anything
        pairs, single = divmod(run.end() - iac, 2)
        self._take(data[start : iac + pairs], parts)  # half of a run is what its pairs stand for
        if single:
            self._expects = _Expects.COMMAND
        return run.end()

    def _take(self, content: bytes, parts: list[bytes]) -> None:
        if self._suboption is not None:
            self._suboption += content[: MAX_SUBOPTION_BYTES + 1 - len(self._suboption)]
            return
        if not content:
            return
        if self._theirs[_BINARY] is _State.YES:
            self._after_cr = False
        else:  # RFC 854: a CR alone is sent as CR NUL
            if self._after_cr and content[0] == 0:
                content = content[1:]
            self._after_cr = content.endswith(b"\r")
            content = content.replace(b"\r\0", b"\r")
        if content:
            parts.append(content)

    # ---- commands

    def _obey(self, code: int) -> Request | None:
        """Do what the byte behind an IAC says; returns the request that it makes or completes."""
        self._spoken = True
        suboption, self._suboption = self._suboption, None
        if suboption is not None:
            if code == _SE:
                return self._request(bytes(suboption))
            self.ignored += 1  # RFC 855 has no other end: the client has lost its way, and begins anew
        if code == _SB:
            self._suboption = bytearray()
        elif code in (_WILL, _WONT, _DO, _DONT):
            self._verb = code
            self._expects = _Expects.OPTION
        elif code == _BRK:
            return Request(ComPort.SET_CONTROL, BREAK_PULSE)
        elif code == _AYT:
            if not self._presence_waits:  # one answer says it all
                self._presence_waits = self._say(PRESENCE)
        elif code not in _WITHOUT_EFFECT:
            self.ignored += 1
        return None

    def _request(self, suboption: bytes) -> Request | None:
        """The request that a suboption is; None, and counted, if it is none."""
        if 2 <= len(suboption) <= MAX_SUBOPTION_BYTES and suboption[0] == _COM_PORT_OPTION:
            code, value = suboption[1], suboption[2:]
            request: Request | None = None
            if code == ComPort.SIGNATURE:
                request = Request(ComPort.SIGNATURE, value)
            elif len(value) == _VALUE_BYTES.get(code):
                request = Request(ComPort(code), int.from_bytes(value, "big"))
            if request is not None:
                self._com_port_used = True
                return request
        self.ignored += 1
        return None

    def _negotiate(self, verb: int, option: int) -> None:
        """RFC 1143, section 7, as far as its states occur."""
        on = verb in (_WILL, _DO)
        if verb in (_WILL, _WONT):
            states, agree, refuse = self._theirs, _DO, _DONT
        else:
            states, agree, refuse = self._ours, _WILL, _WONT
        state = states.get(option, _State.NO)
        if state is _State.WANTYES:
            states[option] = _State.YES if on else _State.NO
        elif on and state is _State.NO:
            wanted = option in states
            if self._say_of_option(agree if wanted else refuse, option) and wanted:
                states[option] = _State.YES
        elif not on and state is _State.YES:
            states[option] = _State.NO  # also unanswered: nobody can be made to go on
            self._say_of_option(refuse, option)

    # ---- outgoing

    def _say_of_option(self, verb: int, option: int) -> bool:
        if not self._answers_left:
            self.ignored += 1
            return False
        self._answers_left -= 1
        return self._say(bytes((255, verb, option)))

    def _say(self, block: bytes) -> bool:
        """Queue `block` whole; False, and counted, if there is no room."""
        if len(self._outgoing) + len(block) > MAX_OUTGOING_BYTES:
            self.ignored += 1
            return False
        self._outgoing += block
        return True
