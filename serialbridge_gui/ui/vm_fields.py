"""Fields of the dialog "Use in a virtual machine": which hypervisor, which version, where it runs, which guest."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QHBoxLayout, QLabel, QLineEdit, QWidget

from serialbridge_gui.ui.vm_words import hypervisor_name
from serialbridge_gui.vm.checks import Where
from serialbridge_gui.vm.recipe import Hypervisor, Version
from serialbridge_gui.vm.versions import version_text


class HypervisorFields(QWidget):
    """GUI thread only."""

    hypervisor_chosen = Signal()
    edited = Signal()
    """Any of the others."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._where_touched = False
        self.hypervisor, self.where = QComboBox(self), QComboBox(self)
        for hypervisor in Hypervisor:
            self.hypervisor.addItem(hypervisor_name(hypervisor), hypervisor)
        self.hypervisor.addItem("")
        self.hypervisor.setItemData(len(Hypervisor), 0, Qt.ItemDataRole.UserRole - 1)  # Qt's way to disable one
        for _ in range(2):
            self.where.addItem("")
        self.version, self.far_address, self.guest = QLineEdit(self), QLineEdit(self), QLineEdit(self)
        self.version.setMaxLength(80)
        self.far_address.setMaxLength(255)
        self.guest.setMaxLength(200)
        self._labels = [QLabel(self) for _ in range(4)]
        self._lay_out()
        self.hypervisor.currentIndexChanged.connect(self._choose)
        self.where.activated.connect(self._touch)
        for line in (self.version, self.far_address, self.guest):
            line.textChanged.connect(self.edited)

    def _lay_out(self) -> None:
        for label, buddy in zip(self._labels, (self.hypervisor, self.version, self.where, self.guest), strict=True):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setBuddy(buddy)
        which, place = QHBoxLayout(), QHBoxLayout()
        which.addWidget(self.hypervisor, 1)
        which.addWidget(self._labels[1])
        which.addWidget(self.version, 1)
        place.addWidget(self.where)
        place.addWidget(self.far_address, 1)
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.addRow(self._labels[0], which)
        form.addRow(self._labels[2], place)
        form.addRow(self._labels[3], self.guest)
        for before, after in pairwise((self.hypervisor, self.version, self.where, self.far_address, self.guest)):
            QWidget.setTabOrder(before, after)

    @property
    def chosen(self) -> Hypervisor:
        """The hypervisor."""
        return Hypervisor(self.hypervisor.currentData())

    @property
    def place(self) -> Where:
        """Where it runs."""
        if self.where.currentIndex() == 0:
            return Where()
        return Where(remote=True, address=self.far_address.text().strip())

    @property
    def typed_version(self) -> str:
        """What stands in the field; empty: the one that was found."""
        return self.version.text().strip()

    @property
    def guest_name(self) -> str:
        """The guest's name; empty where it is not asked for, or not said."""
        return self.guest.text().strip() if self.chosen is Hypervisor.VIRTUALBOX else ""

    def show_fitting(self, *, bridged: bool, found: Version | None) -> None:
        """Only what matters to this way, and the version `found` on this machine."""
        for widget in (self.where, self._labels[2]):
            widget.setVisible(bridged)
        self.far_address.setVisible(bridged and self.place.remote is True)
        for named in (self.guest, self._labels[3]):
            named.setVisible(self.chosen is Hypervisor.VIRTUALBOX)
        for versioned in (self.version, self._labels[1]):
            versioned.setVisible(self.chosen is not Hypervisor.VMWARE)  # its lines are the same in each
        words = self.tr("not found here; type it")
        if found is not None:
            words = self.tr("{version}, installed here").format(version=version_text(found))
        self.version.setPlaceholderText(words)

    def _choose(self) -> None:
        if not self._where_touched:  # ESXi is hardly ever the machine that one sits at
            self.where.setCurrentIndex(int(self.chosen is Hypervisor.VMWARE))
        self.hypervisor_chosen.emit()

    def _touch(self) -> None:
        self._where_touched = True
        self.edited.emit()

    def retranslate(self) -> None:
        """Make the words again."""
        names = (self.tr("&Hypervisor"), self.tr("&Version"), self.tr("&Runs on"), self.tr("&Guest's name"))
        for label, name in zip(self._labels, names, strict=True):
            label.setText(name)
        self.hypervisor.setItemText(len(Hypervisor), self.tr("Hyper-V: named pipes only"))
        self.where.setItemText(0, self.tr("this computer"))
        self.where.setItemText(1, self.tr("another computer"))
        self.far_address.setPlaceholderText(self.tr("its IP address, if you know it"))
        self.guest.setPlaceholderText(self.tr("as VirtualBox lists it"))
        for widget, words in (
            (self.hypervisor, self.tr("Hypervisor")),
            (self.version, self.tr("Version of the hypervisor")),
            (self.where, self.tr("Where the hypervisor runs")),
            (self.far_address, self.tr("Address of the hypervisor")),
            (self.guest, self.tr("Guest's name")),
        ):
            widget.setAccessibleName(words)
