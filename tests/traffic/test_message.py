"""What is typed becomes the bytes that are meant, or an error that says where it does not."""

from __future__ import annotations

import string
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serialbridge_gui.traffic.message import (
    ENCODINGS,
    Checksum,
    LineEnding,
    Message,
    MessageError,
    MessageFault,
    MessageKind,
    checksum,
    from_hex,
    from_text,
)

F = MessageFault


@pytest.mark.parametrize(
    ("typed", "data"),
    [
        ("", b""),
        ("AT", b"AT"),
        (r"AT\r\n", b"AT\r\n"),
        (r"\t\0\\", b"\t\0\\"),
        (r"\x1b[2J\xFF", b"\x1b[2J\xff"),
        (r"\\x41", b"\\x41"),
        (r"\x414", b"A4"),
        (r"\000", b"\x0000"),
        ("温度", "温度".encode()),
    ],
)
def test_text_with_escapes(typed: str, data: bytes) -> None:
    assert from_text(typed) == data


@pytest.mark.parametrize(
    ("typed", "position", "found"),
    [("a\\", 1, "\\"), (r"ab\q", 2, r"\q"), (r"\xG0", 0, r"\x"), (r"\x4", 0, r"\x"), (r"\\\ ", 2, "\\ ")],
)
def test_backslash_before_anything_else_is_an_error_with_its_place(typed: str, position: int, found: str) -> None:
    with pytest.raises(MessageError) as caught:
        from_text(typed)
    assert (caught.value.fault, caught.value.position, caught.value.found) == (F.NO_ESCAPE, position, found)


def test_encodings_and_a_character_that_one_does_not_have() -> None:
    assert from_text(r"中\r", "gb18030") == b"\xd6\xd0\r"
    assert from_text("中", "big5") == b"\xa4\xa4"
    assert from_text("é", "latin-1") == b"\xe9"
    with pytest.raises(MessageError) as caught:
        from_text(r"a\r中", "latin-1")
    assert (caught.value.fault, caught.value.position, caught.value.found) == (F.NOT_IN_ENCODING, 3, "中")


@pytest.mark.parametrize(
    ("typed", "data"),
    [
        ("", b""),
        (" , ", b""),
        ("31 32 0D 0a", b"12\r\n"),
        ("31320D0A", b"12\r\n"),
        ("0x31,0X32, 0xd", b"12\r"),
        ("31,320d\t0A\n", b"12\r\n"),
        ("00 0x00", b"\0\0"),
    ],
)
def test_hex_with_spaces_commas_and_prefixes(typed: str, data: bytes) -> None:
    assert from_hex(typed) == data


@pytest.mark.parametrize(
    ("typed", "fault", "position", "found"),
    [
        ("01 02 G3", F.NOT_HEX, 6, "G"),
        ("01 0G", F.NOT_HEX, 4, "G"),
        ("01 2", F.HALF_A_BYTE, 3, "2"),
        ("1 2", F.HALF_A_BYTE, 0, "1"),
        ("123", F.HALF_A_BYTE, 2, "3"),
        ("0x", F.HALF_A_BYTE, 0, "0"),
        ("0x 1", F.HALF_A_BYTE, 0, "0"),
        ("0xG", F.NOT_HEX, 2, "G"),
        ("0x123", F.TOO_MANY_DIGITS, 4, "3"),
        ("１２", F.NOT_HEX, 0, "１"),
        ("01;02", F.NOT_HEX, 2, ";"),
        ("-1", F.NOT_HEX, 0, "-"),
    ],
)
def test_bad_hex_is_an_error_with_its_place(typed: str, fault: MessageFault, position: int, found: str) -> None:
    with pytest.raises(MessageError) as caught:
        from_hex(typed)
    assert (caught.value.fault, caught.value.position, caught.value.found) == (fault, position, found)


@pytest.mark.parametrize(
    ("kind", "digits"),
    [
        (Checksum.NONE, ""),
        (Checksum.SUM8, "DD"),
        (Checksum.XOR, "31"),
        (Checksum.CRC16_MODBUS, "374B"),
        (Checksum.CRC16_CCITT, "29B1"),
        (Checksum.CRC32, "2639F4CB"),
    ],
)
def test_checksums_of_the_usual_nine_digits(kind: Checksum, digits: str) -> None:
    assert checksum(kind, b"123456789") == bytes.fromhex(digits)


def test_modbus_request_as_it_goes_over_the_line() -> None:
    message = Message("01 03 00 00 00 0A", MessageKind.HEX, checksum=Checksum.CRC16_MODBUS)
    assert message.to_bytes() == bytes.fromhex("01 03 00 00 00 0A C5 CD")


def test_checksum_is_of_the_content_and_stands_before_the_line_ending() -> None:
    message = Message("ab", ending=LineEnding.CRLF, checksum=Checksum.XOR)
    assert message.to_bytes() == b"ab\x03\r\n"
    assert Message("", ending=LineEnding.LF, checksum=Checksum.CRC32).to_bytes() == b"\n"
    assert Message("").to_bytes() == b""


ESCAPED = {0x0D: r"\r", 0x0A: r"\n", 0x09: r"\t", 0: r"\0", 0x5C: r"\\"}


@given(st.binary())
def test_every_byte_can_be_written_with_escapes(data: bytes) -> None:
    typed = "".join(ESCAPED.get(byte, f"\\x{byte:02x}") for byte in data)
    assert from_text(typed) == data


def outcome(read: Callable[..., bytes], *arguments: str) -> bytes | MessageError:
    """What is read, or the error."""
    try:
        return read(*arguments)
    except MessageError as error:
        return error


@given(st.text(), st.sampled_from(ENCODINGS))
def test_text_is_its_encoding_or_an_error_within_it(text: str, encoding: str) -> None:
    result = outcome(from_text, text, encoding)
    if isinstance(result, MessageError):
        assert text[result.position :].startswith(result.found)
        assert result.fault in (F.NO_ESCAPE, F.NOT_IN_ENCODING)
    elif "\\" not in text:
        assert result.decode(encoding) == text


@given(st.lists(st.binary(min_size=1)), st.data())
def test_every_way_to_write_bytes_in_hex_is_read_back(pieces: list[bytes], draw: st.DataObject) -> None:
    typed = ""
    for piece in pieces:
        style = draw.draw(st.sampled_from(("run", "spaced", "prefixed", "upper")))
        if style == "prefixed":
            typed += ",".join(hex(byte) for byte in piece)
        else:
            typed += piece.hex(" ") if style == "spaced" else piece.hex()
        typed = typed.upper() if style == "upper" else typed
        typed += draw.draw(st.sampled_from((" ", ",", ", ", "\t", "\n")))
    assert from_hex(typed) == b"".join(pieces)


@given(st.text(alphabet=string.hexdigits + "xX ,Gz\\\n"))
def test_whatever_is_typed_as_hex_is_bytes_or_an_error_within_it(typed: str) -> None:
    result = outcome(from_hex, typed)
    if isinstance(result, MessageError):
        assert typed[result.position] == result.found
    else:
        assert len(result) <= sum(character in string.hexdigits for character in typed)
