"""Profiles as files, and what a person does with rows: import, drop, export, duplicate, rename, order, groups, undo."""

from __future__ import annotations

import asyncio
import json
import os
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMessageBox, QTreeWidgetItem

from serialbridge_gui.engine.bridge import BridgeState
from serialbridge_gui.profile import ListenAddress, Profile, SerialSettings, TlsFiles
from serialbridge_gui.profile_store import ProfileStore
from serialbridge_gui.request import Request
from serialbridge_gui.ui.file_names import file_name, free_file
from serialbridge_gui.ui.import_dialog import ImportDialog
from serialbridge_gui.ui.main_window import MainWindow
from serialbridge_gui.ui.session import Session
from tests.ui.scenes import dark_palette
from tests.ui.windows import Lab, click, press, press_shortcut, type_into, until

PLAIN, ALT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.AltModifier


def names(lab: Lab) -> list[str]:
    """What the sidebar's rows show in their first lines, top to bottom; folded ones are not seen."""
    shown = lab.window.sidebar.list
    return [shown.item(row).text().split("\n")[0] for row in range(shown.count()) if not shown.isRowHidden(row)]


def exported(folder: Path, name: str, host: str = "127.0.0.1", tls: TlsFiles | None = None) -> Path:
    profile = Profile(name=name, serial=SerialSettings(device="sim://echo"), listen=ListenAddress(host=host), tls=tls)
    file = folder / f"{name}.serialbridge"
    ProfileStore(folder).export(profile, file)
    return file


def drop(window: MainWindow, *files: Path) -> bool:
    """As the system drops files on the window; whether it takes them."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
    buttons, keys, action = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction
    entering = QDragEnterEvent(QPoint(9, 9), action, data, buttons, keys)
    QApplication.sendEvent(window, entering)
    if not entering.isAccepted():
        return False
    QApplication.sendEvent(window, QDropEvent(QPointF(9, 9), action, data, buttons, keys))
    return True


# ---- import and export


async def test_several_files_are_dropped_and_none_is_started(lab: Lab, tmp_path: Path) -> None:
    window = lab.open()
    bad = tmp_path / "bad.serialbridge"
    bad.write_text("{")
    assert drop(window, exported(tmp_path, "One"), bad, exported(tmp_path, "Two", host="0.0.0.0"))
    await until(lambda: len(window.workspace) == 2, "both are there")
    await until(window.message.isVisible, "it says so")
    assert names(lab) == ["One", "Two"]
    assert "Imported bridges: 2" in window.message.label.text()
    assert str(bad) in window.message.label.text()
    assert all(session.bridge.state is BridgeState.STOPPED for session in window.workspace)


async def test_what_is_no_file_is_not_taken(lab: Lab) -> None:
    window = lab.open()
    data = QMimeData()
    data.setText("some text")
    event = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, PLAIN)
    QApplication.sendEvent(window, event)
    data.setUrls([QUrl("https://example.org/a.serialbridge")])
    other = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, PLAIN)
    QApplication.sendEvent(window, other)
    assert not event.isAccepted()
    assert not other.isAccepted()


async def test_all_are_exported_to_a_folder_and_imported_elsewhere_as_they_were(lab: Lab, tmp_path: Path) -> None:
    window = lab.open()
    tls = TlsFiles("/etc/a.pem", "/etc/a.key")
    lab.add("/dev/ttyUSB0", "Scale: hall/3", tls=tls)
    lab.add("sim://echo", "COM5")
    folder = tmp_path / "for others"
    folder.mkdir()
    (folder / "COM5_.serialbridge").write_text("somebody's")
    window.profiles.export_all(folder)
    await until(window.message.isVisible, "it says so")
    assert sorted(file.name for file in folder.iterdir()) == [
        "COM5_ (2).serialbridge", "COM5_.serialbridge", "Scale hall 3.serialbridge"
    ]  # fmt: skip
    assert (folder / "COM5_.serialbridge").read_text() == "somebody's"
    assert "/etc/a.key" in window.message.label.text()
    documents = [json.loads((folder / name).read_text("utf-8")) for name in
                 ("Scale hall 3.serialbridge", "COM5_ (2).serialbridge")]  # fmt: skip
    assert not any("id" in document for document in documents)
    mine = [session.profile for session in window.workspace]
    await lab.close()

    lab.config_dir = tmp_path / "another machine"
    window = lab.open()
    window.profiles.import_files([folder / "Scale hall 3.serialbridge", folder / "COM5_ (2).serialbridge"])
    await until(lambda: len(window.workspace) == 2 and window.message.isVisible(), "they have come")
    theirs = [session.profile for session in window.workspace]
    assert [profile.changed(id=own.id) for profile, own in zip(theirs, mine, strict=True)] == mine
    assert "/etc/a.key" in window.message.label.text()


async def test_one_profile_is_exported_to_the_file_that_was_chosen(lab: Lab, tmp_path: Path) -> None:
    window = lab.open()
    session = lab.add("sim://echo", "Scale")
    file = tmp_path / "x.serialbridge"
    window.profiles.export_to(session, file)
    await until(window.message.isVisible, "it says so")
    assert json.loads(file.read_text("utf-8"))["name"] == "Scale"
    looks = [window.message.look]
    window.profiles.export_to(session, tmp_path / "x.serialbridge" / "y.serialbridge")
    await until(lambda: "cannot be written" in window.message.label.text(), "a sentence")
    looks.append(window.message.look)
    assert looks == [BridgeState.STOPPED, BridgeState.WAITING_FOR_DEVICE]  # good news is no warning


def test_file_names_are_such_that_every_system_takes_them(tmp_path: Path) -> None:
    assert [file_name(name) for name in ("Scale", "a/b:c", "..", "NUL", "com5", "x" * 200, "a\u202eb")] == [
        "Scale", "a b c", "profile", "NUL_", "com5_", "x" * 80, "aU+202Eb"
    ]  # fmt: skip
    (tmp_path / "a.serialbridge").touch()
    assert free_file(tmp_path, "a").name == "a (2).serialbridge"


YAML = """%YAML 1.1
---
connection: &scale
  accepter: tcp,3001
  connector: serialdev,/dev/ttyUSB0,115200n81,local
  options: {banner: hello}
