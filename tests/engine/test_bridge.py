"""Bridge: what the window and the console see of a running profile."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
import qasync
from PySide6.QtCore import QCoreApplication

from serialbridge_gui.engine import bridge as bridge_module
from serialbridge_gui.engine import events as ev
from serialbridge_gui.engine.bridge import Bridge, BridgeState
from serialbridge_gui.engine.bridge_thread import BridgeThread
from serialbridge_gui.engine.errors import BridgeError, Cause
from serialbridge_gui.profile import LinePolicy, ListenAddress
from serialbridge_gui.traffic.chunk import Tap
from tests.devices import PtyDevice
from tests.engine.running import DEADLINE_S, profile_on

Run = Callable[[Coroutine[Any, Any, None]], None]


@pytest.fixture
def run(qapp: QCoreApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Runs a coroutine on the program's kind of loop, a minute at most."""
    monkeypatch.setattr(bridge_module, "STOP_S", DEADLINE_S)
    loop = qasync.QEventLoop(qapp)
    asyncio.set_event_loop(loop)
    yield lambda work: loop.run_until_complete(asyncio.wait_for(work, 2 * DEADLINE_S))
    loop.close()
    asyncio.set_event_loop(None)


async def until(condition: Callable[[], Any], what: str) -> None:
    expires = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < expires, what
        await asyncio.sleep(0.005)


def test_states_follow_what_happens(run: Run, tmp_path: Path) -> None:
    states: list[BridgeState] = []

    async def work() -> None:
        with PtyDevice(tmp_path / "tty") as device:
            bridge = Bridge(profile_on(device.path))
            bridge.state_changed.connect(lambda: states.append(bridge.state))
            address = await bridge.start()
            assert bridge.state is BridgeState.WAITING_FOR_CLIENT
            assert bridge.address == address
            with socket.create_connection((address.host, address.port), timeout=DEADLINE_S):
                await until(lambda: bridge.state is BridgeState.RUNNING, "running")
                assert [client.number for client in bridge.clients()] == [1]
                device.unplug()
                await until(lambda: bridge.state is BridgeState.WAITING_FOR_DEVICE, "device away")
                device.plug()
                await until(lambda: bridge.state is BridgeState.RUNNING, "running again")
            await until(lambda: bridge.state is BridgeState.WAITING_FOR_CLIENT, "client gone")
            await bridge.stop()
            assert bridge.address is None
            assert bridge.clients() == []

    run(work())
    assert states[0] is BridgeState.OPENING
    assert states[-1] is BridgeState.STOPPED


def test_start_and_stop_may_be_called_twice_and_again(run: Run) -> None:
    async def work() -> None:
        bridge = Bridge(profile_on("sim://echo"))
        await bridge.stop()
        first, second = await asyncio.gather(bridge.start(), bridge.start())
        assert first == second == await bridge.start()
        await asyncio.gather(bridge.stop(), bridge.stop())
        await bridge.stop()
        await bridge.start()
        stopping = asyncio.ensure_future(bridge.stop())
        await asyncio.sleep(0)
        assert (await bridge.start()).port
        await stopping
        assert bridge.state is BridgeState.WAITING_FOR_CLIENT
        await bridge.stop()

    run(work())


def test_failing_start_says_why_and_can_be_tried_again(run: Run, tmp_path: Path) -> None:
    async def work() -> None:
        link = tmp_path / "tty"
        bridge = Bridge(profile_on(str(link)))
        with pytest.raises(BridgeError) as caught:
            await bridge.start()
        assert caught.value.problem.cause is Cause.DEVICE_MISSING
        assert bridge.state is BridgeState.ERROR
        assert bridge.problem == caught.value.problem
        with PtyDevice(link):
            await bridge.start()
            assert bridge.problem is None
            await bridge.stop()
        with pytest.raises(BridgeError):
            await bridge.start()
        await bridge.stop()
        assert bridge.state is BridgeState.STOPPED

    run(work())


