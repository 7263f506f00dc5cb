#!/usr/bin/env python3
"""Tries a built program: its --version, then a bridge on sim://echo with every byte compared. On every system.

smoke.py PROGRAM [--window] [--version-is X]

PROGRAM may be several words in one, as 'python3 -m serialbridge_gui.cli'. --window says that it is the window program,
which bridges what a profile says; without QT_QPA_PLATFORM it is given the offscreen platform where there is no
display. Needs Python 3.11 or newer and nothing else: it also runs where the package was installed. Exits with 0, or
with a sentence and 1.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

WINDOWS = sys.platform == "win32"
SIZE = 1 << 20
"""Bytes each way (chosen: sixteen times the longest queue on their way)."""
STARTS_WITHIN_S = 60.0
"""The first start of a program that was just installed, on a busy machine that may look for viruses."""
PASSES_WITHIN_S = 60.0
ENDS_WITHIN_S = 30.0


class Failed(Exception):  # noqa: N818 - it is not an error of this script
    """The sentence to end with."""


def main() -> int:
    parser = argparse.ArgumentParser(description="Tries a built SerialBridge.")
    parser.add_argument("program")
    parser.add_argument("--window", action="store_true", help="it is the window program")
    parser.add_argument("--version-is", metavar="X", help="what --version has to tell")
    options = parser.parse_args()
    program = words(options.program)
    try:
        check_version(program, options.version_is, silent=options.window and WINDOWS)
        seconds = check_bridge(program, window=options.window)
    except (Failed, OSError, subprocess.TimeoutExpired) as error:
        print(f"smoke: {options.program}: {error}", file=sys.stderr)
        return 1
    print(f"smoke: {options.program}: {SIZE} bytes each way are exact, the first after {seconds:.2f} s")
    return 0


def words(program: str) -> list[str]:
    """A path with spaces is one word, if it is there."""
    if Path(program).exists() or shutil.which(program):
        return [program]
    return shlex.split(program, posix=not WINDOWS)


def check_version(program: list[str], wanted: str | None, *, silent: bool) -> None:
    """`silent`: a window program of Windows has no standard output."""
    done = subprocess.run(
        [*program, "--version"], stdin=subprocess.DEVNULL, capture_output=True,
        encoding="utf-8", errors="replace", timeout=STARTS_WITHIN_S, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise Failed(f"--version ended with {done.returncode}: {done.stderr.strip()}")
    told = done.stdout.strip()
    if not silent and (not told.startswith("SerialBridge ") or told.split()[1:] != [wanted or told.split()[-1]]):
        raise Failed(f"--version told {told!r} instead of 'SerialBridge {wanted or 'X'}'")


def check_bridge(program: list[str], *, window: bool) -> float:
    """The seconds from the start to the first byte that came back. Raises Failed."""
    port = free_port()
    folder = Path(tempfile.mkdtemp(prefix="serialbridge-smoke-"))
    try:
        if window:
            write_profile(folder, port)
            command = [*program, "--config-dir", str(folder), "--profile", "smoke", "--start"]
        else:
            command = [*program, "run", "sim://echo", "--listen", f"127.0.0.1:{port}"]
        with open(folder / "said", "w+b") as said:
            began = time.monotonic()
            process = subprocess.Popen(
                command, env=environment(), stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT,
            )  # fmt: skip
            try:
                with connect(process, port) as peer:
                    seconds = echo(peer, b"!") - began
                    payload = random.Random(port).randbytes(SIZE)
                    echo(peer, payload)
                end(process)
            except Failed as error:
                said.seek(0)
                words_said = said.read().decode(errors="replace").strip()
                raise Failed(f"{error}; it said: {words_said or 'nothing'}") from error
            finally:
                if process.poll() is None:
                    process.kill()
                    process.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return seconds


def environment() -> dict[str, str]:
    display = sys.platform != "linux" or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))
    return dict(os.environ) if display else {"QT_QPA_PLATFORM": "offscreen", **os.environ}


def write_profile(folder: Path, port: int) -> None:
    name = "5e" * 16
    profile = {
        "format_version": 1, "id": name, "name": "smoke",
        "serial": {"device": "sim://echo"}, "listen": {"host": "127.0.0.1", "port": port},
    }  # fmt: skip
    path = folder / "profiles" / f"{name}.json"
    path.parent.mkdir()
    path.write_text(json.dumps(profile), encoding="utf-8")


def free_port() -> int:
    """None of those that systems give to clients, which one of them might have before the program does."""
    while True:
        port = random.randrange(16_000, 20_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def connect(process: subprocess.Popen[bytes], port: int) -> socket.socket:
    expires = time.monotonic() + STARTS_WITHIN_S
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=PASSES_WITHIN_S)
        except OSError:
            if process.poll() is not None:
                raise Failed(f"it ended with {process.returncode} before it listened") from None
            if time.monotonic() > expires:
                raise Failed(f"nothing listened within {STARTS_WITHIN_S:.0f} s") from None
            time.sleep(0.02)  # there is nothing to wait on in another process


def echo(peer: socket.socket, payload: bytes) -> float:
    """Send, and get the same back; returns when that was. Raises Failed."""
    sender = threading.Thread(target=peer.sendall, args=(payload,), name="sender", daemon=True)
    sender.start()
    got = bytearray()
    while len(got) < len(payload):
        try:
            part = peer.recv(65536)
        except OSError as error:
            raise Failed(f"after {len(got)} of {len(payload)} bytes: {error}") from error
        if not part:
            raise Failed(f"it closed the connection after {len(got)} of {len(payload)} bytes")
        got += part
    if bytes(got) != payload:
        where = next(index for index, (one, other) in enumerate(zip(got, payload, strict=False)) if one != other)
        raise Failed(f"byte {where} of {len(payload)} came back different")
    sender.join(PASSES_WITHIN_S)
    return time.monotonic()


def end(process: subprocess.Popen[bytes]) -> None:
    """As a service manager does. Windows has nothing of the kind for every program; there it is just ended."""
    process.send_signal(signal.SIGTERM)
    try:
        code = process.wait(ENDS_WITHIN_S)
    except subprocess.TimeoutExpired:
        raise Failed(f"it did not end within {ENDS_WITHIN_S:.0f} s of SIGTERM") from None
    if code != 0 and not WINDOWS:
        raise Failed(f"it ended with {code} after SIGTERM")


if __name__ == "__main__":
    sys.exit(main())
