"""The foldable panel under the log. What is in it is made when it is unfolded first: most bridges never need it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from serialbridge_gui.engine.bridge import Bridge
from serialbridge_gui.ui.field_keys import leave_to_window

if TYPE_CHECKING:
    from serialbridge_gui.ui.send_form import SendForm
    from serialbridge_gui.ui.send_memory import SendMemory


class SendPanel(QWidget):
    """A title that unfolds the SendForm of a Bridge; Ctrl+Enter leads there, and sends. GUI thread only."""

    def __init__(self, bridge: Bridge, memory: SendMemory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._memory = memory
        self._form: SendForm | None = None
        self._activity = ""
        self.send_action = QAction(self)
        self.send_action.setShortcuts([QKeySequence("Ctrl+Return"), QKeySequence("Ctrl+Enter")])
        self.send_action.setAutoRepeat(False)
        self.send_action.triggered.connect(self._send_by_key)
        self.addAction(self.send_action)
        self.fold = QToolButton(self)
        self.fold.setCheckable(True)
        self.fold.setAutoRaise(True)
        self.fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.fold.toggled.connect(self.set_unfolded)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.fold)
        self.set_unfolded(memory.unfolded)
        self.retranslate()

    @property
    def form(self) -> SendForm:
        """What is in the panel."""
        if self._form is None:
            from serialbridge_gui.ui.send_form import SendForm

            self._form = form = SendForm(self._bridge, self._memory, self)
            form.activity_changed.connect(self._show_activity)
            leave_to_window(form, QKeySequence("Ctrl+E"))
            layout = self.layout()
            assert layout is not None
            layout.addWidget(form)
        return self._form

    @property
    def unfolded(self) -> bool:
        """Whether the panel is open."""
        return self.fold.isChecked()

    def set_unfolded(self, unfolded: bool) -> None:
        """Show the panel, or only its title; remembered for the next start."""
        self.fold.setChecked(unfolded)
        self.fold.setArrowType(Qt.ArrowType.DownArrow if unfolded else Qt.ArrowType.RightArrow)
        if unfolded or self._form is not None:
            self.form.setVisible(unfolded)
        if unfolded != self._memory.unfolded:
            self._memory.set_unfolded(unfolded)
        self._name()

    def _send_by_key(self) -> None:
        """Ctrl+Enter leads to the field from everywhere, and sends from there."""
        field = self.form.controls.field
        if field.hasFocus():
            self.form.send_typed()
        else:
            self.set_unfolded(True)
            field.setFocus()

    def _show_activity(self, activity: str) -> None:
        self._activity = activity
        self._name()

    def _name(self) -> None:
        """In the title stands, too, what goes on out of sight."""
        title = self.tr("Send")
        if self._activity and not self.unfolded:
            title += f" · {self._activity}"
        if title != self.fold.text():
            self.fold.setText(title)
            self.fold.setAccessibleName(title)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Make the words again; the form makes its own."""
        keys = QKeySequence("Ctrl+Return").toString(QKeySequence.SequenceFormat.NativeText)
        self.fold.setToolTip(self.tr("Send bytes to the device or to clients ({key})").format(key=keys))
        self.send_action.setText(self.tr("Send"))
        self._name()
