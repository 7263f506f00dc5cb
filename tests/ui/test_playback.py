"""A saved capture is played to the device, or to clients, at its own pace."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest
from PySide6.QtWidgets import QFileDialog

from serialbridge_gui.engine.sending import TO_ALL, TO_DEVICE
from serialbridge_gui.profile import ClientRules
from serialbridge_gui.traffic.capture_formats import Format, Source, make_writer
from serialbridge_gui.traffic.capture_reader import CaptureReader
from serialbridge_gui.traffic.chunk import Direction, TapEntry
from serialbridge_gui.ui.playback import Playback
from tests.ui.windows import Lab, click, soon, until

SERIAL, TCP = Direction.SERIAL_TO_TCP, Direction.TCP_TO_SERIAL
MS = 1_000_000
T0 = 1_700_000_000_000 * MS


def saved(folder: Path, entries: list[TapEntry], name: str = "trace.pcapng") -> Path:
    writer = make_writer(Format.PCAPNG, Source("Scale", "COM5"))
    file = folder / name
    file.write_bytes(writer.begin() + writer.encode(entries))
    return file


DIALOGUE: list[TapEntry] = [
    (T0, TCP, 1, b"ask"),
    (T0 + 50 * MS, SERIAL, 0, b"answer"),
    (T0 + 300 * MS, TCP, 1, b"again"),
]


async def test_device_gets_what_the_captures_device_was_sent_at_its_pace(lab: Lab, tmp_path: Path) -> None:
    lab.open()
    session = lab.add("sim://echo")
    await lab.start(session)
    reader, _ = await lab.connect(session)
    playback = Playback(session.bridge)
    began = monotonic()
    playback.play(saved(tmp_path, DIALOGUE), TO_DEVICE)
    assert await soon(reader.readexactly(3)) == b"ask"  # the device echoes
    assert await soon(reader.readexactly(5)) == b"again"
    assert monotonic() - began > 0.29
    await until(lambda: playback.target is None, "it has ended")
    assert playback.sent_bytes == 8


async def test_clients_get_what_the_captures_device_said(lab: Lab, tmp_path: Path) -> None:
    lab.open()
    session = lab.add("sim://echo")
    await lab.start(session)
    reader, _ = await lab.connect(session)
    playback = Playback(session.bridge)
    playback.play(saved(tmp_path, DIALOGUE), TO_ALL)
    assert await soon(reader.readexactly(6)) == b"answer"


async def test_capture_of_one_direction_is_played_wherever_it_is_wanted(lab: Lab, tmp_path: Path) -> None:
    lab.open()
    session = lab.add("sim://echo")
    await lab.start(session)
    reader, _ = await lab.connect(session)
    playback = Playback(session.bridge)
    playback.play(saved(tmp_path, DIALOGUE[1:2]), TO_DEVICE)
    assert await soon(reader.readexactly(6)) == b"answer"


async def test_without_pauses_every_byte_arrives_however_slow_the_way_is(lab: Lab, tmp_path: Path) -> None:
    data = os.urandom(3 << 20)
    cuts = range(0, len(data), 60_000)
    file = saved(tmp_path, [(T0 + cut * MS, TCP, 1, data[cut : cut + 60_000]) for cut in cuts])
    lab.open()
    session = lab.add("sim://echo")
    await lab.start(session)
    reader, _ = await lab.connect(session)
    playback = Playback(session.bridge)
    playback.play(file, TO_DEVICE, 0)
    assert await soon(reader.readexactly(len(data))) == data


async def test_what_cannot_be_played_is_told(lab: Lab, tmp_path: Path) -> None:
    lab.open()
    session = lab.add("sim://echo")
    await lab.start(session)
    playback = Playback(session.bridge)
    told: list[str] = []
    playback.failed.connect(told.append)
    broken = saved(tmp_path, DIALOGUE, "broken.pcapng")
    broken.write_bytes(broken.read_bytes() + b"\6\0\0\0\1\0\0\0")
    os.mkfifo(tmp_path / "pipe")
    for file, words in (
        (tmp_path / "none.pcapng", "cannot be read"),
        (saved(tmp_path, [], "empty.pcapng"), "Nothing in"),
        (tmp_path / "pipe", "it is no file"),
        (broken, "is broken"),
    ):
        told.clear()
        playback.play(file, TO_DEVICE, 0)
        await until(lambda: told, f"{file.name} is told of")
        assert words in told[0]
        assert str(file) in told[0]
        assert playback.target is None


async def test_it_ends_with_the_bridge_and_when_it_is_told_to(lab: Lab, tmp_path: Path) -> None:
    file = saved(tmp_path, [(T0, TCP, 1, b"ask"), (T0 + 3_600_000 * MS, TCP, 1, b"much later")])
    lab.open()
    session = lab.add("sim://echo")
    await lab.start(session)
    playback = Playback(session.bridge)
    playback.play(file, TO_DEVICE)
    await until(lambda: playback.sent_bytes == 3, "it plays")
    await until(lambda: 3000 < playback.due_in_s < 3600, "it waits")
    playback.stop()
    assert playback.target is None
    playback.play(file, TO_DEVICE)
    await until(lambda: playback.sent_bytes == 3, "it plays again")
    await session.close()
    assert playback.target is None


async def test_stop_ends_the_reading_of_a_file_that_has_nothing_to_play(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_an_end(_reader: CaptureReader) -> Iterator[TapEntry]:
        while True:
            yield DIALOGUE[1]

    def reading() -> list[threading.Thread]:
        return [thread for thread in threading.enumerate() if thread.name == "read trace.pcapng"]

    monkeypatch.setattr(CaptureReader, "in_slices", without_an_end)
    lab.open()
    session = lab.add("sim://echo")
    await lab.start(session)
    playback = Playback(session.bridge)
    playback.play(saved(tmp_path, DIALOGUE), TO_DEVICE)
    assert reading()
    playback.stop()
    await until(lambda: not reading(), "the thread has ended")


async def test_client_that_has_gone_ends_it(lab: Lab, tmp_path: Path) -> None:
    lab.open()
    session = lab.add("sim://echo")
    await lab.start(session)
    playback = Playback(session.bridge)
    playback.play(saved(tmp_path, [(T0 + n * 20 * MS, SERIAL, 0, b"x") for n in range(10_000)]), 7)
    await until(lambda: playback.target is None, "it has noticed")


async def test_last_client_that_goes_in_the_middle_of_a_message_ends_it(lab: Lab, tmp_path: Path) -> None:
    file = saved(tmp_path, [(T0, SERIAL, 0, bytes(60_000)), (T0 + 3_600_000 * MS, SERIAL, 0, b"much later")])
    lab.open()
    session = lab.add("sim://echo", clients=ClientRules(half_closed_silence_s=4))
    await lab.start(session)
    _, writer = await lab.connect(session)
    writer.close()
    await writer.wait_closed()  # the bridge keeps it for a while: it may wait for an answer
    playback = Playback(session.bridge)
    playback.play(file, TO_ALL)
    await until(lambda: playback.sent_bytes == 60_000, "it plays")
    await until(lambda: playback.target is None, "it has noticed")


async def test_capture_is_chosen_in_the_send_panel_and_stopped_there(lab: Lab, tmp_path: Path) -> None:
    file = saved(tmp_path, [(T0, TCP, 1, b"ask"), (T0 + 3_600_000 * MS, TCP, 1, b"later")])
    lab.open()
    session = lab.add("sim://echo")
    page = lab.page(session)
    page.send.set_unfolded(True)
    row = page.send.form.capture
    assert not row.choose.isEnabled()
    await lab.start(session)
    await until(row.choose.isEnabled, "a capture can be chosen")
    click(row.choose)
    dialog = row.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    dialog.fileSelected.emit(str(file))
    dialog.close()
    await until(lambda: "3 bytes sent" in row.told.text() and "goes on in" in row.told.text(), "it says how far it is")
    page.send.set_unfolded(False)
    await until(lambda: "playing a capture" in page.send.fold.text(), "and so where the panel is folded")
    page.send.set_unfolded(True)
    click(row.stop)
    assert row.choose.isVisible()
    await asyncio.sleep(0)
