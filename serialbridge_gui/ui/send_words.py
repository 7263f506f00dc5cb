"""The words of sending: what is wrong with a message, and what its choices are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from serialbridge_gui.traffic.message import Checksum, LineEnding, Message, MessageError, MessageFault
from serialbridge_gui.traffic.text import make_visible
from serialbridge_gui.words import tr as _tr

ENCODING_NAMES: Final[Mapping[str, str]] = {
    "utf-8": "UTF-8",
    "gb18030": "GB18030",
    "big5": "Big5",
    "latin-1": "Latin-1",
}


def message_error_sentence(error: MessageError, encoding: str) -> str:
    """What is wrong, and where, counted from 1."""
    text = {
        MessageFault.NOT_HEX: _tr("'{found}' at {place} is not hex"),
        MessageFault.HALF_A_BYTE: _tr("'{found}' at {place} is half a byte: write two digits"),
        MessageFault.TOO_MANY_DIGITS: _tr("'{found}' at {place} is one digit too many behind 0x"),
        MessageFault.NO_ESCAPE: _tr("'{found}' at {place} means nothing: there are {escapes}"),
        MessageFault.NOT_IN_ENCODING: _tr("'{found}' at {place} is not in {encoding}"),
    }[error.fault]
    return text.format(
        found=make_visible(error.found),
        place=error.position + 1,
        encoding=ENCODING_NAMES.get(encoding, encoding),
        escapes=r"\r \n \t \0 \\ \xNN",
    )


def message_refusal(message: Message) -> str:
    """Why this message cannot be sent, in words; empty: it can."""
    try:
        data = message.to_bytes()
    except MessageError as error:
        return message_error_sentence(error, message.encoding)
    return "" if data else _tr("There is nothing to send")


def ending_names() -> dict[LineEnding, str]:
    """What the line endings are called."""
    return {
        LineEnding.NONE: _tr("No line ending"),
        LineEnding.CR: "CR  \\r",
        LineEnding.LF: "LF  \\n",
        LineEnding.CRLF: "CR LF  \\r\\n",
    }


def checksum_names() -> dict[Checksum, str]:
    """What the checksums are called."""
    return {
        Checksum.NONE: _tr("No checksum"),
        Checksum.SUM8: _tr("Sum, 1 byte"),
        Checksum.XOR: _tr("XOR, 1 byte"),
        Checksum.CRC16_MODBUS: "CRC-16/Modbus",
        Checksum.CRC16_CCITT: "CRC-16/CCITT-FALSE",
        Checksum.CRC32: "CRC-32",
    }
