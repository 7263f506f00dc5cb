"""The bootloader of an Arduino, as far as flashing asks for it: commands in, answers and a written flash out.

    bootloader = AvrBootloader()
    with PtyDevice() as device:
        device.answer(bootloader.respond)
        ...
        assert bootloader.flash.startswith(program)

The protocol is Atmel's, application note AVR061, "STK500 Communication Protocol". The chip is an ATmega328P.
"""

from __future__ import annotations

from typing import Final

FLASH_BYTES: Final = 32 << 10
EEPROM_BYTES: Final = 1 << 10
SIGNATURE: Final = b"\x1e\x95\x0f"
"""Of an ATmega328P (its data sheet, "Signature Bytes")."""

# AVR061, chapter 6: names and values.
_OK, _IN_SYNC, _NOT_IN_SYNC = b"\x10", b"\x14", b"\x15"
_END_OF_COMMAND: Final = 0x20
_GET_SYNC, _GET_PARAMETER, _SET_DEVICE, _SET_DEVICE_EXT = 0x30, 0x41, 0x42, 0x45
_ENTER_PROGRAMMING, _LEAVE_PROGRAMMING, _ERASE_CHIP, _LOAD_ADDRESS, _UNIVERSAL = 0x50, 0x51, 0x52, 0x55, 0x56
_PROGRAM_PAGE, _READ_PAGE, _READ_SIGNATURE = 0x64, 0x74, 0x75

_ARGUMENT_BYTES: Final = {
    _GET_SYNC: 0, _GET_PARAMETER: 1, _SET_DEVICE: 20, _SET_DEVICE_EXT: 5, _ENTER_PROGRAMMING: 0,
    _LEAVE_PROGRAMMING: 0, _ERASE_CHIP: 0, _LOAD_ADDRESS: 2, _UNIVERSAL: 4, _PROGRAM_PAGE: 3, _READ_PAGE: 3,
    _READ_SIGNATURE: 0,
}  # fmt: skip
"""Between a command and its end; of _PROGRAM_PAGE without the page itself."""

_PARAMETERS: Final = {0x80: 2, 0x81: 1, 0x82: 18}
"""Version of the hardware, and of the software, major and minor. Others read as 3, as an Arduino has it."""


class AvrBootloader:
    """Answers a flashing program. Not to be called by two threads at once."""

    def __init__(self) -> None:
        self.flash = bytearray(b"\xff" * FLASH_BYTES)
        self._eeprom = bytearray(b"\xff" * EEPROM_BYTES)
        self._waiting = b""
        self._address = 0
        """In words, as the flash counts them."""

    def respond(self, data: bytes) -> bytes:
        """What it says to these bytes; they may be any piece of the stream."""
        self._waiting += data
        said = b""
        while (size := self._command_bytes()) and len(self._waiting) >= size:
            command, self._waiting = self._waiting[:size], self._waiting[size:]
            said += self._answer(command)
        return said

    def _command_bytes(self) -> int:
        """How long the command is that has begun to come; 0: not enough is there to tell."""
        if not self._waiting:
            return 0
        size = 1 + _ARGUMENT_BYTES.get(self._waiting[0], 0)
        if self._waiting[0] == _PROGRAM_PAGE:
            if len(self._waiting) < size:
                return 0
            size += int.from_bytes(self._waiting[1:3], "big")
        return size + 1

    def _answer(self, command: bytes) -> bytes:
        code, arguments, end = command[0], command[1:-1], command[-1]
        if end != _END_OF_COMMAND or code not in _ARGUMENT_BYTES:
            return _NOT_IN_SYNC
        return _IN_SYNC + self._run(code, arguments) + _OK

    def _run(self, code: int, arguments: bytes) -> bytes:
        """Do it; returns what the answer holds."""
        if code == _GET_PARAMETER:
            return bytes((_PARAMETERS.get(arguments[0], 3),))
        if code == _READ_SIGNATURE:
            return SIGNATURE
        if code == _UNIVERSAL:
            return b"\0"
        if code == _ERASE_CHIP:
            self.flash[:] = b"\xff" * FLASH_BYTES
        elif code == _LOAD_ADDRESS:
            self._address = int.from_bytes(arguments, "little")
        elif code in (_PROGRAM_PAGE, _READ_PAGE):
            size = int.from_bytes(arguments[:2], "big")
            memory, start = (self._eeprom, self._address) if arguments[2:3] == b"E" else (self.flash, 2 * self._address)
            if code == _READ_PAGE:
                return bytes(memory[start : start + size])
            memory[start : start + size] = arguments[3:]
        return b""
