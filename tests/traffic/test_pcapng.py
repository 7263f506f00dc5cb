"""pcapng captures, as bytes and as tshark reads them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serialbridge_gui.traffic.capture_formats import Format, Source, make_writer, whole_size
from serialbridge_gui.traffic.chunk import LOCAL, Direction, TapEntry
from serialbridge_gui.traffic.line_codes import BREAK, DATA_LOST, LINE_EVENT, LINE_STATES, LINES, STATUS_CHANGE
from serialbridge_gui.traffic.pcapng import MAX_CACHED_TAILS, MAX_PACKET_BYTES, PcapngWriter
from tests.captures import RX, TX, data_of, packets_of, tshark_fields
from tests.end2end.programs import needs

SOURCE = Source("Scale ␍", "/dev/ttyUSB0", "9600 8N1")
NOW_NS = 1_800_000_000_123_456_789

traffic = st.lists(
    st.tuples(
        st.integers(0, 4_000_000_000 * 10**9),
        st.sampled_from([0, 1]),
        st.one_of(st.integers(0, 2**20), st.sampled_from([LOCAL, LOCAL | 7])),
        st.binary(min_size=1, max_size=50),
    ),
    max_size=30,
)


def encoded(*entries: TapEntry) -> bytes:
    writer = PcapngWriter(SOURCE)
    return writer.begin() + writer.encode(entries) + writer.end()


@given(traffic)
def test_every_byte_of_the_line_has_its_direction_time_and_client(entries: list[TapEntry]) -> None:
    packets = packets_of(encoded(*entries))
    on_the_line = [entry for entry in entries if entry[1] or entry[2] < LOCAL]
    assert [(each.time_ns, each.event, each.data) for each in packets] == [
        (time_ns, TX if direction else RX, data) for time_ns, direction, _, data in on_the_line
    ]
    for packet, (_, _, client, _) in zip(packets, on_the_line, strict=True):
        assert packet.comment == ("sent by hand" if client >= LOCAL else f"#{client}" if client else "")


def test_what_was_sent_by_hand_to_clients_was_not_on_the_line() -> None:
    packets = packets_of(
        encoded((1, Direction.SERIAL_TO_TCP, LOCAL, b"to all"), (2, Direction.TCP_TO_SERIAL, LOCAL, b"to the device"))
    )
    assert [(packet.event, packet.data) for packet in packets] == [(TX, b"to the device")]


def test_chunk_as_the_bridge_reads_it_is_one_packet_and_a_longer_one_is_cut() -> None:
    chunk = bytes(range(256)) * 256
    assert len(chunk) == MAX_PACKET_BYTES
    packets = packets_of(encoded((NOW_NS, 0, 0, chunk), (NOW_NS, 0, 0, chunk + b"more")))
    assert [len(packet.data) for packet in packets] == [65536, 65536, 4]
    assert data_of(packets, RX) == chunk * 2 + b"more"


def test_events_gaps_and_lines_stand_between_the_packets() -> None:
    cts_dtr = LINES["cts"] | LINES["dtr"]
    packets = packets_of(
        encoded(
            (NOW_NS, Direction.EVENT, 0, "Client #2 left\n\u202e".encode()),
            (NOW_NS + 1, Direction.EVENT, LINE_STATES | cts_dtr, b""),
            (NOW_NS + 2, Direction.SERIAL_TO_TCP, 0, b"x"),
            (NOW_NS + 3, Direction.EVENT, LINE_EVENT | BREAK, b""),
            (NOW_NS + 4, Direction.GAP, 0, b"12345"),
        )
    )
    assert [(each.event, each.lines, each.data, each.comment) for each in packets] == [
        (STATUS_CHANGE, 0, b"", "Client #2 left␊U+202E"),
        (STATUS_CHANGE, cts_dtr, b"", ""),
        (RX, cts_dtr, b"x", ""),
        (BREAK, cts_dtr, b"", ""),
        (DATA_LOST, cts_dtr, b"", "12345 bytes are missing here"),
    ]


def test_memory_stays_small_when_very_many_clients_come_and_go() -> None:
    writer = PcapngWriter(SOURCE)
    for client in range(1, 2 * MAX_CACHED_TAILS):
        writer.encode([(NOW_NS, 1, client, b"x")])
    assert len(writer._tails) <= MAX_CACHED_TAILS


@given(traffic, st.data())
def test_cut_anywhere_the_whole_blocks_before_are_found(entries: list[TapEntry], data: st.DataObject) -> None:
    capture = encoded(*entries)
    size = data.draw(st.integers(0, len(capture)))
    whole = whole_size(Format.PCAPNG, capture, size)
    assert whole <= size
    assert packets_of(capture[:whole]) == packets_of(capture)[: len(packets_of(capture[:whole]))]
    assert whole_size(Format.PCAPNG, capture, len(capture)) == len(capture)


@needs("tshark")
def test_tshark_shows_serial_frames_with_their_comments(tmp_path: Path) -> None:
    path = tmp_path / "a.pcapng"
    path.write_bytes(
        encoded(
            (NOW_NS, Direction.SERIAL_TO_TCP, 0, b"from the device\0\xff"),
            (NOW_NS + 1, Direction.TCP_TO_SERIAL, 3, b"to it"),
            (NOW_NS + 2, Direction.EVENT, 0, b"Client #3 left"),
            (NOW_NS + 3, Direction.GAP, 0, b"7"),
        )
    )
    fields = ("frame.protocols", "rtacser.eventtype", "data.data", "frame.comment", "frame.interface_name")
    assert tshark_fields(path, *fields) == [
        ["rtacser:data", "0x02", b"from the device\0\xff".hex(), "", "/dev/ttyUSB0"],
        ["rtacser:data", "0x01", b"to it".hex(), "#3", "/dev/ttyUSB0"],
        ["rtacser", "0x00", "", "Client #3 left", "/dev/ttyUSB0"],
        ["rtacser", "0x05", "", "7 bytes are missing here", "/dev/ttyUSB0"],
    ]
    assert tshark_fields(path, "frame.time_epoch")[1] == ["1800000000.123456790"]


@needs("tshark")
@pytest.mark.parametrize("cut", [1, 7, 20, 43])
def test_tshark_reads_all_whole_frames_of_a_file_whose_last_block_was_cut(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "a.pcapng"
    path.write_bytes(encoded(*[(NOW_NS + n, 0, 0, b"%04d" % n) for n in range(10)])[:-cut])
    rows = tshark_fields(path, "data.data", whole=False)
    assert [bytes.fromhex(row[0]) for row in rows] == [b"%04d" % n for n in range(9)]


def test_writer_is_made_for_each_ending() -> None:
    for each in Format:
        assert make_writer(each, SOURCE).encode([]) == b""