connection: &plc
  accepter: tcp,localhost,3002
  connector: serialdev,/dev/ttyS1,9600e71
rotator: &any
  accepter: tcp,99
"""


def below(item: QTreeWidgetItem) -> list[QTreeWidgetItem]:
    return [child for row in range(item.childCount()) if (child := item.child(row)) is not None]


async def test_ser2net_file_is_shown_before_what_was_chosen_of_it_is_added(lab: Lab, tmp_path: Path) -> None:
    window = lab.open()
    file = tmp_path / "ser2net.yaml"
    file.write_text(YAML)
    window.open_file(file)
    await until(lambda: window.findChild(ImportDialog), "the report")
    dialog = window.findChild(ImportDialog)
    assert isinstance(dialog, ImportDialog)
    assert len(window.workspace) == 0
    tops = below(dialog.tree.invisibleRootItem())
    texts = [(top.text(0), [note.text(0) for note in below(top)]) for top in tops]
    (scale, scale_notes), (plc, plc_notes), (left, left_notes) = texts
    assert scale.startswith("scale\n/dev/ttyUSB0, 115200 8N1, listens on 0.0.0.0:3001")
    assert any("other machines can reach the device" in note for note in scale_notes)
    assert any("banner" in note for note in scale_notes)
    assert (plc.split("\n")[0], plc_notes) == ("plc", [])
    assert (left, len(left_notes)) == ("Not taken over", 1)
    assert "rotator any" in left_notes[0]

    heeded = next(note for note in below(tops[0]) if "other machines can reach" in note.text(0))
    light = heeded.foreground(0).color()
    dialog.setPalette(dark_palette())
    assert heeded.foreground(0).color().lightness() > light.lightness()
    dialog.resize(340, 400)  # a narrow one cuts no word
    note = below(tops[0])[-1]
    line = dialog.tree.fontMetrics().height()
    await until(lambda: dialog.tree.visualItemRect(note).height() >= 2 * line, "the sentence is wrapped")

    first = tops[0]
    press(dialog.tree, Qt.Key.Key_Space)  # the first is the current one
    assert first.checkState(0) is Qt.CheckState.Unchecked
    click(dialog.add_button)
    await until(lambda: len(window.workspace) == 1, "it is added")
    (session,) = window.workspace
    assert (session.profile.name, session.profile.serial.format) == ("plc", "7E1")
    assert session.bridge.state is BridgeState.STOPPED
    assert window.sidebar.chosen() is session


async def test_nothing_found_is_shown_and_adds_nothing(lab: Lab, tmp_path: Path) -> None:
    window = lab.open()
    file = tmp_path / "run.sh"
    file.write_text("socat - TCP:somewhere:80\n")
    window.profiles.import_files([file])
    await until(lambda: window.findChild(ImportDialog), "the report")
    dialog = window.findChild(ImportDialog)
    assert isinstance(dialog, ImportDialog)
    assert not dialog.add_button.isEnabled()
    dialog.reject()
    assert len(window.workspace) == 0


# ---- delete and undo


async def deleted(lab: Lab, session: Session) -> None:
    lab.window.sidebar.choose(session)
    lab.window.delete_action.trigger()
    await until(lambda: session not in tuple(lab.window.workspace), "it is deleted")


async def test_stopped_bridge_is_deleted_without_a_question_and_comes_back(lab: Lab) -> None:
    window = lab.open()
    for name in ("A", "B", "C"):
        lab.add("sim://echo", name)
    _, b, _ = tuple(window.workspace)
    window.workspace.arrangement.move(b.profile.id, "Hall", None, window.sidebar.ids())
    file = lab.config_dir / "profiles" / f"{b.profile.id}.json"
    await until(file.exists, "it is saved")
    before = b.profile
    await deleted(lab, b)
    assert not window.findChildren(QMessageBox)
    assert not file.exists()
    assert names(lab) == ["A", "C"]
    assert window.profiles.undo_bar.isVisible()
    assert window.profiles.undo_bar.label.text() == "Deleted “B”."
    click(window.profiles.undo_bar.button)
    await until(lambda: len(window.workspace) == 3, "it is back")
    assert names(lab) == ["A", "C", "Hall", "B"]
    session = window.sidebar.chosen()
    assert session is not None
    assert session.profile == before
    assert file.exists()
    assert window.profiles.undo_bar.isHidden()
    assert not list(file.parent.glob("*.deleted"))


async def test_only_the_last_delete_can_be_undone_until_the_window_closes(lab: Lab) -> None:
    window = lab.open()
    for name in ("A", "B", "C"):
        lab.add("sim://echo", name)
    a, b, _ = tuple(window.workspace)
    folder = lab.config_dir / "profiles"
    await deleted(lab, a)
    await deleted(lab, b)
    assert [path.stem for path in folder.glob("*.deleted")] == [b.profile.id]
    await lab.close()
    assert not list(folder.glob("*.deleted"))
    window = lab.open()
    assert window.profiles.undo_bar.isHidden()
    assert names(lab) == ["C"]


async def test_delete_in_a_window_that_was_killed_can_be_undone_in_the_next(lab: Lab) -> None:
    lab.config_dir.mkdir()
    store = ProfileStore(lab.config_dir)
    profile = Profile(name="Scale", serial=SerialSettings(device="sim://echo"))
    store.save(profile)
    store.put_away(profile)  # and then, kill -9
    window = lab.open()
    assert names(lab) == []
    assert window.profiles.undo_bar.isVisible()
    click(window.profiles.undo_bar.button)
    await until(lambda: names(lab) == ["Scale"], "it is back")
    await deleted(lab, next(iter(window.workspace)))
    click(window.profiles.undo_bar.close_button)
    await until(lambda: not list(store.directory.iterdir()), "it is gone for good")
    assert window.profiles.undo_bar.isHidden()


async def test_delete_that_fails_leaves_the_bridge_and_says_why(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    window = lab.open()
    session = lab.add("sim://echo", "Scale")
    await until(lambda: list((lab.config_dir / "profiles").glob("*.json")), "it is saved")
    folder = lab.config_dir / "profiles"
    folder.rename(lab.config_dir / "kept")
    folder.write_text("a file in its place")
    window.delete_action.trigger()
    await until(window.message.isVisible, "a sentence")
    assert "cannot be written" in window.message.label.text()
    assert session in tuple(window.workspace)
    assert window.profiles.undo_bar.isHidden()


# ---- order, groups, names


async def rename(lab: Lab, text: str) -> None:
    """Type into the row that is being edited."""
    (editor,) = (each for each in lab.window.sidebar.list.findChildren(QLineEdit) if each.isVisible())
    type_into(editor, text)
    press(editor, Qt.Key.Key_Return)
    await until(lambda: not lab.window.sidebar.list.findChildren(QLineEdit), "the editor goes")


async def test_f2_renames_in_the_sidebar_and_the_page_follows(lab: Lab) -> None:
    window = lab.open()
    session = lab.add("sim://echo", "Scale")
    page = lab.page(session)
    await press_shortcut(window, Qt.Key.Key_F2, PLAIN)
    await rename(lab, "秤 2")
    await until(lambda: session.profile.name == "秤 2", "it is renamed")
    assert page.name.text() == "秤 2"
    page.commit()
    assert session.profile.name == "秤 2"
    await press_shortcut(window, Qt.Key.Key_F2, PLAIN)
    await rename(lab, "   ")
    assert session.profile.name == "秤 2"
    window.sidebar_action.trigger()
    await press_shortcut(window, Qt.Key.Key_F2, PLAIN)
    assert page.name.hasFocus()


async def test_keys_and_drags_put_bridges_in_order_and_groups_and_the_next_start_has_them(lab: Lab) -> None:
    window = lab.open()
    for name in ("A", "B", "C"):
        lab.add("sim://echo", name)
    side = window.sidebar
    _, b, c = tuple(window.workspace)
    side.choose(c)
    await press_shortcut(window, Qt.Key.Key_Up, ALT)
    assert names(lab) == ["A", "C", "B"]
    assert side.chosen() is c
    window.profiles.new_group()
    await rename(lab, "Hall 3")
    await until(lambda: names(lab) == ["A", "B", "Hall 3", "C"], "a group")
    side.list.moved.emit(0, 3)  # dropped below the header
    await until(lambda: names(lab) == ["B", "Hall 3", "A", "C"], "it is in the group")
    side.list.moved.emit(3, 0)
    await until(lambda: names(lab) == ["C", "B", "Hall 3", "A"], "it is out of it")
    side.choose(b)
    await press_shortcut(window, Qt.Key.Key_Down, ALT)
    assert names(lab) == ["C", "Hall 3", "B", "A"]

    side.list.setCurrentRow(1)
    assert side.chosen() is b
    press(side.list, Qt.Key.Key_Left)
    assert names(lab) == ["C", "Hall 3 (2)"]
    assert "folded" in str(side.list.item(1).data(Qt.ItemDataRole.AccessibleTextRole))
    await lab.close()
    lab.open()
    assert names(lab) == ["C", "Hall 3 (2)"]
    side = lab.window.sidebar
    session = next(session for session in lab.window.workspace if session.profile.name == "A")
    side.choose(session)
    assert names(lab) == ["C", "Hall 3", "B", "A"]
    assert [each.text() for each in menu(lab)] == ["No group", "Hall 3", "", "New group"]
    next(each for each in menu(lab) if each.text() == "No group").trigger()
    assert names(lab) == ["C", "A", "Hall 3", "B"]
    side.list.setCurrentRow(2)
    next(each for each in menu(lab) if each.text() == "Dissolve group").trigger()
    assert names(lab) == ["C", "A", "B"]


def menu(lab: Lab) -> list[QAction]:
    """The entries of the group menu, as it opens."""
    lab.window.profiles.group_menu.aboutToShow.emit()
    return lab.window.profiles.group_menu.actions()


async def test_header_is_clicked_and_stepping_passes_it_over(lab: Lab) -> None:
    window = lab.open()
    for name in ("A", "B"):
        lab.add("sim://echo", name)
    a, b = tuple(window.workspace)
    window.workspace.arrangement.move(b.profile.id, "Hall", None, window.sidebar.ids())
    window.sidebar.choose(a)
    await press_shortcut(window, Qt.Key.Key_PageDown)
    assert window.sidebar.chosen() is b
    await press_shortcut(window, Qt.Key.Key_PageDown)
    assert window.sidebar.chosen() is a
    shown = window.sidebar.list
    QTest.mouseClick(shown.viewport(), Qt.MouseButton.LeftButton, pos=shown.visualItemRect(shown.item(1)).center())
    assert names(lab) == ["A", "Hall (1)"]
    assert window.sidebar.chosen() is a
    await press_shortcut(window, Qt.Key.Key_PageDown)
    assert window.sidebar.chosen() is a  # B is out of sight
    assert shown.drop_row(0) == 0
    assert shown.drop_row(10_000) == 3


async def test_duplicate_stands_below_on_a_port_of_its_own(lab: Lab) -> None:
    window = lab.open()
    for name in ("A", "B"):
        lab.add("sim://echo", name)
    a, b = tuple(window.workspace)
    window.workspace.arrangement.move(a.profile.id, "Hall", None, window.sidebar.ids())
    window.workspace.arrangement.move(b.profile.id, "Hall", None, window.sidebar.ids())
    window.sidebar.choose(a)
    window.profiles.duplicate()
    assert names(lab) == ["Hall", "A", "A (2)", "B"]
    copy = window.sidebar.chosen()
    assert copy is not None
    assert copy.profile.listen.port != a.profile.listen.port
    assert copy.profile.changed(id=a.profile.id, name="A", listen=a.profile.listen) == a.profile


async def test_hostile_names_are_shown_as_they_are(lab: Lab) -> None:
    window = lab.open()
    session = lab.add("sim://echo", "<b>a\u202eb</b>")
    window.workspace.arrangement.move(session.profile.id, "<i>\u202e&g</i>", None, window.sidebar.ids())
    assert names(lab) == ["<i>U+202E&g</i>", "<b>aU+202Eb</b>"]
    assert [each.text() for each in menu(lab)][1] == "<i>U+202E&&g</i>"
    await deleted(lab, session)
    assert window.profiles.undo_bar.label.text() == "Deleted “<b>aU+202Eb</b>”."


# ---- a second start


async def test_second_start_comes_to_the_front_unless_it_is_to_be_minimized(lab: Lab) -> None:
    window = lab.open()
    lab.add("sim://echo", "Scale")
    window.showMinimized()
    window.take_request(Request(profile="other", minimized=True))
    await until(lambda: "other" in window.message.label.text(), "it is carried out")
    assert window.isMinimized()
    window.take_request(Request(profile="nobody"))
    assert not window.isMinimized()
    await until(lambda: "nobody" in window.message.label.text(), "it is carried out")
    assert "other" in window.message.label.text(), "what nobody has seen yet is still there"
    window.message.button.click()
    window.say("new")
    assert window.message.label.text() == "new"
    window.hide()
    window.take_request(Request())
    assert window.isVisible()


async def test_profile_of_another_program_is_there_when_one_comes_back_and_a_deleted_one_is_not(lab: Lab) -> None:
    window = lab.open()
    gone = lab.add("sim://echo", "Gone")
    await deleted(lab, gone)
    store = ProfileStore(lab.config_dir)
    store.save(gone.profile)  # as a program that read it before and writes it late
    store.save(Profile(name="Imported", serial=SerialSettings(device="sim://echo")))
    for kind in (QEvent.Type.WindowDeactivate, QEvent.Type.WindowActivate):
        QApplication.sendEvent(window, QEvent(kind))
    await until(lambda: len(window.workspace) == 1, "it is there")
    assert names(lab) == ["Imported"]


async def test_file_that_breaks_while_the_window_is_open_is_set_aside_with_a_word(lab: Lab) -> None:
    window = lab.open()
    lab.add("sim://echo", "Scale")
    await until(lambda: list((lab.config_dir / "profiles").glob("*.json")), "it is saved")
    (lab.config_dir / "profiles" / "a.json").write_text("{")
    for kind in (QEvent.Type.WindowDeactivate, QEvent.Type.WindowActivate):
        QApplication.sendEvent(window, QEvent(kind))
    await until(lambda: "a.broken" in window.message.label.text(), "it is said")


async def test_what_is_typed_while_a_bridge_is_deleted_does_not_bring_its_file_back(lab: Lab) -> None:
    window = lab.open()
    other, session = lab.add("sim://echo", "Other"), lab.add("sim://echo", "Scale")
    await until(lambda: len(list((lab.config_dir / "profiles").glob("*.json"))) == 2, "both are saved")
    page = lab.page(session)
    type_into(page.name, "Scales")
    states: list[BridgeState] = []
    session.bridge.state_changed.connect(lambda: states.append(session.bridge.state))
    window.delete_action.trigger()
    window.delete_action.trigger()  # once more, before it is gone
    session.edit(session.profile.changed(name="Typed"))
    await until(lambda: session.retired, "it is being deleted")
    session.start()  # from the tray, meanwhile
    await until(lambda: list(window.workspace) == [other], "it is gone")
    await session._tasks.finish()
    assert [profile.name for profile in ProfileStore(lab.config_dir).load().profiles] == ["Other"]
    assert not any(state.active for state in states)
    assert "Typed" in window.profiles.undo_bar.label.text()


async def test_bridge_is_deleted_behind_what_a_slow_disk_still_writes_of_it(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.open()
    session = lab.add("sim://echo", "Scale")
    await until(lambda: list((lab.config_dir / "profiles").glob("*.json")), "it is saved")
    await until(lambda: not session._tasks._running, "nothing more is written")
    writes, goes_on = threading.Event(), threading.Event()
    save = ProfileStore.save

    def slowly(store: ProfileStore, profile: Profile) -> None:
        writes.set()
        goes_on.wait(60)
        save(store, profile)

    monkeypatch.setattr(ProfileStore, "save", slowly)
    monkeypatch.setattr("serialbridge_gui.ui.tasks.LAST_S", 0.05)
    session.edit(session.profile.changed(name="Scales"))
    await until(writes.is_set, "it is being written")
    lab.window.delete_action.trigger()
    await until(lambda: session.retired and not session._tasks._running, "the end of the write is not waited for")
    await asyncio.sleep(0.1)  # a delete that did not wait for it would be over
    goes_on.set()
    await until(lambda: not len(lab.window.workspace), "it is deleted")
    assert [path.suffix for path in (lab.config_dir / "profiles").iterdir()] == [".deleted"]


async def test_pipe_is_no_profile_and_nobody_waits_for_it(lab: Lab, tmp_path: Path) -> None:
    window = lab.open()
    pipe = tmp_path / "a.serialbridge"
    os.mkfifo(pipe)
    window.open_file(pipe)
    await until(lambda: str(pipe) in window.message.label.text(), "it is said")
    window.message.button.click()
    assert drop(window, pipe, exported(tmp_path, "One"))
    await until(lambda: len(window.workspace) == 1, "the other one is imported")
    await until(lambda: str(pipe) in window.message.label.text(), "it is said")


async def test_import_that_cannot_be_saved_is_said_and_saved_at_the_end_if_it_can_be(
    lab: Lab, tmp_path: Path
) -> None:
    window = lab.open()
    lab.config_dir.mkdir(exist_ok=True)
    (lab.config_dir / "profiles").write_text("")
    assert drop(window, exported(tmp_path, "One"), exported(tmp_path, "Two"), exported(tmp_path, "Three"))
    await until(lambda: len(window.workspace) == 3, "they are there")
    one = next(session for session in window.workspace if session.profile.name == "Two")
    await until(lambda: one.profile.id in window.message.label.text(), "it is said of a bridge that nobody looks at")
    await until(lambda: all(session._unsaved for session in window.workspace), "all have failed")
    (lab.config_dir / "profiles").unlink()
    await lab.close()
    assert {profile.name for profile in ProfileStore(lab.config_dir).load().profiles} == {"One", "Two", "Three"}