def test_error_shows_once_all_is_closed_so_that_it_can_be_tried_again_at_once(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_close = threading.Event()
    close = BridgeThread._close

    def held_up(thread: BridgeThread) -> None:
        may_close.wait(60)
        close(thread)

    async def work() -> None:
        link = tmp_path / "tty"
        bridge = Bridge(profile_on(str(link)))
        bridge.launch()
        try:
            await until(lambda: bridge.problem is not None, "it has failed")
            assert bridge.state is BridgeState.OPENING
        finally:
            may_close.set()
        await until(lambda: bridge.state is BridgeState.ERROR, "the error shows")
        with PtyDevice(link):
            await bridge.start()
            await bridge.stop()

    monkeypatch.setattr(BridgeThread, "_close", held_up)
    run(work())


def test_address_in_use_leaves_the_device_alone(run: Run) -> None:
    async def work() -> None:
        with PtyDevice() as device, socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            bridge = Bridge(profile_on(device.path, listen=ListenAddress(port=port)))
            with pytest.raises(BridgeError) as caught:
                await bridge.start()
            assert caught.value.problem.cause is Cause.ADDRESS_IN_USE
            assert caught.value.problem.subject == f"127.0.0.1:{port}"
            assert not device.is_open

    run(work())


def test_cancelled_start_leaves_nothing_running(run: Run) -> None:
    async def work() -> None:
        bridge = Bridge(profile_on("sim://echo"))
        starting = asyncio.ensure_future(bridge.start())
        await asyncio.sleep(0)
        starting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await starting
        await until(lambda: not bridge.state.active, "it stops again")

    run(work())


def test_stop_while_opening_fails_the_start_with_its_own_cause(run: Run) -> None:
    async def work() -> None:
        with PtyDevice() as device:
            holder = Bridge(profile_on(device.path))
            await holder.start()
            bridge = Bridge(profile_on(device.path))  # busy: it tries again for 300 ms
            starting = asyncio.ensure_future(bridge.start())
            await asyncio.sleep(0)
            await bridge.stop()
            with pytest.raises(BridgeError) as caught:
                await starting
            assert caught.value.problem.cause in (Cause.STOPPED, Cause.DEVICE_BUSY)
            await holder.stop()

    run(work())


def test_crash_of_the_loop_is_an_error_with_its_reason_not_a_silent_end(
    run: Run, monkeypatch: pytest.MonkeyPatch, expect_log: Any
) -> None:
    async def work() -> None:
        bridge = Bridge(profile_on("sim://echo"))
        await bridge.start()
        thread = bridge._thread
        assert thread is not None
        thread.post(lambda: 1 / 0)  # type: ignore[arg-type, return-value]
        await until(lambda: bridge.state is BridgeState.ERROR, "the error shows")
        assert bridge.problem is not None
        assert bridge.problem.cause is Cause.INTERNAL
        assert "ZeroDivisionError" in bridge.problem.detail
        await bridge.stop()

    import logging

    with expect_log("failed", logging.ERROR, "serialbridge_gui.engine.bridge_thread"):
        run(work())


def test_events_come_in_order_in_the_thread_that_made_the_bridge(run: Run) -> None:
    kinds: list[type[ev.Event]] = []
    threads: set[int] = set()

    async def work() -> None:
        bridge = Bridge(profile_on("sim://echo"))
        bridge.event_occurred.connect(lambda event: kinds.append(type(event)))
        bridge.event_occurred.connect(lambda _event: threads.add(threading.get_ident()))
        address = await bridge.start()
        with socket.create_connection((address.host, address.port)):
            await until(lambda: ev.ClientConnected in kinds, "connected")
        await until(lambda: ev.ClientDisconnected in kinds, "disconnected")
        await bridge.stop()

    run(work())
    expected = [ev.Listening, ev.ClientConnected, ev.ClientDisconnected, ev.Stopped]
    assert [kind for kind in kinds if kind is not ev.LinesChanged] == expected
    assert threads == {threading.get_ident()}


def test_modem_lines_are_told_where_there_are_any(run: Run) -> None:
    async def work() -> None:
        bridge = Bridge(profile_on("sim://echo", rts=LinePolicy.OFF))
        await bridge.start()
        await until(lambda: bridge.lines is not None, "lines")
        assert bridge.lines is not None
        assert (bridge.lines.cts, bridge.lines.dsr, bridge.lines.rts) == (False, True, False)
        await bridge.stop()
        assert bridge.lines is None

    run(work())


def test_thirty_two_bridges_run_in_one_process(run: Run) -> None:
    async def work() -> None:
        bridges = [Bridge(profile_on("sim://echo")) for _ in range(32)]
        addresses = await asyncio.gather(*(bridge.start() for bridge in bridges))
        assert len({address.port for address in addresses}) == 32
        streams = [await asyncio.open_connection(address.host, address.port) for address in addresses]
        for number, (_, writer) in enumerate(streams):
            writer.write(b"%04d" % number)
        for number, (reader, writer) in enumerate(streams):
            assert await reader.readexactly(4) == b"%04d" % number
            writer.close()
        await asyncio.gather(*(bridge.stop() for bridge in bridges))

    run(work())


def test_watchers_come_and_go_while_bytes_pass_and_share_their_entries(run: Run) -> None:
    async def work() -> None:
        bridge = Bridge(profile_on("sim://echo"))
        bridge.tap = Tap()
        early, late = Tap(), Tap()
        bridge.attach(early)
        address = await bridge.start()
        reader, writer = await asyncio.open_connection(address.host, address.port)

        async def echo(data: bytes) -> None:
            thread, settled = bridge._thread, threading.Event()
            assert thread is not None
            thread.post(settled.set)  # behind what `attach` and `detach` have asked of it
            await until(settled.is_set, "the watchers are those that were asked for")
            writer.write(data)
            assert await reader.readexactly(len(data)) == data

        await echo(b"one")
        bridge.attach(late)
        await echo(b"two")
        bridge.detach(early)
        bridge.detach(early)
        await echo(b"three")
        bridge.detach(late)
        await echo(b"four")
        writer.close()
        await bridge.stop()
        seen = [[entry for entry in tap.drain() if entry[1] == 1] for tap in (bridge.tap, early, late)]
        assert [[entry[3] for entry in entries] for entries in seen] == [
            [b"one", b"two", b"three", b"four"],
            [b"one", b"two"],
            [b"two", b"three"],
        ]
        assert seen[0][1] is seen[1][1] is seen[2][0]

    run(work())


def test_a_tap_set_before_the_start_sees_the_traffic(run: Run) -> None:
    async def work() -> None:
        bridge = Bridge(profile_on("sim://echo"))
        bridge.tap = Tap()
        address = await bridge.start()
        reader, writer = await asyncio.open_connection(address.host, address.port)
        writer.write(b"abc")
        assert await reader.readexactly(3) == b"abc"
        writer.close()
        await bridge.stop()
        assert b"".join(entry[3] for entry in bridge.tap.drain()) == b"abcabc"

    run(work())


def test_start_fails_in_words_where_the_bridge_ends_before_the_starter_has_its_turn(run: Run, tmp_path: Path) -> None:
    async def work() -> None:
        with PtyDevice(tmp_path / "tty") as device:
            bridge = Bridge(profile_on(device.path))

            def listening(event: ev.Event) -> None:
                if isinstance(event, ev.Listening):
                    bridge.address = None  # as if its thread had ended before the coroutine goes on

            bridge.event_occurred.connect(listening)
            with pytest.raises(BridgeError) as raised:
                await bridge.start()
            assert raised.value.problem.cause is Cause.STOPPED
            await bridge.stop()

    run(work())
