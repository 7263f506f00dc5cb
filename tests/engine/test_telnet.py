"""The Telnet codec in conversation. Random streams against a reference decoder: test_telnet_streams.py."""

from __future__ import annotations

import pytest

from serialbridge_gui.engine.telnet import (
    BREAK_PULSE,
    MAX_ANSWERS,
    MAX_OUTGOING_BYTES,
    MAX_SUBOPTION_BYTES,
    PRESENCE,
    ComPort,
    Item,
    Request,
    TelnetCodec,
    escape,
)

IAC = b"\xff"
SE, NOP, DM, BRK, IP, AO, AYT, EC, EL, GA, SB = (bytes((255, code)) for code in range(240, 251))
WILL, WONT, DO, DONT = (bytes((255, code)) for code in range(251, 255))
BINARY, ECHO, SGA, TIMING_MARK, LINEMODE, COM_PORT = (bytes((code,)) for code in (0, 1, 3, 6, 34, 44))


def asking(command: int, value: bytes = b"") -> bytes:
    """A suboption of RFC 2217 as a client sends it; an answer if `command` is 100 or more."""
    return SB + COM_PORT + escape(bytes((command,)) + value) + SE


def in_binary() -> TelnetCodec:
    """A codec whose client has agreed to send binary."""
    codec = TelnetCodec()
    assert codec.feed(WILL + BINARY) == []
    return codec


def replies(codec: TelnetCodec, data: bytes) -> bytes:
    """What the server says to `data`, which has nothing for the device."""
    assert codec.feed(data) == []
    return codec.take_outgoing()


# ---- options


def test_server_asks_at_once_for_serial_control_binary_and_no_go_ahead_both_ways_and_for_nothing_else() -> None:
    codec = TelnetCodec()
    assert codec.opening() == DO + COM_PORT + WILL + COM_PORT + DO + BINARY + WILL + BINARY + DO + SGA + WILL + SGA
    assert codec.take_outgoing() == b""
    assert not codec.com_port_agreed


def test_client_that_agrees_to_the_opening_gets_no_answer() -> None:
    codec = TelnetCodec()
    agreeing = b"".join(verb + option for option in (COM_PORT, BINARY, SGA) for verb in (WILL, DO))
    assert replies(codec, agreeing) == b""
    assert replies(codec, agreeing) == b""  # nor when it says what is so already
    assert codec.com_port_agreed
    assert codec.ignored == 0


def test_client_that_refuses_the_opening_gets_no_answer_and_may_change_its_mind() -> None:
    codec = TelnetCodec()
    assert replies(codec, WONT + COM_PORT + DONT + COM_PORT) == b""
    assert replies(codec, WONT + COM_PORT + DONT + COM_PORT) == b""
    assert not codec.com_port_agreed
    assert replies(codec, WILL + COM_PORT) == DO + COM_PORT
    assert codec.com_port_agreed
    assert replies(codec, DO + COM_PORT) == WILL + COM_PORT


@pytest.mark.parametrize(("on", "off", "agreed", "ended"), [(WILL, WONT, DO, DONT), (DO, DONT, WILL, WONT)])
def test_each_change_of_an_option_is_answered_once(on: bytes, off: bytes, agreed: bytes, ended: bytes) -> None:
    codec = TelnetCodec()
    assert replies(codec, on + SGA) == b""
    for _ in range(3):
        assert replies(codec, off + SGA + off + SGA) == ended + SGA
        assert replies(codec, on + SGA + on + SGA) == agreed + SGA


@pytest.mark.parametrize("said", [WILL + COM_PORT, DO + COM_PORT, asking(1, b"\0\0\0\0")])
def test_any_sign_that_the_client_speaks_rfc_2217_will_do(said: bytes) -> None:
    codec = TelnetCodec()
    codec.feed(DONT + COM_PORT if said != DO + COM_PORT else WONT + COM_PORT)
    assert not codec.com_port_agreed
    codec.feed(said)
    assert codec.com_port_agreed


@pytest.mark.parametrize("option", [ECHO, LINEMODE, TIMING_MARK, b"\x18", b"\xff"])
def test_other_options_are_refused_each_time_and_forgotten(option: bytes) -> None:
    codec = TelnetCodec()
    for _ in range(2):
        assert replies(codec, DO + option + WILL + option) == WONT + option + DONT + option
        assert replies(codec, DONT + option + WONT + option) == b""
    assert codec.ignored == 0


