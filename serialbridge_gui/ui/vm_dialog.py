"""The dialog "Use in a virtual machine": what to give which hypervisor, and what to put right first."""

from __future__ import annotations

from asyncio import to_thread
from itertools import pairwise
from pathlib import Path
from typing import Final

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from serialbridge_gui.engine.addresses import reachable
from serialbridge_gui.engine.bridge import BridgeState
from serialbridge_gui.engine.ports import device_identities
from serialbridge_gui.profile import DeviceIdentity, PeerAddress
from serialbridge_gui.traffic.text import make_visible
from serialbridge_gui.ui.log_font import log_font
from serialbridge_gui.ui.note import Note
from serialbridge_gui.ui.session import Session
from serialbridge_gui.ui.state_look import keep_grey_readable
from serialbridge_gui.ui.vm_fields import HypervisorFields
from serialbridge_gui.ui.vm_fixes import apply_fix
from serialbridge_gui.ui.vm_guests import GuestsPanel
from serialbridge_gui.ui.vm_parts import CheckList, WayChoice
from serialbridge_gui.ui.vm_words import (
    lines_stay_sentence,
    made_for_sentence,
    note_sentence,
    refusal_sentence,
    version_refused_sentence,
)
from serialbridge_gui.vm.checks import Check, check
from serialbridge_gui.vm.host_port import Behind, has_port, look_behind, wanted_adapter
from serialbridge_gui.vm.recipe import Hypervisor, NoteKind, Recipe, Refused, Target, Version, Way
from serialbridge_gui.vm.recipes import make
from serialbridge_gui.vm.versions import installed_version, parse_version

TEXT_LINES: Final = 6
"""How high the text is (chosen: libvirt's element has five lines)."""


