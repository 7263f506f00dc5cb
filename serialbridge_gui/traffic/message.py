"""What a person types, as the bytes to send: text with escapes, or hex; then a checksum, then a line ending."""

from __future__ import annotations

import binascii
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, reduce
from operator import xor
from typing import Final

MAX_CONTENT_CHARACTERS: Final = 4096
"""Bound of what is typed (chosen: longer ones are files)."""

ENCODINGS: Final = ("utf-8", "gb18030", "big5", "latin-1")
"""Python's names of those a text can be sent in."""

_ESCAPES: Final = {"r": b"\r", "n": b"\n", "t": b"\t", "0": b"\0", "\\": b"\\"}
_ESCAPE: Final = re.compile(r"\\(?:x(?P<hex>[0-9A-Fa-f]{2})|(?P<name>[rnt0\\]))")
_HEX: Final = re.compile(r"0[xX](?P<prefixed>[0-9A-Fa-f]{1,2})(?![0-9A-Fa-f])|(?P<pairs>(?:[0-9A-Fa-f]{2})+)")
_BETWEEN: Final = re.compile(r"[\s,]+")
_HEX_DIGITS: Final = frozenset("0123456789ABCDEFabcdef")


class MessageKind(StrEnum):
    """How the content is to be read."""

    TEXT = "text"
    HEX = "hex"


class LineEnding(StrEnum):
    """What follows the content."""

    NONE = "none"
    CR = "cr"
    LF = "lf"
    CRLF = "crlf"


class Checksum(StrEnum):
    """Of the content's bytes; it stands right behind them, before the line ending."""

    NONE = "none"
    SUM8 = "sum8"
    """The bytes' sum modulo 256."""
    XOR = "xor"
    """The bytes' exclusive or, as NMEA 0183 has it."""
    CRC16_MODBUS = "crc16_modbus"
    """CRC-16/MODBUS, low byte first, as Modbus RTU sends it (MODBUS over Serial Line V1.02, 2.5.1.2)."""
    CRC16_CCITT = "crc16_ccitt"
    """CRC-16/CCITT-FALSE (CRC-16/IBM-3740): 1021, begins with FFFF, not reflected; high byte first."""
    CRC32 = "crc32"
    """CRC-32 of ISO-HDLC, Ethernet and zip; low byte first."""


_ENDINGS: Final = {LineEnding.NONE: b"", LineEnding.CR: b"\r", LineEnding.LF: b"\n", LineEnding.CRLF: b"\r\n"}


class MessageFault(StrEnum):
    """What is wrong with what was typed."""

    NOT_HEX = "not_hex"
    """A character that is no hex digit."""
    HALF_A_BYTE = "half_a_byte"
    """A hex digit without a second one."""
    TOO_MANY_DIGITS = "too_many_digits"
    """The third one behind `0x`: which byte would come first?"""
    NO_ESCAPE = "no_escape"
    """A backslash before something that is none of the escapes."""
    NOT_IN_ENCODING = "not_in_encoding"
    """A character that the encoding does not have."""


class MessageError(ValueError):
    """What was typed cannot be sent as it is."""

    def __init__(self, fault: MessageFault, position: int, found: str) -> None:
        super().__init__(f"{fault} at {position}: {found!r}")
        self.fault = fault
        self.position = position
        """Where in the content, from 0."""
        self.found = found
        """What stands there."""


@dataclass(frozen=True)
class Message:
    """Something to send, as it was typed."""

    content: str = ""
    kind: MessageKind = MessageKind.TEXT
    ending: LineEnding = LineEnding.NONE
    checksum: Checksum = Checksum.NONE
    encoding: str = "utf-8"
    """One of ENCODINGS; means nothing to hex."""

    def to_bytes(self) -> bytes:
        """The bytes to send: the content, its checksum, the line ending. Raises MessageError.

        Without content it is the line ending alone, or nothing: there is nothing to sum up.
        """
        is_hex = self.kind is MessageKind.HEX
        data = from_hex(self.content) if is_hex else from_text(self.content, self.encoding)
        return data + (checksum(self.checksum, data) if data else b"") + _ENDINGS[self.ending]


def from_text(text: str, encoding: str = "utf-8") -> bytes:
    r"""The text in `encoding`, with the escapes \r \n \t \0 \\ and \xNN, which is a byte. Raises MessageError."""
    parts: list[bytes] = []
    at = 0
    while at < len(text):
        backslash = text.find("\\", at)
        end = len(text) if backslash < 0 else backslash
        try:
            parts.append(text[at:end].encode(encoding))
        except UnicodeEncodeError as error:
            position = at + error.start
            raise MessageError(MessageFault.NOT_IN_ENCODING, position, text[position]) from None
        if backslash < 0:
            break
        escape = _ESCAPE.match(text, backslash)
        if escape is None:
            raise MessageError(MessageFault.NO_ESCAPE, backslash, text[backslash : backslash + 2])
        parts.append(bytes.fromhex(escape["hex"]) if escape["hex"] else _ESCAPES[escape["name"]])
        at = escape.end()
    return b"".join(parts)


def from_hex(text: str) -> bytes:
    """The bytes of `31 0D,0x0a 0x1 310D0A`; white space and commas between them mean nothing. Raises MessageError."""
    parts: list[bytes] = []
    at = 0
    while at < len(text):
        between = _BETWEEN.match(text, at)
        if between is not None:
            at = between.end()
            continue
        byte = _HEX.match(text, at)
        if byte is None:
            raise _hex_error(text, at)
        parts.append(bytes.fromhex((byte["prefixed"] or byte["pairs"]).zfill(2)))
        at = byte.end()
    return b"".join(parts)


def _hex_error(text: str, at: int) -> MessageError:
    """Why no byte begins at `at`."""
    if text[at : at + 2] in ("0x", "0X"):
        digits = at + 2
        if text[digits : digits + 1] in _HEX_DIGITS:
            return MessageError(MessageFault.TOO_MANY_DIGITS, digits + 2, text[digits + 2])
        at = digits if digits < len(text) and not _BETWEEN.match(text, digits) else at
        fault = MessageFault.HALF_A_BYTE if text[at : at + 2] in ("0x", "0X") else MessageFault.NOT_HEX
        return MessageError(fault, at, text[at])
    if text[at] not in _HEX_DIGITS:
        return MessageError(MessageFault.NOT_HEX, at, text[at])
    following = text[at + 1 : at + 2]
    if following and not _BETWEEN.match(following):
        return MessageError(MessageFault.NOT_HEX, at + 1, following)
    return MessageError(MessageFault.HALF_A_BYTE, at, text[at])


def checksum(kind: Checksum, data: bytes) -> bytes:
    """The checksum's own bytes, in the order in which they are sent."""
    match kind:
        case Checksum.NONE:
            return b""
        case Checksum.SUM8:
            return bytes((sum(data) & 0xFF,))
        case Checksum.XOR:
            return bytes((reduce(xor, data, 0),))
        case Checksum.CRC16_MODBUS:
            return _modbus()(data).to_bytes(2, "little")
        case Checksum.CRC16_CCITT:
            return binascii.crc_hqx(data, 0xFFFF).to_bytes(2, "big")
        case Checksum.CRC32:
            return zlib.crc32(data).to_bytes(4, "little")


@cache
def _modbus() -> Callable[[bytes], int]:
    import crcmod  # 8 ms that only those pay who use it

    function: Callable[[bytes], int] = crcmod.mkCrcFun(0x18005, initCrc=0xFFFF, rev=True, xorOut=0)
    return function