def test_server_falls_silent_to_a_client_that_never_stops_negotiating() -> None:
    codec = TelnetCodec()
    assert replies(codec, (WILL + ECHO) * (MAX_ANSWERS + 5)) == (DONT + ECHO) * MAX_ANSWERS
    assert codec.ignored == 5
    assert replies(codec, DO + ECHO + WILL + LINEMODE) == b""
    assert codec.ignored == 7
    assert replies(codec, WILL + COM_PORT) == b""  # that one is an answer itself, and still heard
    assert codec.com_port_agreed


def test_option_that_nobody_confirms_any_more_ends_but_does_not_begin() -> None:
    codec = in_binary()
    replies(codec, (WILL + ECHO) * MAX_ANSWERS)
    assert codec.feed(b"\r\0" + WONT + BINARY + b"\r\0" + WILL + BINARY + b"\r\0") == [b"\r\0\r\r"]
    assert codec.take_outgoing() == b""


# ---- data


def test_data_alone_comes_out_as_the_same_object() -> None:
    block = bytes(range(255)) * 257
    for codec in (in_binary(), TelnetCodec()):
        (item,) = codec.feed(block)
        assert item is block
    assert escape(block) is block


@pytest.mark.parametrize("split", [False, True])
def test_doubled_iac_is_one_byte_of_data(split: bool) -> None:
    stream = b"a\xff\xff\xff\xffb\xff\xff\xff" + NOP[1:] + b"\xff\xff"
    assert fed(in_binary(), stream, 1 if split else len(stream)) == [b"a\xff\xffb\xff\xff"]


def test_device_data_is_escaped_so_that_the_codec_would_give_it_back() -> None:
    data = bytes(range(256)) + b"\xff\xff\xff" + bytes(range(256))
    assert escape(data).count(IAC) == 2 * data.count(IAC)
    assert in_binary().feed(escape(data)) == [data]


@pytest.mark.parametrize("command", [NOP, DM, IP, AO, EC, EL, GA])
def test_terminal_commands_are_taken_out_of_the_data(command: bytes) -> None:
    codec = TelnetCodec()
    assert codec.feed(b"be" + command + command + b"fore") == [b"before"]
    assert codec.take_outgoing() == b""
    assert codec.ignored == 0


@pytest.mark.parametrize("code", [0, 65, 236, 239])
def test_unknown_commands_are_taken_out_of_the_data_and_counted(code: int) -> None:
    codec = TelnetCodec()
    assert codec.feed(b"be" + IAC + bytes((code,)) + b"fore") == [b"before"]
    assert codec.ignored == 1


def test_break_is_a_request_in_its_place_among_the_data() -> None:
    codec = TelnetCodec()
    assert codec.feed(b"a" + BRK + b"b") == [b"a", Request(ComPort.SET_CONTROL, BREAK_PULSE), b"b"]
    assert not codec.com_port_agreed  # any Telnet client can send one


def test_server_says_that_it_is_there_once_for_all_who_asked_until_it_is_sent() -> None:
    codec = TelnetCodec()
    assert PRESENCE.decode("ascii").strip().isprintable()
    assert codec.feed(b"a" + AYT + AYT + b"b" + AYT) == [b"ab"]
    assert codec.take_outgoing() == PRESENCE
    assert replies(codec, AYT) == PRESENCE
    assert codec.ignored == 0


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_carriage_return_of_a_client_that_does_not_send_binary_has_its_nul_taken_off(size: int) -> None:
    stream = b"a\r\0b\r\nc\r\0\0\r\r\0" + b"\r" + NOP + b"\0\0d\xff\xff\0\0\r\0"
    expected = b"a\rb\r\nc\r\0\r\r" + b"\r" + b"\0d\xff\0\0\r"
    assert fed(TelnetCodec(), stream, size) == [expected]


def test_each_byte_is_data_once_the_client_sends_binary() -> None:
    codec = TelnetCodec()
    assert codec.feed(b"\r\0" + WILL + BINARY + b"\r\0" + WONT + BINARY + b"\r\0") == [b"\r\r\0\r"]
    assert codec.take_outgoing() == DONT + BINARY
    codec.feed(DO + BINARY)  # the other direction
    assert codec.feed(b"\r\0") == [b"\r"]


def test_carriage_return_before_and_nul_after_the_change_to_binary_do_not_belong_together() -> None:
    assert TelnetCodec().feed(b"\r" + WILL + BINARY + b"\0") == [b"\r\0"]
    assert in_binary().feed(b"\r" + WONT + BINARY + b"\0") == [b"\r\0"]
    assert TelnetCodec().feed(b"\r" + WILL + BINARY + b"x" + WONT + BINARY + b"\0") == [b"\rx\0"]


