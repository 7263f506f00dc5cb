"""libvirt's guests in the dialog "Use in a virtual machine": listed, given the port, relieved of it."""

from __future__ import annotations

from asyncio import CancelledError, to_thread
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QGroupBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from serialbridge_gui.engine.bridge import BridgeState
from serialbridge_gui.traffic.text import make_visible
from serialbridge_gui.ui.note import Note
from serialbridge_gui.ui.session import Session
from serialbridge_gui.vm.libvirt import SerialTarget
from serialbridge_gui.vm.virsh import (
    ISA_PORTS,
    USUAL_URIS,
    Guest,
    Virsh,
    VirshFailed,
    attached,
    free_port,
    virsh_path,
)

Answer = TypeVar("Answer")


class GuestsPanel(QGroupBox):
    """What virsh can do with the element that the dialog shows. GUI thread only; virsh runs in others."""

    changed = Signal()
    """Another guest or kind of port is chosen: the element is to be made anew."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._guests: list[Guest] = []
        self._definition = ""
        self._element = ""
        self._busy = False
        self._there = virsh_path() is not None
        self.number = 0
        """Of the guest's serial port that is free."""
        self.uri, self.guest, self.kind = QComboBox(self), QComboBox(self), QComboBox(self)
        self.list_button, self.attach, self.detach = QPushButton(self), QPushButton(self), QPushButton(self)
        self.note = Note(self)
        self._labels = [QLabel(self) for _ in range(3)]
        self._lay_out()
        self._connect()
        self.retranslate()

    def _lay_out(self) -> None:
        self.uri.setEditable(True)
        self.uri.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.uri.addItems(USUAL_URIS)
        for kind in SerialTarget:
            self.kind.addItem("", kind)
        for combo in (self.uri, self.guest, self.kind):
            combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            combo.setMinimumContentsLength(16)
        first = QHBoxLayout()
        first.addWidget(self.uri, 1)
        first.addWidget(self.list_button)
        second = QHBoxLayout()
        second.addWidget(self.guest, 1)
        for button in (self.attach, self.detach):
            second.addWidget(button)
        for button in (self.list_button, self.attach, self.detach):
            button.setAutoDefault(False)
        form = QFormLayout()
        for label, buddy in zip(self._labels, (self.uri, self.guest, self.kind), strict=True):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setBuddy(buddy)
        form.addRow(self._labels[0], first)
        form.addRow(self._labels[1], second)
        form.addRow(self._labels[2], self.kind)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(self.note)

    def _connect(self) -> None:
        self.list_button.clicked.connect(lambda: self._run(self._list(), "list guests"))
        self.attach.clicked.connect(lambda: self._run(self._change(attach=True), "attach to a guest"))
        self.detach.clicked.connect(lambda: self._run(self._change(attach=False), "detach from a guest"))
        self.guest.activated.connect(lambda: self._run(self._look(), "look at a guest"))
        self.kind.activated.connect(self._kind_chosen)
        self.uri.currentTextChanged.connect(self._forget)

    # ---- what the dialog says and asks

    @property
    def serial_kind(self) -> SerialTarget:
        """What kind of port the guest is to see."""
        return SerialTarget(self.kind.currentData())

    def takes(self, element: str) -> bool:
        """Whether the chosen guest has a place for the device, or has it; the note says if not."""
        return not self._full or not element.startswith("<serial") or attached(self._definition, element) is not None

    @property
    def _full(self) -> bool:
        return self.number >= ISA_PORTS and self.serial_kind is SerialTarget.ISA

    def set_element(self, element: str) -> None:
        """What would be attached; empty: nothing can be."""
        self._element = element
        serial = not element.startswith("<hostdev")
        self.kind.setVisible(serial)
        self._labels[2].setVisible(serial)
        self._enable()

    # ---- what virsh is asked

    def _run(self, work: object, name: str) -> None:
        if self._busy:
            work.close()  # type: ignore[attr-defined]
            return
        self._busy = True
        self._enable()
        self._session.run(work, name)  # type: ignore[arg-type]

    async def _list(self) -> None:
        try:
            chosen = self.guest.currentData()
            self._guests = await self._asked(lambda virsh: virsh.guests())
            self.guest.clear()
            for guest in self._guests:
                self.guest.addItem(self._guest_words(guest), guest.name)
            self.guest.setCurrentIndex(max(0, self.guest.findData(chosen)) if self._guests else -1)
            self.note.say("" if self._guests else self.tr("libvirt has no guest there."), None)
            await self._read()
        except VirshFailed as failed:
            self._tell(failed)
        finally:
            self._done()

    async def _look(self) -> None:
        try:
            self.note.say("", None)
            await self._read()
        except VirshFailed as failed:
            self._tell(failed)
        finally:
            self._done()

    async def _change(self, *, attach: bool) -> None:
        try:
            guest, element = self._chosen(), self._element
            if guest is None:
                return
            if attach:
                live = guest.running and self._live
                said = await self._asked(lambda virsh: virsh.attach(guest.name, element, live=live))
            else:
                written = self._written or element
                live = guest.running and SerialTarget.ISA not in written and await self._runs_with(guest, element)
                said = await self._asked(lambda virsh: virsh.detach(guest.name, written, live=live))
            after = self.tr("Shut {name} down and start it: a reboot from inside is not enough.")
            if not guest.running:
                after = self.tr("{name} has it so from its next start on.")
            if live:
                after = self.tr("{name} has it so already.")
            told = f"{make_visible(said)}. {after.format(name=make_visible(guest.name))}"
            self.note.say(told, BridgeState.RUNNING)
            await self._read()
        except VirshFailed as failed:
            self._tell(failed)
        finally:
            self._done()

    async def _read(self) -> None:
        """What the chosen guest has."""
        guest = self._chosen()
        self._definition = ""
        self.number = 0
        if guest is not None:
            definition = await self._asked(lambda virsh: virsh.definition(guest.name))
            free_port(definition)  # what is no XML is told here, once
            self._definition = definition
            self._count()
        self.changed.emit()

    async def _runs_with(self, guest: Guest, element: str) -> bool:
        """Whether the guest has the device now, not only from its next start on."""
        definition = await self._asked(lambda virsh: virsh.definition(guest.name, live=True))
        return attached(definition, element) is not None

    async def _asked(self, ask: Callable[[Virsh], Answer]) -> Answer:
        virsh = Virsh(self.uri.currentText().strip())
        try:
            return await to_thread(ask, virsh)
        except CancelledError:
            virsh.cancel()  # the program ends, and its threads are waited for
            raise

    # ---- what is shown

    @property
    def _live(self) -> bool:
        return self._element.startswith("<hostdev") or self.serial_kind is not SerialTarget.ISA

    @property
    def _written(self) -> str | None:
        """Our element as the guest has it already."""
        return attached(self._definition, self._element) if self._definition and self._element else None

    def _chosen(self) -> Guest | None:
        name = self.guest.currentData()
        return next((guest for guest in self._guests if guest.name == name), None)

    def _guest_words(self, guest: Guest) -> str:
        words = self.tr("{name} (running)") if guest.running else self.tr("{name} (off)")
        return words.format(name=make_visible(guest.name))

    def _kind_chosen(self) -> None:
        self.note.say("", None)
        self._count()
        self.changed.emit()

    def _count(self) -> None:
        self.number = free_port(self._definition) if self._definition else 0
        if self._full:
            self.note.say(
                self.tr("This guest has four COM ports already. Choose a PCI or USB port."), BridgeState.ERROR
            )

    def _tell(self, failed: VirshFailed) -> None:
        said = make_visible("; ".join(str(failed).split("\n")))
        self.note.say(self.tr("libvirt said: {said}. Paste the text instead, or try another connection.").format(
            said=said.rstrip(".")), BridgeState.ERROR)  # fmt: skip

    def _forget(self) -> None:
        """Guests of another connection."""
        self._guests, self._definition, self.number = [], "", 0
        self.guest.clear()
        self.changed.emit()

    def _done(self) -> None:
        self._busy = False
        self._enable()

    def _enable(self) -> None:
        if not self._there:
            self.note.say(
                self.tr("virsh is not installed here (Debian: libvirt-clients). Paste the text instead."), None
            )
        idle = self._there and not self._busy
        for widget in (self.uri, self.kind):
            widget.setEnabled(idle)
        self.list_button.setEnabled(idle and bool(self.uri.currentText().strip()))
        self.guest.setEnabled(idle and bool(self._guests))
        ready = idle and self._chosen() is not None and bool(self._definition) and bool(self._element)
        has_it = ready and self._written is not None
        self.attach.setEnabled(ready and not has_it)
        self.detach.setEnabled(has_it)

    def retranslate(self) -> None:
        """Make the words again."""
        self.setTitle(self.tr("Guests of libvirt"))
        names = (self.tr("Connection"), self.tr("Guest"), self.tr("Port"))
        for label, widget, name in zip(self._labels, (self.uri, self.guest, self.kind), names, strict=True):
            label.setText(name)
            widget.setAccessibleName(name)
        for button, text, tip in (
            (self.list_button, self.tr("List guests"), self.tr("Ask libvirt which guests there are")),
            (self.attach, self.tr("Attach"), self.tr("Give the guest what the text above says")),
            (self.detach, self.tr("Detach"), self.tr("Take it away from the guest again")),
        ):
            button.setText(text)
            button.setToolTip(tip)
            button.setAccessibleName(text)
        kinds = (
            self.tr("COM port (isa-serial)"),
            self.tr("PCI serial card; also while it runs"),
            self.tr("USB serial adapter; also while it runs"),
        )
        for index, words in enumerate(kinds):
            self.kind.setItemText(index, words)
        for index, guest in enumerate(self._guests):
            self.guest.setItemText(index, self._guest_words(guest))
        self._enable()
