"""What a capture is told of a bridge, and what a person is told of a capture. No Qt: the console has both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from serialbridge_gui.engine import events as ev
from serialbridge_gui.traffic.capture import Capture
from serialbridge_gui.traffic.line_codes import BREAK, FRAMING_ERROR, LINES, OVERRUN, PARITY_ERROR
from serialbridge_gui.traffic.text import make_visible
from serialbridge_gui.ui.sentences import event_sentence
from serialbridge_gui.words import tr as _tr

if TYPE_CHECKING:
    from serialbridge_gui.engine.live_capture import LiveCapture

_LINE_EVENTS: Final = ((2, OVERRUN), (4, PARITY_ERROR), (8, FRAMING_ERROR), (16, BREAK))


def note_event(capture: Capture | LiveCapture, event: ev.Event) -> None:
    """Let the capture have this event, where it has a sentence or tells of the lines. Main thread."""
    if isinstance(event, ev.LinesChanged):
        capture.note_lines(event.time_ns, line_bits(event.lines))
        return
    if isinstance(event, ev.LineErrorsSeen):
        for bit, number in _LINE_EVENTS:
            if event.errors & bit:
                capture.note_line_event(event.time_ns, number)
        return
    sentence = event_sentence(event)
    if sentence:
        capture.note(event.time_ns, sentence)


def line_bits(lines: ev.ModemLines | None) -> int:
    """The lines that are on, as bits of traffic.line_codes; what nobody knows counts as off."""
    if lines is None:
        return 0
    states = {
        "cts": lines.cts,
        "dcd": lines.cd,
        "dsr": lines.dsr,
        "rts": lines.rts,
        "dtr": lines.dtr,
        "ri": lines.ri,
    }
    return sum(bit for name, bit in LINES.items() if states[name])


def capture_sentence(capture: Capture) -> str:
    """Why a capture has ended by itself, and what to do about it."""
    text = {
        "full": _tr("Recording to {file} has ended: {detail}. What fitted can be read. Make room."),
        "gone": _tr("Recording to {file} has ended, the file was removed. Choose another place."),
        "error": _tr("Recording to {file} has ended: {detail}. Choose another place."),
    }[capture.reason]
    failure = capture.failure
    detail = "" if failure is None else failure.strerror or str(failure)
    return text.format(file=make_visible(str(capture.path)), detail=make_visible(detail))
