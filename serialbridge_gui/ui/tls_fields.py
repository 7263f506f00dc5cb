"""Whether clients must speak TLS, with which files, and until when the certificate is good."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from PySide6.QtCore import QCoreApplication, QDateTime, Qt, Signal
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QCheckBox, QFileDialog, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from serialbridge_gui.engine.bridge import BridgeState
from serialbridge_gui.profile import Profile, TlsFiles
from serialbridge_gui.traffic.text import make_visible
from serialbridge_gui.ui.certificates import Certificates
from serialbridge_gui.ui.field_group import FieldGroup, blocked, why_not_dialing
from serialbridge_gui.ui.file_names import is_on_a_share
from serialbridge_gui.ui.log_font import log_font
from serialbridge_gui.ui.note import Note

DAY_S: Final = 86_400
WARNED_DAYS: Final = 30
"""From how many days before its end a certificate is warned of (chosen: time to get another one)."""

LINE_BYTES: Final = 16
"""Of a fingerprint (chosen: half of a SHA-256, which is too long for one line of a small window)."""


class TlsFields(FieldGroup):
    """A check box, and what it needs once it is checked. GUI thread only."""

    certificate_wanted = Signal()
    """The user asks for a self-signed certificate: `Certificates.make` is to be called."""

    def __init__(self, certificates: Certificates, parent: QWidget) -> None:
        super().__init__(parent)
        self._certificates = certificates
        self._described = ""
        """The certificate that is shown, or being looked at."""
        self._fingerprint = ""
        self._chosen = ""
        """The certificate that the user has chosen here, or typed."""
        self._set_aside = False
        """It was checked before the bridge was to dial out."""
        self.use = QCheckBox(self)
        self.details = QWidget(self)
        self.certificate, self.key, self.client_ca = (QLineEdit(self.details) for _ in range(3))
        self.browse_certificate, self.browse_key, self.browse_client_ca = (QPushButton(self.details) for _ in range(3))
        self.make, self.copy = QPushButton(self), QPushButton(self.details)
        self.fingerprint, self.expiry = QLabel(self.details), Note(self.details)
        self.fingerprint.setFont(log_font())
        for label in (self.fingerprint, self.expiry.label):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
        for button in (*self._browsers().values(), self.make, self.copy):
            button.setAutoDefault(False)
        self._lay_out()
        self.retranslate()
        self._show_details()
        self._show_certificate("", "", None)
        self._connect()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.use)
        head.addSpacing(12)
        head.addWidget(self.make)
        head.addStretch(1)
        grid = QGridLayout(self.details)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        for row, (line, button) in enumerate(self._browsers().items()):
            grid.addWidget(self._label(line), row, 0)
            grid.addWidget(line, row, 1)
            grid.addWidget(button, row, 2)
        grid.addWidget(self._label(self.fingerprint), 3, 0)
        grid.addWidget(self.fingerprint, 3, 1)
        grid.addWidget(self.copy, 3, 2, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self.expiry, 4, 1, 1, 2)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(head, 0, 0)
        layout.addWidget(self.details, 1, 0)

    def _connect(self) -> None:
        for follow in (self._show_details, self._look, self.edited):
            self.use.toggled.connect(follow)
        self.certificate.textEdited.connect(self._note_choice)
        for line, button in self._browsers().items():
            line.editingFinished.connect(self._look)
            self._watch_line(line)
            button.clicked.connect(lambda _=False, line=line: self._browse(line))
        self.make.clicked.connect(self._ask_for_one)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._fingerprint))
        self._certificates.made.connect(self._take_made)
        self._certificates.not_made.connect(self._say_not_made)
        self._certificates.described.connect(self._say_described)
        self._certificates.not_described.connect(self._say_not_described)

    def _browsers(self) -> dict[QLineEdit, QPushButton]:
        return {
            self.certificate: self.browse_certificate,
            self.key: self.browse_key,
            self.client_ca: self.browse_client_ca,
        }

    def inputs(self) -> list[QWidget]:
        """What can be edited, in the order of the Tab key."""
        pairs = [widget for pair in self._browsers().items() for widget in pair]
        return [self.use, self.make, *pairs]

    def outputs(self) -> list[QWidget]:
        """What can be copied, after them."""
        return [self.fingerprint, self.copy, self.expiry.label]

    def show_profile(self, profile: Profile) -> None:
        """Show a profile; tells no edit. Files that it does not use stay as they stand."""
        files = profile.tls
        if profile.connect is None:
            self._set_aside = False
        with blocked(self.inputs()):
            self.use.setChecked(files is not None)
            if files is not None:
                self.certificate.setText(files.certificate)
                self.key.setText(files.key)
                self.client_ca.setText(files.client_ca or "")
        self._show_details()
        self._look()

    # ---- what they say

    @property
    def files(self) -> TlsFiles | None:
        """The files to use; None: plain TCP. `invalid` must be empty."""
        if not self.use.isChecked():
            return None
        return TlsFiles(self.certificate.text().strip(), self.key.text().strip(), self.client_ca.text().strip() or None)

    @property
    def invalid(self) -> str:
        """A sentence: why no profile takes what stands here; empty: one does."""
        if not self.use.isChecked() or (self.certificate.text().strip() and self.key.text().strip()):
            return ""
        return self.tr("TLS needs a certificate and its private key: choose both files, or make a self-signed one.")

    def commit(self) -> None:
        """Take what is still being typed."""
        self._look()
        self.edited.emit()

    def useless(self, *, dialing: bool) -> Mapping[QWidget, str]:
        """A bridge that dials out speaks no TLS."""
        return dict.fromkeys(self.inputs(), why_not_dialing()) if dialing else {}

    def lock(self, *, running: bool, dialing: bool) -> None:
        """Disable what cannot be edited now. Who dials out speaks no TLS; what was set is there again after that."""
        super().lock(running=running, dialing=dialing)
        checked = self.use.isChecked()
        with blocked([self.use]):  # no check mark where nothing is encrypted
            self.use.setChecked(not dialing and (checked or self._set_aside))
        self._set_aside = dialing and (checked or self._set_aside)
        self._show_details()
        self._look()

    # ---- files

    def _browse(self, line: QLineEdit) -> None:
        chosen = line.text().strip()
        folder = str(Path(chosen).parent) if chosen and not is_on_a_share(chosen) else ""
        dialog = QFileDialog(self, self.labels[line].text(), folder)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([self.tr("PEM files (*.pem *.crt *.cer *.key)"), self.tr("All files (*)")])
        dialog.fileSelected.connect(lambda path: self._take(line, path))
        dialog.open()

    def _take(self, line: QLineEdit, path: str) -> None:
        line.setText(path)
        if line is self.certificate:
            self._note_choice(path)
        self.commit()

    def _ask_for_one(self) -> None:
        self.make.setEnabled(False)
        self.certificate_wanted.emit()

    def _take_made(self, certificate: str, key: str) -> None:
        self.make.setEnabled(self.use.isEnabled())
        with blocked([self.use]):
            self.use.setChecked(True)
        self.certificate.setText(certificate)
        self.key.setText(key)
        self._described = ""  # the file may have the name of the one before it
        self._show_details()
        self.commit()

    def _say_not_made(self, reason: str) -> None:
        self.make.setEnabled(self.use.isEnabled())
        self._show_certificate("", self.tr("No certificate could be made ({reason}).").format(
            reason=make_visible(reason)), BridgeState.ERROR)  # fmt: skip

    # ---- the certificate

    def showEvent(self, event: QShowEvent) -> None:
        """Not looked at before: unfolded by a user, there is a loop for the task to run on."""
        super().showEvent(event)
        self._look()

    def _note_choice(self, path: str) -> None:
        self._chosen = path.strip()
        self._described = ""

    def _look(self) -> None:
        """Have the certificate described, if it is another one and can be seen.

        On another computer only if it was chosen here: to ask for a file there, Windows says who the user is, and a
        profile may be anybody's.
        """
        path = self.certificate.text().strip() if self.use.isChecked() else ""
        if path != self._described and (self.isVisible() or not path):
            self._described = path
            self._show_certificate("", "", None)
            if is_on_a_share(path) and path != self._chosen:
                self.expiry.say(self.tr("On another computer: looked at when the bridge starts."), None)
            elif path:
                self._certificates.describe(path)

    def _say_described(self, path: str, fingerprint: str, expires_at: float) -> None:
        if path == self._described:
            self._show_certificate(fingerprint, *expiry(expires_at, time.time()))

    def _say_not_described(self, path: str, reason: str) -> None:
        if path == self._described:
            words = self.tr("The certificate cannot be read ({reason}).").format(reason=make_visible(reason))
            self._show_certificate("", words, BridgeState.ERROR)

    def _show_certificate(self, fingerprint: str, words: str, look: BridgeState | None) -> None:
        self._fingerprint = make_visible(fingerprint)
        self.fingerprint.setText(_in_lines(self._fingerprint))
        self.expiry.say(words, look)
        for widget in (self.fingerprint, self.copy, self.labels[self.fingerprint]):
            widget.setVisible(bool(fingerprint))

    # ---- looks and words

    def _show_details(self) -> None:
        for widget in (self.details, self.make):
            widget.setVisible(self.use.isChecked())

    def retranslate(self) -> None:
        """Put every word anew."""
        self.use.setText(self.tr("Encrypt with TLS"))
        self._explain(self.use, self.tr("Clients must speak TLS, such as openssl s_client or socat's OPENSSL"))
        self.make.setText(self.tr("Make a self-signed certificate"))
        self._explain(self.make, self.tr("For clients that are told its fingerprint, or that trust the file itself"))
        for line, words, tip, browse in (
            (self.certificate, self.tr("Certificate"), self.tr("PEM file, with the chain it needs"),
             self.tr("Browse for the certificate")),
            (self.key, self.tr("Private key"), self.tr("PEM file, without a password"),
             self.tr("Browse for the private key")),
            (self.client_ca, self.tr("Client CA"),
             self.tr("PEM file: who connects must show a certificate that this authority has signed"),
             self.tr("Browse for the client CA")),
        ):  # fmt: skip
            self._name(line, words, tip)
            button = self._browsers()[line]
            button.setText(self.tr("Browse…"))
            button.setAccessibleName(browse)
        self.client_ca.setPlaceholderText(self.tr("None: clients need no certificate"))
        self._name(
            self.fingerprint, self.tr("Fingerprint"), self.tr("SHA-256 of the certificate, for clients to compare")
        )
        self.copy.setText(self.tr("Copy"))
        self.copy.setAccessibleName(self.tr("Copy the fingerprint"))


def _in_lines(fingerprint: str) -> str:
    """A fingerprint in lines that fit the form."""
    parts = fingerprint.split(":")
    lines = [":".join(parts[start : start + LINE_BYTES]) for start in range(0, len(parts), LINE_BYTES)]
    return ":\n".join(lines)


def expiry(expires_at: float, now: float) -> tuple[str, BridgeState | None]:
    """Until when a certificate is good, and whose look that has: a warning from WARNED_DAYS before.

    `expires_at` and `now` are in s since the epoch.
    """
    translate = QCoreApplication.translate
    date = QDateTime.fromSecsSinceEpoch(int(expires_at)).toString("yyyy-MM-dd")
    left_s = expires_at - now
    if left_s <= 0:
        return translate("TlsFields", "Expired on {date}: clients refuse it").format(date=date), BridgeState.ERROR
    if left_s <= WARNED_DAYS * DAY_S:
        days = int(left_s // DAY_S) + 1
        words = translate("TlsFields", "Expires on {date}: in less than {days} days")
        if days == 1:
            words = translate("TlsFields", "Expires on {date}: in less than a day")
        return words.format(date=date, days=days), BridgeState.WAITING_FOR_DEVICE
    return translate("TlsFields", "Expires on {date}").format(date=date), None
