"""What is in the send panel: a message for the device or for clients, once or repeated; files; named messages."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from serialbridge_gui.engine import events as ev
from serialbridge_gui.engine.bridge import Bridge, BridgeState
from serialbridge_gui.engine.by_hand import MAX_INTERVAL_MS, MIN_INTERVAL_MS
from serialbridge_gui.engine.sending import TO_ALL, TO_DEVICE
from serialbridge_gui.traffic.message import Message
from serialbridge_gui.ui.field_group import blocked
from serialbridge_gui.ui.file_sender import FileSender
from serialbridge_gui.ui.message_controls import MessageControls
from serialbridge_gui.ui.message_row import MessageRow
from serialbridge_gui.ui.messages_dialog import MessagesDialog
from serialbridge_gui.ui.note import Note
from serialbridge_gui.ui.playback_row import PlaybackRow
from serialbridge_gui.ui.quantities import bytes_text
from serialbridge_gui.ui.send_memory import MAX_NAME_CHARACTERS, NamedMessage, SendMemory
from serialbridge_gui.ui.send_words import message_refusal
from serialbridge_gui.ui.state_look import keep_grey_readable

REFRESH_MS: Final = 200
"""Between two looks at how far it is, while something is on its way or may be."""
_TARGET_CHARACTERS: Final = 20
"""How wide the list of targets is: an IPv4 address with its port."""


class SendForm(QWidget):
    """Sends into a Bridge. GUI thread only; the bytes, and the beat of what is repeated, are the bridge thread's."""

    activity_changed = Signal(str)
    """What goes on, in a few words; empty: nothing does."""

    def __init__(self, bridge: Bridge, memory: SendMemory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._memory = memory
        self._repeating: Message | None = None
        self._earlier = -1  # how far back in the history the field is; -1: at what is being typed
        self._typed = Message()
        self._activity = ""
        self.target = QComboBox(self)
        self.target.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.target.setMinimumContentsLength(_TARGET_CHARACTERS)
        self.controls = MessageControls(self)
        self.send = QPushButton(self)
        self.repeat = QCheckBox(self)
        self.interval = QSpinBox(self)
        self.interval.setRange(MIN_INTERVAL_MS, MAX_INTERVAL_MS)
        self.interval.setSingleStep(10)
        self.interval.setKeyboardTracking(False)
        self.interval.setValue(1000)
        self.told = QLabel(self)
        self.told.setTextFormat(Qt.TextFormat.PlainText)
        self.told.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)  # no reason to grow wider
        self.note = Note(self)
        self.file = FileSender(bridge, self)
        self.capture = PlaybackRow(bridge, self)
        self.messages = MessageRow(memory, self)
        self._timer = QTimer(self)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self._look)
        self._lay_out()
        self._offer_targets()
        self._connect()
        self.controls.show_message(replace(memory.last, content=""))
        self._warn(memory.complaint)
        self.retranslate()

    def _lay_out(self) -> None:
        controls = self.controls
        first = QHBoxLayout()
        for widget in (self.target, controls.kinds):
            first.addWidget(widget)
        first.addWidget(controls.field, 1)
        first.addWidget(self.send)
        second = QHBoxLayout()
        for widget in (controls.encoding, controls.ending, controls.checksum):
            second.addWidget(widget)
        second.addSpacing(12)
        for widget in (self.repeat, self.interval):
            second.addWidget(widget)
        second.addWidget(self.told, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 2, 8, 6)
        layout.setSpacing(6)
        layout.addLayout(first)
        layout.addWidget(self.note)
        layout.addLayout(second)
        layout.addWidget(self.file)
        layout.addWidget(self.capture)
        layout.addWidget(self.messages)
        keep_grey_readable(self)

    def _connect(self) -> None:
        self.send.clicked.connect(self.send_typed)
        self.controls.field.returnPressed.connect(self.send_typed)
        self.controls.field.earlier_wanted.connect(self._go_through_history)
        self.controls.field.textEdited.connect(self._forget_place)
        self.controls.edited.connect(self.refresh)
        self.target.currentIndexChanged.connect(self.refresh)
        self.repeat.toggled.connect(self._set_repeating)
        self.interval.valueChanged.connect(self._change_interval)
        self.file.state_changed.connect(self.refresh)
        self.file.failed.connect(self._warn)
        self.capture.state_changed.connect(self.refresh)
        self.capture.failed.connect(self._warn)
        self.messages.chosen.connect(lambda named: self._send(named.message))
        self.messages.keep_wanted.connect(self._keep)
        self.messages.edit_wanted.connect(self._edit)
        self._memory.save_failed.connect(self._warn)  # a method: it ends with this form
        self._bridge.state_changed.connect(self.refresh)
        self._bridge.event_occurred.connect(self._note_event)
        self._bridge.ended.connect(self._stop_repeating)

    # ---- what the user does

    def send_typed(self) -> None:
        """Send what stands there, unless there is a reason not to."""
        message = self.controls.message
        if self.send.isEnabled() and self._send(message):
            self._memory.note_sent(message)
            self._forget_place()
            self.controls.field.selectAll()

    def _send(self, message: Message) -> bool:
        """Send this to the chosen target, unless there is a reason not to."""
        if self._refusal() or message_refusal(message):
            return False
        accepted = self._bridge.by_hand.send(message.to_bytes(), self.target.currentData())
        self._warn("" if accepted else self.tr("Not sent: too much is waiting to be sent already"))
        self.refresh()
        return accepted

    def _set_repeating(self, on: bool) -> None:
        if not on:
            self._repeating = None
            self._bridge.by_hand.stop_repeating()
        else:
            data, _ = self.controls.read()
            message = self.controls.message
            if self._refusal() or not data:
                self.repeat.setChecked(False)
                return
            self._repeating = message
            self._bridge.by_hand.repeat(data, self.target.currentData(), self.interval.value())
            self._memory.note_sent(message)
        self.refresh()

    def _change_interval(self) -> None:
        if self._repeating is not None:
            self._bridge.by_hand.repeat(
                self._repeating.to_bytes(), self.target.currentData(), self.interval.value()
            )

    def _warn(self, sentence: str) -> None:
        self.note.say(sentence, BridgeState.WAITING_FOR_DEVICE)

    def _stop_repeating(self) -> None:
        self.repeat.setChecked(False)

    def _go_through_history(self, step: int) -> None:
        """↑: what was sent before; ↓: back to what was being typed."""
        history = self._memory.history
        place = max(-1, min(self._earlier + step, len(history) - 1))
        if place == self._earlier:
            return
        if self._earlier < 0:
            self._typed = self.controls.message
        self._earlier = place
        self.controls.show_message(self._typed if place < 0 else history[place])

    def _forget_place(self) -> None:
        self._earlier = -1

    def _keep(self) -> None:
        message = self.controls.message
        name = " ".join(message.content.split())[:MAX_NAME_CHARACTERS] or self.tr("Message")
        self._memory.set_messages((*self._memory.messages, NamedMessage(name, message)))

    def _edit(self) -> None:
        dialog = self.findChild(MessagesDialog)
        if not isinstance(dialog, MessagesDialog):
            dialog = MessagesDialog(self._memory, self)
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()

    # ---- what is shown

    def refresh(self) -> None:
        """Bring everything that depends on the bridge, the target or the message up to date."""
        if self.isVisible():
            self._show_what_can_be_sent()
        self._tell()
        self._pace_timer()

    def _look(self) -> None:
        refusal = self._refusal()
        self.file.refresh(refusal)
        self.capture.refresh(refusal)
        self._tell()
        self._pace_timer()

    def _show_what_can_be_sent(self) -> None:
        self._offer_targets()
        self.file.wanted_target = self.capture.wanted_target = self.target.currentData()
        data, problem = self.controls.read()
        refusal = self._refusal()
        self.messages.refuse(refusal)
        self.file.refresh(refusal)
        self.capture.refresh(refusal)
        if problem:
            self.note.say(problem, BridgeState.ERROR)
        elif self.note.look is BridgeState.ERROR:
            self.note.say("", None)
        typed = refusal or problem or ("" if data else self.tr("There is nothing to send"))
        keys = QKeySequence("Ctrl+Return").toString(QKeySequence.SequenceFormat.NativeText)
        self.send.setEnabled(not typed)
        self.send.setToolTip(typed or self.tr("Send the message ({key})").format(key=keys))
        self.repeat.setEnabled(not typed or self._repeating is not None)
        self.repeat.setToolTip(
            typed or self.tr("Send the message now and at every beat; a beat is skipped while the last is not out")
        )
        self.target.setEnabled(self._repeating is None)

    def _refusal(self) -> str:
        """Why nothing can be sent to the chosen target now, in words; empty: it can."""
        target, clients = self.target.currentData(), self._bridge.clients()
        if not self._bridge.state.active:
            return self.tr("The bridge is not running")
        if target == TO_ALL and not clients:
            return self.tr("No client is connected")
        if target > TO_ALL and all(client.number != target for client in clients):
            return self.tr("Client #{number} is not connected").format(number=target)
        if self.file.target == target:
            return self.tr("A file is being sent there")
        return ""

    def _offer_targets(self) -> None:
        """The clients come and go; the chosen one stays chosen, so that nothing goes to another by mistake."""
        offered = [(TO_DEVICE, self.tr("To the serial device")), (TO_ALL, self.tr("To all clients"))]
        offered += [
            (client.number, self.tr("To #{number}  {address}").format(number=client.number, address=client.address))
            for client in self._bridge.clients()
        ]
        chosen = self.target.currentData()
        if chosen is not None and all(number != chosen for number, _ in offered):
            offered.append((chosen, self.tr("To #{number} (gone)").format(number=chosen)))
        there = [(self.target.itemData(row), self.target.itemText(row)) for row in range(self.target.count())]
        if there != offered:
            with blocked((self.target,)):
                self.target.clear()
                for number, text in offered:
                    self.target.addItem(text, number)
                self.target.setCurrentIndex(max(0, self.target.findData(chosen)))

    def _tell(self) -> None:
        """How far it is."""
        parts = []
        progress, counters = self._bridge.by_hand.progress, self._bridge.counters
        if self._repeating is not None:
            parts.append(self.tr("repeated %n times", "", progress.repeats))
            if progress.skipped:
                parts.append(self.tr("%n beats skipped", "", progress.skipped))
        waiting = self._bridge.by_hand.waiting if self._bridge.state.active else 0
        if waiting:
            parts.append(self.tr("{count} waiting").format(count=bytes_text(waiting)))
        words = " · ".join(parts)
        sent = counters.by_hand_to_serial + counters.by_hand_to_clients
        for text, count in ((self.tr("{count} sent"), sent), (self.tr("{count} lost"), counters.by_hand_lost)):
            if count:
                parts.append(text.format(count=bytes_text(count)))
        told = " · ".join(parts)
        if told != self.told.text():
            self.told.setText(told)
            self.told.setToolTip(self.tr("By hand, since the start: {told}").format(told=told) if told else "")
        activity = " · ".join(filter(None, (words, self.file.words(), self.capture.words())))
        if activity != self._activity:
            self._activity = activity
            self.activity_changed.emit(activity)

    def _pace_timer(self) -> None:
        """Look again soon, but only while there may be something to see."""
        busy = self.file.target is not None or self.capture.playback.target is not None
        moving = busy or self._repeating is not None or self._bridge.by_hand.waiting > 0
        if self._bridge.state.active and (moving or self.isVisible()):
            if not self._timer.isActive():
                self._timer.start()
        else:
            self._timer.stop()

    def _note_event(self, event: ev.Event) -> None:
        if isinstance(event, ev.NotSent) and event.client == self.target.currentData() != TO_ALL:
            self._stop_repeating()
        elif isinstance(event, (ev.ClientConnected, ev.ClientDisconnected)):
            self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._pace_timer()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        elif event.type() == QEvent.Type.PaletteChange:
            keep_grey_readable(self)

    def retranslate(self) -> None:
        """Make the words again."""
        self.target.setAccessibleName(self.tr("Send to"))
        self.target.setToolTip(self.tr("Who gets what is sent"))
        self.send.setText(self.tr("Send"))
        self.send.setAccessibleName(self.tr("Send the message"))
        self.repeat.setText(self.tr("Repeat every"))
        self.repeat.setAccessibleName(self.tr("Repeat the message"))
        self.interval.setSuffix(self.tr(" ms"))
        self.interval.setAccessibleName(self.tr("Interval of repeating, in ms"))
        self.interval.setToolTip(self.tr("From the beginning of one to the beginning of the next: 10 ms to 24 h"))
        for part in (self.controls, self.file, self.capture, self.messages):
            part.retranslate()
        self.refresh()
