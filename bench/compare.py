"""SerialBridge's console beside socat, ser2net and pyserial's example, interleaved in one run, over ptys.

    python3 dev.py bench [--quick] [--rounds 4] [--only TEXT] [--write]

Prints the median of the rounds for each program and figure, with the ratio to socat. `--write` puts the table
into docs/benchmark.md. For round trips the bridge has one CPU and both its ends the other.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from bench import ends
from bench.bridges import (
    OURS,
    OURS_CAPTURING,
    OURS_DROPPING,
    OURS_TAPPED,
    REDIRECT,
    SER2NET_PLAIN,
    SER2NET_TUNED,
    SOCAT,
    Kind,
    Running,
    running,
)

TABLE = Path(__file__).resolve().parent.parent / "docs" / "benchmark.md"
KINDS = (SOCAT, OURS, OURS_TAPPED, OURS_CAPTURING, SER2NET_TUNED, SER2NET_PLAIN, REDIRECT)
IMPORTS = "import PySide6.QtNetwork, serial"

Figures = dict[str, float]
Measurement = Callable[[Kind], Figures]


def on_a_device(
    measure: Callable[[int, Running], Figures], *, clients: int = 1, pin: bool = False, drop: bool = False
) -> Measurement:
    """`measure` with a new device and a new bridge. `drop`: ours may disconnect a slow client."""

    def run(kind: Kind) -> Figures:
        if drop and kind is OURS:
            kind = OURS_DROPPING
        cpus = os.sched_getaffinity(0)
        bridge_cpu = min(cpus) if pin and len(cpus) > 1 else None
        if bridge_cpu is not None:
            os.sched_setaffinity(0, cpus - {bridge_cpu})
        try:
            with ends.device() as (master, tty), running(kind, tty, clients=clients, cpu=bridge_cpu) as bridge:
                return measure(master, bridge)
        finally:
            os.sched_setaffinity(0, cpus)

    return run


def start_up(kind: Kind) -> Figures:
    """Seconds until a client is accepted, and memory then."""
    with ends.device() as (_, tty):
        began = time.perf_counter()
        with running(kind, tty) as bridge, bridge.connect():
            took = time.perf_counter() - began
            figures = {"start, ms": took * 1e3, "memory, MB": bridge.memory_mb()}
    if kind is OURS:
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", IMPORTS], check=True)
        imports = time.perf_counter() - began
        figures[f'start ÷ python -c "{IMPORTS}"'] = took / imports
    return figures


def measurements(quick: bool) -> list[tuple[str, Measurement, Callable[[Kind], bool]]]:
    """Name, what measures it, and for which programs."""
    trips, size = (3_000, 16 << 20) if quick else (10_000, 64 << 20)
    one = on_a_device

    def anybody(_kind: Kind) -> bool:
        return True

    def many(kind: Kind) -> bool:
        return kind.many_clients

    def fan_out(count: int) -> Measurement:
        share = max(4 << 20, size // 2 // count)  # long enough that beginning and end do not count
        return one(lambda master, bridge: ends.many_clients(master, bridge, count, share), clients=count)

    return [
        ("1 B", one(lambda master, bridge: ends.round_trips(master, bridge, 1, trips), pin=True), anybody),
        ("64 B", one(lambda master, bridge: ends.round_trips(master, bridge, 64, trips), pin=True), anybody),
        ("down", one(lambda master, bridge: ends.throughput(master, bridge, size, down=True, up=False)), anybody),
        ("up", one(lambda master, bridge: ends.throughput(master, bridge, size, down=False, up=True)), anybody),
        ("both", one(lambda master, bridge: ends.throughput(master, bridge, size, down=True, up=True)), anybody),
        ("8 clients", fan_out(8), many),
        ("64 clients", fan_out(64), many),
        ("stuck", one(lambda master, bridge: ends.beside_a_stuck_client(master, bridge, 8, 3.0), clients=8, drop=True),
         many),
        ("start", start_up, anybody),
    ]


def run_rounds(rounds: int, quick: bool, only: str) -> dict[str, dict[str, list[float]]]:
    """figure → program → one value a round."""
    found: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for number in range(rounds):
        for name, measure, wanted in measurements(quick):
            if only and only not in name:
                continue
            kinds = [kind for kind in KINDS if wanted(kind)]
            for kind in kinds[number % len(kinds) :] + kinds[: number % len(kinds)]:  # nobody is always the first
                try:
                    figures = measure(kind)
                except (OSError, RuntimeError, ends.WrongBytesError) as error:
                    print(f"round {number + 1}: {name}: {kind.name}: {error!r}", file=sys.stderr, flush=True)
                    continue
                for figure, value in figures.items():
                    found[figure][kind.name].append(value)
        print(f"round {number + 1} of {rounds} done", file=sys.stderr, flush=True)
    return found


def table(found: dict[str, dict[str, list[float]]]) -> str:
    """Markdown; in brackets the ratio to socat."""
    lines = ["| | " + " | ".join(kind.name for kind in KINDS) + " |", "| --- |" + " --- |" * len(KINDS)]
    for figure, programs in found.items():
        base = statistics.median(programs[SOCAT.name]) if SOCAT.name in programs else 0.0
        cells = []
        for kind in KINDS:
            values = programs.get(kind.name)
            if not values:
                cells.append("–")
                continue
            middle = statistics.median(values)
            ratio = f" ({middle / base:.2f})" if base and kind is not SOCAT else ""
            cells.append(f"{middle:.3g}{ratio}" if middle < 1000 else f"{middle:.0f}{ratio}")
        lines.append(f"| {figure} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser("dev.py bench", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="small amounts and one round: does it work at all?")
    parser.add_argument("--rounds", type=int, metavar="N", help="4, with --quick 1")
    parser.add_argument("--only", default="", metavar="TEXT", help="measurements with this in their name")
    parser.add_argument("--write", action="store_true", help="put the table into docs/benchmark.md")
    options = parser.parse_args()
    rounds = options.rounds or (1 if options.quick else 4)
    if len(os.sched_getaffinity(0)) < 2:
        print("one CPU only: round trips are not comparable", file=sys.stderr)
    found = run_rounds(rounds, options.quick, options.only)
    text = table(found)
    print(text)
    if options.write:
        system = f"{platform.system()}, Python {platform.python_version()}"
        TABLE.write_text(
            "# Measured beside others\n\n"
            f"`python3 dev.py bench --write`: median of {rounds} interleaved rounds over ptys; in brackets the\n"
            f"ratio to socat. {system}. p50, p99, p99.9 are µs a round trip, CPU is the bridge's µs.\n\n{text}\n",
            encoding="utf-8",
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
