"""What is written is read again, other people's captures too, and no file whatever crashes or hangs the reader."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from struct import pack
from typing import BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serialbridge_gui.traffic.capture_error import CaptureError, CaptureFault
from serialbridge_gui.traffic.capture_formats import Format, Source, make_writer
from serialbridge_gui.traffic.capture_reader import MAX_BLOCK_BYTES, CaptureReader
from serialbridge_gui.traffic.chunk import LOCAL, NO_CLIENT, Direction, TapEntry

START_NS = 1_700_000_000_123_456_789
ENTRIES: list[TapEntry] = [
    (START_NS, Direction.TCP_TO_SERIAL, 3, b"\x01\x03\x00\x00"),
    (START_NS + 1, Direction.SERIAL_TO_TCP, NO_CLIENT, b"=1+1,\"\r\n\0\xff"),
    (START_NS + 2, Direction.EVENT, NO_CLIENT, "Client #3 is gone: ✓".encode()),
    (START_NS + 3, Direction.GAP, NO_CLIENT, b"4711"),
    (START_NS + 4, Direction.TCP_TO_SERIAL, LOCAL, b"by hand"),
    (START_NS + 5, Direction.SERIAL_TO_TCP, NO_CLIENT, bytes(range(256)) * 256),
]


def written(format: Format, entries: list[TapEntry]) -> bytes:  # noqa: A002
    writer = make_writer(format, Source("Scale", "/dev/ttyUSB0", "9600 8N1"))
    return writer.begin() + writer.encode(entries) + writer.end()


def read(data: bytes) -> list[TapEntry]:
    return list(CaptureReader(io.BytesIO(data)))


def fault_of(data: bytes) -> CaptureFault:
    with pytest.raises(CaptureError) as caught:
        read(data)
    return caught.value.fault


# ---- other people's files, block by block


def block(kind: int, body: bytes, order: str = "<") -> bytes:
    body += bytes(-len(body) % 4)
    length = pack(order + "I", len(body) + 12)
    return pack(order + "I", kind) + length + body + length


def section(order: str = "<", options: bytes = b"") -> bytes:
    return block(0x0A0D0D0A, pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1) + options, order)


def interface(order: str = "<", link: int = 250, options: bytes = b"") -> bytes:
    return block(1, pack(order + "HHI", link, 0, 65535) + options, order)


def frame(event: int, data: bytes, seconds: int = 5, micros: int = 6) -> bytes:
    return pack(">IIBBH", seconds, micros, event, 0, 0) + data


def packet(ticks: int, content: bytes, order: str = "<", number: int = 0, options: bytes = b"") -> bytes:
    head = pack(order + "5I", number, ticks >> 32, ticks & 0xFFFFFFFF, len(content), len(content))
    return block(6, head + content + bytes(-len(content) % 4) + options, order)


def test_our_own_pcapng_is_read_with_every_byte_time_and_client() -> None:
    assert read(written(Format.PCAPNG, ENTRIES)) == ENTRIES


def test_our_own_csv_is_read_with_every_byte_time_and_client() -> None:
    found = read(written(Format.CSV, ENTRIES))
    assert found[:5] == ENTRIES[:5]
    assert b"".join(entry[3] for entry in found[5:]) == ENTRIES[5][3]  # it takes several rows
    assert {entry[:3] for entry in found[5:]} == {ENTRIES[5][:3]}


@pytest.mark.parametrize("text", ["=1+1", "-3 °C", "'=1+1", "''@", "'tis", "+", "'", ""])
def test_event_in_a_csv_comes_back_without_what_keeps_a_spreadsheet_from_computing_it(text: str) -> None:
    event: TapEntry = (START_NS, Direction.EVENT, NO_CLIENT, text.encode())
    data = written(Format.CSV, [event])
    assert b',"=' not in data
    assert read(data) == [event]


def test_csv_that_a_spreadsheet_saved_with_semicolons_and_a_mark_is_read() -> None:
    text = "\ufefflength;hex;note;direction;time\r\n2;61 62;x;serial_to_tcp;2026-11-25 14:00:00.5\r\n"
    assert read(text.encode()) == [(1_795_615_200_500_000_000, 0, 0, b"ab")]


@pytest.mark.parametrize("order", ["<", ">"])
def test_either_byte_order_and_sections_of_both_are_read(order: str) -> None:
    other = "<" if order == ">" else ">"
    data = section(order) + interface(order) + packet(7_000_001, frame(2, b"one"), order)
    data += section(other) + interface(other) + packet(8_000_002, frame(1, b"two"), other)
    assert read(data) == [(7_000_001_000, 0, 0, b"one"), (8_000_002_000, 1, 0, b"two")]


@pytest.mark.parametrize(
    ("resolution", "ticks", "time_ns"),
    [(3, 12_345, 12_345_000_000), (9, 77, 77), (0, 2, 2_000_000_000), (0x81, 3, 1_500_000_000), (127, 1, 0)],
)
def test_any_resolution_of_times_is_understood(resolution: int, ticks: int, time_ns: int) -> None:
    options = pack("<HHBxxx", 9, 1, resolution) + pack("<HH", 0, 0)
    data = section() + interface(options=options) + packet(ticks, frame(2, b"x"))
    assert read(data)[0][0] == time_ns


def test_offset_of_times_is_added_and_what_no_clock_shows_is_bounded() -> None:
    options = pack("<HHq", 14, 8, 100)
    data = section() + interface(options=options) + packet(5, frame(2, b"x")) + packet((1 << 64) - 1, frame(2, b"y"))
    assert [entry[0] for entry in read(data)] == [100_000_005_000, (1 << 63) - 1]


def test_packets_of_other_interfaces_and_blocks_of_any_kind_are_passed_over() -> None:
    data = section(options=pack("<HH4s", 1, 4, b"note")) + interface(link=1) + interface()
    data += block(0x0BAD, b"whatever") + packet(1, b"ethernet", number=0) + packet(2, frame(2, b"serial"), number=1)
    data += block(5, bytes(12)) + packet(3, frame(1, b"end"), number=1, options=pack("<HH4s", 4711, 3, b"abc\0"))
    assert [entry[3] for entry in read(data)] == [b"serial", b"end"]


def test_simple_and_obsolete_packets_are_read() -> None:
    simple = frame(2, b"simple")
    old = frame(1, b"obsolete")
    data = section() + interface() + block(3, pack("<I", len(simple)) + simple)
    data += block(2, pack("<HHIIII", 0, 0, 0, 9, len(old), len(old)) + old)
    assert read(data) == [(5_000_006_000, 0, 0, b"simple"), (9_000, 1, 0, b"obsolete")]


@pytest.mark.parametrize(("magic", "step_ns"), [(0xA1B2C3D4, 1000), (0xA1B23C4D, 1)])
@pytest.mark.parametrize("order", ["<", ">"])
def test_old_pcap_is_read(order: str, magic: int, step_ns: int) -> None:
    content = frame(2, b"abc")
    data = pack(order + "IHHIIII", magic, 2, 4, 0, 0, 65535, 250)
    data += pack(order + "IIII", 3, 4, len(content), len(content)) + content
    assert read(data) == [(3_000_000_000 + 4 * step_ns, 0, 0, b"abc")]


@pytest.mark.parametrize("format", [Format.PCAPNG, Format.CSV])
def test_file_cut_anywhere_gives_what_is_whole(format: Format) -> None:  # noqa: A002
    data = written(format, ENTRIES[:5])
    head = len(written(format, []))
    for size in range(head, len(data)):
        reader = CaptureReader(io.BytesIO(data[:size]))
        found = list(reader)
        assert found == ENTRIES[: len(found)]
        assert reader.cut or data[:size] == written(format, ENTRIES[: len(found)]) or format is Format.CSV


@pytest.mark.parametrize("data", [b"", b"\0", b"hello", bytes(1000), b"\x7fELF", b"time;hex\n", "£".encode("latin-1")])
def test_what_is_no_capture_is_called_that(data: bytes) -> None:
    assert fault_of(data) is CaptureFault.UNKNOWN


def test_capture_of_something_else_is_called_that_without_reading_all_of_it() -> None:
    assert fault_of(section() + interface(link=1) + packet(1, b"ethernet")) is CaptureFault.NO_SERIAL
    assert fault_of(pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)) is CaptureFault.NO_SERIAL
    many = io.BytesIO(section() + interface(link=1) + packet(1, b"ethernet") * 20_000)
    with pytest.raises(CaptureError):
        list(CaptureReader(many))
    assert many.tell() < len(many.getvalue())


@pytest.mark.parametrize(
    "tail",
    [
        pack("<II", 6, 8), pack("<II", 6, 33) + bytes(33), block(6, bytes(4)), packet(1, frame(2, b""), number=1),
        block(6, pack("<5I", 0, 0, 0, 999, 999)), block(3, b""), block(1, b""),
        packet(1, frame(2, b"x"))[:-4] + b"abcd",
        b"\x0a\x0d\x0d\x0a" + pack("<III", 28, 0x1A2B3C4D, 2) + bytes(12),
    ],
)  # fmt: skip
def test_broken_block_is_told_after_what_came_before(tail: bytes) -> None:
    entries = iter(CaptureReader(io.BytesIO(section() + interface() + packet(1, frame(2, b"before")) + tail)))
    assert next(entries)[3] == b"before"
    with pytest.raises(CaptureError) as caught:
        next(entries)
    assert caught.value.fault is CaptureFault.BROKEN
    assert caught.value.position > 28


@pytest.mark.parametrize("row", ["x,gap,1", "2026-11-25T14:00:00Z,serial_to_tcp,6", ",,", "2026-11-25T14:00:00Z,up,61"])
def test_broken_row_is_told_with_its_line(row: str) -> None:
    with pytest.raises(CaptureError) as caught:
        read(f"time,direction,hex\n2026-11-25T14:00:00Z,serial_to_tcp,61\n{row}\n".encode())
    assert (caught.value.fault, caught.value.position) == (CaptureFault.BROKEN, 3)


class Failing(io.BytesIO):
    def read(self, size: int | None = -1, /) -> bytes:
        raise OSError(5, "Input/output error")


def test_disk_that_fails_is_told_in_the_systems_words() -> None:
    with pytest.raises(CaptureError) as caught:
        list(CaptureReader(Failing()))
    assert (caught.value.fault, caught.value.detail) == (CaptureFault.UNREADABLE, "Input/output error")


class Trickle(io.BytesIO):
    """Gives a byte or two at once, as a pipe may."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(2, size or 0))


