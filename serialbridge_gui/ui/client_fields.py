"""How many clients there may be, and what they meet when the device is away or says nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QDoubleSpinBox, QVBoxLayout, QWidget

from serialbridge_gui.profile import (
    MAX_HALF_CLOSED_SILENCE_S,
    MIN_HALF_CLOSED_SILENCE_S,
    Access,
    ClientRules,
    OnDeviceLoss,
    Profile,
    WhileAway,
)
from serialbridge_gui.ui.field_group import (
    FieldGroup,
    blocked,
    choices,
    choose,
    name_choices,
    why_not_dialing,
)
from serialbridge_gui.ui.plain_tooltip import plain_tooltip


class ClientFields(FieldGroup):
    """One column. GUI thread only."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.access = choices(self, tuple(Access))
        self.on_loss = choices(self, tuple(OnDeviceLoss))
        self.while_away = choices(self, tuple(WhileAway))
        self.silence = QDoubleSpinBox(self)
        self.silence.setRange(MIN_HALF_CLOSED_SILENCE_S, MAX_HALF_CLOSED_SILENCE_S)
        self.silence.setDecimals(2)
        self.silence.setSingleStep(0.5)
        self.silence.setKeyboardTracking(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(self._form(*self.inputs()))
        layout.addStretch(1)
        self.retranslate()
        for combo in (self.access, self.on_loss, self.while_away):
            combo.currentIndexChanged.connect(self.edited)
        self.silence.valueChanged.connect(self.edited)

    def inputs(self) -> list[QWidget]:
        """What can be edited, in the order of the Tab key."""
        return [self.access, self.on_loss, self.while_away, self.silence]

    def show_profile(self, profile: Profile) -> None:
        """Show a profile; tells no edit."""
        with blocked(self.inputs()):
            choose(self.access, profile.clients.access)
            choose(self.on_loss, profile.on_device_loss)
            choose(self.while_away, profile.while_away)
            self.silence.setValue(profile.clients.half_closed_silence_s)

    def profile_fields(self) -> dict[str, Any]:
        """The fields of Profile itself that are edited here."""
        return {
            "on_device_loss": OnDeviceLoss(self.on_loss.currentData()),  # Qt hands back a plain str
            "while_away": WhileAway(self.while_away.currentData()),
        }

    def rules(self, rules: ClientRules) -> ClientRules:
        """`rules` with what these fields say. What the spin box only shows rounded stays as it is."""
        if self.silence.value() != round(rules.half_closed_silence_s, self.silence.decimals()):
            rules = rules.changed(half_closed_silence_s=self.silence.value())
        access = Access(self.access.currentData())
        return rules if access is rules.access else rules.changed(access=access, max_clients=None)

    def commit(self) -> None:
        """Take what is still being typed."""
        self.silence.interpretText()

    def useless(self, *, dialing: bool) -> Mapping[QWidget, str]:
        """Who dials out has one client."""
        return {self.access: why_not_dialing()} if dialing else {}

    def retranslate(self) -> None:
        """Put every word anew."""
        answer_time = plain_tooltip(
            self.tr("How long a client that has finished sending waits for the device's next byte."),
            self.tr("The connection ends once the device has been silent for so long."),
        )
        for widget, words, tip in (
            (self.access, self.tr("Clients"), ""),
            (self.on_loss, self.tr("Device unplugged"), ""),
            (self.while_away, self.tr("Sent meanwhile"), ""),
            (self.silence, self.tr("Answer time"), answer_time),
        ):
            self._name(widget, words, tip)
        self.silence.setSuffix(self.tr(" s"))
        name_choices(self.access, {
            Access.EXCLUSIVE: self.tr("One; a second is refused"),
            Access.REPLACE: self.tr("One; a new one takes over"),
            Access.SHARED: self.tr("Many; all read and write"),
            Access.MONITOR: self.tr("Many; the first one writes"),
        })  # fmt: skip
        name_choices(self.on_loss, {
            OnDeviceLoss.KEEP: self.tr("Clients stay connected"),
            OnDeviceLoss.CLOSE: self.tr("Clients are disconnected"),
        })  # fmt: skip
        name_choices(self.while_away, {
            WhileAway.HOLD: self.tr("Waits for the device"), WhileAway.DISCARD: self.tr("Is thrown away"),
        })  # fmt: skip
