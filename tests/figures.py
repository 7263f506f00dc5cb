"""What a process costs, as Linux tells it in /proc: memory and its peak, descriptors, threads, CPU time.

    with memory_bounded(bridge.pid, 8 << 20):  # fails if its peak rises by more than 8 MiB within the block
        ...
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.engine.running import until

_TICKS_PER_S = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


def descriptors(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))


def threads(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/task"))


def resident_bytes(pid: int) -> int:
    return _status_bytes(pid, "VmRSS")


def peak_bytes(pid: int) -> int:
    """The most that was resident since the start, or since `forget_peak`."""
    return _status_bytes(pid, "VmHWM")


def forget_peak(pid: int) -> None:
    """Let the peak begin anew at what is resident now (proc(5), clear_refs)."""
    Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="ascii")


def cpu_s(pid: int) -> float:
    """CPU time it has used, its own and the kernel's for it."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS_PER_S  # utime and stime: fields 14 and 15 of proc(5)


def tell(figure: str) -> None:
    """Show what was measured to whoever runs `pytest -s`."""
    print(figure)  # noqa: T201


def wait_for_first_look(pid: int) -> None:
    """Until a bridge has looked who its client is, which then is there, and has what it looks with: some MB, once."""
    maps = Path(f"/proc/{pid}/maps")
    until(lambda: "psutil" in maps.read_text(encoding="utf-8"), "the bridge looks who its client is")


@contextmanager
def memory_bounded(pid: int, limit: int) -> Iterator[None]:
    """Fails at its end if the resident memory has, at any moment within, grown by more than `limit` bytes."""
    forget_peak(pid)
    before = resident_bytes(pid)
    yield
    grown = peak_bytes(pid) - before
    tell(f"memory grew by {grown / (1 << 20):.1f} MiB at most")
    assert grown <= limit, f"memory grew by {grown} bytes, {limit} are allowed"


def _status_bytes(pid: int, name: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) * 1024
    raise AssertionError(f"/proc/{pid}/status has no {name}")