class VmDialog(QDialog):
    """Not modal; follows its session. GUI thread only. `root` stands in for `/` in tests."""

    def __init__(self, session: Session, parent: QWidget | None = None, root: Path = Path("/")) -> None:
        super().__init__(parent)
        self._session = session
        self._root = root
        self._behind: Behind | Refused | None = None
        self._looked_at: tuple[str, DeviceIdentity | None] = ("", None)
        """The device, and who it is, that `_behind` is about."""
        self._looks = 0
        self._shown: tuple[object, ...] = ()
        self._versions: dict[Hypervisor, Version | None] = {}
        self._recipe: Recipe | None = None
        self._make_widgets()
        self._lay_out()
        self._connect()
        self.retranslate()
        self.resize(720, 700)
        keep_grey_readable(self)

    # ---- making it

    def _make_widgets(self) -> None:
        self.ways = WayChoice(self)
        self.fields = HypervisorFields(self)
        self.form = QComboBox(self)
        for _ in range(2):
            self.form.addItem("")
        self.checks = CheckList(self)
        self.text = QPlainTextEdit(self)
        self.text.setReadOnly(True)
        self.text.setFont(log_font())
        self.text.setTabChangesFocus(True)
        self.problem, self.notes = Note(self), QLabel(self)
        self.notes.setTextFormat(Qt.TextFormat.PlainText)
        self.notes.setWordWrap(True)
        self.notes.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.guests = GuestsPanel(self._session, self)
        self.copy, self.close_button = QPushButton(self), QPushButton(self)
        for button in (self.copy, self.close_button):
            button.setAutoDefault(False)
        self._titles = [QLabel(self) for _ in range(3)]

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._titles[2])
        head.addStretch(1)
        head.addWidget(self.form)
        head.addWidget(self.copy)
        body = QWidget(self)
        layout = QVBoxLayout(body)
        layout.addWidget(self._titles[0])
        layout.addWidget(self.ways)
        layout.addWidget(self.fields)
        layout.addSpacing(6)
        layout.addWidget(self._titles[1])
        layout.addWidget(self.checks)
        layout.addSpacing(6)
        layout.addLayout(head)
        layout.addWidget(self.problem)
        layout.addWidget(self.text)
        layout.addWidget(self.notes)
        layout.addWidget(self.guests)
        layout.addStretch(1)
        scroll = QScrollArea(self)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(body)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 8)
        whole.addWidget(scroll, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(12, 0, 12, 0)
        foot.addStretch(1)
        foot.addWidget(self.close_button)
        whole.addLayout(foot)
        for title in self._titles:
            title.setTextFormat(Qt.TextFormat.PlainText)
            font = title.font()
            font.setBold(True)
            title.setFont(font)
        for before, after in pairwise([
            self.ways, self.fields, self.checks, self.form, self.copy, self.text, self.guests, self.close_button,
        ]):  # fmt: skip
            QWidget.setTabOrder(before, after)

    def _connect(self) -> None:
        self.ways.way_chosen.connect(self.refresh)
        self.fields.hypervisor_chosen.connect(self._choose)
        self.fields.edited.connect(self.refresh)
        self.form.currentIndexChanged.connect(self._show_text)
        self.checks.fix_requested.connect(self._fix)
        self.copy.clicked.connect(self._copy)
        self.close_button.clicked.connect(self.close)
        self.guests.changed.connect(self.refresh)
        self._session.changed.connect(self._follow)

    # ---- what is asked of the machine

    @property
    def _device(self) -> tuple[str, DeviceIdentity | None]:
        serial = self._session.profile.serial
        return serial.device, serial.identity

    def look_again(self) -> None:
        """Find out what is behind the port and which version is installed, in another thread."""
        if self._device != self._looked_at:
            self._looked_at, self._behind = self._device, None
        if self.isVisible():
            self._session.run(self._look(), "look for a guest's device")

    async def _look(self) -> None:
        (device, identity), hypervisor = self._device, self.fields.chosen
        self._looks += 1
        look = self._looks
        behind: Behind | Refused
        try:
            identities = await to_thread(device_identities) if has_port(device) else {}
            behind = await to_thread(look_behind, device, identities, self._root, identity)
        except Refused as refused:
            behind = refused
        if look == self._looks:  # else a later look, perhaps at another device, has the word
            self._behind = behind
            self.refresh()
        if hypervisor not in self._versions:
            self._versions[hypervisor] = await to_thread(installed_version, hypervisor)
            self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()
        self.look_again()

    # ---- what the user does

    def _choose(self) -> None:
        self.refresh()
        self.look_again()

    def _fix(self, one: Check) -> None:
        apply_fix(self._session, one, self.fields.place)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())

    # ---- what is shown

    @property
    def _at(self) -> PeerAddress | None:
        """Where the guest connects; None: the bridge has no address, or none yet."""
        bridge, profile = self._session.bridge, self._session.profile
        listen = reachable(bridge.address or profile.listen)
        return None if profile.connect is not None or listen.port == 0 else PeerAddress(listen.host, listen.port)

    def _follow(self) -> None:
        """Clients may come and go a hundred times a second, which is nothing to a text."""
        if self.isVisible() and self._about() != self._shown:
            if self._device != self._looked_at:
                self.look_again()
            self.refresh()

    def _about(self) -> tuple[object, ...]:
        bridge = self._session.bridge
        return self._session.profile, bridge.state.active, bridge.address

    def refresh(self) -> None:
        """Make everything again that depends on the choices, the session or the machine."""
        self._shown = self._about()
        name = make_visible(self._session.profile.name)
        self.setWindowTitle(self.tr("Use “{name}” in a virtual machine").format(name=name))
        self._show_ways()
        way, hypervisor = self.ways.way, self.fields.chosen
        self.fields.show_fitting(bridged=way is Way.BRIDGE, found=self._versions.get(hypervisor))
        self.guests.setVisible(hypervisor is Hypervisor.LIBVIRT)
        problem = self._make_recipe()
        running = self._session.bridge.state.active
        found = check(
            self._session.profile, way, running=running, where=self.fields.place, recipe=self._recipe, at=self._at
        )
        self.checks.show_checks(found, running=running)
        self.problem.say(problem, BridgeState.ERROR)
        self.form.setVisible(bool(self._recipe and self._recipe.running))
        self.text.setVisible(self._recipe is not None)
        self._titles[2].setVisible(self._recipe is not None or bool(problem))
        self.copy.setVisible(self._recipe is not None)
        self._show_text()
        element = self._recipe.text if self._recipe and hypervisor is Hypervisor.LIBVIRT else ""
        self.guests.set_element(element)

    def _make_recipe(self) -> str:
        """Make the recipe; a sentence why there is none, empty where the checks say it."""
        self._recipe = None
        hypervisor, typed = self.fields.chosen, self.fields.typed_version
        version = parse_version(typed) if typed else self._versions.get(hypervisor)
        if typed and version is None:
            return version_refused_sentence(typed)
        details: dict[str, object] = {}
        if self.fields.guest_name:
            details = {"guest": self.fields.guest_name}
        elif hypervisor is Hypervisor.LIBVIRT and self.ways.way is not Way.ADAPTER:
            details = {"number": self.guests.number, "kind": self.guests.serial_kind}
        try:
            target = self._target()
            if target is not None:
                recipe = make(hypervisor, target, version, **details)
                if hypervisor is not Hypervisor.LIBVIRT or self.guests.takes(recipe.text):
                    self._recipe = recipe
        except Refused as refused:
            return refusal_sentence(refused)
        return ""

    def _target(self) -> Target | None:
        """What the way leads to; None: not known yet, or there is no address. Raises Refused."""
        if self.ways.way is Way.BRIDGE:
            return self._at
        if isinstance(self._behind, Refused):
            raise self._behind
        if self._behind is None:
            return None
        device = self._session.profile.serial.device
        return self._behind.port if self.ways.way is Way.PORT else wanted_adapter(self._behind, device)

    def _show_ways(self) -> None:
        refused: dict[Way, str] = {}
        if isinstance(self._behind, Refused):
            refused = dict.fromkeys((Way.PORT, Way.ADAPTER), refusal_sentence(self._behind))
        elif self._behind is not None:
            try:
                wanted_adapter(self._behind, self._session.profile.serial.device)
            except Refused as reason:
                refused[Way.ADAPTER] = refusal_sentence(reason)
        self.ways.set_refused(refused)

    def _show_text(self) -> None:
        recipe = self._recipe
        self.notes.setVisible(recipe is not None)
        if recipe is None:
            return
        monitor = self.form.currentIndex() == 1 and bool(recipe.running)
        text = recipe.running if monitor else recipe.text
        if self.text.toPlainText() != text:
            self.text.setPlainText(text)
        hypervisor, version = self.fields.chosen, self._versions.get(self.fields.chosen)
        sentences = [note_sentence(n) for n in recipe.notes if n.kind is not NoteKind.RUNNING_GUEST]
        if monitor:
            sentences.append(self.tr("serial0 is the first port of a guest started with -serial; see `info chardev`."))
        if self.ways.way is Way.BRIDGE:
            sentences.append(lines_stay_sentence())
        if version is not None and not self.fields.typed_version:
            sentences.append(made_for_sentence(hypervisor, version))
        self.notes.setText("\n".join(f"• {sentence}" for sentence in sentences))

    # ---- words

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        elif event.type() == QEvent.Type.FontChange and hasattr(self, "text"):
            self._size_text()
        elif event.type() == QEvent.Type.PaletteChange:
            keep_grey_readable(self)

    def _size_text(self) -> None:
        self.text.setFixedHeight(self.text.fontMetrics().lineSpacing() * TEXT_LINES + 14)

    def retranslate(self) -> None:
        """Make the words again."""
        titles = (self.tr("How the guest gets at the device"), self.tr("Before you paste it"), self.tr("What to paste"))
        for label, title in zip(self._titles, titles, strict=True):
            label.setText(title)
        self.form.setItemText(0, self.tr("New guest: arguments"))
        self.form.setItemText(1, self.tr("Running guest: monitor"))
        for widget, words in (
            (self.form, self.tr("For which guest")),
            (self.text, self.tr("What to paste")),
        ):
            widget.setAccessibleName(words)
        self.copy.setText(self.tr("&Copy"))
        self.copy.setToolTip(self.tr("Copy the text, without the notes"))
        self.close_button.setText(self.tr("Close"))
        self.close_button.setToolTip(self.tr("Close (Esc)"))
        self.ways.retranslate()
        self.fields.retranslate()
        self.guests.retranslate()
        self._size_text()
        self.refresh()