# ---- requests

REQUESTS = [
    (ComPort.SIGNATURE, b"", b""),
    (ComPort.SIGNATURE, b"a client \xff\xff", b"a client \xff\xff"),
    (ComPort.SET_BAUDRATE, b"\0\0\0\0", 0),
    (ComPort.SET_BAUDRATE, b"\0\1\xc2\0", 115_200),
    (ComPort.SET_BAUDRATE, b"\xff\xff\xff\xff", 0xFFFF_FFFF),
    (ComPort.SET_DATASIZE, b"\x08", 8),
    (ComPort.SET_PARITY, b"\x4d", 77),  # nobody's, but well-formed: it is answered with the one in force
    (ComPort.SET_STOPSIZE, b"\x02", 2),
    (ComPort.SET_CONTROL, b"\x05", 5),
    (ComPort.FLOWCONTROL_SUSPEND, b"", 0),
    (ComPort.FLOWCONTROL_RESUME, b"", 0),
    (ComPort.SET_LINESTATE_MASK, b"\x10", 16),
    (ComPort.SET_MODEMSTATE_MASK, b"\xff", 255),
    (ComPort.PURGE_DATA, b"\x03", 3),
]


@pytest.mark.parametrize(("command", "sent", "value"), REQUESTS)
def test_request_comes_out_in_its_place_and_its_value_is_answered_alike(
    command: ComPort, sent: bytes, value: int | bytes
) -> None:
    codec = in_binary()
    assert codec.feed(b"a" + asking(command, sent) + b"b") == [b"a", Request(command, value), b"b"]
    assert codec.take_outgoing() == b""
    codec.answer(command, value)
    assert codec.take_outgoing() == asking(command + 100, sent)
    assert codec.ignored == 0


@pytest.mark.parametrize(("command", "code"), [(ComPort.NOTIFY_LINESTATE, 106), (ComPort.NOTIFY_MODEMSTATE, 107)])
def test_notifications_are_sent_like_answers_and_ignored_when_a_client_sends_them(command: ComPort, code: int) -> None:
    codec = TelnetCodec()
    codec.answer(command, 255)
    assert codec.take_outgoing() == asking(code, b"\xff")
    assert replies(codec, asking(command, b"\x01") + asking(command)) == b""
    assert codec.ignored == 2


@pytest.mark.parametrize(
    "malformed",
    [
        asking(1, b"\0\1\xc2"),  # too short, too long
        asking(1, b"\0\0\0\1\xc2"),
        asking(1),
        *(asking(command) for command in (2, 3, 4, 5, 10, 11, 12)),
        asking(3, b"\1\1"),
        asking(8, b"\0"),
        asking(13, b"\1"),  # no such command
        asking(101, b"\0\0\0\1"),  # a server's
        asking(255),
        SB + SE,
        SB + COM_PORT + SE,
        SB + b"\x18\x01" + SE,  # of an option that was refused
        SE,
        SB + COM_PORT + b"\1\0\0\xff\0" + SE,  # an IAC that was not doubled
        asking(0, b"x" * (MAX_SUBOPTION_BYTES - 1)),
    ],
)
def test_malformed_request_is_counted_and_the_next_one_understood(malformed: bytes) -> None:
    codec = in_binary()
    assert codec.feed(b"a" + malformed + b"b" + asking(2, b"\x07")) == [b"ab", Request(ComPort.SET_DATASIZE, 7)]
    assert codec.ignored == (3 if b"\xff\0" in malformed else 1)
    assert codec.take_outgoing() == b""


@pytest.mark.parametrize(
    ("command", "items", "reply"),
    [
        (NOP, [b"\x08" + b"data"], b""),
        (DO + ECHO, [b"\x08" + b"data"], WONT + ECHO),
        (BRK, [Request(ComPort.SET_CONTROL, BREAK_PULSE), b"\x08" + b"data"], b""),
    ],
)
def test_command_inside_a_suboption_ends_it_and_is_obeyed(command: bytes, items: list[Item], reply: bytes) -> None:
    codec = in_binary()
    assert codec.feed(SB + COM_PORT + b"\x02" + command + b"\x08" + b"data") == items
    assert codec.take_outgoing() == reply
    assert codec.ignored == 1
    assert codec.feed(SB + b"\x18" + asking(2, b"\x08")) == [Request(ComPort.SET_DATASIZE, 8)]
    assert codec.ignored == 2


