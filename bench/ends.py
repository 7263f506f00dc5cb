"""Both ends of a bridge, and what passes between them: each function measures one thing and checks every byte."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import pty
import selectors
import socket
import threading
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic, perf_counter, perf_counter_ns
from typing import Any

from bench.bridges import Running

BLOCK = bytes(range(256)) * 256
"""What is sent again and again: 64 KiB with all 256 values."""
MANY_BYTES = 256 << 10
"""What is received at once where there are many clients."""
WARM_UP = 300
"""Round trips that are not counted."""
TRIPS_LIMIT_S = 8.0
"""Round trips end after so long: ser2net as it comes would take a minute."""
LIMIT_S = 60.0
"""When a throughput run is given up."""

_fork = multiprocessing.get_context("fork")


class WrongBytesError(Exception):
    """What arrived is not what was sent."""


@contextmanager
def device() -> Iterator[tuple[int, str]]:
    """A pty: the device's end, and the name that a bridge opens. The name's end is held open, and raw."""
    master, slave = pty.openpty()
    tty.setraw(slave)
    try:
        yield master, os.ttyname(slave)
    finally:
        os.close(slave)
        os.close(master)


def round_trips(master: int, bridge: Running, size: int, count: int) -> dict[str, float]:
    """Client → device → client, one at a time, both ends in this thread: µs, and the bridge's CPU in µs."""
    with bridge.connect() as client:
        client.setblocking(True)
        data = BLOCK[:size]
        took: list[int] = []
        ends_ns = perf_counter_ns() + int(TRIPS_LIMIT_S * 1e9)
        for number in range(-WARM_UP, count):
            if number == 0:
                cpu_s = bridge.cpu_s()
            began = perf_counter_ns()
            client.send(data)
            there = os.read(master, size)
            while len(there) < size:
                there += os.read(master, size - len(there))
            os.write(master, there)
            back = client.recv(size)
            while len(back) < size:
                back += client.recv(size - len(back))
            if number >= 0:
                took.append(perf_counter_ns() - began)
                if began > ends_ns:
                    break
            if back != data:
                raise WrongBytesError
        cpu_s = bridge.cpu_s() - cpu_s
    count = len(took)
    took.sort()
    return {
        f"p50 {size} B": took[count // 2] / 1e3,
        f"p99 {size} B": took[count * 99 // 100] / 1e3,
        f"p99.9 {size} B": took[count * 999 // 1000] / 1e3,
        f"CPU {size} B": cpu_s / count * 1e6,
    }


def _in_process(work: Callable[..., Any], *arguments: Any) -> Callable[[], Any]:
    """Start `work` in a process of its own; call the answer for its result. Raises what it raised, as text."""
    mine, its = _fork.Pipe()

    def run() -> None:
        try:
            its.send((work(*arguments), ""))
        except Exception as error:  # noqa: BLE001 - the parent raises it
            its.send((None, repr(error)))

    process = _fork.Process(target=run, daemon=True)
    process.start()

    def result() -> Any:
        if not mine.poll(LIMIT_S):
            process.kill()
            raise TimeoutError("the other end did not finish")
        value, error = mine.recv()
        process.join()
        if error:
            raise RuntimeError(error)
        return value

    return result


def _write(fd: int, size: int) -> None:
    sent = 0
    block = memoryview(BLOCK)
    while sent < size:
        start = sent % len(BLOCK)
        sent += os.write(fd, block[start : start + min(len(BLOCK) - start, size - sent)])


def _read(fd: int, size: int) -> str:
    data = memoryview(bytearray(size))
    count = 0
    while count < size:
        count += os.readv(fd, [data[count:]])
    return hashlib.sha256(data).hexdigest()


def _send(client: socket.socket, size: int) -> None:
    sent = 0
    while sent < size:
        part = min(len(BLOCK), size - sent)
        client.sendall(BLOCK[:part])
        sent += part


def _receive(client: socket.socket, size: int) -> tuple[float, str]:
    """When the last byte came (perf_counter), and the digest."""
    data = memoryview(bytearray(size))
    count = 0
    while count < size:
        got = client.recv_into(data[count:])
        if not got:
            raise WrongBytesError(f"the connection ended after {count} bytes")
        count += got
    return perf_counter(), hashlib.sha256(data).hexdigest()


def _expected(size: int) -> str:
    whole, rest = divmod(size, len(BLOCK))
    digest = hashlib.sha256()
    for _ in range(whole):
        digest.update(BLOCK)
    digest.update(BLOCK[:rest])
    return digest.hexdigest()


def throughput(master: int, bridge: Running, size: int, *, down: bool, up: bool) -> dict[str, float]:
    """MB/s and the bridge's CPU in ms/MB. `down`: from the device to the client; `up`: the other way."""
    name = "both ways" if down and up else "serial→TCP" if down else "TCP→serial"
    with bridge.connect() as client:
        # Through once, so that what is measured begins with everything in place.
        client.sendall(b"?")
        os.read(master, 1)
        cpu_s = bridge.cpu_s()
        began = perf_counter()
        results = []
        reading = _in_process(_read, master, size) if up else None
        if up:
            results.append(_in_process(_send, client, size))
        if down:
            results.append(_in_process(_write, master, size))
            ended, digest = _receive(client, size)
            if digest != _expected(size):
                raise WrongBytesError
        if reading is not None:
            if reading() != _expected(size):
                raise WrongBytesError
            ended = perf_counter()
        for result in results:
            result()
        cpu_s = bridge.cpu_s() - cpu_s
    total = size * (down + up) / 1e6
    return {f"MB/s {name}": total / (ended - began), f"CPU ms/MB {name}": cpu_s * 1e3 / total}


def many_clients(master: int, bridge: Running, count: int, size: int) -> dict[str, float]:
    """MB/s to all clients together; each must get every byte.

    They share one buffer and are checked as it comes, which stays in the processor's cache: with a buffer for each,
    this end was at 99 % of its core while the bridge was at 44 % (measured).
    """
    clients = [bridge.connect() for _ in range(count)]
    try:
        for client in clients:
            _until_served(client, master)
        buffer = memoryview(bytearray(MANY_BYTES))
        sent = BLOCK * (MANY_BYTES // len(BLOCK) + 1)
        filled = [0] * count
        selector = selectors.DefaultSelector()
        for index, client in enumerate(clients):
            client.setblocking(False)
            selector.register(client, selectors.EVENT_READ, index)
        began = perf_counter()
        writing = _in_process(_write, master, size)
        left = count
        while left:
            ready = selector.select(LIMIT_S)
            if not ready:
                raise TimeoutError(f"{left} of {count} clients did not get all: {min(filled)} bytes at least")
            for key, _ in ready:
                index = key.data
                got = clients[index].recv_into(buffer[: min(MANY_BYTES, size - filled[index])])
                if not got:
                    raise WrongBytesError(f"a client was disconnected after {filled[index]} bytes")
                if not sent.startswith(buffer[:got], filled[index] % len(BLOCK)):
                    raise WrongBytesError
                filled[index] += got
                if filled[index] == size:
                    selector.unregister(clients[index])
                    left -= 1
        took = perf_counter() - began
        writing()
    finally:
        for client in clients:
            client.close()
    return {f"MB/s to {count} clients": size * count / 1e6 / took}


def _until_served(client: socket.socket, master: int) -> None:
    """Until a byte of this client has come out of the device: the bridge has let it in."""
    client.sendall(b"?")
    os.read(master, 1)


def beside_a_stuck_client(master: int, bridge: Running, count: int, seconds: float) -> dict[str, float]:
    """One of `count` clients never reads: MB/s to the one that got least of the others, and its longest wait in s."""
    clients = [bridge.connect() for _ in range(count)]
    stop = threading.Event()
    try:
        for client in clients:
            _until_served(client, master)
        os.set_blocking(master, False)

        def write() -> None:
            while not stop.is_set():
                try:
                    os.write(master, BLOCK[:4095])
                except BlockingIOError:
                    stop.wait(0.001)

        writer = threading.Thread(target=write)
        writer.start()
        selector = selectors.DefaultSelector()
        totals = [0] * (count - 1)
        last = [monotonic()] * (count - 1)
        longest = 0.0
        for index, client in enumerate(clients[1:]):
            client.setblocking(False)
            selector.register(client, selectors.EVENT_READ, index)
        ends = monotonic() + seconds
        while (now := monotonic()) < ends:
            for key, _ in selector.select(0.1):
                got = len(key.fileobj.recv(1 << 18))  # type: ignore[union-attr]
                totals[key.data] += got
                longest = max(longest, now - last[key.data])
                last[key.data] = now
        longest = max(longest, *(ends - each for each in last))
        stop.set()
        writer.join()
    finally:
        stop.set()
        os.set_blocking(master, True)
        for client in clients:
            client.close()
    return {"MB/s beside a stuck client": min(totals) / 1e6 / seconds, "longest wait, s": longest}
