"""The help is there in both languages, leads to actions, and is found from what went wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

import pytest
from PySide6.QtCore import Qt, QTranslator
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from serialbridge_gui.engine.bridge import BridgeState
from serialbridge_gui.engine.errors import Cause, Problem
from serialbridge_gui.ui.help_page import HelpPage, help_text
from serialbridge_gui.ui.help_parts import HELP_FOR, PARTS
from serialbridge_gui.ui.main_window import MainWindow
from tests.ui.test_words_and_looks import contrast
from tests.ui.windows import Lab, application, click, press, press_shortcut, type_into, until

LANGUAGES = ("en", "zh_CN")


def anchors(html: str) -> tuple[str, ...]:
    return tuple(re.findall(r'<h2><a name="([\w-]+)"></a>\S', html))


def links(html: str) -> list[str]:
    return re.findall(r'href="([^"]+)"', html)


def code(html: str) -> set[str]:
    """What is typed is the same in every language, but for the word for an address."""
    pieces = re.findall(r"<(?:code|pre)>(.*?)</(?:code|pre)>", html, re.DOTALL)
    words = (" ".join(piece.split()).replace("主机地址", "HOST").replace("地址", "ADDRESS") for piece in pieces)
    return set(words)


def help_page(window: MainWindow) -> HelpPage:
    (page,) = window.findChildren(HelpPage)
    assert isinstance(page, HelpPage)
    return page


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_answers_the_same_ten_questions(language: str) -> None:
    html = help_text(language)
    assert anchors(html) == PARTS
    assert len(PARTS) == 10
    inner = [link.removeprefix("#") for link in links(html) if link.startswith("#")]
    assert inner[:10] == list(PARTS)
    assert set(inner) <= set(PARTS)
    assert sorted(links(html)) == sorted(links(help_text("en")))
    assert code(html) == code(help_text("en"))
    assert set(HELP_FOR.values()) <= set(PARTS)


def test_only_the_page_itself_is_shown_nothing_is_fetched() -> None:
    for language in LANGUAGES:
        html = help_text(language)
        assert "<img" not in html
        assert {link.partition(":")[0] for link in links(html) if not link.startswith("#")} == {"action"}


async def test_f1_opens_the_page_and_the_keyboard_searches_it(lab: Lab) -> None:
    window = lab.open()
    await press_shortcut(window, Qt.Key.Key_F1, Qt.KeyboardModifier.NoModifier)
    page = help_page(window)
    await until(page.search.hasFocus, "one can type at once")
    type_into(page.search, "capacitor")
    assert page.text.textCursor().selectedText() == "capacitor"
    assert page.found.text() == ""
    first = page.text.textCursor().position()
    press(page.search, Qt.Key.Key_Return)
    assert page.text.textCursor().position() == first  # the only one: round to it again
    type_into(page.search, "no such word")
    assert page.found.text() == "not found"
    type_into(page.search, "BRIDGE")
    there = page.text.textCursor().position()
    press(page.search, Qt.Key.Key_Return)
    assert page.text.textCursor().position() > there
    page.find_previous()
    assert page.text.textCursor().position() == there
    press(page, Qt.Key.Key_Escape)
    await until(lambda: not window.findChildren(HelpPage), "it is closed")


async def test_links_lead_to_the_answers_and_to_what_the_window_does(lab: Lab) -> None:
    window = lab.open()
    window.help_menu.show_help("rfc2217")
    page = help_page(window)
    bar = page.text.verticalScrollBar()
    assert bar.value() > 0
    click(page.top)
    assert bar.value() == 0
    page.text.setFocus()
    press(page.text, Qt.Key.Key_Tab)
    press(page.text, Qt.Key.Key_Return)
    assert bar.value() > 0  # the first question's answer
    for link in set(links(help_text("en"))):
        if link.startswith("action:"):
            names = ("rescan", "demo", "test-client", "toggle", "virtual-machine")
            assert link in [f"action:{name}" for name in names]
    page.action_requested.emit("demo")
    (session,) = window.workspace
    assert session.simulated
    await until(lambda: session.bridge.state is BridgeState.WAITING_FOR_CLIENT, "the demo runs")
    page.action_requested.emit("toggle")
    await until(lambda: session.bridge.state is BridgeState.STOPPED, "stopped")


async def test_message_about_a_problem_leads_to_its_answer(lab: Lab) -> None:
    window = lab.open()
    session = lab.add("/dev/ttyNotThere")
    page = lab.page(session)
    click(page.start_stop)
    await until(lambda: session.bridge.state is BridgeState.ERROR, "it fails")
    assert page.message.beside.text() == "Help"
    click(page.message.beside)
    assert help_page(window).text.verticalScrollBar().value() > 0
    session.bridge.problem = Problem(Cause.ADDRESS_FAILED, "127.0.0.1")
    page.show_state()
    assert page.message.beside.isHidden()


class OtherWords(QTranslator):
    """As if the window spoke another language."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.spoken = language

    def isEmpty(self) -> bool:
        return False

    def translate(self, context: str, source: str, note: str | None = None, n: int = -1) -> str:
        return self.spoken if (context, source) == ("HelpPage", "en") else ""


@pytest.fixture
def speaking(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[str]:
    words = OtherWords(request.param)
    qapp.installTranslator(words)
    yield request.param
    qapp.removeTranslator(words)


@pytest.mark.parametrize(
    ("speaking", "title"), [("zh_CN", "帮助"), ("xx", "Help")], indirect=["speaking"], ids=["Chinese", "unknown"]
)
async def test_page_speaks_the_language_of_the_window(lab: Lab, speaking: str, title: str) -> None:
    window = lab.open()
    window.help_menu.show_help()
    assert help_page(window).text.toPlainText().startswith(title)


def follows(page: HelpPage, base: QColor) -> bool:
    return page.text.palette().color(QPalette.ColorRole.Base) == base


async def test_links_can_be_read_light_and_dark(lab: Lab) -> None:
    window = lab.open()
    window.help_menu.show_help()
    page = help_page(window)
    before = application().palette()
    try:
        for base in ("#ffffff", "#1e1f22"):
            changed = QPalette(QColor(base))
            application().setPalette(changed)
            wanted = changed.color(QPalette.ColorRole.Base)
            await until(partial(follows, page, wanted), "it follows")
            behind = page.text.palette().color(QPalette.ColorRole.Base)
            cursor = page.text.document().find("My serial port is not")
            assert cursor.charFormat().isAnchor()
            color = cursor.charFormat().foreground().color()
            assert contrast(color, behind) >= 4.5
    finally:
        application().setPalette(before)
