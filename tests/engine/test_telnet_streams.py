"""Random Telnet streams, split anyhow, against a decoder that is written to be read, not to be fast."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serialbridge_gui.engine.telnet import (
    BREAK_PULSE,
    MAX_ANSWERS,
    MAX_OUTGOING_BYTES,
    PRESENCE,
    ComPort,
    Item,
    Request,
    TelnetCodec,
)

LONG_RUN = 50_000
"""Examples of `dev.py soak`."""


class Reference:
    """What a whole stream means. It sees all of it at once and goes byte by byte."""

    def __init__(self, stream: bytes) -> None:
        self.items: list[Item] = []
        self.ignored = 0
        self.outgoing = b""
        self._stream = list(stream)
        self._answers = 0
        self._asked = {(side, option) for side in ("client", "server") for option in (0, 3, 44)}
        self._on: set[tuple[str, int]] = set()
        self._last_text_byte = -1
        try:
            while self._stream:
                self._one()
        except IndexError:  # the stream ends in the middle of something
            pass

    def _one(self) -> None:
        byte = self._stream.pop(0)
        if byte != 255:
            self._data(byte)
            return
        code = self._stream.pop(0)
        if code == 255:
            self._data(255)
        else:
            self._command(code)

    def _command(self, code: int) -> None:
        if code == 250:
            self._suboption()
        elif code in (251, 252, 253, 254):
            self._negotiation(code, self._stream.pop(0))
        elif code == 243:
            self.items.append(Request(ComPort.SET_CONTROL, BREAK_PULSE))
        elif code == 246:
            if PRESENCE not in self.outgoing:
                self.outgoing += PRESENCE
        elif code not in (241, 242, 244, 245, 247, 248, 249):
            self.ignored += 1

    def _data(self, byte: int) -> None:
        binary = ("client", 0) in self._on
        if byte == 0 and self._last_text_byte == 13 and not binary:
            self._last_text_byte = -1
            return
        self._last_text_byte = -1 if binary else byte
        if self.items and isinstance(self.items[-1], bytes):
            self.items[-1] += bytes([byte])
        else:
            self.items.append(bytes([byte]))

    def _suboption(self) -> None:
        inside: list[int] = []
        while True:
            byte = self._stream.pop(0)
            if byte == 255:
                code = self._stream.pop(0)
                if code == 240:
                    break
                if code != 255:
                    self.ignored += 1
                    self._command(code)
                    return
            inside.append(byte)
        lengths = {1: 4, 2: 1, 3: 1, 4: 1, 5: 1, 8: 0, 9: 0, 10: 1, 11: 1, 12: 1}
        if len(inside) < 2 or len(inside) > 256 or inside[0] != 44:
            self.ignored += 1
        elif inside[1] == 0:
            self.items.append(Request(ComPort.SIGNATURE, bytes(inside[2:])))
        elif inside[1] in lengths and len(inside) - 2 == lengths[inside[1]]:
            number = 0
            for byte in inside[2:]:
                number = number * 256 + byte
            self.items.append(Request(ComPort(inside[1]), number))
        else:
            self.ignored += 1

    def _negotiation(self, verb: int, option: int) -> None:
        side = "client" if verb in (251, 252) else "server"
        yes, no = (253, 254) if side == "client" else (251, 252)
        key = (side, option)
        if verb in (251, 253):
            if key in self._asked:
                self._asked.remove(key)
                self._on.add(key)
            elif key not in self._on:
                wanted = option in (0, 3, 44)
                if self._reply(yes if wanted else no, option) and wanted:
                    self._on.add(key)
        elif key in self._asked:
            self._asked.remove(key)
        elif key in self._on:
            self._on.remove(key)
            self._reply(no, option)

    def _reply(self, verb: int, option: int) -> bool:
        if self._answers == MAX_ANSWERS:
            self.ignored += 1
            return False
        self._answers += 1
        self.outgoing += bytes([255, verb, option])
        return True


TELLING = (255, 255, 255, 240, 240, 241, 243, 246, 250, 250, 251, 252, 253, 254, 44, 44, 0, 1, 3, 5, 10, 13, 65)
VERBS = (b"\xff\xfb", b"\xff\xfc", b"\xff\xfd", b"\xff\xfe")


def doubled(data: bytes) -> bytes:
    return data.replace(b"\xff", b"\xff\xff")


def suboption(command: int, value: bytes) -> bytes:
    return b"\xff\xfa\x2c" + doubled(bytes([command]) + value) + b"\xff\xf0"


PIECES = st.one_of(
    st.binary(max_size=20),
    st.binary(max_size=20).map(doubled),
    st.lists(st.sampled_from(TELLING), max_size=20).map(bytes),
    st.builds(lambda verb, option: verb + bytes([option]), st.sampled_from(VERBS), st.sampled_from(TELLING)),
    st.builds(suboption, st.integers(0, 13) | st.integers(0, 255), st.binary(max_size=5)),
    st.builds(suboption, st.sampled_from((1, 2, 5)), st.sampled_from((b"\0\1\xc2\0", b"\xff\xff\xff\xff", b"\x08"))),
    st.builds(lambda size: suboption(0, b"\xff" * size), st.integers(252, 257)),
    st.builds(lambda verb, count: (verb + b"\x01") * count, st.sampled_from(VERBS), st.integers(1, MAX_ANSWERS)),
    st.sampled_from((b"\r", b"\0", b"\r\0", b"\r\n", b"\xff", b"\xff\xf3", b"\xff\xf6", b"\xff\xfb\0", b"\xff\xfc\0")),
)
STREAMS = st.lists(PIECES, max_size=20).map(b"".join)
CUTS = st.lists(st.floats(0, 1), max_size=8)


def check(stream: bytes, cuts: list[float]) -> None:
    """Whole, byte by byte and cut anywhere, `stream` means what the reference says."""
    expected = Reference(stream)
    places = sorted({0, len(stream), *(int(cut * len(stream)) for cut in cuts)})
    for borders in ((0, len(stream)), range(len(stream) + 1), places):
        codec = TelnetCodec()
        items: list[Item] = []
        for start, end in pairwise(borders):
            chunk_items = codec.feed(stream[start:end])
            assert b"" not in chunk_items
            assert not any(isinstance(a, bytes) and isinstance(b, bytes) for a, b in pairwise(chunk_items))
            items = joined(items, chunk_items)
        assert items == expected.items
        assert codec.ignored == expected.ignored
        assert codec.take_outgoing() == expected.outgoing


def joined(items: list[Item], more: list[Item]) -> list[Item]:
    """Both lists in a row, the data at the border joined."""
    if items and more and isinstance(items[-1], bytes) and isinstance(more[0], bytes):
        return [*items[:-1], items[-1] + more[0], *more[1:]]
    return items + more


@settings(max_examples=300)
@given(STREAMS, CUTS)
def test_any_stream_split_anyhow_means_what_the_reference_says(stream: bytes, cuts: list[float]) -> None:
    check(stream, cuts)


@pytest.mark.soak
@settings(max_examples=LONG_RUN)
@given(STREAMS, CUTS)
def test_very_many_streams_split_anyhow_mean_what_the_reference_says(stream: bytes, cuts: list[float]) -> None:
    check(stream, cuts)


@settings(max_examples=50)
@given(st.lists(PIECES | PIECES.map(lambda piece: piece * 200), max_size=20))
def test_what_is_to_be_sent_stays_bounded_whatever_comes_and_nobody_takes(pieces: list[bytes]) -> None:
    codec = TelnetCodec()
    for piece in pieces:
        for item in codec.feed(piece):
            if isinstance(item, Request) and item.value != BREAK_PULSE:
                codec.answer(item.command, item.value)
        assert len(codec._outgoing) <= MAX_OUTGOING_BYTES
    codec.take_outgoing()
    assert codec.take_outgoing() == b""


def test_one_long_conversation_means_the_same_split_at_every_place() -> None:
    stream = b"".join(
        (
            b"a\r\0b\r\n\xff\xff" + b"\xff\xfb\x2c\xff\xfd\x2c\xff\xfb\0\xff\xfd\0\xff\xfd\1\xff\xfb\x22",
            suboption(0, b"") + suboption(1, b"\xff\xff\xff\xff") + suboption(3, b"") + suboption(12, b"\3"),
            b"\r\0\xff\xff\xff\xff\xff\xf3c\xff\xf6\xff\xf0\xff\xfc\0\r\0" + b"\xff\xfa\x2c\2\xff\xf1d",
            suboption(0, b"\xff" * 254) + suboption(0, b"\xff" * 255) + b"e\r",
        )
    )
    expected = Reference(stream)
    kinds = [type(item) for item in expected.items]
    assert kinds == [bytes, Request, Request, Request, bytes, Request, bytes, Request, bytes]
    for place in range(len(stream) + 1):
        codec = TelnetCodec()
        assert joined(codec.feed(stream[:place]), codec.feed(stream[place:])) == expected.items
        assert codec.ignored == expected.ignored == 4
        assert codec.take_outgoing() == expected.outgoing
