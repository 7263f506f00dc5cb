"""Traffic as Wireshark reads it: pcapng with the link type of serial lines.

pcapng: https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-03.html. LINKTYPE_RTAC_SERIAL (250), a header of
12 bytes before each packet's data: https://www.tcpdump.org/linktypes/LINKTYPE_RTAC_SERIAL.html. There TX is to the
device and RX from it. Our own writer, since it runs for each chunk: docs/decisions/0008-captures.md.
"""

from __future__ import annotations

import platform
from collections.abc import Iterable
from struct import Struct
from typing import Final

from serialbridge_gui import __version__
from serialbridge_gui.traffic.capture_formats import Source
from serialbridge_gui.traffic.chunk import LOCAL, Direction, TapEntry
from serialbridge_gui.traffic.line_codes import DATA_LOST, LINE_EVENT, LINE_STATES, RX_START, STATUS_CHANGE, TX_START
from serialbridge_gui.traffic.text import make_visible

LINKTYPE_RTAC_SERIAL: Final = 250
SNAPLEN: Final = 262_144
"""The most that Wireshark takes of a packet (WTAP_MAX_PACKET_SIZE_STANDARD)."""
MAX_PACKET_BYTES: Final = 65_536
"""Of one packet's data: a chunk as the bridge reads it stays whole, what is longer is cut."""

MAX_COMMENT_BYTES: Final = 4096
MAX_CACHED_TAILS: Final = 4096
"""Chosen: of clients in one capture, times four paddings; a port scan must not fill the memory."""

_SECTION, _INTERFACE, _PACKET = 0x0A0D0D0A, 1, 6
_OPT_COMMENT, _SHB_OS, _SHB_USERAPPL, _IF_NAME, _IF_DESCRIPTION, _IF_TSRESOL = 1, 3, 4, 2, 3, 9

_EVENTS: Final = (RX_START, TX_START)
"""By Direction."""

_PACKET_HEAD: Final = Struct("<7I")
"""Block type, total length, interface, time (high, low), captured and original length."""
_RTAC_HEAD: Final = Struct(">IIBBH")
"""Seconds, microseconds, event, lines, footer (0)."""
_LENGTH: Final = Struct("<I")
_HEAD_SIZE: Final = _PACKET_HEAD.size + _RTAC_HEAD.size
_PADDING: Final = (b"", b"\0\0\0", b"\0\0", b"\0")
"""By the length modulo 4."""


class PcapngWriter:
    """One section with one interface; little-endian, times in ns."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._lines = 0
        self._tails: dict[int, bytes] = {}

    def begin(self) -> bytes:
        """The section's and the interface's head."""
        source = self._source
        section = Struct("<IHHq").pack(0x1A2B3C4D, 1, 0, -1)
        section += _option(_SHB_OS, f"{platform.system()} {platform.release()}")
        section += _option(_SHB_USERAPPL, f"SerialBridge {__version__}")
        interface = Struct("<HHI").pack(LINKTYPE_RTAC_SERIAL, 0, SNAPLEN)
        interface += _option(_IF_NAME, source.device)
        description = f"{source.name}, {source.settings}" if source.settings else source.name
        interface += _option(_IF_DESCRIPTION, description)
        interface += Struct("<HHBxxx").pack(_IF_TSRESOL, 1, 9)
        return _block(_SECTION, section + bytes(4)) + _block(_INTERFACE, interface + bytes(4))

    def encode(self, entries: Iterable[TapEntry]) -> bytes:
        """A packet each. What was sent by hand to clients was not on the line, and is left out."""
        parts: list[bytes] = []
        append, tails, lines = parts.append, self._tails, self._lines
        packet_head, rtac_head, pack_length = _PACKET_HEAD.pack, _RTAC_HEAD.pack, _LENGTH.pack
        for time_ns, direction, client, data in entries:
            size = len(data)
            if direction > 1 or size > MAX_PACKET_BYTES or not size:
                append(self._unusual(time_ns, direction, client, data))
                lines = self._lines
                continue
            if client >= LOCAL and not direction:
                continue
            # The loop of each chunk: some 2 µs with the join, whatever its size.
            tail = tails.get(client << 2 | size & 3)
            if tail is None:
                tail = self._tail(client, size)
            total = _HEAD_SIZE + size + len(tail) + 4
            seconds, rest = divmod(time_ns, 1_000_000_000)
            append(
                packet_head(6, total, 0, time_ns >> 32, time_ns & 0xFFFF_FFFF, size + 12, size + 12)
                + rtac_head(seconds, rest // 1000, _EVENTS[direction], lines, 0)
            )
            append(data)
            append(tail + pack_length(total))
        return b"".join(parts)

    def end(self) -> bytes:
        """Nothing."""
        return b""

    def _tail(self, client: int, size: int) -> bytes:
        """The padding after `size` bytes, and the options: whose they are."""
        who = f"#{client & ~LOCAL}" if client & ~LOCAL else ""
        if client >= LOCAL:
            who = "sent by hand"
        tail = _PADDING[size & 3] + (_option(_OPT_COMMENT, who) + bytes(4) if who else b"")
        if len(self._tails) >= MAX_CACHED_TAILS:
            self._tails.clear()
        self._tails[client << 2 | size & 3] = tail
        return tail

    def _unusual(self, time_ns: int, direction: int, client: int, data: bytes) -> bytes:
        """What is not one packet of data."""
        if direction == Direction.EVENT:
            event = STATUS_CHANGE
            if client & LINE_STATES:
                self._lines = client & 0xFF
            elif client & LINE_EVENT:
                event = client & 0xFF
            return self._remark(time_ns, event, data.decode("utf-8", "replace"))
        if direction == Direction.GAP:
            return self._remark(time_ns, DATA_LOST, f"{data.decode('ascii', 'replace')} bytes are missing here")
        cuts = range(0, len(data), MAX_PACKET_BYTES)
        return self.encode([(time_ns, direction, client, data[cut : cut + MAX_PACKET_BYTES]) for cut in cuts])

    def _remark(self, time_ns: int, event: int, comment: str) -> bytes:
        """A packet without data."""
        seconds, rest = divmod(time_ns, 1_000_000_000)
        body = Struct("<5I").pack(0, time_ns >> 32, time_ns & 0xFFFF_FFFF, 12, 12)
        body += _RTAC_HEAD.pack(seconds, rest // 1000, event, self._lines, 0)
        if comment:
            body += _option(_OPT_COMMENT, make_visible(comment)) + bytes(4)
        return _block(_PACKET, body)


def whole_blocks(data: bytes, size: int) -> int:
    """How many of the first `size` bytes of `data`, which begins with a block, are whole blocks."""
    end = 0
    while end + 12 <= size:
        (length,) = _LENGTH.unpack_from(data, end + 4)
        if length < 12 or end + length > size:
            break
        end += length
    return end


def _option(code: int, text: str) -> bytes:
    value = text.encode("utf-8", "replace")
    if len(value) > MAX_COMMENT_BYTES:
        value = value[:MAX_COMMENT_BYTES].decode("utf-8", "ignore").encode()
    return Struct("<HH").pack(code, len(value)) + value + _PADDING[len(value) & 3]


def _block(kind: int, body: bytes) -> bytes:
    """`body` is a multiple of 4 bytes long."""
    length = _LENGTH.pack(len(body) + 12)
    return _LENGTH.pack(kind) + length + body + length
