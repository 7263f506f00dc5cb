"""The figures of a session, each with what it means. Words and numbers; no widget."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QObject

from serialbridge_gui.engine.client import MAX_QUEUE_BYTES
from serialbridge_gui.engine.relay import MAX_TO_DEVICE_BYTES
from serialbridge_gui.traffic.chunk import Direction
from serialbridge_gui.traffic.figures import MAX_TURNS
from serialbridge_gui.ui.quantities import bytes_text, duration_text
from serialbridge_gui.ui.rate_chart import summary
from serialbridge_gui.ui.session import Session

_NONE = "–"


class Figure(NamedTuple):
    """One number. Without a value it is the title of those that follow."""

    name: str
    value: str = ""
    meaning: str = ""


class Statistics(QObject):
    """Reads a session's figures. Main thread only; some 0.2 ms a reading with a thousand round trips."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session

    def figures(self) -> list[Figure]:
        """As they are now, in the order to be shown."""
        return [*self._bytes(), *self._round_trips(), *self._queues(), *self._display()]

    def text(self) -> str:
        """The figures as lines, with a tab between name, value and meaning."""
        lines = [summary(self._session.meter.history)]
        for figure in self.figures():
            lines.append("\t".join(figure) if figure.value else f"\n{figure.name}")
        return "\n".join(lines) + "\n"

    def _bytes(self) -> list[Figure]:
        meter = self._session.meter
        totals, running_s = meter.totals(), meter.running_s
        sizes = [
            bytes_text(total / count) if count else _NONE
            for count, total in zip(meter.figures.chunks, meter.figures.chunk_bytes, strict=True)
        ]
        to_net, to_serial = Direction.SERIAL_TO_TCP, Direction.TCP_TO_SERIAL
        chunks = meter.figures.chunks
        return [
            Figure(self.tr("Bytes")),
            Figure(
                self.tr("Running for"),
                _NONE if running_s is None else _hours(running_s),
                self.tr("Since Start was pressed"),
            ),
            Figure(
                self.tr("Serial→Net"),
                _exact(totals.to_net),
                self.tr("Read from the device while a client was connected"),
            ),
            Figure(self.tr("Net→Serial"), _exact(totals.to_serial), self.tr("Taken by the device's driver")),
            Figure(
                self.tr("Lost"), _exact(totals.lost), self.tr("Taken from one side and never handed to the other")
            ),
            Figure(
                self.tr("Unread"),
                _exact(totals.unread),
                self.tr("Came from the device while no client was connected"),
            ),
            Figure(
                self.tr("Skipped by the display"),
                _exact(totals.skipped),
                self.tr("Passed, but came too fast to be logged; nothing is lost by it"),
            ),
            Figure(
                self.tr("Chunks Serial→Net"),
                self.tr("{count}, on average {size} bytes").format(count=_grouped(chunks[to_net]), size=sizes[to_net]),
                self.tr("How many pieces the device's bytes were read in, and how large"),
            ),
            Figure(
                self.tr("Chunks Net→Serial"),
                self.tr("{count}, on average {size} bytes").format(
                    count=_grouped(chunks[to_serial]), size=sizes[to_serial]
                ),
                self.tr("How many pieces the clients' bytes came in, and how large"),
            ),
        ]

    def _round_trips(self) -> list[Figure]:
        trips = self._session.meter.figures.round_trips()
        last, median, p95, longest = (duration_text(time_ns / 1e9) if trips.counted else _NONE for time_ns in trips[1:])
        return [
            Figure(self.tr("Round trip, of at most the last {count}").format(count=_grouped(MAX_TURNS))),
            Figure(
                self.tr("Last"),
                last,
                self.tr("From the end of a request Net→Serial to the first byte of its answer Serial→Net"),
            ),
            Figure(self.tr("Median"), median, self.tr("Half of the answers came sooner: the usual time")),
            Figure(self.tr("95 of 100 within"), p95, self.tr("What a program's timeout should be well above")),
            Figure(self.tr("Longest"), longest, self.tr("An answer after more than 10 s is taken for none")),
        ]

    def _queues(self) -> list[Figure]:
        bridge, log = self._session.bridge, self._session.log
        tap = bridge.tap
        return [
            Figure(self.tr("Waiting now")),
            Figure(
                self.tr("For the device"),
                _of(bridge.to_device_bytes, MAX_TO_DEVICE_BYTES),
                self.tr("Full: the clients are held back until the device takes more"),
            ),
            *(
                Figure(
                    self.tr("For client #{number}").format(number=client.number),
                    _of(client.queued, MAX_QUEUE_BYTES),
                    self.tr("Full: it reads too slowly; the profile says whether it is waited for"),
                )
                for client in bridge.clients()
            ),
            Figure(
                self.tr("For the log"),
                _of(0 if tap is None else tap.fill_bytes, 0 if tap is None else tap.max_bytes),
                self.tr("Full: the display skips the oldest; the bytes pass all the same"),
            ),
            Figure(
                self.tr("Log, bytes"),
                _of(log.byte_count, log.max_bytes),
                self.tr("Full: the oldest leave as new ones come"),
            ),
            Figure(
                self.tr("Log, chunks"),
                self.tr("{count} of {most}").format(count=_grouped(log.record_count), most=_grouped(log.max_records)),
                self.tr("The same, for many small chunks"),
            ),
        ]

    def _display(self) -> list[Figure]:
        feed = self._session.feed
        return [
            Figure(self.tr("Window")),
            Figure(
                self.tr("Display slice"),
                self.tr("{last}, at most {longest}").format(
                    last=duration_text(feed.last_slice_s), longest=duration_text(feed.longest_slice_s)
                ),
                self.tr("How long the log keeps the processor at a stretch; a few ms hold nobody up"),
            ),
        ]


def _grouped(count: int) -> str:
    return f"{count:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def _exact(count: int) -> str:
    return f"{_grouped(count)} ({bytes_text(count)})" if count >= 1000 else str(count)


def _of(count: int, most: int) -> str:
    share = f" ({count * 100 // most} %)" if most else ""
    return f"{bytes_text(count)} / {bytes_text(most)}{share}"


def _hours(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"