def test_longest_signature_is_understood_and_a_longer_suboption_swallowed_to_its_end() -> None:
    codec = in_binary()
    longest = IAC * (MAX_SUBOPTION_BYTES - 2)
    assert codec.feed(asking(0, longest)) == [Request(ComPort.SIGNATURE, longest)]
    assert codec.feed(asking(0, longest + b"x") + b"on") == [b"on"]
    assert codec.ignored == 1


def test_many_answers_are_one_block_in_their_order() -> None:
    codec = TelnetCodec()
    codec.feed(DO + ECHO)
    codec.answer(ComPort.SET_BAUDRATE, 9600)
    codec.feed(AYT + WILL + ECHO)
    codec.answer(ComPort.SIGNATURE, b"\xff")
    block = WONT + ECHO + asking(101, b"\0\0\x25\x80") + PRESENCE + DONT + ECHO + asking(100, b"\xff")
    assert codec.take_outgoing() == block
    assert codec.take_outgoing() == b""


@pytest.mark.parametrize(
    ("command", "value"),
    [
        (ComPort.SET_CONTROL, BREAK_PULSE),
        (ComPort.SET_CONTROL, 256),
        (ComPort.SET_BAUDRATE, 1 << 32),
        (ComPort.FLOWCONTROL_RESUME, 1),
    ],
)
def test_answer_that_does_not_fit_is_a_mistake_and_not_sent(command: ComPort, value: int) -> None:
    codec = TelnetCodec()
    with pytest.raises(OverflowError):
        codec.answer(command, value)
    assert codec.take_outgoing() == b""


# ---- bounds


def test_what_nobody_takes_is_bounded_and_sent_whole() -> None:
    codec = TelnetCodec()
    count = MAX_OUTGOING_BYTES // len(asking(102, b"\x08"))
    for _ in range(count + 3):
        codec.answer(ComPort.SET_DATASIZE, 8)
    codec.feed(AYT + AYT)
    assert codec.ignored == 5
    assert codec.take_outgoing() == asking(102, b"\x08") * count
    assert replies(codec, AYT) == PRESENCE
    assert codec.ignored == 5


def test_suboption_without_end_costs_no_memory() -> None:
    codec = in_binary()
    assert codec.feed(SB) == []
    for block in (b"x" * 65_536, IAC * 65_536, b"x\xff\xff" * 20_000):
        assert codec.feed(block) == []
        assert codec._suboption is not None
        assert len(codec._suboption) == MAX_SUBOPTION_BYTES + 1
    assert codec.feed(SE + b"on") == [b"on"]
    assert codec.ignored == 1


class Watched(bytes):
    """Notes how often it is looked into, and how many of its bytes are copied or searched."""

    looks = 0
    touched = 0

    def find(self, *args: object) -> int:  # type: ignore[override]
        found = super().find(*args)  # type: ignore[arg-type]
        start = args[1] if len(args) > 1 else 0
        assert isinstance(start, int)
        self.looks += 1
        self.touched += (found if found >= 0 else len(self)) - start
        return found

    def __getitem__(self, key: object) -> object:  # type: ignore[override]
        part = super().__getitem__(key)  # type: ignore[call-overload]
        self.looks += 1
        self.touched += len(part) if isinstance(part, bytes) else 1
        return part


@pytest.mark.parametrize(
    ("block", "looks"),
    [
        (b"x" * 65_536, 2),
        (IAC * 65_536, 2),
        (b"x\xff\xff" * 10_000, 2 * 10_000),
        (NOP * 10_000, 3 * 10_000),
        ((WILL + ECHO) * 10_000, 4 * 10_000),
        (asking(1, b"\0\0\0\0") * 10_000, 6 * 10_000),
        (SB + b"x" * 65_536, 5),
        (SB * 10_000, 3 * 10_000),
    ],
)
def test_each_byte_is_looked_at_a_fixed_number_of_times(block: bytes, looks: int) -> None:
    watched = Watched(block)
    in_binary().feed(watched)
    assert 0 < watched.looks <= looks + 2
    assert watched.touched <= 3 * len(block)


def fed(codec: TelnetCodec, stream: bytes, size: int) -> list[Item]:
    """What comes out if `stream` arrives in chunks of `size` bytes, adjacent data joined."""
    items: list[Item] = []
    for start in range(0, len(stream), size):
        for item in codec.feed(stream[start : start + size]):
            if items and isinstance(items[-1], bytes) and isinstance(item, bytes):
                items[-1] += item
            else:
                items.append(item)
    return items
