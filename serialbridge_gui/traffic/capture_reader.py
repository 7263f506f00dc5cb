"""Saved captures as the traffic they hold: pcapng and pcap with serial frames, and this program's own csv.

    with open(path, "rb") as file:
        for time_ns, direction, client, data in CaptureReader(file): ...

The file is streamed: what is held of it is one block, or one line. Other people's captures are read as well: either
byte order, any resolution of times, several sections and interfaces, blocks and options of any kind.

pcapng: https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-03.html; pcap:
https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-04.html; the frames' own header of 12 bytes:
https://www.tcpdump.org/linktypes/LINKTYPE_RTAC_SERIAL.html. There TX is to the device and RX from it. Why no library
reads them: docs/decisions/0010-replay.md.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from struct import Struct
from typing import BinaryIO, Final

from serialbridge_gui.traffic.capture_error import CaptureError, CaptureFault
from serialbridge_gui.traffic.chunk import LOCAL, NO_CLIENT, Direction, TapEntry
from serialbridge_gui.traffic.csv_reader import CsvReader
from serialbridge_gui.words import tr as _tr

LINKTYPE_RTAC_SERIAL: Final = 250
MAX_BLOCK_BYTES: Final = 1 << 20
"""Of one block that is looked into (chosen: four of Wireshark's largest packets). Longer ones are gaps."""
MAX_INTERFACES: Final = 65_536
MAX_FOREIGN_PACKETS: Final = 10_000
"""So many packets and no serial interface among them: it is a capture of something else, which may be long."""
MAX_TIME_NS: Final = (1 << 63) - 1
"""The log keeps times in 64 bits: 2262-04-11."""

_MAGIC: Final = b"\x0a\x0d\x0d\x0a"
_SECTION, _INTERFACE, _OLD_PACKET, _SIMPLE_PACKET, _PACKET = 0x0A0D0D0A, 1, 2, 3, 6
_PACKETS: Final = (_OLD_PACKET, _SIMPLE_PACKET, _PACKET)
_PCAP: Final = {
    b"\xa1\xb2\xc3\xd4": (">", 1000), b"\xd4\xc3\xb2\xa1": ("<", 1000),
    b"\xa1\xb2\x3c\x4d": (">", 1), b"\x4d\x3c\xb2\xa1": ("<", 1),
}  # fmt: skip
"""By the first four bytes: the byte order, and the ns of one step of the fraction."""
_OPT_COMMENT, _IF_TSRESOL, _IF_TSOFFSET = 1, 9, 14

_RTAC: Final = Struct(">IIBBH")
_DATA: Final = {
    0x01: Direction.TCP_TO_SERIAL, 0x02: Direction.SERIAL_TO_TCP, 0x03: Direction.TCP_TO_SERIAL,
    0x04: Direction.SERIAL_TO_TCP,
}  # fmt: skip
"""By the header's event: TX start, RX start, TX end, RX end."""
_DATA_LOST: Final = 0x05
_CLIENT: Final = re.compile(rb"#(\d{1,9})")
_BY_HAND: Final = b"sent by hand"
_COUNT: Final = re.compile(rb"\d{1,19}")


@dataclass(frozen=True)
class _Interface:
    serial: bool
    snaplen: int
    per_second: int
    offset_s: int

    def time_ns(self, ticks: int) -> int:
        """Ticks of this interface's clock since the epoch, in ns."""
        return _bounded((ticks * 1_000_000_000) // self.per_second + self.offset_s * 1_000_000_000)


class CaptureReader:
    """Iterate it once. Raises CaptureError, and nothing else, at any place. One thread at a time.

    A file that ends in the middle of a block or line, as one does that is being written or whose writer was
    killed, gives what is whole. EVENT and GAP entries are given, too.
    """

    def __init__(self, file: BinaryIO) -> None:
        """`file` is at its beginning; a pipe will do. The caller closes it."""
        self._file = file
        self._position = 0
        self.cut = False
        """Whether the file ended in the middle of something; known at the end."""

    def __iter__(self) -> Iterator[TapEntry]:
        return (entry for entry in self.in_slices() if entry is not None)

    def in_slices(self) -> Iterator[TapEntry | None]:
        """In place of iterating: gives None, too, for what is no entry, so that a long file of that can be left."""
        try:
            yield from self._entries()
        except OSError as error:
            raise CaptureError(CaptureFault.UNREADABLE, error.strerror or str(error)) from error
        except EOFError:
            self.cut = True
        except ValueError as error:  # a file that was closed
            raise CaptureError(CaptureFault.UNREADABLE, str(error)) from error

    def _entries(self) -> Iterator[TapEntry | None]:
        head = self._some(4)
        if head == _MAGIC:
            return self._pcapng()
        if head in _PCAP:
            return self._pcap(*_PCAP[head])
        csv = CsvReader(chain([head + self._file.readline(CsvReader.MAX_LINE_BYTES)], self._lines()))
        return self._csv(csv)

    def _csv(self, csv: CsvReader) -> Iterator[TapEntry]:
        yield from csv
        self.cut = csv.cut

    def _lines(self) -> Iterator[bytes]:
        while line := self._file.readline(CsvReader.MAX_LINE_BYTES):
            yield line

    # ---- reading

    def _some(self, count: int) -> bytes:
        """The next `count` bytes; fewer only at the file's end."""
        data = self._file.read(count)
        while len(data) < count:  # a pipe gives what it has
            more = self._file.read(count - len(data))
            if not more:
                break
            data += more
        self._position += len(data)
        return data

    def _exactly(self, count: int) -> bytes:
        """Raises EOFError."""
        data = self._some(count)
        if len(data) < count:
            raise EOFError
        return data

    def _pass_over(self, count: int) -> None:
        while count:
            count -= len(self._exactly(min(count, 1 << 16)))

    def _broken(self, what: str) -> CaptureError:
        return CaptureError(CaptureFault.BROKEN, what, self._position)

    # ---- pcapng

    def _pcapng(self) -> Iterator[TapEntry | None]:
        order = self._section()
        interfaces: list[_Interface] = []
        foreign, serial = 0, False
        time_ns = 0
        heads = {order: Struct(order + "II") for order in "<>"}
        while raw := self._some(8):
            if len(raw) < 8:
                raise EOFError
            if raw[:4] == _MAGIC:  # the same in either order
                order = self._section(raw[4:])
                interfaces = []
                continue
            kind, length = heads[order].unpack(raw)
            if length < 12 or length % 4:
                raise self._broken(_tr("a block of {length} bytes").format(length=length))
            if length > MAX_BLOCK_BYTES or kind not in (_INTERFACE, *_PACKETS):
                self._pass_over(length - 8)
                yield (time_ns, Direction.GAP, NO_CLIENT, b"%d" % length) if kind in _PACKETS else None
                continue
            body = self._exactly(length - 8)
            if heads[order].unpack(body[-4:] + raw[4:]) != (length, length):
                raise self._broken(_tr("a block whose two lengths differ"))
            if kind == _INTERFACE:
                interfaces.append(self._interface(body, order))
                serial |= interfaces[-1].serial
                if len(interfaces) > MAX_INTERFACES:
                    raise self._broken(_tr("too many interfaces"))
                continue
            found = self._packet(kind, body, order, interfaces)
            if found is None:
                foreign += 1
                if foreign > MAX_FOREIGN_PACKETS and not serial:
                    break
                yield None
                continue
            entry = _entry(*found)
            if entry is not None:
                time_ns = entry[0]
            yield entry
        if foreign and not serial:
            raise CaptureError(CaptureFault.NO_SERIAL)

    def _section(self, length: bytes = b"") -> str:
        """The byte order of the section whose type, and `length` where given, has been read."""
        length = length or self._exactly(4)
        magic = self._exactly(4)
        order = {b"\x1a\x2b\x3c\x4d": ">", b"\x4d\x3c\x2b\x1a": "<"}.get(magic)
        if order is None:
            raise CaptureError(CaptureFault.UNKNOWN)
        (size,) = Struct(order + "I").unpack(length)
        if size < 28 or size % 4:
            raise self._broken(_tr("a section head of {size} bytes").format(size=size))
        major, _minor = Struct(order + "HH").unpack(self._exactly(4))
        if major != 1:
            raise self._broken(_tr("pcapng version {major}").format(major=major))
        self._pass_over(size - 16)
        return order

    def _interface(self, body: bytes, order: str) -> _Interface:
        if len(body) < 12:
            raise self._broken(_tr("an interface without a link type"))
        link, _, snaplen = Struct(order + "HHI").unpack_from(body)
        per_second, offset_s = 1_000_000, 0
        for code, value in _options(body[8:-4], order):
            if code == _IF_TSRESOL and len(value) == 1:
                per_second = 2 ** (value[0] & 0x7F) if value[0] & 0x80 else 10 ** value[0]
            elif code == _IF_TSOFFSET and len(value) == 8:
                (offset_s,) = Struct(order + "q").unpack(value)
        return _Interface(link == LINKTYPE_RTAC_SERIAL, snaplen, per_second, offset_s)

    def _packet(
        self, kind: int, body: bytes, order: str, interfaces: list[_Interface]
    ) -> tuple[int, bytes, bytes] | None:
        """Time in ns (below 0: none), frame, comment; None where the interface is no serial one."""
        number, ticks = 0, -1
        if kind == _SIMPLE_PACKET:
            start = 4
            if len(body) < 8:
                raise self._broken(_tr("a packet without a head"))
            (size,) = Struct(order + "I").unpack_from(body)
        else:
            start = 20
            if len(body) < 24:
                raise self._broken(_tr("a packet without a head"))
            number, high, low, size, _ = Struct(order + "5I").unpack_from(body)
            if kind == _OLD_PACKET:
                number = number >> 16 if order == ">" else number & 0xFFFF
            ticks = high << 32 | low
        if number >= len(interfaces):
            raise self._broken(_tr("a packet of interface {number}, which is not there").format(number=number))
        interface = interfaces[number]
        if kind == _SIMPLE_PACKET:
            size = min(size, interface.snaplen or size, len(body) - 8)
        if start + size > len(body) - 4:
            text = _tr("a packet of {size} bytes in a block of {length}")
            raise self._broken(text.format(size=size, length=len(body) + 8))
        if not interface.serial:
            return None
        comment = b""
        if kind == _PACKET:
            for code, value in _options(body[start + size + -size % 4 : -4], order):
                if code == _OPT_COMMENT:
                    comment = value
                    break
        return interface.time_ns(ticks) if ticks >= 0 else -1, body[start : start + size], comment

    # ---- pcap

    def _pcap(self, order: str, step_ns: int) -> Iterator[TapEntry | None]:
        *_, link = Struct(order + "HHIIII").unpack(self._exactly(20))
        if link & 0xFFFF != LINKTYPE_RTAC_SERIAL:  # the bits above tell of checksums
            raise CaptureError(CaptureFault.NO_SERIAL)
        head = Struct(order + "IIII")
        while raw := self._some(16):
            if len(raw) < 16:
                raise EOFError
            seconds, fraction, size, _ = head.unpack(raw)
            if size > MAX_BLOCK_BYTES:
                raise self._broken(_tr("a packet of {size} bytes").format(size=size))
            yield _entry(_bounded(seconds * 1_000_000_000 + fraction * step_ns), self._exactly(size), b"")


def open_capture(path: Path) -> BinaryIO:
    """Open the file for a CaptureReader. Raises CaptureError; does not wait for anybody who would write to it."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # opening a pipe would wait for its writer
            raise CaptureError(CaptureFault.UNREADABLE, _tr("it is no file"))
        return path.open("rb")
    except (OSError, ValueError) as error:
        detail = getattr(error, "strerror", None) or str(error)
        raise CaptureError(CaptureFault.UNREADABLE, detail) from error


def _options(data: bytes, order: str) -> Iterator[tuple[int, bytes]]:
    """Codes and values, up to the first one that does not fit."""
    if not data:
        return
    head = Struct(order + "HH")
    at = 0
    while at + 4 <= len(data):
        code, size = head.unpack_from(data, at)
        at += 4
        if code == 0 or at + size > len(data):
            return
        yield code, data[at : at + size]
        at += size + -size % 4


def _entry(time_ns: int, frame: bytes, comment: bytes) -> TapEntry | None:
    """What a frame with LINKTYPE_RTAC_SERIAL says; None: nothing."""
    if len(frame) < _RTAC.size:
        return None
    seconds, micros, event, _lines, _ = _RTAC.unpack_from(frame)
    if time_ns < 0:
        time_ns = _bounded(seconds * 1_000_000_000 + micros * 1000)
    direction = _DATA.get(event)
    if direction is not None:
        data = frame[_RTAC.size :]
        return (time_ns, direction, _client(comment), data) if data else None
    if event == _DATA_LOST:
        count = _COUNT.match(comment)
        return time_ns, Direction.GAP, NO_CLIENT, count[0] if count else b"0"
    if comment:
        return time_ns, Direction.EVENT, NO_CLIENT, comment.decode("utf-8", "replace").encode()
    return None


def _client(comment: bytes) -> int:
    """Whose chunk it was, as this program's own captures say it."""
    if not comment:
        return NO_CLIENT
    number = _CLIENT.fullmatch(comment)
    if number is not None:
        return int(number[1])
    return LOCAL if comment == _BY_HAND else NO_CLIENT


def _bounded(time_ns: int) -> int:
    return min(max(time_ns, 0), MAX_TIME_NS)
