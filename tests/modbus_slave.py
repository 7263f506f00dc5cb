"""A Modbus slave on a serial line: requests in, answers out.

    slave = ModbusSlave(unit=17, registers=range(1000))
    with PtyDevice() as device:
        device.answer(slave.respond)

Framing and CRC are of "MODBUS over Serial Line" V1.02, chapter 2.5; the function is of "MODBUS Application Protocol"
V1.1b3, chapter 6.3. Only Read Holding Registers is answered; a request of any other form gets nothing.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Final

_READ_HOLDING_REGISTERS: Final = 3
_ILLEGAL_DATA_ADDRESS: Final = 2
_REQUEST: Final = struct.Struct(">BBHH")
_CRC: Final = struct.Struct("<H")
_REQUEST_BYTES: Final = _REQUEST.size + _CRC.size


class ModbusSlave:
    """Answers a master. Not to be called by two threads at once."""

    def __init__(self, unit: int, registers: Sequence[int]) -> None:
        """`registers`: what the holding registers from 0 on hold, 0 to 65535 each."""
        self.unit = unit
        self.registers = registers
        self._waiting = b""

    def respond(self, data: bytes) -> bytes:
        """What it says to these bytes. Silence on the line is not heard: frames are told apart by their length."""
        self._waiting += data
        said = b""
        while len(self._waiting) >= _REQUEST_BYTES:
            frame, self._waiting = self._waiting[:_REQUEST_BYTES], self._waiting[_REQUEST_BYTES:]
            said += self._answer(frame)
        return said

    def _answer(self, frame: bytes) -> bytes:
        unit, function, start, count = _REQUEST.unpack_from(frame)
        if frame != with_crc(frame[: _REQUEST.size]) or (unit, function) != (self.unit, _READ_HOLDING_REGISTERS):
            return b""
        if start + count > len(self.registers):
            return with_crc(bytes((unit, 0x80 | function, _ILLEGAL_DATA_ADDRESS)))
        values = self.registers[start : start + count]
        return with_crc(struct.pack(f">BBB{count}H", unit, function, 2 * count, *values))


def with_crc(frame: bytes) -> bytes:
    """The frame as it goes over the line."""
    crc = 0xFFFF
    for byte in frame:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return frame + _CRC.pack(crc)
