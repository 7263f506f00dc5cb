"""Much traffic with the log open, and closing while much is under way."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import itertools
import os

from serialbridge_gui.engine.bridge import BridgeState
from serialbridge_gui.traffic.chunk import Direction
from tests.devices import PtyDevice
from tests.ui.windows import Lab, log_rows, soon, until

BLOCK = 64 << 10
BLOCKS = 64
"""4 MiB each way."""
LOAD_S = 120
"""How long they may take; half a second as a rule."""


def digest(blocks: list[bytes]) -> str:
    return hashlib.sha256(b"".join(blocks)).hexdigest()


async def test_4_mb_each_way_at_once_arrive_exactly_and_the_log_ends_with_the_last_bytes(lab: Lab) -> None:
    with PtyDevice() as device:
        lab.open()
        session = lab.add(device.path)
        page = lab.page(session)
        await lab.start(session)
        reader, writer = await lab.connect(session)
        there = [os.urandom(BLOCK) for _ in range(BLOCKS)]
        back = [os.urandom(BLOCK) for _ in range(BLOCKS)]
        size = BLOCK * BLOCKS

        async def send() -> None:
            for block in there:
                writer.write(block)
                await writer.drain()

        device.pump(back)
        _, arrived, returned = await asyncio.wait_for(
            asyncio.gather(send(), asyncio.to_thread(device.read, size, LOAD_S), reader.readexactly(size)), LOAD_S
        )
        assert hashlib.sha256(arrived).hexdigest() == digest(there)
        assert hashlib.sha256(returned).hexdigest() == digest(back)

        ending = b"<the last bytes of the device>"
        device.write(ending)
        assert await soon(reader.readexactly(len(ending))) == ending
        await until(lambda: log_rows_end_with(lab, ending), "the log ends with the last bytes")
        assert session.bridge.counters.lost == 0
        assert session.bridge.counters.serial_to_tcp == size + len(ending)
        assert session.bridge.counters.tcp_to_serial == size
        assert page.status.lost.text() == "Lost 0"


def log_rows_end_with(lab: Lab, ending: bytes) -> bool:
    model = lab.page().log.model
    row = model.row_at(model.rowCount() - 1)
    return row is not None and row.direction == Direction.SERIAL_TO_TCP and row.data.endswith(ending)


async def test_log_keeps_its_last_rows_when_a_bridge_stops_right_after_a_burst(lab: Lab) -> None:
    lab.open()
    session = lab.add("sim://echo")
    page = lab.page(session)
    await lab.start(session)
    reader, writer = await lab.connect(session)
    for number in range(200):
        writer.write(b"%04d" % number)
    await soon(reader.readexactly(800))
    session.stop()
    await until(lambda: session.bridge.state is BridgeState.STOPPED, "it stops")
    await until(lambda: (Direction.EVENT, b"Stopped") in log_rows(page), "the log says so")
    sent = b"".join(data for way, data in log_rows(page) if way is Direction.TCP_TO_SERIAL)
    assert sent == b"".join(b"%04d" % number for number in range(200))


async def test_log_takes_in_a_full_tap_after_the_stop_and_then_rests(lab: Lab) -> None:
    lab.open()
    session = lab.add("sim://echo")
    await lab.start(session)
    tap = session.bridge.tap
    assert tap is not None
    for number in range(60_000):  # more than the feed takes in LAST_DRAIN_MS
        tap.put(Direction.SERIAL_TO_TCP, 0, b"%d\n" % number)
    session.stop()
    await until(lambda: session.bridge.state is BridgeState.STOPPED, "it stops")
    await until(lambda: not session.feed.running, "the feed has ended")
    assert tap.drain() == []
    assert (Direction.EVENT, b"Stopped") in log_rows(lab.page())[-2:]
    assert b"59999\n" in b"".join(data for _, data in log_rows(lab.page())[-20:])


async def test_window_closes_while_a_client_with_full_queues_never_reads(lab: Lab) -> None:
    with PtyDevice() as device:
        lab.open()
        quiet, busy = lab.add("sim://echo", "Quiet"), lab.add(device.path, "Busy")
        await lab.start(quiet)
        reader, _ = await lab.connect(quiet)
        await lab.start(busy)
        stuck_reader, stuck_writer = await lab.connect(busy)
        stuck_reader._transport.pause_reading()  # type: ignore[attr-defined]

        device.pump(itertools.repeat(b"x" * BLOCK))
        client = busy.bridge.clients
        await until(lambda: any(each.queued >= 900_000 for each in client()), "the client's queue is full")
        for _ in range(100):  # the device never reads either
            stuck_writer.write(b"y" * BLOCK)

        await soon(lab.close())
        assert await soon(reader.read()) == b""
        stuck_reader._transport.resume_reading()  # type: ignore[attr-defined]
        with contextlib.suppress(ConnectionResetError):  # what it sent was not all read: TCP says so in this way
            await soon(stuck_reader.read())  # ends


async def test_window_closes_with_the_clients_panel_and_a_question_open(lab: Lab) -> None:
    window = lab.open()
    session = lab.add("sim://talker")
    await lab.start(session)
    await lab.connect(session)
    lab.page().show_clients()
    window.ask_delete()
    await lab.close()
