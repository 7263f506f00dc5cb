"""An ESP32's bootloader in ROM, as far as flashing asks for it: commands in, answers and a written flash out.

    bootloader = EspBootloader()
    with PtyDevice() as device:
        device.answer(bootloader.respond)
        ...
        assert bootloader.flash[0x1000:].startswith(image)

The protocol is Espressif's, "Serial Protocol" in esptool's documentation. Packets are SLIP (RFC 1055). Of the chip's
registers only those of the flash controller mean something; the others read as they were written, or as 0.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable
from typing import Final

FLASH_BYTES: Final = 4 << 20

_END, _ESCAPE = b"\xc0", b"\xdb"
_COMMAND: Final = struct.Struct("<BBHI")
"""Direction (0 in a command, 1 in an answer), operation, length of the data, checksum or the answer's value."""

_SUCCESS: Final = bytes(4)
_UNKNOWN: Final = b"\1\5\0\0"
"""Failed: "received message is invalid"."""
_BAD_CHECKSUM: Final = b"\1\7\0\0"
_CHECKSUM_SEED: Final = 0xEF

_CHIP_KIND: Final = 0x4000_1000
"""A register that tells the chips apart, and what an ESP32 has there."""
_ESP32: Final = 0x00F0_1D83
_SPI_COMMAND: Final = 0x3FF4_2000
"""Writing runs a command of the flash chip; it reads as 0 once that is done, which here is at once."""
_SPI_DATA: Final = 0x3FF4_2080
_FLASH_ID: Final = 0x0016_40EF
"""Size, kind and maker of a flash chip of 4 MiB, as its command 0x9F tells them (JEDEC JEP106)."""


class EspBootloader:
    """Answers a flashing program. Not to be called by two threads at once."""

    def __init__(self) -> None:
        self.flash = bytearray(b"\xff" * FLASH_BYTES)
        self.baud_rates: list[int] = []
        """Those that it was asked to change to."""
        self._registers = {_CHIP_KIND: _ESP32}
        self._packet = b""
        self._block_bytes = 0
        self._written_at = 0
        self._operations: dict[int, Callable[[bytes, int], tuple[int, bytes]]] = {
            0x02: self._flash_begin,
            0x03: self._flash_data,
            0x04: self._nothing_to_do,  # FLASH_END
            0x08: self._nothing_to_do,  # SYNC
            0x09: self._write_register,
            0x0A: self._read_register,
            0x0B: self._nothing_to_do,  # SPI_SET_PARAMS
            0x0D: self._nothing_to_do,  # SPI_ATTACH
            0x0F: self._change_baud_rate,
            0x13: self._flash_md5,
        }

    def respond(self, data: bytes) -> bytes:
        """What it says to these bytes; they may be any piece of the stream."""
        *whole, self._packet = (self._packet + data).split(_END)
        return b"".join(self._answer(_plain(packet)) for packet in whole if packet)

    def _answer(self, packet: bytes) -> bytes:
        if len(packet) < _COMMAND.size:
            return b""
        direction, operation, size, checksum = _COMMAND.unpack_from(packet)
        content = packet[_COMMAND.size :]
        if direction != 0 or size != len(content):
            return b""  # the chip says nothing to what is no command
        run = self._operations.get(operation)
        value, answer = run(content, checksum) if run is not None else (0, _UNKNOWN)
        block = _framed(_COMMAND.pack(1, operation, len(answer), value) + answer)
        return block * 8 if operation == 0x08 else block  # as the chip does: it answers a SYNC eight times

    # ---- operations: the data and the checksum in; a value, and data with the status behind it, out

    def _nothing_to_do(self, _content: bytes, _checksum: int) -> tuple[int, bytes]:
        return 0x2012_0707, _SUCCESS  # a value that is not 0: it is the chip's own program that speaks

    def _read_register(self, content: bytes, _checksum: int) -> tuple[int, bytes]:
        (address,) = struct.unpack("<I", content)
        return self._registers.get(address, 0), _SUCCESS

    def _write_register(self, content: bytes, _checksum: int) -> tuple[int, bytes]:
        address, value = struct.unpack_from("<II", content)
        self._registers[address] = value
        if address == _SPI_COMMAND:
            self._registers[_SPI_COMMAND] = 0
            self._registers[_SPI_DATA] = _FLASH_ID
        return 0, _SUCCESS

    def _change_baud_rate(self, content: bytes, _checksum: int) -> tuple[int, bytes]:
        self.baud_rates.append(struct.unpack_from("<I", content)[0])
        return 0, _SUCCESS

    def _flash_begin(self, content: bytes, _checksum: int) -> tuple[int, bytes]:
        size, _, self._block_bytes, self._written_at = struct.unpack_from("<4I", content)
        self.flash[self._written_at : self._written_at + size] = b"\xff" * size
        return 0, _SUCCESS

    def _flash_data(self, content: bytes, checksum: int) -> tuple[int, bytes]:
        size, number = struct.unpack_from("<2I", content)
        block = content[16:]
        expected = _CHECKSUM_SEED
        for byte in block:
            expected ^= byte
        if checksum != expected or size != len(block):
            return 0, _BAD_CHECKSUM
        start = self._written_at + number * self._block_bytes
        self.flash[start : start + size] = block
        return 0, _SUCCESS

    def _flash_md5(self, content: bytes, _checksum: int) -> tuple[int, bytes]:
        address, size = struct.unpack_from("<2I", content)
        digest = hashlib.md5(self.flash[address : address + size]).hexdigest()
        return 0, digest.encode() + _SUCCESS


def _plain(packet: bytes) -> bytes:
    return packet.replace(b"\xdb\xdc", _END).replace(b"\xdb\xdd", _ESCAPE)


def _framed(packet: bytes) -> bytes:
    return _END + packet.replace(_ESCAPE, b"\xdb\xdd").replace(_END, b"\xdb\xdc") + _END
