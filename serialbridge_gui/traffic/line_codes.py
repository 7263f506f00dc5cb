"""Numbers for what a serial line does beside its bytes, as LINKTYPE_RTAC_SERIAL has them.

https://www.tcpdump.org/linktypes/LINKTYPE_RTAC_SERIAL.html
"""

from __future__ import annotations

from typing import Final

STATUS_CHANGE: Final = 0x00
TX_START: Final = 0x01
RX_START: Final = 0x02
DATA_LOST: Final = 0x05
FRAMING_ERROR: Final = 0x07
PARITY_ERROR: Final = 0x08
BREAK: Final = 0x09
OVERRUN: Final = 0x0A

LINE_EVENT_WORDS: Final = {
    FRAMING_ERROR: "framing error",
    PARITY_ERROR: "parity error",
    BREAK: "break",
    OVERRUN: "overrun",
}

LINES: Final = {"cts": 0x01, "dcd": 0x02, "dsr": 0x04, "rts": 0x08, "dtr": 0x10, "ri": 0x20}

LINE_STATES: Final = 1 << 30
"""In the client's place of an EVENT entry, with bits of LINES: what the modem lines are from now on."""
LINE_EVENT: Final = 1 << 29
"""In the client's place of an EVENT entry, with a number from above: what happened on the line, such as BREAK."""


def line_words(client: int) -> str:
    """What an EVENT entry's client number says of the line, in a few words; nothing for other events."""
    if client & LINE_STATES:
        return "lines: " + (" ".join(name.upper() for name, bit in LINES.items() if client & bit) or "none")
    if client & LINE_EVENT:
        return LINE_EVENT_WORDS.get(client & 0xFF, "")
    return ""
