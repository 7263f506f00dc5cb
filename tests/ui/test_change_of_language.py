"""The language changes while everything is open: each word follows, and no bridge notices."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QPushButton

from serialbridge_gui.engine.bridge import BridgeState
from serialbridge_gui.profile import Access, ClientRules, ListenAddress
from serialbridge_gui.traffic.message import Message
from serialbridge_gui.ui.help_page import HelpPage
from serialbridge_gui.ui.language import use_language
from serialbridge_gui.ui.main_window import MainWindow
from serialbridge_gui.ui.send_memory import NamedMessage
from serialbridge_gui.ui.test_client import TestClient
from serialbridge_gui.ui.tray import Tray
from serialbridge_gui.words import CHINESE, ENGLISH
from tests.ui.scenes import SCENES
from tests.ui.shown_words import still_chinese, still_english
from tests.ui.test_tray import FakeIcon
from tests.ui.windows import Lab, application, soon, until

_ALWAYS_CHINESE = ("简体中文", "温度")
"""The language by its own name, and a sample of the log's font."""


@pytest.fixture(autouse=True)
def english_again(qapp: QApplication) -> Iterator[None]:
    """Whatever happens, other tests have English words."""
    yield
    use_language(qapp, ENGLISH)
    QLocale.setDefault(QLocale.system())


async def speak(language: str) -> None:
    use_language(application(), language)
    await asyncio.sleep(0)  # the posted changes are for the loop
    QApplication.sendPostedEvents()


def open_everything(window: MainWindow, lab: Lab) -> None:
    """Each pane, and each dialog that may stand open."""
    page = lab.page()
    page.form.format_button.setChecked(True)
    page.form.network_button.setChecked(True)
    page.log.bytes_pane.set_unfolded(True)
    page.log.find_bar.actions_of_find.open.trigger()
    page.send.set_unfolded(True)
    page.show_clients()
    page.show_statistics()
    page.log.highlight.trigger()
    page.log.toolbar.grouping_menu.open_dialog()
    page.send.form.messages.edit.click()
    for action in (
        window.about_action, window.delete_action, window.settings_action, window.vm_action,
        window.test_client_action, window.help_menu.help_action,
    ):  # fmt: skip
        action.trigger()
    window.say("Plain words")


async def test_every_word_follows_the_language_and_the_bridge_goes_on(lab: Lab) -> None:
    window = lab.open()
    lab.add("/dev/nonexistent", name="PLC")
    broken = lab.page()
    broken.toggle()
    session = lab.add("sim://echo", name="Weigh scale")
    address = ListenAddress("127.0.0.1", lab.free_port())
    session.edit(session.profile.changed(listen=address, clients=ClientRules(access=Access.SHARED)))
    window.workspace.sending.set_messages((NamedMessage("Zero", Message("Z")),))
    await lab.start(session)
    reader, writer = await lab.connect(session)
    open_everything(window, lab)
    await until(lambda: broken.session.bridge.state is BridgeState.ERROR, "the other bridge fails")
    assert still_chinese_of_ours() == []
    assert still_english()
    await until(lambda: len(session.bridge.clients()) == 2, "the test client is connected, too")
    clients = [client.number for client in session.bridge.clients()]

    for language, words_left in ((CHINESE, still_english), (ENGLISH, still_chinese_of_ours), (CHINESE, still_english)):
        await speak(language)
        writer.write(language.encode())
        assert await soon(reader.readexactly(len(language))) == language.encode()
        assert words_left() == []
    assert [client.number for client in session.bridge.clients()] == clients
    assert session.bridge.state is BridgeState.RUNNING
    assert "取消" in {button.text() for box in window.findChildren(QDialogButtonBox) for button in box.buttons()}


async def test_first_run_page_follows_the_language(lab: Lab) -> None:
    window = lab.open()
    await speak(CHINESE)
    assert still_english() == []
    assert window.first_run.findChildren(QPushButton)[0].text() == "用模拟设备试用"
    await speak(ENGLISH)
    assert still_chinese_of_ours() == []


DIALOGS = (
    *("settings-general", "settings-log", "settings-new-bridges", "settings-running", "virtual-machine", "importing"),
    *("help", "test-client", "delete", "closing", "deleted", "firewall", "in-groups"),
)
"""Scenes with words that are put after the beginning: by a choice, a report, a question."""


@pytest.mark.parametrize("name", DIALOGS)
async def test_dialog_and_bar_follow_the_language_there_and_back(lab: Lab, name: str) -> None:
    shown = await SCENES[name](lab)
    title = shown.windowTitle()
    assert still_chinese_of_ours() == []
    assert still_english()
    await speak(CHINESE)
    assert still_english() == []
    await speak(ENGLISH)
    assert still_chinese_of_ours() == []
    assert shown.windowTitle() == title


async def test_tray_menu_and_tooltip_follow_the_language(lab: Lab) -> None:
    window = lab.open()
    lab.add("sim://echo", name="Weigh scale")
    tray = window.tray = Tray(window, window.preferences, FakeIcon, lambda: True)

    def words() -> set[str]:
        return {action.text() for action in tray.menu.actions()}

    assert "Start Weigh scale" in words()
    await until(lambda: not tray._refresh_timer.isActive(), "nothing is left to be shown")
    await speak(CHINESE)
    await until(lambda: "启动 Weigh scale" in words(), "the menu is in Chinese")
    assert {"显示窗口(&W)", "退出(&Q)"} < words()
    assert isinstance(tray.icon, FakeIcon)
    assert "已停止" in tray.icon.toolTip()


async def test_help_page_is_the_one_of_the_language(lab: Lab) -> None:
    page = await SCENES["help"](lab)
    assert isinstance(page, HelpPage)
    assert page.text.toPlainText().startswith("Help")
    await speak(CHINESE)
    assert page.text.toPlainText().startswith("帮助")
    await speak(ENGLISH)
    assert page.text.toPlainText().startswith("Help")


async def test_what_the_test_client_complains_of_follows_the_language(lab: Lab) -> None:
    lab.open()
    page = lab.page(lab.add("sim://echo", name="Weigh scale"))
    page.show_test_client()
    client = page.findChild(TestClient)
    assert isinstance(client, TestClient)
    assert client.note.label.text().startswith("The bridge is not running")
    await speak(CHINESE)
    assert client.note.label.text().startswith("桥接未运行")


def still_chinese_of_ours() -> list[str]:
    return [each for each in still_chinese() if not any(name in each for name in _ALWAYS_CHINESE)]


def test_system_language_is_the_first_of_its_list_that_there_is(qapp: QApplication) -> None:
    use_language(qapp, "system")  # whatever it is: not an error
    use_language(qapp, CHINESE)
    assert qapp.translate("MainWindow", "&File") == "文件(&F)"
    assert qapp.translate("QPlatformTheme", "Cancel") == "取消"
    assert QLocale().language() == QLocale.Language.Chinese
    use_language(qapp, ENGLISH)
    assert qapp.translate("MainWindow", "&File") == "&File"
    assert qapp.translate("QPlatformTheme", "Cancel") == "Cancel"
    assert qapp.translate("FindBar", "%n rows", "", 1) == "1 row"
