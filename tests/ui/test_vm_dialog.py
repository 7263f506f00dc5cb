"""The dialog "Use in a virtual machine": what it shows, and what its buttons change."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QPlainTextEdit, QWidget

from serialbridge_gui.profile import (
    Access,
    ClientRules,
    ListenAddress,
    Mode,
    PeerAddress,
    Profile,
    TlsFiles,
)
from serialbridge_gui.ui import vm_dialog as module
from serialbridge_gui.ui import vm_guests
from serialbridge_gui.ui.vm_dialog import VmDialog
from serialbridge_gui.ui.vm_fixes import fixed
from serialbridge_gui.vm.checks import Check, CheckKind, Fix, Where
from serialbridge_gui.vm.host_port import look_behind
from serialbridge_gui.vm.recipe import Hypervisor, Way
from tests.ui.windows import TEST_S, Lab, click, until
from tests.vm.test_host_port import Tree

scripts = pytest.mark.skipif(sys.platform == "win32", reason="shell scripts")


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "installed_version", lambda hypervisor: (7, 2) if hypervisor == "qemu" else None)


async def opened(lab: Lab, device: str = "sim://echo", root: Path = Path("/"), **fields: Any) -> VmDialog:
    lab.open()
    session = lab.add(device)
    session.edit(session.profile.changed(**fields))
    dialog = VmDialog(session, lab.page(session), root)
    dialog.show()
    await until(lambda: dialog._behind is not None and dialog._versions, "the machine was asked")
    return dialog


def choose(dialog: VmDialog, hypervisor: Hypervisor) -> None:
    dialog.fields.hypervisor.setCurrentIndex(list(Hypervisor).index(hypervisor))


def text(dialog: VmDialog) -> str:
    return dialog.text.toPlainText() if dialog.text.isVisible() else ""


def found(dialog: VmDialog) -> list[CheckKind]:
    return [one.kind for one in dialog.checks.checks]


async def test_menu_opens_it_once_and_start_is_one_click(lab: Lab) -> None:
    window = lab.open()
    session = lab.add("sim://echo")
    window.vm_action.trigger()
    window.vm_action.trigger()
    (dialog,) = lab.page(session).findChildren(VmDialog)
    await until(lambda: "7.2" in dialog.fields.version.placeholderText(), "the version was found")
    port = session.profile.listen.port
    assert text(dialog) == (
        f"-chardev socket,id=com0,host=127.0.0.1,port={port},nodelay=on,reconnect=1 -device isa-serial,chardev=com0"
    )
    assert found(dialog) == [CheckKind.NOT_RUNNING]
    click(dialog.checks.rows[0].button)
    await until(lambda: session.bridge.address is not None, "the bridge runs")
    await until(lambda: not dialog.checks.checks, "nothing is amiss")
    assert dialog.checks.fine.isVisible()
    click(dialog.copy)
    assert QGuiApplication.clipboard().text() == text(dialog)


async def test_running_guest_gets_a_line_for_the_monitor(lab: Lab) -> None:
    dialog = await opened(lab)
    dialog.form.setCurrentIndex(1)
    assert text(dialog).startswith("chardev-change serial0 socket,host=127.0.0.1,")
    choose(dialog, Hypervisor.XEN)
    assert not dialog.form.isVisible()
    assert text(dialog).startswith("serial = [ ")


async def test_version_that_is_typed_counts_and_one_that_is_none_is_told(lab: Lab) -> None:
    dialog = await opened(lab)
    dialog.fields.version.setText("9.2")
    assert "reconnect-ms=1000" in text(dialog)
    dialog.fields.version.setText("<b>new")
    assert text(dialog) == ""
    assert dialog.problem.label.text().startswith("“<b>new” is no version")
    assert dialog.problem.label.textFormat() is Qt.TextFormat.PlainText
    assert not dialog.copy.isVisible()


async def test_hyper_v_is_named_and_cannot_be_chosen(lab: Lab) -> None:
    combo = (await opened(lab)).fields.hypervisor
    assert "named pipes" in combo.itemText(len(Hypervisor))
    assert not combo.model().flags(combo.model().index(len(Hypervisor), 0)) & Qt.ItemFlag.ItemIsEnabled


async def test_guest_of_virtualbox_is_named_and_quoted(lab: Lab) -> None:
    dialog = await opened(lab)
    assert not dialog.fields.guest.isVisible()
    choose(dialog, Hypervisor.VIRTUALBOX)
    dialog.fields.guest.setText("Windows 11")
    assert text(dialog).startswith('VBoxManage modifyvm "Windows 11" --uart1')
    dialog.fields.guest.setText("x\u202ey")
    assert text(dialog) == ""
    assert "another name" in dialog.problem.label.text()
    assert found(dialog) == [CheckKind.NOT_RUNNING]


async def test_every_click_puts_its_setting_right_even_while_the_bridge_runs(lab: Lab) -> None:
    rules = ClientRules(access=Access.SHARED)
    dialog = await opened(lab, mode=Mode.RFC2217, clients=rules)
    session = dialog._session
    session.start()
    await until(lambda: session.bridge.address is not None, "the bridge runs")
    dialog.fields.where.setCurrentIndex(1)
    dialog.fields.where.activated.emit(1)
    dialog.fields.far_address.setText("192.168.1.9")
    kinds = [CheckKind.TELNET, CheckKind.LOOPBACK, CheckKind.SEVERAL_CLIENTS]
    assert found(dialog) == kinds
    assert "stopped and started again" in dialog.checks.rows[0].button.toolTip()

    async def put_first_right(left: list[CheckKind]) -> None:
        click(dialog.checks.rows[0].button)
        await until(lambda: found(dialog) == left, f"only {left} is left")
        await until(lambda: session.bridge.address is not None, "the bridge runs again")

    await put_first_right(kinds[1:])
    await put_first_right(kinds[2:])
    await put_first_right([])
    profile = session.profile
    assert (profile.mode, profile.clients.access, profile.listen.host) == (Mode.RAW, Access.EXCLUSIVE, "0.0.0.0")
    assert profile.clients.allow == ("192.168.1.9",)  # who is known, and nobody else


@pytest.mark.parametrize(
    ("fields", "one", "after"),
    [
        ({"tls": TlsFiles("c", "k")}, Check(CheckKind.TLS, fix=Fix.TLS_OFF), {"tls": None}),
        ({"connect": PeerAddress("h", 1)}, Check(CheckKind.DIALS_OUT, fix=Fix.LISTEN), {"connect": None}),
        (
            {"clients": ClientRules(allow=("10.0.0.0/8",))},
            Check(CheckKind.NOT_ALLOWED, "192.168.1.9", Fix.ALLOW),
            {"clients": ClientRules(allow=("10.0.0.0/8", "192.168.1.9"))},
        ),
        ({}, Check(CheckKind.LOOPBACK, fix=Fix.LISTEN_ON_NETWORK), {"listen": ListenAddress("0.0.0.0")}),
    ],
)
def test_fixed_profile(fields: dict[str, Any], one: Check, after: dict[str, Any]) -> None:
    from serialbridge_gui.profile import SerialSettings

    profile = Profile(name="x", serial=SerialSettings("sim://echo"), **fields)
    assert fixed(profile, one, Where(remote=True)) == profile.changed(**after)


async def test_bridge_that_dials_out_has_a_check_in_place_of_a_text(lab: Lab) -> None:
    dialog = await opened(lab, connect=PeerAddress("far", 1))
    assert text(dialog) == ""
    assert found(dialog) == [CheckKind.DIALS_OUT]
    click(dialog.checks.rows[0].button)
    await until(lambda: "host=127.0.0.1" in text(dialog), "it has an address")


async def test_simulated_device_leaves_the_bridge_alone_and_says_why(lab: Lab) -> None:
    dialog = await opened(lab)
    for way in (Way.PORT, Way.ADAPTER):
        assert not dialog.ways.buttons[way].isEnabled()
        assert "sim://echo" in dialog.ways.reasons[way].label.text()
    assert dialog.ways.way is Way.BRIDGE


@scripts
async def test_other_ways_are_filled_from_the_machine(lab: Lab, tmp_path: Path) -> None:
    tree = Tree(tmp_path / "root")
    tree.usb("1-2.3", "ttyUSB0", serial="A1", by_id="usb-FTDI_A1-if00-port0")
    dialog = await opened(lab, "/dev/ttyUSB0", tree.root)
    dialog.ways.buttons[Way.PORT].click()
    assert "path=/dev/serial/by-id/usb-FTDI_A1-if00-port0 " in text(dialog)
    assert not dialog.fields.where.isVisible()
    dialog.ways.buttons[Way.ADAPTER].click()
    assert "usb-host,vendorid=0x0403,productid=0x6001" in text(dialog)
    assert found(dialog) == []
    choose(dialog, Hypervisor.LIBVIRT)
    assert text(dialog).startswith("<hostdev ")
    assert not dialog.guests.kind.isVisible()


@scripts
async def test_card_without_iommu_says_what_to_switch_on(lab: Lab, tmp_path: Path) -> None:
    tree = Tree(tmp_path / "root")
    tree.card("0000:03:00.0", "ttyS4")
    dialog = await opened(lab, "/dev/ttyS4", tree.root)
    assert not dialog.ways.buttons[Way.ADAPTER].isEnabled()
    assert "intel_iommu=on" in dialog.ways.reasons[Way.ADAPTER].label.text()
    assert dialog.ways.buttons[Way.PORT].isEnabled()


async def test_clients_that_come_and_go_cost_no_refresh(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    dialog = await opened(lab)
    session = dialog._session
    session.start()
    await until(lambda: session.bridge.address is not None and not dialog.checks.checks, "the bridge runs")
    refreshed: list[object] = []
    monkeypatch.setattr(dialog, "refresh", lambda: refreshed.append(1))
    for _ in range(3):
        session.changed.emit()
    assert not refreshed
    session.stop()
    await until(lambda: refreshed, "it follows the stop")


@scripts
async def test_look_that_ends_late_says_nothing_of_another_device(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = Tree(tmp_path / "root")
    for number, vid in ((0, "0403"), (1, "1a86")):
        tree.usb(f"1-{number + 1}", f"ttyUSB{number}", vid=vid)
    dialog = await opened(lab, "/dev/ttyUSB0", tree.root)
    dialog.ways.buttons[Way.ADAPTER].click()
    began, held, ended = threading.Event(), threading.Event(), threading.Event()

    def slow(device: str, *about: Any) -> Any:
        try:
            return look_behind(device, *about)
        finally:
            if device == "/dev/ttyUSB0":
                began.set()
                assert held.wait(60)
                ended.set()

    monkeypatch.setattr(module, "look_behind", slow)
    dialog.look_again()
    await until(began.is_set, "a look begins")
    session = dialog._session
    session.edit(session.profile.changed(serial=session.profile.serial.changed(device="/dev/ttyUSB1")))
    assert text(dialog) == ""
    await until(lambda: "0x1a86" in text(dialog), "the new device is known")
    held.set()
    await until(ended.is_set, "the first look ends")
    for _ in range(20):
        await asyncio.sleep(0)
    assert "0x1a86" in text(dialog)


async def listed(dialog: VmDialog, uri: str) -> None:
    choose(dialog, Hypervisor.LIBVIRT)
    dialog.guests.uri.setEditText(uri)
    click(dialog.guests.list_button)
    await until(lambda: not dialog.guests._busy, "libvirt answered")


@pytest.mark.skipif(shutil.which("virsh") is None, reason="needs virsh (libvirt-clients)")
async def test_libvirts_own_words_are_shown(lab: Lab) -> None:
    dialog = await opened(lab)
    await listed(dialog, "test:///default")
    assert dialog.guests.guest.currentText() == "test (running)"
    click(dialog.guests.attach)
    await until(lambda: not dialog.guests._busy, "libvirt answered")
    assert "not supported by the connection driver" in dialog.guests.note.label.text()
    await listed(dialog, "test:///no/such/file")
    assert "failed to connect" in dialog.guests.note.label.text()
    assert not dialog.guests.attach.isEnabled()


STAND_IN = r"""#!/bin/sh
here=$(dirname "$0")
for word in "$@"; do case $word in
    list) verb=list;;
    --state-running) if [ -e "$here/runs" ]; then echo "<b>a guest"; fi; exit 0;;
    dumpxml) echo "<domain><devices>"; cat "$here"/*.device; echo "</devices></domain>"; exit 0;;
    attach-device|detach-device) verb=$word; echo "$@" > "$here/words";;
    --file=*) case $verb in
        attach-device) cp "${word#--file=}" "$here/new.device"; echo "Device attached successfully";;
        detach-device) rm "$here/new.device"; echo "Device detached successfully";;
    esac;;
esac; done
if [ "$verb" = list ]; then echo "<b>a guest"; echo; fi
"""


def stand_in(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str = STAND_IN) -> None:
    """A virsh with one guest, which has its COM1."""
    program = folder / "virsh"
    program.write_text(script, encoding="utf-8")
    program.chmod(0o755)
    device = "<serial type='pty'><target type='isa-serial' port='0'/></serial>\n"
    folder.joinpath("console.device").write_text(device, encoding="utf-8")
    monkeypatch.setattr("serialbridge_gui.vm.virsh.virsh_path", lambda: str(program))
    monkeypatch.setattr(vm_guests, "virsh_path", lambda: str(program))


@scripts
async def test_guest_gets_the_free_port_and_loses_it_again(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tmp_path, monkeypatch)
    dialog = await opened(lab)
    guests = dialog.guests
    await listed(dialog, "qemu:///session")
    assert guests.guest.currentText() == "<b>a guest (off)"
    assert "<target type='isa-serial' port='1'/>" in text(dialog)
    assert (guests.attach.isEnabled(), guests.detach.isEnabled()) == (True, False)
    shown = text(dialog)
    click(guests.attach)
    await until(lambda: guests.detach.isEnabled(), "the guest has it")
    assert tmp_path.joinpath("new.device").read_text(encoding="utf-8") == shown
    assert guests.note.label.text().startswith("Device attached successfully. <b>a guest has it so from its next")
    assert not guests.attach.isEnabled()
    click(guests.detach)
    await until(lambda: guests.attach.isEnabled(), "the guest has it no more")
    assert not tmp_path.joinpath("new.device").exists()


@scripts
async def test_guest_with_four_com_ports_gets_no_fifth_but_a_card(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tmp_path, monkeypatch)
    console = tmp_path.joinpath("console.device").read_text(encoding="utf-8")
    for number in range(1, 4):
        device = console.replace("port='0'", f"port='{number}'")
        tmp_path.joinpath(f"{number}.device").write_text(device, encoding="utf-8")
    dialog = await opened(lab)
    guests = dialog.guests
    await listed(dialog, "qemu:///session")
    assert text(dialog) == ""
    assert "four COM ports" in guests.note.label.text()
    assert not guests.attach.isEnabled()
    guests.kind.setCurrentIndex(1)
    guests.kind.activated.emit(1)
    assert "type='pci-serial'" in text(dialog)
    assert "four COM ports" not in guests.note.label.text()
    assert guests.attach.isEnabled()
    ours = text(dialog).replace("pci-serial", "isa-serial").replace("port='4'", "port='3'")
    tmp_path.joinpath("3.device").write_text(ours, encoding="utf-8")
    guests.kind.setCurrentIndex(0)
    await listed(dialog, "qemu:///session")
    assert guests.detach.isEnabled()


@scripts
async def test_guest_whose_definition_is_no_xml_is_told_and_left_alone(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tmp_path, monkeypatch, STAND_IN.replace("<domain>", "<domain"))
    dialog = await opened(lab)
    await listed(dialog, "qemu:///session")
    assert "libvirt said: " in dialog.guests.note.label.text()
    dialog.refresh()
    assert not dialog.guests.attach.isEnabled()


@scripts
async def test_running_guest_gets_a_card_at_once_and_a_com_port_at_its_next_start(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tmp_path, monkeypatch)
    tmp_path.joinpath("runs").touch()
    dialog = await opened(lab)
    guests = dialog.guests
    await listed(dialog, "qemu:///session")
    for kind, live in ((0, False), (1, True)):
        guests.kind.setCurrentIndex(kind)
        guests.kind.activated.emit(kind)
        for button, other in ((guests.attach, guests.detach), (guests.detach, guests.attach)):
            click(button)
            await until(other.isEnabled, "libvirt did it")
            assert ("--live" in tmp_path.joinpath("words").read_text(encoding="utf-8").split()) is live
            words = guests.note.label.text()
            assert ("has it so already" in words, "Shut <b>a guest down" in words) == (live, not live)


@scripts
async def test_window_closes_in_time_while_virsh_hangs(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tmp_path, monkeypatch, '#!/bin/sh\necho $$ > "$0.new" && mv "$0.new" "$0.pid"\nexec sleep 3600\n')
    monkeypatch.setattr("serialbridge_gui.vm.virsh.ANSWER_S", 2 * TEST_S)
    monkeypatch.setattr("serialbridge_gui.ui.tasks.LAST_S", 0.05)
    dialog = await opened(lab)
    choose(dialog, Hypervisor.LIBVIRT)
    click(dialog.guests.list_button)
    number = tmp_path / "virsh.pid"
    await until(number.exists, "virsh is asked")
    await lab.close()  # and not for as long as it takes: longer than a test may
    await until(lambda: not runs(int(number.read_text(encoding="ascii"))), "virsh has ended")


def runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


async def test_without_virsh_the_text_alone_is_offered(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vm_guests, "virsh_path", lambda: None)
    dialog = await opened(lab)
    choose(dialog, Hypervisor.LIBVIRT)
    assert text(dialog).startswith("<serial ")
    assert "not installed" in dialog.guests.note.label.text()
    assert not dialog.guests.list_button.isEnabled()


async def test_words_are_whole_at_larger_fonts_and_everything_is_named(lab: Lab) -> None:
    dialog = await opened(lab, mode=Mode.RFC2217, clients=ClientRules(access=Access.SHARED))
    font = dialog.font()
    font.setPointSizeF(font.pointSizeF() * 1.5)
    dialog.setFont(font)
    for hypervisor in Hypervisor:
        choose(dialog, hypervisor)
        await until(lambda: text(dialog) != "", "there is a text")
        for _ in range(3):
            QCoreApplication.sendPostedEvents()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
        for widget in dialog.findChildren(QWidget):
            if widget.isVisible():
                assert not cut(widget), f"{hypervisor}: {widget} {words(widget)}"
    inputs = (QAbstractButton, QComboBox, QLineEdit, QPlainTextEdit)
    unnamed = [w for w in dialog.findChildren(QWidget) if isinstance(w, inputs) and w.isVisible() and not words(w)]
    assert [w for w in unnamed if not isinstance(w.parentWidget(), QComboBox)] == []


def words(widget: QWidget) -> str:
    shown = widget.text() if isinstance(widget, (QAbstractButton, QLabel)) else ""
    return widget.accessibleName() or shown


def cut(widget: QWidget) -> bool:
    """Whether not all of its words can be seen."""
    if isinstance(widget, QLabel) and widget.wordWrap():
        return widget.height() < widget.heightForWidth(widget.width())
    if isinstance(widget, (QAbstractButton, QLabel)) and words(widget):
        return widget.width() < widget.minimumSizeHint().width() or widget.height() < widget.sizeHint().height() - 2
    return False


async def test_another_language_keeps_the_choices(lab: Lab) -> None:
    dialog = await opened(lab)
    choose(dialog, Hypervisor.VMWARE)
    shown = text(dialog)
    QCoreApplication.sendEvent(dialog, QEvent(QEvent.Type.LanguageChange))
    assert text(dialog) == shown
    assert dialog.fields.chosen is Hypervisor.VMWARE