def test_pipe_that_gives_little_at_once_is_read_whole() -> None:
    assert list(CaptureReader(Trickle(written(Format.PCAPNG, ENTRIES)))) == ENTRIES


HUGE = (1 << 31) - 4
"""Bytes of a block."""


class Endless(io.RawIOBase):
    """A file of 2 GiB: `head`, then `fill`, which is not kept anywhere."""

    def __init__(self, head: bytes, fill: bytes) -> None:
        self._head, self._fill, self._left = head, fill, 2 << 30

    def read(self, size: int = -1, /) -> bytes:
        if self._head:
            data, self._head = self._head[:size], self._head[size:]
            return data
        data = (self._fill * (size // len(self._fill) + 1))[: min(size, self._left)]
        self._left -= len(data)
        return data

    def readline(self, size: int | None = -1, /) -> bytes:
        return self.read(size or 0)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Endless(section() + interface() + pack("<II", 6, HUGE), b"\0"),
        lambda: Endless(b"time,direction,hex\n", b"61"),
        lambda: Endless(b"", b"x"),
    ],
    ids=["one block", "one line", "no line"],
)
def test_memory_stays_bounded_whatever_the_file_claims(make: Callable[[], BinaryIO]) -> None:
    tracemalloc.start()
    try:
        with suppress(CaptureError):
            assert list(CaptureReader(make())) == [(0, Direction.GAP, NO_CLIENT, b"%d" % HUGE)]
        assert tracemalloc.get_traced_memory()[1] < 4 * MAX_BLOCK_BYTES
    finally:
        tracemalloc.stop()


@given(
    st.binary(max_size=500),
    st.sampled_from([b"", section(), section(">"), section() + interface(), b"time,hex,direction\n"]),
)
def test_random_bytes_never_crash_the_reader(data: bytes, head: bytes) -> None:
    read_or_refuse(head + data)


@given(
    st.sampled_from([Format.PCAPNG, Format.CSV]),
    st.lists(st.tuples(st.integers(0, 2000), st.one_of(st.none(), st.integers(0, 255))), max_size=8),
)
def test_mutated_captures_never_crash_the_reader(format: Format, changes: list[tuple[int, int | None]]) -> None:  # noqa: A002
    data = bytearray(written(format, ENTRIES[:5]))
    for place, value in changes:
        place %= len(data)
        if value is None:
            del data[place]
        else:
            data[place] = value
    read_or_refuse(bytes(data))


def read_or_refuse(data: bytes) -> None:
    try:
        for time_ns, direction, client, chunk in CaptureReader(io.BytesIO(data)):
            assert 0 <= time_ns < 1 << 63
            assert direction in tuple(Direction)
            assert 0 <= client < 1 << 32
            assert isinstance(chunk, bytes)
    except CaptureError:
        pass
