"""What is in a capture: read by tshark, as its user would, and by a reader of our own that forgives nothing."""

from __future__ import annotations

import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.end2end.programs import DEADLINE_S

RX = 2
TX = 1


@dataclass(frozen=True)
class Packet:
    """One packet of a capture with the link type RTAC serial."""

    time_ns: int
    event: int
    """2: RX, from the device; 1: TX, to it; others are no data."""
    lines: int
    data: bytes
    comment: str


def packets_of(capture: bytes) -> list[Packet]:
    """Every packet; AssertionError where a block is not as the standard has it."""
    packets = []
    at = 0
    while at < len(capture):
        kind, length = struct.unpack_from("<II", capture, at)
        assert length % 4 == 0
        assert struct.unpack_from("<I", capture, at + length - 4) == (length,)
        body = capture[at + 8 : at + length - 4]
        at += length
        if kind == 6:
            _, high, low, size, original = struct.unpack_from("<5I", body)
            assert size == original >= 12
            seconds, micros, event, lines, footer = struct.unpack_from(">IIBBH", body, 20)
            time_ns = high << 32 | low
            assert (seconds, micros, footer) == (time_ns // 10**9, time_ns % 10**9 // 1000, 0)
            end = 20 + size + -size % 4
            packets.append(Packet(time_ns, event, lines, body[32 : 20 + size], _comment(body[end:])))
    return packets


def data_of(packets: list[Packet], event: int) -> bytes:
    """What went one way: TX or RX."""
    return b"".join(packet.data for packet in packets if packet.event == event)


def _comment(options: bytes) -> str:
    if not options:
        return ""
    code, size = struct.unpack_from("<HH", options)
    assert code == 1
    assert options[4 + size + -size % 4 :] == bytes(4)
    return options[4 : 4 + size].decode()


def tshark_fields(path: Path, *fields: str, more: tuple[str, ...] = (), whole: bool = True) -> list[list[str]]:
    """What tshark makes of a capture, a row for each frame. `whole`: it must have nothing to complain of."""
    chosen = [part for field in fields for part in ("-e", field)]
    done = subprocess.run(
        ["tshark", "-n", "-r", str(path), *more, "-T", "fields", *chosen],
        capture_output=True, text=True, timeout=6 * DEADLINE_S, check=False,
    )  # fmt: skip
    assert done.returncode == 0 or not whole, done.stderr
    return [line.split("\t") for line in done.stdout.splitlines()]


def tshark_bytes(path: Path, event: int, *, whole: bool = True) -> bytes:
    """What went one way, as tshark has it."""
    rows = tshark_fields(path, "data.data", more=("-Y", f"rtacser.eventtype == {event}"), whole=whole)
    return bytes.fromhex("".join(row[0] for row in rows))
