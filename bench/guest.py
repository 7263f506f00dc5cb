"""How near a guest's port through the bridge is to the port itself: round trips of one byte, interleaved in one run.

    python3 dev.py bench --guest [--rounds 10] [--trips 4000]

The same guest of QEMU, without KVM, echoes its first serial port. Once QEMU's own serial chardev has the pty that
stands for the device, once the bridge has it and QEMU is its client, once socat, where there is one. Prints the median
of the rounds' p50, and in brackets their ratio to the first.
"""

from __future__ import annotations

import argparse
import os
import select
import shutil
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from time import monotonic, perf_counter_ns

from bench import ends
from bench.bridges import HOST, OURS, SOCAT, Kind, running
from tests.guest import QEMU, EchoGuest, printed, printed_arguments

WARM_UP = 500
"""Round trips that are not counted."""
ANSWER_S = 10.0


@contextmanager
def on_the_bare_pty(tty: str, folder: Path) -> Iterator[None]:
    with EchoGuest(folder, ["-chardev", f"serial,id=com0,path={tty}", "-device", "isa-serial,chardev=com0"]):
        yield


def through(kind: Kind) -> Way:
    """With this bridge between the pty and the guest."""

    @contextmanager
    def way(tty: str, folder: Path) -> Iterator[None]:
        with running(kind, tty) as bridge, EchoGuest(folder, printed_arguments(printed((HOST, bridge.port)))):
            yield

    return way


Way = Callable[[str, Path], AbstractContextManager[None]]
BARE, BRIDGED = "QEMU on the bare pty", "through SerialBridge"
WAYS: dict[str, Way] = {BARE: on_the_bare_pty, BRIDGED: through(OURS)}
if shutil.which("socat"):
    WAYS["through socat"] = through(SOCAT)


def wait_for_guest(master: int) -> None:
    """Ask until the guest answers: what comes before somebody has opened the tty is thrown away."""
    deadline = monotonic() + ANSWER_S
    while not select.select([master], [], [], 0.1)[0]:
        if monotonic() > deadline:
            raise TimeoutError("the guest does not answer")
        os.write(master, b"?")
    while select.select([master], [], [], 0.3)[0]:
        os.read(master, 64)


def p50_us(master: int, trips: int) -> float:
    """The device asks, the guest answers, one byte at a time: the median, in µs."""
    wait_for_guest(master)
    took: list[int] = []
    for number in range(-WARM_UP, trips):
        byte = bytes([number & 0xFF])
        began = perf_counter_ns()
        os.write(master, byte)
        if os.read(master, 1) != byte:
            raise ends.WrongBytesError
        if number >= 0:
            took.append(perf_counter_ns() - began)
    return statistics.median(took) / 1e3


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=10, metavar="N")
    parser.add_argument("--trips", type=int, default=4000, metavar="N")
    options = parser.parse_args()
    if QEMU is None:
        print("QEMU is missing; on Debian: apt-get install --no-install-recommends qemu-system-x86", file=sys.stderr)
        return 1
    found: dict[str, list[float]] = defaultdict(list)
    for number in range(options.rounds):
        ways = list(WAYS)
        for way in ways[number % len(ways) :] + ways[: number % len(ways)]:  # none is always the first
            with tempfile.TemporaryDirectory() as folder, ends.device() as (master, tty), WAYS[way](tty, Path(folder)):
                found[way].append(p50_us(master, options.trips))
        print(f"round {number + 1}: " + ", ".join(f"{way} {found[way][-1]:.1f} µs" for way in WAYS), file=sys.stderr)
    bare = statistics.median(found[BARE])
    for way in WAYS:
        middle = statistics.median(found[way])
        print(f"{way}: {middle:.1f} µs ({middle / bare:.2f})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
