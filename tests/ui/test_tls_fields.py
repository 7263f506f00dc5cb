"""TLS in the window: files, the certificate that is made here, and until when it is good."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog

from serialbridge_gui.engine.bridge import BridgeState
from serialbridge_gui.profile import ListenAddress, TlsFiles
from serialbridge_gui.ui.certificates import certificate_names
from serialbridge_gui.ui.file_names import is_on_a_share
from serialbridge_gui.ui.settings_form import SettingsForm
from serialbridge_gui.ui.tls_fields import DAY_S, expiry
from tests.ui.windows import Lab, click, press, soon, type_into, until

PRINT = ":".join(f"{number:02X}" for number in range(32))
YEAR_S = 365 * DAY_S


@dataclass(frozen=True)
class Files:
    certificate: Path
    key: Path


class Maker(ModuleType):
    """Stands in for engine/self_signed.py, which needs a library of its own and some 10 ms."""

    def __init__(self) -> None:
        super().__init__("serialbridge_gui.engine.self_signed")
        self.names: list[tuple[str, ...]] = []
        self.threads: set[int] = set()
        self.error: Exception | None = None
        self.go_on = threading.Event()
        self.go_on.set()
        self.left_s: float = YEAR_S

    def make_self_signed(self, directory: Path, names: Sequence[str]) -> Files:
        assert self.go_on.wait(60)
        self._note()
        self.names.append(tuple(names))
        files = Files(directory / "certificate.pem", directory / "key.pem")
        for file in (files.certificate, files.key):
            file.write_text("")
        return files

    def fingerprint(self, certificate_path: Path) -> str:
        self._note()
        certificate_path.read_text()
        return PRINT

    def expires_at(self, certificate_path: Path) -> float:
        self._note()
        return time.time() + self.left_s

    def _note(self) -> None:
        self.threads.add(threading.get_ident())
        if self.error is not None:
            raise self.error


@pytest.fixture
def maker(monkeypatch: pytest.MonkeyPatch) -> Maker:
    made = Maker()
    monkeypatch.setitem(sys.modules, made.__name__, made)
    return made


def unfolded(lab: Lab, **fields: Any) -> SettingsForm:
    lab.open()
    form = lab.page(lab.add("sim://echo", **fields)).form
    click(form.network_button)
    return form


async def test_certificate_is_made_in_another_thread_put_in_the_profile_and_described(lab: Lab, maker: Maker) -> None:
    form = unfolded(lab)
    tls = form.tls
    assert tls.details.isHidden()
    click(tls.use)
    assert "self-signed" in form.network_problem.label.text()
    assert form.invalid
    assert form.profile.tls is None
    click(tls.make)
    await until(lambda: form.profile.tls is not None, "it is in the profile")
    folder = lab.config_dir / "certificates" / form.profile.id / "1"
    assert form.profile.tls == TlsFiles(str(folder / "certificate.pem"), str(folder / "key.pem"))
    assert not form.invalid
    assert len(maker.names) == 1
    assert {"localhost", "127.0.0.1", "::1"} <= set(maker.names[0])
    await until(tls.copy.isVisible, "the fingerprint is shown")
    assert tls.fingerprint.text().replace("\n", "") == PRINT
    click(tls.copy)
    assert QGuiApplication.clipboard().text() == PRINT
    assert tls.expiry.label.text().startswith("Expires on 20")
    assert tls.expiry.look is None
    assert tls.expiry.label.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse
    assert threading.get_ident() not in maker.threads


async def test_next_certificate_does_not_take_the_place_of_one_that_clients_know(lab: Lab, maker: Maker) -> None:
    form = unfolded(lab)
    click(form.tls.use)
    click(form.tls.make)
    await until(lambda: form.profile.tls is not None, "the first is in the profile")
    first = form.profile.tls
    click(form.tls.make)
    await until(lambda: form.profile.tls != first, "the second is in the profile")
    assert first is not None
    assert Path(first.certificate).exists()
    await until(form.tls.copy.isVisible, "the second is described")


async def test_only_one_certificate_is_made_at_a_time(lab: Lab, maker: Maker) -> None:
    form = unfolded(lab)
    click(form.tls.use)
    maker.go_on.clear()
    click(form.tls.make)
    assert not form.tls.make.isEnabled()
    lab.page().show_state()
    click(form.tls.make)
    maker.go_on.set()
    await until(lambda: form.profile.tls is not None, "it is in the profile")
    assert form.tls.make.isEnabled()
    assert len(maker.names) == 1


async def test_certificate_that_cannot_be_made_is_said_with_the_reason(lab: Lab, maker: Maker) -> None:
    maker.error = PermissionError(13, "Permission denied")
    form = unfolded(lab)
    click(form.tls.use)
    click(form.tls.make)
    await until(form.tls.expiry.isVisible, "it is said")
    assert form.tls.expiry.label.text() == "No certificate could be made (Permission denied)."
    assert form.tls.expiry.look is BridgeState.ERROR
    assert form.tls.make.isEnabled()
    assert form.profile.tls is None


@pytest.mark.parametrize("error", [ValueError("not a PEM file"), ImportError("no cryptography here")])
async def test_certificate_that_cannot_be_read_is_said_with_the_reason(
    lab: Lab, maker: Maker, error: Exception
) -> None:
    maker.error = error
    form = unfolded(lab, tls=TlsFiles(str(lab.config_dir / "c"), "k"))
    await until(form.tls.expiry.isVisible, "it is said")
    assert form.tls.expiry.label.text() == f"The certificate cannot be read ({error})."
    assert form.tls.copy.isHidden()


async def test_files_that_are_typed_are_taken_when_their_fields_are_left(
    lab: Lab, maker: Maker, tmp_path: Path
) -> None:
    file = tmp_path / "c.pem"
    file.write_text("")
    form = unfolded(lab)
    click(form.tls.use)
    for line, text in ((form.tls.certificate, str(file)), (form.tls.key, "/k.pem"), (form.tls.client_ca, "/ca.pem")):
        type_into(line, text)
        press(line, Qt.Key.Key_Return)
    assert form.profile.tls == TlsFiles(str(file), "/k.pem", "/ca.pem")
    await until(form.tls.copy.isVisible, "the certificate is described")
    click(form.tls.use)
    assert form.profile.tls is None
    click(form.tls.use)
    assert form.profile.tls == TlsFiles(str(file), "/k.pem", "/ca.pem")
    await until(form.tls.copy.isVisible, "the certificate is described again")


async def test_file_is_browsed_for_without_a_modal_loop(lab: Lab, maker: Maker, tmp_path: Path) -> None:
    form = unfolded(lab)
    click(form.tls.use)
    click(form.tls.browse_client_ca)
    dialog = form.tls.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    assert dialog.windowTitle() == "Client CA"
    dialog.fileSelected.emit(str(tmp_path / "ca.pem"))
    assert form.tls.client_ca.text() == str(tmp_path / "ca.pem")
    dialog.close()


async def test_certificate_is_not_looked_at_before_it_is_in_sight(lab: Lab, maker: Maker) -> None:
    lab.open()
    session = lab.add("sim://echo", tls=TlsFiles(str(lab.config_dir / "c"), "k"))
    form = lab.page(session).form
    await soon(session.certificates.finish())
    assert maker.threads == set()
    click(form.network_button)
    await soon(session.certificates.finish())
    assert maker.threads


async def test_window_that_closes_waits_for_a_certificate_in_the_making(lab: Lab, maker: Maker) -> None:
    form = unfolded(lab)
    click(form.tls.use)
    maker.go_on.clear()
    click(form.tls.make)
    threading.Timer(0.05, maker.go_on.set).start()
    await lab.close()
    assert len(maker.names) == 1


@pytest.mark.parametrize(
    ("left_s", "words", "look"),
    [
        (31 * DAY_S, "Expires on {date}", None),
        (30 * DAY_S, "Expires on {date}: in less than 31 days", BridgeState.WAITING_FOR_DEVICE),
        (100, "Expires on {date}: in less than a day", BridgeState.WAITING_FOR_DEVICE),
        (0, "Expired on {date}: clients refuse it", BridgeState.ERROR),
        (-YEAR_S, "Expired on {date}: clients refuse it", BridgeState.ERROR),
    ],
)
def test_end_of_a_certificate_is_warned_of_from_a_month_before(
    qapp: QApplication, left_s: float, words: str, look: BridgeState | None
) -> None:
    expires_at = 1_800_000_000.0
    date = time.strftime("%Y-%m-%d", time.localtime(expires_at))
    assert expiry(expires_at, expires_at - left_s) == (words.format(date=date), look)


def test_end_beyond_what_a_calendar_of_the_system_knows_is_no_mistake(qapp: QApplication) -> None:
    assert expiry(253_402_300_799.0, 0.0)[1] is None


def test_certificate_is_for_every_name_of_this_computer_and_for_no_wildcard(qapp: QApplication) -> None:
    names = certificate_names(ListenAddress("192.0.2.7"))
    assert {"localhost", "127.0.0.1", "::1", "192.0.2.7"} <= set(names)
    assert len(names) == len(set(names))
    for host in ("0.0.0.0", "::", "fe80::1%eth0"):
        assert host not in certificate_names(ListenAddress(host))


@pytest.mark.parametrize("path", [
    r"\\host\share\a.pem", "//host/share/a.pem", r"\\?\UNC\host\share\a.pem", r"/\host\share\a.pem",
    r"\??\UNC\host\a\b", r"\\.\UNC\host\share\a.pem",
])  # fmt: skip
async def test_certificate_on_another_computer_is_not_asked_for_because_a_profile_names_it(
    lab: Lab, maker: Maker, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def fingerprint(file: Path) -> str:
        asked.append(str(file))
        return PRINT

    monkeypatch.setattr(maker, "fingerprint", fingerprint)
    form = unfolded(lab, tls=TlsFiles(path, path, path))
    tls = form.tls
    await until(tls.expiry.label.isVisible, "it is said")
    tls.certificate.setFocus()
    tls.key.setFocus()  # looking at the fields is no choice
    assert "another computer" in tls.expiry.label.text()
    click(tls.browse_certificate)
    dialog = tls.findChild(QFileDialog)
    assert dialog is not None
    assert "host" not in dialog.directory().path()
    dialog.fileSelected.emit(path)
    dialog.close()
    await until(lambda: asked == [path], "the user has chosen it")


@pytest.mark.parametrize("path", [r"\\?\C:\a.pem", r"C:\a.pem", "/etc/a.pem", "a.pem", r"\a.pem", r"\\.\COM12", ""])
def test_file_of_this_computer_is_on_no_share(path: str) -> None:
    assert not is_on_a_share(path)
